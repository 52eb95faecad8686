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

pub(crate) fn order_not_found() -> Refusal {
    new(
        404,
        "order_not_found",
        "We can’t find this order among those you can pay.",
    )
}

pub(crate) fn invalid(field: &str) -> Refusal {
    let message = match field {
        "lines" => {
            "`lines` is \"all\" or a list of line ids of the bill; `tip_minor` is a whole number."
        }
        "payment_id" => {
            "The request must be an object with the `payment_id` to end, and the `session_id` if the page is your own."
        }
        _ => "The request must be an object with `tip_minor`, a whole number, and nothing else.",
    };
    at(422, "invalid_field", field, message)
}

pub(crate) fn of_checkout(error: CheckoutError) -> Refusal {
    match error {
        CheckoutError::NothingToPay => new(
            409,
            "nothing_to_pay",
            "There’s nothing left to pay, or a bank is still confirming a payment.",
        ),
        CheckoutError::LineTaken => at(
            409,
            "line_taken",
            "lines",
            "Someone at your table is already paying for some of this. Please check the bill again.",
        ),
        CheckoutError::UnknownLine => at(
            422,
            "unknown_line",
            "lines",
            "Something you chose is no longer on the bill. Please check it again.",
        ),
        CheckoutError::PaysForOthers => at(
            409,
            "confirm_others",
            "for_others",
            "This includes what others at your table ordered, and they can’t pay while you do. Please confirm that you want to pay for it.",
        ),
        CheckoutError::UnknownPayment => at(
            404,
            "unknown_payment",
            "payment_id",
            "This payment is not on your table’s bill.",
        ),
        CheckoutError::StillPaying => at(
            409,
            "still_paying",
            "payment_id",
            "Someone at your table may be paying this right now. Please wait three minutes.",
        ),
        CheckoutError::TooManyPages { minutes } => too_many_pages(minutes),
        CheckoutError::TooMuch => at(
            422,
            "too_many_orders",
            "lines",
            "This is too much for one payment. Please split it.",
        ),
        CheckoutError::Amount(unpayable) => of_amount(unpayable),
        CheckoutError::Unavailable => new(
            409,
            "payments_unavailable",
            "This restaurant can’t take this payment here. Please pay our staff.",
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
            "A tip can be up to twice the amount. In currencies with three decimals it must end in zero.",
        ),
        CheckoutError::Payment(error) => of_payment(&error),
    }
}

fn slot_taken(free: Vec<UnixMillis>) -> Refusal {
    let message = "That pickup time has just filled up. You haven’t been charged. Please choose another time.";
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
        "The payment page was opened too many times. Please pay on the page that’s already open, or try again {when}."
    );
    new(429, "too_many_payment_pages", &message)
}

fn of_amount(unpayable: Unpayable) -> Refusal {
    let (code, message) = match unpayable {
        Unpayable::TooLittle { least } => (
            "below_minimum",
            format!("Payments here start at {least}. Please add something."),
        ),
        Unpayable::BetweenSteps { .. } => (
            "amount_not_payable",
            format!("This can’t be paid here: {unpayable}. Please ask our staff."),
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
            "Something is wrong with this payment. Please ask our staff. Your money isn’t lost.",
        ),
        error => {
            tracing::warn!(%error, "a payment did not go on");
            new(
                503,
                "try_again",
                "Payments aren’t working right now. Please try again. You won’t be charged twice.",
            )
        }
    }
}
