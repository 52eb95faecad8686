//! A restaurant to test with, and orders for it.

use std::{
    collections::{BTreeMap, BTreeSet},
    time::Duration,
};
use tabletap_domain::{
    Currency, Minor, OrderId, PrinterId, StoreKey, TableCode, TableId, ThingName, TicketId,
    menu::Texts,
    number::candidates,
    order::{Order, OrderStatus, OrderType, PaymentStatus, PickupWish, Seat, Takeout},
    pricing::{Label, PricedCart, PricedLine, Totals},
    seating::{Burst, OrderSize, SeatingMove, Tab, TableSeating, TableState},
    store::{Contact, DineIn, DiningTable, HouseRule, Names, Station, StoreConfig, TableHours},
    takeout::{LateRule, OpenSpan, TakeoutRules, WeekHours},
    time::UnixMillis,
};
use tabletap_store::{Store, UnpaidCap};
use tabletap_wire::print::PrintJob;

pub(crate) const NOW: UnixMillis = UnixMillis(1_795_287_841_250);
/// The day of [`NOW`] in UTC.
pub(crate) const TODAY: &str = "2026-11-21";

pub(crate) const fn at(seconds: i64) -> UnixMillis {
    UnixMillis(NOW.0 + seconds * 1000)
}

pub(crate) fn kumo() -> StoreKey {
    key("kumo-hospitality", "kumo-sushi")
}

pub(crate) fn key(tenant: &str, store: &str) -> StoreKey {
    StoreKey {
        tenant: tenant.parse().unwrap(),
        store: store.parse().unwrap(),
    }
}

pub(crate) fn dining_table(number: u32) -> TableId {
    format!("t{number}").parse().unwrap()
}

/// A store with two tables, and two stations with a printer each.
pub(crate) fn config(key: &StoreKey, slug: &str) -> StoreConfig {
    let agent = PrinterId::parse("kitchen-pc").unwrap();
    let station = |id: &str, name: &str| Station {
        id: id.parse().unwrap(),
        name: name.to_owned(),
        printer: format!("{id}-1").parse().unwrap(),
        agent: ThingName::new(&key.tenant, &key.store, &agent),
    };
    let dining = |number| DiningTable {
        id: dining_table(number),
        name: format!("Table {number}"),
    };
    StoreConfig {
        key: key.clone(),
        slug: slug.parse().unwrap(),
        name: "Kumo Sushi".to_owned(),
        time_zone: "America/New_York".to_owned(),
        languages: vec!["en".parse().unwrap(), "ja".parse().unwrap()],
        accent: "#aa3322".to_owned(),
        house_rule: HouseRule::Open,
        stations: vec![station("bar", "Sushi bar"), station("hot", "Kitchen")],
        front_station: None,
        tables: vec![dining(1), dining(2)],
        dine_in: DineIn {
            hours: Some(table_hours()),
            close_paid_after: Duration::from_mins(20),
        },
        takeout: Some(takeout_rules()),
        payment_account: Some("kumo".parse().unwrap()),
        contact: Contact {
            address: vec!["12 Spring Street".to_owned(), "New York".to_owned()],
            phone: Some("+1 212 555 0100".to_owned()),
            email: None,
            tax_number: None,
        },
        names: Names(BTreeMap::from([(
            "Table 1".to_owned(),
            Texts(BTreeMap::from([(
                "ja".parse().unwrap(),
                "テーブル1".to_owned(),
            )])),
        )])),
    }
}

/// The tables order until half an hour before the kitchen closes.
fn table_hours() -> TableHours {
    let TakeoutRules {
        hours, holidays, ..
    } = takeout_rules();
    TableHours {
        week: hours,
        holidays,
        last_order: Duration::from_mins(30),
    }
}

/// Open for dinner until one at night, and shut on Christmas Eve.
fn takeout_rules() -> TakeoutRules {
    let evening = || vec![OpenSpan::new(17 * 60, 25 * 60).unwrap()];
    TakeoutRules {
        hours: WeekHours(std::array::from_fn(|_| evening())),
        holidays: BTreeMap::from([("2026-12-24".parse().unwrap(), Vec::new())]),
        preparation: Duration::from_mins(20),
        slot: Duration::from_mins(15),
        capacity: 4,
        last_order: Duration::from_mins(30),
        days_ahead: 3,
        late: LateRule::Refund,
    }
}

/// Codes for both tables; `seed` tells one list from another.
pub(crate) fn codes(seed: &str) -> BTreeMap<TableId, TableCode> {
    let code = |number| format!("{seed}-code-of-table-{number:08}").parse().unwrap();
    BTreeMap::from([(dining_table(1), code(1)), (dining_table(2), code(2))])
}

/// The restaurant, imported.
pub(crate) async fn open_kumo(store: &Store) -> StoreKey {
    store
        .import_store(&config(&kumo(), "kumo-sushi"), &codes("kumo"))
        .await
        .unwrap();
    kumo()
}

pub(crate) fn thing(store: &StoreKey) -> ThingName {
    ThingName::new(&store.tenant, &store.store, &"kitchen-pc".parse().unwrap())
}

pub(crate) fn order_id(number: u32) -> OrderId {
    format!("ord_{number:032x}").parse().unwrap()
}

