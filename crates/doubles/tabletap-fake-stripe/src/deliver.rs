//! Sends events, signed as Stripe signs them, again and again until somebody answers 2xx. See Stripe, "Verify webhook signatures".

use std::{fmt::Write, time::Duration};

use futures_util::future::join_all;
use hmac::{Hmac, KeyInit, Mac};
use serde_json::Value;
use sha2::Sha256;
use tokio::task::JoinSet;

use crate::{
    FakeStripe,
    acts::{Act, Attempt},
    clock,
    database::{Entry, Record, Task},
    error::ApiError,
    faults::Faults,
};

const ANSWER_WITHIN: Duration = Duration::from_secs(20);
/// The program that is told is usually being started or repaired; Stripe itself waits for minutes, then hours.
const AGAIN_MAX_MS: i64 = 30_000;
/// How long it waits where its file cannot be written.
const PAUSE: Duration = Duration::from_secs(1);
const GIVEN_UP_AFTER_MS: i64 = 24 * 60 * 60 * 1_000;
const COPIES_MAX: u32 = 20;

impl FakeStripe {
    /// Does what is on the agenda for ever: sends events, ends sessions, settles delayed payments and refunds.
    pub async fn run(self) {
        let mut wake = self.0.wake.subscribe();
        let mut sending = JoinSet::new();
        let mut is_paused = false;
        loop {
            wake.mark_unchanged();
            match self.begin_due(clock::now_ms(), &mut sending) {
                Ok(wait) => {
                    is_paused = false;
                    tokio::select! {
                        () = tokio::time::sleep(wait) => {}
                        _ = wake.changed() => {}
                        Some(_) = sending.join_next() => {}
                    }
                }
                // A full disk, say. What is due stays due, and asking again at once would only keep the machine busy.
                Err(error) => {
                    if !is_paused {
                        tracing::error!(%error, "the local Stripe pauses: it cannot use its file");
                    }
                    is_paused = true;
                    tokio::time::sleep(PAUSE).await;
                }
            }
        }
    }

    /// Begins what is due and says how long it is until there is more.
    fn begin_due(&self, now_ms: i64, sending: &mut JoinSet<()>) -> rusqlite::Result<Duration> {
        for entry in self.0.database.write(|tx| tx.take_due(now_ms))? {
            if matches!(entry.task, Task::Deliver { .. }) {
                sending.spawn(self.clone().deliver(entry));
            } else if let Err(error) = self.perform(&entry, now_ms) {
                tracing::error!(error = error.message(), "the local Stripe cannot go on");
            }
        }
        let next = self.0.database.write(|tx| tx.next_due())?;
        let wait = next.map_or(3_600_000, |due| (due - now_ms).clamp(0, 3_600_000));
        Ok(Duration::from_millis(
            u64::try_from(wait).unwrap_or_default(),
        ))
    }

    /// Does one thing of the agenda that is no delivery.
    fn perform(&self, entry: &Entry, now_ms: i64) -> Result<(), ApiError> {
        self.0.database.write(|tx| {
            let faults = Self::faults_on(tx)?;
            let mut act = Act::by_hand(tx, &faults, &self.0.config.pages, now_ms);
            match &entry.task {
                Task::Expire { session } => {
                    if let Some(session) = tx.get(session)? {
                        act.session(&session.account, session.id())?;
                    }
                }
                Task::Settle { session, succeeds } => act.settle(session, *succeeds)?,
                Task::SettleRefund { refund, succeeds } => act.settle_refund(refund, *succeeds)?,
                Task::Deliver { .. } => {}
            }
            Ok::<_, ApiError>(tx.done(entry.id)?)
        })?;
        self.wake();
        Ok(())
    }

