//! The circuit breaker before the broker: a sweep waits for a broker that is away a few times, not once for each ticket of each store.

use std::{
    sync::atomic::{AtomicU32, Ordering},
    time::Duration,
};
use tabletap_runtime::mqtt::NotPublished;
use tokio::time::timeout;

/// The broker is away after this many messages in a row without an answer. Not after the first: one may be lost with its connection.
const UNANSWERED_MAX: u32 = 3;

/// Lets messages through until the broker seems to be away, and then none for the rest of its sweep. All stores share one, because they share
/// the broker. The next sweep starts with a new one, so it tries again.
#[derive(Debug)]
pub(crate) struct Breaker {
    answer_within: Duration,
    unanswered_in_a_row: AtomicU32,
}

impl Breaker {
    /// A closed breaker; it waits this long for each answer.
    pub(crate) fn new(answer_within: Duration) -> Self {
        Self {
            answer_within,
            unanswered_in_a_row: AtomicU32::new(0),
        }
    }

    /// Whether the broker is away: nothing is sent any more.
    pub(crate) fn is_open(&self) -> bool {
        self.unanswered_in_a_row.load(Ordering::Relaxed) >= UNANSWERED_MAX
    }

    /// Publishes a message, unless the broker is away. Returns whether the broker has it.
    ///
    /// A message that the broker refuses is answered: a store whose tickets no broker takes must not keep those of others from being sent.
    pub(crate) async fn publish(
        &self,
        publishing: impl Future<Output = Result<(), NotPublished>>,
    ) -> bool {
        if self.is_open() {
            return false;
        }
        let outcome = timeout(self.answer_within, publishing).await;
        match outcome {
            Ok(Ok(()) | Err(NotPublished::Refused)) => self.note(true),
            Ok(Err(NotPublished::Unavailable)) | Err(_) => self.note(false),
        }
        matches!(outcome, Ok(Ok(())))
    }

    /// Counts an answer, or one that did not come. Once open it stays open: a late answer to another lane would have the rest wait again.
    fn note(&self, answered: bool) {
        let count = |unanswered| match unanswered {
            UNANSWERED_MAX.. => None,
            _ if answered => Some(0),
            _ => Some(unanswered + 1),
        };
        let (load, store) = (Ordering::Relaxed, Ordering::Relaxed);
        let before = self.unanswered_in_a_row.fetch_update(store, load, count);
        if !answered && before == Ok(UNANSWERED_MAX - 1) {
            tracing::error!("the broker does not answer; this sweep sends nothing more");
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::{cell::Cell, future::pending};

    /// Publishes one message after the other to a broker that does this with each; how many it was given.
    async fn given(breaker: &Breaker, answers: &[Result<(), NotPublished>]) -> usize {
        let given = Cell::new(0);
        for answer in answers {
            let publishing = async {
                given.set(given.get() + 1);
                *answer
            };
            breaker.publish(publishing).await;
        }
        given.get()
    }

    #[tokio::test]
    async fn a_broker_that_never_answers_is_waited_for_a_few_times_and_not_again() {
        let breaker = Breaker::new(Duration::ZERO);
        let waited_for = Cell::new(0);
        for _ in 0..100 {
            let publishing = async {
                waited_for.set(waited_for.get() + 1);
                pending().await
            };
            assert!(!breaker.publish(publishing).await);
        }
        assert_eq!(waited_for.get(), UNANSWERED_MAX);
        assert!(breaker.is_open());
    }

    #[tokio::test]
    async fn only_failures_in_a_row_open_it_and_a_refusal_is_an_answer() {
        let (ok, away, refused) = (
            Ok(()),
            Err(NotPublished::Unavailable),
            Err(NotPublished::Refused),
        );
        for (answers, sent, why) in [
            (vec![away, away, away, ok, ok], 3, "away"),
            (vec![away, away, ok, away, away, ok], 6, "it comes and goes"),
            (vec![refused; 9], 9, "each is answered"),
            (
                vec![away, away, refused, away, ok],
                5,
                "an answer in between",
            ),
        ] {
            let breaker = Breaker::new(Duration::MAX);
            assert_eq!(given(&breaker, &answers).await, sent, "{why}");
        }
    }

    #[tokio::test]
    async fn it_stays_open_though_an_earlier_message_is_answered_at_last() {
        let breaker = Breaker::new(Duration::MAX);
        let late = breaker.publish(async {
            tokio::task::yield_now().await;
            Ok(())
        });
        let away = async {
            given(&breaker, &[Err(NotPublished::Unavailable); 3]).await;
        };
        // The late one is polled first, so it is on its way when the others fail.
        let (answered, ()) = tokio::join!(late, away);
        assert!(answered && breaker.is_open());
    }
}
