//! Slots and promises: nights whose clocks move, nights past midnight, holidays, and properties for any rules in any zone.
#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]
use super::*;
use jiff::{Zoned, civil::DateTime, tz::TimeZone};
use proptest::prelude::*;
use std::collections::BTreeMap;
use tabletap_domain::takeout::{LateRule, OpenSpan, TakeoutRules, WeekHours};

const NEW_YORK: &str = "America/New_York";

fn span(from_hour: u16, to_hour: u16) -> OpenSpan {
    OpenSpan::new(from_hour * 60, to_hour * 60).unwrap()
}

/// The same hours every day; a quarter of an hour to cook, slots of a quarter.
fn daily(spans: &[OpenSpan]) -> TakeoutRules {
    TakeoutRules {
        hours: WeekHours(std::array::from_fn(|_| spans.to_vec())),
        holidays: BTreeMap::new(),
        preparation: Duration::from_mins(15),
        slot: Duration::from_mins(15),
        capacity: 4,
        last_order: Duration::ZERO,
        days_ahead: 0,
        late: LateRule::Refund,
    }
}

fn at(zone: &str, wall: &str) -> UnixMillis {
    let wall: DateTime = wall.parse().unwrap();
    let zoned = wall.in_tz(zone).unwrap();
    UnixMillis(zoned.timestamp().as_millisecond())
}

fn wall(zone: &str, at: UnixMillis) -> String {
    let zone = TimeZone::get(zone).unwrap();
    let zoned = Zoned::new(crate::days::timestamp(at), zone);
    zoned.strftime("%Y-%m-%dT%H:%M").to_string()
}

fn walls(rules: &TakeoutRules, now: &str) -> Vec<String> {
    let opening = Opening::new(rules, NEW_YORK).unwrap();
    let slots = opening.pickup(at(NEW_YORK, now)).slots;
    slots.into_iter().map(|slot| wall(NEW_YORK, slot)).collect()
}

#[test]
fn an_hour_that_the_clocks_leave_out_has_no_slots() {
    let slots = walls(&daily(&[span(0, 24)]), "2027-03-14T00:00");
    assert!(slots.contains(&"2027-03-14T01:45".to_owned()));
    assert!(!slots.iter().any(|slot| slot.contains("T02:")), "{slots:?}");
    assert!(slots.contains(&"2027-03-14T03:00".to_owned()));
    // From a quarter past midnight to midnight: a day of 23 hours.
    assert_eq!(slots.len(), 23 * 4);
}

#[test]
fn an_hour_that_comes_twice_has_slots_of_its_own_each_time() {
    let rules = daily(&[span(0, 24)]);
    let opening = Opening::new(&rules, NEW_YORK).unwrap();
    let slots = opening.pickup(at(NEW_YORK, "2026-11-01T00:00")).slots;
    let twice: Vec<i64> = slots
        .iter()
        .filter(|slot| wall(NEW_YORK, **slot) == "2026-11-01T01:30")
        .map(|slot| slot.0)
        .collect();
    assert_eq!(twice.len(), 2);
    assert_eq!(twice[1] - twice[0], 3_600_000, "an hour apart");
    assert_eq!(slots.len(), 25 * 4);
}

#[test]
fn a_span_whose_opening_the_clocks_leave_out_opens_when_they_go_on() {
    let early = OpenSpan::new(2 * 60 + 30, 4 * 60).unwrap();
    let slots = walls(&daily(&[early]), "2027-03-14T00:00");
    assert_eq!(slots.first().map(String::as_str), Some("2027-03-14T03:45"));
    assert_eq!(slots.last().map(String::as_str), Some("2027-03-14T04:00"));
}

