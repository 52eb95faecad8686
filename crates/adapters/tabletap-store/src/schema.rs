//! The table itself: its keys, indexes, stream and expiry, as local mode and tests create it. `infra/data.yaml` says the same for
//! production, and a test compares the two.

use crate::error::{StoreError, technical};
use aws_sdk_dynamodb::{
    Client,
    operation::{
        create_table::{CreateTableError, builders::CreateTableInputBuilder},
        describe_table::DescribeTableOutput,
    },
    types::{
        AttributeDefinition, BillingMode, GlobalSecondaryIndex, KeySchemaElement, KeyType,
        Projection, ProjectionType, ScalarAttributeType, StreamSpecification, StreamViewType,
        TableStatus, TimeToLiveSpecification, TimeToLiveStatus,
    },
};
use std::time::Duration;

/// An index of the table. All are sparse (a row stands in one only while it bears its attributes) and hold keys only.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Index {
    /// Its name.
    pub name: &'static str,
    /// The attribute that is its partition key.
    pub partition: &'static str,
    /// The attribute that is its sort key.
    pub sort: &'static str,
}

/// The orders of a store that have not ended, by table and seating.
pub const OPEN_ORDERS: Index = Index {
    name: "open-orders",
    partition: "open_pk",
    sort: "open_sk",
};
/// A store's orders of one day, by time.
pub const DAY_ORDERS: Index = Index {
    name: "day-orders",
    partition: "day_pk",
    sort: "day_sk",
};
/// What of a store somebody must look at, by the time it is due.
pub const DUE: Index = Index {
    name: "due",
    partition: "due_pk",
    sort: "due_sk",
};

/// Every index.
pub const INDEXES: [Index; 3] = [OPEN_ORDERS, DAY_ORDERS, DUE];
/// The attribute that is the table's partition key.
pub const PARTITION: &str = "pk";
/// The attribute that is the table's sort key.
pub const SORT: &str = "sk";
/// Rows that bear this attribute (seconds since 1970) vanish after it.
pub const TTL_ATTRIBUTE: &str = "expires_at";

/// How long a table may take to come up.
const UP_TRIES_MAX: u32 = 120;

/// Every attribute that stands in a key; all are text.
#[must_use]
pub fn key_attributes() -> Vec<&'static str> {
    let of_indexes = INDEXES
        .iter()
        .flat_map(|index| [index.partition, index.sort]);
    [PARTITION, SORT].into_iter().chain(of_indexes).collect()
}

/// The request that creates the table.
#[must_use]
pub fn create_table(table_name: &str) -> CreateTableInputBuilder {
    let attributes = key_attributes().into_iter().map(|name| {
        AttributeDefinition::builder()
            .attribute_name(name)
            .attribute_type(ScalarAttributeType::S)
            .build()
            .expect("name and type are set above")
    });
    let indexes = INDEXES.iter().map(|index| {
        let keys_only = Projection::builder()
            .projection_type(ProjectionType::KeysOnly)
            .build();
        GlobalSecondaryIndex::builder()
            .index_name(index.name)
            .set_key_schema(Some(key_schema(index.partition, index.sort)))
            .projection(keys_only)
            .build()
            .expect("name and keys are set above")
    });
    let stream = StreamSpecification::builder()
        .stream_enabled(true)
        .stream_view_type(StreamViewType::NewAndOldImages)
        .build()
        .expect("the switch is set above");
    CreateTableInputBuilder::default()
        .table_name(table_name)
        .billing_mode(BillingMode::PayPerRequest)
        .set_attribute_definitions(Some(attributes.collect()))
        .set_key_schema(Some(key_schema(PARTITION, SORT)))
        .set_global_secondary_indexes(Some(indexes.collect()))
        .stream_specification(stream)
}

fn key_schema(partition: &str, sort: &str) -> Vec<KeySchemaElement> {
    [(partition, KeyType::Hash), (sort, KeyType::Range)]
        .into_iter()
        .map(|(name, kind)| {
            let element = KeySchemaElement::builder()
                .attribute_name(name)
                .key_type(kind);
            element.build().expect("name and type are set above")
        })
        .collect()
}

/// Creates the table if it is not there, with its expiry, and waits until it can be used.
///
/// # Errors
/// [`StoreError`] when the endpoint cannot be reached or refuses.
pub async fn create(client: &Client, table_name: &str) -> Result<(), StoreError> {
    match create_table(table_name).send_with(client).await {
        Ok(_) => wait_until_up(client, table_name).await?,
        Err(error)
            if error
                .as_service_error()
                .is_some_and(CreateTableError::is_resource_in_use_exception) => {}
        Err(error) => return Err(technical("CreateTable", error)),
    }
    let described = client
        .describe_time_to_live()
        .table_name(table_name)
        .send()
        .await;
    let described = described.map_err(|error| technical("DescribeTimeToLive", error))?;
    let status = described
        .time_to_live_description
        .and_then(|ttl| ttl.time_to_live_status);
    if matches!(
        status,
        Some(TimeToLiveStatus::Enabled | TimeToLiveStatus::Enabling)
    ) {
        return Ok(());
    }
    let expiry = TimeToLiveSpecification::builder()
        .attribute_name(TTL_ATTRIBUTE)
        .enabled(true)
        .build()
        .expect("name and switch are set above");
    let request = client.update_time_to_live().table_name(table_name);
    let updated = request.time_to_live_specification(expiry).send().await;
    updated
        .map(|_| ())
        .map_err(|error| technical("UpdateTimeToLive", error))
}

async fn wait_until_up(client: &Client, table_name: &str) -> Result<(), StoreError> {
    for _ in 0..UP_TRIES_MAX {
        let described = client.describe_table().table_name(table_name).send().await;
        let described = described.map_err(|error| technical("DescribeTable", error))?;
        if is_up(&described) {
            return Ok(());
        }
        tokio::time::sleep(Duration::from_millis(500)).await;
    }
    Err(StoreError::Unavailable)
}

fn is_up(described: &DescribeTableOutput) -> bool {
    let table = described.table();
    table.and_then(|table| table.table_status()) == Some(&TableStatus::Active)
}
