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
    let subtotal_minor: i64 = prices.iter().sum();
    let tax_minor: i64 = taxes.iter().sum();
    let tax = |(rate_ppm, tax_minor): (u32, &i64)| TaxAmount {
        name: "Tax".to_owned(),
        rate_ppm,
        base_minor: subtotal_minor,
        tax_minor: *tax_minor,
    };
    let totals = Totals {
        subtotal_minor,
        service_charge_minor: service,
        service_name: "Large party gratuity".to_owned(),
        taxes: (1..).zip(taxes).map(tax).collect(),
        tax_minor,
        tax_inclusive,
        total_minor: subtotal_minor + service + if tax_inclusive { 0 } else { tax_minor },
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
    let sums = PaidSums::of(&[(&order, &part(&order, |_| true))]);
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
    ]);
    let taxes: Vec<i64> = sums.taxes.iter().map(|tax| tax.tax_minor).collect();
    assert_eq!(taxes, [105, 9]);
    assert!(sums.tax_inclusive);
    assert_eq!(sums.total_minor, 1500);
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
        let sums = [&mine, &theirs].map(|part| PaidSums::of(&[(&order, part)]));
        for share in &sums {
            let taxes: i64 = share.taxes.iter().map(|tax| tax.tax_minor).sum();
            let on_top = if inclusive { 0 } else { taxes };
            prop_assert_eq!(share.subtotal_minor + share.service_minor + on_top, share.total_minor);
        }
        let total: i64 = sums.iter().map(|share| share.total_minor).sum();
        prop_assert_eq!(total, order.cart.totals.total_minor);
        let subtotal: i64 = sums.iter().map(|share| share.subtotal_minor).sum();
        prop_assert_eq!(subtotal, order.cart.totals.subtotal_minor);
    }
}
