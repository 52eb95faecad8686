//! A one-record handler lifted to a batch that reports only its failures.
//!
//! In a stream order counts: after a failed record the rest of the batch is not tried; Lambda sends it again from the first failure
//! on. In a queue each message is on its own. See the Lambda developer guide, "Reporting batch item failures" for DynamoDB streams
//! and for SQS.

use aws_lambda_events::streams::{
    DynamoDbBatchItemFailure, DynamoDbEventResponse, SqsBatchItemFailure, SqsEventResponse,
};
use serde::Deserialize;
use std::fmt::Display;

/// Runs `handle` on each record in order and reports the first failure by its sequence number.
pub async fn in_order<R, E: Display>(
    records: impl IntoIterator<Item = (String, R)>,
    mut handle: impl AsyncFnMut(R) -> Result<(), E>,
) -> DynamoDbEventResponse {
    let mut response = DynamoDbEventResponse::default();
    for (sequence_number, record) in records {
        if let Err(error) = handle(record).await {
            tracing::warn!(%error, sequence_number, "a record failed and will come again");
            let mut failure = DynamoDbBatchItemFailure::default();
            failure.item_identifier = Some(sequence_number);
            response.batch_item_failures.push(failure);
            break;
        }
    }
    response
}

/// What a queue as an event source hands over, as far as it is read.
#[derive(Clone, Debug, Deserialize)]
pub struct QueueBatch {
    /// In no order.
    #[serde(rename = "Records")]
    pub messages: Vec<QueueMessage>,
}

/// One message.
#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct QueueMessage {
    /// What a message that failed is reported by.
    pub message_id: String,
    /// What was sent.
    pub body: String,
}

/// Runs `handle` on the body of each message and reports those that failed by their ids: they come again, alone.
pub async fn each<E: Display>(
    batch: QueueBatch,
    mut handle: impl AsyncFnMut(String) -> Result<(), E>,
) -> SqsEventResponse {
    let mut response = SqsEventResponse::default();
    for QueueMessage { message_id, body } in batch.messages {
        if let Err(error) = handle(body).await {
            tracing::warn!(%error, message_id, "a message failed and will come again");
            let mut failure = SqsBatchItemFailure::default();
            failure.item_identifier = Some(message_id);
            response.batch_item_failures.push(failure);
        }
    }
    response
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_message_that_fails_holds_up_no_other() {
        let message = |id: &str| QueueMessage {
            message_id: id.to_owned(),
            body: format!("body {id}"),
        };
        let messages = ["1", "2", "3"].map(message).to_vec();
        let mut handled = Vec::new();
        let response = each(QueueBatch { messages }, async |body| {
            handled.push(body.clone());
            if body == "body 2" {
                Err("away")
            } else {
                Ok(())
            }
        })
        .await;
        let failed: Vec<_> = response
            .batch_item_failures
            .iter()
            .map(|failure| failure.item_identifier.as_deref())
            .collect();
        assert_eq!(failed, [Some("2")]);
        assert_eq!(handled, ["body 1", "body 2", "body 3"]);
    }

    #[tokio::test]
    async fn records_after_a_failure_wait_for_the_next_delivery() {
        let records = ["1", "2", "3"].map(|number| (number.to_owned(), number));
        let mut handled = Vec::new();
        let response = in_order(records, async |record| {
            handled.push(record);
            if record == "2" { Err("away") } else { Ok(()) }
        })
        .await;
        let failed: Vec<_> = response
            .batch_item_failures
            .iter()
            .map(|f| &f.item_identifier)
            .collect();
        assert_eq!(failed, [&Some("2".to_owned())]);
        assert_eq!(handled, ["1", "2"]);
    }
}
