//! An agent is back and gets what it misses.
//!
//! What it has in its journal it answers from there and does not print twice, so whatever it never accepted is simply sent again. But
//! where it speaks from another journal than the last time, nobody knows what the lost one had begun: every ticket that was sent may
//! be on paper, accepted or not. Each becomes its next attempt, a reprint of unknown outcome, which bears the banner, or which the
//! agent leaves to the staff where its house wants to be asked. One that was such a reprint already is left to the staff here: nothing
//! is printed twice by itself.
//!
//! The new journal, and what the agent can do, are noted only when all of that is done, so a hello that comes again finishes it, and one that comes twice finds
//! the new attempts, not yet accepted, and changes nothing.

use crate::{EventError, PrinterEvents};
use tabletap_domain::{
    PrinterId, StoreKey, ThingName,
    ticket::{TicketReport, TicketState},
    time::UnixMillis,
};
use tabletap_store::{ReportError, StoredAgent, StoredTicket};
use tabletap_wire::print::{Hello, ReprintReason};

/// What an agent answers of an attempt that its journal does not hold.
const NOT_IN_JOURNAL: &str = "not_in_journal";

impl PrinterEvents {
    pub(crate) async fn welcome(
        &self,
        store: &StoreKey,
        thing: &ThingName,
        hello: &Hello,
        now: UnixMillis,
    ) -> Result<(), EventError> {
        let known = |printer: &PrinterId| hello.printers.iter().any(|of| of.id == *printer);
        let known_agent = self.store.agent(store, thing).await?;
        let agent = StoredAgent {
            journal: hello.journal_epoch.clone(),
            can: hello
                .can
                .iter()
                .filter(|name| is_word(name))
                .cloned()
                .collect(),
        };
        let mut tickets = self.store.open_tickets(store).await?;
        tickets.retain(|ticket| ticket.thing == *thing && known(&ticket.job.printer));
        let is_other = known_agent
            .as_ref()
            .is_some_and(|last| last.journal != hello.journal_epoch);
        if is_other && !tickets.is_empty() {
            tracing::error!(
                alarm = "agent_journal_lost",
                tickets = tickets.len(),
                "an agent has lost its journal: what it has printed of these nobody knows"
            );
            tickets = self.offer_anew(store, thing, tickets, now).await?;
        }
        if known_agent.as_ref() != Some(&agent) {
            self.store.note_agent(store, thing, &agent).await?;
        }
        tickets.retain(|ticket| ticket.status.state == TicketState::Queued);
        tracing::info!(tickets = tickets.len(), "an agent is back");
        for ticket in tickets {
            // One after the other: the paper comes out in the printer's order. What fails here is left to the sweeper.
            if self.dispatcher.send(&ticket).await.is_err() {
                break;
            }
        }
        Ok(())
    }

    /// The tickets as they stand afterwards; one that moved meanwhile is left out, and is due still.
    async fn offer_anew(
        &self,
        store: &StoreKey,
        thing: &ThingName,
        tickets: Vec<StoredTicket>,
        now: UnixMillis,
    ) -> Result<Vec<StoredTicket>, EventError> {
        let mut offered = Vec::with_capacity(tickets.len());
        for ticket in tickets {
            let is_reprint = ticket.job.reprint == Some(ReprintReason::UnknownOutcome);
            match ticket.status.state {
                // The new journal was asked about it before it said hello, and could not know.
                TicketState::Unknown
                    if !is_reprint && ticket.status.problem.as_deref() == Some(NOT_IN_JOURNAL) =>
                {
                    offered.extend(self.store.reoffer_ticket(store, &ticket, now).await?);
                }
                // On paper, or for the staff to say: another copy helps neither.
                TicketState::Printed | TicketState::Unknown => {}
                TicketState::Queued if is_reprint => offered.push(ticket),
                TicketState::Accepted | TicketState::Blocked if is_reprint => {
                    self.leave_to_staff(store, thing, &ticket, now).await?;
                }
                TicketState::Queued | TicketState::Accepted | TicketState::Blocked => {
                    offered.extend(self.store.reoffer_ticket(store, &ticket, now).await?);
                }
            }
        }
        Ok(offered)
    }

    async fn leave_to_staff(
        &self,
        store: &StoreKey,
        thing: &ThingName,
        ticket: &StoredTicket,
        now: UnixMillis,
    ) -> Result<(), ReportError> {
        let report = TicketReport {
            attempt: ticket.status.attempt,
            state: TicketState::Unknown,
        };
        let (id, why) = (&ticket.status.id, Some("journal_lost"));
        self.store
            .report_ticket(store, thing, id, report, why, now)
            .await
            .map(drop)
    }
}

/// Whether it is a name that the table keeps: an agent may say anything.
fn is_word(name: &str) -> bool {
    (1..=20).contains(&name.len()) && name.bytes().all(|byte| byte.is_ascii_lowercase())
}
