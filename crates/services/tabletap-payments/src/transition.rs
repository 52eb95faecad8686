//! Moves a payment to its next state, and its orders with it: they are placed, released to be paid again, or due a refund.

use crate::{PaymentError, Payments};
use std::time::Duration;
use tabletap_domain::{
    Minor, TableId,
    order::{OrderStatus, OrderType, PaymentStatus, RefundReason},
    payment::{Payment, PaymentState, due_by_line, next_look},
    seating::SeatingMove,
    store::StoreConfig,
    time::UnixMillis,
};
use tabletap_gateway::{Gateway, ProviderStatus};
use tabletap_opening::{Opening, Promise};
use tabletap_store::{CurrentMenu, OrderBill, OrderStep, Settlement, StoreError, StoredPayment};

/// Staff are reminded this often of a paid order that needs a decision about its money.
const DECIDE_AGAIN: Duration = Duration::from_mins(1);

impl<G: Gateway> Payments<G> {
    /// Moves a payment and the orders it pays for by one conditional transaction.
    pub(crate) async fn transition(
        &self,
        stored: &StoredPayment,
        state: PaymentState,
        status: Option<&ProviderStatus>,
        now: UnixMillis,
    ) -> Result<(), PaymentError> {
        let payment = &stored.payment;
        let bills = self.bills_of(stored).await?;
        let orders = match state {
            PaymentState::Open | PaymentState::Processing => Vec::new(),
            PaymentState::Failed | PaymentState::Expired => bills
                .into_iter()
                .filter(|bill| holds(stored, bill))
                .map(|bill| (bill, OrderStep::Release))
                .collect(),
            PaymentState::Paid => self.paid_steps(stored, bills, now).await?,
        };
        let settlement = Settlement {
            state,
            reference: status.and_then(|status| status.reference.clone()),
            method: status.and_then(|status| status.method.clone()),
            receipt_url: status.and_then(|status| status.receipt_url.clone()),
            paid_at: (state == PaymentState::Paid).then_some(now),
            contact: status
                .filter(|_| state == PaymentState::Paid)
                .and_then(|status| self.sealed_contact(payment, status.email.as_deref())),
            due: match state == PaymentState::Paid && owes_refund(payment, &orders) {
                // If we die right after this, the sweeper makes the refund.
                true => Some(now),
                false => next_look(state, payment.created_at, now),
            },
            table: self.seating_move(&orders, now).await?,
            orders,
        };
        Ok(self.store.settle_payment(stored, &settlement).await?)
    }

    /// Takes orders that are now fully paid off their party's tab. In the same transaction: from the moment that everything is paid, nobody who
    /// scans the table may read what was ordered there.
    async fn seating_move(
        &self,
        orders: &[(OrderBill, OrderStep)],
        now: UnixMillis,
    ) -> Result<Option<(TableId, SeatingMove)>, PaymentError> {
        let paid = |(bill, step): &&(OrderBill, OrderStep)| {
            let order = &bill.order;
            // What costs nothing was never on the tab.
            let owed = order.payment != PaymentStatus::Paid && order.cart.totals.total_minor > 0;
            owed && matches!(step, OrderStep::Pay(PaymentStatus::Paid))
        };
        let mut paid = orders.iter().filter(paid).map(|(bill, _)| &bill.order);
        let Some(first) = paid.next() else {
            return Ok(None);
        };
        let Some(seat) = &first.seat else {
            return Ok(None);
        };
        let others = paid
            .filter(|order| order.is_of(&seat.table, seat.seating))
            .count();
        let count = u32::try_from(others.saturating_add(1)).unwrap_or(u32::MAX);
        let row = self.store.table_code(&first.store, &seat.table).await?;
        let step = row.and_then(|row| row.seating.pay(seat.seating, count, now));
        Ok(step.map(|step| (seat.table.clone(), step)))
    }

    /// The orders that a payment pays for, and the payments that have reserved their lines.
    pub(crate) async fn bills_of(
        &self,
        stored: &StoredPayment,
    ) -> Result<Vec<OrderBill>, PaymentError> {
        let payment = &stored.payment;
        Ok(self.store.bills(&payment.store, &payment.orders()).await?)
    }

