//! Stream records of rows in the table.

use crate::Kitchen;
use serde_json::{Value, json};

impl Kitchen {
    /// The record of a new order head.
    pub async fn inserted(&self, order_id: &str, sequence_number: &str) -> Value {
        let image = self.head_image(order_id).await;
        record("INSERT", sequence_number, Value::Null, image)
    }

    /// The record of a row that is new in its store's partition.
    pub async fn inserted_in_store(&self, sk: &str, sequence_number: &str) -> Value {
        let partition = format!("#{}", self.sushi.key.store);
        let image = self.image(&partition, sk).await;
        record("INSERT", sequence_number, Value::Null, image)
    }

    /// The record of an order head that was `before` and has changed to its current state.
    pub async fn modified(&self, order_id: &str, sequence_number: &str, before: Value) -> Value {
        let image = self.head_image(order_id).await;
        record("MODIFY", sequence_number, before, image)
    }
}

fn record(name: &str, sequence_number: &str, old: Value, new: Value) -> Value {
    let mut change = json!({
        "ApproximateCreationDateTime": 1_795_287_841.0,
        "Keys": {"pk": new["pk"], "sk": new["sk"]},
        "NewImage": new,
        "SequenceNumber": sequence_number,
        "SizeBytes": 2048,
        "StreamViewType": "NEW_AND_OLD_IMAGES",
    });
    if !old.is_null() {
        change["OldImage"] = old;
    }
    json!({
        "eventID": format!("c4ca4238a0b923820dcc509a{sequence_number:0>8}"),
        "eventName": name,
        "eventVersion": "1.1",
        "eventSource": "aws:dynamodb",
        "awsRegion": "us-east-1",
        "dynamodb": change,
        "eventSourceARN": "arn:aws:dynamodb:us-east-1:123456789012:table/tabletap/stream/2026-11-21T08:00:00.000",
    })
}
