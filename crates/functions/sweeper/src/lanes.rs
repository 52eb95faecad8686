//! The work of many stores, some at a time and until a deadline; and with which store a sweep begins.

use tabletap_domain::{StoreKey, time::UnixMillis};
use tokio::{
    task::JoinSet,
    time::{Instant, timeout_at},
};

/// What became of the work of many stores.
#[derive(Debug)]
pub(crate) struct Outcome<T> {
    /// Results of the work that finished.
    pub(crate) done: Vec<T>,
    /// How many broke.
    pub(crate) broken: u32,
    /// How many had not ended at the deadline, or not even begun.
    pub(crate) cut_off: u32,
}

/// Does each store's work, as many at a time as there are lanes. Work that breaks keeps no other from its lane; what has not ended at the
/// deadline is dropped. That is safe at any point, as the function itself may die at any point: what was not done is due still.
pub(crate) async fn run<T: Send + 'static>(
    work: impl IntoIterator<Item = impl Future<Output = T> + Send + 'static>,
    lanes: usize,
    deadline: Instant,
) -> Outcome<T> {
    let (mut done, mut broken) = (Vec::new(), 0);
    let (mut waiting, mut running) = (work.into_iter(), JoinSet::new());
    loop {
        let room = lanes.saturating_sub(running.len());
        for work in waiting.by_ref().take(room) {
            running.spawn(work);
        }
        // An answer that is there already wins over the deadline, so the deadline is looked at as well.
        let ended = timeout_at(deadline, running.join_next()).await;
        match ended {
            Ok(Some(Ok(result))) => done.push(result),
            Ok(Some(Err(error))) => {
                broken += 1;
                tracing::error!(%error, "the sweep of a store broke off");
            }
            Ok(None) => break,
            Err(_) => {}
        }
        if Instant::now() >= deadline {
            break;
        }
    }
    let cut_off = running.len() + waiting.count();
    Outcome {
        done,
        broken,
        cut_off: u32::try_from(cut_off).unwrap_or(u32::MAX),
    }
}

/// The stores, beginning with the one that is first at `now`: where sweeps do not get to the end, the end is not always the same.
pub(crate) fn rotated(mut stores: Vec<StoreKey>, now: UnixMillis) -> Vec<StoreKey> {
    let first = first_place(now, stores.len());
    stores.rotate_left(first);
    stores
}

/// 2^32 divided by the golden ratio.
const GOLDEN_STEP: u64 = 2_654_435_769;

/// The place of the first store, from the minute alone: there is nothing to remember. Each minute's is the golden ratio of the way round
/// after the one before; such steps spread evenly, however far each sweep gets. Half of the way is enough to reach every store within three.
fn first_place(now: UnixMillis, stores: usize) -> usize {
    let minute = u64::try_from(now.0.div_euclid(60_000)).unwrap_or_default();
    let way_round = minute.wrapping_mul(GOLDEN_STEP) & u64::from(u32::MAX);
    let stores = u64::try_from(stores).unwrap_or_default();
    let place = (u128::from(way_round) * u128::from(stores)) >> 32;
    usize::try_from(place).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::{
        collections::BTreeSet,
        future::{pending, ready},
        sync::Arc,
        time::Duration,
    };
    use tokio::sync::Barrier;

    fn far() -> Instant {
        Instant::now() + Duration::from_secs(3600)
    }

    #[tokio::test]
    async fn all_lanes_work_at_once_and_never_more_of_them() {
        // Each waits for as many others as there are lanes: with fewer at once none would end.
        let barrier = Arc::new(Barrier::new(4));
        let work = (0..8).map(|_| {
            let barrier = Arc::clone(&barrier);
            async move { barrier.wait().await.is_leader() }
        });
        let outcome = run(work, 4, far()).await;
        assert_eq!((outcome.done.len(), outcome.cut_off), (8, 0));
        let leaders = outcome.done.iter().filter(|leader| **leader).count();
        assert_eq!(leaders, 2);
    }

    #[tokio::test]
    async fn what_has_not_ended_at_the_deadline_is_counted_with_what_never_began() {
        let outcome = run((0..100).map(|_| pending::<()>()), 16, Instant::now()).await;
        assert_eq!(
            (outcome.done.len(), outcome.broken, outcome.cut_off),
            (0, 0, 100)
        );
    }

    #[tokio::test]
    async fn work_that_breaks_takes_no_other_with_it() {
        let work = (0..5).map(|number| async move {
            assert_ne!(number, 2, "this one breaks");
            ready(number).await
        });
        let outcome = run(work, 1, far()).await;
        assert_eq!((outcome.done, outcome.broken), (vec![0, 1, 3, 4], 1));
    }

    #[test]
    fn sweeps_that_get_half_of_the_way_reach_every_store_within_three() {
        for stores in [1, 2, 3, 16, 33, 100, 1000] {
            for minute in 29_921_464..29_921_564_i64 {
                let mut reached = BTreeSet::new();
                for sweep in 0..3 {
                    let now = UnixMillis((minute + sweep) * 60_000 + 250);
                    let first = first_place(now, stores);
                    let half = first..first + stores.div_ceil(2);
                    reached.extend(half.map(|place| place % stores));
                }
                assert_eq!(reached.len(), stores, "{stores} stores, minute {minute}");
            }
        }
    }
}
