//! A due ticket: sent again, put on an alarm, or both.

use crate::{Sweep, Tally, WAIT_MAX, asking::Asking};
use futures_util::{StreamExt, stream};
use std::time::Duration;
use tabletap_domain::{
    StoreKey, TicketId,
    ticket::{ALARM_AFTER, ASK_AFTER, RESEND_AFTER, TicketState},
    time::UnixMillis,
};
use tabletap_store::{Due, StoredTicket};

/// How many tickets are postponed at a time.
const POSTPONED_AT_ONCE: usize = 16;

/// A ticket that is looked at again at `due`.
#[derive(Debug)]
pub(crate) struct Postponed {
    ticket: TicketId,
    attempt: u32,
    due: UnixMillis,
}

impl Sweep {
    /// Sounds a ticket's alarm, where it is due one. It needs neither database nor broker.
    pub(crate) fn sound_alarm(&self, due: &Due) -> Tally {
        let Due::Ticket(StoredTicket { status, since, .. }) = due else {
            return Tally::default();
        };
        let waited = waited(*since, self.now);
        if !needs_alarm(status.state, waited) {
            return Tally::default();
        }
        tracing::error!(
            alarm = "ticket_unprinted",
            ticket_id = %status.id,
            state = %status.state,
            problem = status.problem,
            waited_s = waited.as_secs(),
            "a ticket is not proven printed"
        );
        Tally::alarm()
    }

    /// Sends a ticket again, or has its agent asked, and says when to look again.
    pub(crate) async fn sweep_ticket(
        &self,
        ticket: &StoredTicket,
        asking: &mut Asking,
    ) -> (Tally, Option<Postponed>) {
        let (status, mut tally) = (&ticket.status, Tally::default());
        if status.state == TicketState::Printed {
            return (tally, None);
        }
        let waited = waited(ticket.since, self.now);
        if status.state == TicketState::Queued {
            let sent = self.send(ticket).await;
            tally.resent += u32::from(sent);
            tally.failed += u32::from(!sent);
        }
        if is_asked_about(status.state, waited) {
            asking.about(ticket);
        }
        let postponed = Postponed {
            ticket: status.id.clone(),
            attempt: status.attempt,
            due: self.now.plus(next_wait(status.state, waited)),
        };
        (tally, Some(postponed))
    }

    /// Publishes a ticket's job, unless the broker is away. Returns whether the broker has it; if not, the ticket is due again in seconds.
    pub(crate) async fn send(&self, ticket: &StoredTicket) -> bool {
        if self.breaker.is_open() {
            return false;
        }
        let dispatcher = &self.sweeper.dispatcher;
        // Read before the broker's time begins: a slow database must not count as an unreachable broker.
        let job = dispatcher.job(ticket).await;
        self.breaker.publish(dispatcher.publish(ticket, &job)).await
    }

    /// Notes when tickets are looked at again, some at a time: a thousand of them must not take the minute.
    pub(crate) async fn postpone_tickets(
        &self,
        key: &StoreKey,
        postponed: Vec<Postponed>,
    ) -> Tally {
        let writes = postponed.into_iter().map(|postponed| async move {
            let Postponed {
                ticket,
                attempt,
                due,
            } = &postponed;
            let store = &self.sweeper.store;
            match store.postpone_ticket(key, ticket, *attempt, *due).await {
                Ok(()) => Tally::default(),
                Err(error) => {
                    tracing::error!(%error, ticket_id = %ticket, "a ticket was not postponed");
                    Tally::failure()
                }
            }
        });
        let written = stream::iter(writes).buffer_unordered(POSTPONED_AT_ONCE);
        written.collect::<Vec<_>>().await.into_iter().sum()
    }
}

fn waited(since: UnixMillis, now: UnixMillis) -> Duration {
    Duration::from_millis(u64::try_from(now.0.saturating_sub(since.0)).unwrap_or_default())
}

/// Whether it should be on paper by now, or may be and staff must look.
fn needs_alarm(state: TicketState, waited: Duration) -> bool {
    match state {
        TicketState::Printed => false,
        TicketState::Unknown => true,
        TicketState::Queued | TicketState::Accepted | TicketState::Blocked => waited >= ALARM_AFTER,
    }
}

/// Whether its agent has it, and may have said what became of it.
fn is_asked_about(state: TicketState, waited: Duration) -> bool {
    matches!(state, TicketState::Accepted | TicketState::Blocked) && waited >= ASK_AFTER
}

/// As long again as it has waited, so the waits double; but never past the moment of its alarm, nor longer than [`WAIT_MAX`].
fn next_wait(state: TicketState, waited: Duration) -> Duration {
    let wait = match state {
        TicketState::Queued => waited.clamp(RESEND_AFTER, WAIT_MAX),
        TicketState::Unknown => return WAIT_MAX,
        TicketState::Accepted | TicketState::Blocked | TicketState::Printed => WAIT_MAX,
    };
    let to_alarm = ALARM_AFTER.saturating_sub(waited);
    if to_alarm.is_zero() {
        wait
    } else {
        wait.min(to_alarm)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_ticket_is_sent_again_at_growing_distances_and_on_an_alarm_after_a_minute() {
        let s = Duration::from_secs;
        for (state, waited, wait, alarm, why) in [
            (TicketState::Queued, s(5), s(5), false, "the first time"),
            (TicketState::Queued, s(10), s(10), false, "doubled"),
            (
                TicketState::Queued,
                s(40),
                s(20),
                false,
                "looked at when its alarm is due",
            ),
            (TicketState::Queued, s(60), s(60), true, "nobody answers"),
            (TicketState::Queued, s(600), s(60), true, "still"),
            (
                TicketState::Accepted,
                s(15),
                s(45),
                false,
                "looked at when its alarm is due",
            ),
            (
                TicketState::Accepted,
                s(60),
                s(60),
                true,
                "accepted is not printed",
            ),
            (TicketState::Blocked, s(61), s(60), true, "no paper"),
            (
                TicketState::Unknown,
                s(1),
                s(60),
                true,
                "at once: nobody knows",
            ),
        ] {
            assert_eq!(next_wait(state, waited), wait, "{why}");
            assert_eq!(needs_alarm(state, waited), alarm, "{why}");
        }
    }

    #[test]
    fn only_what_an_agent_has_had_for_a_while_is_asked_about() {
        let s = Duration::from_secs;
        for (state, waited, asked) in [
            (TicketState::Queued, s(90), false),
            (TicketState::Accepted, s(14), false),
            (TicketState::Accepted, s(15), true),
            (TicketState::Blocked, s(600), true),
            (TicketState::Unknown, s(90), false),
            (TicketState::Printed, s(90), false),
        ] {
            assert_eq!(is_asked_about(state, waited), asked, "{state} {waited:?}");
        }
    }
}
