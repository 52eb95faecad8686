//! The binary `printer-events`: logs, configuration, open connections, then events.

use lambda_runtime::{Error, run, service_fn};
use printer_events::{Config, PrinterEvents};
use tabletap_runtime::{Env, aws, logs};

#[tokio::main]
async fn main() -> Result<(), Error> {
    logs::start();
    let config = Config::from_env(Env::process())?;
    let function = PrinterEvents::new(config, &aws::config().await);
    function.warm_up().await;
    run(service_fn(|event| function.handle(event))).await
}
