//! Configuration by environment variables, read once at start. A missing or broken one stops the function with one clear sentence.

use std::{fmt::Display, str::FromStr};

/// A variable that is missing or cannot be read.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ConfigError {
    /// It is not set.
    #[error("environment variable {0} is not set")]
    Missing(&'static str),
    /// It is set to something else.
    #[error("environment variable {name}: {problem}")]
    Invalid {
        /// The variable.
        name: &'static str,
        /// What is wrong; never the value, which may be a secret.
        problem: String,
    },
}

/// Where variables come from: the process, or what the local program sets for one function among several in its process.
#[derive(Clone, Copy)]
pub struct Env<'a>(&'a dyn Fn(&str) -> Option<String>);

impl std::fmt::Debug for Env<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Env(..)")
    }
}

impl<'a> Env<'a> {
    /// Variables by a look-up.
    #[must_use]
    pub fn new(look_up: &'a dyn Fn(&str) -> Option<String>) -> Self {
        Self(look_up)
    }

    /// The process's own variables.
    #[must_use]
    pub fn process() -> Env<'static> {
        #[expect(
            clippy::disallowed_methods,
            reason = "this is the one reader of the environment"
        )]
        Env(&|name| std::env::var(name).ok())
    }

    /// A variable that must be there.
    ///
    /// # Errors
    /// [`ConfigError`]; stop.
    pub fn required(&self, name: &'static str) -> Result<String, ConfigError> {
        (self.0)(name)
            .filter(|value| !value.is_empty())
            .ok_or(ConfigError::Missing(name))
    }

    /// A variable that must be there, as `parse` reads it.
    ///
    /// # Errors
    /// [`ConfigError`]; stop.
    pub fn parsed<T, E: Display>(
        &self,
        name: &'static str,
        parse: impl FnOnce(&str) -> Result<T, E>,
    ) -> Result<T, ConfigError> {
        parse(&self.required(name)?).map_err(|error| invalid(name, &error))
    }

    /// A variable that is read as a `T`, or its default where it is not set.
    ///
    /// # Errors
    /// [`ConfigError::Invalid`]; stop.
    pub fn parsed_or<T>(&self, name: &'static str, default: T) -> Result<T, ConfigError>
    where
        T: FromStr<Err: Display>,
    {
        match (self.0)(name) {
            None => Ok(default),
            Some(text) => text.parse().map_err(|error| invalid(name, &error)),
        }
    }
}

fn invalid(name: &'static str, problem: &impl Display) -> ConfigError {
    ConfigError::Invalid {
        name,
        problem: problem.to_string(),
    }
}

/// The configuration of each function that sends messages to printer agents.
#[derive(Clone, Debug)]
pub struct AgentConfig {
    /// `TABLE_NAME`.
    pub table_name: String,
    /// `IOT_ENDPOINT`: the IoT data endpoint as a URL.
    pub iot_endpoint: String,
}

impl AgentConfig {
    /// Reads it.
    ///
    /// # Errors
    /// [`ConfigError`]; stop.
    pub fn from_env(env: Env<'_>) -> Result<Self, ConfigError> {
        Ok(Self {
            table_name: env.required("TABLE_NAME")?,
            iot_endpoint: env.required("IOT_ENDPOINT")?,
        })
    }
}
