//! Writing an order's tickets, or a call's slip, down, with a gap-free sequence per printer.
//!
//! A printer's counter moves in the same transaction that writes its tickets, on the condition that it stood where we thought. The last
//! known value is kept in memory and corrected from the refusal, so a warm function writes without reading.
//!
//! The same transaction takes the order's head, or the call, out of what is due: for its tickets it is due there exactly as long as it has
//! none. Takeout is due once more at the end of its business day.

use super::{StoredTicket, stored_ticket, ticket_key};
use crate::{
    Store,
    due::DueTime,
    error::{Refused, StoreError, WriteError},
    key::{self, Key},
    row::{Read, Row, ms, n, row, s},
    write::{Change, pause},
};
use aws_sdk_dynamodb::types::TransactWriteItem;
use std::{
    collections::BTreeMap,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};
use tabletap_domain::{
    PrinterId, StoreKey, ThingName,
    call::Call,
    order::{Order, OrderStatus},
    ticket::{RESEND_AFTER, TicketState},
    time::UnixMillis,
};
use tabletap_wire::print::PrintJob;

/// The next sequence number of each printer, as far as this process knows. It is a guess that saves a read: only the transaction's condition
/// decides. So nobody holds it across a transaction, and stores do not wait for each other.
#[derive(Clone, Debug, Default)]
pub(crate) struct Counters(Arc<Mutex<BTreeMap<(StoreKey, PrinterId), u64>>>);

impl Counters {
    /// The next number of a printer; 1 where nothing is known of it.
    fn next(&self, store: &StoreKey, printer: &PrinterId) -> u64 {
        let known = (store.clone(), printer.clone());
        self.lock().get(&known).copied().unwrap_or(1)
    }

    /// What a refusal showed. It replaces what was known, for a table that was restored counts from an earlier number.
    fn correct(&self, store: &StoreKey, printer: PrinterId, next: u64) {
        self.lock().insert((store.clone(), printer), next);
    }

    /// What we have written. Another writer of this process may have written more by now.
    fn advance(&self, store: &StoreKey, printer: PrinterId, next: u64) {
        let mut counters = self.lock();
        let known = counters.entry((store.clone(), printer)).or_insert(next);
        *known = next.max(*known);
    }

    fn lock(&self) -> MutexGuard<'_, BTreeMap<(StoreKey, PrinterId), u64>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Rounds against others that move the same counters: each lost round is another's ticket written.
const ROUNDS_MAX: u32 = 64;

/// What tickets are written for.
#[derive(Clone, Copy, Debug)]
pub enum Cause<'a> {
    /// An order.
    Order(&'a Order),
    /// A guest's call.
    Call(&'a Call),
}

impl Cause<'_> {
    /// What becomes of that row, which must be there. Takeout must be paid still: a kitchen cooks nothing whose money goes back at this very
    /// moment.
    fn done(self, store: &StoreKey) -> Change {
        match self {
            Self::Order(order) if order.takeout.is_some() => self
                .due_after(store)
                .only_if("attribute_exists(pk) AND #status = :placed")
                .value("placed", s(OrderStatus::Placed)),
            Self::Order(_) | Self::Call(_) => self.due_after(store).only_if("attribute_exists(pk)"),
        }
    }

    /// When the row is looked at again: an order that ends by itself is so at its end.
    fn due_after(self, store: &StoreKey) -> Change {
        let ends_at = match self {
            Self::Order(order) => order.ends_itself_at().map(|at| (order, at)),
            Self::Call(_) => None,
        };
        Change::due(ends_at.map(|(order, at)| DueTime::later(store, &order.id, at)))
    }

    /// The row that is due until the tickets are written.
    fn key(self, store: &StoreKey) -> Key {
        match self {
            Self::Order(order) => key::head(store, &order.id),
            Self::Call(call) => key::call(store, &call.table, call.kind),
        }
    }
}

impl Store {
    /// Writes the tickets of `cause`, all or none, and gives each the next sequence number of its printer. What is written already is
    /// answered as it stands, so doing it again changes nothing. Answers in the order of the drafts; takeout that is no more `placed` by then
    /// gets none.
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
        for round in 1..=ROUNDS_MAX {
            let jobs = numbered(store, &drafts, &self.counters);
            let (printers, parts) = self.parts(store, cause, &jobs, now)?;
            let refused = match self.transact(parts).await {
                Ok(()) => {
                    for printer in printers {
                        let written = jobs.iter().filter(|(_, job)| job.printer == printer);
                        let last = written.map(|(_, job)| job.seq).max().unwrap_or_default();
                        self.counters.advance(store, printer, last + 1);
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
            let not_due = refused
                .iter()
                .find(|refused| refused.part == printers.len());
            if let Some(Refused { row, .. }) = not_due {
                if row.is_some() {
                    tracing::info!("the order has moved on, and gets no tickets");
                    return Ok(Vec::new());
                }
                return Err(StoreError::Corrupt(format!(
                    "{} {}: missing",
                    head.pk, head.sk
                )));
            }
            for Refused { part, row } in refused {
                let next = row.map_or(Ok(1), |row| row.get_as("next_seq"))?;
                self.counters.correct(store, printers[part].clone(), next);
            }
            tokio::time::sleep(pause(round.min(3))).await;
        }
        Err(StoreError::Throttled)
    }

    /// The printers' counters, then the row that was due, then the tickets, as parts of one transaction.
    fn parts(
        &self,
        store: &StoreKey,
        cause: Cause<'_>,
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
                .value("first", n(first))
                .value("after", n(last + 1));
            self.part(key::printer(store, printer), change)
        });
        let mut parts: Vec<TransactWriteItem> = counters.collect();
        let ticketed = cause.done(store);
        parts.push(self.part(cause.key(store), ticketed));
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
    counters: &Counters,
) -> Vec<(ThingName, PrintJob)> {
    let mut next = BTreeMap::new();
    let mut jobs = drafts.to_vec();
    for (_, job) in &mut jobs {
        let seq = next
            .entry(job.printer.clone())
            .or_insert_with(|| counters.next(store, &job.printer));
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
    let mut written = row(
        ticket_key(store, id),
        [
            ("ticket_id", s(id)),
            ("thing", s(thing)),
            ("job", s(document)),
            ("state", s(TicketState::Queued)),
            ("attempt", n(1)),
            ("created_at", ms(now)),
            ("since", ms(now)),
        ],
    );
    let due = DueTime::of_kitchen(store, id, now.plus(RESEND_AFTER));
    written.extend(due.attributes());
    Ok(written)
}
