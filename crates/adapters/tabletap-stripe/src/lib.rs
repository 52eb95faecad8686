//! Stripe, with the requests of `async-stripe`: hosted Checkout Sessions, refunds, and the signatures of its webhooks.
//!
//! Requests are the library's; of answers only the few fields we need are read, so that a field which one API version leaves out does not
//! turn a session that was made into an error. See docs.stripe.com: "Create a Checkout Session", "Idempotent requests", "Refund object".

mod accounts;
mod amount;
mod answers;
mod client;
mod setup;
mod webhook;

pub use accounts::{Account, Accounts, AccountsError};
pub use client::Limits;
pub use setup::{EVENTS, WebhookEndpoint};
pub use webhook::{Event, NotAuthentic, Subject, read_event};

use answers::{RefundAnswer, RefundList, SessionAnswer, SessionList};
use client::{Client, Repeat};
use serde::de::DeserializeOwned;
use serde_json::Value;
use std::collections::HashMap;
use stripe_checkout::checkout_session::{
    CreateCheckoutSession, CreateCheckoutSessionLineItems, CreateCheckoutSessionLineItemsPriceData,
    CreateCheckoutSessionPaymentIntentData, ExpireCheckoutSession, ListCheckoutSession,
    ProductData, RetrieveCheckoutSession,
};
use stripe_client_core::{RequestBuilder, StripeRequest};
use stripe_core::{
    payment_intent::RetrievePaymentIntent,
    refund::{CreateRefund, ListRefund},
};
use stripe_shared::{CheckoutSessionLocale, CheckoutSessionMode};
use tabletap_domain::{
    AccountName, Minor, PaymentId, StoreKey,
    payment::{Payment, PaymentPage, Refund},
    time::UnixMillis,
};
use tabletap_gateway::{Gateway, GatewayError, PageList, ProviderRefund, ProviderStatus};

/// Most objects of one page of a list, by Stripe's own limit.
const PAGE_MAX: i64 = 100;
/// Most lines of a Checkout Session, by Stripe's own limit.
const ITEMS_MAX: usize = 100;

/// Stripe with the keys of every account and one set of connections for all. Clones share both.
#[derive(Clone, Debug)]
pub struct Stripe {
    accounts: Accounts,
    client: Client,
}

impl Stripe {
    /// Opens nothing.
    #[must_use]
    pub fn new(accounts: Accounts, api_base: &str) -> Self {
        Self::within(Limits::default(), accounts, api_base)
    }

    /// The same with other limits than those of the deployed functions.
    #[must_use]
    pub fn within(limits: Limits, accounts: Accounts, api_base: &str) -> Self {
        Self {
            accounts,
            client: Client::new(api_base, limits),
        }
    }

    /// The keys.
    #[must_use]
    pub fn accounts(&self) -> &Accounts {
        &self.accounts
    }

    /// The payment of ours that an intent's money is for: refunds and disputes name nothing else. `None` where it is none of ours.
    ///
    /// # Errors
    /// [`GatewayError`].
    pub async fn payment_of_intent(
        &self,
        account: &AccountName,
        intent: &str,
    ) -> Result<Option<(StoreKey, PaymentId)>, GatewayError> {
        if !intent
            .bytes()
            .all(|b| b.is_ascii_alphanumeric() || b == b'_')
        {
            return Ok(None);
        }
        let request = RetrievePaymentIntent::new(intent);
        match self.send::<Value>(account, &request).await {
            Ok(intent) => Ok(webhook::payment_of(&intent)),
            Err(GatewayError::Refused(_)) => Ok(None),
            Err(error) => Err(error),
        }
    }

    /// Sends a request that may be repeated without a key.
    async fn send<T: DeserializeOwned>(
        &self,
        account: &AccountName,
        request: &impl StripeRequest,
    ) -> Result<T, GatewayError> {
        let request = request.build();
        self.send_as(account, request, Repeat::Harmless).await
    }

    /// Sends a request that must take effect once, under its idempotency key.
    async fn send_once<T: DeserializeOwned>(
        &self,
        account: &AccountName,
        key: &str,
        request: &impl StripeRequest,
    ) -> Result<T, GatewayError> {
        let request = request.build();
        self.send_as(account, request, Repeat::UnderKey(key)).await
    }

    async fn send_as<T: DeserializeOwned>(
        &self,
        account: &AccountName,
        request: RequestBuilder,
        repeat: Repeat<'_>,
    ) -> Result<T, GatewayError> {
        let known = self.accounts.get(account);
        let known = known.ok_or_else(|| GatewayError::UnknownAccount(account.clone()))?;
        answers::read(&self.client.send(known, request, repeat).await?)
    }
}

impl Gateway for Stripe {
    const ACCOUNTS: &'static str = "STRIPE_ACCOUNTS";
    const API_BASE: &'static str = "STRIPE_API_BASE";
    const API_BASE_DEFAULT: &'static str = "https://api.stripe.com";
    type SettingsError = AccountsError;

    fn from_settings(accounts: &str, api_base: String) -> Result<Self, AccountsError> {
        Ok(Self::new(Accounts::parse(accounts)?, &api_base))
    }

    fn is_live(&self, account: &AccountName) -> Option<bool> {
        self.accounts.get(account).map(Account::is_live)
    }

    async fn create_page(
        &self,
        payment: &Payment,
        email: Option<&str>,
    ) -> Result<PaymentPage, GatewayError> {
        let mut request = session_of(payment)?;
        if let Some(email) = email {
            request = request.customer_email(email);
        }
        let key = format!("checkout-{}", payment.id);
        let answer: SessionAnswer = self.send_once(&payment.account, &key, &request).await?;
        let url = answer.url.ok_or(GatewayError::Away)?;
        Ok(PaymentPage { id: answer.id, url })
    }

