//! Kitchen tickets: one row each in its order's partition, due until it is proven printed.

mod moves;
mod writing;

pub use moves::{ReportError, Reported};
pub use writing::Cause;
pub(crate) use writing::Counters;

use crate::{
    Store,
    batch::Question,
    due::{due_of, kitchen_partition},
    error::StoreError,
    key::{self, Key},
    row::{Read, Row},
    schema,
};
use tabletap_domain::{StoreKey, ThingName, TicketId, ticket::TicketStatus, time::UnixMillis};
use tabletap_wire::print::{PrintJob, ReprintReason};

/// A ticket as it is stored.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StoredTicket {
    /// The agent that prints it.
    pub thing: ThingName,
    /// What is to be printed, as the current attempt.
    pub job: PrintJob,
    /// How far it is proven to have come.
    pub status: TicketStatus,
    /// When the current attempt began: waiting is counted from here.
    pub since: UnixMillis,
    /// When somebody must look at it; `None` once it is printed.
    pub due: Option<UnixMillis>,
}

impl Store {
    /// A ticket.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn ticket(
        &self,
        store: &StoreKey,
        ticket: &TicketId,
    ) -> Result<Option<StoredTicket>, StoreError> {
        self.get(ticket_key(store, ticket))
            .await?
            .as_ref()
            .map(stored_ticket)
            .transpose()
    }

    /// All tickets of a store that are not proven printed, in the order of each printer.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn open_tickets(&self, store: &StoreKey) -> Result<Vec<StoredTicket>, StoreError> {
        let question = Question {
            index: Some(schema::DUE.name),
            condition: "due_pk = :pk",
            ..Question::of(kitchen_partition(store))
        };
        let entries = self.query(question).await?;
        let keys = entries
            .iter()
            .filter_map(Key::of)
            .filter(|key| key.sk.starts_with(key::TICKET));
        let rows = self.get_all(keys.collect()).await?;
        let mut tickets: Vec<StoredTicket> = rows
            .values()
            .filter(|row| row.contains_key("due_sk"))
            .map(stored_ticket)
            .collect::<Result<_, _>>()?;
        tickets.sort_by(|a, b| (&a.job.printer, a.job.seq).cmp(&(&b.job.printer, b.job.seq)));
        Ok(tickets)
    }
}

fn ticket_key(store: &StoreKey, ticket: &TicketId) -> Key {
    key::ticket(store, &ticket.order, &ticket.station, ticket.revision)
}

/// The ticket in a row.
pub(crate) fn stored_ticket(row: &Row) -> Result<StoredTicket, StoreError> {
    let document: String = row.get_as("job")?;
    let written: PrintJob = serde_json::from_str(&document).map_err(|_| row.corrupt("job"))?;
    let reprint: Option<ReprintReason> = row.maybe("reprint")?;
    let status = ticket_status(row)?;
    Ok(StoredTicket {
        thing: row.get_as("thing")?,
        job: PrintJob {
            attempt: status.attempt,
            reprint,
            ..written
        },
        since: row.time("since")?,
        due: due_of(row)?,
        status,
    })
}

/// How far the ticket in a row has come.
pub(crate) fn ticket_status(row: &Row) -> Result<TicketStatus, StoreError> {
    Ok(TicketStatus {
        id: row.get_as("ticket_id")?,
        state: row.get_as("state")?,
        attempt: row.get_as("attempt")?,
        created_at: row.time("created_at")?,
        accepted_at: row.maybe("accepted_at")?.map(UnixMillis),
        printed_at: row.maybe("printed_at")?.map(UnixMillis),
        problem: row.maybe("problem")?,
    })
}
