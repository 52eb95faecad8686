//! What can go wrong with the table itself, as far as callers decide by it. Causes are logged here, where they are known; callers get
//! the decision only.
//!
//! See the DynamoDB API reference, "Error handling" and `CancellationReason`.

use crate::value::Row;
use aws_sdk_dynamodb::{
    error::{ProvideErrorMetadata, SdkError},
    operation::transact_write_items::TransactWriteItemsError,
    types::CancellationReason,
};
use tabletap_domain::{money::MoneyError, refusal::PlaceError};

/// A technical failure. Nothing is known to be written unless the method says otherwise.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum StoreError {
    /// Too much at once: answer "try again", or fail the message.
    #[error("the table is too busy")]
    Throttled,
    /// The table cannot be reached or does not work, or kept refusing for a conflict: the same.
    #[error("the table cannot be reached")]
    Unavailable,
    /// A row is missing that must be there, cannot be read, or holds amounts whose sum does not fit. Permanent: park what asked for it, with an alarm.
    #[error("unreadable row: {0}")]
    Corrupt(String),
}

impl From<MoneyError> for StoreError {
    fn from(error: MoneyError) -> Self {
        Self::Corrupt(error.to_string())
    }
}

/// What a guest is told of it: the same may be sent again, unless a row is broken.
impl From<StoreError> for PlaceError {
    fn from(error: StoreError) -> Self {
        match error {
            StoreError::Throttled | StoreError::Unavailable => Self::Busy,
            StoreError::Corrupt(_) => {
                tracing::error!(%error, "the table holds what cannot be read");
                Self::Broken
            }
        }
    }
}

/// Why a conditional change was not made.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum MoveError {
    /// The row does not stand as assumed: read it again and decide anew.
    #[error("it does not stand as assumed")]
    Moved,
    /// The table itself failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// Why a write was not made.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum WriteError {
    /// These conditions of its parts did not hold.
    Conditions(Vec<Refused>),
    /// The table itself failed.
    Store(StoreError),
}

/// A part of a write whose condition did not hold.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Refused {
    /// Its place among the parts.
    pub(crate) part: usize,
    /// The row as it stands, where it exists and was asked for.
    pub(crate) row: Option<Row>,
}

impl WriteError {
    /// Whether the condition of `part` did not hold.
    pub(crate) fn refused(&self, part: usize) -> bool {
        matches!(self, Self::Conditions(parts) if parts.iter().any(|refused| refused.part == part))
    }
}

impl From<WriteError> for MoveError {
    fn from(error: WriteError) -> Self {
        match error {
            WriteError::Conditions(_) => Self::Moved,
            WriteError::Store(error) => Self::Store(error),
        }
    }
}

/// What one try of a write came to, when not to its end.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Setback {
    /// Somebody else was writing the same rows, or the table was busy; the same try may succeed at once.
    Again(StoreError),
    /// Trying again would change nothing.
    Final(WriteError),
}

/// Sorts the failure of a request that has no conditions.
pub(crate) fn technical<E>(request: &str, error: SdkError<E>) -> StoreError
where
    E: ProvideErrorMetadata + std::error::Error + Send + Sync + 'static,
{
    let sorted = match error.code() {
        Some(
            "ProvisionedThroughputExceededException"
            | "ThrottlingException"
            | "RequestLimitExceeded",
        ) => StoreError::Throttled,
        _ => StoreError::Unavailable,
    };
    tracing::warn!(request, cause = causes(&error), "the table failed");
    sorted
}

/// The chain of causes in words. Never `Debug`: that would hold the raw reply, and with it what guests wrote.
fn causes(error: &dyn std::error::Error) -> String {
    let chain = std::iter::successors(Some(error), |error| error.source());
    chain
        .map(ToString::to_string)
        .collect::<Vec<_>>()
        .join(": ")
}

/// Sorts the failure of a write to one row.
pub(crate) fn of_single<E>(request: &str, error: SdkError<E>) -> Setback
where
    E: ProvideErrorMetadata + std::error::Error + Send + Sync + 'static,
{
    match error.code() {
        Some("ConditionalCheckFailedException") => {
            Setback::Final(WriteError::Conditions(vec![Refused { part: 0, row: None }]))
        }
        Some("TransactionConflictException") => Setback::Again(StoreError::Unavailable),
        _ => Setback::Final(WriteError::Store(technical(request, error))),
    }
}

