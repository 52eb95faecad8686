//! A share of a party's bill, equal or of any amount: what it may come to, and the page of one that was asked for before.

use crate::{
    CheckoutError, LinesWanted, Payments,
    lines::{has_unpaid, open_minor},
    page::may_open,
    request::CheckoutRequest,
};
use std::collections::BTreeSet;
use tabletap_domain::{
    GuestSessionId, Minor, PaymentId,
    payment::PaymentState,
    share::{Share, ShareError, check_share, equal_share, shares_left},
    time::UnixMillis,
};
use tabletap_gateway::Gateway;
use tabletap_store::StoredPayment;
use tabletap_wire::payment::CheckoutReply;

/// How a request for a share goes on.
#[derive(Debug)]
pub(crate) enum ShareStep {
    /// It was asked for before: here is its page.
    Page(CheckoutReply),
    /// Another share of this phone has ended: read the bill again.
    ReadAgain,
    /// It can be paid; none where no share is wanted.
    Open(Option<Share>),
}

impl<G: Gateway> Payments<G> {
    /// Checks a request for a share of what is open; one that is for lines is none. A phone has one share open at a time, so a request that is sent
    /// twice opens one page.
    pub(crate) async fn share(
        &self,
        request: &CheckoutRequest<'_>,
        wanted: &LinesWanted,
        now: UnixMillis,
    ) -> Result<ShareStep, CheckoutError> {
        let LinesWanted::Share {
            amount_minor,
            guests,
        } = *wanted
        else {
            return Ok(ShareStep::Open(None));
        };
        let ids: BTreeSet<PaymentId> = request
            .bills
            .iter()
            .flat_map(|bill| bill.payers().cloned())
            .collect();
        let payments = self.store.payments(&request.store.key, &ids).await?;
        let phone = request.payer.phone.as_ref();
        if let Some(own) = payments.iter().find(|stored| is_open_share(stored, phone)) {
            return self
                .own_share(request, own, (amount_minor, guests), now)
                .await;
        }
        let Some(currency) = request.bills.first().map(|bill| bill.order.currency) else {
            return Err(CheckoutError::NothingToPay);
        };
        let open_minor = open_minor(&request.bills)?;
        if open_minor == 0 {
            return Err(match has_unpaid(&request.bills) {
                true => CheckoutError::LineTaken,
                false => CheckoutError::NothingToPay,
            });
        }
        if let Some(guests) = guests {
            let left = shares_left(guests, equal_shares(&payments, guests));
            // Nobody pays another amount than the one they were shown.
            if amount_minor != equal_share(open_minor, left, currency) {
                return Err(CheckoutError::LineTaken);
            }
        }
        check_share(amount_minor, open_minor, currency)?;
        Ok(ShareStep::Open(Some(Share {
            guests,
            phone: phone.cloned(),
        })))
    }

    /// The page of the share that this phone has open, if it wants the same again; otherwise that one is ended.
    async fn own_share(
        &self,
        request: &CheckoutRequest<'_>,
        own: &StoredPayment,
        (amount_minor, guests): (Minor, Option<u32>),
        now: UnixMillis,
    ) -> Result<ShareStep, CheckoutError> {
        let (payment, phone) = (&own.payment, request.payer.phone.as_ref());
        let is_same = payment.total_minor.checked_sub(payment.tip_minor)? == amount_minor
            && payment.tip_minor == request.tip_minor
            && payment
                .share
                .as_ref()
                .is_some_and(|share| share.guests == guests);
        if is_same {
            let (bills, tip_minor) = (&request.bills, request.tip_minor);
            let page =
                self.reuse_or_expire_page(request.store, &payment.id, bills, phone, tip_minor, now);
            return Ok(page.await?.map_or(ShareStep::ReadAgain, ShareStep::Page));
        }
        may_open(&request.bills, phone, now)?;
        self.expire_page(own).await?;
        self.fulfil(&request.store.key, &payment.id, now).await?;
        Ok(ShareStep::ReadAgain)
    }
}

/// Whether a payment is a share that this phone has open; of a phone without an id nobody knows.
fn is_open_share(stored: &StoredPayment, phone: Option<&GuestSessionId>) -> bool {
    let share = stored.payment.share.as_ref();
    let asked_by = share.and_then(|share| share.phone.as_ref());
    stored.state == PaymentState::Open && asked_by.is_some() && asked_by == phone
}

/// How many of the equal shares between so many guests are paid or being paid. Another number of guests begins a split of its own.
pub(crate) fn equal_shares(payments: &[StoredPayment], guests: u32) -> u32 {
    let shares = payments.iter().filter(|stored| {
        let share = stored.payment.share.as_ref();
        stored.state.holds_lines() && share.is_some_and(|share| share.guests == Some(guests))
    });
    u32::try_from(shares.count()).unwrap_or(u32::MAX)
}

impl From<ShareError> for CheckoutError {
    fn from(error: ShareError) -> Self {
        match error {
            ShareError::BillChanged => Self::LineTaken,
            ShareError::LeavesTooLittle { least } => Self::LeavesTooLittle { least },
            ShareError::Amount(unpayable) => Self::Amount(unpayable),
        }
    }
}