    async fn deliver(self, entry: Entry) {
        let Task::Deliver {
            event,
            endpoint,
            attempts,
            since_ms,
        } = &entry.task
        else {
            return;
        };
        let read = self.0.database.write(|tx| {
            Ok::<_, ApiError>((tx.get(event)?, tx.get(endpoint)?, Self::faults_on(tx)?))
        });
        let (tries, is_delivered) = match read {
            Ok((Some(event), Some(endpoint), faults)) => {
                let tries = self
                    .send(&event.object, &endpoint, &faults, *attempts)
                    .await;
                let delivered = |attempt: &Attempt| {
                    attempt
                        .status
                        .is_some_and(|status| (200..300).contains(&status))
                };
                let is_delivered = tries.iter().any(delivered);
                (tries, is_delivered)
            }
            // The endpoint was deleted meanwhile.
            Ok(_) => (Vec::new(), true),
            Err(_) => return,
        };
        let now_ms = clock::now_ms();
        let again_ms = 1_000_i64.saturating_mul(1_i64.checked_shl(*attempts).unwrap_or(i64::MAX));
        let again = Task::Deliver {
            event: event.clone(),
            endpoint: endpoint.clone(),
            attempts: attempts + 1,
            since_ms: *since_ms,
        };
        let written = self.0.database.write(|tx| {
            tx.record_attempts(event, &tries, is_delivered)?;
            match is_delivered || now_ms - since_ms > GIVEN_UP_AFTER_MS {
                true => tx.done(entry.id),
                false => tx.reschedule(
                    entry.id,
                    &again,
                    now_ms + again_ms.clamp(1_000, AGAIN_MAX_MS),
                ),
            }
        });
        if let Err(error) = written {
            tracing::error!(%error, "the local Stripe cannot keep what became of an event");
        }
        self.wake();
    }

    async fn send(
        &self,
        event: &Value,
        endpoint: &Record,
        faults: &Faults,
        attempts: u32,
    ) -> Vec<Attempt> {
        let url = endpoint.text("url");
        let at_ms = clock::now_ms();
        if attempts < faults.drop_first {
            return vec![Attempt {
                at_ms,
                url: url.to_owned(),
                status: None,
                error: Some("dropped by a fault switch".to_owned()),
            }];
        }
        let body = match faults.old_shape {
            true => old_shape(event.clone()),
            false => event.clone(),
        };
        let body = serde_json::to_string_pretty(&body).unwrap_or_default();
        let secret = match faults.wrong_secret {
            true => "whsec_of_somebody_else",
            false => endpoint.own["secret"].as_str().unwrap_or_default(),
        };
        let signature = signature(secret, at_ms.div_euclid(1_000), &body);
        let copies = (0..faults.duplicate.clamp(1, COPIES_MAX)).map(|_| async {
            let sent = self
                .0
                .http
                .post(url)
                .header("content-type", "application/json; charset=utf-8")
                .header(
                    "user-agent",
                    "Stripe/1.0 (+https://stripe.com/docs/webhooks)",
                )
                .header("stripe-signature", &signature)
                .timeout(ANSWER_WITHIN)
                .body(body.clone())
                .send()
                .await;
            Attempt {
                at_ms,
                url: url.to_owned(),
                status: sent.as_ref().ok().map(|answer| answer.status().as_u16()),
                error: sent.err().map(|error| reason(&error)),
            }
        });
        join_all(copies).await
    }
}

fn reason(error: &reqwest::Error) -> String {
    match (error.is_timeout(), error.is_connect()) {
        (true, _) => "no answer in time".to_owned(),
        (_, true) => "nobody listens there".to_owned(),
        _ => "the connection broke".to_owned(),
    }
}

/// `t=…,v1=…`
pub(crate) fn signature(secret: &str, at_s: i64, body: &str) -> String {
    let mut mac =
        Hmac::<Sha256>::new_from_slice(secret.as_bytes()).expect("HMAC takes keys of any length");
    mac.update(format!("{at_s}.{body}").as_bytes());
    let mut text = format!("t={at_s},v1=");
    for byte in mac.finalize().into_bytes() {
        let _ = write!(text, "{byte:02x}");
    }
    text
}

