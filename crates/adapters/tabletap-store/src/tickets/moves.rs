//! What happens to a ticket after it was written: reports, reprints, and looking again later.

use super::{StoredTicket, stored_ticket, ticket_key};
use crate::{
    Store,
    due::DueTime,
    error::{StoreError, WriteError},
    row::{ms, n, s},
    write::{Change, pause},
};
use aws_sdk_dynamodb::types::AttributeValue;
use tabletap_domain::{
    StoreKey, ThingName, TicketId,
    ticket::{ALARM_AFTER, ASK_AFTER, RESEND_AFTER, TicketReport, TicketState, TicketStatus},
    time::UnixMillis,
};
use tabletap_wire::print::ReprintReason;

/// Rounds against others who move the same ticket.
const ROUNDS_MAX: u32 = 16;

/// What a report did.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Reported {
    /// It told something new.
    Moved(TicketStatus),
    /// It came twice, late or out of order.
    Nothing,
}

/// Why a report or reprint was not taken.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ReportError {
    /// There is no such ticket in this store. Permanent.
    #[error("there is no such ticket")]
    NotFound,
    /// The ticket is another agent's. Permanent.
    #[error("the ticket belongs to another agent")]
    NotYours,
    /// The table itself failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl Store {
    /// Writes down what an agent reports of a ticket, if it tells anything new. `detail` is the grade of proof of a printed ticket, and
    /// the reason of any other.
    ///
    /// # Errors
    /// [`ReportError`].
    pub async fn report_ticket(
        &self,
        store: &StoreKey,
        thing: &ThingName,
        ticket: &TicketId,
        report: TicketReport,
        detail: Option<&str>,
        at: UnixMillis,
    ) -> Result<Reported, ReportError> {
        for round in 1..=ROUNDS_MAX {
            let stored = self
                .ticket(store, ticket)
                .await?
                .ok_or(ReportError::NotFound)?;
            // An agent may only speak for its own printers, whatever else its credentials allow.
            if stored.thing != *thing {
                return Err(ReportError::NotYours);
            }
            // Decided anew in each round: what moved the ticket in between may have made this report old news.
            let Some(step) = stored.status.state.advanced(stored.status.attempt, report) else {
                return Ok(Reported::Nothing);
            };
            let change = reported(store, &stored, step, detail, at);
            if let Some(moved) = self.move_ticket(store, &stored, change).await? {
                return Ok(Reported::Moved(moved.status));
            }
            tokio::time::sleep(pause(round)).await;
        }
        Err(StoreError::Throttled.into())
    }

    /// The staff ask for another copy: the ticket's next attempt begins at `now`, and is due at once.
    ///
    /// # Errors
    /// [`ReportError`].
    pub async fn reprint_ticket(
        &self,
        store: &StoreKey,
        ticket: &TicketId,
        now: UnixMillis,
    ) -> Result<StoredTicket, ReportError> {
        for round in 1..=ROUNDS_MAX {
            let stored = self
                .ticket(store, ticket)
                .await?
                .ok_or(ReportError::NotFound)?;
            let change = next_attempt(store, &stored, ReprintReason::Operator, now, now);
            if let Some(moved) = self.move_ticket(store, &stored, change).await? {
                return Ok(moved);
            }
            tokio::time::sleep(pause(round)).await;
        }
        Err(StoreError::Throttled.into())
    }

    /// Nobody can know what became of this attempt, for its agent has lost its journal: the next attempt begins at `now`, if the ticket
    /// still stands as `stored`; `None` when it does not.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn reoffer_ticket(
        &self,
        store: &StoreKey,
        stored: &StoredTicket,
        now: UnixMillis,
    ) -> Result<Option<StoredTicket>, StoreError> {
        let due = now.plus(RESEND_AFTER);
        let change = next_attempt(store, stored, ReprintReason::UnknownOutcome, now, due);
        self.move_ticket(store, stored, change).await
    }

    /// Looks at a ticket again at `due`, unless it is printed, is at another attempt, or is looked at later anyway.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn postpone_ticket(
        &self,
        store: &StoreKey,
        ticket: &TicketId,
        attempt: u32,
        due: UnixMillis,
    ) -> Result<(), StoreError> {
        // A printed ticket has no due time, so the comparison fails and it stays out of what is due. One that was put off for longer, or
        // whose next attempt has begun, keeps the due time it has.
        let later = DueTime::of_kitchen(store, ticket, due)
            .postponed()
            .and_only_if("#attempt = :attempt".to_owned())
            .value("attempt", n(attempt));
        match self.update(ticket_key(store, ticket), later).await {
            Ok(_) | Err(WriteError::Conditions(_)) => Ok(()),
            Err(WriteError::Store(error)) => Err(error),
        }
    }

    /// Makes the change if the ticket still stands as `stored`; `None` when it does not.
    async fn move_ticket(
        &self,
        store: &StoreKey,
        stored: &StoredTicket,
        change: Change,
    ) -> Result<Option<StoredTicket>, StoreError> {
        match self
            .update(ticket_key(store, &stored.status.id), change)
            .await
        {
            Ok(row) => stored_ticket(&row).map(Some),
            Err(WriteError::Conditions(_)) => Ok(None),
            Err(WriteError::Store(error)) => Err(error),
        }
    }
}

