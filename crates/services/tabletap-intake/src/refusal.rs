//! The reasons an order is refused, each with its status, its code in the contract and a sentence for the guest.

use tabletap_domain::{
    cart::CartError,
    charge::Unpayable,
    time::UnixMillis,
    unpaid::{UnpaidLimit, seconds_left},
};
use tabletap_store::StoreError;
use tabletap_wire::{ErrorBody, order::Totals};

/// A refused order; nothing was stored.
#[derive(Debug)]
pub struct Refusal {
    /// The HTTP status.
    pub status: u16,
    /// The reply.
    pub body: ErrorBody,
    /// When it makes sense to send the same again.
    pub retry_after_s: Option<u32>,
}

impl Refusal {
    fn new(status: u16, code: &str, message: &str) -> Self {
        Self {
            status,
            body: ErrorBody::new(code, message),
            retry_after_s: None,
        }
    }

    fn conflict(body: ErrorBody) -> Self {
        Self::from((409, body))
    }

    /// No session, or a forged one.
    #[must_use]
    pub fn session_invalid() -> Self {
        Self::new(
            401,
            "session_invalid",
            "Please scan the sticker on your table to order.",
        )
    }

    pub(crate) fn session_expired() -> Self {
        Self::new(
            401,
            "session_expired",
            "Your session has expired. Please scan the sticker on your table again.",
        )
    }

    pub(crate) fn seating_ended() -> Self {
        let message =
            "This visit has ended. Please scan the sticker on your table again to order more.";
        Self::new(410, "seating_ended", message)
    }

    pub(crate) fn not_at_table() -> Self {
        let message = "This is for guests at a table. Please scan the sticker on your table.";
        Self::new(403, "not_at_table", message)
    }

    pub(crate) fn takeout_session_expired() -> Self {
        let message = "Your session has expired. Please reload the page.";
        Self::new(401, "session_expired", message)
    }

    pub(crate) fn read_only_session() -> Self {
        let message =
            "This link is for one order only. Please open the restaurant’s page to order more.";
        Self::new(403, "session_read_only", message)
    }

    pub(crate) fn no_takeout() -> Self {
        let message = "This restaurant doesn’t offer takeout here.";
        Self::new(409, "takeout_unavailable", message)
    }

    pub(crate) fn pickup_unavailable() -> Self {
        let message = "That pickup time is no longer available. Please choose another.";
        Self::conflict(ErrorBody::at("pickup_unavailable", "pickup", message))
    }

    pub(crate) fn slot_taken() -> Self {
        let message = "That pickup time is fully booked. Please choose another.";
        Self::conflict(ErrorBody::at("slot_taken", "pickup", message))
    }

    pub(crate) fn kitchen_unreachable() -> Self {
        let message = "We can't take takeout orders right now because the kitchen can't be reached. \
                       Please try again in a few minutes or call us.";
        Self::new(409, "kitchen_unreachable", message)
    }

    pub(crate) fn too_many_unpaid(limit: UnpaidLimit, now: UnixMillis) -> Self {
        let message = match limit {
            UnpaidLimit::Contact => {
                "You already have several orders waiting for payment. \
                 Please pay for one of them, or try again in a few minutes."
            }
            UnpaidLimit::Viewer => {
                "Many orders from your network are still waiting for payment. \
                 Please try again in a few minutes, or call us."
            }
            UnpaidLimit::Store => {
                "Many orders are still waiting for payment. Please try again in a few minutes, or call us."
            }
        };
        Self {
            retry_after_s: Some(seconds_left(now)),
            ..Self::new(429, "too_many_unpaid", message)
        }
    }

    pub(crate) fn store_closed(opens_at: Option<UnixMillis>) -> Self {
        let message = "The kitchen is closed for now. You can choose a later time.";
        let body = ErrorBody::at("store_closed", "pickup", message);
        Self::conflict(ErrorBody { opens_at, ..body })
    }

    pub(crate) fn kitchen_closed(opens_at: Option<UnixMillis>) -> Self {
        let message = "The kitchen is closed, so this order was not sent.";
        let body = ErrorBody::new("store_closed", message);
        Self::conflict(ErrorBody { opens_at, ..body })
    }

    pub(crate) fn missing_field(field: &str) -> Self {
        ErrorBody::at("invalid_field", field, "This field is missing.").into()
    }

    pub(crate) fn no_such_field(field: &str) -> Self {
        ErrorBody::at("invalid_field", field, "This field is not used at a table.").into()
    }

    pub(crate) fn internal() -> Self {
        Self::new(500, "internal", "Something went wrong on our side.")
    }

    pub(crate) fn order_id_taken() -> Self {
        let message = "Another order already has this id. Please send this one as a new order.";
        Self::new(409, "order_id_taken", message)
    }

    pub(crate) fn order_not_yours() -> Self {
        Self::new(
            403,
            "order_not_yours",
            "This order belongs to another party.",
        )
    }

    pub(crate) fn menu_not_published() -> Self {
        Self::new(
            409,
            "menu_not_published",
            "This restaurant has no menu to order from yet.",
        )
    }

    pub(crate) fn quote_changed(quote: Totals) -> Self {
        let message = "The price has changed since you started your order. Please check it again.";
        let mut refusal = Self::new(409, "quote_changed", message);
        refusal.body.quote = Some(Box::new(quote));
        refusal
    }

    pub(crate) fn try_again() -> Self {
        Self::new(
            503,
            "try_again",
            "We’re busy right now. Please send your order again. It won’t be placed twice.",
        )
    }
}

/// An unreadable body.
impl From<(u16, ErrorBody)> for Refusal {
    fn from((status, body): (u16, ErrorBody)) -> Self {
        Self {
            status,
            body,
            retry_after_s: None,
        }
    }
}

/// A cart that asks for what is on no menu.
impl From<ErrorBody> for Refusal {
    fn from(body: ErrorBody) -> Self {
        Self::from((422, body))
    }
}

impl From<CartError> for Refusal {
    fn from(CartError { field, problem }: CartError) -> Self {
        Self::from(ErrorBody::at(problem.code(), &field, &problem.to_string()))
    }
}

/// Takeout that nobody could pay for.
impl From<Unpayable> for Refusal {
    fn from(unpayable: Unpayable) -> Self {
        Self::from(match unpayable {
            Unpayable::TooLittle { least } => {
                let message = format!("Please add something: takeout orders start at {least}.");
                ErrorBody::at("below_minimum", "lines", &message)
            }
            Unpayable::BetweenSteps { .. } => {
                let message =
                    format!("This total can’t be paid: {unpayable}. Please tell the restaurant.");
                ErrorBody::at("amount_not_payable", "lines", &message)
            }
        })
    }
}

impl From<StoreError> for Refusal {
    fn from(error: StoreError) -> Self {
        match error {
            StoreError::Throttled | StoreError::Unavailable => Self::try_again(),
            StoreError::Corrupt(_) => {
                tracing::error!(%error, "the table holds what cannot be read");
                Self::internal()
            }
        }
    }
}
