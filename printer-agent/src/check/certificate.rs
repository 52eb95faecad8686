//! Checks certificate and key: readable, matching, valid now, and issued to this agent.

use x509_parser::prelude::{FromDer as _, X509Certificate};

use super::{Problem, problem};
use crate::{
    config::Config,
    mqtt::{TlsError, certificates, client_config},
};

const FIX_FILES: &str = "use the files made for this agent, and make them readable for its user";
const FIX_CERTIFICATE: &str = "get a new certificate for this agent";

pub(super) fn check(config: &Config) -> Result<String, Problem> {
    client_config(config).map_err(|error| problem(error.to_string(), FIX_FILES))?;
    let chain = certificates(&config.certificate)
        .map_err(|error: TlsError| problem(error.to_string(), FIX_FILES))?;
    let (_, certificate) = chain
        .first()
        .and_then(|own| X509Certificate::from_der(own).ok())
        .ok_or_else(|| problem("the certificate cannot be read", FIX_CERTIFICATE))?;
    let name = certificate
        .subject()
        .iter_common_name()
        .next()
        .and_then(|name| name.as_str().ok());
    if name != Some(config.thing.as_str()) {
        let name = name.unwrap_or("nobody");
        let what = format!(
            "the certificate is issued to `{name}`, not to `{}`",
            config.thing
        );
        return Err(problem(
            what,
            "use this agent's certificate, or correct `thing`",
        ));
    }
    let validity = certificate.validity();
    let (from, until) = (validity.not_before, validity.not_after);
    match validity.is_valid() {
        true => Ok(format!(
            "issued to {} and valid until {until}",
            config.thing
        )),
        false => Err(problem(
            format!("the certificate is valid from {from} until {until}, not now"),
            "set the clock, or get a new certificate for this agent",
        )),
    }
}
