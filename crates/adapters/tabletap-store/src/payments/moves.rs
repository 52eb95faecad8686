//! A payment and the orders it pays, moved together by one conditional transaction.

use super::{
    OrderBill, StoredPayment, due,
    pieces::{LineClauses, LineMove},
};
use crate::{
    Store,
    due::DueTime,
    error::{MoveError, StoreError, WriteError},
    key,
    order_head::slot_of,
    row::{ms, n, s},
    seatings,
    write::Change,
};
use aws_sdk_dynamodb::{
    primitives::Blob,
    types::{AttributeValue, TransactWriteItem},
};
use tabletap_domain::{
    TableId,
    order::{OrderStatus, PaymentStatus, RefundReason},
    payment::{Payment, PaymentMethod, PaymentState},
    seating::SeatingMove,
    takeout::PAYMENT_HOLD,
    ticket::tickets_due,
    time::UnixMillis,
};

/// What a payment comes to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Settlement {
    /// Where it stands then.
    pub state: PaymentState,
    /// The provider's name for the money.
    pub reference: Option<String>,
    /// How it was paid.
    pub method: Option<PaymentMethod>,
    /// The provider's own receipt.
    pub receipt_url: Option<String>,
    /// When it is paid.
    pub paid_at: Option<UnixMillis>,
    /// The mail address that its guest typed at the provider, sealed.
    pub contact: Option<Vec<u8>>,
    /// When the sweeper looks at it again.
    pub due: Option<UnixMillis>,
    /// What becomes of the orders; one that is not named stays as it is.
    pub orders: Vec<(OrderBill, OrderStep)>,
    /// What becomes of the table they were ordered at, where its party owes less by it.
    pub table: Option<(TableId, SeatingMove)>,
}

/// What becomes of an order, or of its lines that a payment has.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum OrderStep {
    /// The lines are anybody's to pay again.
    Release,
    /// The lines are paid; the order goes on as it did.
    Pay(PaymentStatus),
    /// It is paid, and for the kitchen.
    Place {
        /// When the kitchen gets it.
        fire_at: UnixMillis,
        /// When it is promised.
        ready_at: UnixMillis,
    },
    /// It is paid, and cannot be honoured.
    RefundDue {
        /// Why.
        reason: RefundReason,
        /// When somebody must have decided.
        decide_by: UnixMillis,
    },
}

impl Store {
    /// Moves a payment and its orders together.
    ///
    /// # Errors
    /// [`MoveError::Moved`] when the payment, one of the orders or their table does not stand as it was read: read them again.
    pub async fn settle_payment(
        &self,
        stored: &StoredPayment,
        settlement: &Settlement,
    ) -> Result<(), MoveError> {
        let payment = &stored.payment;
        // One transaction, because a crash between two writes would leave a guest who has paid without an order, or an order without its money.
        let mut parts = vec![self.part(
            key::payment(&payment.store, &payment.id),
            settled(stored, settlement),
        )];
        for (bill, step) in &settlement.orders {
            parts.extend(self.step(payment, bill, step, settlement.paid_at));
            // An order at a table waits for no money: it is not counted as unpaid and has no slot.
            if bill.order.status == OrderStatus::AwaitingPayment {
                parts.extend(self.beside(bill, step, settlement.paid_at));
            }
        }
        if let Some((table, step)) = &settlement.table {
            let paid = seatings::settled(&payment.store, table, step);
            parts.push(self.part(key::table(&payment.store, table), paid));
        }
        Ok(self.transact(parts).await?)
    }

    /// What changes beside an order that waited for its money: it counts no longer as unpaid, and its place is more than held.
    fn beside(
        &self,
        bill: &OrderBill,
        step: &OrderStep,
        paid_at: Option<UnixMillis>,
    ) -> Vec<TransactWriteItem> {
        let order = &bill.order;
        let counted = bill.counted.as_ref().zip(paid_at);
        let uncounted =
            counted.and_then(|(counted, at)| self.part_uncounted(&order.store, counted, at));
        let kept = match step {
            OrderStep::Place { .. } => self.part_kept(order),
            _ => None,
        };
        uncounted.into_iter().chain(kept).collect()
    }

    fn step(
        &self,
        payment: &Payment,
        bill: &OrderBill,
        step: &OrderStep,
        paid_at: Option<UnixMillis>,
    ) -> Option<TransactWriteItem> {
        let line_move = match step {
            OrderStep::Release => LineMove::Release,
            _ => LineMove::Pay,
        };
        let lines = LineClauses::of(payment, bill, line_move)?;
        let paid = || paid(payment, bill, &lines);
        let order = &bill.order;
        let change = match step {
            OrderStep::Release => release(bill, &lines),
            OrderStep::Pay(status) => paid()
                .also("#payment = :payment")
                .value("payment", s(status)),
            OrderStep::Place { fire_at, ready_at } => {
                let due = tickets_due(Some(*fire_at), paid_at.unwrap_or(*fire_at));
                paid()
                    .also("#payment = :payment, #status = :to, #fire_at = :fire_at, #ready_at = :ready_at")
                    .value("payment", s(PaymentStatus::Paid))
                    .value("to", s(OrderStatus::Placed))
                    .value("fire_at", ms(*fire_at))
                    .value("ready_at", ms(*ready_at))
                    .also_due(DueTime::of_kitchen(&payment.store, &order.id, due))
            }
            OrderStep::RefundDue { reason, decide_by } => {
                refund_due(payment, bill, paid(), *reason, *decide_by)
            }
        };
        let places = matches!(step, OrderStep::Place { .. });
        let change = match slot_of(order).filter(|_| places) {
            // Whoever took its place meanwhile keeps it.
            Some(_) => change
                .and_only_if("#slot_held = :held".to_owned())
                .value("held", AttributeValue::Bool(true)),
            None => change,
        };
        // One whose order was moved in between is looked at again too.
        let change = lines
            .complete(change, payment)
            .and_only_if("#status = :status".to_owned())
            .value("status", s(order.status));
        Some(self.part(key::head(&payment.store, &order.id), change))
    }

