//! From what is owed to a page where the guest pays. One payment at a time has a line, and of one payment one page at a time can be paid.

use crate::{
    CheckoutError, Gateway, GatewayError, LinesWanted, PaymentError, Payments, ROUNDS_MAX,
    lines::{choose, items, one_payment, pays_exactly, random_id},
};
use std::collections::BTreeSet;
use tabletap_domain::{
    AccountName, OrderId, PaymentId, StoreKey, TableCode,
    order::OrderStatus,
    payment::{ORDERS_MAX, Payment, PaymentPart, PaymentState, check_tip, due_by_line, next_look},
    store::StoreConfig,
    time::UnixMillis,
};
use tabletap_fault as fault;
use tabletap_opening::Opening;
use tabletap_session::OrderPage;
use tabletap_store::{Checkout, MoveError, OrderBill, StoreError, StoredPayment};
use tabletap_wire::payment::CheckoutReply;

/// What a guest wants to pay, read and allowed.
struct Wish<'a> {
    store: &'a StoreConfig,
    account: AccountName,
    live: bool,
    bills: Vec<OrderBill>,
    tip_minor: i64,
    /// The table's sticker, for the way back.
    code: Option<TableCode>,
    /// The page that the guest was sent to before, and wants to replace.
    instead_of: Option<String>,
}

