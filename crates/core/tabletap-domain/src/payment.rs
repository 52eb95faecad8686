//! A payment allocates an amount to lines of one or more orders, so paying for oneself, for the table and for takeout are one thing.
//!
//! What a payment is for is fixed when it is begun; only its state moves, and only by what the provider says of it. A line is reserved
//! by one payment at a time. Pure: who asks the provider, and when, is said elsewhere.

use crate::{
    AccountName, Currency, GuestSessionId, Lang, Minor, OrderId, PaymentId, RefundId, StoreKey,
    charge, limits,
    menu::words,
    money::MoneyError,
    number::OrderNumber,
    order::{Order, OrderType, PaymentStatus},
    share::Share,
    time::UnixMillis,
};
use std::{collections::BTreeMap, time::Duration};

/// What an unpaid payment holds, it holds this long; then the provider is asked to end it.
pub const HOLD: Duration = Duration::from_mins(10);
/// When the provider ends it by itself, should nobody ask. Stripe takes 30 minutes to a day, counted from when the request arrives; a
/// retry of a stored request arrives later.
pub const PROVIDER_HOLD: Duration = Duration::from_mins(60);
/// A payment page that others wait for is theirs to end after this long: its guest may have left it without a word.
pub const OTHERS_WAIT: Duration = Duration::from_mins(3);
/// Most payment pages that one phone opens for an order within [`PAGES_WINDOW`], besides one for each line that a party may share out.
const PHONE_PAGES_MAX: u32 = 6;
/// So many phones of a party may open all of theirs before the others find none left.
const PHONES: u32 = 4;
/// See [`PagesOpened`].
pub const PAGES_WINDOW: Duration = Duration::from_hours(1);
/// Most orders of one payment: a payment and its orders move in one transaction, which holds at most 100 rows.
pub const ORDERS_MAX: usize = 40;

words!(
    /// Where a payment stands.
    PaymentState {
        /// Begun; the guest has not paid.
        Open = "open",
        /// The guest has done their part, and a delayed method has not said yes or no yet.
        Processing = "processing",
        /// The money is there.
        Paid = "paid",
        /// A delayed method said no.
        Failed = "failed",
        /// It can no longer be paid.
        Expired = "expired",
    }
);

words!(
    /// Where a refund stands.
    RefundState {
        /// Written down; the provider has not answered yet.
        Requested = "requested",
        /// The provider has it, and the guest's bank not yet.
        Pending = "pending",
        /// The money is back.
        Succeeded = "succeeded",
        /// It did not go through: the money is still here.
        Failed = "failed",
    }
);

words!(
    /// Who wanted a refund.
    RefundCause {
        /// The staff.
        Staff = "staff",
        /// Nobody: the order could not be honoured.
        NotHonoured = "not_honoured",
        /// Somebody in the provider's own dashboard.
        Dashboard = "dashboard",
    }
);

/// A payment as it was begun.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Payment {
    /// Random.
    pub id: PaymentId,
    /// Tenant and store.
    pub store: StoreKey,
    /// The store's account with the provider.
    pub account: AccountName,
    /// With real money: the account's key was a live one when this was begun. A test never moves a live order.
    pub live: bool,
    /// What it pays.
    pub parts: Vec<PaymentPart>,
    /// Asked for as a share of the bill, not dish by dish.
    pub share: Option<Share>,
    /// What the guest reads at the provider; its amounts sum to the total.
    pub items: Vec<PaymentItem>,
    /// On top of what is owed.
    pub tip_minor: Minor,
    /// With the tip.
    pub total_minor: Minor,
    /// Of all its amounts.
    pub currency: Currency,
    /// The guest's.
    pub lang: Lang,
    /// Where the guest comes back to with it paid.
    pub success_url: String,
    /// Where the guest comes back to without.
    pub cancel_url: String,
    /// When it was begun.
    pub created_at: UnixMillis,
}

/// The lines of one order that a payment pays.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PaymentPart {
    /// The order.
    pub order: OrderId,
    /// Its number to say.
    pub number: OrderNumber,
    /// Its lines by their place, each with what is paid of it: all that is owed for it, or a part where several pay for it.
    pub lines: Vec<(usize, Minor)>,
}

/// What the guest reads at the provider.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PaymentItem {
    /// Its name in the guest's language.
    pub name: String,
    /// All of it.
    pub amount_minor: Minor,
}

