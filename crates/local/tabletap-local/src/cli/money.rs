//! Commands about money: refunds, the comparison with the provider, and the set-up of its webhook.

use std::{
    collections::BTreeSet,
    io::{self, Write},
    path::Path,
};

use anyhow::{Context, Result, ensure};
use tabletap_domain::{
    AccountName, Currency, Minor, Money, RefundId, payment::RefundState, store::StoreConfig,
};
use tabletap_payments::{Payments, RefundWanted};
use tabletap_runtime::random;
use tabletap_session::{CustomerKeys, Links, SessionKeys};
use tabletap_store::{RecentOrders, Store};
use tabletap_stripe::{Accounts, Stripe};
use tabletap_wire::time::rfc3339;

use super::{
    orders::find,
    running::{attached, now},
};
use crate::{environment::Environment, settings::ExternalStripe};

/// Who takes the money, if not the local Stripe.
#[derive(Debug, clap::Args)]
pub(super) struct Keys {
    /// Accounts at the real Stripe, as JSON, in the place of the local one.
    #[arg(long, env = "STRIPE_ACCOUNTS", hide = true, hide_env_values = true)]
    stripe_accounts: Option<String>,
    /// Where its API is, if not at Stripe's own address.
    #[arg(long, env = "STRIPE_API_BASE", hide = true)]
    stripe_api_base: Option<String>,
    /// Fault points to arm, `name:fault,…`.
    #[arg(long, env = "TABLETAP_FAULT", hide = true, default_value = "")]
    fault: String,
}

/// Refund an order: everything, single lines, or an amount.
#[derive(Debug, clap::Args)]
pub(super) struct Refund {
    /// The order's number, such as K27, or its id.
    order: String,
    /// The store's slug.
    #[arg(long)]
    store: String,
    /// Refund only this line, counted from 1; can be repeated.
    #[arg(long, conflicts_with = "amount")]
    line: Vec<usize>,
    /// Refund only this much, such as 4.50.
    #[arg(long)]
    amount: Option<String>,
    /// Id of an earlier attempt at the same `--amount`, so that it is not refunded twice.
    #[arg(long, requires = "amount")]
    id: Option<String>,
    #[command(flatten)]
    keys: Keys,
}

/// Compare the payments of the last two days with the provider's.
#[derive(Debug, clap::Args)]
pub(super) struct AuditArguments {
    /// The store's slug.
    #[arg(long)]
    store: String,
    #[command(flatten)]
    keys: Keys,
}

/// Create an account's webhook at Stripe, with the API version this program was written for.
#[derive(Debug, clap::Args)]
pub(super) struct StripeSetup {
    /// The account's name in the stores' settings.
    account: String,
    /// Origin of the API, such as https://order.example.com.
    #[arg(long)]
    site: String,
    #[command(flatten)]
    keys: Keys,
}

struct Till {
    store: Store,
    config: StoreConfig,
    payments: Payments<Stripe>,
}

impl Till {
    async fn open(data: &Path, slug: &str, keys: &Keys) -> Result<Self> {
        tabletap_fault::arm_from(&keys.fault).map_err(anyhow::Error::msg)?;
        let mut environment = attached(data)?;
        environment.settings.stripe = keys.external()?;
        let store = environment.store();
        let slug = slug.parse()?;
        let config = store.store_by_slug(&slug).await?;
        let config = config.with_context(|| format!("there is no store `{slug}`"))?;
        let secrets = environment.data.secrets()?;
        let keys = SessionKeys::parse(&secrets.session_key)?;
        let customers = CustomerKeys::parse(&secrets.customer_key)?;
        let links = Links::new(&environment.run.url, keys);
        let payments = Payments::new(store.clone(), stripe(&environment)?, links, customers);
        Ok(Self {
            store,
            config,
            payments,
        })
    }
}

impl Keys {
    fn external(&self) -> Result<Option<ExternalStripe>> {
        ExternalStripe::read(
            self.stripe_accounts.as_deref(),
            self.stripe_api_base.as_deref(),
        )
    }
}

fn stripe(environment: &Environment) -> Result<Stripe> {
    let accounts = Accounts::parse(&environment.stripe_accounts()?)?;
    Ok(Stripe::new(accounts, &environment.stripe_api()))
}

