//! That shares sum up to the bill, whatever it comes to and however many pay.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]
use super::*;
use proptest::prelude::*;

fn currency(code: &str) -> Currency {
    Currency::from_code(code).unwrap()
}

/// What each of `guests` pays of a bill, one after the other.
fn paid_by_each(total_minor: i64, guests: u32, currency: Currency) -> Vec<i64> {
    let mut open_minor = Minor(total_minor);
    let share = |paid| {
        let amount = equal_share(open_minor, shares_left(guests, paid), currency);
        open_minor = open_minor.checked_sub(amount).unwrap();
        amount.0
    };
    (0..guests).map(share).collect()
}

#[test]
fn the_last_share_takes_the_remainder() {
    for (code, total, guests, expected) in [
        ("USD", 1_000, 3, vec![333, 333, 334]),
        ("USD", 1_001, 2, vec![500, 501]),
        ("JPY", 1_000, 3, vec![333, 333, 334]),
        ("KWD", 10_000, 3, vec![3_330, 3_330, 3_340]),
        ("USD", 900, 1, vec![900]),
    ] {
        let shares = paid_by_each(total, guests, currency(code));
        assert_eq!(shares, expected, "{total} {code} between {guests}");
    }
}

#[test]
fn what_somebody_pays_of_their_own_makes_every_later_share_smaller() {
    let usd = currency("USD");
    assert_eq!(equal_share(Minor(3_000), shares_left(3, 0), usd), 1_000);
    // Somebody pays 500 for a dish of their own after the first share.
    assert_eq!(equal_share(Minor(1_500), shares_left(3, 1), usd), 750);
    assert_eq!(equal_share(Minor(750), shares_left(3, 2), usd), 750);
}

#[test]
fn dishes_ordered_after_the_last_share_begin_a_new_round() {
    assert_eq!(shares_left(3, 3), 3);
    assert_eq!(shares_left(3, 4), 2);
}

#[test]
fn a_share_leaves_nothing_that_nobody_can_pay() {
    let usd = currency("USD");
    let least = Money::new(50, usd);
    for (amount, open, expected) in [
        (1_000, 1_000, Ok(())),
        (950, 1_000, Ok(())),
        (951, 1_000, Err(ShareError::LeavesTooLittle { least })),
        (1_001, 1_000, Err(ShareError::BillChanged)),
        (0, 1_000, Err(ShareError::BillChanged)),
        (-1, 1_000, Err(ShareError::BillChanged)),
        (i64::MIN, i64::MAX, Err(ShareError::BillChanged)),
        (i64::MAX, 1_000, Err(ShareError::BillChanged)),
    ] {
        assert_eq!(
            check_share(Minor(amount), Minor(open), usd),
            expected,
            "{amount} of {open}"
        );
    }
    let kwd = currency("KWD");
    let step = Money::new(10, kwd);
    let between = Err(Unpayable::BetweenSteps { step }.into());
    assert_eq!(check_share(Minor(1_005), Minor(10_000), kwd), between);
}

proptest! {
    #[test]
    fn equal_shares_sum_to_the_bill_and_differ_by_less_than_a_step_for_each_guest(
        steps in 0_i64..100_000_000,
        guests in 1..=GUESTS_MAX,
        currency in prop::sample::select(Currency::all().collect::<Vec<_>>()),
    ) {
        let step = charge::step_minor(currency);
        let total = steps * step;
        let shares = paid_by_each(total, guests, currency);
        prop_assert_eq!(shares.iter().sum::<i64>(), total);
        prop_assert!(shares.iter().all(|share| charge::is_on_step(Minor(*share), currency)));
        let (least, most) = (shares.iter().min().unwrap(), shares.iter().max().unwrap());
        prop_assert!(most - least <= step, "{:?}", shares);
    }

    #[test]
    fn what_is_spent_is_the_amount_and_never_more_than_is_open(
        open in prop::collection::vec(0_i64..100_000, 0..20),
        of_a_thousand in 0_i64..=1_000,
    ) {
        let amount = open.iter().sum::<i64>() * of_a_thousand / 1_000;
        let minor: Vec<Minor> = open.iter().copied().map(Minor).collect();
        let spent: Vec<i64> = spend(Minor(amount), &minor).into_iter().map(|part| part.0).collect();
        prop_assert_eq!(spent.iter().sum::<i64>(), amount);
        prop_assert!(spent.iter().zip(&open).all(|(spent, open)| (0..=*open).contains(spent)));
        let in_part = spent.iter().zip(&open).filter(|(spent, open)| **spent > 0 && spent < open);
        prop_assert!(in_part.count() <= 1);
    }
}
