//! A one-record handler lifted to a stream batch that reports only its failures.
//!
//! Stream order counts: after a failed record the rest of the batch is not tried; Lambda sends it again from the first failure on.
//! See the Lambda developer guide, "Reporting batch item failures" for DynamoDB streams.

use aws_lambda_events::streams::{DynamoDbBatchItemFailure, DynamoDbEventResponse};
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

#[cfg(test)]
mod tests {
    use super::*;

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
