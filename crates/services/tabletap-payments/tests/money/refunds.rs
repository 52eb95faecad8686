//! Money that goes back: never more than was paid, never twice, from wherever it was wanted.

use crate::support::{Shop, now};
use futures_util::future::join_all;
use serde_json::json;
use std::collections::BTreeSet;
use tabletap_domain::{
    Minor, RefundId,
    order::PaymentStatus,
    payment::{Refund, RefundCause, RefundState, due_by_line},
};
use tabletap_payments::{Difference, LinesWanted, RefundError, RefundWanted};

fn id(n: u32) -> RefundId {
    RefundId::parse(&format!("ref_{n:032x}")).unwrap()
}

fn wanted(n: u32, amount_minor: i64) -> Refund {
    Refund::wanted(id(n), Minor(amount_minor), RefundCause::Staff, None, now())
}

#[tokio::test]
async fn refunds_never_exceed_what_was_paid_however_many_are_wanted_at_once() {
    let shop = Shop::open().await;
    let order = shop.order(1).await;
    let page = shop.paid(std::slice::from_ref(&order.id), 200).await;
    let total = order.cart.totals.total_minor.0 + 200;
    let third = total / 3;
    let wish = |n| {
        let wanted = wanted(n, third);
        shop.payments
            .refund(&shop.store.key, &page.payment_id, wanted)
    };
    let refunds = join_all((0..6).map(wish)).await;
    let given = refunds.iter().filter(|refund| refund.is_ok()).count();
    assert!(given <= 3, "{given} thirds");
    let refused = refunds.iter().filter_map(|refund| refund.as_ref().err());
    for error in refused {
        assert!(
            matches!(error, RefundError::TooMuch { .. } | RefundError::Payment(_)),
            "{error}"
        );
    }
    // Whoever was in conflict asks again.
    for n in 0..6 {
        let _ = wish(n).await;
    }
    let stored = shop.payment(&page.payment_id).await;
    assert_eq!(stored.refunded_minor, third * 3);
    assert_eq!(stored.claimed_minor, stored.refunded_minor);
    assert_eq!(shop.ledger().await, (total, third * 3));
    let left = shop
        .payments
        .refund(&shop.store.key, &page.payment_id, wanted(99, total))
        .await;
    assert!(
        matches!(left, Err(RefundError::TooMuch { left }) if left.minor() == total - third * 3)
    );
}

#[tokio::test]
async fn the_same_refund_wanted_ten_times_at_once_happens_once() {
    let shop = Shop::open().await;
    let order = shop.order(1).await;
    let page = shop.paid(std::slice::from_ref(&order.id), 0).await;
    let wish = |_| {
        shop.payments
            .refund_order(&shop.store.key, &order.id, &RefundWanted::Everything, now())
    };
    join_all((0..10).map(wish)).await;
    let again = wish(0).await.unwrap();
    assert_eq!(again[0].1.state, RefundState::Succeeded);
    let stored = shop.payment(&page.payment_id).await;
    assert_eq!(stored.refunds.len(), 1);
    let total = order.cart.totals.total_minor.0;
    assert_eq!(shop.ledger().await, (total, total));
    assert_eq!(shop.read(&order.id).await.payment, PaymentStatus::Refunded);
}

#[tokio::test]
async fn lines_go_back_by_what_was_paid_for_them() {
    let shop = Shop::open().await;
    let order = shop.order(1).await;
    shop.paid(std::slice::from_ref(&order.id), 0).await;
    let due = due_by_line(&order);
    let one = RefundWanted::Lines(BTreeSet::from([1]));
    for _ in 0..2 {
        let refunds = shop
            .payments
            .refund_order(&shop.store.key, &order.id, &one, now())
            .await
            .unwrap();
        assert_eq!(refunds[0].1.amount_minor, due[1]);
    }
    let total = order.cart.totals.total_minor.0;
    assert_eq!(shop.ledger().await, (total, due[1].0));
    assert_eq!(
        shop.read(&order.id).await.payment,
        PaymentStatus::PartRefunded
    );
    shop.payments
        .refund_order(&shop.store.key, &order.id, &RefundWanted::Everything, now())
        .await
        .unwrap();
    assert_eq!(shop.read(&order.id).await.payment, PaymentStatus::Refunded);
    let total = order.cart.totals.total_minor.0;
    assert_eq!(shop.ledger().await, (total, total), "the rest of it");
}

