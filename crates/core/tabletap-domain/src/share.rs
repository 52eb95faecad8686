//! Shares of a bill: an equal part for each guest, or any amount.
//!
//! A share pays dishes in the order they stand on the bill, the last of them in part. So a share is paid, refunded and shown on receipts
//! like dishes that somebody chose, and nobody's share can overlap another's. Pure.

use crate::{
    Currency, GuestSessionId, Minor, Money, PaymentId,
    charge::{self, Unpayable},
};

/// Most guests that split a bill evenly.
pub const GUESTS_MAX: u32 = 99;

/// What a guest asked to pay, where it was not dish by dish.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Share {
    /// How many guests split the bill evenly; none where the guest named an amount.
    pub guests: Option<u32>,
    /// The phone that asked: the same share asked for twice is one payment.
    pub phone: Option<GuestSessionId>,
}

/// What one payment pays of a dish that several pay for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Piece {
    /// The payment.
    pub payment: PaymentId,
    /// What it pays of the dish.
    pub amount_minor: Minor,
    /// Whether the money is there.
    pub is_paid: bool,
}

/// Why no such share can be paid.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ShareError {
    /// Less is left than that, or the shares have changed: the guest saw an older bill.
    #[error("the bill has changed")]
    BillChanged,
    /// What would be left is less than any payment.
    #[error("what would be left cannot be paid: payments start at {least}")]
    LeavesTooLittle {
        /// The least that can be paid.
        least: Money,
    },
    /// The share itself.
    #[error(transparent)]
    Amount(#[from] Unpayable),
}

/// How many equal shares are still to be paid, this one included: after the last, the next begins a new round.
#[must_use]
pub fn shares_left(guests: u32, paid: u32) -> u32 {
    guests.saturating_sub(paid.checked_rem(guests).unwrap_or_default())
}

/// What the next equal share comes to when `left` of them are to be paid, this one included. It is rounded down to the currency's step, and the
/// last takes the remainder: whatever is open then.
#[must_use]
pub fn equal_share(open_minor: Minor, left: u32, currency: Currency) -> Minor {
    if left <= 1 {
        return open_minor;
    }
    let step = charge::step_minor(currency);
    let shares = step.saturating_mul(left.into());
    // Less than what is open, so it fits.
    Minor(open_minor.0 / shares * step)
}

/// Checks that a guest can pay `amount_minor` of what is open: it is not more, and others can still pay what it leaves.
///
/// # Errors
/// [`ShareError`].
pub fn check_share(
    amount_minor: Minor,
    open_minor: Minor,
    currency: Currency,
) -> Result<(), ShareError> {
    let rest = open_minor.checked_sub(amount_minor);
    let rest = rest.map_err(|_| ShareError::BillChanged)?;
    if rest < 0 || amount_minor <= 0 {
        return Err(ShareError::BillChanged);
    }
    if rest == 0 {
        return Ok(());
    }
    let on_step = |minor| charge::is_on_step(minor, currency);
    if !on_step(amount_minor) && on_step(open_minor) {
        let step = Money::new(charge::step_minor(currency), currency);
        return Err(Unpayable::BetweenSteps { step }.into());
    }
    let least = charge::least_minor(currency);
    if rest < least {
        let least = Money::new(least, currency);
        return Err(ShareError::LeavesTooLittle { least });
    }
    Ok(())
}

/// Spends `amount_minor` on what is open of each dish, in their order: what of it each gets.
#[must_use]
pub fn spend(amount_minor: Minor, open_minor: &[Minor]) -> Vec<Minor> {
    let mut left = amount_minor;
    let mut spent = Vec::with_capacity(open_minor.len());
    for open in open_minor {
        let part = left.min(*open).max(Minor::ZERO);
        left = Minor(left.0.saturating_sub(part.0));
        spent.push(part);
    }
    spent
}

#[cfg(test)]
mod tests;
