//! The fact that a record of the database's stream is, if it is one.

use serde::Deserialize;
use std::str::FromStr;
use tabletap_domain::{InvalidId, RefundId};
use tabletap_wire::{
    event::{
        Fact, MenuChanged, OfStore, OrderMoved, OrderPlaced, OrderState, PaymentMoved, RefundMoved,
    },
    stream::{
        Change, CurrentMenuImage, ImageError, OrderHeadImage, Record, StateImage, payment_of_key,
        store_of_key,
    },
};

/// A record that is no fact and never will be.
#[derive(Debug, thiserror::Error)]
pub enum FactError {
    /// An attribute is missing or of another type.
    #[error("the image cannot be read: {0}")]
    Malformed(#[from] serde_json::Error),
    /// The order in it.
    #[error("the order cannot be read: {0}")]
    Order(#[from] ImageError),
    /// A word in it.
    #[error("an id or state is none: {0}")]
    Invalid(#[from] InvalidId),
    /// Its key names no store.
    #[error("the key names no store")]
    NoStore,
}

/// What has happened, where this change is of a row that others may hear of.
///
/// # Errors
/// [`FactError`]; permanent: its retries end in the dead letters.
pub(crate) fn fact(record: Record) -> Result<Option<Fact>, FactError> {
    let change = &record.change;
    if record.name == "REMOVE" || change.new_image == change.old_image {
        return Ok(None);
    }
    match change.row() {
        "HEAD" => of_order(record),
        "MENU#CURRENT" => of_menu(record).map(Some),
        "CONFIG" => of_store(&record).map(Fact::StoreChanged).map(Some),
        "PAYMENT" => of_payment(record),
        row => match row.strip_prefix("REFUND#").map(str::parse) {
            Some(refund) => of_refund(refund?, record),
            None => Ok(None),
        },
    }
}

fn of_payment(record: Record) -> Result<Option<Fact>, FactError> {
    let (store, payment) = payment_of_key(record.change.partition()).ok_or(FactError::NoStore)?;
    Ok(moved(&record.change)?.map(|state| {
        Fact::PaymentMoved(PaymentMoved {
            of: OfStore::new(record.id, store),
            payment,
            state,
        })
    }))
}

fn of_refund(refund: RefundId, record: Record) -> Result<Option<Fact>, FactError> {
    let (store, payment) = payment_of_key(record.change.partition()).ok_or(FactError::NoStore)?;
    Ok(moved(&record.change)?.map(|state| {
        Fact::RefundMoved(RefundMoved {
            of: OfStore::new(record.id, store),
            payment,
            refund,
            state,
        })
    }))
}

/// The state that a row has come to; none where it is the one it had.
fn moved<S: FromStr<Err = InvalidId>>(change: &Change) -> Result<Option<S>, FactError> {
    let new = StateImage::deserialize(&change.new_image)?;
    let old = StateImage::deserialize(&change.old_image).ok();
    if old.is_some_and(|old| old.state.s == new.state.s) {
        return Ok(None);
    }
    Ok(Some(new.state.s.parse()?))
}

fn of_menu(record: Record) -> Result<Fact, FactError> {
    let of = of_store(&record)?;
    let image = CurrentMenuImage::deserialize(record.change.new_image)?;
    let version = image.version.s.parse()?;
    Ok(Fact::MenuChanged(MenuChanged { of, version }))
}

fn of_store(record: &Record) -> Result<OfStore, FactError> {
    let key = store_of_key(record.change.partition()).ok_or(FactError::NoStore)?;
    Ok(OfStore::new(record.id.clone(), key))
}

fn of_order(record: Record) -> Result<Option<Fact>, FactError> {
    let new = OrderHeadImage::deserialize(record.change.new_image)?;
    if new.held.flag {
        return Ok(None);
    }
    let states = states(&new)?;
    // Without an earlier image that waited for nobody the order has just come to stand.
    let was = OrderHeadImage::deserialize(record.change.old_image)
        .ok()
        .filter(|old| !old.held.flag)
        .map(|old| self::states(&old))
        .transpose()?;
    let order = new.order()?;
    let now = OrderPlaced {
        of: OfStore::new(record.id, order.store),
        order: order.id,
        kind: order.kind,
        states,
    };
    Ok(match was {
        None => Some(Fact::OrderPlaced(now)),
        Some(was) if was != states => Some(Fact::OrderMoved(OrderMoved { now, was })),
        Some(_) => None,
    })
}

fn states(head: &OrderHeadImage) -> Result<OrderState, InvalidId> {
    Ok(OrderState {
        status: head.status.s.parse()?,
        payment: head.payment.s.parse()?,
    })
}