#[tokio::test]
async fn a_refund_made_in_the_dashboard_flows_back_once() {
    let shop = Shop::open().await;
    let order = shop.order(1).await;
    let page = shop.paid(std::slice::from_ref(&order.id), 0).await;
    shop.till.refund(&page.session_id, Some(100)).await;
    for _ in 0..3 {
        shop.fulfil(&page.payment_id).await;
    }
    let stored = shop.payment(&page.payment_id).await;
    assert_eq!(stored.refunded_minor, 100);
    assert_eq!(stored.refunds.len(), 1);
    assert_eq!(stored.refunds[0].cause, RefundCause::Dashboard);
    assert_eq!(
        shop.read(&order.id).await.payment,
        PaymentStatus::PartRefunded
    );
    let audit = shop.payments.audit(&shop.store.key, None, now(), |_| ());
    let audit = audit.await.unwrap();
    assert_eq!(audit.refunded_minor, 100);
    assert_eq!(audit.payments, 1);
    assert_eq!((audit.refunds, audit.unexplained), (1, 0));
}

#[tokio::test]
async fn a_refund_that_fails_at_the_bank_leaves_the_money_here_and_can_be_wished_again() {
    let shop = Shop::open().await;
    let order = shop.order(1).await;
    let page = shop.paid(std::slice::from_ref(&order.id), 0).await;
    let everything = async || {
        let key = &shop.store.key;
        let wish = RefundWanted::Everything;
        let refunds = shop.payments.refund_order(key, &order.id, &wish, now());
        refunds.await.unwrap().remove(0).1
    };
    shop.till
        .switch(json!({"refunds": "pending_then_fail"}))
        .await;
    assert_eq!(everything().await.state, RefundState::Pending);
    assert_eq!(
        shop.read(&order.id).await.payment,
        PaymentStatus::Paid,
        "refunded means that it is back"
    );
    for _ in 0..400 {
        shop.fulfil(&page.payment_id).await;
        if shop.payment(&page.payment_id).await.refunds[0].state == RefundState::Failed {
            break;
        }
        tokio::time::sleep(std::time::Duration::from_millis(20)).await;
    }
    let stored = shop.payment(&page.payment_id).await;
    assert_eq!([stored.claimed_minor, stored.refunded_minor], [0, 0]);
    shop.till.switch(json!({})).await;
    for _ in 0..2 {
        assert_eq!(everything().await.state, RefundState::Succeeded);
    }
    let total = order.cart.totals.total_minor.0;
    assert_eq!(shop.ledger().await, (total, total));
}

#[tokio::test]
async fn an_order_that_two_paid_is_refunded_when_both_have_their_money_back() {
    let shop = Shop::open().await;
    let order = shop.order(1).await;
    let mut pages = Vec::new();
    for place in [0, 1] {
        let lines = LinesWanted::These(BTreeSet::from([format!("{}:{place}", order.id)]));
        let page = shop.page(&order, lines, 0).await;
        shop.till.pay(&page.session_id, "paid").await;
        shop.fulfil(&page.payment_id).await;
        pages.push(page);
    }
    assert_eq!(shop.read(&order.id).await.payment, PaymentStatus::Paid);
    for (page, status) in pages
        .iter()
        .zip([PaymentStatus::PartRefunded, PaymentStatus::Refunded])
    {
        shop.till.refund(&page.session_id, None).await;
        shop.fulfil(&page.payment_id).await;
        assert_eq!(shop.read(&order.id).await.payment, status);
    }
}

