//! Opens a payment page. Lines are reserved and the payment is stored with all that the provider will be told, then the provider is asked:
//! after a crash, the next call sends exactly the same request under the same key.

use crate::{
    CheckoutError, PaymentError, Payments,
    lines::{Chosen, page_items},
    request::CheckoutRequest,
};
use tabletap_domain::{
    GuestSessionId, Minor, Money, charge,
    order::OrderType,
    payment::{
        ORDERS_MAX, Payment, PaymentPage, PaymentPart, PaymentState, check_tip, next_look,
        pages_max,
    },
    share::Share,
    time::UnixMillis,
};
use tabletap_fault as fault;
use tabletap_gateway::{Gateway, GatewayError};
use tabletap_runtime::random;
use tabletap_session::OrderPage;
use tabletap_store::{OpenPaymentError, OrderBill};
use tabletap_wire::payment::CheckoutReply;

/// Refuses another page if this phone, or all phones together, have opened as many for one of these orders as an hour allows: each costs a
/// session at the provider. Call it before an older page is expired, so that a guest who is refused keeps the page they have.
pub(crate) fn may_open<'a>(
    bills: impl IntoIterator<Item = &'a OrderBill>,
    phone: Option<&GuestSessionId>,
    now: UnixMillis,
) -> Result<(), CheckoutError> {
    for bill in bills {
        let max = pages_max(&bill.order);
        let waits_until = bill
            .pages
            .as_ref()
            .and_then(|pages| pages.waits_until(phone, max, now));
        if let Some(again_at) = waits_until {
            let minutes = (again_at.0 - now.0).div_euclid(60_000) + 1;
            return Err(CheckoutError::TooManyPages { minutes });
        }
    }
    Ok(())
}

impl<G: Gateway> Payments<G> {
    /// Reserves the lines and opens the page. `None` where somebody was faster.
    pub(crate) async fn open_page(
        &self,
        request: &CheckoutRequest<'_>,
        lines: &Chosen,
        share: Option<Share>,
        now: UnixMillis,
    ) -> Result<Option<CheckoutReply>, CheckoutError> {
        let bills: Vec<OrderBill> = request
            .bills
            .iter()
            .zip(lines)
            .filter(|(_, lines)| !lines.is_empty())
            .map(|(bill, _)| bill.clone())
            .collect();
        if bills.len() > ORDERS_MAX {
            return Err(CheckoutError::TooMuch);
        }
        may_open(&bills, request.payer.phone.as_ref(), now)?;
        let payment = self.payment(request, lines, share, now)?;
        let due = next_look(PaymentState::Open, now, now).unwrap_or(now);
        let hold = request.hold.as_ref();
        let opened =
            self.store
                .open_payment(&payment, &bills, request.payer.phone.as_ref(), hold, due);
        match opened.await {
            Ok(()) => fault::point("checkout.opened").map_err(PaymentError::from)?,
            Err(OpenPaymentError::Moved | OpenPaymentError::SlotFull) => return Ok(None),
            Err(OpenPaymentError::Store(error)) => return Err(error.into()),
        }
        let stored = self.load(&payment.store, &payment.id).await?;
        match self.create_page(&stored).await {
            Ok(checkout) => Ok(Some(reply(&payment, checkout))),
            // It will never make this page: give the lines back at once.
            Err(PaymentError::Gateway(GatewayError::Refused(_))) => {
                self.fulfil(&payment.store, &payment.id, now).await?;
                Err(CheckoutError::Unavailable)
            }
            Err(error) => Err(error.into()),
        }
    }

    fn payment(
        &self,
        request: &CheckoutRequest<'_>,
        lines: &Chosen,
        share: Option<Share>,
        now: UnixMillis,
    ) -> Result<Payment, CheckoutError> {
        let chosen = request.bills.iter().zip(lines);
        let mut chosen = chosen.filter(|(_, lines)| !lines.is_empty()).peekable();
        let Some((OrderBill { order, .. }, _)) = chosen.peek() else {
            return Err(CheckoutError::NothingToPay);
        };
        let (mut parts, mut due) = (Vec::new(), Money::new(Minor::ZERO, order.currency));
        for (bill, lines) in chosen {
            let part = PaymentPart {
                order: bill.order.id.clone(),
                number: bill.order.number.clone(),
                lines: lines.clone(),
            };
            // A store that changes its currency has orders in both.
            due = due.checked_add(Money::new(part.amount_minor()?, bill.order.currency))?;
            parts.push(part);
        }
        let due_minor = due.minor();
        let tip_minor = check_tip(request.tip_minor, due_minor, order.currency)?;
        if due_minor <= 0 && order.kind == OrderType::DineIn {
            return Err(CheckoutError::NothingToPay);
        }
        let total = due.checked_add(Money::new(tip_minor, order.currency))?;
        charge::check(total)?;
        let (slug, code) = (&request.store.slug, request.payer.code.as_ref());
        let back = |page| self.links.to_order(page, slug, code, order, now);
        Ok(Payment {
            id: random::id(),
            store: order.store.clone(),
            account: request.account.clone(),
            live: request.live,
            items: page_items(&request.bills, lines, share.is_some(), tip_minor)?,
            parts,
            share,
            tip_minor,
            total_minor: total.minor(),
            currency: order.currency,
            lang: order.lang.clone(),
            success_url: back(OrderPage::Paid),
            cancel_url: back(OrderPage::Pay),
            created_at: now,
        })
    }
}

pub(crate) fn reply(payment: &Payment, checkout: PaymentPage) -> CheckoutReply {
    CheckoutReply {
        payment_id: payment.id.clone(),
        session_id: checkout.id,
        url: checkout.url,
        expires_at: payment.held_until(),
    }
}
