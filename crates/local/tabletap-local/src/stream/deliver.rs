//! One batch, delivered until every record of it is done or given up.

use std::time::Duration;

use serde_json::{Value, json};

use super::{Checkpoint, sequence_number};
use crate::{
    dead_letters::DeadLetters,
    functions::{InvokeError, Invoker},
    names::{REGION, arn},
    template::StreamSource,
};

/// No wait is longer.
const WAIT_MAX: Duration = Duration::from_secs(30);

/// Delivers batches to one function.
#[derive(Debug)]
pub struct Delivery {
    /// The stream's ARN, which stands in every record.
    pub stream_arn: String,
    pub function: String,
    /// What the template says.
    pub source: StreamSource,
    /// How it is invoked.
    pub invoker: Invoker,
    /// Where records go that are given up.
    pub dead_letters: DeadLetters,
    /// What is done.
    pub checkpoint: Checkpoint,
    /// Wait before the second try.
    pub first_wait: Duration,
}

/// What came of one invocation.
#[derive(Debug, PartialEq, Eq)]
pub enum Outcome {
    /// All records are done.
    Done,
    /// Those before this index are done, those from it on are not.
    FailedFrom(usize),
    /// None is done.
    Failed(String),
    /// The function was not reached.
    Unreached,
}

struct Part {
    records: Vec<Value>,
    failures: u32,
}

impl Delivery {
    /// Returns when every record is done or in the dead letters, and the checkpoint says so.
    pub async fn deliver(&self, batch: Vec<Value>) {
        let mut parts = vec![Part {
            records: batch,
            failures: 0,
        }];
        // The part to deliver next stands last, so records keep their order through every split.
        while let Some(mut part) = parts.pop() {
            if self.too_old(&part) {
                self.give_up(part, "MaximumRecordAgeExceeded", "").await;
                continue;
            }
            let reason = match self.invoke(&part.records).await {
                Outcome::Done => {
                    self.checkpoint(&part.records).await;
                    continue;
                }
                Outcome::Unreached => {
                    tokio::time::sleep(self.first_wait).await;
                    parts.push(part);
                    continue;
                }
                Outcome::FailedFrom(index) if index > 0 => {
                    let rest = part.records.split_off(index);
                    self.checkpoint(&part.records).await;
                    parts.push(Part {
                        records: rest,
                        failures: 0,
                    });
                    continue;
                }
                Outcome::FailedFrom(_) => {
                    "the function named its first record as failed".to_owned()
                }
                Outcome::Failed(reason) => reason,
            };
            if self.source.bisect && part.records.len() > 1 {
                // A split does not count as a try.
                let rest = part.records.split_off(part.records.len() / 2);
                parts.push(Part {
                    records: rest,
                    failures: part.failures,
                });
                parts.push(part);
            } else if self
                .source
                .retries_max
                .is_some_and(|max| part.failures >= max)
            {
                self.give_up(part, "RetryAttemptsExhausted", &reason).await;
            } else {
                tokio::time::sleep(self.wait(part.failures)).await;
                part.failures = part.failures.saturating_add(1);
                parts.push(part);
            }
        }
    }

    async fn invoke(&self, records: &[Value]) -> Outcome {
        let records: Vec<Value> = records
            .iter()
            .map(|record| self.event_record(record))
            .collect();
        let event = json!({"Records": records}).to_string();
        match self.invoker.call(&self.function, event).await {
            Ok(answer) if self.source.reports_item_failures => read_answer(&answer, &records),
            Ok(_) => Outcome::Done,
            Err(InvokeError::Function(error)) => Outcome::Failed(error.to_string()),
            Err(error @ InvokeError::Unreachable(_)) => {
                tracing::warn!(function = self.function, %error, "waiting for the function");
                Outcome::Unreached
            }
        }
    }

    /// A record as Lambda hands it over: with its source, in the region the program claims to be in.
    fn event_record(&self, record: &Value) -> Value {
        let mut record = record.clone();
        record["eventSourceARN"] = self.stream_arn.as_str().into();
        record["awsRegion"] = REGION.into();
        record
    }