/// How somebody paid, as far as a receipt tells.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PaymentMethod {
    /// The card's brand or the method's kind, the provider's word: `visa`, `sepa_debit`.
    pub brand: String,
    /// Its last four digits, where it has any.
    pub last4: Option<String>,
}

/// Where a guest pays.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PaymentPage {
    /// The provider's name for it.
    pub id: String,
    /// Its page.
    pub url: String,
}

/// Money that goes back.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Refund {
    /// Its id; the provider's idempotency key comes of it.
    pub id: RefundId,
    /// How much.
    pub amount_minor: Minor,
    /// Who wanted it.
    pub cause: RefundCause,
    /// The order that it is for, where it is for one.
    pub order: Option<OrderId>,
    /// Where it stands.
    pub state: RefundState,
    /// The provider's name for it, once it has one.
    pub reference: Option<String>,
    /// When it was wanted.
    pub created_at: UnixMillis,
}

impl Refund {
    /// One that is wanted, and that the provider has not heard of.
    #[must_use]
    pub fn wanted(
        id: RefundId,
        amount_minor: Minor,
        cause: RefundCause,
        order: Option<OrderId>,
        now: UnixMillis,
    ) -> Self {
        Self {
            id,
            amount_minor,
            cause,
            order,
            state: RefundState::Requested,
            reference: None,
            created_at: now,
        }
    }
}

impl PaymentState {
    /// Whether what it pays for is kept from others: it may yet be paid, or is.
    #[must_use]
    pub fn holds_lines(self) -> bool {
        matches!(self, Self::Open | Self::Processing | Self::Paid)
    }

    /// The state after the provider said `said`; `None` where that changes nothing. Money that is there stays there: what goes back is a
    /// refund of its own. A late yes counts in every state.
    #[must_use]
    pub fn after(self, said: Self) -> Option<Self> {
        let next = match (self, said) {
            (Self::Paid, _) => return None,
            (_, Self::Paid) => Self::Paid,
            (Self::Open, said) => said,
            (Self::Processing, Self::Failed | Self::Expired) => Self::Failed,
            _ => return None,
        };
        (next != self).then_some(next)
    }
}

impl Payment {
    /// When the provider ends it by itself.
    #[must_use]
    pub fn expires_at(&self) -> UnixMillis {
        self.created_at.plus(PROVIDER_HOLD)
    }

    /// When we ask the provider to end it.
    #[must_use]
    pub fn held_until(&self) -> UnixMillis {
        self.created_at.plus(HOLD)
    }

    /// The orders it pays for, or lines of them.
    #[must_use]
    pub fn orders(&self) -> Vec<OrderId> {
        self.parts.iter().map(|part| part.order.clone()).collect()
    }

    /// The part that pays `order`.
    #[must_use]
    pub fn part(&self, order: &OrderId) -> Option<&PaymentPart> {
        self.parts.iter().find(|part| part.order == *order)
    }
}

impl PaymentPart {
    /// What it pays of its order.
    ///
    /// # Errors
    /// [`MoneyError::Overflow`] when it does not fit.
    pub fn amount_minor(&self) -> Result<Minor, MoneyError> {
        Minor::sum(self.lines.iter().map(|(_, amount)| *amount))
    }
}

/// What each line of an order owes, with its share of service and taxes: together the order's total, to the unit. Each can be paid by itself
/// where the total can, as far as steps go.
#[must_use]
pub fn due_by_line(order: &Order) -> Vec<Minor> {
    let weights: Vec<i64> = order
        .cart
        .lines
        .iter()
        .map(|line| line.total_minor.0)
        .collect();
    charge::split(order.cart.totals.total_minor, &weights, order.currency)
}

/// How many payment pages were opened for an order: each replacement opens another session at the provider.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PagesOpened {
    /// When the first of them was.
    pub since: UnixMillis,
    /// How many.
    pub count: u32,
    /// How many of them by each phone; `None` stands for all that have no id of their own.
    pub by_phone: BTreeMap<Option<GuestSessionId>, u32>,
}

impl PagesOpened {
    /// The same with one more that a phone opens `now`: counted from anew once the first is an hour old.
    #[must_use]
    pub fn and_one(before: Option<&Self>, phone: Option<&GuestSessionId>, now: UnixMillis) -> Self {
        let running = before.filter(|before| now < before.since.plus(PAGES_WINDOW));
        let mut pages = running.cloned().unwrap_or(Self {
            since: now,
            count: 0,
            by_phone: BTreeMap::new(),
        });
        pages.count = pages.count.saturating_add(1);
        let of_phone = pages.by_phone.entry(phone.cloned()).or_default();
        *of_phone = of_phone.saturating_add(1);
        pages
    }

