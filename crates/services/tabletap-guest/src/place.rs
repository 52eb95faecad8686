//! Refusals for orders that are not placed.

use crate::{Reason, Refusal};
use tabletap_domain::{
    cart::{CartError, CartProblem},
    charge::Unpayable,
    customer::CustomerError,
    limits,
    refusal::{BodyError, FieldProblem, PlaceError},
    unpaid::UnpaidLimit,
};

impl From<PlaceError> for Refusal {
    fn from(error: PlaceError) -> Self {
        let reason = match error {
            PlaceError::SessionExpired => Reason::SessionExpired,
            PlaceError::TakeoutSessionExpired => Reason::TakeoutSessionExpired,
            PlaceError::SessionReadOnly => Reason::SessionReadOnly,
            PlaceError::NotAtTable => Reason::NotAtTable,
            PlaceError::SeatingEnded => Reason::SeatingEndedToOrder,
            PlaceError::OrderNotYours => Reason::OrderNotYours,
            PlaceError::OrderIdTaken => Reason::OrderIdTaken,
            PlaceError::NoTakeout => Reason::NoTakeout,
            PlaceError::PickupUnavailable => Reason::PickupUnavailable,
            PlaceError::SlotTaken => Reason::SlotTaken,
            PlaceError::KitchenUnreachable => Reason::KitchenUnreachable,
            PlaceError::MenuNotPublished => Reason::MenuNotPublished,
            PlaceError::Busy => Reason::SendAgain,
            PlaceError::Broken => Reason::Internal,
            PlaceError::Body(BodyError::TooLarge) => Reason::OrderTooLarge,
            PlaceError::Body(error) => return error.into(),
            PlaceError::Customer(error) => return error.into(),
            PlaceError::Cart(error) => return error.into(),
            PlaceError::KitchenClosed { opens_at } => {
                let mut refusal = Self::from(Reason::KitchenClosed);
                refusal.body.opens_at = opens_at;
                return refusal;
            }
            PlaceError::NoOrdersForNow { opens_at } => {
                let mut refusal = Self::from(Reason::NoOrdersForNow);
                refusal.body.opens_at = opens_at;
                return refusal;
            }
            PlaceError::QuoteChanged(totals) => {
                let mut refusal = Self::from(Reason::QuoteChanged);
                refusal.body.quote = Some(Box::new((&*totals).into()));
                return refusal;
            }
            PlaceError::TooManyUnpaid {
                limit,
                retry_after_s,
            } => {
                let reason = match limit {
                    UnpaidLimit::Contact => Reason::ManyOfYoursUnpaid,
                    UnpaidLimit::Viewer => Reason::ManyOfYourNetworkUnpaid,
                    UnpaidLimit::Store => Reason::ManyUnpaid,
                };
                let mut refusal = Self::from(reason);
                refusal.retry_after_s = Some(retry_after_s);
                return refusal;
            }
            PlaceError::Unpayable(unpayable) => {
                let reasons = (Reason::TakeoutBelowMinimum, Reason::TotalNotPayable);
                return Self::unpayable(unpayable, reasons);
            }
        };
        reason.into()
    }
}

impl Refusal {
    /// An amount that no payment can be of: the first reason where it is too little, the second where it lies between two steps.
    #[must_use]
    pub fn unpayable(unpayable: Unpayable, (too_little, between): (Reason, Reason)) -> Self {
        match unpayable {
            Unpayable::TooLittle { least } => Self::from(too_little).with_amount("amount", least),
            Unpayable::BetweenSteps { step } => Self::from(between)
                .with("currency", step.currency().code())
                .with_amount("amount", step),
        }
    }
}

impl From<BodyError> for Refusal {
    fn from(error: BodyError) -> Self {
        let (field, problem) = match error {
            BodyError::TooLarge => return Reason::RequestTooLarge.into(),
            BodyError::NotJson => return Reason::NotJson.into(),
            BodyError::NotAnObject => return Reason::NotAnObject.into(),
            BodyError::Field(field, problem) => (field, problem),
        };
        let reason = match problem {
            FieldProblem::Missing => Reason::FieldMissing,
            FieldProblem::Unknown => Reason::FieldUnknown,
            FieldProblem::NotAtTable => Reason::FieldNotAtTable,
            FieldProblem::Wrong => Reason::FieldWrong,
            FieldProblem::OrderId => Reason::OrderIdInvalid,
            FieldProblem::Pickup => Reason::PickupInvalid,
            FieldProblem::Time => Reason::PickupTimeInvalid,
        };
        Self::from(reason).at(field)
    }
}

impl From<CustomerError> for Refusal {
    fn from(error: CustomerError) -> Self {
        let reason = match error {
            CustomerError::NameMissing => Reason::NameMissing,
            CustomerError::NameTooLong => Reason::NameTooLong,
            CustomerError::ContactMissing => Reason::ContactMissing,
            CustomerError::EmailInvalid => Reason::EmailInvalid,
            CustomerError::PhoneInvalid => Reason::PhoneInvalid,
        };
        Self::from(reason).with("n", limits::GUEST_CHARS_MAX)
    }
}

impl From<CartError> for Refusal {
    fn from(CartError { field, problem }: CartError) -> Self {
        let plain = Self::from;
        let named = |reason, name| Self::from(reason).with("name", name);
        let counted = |reason, n: usize| Self::from(reason).with("n", n);
        let refusal = match problem {
            CartProblem::Empty => plain(Reason::CartEmpty),
            CartProblem::TooManyLines(n) => counted(Reason::TooManyLines, n),
            CartProblem::QuantityOutOfRange(n) => plain(Reason::QuantityOutOfRange).with("n", n),
            CartProblem::TooManyDishes(n) => plain(Reason::TooManyDishes).with("n", n),
            CartProblem::UnknownItem => plain(Reason::UnknownItem),
            CartProblem::ItemUnavailable(name) => named(Reason::ItemUnavailable, name),
            CartProblem::UnknownGroup(Some(name)) => named(Reason::UnknownGroup, name),
            CartProblem::UnknownGroup(None) => plain(Reason::GroupGone),
            CartProblem::UnknownOption(Some(name)) => named(Reason::UnknownOption, name),
            CartProblem::UnknownOption(None) => plain(Reason::OptionGone),
            CartProblem::OptionUnavailable(name) => named(Reason::OptionUnavailable, name),
            CartProblem::DuplicateChoice(name) => named(Reason::DuplicateChoice, name),
            CartProblem::TooFewChoices { group, min } => plain(Reason::TooFewChoices)
                .with("n", min)
                .with("group", group),
            CartProblem::TooManyChoices { group, max } => plain(Reason::TooManyChoices)
                .with("n", max)
                .with("group", group),
            CartProblem::ChoicesOutOfBounds => plain(Reason::ChoicesOutOfBounds),
            CartProblem::TooLongForTicket => plain(Reason::TooLongForTicket),
            CartProblem::AllergenConflict {
                dish,
                allergens,
                currency,
            } => named(Reason::AllergenConflict, dish).with_allergens("list", allergens, currency),
            CartProblem::TextTooLong(n) => counted(Reason::TextTooLong, n),
            CartProblem::TotalOutOfRange => plain(Reason::TotalOutOfRange),
        };
        refusal.at(field)
    }
}
