//! A due ticket: sent again, put on an alarm, or both.

use crate::{Summary, Sweeper};
use std::time::Duration;
use tabletap_dispatch::Dispatcher;
use tabletap_domain::{
    StoreKey,
    ticket::{ALARM_AFTER, RESEND_AFTER, TicketState},
    time::UnixMillis,
};
use tabletap_store::StoredTicket;

/// Nothing is left alone for longer.
pub(crate) const WAIT_MAX: Duration = Duration::from_secs(60);
/// A send to a broker that does not answer takes seconds, and the alarms of the tickets behind must not wait for each. More than one,
/// because a single message may be one that no broker takes.
const UNSENT_MAX: u32 = 3;

/// Counts the sends that failed in a row; after [`UNSENT_MAX`] nothing more is sent in this run.
#[derive(Debug, Default)]
pub(crate) struct Sending {
    failed_in_a_row: u32,
}

impl Sending {
    /// Publishes a ticket's job; whether the broker has it.
    pub(crate) async fn send(&mut self, dispatcher: &Dispatcher, ticket: &StoredTicket) -> bool {
        let sent = self.failed_in_a_row < UNSENT_MAX && dispatcher.send(ticket).await.is_ok();
        self.failed_in_a_row = if sent {
            0
        } else {
            self.failed_in_a_row.saturating_add(1)
        };
        sent
    }
}

impl Sweeper {
    pub(crate) async fn sweep_ticket(
        &self,
        key: &StoreKey,
        ticket: &StoredTicket,
        now: UnixMillis,
        sending: &mut Sending,
        summary: &mut Summary,
    ) {
        let status = &ticket.status;
        if status.state == TicketState::Printed {
            return;
        }
        let waited = waited(ticket, now);
        if needs_alarm(status.state, waited) {
            summary.alarms += 1;
            tracing::error!(
                alarm = "ticket_unprinted",
                ticket_id = %status.id,
                state = %status.state,
                problem = status.problem,
                waited_s = waited.as_secs(),
                "a ticket is not proven printed"
            );
        }
        if status.state == TicketState::Queued {
            if sending.send(&self.dispatcher, ticket).await {
                summary.resent += 1;
            } else {
                summary.failed += 1;
            }
        }
        let due = now.plus(next_wait(status.state, waited));
        if let Err(error) = self
            .store
            .postpone_ticket(key, &status.id, status.attempt, due)
            .await
        {
            summary.failed += 1;
            tracing::error!(%error, ticket_id = %status.id, "a ticket was not put off");
        }
    }
}

fn waited(ticket: &StoredTicket, now: UnixMillis) -> Duration {
    Duration::from_millis(u64::try_from(now.0.saturating_sub(ticket.since.0)).unwrap_or_default())
}

/// Nobody knows whether it is on paper, or it should be by now.
fn needs_alarm(state: TicketState, waited: Duration) -> bool {
    state == TicketState::Unknown || waited >= ALARM_AFTER
}

/// As long again as it has waited, so the waits double; but never past the moment of its alarm, nor longer than [`WAIT_MAX`].
fn next_wait(state: TicketState, waited: Duration) -> Duration {
    if state != TicketState::Queued {
        return WAIT_MAX;
    }
    let wait = waited.clamp(RESEND_AFTER, WAIT_MAX);
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
}
