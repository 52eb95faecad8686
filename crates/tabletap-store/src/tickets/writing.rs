//! Writing an order's tickets, or a call's slip, down, with a gap-free sequence per printer.
//!
//! A printer's counter moves in the same transaction that writes its tickets, on the condition that it stood where we thought. The last
//! known value is kept in memory and corrected from the refusal, so a warm function writes without reading.
//!
//! The same transaction takes the order's head, or the call, out of what is due: it is due there exactly as long as it has no tickets.

use super::{StoredTicket, stored_ticket, ticket_key};
use crate::{
    Store,
    error::{Refused, StoreError, WriteError},
    key::{self, Key},
    row::{Read, Row, ms, n, row, s},
    write::{Change, pause},
};
use aws_sdk_dynamodb::types::TransactWriteItem;
use std::{collections::BTreeMap, sync::Arc};
use tabletap_domain::{
    OrderId, PrinterId, StoreKey, ThingName,
    call::Call,
    ticket::{RESEND_AFTER, TicketState},
    time::UnixMillis,
};
use tabletap_wire::print::PrintJob;
use tokio::sync::Mutex;

/// The next sequence number of each printer, as far as we know. Held while tickets are written: writers of one process wait for each
/// other rather than refuse each other.
pub(crate) type Counters = Arc<Mutex<BTreeMap<(StoreKey, PrinterId), u64>>>;

/// Rounds against other processes that move the same counters: each lost round is another's ticket written.
const ROUNDS_MAX: u32 = 64;

/// What tickets are written for.
#[derive(Clone, Copy, Debug)]
pub enum Cause<'a> {
    /// An order.
    Order(&'a OrderId),
    /// A guest's call.
    Call(&'a Call),
}

impl Cause<'_> {
    /// The row that is due until the tickets are written.
    fn key(self, store: &StoreKey) -> Key {
        match self {
            Self::Order(order) => key::head(store, order),
            Self::Call(call) => key::call(store, &call.table, call.kind),
        }
    }
}

impl Store {
    /// Writes the tickets of `cause`, all or none, and gives each the next sequence number of its printer. What is written already is
    /// answered as it stands, so doing it again changes nothing. Answers in the order of the drafts.
    ///
    /// # Errors
    /// [`StoreError`]; write the same again. [`StoreError::Corrupt`] also when `cause` is not there.
    pub async fn write_tickets(
        &self,
        store: &StoreKey,
        cause: Cause<'_>,
        drafts: Vec<(ThingName, PrintJob)>,
        now: UnixMillis,
    ) -> Result<Vec<StoredTicket>, StoreError> {
        if drafts.is_empty() {
            return Ok(Vec::new());
        }
        let head = cause.key(store);
        let mut counters = self.counters.lock().await;
        for round in 1..=ROUNDS_MAX {
            let jobs = numbered(store, &drafts, &counters);
            let (printers, parts) = self.parts(store, &head, &jobs, now)?;
            let refused = match self.transact(parts).await {
                Ok(()) => {
                    for printer in printers {
                        let written = jobs.iter().filter(|(_, job)| job.printer == printer);
                        let last = written.map(|(_, job)| job.seq).max().unwrap_or_default();
                        counters.insert((store.clone(), printer), last + 1);
                    }
                    return jobs
                        .iter()
                        .map(|(thing, job)| stored_ticket(&new_row(store, thing, job, now)?))
                        .collect();
                }
                Err(WriteError::Conditions(refused)) => refused,
                Err(WriteError::Store(error)) => return Err(error),
            };
            if refused.iter().any(|refused| refused.part > printers.len()) {
                return self.written(store, &drafts).await;
            }
            if refused.iter().any(|refused| refused.part == printers.len()) {
                return Err(StoreError::Corrupt(format!(
                    "{} {}: missing",
                    head.pk, head.sk
                )));
            }
            for Refused { part, row } in refused {
                let next = row.map_or(Ok(1), |row| row.get_as("next_seq"))?;
                counters.insert((store.clone(), printers[part].clone()), next);
            }
            tokio::time::sleep(pause(round.min(3))).await;
        }
        Err(StoreError::Throttled)
    }

