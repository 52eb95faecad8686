//! Splitting a bill evenly or by an amount: exact to the unit, also when several guests pay at once.

use crate::support::{Shop, now};
use futures_util::future::join_all;
use tabletap_domain::{
    Minor, OrderId,
    order::{Order, PaymentStatus},
    payment::PaymentState,
};
use tabletap_payments::{CheckoutError, LinesWanted, Payer, bill_view};
use tabletap_wire::payment::{BillLineState, BillView, CheckoutReply};

/// A guest's phone.
fn phone(n: u32) -> Payer {
    Payer {
        phone: Some(format!("tos_{n:032x}").parse().unwrap()),
        ..Payer::default()
    }
}

fn evenly(amount_minor: i64, guests: u32) -> LinesWanted {
    LinesWanted::Share {
        amount_minor: Minor(amount_minor),
        guests: Some(guests),
    }
}

fn amount(amount_minor: i64) -> LinesWanted {
    LinesWanted::Share {
        amount_minor: Minor(amount_minor),
        guests: None,
    }
}

async fn bill(shop: &Shop, orders: &[OrderId]) -> BillView {
    let bills = shop.payments.party(&shop.store.key, orders).await.unwrap();
    let ids = bills.iter().flat_map(|bill| bill.payers().cloned());
    let ids = ids.collect();
    let store = &shop.kitchen.store;
    let payments = store.payments(&shop.store.key, &ids).await.unwrap();
    bill_view(&shop.guest(), "USD", &bills, &payments, now()).unwrap()
}

async fn settle(shop: &Shop, page: &CheckoutReply) {
    shop.till.pay(&page.session_id, "paid").await;
    let fulfilled = shop.fulfil(&page.payment_id).await;
    assert_eq!(fulfilled.state, PaymentState::Paid);
}

async fn two_orders(shop: &Shop) -> (Vec<OrderId>, i64) {
    let orders: [Order; 2] = [shop.order(1).await, shop.order(2).await];
    let total = orders
        .iter()
        .map(|order| order.cart.totals.total_minor.0)
        .sum();
    (orders.map(|order| order.id).to_vec(), total)
}

#[tokio::test]
async fn three_guests_split_a_bill_evenly_and_the_last_takes_the_remainder() {
    let shop = Shop::open().await;
    let (orders, total) = two_orders(&shop).await;
    let mut paid = Vec::new();
    for n in 0..3 {
        let now = bill(&shop, &orders).await;
        let shown = match (&now.equal_shares, n) {
            (None, 0) => total / 3,
            (Some(shares), _) => {
                assert_eq!((shares.guests, shares.left), (3, 3 - n));
                shares.next_minor.0
            }
            (None, _) => panic!("the others see no split"),
        };
        let page = shop.pay_lines_on(phone(n), &orders, evenly(shown, 3), 100);
        let page = page.await.unwrap();
        let stored = shop.payment(&page.payment_id).await.payment;
        assert_eq!(
            stored.total_minor,
            shown + 100,
            "a share is what was shown, and the tip"
        );
        settle(&shop, &page).await;
        paid.push(shown);
    }
    assert_eq!(paid.iter().sum::<i64>(), total, "{paid:?}");
    assert_eq!(shop.ledger().await, (total + 300, 0));
    let after = bill(&shop, &orders).await;
    assert_eq!([after.paid_minor, after.open_minor], [total, 0]);
    assert!(
        after
            .lines
            .iter()
            .all(|line| line.state == BillLineState::Paid)
    );
    assert_eq!(after.equal_shares, None, "the split is paid to its end");
    for order in &orders {
        assert_eq!(
            shop.read(order).await.payment,
            PaymentStatus::Paid,
            "{order}"
        );
    }
}

#[tokio::test]
async fn who_counts_the_guests_otherwise_begins_a_split_of_what_is_left() {
    let shop = Shop::open().await;
    let (orders, total) = two_orders(&shop).await;
    let first = shop.pay_lines_on(phone(1), &orders, evenly(total / 3, 3), 0);
    settle(&shop, &first.await.unwrap()).await;
    let left = total - total / 3;
    let second = shop.pay_lines_on(phone(2), &orders, evenly(left / 4, 4), 0);
    settle(&shop, &second.await.unwrap()).await;
    let now = bill(&shop, &orders).await.equal_shares.unwrap();
    assert_eq!(
        (now.guests, now.left),
        (4, 3),
        "the last that was begun is shown"
    );
}

#[tokio::test]
async fn guests_who_pay_their_shares_at_the_same_moment_pay_the_bill_once() {
    let shop = Shop::open().await;
    let (orders, total) = two_orders(&shop).await;
    let (shop, orders) = (&shop, orders.as_slice());
    let guest = |n: u32| async move {
        loop {
            let now = bill(shop, orders).await;
            let shown = now
                .equal_shares
                .map_or(total / 4, |shares| shares.next_minor.0);
            let page = shop
                .pay_lines_on(phone(n), orders, evenly(shown, 4), 0)
                .await;
            match page {
                Ok(page) => {
                    settle(shop, &page).await;
                    return shown;
                }
                // Somebody was faster: the guest sees the bill as it is now, and presses again.
                Err(CheckoutError::LineTaken | CheckoutError::Payment(_)) => {}
                Err(error) => panic!("{error}"),
            }
        }
    };
    let paid = join_all((0..4).map(guest)).await;
    assert_eq!(paid.iter().sum::<i64>(), total, "{paid:?}");
    assert_eq!(shop.ledger().await, (total, 0));
    for order in orders {
        assert_eq!(
            shop.read(order).await.payment,
            PaymentStatus::Paid,
            "{order}"
        );
    }
}

