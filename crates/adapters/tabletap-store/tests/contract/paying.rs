//! Payments and refunds: what is reserved, moved together, claimed.

use crate::{samples::*, support::Table};
use tabletap_domain::{
    Minor,
    order::{Order, OrderStatus, PaymentStatus, PickupWish, RefundReason},
    payment::{
        Payment, PaymentItem, PaymentMethod, PaymentPage, PaymentPart, PaymentState, Refund,
        RefundCause, RefundState,
    },
    share::Share,
};
use tabletap_store::{
    MoveError, OpenPaymentError, OrderBill, OrderStep, Settlement, StoreError, StoredPayment,
};

/// A payment of every line of an order.
pub(crate) fn payment(order: &Order, n: u32) -> Payment {
    let due = tabletap_domain::payment::due_by_line(order);
    let total_minor = order.cart.totals.total_minor;
    Payment {
        id: format!("pay_{n:032x}").parse().unwrap(),
        store: order.store.clone(),
        account: "kumo".parse().unwrap(),
        live: false,
        parts: vec![PaymentPart {
            order: order.id.clone(),
            number: order.number.clone(),
            lines: due.into_iter().enumerate().collect(),
        }],
        items: vec![PaymentItem {
            name: "Everything".to_owned(),
            amount_minor: total_minor,
        }],
        share: None,
        tip_minor: Minor(0),
        total_minor,
        currency: order.currency,
        lang: order.lang.clone(),
        success_url: "https://order.example/#/paid".to_owned(),
        cancel_url: "https://order.example/#/pay".to_owned(),
        created_at: NOW,
    }
}

/// A payment of `amount_minor` of an order's only line.
pub(crate) fn piece(order: &Order, n: u32, amount_minor: i64) -> Payment {
    let mut share = payment(order, n);
    share.parts[0].lines = vec![(0, Minor(amount_minor))];
    share.total_minor = Minor(amount_minor);
    share.share = Some(Share {
        guests: Some(2),
        phone: None,
    });
    share
}

/// One of two guests has paid 800 of an order's line.
pub(crate) async fn share(table: &Table, order: &Order) {
    let share = piece(order, 7, 800);
    let orders = [order.id.clone()];
    let bills = table.store.bills(&order.store, &orders).await.unwrap();
    let begun = table.store.open_payment(&share, &bills, None, None, at(60));
    begun.await.unwrap();
    let stored = table.store.payment(&order.store, &share.id).await.unwrap();
    let bills = table.store.bills(&order.store, &orders).await.unwrap();
    let paid = (bills[0].clone(), OrderStep::Pay(PaymentStatus::Unpaid));
    let paid = settlement(PaymentState::Paid, vec![paid]);
    let settled = table.store.settle_payment(stored.as_ref().unwrap(), &paid);
    settled.await.unwrap();
}

pub(crate) fn checkout() -> PaymentPage {
    PaymentPage {
        id: "cs_1".to_owned(),
        url: "https://pay.example/cs_1".to_owned(),
    }
}

pub(crate) fn refund(n: u32, amount_minor: i64) -> Refund {
    let id = format!("ref_{n:032x}").parse().unwrap();
    Refund::wanted(id, Minor(amount_minor), RefundCause::Staff, None, NOW)
}

/// A settlement of these orders.
pub(crate) fn settlement(state: PaymentState, orders: Vec<(OrderBill, OrderStep)>) -> Settlement {
    Settlement {
        table: None,
        state,
        reference: Some("pi_1".to_owned()),
        method: Some(PaymentMethod {
            brand: "visa".to_owned(),
            last4: Some("4242".to_owned()),
        }),
        receipt_url: Some("https://pay.example/receipts/pi_1".to_owned()),
        paid_at: (state == PaymentState::Paid).then_some(NOW),
        contact: (state == PaymentState::Paid).then(|| b"sealed".to_vec()),
        due: Some(at(60)),
        orders,
    }
}

async fn bill(table: &Table, order: &Order) -> OrderBill {
    let bills = table
        .store
        .bills(&order.store, std::slice::from_ref(&order.id))
        .await;
    bills.unwrap().remove(0)
}

async fn stored(table: &Table, payment: &Payment) -> StoredPayment {
    table
        .store
        .payment(&payment.store, &payment.id)
        .await
        .unwrap()
        .unwrap()
}

