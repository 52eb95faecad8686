//! A queue as an event source: delivers its messages to one function as AWS Lambda does.
//!
//! Messages are delivered when they arrive, in batches, several at a time. What succeeded is deleted; what failed comes again after
//! the visibility time-out, until it has been received too often. A function that cannot be reached is waited for; only invocations
//! that ran count as receives. See AWS Lambda, "Using Lambda with Amazon SQS".

use std::{sync::Arc, time::Duration};

use md5::{Digest, Md5};
use serde_json::{Value, json};
use tabletap_domain::time::UnixMillis;
use tabletap_runtime::clock::now_ms;
use tokio::task::JoinSet;

use super::{Message, QueueError, Queues};
use crate::{
    dead_letters::DeadLetters,
    functions::{InvokeError, Invoker},
    names::{ACCOUNT, REGION, arn},
    sqlite::blocking,
    template::QueueSource,
};

/// Wait before a function that was not reached is tried again.
const UNREACHED_WAIT: Duration = Duration::from_millis(250);
/// Wait before queues that do not answer are asked again.
const BROKEN_WAIT: Duration = Duration::from_secs(1);

/// One mapping from a queue to a function.
#[derive(Clone, Debug)]
pub struct Poller {
    pub queues: Arc<Queues>,
    /// What the template says.
    pub source: QueueSource,
    pub function: String,
    /// How it is invoked.
    pub invoker: Invoker,
    /// Where a person reads what was given up.
    pub dead_letters: DeadLetters,
}

impl Poller {
    /// Delivers for ever.
    pub async fn run(self) {
        let mut arrivals = self.queues.arrivals();
        let mut running = JoinSet::new();
        loop {
            arrivals.borrow_and_update();
            let next = match self.next().await {
                Ok(next) => next,
                Err(error) => {
                    tracing::error!(%error, function = self.function, "waiting for the queue");
                    tokio::time::sleep(BROKEN_WAIT).await;
                    continue;
                }
            };
            if next.is_empty() {
                tokio::select! {
                    _ = arrivals.changed() => {}
                    () = self.until_next_visible() => {}
                    Some(_) = running.join_next() => {}
                }
                continue;
            }
            let poller = self.clone();
            running.spawn(async move { poller.deliver(next).await });
            while running.len() >= self.source.concurrency_max.max(1) {
                running.join_next().await;
            }
        }
    }

    /// The next batch, after what may not be received again was given up.
    async fn next(&self) -> Result<Vec<Message>, QueueError> {
        let name = self.source.queue.clone();
        let now = UnixMillis(now_ms());
        let queues = Arc::clone(&self.queues);
        let exhausted = blocking(move || queues.exhausted(&name, now)).await?;
        if !exhausted.is_empty() {
            self.give_up(exhausted).await?;
        }
        let (queues, name) = (Arc::clone(&self.queues), self.source.queue.clone());
        let max = self.source.batch_size;
        blocking(move || queues.receive(&name, max, now)).await
    }

    /// The letter is written first: a crash in between writes it twice, and loses nothing.
    async fn give_up(&self, messages: Vec<Message>) -> Result<(), QueueError> {
        for message in &messages {
            let body: Value = serde_json::from_str(&message.body)
                .unwrap_or_else(|_| message.body.as_str().into());
            let letter = json!({
                "requestContext": {"functionArn": arn(&self.function), "condition": "MaxReceiveCountExceeded",
                    "approximateInvokeCount": message.receives},
                "queue": self.source.queue,
                "messageId": message.id,
                "reason": format!("received {} times and never done", message.receives),
                "body": body,
            });
            self.dead_letters.put(letter).await;
        }
        let (queues, name) = (Arc::clone(&self.queues), self.source.queue.clone());
        blocking(move || queues.redrive(&name, &ids(&messages))).await
    }

    async fn until_next_visible(&self) {
        let (queues, name) = (Arc::clone(&self.queues), self.source.queue.clone());
        match blocking(move || queues.next_visible(&name)).await {
            Ok(Some(at)) => {
                let wait_ms = at.0.saturating_sub(now_ms()).max(1);
                tokio::time::sleep(Duration::from_millis(wait_ms.unsigned_abs())).await;
            }
            Ok(None) => std::future::pending().await,
            Err(_) => tokio::time::sleep(BROKEN_WAIT).await,
        }
    }

    async fn deliver(&self, messages: Vec<Message>) {
        let records: Vec<Value> = messages
            .iter()
            .map(|message| self.record(message))
            .collect();
        let event = json!({"Records": records}).to_string();
        let all = ids(&messages);
        let queues = Arc::clone(&self.queues);
        let written = match self.invoker.call(&self.function, event).await {
            Ok(answer) => match self.done(&answer, &all) {
                Some(done) => blocking(move || queues.delete(&done)).await,
                None => {
                    tracing::warn!(
                        function = self.function,
                        "the answer names no messages of the batch"
                    );
                    Ok(())
                }
            },
            // The whole batch comes again after its time-out.
            Err(InvokeError::Function(_)) => Ok(()),
            Err(error @ InvokeError::Unreachable(_)) => {
                tracing::warn!(function = self.function, %error, "waiting for the function");
                let again = UnixMillis(now_ms()).plus(UNREACHED_WAIT);
                blocking(move || queues.put_back(&all, again)).await
            }
        };
        if let Err(error) = written {
            tracing::error!(%error, function = self.function, "a batch will come again");
        }
    }

    /// What is done of a batch; none where the answer is one that Lambda would not understand, and the whole batch fails.
    fn done(&self, answer: &Value, all: &[String]) -> Option<Vec<String>> {
        let failures = match &answer["batchItemFailures"] {
            _ if !self.source.reports_item_failures => return Some(all.to_vec()),
            Value::Null => return Some(all.to_vec()),
            Value::Array(failures) => failures,
            _ => return None,
        };
        let failed = failures.iter().map(|failure| {
            let id = failure["itemIdentifier"].as_str()?;
            all.iter().find(|known| *known == id)
        });
        let failed = failed.collect::<Option<Vec<_>>>()?;
        Some(
            all.iter()
                .filter(|id| !failed.contains(id))
                .cloned()
                .collect(),
        )
    }

    fn record(&self, message: &Message) -> Value {
        let md5 = hex::encode(Md5::digest(&message.body));
        json!({
            "messageId": message.id,
            "receiptHandle": format!("{}/{}", message.id, message.receives),
            "body": message.body,
            "attributes": {
                "ApproximateReceiveCount": message.receives.to_string(),
                "SentTimestamp": message.sent_at.0.to_string(),
                "SenderId": "events.amazonaws.com",
                "ApproximateFirstReceiveTimestamp": message.first_received_at.0.to_string(),
            },
            "messageAttributes": {},
            "md5OfBody": md5,
            "eventSource": "aws:sqs",
            "eventSourceARN": format!("arn:aws:sqs:{REGION}:{ACCOUNT}:{}", self.source.queue),
            "awsRegion": REGION,
        })
    }
}

fn ids(messages: &[Message]) -> Vec<String> {
    messages.iter().map(|message| message.id.clone()).collect()
}
