//! `POST /v1/calls`: a guest calls for a person, asks for the bill, or says that they pay in cash.
//!
//! One conditional transaction, and nothing is published from here: the database's stream takes the call to its slip. The same call of the same
//! party is the same call while it is fresh or its slip is on its way, so repeated taps and second phones print nothing more, also
//! while the printer is out of paper. Where the table's orders wait for the staff's tap, its calls wait with them.
//! Contract: `docs/openapi.yaml`.
//!
//! - Started by: `POST /v1/calls`
//! - Reads: the table and its last call of that kind in one batch
//! - Writes: the call, counted at its table, in one transaction
//! - Emits: – (the stream does)
//! - When it fails: the guest taps again

pub use tabletap_guest::GuestConfig as Config;

use aws_config::SdkConfig;
use lambda_http::{Body, Error, Request, Response};
use serde_json::Value;
use tabletap_domain::{
    call::{Call, CallKind},
    time::UnixMillis,
};
use tabletap_guest::{BODY_BYTES_MAX, Reason, Refusal, answer, at_table, session};
use tabletap_runtime::{clock, random, reply};
use tabletap_session::SessionKeys;
use tabletap_store::{CallContext, MoveError, Store, StoreError};
use tabletap_wire::{
    body::object,
    call::{CallReply, CallRequest},
};

/// How often a call starts again because another phone of the table was faster; it then finds that phone's call.
const ROUNDS_MAX: u32 = 4;

/// The function.
#[derive(Clone, Debug)]
pub struct TableCalls {
    store: Store,
    keys: SessionKeys,
}

/// What became of a request.
#[derive(Debug)]
enum Called {
    /// It is new.
    Now(Call),
    /// It stands already.
    Before(Call),
}

impl TableCalls {
    /// Opens nothing: see [`TableCalls::warm_up`].
    #[must_use]
    pub fn new(config: Config, sdk: &SdkConfig) -> Self {
        let store = Store::from_sdk(sdk, config.table_name);
        Self {
            store,
            keys: config.session_keys,
        }
    }

    /// Opens the connection to the database, so that no call pays for it. Any answer will do.
    pub async fn warm_up(&self) {
        let _ = self.store.warm_up().await;
    }

    /// Answers one request.
    ///
    /// # Errors
    /// None: what goes wrong is a reply.
    pub async fn handle(&self, request: Request) -> Result<Response<Body>, Error> {
        let now = UnixMillis(clock::now_ms());
        answer(&request, self.answer(&request, now)).await
    }

    async fn answer(&self, request: &Request, now: UnixMillis) -> Result<Response<Body>, Refusal> {
        Ok(match self.take(request, now).await? {
            Called::Now(call) => {
                tracing::info!(kind = %call.kind, held = call.held, "a table calls");
                reply::json(201, &CallReply::new(&call))
            }
            Called::Before(call) => reply::json(200, &CallReply::new(&call)),
        })
    }

    async fn take(&self, request: &Request, now: UnixMillis) -> Result<Called, Refusal> {
        let session = session(request.headers(), &self.keys, now)?;
        let (table, party) = at_table(&session)?;
        let kind = read(object(request.body(), BODY_BYTES_MAX)?)?;
        for _ in 0..ROUNDS_MAX {
            let context = self.store.read_for_call(&session.store, table, kind);
            let CallContext {
                house_rule,
                seating,
                last,
            } = context.await?;
            let step = seating.call(party, house_rule, now);
            let step = step.map_err(|_| Reason::SeatingEnded)?;
            let last_id = last.as_ref().map(|last| last.id.clone());
            if let Some(last) = last
                && self.stands(&last, party, now).await?
            {
                return Ok(Called::Before(last));
            }
            let held = step.holds_order();
            let call = Call {
                id: random::id(),
                store: session.store.clone(),
                table: table.clone(),
                // One that waits comes out with the staff's tap for the seating that waits.
                seating: if held { step.to.number } else { party },
                kind,
                called_at: now,
                held,
            };
            match self.store.place_call(&call, last_id.as_ref(), &step).await {
                Ok(()) => return Ok(Called::Now(call)),
                Err(MoveError::Moved) => tracing::debug!("another phone of the table was faster"),
                Err(MoveError::Store(error)) => return Err(error.into()),
            }
        }
        Err(StoreError::Throttled.into())
    }

    /// Whether a call is the one that is asked for again.
    async fn stands(&self, last: &Call, party: u32, now: UnixMillis) -> Result<bool, Refusal> {
        if last.seating != party {
            return Ok(false);
        }
        Ok(last.is_fresh(now) || self.store.slip_waits(&last.store, &last.id).await?)
    }
}

fn read(body: Value) -> Result<CallKind, Refusal> {
    let request: CallRequest = serde_json::from_value(body).map_err(|_| Reason::CallInvalid)?;
    Ok(CallKind::parse(&request.kind).ok_or(Reason::CallInvalid)?)
}