async fn begun(table: &Table) -> (Order, Payment) {
    let order = takeout_order(&kumo(), 1, PickupWish::Asap);
    table
        .store
        .place_takeout(&order, b"sealed".to_vec(), &uncapped(), None)
        .await
        .unwrap();
    let payment = payment(&order, 1);
    table
        .store
        .open_payment(&payment, &[bill(table, &order).await], None, None, at(60))
        .await
        .unwrap();
    (order, payment)
}

#[tokio::test]
async fn a_line_is_reserved_by_one_payment_at_a_time() {
    let table = Table::open().await;
    let (order, first) = begun(&table).await;
    let second = payment(&order, 2);
    let before = table.rows().await;
    let refused = table
        .store
        .open_payment(&second, &[bill(&table, &order).await], None, None, at(60))
        .await;
    assert_eq!(refused, Err(OpenPaymentError::Moved));
    assert_eq!(table.rows().await, before, "nothing of it is stored");
    let release = vec![(bill(&table, &order).await, OrderStep::Release)];
    let ended = settlement(PaymentState::Expired, release);
    table
        .store
        .settle_payment(&stored(&table, &first).await, &ended)
        .await
        .unwrap();
    let free = bill(&table, &order).await;
    assert!(free.taken.is_empty());
    assert_eq!(free.order.payment, PaymentStatus::Failed);
    table
        .store
        .open_payment(&second, &[free], None, None, at(60))
        .await
        .unwrap();
}

#[tokio::test]
async fn payments_that_share_a_line_never_overlap_and_the_last_completes_it() {
    let table = Table::open().await;
    let key = open_kumo(&table.store).await;
    let order = placed(&table.store, &key, 1).await;
    let (store, unshared) = (&table.store, bill(&table, &order).await);
    let (first, second) = (piece(&order, 1, 800), piece(&order, 2, 1_000));
    let whole = payment(&order, 3);
    let open = |payment, bill| async move {
        store
            .open_payment(payment, &[bill], None, None, at(60))
            .await
    };
    open(&first, unshared.clone()).await.unwrap();
    let before = table.rows().await;
    for (payment, why) in [
        (
            &second,
            "the line was read before somebody had a piece of it",
        ),
        (&whole, "nobody gets the whole of it"),
    ] {
        let refused = open(payment, unshared.clone()).await;
        assert_eq!(refused, Err(OpenPaymentError::Moved), "{why}");
        assert_eq!(table.rows().await, before, "{why}");
    }
    let shared = bill(&table, &order).await;
    assert_eq!(
        (shared.open_minor(0, Minor(1_800)).0, shared.taken.len()),
        (1_000, 0)
    );
    open(&second, shared.clone()).await.unwrap();

    // The second is given back and the first is paid; each as it read the other.
    let both = bill(&table, &order).await;
    let released = settlement(
        PaymentState::Expired,
        vec![(both.clone(), OrderStep::Release)],
    );
    let second = stored(&table, &second).await;
    store.settle_payment(&second, &released).await.unwrap();
    let pay = |bill, status| settlement(PaymentState::Paid, vec![(bill, OrderStep::Pay(status))]);
    let first = stored(&table, &first).await;
    let stale = pay(both, PaymentStatus::Unpaid);
    let moved = store.settle_payment(&first, &stale).await;
    assert_eq!(
        moved,
        Err(MoveError::Moved),
        "it would bring the released piece back"
    );
    let now = pay(bill(&table, &order).await, PaymentStatus::Unpaid);
    store.settle_payment(&first, &now).await.unwrap();
    let after = bill(&table, &order).await;
    assert_eq!(
        (after.open_minor(0, Minor(1_800)).0, after.paid_lines),
        (1_000, 0)
    );

    let last = piece(&order, 4, 1_000);
    open(&last, after).await.unwrap();
    let paid = pay(bill(&table, &order).await, PaymentStatus::Paid);
    let last = stored(&table, &last).await;
    store.settle_payment(&last, &paid).await.unwrap();
    let after = bill(&table, &order).await;
    assert_eq!(
        (after.open_minor(0, Minor(1_800)).0, after.paid_lines),
        (0, 1)
    );
    assert!(after.pieces[&0].iter().all(|piece| piece.is_paid));
}