impl Refund {
    pub(super) async fn execute(self, data: &Path) -> Result<()> {
        let till = Till::open(data, &self.store, &self.keys).await?;
        let order = find(&till.store, &till.config, &self.order).await?;
        let found = till.store.order(&till.config.key, &order).await?;
        let (found, _) = found.with_context(|| format!("there is no order {order}"))?;
        let wanted = self.wanted(found.cart.lines.len(), found.currency)?;
        let key = &till.config.key;
        let refunds = till
            .payments
            .refund_order(key, &order, &wanted, now())
            .await?;
        let mut out = io::stdout();
        for (payment, refund) in &refunds {
            let amount = Money::new(refund.amount_minor, found.currency);
            writeln!(
                out,
                "{amount} of {payment}: {} ({})",
                refund.state, refund.id
            )?;
        }
        let refused = refunds
            .iter()
            .any(|(_, refund)| refund.state == RefundState::Failed);
        ensure!(
            !refused,
            "the provider refused a refund: try again, or refund it in the provider's dashboard"
        );
        Ok(())
    }

    fn wanted(&self, lines: usize, currency: Currency) -> Result<RefundWanted> {
        if let Some(amount) = &self.amount {
            let money = Money::parse(amount, currency);
            let money = money
                .with_context(|| format!("`{amount}` is not a valid {} amount", currency.code()))?;
            let id = match &self.id {
                Some(id) => RefundId::parse(id)?,
                None => random::id(),
            };
            // Known before the first try, should its answer be lost.
            writeln!(io::stdout(), "refund {id}")?;
            return Ok(RefundWanted::Amount {
                minor: money.minor(),
                id,
            });
        }
        if self.line.is_empty() {
            return Ok(RefundWanted::Everything);
        }
        let places: BTreeSet<usize> = self
            .line
            .iter()
            .filter_map(|line| line.checked_sub(1))
            .collect();
        ensure!(
            places.len() == self.line.len() && places.iter().all(|place| *place < lines),
            "the order has lines 1 to {lines}; name each only once"
        );
        Ok(RefundWanted::Lines(places))
    }
}

impl AuditArguments {
    pub(super) async fn execute(self, data: &Path) -> Result<()> {
        let till = Till::open(data, &self.store, &self.keys).await?;
        let key = &till.config.key;
        let (current, now) = (till.store.current_menu(key).await?, now());
        let unpublished = "nothing is published yet, so nothing was paid";
        let version = current.context(unpublished)?.version;
        let menu = till.store.menu(key, &version).await?;
        let currency = menu.context(unpublished)?.currency;
        let shown = |minor: Minor| Money::new(minor, currency).to_string();
        let account = till.config.payment_account.as_ref();
        let mut out = io::stdout();
        // Each as it is found: there may be many, and none is kept.
        let tell = |line: &str| drop(writeln!(io::stdout(), "unexplained: {line}"));
        let audit = till.payments.audit(key, account, now, tell).await?;
        writeln!(
            out,
            "{} to {}, to the end of both lists",
            rfc3339(RecentOrders::since(now)),
            rfc3339(now)
        )?;
        writeln!(
            out,
            "here: {} orders, {} payments, {} refunds; paid {}, refunded {}; {} updated",
            audit.orders,
            audit.payments,
            audit.refunds,
            shown(audit.paid_minor),
            shown(audit.refunded_minor),
            audit.healed
        )?;
        writeln!(
            out,
            "at the provider: {} payment pages of this store; paid {}, refunded {}",
            audit.provider_pages,
            shown(audit.provider_paid_minor),
            shown(audit.provider_refunded_minor)
        )?;
        writeln!(out, "{} unexplained", audit.unexplained)?;
        ensure!(audit.unexplained == 0, "the provider's records differ");
        Ok(())
    }
}

impl StripeSetup {
    pub(super) async fn execute(self, data: &Path) -> Result<()> {
        let name = AccountName::parse(&self.account)?;
        let stripe = match self.keys.external()? {
            Some(external) => Stripe::new(Accounts::parse(&external.accounts)?, &external.api_base),
            None => stripe(&attached(data)?)?,
        };
        let is_known = stripe.accounts().get(&name).is_some();
        ensure!(is_known, "there are no keys for `{name}`");
        let url = format!(
            "{}/v1/stripe/{name}/webhook",
            self.site.trim_end_matches('/')
        );
        let made = stripe.create_webhook(&name, &url).await?;
        let mut out = io::stdout();
        writeln!(out, "{} sends events to {url}", made.id)?;
        writeln!(
            out,
            "Add its secret to webhook_secrets of `{name}`; it is shown only once:"
        )?;
        writeln!(out, "{}", made.secret)?;
        Ok(())
    }
}
