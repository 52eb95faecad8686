//! Decides whether answers to the fence (`GS r 1`) prove that a ticket is on paper. Pure.
//!
//! The difficulty: an answer does not say which query it belongs to. It may answer the fence of an earlier ticket, even one sent over an
//! earlier connection or by an agent that has since been restarted, or it may be a stray byte that looks like an answer. But the printer
//! answers in order. So if at most *n* answers can be wrong, then *n* + 1 answers include a right one, which was given after this ticket was
//! printed. The fence is therefore repeated until there are enough answers. A repetition is sent only after an answer has arrived, so the
//! printer has one query at a time.
//!
//! Noise invalidates all answers before it and, until the line is silent, those after it: an echo of the ticket contains bytes that look
//! like legal answers.

use super::answer::Answer;

/// What to do after an answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum NextAction {
    /// Wait for more answers.
    Wait,
    /// Send [`FENCE_QUERY`](super::answer::FENCE_QUERY) once more.
    QueryAgain,
    /// Everything before the first query is on paper.
    Proven,
}

/// How many stray bytes that look like an answer are allowed for during one ticket.
const STRAYS_MAX: u32 = 1;
/// No printer keeps more unanswered queries than this. Each stray byte is counted in place of an answer that then arrives later, so one more
/// may be outstanding with each ticket that directly follows another, until the line has been quiet. Each costs one more query per ticket, a
/// few milliseconds. Waiting for a quiet line instead would stop a rush for a second.
const OUTSTANDING_MAX: u32 = 16;
/// What an agent that was killed in a rush may have left outstanding.
pub(crate) const OUTSTANDING_AT_START: u32 = OUTSTANDING_MAX;
/// Some network boards hold their last answer back until they have more to send.
const HELD_BACK_MAX: u32 = 1;

/// How many answers may be outstanding before a ticket is sent. `is_quiet`: the printer has proven a ticket over this connection, and has had
/// an answer's time since.
pub(crate) fn outstanding_before(outstanding: u32, is_quiet: bool) -> u32 {
    if is_quiet {
        outstanding.min(HELD_BACK_MAX)
    } else {
        outstanding
    }
}

/// The proof of one ticket.
#[derive(Debug)]
pub(crate) struct FenceProof {
    /// Answers that were outstanding before the first query.
    outstanding_before: u32,
    queries: u32,
    answers: u32,
    is_noisy: bool,
}

impl FenceProof {
    /// Begins when the first query is sent while so many answers to earlier ones are outstanding.
    pub(crate) fn begin(outstanding: u32) -> Self {
        Self {
            outstanding_before: outstanding.min(OUTSTANDING_MAX),
            queries: 1,
            answers: 0,
            is_noisy: false,
        }
    }

    /// Counts an answer.
    pub(crate) fn on_answer(&mut self, answer: Answer) -> NextAction {
        match answer {
            Answer::Status(_) => NextAction::Wait,
            Answer::Noise => {
                // Start again: each query until now may still be answered.
                *self = Self {
                    outstanding_before: self.outstanding(),
                    queries: 0,
                    answers: 0,
                    is_noisy: true,
                };
                NextAction::Wait
            }
            Answer::Fence(_) if self.is_noisy => NextAction::Wait,
            Answer::Fence(_) => {
                self.answers += 1;
                if self.answers > self.outstanding_before + STRAYS_MAX {
                    return NextAction::Proven;
                }
                self.query_again()
            }
        }
    }

    /// How many answers have arrived since the last noise.
    pub(crate) fn answers(&self) -> u32 {
        self.answers
    }

    /// The line has been silent for a while. After noise, the query is sent again, because its answer may have been lost in the noise.
    pub(crate) fn on_silence(&mut self) -> NextAction {
        if self.is_noisy {
            self.query_again()
        } else {
            NextAction::Wait
        }
    }

    /// How many answers are outstanding. One that arrived may have been a stray byte, so that the real answer is still to come.
    pub(crate) fn outstanding(&self) -> u32 {
        let received = self.answers.saturating_sub(STRAYS_MAX);
        (self.outstanding_before + self.queries)
            .saturating_sub(received)
            .min(OUTSTANDING_MAX)
    }

