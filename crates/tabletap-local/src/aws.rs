//! The AWS SDK against the local parts: the one place that knows their region, credentials and endpoint.
//!
//! Nothing is read from the machine's own AWS configuration, so a developer's account is never reached.

use aws_config::{BehaviorVersion, Region, SdkConfig};
use aws_sdk_dynamodb::config::{Credentials, SharedCredentialsProvider};

use crate::functions::REGION;

/// Configuration of clients that speak to the table at `endpoint`, such as `http://127.0.0.1:40000`.
///
/// Clients of other services set their own endpoint, as they do in production.
#[must_use]
pub fn sdk_config(endpoint: &str) -> SdkConfig {
    let credentials = Credentials::new("local", "local", None, None, "tabletap-local");
    SdkConfig::builder()
        .behavior_version(BehaviorVersion::latest())
        .region(Region::new(REGION))
        .credentials_provider(SharedCredentialsProvider::new(credentials))
        .endpoint_url(endpoint)
        .http_client(aws_smithy_http_client::Builder::new().build_http())
        .build()
}
