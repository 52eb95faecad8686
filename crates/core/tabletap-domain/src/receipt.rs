//! What a customer is told they paid, and where the telling stands: one receipt for each payment, one for each refund.

use crate::{
    Minor, PaymentId, RefundId, StoreKey, charge,
    menu::words,
    money::MoneyError,
    order::Order,
    payment::{PaymentPart, due_by_line},
    pricing::TaxAmount,
};
use std::time::Duration;

/// How long a received message of the receipts' queue is hidden: its visibility timeout in `infra/mail.yaml`, which a test compares.
pub const RECEIVED_AGAIN_AFTER: Duration = Duration::from_secs(60);

/// After this long, a claimed receipt of which nothing has been heard counts as not sent. The word that its mail went out is a message of
/// the same queue. It may be in the hands of a mailer that dies too, and is then received again after a visibility timeout, like the message
/// that asks for the receipt. So a claim outlasts two of them.
pub const SETTLED_AFTER: Duration = Duration::from_secs(RECEIVED_AGAIN_AFTER.as_secs() * 5 / 2);

/// Which receipt: a payment's, or one of its refunds'.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ReceiptOf {
    /// Tenant and store.
    pub store: StoreKey,
    /// The payment.
    pub payment: PaymentId,
    /// What went back, for a refund's receipt.
    pub refund: Option<RefundId>,
}

words!(
    /// Where a receipt stands.
    ReceiptState {
        /// Somebody is about to send it, or was.
        Sending = "sending",
        /// It is known not to have been sent: anybody may.
        Free = "free",
        /// It went out.
        Sent = "sent",
    }
);

words!(
    /// How a mail that went out fared.
    MailFate {
        /// Its address does not exist, or takes no mail.
        Bounced = "bounced",
        /// Its reader called it unwanted.
        Complained = "complained",
    }
);

/// What a payment paid, without its tip: `total = subtotal + service`, and the taxes where they are not in the prices already.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct PaidSums {
    /// The lines at their prices.
    pub subtotal_minor: Minor,
    /// Of the service charge.
    pub service_minor: Minor,
    /// What the restaurant calls it.
    pub service_name: String,
    /// Of each tax; those of one name and rate are one.
    pub taxes: Vec<TaxAmount>,
    /// Whether the prices already held the taxes.
    pub tax_inclusive: bool,
    /// What was paid.
    pub total_minor: Minor,
}

impl PaidSums {
    /// The sums of what was paid of these orders. Of an order whose lines are not all paid, service and taxes are shared out as
    /// its lines' dues are, in proportion.
    ///
    /// # Errors
    /// [`MoneyError::Overflow`] when a sum does not fit.
    pub fn of(parts: &[(&Order, &PaymentPart)]) -> Result<Self, MoneyError> {
        let mut sums = Self {
            tax_inclusive: parts
                .iter()
                .all(|(order, _)| order.cart.totals.tax_inclusive),
            ..Self::default()
        };
        for (order, part) in parts {
            sums.add(order, part)?;
        }
        Ok(sums)
    }

    fn add(&mut self, order: &Order, part: &PaymentPart) -> Result<(), MoneyError> {
        let totals = &order.cart.totals;
        let paid = part.amount_minor()?;
        let prices = paid_prices(order, part);
        let subtotal = Minor::sum(prices.iter().map(|(_, price_minor)| *price_minor))?;
        let share = |of: Minor| {
            let share = charge::scale(of, paid.0, totals.total_minor.0, order.currency);
            share.unwrap_or(of)
        };
        // What is not a dish's price is service or tax: shared out so that all of it sums up.
        let added = totals.taxes.iter().filter(|_| !totals.tax_inclusive);
        let mut weights = vec![totals.service_charge_minor.0];
        weights.extend(added.map(|tax| tax.tax_minor.0));
        let extra = paid.checked_sub(subtotal)?;
        let mut extras = charge::split(extra, &weights, order.currency).into_iter();
        let service = extras.next().unwrap_or_default();
        self.service_minor.increase(service)?;
        if self.service_name.is_empty() {
            self.service_name.clone_from(&totals.service_name);
        }
        self.subtotal_minor.increase(subtotal)?;
        self.total_minor.increase(paid)?;
        for tax in &totals.taxes {
            let paid_tax = if totals.tax_inclusive {
                share(tax.tax_minor)
            } else {
                extras.next().unwrap_or_default()
            };
            self.add_tax(tax, share(tax.base_minor), paid_tax)?;
        }
        Ok(())
    }

    fn add_tax(
        &mut self,
        tax: &TaxAmount,
        base_minor: Minor,
        tax_minor: Minor,
    ) -> Result<(), MoneyError> {
        let same =
            |known: &&mut TaxAmount| known.name == tax.name && known.rate_ppm == tax.rate_ppm;
        match self.taxes.iter_mut().find(same) {
            Some(known) => {
                known.base_minor.increase(base_minor)?;
                known.tax_minor.increase(tax_minor)?;
            }
            None => self.taxes.push(TaxAmount {
                base_minor,
                tax_minor,
                ..tax.clone()
            }),
        }
        Ok(())
    }
}

/// The lines that a part pays, by their place, each with what is paid of its price: all of it, or in proportion where several pay for it.
#[must_use]
pub fn paid_prices(order: &Order, part: &PaymentPart) -> Vec<(usize, Minor)> {
    let due = due_by_line(order);
    let price = |(place, paid_minor): &(usize, Minor)| {
        let line = order.cart.lines.get(*place)?;
        let due_minor = due.get(*place).copied().unwrap_or_default();
        let share = || charge::scale(line.total_minor, paid_minor.0, due_minor.0, order.currency);
        let is_whole = *paid_minor >= due_minor || due_minor == 0;
        let price_minor = if is_whole { None } else { share().ok() };
        Some((*place, price_minor.unwrap_or(line.total_minor)))
    };
    part.lines.iter().filter_map(price).collect()
}

#[cfg(test)]
mod tests;
