//! Payments move where the provider says; tips and payment pages stay within bounds.
#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]
use super::*;
use proptest::prelude::*;

#[test]
fn an_order_is_refunded_once_all_that_was_paid_for_it_is_back() {
    use PaymentStatus::{Paid, PartRefunded, Refunded};
    for (payments, status) in [
        (vec![(100, 0)], Paid),
        (vec![(100, 1)], PartRefunded),
        (vec![(100, 100)], Refunded),
        (vec![(100, 0), (50, 0)], Paid),
        (vec![(100, 100), (50, 0)], PartRefunded),
        (vec![(100, 0), (50, 10)], PartRefunded),
        (vec![(100, 100), (50, 50)], Refunded),
    ] {
        assert_eq!(
            status_after_refunds(
                payments
                    .iter()
                    .map(|(paid, back)| (Minor(*paid), Minor(*back)))
            ),
            status,
            "{payments:?}"
        );
    }
}

#[test]
fn a_late_yes_counts_and_nothing_takes_paid_money_away() {
    for from in PaymentState::ALL
        .iter()
        .filter(|state| **state != PaymentState::Paid)
    {
        assert_eq!(
            from.after(PaymentState::Paid),
            Some(PaymentState::Paid),
            "{from}"
        );
    }
    for said in PaymentState::ALL {
        assert_eq!(PaymentState::Paid.after(*said), None, "{said}");
    }
}

#[test]
fn a_delayed_method_keeps_its_lines_until_it_has_said_yes_or_no() {
    let waiting = PaymentState::Open.after(PaymentState::Processing);
    assert_eq!(waiting, Some(PaymentState::Processing));
    assert!(PaymentState::Processing.holds_lines());
    assert_eq!(PaymentState::Processing.after(PaymentState::Open), None);
    assert_eq!(
        PaymentState::Processing.after(PaymentState::Failed),
        Some(PaymentState::Failed)
    );
    assert!(!PaymentState::Failed.holds_lines());
}

#[test]
fn pages_are_counted_for_an_hour_from_the_first() {
    let at = |minutes: u64| UnixMillis(0).plus(Duration::from_mins(minutes));
    let first = PagesOpened::and_one(None, None, at(0));
    let second = PagesOpened::and_one(Some(&first), None, at(59));
    assert_eq!((second.since, second.count), (at(0), 2));
    let later = PagesOpened::and_one(Some(&second), None, at(60));
    assert_eq!((later.since, later.count), (at(60), 1));
}

#[test]
fn a_phone_that_has_had_its_pages_waits_and_the_others_go_on_until_the_order_has_had_its_own() {
    let at = |minutes: u64| UnixMillis(0).plus(Duration::from_mins(minutes));
    let max = PagesMax { phone: 2, order: 5 };
    let phone = |n: u32| GuestSessionId::parse(&format!("tos_{n:032x}")).ok();
    let [eager, patient, third] = [1, 2, 3].map(phone);
    let mut pages: Option<PagesOpened> = None;
    let mut open = |phone: &Option<GuestSessionId>, now| {
        let wait = pages
            .as_ref()
            .and_then(|pages| pages.waits_until(phone.as_ref(), max, now));
        if wait.is_none() {
            pages = Some(PagesOpened::and_one(pages.as_ref(), phone.as_ref(), now));
        }
        wait
    };
    for (phone, minute, wait, why) in [
        (&eager, 0, None, "its first"),
        (&eager, 1, None, "its second"),
        (&eager, 2, Some(60), "its own are used up"),
        (&patient, 3, None, "which keeps nobody else from paying"),
        (&None, 4, None, "a phone without an id"),
        (&patient, 5, None, "the fifth of the order"),
        (&third, 6, Some(60), "the order's are used up"),
        (&eager, 60, None, "another hour"),
    ] {
        assert_eq!(open(phone, at(minute)), wait.map(at), "{why}");
    }
}

#[test]
fn a_tip_of_three_decimals_ends_with_a_zero() {
    let kwd = Currency::from_code("KWD").unwrap();
    assert_eq!(check_tip(Minor(160), Minor(1_100), kwd), Ok(Minor(160)));
    let between_steps = check_tip(Minor(165), Minor(1_100), kwd);
    assert_eq!(between_steps, Err(TipOutOfRange));
}

#[test]
fn amounts_that_do_not_fit_are_refused() {
    let usd = Currency::from_code("USD").unwrap();
    for due in [1_000, i64::MAX / 2, i64::MAX] {
        let tip = check_tip(Minor(i64::MAX), Minor(due), usd);
        assert_eq!(tip, Err(TipOutOfRange), "{due}");
    }
    let order = OrderId::parse("ord_00000000000000000000000000000001").unwrap();
    let part = PaymentPart {
        number: crate::number::candidates(&order, 0)[0].clone(),
        order,
        lines: vec![(0, Minor(i64::MAX)), (1, Minor(1))],
    };
    assert_eq!(part.amount_minor(), Err(MoneyError::Overflow));
}

proptest! {
    #[test]
    fn whatever_order_its_words_come_in_a_payment_settles_where_the_provider_stands(
        mut words in prop::collection::vec(prop::sample::select(&PaymentState::ALL[..4]), 0..12),
    ) {
        words.push(PaymentState::Paid);
        let state = words.iter().fold(PaymentState::Open, |state, said| state.after(*said).unwrap_or(state));
        prop_assert_eq!(state, PaymentState::Paid);
    }

    #[test]
    fn a_tip_is_never_negative_nor_more_than_twice_the_amount(tip in any::<i64>(), due in 0_i64..10_000_000) {
        let usd = Currency::from_code("USD").unwrap();
        let allowed = check_tip(Minor(tip), Minor(due), usd).is_ok();
        prop_assert_eq!(allowed, tip >= 0 && tip <= due.saturating_mul(2).min(limits::TOTAL_MINOR_MAX.0));
    }
}
