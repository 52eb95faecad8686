//! Pages to pay at: how many an order opens, what they keep from others, and how they are left.

use crate::support::{Shop, in_minutes, now, order_id};
use futures_util::future::join_all;
use tabletap_domain::{
    Minor, OrderId,
    order::{Order, PickupWish},
    payment::PaymentState,
};
use tabletap_payments::{CheckoutError, LinesWanted, Payer, bill_view};
use tabletap_wire::payment::{BillLineState, BillView, CheckoutReply};

async fn takeout(shop: &Shop, n: u32) -> Order {
    shop.kitchen
        .order_takeout(&order_id(n), PickupWish::Asap, now())
        .await
}

async fn pay(shop: &Shop, order: &Order, tip_minor: i64) -> Result<CheckoutReply, CheckoutError> {
    let paying = shop
        .payments
        .checkout_order(&shop.store, &order.id, Minor(tip_minor), now());
    paying.await
}

async fn opened(shop: &Shop) -> usize {
    shop.till.ledger().await.as_array().unwrap().len()
}

async fn bill(shop: &Shop, orders: &[OrderId], minutes: u64) -> BillView {
    let store = &shop.kitchen.store;
    let bills = store.bills(&shop.store.key, orders).await.unwrap();
    let taken = bills.iter().flat_map(|bill| bill.taken.values().cloned());
    let payments = store
        .payments(&shop.store.key, &taken.collect())
        .await
        .unwrap();
    bill_view(&shop.guest(), "USD", &bills, &payments, in_minutes(minutes)).unwrap()
}

#[tokio::test]
async fn sixty_tips_open_a_few_pages_and_the_last_one_can_still_be_paid() {
    let shop = Shop::open().await;
    let order = takeout(&shop, 1).await;
    let mut last = None;
    for tip in 0..60 {
        match pay(&shop, &order, tip).await {
            Ok(page) => last = Some((page, tip)),
            Err(CheckoutError::TooManyPages { minutes }) => assert!((59..=61).contains(&minutes)),
            Err(error) => panic!("{error}"),
        }
    }
    assert_eq!(opened(&shop).await, 6);
    let (page, tip) = last.unwrap();
    let again = pay(&shop, &order, tip).await.unwrap();
    assert_eq!(again, page, "the last page stands");
    shop.till.pay(&page.session_id, "paid").await;
    assert_eq!(
        shop.fulfil(&page.payment_id).await.state,
        PaymentState::Paid
    );
}

#[tokio::test]
async fn sixty_tips_at_once_open_no_more_pages() {
    let shop = Shop::open().await;
    let order = takeout(&shop, 1).await;
    let pages = join_all((0..60).map(|tip| pay(&shop, &order, tip))).await;
    assert!(pages.iter().any(Result::is_ok));
    assert!(opened(&shop).await <= 6, "{}", opened(&shop).await);
}

#[tokio::test]
async fn everybody_of_a_party_may_open_a_page_for_a_line_of_their_own_and_an_hour_later_again() {
    let shop = Shop::open().await;
    let order = shop.order(1).await;
    let orders = [order.id.clone()];
    let line = |place| LinesWanted::These([format!("{}:{place}", order.id)].into());
    // Six, and one for each of its two lines.
    for tip in 0..8 {
        let page = shop.pay_lines(&orders, line(tip % 2), tip.into()).await;
        let page = page.unwrap();
        let (key, id) = (&shop.store.key, &page.payment_id);
        let left = shop
            .payments
            .leave(key, &orders, (id, Some(&page.session_id)), now());
        left.await.unwrap();
    }
    let refused = shop.pay_lines(&orders, line(0), 0).await;
    assert!(
        matches!(refused, Err(CheckoutError::TooManyPages { .. })),
        "{refused:?}"
    );
    assert_eq!(opened(&shop).await, 8);
    let (later, wanted) = (in_minutes(61), line(0));
    let again = shop.payments.checkout_lines(
        &shop.store,
        Payer::default(),
        &orders,
        &wanted,
        (Minor::ZERO, None),
        later,
    );
    again.await.unwrap();
    assert_eq!(opened(&shop).await, 9);
}

#[tokio::test]
async fn a_phone_that_has_used_up_its_pages_keeps_nobody_else_of_its_party_from_paying() {
    let shop = Shop::open().await;
    let order = shop.order(1).await;
    let orders = [order.id.clone()];
    let phone = |n: u32| Payer {
        phone: format!("tos_{n:032x}").parse().ok(),
        ..Payer::default()
    };
    let (key, mut refused) = (&shop.store.key, 0);
    for tip in 0..60 {
        match shop
            .pay_lines_on(phone(1), &orders, LinesWanted::All, tip)
            .await
        {
            Ok(page) => {
                let own = (&page.payment_id, Some(page.session_id.as_str()));
                let left = shop.payments.leave(key, &orders, own, now());
                left.await.unwrap();
            }
            Err(CheckoutError::TooManyPages { .. }) => refused += 1,
            Err(error) => panic!("{error}"),
        }
    }
    // Six, and one for each of its two lines.
    assert_eq!((opened(&shop).await, refused), (8, 52));
    let other = shop
        .pay_lines_on(phone(2), &orders, LinesWanted::All, 0)
        .await;
    let other = other.unwrap();
    shop.till.pay(&other.session_id, "paid").await;
    assert_eq!(
        shop.fulfil(&other.payment_id).await.state,
        PaymentState::Paid
    );
}

