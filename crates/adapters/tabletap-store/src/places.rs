//! Places of pick-up slots: taken at checkout, held while the guest pays, given back or paid for.
//!
//! A slot's row counts every place that is taken, and no write takes more than there are. A place that is only held has a row of its own
//! beside it, so that it can be told from one that is paid for.

use crate::{
    Store,
    batch::Question,
    error::{StoreError, WriteError},
    key,
    order_head::slot_of,
    payments::OrderBill,
    row::{Read, Row, ms, n, row, s},
    write::Change,
};
use aws_sdk_dynamodb::types::{AttributeValue, TransactWriteItem};
use std::{collections::BTreeMap, time::Duration};
use tabletap_domain::{
    StoreKey,
    order::{Order, OrderStatus},
    places::{Hold, Places},
    time::UnixMillis,
};

/// How long the rows of a slot outlive it.
const SLOT_KEPT: Duration = Duration::from_hours(48);

/// A place of its slot that an order takes while it is being paid.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewHold {
    /// Most orders promised for the slot.
    pub capacity: u32,
    /// Since when the order's viewer holds places of this slot.
    pub since: UnixMillis,
    /// The digest of where its guest orders from; empty where that is not known.
    pub viewer: String,
}

impl Store {
    /// The places of each slot from `from` to `to` that has any taken.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn places(
        &self,
        store: &StoreKey,
        from: UnixMillis,
        to: UnixMillis,
    ) -> Result<BTreeMap<UnixMillis, Places>, StoreError> {
        let partition = key::store_partition(store);
        let between = |from: String, to: String| Question {
            condition: "pk = :pk AND sk BETWEEN :sk AND :to",
            sort: Some(from),
            to: Some(to),
            ..Question::of(partition.clone())
        };
        let (slots, holds) = tokio::try_join!(
            self.query(between(key::slot(store, from).sk, key::slot(store, to).sk)),
            self.query(between(
                format!("{}{from}", key::HOLD),
                // Behind every order's id.
                format!("{}{to}#~", key::HOLD),
            )),
        )?;
        let mut places: BTreeMap<UnixMillis, Places> = BTreeMap::new();
        for row in &slots {
            let (slot, _) = slot_in(row, key::SLOT)?;
            places.entry(slot).or_default().taken = row.get_as("taken")?;
        }
        for row in &holds {
            let (slot, hold) = hold_in(row)?;
            places.entry(slot).or_default().holds.push(hold);
        }
        Ok(places)
    }

    /// Gives an order's place in its slot back, if it holds one that nobody is paying for; whether it did.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn release_slot(&self, order: &Order) -> Result<bool, StoreError> {
        let Some(slot) = slot_of(order) else {
            return Ok(false);
        };
        let head = || {
            let change = Change::new("SET #slot_held = :no")
                // A payment has every line of its order: while one has the first, the place is being paid for.
                .only_if(
                    "#slot_held = :yes AND (#status <> :unpaid OR attribute_not_exists(#line_0))",
                )
                .value("no", AttributeValue::Bool(false))
                .value("yes", AttributeValue::Bool(true))
                .value("unpaid", s(OrderStatus::AwaitingPayment));
            self.part(key::head(&order.store, &order.id), change)
        };
        let hold = || self.part_delete(key::hold(&order.store, slot, &order.id));
        let given_back = Change::new("ADD #taken :less")
            .only_if("#taken > :none")
            .value("less", n(-1))
            .value("none", n(0));
        let given_back = self.part(key::slot(&order.store, slot), given_back);
        let released = match self.transact(vec![head(), given_back, hold()]).await {
            // The slot's row has expired: only the order remembers it.
            Err(error) if !error.refused(0) && error.refused(1) => {
                self.transact(vec![head(), hold()]).await
            }
            other => other,
        };
        match released {
            Ok(()) => Ok(true),
            Err(WriteError::Conditions(_)) => Ok(false),
            Err(WriteError::Store(error)) => Err(error),
        }
    }

    /// Takes an order's place in its slot again whose money came late, if it holds none; `false` where all `capacity` places are taken. An
    /// order without a slot, and one that holds its place, has what it needs.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn retake_slot(&self, order: &Order, capacity: u32) -> Result<bool, StoreError> {
        let Some(slot) = slot_of(order) else {
            return Ok(true);
        };
        let change = Change::new("SET #slot_held = :yes")
            .only_if("attribute_not_exists(#slot_held) OR #slot_held = :no")
            .value("no", AttributeValue::Bool(false))
            .value("yes", AttributeValue::Bool(true));
        let parts = vec![
            self.part(key::head(&order.store, &order.id), change),
            self.part_taken(&order.store, slot, capacity),
        ];
        match self.transact(parts).await {
            Ok(()) => Ok(true),
            Err(error) if error.refused(0) => Ok(true),
            Err(WriteError::Conditions(_)) => Ok(false),
            Err(WriteError::Store(error)) => Err(error),
        }
    }

    /// One place more of a slot is taken, and held for this order: two parts of a transaction, the first refused where there is none.
    pub(crate) fn parts_held(&self, order: &Order, hold: &NewHold) -> Vec<TransactWriteItem> {
        let Some(slot) = slot_of(order) else {
            return Vec::new();
        };
        let held = row(
            key::hold(&order.store, slot, &order.id),
            [
                ("since", ms(hold.since)),
                ("viewer", s(&hold.viewer)),
                ("expires_at", n(slot.plus(SLOT_KEPT).seconds())),
            ],
        );
        vec![
            self.part_taken(&order.store, slot, hold.capacity),
            self.part_put(held, None),
        ]
    }

    /// The place is no longer only held: it is paid for.
    pub(crate) fn part_kept(&self, order: &Order) -> Option<TransactWriteItem> {
        let slot = slot_of(order)?;
        Some(self.part_delete(key::hold(&order.store, slot, &order.id)))
    }

    fn part_taken(&self, store: &StoreKey, slot: UnixMillis, capacity: u32) -> TransactWriteItem {
        let change = Change::new("SET #expires_at = :expires_at ADD #taken :one")
            .only_if("attribute_not_exists(#taken) OR #taken < :capacity")
            .value("expires_at", n(slot.plus(SLOT_KEPT).seconds()))
            .value("one", n(1))
            .value("capacity", n(capacity));
        self.part(key::slot(store, slot), change)
    }
}

