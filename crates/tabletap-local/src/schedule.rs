//! Schedules: an asynchronous event to a function at a fixed rate, as EventBridge sends it.

use std::time::{Duration, SystemTime, UNIX_EPOCH};

use serde_json::json;
use tokio::time::{MissedTickBehavior, interval};

use crate::functions::{ACCOUNT, Invoker, REGION, request_id};

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
    let now = SystemTime::now()
        .duration_since(UNIX_EPOCH)
        .unwrap_or_default();
    json!({
        "version": "0",
        "id": request_id(),
        "detail-type": "Scheduled Event",
        "source": "aws.events",
        "account": ACCOUNT,
        "time": rfc3339(now.as_secs()),
        "region": REGION,
        "resources": [format!("arn:aws:events:{REGION}:{ACCOUNT}:rule/{function}")],
        "detail": {},
    })
}

/// Seconds since 1970 as `2026-11-21T08:00:00Z`. See H. Hinnant, "chrono-Compatible Low-Level Date Algorithms".
fn rfc3339(seconds: u64) -> String {
    let (days, rest) = (seconds / 86_400, seconds % 86_400);
    let z = days + 719_468;
    let (era, day_of_era) = (z / 146_097, z % 146_097);
    let year_of_era =
        (day_of_era - day_of_era / 1_460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
    let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let shifted = (5 * day_of_year + 2) / 153;
    let day = day_of_year - (153 * shifted + 2) / 5 + 1;
    let month = if shifted < 10 {
        shifted + 3
    } else {
        shifted - 9
    };
    let year = year_of_era + era * 400 + u64::from(month <= 2);
    let (hour, minute, second) = (rest / 3_600, rest % 3_600 / 60, rest % 60);
    format!("{year:04}-{month:02}-{day:02}T{hour:02}:{minute:02}:{second:02}Z")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_written_as_events_have_them() {
        assert_eq!(rfc3339(0), "1970-01-01T00:00:00Z");
        assert_eq!(rfc3339(951_827_696), "2000-02-29T12:34:56Z");
        assert_eq!(rfc3339(1_795_248_000), "2026-11-21T08:00:00Z");
    }
}
