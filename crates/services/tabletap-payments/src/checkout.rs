//! Checkout: from what is owed to a page where the guest pays. A line is reserved by one payment at a time, and of one payment only one page
//! at a time can be paid.

use crate::{
    CheckoutError, LinesWanted, PaymentError, Payments, ROUNDS_MAX,
    lines::{Chosen, has_unpaid, one_payment, pays_exactly, select_lines},
    page::{may_open, reply},
    request::{CheckoutRequest, Payer},
    share::ShareStep,
};
use std::collections::BTreeSet;
use tabletap_domain::{
    AccountName, GuestSessionId, Minor, Money, OrderId, PaymentId, StoreKey, charge,
    order::OrderStatus,
    payment::{OTHERS_WAIT, PaymentState, check_tip, due_by_line},
    store::StoreConfig,
    time::UnixMillis,
};
use tabletap_gateway::{Gateway, GatewayError};
use tabletap_store::{OrderBill, StoreError, StoredPayment};
use tabletap_wire::payment::CheckoutReply;

impl<G: Gateway> Payments<G> {
    /// Where to pay a takeout order: the same page again while it can be paid and the tip is the same, otherwise a new one, after the old one
    /// was expired.
    ///
    /// # Errors
    /// [`CheckoutError`].
    pub async fn checkout_order(
        &self,
        store: &StoreConfig,
        order: &OrderId,
        tip_minor: Minor,
        now: UnixMillis,
    ) -> Result<CheckoutReply, CheckoutError> {
        let (account, live) = self.account(store)?;
        let unreachable_until = self.store.kitchen_unreachable_until(&store.key).await?;
        if unreachable_until.is_some_and(|until| now < until) {
            return Err(CheckoutError::KitchenUnreachable);
        }
        for _ in 0..ROUNDS_MAX {
            let bills = self
                .store
                .bills(&store.key, std::slice::from_ref(order))
                .await?;
            let Some(bill) = bills.first() else {
                return Err(CheckoutError::OrderEnded);
            };
            match bill.order.status {
                OrderStatus::AwaitingPayment => {}
                OrderStatus::Cancelled => return Err(CheckoutError::OrderEnded),
                _ => return Err(CheckoutError::NothingToPay),
            }
            if let Some(before) = bill.payers().next() {
                match self
                    .reuse_or_expire_page(store, before, &bills, None, tip_minor, now)
                    .await?
                {
                    Some(reply) => return Ok(reply),
                    None => continue,
                }
            }
            // Orders that an earlier release took may have a total that nobody can pay. They must not take a place in the slot again.
            let total_minor = bill.order.cart.totals.total_minor;
            let tip_minor = check_tip(tip_minor, total_minor, bill.order.currency)?;
            let with_tip = total_minor.checked_add(tip_minor)?;
            charge::check(Money::new(with_tip, bill.order.currency))?;
            // Asked before somebody's place gives way: this guest may get no page.
            may_open([bill], None, now)?;
            let hold = self.place_for(store, bill, now).await?;
            let request = CheckoutRequest {
                store,
                account: account.clone(),
                live,
                bills: bills.clone(),
                tip_minor,
                payer: Payer::default(),
                instead_of: None,
                hold,
            };
            let every: Chosen = bills
                .iter()
                .map(|bill| due_by_line(&bill.order).into_iter().enumerate().collect())
                .collect();
            match self.open_page(&request, &every, None, now).await? {
                Some(reply) => return Ok(reply),
                None => tracing::debug!("another phone was faster"),
            }
        }
        Err(PaymentError::Busy.into())
    }