/// Sorts the failure of a transaction.
pub(crate) fn of_transaction(error: SdkError<TransactWriteItemsError>) -> Setback {
    match error.as_service_error() {
        Some(TransactWriteItemsError::TransactionCanceledException(cancelled)) => {
            of_reasons(cancelled.cancellation_reasons())
        }
        Some(TransactWriteItemsError::TransactionInProgressException(_)) => {
            Setback::Again(StoreError::Unavailable)
        }
        _ => Setback::Final(WriteError::Store(technical("TransactWriteItems", error))),
    }
}

fn row_of(reason: &CancellationReason) -> Option<Row> {
    reason.item().filter(|row| !row.is_empty()).cloned()
}

/// Sorts a cancelled transaction by its reasons, one for each part, in their order. A condition that did not hold outweighs the rest:
/// the parts that were in conflict would not make it hold.
pub(crate) fn of_reasons(reasons: &[CancellationReason]) -> Setback {
    let refused: Vec<Refused> = (0..)
        .zip(reasons)
        .filter(|(_, reason)| reason.code() == Some("ConditionalCheckFailed"))
        .map(|(part, reason)| Refused {
            part,
            row: row_of(reason),
        })
        .collect();
    if !refused.is_empty() {
        return Setback::Final(WriteError::Conditions(refused));
    }
    let has = |code: &str| reasons.iter().any(|reason| reason.code() == Some(code));
    if has("ThrottlingError") || has("ProvisionedThroughputExceeded") {
        Setback::Again(StoreError::Throttled)
    } else if has("TransactionConflict") {
        Setback::Again(StoreError::Unavailable)
    } else {
        let codes: Vec<&str> = reasons
            .iter()
            .filter_map(CancellationReason::code)
            .collect();
        tracing::error!(
            ?codes,
            "a transaction was cancelled for a reason that trying again does not heal"
        );
        Setback::Final(WriteError::Store(StoreError::Unavailable))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn reasons(codes: &[&str]) -> Vec<CancellationReason> {
        codes
            .iter()
            .map(|code| CancellationReason::builder().code(*code).build())
            .collect()
    }

    #[test]
    fn a_cancelled_transaction_is_sorted_by_what_its_caller_can_do() {
        let condition = |parts: &[usize]| {
            let parts = parts.iter().map(|part| Refused {
                part: *part,
                row: None,
            });
            Setback::Final(WriteError::Conditions(parts.collect()))
        };
        let again = Setback::Again;
        for (codes, expected, why) in [
            (
                &["ConditionalCheckFailed", "None"][..],
                condition(&[0]),
                "the first part",
            ),
            (
                &["None", "ConditionalCheckFailed", "ConditionalCheckFailed"],
                condition(&[1, 2]),
                "two parts",
            ),
            (
                &["TransactionConflict", "ConditionalCheckFailed"],
                condition(&[1]),
                "trying again would not help",
            ),
            (
                &["None", "TransactionConflict"],
                again(StoreError::Unavailable),
                "another writer",
            ),
            (
                &["ThrottlingError", "TransactionConflict"],
                again(StoreError::Throttled),
                "busy",
            ),
            (
                &["ProvisionedThroughputExceeded"],
                again(StoreError::Throttled),
                "busy, its other name",
            ),
            (
                &["ValidationError"],
                Setback::Final(WriteError::Store(StoreError::Unavailable)),
                "a bug of ours",
            ),
            (
                &[],
                Setback::Final(WriteError::Store(StoreError::Unavailable)),
                "no reasons given",
            ),
        ] {
            assert_eq!(of_reasons(&reasons(codes)), expected, "{why}");
        }
    }

    #[test]
    fn the_row_that_refused_comes_along() {
        let row = Row::from([(
            "next_seq".to_owned(),
            aws_sdk_dynamodb::types::AttributeValue::N("7".to_owned()),
        )]);
        let reason = CancellationReason::builder().code("ConditionalCheckFailed");
        let sorted = of_reasons(&[reason.set_item(Some(row.clone())).build()]);
        let refused = Refused {
            part: 0,
            row: Some(row),
        };
        assert_eq!(
            sorted,
            Setback::Final(WriteError::Conditions(vec![refused]))
        );
    }
}
