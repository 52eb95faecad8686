//! An event source mapping: delivers the table's stream to one function as AWS Lambda does.
//!
//! Batches in order, one invocation at a time, filters, partial batches, retries with back-off, bisection, dead
//! letters. The checkpoint is on disk after a batch is done, so a crash delivers again and never skips. A function
//! that cannot be reached is waited for; only invocations that ran count as tries. See AWS Lambda, "Process DynamoDB
//! records with Lambda".

mod checkpoint;
mod deliver;

use std::{path::PathBuf, sync::Arc, time::Duration};

use serde_json::Value;

pub use checkpoint::Checkpoint;
pub use deliver::{Delivery, Outcome};

use crate::{
    dead_letters::DeadLetters,
    functions::Invoker,
    table::{Positions, Stream, TableError},
    template::StreamSource,
};

/// Records looked at in one read.
const READ_AT_ONCE: usize = 200;
/// A reader looks by itself this often, should it ever miss being told of a write.
const LOOK_EVERY: Duration = Duration::from_secs(1);
/// Wait before the second try; each further wait is twice as long.
pub const FIRST_WAIT: Duration = Duration::from_millis(250);

/// One mapping from the stream to a function.
#[derive(Debug)]
pub struct StreamPoller {
    pub stream: Stream,
    /// The table's name.
    pub table: String,
    /// What the template says.
    pub source: StreamSource,
    pub function: String,
    /// How it is invoked.
    pub invoker: Invoker,
    /// Folder of the checkpoints.
    pub checkpoints: PathBuf,
    /// Folder of the dead letters.
    pub dead_letters: PathBuf,
    /// Wait before the second try.
    pub first_wait: Duration,
    /// Look for records this often instead of being told of each write: imitates the real stream's polls.
    pub poll: Option<Duration>,
    /// Where the table's maintenance learns how far this reader is.
    pub positions: Arc<Positions>,
}

impl StreamPoller {
    /// Delivers for ever.
    ///
    /// # Errors
    /// [`TableError::Stream`] where the stream cannot be read at the start.
    pub async fn run(mut self) -> Result<(), TableError> {
        let checkpoint = Checkpoint::new(&self.checkpoints, &self.function);
        let mut position = match checkpoint.read() {
            None if !self.source.from_oldest => self.newest()?,
            kept => kept,
        };
        let delivery = Delivery {
            stream_arn: self.stream.arn(&self.table)?,
            function: self.function.clone(),
            source: self.source.clone(),
            invoker: self.invoker.clone(),
            dead_letters: DeadLetters::new(&self.dead_letters, &self.function),
            checkpoint,
            first_wait: self.first_wait,
        };
        loop {
            self.positions.passed(&self.function, position.clone());
            match self
                .stream
                .read(&self.table, position.as_deref(), READ_AT_ONCE)
            {
                Ok(records) if records.is_empty() => match self.poll {
                    Some(poll) => tokio::time::sleep(poll).await,
                    None => self.stream.changed(LOOK_EVERY).await,
                },
                Ok(records) => {
                    position = records.last().and_then(sequence_number).map(str::to_owned);
                    self.deliver(&delivery, records).await;
                }
                Err(error) => {
                    tracing::warn!(%error, function = self.function, "waiting for the stream");
                    self.stream.changed(LOOK_EVERY).await;
                }
            }
        }
    }

    async fn deliver(&self, delivery: &Delivery, records: Vec<Value>) {
        let filters = &self.source.filters;
        let wanted =
            |record: &Value| filters.is_empty() || filters.iter().any(|f| f.matches(record));
        let wanted: Vec<Value> = records.into_iter().filter(wanted).collect();
        for batch in wanted.chunks(self.source.batch_size.max(1)) {
            delivery.deliver(batch.to_vec()).await;
        }
    }

    /// The newest record's place, for a source that starts at `LATEST`.
    fn newest(&self) -> Result<Option<String>, TableError> {
        let mut position = None;
        loop {
            let records = self
                .stream
                .read(&self.table, position.as_deref(), READ_AT_ONCE)?;
            match records.last().and_then(sequence_number) {
                Some(last) => position = Some(last.to_owned()),
                None => return Ok(position),
            }
        }
    }
}

fn sequence_number(record: &Value) -> Option<&str> {
    record["dynamodb"]["SequenceNumber"].as_str()
}
