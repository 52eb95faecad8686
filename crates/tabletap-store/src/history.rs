//! A store's orders by the day they were placed on.

use crate::{Store, batch::Question, error::StoreError, key, schema, seatings::order_of};
use tabletap_domain::{OrderId, StoreKey, time::UnixMillis};
use tabletap_wire::time::rfc3339;

const ONE_DAY_MS: i64 = 24 * 60 * 60 * 1000;

impl Store {
    /// A store's orders of one day in UTC, `yyyy-mm-dd`, newest first.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn day_orders(
        &self,
        store: &StoreKey,
        day: &str,
        limit: usize,
    ) -> Result<Vec<OrderId>, StoreError> {
        let question = Question {
            index: Some(schema::DAY_ORDERS.name),
            condition: "day_pk = :pk",
            descending: true,
            limit: Some(limit),
            ..Question::of(key::day_partition(store, day))
        };
        self.query(question).await?.iter().map(order_of).collect()
    }

    /// A store's orders of today and yesterday in UTC, newest first.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn recent_orders(
        &self,
        store: &StoreKey,
        now: UnixMillis,
        limit: usize,
    ) -> Result<Vec<OrderId>, StoreError> {
        let mut orders = self.day_orders(store, &day(now), limit).await?;
        let yesterday = UnixMillis(now.0.saturating_sub(ONE_DAY_MS));
        orders.extend(
            self.day_orders(store, &day(yesterday), limit - orders.len())
                .await?,
        );
        Ok(orders)
    }
}

/// The day in UTC.
pub(crate) fn day(at: UnixMillis) -> String {
    let mut text = rfc3339(at);
    text.truncate("yyyy-mm-dd".len());
    text
}
