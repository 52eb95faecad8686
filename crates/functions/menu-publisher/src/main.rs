//! The binary `menu-publisher`: logs, configuration, then events.

use lambda_runtime::{Error, run, service_fn};
use menu_publisher::{Config, MenuPublisher};
use tabletap_runtime::{Env, aws, logs};

#[tokio::main]
async fn main() -> Result<(), Error> {
    logs::start();
    let config = Config::from_env(Env::process())?;
    // No guest waits for a publication: the first event may open the connections.
    let function = MenuPublisher::new(config, &aws::config().await);
    run(service_fn(|event| function.handle(event))).await
}