#[tokio::test]
async fn an_amount_pays_a_part_of_a_dish_and_others_pay_the_rest() {
    let shop = Shop::open().await;
    let (orders, total) = two_orders(&shop).await;
    let first = shop.pay_lines_on(phone(1), &orders, amount(700), 0);
    let first = first.await.unwrap();
    let during = bill(&shop, &orders).await;
    assert_eq!(
        [during.reserved_minor, during.open_minor],
        [700, total - 700]
    );
    assert_eq!(during.reservations[0].amount_minor, 700);
    let open: i64 = during.lines.iter().map(|line| line.open_minor.0).sum();
    assert_eq!(
        open,
        total - 700,
        "what is open of each line sums to what is open"
    );
    settle(&shop, &first).await;
    let rest = shop.pay_lines_on(phone(2), &orders, LinesWanted::All, 0);
    let rest = rest.await.unwrap();
    let payment = shop.payment(&rest.payment_id).await.payment;
    assert_eq!(payment.total_minor, total - 700);
    assert_eq!(
        payment
            .items
            .iter()
            .map(|item| item.amount_minor.0)
            .sum::<i64>(),
        total - 700,
        "the guest reads what sums to it"
    );
    settle(&shop, &rest).await;
    assert_eq!(shop.ledger().await, (total, 0));
    for order in &orders {
        assert_eq!(
            shop.read(order).await.payment,
            PaymentStatus::Paid,
            "{order}"
        );
    }
}

#[tokio::test]
async fn a_share_is_refused_where_it_is_too_much_or_leaves_too_little() {
    let shop = Shop::open().await;
    let (orders, total) = two_orders(&shop).await;
    let pay = |wanted| shop.pay_lines_on(phone(1), &orders, wanted, 0);
    let refused = pay(amount(total + 1)).await;
    assert!(
        matches!(refused, Err(CheckoutError::LineTaken)),
        "{refused:?}"
    );
    let refused = pay(amount(total - 1)).await;
    assert!(
        matches!(refused, Err(CheckoutError::LeavesTooLittle { .. })),
        "{refused:?}"
    );
    let refused = pay(amount(10)).await;
    assert!(
        matches!(refused, Err(CheckoutError::Amount(_))),
        "{refused:?}"
    );
    let refused = pay(evenly(total / 3 + 1, 3)).await;
    assert!(
        matches!(refused, Err(CheckoutError::LineTaken)),
        "nobody was shown that: {refused:?}"
    );
    let untouched = bill(&shop, &orders).await;
    assert_eq!(untouched.open_minor, total, "nothing was reserved");
    assert_eq!(shop.till.ledger().await.as_array().map(Vec::len), Some(0));
}

#[tokio::test]
async fn a_phone_has_one_share_open_at_a_time() {
    let shop = Shop::open().await;
    let (orders, total) = two_orders(&shop).await;
    let first = shop.pay_lines_on(phone(1), &orders, amount(700), 50);
    let first = first.await.unwrap();
    let again = shop.pay_lines_on(phone(1), &orders, amount(700), 50);
    assert_eq!(
        again.await.unwrap(),
        first,
        "the same share leads to the same page"
    );
    let other = shop.pay_lines_on(phone(1), &orders, amount(900), 50);
    let other = other.await.unwrap();
    let now = bill(&shop, &orders).await;
    assert_eq!([now.reserved_minor, now.open_minor], [900, total - 900]);
    let ended = shop.payment(&first.payment_id).await;
    assert_eq!(ended.state, PaymentState::Expired);
    let second = shop.pay_lines_on(phone(2), &orders, amount(700), 50);
    let second = second.await.unwrap();
    assert_ne!(second, other, "another phone pays a share of its own");
    assert_eq!(bill(&shop, &orders).await.reserved_minor, 1_600);
}

#[tokio::test]
async fn a_share_that_is_left_is_open_again_and_the_others_keep_theirs() {
    let shop = Shop::open().await;
    let (orders, total) = two_orders(&shop).await;
    let left = shop.pay_lines_on(phone(1), &orders, amount(300), 0);
    let left = left.await.unwrap();
    let kept = shop.pay_lines_on(phone(2), &orders, amount(200), 0);
    let kept = kept.await.unwrap();
    let page = (&left.payment_id, Some(left.session_id.as_str()));
    let leaving = shop.payments.leave(&shop.store.key, &orders, page, now());
    leaving.await.unwrap();
    let after = bill(&shop, &orders).await;
    assert_eq!([after.reserved_minor, after.open_minor], [200, total - 200]);
    settle(&shop, &kept).await;
    let after = bill(&shop, &orders).await;
    assert_eq!([after.paid_minor, after.open_minor], [200, total - 200]);
    let line = shop.pay_lines_on(phone(1), &orders, LinesWanted::All, 0);
    settle(&shop, &line.await.unwrap()).await;
    assert_eq!(shop.ledger().await, (total, 0));
}
