//! The binary `stripe-webhook`: logs, configuration, an open connection, then requests.

use lambda_http::{Error, run, service_fn};
use stripe_webhook::{Config, StripeWebhook};
use tabletap_runtime::{Env, aws, logs};

#[tokio::main]
async fn main() -> Result<(), Error> {
    logs::start();
    let config = Config::from_env(Env::process())?;
    let function = StripeWebhook::new(config, &aws::config().await);
    function.warm_up().await;
    run(service_fn(|request| function.handle(request))).await
}
