//! Paying at a table: two phones, parts, pages that are left and come back to.

use crate::support::{Shop, in_minutes, now, order_id};
use futures_util::future::join_all;
use serde_json::json;
use std::collections::BTreeSet;
use tabletap_domain::{
    Minor, OrderId,
    order::{OrderStatus, PaymentStatus},
    payment::{PaymentState, due_by_line},
};
use tabletap_payments::{CheckoutError, Difference, LinesWanted, Payer, PaymentError, bill_view};
use tabletap_testkit::{Kitchen, Till};
use tabletap_wire::payment::BillLineState;

fn line(order: &OrderId, place: usize) -> LinesWanted {
    LinesWanted::These(BTreeSet::from([format!("{order}:{place}")]))
}

#[tokio::test]
async fn two_phones_that_pay_everything_at_once_share_one_page_and_pay_once() {
    let shop = Shop::open().await;
    let order = shop.order(1).await;
    let orders = [order.id.clone()];
    let pages = join_all((0..6).map(|_| shop.pay_lines(&orders, LinesWanted::All, 0))).await;
    let mut sessions = BTreeSet::new();
    for page in pages {
        match page {
            Ok(page) => {
                sessions.insert(page.session_id);
            }
            // Everything is reserved by then: there is nothing that nobody pays.
            Err(CheckoutError::NothingToPay | CheckoutError::LineTaken) => {}
            Err(error) => panic!("{error}"),
        }
    }
    assert_eq!(sessions.len(), 1, "{sessions:?}");
    shop.till.pay(sessions.first().unwrap(), "paid").await;
    let bills = shop
        .kitchen
        .store
        .bills(&shop.store.key, &orders)
        .await
        .unwrap();
    let payment = bills[0].taken[&0].clone();
    let fulfilled = join_all((0..8).map(|_| shop.fulfil(&payment))).await;
    assert!(
        fulfilled
            .iter()
            .all(|fulfilled| fulfilled.state == PaymentState::Paid)
    );
    assert_eq!(
        fulfilled.iter().filter(|fulfilled| fulfilled.moved).count(),
        1,
        "one moved it"
    );
    assert_eq!(shop.read(&order.id).await.payment, PaymentStatus::Paid);
    assert_eq!(shop.ledger().await, (order.cart.totals.total_minor.0, 0));
}

#[tokio::test]
async fn everybody_pays_their_own_lines_and_the_parts_sum_to_the_whole() {
    let shop = Shop::open().await;
    let (one, two) = (shop.order(1).await, shop.order(2).await);
    let orders = [one.id.clone(), two.id.clone()];
    let first = shop
        .pay_lines(&orders, line(&one.id, 0), 100)
        .await
        .unwrap();
    let taken = shop
        .pay_lines(
            &orders,
            LinesWanted::These(BTreeSet::from([
                format!("{}:0", one.id),
                format!("{}:1", one.id),
            ])),
            0,
        )
        .await;
    assert!(matches!(taken, Err(CheckoutError::LineTaken)), "{taken:?}");
    let again = shop
        .pay_lines(&orders, line(&one.id, 0), 100)
        .await
        .unwrap();
    assert_eq!(again, first, "the same wish leads to the same page");
    let rest = shop.pay_lines(&orders, LinesWanted::All, 0).await.unwrap();
    for page in [&first, &rest] {
        shop.till.pay(&page.session_id, "paid").await;
    }
    let moved = join_all([&first, &rest].map(|page| shop.fulfil(&page.payment_id))).await;
    assert!(moved.iter().all(|moved| moved.moved));
    for order in [&one, &two] {
        assert_eq!(
            shop.read(&order.id).await.payment,
            PaymentStatus::Paid,
            "{}",
            order.id
        );
    }
    let bills = shop
        .kitchen
        .store
        .bills(&shop.store.key, &orders)
        .await
        .unwrap();
    let ids = bills
        .iter()
        .flat_map(|bill| bill.taken.values().cloned())
        .collect();
    let payments = shop
        .kitchen
        .store
        .payments(&shop.store.key, &ids)
        .await
        .unwrap();
    let bill = bill_view(&shop.guest(), "USD", &bills, &payments, now()).unwrap();
    let total = one.cart.totals.total_minor.0 + two.cart.totals.total_minor.0;
    assert_eq!(
        [bill.total_minor, bill.paid_minor, bill.open_minor],
        [total, total, 0]
    );
    assert!(
        bill.lines
            .iter()
            .all(|line| line.state == BillLineState::Paid)
    );
    assert_eq!(shop.ledger().await, (total + 100, 0), "with the tip");
    assert_eq!(
        Minor::sum(due_by_line(&one)),
        Ok(one.cart.totals.total_minor)
    );
}

