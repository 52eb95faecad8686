//! The webhook endpoint of an account, made with the API version that this program was written for.

use crate::{Stripe, client::Repeat};
use serde::{Deserialize, Serialize};
use stripe_client_core::{RequestBuilder, StripeMethod};
use tabletap_domain::AccountName;
use tabletap_gateway::GatewayError;

/// What we want to hear of; everything else is answered and forgotten.
pub const EVENTS: [&str; 9] = [
    "checkout.session.completed",
    "checkout.session.expired",
    "checkout.session.async_payment_succeeded",
    "checkout.session.async_payment_failed",
    "charge.refunded",
    "charge.dispute.created",
    "refund.created",
    "refund.updated",
    "refund.failed",
];

/// A webhook endpoint as it was made.
#[derive(Clone, Deserialize)]
pub struct WebhookEndpoint {
    /// Stripe's name for it.
    pub id: String,
    /// What its events are signed with; Stripe tells it this once.
    pub secret: String,
}

impl std::fmt::Debug for WebhookEndpoint {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("WebhookEndpoint")
            .field("id", &self.id)
            .finish_non_exhaustive()
    }
}

#[derive(Serialize)]
struct Request<'a> {
    url: &'a str,
    enabled_events: [&'a str; 9],
    api_version: String,
    description: &'a str,
}

impl Stripe {
    /// Makes a webhook endpoint that leads to `url`. It is asked for once: two requests would make two.
    ///
    /// # Errors
    /// [`GatewayError`].
    pub async fn create_webhook(
        &self,
        account: &AccountName,
        url: &str,
    ) -> Result<WebhookEndpoint, GatewayError> {
        let wanted = Request {
            url,
            enabled_events: EVENTS,
            api_version: stripe_shared::version::VERSION.to_string(),
            description: "TableTap",
        };
        let request = RequestBuilder::new(StripeMethod::Post, "/webhook_endpoints").form(&wanted);
        self.send_as(account, request, Repeat::Never).await
    }
}
