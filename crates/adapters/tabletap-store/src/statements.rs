//! What guests said of an allergy when they ordered: sealed, beside their order, and erased with its customer.

use crate::{
    Store,
    error::StoreError,
    key,
    row::{Read, row},
};
use aws_sdk_dynamodb::{
    primitives::Blob,
    types::{AttributeValue, TransactWriteItem},
};
use tabletap_domain::{OrderId, StoreKey, order::Order};

impl Store {
    /// What a guest said of an allergy, sealed, as the last part of what places their order.
    pub(crate) fn part_of_statement(
        &self,
        order: &Order,
        statement: Option<Vec<u8>>,
    ) -> Option<TransactWriteItem> {
        let sealed = AttributeValue::B(Blob::new(statement?));
        let key = key::allergy_statement(&order.store, &order.id);
        Some(self.part_put(row(key, [("sealed", sealed)]), None))
    }

    /// What an order's guest said of an allergy, as it was sealed; `None` where they took nothing that they are allergic to, or it was
    /// erased.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn allergy_statement(
        &self,
        store: &StoreKey,
        order: &OrderId,
    ) -> Result<Option<Vec<u8>>, StoreError> {
        let row = self.get(key::allergy_statement(store, order)).await?;
        row.map(|row| row.bytes("sealed").map(<[u8]>::to_vec))
            .transpose()
    }
}
