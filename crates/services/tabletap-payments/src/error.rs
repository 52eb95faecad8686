//! Errors of payments and of checkout.

use crate::Difference;
use tabletap_domain::{
    Money, PaymentId, charge::Unpayable, money::MoneyError, payment::TipOutOfRange,
    time::UnixMillis,
};
use tabletap_fault::Injected;
use tabletap_gateway::GatewayError;
use tabletap_store::{MoveError, StoreError};

/// Why a payment was not moved. Nothing is lost: ask again.
#[derive(Debug, thiserror::Error)]
pub enum PaymentError {
    /// The provider does not do it, or not now.
    #[error(transparent)]
    Gateway(#[from] GatewayError),
    /// The database failed.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// There is no such payment.
    #[error("there is no payment {0}")]
    Unknown(PaymentId),
    /// The payment at the provider is not the one that we began: nothing was moved, somebody must look.
    #[error("the provider's payment differs: {0}")]
    Differs(Difference),
    /// Others kept moving the same rows.
    #[error("the payment kept changing")]
    Busy,
    /// A fault was injected.
    #[error(transparent)]
    Injected(#[from] Injected),
}

/// Amounts that cannot be summed are of a row that nobody can have meant.
impl From<MoneyError> for PaymentError {
    fn from(error: MoneyError) -> Self {
        Self::Store(error.into())
    }
}

impl From<MoveError> for PaymentError {
    fn from(error: MoveError) -> Self {
        match error {
            MoveError::Moved => Self::Busy,
            MoveError::Store(error) => Self::Store(error),
        }
    }
}

/// Why a guest gets no page to pay at.
#[derive(Debug, thiserror::Error)]
pub enum CheckoutError {
    /// Everything is paid, or somebody's bank is about to say so.
    #[error("there is nothing to pay")]
    NothingToPay,
    /// Somebody else pays one of the lines.
    #[error("someone else is paying for some of it")]
    LineTaken,
    /// It includes what others ordered, and the guest has not confirmed that.
    #[error("it also pays for what others ordered")]
    PaysForOthers,
    /// The payment has no line of these orders.
    #[error("the payment covers nothing on the bill")]
    UnknownPayment,
    /// Another guest may be paying on that page this moment.
    #[error("someone else may be paying it")]
    StillPaying,
    /// Its orders have had as many payment pages as an hour allows.
    #[error("too many payment pages were opened")]
    TooManyPages {
        /// Until another may be opened.
        minutes: i64,
    },
    /// A line that is not on the bill.
    #[error("a line is not on the bill")]
    UnknownLine,
    /// More orders than one payment holds.
    #[error("too many orders for one payment")]
    TooMuch,
    /// No payment can be of this amount.
    #[error(transparent)]
    Amount(#[from] Unpayable),
    /// A share that would leave what nobody could pay.
    #[error("what would be left cannot be paid: payments start at {least}")]
    LeavesTooLittle {
        /// The least that can be paid.
        least: Money,
    },
    /// The store takes no payments in the page.
    #[error("this restaurant takes no payments here")]
    Unavailable,
    /// The pickup time is not free any more.
    #[error("the chosen pickup time is taken")]
    SlotTaken {
        /// The next times that are.
        free: Vec<UnixMillis>,
    },
    /// The kitchen cannot be reached: what would not be cooked must not be paid.
    #[error("the kitchen cannot be reached")]
    KitchenUnreachable,
    /// The order has ended.
    #[error("the order has ended")]
    OrderEnded,
    /// The tip is too high, or between two steps.
    #[error(transparent)]
    Tip(#[from] TipOutOfRange),
    /// Nothing is known to be wrong with the request: ask again.
    #[error(transparent)]
    Payment(#[from] PaymentError),
}

impl From<MoneyError> for CheckoutError {
    fn from(error: MoneyError) -> Self {
        Self::Payment(error.into())
    }
}

impl From<StoreError> for CheckoutError {
    fn from(error: StoreError) -> Self {
        Self::Payment(error.into())
    }
}
