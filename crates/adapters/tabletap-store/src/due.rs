//! Due times: what makes a row findable when somebody must look at it.
//!
//! What the kitchen waits for has a partition of its own, so that a thousand unpaid orders keep no ticket from its alarm.

use crate::{key, row::s};
use aws_sdk_dynamodb::types::AttributeValue;
use tabletap_domain::{OrderId, StoreKey, time::UnixMillis};

/// What makes a row due at `at` as one that can wait for the kitchen; `what` keeps two of the same moment apart.
pub(crate) fn due_later(
    store: &StoreKey,
    what: &str,
    at: UnixMillis,
) -> [(&'static str, AttributeValue); 2] {
    [
        ("due_pk", s(key::later_partition(store))),
        ("due_sk", s(key::due_at(at, what))),
    ]
}

/// What keeps an order, or a call, in what the kitchen waits for until its tickets are written.
pub(crate) fn due_for_tickets(
    store: &StoreKey,
    order: &OrderId,
    at: UnixMillis,
) -> [(&'static str, AttributeValue); 2] {
    [
        ("due_pk", s(key::due_partition(store))),
        ("due_sk", s(key::due_at(at, &order.to_string()))),
    ]
}
