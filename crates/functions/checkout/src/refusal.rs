//! Refusals for payments that are not begun.

use tabletap_guest::{Reason, Refusal};
use tabletap_payments::{CheckoutError, PaymentError};
use tabletap_store::StoreError;

pub(crate) fn of_checkout(error: CheckoutError) -> Refusal {
    let reason = match error {
        CheckoutError::NothingToPay => Reason::NothingToPay,
        CheckoutError::LineTaken => Reason::LineTaken,
        CheckoutError::UnknownLine => Reason::UnknownLine,
        CheckoutError::PaysForOthers => Reason::ConfirmOthers,
        CheckoutError::UnknownPayment => Reason::UnknownPayment,
        CheckoutError::StillPaying => Reason::StillPaying,
        CheckoutError::TooManyPages { minutes: 1 } => Reason::TooManyPagesForAMinute,
        CheckoutError::TooManyPages { minutes } => {
            return Refusal::from(Reason::TooManyPages).with("n", minutes);
        }
        CheckoutError::TooMuch => Reason::TooMuchForOnePayment,
        CheckoutError::Amount(unpayable) => {
            let reasons = (Reason::PaymentBelowMinimum, Reason::PaymentNotPayable);
            return Refusal::unpayable(unpayable, reasons);
        }
        CheckoutError::LeavesTooLittle { least } => {
            return Refusal::from(Reason::ShareLeavesTooLittle).with_amount("amount", least);
        }
        CheckoutError::Unavailable => Reason::PaymentsUnavailable,
        CheckoutError::SlotTaken { free } => {
            let mut refusal = Refusal::from(Reason::SlotFilledMeanwhile);
            refusal.body.slots = free;
            return refusal;
        }
        CheckoutError::KitchenUnreachable => Reason::KitchenUnreachable,
        CheckoutError::OrderEnded => Reason::OrderEnded,
        CheckoutError::Tip(_) => Reason::TipOutOfRange,
        CheckoutError::Payment(error) => return of_payment(error),
    };
    reason.into()
}

pub(crate) fn of_payment(error: PaymentError) -> Refusal {
    match error {
        PaymentError::Store(error @ StoreError::Corrupt(_)) => error.into(),
        PaymentError::Differs(_) => Reason::PaymentDiffers.into(),
        error => {
            tracing::warn!(%error, "a payment did not go on");
            Reason::PayAgain.into()
        }
    }
}
