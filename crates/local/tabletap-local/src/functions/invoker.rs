//! The client side of the Invoke API.

use bytes::Bytes;
use serde_json::Value;

use super::FunctionError;

/// What one invocation may carry. See AWS Lambda, "Quotas": 6 MB each way.
pub const PAYLOAD_BYTES_MAX: usize = 6 * 1024 * 1024;

/// Invokes functions by name.
#[derive(Clone, Debug)]
pub struct Invoker {
    base: String,
    http: reqwest::Client,
}

/// Why an invocation has no answer.
#[derive(Debug, thiserror::Error)]
pub enum InvokeError {
    /// The function ran and failed, or ran out of time.
    #[error("the function failed")]
    Function(#[source] FunctionError),
    /// The function was not reached; it may be tried again without having been tried.
    #[error("the function was not reached: {0}")]
    Unreachable(String),
}

impl Invoker {
    /// Invokes the functions served at `base`, such as `http://127.0.0.1:40001`.
    #[must_use]
    pub fn new(base: impl Into<String>) -> Self {
        Self {
            base: base.into(),
            http: crate::http::client(),
        }
    }

    /// The same with the token that they demand.
    #[must_use]
    pub fn with_token(self, token: &str) -> Self {
        let http = crate::http::client_with(token);
        Self { http, ..self }
    }

    /// Invokes and waits for the answer.
    ///
    /// # Errors
    /// [`InvokeError`]; `Unreachable` also where the connection broke before the answer came.
    pub async fn call(
        &self,
        function: &str,
        event: impl Into<Bytes>,
    ) -> Result<Value, InvokeError> {
        let response = self.send(function, event.into(), "RequestResponse").await?;
        let failed = response.headers().contains_key("x-amz-function-error");
        let answer: Value = response.json().await.map_err(unreachable)?;
        if failed {
            let text = |key: &str| answer[key].as_str().unwrap_or_default().to_owned();
            let error = FunctionError {
                kind: text("errorType"),
                message: text("errorMessage"),
            };
            return Err(InvokeError::Function(error));
        }
        Ok(answer)
    }

    /// Hands an asynchronous event over; the host retries it and keeps what failed.
    ///
    /// # Errors
    /// [`InvokeError::Unreachable`].
    pub async fn event(&self, function: &str, event: impl Into<Bytes>) -> Result<(), InvokeError> {
        self.send(function, event.into(), "Event").await.map(drop)
    }

    async fn send(
        &self,
        function: &str,
        event: Bytes,
        kind: &str,
    ) -> Result<reqwest::Response, InvokeError> {
        let url = format!("{}/2015-03-31/functions/{function}/invocations", self.base);
        let request = self
            .http
            .post(url)
            .header("x-amz-invocation-type", kind)
            .header("content-type", "application/json")
            .body(event);
        let response = request.send().await.map_err(unreachable)?;
        match response.error_for_status_ref() {
            Ok(_) => Ok(response),
            Err(error) => Err(unreachable(error)),
        }
    }
}

fn unreachable(error: reqwest::Error) -> InvokeError {
    let mut text = error.to_string();
    let mut source = std::error::Error::source(&error);
    while let Some(cause) = source {
        text += ": ";
        text += &cause.to_string();
        source = cause.source();
    }
    InvokeError::Unreachable(text)
}
