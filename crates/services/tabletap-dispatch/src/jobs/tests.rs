//! The kitchen's clock on paper, and that no job is too large to send.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]
use super::*;
use proptest::prelude::*;
use std::collections::BTreeSet;
use tabletap_domain::{
    Currency, Minor, limits,
    menu::Allergen,
    number::candidates,
    order::{OrderStatus, OrderType},
    pricing::{Label, PricedCart, PricedChoice, PricedLine, Totals},
    store::{HouseRule, Station},
    ticket::{check_size, split_by_station},
};
use tabletap_wire::print::PRINT_JOB_BYTES_MAX;

#[test]
fn paper_shows_the_kitchens_clock_in_summer_and_winter() {
    let (july, november) = (UnixMillis(1_783_100_000_000), UnixMillis(1_795_287_841_250));
    for (zone, at, expected, why) in [
        ("America/New_York", november, -5 * 3600, "winter"),
        ("America/New_York", july, -4 * 3600, "summer"),
        ("Europe/Berlin", november, 3600, "east of Greenwich"),
        ("Asia/Kathmandu", november, 20_700, "a quarter of an hour"),
        ("Mars/Olympus", november, 0, "unknown"),
    ] {
        assert_eq!(utc_offset_s(&super::zone(zone), at), expected, "{why}");
    }
}

#[test]
fn an_english_kitchen_reads_the_spelling_of_its_country() {
    for (languages, currency, expected) in [
        (vec!["en", "ja"], "USD", Some("en-US")),
        (vec!["en"], "GBP", Some("en")),
        (vec!["en-GB"], "USD", Some("en-GB")),
        (vec!["es", "en"], "PEN", Some("es")),
        (vec!["ar"], "KWD", Some("ar")),
        (vec![], "USD", None),
    ] {
        let languages: Vec<Lang> = languages.iter().map(|lang| lang.parse().unwrap()).collect();
        let said = kitchen_lang(languages.first(), Currency::from_code(currency).unwrap());
        assert_eq!(
            said,
            expected.map(|lang| lang.parse().unwrap()),
            "{languages:?}"
        );
    }
}

#[test]
fn a_job_says_when_the_stores_clocks_change_next() {
    let at = |text: &str| UnixMillis(text.parse::<Timestamp>().unwrap().as_millisecond());
    for (zone, placed, change, why) in [
        (
            "Europe/Berlin",
            "2026-03-28T19:00:00Z",
            Some(("2026-03-29T01:00:00Z", 7200)),
            "the night of March that has no hour from two to three",
        ),
        (
            "Europe/Berlin",
            "2026-10-24T22:00:00Z",
            Some(("2026-10-25T01:00:00Z", 3600)),
            "the night of October that has it twice",
        ),
        ("Asia/Tokyo", "2026-03-28T19:00:00Z", None, "never again"),
        ("Mars/Olympus", "2026-03-28T19:00:00Z", None, "unknown"),
    ] {
        let change = change.map(|(text, utc_offset_s)| ClockChange {
            at: at(text),
            utc_offset_s,
        });
        assert_eq!(
            clock_change(&super::zone(zone), at(placed)),
            change,
            "{why}"
        );
    }
}

fn label(text: &str) -> Label {
    let text = text.to_owned();
    Label {
        kitchen: text.clone(),
        guest: text,
    }
}

/// An option that is made at `station`, with one of its own inside as often as it nests.
fn choice(text: &str, station: &str, nested: usize) -> PricedChoice {
    let inside = (nested > 0).then(|| choice(text, station, nested - 1));
    PricedChoice {
        group: "slot".parse().unwrap(),
        option: "part".parse().unwrap(),
        group_name: label("Slot"),
        name: label(text),
        quantity: u32::MAX,
        price_minor: Minor(0),
        removal: true,
        station: Some(station.parse().unwrap()),
        as_served: false,
        allergens: BTreeSet::new(),
        choices: inside.into_iter().collect(),
        left_out: vec![label(text)],
    }
}

fn line(text: &str, note: &str, choices: Vec<PricedChoice>) -> PricedLine {
    PricedLine {
        item: "combo".parse().unwrap(),
        name: label(text),
        quantity: 50,
        unit_minor: Minor(0),
        total_minor: Minor(0),
        cost_minor: None,
        tax_category: "food".parse().unwrap(),
        station: "hot".parse().unwrap(),
        choices,
        left_out: Vec::new(),
        note: note.to_owned(),
        allergens: BTreeSet::new(),
        accepted: Allergen::ALL.iter().copied().collect(),
    }
}

