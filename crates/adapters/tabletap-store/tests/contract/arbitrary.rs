//! Any menu and any order, for properties that hold for all of them.

use crate::samples::kumo;
use proptest::prelude::*;
use std::collections::BTreeSet;
use tabletap_domain::{
    Currency, Lang, Minor,
    menu::{
        Allergen, Category, Diet, Item, Menu, MenuOption, Nutrient, OptionGroup, PricingRules,
        ServiceCharge, TaxRate, Texts,
    },
    order::{Order, OrderStatus, PaymentStatus, PickupWish, RefundReason, Takeout},
    pricing::{Label, PricedChoice},
    time::UnixMillis,
};

fn texts() -> impl Strategy<Value = Texts> {
    let lang =
        prop::sample::select(vec!["en", "ja", "pt-BR"]).prop_map(|lang| Lang::parse(lang).unwrap());
    prop::collection::btree_map(lang, any::<String>(), 0..3).prop_map(Texts)
}

fn minor() -> impl Strategy<Value = Minor> {
    any::<i64>().prop_map(Minor)
}

fn allergens() -> impl Strategy<Value = BTreeSet<Allergen>> {
    prop::collection::btree_set(prop::sample::select(Allergen::ALL), 0..4)
}

fn groups() -> impl Strategy<Value = Vec<OptionGroup>> {
    let leaf = Just(Vec::new());
    leaf.prop_recursive(3, 12, 3, |inner| {
        let option = (
            "[a-z]{1,8}",
            texts(),
            minor(),
            prop::option::of(minor()),
            any::<[bool; 3]>(),
            any::<u32>(),
            prop::option::of("[a-z]{1,12}"),
            allergens(),
            inner,
        );
        let option = option.prop_map(
            |(
                id,
                name,
                price_minor,
                cost_minor,
                flags,
                quantity_max,
                station,
                allergens,
                option_groups,
            )| {
                let [available, default, removal] = flags;
                MenuOption {
                    id: id.parse().unwrap(),
                    name,
                    price_minor,
                    cost_minor,
                    points: quantity_max / 2,
                    quantity_max,
                    available,
                    default,
                    removal,
                    station: station.map(|station| station.parse().unwrap()),
                    allergens,
                    option_groups,
                }
            },
        );
        let group = (
            "[a-z]{1,8}",
            texts(),
            any::<(u32, u32)>(),
            prop::collection::vec(option, 0..3),
        );
        let group = group.prop_map(|(id, name, (min, max), options)| OptionGroup {
            id: id.parse().unwrap(),
            name,
            min,
            max,
            options,
        });
        prop::collection::vec(group, 0..3)
    })
}

fn items() -> impl Strategy<Value = Vec<Item>> {
    let words = (
        "[a-z]{1,12}",
        "[a-z]{1,12}",
        "[a-z]{1,24}",
        prop::option::of("[a-z]{1,8}\\.jpg"),
    );
    let sets = (
        allergens(),
        prop::collection::btree_set(prop::sample::select(Diet::ALL), 0..3),
        prop::collection::vec(texts(), 0..2),
        prop::collection::btree_map(prop::sample::select(Nutrient::ALL), any::<u32>(), 0..3),
        prop::collection::vec("[a-z]{1,8}", 0..3),
    );
    let item = (
        words,
        texts(),
        texts(),
        (
            minor(),
            prop::option::of(minor()),
            any::<u32>(),
            any::<bool>(),
        ),
        sets,
        groups(),
    );
    let item = item.prop_map(
        |(
            (id, station, tax, image),
            name,
            description,
            (price_minor, cost_minor, points, available),
            (allergens, diets, tags, nutrition, goes_with),
            option_groups,
        )| Item {
            id: id.parse().unwrap(),
            name,
            description,
            price_minor,
            cost_minor,
            points,
            available,
            station: station.parse().unwrap(),
            tax_category: tax.parse().unwrap(),
            allergens,
            diets,
            tags,
            image,
            nutrition,
            goes_with: goes_with.iter().map(|id| id.parse().unwrap()).collect(),
            option_groups,
        },
    );
    prop::collection::vec(item, 0..3)
}

