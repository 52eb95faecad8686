//! Whether answers to `GS r 1` prove that a ticket is on paper. Pure.
//!
//! The answers bear no name: one may answer an earlier ticket's question, also one asked over an earlier connection or before the agent was
//! started again, and one may be a stray byte. But the printer answers in order. So where at most so many answers can be wrong, one more of
//! them is right: it was given after the ticket was printed. The next question is only asked once an answer is there, so that a printer has
//! one of them at a time. Noise makes everything worthless that was heard before it, and until the line is silent: an echo of a ticket holds
//! legal answers too.

use super::answer::Heard;

/// What to do about a fence after a byte was heard.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Then {
    /// Listen on.
    Wait,
    /// Ask [`ASK_FENCE`](super::answer::ASK_FENCE) once more.
    Ask,
    /// Everything before the first question is on paper.
    Proven,
}

/// Stray bytes that look like an answer, in the time of one ticket.
const STRAYS: u32 = 1;
/// No printer keeps more unanswered questions than this. Each stray byte stands in for an answer that then comes later, so one more may be
/// owed with each ticket of a rush, until the line has been quiet. The price is one more question per ticket, some milliseconds each: a rush
/// never waits for a quiet line.
const OWED_MAX: u32 = 16;
/// What an agent that was killed in a rush may have left unanswered.
pub(crate) const OWED_AT_START: u32 = OWED_MAX;
/// Boards may hold their last answer back until they have something more to say.
const HELD_BACK: u32 = 1;

/// How many answers may still come before a ticket is sent. `is_quiet`: the printer has proven a ticket over this connection, and has had the
/// time of an answer since.
pub(crate) fn owed_before(owed: u32, is_quiet: bool) -> u32 {
    if is_quiet { owed.min(HELD_BACK) } else { owed }
}

/// The proof of one ticket.
#[derive(Debug)]
pub(crate) struct Proof {
    /// Answers that were owed before the first question.
    before: u32,
    asked: u32,
    answers: u32,
    is_noisy: bool,
}

impl Proof {
    /// The first question was asked, while the printer owed so many answers to earlier ones.
    pub(crate) fn begin(owed: u32) -> Self {
        Self {
            before: owed.min(OWED_MAX),
            asked: 1,
            answers: 0,
            is_noisy: false,
        }
    }

    /// Takes in what was heard.
    pub(crate) fn hear(&mut self, heard: Heard) -> Then {
        match heard {
            Heard::Status(_) => Then::Wait,
            Heard::Noise => {
                // Each question until now may still be answered.
                *self = Self {
                    before: self.owed(),
                    asked: 0,
                    answers: 0,
                    is_noisy: true,
                };
                Then::Wait
            }
            Heard::Fence(_) if self.is_noisy => Then::Wait,
            Heard::Fence(_) => {
                self.answers += 1;
                if self.answers > self.before + STRAYS {
                    return Then::Proven;
                }
                self.ask()
            }
        }
    }

    /// How many answers were heard since the last noise.
    pub(crate) fn answers(&self) -> u32 {
        self.answers
    }

    /// The line has been silent for a while: what was answered in the noise is asked once more.
    pub(crate) fn silence(&mut self) -> Then {
        if self.is_noisy {
            self.ask()
        } else {
            Then::Wait
        }
    }

    /// How many answers may still come: one that was heard may have been a stray byte, and the answer in its place is on its way.
    pub(crate) fn owed(&self) -> u32 {
        let given = self.answers.saturating_sub(STRAYS);
        (self.before + self.asked)
            .saturating_sub(given)
            .min(OWED_MAX)
    }

