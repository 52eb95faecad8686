//! A guest's mail address: passed on to the provider, so that nobody types it twice, and taken from there, so that the receipt arrives.

use crate::{PaymentError, Payments};
use tabletap_domain::{
    customer::{Customer, Email},
    payment::Payment,
};
use tabletap_gateway::Gateway;
use tabletap_runtime::random;

impl<G: Gateway> Payments<G> {
    /// The address that a takeout customer gave with their order; none at a table, where nobody gives one. It is the same at every call: a
    /// request that is repeated under its key must have the same content.
    pub(crate) async fn email_of(&self, payment: &Payment) -> Result<Option<Email>, PaymentError> {
        let [part] = payment.parts.as_slice() else {
            return Ok(None);
        };
        let Some(sealed) = self.store.customer(&payment.store, &part.order).await? else {
            return Ok(None);
        };
        let opened = self.customers.open(&sealed, &payment.store, &part.order);
        // Sealed with a key that was dropped: the guest types it again.
        Ok(opened.ok().and_then(|customer| customer.email))
    }

    /// The address that was typed at the provider, sealed; bound to the first order of the payment.
    pub(crate) fn sealed_contact(&self, payment: &Payment, email: Option<&str>) -> Option<Vec<u8>> {
        let (email, part) = (Email::parse(email?)?, payment.parts.first()?);
        let customer = Customer {
            name: String::new(),
            email: Some(email),
            phone: None,
        };
        let (store, order) = (&payment.store, &part.order);
        Some(
            self.customers
                .seal(&customer, store, order, random::bytes()),
        )
    }
}