    async fn expire_page(&self, payment: &Payment, checkout: &str) -> Result<(), GatewayError> {
        let request = ExpireCheckoutSession::new(checkout);
        match self.send::<SessionAnswer>(&payment.account, &request).await {
            // It is not open any more: its status tells how it ended.
            Ok(_) | Err(GatewayError::Refused(_)) => Ok(()),
            Err(error) => Err(error),
        }
    }

    async fn page_status(
        &self,
        payment: &Payment,
        checkout: &str,
    ) -> Result<ProviderStatus, GatewayError> {
        let expand = vec!["payment_intent.latest_charge".to_owned()];
        let request = RetrieveCheckoutSession::new(checkout).expand(expand);
        let answer: SessionAnswer = self.send(&payment.account, &request).await?;
        Ok(answer.status(payment.currency))
    }

    async fn list_refunds(
        &self,
        payment: &Payment,
        reference: &str,
    ) -> Result<Vec<ProviderRefund>, GatewayError> {
        let mut all: Vec<ProviderRefund> = Vec::new();
        loop {
            let mut request = ListRefund::new().payment_intent(reference).limit(PAGE_MAX);
            if let Some(last) = all.last() {
                request = request.starting_after(&last.reference);
            }
            let list: RefundList = self.send(&payment.account, &request).await?;
            let is_over = !list.has_more || list.data.is_empty();
            let refunds = list.data.into_iter();
            all.extend(refunds.map(|refund| refund.status(payment.currency)));
            if is_over {
                return Ok(all);
            }
        }
    }

    async fn list_pages(
        &self,
        account: &AccountName,
        since: UnixMillis,
        after: Option<&str>,
    ) -> Result<PageList, GatewayError> {
        let expand = vec!["data.payment_intent.latest_charge".to_owned()];
        let mut request = ListCheckoutSession::new().expand(expand).limit(PAGE_MAX);
        if let Some(after) = after {
            request = request.starting_after(after);
        }
        let list: SessionList = self.send(account, &request).await?;
        Ok(list.pages(since.seconds()))
    }

    async fn create_refund(
        &self,
        payment: &Payment,
        reference: &str,
        refund: &Refund,
    ) -> Result<ProviderRefund, GatewayError> {
        let metadata = HashMap::from([
            ("refund".to_owned(), refund.id.to_string()),
            ("payment".to_owned(), payment.id.to_string()),
        ]);
        let request = CreateRefund::new()
            .payment_intent(reference)
            .amount(amount::to_stripe(refund.amount_minor, payment.currency)?)
            .metadata(metadata);
        let key = format!("refund-{}", refund.id);
        let answer: RefundAnswer = self.send_once(&payment.account, &key, &request).await?;
        Ok(answer.status(payment.currency))
    }
}

/// All parameters come from the stored payment, so that a retry sends the same.
fn session_of(payment: &Payment) -> Result<CreateCheckoutSession, GatewayError> {
    let metadata = HashMap::from([
        ("tenant".to_owned(), payment.store.tenant.to_string()),
        ("store".to_owned(), payment.store.store.to_string()),
        ("payment".to_owned(), payment.id.to_string()),
    ]);
    let mut on_intent = CreateCheckoutSessionPaymentIntentData::new();
    on_intent.metadata = Some(metadata.clone());
    let expires_at = payment.expires_at().seconds();
    Ok(CreateCheckoutSession::new()
        .mode(CheckoutSessionMode::Payment)
        .line_items(items_of(payment)?)
        .client_reference_id(payment.id.as_str())
        .metadata(metadata)
        .payment_intent_data(on_intent)
        .success_url(&payment.success_url)
        .cancel_url(&payment.cancel_url)
        .expires_at(expires_at)
        .locale(locale(payment.lang.as_str())))
}

fn items_of(payment: &Payment) -> Result<Vec<CreateCheckoutSessionLineItems>, GatewayError> {
    let currency = payment.currency.code().to_ascii_lowercase();
    let currency: stripe_types::Currency = currency
        .parse()
        .map_err(|_| refused(format!("no payments in {}", payment.currency.code())))?;
    let one = |name: &str, amount_minor: Minor| {
        let mut price = CreateCheckoutSessionLineItemsPriceData::new(currency.clone());
        price.unit_amount = Some(amount::to_stripe(amount_minor, payment.currency)?);
        price.product_data = Some(ProductData::new(name));
        let mut item = CreateCheckoutSessionLineItems::new();
        item.price_data = Some(price);
        item.quantity = Some(1);
        Ok(item)
    };
    // Shares of a bill may end with another digit than Stripe takes in this currency, although their sum does not.
    let takes = |amount_minor| amount::to_stripe(amount_minor, payment.currency).is_ok();
    let each = payment.items.iter().all(|item| takes(item.amount_minor));
    if payment.items.len() > ITEMS_MAX || !each {
        let numbers: Vec<&str> = payment
            .parts
            .iter()
            .map(|part| part.number.as_str())
            .collect();
        return Ok(vec![one(&numbers.join(", "), payment.total_minor)?]);
    }
    let items = payment.items.iter();
    items
        .map(|item| one(&item.name, item.amount_minor))
        .collect()
}

fn locale(lang: &str) -> CheckoutSessionLocale {
    match lang.parse() {
        Ok(CheckoutSessionLocale::Unknown(_)) | Err(_) => CheckoutSessionLocale::Auto,
        Ok(known) => known,
    }
}

fn refused(reason: String) -> GatewayError {
    GatewayError::Refused(reason)
}
