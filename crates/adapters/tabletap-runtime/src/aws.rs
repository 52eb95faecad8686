//! One AWS configuration and HTTP client for all services of a function: rustls with ring, region and credentials from the environment.

use aws_config::{BehaviorVersion, SdkConfig, environment, timeout::TimeoutConfig};
use aws_smithy_http_client::{Builder, tls};
use aws_smithy_runtime_api::client::http::HttpClient;
use std::time::Duration;

/// How long an AWS service may take to answer before the SDK gives an attempt up, and tries again over another connection.
pub const ATTEMPT_MAX: Duration = Duration::from_secs(3);
/// How long the SDK pauses before its second attempt, at most.
pub const FIRST_PAUSE_MAX: Duration = Duration::from_secs(1);

/// How long the AWS clients of a function wait.
#[must_use]
pub fn timeouts() -> TimeoutConfig {
    TimeoutConfig::builder()
        .connect_timeout(Duration::from_secs(2))
        .operation_attempt_timeout(ATTEMPT_MAX)
        .operation_timeout(Duration::from_secs(10))
        .build()
}

/// Reads the configuration that every AWS client of a process shares.
///
/// Credentials and region come from the environment only, as Lambda sets them: no profile, no metadata service, nothing to wait for.
/// Endpoints can be moved by `AWS_ENDPOINT_URL_DYNAMODB` and the like.
pub async fn config() -> SdkConfig {
    aws_config::defaults(BehaviorVersion::latest())
        .http_client(http_client())
        .timeout_config(timeouts())
        .credentials_provider(environment::EnvironmentVariableCredentialsProvider::new())
        .region(environment::EnvironmentVariableRegionProvider::new())
        .load()
        .await
}

/// The HTTP client of all AWS clients of a process: rustls with ring instead of AWS-LC, whose entropy wait costs 50 ms at start.
#[must_use]
pub fn http_client() -> impl HttpClient + 'static {
    Builder::new()
        .tls_provider(tls::Provider::Rustls(
            tls::rustls_provider::CryptoMode::Ring,
        ))
        .build_https()
}