pub(crate) fn menus() -> impl Strategy<Value = Menu> {
    let currency = prop::sample::select(vec!["USD", "JPY", "KWD"])
        .prop_map(|code| Currency::from_code(code).unwrap());
    let tax =
        ("[a-z]{1,8}", any::<String>(), any::<u32>()).prop_map(|(category, name, rate_ppm)| {
            TaxRate {
                category: category.parse().unwrap(),
                name,
                rate_ppm,
            }
        });
    let charge = (
        any::<String>(),
        any::<u32>(),
        prop::option::of("[a-z]{1,8}"),
    )
        .prop_map(|(name, rate_ppm, tax)| ServiceCharge {
            name,
            rate_ppm,
            tax_category: tax.map(|tax| tax.parse().unwrap()),
        });
    let pricing = (
        any::<bool>(),
        prop::collection::vec(tax, 0..3),
        prop::option::of(charge),
    )
        .prop_map(|(tax_inclusive, taxes, service_charge)| PricingRules {
            tax_inclusive,
            taxes,
            service_charge,
        });
    let category =
        ("[a-z]{1,8}", texts(), texts(), items()).prop_map(|(id, name, note, items)| Category {
            id: id.parse().unwrap(),
            name,
            note,
            items,
        });
    (
        0_u64..,
        currency,
        pricing,
        prop::collection::vec(category, 0..3),
        prop::option::of(texts()),
    )
        .prop_map(
            |(version, currency, pricing, categories, favourites)| Menu {
                version: format!("m{version:016x}").parse().unwrap(),
                currency,
                languages: vec!["en".parse().unwrap(), "ja".parse().unwrap()],
                pricing,
                categories,
                favourites,
            },
        )
}

fn labels() -> impl Strategy<Value = Label> {
    any::<(String, String)>().prop_map(|(kitchen, guest)| Label { kitchen, guest })
}

fn choices() -> impl Strategy<Value = Vec<PricedChoice>> {
    let leaf = Just(Vec::new());
    leaf.prop_recursive(3, 12, 3, |inner| {
        let choice = (
            "[a-z]{1,8}",
            "[a-z]{1,8}",
            labels(),
            labels(),
            (any::<u32>(), minor(), any::<bool>(), any::<bool>()),
            prop::option::of("[a-z]{1,12}"),
            allergens(),
            inner,
            prop::collection::vec(labels(), 0..2),
        );
        let choice = choice.prop_map(
            |(
                group,
                option,
                group_name,
                name,
                (quantity, price_minor, removal, as_served),
                station,
                allergens,
                choices,
                left_out,
            )| PricedChoice {
                group: group.parse().unwrap(),
                option: option.parse().unwrap(),
                group_name,
                name,
                quantity,
                price_minor,
                removal,
                station: station.map(|station| station.parse().unwrap()),
                as_served,
                allergens,
                choices,
                left_out,
            },
        );
        prop::collection::vec(choice, 0..3)
    })
}

pub(crate) fn orders() -> impl Strategy<Value = Order> {
    let states = (
        prop::sample::select(OrderStatus::ALL),
        prop::sample::select(PaymentStatus::ALL),
        any::<bool>(),
        any::<(Option<i64>, Option<i64>)>(),
        prop::option::of(prop::sample::select(RefundReason::ALL)),
    );
    let takeout = any::<(u128, Option<i64>)>();
    let line = (
        (
            any::<u32>(),
            minor(),
            minor(),
            prop::option::of(minor()),
            any::<String>(),
        ),
        labels(),
        choices(),
        (allergens(), allergens()),
    );
    let order = (
        states,
        any::<(String, String, String)>(),
        line,
        prop::option::of(takeout),
    );
    order.prop_map(
        |(
            (status, payment, held, (fire_at, ready_at), refund_reason),
            (note, guest, body_digest),
            (numbers, name, choices, (allergens, accepted)),
            takeout,
        )| {
            let mut order = crate::samples::order(&kumo(), 7);
            let (quantity, unit_minor, total_minor, cost_minor, line_note) = numbers;
            let line = order.cart.lines[0].clone();
            order.cart.lines.push(tabletap_domain::pricing::PricedLine {
                quantity,
                unit_minor,
                total_minor,
                cost_minor,
                name,
                choices,
                allergens,
                accepted,
                note: line_note,
                ..line
            });
            (order.cart.note, order.cart.guest) = (note, guest);
            order.seat = order.seat.filter(|_| takeout.is_none());
            order.takeout = takeout.map(|(session, at)| Takeout {
                session: format!("tos_{session:032x}").parse().unwrap(),
                pickup: at.map_or(PickupWish::Asap, |at| PickupWish::At(UnixMillis(at))),
            });
            Order {
                status,
                payment,
                held,
                fire_at: fire_at.map(UnixMillis),
                ready_at: ready_at.map(UnixMillis),
                refund_reason,
                body_digest,
                ..order
            }
        },
    )
}
