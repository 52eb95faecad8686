//! The AWS SDK against the local parts: the one place that knows their region, credentials and endpoint.
//!
//! Nothing is read from the machine's own AWS configuration, so a developer's account is never reached.

use aws_config::{BehaviorVersion, Region, SdkConfig};
use aws_sdk_dynamodb::config::{Credentials, SharedCredentialsProvider};
use aws_types::service_config::{LoadServiceConfig, ServiceConfigKey};

use crate::{
    addresses::{RunFile, url},
    names::REGION,
};

/// Configuration of clients that speak to the table at `endpoint`, such as `http://127.0.0.1:40000`. The parts' token is the id of the key
/// they sign with.
///
/// The client of the IoT data plane sets its own endpoint, as it does in production.
#[must_use]
pub fn sdk_config(endpoint: &str, token: &str) -> SdkConfig {
    let key = if token.is_empty() { "local" } else { token };
    let credentials = Credentials::new(key, "local", None, None, "tabletap-local");
    SdkConfig::builder()
        .behavior_version(BehaviorVersion::latest())
        .region(Region::new(REGION))
        .credentials_provider(SharedCredentialsProvider::new(credentials))
        .endpoint_url(endpoint)
        .http_client(aws_smithy_http_client::Builder::new().build_http())
        .build()
}

/// Configuration of the functions' clients: each service at its part, as `AWS_ENDPOINT_URL_S3` and the like would move it.
#[must_use]
pub fn of_functions(run: &RunFile) -> SdkConfig {
    let at = &run.addresses;
    let endpoints = Endpoints {
        event_bridge: url(at.bus),
        s3: url(at.bucket),
        ses: url(at.mail),
    };
    let config = sdk_config(&url(at.table), &run.token).into_builder();
    config.service_config(endpoints).build()
}

#[derive(Debug)]
struct Endpoints {
    event_bridge: String,
    s3: String,
    ses: String,
}

impl LoadServiceConfig for Endpoints {
    fn load_config(&self, key: ServiceConfigKey<'_>) -> Option<String> {
        match (key.service_id(), key.env()) {
            ("EventBridge", "AWS_ENDPOINT_URL") => Some(self.event_bridge.clone()),
            ("S3", "AWS_ENDPOINT_URL") => Some(self.s3.clone()),
            ("SESv2", "AWS_ENDPOINT_URL") => Some(self.ses.clone()),
            _ => None,
        }
    }
}