impl<G: Gateway> Payments<G> {
    /// Where to pay a takeout order: the same page again while it can be paid and the tip is the same, otherwise a new one, the old one ended
    /// first.
    ///
    /// # Errors
    /// [`CheckoutError`].
    pub async fn checkout_order(
        &self,
        store: &StoreConfig,
        order: &OrderId,
        tip_minor: i64,
        now: UnixMillis,
    ) -> Result<CheckoutReply, CheckoutError> {
        let (account, live) = self.account(store)?;
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
            if let Some(before) = bill.taken.values().next() {
                match self
                    .same_or_ended(store, before, &bills, tip_minor, now)
                    .await?
                {
                    Some(reply) => return Ok(reply),
                    None => continue,
                }
            }
            self.still_to_be_had(store, bill, now).await?;
            let wish = Wish {
                store,
                account: account.clone(),
                live,
                bills: bills.clone(),
                tip_minor,
                code: None,
                instead_of: None,
            };
            let every: Vec<Vec<usize>> = bills
                .iter()
                .map(|bill| (0..bill.order.cart.lines.len()).collect())
                .collect();
            match self.open(&wish, &every, now).await? {
                Some(reply) => return Ok(reply),
                None => tracing::debug!("another phone was faster"),
            }
        }
        Err(PaymentError::Busy.into())
    }

    /// Where to pay these lines of a party's orders. The same lines and tip again lead to the same page while it can be paid; another wish of
    /// the same guest, who names the page they were sent to before, ends that one first.
    ///
    /// # Errors
    /// [`CheckoutError`].
    pub async fn checkout_lines(
        &self,
        store: &StoreConfig,
        code: Option<TableCode>,
        orders: &[OrderId],
        wanted: &LinesWanted,
        (tip_minor, instead_of): (i64, Option<String>),
        now: UnixMillis,
    ) -> Result<CheckoutReply, CheckoutError> {
        let (account, live) = self.account(store)?;
        let mut wish = Wish {
            store,
            account,
            live,
            bills: Vec::new(),
            tip_minor,
            code,
            instead_of,
        };
        for _ in 0..ROUNDS_MAX {
            wish.bills = self.party(&store.key, orders).await?;
            if let Some(page) = wish.instead_of.take() {
                self.replace(&wish, &page, wanted, now).await?;
                wish.bills = self.party(&store.key, orders).await?;
            }
            let lines = choose(&wish.bills, wanted)?;
            if let Some(before) = one_payment(&wish.bills, &lines)? {
                let bills: Vec<OrderBill> = wish.bills.clone();
                let stored = self.stored(&store.key, &before).await?;
                if stored.state == PaymentState::Paid || stored.state == PaymentState::Processing {
                    return Err(CheckoutError::NothingToPay);
                }
                // Whoever wants another tip may be another guest: only who names the page they had ends it.
                let same =
                    pays_exactly(&stored, &bills, &lines) && stored.payment.tip_minor == tip_minor;
                if !same {
                    return Err(CheckoutError::LineTaken);
                }
                match self
                    .same_or_ended(store, &before, &bills, tip_minor, now)
                    .await?
                {
                    Some(reply) => return Ok(reply),
                    None => continue,
                }
            }
            if lines.iter().all(Vec::is_empty) {
                return Err(CheckoutError::NothingToPay);
            }
            match self.open(&wish, &lines, now).await? {
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

    pub(crate) async fn stored(
        &self,
        store: &StoreKey,
        id: &PaymentId,
    ) -> Result<StoredPayment, PaymentError> {
        let stored = self.store.payment(store, id).await?;
        stored.ok_or_else(|| PaymentError::Unknown(id.clone()))
    }

    /// The page of a payment that stands, if it is still good for this wish; otherwise it is ended, and its lines are free or paid.
    async fn same_or_ended(
        &self,
        store: &StoreConfig,
        before: &PaymentId,
        bills: &[OrderBill],
        tip_minor: i64,
        now: UnixMillis,
    ) -> Result<Option<CheckoutReply>, CheckoutError> {
        let stored = self.stored(&store.key, before).await?;
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
            let fulfilled = self.fulfil(&store.key, before, now).await?;
            if fulfilled.state == PaymentState::Open {
                let stored = self.stored(&store.key, before).await?;
                let checkout = stored.checkout.clone();
                return Ok(checkout.map(|checkout| reply(&stored.payment, checkout)));
            }
        }
        match stored.state {
            PaymentState::Open => {
                self.end(&stored).await?;
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

    /// Nobody can pay it any more, unless somebody just has.
    pub(crate) async fn end(&self, stored: &StoredPayment) -> Result<(), PaymentError> {
        let checkout = match &stored.checkout {
            Some(checkout) => checkout.clone(),
            None => match self.begin(stored).await {
                Ok(checkout) => checkout,
                Err(PaymentError::Gateway(GatewayError::Refused(_))) => return Ok(()),
                Err(error) => return Err(error),
            },
        };
        Ok(self.gateway.end(&stored.payment, &checkout.id).await?)
    }

    /// Ends the page that the guest was sent to before, where it has lines of this party and they want something else now.
    async fn replace(
        &self,
        wish: &Wish<'_>,
        page: &str,
        wanted: &LinesWanted,
        now: UnixMillis,
    ) -> Result<(), CheckoutError> {
        let ids: BTreeSet<PaymentId> = wish
            .bills
            .iter()
            .flat_map(|bill| bill.taken.values().cloned())
            .collect();
        for stored in self.store.payments(&wish.store.key, &ids).await? {
            let own = stored
                .checkout
                .as_ref()
                .is_some_and(|checkout| checkout.id == page);
            if !own || stored.state != PaymentState::Open {
                continue;
            }
            let same_lines = choose(&wish.bills, wanted)
                .is_ok_and(|lines| pays_exactly(&stored, &wish.bills, &lines));
            if same_lines && stored.payment.tip_minor == wish.tip_minor {
                continue;
            }
            self.end(&stored).await?;
            self.fulfil(&wish.store.key, &stored.payment.id, now)
                .await?;
        }
        Ok(())
    }

    /// Takes an order's slot again where it was given up, before money is asked for it.
    async fn still_to_be_had(
        &self,
        store: &StoreConfig,
        bill: &OrderBill,
        now: UnixMillis,
    ) -> Result<(), CheckoutError> {
        let (Ok(Some(opening)), Some(rules), Some(takeout)) =
            (Opening::of(store), &store.takeout, &bill.order.takeout)
        else {
            return Err(CheckoutError::Unavailable);
        };
        let promise = opening.honour(takeout.pickup, now);
        if promise.is_err() || !self.store.retake_slot(&bill.order, rules.capacity).await? {
            return Err(CheckoutError::SlotTaken);
        }
        Ok(())
    }

    /// Reserves the lines and opens the page. `None` where somebody was faster.
    async fn open(
        &self,
        wish: &Wish<'_>,
        lines: &[Vec<usize>],
        now: UnixMillis,
    ) -> Result<Option<CheckoutReply>, CheckoutError> {
        let bills: Vec<OrderBill> = wish
            .bills
            .iter()
            .zip(lines)
            .filter(|(_, lines)| !lines.is_empty())
            .map(|(bill, _)| bill.clone())
            .collect();
        if bills.len() > ORDERS_MAX {
            return Err(CheckoutError::TooMuch);
        }
        let payment = self.payment(wish, lines, now)?;
        let look_at = next_look(PaymentState::Open, now, now).unwrap_or(now);
        match self.store.open_payment(&payment, &bills, look_at).await {
            Ok(()) => fault::point("checkout.opened").map_err(PaymentError::from)?,
            Err(MoveError::Moved) => return Ok(None),
            Err(MoveError::Store(error)) => return Err(error.into()),
        }
        let stored = self.stored(&payment.store, &payment.id).await?;
        match self.begin(&stored).await {
            Ok(checkout) => Ok(Some(reply(&payment, checkout))),
            Err(PaymentError::Gateway(GatewayError::Refused(_))) => {
                self.fulfil(&payment.store, &payment.id, now).await?;
                Err(CheckoutError::Unavailable)
            }
            Err(error) => Err(error.into()),
        }
    }

    fn payment(
        &self,
        wish: &Wish<'_>,
        lines: &[Vec<usize>],
        now: UnixMillis,
    ) -> Result<Payment, CheckoutError> {
        let first = wish
            .bills
            .iter()
            .zip(lines)
            .find(|(_, lines)| !lines.is_empty());
        let Some((first, _)) = first else {
            return Err(CheckoutError::NothingToPay);
        };
        let parts: Vec<PaymentPart> = wish
            .bills
            .iter()
            .zip(lines)
            .filter(|(_, lines)| !lines.is_empty())
            .map(|(bill, lines)| {
                let due = due_by_line(&bill.order);
                PaymentPart {
                    order: bill.order.id.clone(),
                    number: bill.order.number.clone(),
                    lines: lines.iter().map(|place| (*place, due[*place])).collect(),
                }
            })
            .collect();
        let due_minor: i64 = parts.iter().map(PaymentPart::amount_minor).sum();
        let tip_minor = check_tip(wish.tip_minor, due_minor)?;
        if due_minor <= 0 {
            return Err(CheckoutError::NothingToPay);
        }
        let order = &first.order;
        let (slug, code) = (&wish.store.slug, wish.code.as_ref());
        let back = |page| self.links.to_order(page, slug, code, order, now);
        Ok(Payment {
            id: random_id()?,
            store: order.store.clone(),
            account: wish.account.clone(),
            live: wish.live,
            items: items(&wish.bills, lines, tip_minor),
            parts,
            tip_minor,
            total_minor: due_minor + tip_minor,
            currency: order.currency,
            lang: order.lang.clone(),
            success_url: back(OrderPage::Paid),
            cancel_url: back(OrderPage::Pay),
            created_at: now,
        })
    }
}

fn reply(payment: &Payment, checkout: Checkout) -> CheckoutReply {
    CheckoutReply {
        payment_id: payment.id.clone(),
        session_id: checkout.id,
        url: checkout.url,
        expires_at: payment.held_until(),
    }
}
