//! Events, and what became of sending them.

use serde_json::{Value, json};

use super::{API_VERSION, Act};
use crate::{
    clock,
    database::{Query, Record, Task, Transaction},
    error::ApiError,
    faults::Order,
    ids,
};

/// How long the guest's way back is ahead of the events where the switch says so.
const REDIRECT_LEAD_MS: i64 = 1_500;
/// How long `reorder` waits for another event.
const HELD_MS: i64 = 2_000;
const APART_MS: i64 = 200;

/// What an attempt to deliver came to.
#[derive(Clone, Debug)]
pub(crate) struct Attempt {
    pub(crate) at_ms: i64,
    pub(crate) url: String,
    pub(crate) status: Option<u16>,
    pub(crate) error: Option<String>,
}

impl Act<'_> {
    /// Makes an event of `about` as it is now, and plans its delivery to every endpoint that wants it.
    pub(super) fn emit(
        &mut self,
        kind: &str,
        about: &Record,
        before: Option<Value>,
    ) -> Result<(), ApiError> {
        let endpoints: Vec<Record> = self
            .tx
            .list(&Query {
                kind: "webhook_endpoint",
                account: Some(&about.account),
                ..Query::default()
            })?
            .into_iter()
            .filter(|endpoint| wants(endpoint, kind))
            .collect();
        let withheld = self.faults.withholds();
        let mut data = json!({"object": shown(&about.object)});
        if let Some(before) = before {
            data["previous_attributes"] = before;
        }
        let event = Record {
            account: about.account.clone(),
            parent: Some(kind.to_owned()),
            object: json!({
                "id": ids::object("evt"),
                "object": "event",
                "api_version": API_VERSION,
                "created": self.now_s(),
                "data": data,
                "livemode": false,
                "pending_webhooks": endpoints.len(),
                "request": self.cause,
                "type": kind,
            }),
            own: json!({"created_ms": self.now_ms, "withheld": withheld, "deliveries": []}),
        };
        self.tx.put(&event)?;
        self.events.push(event.id().to_owned());
        if !withheld {
            for endpoint in &endpoints {
                self.plan_delivery(event.id(), endpoint.id())?;
            }
        }
        Ok(())
    }

    fn plan_delivery(&self, event: &str, endpoint: &str) -> Result<(), ApiError> {
        let task = Task::Deliver {
            event: event.to_owned(),
            endpoint: endpoint.to_owned(),
            attempts: 0,
            since_ms: self.now_ms,
        };
        let mut due_ms = self.now_ms + i64::from(self.faults.delay_ms);
        if self.faults.order == Order::RedirectFirst {
            due_ms += REDIRECT_LEAD_MS;
        }
        self.tx.plan(&task, due_ms)?;
        if self.faults.reorder {
            self.tx.reverse(due_ms + HELD_MS, APART_MS)?;
        }
        Ok(())
    }
}

fn wants(endpoint: &Record, kind: &str) -> bool {
    let enabled = endpoint.object["enabled_events"].as_array();
    let named = |name: &Value| name == "*" || name == kind;
    endpoint.text("status") == "enabled" && enabled.is_some_and(|names| names.iter().any(named))
}

/// An object as an event and a plain answer show it: what is only there when it is asked for is left out.
pub(super) fn shown(object: &Value) -> Value {
    let mut object = object.clone();
    if object["object"] == "checkout.session"
        && let Some(map) = object.as_object_mut()
    {
        map.remove("line_items");
    }
    object
}

/// Whether sending an event was tried at every endpoint, or will not be.
pub(crate) fn is_settled(event: &Record) -> bool {
    let tried = event.own["deliveries"].as_array().map_or(0, Vec::len);
    event.own["withheld"] == true || event.object["pending_webhooks"] == 0 || tried > 0
}

impl Transaction<'_> {
    /// Writes down what an attempt came to.
    pub(crate) fn record_attempts(
        &self,
        event: &str,
        attempts: &[Attempt],
        is_delivered: bool,
    ) -> rusqlite::Result<()> {
        let Some(mut event) = self.get(event)? else {
            return Ok(());
        };
        for attempt in attempts {
            let entry = json!({"at_ms": attempt.at_ms, "url": attempt.url, "status": attempt.status, "error": attempt.error});
            if let Some(list) = event.own["deliveries"].as_array_mut() {
                list.push(entry);
            }
        }
        if is_delivered {
            event.object["pending_webhooks"] = json!((event.number("pending_webhooks") - 1).max(0));
        }
        self.put(&event)
    }
}

/// A webhook endpoint.
pub(crate) fn endpoint_object(
    id: &str,
    url: &str,
    enabled_events: &Value,
    api_version: Option<&str>,
) -> Value {
    json!({
        "id": id,
        "object": "webhook_endpoint",
        "api_version": api_version,
        "application": null,
        "created": clock::now_ms().div_euclid(1_000),
        "description": null,
        "enabled_events": enabled_events,
        "livemode": false,
        "metadata": {},
        "status": "enabled",
        "url": url,
    })
}