#[tokio::test]
async fn a_guest_who_comes_back_and_wants_something_else_ends_the_first_page() {
    let shop = Shop::open().await;
    let order = shop.order(1).await;
    let orders = [order.id.clone()];
    let first = shop.pay_lines(&orders, LinesWanted::All, 0).await.unwrap();
    let other = |instead_of| {
        let wanted = line(&order.id, 1);
        let (shop, orders) = (&shop, &orders);
        async move {
            shop.payments
                .checkout_lines(
                    &shop.store,
                    Payer::default(),
                    orders,
                    &wanted,
                    (Minor::ZERO, instead_of),
                    now(),
                )
                .await
        }
    };
    assert!(
        matches!(other(None).await, Err(CheckoutError::LineTaken)),
        "someone else may be paying it"
    );
    let second = other(Some(first.session_id.clone())).await.unwrap();
    assert_ne!(second.session_id, first.session_id);
    assert_eq!(
        shop.payment(&first.payment_id).await.state,
        PaymentState::Expired
    );
    let bills = shop
        .kitchen
        .store
        .bills(&shop.store.key, &orders)
        .await
        .unwrap();
    let taken: Vec<_> = bills[0].taken.iter().collect();
    assert_eq!(taken, [(&1, &second.payment_id)]);
}

#[tokio::test]
async fn what_nobody_pays_is_anybodys_again_once_the_provider_says_that_it_ended() {
    let shop = Shop::open().await;
    let order = shop.order(1).await;
    let orders = [order.id.clone()];
    let page = shop.pay_lines(&orders, LinesWanted::All, 0).await.unwrap();
    let look = |at| {
        shop.payments
            .check_due(&shop.store.key, &page.payment_id, at)
    };
    assert_eq!(
        look(in_minutes(9)).await.unwrap().state,
        PaymentState::Open,
        "held for ten minutes"
    );
    assert_eq!(
        look(in_minutes(10)).await.unwrap().state,
        PaymentState::Expired
    );
    let bills = shop
        .kitchen
        .store
        .bills(&shop.store.key, &orders)
        .await
        .unwrap();
    assert!(bills[0].taken.is_empty());
    shop.paid(&orders, 0).await;
    assert_eq!(
        shop.ledger().await.0,
        order.cart.totals.total_minor.0,
        "paid once"
    );
}

#[tokio::test]
async fn a_delayed_method_keeps_its_lines_past_the_hold_and_frees_them_when_it_fails() {
    let shop = Shop::open().await;
    shop.till.switch(json!({"never": true})).await;
    let order = shop.order(1).await;
    let orders = [order.id.clone()];
    let page = shop.pay_lines(&orders, LinesWanted::All, 0).await.unwrap();
    shop.till.pay(&page.session_id, "delayed_failed").await;
    let (payments, key, id) = (&shop.payments, &shop.store.key, &page.payment_id);
    let state = async |at| payments.check_due(key, id, at).await.unwrap().state;
    let mut seen = state(in_minutes(11)).await;
    let waits = shop.pay_lines(&orders, line(&order.id, 0), 0).await;
    if seen == PaymentState::Processing {
        assert!(
            matches!(
                waits,
                Err(CheckoutError::NothingToPay | CheckoutError::LineTaken)
            ),
            "{waits:?}"
        );
    }
    for _ in 0..400 {
        if seen == PaymentState::Failed {
            break;
        }
        tokio::time::sleep(std::time::Duration::from_millis(20)).await;
        seen = state(in_minutes(12)).await;
    }
    assert_eq!(seen, PaymentState::Failed);
    shop.paid(&orders, 0).await;
}

#[tokio::test]
async fn a_page_whose_making_was_not_answered_is_found_again_and_not_made_twice() {
    let shop = Shop::open().await;
    let order = shop.order(1).await;
    let orders = [order.id.clone()];
    for kind in ["lost", "500", "429", "409"] {
        let endpoint = "POST /v1/checkout/sessions";
        shop.till
            .switch(json!({"api": [{"endpoint": endpoint, "kind": kind, "times": 2}]}))
            .await;
        let lost = shop.pay_lines(&orders, line(&order.id, 0), 0).await;
        assert!(
            matches!(lost, Err(CheckoutError::Payment(PaymentError::Gateway(_)))),
            "{kind}: {lost:?}"
        );
        let page = shop
            .pay_lines(&orders, line(&order.id, 0), 0)
            .await
            .unwrap();
        let ledger = shop.till.ledger().await;
        let of_payment =
            |row: &&serde_json::Value| row["client_reference_id"] == page.payment_id.as_str();
        let made = ledger.as_array().unwrap().iter().filter(of_payment).count();
        assert_eq!(made, 1, "{kind}: sessions of one payment");
        shop.payments
            .check_due(&shop.store.key, &page.payment_id, in_minutes(10))
            .await
            .unwrap();
        assert_eq!(
            shop.payment(&page.payment_id).await.state,
            PaymentState::Expired,
            "{kind}"
        );
    }
}