    /// Where to pay these lines of a party's orders. The same lines and tip again lead to the same page while it can be paid; if the
    /// same guest wants something else, and names the page they were sent to before, that page is expired first.
    ///
    /// # Errors
    /// [`CheckoutError`].
    pub async fn checkout_lines(
        &self,
        store: &StoreConfig,
        payer: Payer,
        orders: &[OrderId],
        wanted: &LinesWanted,
        (tip_minor, instead_of): (Minor, Option<String>),
        now: UnixMillis,
    ) -> Result<CheckoutReply, CheckoutError> {
        let (account, live) = self.account(store)?;
        let mut request = CheckoutRequest {
            store,
            account,
            live,
            bills: Vec::new(),
            tip_minor,
            payer,
            instead_of,
            hold: None,
        };
        for _ in 0..ROUNDS_MAX {
            request.bills = self.party(&store.key, orders).await?;
            if let Some(page) = request.instead_of.take() {
                self.replace(&request, &page, wanted, now).await?;
                request.bills = self.party(&store.key, orders).await?;
            }
            let share = match self.share(&request, wanted, now).await? {
                ShareStep::Page(reply) => return Ok(reply),
                ShareStep::ReadAgain => continue,
                ShareStep::Open(share) => share,
            };
            let lines = select_lines(&request.bills, wanted)?;
            let orders_of_lines = lines.iter().filter(|lines| !lines.is_empty()).count();
            if matches!(wanted, LinesWanted::AllOfOneOrder) && orders_of_lines > 1 {
                return Err(CheckoutError::PaysForOthers);
            }
            if let Some(before) = one_payment(&request.bills, &lines)? {
                let bills: Vec<OrderBill> = request.bills.clone();
                let stored = self.load(&store.key, &before).await?;
                if stored.state == PaymentState::Paid || stored.state == PaymentState::Processing {
                    return Err(CheckoutError::NothingToPay);
                }
                // Another tip may be another guest's wish: only a guest who names the page they had may expire it.
                let same =
                    pays_exactly(&stored, &bills, &lines) && stored.payment.tip_minor == tip_minor;
                if !same {
                    return Err(CheckoutError::LineTaken);
                }
                match self
                    .reuse_or_expire_page(
                        store,
                        &before,
                        &bills,
                        request.payer.phone.as_ref(),
                        tip_minor,
                        now,
                    )
                    .await?
                {
                    Some(reply) => return Ok(reply),
                    None => continue,
                }
            }
            if orders_of_lines == 0 {
                return Err(match has_unpaid(&request.bills) {
                    true => CheckoutError::LineTaken,
                    false => CheckoutError::NothingToPay,
                });
            }
            match self.open_page(&request, &lines, share, now).await? {
                Some(reply) => return Ok(reply),
                None => tracing::debug!("another phone was faster"),
            }
        }
        Err(PaymentError::Busy.into())
    }

