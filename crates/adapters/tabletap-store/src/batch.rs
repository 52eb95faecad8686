//! Reading rows: one, many by their keys, or a whole query, page after page.

use crate::{
    Store,
    error::{StoreError, technical},
    key::Key,
    row::{Row, s},
    write::pause,
};
use aws_sdk_dynamodb::types::{AttributeValue, KeysAndAttributes};
use std::collections::HashMap;

/// Most keys of one BatchGetItem, by DynamoDB's own limit.
pub(crate) const KEYS_MAX: usize = 100;
/// Rounds for what a BatchGetItem left unprocessed.
const ROUNDS_MAX: u32 = 8;

/// A question to the table or one of its indexes.
#[derive(Clone, Debug)]
pub(crate) struct Question {
    /// `None` asks the table.
    pub(crate) index: Option<&'static str>,
    /// Partition and sort key, and how the sort key is compared.
    pub(crate) condition: &'static str,
    /// What `:pk` stands for.
    pub(crate) partition: String,
    /// What `:sk` stands for, where the condition has it.
    pub(crate) sort: Option<String>,
    /// What `:to` stands for, where the condition has it.
    pub(crate) to: Option<String>,
    /// Newest first.
    pub(crate) descending: bool,
    /// At most so many rows.
    pub(crate) limit: Option<usize>,
}

impl Store {
    /// One row, as it stands now.
    pub(crate) async fn get(&self, key: Key) -> Result<Option<Row>, StoreError> {
        let request = self
            .client
            .get_item()
            .table_name(&self.table)
            .consistent_read(true);
        let reply = request.set_key(Some(key.into_row())).send().await;
        Ok(reply.map_err(|error| technical("GetItem", error))?.item)
    }

    /// The rows of these keys that exist, as they stand now; one request per hundred keys.
    pub(crate) async fn get_all(&self, keys: Vec<Key>) -> Result<HashMap<Key, Row>, StoreError> {
        let mut rows = HashMap::with_capacity(keys.len());
        for some in keys.chunks(KEYS_MAX) {
            self.get_batch(some, &mut rows).await?;
        }
        Ok(rows)
    }

    async fn get_batch(
        &self,
        keys: &[Key],
        rows: &mut HashMap<Key, Row>,
    ) -> Result<(), StoreError> {
        let wanted = KeysAndAttributes::builder()
            .set_keys(Some(keys.iter().cloned().map(Key::into_row).collect()))
            .consistent_read(true)
            .build()
            .expect("the keys are set above");
        let mut open = HashMap::from([(self.table.clone(), wanted)]);
        for round in 1..=ROUNDS_MAX {
            let reply = self
                .client
                .batch_get_item()
                .set_request_items(Some(open))
                .send()
                .await;
            let reply = reply.map_err(|error| technical("BatchGetItem", error))?;
            let found = reply.responses.unwrap_or_default().into_values().flatten();
            rows.extend(found.filter_map(|row| Some((Key::of(&row)?, row))));
            open = reply.unprocessed_keys.unwrap_or_default();
            if open.is_empty() {
                return Ok(());
            }
            tokio::time::sleep(pause(round)).await;
        }
        Err(StoreError::Throttled)
    }

    /// The rows or index entries that answer the question, all pages of them.
    pub(crate) async fn query(&self, question: Question) -> Result<Vec<Row>, StoreError> {
        let mut rows = Vec::new();
        let mut from = None;
        loop {
            let left = question.limit.map(|limit| limit.saturating_sub(rows.len()));
            if left == Some(0) {
                return Ok(rows);
            }
            let reply = self.page(&question, left, from).await?;
            rows.extend(reply.items.unwrap_or_default());
            from = reply.last_evaluated_key;
            if from.is_none() {
                return Ok(rows);
            }
        }
    }

    /// One page of the rows that answer the question, and where the next one begins.
    pub(crate) async fn query_page(
        &self,
        question: &Question,
        from: Option<Row>,
    ) -> Result<(Vec<Row>, Option<Row>), StoreError> {
        let reply = self.page(question, question.limit, from).await?;
        let rows = reply.items.unwrap_or_default();
        Ok((rows, reply.last_evaluated_key))
    }

    async fn page(
        &self,
        question: &Question,
        left: Option<usize>,
        from: Option<HashMap<String, AttributeValue>>,
    ) -> Result<aws_sdk_dynamodb::operation::query::QueryOutput, StoreError> {
        let reply = self
            .client
            .query()
            .table_name(&self.table)
            .set_index_name(question.index.map(str::to_owned))
            // An index cannot be read consistently: what it lists is read again by its key where it matters.
            .set_consistent_read(question.index.is_none().then_some(true))
            .key_condition_expression(question.condition)
            .set_expression_attribute_values(values(question))
            .scan_index_forward(!question.descending)
            .set_limit(left.and_then(|left| i32::try_from(left).ok()))
            .set_exclusive_start_key(from)
            .send()
            .await;
        reply.map_err(|error| technical("Query", error))
    }
}

fn values(question: &Question) -> Option<HashMap<String, AttributeValue>> {
    let named = |name: &str, text: &Option<String>| {
        let text = text.as_ref()?;
        Some((name.to_owned(), s(text)))
    };
    let sort = named(":sk", &question.sort);
    Some(
        sort.into_iter()
            .chain(named(":to", &question.to))
            .chain([(":pk".to_owned(), s(&question.partition))])
            .collect(),
    )
}

impl Question {
    /// Everything in a partition of the table.
    pub(crate) fn of(partition: String) -> Self {
        Self {
            index: None,
            condition: "pk = :pk",
            partition,
            sort: None,
            to: None,
            descending: false,
            limit: None,
        }
    }

    /// What in a partition of the table begins with `prefix`.
    pub(crate) fn beginning(partition: String, prefix: &str) -> Self {
        let condition = "pk = :pk AND begins_with(sk, :sk)";
        Self {
            condition,
            sort: Some(prefix.to_owned()),
            ..Self::of(partition)
        }
    }
}