/// A one-dish order of the first party at table 1.
pub(crate) fn order(store: &StoreKey, number: u32) -> Order {
    let label = || Label {
        kitchen: "Tuna roll".to_owned(),
        guest: "鉄火巻".to_owned(),
    };
    let line = PricedLine {
        item: "tuna-roll".parse().unwrap(),
        name: label(),
        quantity: 2,
        unit_minor: Minor(900),
        total_minor: Minor(1800),
        cost_minor: Some(Minor(500)),
        tax_category: "food".parse().unwrap(),
        station: "bar".parse().unwrap(),
        choices: Vec::new(),
        left_out: Vec::new(),
        note: String::new(),
        allergens: BTreeSet::new(),
        accepted: BTreeSet::new(),
    };
    let totals = Totals {
        subtotal_minor: Minor(1800),
        service_charge_minor: Minor(0),
        service_name: String::new(),
        taxes: Vec::new(),
        tax_minor: Minor(0),
        tax_inclusive: false,
        total_minor: Minor(1800),
    };
    let seat = Seat {
        table: dining_table(1),
        table_name: "Table 1".to_owned(),
        seating: 1,
        phone: Some(format!("tos_{number:032x}").parse().unwrap()),
    };
    Order {
        id: order_id(number),
        store: store.clone(),
        number: candidates(&order_id(number), 0)[3].clone(),
        kind: OrderType::DineIn,
        seat: Some(seat),
        takeout: None,
        fire_at: None,
        ready_at: None,
        refund_reason: None,
        held: false,
        status: OrderStatus::Placed,
        payment: PaymentStatus::Unpaid,
        placed_at: NOW,
        lang: "ja".parse().unwrap(),
        menu_version: "m0123456789abcdef".parse().unwrap(),
        currency: Currency::from_code("USD").unwrap(),
        cart: PricedCart {
            allergies: BTreeSet::new(),
            lines: vec![line],
            note: "no wasabi".to_owned(),
            guest: "Ada".to_owned(),
            totals,
        },
        body_digest: format!("digest-{number}"),
    }
}

/// A takeout order that nobody has paid.
pub(crate) fn takeout_order(store: &StoreKey, number: u32, pickup: PickupWish) -> Order {
    let session = format!("tos_{number:032x}").parse().unwrap();
    Order {
        kind: OrderType::Takeout,
        seat: None,
        takeout: Some(Takeout { session, pickup }),
        status: OrderStatus::AwaitingPayment,
        payment: PaymentStatus::Pending,
        ..order(store, number)
    }
}

pub(crate) const NEW_TABLE: TableSeating = TableSeating {
    number: 0,
    state: TableState::Idle,
    last_order_at: UnixMillis(0),
    tab: Tab::Owed(0),
    paid_before: false,
    sent: Burst {
        since: UnixMillis(0),
        dishes: 0,
        minor: Minor(0),
        calls: 0,
    },
};

/// What the first order of a new table does to it.
pub(crate) fn first_order() -> SeatingMove {
    NEW_TABLE.order(1, HouseRule::Open, NOW).unwrap()
}

/// No limit on unpaid orders.
pub(crate) fn uncapped() -> UnpaidCap {
    UnpaidCap {
        store_max: u32::MAX,
        by: Vec::new(),
    }
}

/// The same for an order of so many dishes.
pub(crate) fn sized_order(dishes: u32) -> SeatingMove {
    first_order().carrying(size_of(dishes), MINOR_MAX)
}

/// The most money of a window, in these tests.
pub(crate) const MINOR_MAX: Minor = Minor(10_000_000);

pub(crate) fn size_of(dishes: u32) -> OrderSize {
    OrderSize {
        dishes,
        minor: Minor(900),
        total_minor: Minor(900),
    }
}

/// An order that is placed.
pub(crate) async fn placed(store: &Store, key: &StoreKey, number: u32) -> Order {
    let order = order(key, number);
    store
        .place_order(&order, &first_order(), None)
        .await
        .unwrap();
    order
}

/// A print job of an order, without its sequence number.
pub(crate) fn draft(order: &Order, station: &str) -> (ThingName, PrintJob) {
    let job = PrintJob {
        v: 1,
        ticket_id: ticket_id(order, station),
        attempt: 1,
        reprint: None,
        seq: 0,
        printer: format!("{station}-1").parse().unwrap(),
        station: station.parse().unwrap(),
        station_name: station.to_owned(),
        number: Some(order.number.clone()),
        call: None,
        order_type: order.kind,
        table_name: Some("Table 1".to_owned()),
        index: 1,
        count: 2,
        placed_at: order.placed_at,
        ready_clock: None,
        utc_offset_s: -18_000,
        clock_change: None,
        lang: None,
        lines: Vec::new(),
        note: String::new(),
        guest: String::new(),
        customer: None,
        allergies: Vec::new(),
        dishes: 2,
        paid: false,
    };
    (thing(&order.store), job)
}

pub(crate) fn ticket_id(order: &Order, station: &str) -> TicketId {
    TicketId {
        order: order.id.clone(),
        station: station.parse().unwrap(),
        revision: 1,
    }
}
