#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]
//! The page's totals are the server's: `frontend/shared/totals.samples.json` is read here and by `frontend/shared/money.test.ts`.

use serde::Deserialize;
use std::collections::BTreeMap;
use tabletap_domain::{
    CategoryId, Currency, ItemId, Lang, MenuVersion, Minor, StationId, TaxCategory,
    cart::{Cart, CartLine},
    menu::{Category, Item, Menu, PricingRules, ServiceCharge, TaxRate, Texts},
    pricing::price_cart,
};
use tabletap_wire::menu::PublicPricing;

#[derive(Deserialize)]
struct Sample {
    fact: String,
    currency: Option<String>,
    pricing: PublicPricing,
    lines: Vec<Line>,
    totals: Expected,
}

#[derive(Deserialize)]
struct Line {
    tax_category: String,
    total_minor: i64,
}

#[derive(Debug, PartialEq, Deserialize)]
struct Expected {
    subtotal_minor: i64,
    service_charge_minor: i64,
    taxes: Vec<(String, i64)>,
    total_minor: i64,
}

#[test]
fn the_server_charges_what_the_page_shows() {
    let text = include_str!("../../../../frontend/shared/totals.samples.json");
    let samples: Vec<Sample> = serde_json::from_str(text).unwrap();
    assert!(!samples.is_empty());
    for sample in samples {
        let totals = price_cart(&menu(&sample), &cart(&sample), &english())
            .unwrap()
            .totals;
        let charged = Expected {
            subtotal_minor: totals.subtotal_minor.0,
            service_charge_minor: totals.service_charge_minor.0,
            taxes: totals
                .taxes
                .into_iter()
                .map(|tax| (tax.name, tax.tax_minor.0))
                .collect(),
            total_minor: totals.total_minor.0,
        };
        assert_eq!(charged, sample.totals, "{}", sample.fact);
    }
}

fn english() -> Lang {
    Lang::parse("en").unwrap()
}

fn item_id(index: usize) -> ItemId {
    ItemId::parse(&format!("dish-{index}")).unwrap()
}

fn cart(sample: &Sample) -> Cart {
    let line = |index| CartLine {
        item: item_id(index),
        quantity: 1,
        choices: Vec::new(),
        note: String::new(),
        acknowledged: false,
    };
    Cart {
        lines: (0..sample.lines.len()).map(line).collect(),
        ..Cart::default()
    }
}

/// A menu whose dishes cost what the sample's lines come to.
fn menu(sample: &Sample) -> Menu {
    let name = |text: &str| Texts(BTreeMap::from([(english(), text.to_owned())]));
    let item = |(index, line): (usize, &Line)| Item {
        id: item_id(index),
        name: name("Dish"),
        description: Texts::default(),
        price_minor: Minor(line.total_minor),
        cost_minor: None,
        points: 0,
        available: true,
        station: StationId::parse("bar").unwrap(),
        tax_category: TaxCategory::parse(&line.tax_category).unwrap(),
        allergens: [].into(),
        diets: [].into(),
        tags: Vec::new(),
        image: None,
        nutrition: BTreeMap::new(),
        goes_with: Vec::new(),
        option_groups: Vec::new(),
    };
    let category = Category {
        id: CategoryId::parse("plates").unwrap(),
        name: name("Plates"),
        note: Texts::default(),
        items: sample.lines.iter().enumerate().map(item).collect(),
    };
    Menu {
        version: MenuVersion::parse("m0123456789abcdef").unwrap(),
        currency: Currency::from_code(sample.currency.as_deref().unwrap_or("USD")).unwrap(),
        languages: vec![english()],
        pricing: rules(&sample.pricing),
        categories: vec![category],
        favourites: None,
    }
}

fn rules(pricing: &PublicPricing) -> PricingRules {
    let taxes = pricing.taxes.iter().map(|tax| TaxRate {
        category: tax.category.clone(),
        name: tax.name.clone(),
        rate_ppm: tax.rate_ppm,
    });
    let service_charge = pricing.service_charge.as_ref().map(|charge| ServiceCharge {
        name: charge.name.clone(),
        rate_ppm: charge.rate_ppm,
        tax_category: charge.tax_category.clone(),
    });
    PricingRules {
        tax_inclusive: pricing.tax_inclusive,
        taxes: taxes.collect(),
        service_charge,
    }
}