    /// Looks at a payment again at `at`, or no more.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn postpone_payment(
        &self,
        stored: &StoredPayment,
        at: Option<UnixMillis>,
    ) -> Result<(), StoreError> {
        let payment = &stored.payment;
        let later = Change::due(at.map(|at| due(payment, at)));
        // Only if the payment is still as it was read: a concurrent move has already set its own due time.
        let later = match stored.due {
            Some(at) => later.only_if_due(due(payment, at)),
            None => later.only_if("attribute_exists(pk) AND attribute_not_exists(#due_sk)"),
        };
        let row = key::payment(&payment.store, &payment.id);
        match self.update(row, later).await {
            // Somebody else said when to look again, and knew more.
            Ok(_) | Err(WriteError::Conditions(_)) => Ok(()),
            Err(WriteError::Store(error)) => Err(error),
        }
    }
}

/// The payment's own row. Webhook, return page and sweeper may all bring the same news at once: the first moves the state, and the others are
/// refused by it.
fn settled(stored: &StoredPayment, settlement: &Settlement) -> Change {
    let mut change = Change::new("SET #state = :to")
        .only_if("#state = :from")
        .value("from", s(stored.state))
        .value("to", s(settlement.state));
    if let Some(reference) = &settlement.reference {
        change = change
            .also("#reference = :reference")
            .value("reference", s(reference));
    }
    if let Some(url) = &settlement.receipt_url {
        change = change
            .also("#receipt_url = :receipt_url")
            .value("receipt_url", s(url));
    }
    if let Some(method) = &settlement.method {
        change = change
            .also("#brand = :brand")
            .value("brand", s(&method.brand));
        if let Some(last4) = &method.last4 {
            change = change.also("#last4 = :last4").value("last4", s(last4));
        }
    }
    if let Some(at) = settlement.paid_at {
        change = change.also("#paid_at = :paid_at").value("paid_at", ms(at));
    }
    if let Some(sealed) = &settlement.contact {
        change = change
            .also("#contact = :contact")
            .value("contact", AttributeValue::B(Blob::new(sealed.clone())));
    }
    match settlement.due {
        Some(at) => change.also_due(due(&stored.payment, at)),
        None => change.due_no_more(),
    }
}

/// The lines become anybody's; an order that waits for its money says that the payment came to nothing, and is looked at again: it may hold
/// a place that others want.
fn release(bill: &OrderBill, lines: &LineClauses) -> Change {
    let order = &bill.order;
    let gone = match lines.removes.is_empty() {
        true => String::new(),
        false => format!("REMOVE {}", lines.removes.join(", ")),
    };
    if order.status != OrderStatus::AwaitingPayment {
        return match lines.sets.is_empty() {
            true => Change::new(gone),
            false => Change::new(format!("SET {} {gone}", lines.sets.join(", "))),
        };
    }
    let held_until = order.placed_at.plus(PAYMENT_HOLD);
    Change::new("SET #payment = :failed")
        .value("failed", s(PaymentStatus::Failed))
        .also_due(DueTime::later(&order.store, &order.id, held_until))
        .then(&gone)
}

/// The lines are paid. How many of the order's are is compared, so that of two payments that settle at once one reads again.
fn paid(payment: &Payment, bill: &OrderBill, lines: &LineClauses) -> Change {
    let part = payment.part(&bill.order.id);
    let paid_lines = part.map_or(bill.paid_lines, |part| bill.paid_lines_with(part));
    let seen = match bill.paid_lines {
        0 => "attribute_not_exists(#paid_lines)",
        _ => "#paid_lines = :seen",
    };
    let change = Change::new(format!("SET {}", lines.sets.join(", "))).only_if(seen);
    // A share may complete no line.
    let change = match paid_lines == bill.paid_lines {
        true => change,
        false => change
            .also("#paid_lines = :paid_lines")
            .value("paid_lines", n(paid_lines)),
    };
    match bill.paid_lines {
        0 => change,
        some => change.value("seen", n(some)),
    }
}

/// An order that had ended keeps its status; another is looked at until somebody has decided, or its money is back.
fn refund_due(
    payment: &Payment,
    bill: &OrderBill,
    change: Change,
    reason: RefundReason,
    decide_by: UnixMillis,
) -> Change {
    let change = change
        .also("#payment = :payment, #refund_reason = :reason")
        .value("payment", s(PaymentStatus::Paid))
        .value("reason", s(reason));
    if bill.order.status.is_end() {
        return change;
    }
    let due = DueTime::later(&payment.store, &bill.order.id, decide_by);
    change
        .also("#status = :to")
        .value("to", s(OrderStatus::RefundDue))
        .also_due(due)
}