#[tokio::test]
async fn a_test_key_moves_no_live_payment() {
    let (kitchen, till) = tokio::join!(Kitchen::open(), Till::open("http://127.0.0.1:9/"));
    let live = till.accounts().replace("sk_test_sushi", "sk_live_sushi");
    let accounts = till.accounts();
    let shop = Shop::with_accounts(kitchen, till, &accounts);
    let order = shop.order(1).await;
    let page = shop.page(&order, LinesWanted::All, 0).await;
    shop.till.pay(&page.session_id, "paid").await;
    // What was begun with a live key.
    shop.kitchen
        .rewrite(page.payment_id.as_str(), "PAYMENT", "doc", |doc| {
            doc.replace("\"live\":false", "\"live\":true")
        })
        .await;
    let before = shop.kitchen.rows().await;
    let fulfilled = shop
        .payments
        .fulfil(&shop.store.key, &page.payment_id, now())
        .await;
    assert!(
        matches!(fulfilled, Err(PaymentError::Differs(Difference::Live))),
        "{fulfilled:?}"
    );
    assert_eq!(shop.kitchen.rows().await, before);
    assert!(tabletap_stripe::Accounts::parse(&live).is_ok());
}

#[tokio::test]
async fn an_amount_that_is_not_what_was_asked_moves_nothing() {
    let shop = Shop::open().await;
    let order = shop.kitchen.order_sushi(&order_id(1), "t1", now()).await;
    let page = shop.page(&order, LinesWanted::All, 0).await;
    shop.till.pay(&page.session_id, "paid").await;
    let total = format!("\"total_minor\":{}", order.cart.totals.total_minor);
    shop.kitchen
        .rewrite(page.payment_id.as_str(), "PAYMENT", "doc", |doc| {
            doc.replace(&total, "\"total_minor\":1")
        })
        .await;
    let before = shop.kitchen.rows().await;
    let fulfilled = shop
        .payments
        .fulfil(&shop.store.key, &page.payment_id, now())
        .await;
    assert!(
        matches!(fulfilled, Err(PaymentError::Differs(Difference::Amount))),
        "{fulfilled:?}"
    );
    assert_eq!(shop.kitchen.rows().await, before);
}

#[tokio::test]
async fn money_for_an_order_that_was_called_off_while_its_guest_paid_goes_back() {
    let shop = Shop::open().await;
    let order = shop.order(1).await;
    let page = shop.page(&order, LinesWanted::All, 100).await;
    let store = &shop.kitchen.store;
    let ended = store.move_order(&order, order.status, OrderStatus::Cancelled);
    ended.await.unwrap();
    shop.till.pay(&page.session_id, "paid").await;
    for _ in 0..2 {
        shop.fulfil(&page.payment_id).await;
    }
    let total = order.cart.totals.total_minor.0 + 100;
    assert_eq!(shop.ledger().await, (total, total), "the tip too");
    assert_eq!(shop.read(&order.id).await.payment, PaymentStatus::Refunded);
}

#[tokio::test]
async fn what_waits_for_the_staff_is_not_to_be_paid_yet() {
    let shop = Shop::open().await;
    let (held, placed) = (shop.order(1).await, shop.order(2).await);
    shop.kitchen.hold(&held).await;
    let orders = [held.id.clone(), placed.id.clone()];
    let named = shop.pay_lines(&orders, line(&held.id, 0), 0).await;
    assert!(
        matches!(named, Err(CheckoutError::UnknownLine)),
        "{named:?}"
    );
    let page = shop.paid(&orders, 0).await;
    let paid = shop.payment(&page.payment_id).await.payment;
    assert_eq!(paid.orders(), [placed.id]);
}

#[tokio::test]
async fn a_test_payment_under_live_keys_asks_nobody_and_holds_nothing_for_ever() {
    let (kitchen, till) = tokio::join!(Kitchen::open(), Till::open("http://127.0.0.1:9/"));
    let accounts = till.accounts();
    let shop = Shop::with_accounts(kitchen, till, &accounts);
    let order = shop.order(1).await;
    let page = shop.page(&order, LinesWanted::All, 0).await;
    let live = shop.with_keys(&accounts.replace("sk_test_sushi", "sk_live_sushi"));
    let look = async |now| live.check_due(&shop.store.key, &page.payment_id, now).await;
    let early = look(in_minutes(12)).await;
    assert!(
        matches!(early, Err(PaymentError::Differs(Difference::Live))),
        "{early:?}"
    );
    let late = look(in_minutes(61)).await.unwrap();
    assert_eq!(late.state, PaymentState::Expired);
    assert_eq!(shop.payment(&page.payment_id).await.due, None);
    // Its lines are anybody's again.
    shop.paid(std::slice::from_ref(&order.id), 0).await;
}
