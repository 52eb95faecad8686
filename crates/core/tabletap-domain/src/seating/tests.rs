//! Parties at a table, one after another and all at once.
#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]
use super::*;
use proptest::prelude::*;

const NEW_TABLE: TableSeating = TableSeating {
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

#[test]
fn every_phone_that_scans_an_idle_table_gets_the_same_next_number() {
    assert_eq!(NEW_TABLE.number_for_scan(), 1);
    let seated = NEW_TABLE
        .order(1, HouseRule::Open, UnixMillis(5))
        .unwrap()
        .to;
    assert_eq!(seated.number_for_scan(), 1, "the second phone joins");
    assert!(seated.order(1, HouseRule::Open, UnixMillis(6)).is_ok());
}

#[test]
fn closing_ends_the_right_to_order_of_every_session_of_that_seating() {
    let seated = NEW_TABLE
        .order(1, HouseRule::Open, UnixMillis(5))
        .unwrap()
        .to;
    let closed = seated.close().unwrap().to;
    assert_eq!(
        closed.order(1, HouseRule::Open, UnixMillis(9)),
        Err(SeatingEnded)
    );
    assert_eq!(closed.number_for_scan(), 2);
    assert!(closed.order(2, HouseRule::Open, UnixMillis(9)).is_ok());
}

#[test]
fn under_staff_tap_orders_wait_until_the_tap() {
    let first = NEW_TABLE
        .order(1, HouseRule::StaffTap, UnixMillis(5))
        .unwrap();
    assert!(first.holds_order());
    let second = first
        .to
        .order(1, HouseRule::StaffTap, UnixMillis(6))
        .unwrap();
    assert!(second.holds_order(), "so do the ones that follow");
    let confirmed = second.to.confirm().unwrap().to;
    assert!(
        !confirmed
            .order(1, HouseRule::StaffTap, UnixMillis(7))
            .unwrap()
            .holds_order()
    );
    assert_eq!(confirmed.confirm(), Err(SeatingError::NotWaiting));
    assert_eq!(NEW_TABLE.confirm(), Err(SeatingError::NotSeated));
}

const PIZZA: OrderSize = OrderSize {
    dishes: 1,
    minor: Minor(900),
    total_minor: Minor(990),
};

fn dishes(dishes: u32) -> OrderSize {
    OrderSize { dishes, ..PIZZA }
}

/// The table after one order of this size.
fn ordered(table: TableSeating, size: OrderSize, at: i64) -> SeatingMove {
    let step = table.order(table.number.max(1), HouseRule::Open, UnixMillis(at));
    step.unwrap().carrying(size, Minor(1_000_000))
}

#[test]
fn a_paid_table_gives_its_next_number_and_keeps_its_party_until_the_next_one_orders() {
    let one = ordered(NEW_TABLE, PIZZA, 5).to;
    let two = ordered(one, PIZZA, 6).to;
    assert_eq!(two.tab, Tab::Owed(2));
    let half = two.pay(1, 1, UnixMillis(7)).unwrap().to;
    assert_eq!((half.tab, half.number_for_scan()), (Tab::Owed(1), 1));
    let paid = half.pay(1, 1, UnixMillis(8)).unwrap().to;
    assert_eq!(paid.paid_at(), Some(UnixMillis(8)));
    assert_eq!(paid.number_for_scan(), 2, "a scan begins the next party");
    assert!(paid.seats(1) && paid.seats(2) && !paid.seats(3));

    let again = ordered(paid, PIZZA, 9).to;
    assert_eq!(
        (again.number, again.tab),
        (1, Tab::Owed(1)),
        "a coffee after paying"
    );
    assert_eq!(again.number_for_scan(), 2, "still the next party's");
    assert!(
        again.seats(2),
        "who has scanned already is not sent away by a coffee"
    );
    let third = ordered(again.pay(1, 1, UnixMillis(10)).unwrap().to, PIZZA, 11);
    assert_eq!(third.to.number_for_scan(), 2, "nor by the one after it");
    let followed = again.order(2, HouseRule::Open, UnixMillis(10)).unwrap();
    assert!(followed.follows_party());
    assert_eq!(
        (followed.to.tab, followed.to.number_for_scan()),
        (Tab::Owed(1), 2),
        "the next party owes its own orders only, and its friends join it"
    );
    assert_eq!(again.close().unwrap().to.number_for_scan(), 2);

    let next = paid.order(2, HouseRule::StaffTap, UnixMillis(9)).unwrap();
    assert!(
        next.opens() && next.holds_order(),
        "a new party, under the house rule"
    );
    assert_eq!(next.to.tab, Tab::Owed(1));
    assert_eq!(
        next.to.order(1, HouseRule::Open, UnixMillis(10)),
        Err(SeatingEnded)
    );
}

#[test]
fn what_costs_nothing_is_never_owed_and_what_was_not_counted_is_never_paid() {
    let water = OrderSize {
        total_minor: Minor(0),
        ..PIZZA
    };
    let thirsty = ordered(NEW_TABLE, water, 5).to;
    assert_eq!((thirsty.tab, thirsty.number_for_scan()), (Tab::Owed(0), 1));
    let hungry = ordered(thirsty, PIZZA, 6).to;
    let paid = hungry.pay(1, 1, UnixMillis(7)).unwrap().to;
    assert_eq!(ordered(paid, water, 8).to.tab, Tab::Paid(UnixMillis(8)));

    let older = TableSeating {
        tab: Tab::Uncounted,
        ..hungry
    };
    assert_eq!(ordered(older, PIZZA, 9).to.tab, Tab::Uncounted);
    assert_eq!(older.pay(1, 1, UnixMillis(9)), None);
    let closed = older.close().unwrap().to;
    let next = closed.order(2, HouseRule::Open, UnixMillis(9)).unwrap();
    assert_eq!(next.to.tab, Tab::Owed(1), "the next party is counted");
}

#[test]
fn a_payment_of_an_earlier_party_moves_nothing() {
    let seated = ordered(NEW_TABLE, PIZZA, 5).to;
    assert_eq!(seated.pay(2, 1, UnixMillis(6)), None, "another number");
    assert_eq!(
        seated.pay(1, 2, UnixMillis(6)),
        None,
        "more than was counted"
    );
    let closed = seated.close().unwrap().to;
    assert_eq!(closed.pay(1, 1, UnixMillis(6)), None, "the party has left");
}

#[test]
fn more_than_a_full_table_sends_waits_for_one_tap_and_then_counts_anew() {
    let full = ordered(NEW_TABLE, dishes(BURST_DISHES_MAX), 5);
    assert!(!full.holds_order(), "twelve guests and all they want");
    let more = ordered(full.to, PIZZA, 6);
    assert!(more.holds_order());
    assert_eq!(more.to.sent, full.to.sent, "what waits is not sent");
    assert!(
        ordered(more.to, PIZZA, 7).holds_order(),
        "so do the ones that follow"
    );
    let confirmed = more.to.confirm().unwrap().to;
    assert!(!ordered(confirmed, PIZZA, 8).holds_order());

    let window = i64::try_from(BURST_WINDOW.as_millis()).unwrap();
    assert!(ordered(full.to, PIZZA, 4 + window).holds_order());
    let later = ordered(full.to, PIZZA, 5 + window);
    assert!(!later.holds_order(), "another window");
    assert_eq!(
        (later.to.sent.dishes, later.to.sent.since),
        (1, UnixMillis(5 + window))
    );
    assert!(
        ordered(NEW_TABLE, dishes(BURST_DISHES_MAX + 1), 5).holds_order(),
        "all at once"
    );
    let dear = OrderSize {
        minor: Minor(1_000_001),
        ..PIZZA
    };
    assert!(
        ordered(NEW_TABLE, dear, 5).holds_order(),
        "so does too much money"
    );
}

#[test]
fn calls_wait_where_orders_wait_and_open_no_seating_where_they_do_not() {
    let free = NEW_TABLE.call(1, HouseRule::Open, UnixMillis(5)).unwrap();
    assert_eq!((free.to.state, free.to.number), (TableState::Idle, 0));
    let tapped = NEW_TABLE
        .call(1, HouseRule::StaffTap, UnixMillis(5))
        .unwrap();
    assert!(tapped.holds_order() && tapped.opens());
    assert_eq!(tapped.to.tab, Tab::Owed(0));
    let confirmed = tapped.to.confirm().unwrap().to;
    assert!(
        !confirmed
            .call(1, HouseRule::StaffTap, UnixMillis(6))
            .unwrap()
            .holds_order()
    );

    let mut table = NEW_TABLE;
    for at in 0..BURST_CALLS_MAX {
        let step = table
            .call(1, HouseRule::Open, UnixMillis(5 + i64::from(at)))
            .unwrap();
        assert!(!step.holds_order());
        table = step.to;
    }
    assert!(
        table
            .call(1, HouseRule::Open, UnixMillis(60))
            .unwrap()
            .holds_order()
    );
}

#[test]
fn a_call_takes_no_bill_from_a_party_that_owes() {
    let paid = ordered(NEW_TABLE, PIZZA, 5).to;
    let paid = paid.pay(1, 1, UnixMillis(6)).unwrap().to;
    let coffee = ordered(paid, PIZZA, 7).to;
    let call = |table: TableSeating| table.call(2, HouseRule::StaffTap, UnixMillis(8));

    let step = call(coffee).unwrap();
    assert!(!step.opens() && !step.holds_order(), "staff know the table");
    assert_eq!((step.to.number, step.to.tab), (1, Tab::Owed(1)));
    assert_eq!(step.to.sent.calls, 1, "it is counted all the same");

    let mut burst = coffee;
    burst.sent.calls = BURST_CALLS_MAX;
    let held = call(burst).unwrap();
    assert!(held.holds_order() && !held.opens(), "too many calls wait");

    let uncounted = TableSeating {
        tab: Tab::Uncounted,
        ..coffee
    };
    assert!(!call(uncounted).unwrap().opens(), "nobody knows: no risk");
    assert_eq!(
        coffee.call(3, HouseRule::StaffTap, UnixMillis(8)),
        Err(SeatingEnded)
    );
    let paid_again = coffee.pay(1, 1, UnixMillis(9)).unwrap().to;
    assert!(call(paid_again).unwrap().follows_party(), "nothing is owed");
    assert!(call(coffee.close().unwrap().to).unwrap().opens(), "left");
}

/// What happens at a table.
#[derive(Clone, Copy, Debug)]
enum Event {
    /// Somebody scans.
    Scan,
    /// A phone orders; which of those that scanned.
    Order(prop::sample::Index),
    /// Everything is paid.
    Pay,
    /// Staff close it.
    Close,
}

fn event() -> impl Strategy<Value = Event> {
    prop_oneof![
        Just(Event::Scan),
        any::<prop::sample::Index>().prop_map(Event::Order),
        Just(Event::Pay),
        Just(Event::Close),
    ]
}

proptest! {
    #[test]
    fn a_later_party_never_shares_a_number_with_an_earlier_one(events in prop::collection::vec(event(), 1..80)) {
        let mut table = NEW_TABLE;
        let (mut phones, mut ended, mut at) = (Vec::new(), std::collections::BTreeSet::new(), 0);
        let mut paid = std::collections::BTreeSet::new();
        for event in events {
            at += 1;
            let now = UnixMillis(at);
            match event {
                Event::Scan => {
                    let number = table.number_for_scan();
                    prop_assert!(!ended.contains(&number));
                    prop_assert!(!paid.contains(&number), "of a party that has paid a scan sees nothing");
                    prop_assert!(table.seats(number));
                    phones.push(number);
                }
                Event::Order(which) if !phones.is_empty() => {
                    let party = *which.get(&phones);
                    match table.order(party, HouseRule::Open, now) {
                        Ok(step) => {
                            prop_assert!(!ended.contains(&party));
                            if step.opens() && table.state != TableState::Idle {
                                prop_assert!(paid.contains(&table.number), "only a party that has paid is followed");
                                ended.insert(table.number);
                            }
                            table = step.carrying(PIZZA, Minor(1_000_000)).to;
                        }
                        Err(SeatingEnded) => prop_assert!(!table.seats(party)),
                    }
                }
                Event::Pay => {
                    if let Tab::Owed(unpaid) = table.tab
                        && let Some(step) = table.pay(table.number, unpaid, now)
                    {
                        table = step.to;
                        if table.paid_at().is_some() {
                            paid.insert(table.number);
                        }
                    }
                }
                Event::Close => {
                    if let Ok(step) = table.close() {
                        ended.insert(table.number);
                        table = step.to;
                    }
                }
                Event::Order(_) => {}
            }
            for number in &ended {
                prop_assert!(table.order(*number, HouseRule::Open, now).is_err());
            }
        }
    }

    #[test]
    fn no_window_sends_more_than_its_limit(sizes in prop::collection::vec((1..200_u32, 0..60_000_i64), 1..60)) {
        let (mut table, mut sent) = (NEW_TABLE, 0);
        for (index, (count, after)) in sizes.into_iter().enumerate() {
            let at = i64::try_from(index).unwrap() + after.min(60);
            let step = ordered(table, dishes(count), 1 + at);
            if !step.holds_order() {
                sent += count;
            }
            table = step.to;
        }
        prop_assert!(sent <= BURST_DISHES_MAX);
    }
}
