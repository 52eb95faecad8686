//! A guest's mail address, between our page and the provider's: nobody types it twice, and a receipt reaches whoever typed it there.

use crate::{PaymentError, Payments};
use tabletap_domain::{
    customer::{Customer, Email},
    payment::Payment,
};
use tabletap_gateway::Gateway;
use tabletap_runtime::random;

impl<G: Gateway> Payments<G> {
    /// The address that a takeout customer gave with their order; none at a table, where nobody gives one. The same whoever asks and how often:
    /// a request that is repeated under its key must say the same.
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