#[tokio::test]
async fn a_refund_that_the_provider_knows_nothing_of_is_named_with_its_order() {
    let shop = Shop::open().await;
    let order = shop.order(1).await;
    let page = shop.paid(std::slice::from_ref(&order.id), 0).await;
    let wish = Refund {
        state: RefundState::Pending,
        reference: Some("re_nobody_knows".to_owned()),
        ..wanted(1, 100)
    };
    let stored = shop.payment(&page.payment_id).await;
    let store = &shop.kitchen.store;
    store.claim_refund(&stored, &wish, now()).await.unwrap();
    let stored = shop.payment(&page.payment_id).await;
    let moved = store.move_refund(&stored, &wish, RefundState::Succeeded, None, &[]);
    moved.await.unwrap();
    let mut told = Vec::new();
    let tell = |line: &str| told.push(line.to_owned());
    let audit = shop.payments.audit(&shop.store.key, None, now(), tell);
    assert_eq!(audit.await.unwrap().unexplained, 1);
    let why = Difference::Refunds;
    assert_eq!(told, [format!("{} {}: {why}", order.id, page.payment_id)]);
}

#[tokio::test]
async fn a_refund_whose_answer_was_lost_is_gone_on_with_and_given_once() {
    let shop = Shop::open().await;
    let order = shop.order(1).await;
    let page = shop.paid(std::slice::from_ref(&order.id), 0).await;
    shop.till
        .switch(json!({"api": [{"endpoint": "POST /v1/refunds", "kind": "lost", "times": 2}]}))
        .await;
    let total = order.cart.totals.total_minor.0;
    let lost = shop
        .payments
        .refund(&shop.store.key, &page.payment_id, wanted(1, total))
        .await;
    assert!(matches!(lost, Err(RefundError::Payment(_))), "{lost:?}");
    shop.fulfil(&page.payment_id).await;
    let stored = shop.payment(&page.payment_id).await;
    assert_eq!(stored.refunds[0].state, RefundState::Succeeded);
    assert_eq!(shop.ledger().await, (total, total));
}

#[tokio::test]
async fn everything_of_one_of_two_orders_is_what_was_paid_for_it_and_no_more() {
    let shop = Shop::open().await;
    let (one, two) = (shop.order(1).await, shop.order(2).await);
    shop.paid(&[one.id.clone(), two.id.clone()], 300).await;
    let refund = async |wanted: &RefundWanted| {
        let refunds = shop
            .payments
            .refund_order(&shop.store.key, &one.id, wanted, now());
        refunds.await.unwrap()
    };
    refund(&RefundWanted::Lines(BTreeSet::from([0]))).await;
    refund(&RefundWanted::Everything).await;
    assert_eq!(shop.ledger().await.1, one.cart.totals.total_minor.0);
}

#[tokio::test]
async fn an_amount_wanted_twice_under_one_id_goes_back_once_though_two_paid() {
    let shop = Shop::open().await;
    let order = shop.order(1).await;
    for place in [0, 1] {
        let lines = LinesWanted::These(BTreeSet::from([format!("{}:{place}", order.id)]));
        let page = shop.page(&order, lines, 0).await;
        shop.till.pay(&page.session_id, "paid").await;
        shop.fulfil(&page.payment_id).await;
    }
    let most = due_by_line(&order).into_iter().min().unwrap();
    for _ in 0..3 {
        let wanted = RefundWanted::Amount {
            minor: most,
            id: id(7),
        };
        let refunds = shop
            .payments
            .refund_order(&shop.store.key, &order.id, &wanted, now());
        assert_eq!(refunds.await.unwrap()[0].1.state, RefundState::Succeeded);
    }
    assert_eq!(shop.ledger().await.1, most.0);
}