    /// What a party owes for these orders of theirs: nothing yet for what waits for the staff, who may send it away.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn party(
        &self,
        store: &StoreKey,
        orders: &[OrderId],
    ) -> Result<Vec<OrderBill>, StoreError> {
        let mut bills = self.store.bills(store, orders).await?;
        bills.retain(|bill| !bill.order.held);
        Ok(bills)
    }

    fn account(&self, store: &StoreConfig) -> Result<(AccountName, bool), CheckoutError> {
        let account = store
            .payment_account
            .clone()
            .ok_or(CheckoutError::Unavailable)?;
        let live = self.gateway.is_live(&account).ok_or_else(|| {
            tracing::error!(
                alarm = "payment_account_unknown",
                account = account.as_str(),
                "there are no keys for a store's account"
            );
            CheckoutError::Unavailable
        })?;
        Ok((account, live))
    }

    pub(crate) async fn load(
        &self,
        store: &StoreKey,
        id: &PaymentId,
    ) -> Result<StoredPayment, PaymentError> {
        let stored = self.store.payment(store, id).await?;
        stored.ok_or_else(|| PaymentError::Unknown(id.clone()))
    }

    /// The page of an earlier payment, if it still fits this request. Otherwise expires it, which frees its lines or finds them paid, and
    /// returns `None`: read again.
    pub(crate) async fn reuse_or_expire_page(
        &self,
        store: &StoreConfig,
        before: &PaymentId,
        bills: &[OrderBill],
        phone: Option<&GuestSessionId>,
        tip_minor: Minor,
        now: UnixMillis,
    ) -> Result<Option<CheckoutReply>, CheckoutError> {
        let stored = self.load(&store.key, before).await?;
        let covers = stored
            .payment
            .parts
            .iter()
            .all(|part| bills.iter().any(|bill| bill.order.id == part.order));
        let good = stored.state == PaymentState::Open
            && stored.payment.tip_minor == tip_minor
            && now < stored.payment.held_until()
            && covers;
        if good {
            // The guest may come back from a page that they have just paid, before anybody told us.
            let fulfilled = self.fulfil(&store.key, before, now).await?;
            if fulfilled.state == PaymentState::Open {
                let stored = self.load(&store.key, before).await?;
                let checkout = stored.checkout.clone();
                return Ok(checkout.map(|checkout| reply(&stored.payment, checkout)));
            }
        }
        match stored.state {
            PaymentState::Open => {
                let own = |bill: &&OrderBill| stored.payment.part(&bill.order.id).is_some();
                // Asked before the old page is expired: a guest who gets no new one keeps it.
                may_open(bills.iter().filter(own), phone, now)?;
                self.expire_page(&stored).await?;
                let ended = self.fulfil(&store.key, before, now).await?;
                match ended.state {
                    PaymentState::Paid | PaymentState::Processing => {
                        Err(CheckoutError::NothingToPay)
                    }
                    _ => Ok(None),
                }
            }
            PaymentState::Paid | PaymentState::Processing => Err(CheckoutError::NothingToPay),
            PaymentState::Failed | PaymentState::Expired => {
                // Its lines are freed with it; read again.
                Ok(None)
            }
        }
    }

    /// Expires the page at the provider, so that nobody can pay it any more. Somebody may have paid it a moment before: ask afterwards.
    pub(crate) async fn expire_page(&self, stored: &StoredPayment) -> Result<(), PaymentError> {
        let checkout = match &stored.checkout {
            Some(checkout) => checkout.clone(),
            // We do not know its address, because the answer was lost: the same key brings it back.
            None => match self.create_page(stored).await {
                Ok(checkout) => checkout,
                Err(PaymentError::Gateway(GatewayError::Refused(_))) => return Ok(()),
                Err(error) => return Err(error),
            },
        };
        Ok(self
            .gateway
            .expire_page(&stored.payment, &checkout.id)
            .await?)
    }

    /// Expires the page that the guest was sent to before, if it has lines of this party and they want something else now.
    async fn replace(
        &self,
        request: &CheckoutRequest<'_>,
        page: &str,
        wanted: &LinesWanted,
        now: UnixMillis,
    ) -> Result<(), CheckoutError> {
        let ids: BTreeSet<PaymentId> = request
            .bills
            .iter()
            .flat_map(|bill| bill.payers().cloned())
            .collect();
        for stored in self.store.payments(&request.store.key, &ids).await? {
            let own = stored
                .checkout
                .as_ref()
                .is_some_and(|checkout| checkout.id == page);
            let is_share = |stored: &StoredPayment| stored.payment.share.is_some();
            // Of a share that is wanted as another share, see there.
            let goes_on = is_share(&stored) && matches!(wanted, LinesWanted::Share { .. });
            if !own || goes_on || stored.state != PaymentState::Open {
                continue;
            }
            let lines = select_lines(&request.bills, wanted)?;
            if pays_exactly(&stored, &request.bills, &lines)
                && stored.payment.tip_minor == request.tip_minor
            {
                continue;
            }
            // Its own lines are wanted again, or free once it has ended.
            let with_lines = request.bills.iter().zip(&lines);
            let concerned = with_lines.filter(|(bill, lines)| {
                !lines.is_empty() || stored.payment.part(&bill.order.id).is_some()
            });
            let phone = request.payer.phone.as_ref();
            may_open(concerned.map(|(bill, _)| bill), phone, now)?;
            self.expire_page(&stored).await?;
            self.fulfil(&request.store.key, &stored.payment.id, now)
                .await?;
        }
        Ok(())
    }

    /// Expires a payment page that its guest has left, so that others can pay its lines. The guest who was given the page, and names it, may do so at
    /// once; others of the party [`OTHERS_WAIT`] after it was opened. Nothing is freed before the provider confirms that the page has expired,
    /// and money that came a moment before counts.
    ///
    /// # Errors
    /// [`CheckoutError::UnknownPayment`] where it has no line of these orders, [`CheckoutError::StillPaying`].
    pub async fn leave(
        &self,
        store: &StoreKey,
        orders: &[OrderId],
        (payment, page): (&PaymentId, Option<&str>),
        now: UnixMillis,
    ) -> Result<(), CheckoutError> {
        let bills = self.party(store, orders).await?;
        let mut taken = bills.iter().flat_map(OrderBill::payers);
        if !taken.any(|id| id == payment) {
            return Err(CheckoutError::UnknownPayment);
        }
        let stored = self.load(store, payment).await?;
        if stored.state != PaymentState::Open {
            return Ok(());
        }
        let given = stored.checkout.as_ref().map(|checkout| &checkout.id);
        let own = given.is_some_and(|id| page == Some(id.as_str()));
        if !own && now < stored.payment.created_at.plus(OTHERS_WAIT) {
            return Err(CheckoutError::StillPaying);
        }
        self.expire_page(&stored).await?;
        self.fulfil(store, payment, now).await?;
        Ok(())
    }
}