    /// What becomes of the orders of a payment that is paid. Its reservation may have been released before the money came, and another payment
    /// may have taken the lines since: such an order is left out, and its part is refunded.
    async fn paid_steps(
        &self,
        stored: &StoredPayment,
        bills: Vec<OrderBill>,
        now: UnixMillis,
    ) -> Result<Vec<(OrderBill, OrderStep)>, PaymentError> {
        let mut steps = Vec::new();
        for bill in bills.into_iter().filter(|bill| can_take(stored, bill)) {
            let step = match bill.order.kind {
                // It was cancelled while its guest paid.
                OrderType::DineIn if bill.order.status == OrderStatus::Cancelled => {
                    OrderStep::RefundDue {
                        reason: RefundReason::OrderEnded,
                        decide_by: now,
                    }
                }
                OrderType::DineIn => OrderStep::Pay(status_once_paid(stored, &bill)),
                OrderType::Takeout | OrderType::Delivery => self.honour(&bill, now).await?,
            };
            steps.push((bill, step));
        }
        Ok(steps)
    }

    /// Whether a paid order can still be made, and when.
    async fn honour(&self, bill: &OrderBill, now: UnixMillis) -> Result<OrderStep, PaymentError> {
        let order = &bill.order;
        if order.status != OrderStatus::AwaitingPayment {
            let reason = RefundReason::OrderEnded;
            return Ok(OrderStep::RefundDue {
                reason,
                decide_by: now,
            });
        }
        let (config, menu) = tokio::try_join!(
            self.store.store(&order.store),
            self.store.current_menu(&order.store)
        )?;
        let missing = || StoreError::Corrupt(format!("the store of {}: missing", order.id));
        let config = config.ok_or_else(missing)?;
        let capacity = config.takeout.as_ref().map_or(0, |rules| rules.capacity);
        let promised = match promise(&config, menu.as_ref(), bill, now) {
            Ok(promised) if self.store.retake_slot(order, capacity).await? => Ok(promised),
            Ok(_) => Err(RefundReason::SlotFull),
            Err(reason) => Err(reason),
        };
        Ok(match promised {
            Ok(promise) => OrderStep::Place {
                fire_at: promise.fire_at,
                ready_at: promise.ready_at,
            },
            Err(reason) => OrderStep::RefundDue {
                reason,
                decide_by: now.plus(DECIDE_AGAIN),
            },
        })
    }
}

/// When the kitchen gets an order that is paid `now`, and when it is ready; or why it cannot be made any more.
fn promise(
    config: &StoreConfig,
    menu: Option<&CurrentMenu>,
    bill: &OrderBill,
    now: UnixMillis,
) -> Result<Promise, RefundReason> {
    let order = &bill.order;
    let gone = |menu: &CurrentMenu| {
        order
            .cart
            .lines
            .iter()
            .any(|line| menu.off.contains(&line.item))
    };
    if menu.is_none_or(gone) {
        return Err(RefundReason::ItemGone);
    }
    let (Ok(Some(opening)), Some(takeout)) = (Opening::of(config), &order.takeout) else {
        return Err(RefundReason::StoreClosed);
    };
    opening.honour(takeout.pickup, now)
}

/// Whether this payment has reserved every line of the order that it pays.
pub(crate) fn holds(stored: &StoredPayment, bill: &OrderBill) -> bool {
    each_line(stored, bill, |place, _| bill.has(place, &stored.payment.id))
}

/// The same, or nobody else has what it pays.
fn can_take(stored: &StoredPayment, bill: &OrderBill) -> bool {
    let due = due_by_line(&bill.order);
    each_line(stored, bill, |place, amount_minor| {
        let due_minor = due.get(place).copied().unwrap_or_default();
        let is_free = || {
            !bill.taken.contains_key(&place) && bill.open_minor(place, due_minor) >= amount_minor
        };
        bill.has(place, &stored.payment.id) || is_free()
    })
}

fn each_line(
    stored: &StoredPayment,
    bill: &OrderBill,
    fits: impl Fn(usize, Minor) -> bool,
) -> bool {
    let part = stored.payment.part(&bill.order.id);
    part.is_some_and(|part| {
        part.lines
            .iter()
            .all(|(place, amount_minor)| fits(*place, *amount_minor))
    })
}

fn status_once_paid(stored: &StoredPayment, bill: &OrderBill) -> PaymentStatus {
    let part = stored.payment.part(&bill.order.id);
    let paid = part.map_or(bill.paid_lines, |part| bill.paid_lines_with(part));
    if paid >= bill.order.cart.lines.len() {
        PaymentStatus::Paid
    } else {
        bill.order.payment
    }
}

/// Whether something that it paid for is paid by another payment, or cannot be honoured.
fn owes_refund(payment: &Payment, orders: &[(OrderBill, OrderStep)]) -> bool {
    let is_due = |(_, step): &(OrderBill, OrderStep)| matches!(step, OrderStep::RefundDue { .. });
    orders.len() < payment.parts.len() || orders.iter().any(is_due)
}
