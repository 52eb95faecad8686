//! What takeout adds to orders: places in slots, the sealed customer, and an end that comes by itself.

use crate::{
    Store,
    batch::Question,
    error::{StoreError, WriteError},
    key,
    menus::CurrentMenu,
    orders::{Common, PlaceOrderError, due_at_head, due_for_tickets},
    row::{Read, Row, n, row, s},
    write::Change,
};
use aws_sdk_dynamodb::{
    primitives::Blob,
    types::{AttributeValue, TransactWriteItem},
};
use std::{
    collections::{BTreeMap, BTreeSet},
    time::Duration,
};
use tabletap_domain::{
    OrderId, StoreKey,
    number::OrderNumber,
    order::{Order, OrderStatus, PickupWish},
    store::StoreConfig,
    time::UnixMillis,
};

/// How long a slot's row outlives its slot.
const SLOT_KEPT: Duration = Duration::from_hours(48);

/// Everything that deciding on a takeout order needs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TakeoutContext {
    /// The order, if it is stored already: answer with it, before anything else is looked at.
    pub stored: Option<Order>,
    /// The store.
    pub store: StoreConfig,
    /// What it sells.
    pub menu: CurrentMenu,
    /// How many places of the wanted slot are taken.
    pub slot_taken: u32,
    /// Which of the numbers asked for other open orders bear.
    pub taken: BTreeSet<OrderNumber>,
}

impl Store {
    /// What deciding on a takeout order needs, with one request.
    ///
    /// # Errors
    /// [`StoreError::Corrupt`] also when store or menu are not there.
    pub async fn read_for_takeout(
        &self,
        store: &StoreKey,
        order: &OrderId,
        slot: Option<UnixMillis>,
        numbers: &[OrderNumber],
    ) -> Result<TakeoutContext, StoreError> {
        let slot_key = slot.map(|slot| key::slot(store, slot));
        let asked = slot_key.iter().cloned();
        let (common, rows) = self.read_common(store, order, numbers, asked).await?;
        let Common {
            stored,
            store,
            menu,
            taken,
        } = common;
        let slot_row = slot_key.and_then(|key| rows.get(&key).cloned());
        Ok(TakeoutContext {
            stored,
            store,
            menu,
            slot_taken: slot_row.map_or(Ok(0), |row| row.get_as("taken"))?,
            taken,
        })
    }

    /// Stores a takeout order with its sealed customer and what they said of an allergy, claims its number and takes a place of its slot, which has `capacity` of them: all of
    /// it or nothing.
    ///
    /// # Errors
    /// [`PlaceOrderError`]; where several reasons hold, the first of them.
    pub async fn place_takeout(
        &self,
        order: &Order,
        customer: Vec<u8>,
        capacity: u32,
        statement: Option<Vec<u8>>,
    ) -> Result<(), PlaceOrderError> {
        let sealed = AttributeValue::B(Blob::new(customer));
        let customer = row(key::customer(&order.store, &order.id), [("sealed", sealed)]);
        let mut parts = self.parts_of_new(order);
        parts.push(self.part_put(customer, None));
        if let Some(slot) = slot_of(order) {
            parts.push(self.part_taken(&order.store, slot, capacity));
        }
        parts.extend(self.part_of_statement(order, statement));
        let placed = self.transact(parts).await;
        placed.map_err(|error| match error {
            _ if error.refused(0) => PlaceOrderError::AlreadyExists,
            _ if error.refused(3) => PlaceOrderError::SlotTaken,
            error => error.into(),
        })
    }