#[test]
fn a_night_belongs_to_the_day_it_began() {
    let rules = daily(&[span(17, 26)]);
    let slots = walls(&rules, "2026-11-21T23:50");
    assert_eq!(slots.first().map(String::as_str), Some("2026-11-22T00:15"));
    assert!(slots.contains(&"2026-11-22T02:00".to_owned()), "{slots:?}");
    let opening = Opening::new(&rules, NEW_YORK).unwrap();
    let state = opening.state(at(NEW_YORK, "2026-11-22T01:00"));
    let closes_at = Some(at(NEW_YORK, "2026-11-22T02:00"));
    assert_eq!(state, State::Open { closes_at });
    let opens_at = Some(at(NEW_YORK, "2026-11-22T17:00"));
    let state = opening.state(at(NEW_YORK, "2026-11-22T02:00"));
    assert_eq!(state, State::Closed { opens_at });
}

#[test]
fn a_holiday_replaces_what_begins_that_day_and_not_the_night_before() {
    let mut rules = daily(&[span(17, 26)]);
    rules.days_ahead = 1;
    let shut = "2026-12-24".parse().unwrap();
    rules.holidays = BTreeMap::from([(shut, Vec::new())]);
    let slots = walls(&rules, "2026-12-23T22:00");
    assert!(
        slots.contains(&"2026-12-24T01:00".to_owned()),
        "the night before"
    );
    assert!(
        !slots.iter().any(|slot| slot.starts_with("2026-12-24T1")),
        "{slots:?}"
    );
    let opening = Opening::new(&rules, NEW_YORK).unwrap();
    let opens_at = Some(at(NEW_YORK, "2026-12-25T17:00"));
    let state = opening.state(at(NEW_YORK, "2026-12-24T12:00"));
    assert_eq!(state, State::Closed { opens_at });

    rules.holidays = BTreeMap::from([(shut, vec![span(10, 12)])]);
    let slots = walls(&rules, "2026-12-24T06:00");
    assert_eq!(slots.first().map(String::as_str), Some("2026-12-24T10:15"));
}

#[test]
fn nothing_is_cooked_before_opening_nor_promised_after_the_last_order() {
    let mut rules = daily(&[span(17, 22)]);
    rules.preparation = Duration::from_mins(40);
    rules.last_order = Duration::from_mins(30);
    let slots = walls(&rules, "2026-11-21T12:00");
    assert_eq!(slots.first().map(String::as_str), Some("2026-11-21T17:45"));
    assert_eq!(slots.last().map(String::as_str), Some("2026-11-21T21:30"));
    let opening = Opening::new(&rules, NEW_YORK).unwrap();
    let asap = |wall: &str| opening.pickup(at(NEW_YORK, wall)).asap;
    assert_eq!(asap("2026-11-21T16:59"), None, "closed");
    let ready_at = Some(at(NEW_YORK, "2026-11-21T17:40"));
    assert_eq!(asap("2026-11-21T17:00"), ready_at);
    assert!(
        asap("2026-11-21T20:50").is_some(),
        "ready at half past nine"
    );
    assert_eq!(asap("2026-11-21T20:51"), None, "would be ready too late");
    let state = opening.state(at(NEW_YORK, "2026-11-21T20:51"));
    assert!(matches!(state, State::LastOrderPassed { .. }), "{state:?}");
    assert_eq!(state.opens_at(), Some(at(NEW_YORK, "2026-11-22T17:00")));
}

#[test]
fn a_store_that_never_closes_has_no_end_in_sight_and_cooks_across_midnight() {
    let mut rules = daily(&[span(0, 24)]);
    rules.last_order = Duration::from_mins(30);
    let opening = Opening::new(&rules, NEW_YORK).unwrap();
    let late = opening.pickup(at(NEW_YORK, "2026-11-21T23:59"));
    assert_eq!(late.state, State::Open { closes_at: None });
    assert_eq!(late.asap, Some(at(NEW_YORK, "2026-11-22T00:14")));
}