#[tokio::test]
async fn a_payment_and_its_order_move_together_or_not_at_all() {
    let table = Table::open().await;
    let (order, payment) = begun(&table).await;
    let seen = stored(&table, &payment).await;
    let place = OrderStep::Place {
        fire_at: at(600),
        ready_at: at(1800),
    };
    let read = bill(&table, &order).await;
    let paid = settlement(PaymentState::Paid, vec![(read.clone(), place)]);
    table.store.settle_payment(&seen, &paid).await.unwrap();
    let placed = bill(&table, &order).await.order;
    assert_eq!(
        (placed.status, placed.payment),
        (OrderStatus::Placed, PaymentStatus::Paid)
    );
    assert_eq!(
        (placed.fire_at, placed.ready_at),
        (Some(at(600)), Some(at(1800)))
    );
    let before = table.rows().await;
    for (stored, why) in [
        (seen, "the payment has moved"),
        (stored(&table, &payment).await, "the order has moved"),
    ] {
        let late = OrderStep::RefundDue {
            reason: RefundReason::ItemGone,
            decide_by: at(60),
        };
        let again = settlement(PaymentState::Paid, vec![(read.clone(), late)]);
        assert_eq!(
            table.store.settle_payment(&stored, &again).await,
            Err(MoveError::Moved),
            "{why}"
        );
        assert_eq!(table.rows().await, before, "{why}");
    }
}

/// Refunds whose sum with what is claimed does not fit are never written.
async fn refused_as_too_much(table: &Table, payment: &Payment, claimed: &StoredPayment) {
    for amount in [i64::MAX, i64::MAX - 99] {
        let refund = refund(3, amount);
        let too_much = table.store.claim_refund(claimed, &refund, at(60)).await;
        assert!(
            matches!(too_much, Err(MoveError::Store(StoreError::Corrupt(_)))),
            "{amount}: {too_much:?}"
        );
    }
    assert_eq!(stored(table, payment).await, *claimed);
}

#[tokio::test]
async fn a_refund_is_claimed_against_what_was_paid_and_counted_once() {
    let table = Table::open().await;
    let (order, payment) = begun(&table).await;
    let unpaid = stored(&table, &payment).await;
    let wanted = refund(1, 100);
    assert_eq!(
        table.store.claim_refund(&unpaid, &wanted, at(60)).await,
        Err(MoveError::Moved),
        "nothing is paid"
    );
    let place = OrderStep::Place {
        fire_at: NOW,
        ready_at: at(900),
    };
    let paid = settlement(
        PaymentState::Paid,
        vec![(bill(&table, &order).await, place)],
    );
    table.store.settle_payment(&unpaid, &paid).await.unwrap();
    let paid = stored(&table, &payment).await;
    table
        .store
        .claim_refund(&paid, &wanted, at(60))
        .await
        .unwrap();
    let other = refund(2, payment.total_minor.0);
    assert_eq!(
        table.store.claim_refund(&paid, &other, at(60)).await,
        Err(MoveError::Moved),
        "another was claimed since"
    );
    let claimed = stored(&table, &payment).await;
    assert_eq!([claimed.claimed_minor, claimed.refunded_minor], [100, 0]);
    refused_as_too_much(&table, &payment, &claimed).await;
    let before = bill(&table, &order).await.order;
    let orders = [(&before, PaymentStatus::PartRefunded)];
    let moved = table.store.move_refund(
        &claimed,
        &wanted,
        RefundState::Succeeded,
        Some("re_1"),
        &orders,
    );
    moved.await.unwrap();
    let back = stored(&table, &payment).await;
    assert_eq!([back.claimed_minor, back.refunded_minor], [100, 100]);
    assert_eq!(back.refunds[0].reference.as_deref(), Some("re_1"));
    let twice = table
        .store
        .move_refund(
            &back,
            &wanted,
            RefundState::Succeeded,
            Some("re_1"),
            &orders,
        )
        .await;
    assert_eq!(twice, Err(MoveError::Moved));
    assert_eq!(stored(&table, &payment).await, back);
    assert_eq!(
        bill(&table, &order).await.order.payment,
        PaymentStatus::PartRefunded
    );
}
