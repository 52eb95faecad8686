//! The binary `print-dispatcher`: logs, configuration, open connections, then events.

use lambda_runtime::{Error, run, service_fn};
use print_dispatcher::{Config, PrintDispatcher};
use tabletap_runtime::{Env, aws, logs};

#[tokio::main]
async fn main() -> Result<(), Error> {
    logs::start();
    let config = Config::from_env(Env::process())?;
    let function = PrintDispatcher::new(config, &aws::config().await);
    function.warm_up().await;
    run(service_fn(|event| function.handle(event))).await
}