fn cart(lines: Vec<PricedLine>, note: &str) -> PricedCart {
    let totals = Totals {
        subtotal_minor: Minor(0),
        service_charge_minor: Minor(0),
        service_name: String::new(),
        taxes: Vec::new(),
        tax_minor: Minor(0),
        tax_inclusive: true,
        total_minor: Minor(0),
    };
    PricedCart {
        allergies: Allergen::ALL.iter().copied().collect(),
        lines,
        note: note.to_owned(),
        guest: note.to_owned(),
        totals,
    }
}

/// Bytes of the largest job that an order of this cart makes.
fn largest(cart: PricedCart) -> usize {
    let id: tabletap_domain::OrderId = format!("ord_{:032x}", 1).parse().unwrap();
    let key = tabletap_domain::StoreKey {
        tenant: "kumo-hospitality".parse().unwrap(),
        store: "kumo-sushi".parse().unwrap(),
    };
    let printer: tabletap_domain::PrinterId = "hot-1".parse().unwrap();
    let station = |id: &str| Station {
        id: id.parse().unwrap(),
        name: "\"".repeat(100),
        printer: printer.clone(),
        agent: ThingName::new(&key.tenant, &key.store, &printer),
    };
    let store = StoreConfig {
        key: key.clone(),
        slug: "kumo-sushi".parse().unwrap(),
        name: String::new(),
        time_zone: "UTC".to_owned(),
        languages: Vec::new(),
        accent: String::new(),
        house_rule: HouseRule::Open,
        stations: vec![station("hot"), station("bar")],
        front_station: None,
        tables: Vec::new(),
        dine_in: Default::default(),
        takeout: None,
        payment_account: None,
        contact: Default::default(),
        names: Default::default(),
    };
    let order = Order {
        number: candidates(&id, 0)[0].clone(),
        id,
        store: key,
        kind: OrderType::DineIn,
        seat: None,
        takeout: None,
        fire_at: None,
        ready_at: None,
        refund_reason: None,
        held: false,
        status: OrderStatus::Placed,
        payment: PaymentStatus::Unpaid,
        placed_at: UnixMillis(1_795_287_841_250),
        lang: "en".parse().unwrap(),
        menu_version: "m0123456789abcdef".parse().unwrap(),
        currency: Currency::from_code("USD").unwrap(),
        cart,
        body_digest: String::new(),
    };
    let tickets = split_by_station(&order, 1);
    let jobs = drafts(&order, &tickets, &store).unwrap();
    for (_, job) in &jobs {
        assert_eq!(job.allergies, Allergen::ALL, "every station reads them");
    }
    let bytes = |(_, job): &(ThingName, PrintJob)| serde_json::to_vec(job).unwrap().len();
    jobs.iter().map(bytes).max().unwrap()
}

#[test]
fn the_largest_cart_that_is_not_refused_fits_into_a_message() {
    for (text, why) in [("\"", "twice as long as JSON"), ("鮨", "three bytes each")] {
        let (name, note) = (text.repeat(60), text.repeat(limits::NOTE_CHARS_MAX));
        let parts = || vec![choice(&name, "bar", 0); 20];
        let of = |count: usize| cart(vec![line(&name, &note, parts()); count], &note);
        let lines_max = limits::ORDER_CHOICES_MAX / parts().len();
        let refused = (1..=lines_max).find(|count| check_size(&of(*count)).is_err());
        let refused = refused.expect("within the other limits it can be too long");
        assert!(refused > 1, "{why}: an honest dinner fits");
        assert!(largest(of(refused - 1)) <= PRINT_JOB_BYTES_MAX, "{why}");
        assert!(
            largest(of(2 * refused)) > PRINT_JOB_BYTES_MAX,
            "{why}: refused with reason"
        );
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]
    #[test]
    fn no_cart_that_is_not_refused_makes_a_job_too_large_to_send(
        lines in 1..=limits::LINES_MAX,
        parts in 0..20_usize,
        nested in 0..4_usize,
        station in prop::sample::select(vec!["hot", "bar"]),
        note in r#"["\\\\a鮨🍣]{0,280}"#,
    ) {
        let name = note.chars().take(60).collect::<String>();
        let cart = cart(vec![line(&name, &note, vec![choice(&name, station, nested); parts]); lines], &note);
        if check_size(&cart).is_ok() {
            prop_assert!(largest(cart) <= PRINT_JOB_BYTES_MAX);
        }
    }
}