    /// When a phone may open its next page, where it may not at `now`: it has had its own of this hour, or the order has.
    #[must_use]
    pub fn waits_until(
        &self,
        phone: Option<&GuestSessionId>,
        max: PagesMax,
        now: UnixMillis,
    ) -> Option<UnixMillis> {
        let again_at = self.since.plus(PAGES_WINDOW);
        let of_phone = self.by_phone.get(&phone.cloned());
        let is_used_up =
            self.count >= max.order || of_phone.is_some_and(|count| *count >= max.phone);
        (now < again_at && is_used_up).then_some(again_at)
    }
}

/// Most payment pages within [`PAGES_WINDOW`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PagesMax {
    /// Of one phone: a few, and one more for each line of an order that a party may share out.
    pub phone: u32,
    /// Of all phones together: more for a party, so that one phone does not keep the others from paying.
    pub order: u32,
}

/// Most payment pages of an order.
#[must_use]
pub fn pages_max(order: &Order) -> PagesMax {
    let (lines, phones) = match order.kind {
        OrderType::DineIn => {
            let lines = u32::try_from(order.cart.lines.len());
            (lines.unwrap_or(u32::MAX), PHONES)
        }
        OrderType::Takeout | OrderType::Delivery => (0, 1),
    };
    let phone = PHONE_PAGES_MAX.saturating_add(lines);
    PagesMax {
        phone,
        order: phone.saturating_mul(phones),
    }
}

/// When a payment is looked at again without anybody saying so, after `now`; `None` once nothing more can come of it.
///
/// Soon after it was begun, for an event may be lost, and at the end of its hold; a delayed method takes days. A paid one is looked at once
/// more on the next day, for what somebody did in the provider's dashboard.
#[must_use]
pub fn next_look(
    state: PaymentState,
    created_at: UnixMillis,
    now: UnixMillis,
) -> Option<UnixMillis> {
    let minutes: &[u64] = match state {
        PaymentState::Open => &[1, 2, 4, 7, 10, 11, 13, 17, 25, 40, 60],
        PaymentState::Processing => &[5, 15, 60],
        PaymentState::Paid => &[24 * 60],
        PaymentState::Failed | PaymentState::Expired => &[],
    };
    let looks = minutes
        .iter()
        .map(|minutes| created_at.plus(Duration::from_mins(*minutes)));
    let later = looks.into_iter().find(|at| *at > now);
    later.or(match state {
        PaymentState::Open | PaymentState::Processing => Some(now.plus(Duration::from_hours(1))),
        PaymentState::Paid | PaymentState::Failed | PaymentState::Expired => None,
    })
}

/// A tip that cannot be meant.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("a tip is at most twice the amount, and an amount that can be paid")]
pub struct TipOutOfRange;

/// Checks a tip against what is paid: a slip of the thumb must not cost a month's wage, and what lies between two steps cannot be paid.
///
/// # Errors
/// [`TipOutOfRange`].
pub fn check_tip(
    tip_minor: Minor,
    due_minor: Minor,
    currency: Currency,
) -> Result<Minor, TipOutOfRange> {
    let most = due_minor.checked_mul(2).map_err(|_| TipOutOfRange)?;
    let most = most.min(limits::TOTAL_MINOR_MAX);
    if (Minor::ZERO..=most).contains(&tip_minor) && charge::is_on_step(tip_minor, currency) {
        Ok(tip_minor)
    } else {
        Err(TipOutOfRange)
    }
}

/// What the money of an order stands at, whose payments are these: what was paid, and what of it went back.
#[must_use]
pub fn status_after_refunds(payments: impl IntoIterator<Item = (Minor, Minor)>) -> PaymentStatus {
    let (mut any, mut all) = (false, true);
    for (total_minor, refunded_minor) in payments {
        any |= refunded_minor > 0;
        all &= refunded_minor >= total_minor;
    }
    match (any, all) {
        (false, _) => PaymentStatus::Paid,
        (true, false) => PaymentStatus::PartRefunded,
        (true, true) => PaymentStatus::Refunded,
    }
}

#[cfg(test)]
mod tests;
