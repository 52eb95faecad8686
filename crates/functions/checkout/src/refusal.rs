//! The reasons nobody can pay now, each with its status, its code in the contract and a sentence for the guest.

use tabletap_domain::{charge::Unpayable, time::UnixMillis};
use tabletap_guest::Refusal;
use tabletap_payments::{CheckoutError, PaymentError};
use tabletap_store::StoreError;
use tabletap_wire::ErrorBody;

fn new(status: u16, code: &str, message: &str) -> Refusal {
    Refusal::new(status, ErrorBody::new(code, message))
}

fn at(status: u16, code: &str, field: &str, message: &str) -> Refusal {
    Refusal::new(status, ErrorBody::at(code, field, message))
}

pub(crate) fn not_found() -> Refusal {
    new(404, "not_found", "There is nothing at this address.")
}

pub(crate) fn order_not_found() -> Refusal {
    new(
        404,
        "order_not_found",
        "There is no such order of yours to pay.",
    )
}

pub(crate) fn invalid(field: &str) -> Refusal {
    let message = match field {
        "lines" => {
            "`lines` is \"all\" or a list of line ids of the bill; `tip_minor` is a whole number."
        }
        "payment_id" => {
            "The request is an object with the `payment_id` to end, and the `session_id` of a page of one's own."
        }
        _ => "The request is an object with `tip_minor`, a whole number, and nothing else.",
    };
    at(422, "invalid_field", field, message)
}

pub(crate) fn of_checkout(error: CheckoutError) -> Refusal {
    match error {
        CheckoutError::NothingToPay => new(
            409,
            "nothing_to_pay",
            "There is nothing left to pay, or the bank is about to confirm it.",
        ),
        CheckoutError::LineTaken => at(
            409,
            "line_taken",
            "lines",
            "Somebody at your table is paying for some of this. Please look at the bill again.",
        ),
        CheckoutError::UnknownLine => at(
            422,
            "unknown_line",
            "lines",
            "Something you chose is not on the bill any more. Please look at it again.",
        ),
        CheckoutError::PaysForOthers => at(
            409,
            "confirm_others",
            "for_others",
            "This pays for what others at your table ordered, and they cannot pay meanwhile. Please say that you want to.",
        ),
        CheckoutError::UnknownPayment => at(
            404,
            "unknown_payment",
            "payment_id",
            "There is no such payment on your table's bill.",
        ),
        CheckoutError::StillPaying => at(
            409,
            "still_paying",
            "payment_id",
            "Somebody at your table may be paying this right now. Please give them three minutes.",
        ),
        CheckoutError::TooManyPages { minutes } => too_many_pages(minutes),
        CheckoutError::TooMuch => at(
            422,
            "too_many_orders",
            "lines",
            "This is too much for one payment. Please pay it in parts.",
        ),
        CheckoutError::Amount(unpayable) => of_amount(unpayable),
        CheckoutError::Unavailable => new(
            409,
            "payments_unavailable",
            "This restaurant cannot take this payment here. Please pay with the staff.",
        ),
        CheckoutError::SlotTaken { free } => slot_taken(free),
        CheckoutError::KitchenUnreachable => new(
            409,
            "kitchen_unreachable",
            "We can't take takeout orders right now because the kitchen can't be reached. \
             Please try again in a few minutes or call us.",
        ),
        CheckoutError::OrderEnded => new(
            409,
            "order_ended",
            "This order has ended. Please order again.",
        ),
        CheckoutError::Tip(_) => at(
            422,
            "tip_out_of_range",
            "tip_minor",
            "A tip is between nothing and twice the amount, and ends with a zero where the currency has three decimals.",
        ),
        CheckoutError::Payment(error) => of_payment(&error),
    }
}

fn slot_taken(free: Vec<UnixMillis>) -> Refusal {
    let message = "That pickup time has filled up in the meantime, and nothing was charged. Please choose another time.";
    let body = ErrorBody {
        slots: free,
        ..ErrorBody::new("slot_taken", message)
    };
    Refusal::new(409, body)
}

fn too_many_pages(minutes: i64) -> Refusal {
    let when = match minutes {
        1 => "in a minute".to_owned(),
        several => format!("in {several} minutes"),
    };
    let message = format!(
        "The payment page was opened too often for this. Please pay on the page you have, or try again {when}."
    );
    new(429, "too_many_payment_pages", &message)
}

fn of_amount(unpayable: Unpayable) -> Refusal {
    let (code, message) = match unpayable {
        Unpayable::TooLittle { least } => (
            "below_minimum",
            format!("Payments here start at {least}. Please add something to it."),
        ),
        Unpayable::BetweenSteps { .. } => (
            "amount_not_payable",
            format!("This cannot be paid here: {unpayable}. Please ask the staff."),
        ),
    };
    at(422, code, "lines", &message)
}

pub(crate) fn of_payment(error: &PaymentError) -> Refusal {
    match error {
        PaymentError::Store(error @ StoreError::Corrupt(_)) => error.clone().into(),
        PaymentError::Differs(_) => new(
            409,
            "payment_differs",
            "Something is wrong with this payment. Please ask the staff; nothing is lost.",
        ),
        error => {
            tracing::warn!(%error, "a payment did not go on");
            new(
                503,
                "try_again",
                "Paying does not work right now. Please try again; nothing is paid twice.",
            )
        }
    }
}