    /// The printers' counters, then the row that was due, then the tickets, as parts of one transaction.
    fn parts(
        &self,
        store: &StoreKey,
        head: &Key,
        jobs: &[(ThingName, PrintJob)],
        now: UnixMillis,
    ) -> Result<(Vec<PrinterId>, Vec<TransactWriteItem>), StoreError> {
        let mut ranges: BTreeMap<&PrinterId, (u64, u64)> = BTreeMap::new();
        for (_, job) in jobs {
            let range = ranges.entry(&job.printer).or_insert((job.seq, job.seq));
            *range = (range.0.min(job.seq), range.1.max(job.seq));
        }
        let counters = ranges.iter().map(|(printer, (first, last))| {
            let first_ever = if *first == 1 {
                " OR attribute_not_exists(#next_seq)"
            } else {
                ""
            };
            let change = Change::new("SET #next_seq = :after")
                .only_if(format!("#next_seq = :first{first_ever}"))
                .names(["next_seq"])
                .value("first", n(first))
                .value("after", n(last + 1));
            self.part(key::printer(store, printer), change)
        });
        let mut parts: Vec<TransactWriteItem> = counters.collect();
        let ticketed = Change::new("REMOVE #due_pk, #due_sk")
            .only_if("attribute_exists(pk)")
            .names(["due_pk", "due_sk"]);
        parts.push(self.part(head.clone(), ticketed));
        for (thing, job) in jobs {
            parts.push(self.part_new(new_row(store, thing, job, now)?));
        }
        Ok((ranges.into_keys().cloned().collect(), parts))
    }

    /// The tickets of these drafts, all of which were written together before.
    async fn written(
        &self,
        store: &StoreKey,
        drafts: &[(ThingName, PrintJob)],
    ) -> Result<Vec<StoredTicket>, StoreError> {
        let keys: Vec<Key> = drafts
            .iter()
            .map(|(_, job)| ticket_key(store, &job.ticket_id))
            .collect();
        let rows = self.get_all(keys.clone()).await?;
        let missing = |key: &Key| {
            StoreError::Corrupt(format!("{} {}: missing beside its sisters", key.pk, key.sk))
        };
        keys.iter()
            .map(|key| stored_ticket(rows.get(key).ok_or_else(|| missing(key))?))
            .collect()
    }
}

/// The jobs with the sequence numbers that come next.
fn numbered(
    store: &StoreKey,
    drafts: &[(ThingName, PrintJob)],
    counters: &BTreeMap<(StoreKey, PrinterId), u64>,
) -> Vec<(ThingName, PrintJob)> {
    let mut next = BTreeMap::new();
    let mut jobs = drafts.to_vec();
    for (_, job) in &mut jobs {
        let known = (store.clone(), job.printer.clone());
        let seq = next
            .entry(job.printer.clone())
            .or_insert_with(|| counters.get(&known).copied().unwrap_or(1));
        job.seq = *seq;
        *seq += 1;
    }
    jobs
}

fn new_row(
    store: &StoreKey,
    thing: &ThingName,
    job: &PrintJob,
    now: UnixMillis,
) -> Result<Row, StoreError> {
    let id = &job.ticket_id;
    let document =
        serde_json::to_string(job).map_err(|_| StoreError::Corrupt(format!("{id}: no JSON")))?;
    let due = key::due_at(now.plus(RESEND_AFTER), &id.to_string());
    Ok(row(
        ticket_key(store, id),
        [
            ("ticket_id", s(id)),
            ("thing", s(thing)),
            ("job", s(document)),
            ("state", s(TicketState::Queued)),
            ("attempt", n(1)),
            ("created_at", ms(now)),
            ("since", ms(now)),
            ("due_pk", s(key::due_partition(store))),
            ("due_sk", s(due)),
        ],
    ))
}
