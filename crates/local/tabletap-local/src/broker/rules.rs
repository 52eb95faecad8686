//! Topic rules: each matching message becomes an event and an asynchronous invocation of the rule's function.
//!
//! Knows the SQL that `infra/` uses, `SELECT *, topic(N) AS name FROM 'filter'`, and refuses other SQL at start. An
//! alias wins over a field of the payload with the same name, so a thing cannot say it is another. What cannot be
//! selected from or handed over goes to the dead letters, as the rule's error action has it. Order is kept per rule.
//! See AWS IoT, "AWS IoT SQL reference".

use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;

use anyhow::{Context as _, Result, bail, ensure};
use rumqttd::Notification;
use rumqttd::protocol::{Filter, Packet, QoS, RetainForwardRule, Subscribe};
use serde_json::{Map, Value, json};
use tokio_util::sync::CancellationToken;

use super::hub::{Hub, Sender};
use super::things::Things;
use crate::dead_letters::DeadLetters;
use crate::functions::Invoker;
use crate::template::TopicRule;

/// Waits between tries to hand an event over; long enough for the functions' process to be started again.
const WAITS: [Duration; 4] = [
    Duration::from_millis(200),
    Duration::from_secs(1),
    Duration::from_secs(5),
    Duration::from_secs(15),
];
/// Events of one rule that may wait while the functions are away; the router stops delivering beyond it.
const WAITING_MAX: usize = 10_000;

/// The selection of a rule.
#[derive(Debug, PartialEq, Eq)]
struct Query {
    filter: String,
    /// `topic(N) AS name`: the level counted from 1, and the name.
    aliases: Vec<(usize, String)>,
}

impl Query {
    fn parse(sql: &str) -> Result<Query> {
        let unknown = || format!("the SQL {sql:?} is not SELECT *, topic(N) AS name FROM 'filter'");
        let lower = sql.to_ascii_lowercase();
        let from = lower.find(" from ").with_context(unknown)?;
        ensure!(lower.starts_with("select "), unknown());
        let filter = sql[from + " from ".len()..].trim();
        let filter = filter
            .strip_prefix('\'')
            .and_then(|rest| rest.strip_suffix('\''))
            .with_context(unknown)?;
        ensure!(!filter.is_empty() && !filter.contains('\''), unknown());
        let mut columns = sql["select ".len()..from].split(',').map(str::trim);
        ensure!(columns.next() == Some("*"), unknown());
        let aliases = columns
            .map(|column| alias(column).with_context(unknown))
            .collect::<Result<_>>()?;
        Ok(Query {
            filter: filter.to_owned(),
            aliases,
        })
    }

    /// The event for a message, as the rule's function gets it.
    fn select(&self, topic: &str, payload: &[u8]) -> Result<Value> {
        let mut event: Map<String, Value> = match serde_json::from_slice(payload) {
            Ok(Value::Object(object)) => object,
            Ok(_) => bail!("the payload is no JSON object"),
            Err(error) => bail!("the payload is no JSON: {error}"),
        };
        for (level, name) in &self.aliases {
            let text = topic
                .split('/')
                .nth(level - 1)
                .map_or(Value::Null, Value::from);
            event.insert(name.clone(), text);
        }
        Ok(Value::Object(event))
    }
}

fn alias(column: &str) -> Option<(usize, String)> {
    let words: Vec<&str> = column.split_whitespace().collect();
    let [function, "AS" | "as", name] = words.as_slice() else {
        return None;
    };
    let level: usize = function
        .strip_prefix("topic(")?
        .strip_suffix(')')?
        .parse()
        .ok()?;
    let plain = |c: char| c.is_ascii_alphanumeric() || c == '_';
    (level > 0 && name.chars().all(plain)).then(|| (level, (*name).to_owned()))
}

/// What every rule needs.
#[derive(Debug, Clone)]
pub(crate) struct Rules {
    pub(crate) hub: Arc<Hub>,
    pub(crate) things: Arc<Things>,
    pub(crate) invoker: Invoker,
    pub(crate) dead_letters: PathBuf,
    pub(crate) stop: CancellationToken,
}

