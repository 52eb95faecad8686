//! Whatever staff request for, in whatever order and however often: what goes back was paid, and each request is granted once.
#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use super::*;
use crate::refund::check_allowed;
use proptest::prelude::*;
use tabletap_domain::{
    AccountName, Currency, Lang, StoreId, TenantId,
    number::OrderNumber,
    payment::{Payment, PaymentPart},
};

fn order_id(n: usize) -> OrderId {
    format!("ord_{n:032x}").parse().unwrap()
}

/// A payment of orders with lines of these amounts, and a tip.
fn paid(orders: &[Vec<i64>], tip_minor: i64) -> StoredPayment {
    let part = |(n, amounts): (usize, &Vec<i64>)| PaymentPart {
        order: order_id(n),
        number: OrderNumber::parse("A17").unwrap(),
        lines: amounts.iter().copied().map(Minor).enumerate().collect(),
    };
    let parts: Vec<PaymentPart> = orders.iter().enumerate().map(part).collect();
    let lines_minor: i64 = orders.iter().flatten().sum();
    let payment = Payment {
        id: format!("pay_{:032x}", 1).parse().unwrap(),
        store: StoreKey {
            tenant: TenantId::parse("kumo").unwrap(),
            store: StoreId::parse("kumo-sushi").unwrap(),
        },
        account: AccountName::parse("sushi").unwrap(),
        live: false,
        parts,
        share: None,
        items: Vec::new(),
        tip_minor: Minor(tip_minor),
        total_minor: Minor(lines_minor + tip_minor),
        currency: Currency::from_code("USD").unwrap(),
        lang: Lang::parse("en").unwrap(),
        success_url: String::new(),
        cancel_url: String::new(),
        created_at: UnixMillis(0),
    };
    StoredPayment {
        payment,
        state: PaymentState::Paid,
        checkout: None,
        reference: Some("pi_1".to_owned()),
        method: None,
        receipt_url: None,
        paid_at: Some(UnixMillis(0)),
        contact: None,
        claimed_minor: Minor::ZERO,
        refunded_minor: Minor::ZERO,
        due: None,
        refunds: Vec::new(),
    }
}

/// Grants a request as far as it is allowed, as the table would.
fn grant(stored: &mut StoredPayment, order: &OrderId, wanted: &RefundWanted) {
    let known: BTreeSet<RefundId> = stored.refunds.iter().map(|r| r.id.clone()).collect();
    for (_, id, amount_minor) in shares(std::slice::from_ref(stored), order, wanted).unwrap() {
        let (cause, of) = (RefundCause::Staff, Some(order.clone()));
        let wanted = Refund::wanted(id, amount_minor, cause, of, UnixMillis(0));
        if known.contains(&wanted.id) || check_allowed(stored, &wanted).is_err() {
            continue;
        }
        stored.claimed_minor.increase(amount_minor).unwrap();
        stored.refunds.push(Refund {
            state: RefundState::Succeeded,
            ..wanted
        });
    }
}

fn wishes() -> impl Strategy<Value = Vec<(usize, RefundWanted)>> {
    let id = |n: u8| RefundId::parse(&format!("ref_{n:032x}")).unwrap();
    let wanted = prop_oneof![
        Just(RefundWanted::Everything),
        prop::collection::btree_set(0_usize..4, 1..4).prop_map(RefundWanted::Lines),
        (1_i64..3000, any::<u8>()).prop_map(move |(minor, n)| RefundWanted::Amount {
            minor: Minor(minor),
            id: id(n)
        }),
    ];
    prop::collection::vec((0_usize..3, wanted), 0..12)
}

fn tables() -> impl Strategy<Value = Vec<Vec<i64>>> {
    let lines = prop::collection::vec(1_i64..5000, 1..4);
    prop::collection::vec(lines, 1..4)
}

#[test]
fn a_line_of_which_less_is_left_is_refused_each_time_and_never_given_back_in_part() {
    let mut stored = paid(&[vec![1, 858, 1410]], 446);
    let by_hand = RefundWanted::Amount {
        minor: Minor(1857),
        id: RefundId::parse("ref_00000000000000000000000000000000").unwrap(),
    };
    grant(&mut stored, &order_id(0), &by_hand);
    let lines = RefundWanted::Lines([0, 1].into());
    grant(&mut stored, &order_id(0), &lines);
    assert_eq!(
        stored.claimed_minor, 1858,
        "the first line, and not the second"
    );
    grant(&mut stored, &order_id(0), &lines);
    assert_eq!(
        stored.claimed_minor, 1858,
        "857 are left of the payment, and 858 are asked for"
    );
}

#[test]
fn amounts_near_the_largest_number_are_refused_and_never_wrap() {
    let mut stored = paid(&[vec![100], vec![200]], 0);
    let by_hand = |minor| RefundWanted::Amount {
        minor: Minor(minor),
        id: RefundId::parse("ref_00000000000000000000000000000000").unwrap(),
    };
    for minor in [i64::MAX, i64::MIN, -1, 0, 101] {
        grant(&mut stored, &order_id(0), &by_hand(minor));
        assert_eq!(stored.claimed_minor, 0, "{minor}");
    }
    // What no table holds: less than nothing was claimed of all that there is.
    stored.payment.total_minor = Minor(i64::MAX);
    stored.claimed_minor = Minor(-1);
    let left = refundable_minor(&stored, Some(&order_id(0)));
    assert_eq!(left, Err(MoneyError::Overflow));
}

proptest! {
    #[test]
    fn no_more_goes_back_than_was_paid_and_the_same_wish_again_is_granted_once(
        orders in tables(), tip_minor in 0_i64..900, wishes in wishes(),
    ) {
        let mut stored = paid(&orders, tip_minor);
        for (n, wanted) in &wishes {
            grant(&mut stored, &order_id(*n), wanted);
            let once = stored.clone();
            grant(&mut stored, &order_id(*n), wanted);
            prop_assert_eq!(&stored, &once, "{:?}", wanted);
            prop_assert!(stored.claimed_minor <= stored.payment.total_minor);
            let parts = &stored.payment.parts;
            for part in parts.iter().filter(|_| parts.len() > 1) {
                let of_it = stored.refunds.iter().filter(|refund| refund.order.as_ref() == Some(&part.order));
                let gone_minor = Minor::sum(of_it.map(|refund| refund.amount_minor)).unwrap();
                prop_assert!(gone_minor <= part.amount_minor().unwrap(), "no order's money goes to another");
            }
        }
    }

    #[test]
    fn everything_of_each_order_after_single_lines_is_what_was_paid_to_the_unit(
        orders in tables(), tip_minor in 0_i64..900, lines in prop::collection::btree_set(0_usize..4, 0..4),
    ) {
        let mut stored = paid(&orders, tip_minor);
        for n in 0..orders.len() {
            grant(&mut stored, &order_id(n), &RefundWanted::Lines(lines.clone()));
            grant(&mut stored, &order_id(n), &RefundWanted::Everything);
        }
        // A tip for several orders is nobody's alone.
        let kept_minor = if orders.len() == 1 { 0 } else { tip_minor };
        prop_assert_eq!(stored.claimed_minor, stored.payment.total_minor.0 - kept_minor);
    }
}
