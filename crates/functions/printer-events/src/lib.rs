//! What printer agents say: tickets accepted, blocked, printed; agents back. Invoked by a topic rule, which adds `thing` from the topic,
//! so an agent can speak for itself only.
//!
//! | event | done | then |
//! |---|---|---|
//! | news of a ticket | written to the ticket, if it tells anything new | done |
//! | news that comes twice, late or out of order | nothing | done |
//! | hello | what the agent has not accepted is published again, in each printer's order | done |
//! | hello from a new journal | before that, every open ticket of the agent becomes its next attempt, see [`hello`] | done |
//! | no report, or of a ticket that does not exist or is another agent's | fails | after its retries in the dead letters, with an alarm |
//! | the database is throttled or away | fails | comes again |
//!
//! - Started by: IoT rule on `tt/+/up`
//! - Reads: the ticket; after a `hello` the agent's last journal and its open tickets
//! - Writes: the tickets' states; the agent's journal
//! - Emits: missed jobs after a `hello`
//! - When it fails: the rule's error action; agents report again, the sweeper asks

mod hello;

pub use tabletap_dispatch::Config;

use aws_config::SdkConfig;
use lambda_runtime::LambdaEvent;
use serde::Deserialize;
use serde_json::Value;
use tabletap_dispatch::Dispatcher;
use tabletap_domain::{
    StoreKey, ThingName,
    ticket::{TicketReport, TicketState},
    time::UnixMillis,
};
use tabletap_fault as fault;
use tabletap_runtime::clock;
use tabletap_store::{ReportError, Reported, Store, StoreError};
use tabletap_wire::print::{Report, TicketNews};
use tracing::{Instrument, Span, field::Empty, info_span};

/// The function.
#[derive(Clone, Debug)]
pub struct PrinterEvents {
    store: Store,
    dispatcher: Dispatcher,
}

/// Why an event failed.
#[derive(Debug, thiserror::Error)]
pub enum EventError {
    /// Permanent.
    #[error("the event names no thing")]
    NoThing,
    /// Permanent.
    #[error("the event is no report: {0}")]
    Malformed(#[from] serde_json::Error),
    /// Permanent where the ticket does not exist or is another's, transient if the database failed.
    #[error(transparent)]
    Report(#[from] ReportError),
    /// Transient.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// A fault was injected.
    #[error(transparent)]
    Injected(#[from] fault::Injected),
}

impl PrinterEvents {
    /// Opens nothing: see [`PrinterEvents::warm_up`].
    #[must_use]
    pub fn new(config: Config, sdk: &SdkConfig) -> Self {
        let dispatcher = Dispatcher::from_sdk(config, sdk);
        Self {
            store: dispatcher.store().clone(),
            dispatcher,
        }
    }

    /// Opens the connections to database and broker, so that no event pays for them.
    pub async fn warm_up(&self) {
        self.dispatcher.warm_up().await;
    }

    /// Takes one event.
    ///
    /// # Errors
    /// An [`EventError`]: the event comes again, and ends in the dead letters with this reason.
    pub async fn handle(&self, event: LambdaEvent<Value>) -> Result<(), lambda_runtime::Error> {
        let request_id = event.context.request_id;
        let span = info_span!(
            "event",
            request_id,
            tenant_id = Empty,
            store_id = Empty,
            thing = Empty,
            ticket_id = Empty
        );
        Ok(self
            .take(event.payload, UnixMillis(clock::now_ms()))
            .instrument(span)
            .await?)
    }

    async fn take(&self, event: Value, now: UnixMillis) -> Result<(), EventError> {
        let thing = event["thing"]
            .as_str()
            .and_then(|thing| ThingName::parse(thing).ok());
        let thing = thing.ok_or(EventError::NoThing)?;
        let store = thing.owner();
        Span::current()
            .record("tenant_id", store.tenant.as_str())
            .record("store_id", store.store.as_str())
            .record("thing", thing.as_str());
        match Report::deserialize(event)? {
            Report::Hello(hello) => self.welcome(&store, &thing, &hello, now).await,
            Report::Accepted(news) => {
                self.report(&store, &thing, news, TicketState::Accepted, now)
                    .await
            }
            Report::Blocked(news) => {
                self.report(&store, &thing, news, TicketState::Blocked, now)
                    .await
            }
            Report::Printed(news) => {
                self.report(&store, &thing, news, TicketState::Printed, now)
                    .await
            }
            Report::Unknown(news) => {
                self.report(&store, &thing, news, TicketState::Unknown, now)
                    .await
            }
            Report::Rejected(news) => {
                let ticket_id = news.ticket_id.to_string();
                tracing::error!(
                    alarm = "ticket_rejected",
                    ticket_id,
                    "an agent refused a ticket"
                );
                // It stands before the printer and cannot get there: blocked, and on the sweeper's alarm.
                self.report(&store, &thing, news, TicketState::Blocked, now)
                    .await
            }
        }
    }

    async fn report(
        &self,
        store: &StoreKey,
        thing: &ThingName,
        news: TicketNews,
        state: TicketState,
        now: UnixMillis,
    ) -> Result<(), EventError> {
        Span::current().record("ticket_id", news.ticket_id.to_string());
        let report = TicketReport {
            attempt: news.attempt,
            state,
        };
        // A shop computer's clock may be ahead; nothing was printed in the future.
        let at = news.at.min(now);
        let detail = news.detail.as_deref();
        if state == TicketState::Printed {
            fault::point("printer-events.printed")?;
        }
        let reported = self
            .store
            .report_ticket(store, thing, &news.ticket_id, report, detail, at)
            .await?;
        match reported {
            Reported::Moved(status) => tracing::info!(state = %status.state, "ticket moved"),
            Reported::Nothing => tracing::debug!(state = %state, "told nothing new"),
        }
        Ok(())
    }
}