#[tokio::test]
async fn sixty_tips_of_one_phone_at_a_table_at_once_open_no_more_pages_than_its_own() {
    let shop = Shop::open().await;
    let order = shop.order(1).await;
    let orders = [order.id.clone()];
    let pages = join_all((0..60).map(|tip| shop.pay_lines(&orders, LinesWanted::All, tip))).await;
    assert!(pages.iter().any(Result::is_ok));
    assert!(opened(&shop).await <= 8, "{}", opened(&shop).await);
}

#[tokio::test]
async fn what_somebody_is_paying_is_not_paid_and_the_others_are_told_so() {
    let shop = Shop::open().await;
    let (one, two) = (shop.order(1).await, shop.order(2).await);
    let orders = [one.id.clone(), two.id.clone()];
    let total = one.cart.totals.total_minor.0 + two.cart.totals.total_minor.0;
    let unasked = shop.pay_lines(&orders, LinesWanted::AllOfOneOrder, 0).await;
    assert!(
        matches!(unasked, Err(CheckoutError::PaysForOthers)),
        "{unasked:?}"
    );
    assert_eq!(opened(&shop).await, 0);
    let page = shop.pay_lines(&orders, LinesWanted::All, 0).await.unwrap();
    let others = shop.pay_lines(&orders, LinesWanted::All, 7).await;
    assert!(
        matches!(others, Err(CheckoutError::LineTaken)),
        "not that there is nothing to pay: {others:?}"
    );
    let seen = bill(&shop, &orders, 0).await;
    assert_eq!(
        [seen.paid_minor, seen.reserved_minor, seen.open_minor],
        [0, total, 0]
    );
    let reserved = |line: &tabletap_wire::payment::BillLine| line.state == BillLineState::Reserved;
    assert!(seen.lines.iter().all(reserved));
    let [reservation] = seen.reservations.as_slice() else {
        panic!("{seen:?}");
    };
    assert_eq!(reservation.payment_id, page.payment_id);
    assert_eq!(reservation.amount_minor, total);
    assert_eq!(reservation.until, Some(page.expires_at));
    assert!(!reservation.may_end, "not yet");
    assert!(bill(&shop, &orders, 4).await.reservations[0].may_end);
    shop.till.pay(&page.session_id, "paid").await;
    shop.fulfil(&page.payment_id).await;
    let seen = bill(&shop, &orders, 0).await;
    assert_eq!([seen.paid_minor, seen.reserved_minor], [total, 0]);
    assert!(seen.reservations.is_empty());
    let nothing = shop.pay_lines(&orders, LinesWanted::All, 0).await;
    assert!(
        matches!(nothing, Err(CheckoutError::NothingToPay)),
        "{nothing:?}"
    );
}

#[tokio::test]
async fn whoever_leaves_their_page_frees_its_lines_and_others_only_after_a_while() {
    let shop = Shop::open().await;
    let order = shop.order(1).await;
    let orders = [order.id.clone()];
    let key = &shop.store.key;
    let leave = async |page: &CheckoutReply, own: Option<&str>, minutes| {
        let page = (&page.payment_id, own);
        let left = shop.payments.leave(key, &orders, page, in_minutes(minutes));
        left.await
    };
    let page = shop.pay_lines(&orders, LinesWanted::All, 0).await.unwrap();
    for guess in [None, Some("cs_test_guessed")] {
        let early = leave(&page, guess, 2).await;
        assert!(
            matches!(early, Err(CheckoutError::StillPaying)),
            "{early:?}"
        );
    }
    assert_eq!(
        shop.payment(&page.payment_id).await.state,
        PaymentState::Open
    );
    leave(&page, Some(&page.session_id), 0).await.unwrap();
    assert_eq!(
        shop.payment(&page.payment_id).await.state,
        PaymentState::Expired
    );
    assert_eq!(
        bill(&shop, &orders, 0).await.open_minor,
        order.cart.totals.total_minor
    );
    let second = shop.pay_lines(&orders, LinesWanted::All, 0).await.unwrap();
    leave(&second, None, 4).await.unwrap();
    assert_eq!(
        shop.payment(&second.payment_id).await.state,
        PaymentState::Expired
    );
    let gone = leave(&second, None, 4).await;
    assert!(
        matches!(gone, Err(CheckoutError::UnknownPayment)),
        "{gone:?}"
    );
}

#[tokio::test]
async fn a_page_that_is_left_a_moment_after_it_was_paid_stays_paid() {
    let shop = Shop::open().await;
    let order = shop.order(1).await;
    let orders = [order.id.clone()];
    let page = shop.pay_lines(&orders, LinesWanted::All, 0).await.unwrap();
    shop.till.pay(&page.session_id, "paid").await;
    for _ in 0..2 {
        let own = (&page.payment_id, Some(page.session_id.as_str()));
        let left = shop.payments.leave(&shop.store.key, &orders, own, now());
        left.await.unwrap();
    }
    let total = order.cart.totals.total_minor.0;
    assert_eq!(bill(&shop, &orders, 0).await.paid_minor, total);
    assert_eq!(shop.ledger().await, (total, 0));
}