impl Rules {
    /// Starts one rule; its number tells its link from the others'.
    pub(crate) fn start(&self, number: usize, rule: &TopicRule) -> Result<()> {
        let query = Query::parse(&rule.sql)?;
        let (mut sender, mut receiver, _) =
            self.hub.connect(&format!("tabletap-rule-{number}"), true)?;
        // QoS 0: nothing is lost in memory, and nothing has to be acknowledged.
        let filter = Filter {
            path: query.filter.clone(),
            qos: QoS::AtMostOnce,
            nolocal: false,
            preserve_retain: false,
            retain_forward_rule: RetainForwardRule::Never,
        };
        sender.send(Packet::Subscribe(
            Subscribe {
                pkid: 1,
                filters: vec![filter],
            },
            None,
        ))?;
        let (queue, events) = tokio::sync::mpsc::channel(WAITING_MAX);
        let hand_over = HandOver {
            rules: self.clone(),
            function: rule.function.clone(),
            dead_letters: DeadLetters::new(&self.dead_letters, &rule.function),
        };
        tokio::spawn(hand_over.run(events));
        let rules = self.clone();
        let dead_letters = DeadLetters::new(&self.dead_letters, &rule.function);
        tokio::spawn(async move {
            let sender: Sender = sender;
            while let Some(Ok(notification)) = rules.stop.run_until_cancelled(receiver.next()).await
            {
                let publish = match notification {
                    Some(Notification::Forward(forward)) => forward.publish,
                    Some(Notification::Unschedule) => {
                        receiver.wake().await.ok();
                        continue;
                    }
                    _ => continue,
                };
                let topic = String::from_utf8_lossy(&publish.topic).into_owned();
                match query.select(&topic, &publish.payload) {
                    Ok(event) => {
                        if queue.send(event).await.is_err() {
                            break;
                        }
                    }
                    Err(error) => {
                        rules.things.rule_failures.fetch_add(1, Ordering::Relaxed);
                        let letter = json!({
                            "source": "topic-rule", "topic": topic, "reason": error.to_string(),
                            "payload": String::from_utf8_lossy(&publish.payload),
                        });
                        dead_letters.put(letter).await;
                    }
                }
            }
            drop(sender);
        });
        Ok(())
    }
}

struct HandOver {
    rules: Rules,
    function: String,
    dead_letters: DeadLetters,
}

impl HandOver {
    async fn run(self, mut events: tokio::sync::mpsc::Receiver<Value>) {
        while let Some(event) = events.recv().await {
            match self.deliver(&event).await {
                Ok(()) => self
                    .rules
                    .things
                    .rule_events
                    .fetch_add(1, Ordering::Relaxed),
                Err(error) => {
                    let letter = json!({"source": "topic-rule", "reason": error.to_string(), "requestPayload": event});
                    self.dead_letters.put(letter).await;
                    self.rules
                        .things
                        .rule_failures
                        .fetch_add(1, Ordering::Relaxed)
                }
            };
        }
    }

    async fn deliver(&self, event: &Value) -> Result<()> {
        let body = event.to_string();
        let mut waits = WAITS.iter();
        loop {
            match self.rules.invoker.event(&self.function, body.clone()).await {
                Ok(()) => return Ok(()),
                Err(error) => {
                    let Some(wait) = waits.next() else {
                        return Err(error.into());
                    };
                    tracing::warn!(function = self.function, %error, "event not handed over, trying again");
                    let stopped = self
                        .rules
                        .stop
                        .run_until_cancelled(tokio::time::sleep(*wait))
                        .await;
                    if stopped.is_none() {
                        return Err(error.into());
                    }
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

    use super::*;

    #[test]
    fn the_sql_of_the_templates_is_understood() {
        let query = Query::parse("SELECT *, topic(2) AS thing FROM 'tt/+/up'").unwrap();
        let expected = Query {
            filter: "tt/+/up".to_owned(),
            aliases: vec![(2, "thing".to_owned())],
        };
        assert_eq!(query, expected);
    }

    #[test]
    fn other_sql_is_refused_at_start() {
        for sql in [
            "",
            "SELECT a FROM 'x'",
            "SELECT * FROM x",
            "SELECT *, topic(0) AS t FROM 'x'",
            "SELECT *, clientid() AS c FROM 'x'",
            "SELECT * FROM 'x' WHERE a = 1",
            "DELETE * FROM 'x'",
        ] {
            assert!(Query::parse(sql).is_err(), "{sql}");
        }
    }

    #[test]
    fn a_thing_cannot_say_it_is_another() {
        let query = Query::parse("SELECT *, topic(2) AS thing FROM 'tt/+/up'").unwrap();
        let event = query
            .select("tt/a:b:c/up", br#"{"thing": "x:y:z", "n": 1}"#)
            .unwrap();
        assert_eq!(event, json!({"thing": "a:b:c", "n": 1}));
        assert!(query.select("tt/a:b:c/up", b"[1]").is_err());
        assert!(query.select("tt/a:b:c/up", b"\x1b@").is_err());
    }
}