    async fn checkpoint(&self, done: &[Value]) {
        let Some(last) = done.last().and_then(sequence_number).map(str::to_owned) else {
            return;
        };
        let checkpoint = self.checkpoint.clone();
        let written = tokio::task::spawn_blocking(move || checkpoint.write(&last)).await;
        if !matches!(written, Ok(Ok(()))) {
            tracing::warn!(
                ?written,
                function = self.function,
                "the checkpoint was not written"
            );
        }
    }

    async fn give_up(&self, part: Part, condition: &str, reason: &str) {
        let first = part
            .records
            .first()
            .and_then(sequence_number)
            .unwrap_or_default();
        let last = part
            .records
            .last()
            .and_then(sequence_number)
            .unwrap_or_default();
        let letter = json!({
            "requestContext": {"functionArn": arn(&self.function), "condition": condition,
                "approximateInvokeCount": part.failures.saturating_add(1)},
            "DDBStreamBatchInfo": {"streamArn": self.stream_arn, "batchSize": part.records.len(),
                "startSequenceNumber": first, "endSequenceNumber": last},
            "reason": if reason.is_empty() { condition } else { reason },
            "records": part.records,
        });
        self.dead_letters.put(letter).await;
        self.checkpoint(&part.records).await;
    }

    fn too_old(&self, part: &Part) -> bool {
        let Some(age_max) = self.source.record_age_max else {
            return false;
        };
        let created_s = part.records.last().and_then(|record| {
            let seconds = record["dynamodb"]["ApproximateCreationDateTime"].to_string();
            seconds.split('.').next()?.parse::<i64>().ok()
        });
        let now_s = tabletap_runtime::clock::now_ms() / 1_000;
        let age_max_s = i64::try_from(age_max.as_secs()).unwrap_or(i64::MAX);
        created_s.is_some_and(|created_s| now_s.saturating_sub(created_s) > age_max_s)
    }

    fn wait(&self, failures: u32) -> Duration {
        self.first_wait
            .saturating_mul(2_u32.saturating_pow(failures))
            .min(WAIT_MAX)
    }
}

/// Reads `batchItemFailures`. An answer Lambda would not understand counts as a failure of the whole batch, and so
/// does an identifier that is not in it.
fn read_answer(answer: &Value, records: &[Value]) -> Outcome {
    let failures = match &answer["batchItemFailures"] {
        Value::Null => return Outcome::Done,
        Value::Array(failures) => failures,
        _ => return Outcome::Failed("batchItemFailures is no list".to_owned()),
    };
    let index = |failure: &Value| {
        let id = failure["itemIdentifier"]
            .as_str()
            .filter(|id| !id.is_empty())?;
        records
            .iter()
            .position(|record| sequence_number(record) == Some(id))
    };
    match failures.iter().map(index).collect::<Option<Vec<_>>>() {
        None => {
            Outcome::Failed("batchItemFailures names a record that is not in the batch".to_owned())
        }
        Some(indexes) => indexes
            .into_iter()
            .min()
            .map_or(Outcome::Done, Outcome::FailedFrom),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_answer_is_read_as_lambda_reads_it() {
        let record = |number: &str| json!({"dynamodb": {"SequenceNumber": number}});
        let records = [record("1"), record("2"), record("3")];
        let named = |ids: &[&str]| {
            let failures: Vec<Value> = ids.iter().map(|id| json!({"itemIdentifier": id})).collect();
            read_answer(&json!({"batchItemFailures": failures}), &records)
        };
        assert_eq!(read_answer(&Value::Null, &records), Outcome::Done);
        assert_eq!(named(&[]), Outcome::Done);
        assert_eq!(
            named(&["3", "2"]),
            Outcome::FailedFrom(1),
            "the lowest counts"
        );
        assert!(matches!(named(&["9"]), Outcome::Failed(_)));
        assert!(matches!(named(&[""]), Outcome::Failed(_)));
    }
}