/// What a change of an order's head adds where a payment begins: the place it takes, or that it still has the one it took.
pub(crate) fn with_place(change: Change, bill: &OrderBill, hold: Option<&NewHold>) -> Change {
    if slot_of(&bill.order).is_none() {
        return change;
    }
    let change = change.value("yes", AttributeValue::Bool(true));
    if hold.is_none() {
        return change.and_only_if("#slot_held = :yes".to_owned());
    }
    change
        .also("#slot_held = :yes, #holds = :holds")
        .and_only_if("(attribute_not_exists(#slot_held) OR #slot_held = :no)".to_owned())
        .value("no", AttributeValue::Bool(false))
        .value("holds", n(bill.holds.saturating_add(1)))
}

fn hold_in(row: &Row) -> Result<(UnixMillis, Hold), StoreError> {
    let (slot, order) = slot_in(row, key::HOLD)?;
    let hold = Hold {
        order: order.parse().map_err(|_| row.corrupt("sk"))?,
        since: row.time("since")?,
        viewer: row.get_as("viewer")?,
    };
    Ok((slot, hold))
}

/// The slot that a row's sort key names, and what follows it.
fn slot_in(row: &Row, prefix: &str) -> Result<(UnixMillis, String), StoreError> {
    let sk: String = row.get_as("sk")?;
    let rest = sk.strip_prefix(prefix).unwrap_or_default();
    let (start, more) = rest.split_once('#').unwrap_or((rest, ""));
    let start = start.parse().map_err(|_| row.corrupt("sk"))?;
    Ok((UnixMillis(start), more.to_owned()))
}
