//! Schedules: an asynchronous event to a function at a fixed rate, as EventBridge sends it.

use std::time::Duration;

use serde_json::json;
use tabletap_domain::time::UnixMillis;
use tabletap_wire::time::rfc3339;
use tokio::time::{MissedTickBehavior, interval};

use crate::{
    functions::Invoker,
    names::{ACCOUNT, REGION, request_id},
};

/// Invokes `function` every `period` for ever; the first time at once, as after a deployment nobody wants to wait.
pub async fn run(invoker: Invoker, function: String, period: Duration) {
    let mut ticks = interval(period);
    // After a sleep of the machine one sweep is enough.
    ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
    loop {
        ticks.tick().await;
        if let Err(error) = invoker.event(&function, event(&function).to_string()).await {
            tracing::warn!(%error, function, "a scheduled event was not delivered");
        }
    }
}

fn event(function: &str) -> serde_json::Value {
    let now = UnixMillis(tabletap_runtime::clock::now_ms());
    json!({
        "version": "0",
        "id": request_id(),
        "detail-type": "Scheduled Event",
        "source": "aws.events",
        "account": ACCOUNT,
        "time": rfc3339(now),
        "region": REGION,
        "resources": [format!("arn:aws:events:{REGION}:{ACCOUNT}:rule/{function}")],
        "detail": {},
    })
}