const SET_ATTEMPT: &str = "#state = :to_state, #attempt = :to_attempt";

/// A change by an expression that holds [`SET_ATTEMPT`], only while the ticket stands as `stored`. The condition names the attempt as well as
/// the state: a ticket may be `queued` twice, and a report on its first copy must not move its second.
fn step_change(expression: String, stored: &StoredTicket, step: TicketReport) -> Change {
    Change::new(expression)
        .only_if("#state = :from_state AND #attempt = :from_attempt")
        .value("from_state", s(stored.status.state))
        .value("from_attempt", n(stored.status.attempt))
        .value("to_state", s(step.state))
        .value("to_attempt", n(step.attempt))
}

/// The next attempt, to be sent to the agent: it begins at `now`.
fn next_attempt(
    store: &StoreKey,
    stored: &StoredTicket,
    reason: ReprintReason,
    now: UnixMillis,
    due: UnixMillis,
) -> Change {
    let step = TicketReport {
        attempt: stored.status.attempt.saturating_add(1),
        state: TicketState::Queued,
    };
    let expression = format!("SET {SET_ATTEMPT}, #reprint = :reprint, #since = :since");
    step_change(expression, stored, step)
        .value("reprint", s(reason))
        .value("since", ms(now))
        .also_due(DueTime::of_kitchen(store, &stored.status.id, due))
        .then("REMOVE #accepted_at, #printed_at, #problem, #proof")
}

/// The change a report makes. An attempt that the agent began by itself starts a new account of times.
fn reported(
    store: &StoreKey,
    stored: &StoredTicket,
    step: TicketReport,
    detail: Option<&str>,
    at: UnixMillis,
) -> Change {
    let new_attempt = step.attempt > stored.status.attempt;
    let mut set = Assignments::default();
    let mut remove = vec!["proof"];
    // The agent does not know what became of the last copy, and printed another by itself: nobody has accepted or printed this one yet.
    if new_attempt {
        set.add("since", ms(at));
        set.add("reprint", s(ReprintReason::UnknownOutcome));
        remove.extend(["accepted_at", "printed_at"]);
    }
    set.add_if("problem", detail.filter(|_| has_problem(step.state)));
    set.add_if(
        "proof",
        detail.filter(|_| step.state == TicketState::Printed),
    );
    match step.state {
        // A ticket that was blocked in between was accepted when it was accepted first.
        TicketState::Accepted if new_attempt || stored.status.accepted_at.is_none() => {
            set.add("accepted_at", ms(at));
        }
        TicketState::Printed => set.add("printed_at", ms(at)),
        _ => {}
    }
    match due_after(stored, step, new_attempt, at) {
        Some(due) => {
            let due = DueTime::of_kitchen(store, &stored.status.id, due);
            set.0.extend(due.attributes());
        }
        None => remove.extend(["due_pk", "due_sk"]),
    }
    remove.push("problem");
    set.change(stored, step, remove)
}

fn has_problem(state: TicketState) -> bool {
    matches!(state, TicketState::Blocked | TicketState::Unknown)
}

/// When to look at the ticket after this step: never once it is printed, at once when nobody knows, else when its agent is to be asked.
fn due_after(
    stored: &StoredTicket,
    step: TicketReport,
    new_attempt: bool,
    at: UnixMillis,
) -> Option<UnixMillis> {
    let since = if new_attempt { at } else { stored.since };
    let ask = since.plus(ASK_AFTER);
    match step.state {
        TicketState::Printed => None,
        TicketState::Unknown => Some(at.min(since.plus(ALARM_AFTER))),
        TicketState::Queued | TicketState::Accepted | TicketState::Blocked if new_attempt => {
            Some(ask)
        }
        // What was put off already is not brought forward by a printer that goes back and forth.
        TicketState::Queued | TicketState::Accepted | TicketState::Blocked => {
            Some(stored.due.map_or(ask, |due| due.max(ask)))
        }
    }
}

/// Attributes to set; each is also its own placeholder.
#[derive(Debug, Default)]
struct Assignments(Vec<(String, AttributeValue)>);

impl Assignments {
    fn add(&mut self, name: &str, value: AttributeValue) {
        self.0.push((name.to_owned(), value));
    }

    fn add_if(&mut self, name: &str, text: Option<&str>) {
        self.0.extend(text.map(|text| (name.to_owned(), s(text))));
    }

    /// The whole change: what is set, and what is removed unless it is set.
    fn change(
        self,
        stored: &StoredTicket,
        step: TicketReport,
        mut remove: Vec<&'static str>,
    ) -> Change {
        remove.retain(|name| self.0.iter().all(|(set, _)| set != name));
        let sets: String = self
            .0
            .iter()
            .map(|(name, _)| format!(", #{name} = :{name}"))
            .collect();
        let removes: Vec<String> = remove.iter().map(|name| format!("#{name}")).collect();
        let removes = if removes.is_empty() {
            String::new()
        } else {
            format!(" REMOVE {}", removes.join(", "))
        };
        let change = step_change(format!("SET {SET_ATTEMPT}{sets}{removes}"), stored, step);
        let values = self.0.into_iter();
        values.fold(change, |change, (name, value)| change.value(name, value))
    }
}