    fn query_again(&mut self) -> NextAction {
        self.queries += 1;
        self.is_noisy = false;
        NextAction::QueryAgain
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::printer::answer::AnswerParser;
    use proptest::prelude::*;
    use std::collections::VecDeque;

    const ANSWER: Answer = Answer::Fence(0);

    /// The action after the last of these answers.
    fn last_action(outstanding: u32, answers: &[Answer]) -> NextAction {
        let mut proof = FenceProof::begin(outstanding);
        answers
            .iter()
            .fold(NextAction::Wait, |_, answer| proof.on_answer(*answer))
    }

    #[test]
    fn a_fence_is_proven_only_by_more_answers_than_can_be_wrong() {
        for (outstanding, answers, action, why) in [
            (
                0,
                vec![ANSWER],
                NextAction::QueryAgain,
                "it may be a stray byte",
            ),
            (
                0,
                vec![ANSWER; 2],
                NextAction::Proven,
                "one of two is right",
            ),
            (
                1,
                vec![ANSWER; 2],
                NextAction::QueryAgain,
                "one may answer an earlier ticket",
            ),
            (
                1,
                vec![ANSWER; 3],
                NextAction::Proven,
                "one of three is right",
            ),
            (
                0,
                vec![ANSWER, Answer::Status(0x12), ANSWER],
                NextAction::Proven,
                "a status is no noise",
            ),
            (
                0,
                vec![ANSWER, Answer::Noise, ANSWER],
                NextAction::Wait,
                "an answer in the noise is nothing",
            ),
        ] {
            assert_eq!(last_action(outstanding, &answers), action, "{why}");
        }
    }

    #[test]
    fn an_echo_proves_nothing_however_often_the_fence_is_repeated() {
        let echo = [0x1B, 0x40, 0x00, 0x00, 0x0C, 0x1D, 0x72, 0x01];
        let (mut parser, mut proof) = (AnswerParser::default(), FenceProof::begin(0));
        for _ in 0..100 {
            for byte in echo {
                if let Some(answer) = parser.push(byte) {
                    assert_ne!(proof.on_answer(answer), NextAction::Proven);
                }
            }
            assert_ne!(proof.on_silence(), NextAction::Proven);
        }
    }

    #[test]
    fn unanswered_queries_stay_outstanding_for_the_next_ticket() {
        let mut proof = FenceProof::begin(1);
        assert_eq!(proof.outstanding(), 2);
        proof.on_answer(ANSWER);
        assert_eq!(
            proof.outstanding(),
            3,
            "one more query, and none answered if it was a stray byte"
        );
        proof.on_answer(ANSWER);
        assert_eq!(proof.outstanding(), 3, "only one can be a stray byte");
        proof.on_answer(Answer::Noise);
        assert_eq!(proof.outstanding(), 3);
        assert_eq!(proof.on_silence(), NextAction::QueryAgain);
        assert_eq!(proof.outstanding(), 4);
        assert_eq!(
            proof.on_silence(),
            NextAction::Wait,
            "once after each noise"
        );
    }

    #[test]
    fn a_stray_byte_at_one_ticket_leaves_an_answer_for_the_next() {
        let mut first = FenceProof::begin(0);
        assert_eq!(
            first.on_answer(ANSWER),
            NextAction::QueryAgain,
            "the stray byte"
        );
        assert_eq!(
            first.on_answer(ANSWER),
            NextAction::Proven,
            "the first answer"
        );
        for is_quiet in [false, true] {
            let mut second = FenceProof::begin(outstanding_before(first.outstanding(), is_quiet));
            second.on_answer(ANSWER);
            assert_eq!(
                second.on_answer(ANSWER),
                NextAction::QueryAgain,
                "a stray byte, and the late answer"
            );
            assert_eq!(second.on_answer(ANSWER), NextAction::Proven);
        }
    }

    /// What happens while a ticket is in the printer.
    #[derive(Clone, Copy, Debug)]
    enum Event {
        Printed,
        /// The oldest answer that the printer has given arrives.
        Arrives,
        Stray,
        Noise,
        Silence,
    }

    fn events() -> impl Strategy<Value = Vec<Event>> {
        let event = prop_oneof![
            1 => Just(Event::Printed),
            4 => Just(Event::Arrives),
            2 => Just(Event::Stray),
            1 => Just(Event::Noise),
            1 => Just(Event::Silence),
        ];
        proptest::collection::vec(event, 0..12)
    }

    /// A printer and its board: it answers in order, and any answer may be late.
    #[derive(Default)]
    struct Board {
        /// The unanswered queries, each by the ticket it follows.
        queries: VecDeque<usize>,
        ticket: usize,
        is_printed: bool,
        has_sent_stray: bool,
    }

    impl Board {
        fn begin(&mut self, is_quiet: bool) {
            while is_quiet && self.queries.len() > 1 {
                self.queries.pop_front();
            }
            self.ticket += 1;
            self.receive_query();
            (self.is_printed, self.has_sent_stray) = (false, false);
        }

        fn handle(&mut self, event: Event, proof: &mut FenceProof) -> NextAction {
            let is_printed = |ticket: &usize| *ticket < self.ticket || self.is_printed;
            let action = match event {
                Event::Printed => {
                    self.is_printed = true;
                    NextAction::Wait
                }
                Event::Arrives if self.queries.front().is_some_and(is_printed) => {
                    self.queries.pop_front();
                    proof.on_answer(ANSWER)
                }
                Event::Stray if !self.has_sent_stray => {
                    self.has_sent_stray = true;
                    proof.on_answer(ANSWER)
                }
                Event::Noise => proof.on_answer(Answer::Noise),
                Event::Silence => proof.on_silence(),
                Event::Arrives | Event::Stray => NextAction::Wait,
            };
            if action == NextAction::QueryAgain {
                self.receive_query();
            }
            action
        }

        /// A full buffer loses further queries.
        fn receive_query(&mut self) {
            if self.queries.len() < usize::try_from(OUTSTANDING_MAX).unwrap_or(usize::MAX) {
                self.queries.push_back(self.ticket);
            }
        }
    }

    proptest! {
        #[test]
        fn no_ticket_is_proven_before_it_is_printed_and_each_is_proven_in_the_end(
            tickets in proptest::collection::vec((any::<bool>(), events()), 1..40),
        ) {
            let (mut board, mut outstanding) = (Board::default(), 0);
            for (is_quiet, events) in tickets {
                board.begin(is_quiet);
                let mut proof = FenceProof::begin(outstanding_before(outstanding, is_quiet));
                // At last the printer works again: it prints, the line falls silent, and it answers.
                let recovery = [Event::Printed, Event::Silence].into_iter();
                let answers = std::iter::repeat_n(Event::Arrives, 40);
                let mut is_proven = false;
                for event in events.into_iter().chain(recovery).chain(answers) {
                    is_proven = board.handle(event, &mut proof) == NextAction::Proven;
                    if is_proven {
                        prop_assert!(board.is_printed, "proven too early");
                        break;
                    }
                }
                prop_assert!(is_proven, "a working printer proves its tickets");
                outstanding = proof.outstanding();
                prop_assert!(board.queries.len() <= usize::try_from(outstanding).unwrap_or(0));
            }
        }
    }
}
