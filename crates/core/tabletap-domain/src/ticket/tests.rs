//! How work is split by station, and what moves a ticket.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use super::*;
use crate::Minor;
use crate::{GroupId, ItemId, OptionId, TaxCategory, pricing::Label};

fn label(text: &str) -> Label {
    Label {
        kitchen: text.to_owned(),
        guest: text.to_owned(),
    }
}

fn choice(name: &str, station: Option<&str>, choices: Vec<PricedChoice>) -> PricedChoice {
    PricedChoice {
        group: GroupId::parse("slot").unwrap(),
        option: OptionId::parse(name).unwrap(),
        group_name: label("slot"),
        name: label(name),
        quantity: 2,
        price_minor: Minor(0),
        removal: false,
        station: station.map(|station| StationId::parse(station).unwrap()),
        as_served: false,
        allergens: BTreeSet::new(),
        choices,
        left_out: Vec::new(),
    }
}

#[test]
fn each_station_is_asked_once_for_each_part_that_it_makes_at_any_depth() {
    let drink = choice("tea", Some("bar"), Vec::new());
    let egg = choice("egg", Some("hot"), Vec::new());
    let rice = choice("rice", Some("cold"), Vec::new());
    let ramen = choice("ramen", Some("hot"), vec![egg, rice, drink]);
    let line = PricedLine {
        item: ItemId::parse("combo").unwrap(),
        name: label("combo"),
        quantity: 3,
        unit_minor: Minor(0),
        total_minor: Minor(0),
        cost_minor: None,
        tax_category: TaxCategory::parse("food").unwrap(),
        station: StationId::parse("cold").unwrap(),
        choices: vec![choice("size", None, Vec::new()), ramen],
        left_out: Vec::new(),
        note: String::new(),
        allergens: BTreeSet::new(),
        accepted: BTreeSet::new(),
    };
    let work: Vec<_> = work_of(&line)
        .into_iter()
        .map(|(station, line)| (station.as_str(), line.quantity, line.name))
        .collect();
    assert_eq!(
        work,
        [
            ("cold", 3, "combo"),
            ("hot", 6, "ramen"),
            ("bar", 12, "tea")
        ]
    );
}

#[test]
fn what_a_guest_accepted_stands_with_the_dish_and_with_each_part_that_contains_it() {
    let with = |name: &str, station: &str, allergens: &[Allergen]| PricedChoice {
        allergens: allergens.iter().copied().collect(),
        ..choice(name, Some(station), Vec::new())
    };
    let set = |accepted: &[Allergen]| PricedLine {
        item: ItemId::parse("set").unwrap(),
        name: label("set"),
        quantity: 1,
        unit_minor: Minor(0),
        total_minor: Minor(0),
        cost_minor: None,
        tax_category: TaxCategory::parse("food").unwrap(),
        station: StationId::parse("cold").unwrap(),
        choices: vec![
            with("ramen", "hot", &[Allergen::Egg, Allergen::Soy]),
            with("tea", "bar", &[]),
        ],
        left_out: Vec::new(),
        note: String::new(),
        allergens: BTreeSet::new(),
        accepted: accepted.iter().copied().collect(),
    };
    let printed = |accepted: &[Allergen]| {
        let set = set(accepted);
        let work = work_of(&set).into_iter();
        let accepted = work.map(|(station, line)| {
            let words = line.accepted.iter().map(|allergen| allergen.as_str());
            (station.to_string(), words.collect::<Vec<_>>().join(" "))
        });
        accepted.collect::<Vec<_>>()
    };
    let tickets = |cold: &str, hot: &str, bar: &str| {
        [("cold", cold), ("hot", hot), ("bar", bar)]
            .map(|(station, words)| (station.to_owned(), words.to_owned()))
            .to_vec()
    };
    assert_eq!(printed(&[]), tickets("", "", ""));
    assert_eq!(printed(&[Allergen::Egg]), tickets("egg", "egg", ""));
    // The set says that it holds milk, and nobody knows where.
    assert_eq!(
        printed(&[Allergen::Egg, Allergen::Milk]),
        tickets("egg milk", "egg milk", "milk")
    );
}

fn report(attempt: u32, state: TicketState) -> TicketReport {
    TicketReport { attempt, state }
}

#[test]
fn reports_that_come_twice_late_or_out_of_order_move_nothing_back() {
    use TicketState as S;
    for (state, attempt, told, moves, why) in [
        (
            S::Queued,
            1,
            report(1, S::Accepted),
            true,
            "the first answer",
        ),
        (S::Accepted, 1, report(1, S::Accepted), false, "twice"),
        (
            S::Queued,
            1,
            report(1, S::Printed),
            true,
            "accepted was lost on the way",
        ),
        (S::Printed, 1, report(1, S::Accepted), false, "late"),
        (
            S::Printed,
            1,
            report(1, S::Unknown),
            false,
            "proof stays proof",
        ),
        (
            S::Printed,
            1,
            report(2, S::Accepted),
            true,
            "a reprint was asked for",
        ),
        (
            S::Accepted,
            2,
            report(1, S::Printed),
            false,
            "of an earlier attempt",
        ),
        (S::Accepted, 1, report(1, S::Blocked), true, "paper ran out"),
        (S::Blocked, 1, report(1, S::Accepted), true, "and is back"),
        (
            S::Unknown,
            2,
            report(2, S::Printed),
            true,
            "staff saw the paper",
        ),
    ] {
        assert_eq!(state.advanced(attempt, told).is_some(), moves, "{why}");
    }
}
