//! What is unpaid at a table, and what waits for the staff.

use crate::ending::earlier_parties;
use std::{collections::BTreeSet, fmt};
use tabletap_domain::{
    Minor, Money, StoreKey, TableId,
    money::MoneyError,
    number::OrderNumber,
    order::PaymentStatus,
    payment::{PaymentState, due_by_line},
    seating::{Tab, TableSeating, TableState},
};
use tabletap_store::{OrderBill, Store, StoreError, StoredPayment};

/// What is not settled at a table.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Unsettled {
    /// Orders that were made and are not paid, with what is left to pay.
    pub owed: Vec<(OrderNumber, Money)>,
    /// Orders that wait for the staff's tap: no kitchen has seen them.
    pub waiting: Vec<OrderNumber>,
    /// What guests are paying at this moment.
    pub paying: Vec<Money>,
    /// Calls that wait for the staff's tap.
    pub calls: usize,
    /// Unpaid orders that the table has counted and the index does not show yet.
    pub unlisted: usize,
}

impl Unsettled {
    /// Whether nothing is owed and nothing waits.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        !self.is_owed() && self.waiting.is_empty() && self.paying.is_empty()
    }

    /// Whether an order was made and is not paid.
    #[must_use]
    pub fn is_owed(&self) -> bool {
        !self.owed.is_empty() || self.unlisted > 0
    }

    /// How many orders were made and are not paid.
    #[must_use]
    pub fn orders(&self) -> usize {
        self.owed.len().saturating_add(self.unlisted)
    }
}

/// The text for the staff.
impl fmt::Display for Unsettled {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut told: Vec<String> = Vec::new();
        let owed = self.owed.iter();
        told.extend(owed.map(|(number, money)| format!("order {number}: {money} not paid")));
        if self.unlisted > 0 {
            told.push(format!(
                "orders just placed and not paid: {}",
                self.unlisted
            ));
        }
        let paying = self.paying.iter();
        told.extend(paying.map(|money| format!("a guest is paying {money} right now")));
        let waiting = self.waiting.iter();
        told.extend(waiting.map(|number| format!("order {number} is waiting to be confirmed")));
        if self.calls > 0 {
            told.push(format!("calls waiting to be confirmed: {}", self.calls));
        }
        f.write_str(&told.join("; "))
    }
}

/// What is not settled of the seating that a table was seen with, and what the parties before it still owe.
pub(crate) async fn unsettled(
    store: &Store,
    key: &StoreKey,
    table: &TableId,
    seating: TableSeating,
) -> Result<Unsettled, StoreError> {
    let mut found = Unsettled::default();
    if seating.state == TableState::Idle {
        return Ok(found);
    }
    let mut orders = store.open_orders_of(key, table, seating.number).await?;
    for party in earlier_parties(seating) {
        orders.extend(store.open_orders_of(key, table, party).await?);
    }
    let bills = store.bills(key, &orders).await?;
    let ids: BTreeSet<_> = bills
        .iter()
        .flat_map(|bill| bill.payers().cloned())
        .collect();
    let payments = match ids.is_empty() {
        true => Vec::new(),
        false => store.payments(key, &ids).await?,
    };
    let mut counted: usize = 0;
    for bill in &bills {
        let order = &bill.order;
        let is_own = order.is_of(table, seating.number);
        let is_unpaid = order.payment != PaymentStatus::Paid && order.cart.totals.total_minor > 0;
        counted += usize::from(is_own && is_unpaid);
        let left = left_minor(bill, &payments)?;
        match order.held {
            true if is_own => found.waiting.push(order.number.clone()),
            false if left > 0 => {
                let left = Money::new(left, order.currency);
                found.owed.push((order.number.clone(), left));
            }
            _ => {}
        }
    }
    let open = payments
        .iter()
        .filter(|stored| matches!(stored.state, PaymentState::Open | PaymentState::Processing));
    let money =
        |stored: &StoredPayment| Money::new(stored.payment.total_minor, stored.payment.currency);
    found.paying = open.map(money).collect();
    let calls = store.waiting_calls(key, table).await?;
    let own = calls.iter().filter(|call| call.seating == seating.number);
    found.calls = own.count();
    if let Tab::Owed(unpaid) = seating.tab {
        let unpaid = usize::try_from(unpaid).unwrap_or(usize::MAX);
        found.unlisted = unpaid.saturating_sub(counted);
    }
    Ok(found)
}

/// The unpaid part of an order.
fn left_minor(bill: &OrderBill, payments: &[StoredPayment]) -> Result<Minor, MoneyError> {
    let left = |(place, due_minor): (usize, Minor)| {
        let payment = bill.taken.get(&place);
        let payment =
            payment.and_then(|id| payments.iter().find(|stored| stored.payment.id == *id));
        if payment.is_some_and(|stored| stored.state == PaymentState::Paid) {
            return Ok(Minor::ZERO);
        }
        let pieces = bill.pieces.get(&place).into_iter().flatten();
        let paid = pieces.filter(|piece| piece.is_paid);
        let paid_minor = Minor::sum(paid.map(|piece| piece.amount_minor))?;
        due_minor.checked_sub(paid_minor)
    };
    let lines = due_by_line(&bill.order).into_iter().enumerate();
    lines
        .map(left)
        .try_fold(Minor::ZERO, |sum, left| sum.checked_add(left?))
}
