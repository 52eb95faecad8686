//! From the database's stream to facts on the event bus: the second and last of the stream's two readers.
//!
//! Whoever wants to hear of menus and orders listens to the bus; the stream keeps its two readers.
//!
//! | record | done | then |
//! |---|---|---|
//! | a row nobody hears of, a change that is none, an order that waits for the staff | nothing | done |
//! | a menu, a set-up, an order | put on the bus, in the stream's order | done |
//! | a row that cannot be read | fails, with its reason in the log | after its retries in the dead letters, with an alarm |
//! | the bus refuses a fact or is away | fails | comes again, with the records behind it |
//!
//! A record that comes again makes the same fact with the same id: readers bear a fact that comes twice.
//!
//! - Started by: the table's stream: order heads, payments, refunds, menus, set-ups
//! - Reads: nothing
//! - Writes: nothing
//! - Emits: facts on the event bus
//! - When it fails: the batch comes again from the first failed record; after 10 retries the record goes to the dead-letter queue with an
//!   alarm

mod bus;
mod config;
mod record;

pub use bus::{Bus, NotPut};
pub use config::Config;
pub use record::FactError;

use aws_config::SdkConfig;
use aws_lambda_events::streams::{DynamoDbBatchItemFailure, DynamoDbEventResponse};
use lambda_runtime::LambdaEvent;
use record::fact;
use tabletap_fault as fault;
use tabletap_wire::stream::Batch;
use tracing::{Instrument, info_span};

/// The function.
#[derive(Clone, Debug)]
pub struct EventRelay {
    bus: Bus,
}

impl EventRelay {
    /// Opens nothing.
    #[must_use]
    pub fn new(config: Config, sdk: &SdkConfig) -> Self {
        Self {
            bus: Bus::new(sdk, config.event_bus),
        }
    }

    /// Puts the facts of one batch on the bus and reports the first record that failed.
    ///
    /// # Errors
    /// None: what fails is reported as a batch item failure.
    pub async fn handle(
        &self,
        event: LambdaEvent<Batch>,
    ) -> Result<DynamoDbEventResponse, lambda_runtime::Error> {
        let span = info_span!("batch", request_id = event.context.request_id);
        let failed = self.relay(event.payload).instrument(span).await;
        let mut response = DynamoDbEventResponse::default();
        response.batch_item_failures.extend(failed.map(|number| {
            let mut failure = DynamoDbBatchItemFailure::default();
            failure.item_identifier = Some(number);
            failure
        }));
        Ok(response)
    }

    /// The number of the first record that failed. What stands before it is on the bus.
    async fn relay(&self, batch: Batch) -> Option<String> {
        let (mut facts, mut numbers, mut broken) = (Vec::new(), Vec::new(), None);
        for record in batch.records {
            let number = record.change.sequence_number.clone();
            match fact(record) {
                Ok(None) => {}
                Ok(Some(fact)) => {
                    facts.push(fact);
                    numbers.push(number);
                }
                Err(error) => {
                    tracing::error!(%error, sequence_number = number, "a record is no fact");
                    broken = Some(number);
                    break;
                }
            }
        }
        if let Err(NotPut(index)) = self.bus.put(&facts).await {
            return numbers.into_iter().nth(index);
        }
        tracing::info!(facts = facts.len(), "facts put on the bus");
        if let Err(error) = fault::point("event-relay.put") {
            tracing::warn!(%error, "the batch will come again");
            return numbers.into_iter().next();
        }
        broken
    }
}