    /// How many places are taken of each slot from `from` to `to` that has any.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn taken_slots(
        &self,
        store: &StoreKey,
        from: UnixMillis,
        to: UnixMillis,
    ) -> Result<BTreeMap<UnixMillis, u32>, StoreError> {
        let question = Question {
            condition: "pk = :pk AND sk BETWEEN :sk AND :to",
            sort: Some(key::slot(store, from).sk),
            to: Some(key::slot(store, to).sk),
            ..Question::of(key::store_partition(store))
        };
        let rows = self.query(question).await?;
        let taken = |row: &Row| {
            let sk: String = row.get_as("sk")?;
            let start = sk.strip_prefix(key::SLOT).and_then(|at| at.parse().ok());
            let start = UnixMillis(start.ok_or_else(|| row.corrupt("sk"))?);
            Ok((start, row.get_as("taken")?))
        };
        rows.iter().map(taken).collect()
    }

    /// Gives an order's place in its slot back, if it holds one. Doing it twice gives one back.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn release_slot(&self, order: &Order) -> Result<(), StoreError> {
        let Some(slot) = slot_of(order) else {
            return Ok(());
        };
        let head = || {
            let change = Change::new("SET #slot_held = :no")
                .only_if("#slot_held = :yes")
                .names(["slot_held"])
                .value("no", AttributeValue::Bool(false))
                .value("yes", AttributeValue::Bool(true));
            self.part(key::head(&order.store, &order.id), change)
        };
        let given_back = Change::new("ADD #taken :less")
            .only_if("#taken > :none")
            .names(["taken"])
            .value("less", n(-1))
            .value("none", n(0));
        let slot = self.part(key::slot(&order.store, slot), given_back);
        let released = self.transact(vec![head(), slot]).await;
        let released = match released {
            // The slot's row has expired: only the order remembers it.
            Err(error) if !error.refused(0) && error.refused(1) => {
                self.transact(vec![head()]).await
            }
            other => other,
        };
        match released {
            Ok(()) | Err(WriteError::Conditions(_)) => Ok(()),
            Err(WriteError::Store(error)) => Err(error),
        }
    }

    /// Takes an order's place in its slot again, if it holds none; `false` where all `capacity` places are taken. An order without a slot, and
    /// one that holds its place, has what it needs.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn retake_slot(&self, order: &Order, capacity: u32) -> Result<bool, StoreError> {
        let Some(slot) = slot_of(order) else {
            return Ok(true);
        };
        let change = Change::new("SET #slot_held = :yes")
            .only_if("#slot_held = :no")
            .names(["slot_held"])
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

    /// An order's customer as they were sealed; `None` where there is none, or they were erased.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn customer(
        &self,
        store: &StoreKey,
        order: &OrderId,
    ) -> Result<Option<Vec<u8>>, StoreError> {
        let row = self.get(key::customer(store, order)).await?;
        row.map(|row| row.bytes("sealed").map(<[u8]>::to_vec))
            .transpose()
    }

    /// Looks at an order that stands like `status` again at `due`, or never where there is nothing left to do.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn look_after_order(
        &self,
        order: &Order,
        status: OrderStatus,
        due: Option<UnixMillis>,
    ) -> Result<(), StoreError> {
        let set = Change::new("SET #due_pk = :due_pk, #due_sk = :due_sk");
        let change = match due {
            // The kitchen waits for it.
            Some(at) if status == OrderStatus::Placed => {
                let [due_pk, due_sk] = due_for_tickets(&order.store, &order.id, at);
                set.value(due_pk.0, due_pk.1).value(due_sk.0, due_sk.1)
            }
            Some(at) => due_at_head(set, &order.store, &order.id, at),
            None => Change::new("REMOVE #due_pk, #due_sk"),
        };
        let change = change
            .only_if("#status = :status")
            .names(["status", "due_pk", "due_sk"])
            .value("status", s(status));
        match self
            .update(key::head(&order.store, &order.id), change)
            .await
        {
            // It has moved on: whoever moved it said when to look again.
            Ok(_) | Err(WriteError::Conditions(_)) => Ok(()),
            Err(WriteError::Store(error)) => Err(error),
        }
    }

    fn part_taken(&self, store: &StoreKey, slot: UnixMillis, capacity: u32) -> TransactWriteItem {
        let change = Change::new("SET #expires_at = :expires_at ADD #taken :one")
            .only_if("attribute_not_exists(#taken) OR #taken < :capacity")
            .names(["expires_at", "taken"])
            .value("expires_at", n(slot.plus(SLOT_KEPT).seconds()))
            .value("one", n(1))
            .value("capacity", n(capacity));
        self.part(key::slot(store, slot), change)
    }
}

/// The slot that an order takes a place of.
pub(crate) fn slot_of(order: &Order) -> Option<UnixMillis> {
    match order.takeout.as_ref()?.pickup {
        PickupWish::At(slot) => Some(slot),
        PickupWish::Asap => None,
    }
}