#[test]
fn a_payment_comes_to_a_promise_or_to_the_reason_why_not() {
    let rules = daily(&[span(17, 22)]);
    let opening = Opening::new(&rules, NEW_YORK).unwrap();
    let slot = at(NEW_YORK, "2026-11-21T19:00");
    for (paid, fire, ready, why) in [
        ("18:00", "18:45", "19:00", "in time: cooked when it is time"),
        ("18:45", "18:45", "19:00", "at the last moment"),
        ("18:50", "18:50", "19:05", "later, but within its slot"),
        ("19:00", "19:00", "19:15", "as late as its slot allows"),
    ] {
        let on = |time: &str| at(NEW_YORK, &format!("2026-11-21T{time}"));
        let promise = opening.honour(PickupWish::At(slot), on(paid));
        let (fire_at, ready_at) = (on(fire), on(ready));
        assert_eq!(promise, Ok(Promise { fire_at, ready_at }), "{why}");
        assert!(opening.can_order(PickupWish::At(slot), on(paid)), "{why}");
    }
    let late = at(NEW_YORK, "2026-11-21T19:01");
    assert_eq!(
        opening.honour(PickupWish::At(slot), late),
        Err(RefundReason::SlotPassed)
    );
    let night = at(NEW_YORK, "2026-11-21T23:00");
    assert_eq!(
        opening.honour(PickupWish::Asap, night),
        Err(RefundReason::StoreClosed)
    );
    let mut shut = rules.clone();
    shut.holidays = BTreeMap::from([("2026-11-21".parse().unwrap(), Vec::new())]);
    let shut = Opening::new(&shut, NEW_YORK).unwrap();
    let early = at(NEW_YORK, "2026-11-21T18:00");
    assert_eq!(
        shut.honour(PickupWish::At(slot), early),
        Err(RefundReason::StoreClosed)
    );
}

#[test]
fn only_slots_that_the_rules_have_can_be_ordered() {
    let rules = daily(&[span(17, 22)]);
    let opening = Opening::new(&rules, NEW_YORK).unwrap();
    let now = at(NEW_YORK, "2026-11-21T12:00");
    for (wish, why) in [
        ("2026-11-21T18:07", "between two slots"),
        ("2026-11-21T16:45", "before opening"),
        ("2026-11-21T22:15", "after closing"),
        ("2026-11-22T18:00", "more days ahead than can be chosen"),
        ("2026-11-20T18:00", "yesterday"),
    ] {
        assert!(
            !opening.can_order(PickupWish::At(at(NEW_YORK, wish)), now),
            "{why}"
        );
    }
    assert!(!opening.can_order(PickupWish::Asap, now), "closed");
}

#[test]
fn hours_that_run_into_the_next_days_make_one_row_of_slots() {
    let mut rules = daily(&[span(0, 24)]);
    rules.slot = Duration::from_mins(40);
    rules.days_ahead = 1;
    let holiday = "2026-11-30".parse().unwrap();
    rules.holidays = BTreeMap::from([(holiday, vec![span(17, 29)])]);
    for now in ["2026-11-30T18:00", "2026-12-01T00:00"] {
        let slots = walls(&rules, now);
        let night: Vec<&str> = slots
            .iter()
            .filter_map(|slot| slot.strip_prefix("2026-12-01T"))
            .take_while(|time| *time < "03")
            .collect();
        let wanted = ["00:00", "00:40", "01:20", "02:00", "02:40"];
        // At midnight, what is cooked for the first has begun already.
        let missing = wanted.len() - night.len();
        assert!(missing <= 1, "{now}: {night:?}");
        assert_eq!(night, wanted[missing..], "{now}");
    }
}

fn any_rules() -> impl Strategy<Value = TakeoutRules> {
    let day = prop_oneof![
        Just(Vec::new()),
        (0_u16..1440, 1_u16..=1440)
            .prop_map(|(from, length)| vec![OpenSpan::new(from, from + length).unwrap()]),
        (0_u16..600, 1_u16..400, 1_u16..400).prop_map(|(from, length, pause)| {
            let second = from + length + pause;
            vec![
                OpenSpan::new(from, from + length).unwrap(),
                OpenSpan::new(second, second + 300).unwrap(),
            ]
        }),
    ];
    let week = prop::array::uniform7(day);
    (week, 0_u64..90, 5_u64..90, 0_u64..60, 0_u32..4).prop_map(
        |(hours, preparation, slot, last_order, days_ahead)| TakeoutRules {
            hours: WeekHours(hours),
            preparation: Duration::from_mins(preparation),
            slot: Duration::from_mins(slot),
            last_order: Duration::from_mins(last_order),
            days_ahead,
            ..daily(&[])
        },
    )
}

