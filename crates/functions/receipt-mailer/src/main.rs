//! The binary `receipt-mailer`: logs, configuration, then events.
#![recursion_limit = "256"] // The futures of the SES client are nested deep.

use lambda_runtime::{Error, run, service_fn};
use receipt_mailer::{Config, ReceiptMailer};
use tabletap_runtime::{Env, aws, logs};

#[tokio::main]
async fn main() -> Result<(), Error> {
    logs::start();
    let config = Config::from_env(Env::process())?;
    // No guest waits for a mail: the first event may open the connections.
    let function = ReceiptMailer::new(config, &aws::config().await);
    run(service_fn(|event| function.handle(event))).await
}