    fn ask(&mut self) -> Then {
        self.asked += 1;
        self.is_noisy = false;
        Then::Ask
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::printer::answer::Answers;
    use proptest::prelude::*;
    use std::collections::VecDeque;

    const ANSWER: Heard = Heard::Fence(0);

    /// What is heard, byte by byte, and what it leads to at last.
    fn heard(owed: u32, bytes: &[Heard]) -> Then {
        let mut proof = Proof::begin(owed);
        bytes.iter().fold(Then::Wait, |_, heard| proof.hear(*heard))
    }

    #[test]
    fn a_fence_is_proven_only_by_more_answers_than_can_be_wrong() {
        for (owed, bytes, then, why) in [
            (0, vec![ANSWER], Then::Ask, "it may be a stray byte"),
            (0, vec![ANSWER; 2], Then::Proven, "one of two is right"),
            (
                1,
                vec![ANSWER; 2],
                Then::Ask,
                "one may answer an earlier ticket",
            ),
            (1, vec![ANSWER; 3], Then::Proven, "one of three is right"),
            (
                0,
                vec![ANSWER, Heard::Status(0x12), ANSWER],
                Then::Proven,
                "a status is no noise",
            ),
            (
                0,
                vec![ANSWER, Heard::Noise, ANSWER],
                Then::Wait,
                "an answer in the noise is nothing",
            ),
        ] {
            assert_eq!(heard(owed, &bytes), then, "{why}");
        }
    }

    #[test]
    fn an_echo_proves_nothing_however_often_it_is_asked() {
        let echo = [0x1B, 0x40, 0x00, 0x00, 0x0C, 0x1D, 0x72, 0x01];
        let (mut answers, mut proof) = (Answers::default(), Proof::begin(0));
        for _ in 0..100 {
            for byte in echo {
                if let Some(heard) = answers.hear(byte) {
                    assert_ne!(proof.hear(heard), Then::Proven);
                }
            }
            assert_ne!(proof.silence(), Then::Proven);
        }
    }

    #[test]
    fn what_was_asked_and_not_answered_is_owed_to_the_next_ticket() {
        let mut proof = Proof::begin(1);
        assert_eq!(proof.owed(), 2);
        proof.hear(ANSWER);
        assert_eq!(
            proof.owed(),
            3,
            "one more asked, and none answered if it was stray"
        );
        proof.hear(ANSWER);
        assert_eq!(proof.owed(), 3, "only one can be stray");
        proof.hear(Heard::Noise);
        assert_eq!(proof.owed(), 3);
        assert_eq!(proof.silence(), Then::Ask);
        assert_eq!(proof.owed(), 4);
        assert_eq!(proof.silence(), Then::Wait, "once for each noise");
    }

    #[test]
    fn a_stray_byte_at_one_ticket_leaves_an_answer_for_the_next() {
        let mut first = Proof::begin(0);
        assert_eq!(first.hear(ANSWER), Then::Ask, "the stray byte");
        assert_eq!(first.hear(ANSWER), Then::Proven, "the first answer");
        for is_quiet in [false, true] {
            let mut second = Proof::begin(owed_before(first.owed(), is_quiet));
            second.hear(ANSWER);
            assert_eq!(
                second.hear(ANSWER),
                Then::Ask,
                "a stray byte, and the late answer"
            );
            assert_eq!(second.hear(ANSWER), Then::Proven);
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
        /// The tickets behind which the unanswered questions stand.
        questions: VecDeque<usize>,
        ticket: usize,
        is_printed: bool,
        has_strayed: bool,
    }

    impl Board {
        fn begin(&mut self, is_quiet: bool) {
            while is_quiet && self.questions.len() > 1 {
                self.questions.pop_front();
            }
            self.ticket += 1;
            self.take_question();
            (self.is_printed, self.has_strayed) = (false, false);
        }

        fn say(&mut self, event: Event, proof: &mut Proof) -> Then {
            let is_given = |of: &usize| *of < self.ticket || self.is_printed;
            let then = match event {
                Event::Printed => {
                    self.is_printed = true;
                    Then::Wait
                }
                Event::Arrives if self.questions.front().is_some_and(is_given) => {
                    self.questions.pop_front();
                    proof.hear(ANSWER)
                }
                Event::Stray if !self.has_strayed => {
                    self.has_strayed = true;
                    proof.hear(ANSWER)
                }
                Event::Noise => proof.hear(Heard::Noise),
                Event::Silence => proof.silence(),
                Event::Arrives | Event::Stray => Then::Wait,
            };
            if then == Then::Ask {
                self.take_question();
            }
            then
        }

        /// A full line loses what comes next.
        fn take_question(&mut self) {
            if self.questions.len() < OWED_MAX as usize {
                self.questions.push_back(self.ticket);
            }
        }
    }

    proptest! {
        #[test]
        fn no_ticket_is_proven_before_it_is_printed_and_each_is_in_the_end(
            tickets in proptest::collection::vec((any::<bool>(), events()), 1..40),
        ) {
            let (mut board, mut owed) = (Board::default(), 0);
            for (is_quiet, events) in tickets {
                board.begin(is_quiet);
                let mut proof = Proof::begin(owed_before(owed, is_quiet));
                // A good printer after all that befell it: it prints, its line falls silent, and it answers.
                let cure = [Event::Printed, Event::Silence].into_iter();
                let answers = std::iter::repeat_n(Event::Arrives, 40);
                let mut is_proven = false;
                for event in events.into_iter().chain(cure).chain(answers) {
                    is_proven = board.say(event, &mut proof) == Then::Proven;
                    if is_proven {
                        prop_assert!(board.is_printed, "proven too early");
                        break;
                    }
                }
                prop_assert!(is_proven, "a good printer proves its tickets");
                owed = proof.owed();
                prop_assert!(board.questions.len() <= usize::try_from(owed).unwrap_or(0));
            }
        }
    }
}