/// Zones that move their clocks by an hour north and south of the equator, by half an hour, at midnight, and never.
fn any_zone() -> impl Strategy<Value = &'static str> {
    prop::sample::select(vec![
        NEW_YORK,
        "Europe/Berlin",
        "Australia/Lord_Howe",
        "Africa/Cairo",
        "Asia/Kuwait",
    ])
}

/// Some minute of 2026 to 2028, and often one of the nights on which clocks move.
fn any_now() -> impl Strategy<Value = UnixMillis> {
    let nights = [
        "2026-11-01T05:00Z",
        "2027-03-14T06:00Z",
        "2027-03-28T00:00Z",
        "2026-10-03T15:00Z",
        "2027-04-29T22:00Z",
    ];
    let night = prop::sample::select(nights.to_vec())
        .prop_map(|text| text.parse::<jiff::Timestamp>().unwrap().as_millisecond());
    let near = (night, -1500_i64..1500).prop_map(|(night, minutes)| night + minutes * MINUTE_MS);
    prop_oneof![(1_767_225_600_000_i64..1_861_920_000_000), near].prop_map(UnixMillis)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(96))]

    #[test]
    fn what_is_offered_can_be_ordered_and_is_kept(rules in any_rules(), zone in any_zone(), now in any_now()) {
        let opening = Opening::new(&rules, zone).unwrap();
        let pickup = opening.pickup(now);
        prop_assert!(pickup.slots.windows(2).all(|pair| pair[0] < pair[1]), "in order, each once");
        for slot in pickup.slots.iter().step_by(7) {
            let wish = PickupWish::At(*slot);
            prop_assert!(opening.can_order(wish, now));
            let fire_at = before(*slot, rules.preparation);
            prop_assert!(fire_at >= now);
            prop_assert_eq!(opening.honour(wish, now), Ok(Promise { fire_at, ready_at: *slot }));
            let open = |at| !matches!(opening.state(at), State::Closed { .. });
            prop_assert!(open(fire_at) || fire_at == *slot, "the kitchen is open when it begins");
        }
    }

    #[test]
    fn a_slot_that_is_offered_stays_so_while_there_is_time(rules in any_rules(), zone in any_zone(), now in any_now(), later in 0_i64..600) {
        let opening = Opening::new(&rules, zone).unwrap();
        let later = UnixMillis(now.0 + later * MINUTE_MS);
        let second = opening.pickup(later).slots;
        let mut first = opening.pickup(now).slots.into_iter();
        prop_assert!(first.all(|slot| before(slot, rules.preparation) < later || second.contains(&slot)));
    }

    #[test]
    fn what_is_said_of_now_agrees_with_what_can_be_ordered(rules in any_rules(), zone in any_zone(), now in any_now()) {
        let opening = Opening::new(&rules, zone).unwrap();
        let pickup = opening.pickup(now);
        prop_assert_eq!(pickup.asap.is_some(), matches!(pickup.state, State::Open { .. }));
        prop_assert_eq!(pickup.asap, opening.honour(PickupWish::Asap, now).ok().map(|promise| promise.ready_at));
        prop_assert!(pickup.asap.is_none_or(|ready_at| ready_at >= now.plus(rules.preparation)));
        if let State::Closed { opens_at: Some(opens_at) } = pickup.state {
            prop_assert!(opens_at > now);
            let just_before = UnixMillis(opens_at.0 - 1);
            let shut = |at| matches!(opening.state(at), State::Closed { .. });
            prop_assert!(shut(just_before) && !shut(opens_at));
        }
    }
}