/// The event as accounts of an old API version get it.
fn old_shape(mut event: Value) -> Value {
    let missing: &[&str] = match event["data"]["object"]["object"].as_str() {
        Some("checkout.session") => &["custom_text", "automatic_tax"],
        Some("charge") => &["billing_details"],
        _ => &[],
    };
    if let Some(object) = event["data"]["object"].as_object_mut() {
        object.retain(|key, _| !missing.contains(&key.as_str()));
    }
    event["api_version"] = Value::from("2016-07-06");
    event["request"] = event["request"]["id"].clone();
    if let Some(envelope) = event.as_object_mut() {
        envelope.remove("pending_webhooks");
    }
    event
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

    use serde_json::json;

    use super::*;
    use crate::{Account, Config, acts::NewSession};

    fn opened(data: &std::path::Path) -> FakeStripe {
        let account = Account {
            name: "sushi".to_owned(),
            business: "Kumo Sushi".to_owned(),
            api_key: "sk_test_1".to_owned(),
            webhook_secret: "whsec_1".to_owned(),
            webhook_url: "http://127.0.0.1:9/hook".to_owned(),
            webhook_path: "/hook".to_owned(),
        };
        let stripe = FakeStripe::open(Config {
            file: data.join("stripe.db"),
            base: String::new(),
            pages: String::new(),
            accounts: vec![account],
        });
        stripe.unwrap()
    }

    const NOW_MS: i64 = 1_800_000_000_000;

    /// A session that ends in half an hour.
    fn begun(stripe: &FakeStripe) -> String {
        let new = NewSession {
            currency: "usd".to_owned(),
            lines: Vec::new(),
            amount: 100,
            expires_at: NOW_MS / 1_000 + 1_800,
            given: json!({}),
            intent: json!({}),
        };
        let faults = Faults::default();
        let begun = stripe
            .0
            .database
            .write(|tx| Act::by_hand(tx, &faults, "", NOW_MS).begin("sushi", &new));
        begun.unwrap().id().to_owned()
    }

    fn status(stripe: &FakeStripe, session: &str) -> String {
        let session = stripe.0.database.write(|tx| tx.get(session));
        session.unwrap().unwrap().text("status").to_owned()
    }

    #[tokio::test]
    async fn a_session_ends_by_itself_once_its_time_is_over() {
        let data = tempfile::tempdir().unwrap();
        let stripe = opened(data.path());
        let id = begun(&stripe);
        let due = |at_ms| stripe.0.database.write(|tx| tx.take_due(at_ms)).unwrap();
        assert_eq!(due(NOW_MS + 1_799_999), []);
        for entry in due(NOW_MS + 1_800_000) {
            stripe.perform(&entry, NOW_MS + 1_800_000).unwrap();
        }
        assert_eq!(status(&stripe, &id), "expired");
        let told = due(NOW_MS + 1_800_000);
        assert!(matches!(
            told[..],
            [Entry {
                task: Task::Deliver { .. },
                ..
            }]
        ));
    }

    #[tokio::test]
    async fn where_its_file_takes_nothing_more_it_pauses_and_goes_on_later() {
        let data = tempfile::tempdir().unwrap();
        let stripe = opened(data.path());
        let id = begun(&stripe);
        let mut sending = JoinSet::new();
        stripe.0.database.refuse_writes(true);
        let paused = stripe.begin_due(NOW_MS + 1_800_000, &mut sending);
        assert!(paused.is_err(), "it waits instead of asking again at once");
        assert_eq!(status(&stripe, &id), "open");

        stripe.0.database.refuse_writes(false);
        let wait = stripe.begin_due(NOW_MS + 1_800_000, &mut sending).unwrap();
        assert_eq!(status(&stripe, &id), "expired");
        assert_eq!(wait, Duration::ZERO, "its event is due at once");
    }

    #[test]
    fn a_signature_is_the_one_that_stripe_documents() {
        // Made with `stripe.webhooks.generateTestHeaderString` of the npm SDK.
        assert_eq!(
            signature("whsec_test", 1_700_000_000, "{\"id\":\"evt_1\"}"),
            "t=1700000000,v1=c89214b5b5da833daed6f0b8c5bb6bd58cea9022bd80ccc78230f3942d632925"
        );
    }
}
