//! Whether a kitchen can be reached, as far as its own tickets tell: a printer that was asked and has printed nothing since is out of reach.

use crate::{PrinterId, ticket::ALARM_AFTER, time::UnixMillis};
use std::{collections::BTreeMap, time::Duration};

/// A ticket that has waited for so long, two minutes of them on an alarm, says that its printer is out of reach.
pub const UNREACHABLE_AFTER: Duration = Duration::from_secs(ALARM_AFTER.as_secs() + 120);
/// Each sweep says it again for a little longer than until the next one, so that it ends by itself even where the sweeper does.
pub const UNREACHABLE_FOR: Duration = Duration::from_secs(150);

/// What a printer was asked, or has done.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sign {
    /// The printer.
    pub printer: PrinterId,
    /// Since when its ticket waits, or when it was proven printed.
    pub at: UnixMillis,
}

/// Whether none of the printers that had work since the oldest of these waits began has printed since its own newest one.
///
/// A printer that nobody asked says nothing. One that prints keeps the kitchen in reach whatever became of the others, and so does one
/// that printed something later than the ticket it is stuck with.
#[must_use]
pub fn is_unreachable(waiting: &[Sign], printed: &[Sign], now: UnixMillis) -> bool {
    let stuck = waiting.iter().filter(|sign| is_long(sign.at, now));
    let mut newest: BTreeMap<&PrinterId, UnixMillis> = BTreeMap::new();
    for sign in stuck.clone() {
        let known = newest.entry(&sign.printer).or_insert(sign.at);
        *known = sign.at.max(*known);
    }
    let Some(first) = stuck.map(|sign| sign.at).min() else {
        return false;
    };
    let works = |sign: &Sign| {
        let since = newest.get(&sign.printer).copied().unwrap_or(first);
        sign.at >= since
    };
    !printed.iter().any(works)
}

/// Whether a ticket has waited so long that its printer is to be asked about.
#[must_use]
pub fn is_long(since: UnixMillis, now: UnixMillis) -> bool {
    since.plus(UNREACHABLE_AFTER) <= now
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "a test fails by panicking")]
    use super::*;

    const T0: UnixMillis = UnixMillis(1_795_287_841_250);

    fn signs(signs: &[(&str, u64)]) -> Vec<Sign> {
        let sign = |(printer, s): &(&str, u64)| Sign {
            printer: PrinterId::parse(printer).unwrap(),
            at: T0.plus(Duration::from_secs(*s)),
        };
        signs.iter().map(sign).collect()
    }

    /// Tickets that wait and tickets that were printed, each by its printer and second; now; whether the kitchen is out of reach; why.
    type Case<'a> = (
        &'a [(&'a str, u64)],
        &'a [(&'a str, u64)],
        u64,
        bool,
        &'a str,
    );

    #[test]
    fn a_kitchen_is_out_of_reach_only_while_nothing_it_was_asked_for_comes_out() {
        let cases: [Case<'_>; 12] = [
            (&[], &[], 999, false, "nothing waits"),
            (&[("hot", 0)], &[], 179, false, "not long enough"),
            (&[("hot", 0)], &[], 180, true, "two minutes on an alarm"),
            (&[("hot", 0), ("bar", 0)], &[], 180, true, "both are off"),
            (&[("hot", 0)], &[("bar", 1)], 999, false, "the bar prints"),
            (
                &[("hot", 10)],
                &[("bar", 1)],
                190,
                true,
                "it printed before, and nobody asked it since",
            ),
            (
                &[("hot", 0), ("bar", 60)],
                &[("bar", 1)],
                239,
                false,
                "the bar's may still come",
            ),
            (
                &[("hot", 0), ("bar", 60)],
                &[("bar", 1)],
                240,
                true,
                "the bar went off later",
            ),
            (
                &[("hot", 0)],
                &[("hot", 50)],
                999,
                false,
                "one bad ticket, and the next one printed",
            ),
            (
                &[("hot", 0), ("hot", 100)],
                &[("hot", 50)],
                280,
                true,
                "and then it went off",
            ),
            (
                &[("hot", 0), ("hot", 100)],
                &[("hot", 270)],
                280,
                false,
                "it is catching up",
            ),
            (
                &[("hot", 0), ("hot", 170)],
                &[],
                180,
                true,
                "orders keep coming in",
            ),
        ];
        for (waiting, printed, now, unreachable, why) in cases {
            let now = T0.plus(Duration::from_secs(now));
            let is = is_unreachable(&signs(waiting), &signs(printed), now);
            assert_eq!(is, unreachable, "{why}");
        }
    }
}
