//! That shares sum up.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]
use super::*;
use crate::{
    Currency, Lang, OrderId,
    number::candidates,
    order::{OrderStatus, OrderType, PaymentStatus},
    payment::due_by_line,
    pricing::{Label, PricedCart, PricedLine, Totals},
    time::UnixMillis,
};
use proptest::prelude::*;
use std::collections::BTreeSet;

fn line(total_minor: i64) -> PricedLine {
    let total_minor = Minor(total_minor);
    let name = "Ramen".to_owned();
    PricedLine {
        item: "ramen".parse().unwrap(),
        name: Label {
            kitchen: name.clone(),
            guest: name,
        },
        quantity: 1,
        unit_minor: total_minor,
        total_minor,
        cost_minor: None,
        tax_category: "food".parse().unwrap(),
        station: "hot".parse().unwrap(),
        choices: Vec::new(),
        left_out: Vec::new(),
        note: String::new(),
        allergens: BTreeSet::new(),
        accepted: BTreeSet::new(),
    }
}

fn order(prices: &[i64], service: i64, taxes: &[i64], tax_inclusive: bool) -> Order {
    let id: OrderId = "ord_00000000000000000000000000000001".parse().unwrap();
    let subtotal_minor = Minor(prices.iter().sum());
    let tax_minor = Minor(taxes.iter().sum());
    let tax = |(rate_ppm, tax_minor): (u32, &i64)| TaxAmount {
        name: "Tax".to_owned(),
        rate_ppm,
        base_minor: subtotal_minor,
        tax_minor: Minor(*tax_minor),
    };
    let totals = Totals {
        subtotal_minor,
        service_charge_minor: Minor(service),
        service_name: "Large party gratuity".to_owned(),
        taxes: (1..).zip(taxes).map(tax).collect(),
        tax_minor,
        tax_inclusive,
        total_minor: Minor(
            subtotal_minor.0 + service + if tax_inclusive { 0 } else { tax_minor.0 },
        ),
    };
    Order {
        number: candidates(&id, 0)[0].clone(),
        id,
        store: StoreKey {
            tenant: "kumo".parse().unwrap(),
            store: "kumo".parse().unwrap(),
        },
        kind: OrderType::DineIn,
        seat: None,
        takeout: None,
        held: false,
        status: OrderStatus::Placed,
        payment: PaymentStatus::Unpaid,
        fire_at: None,
        ready_at: None,
        refund_reason: None,
        placed_at: UnixMillis(0),
        lang: Lang::parse("en").unwrap(),
        menu_version: "m0000000000000001".parse().unwrap(),
        currency: Currency::from_code("USD").unwrap(),
        cart: PricedCart {
            lines: prices.iter().map(|price| line(*price)).collect(),
            note: String::new(),
            guest: String::new(),
            allergies: BTreeSet::new(),
            totals,
        },
        body_digest: String::new(),
    }
}

/// What pays these lines of an order.
fn part(order: &Order, is_paid: impl Fn(usize) -> bool) -> PaymentPart {
    let dues = due_by_line(order).into_iter().enumerate();
    PaymentPart {
        order: order.id.clone(),
        number: order.number.clone(),
        lines: dues.filter(|(place, _)| is_paid(*place)).collect(),
    }
}

#[test]
fn who_pays_a_whole_order_reads_its_own_totals() {
    let order = order(&[4100, 600], 470, &[206, 211], false);
    let sums = PaidSums::of(&[(&order, &part(&order, |_| true))]).unwrap();
    let totals = &order.cart.totals;
    assert_eq!(sums.subtotal_minor, totals.subtotal_minor);
    assert_eq!(sums.service_minor, totals.service_charge_minor);
    assert_eq!(sums.service_name, "Large party gratuity");
    assert_eq!(sums.taxes, totals.taxes);
    assert_eq!(sums.total_minor, totals.total_minor);
}

#[test]
fn taxes_of_one_name_and_rate_are_one_over_several_orders() {
    let (one, other) = (
        order(&[1000], 0, &[70], true),
        order(&[500], 0, &[35, 9], true),
    );
    let sums = PaidSums::of(&[
        (&one, &part(&one, |_| true)),
        (&other, &part(&other, |_| true)),
    ])
    .unwrap();
    let taxes: Vec<Minor> = sums.taxes.iter().map(|tax| tax.tax_minor).collect();
    assert_eq!(taxes, [105, 9]);
    assert!(sums.tax_inclusive);
    assert_eq!(sums.total_minor, 1500);
}

#[test]
fn stored_amounts_that_do_not_sum_up_make_no_receipt() {
    let (mut one, other) = (order(&[100], 0, &[], false), order(&[100], 0, &[], false));
    one.cart.totals.total_minor = Minor(i64::MAX);
    one.cart.lines[0].total_minor = Minor(i64::MAX);
    let (paid, also) = (part(&one, |_| true), part(&other, |_| true));
    assert!(PaidSums::of(&[(&one, &paid)]).is_ok());
    let sums = PaidSums::of(&[(&one, &paid), (&other, &also)]);
    assert_eq!(sums, Err(MoneyError::Overflow));
}

proptest! {
    #[test]
    fn every_share_sums_up_and_all_shares_make_the_order(
        prices in prop::collection::vec(0_i64..50_000, 1..8),
        paid in prop::collection::vec(any::<bool>(), 8),
        service in 0_i64..9_000,
        taxes in prop::collection::vec(0_i64..9_000, 0..3),
        inclusive in any::<bool>(),
    ) {
        prop_assume!(prices.iter().sum::<i64>() > 0);
        let order = order(&prices, service, &taxes, inclusive);
        let (mine, theirs) = (part(&order, |place| paid[place]), part(&order, |place| !paid[place]));
        let sums = [&mine, &theirs].map(|part| PaidSums::of(&[(&order, part)]).unwrap());
        for share in &sums {
            let on_top = share.taxes.iter().filter(|_| !inclusive).map(|tax| tax.tax_minor);
            let parts = [share.subtotal_minor, share.service_minor].into_iter().chain(on_top);
            prop_assert_eq!(Minor::sum(parts), Ok(share.total_minor));
        }
        let totals = &order.cart.totals;
        prop_assert_eq!(Minor::sum(sums.iter().map(|share| share.total_minor)), Ok(totals.total_minor));
        prop_assert_eq!(Minor::sum(sums.iter().map(|share| share.subtotal_minor)), Ok(totals.subtotal_minor));
    }
}
