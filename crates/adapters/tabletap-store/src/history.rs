//! A store's orders by the day they were placed on.

use crate::{
    Store,
    batch::Question,
    error::StoreError,
    key,
    row::{Read, Row},
    schema,
    seatings::order_of,
};
use tabletap_domain::{OrderId, StoreKey, number::OrderNumber, time::UnixMillis};
use tabletap_wire::time::rfc3339;

const ONE_DAY_MS: i64 = 24 * 60 * 60 * 1000;
/// Orders that are listed at a time, where all of them are.
const PAGE: usize = 100;

/// How far a list of recent orders has come.
#[derive(Clone, Debug)]
pub struct RecentOrders {
    store: StoreKey,
    /// The days that are not listed yet; the first may be in part.
    days: Vec<String>,
    from: Option<Row>,
}

impl RecentOrders {
    /// All orders of yesterday and today in UTC. It holds a part of them at a time: see [`Store::next_recent_orders`].
    #[must_use]
    pub fn new(store: StoreKey, now: UnixMillis) -> Self {
        Self {
            store,
            days: vec![day(now), day(yesterday(now))],
            from: None,
        }
    }

    /// When the first of its days begins.
    #[must_use]
    pub fn since(now: UnixMillis) -> UnixMillis {
        let yesterday = yesterday(now);
        UnixMillis(yesterday.0 - yesterday.0.rem_euclid(ONE_DAY_MS))
    }
}

fn yesterday(now: UnixMillis) -> UnixMillis {
    UnixMillis(now.0.saturating_sub(ONE_DAY_MS))
}

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
        orders.extend(
            self.day_orders(store, &day(yesterday(now)), limit - orders.len())
                .await?,
        );
        Ok(orders)
    }

    /// The open order that has this number, whenever it was placed.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn numbered_order(
        &self,
        store: &StoreKey,
        number: &OrderNumber,
    ) -> Result<Option<OrderId>, StoreError> {
        let row = self.get(key::number(store, number)).await?;
        row.map(|row| row.get_as("order_id")).transpose()
    }

    /// The next part of a list, oldest first; `None` at its end.
    ///
    /// # Errors
    /// [`StoreError`]; ask again, the list has not moved.
    pub async fn next_recent_orders(
        &self,
        list: &mut RecentOrders,
    ) -> Result<Option<Vec<OrderId>>, StoreError> {
        let Some(day) = list.days.last() else {
            return Ok(None);
        };
        let question = Question {
            index: Some(schema::DAY_ORDERS.name),
            condition: "day_pk = :pk",
            limit: Some(PAGE),
            ..Question::of(key::day_partition(&list.store, day))
        };
        let (rows, from) = self.query_page(&question, list.from.clone()).await?;
        let orders = rows.iter().map(order_of).collect::<Result<_, _>>()?;
        list.from = from;
        if list.from.is_none() {
            list.days.pop();
        }
        Ok(Some(orders))
    }
}

/// The day in UTC.
pub(crate) fn day(at: UnixMillis) -> String {
    let mut text = rfc3339(at);
    text.truncate("yyyy-mm-dd".len());
    text
}
