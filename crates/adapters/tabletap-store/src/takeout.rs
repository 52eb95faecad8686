//! What takeout adds to orders: the sealed customer, a limit on those that are not paid, and an end that comes by itself.

use crate::{
    Store,
    due::DueTime,
    error::{StoreError, WriteError},
    key,
    kitchen::unreachable_until,
    menus::CurrentMenu,
    orders::{Common, PlaceOrderError},
    row::{Read, row, s},
    unpaid::{Counted, UnpaidCap, unpaid_orders},
    write::Change,
};
use aws_sdk_dynamodb::{primitives::Blob, types::AttributeValue};
use std::collections::BTreeSet;
use tabletap_domain::{
    OrderId, StoreKey,
    number::OrderNumber,
    order::{Order, OrderStatus},
    store::StoreConfig,
    time::UnixMillis,
    unpaid::UnpaidOrders,
};

/// Everything that deciding on a takeout order needs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TakeoutContext {
    /// The order, if it is stored already: answer with it, before anything else is looked at.
    pub stored: Option<Order>,
    /// The store.
    pub store: StoreConfig,
    /// What it sells.
    pub menu: CurrentMenu,
    /// How many places of the wanted slot are taken, paid for or held.
    pub slot_taken: u32,
    /// The store's unpaid orders of the window.
    pub unpaid: UnpaidOrders,
    /// Until when the kitchen counts as out of reach.
    pub unreachable_until: Option<UnixMillis>,
    /// Which of the numbers asked for other open orders bear.
    pub taken: BTreeSet<OrderNumber>,
}

impl Store {
    /// What deciding on a takeout order needs, with one request; its unpaid orders are those of the window that begins at `window`.
    ///
    /// # Errors
    /// [`StoreError::Corrupt`] also when store or menu are not there.
    pub async fn read_for_takeout(
        &self,
        store: &StoreKey,
        order: &OrderId,
        slot: Option<UnixMillis>,
        window: UnixMillis,
        numbers: &[OrderNumber],
    ) -> Result<TakeoutContext, StoreError> {
        let slot_key = slot.map(|slot| key::slot(store, slot));
        let (unpaid_key, kitchen_key) = (key::unpaid(store, window), key::kitchen(store));
        let also = [unpaid_key.clone(), kitchen_key.clone()];
        let asked = also.into_iter().chain(slot_key.iter().cloned());
        let (common, rows) = self.read_common(store, order, numbers, asked).await?;
        let Common {
            stored,
            store,
            menu,
            taken,
        } = common;
        let slot_row = slot_key.and_then(|key| rows.get(&key));
        let unpaid = rows.get(&unpaid_key).map(unpaid_orders).transpose()?;
        let kitchen = rows.get(&kitchen_key).map(unreachable_until);
        Ok(TakeoutContext {
            stored,
            store,
            menu,
            slot_taken: slot_row.map_or(Ok(0), |row| row.get_as("taken"))?,
            unpaid: unpaid.unwrap_or_default(),
            unreachable_until: kitchen.transpose()?.flatten(),
            taken,
        })
    }

    /// Stores a takeout order with its sealed customer and what they said of an allergy, claims its number and counts it as unpaid, if there may be
    /// another: all of it or nothing. Its slot stays as it is: a place is taken when the guest goes to pay.
    ///
    /// # Errors
    /// [`PlaceOrderError`]; where several reasons hold, the first of them.
    pub async fn place_takeout(
        &self,
        order: &Order,
        customer: Vec<u8>,
        cap: &UnpaidCap,
        statement: Option<Vec<u8>>,
    ) -> Result<(), PlaceOrderError> {
        let sealed = AttributeValue::B(Blob::new(customer));
        let customer = row(key::customer(&order.store, &order.id), [("sealed", sealed)]);
        let counted = Counted::new(order.placed_at, &cap.by);
        let mut parts = self.parts_of_new(order, [("counted", s(&counted))]);
        parts.push(self.part_put(customer, None));
        parts.push(self.part_counted(&order.store, &counted, cap));
        parts.extend(self.part_of_statement(order, statement));
        let placed = self.transact(parts).await;
        placed.map_err(|error| match error {
            _ if error.refused(0) => PlaceOrderError::AlreadyExists,
            _ if error.refused(3) => PlaceOrderError::TooManyUnpaid,
            error => error.into(),
        })
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
        let due = due.map(|at| match status {
            OrderStatus::Placed => DueTime::of_kitchen(&order.store, &order.id, at),
            _ => DueTime::later(&order.store, &order.id, at),
        });
        let change = Change::due(due)
            .only_if("#status = :status")
            .value("status", s(status));
        match self
            .update(key::head(&order.store, &order.id), change)
            .await
        {
            // It has moved on, and that change set when to check it again.
            Ok(_) | Err(WriteError::Conditions(_)) => Ok(()),
            Err(WriteError::Store(error)) => Err(error),
        }
    }
}
