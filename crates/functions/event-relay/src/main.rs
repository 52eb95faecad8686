//! The binary `event-relay`: logs, configuration, then events.

use event_relay::{Config, EventRelay};
use lambda_runtime::{Error, run, service_fn};
use tabletap_runtime::{Env, aws, logs};

#[tokio::main]
async fn main() -> Result<(), Error> {
    logs::start();
    let config = Config::from_env(Env::process())?;
    // Nobody waits for a fact: the first event may open the connection.
    let function = EventRelay::new(config, &aws::config().await);
    run(service_fn(|event| function.handle(event))).await
}
