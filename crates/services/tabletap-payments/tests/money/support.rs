//! A restaurant that takes payments.

use serde_json::Value;
use std::time::Duration;
use tabletap_domain::{
    AccountName, Minor, OrderId, PaymentId, order::Order, payment::PaymentState,
    store::StoreConfig, time::UnixMillis,
};
use tabletap_payments::{CheckoutError, Fulfilled, LinesWanted, Payer, Payments};
use tabletap_runtime::clock::now_ms;
use tabletap_session::{CustomerKeys, Links, Scope, Session, SessionKeys};
use tabletap_store::StoredPayment;
use tabletap_stripe::{Accounts, Stripe};
use tabletap_testkit::{CUSTOMER_KEY, Kitchen, SESSION_KEY, Till};
use tabletap_wire::payment::CheckoutReply;

pub(crate) struct Shop {
    pub(crate) kitchen: Kitchen,
    pub(crate) till: Till,
    pub(crate) store: StoreConfig,
    pub(crate) payments: Payments<Stripe>,
}

pub(crate) fn now() -> UnixMillis {
    UnixMillis(now_ms())
}

pub(crate) fn in_minutes(minutes: u64) -> UnixMillis {
    now().plus(Duration::from_mins(minutes))
}

pub(crate) fn order_id(n: u32) -> String {
    format!("ord_{n:032x}")
}

fn payments(kitchen: &Kitchen, till: &Till, accounts: &str) -> Payments<Stripe> {
    let stripe = Stripe::new(Accounts::parse(accounts).unwrap(), &till.base);
    let keys = SessionKeys::parse(SESSION_KEY).unwrap();
    let links = Links::new("https://order.example", keys);
    let customers = CustomerKeys::parse(CUSTOMER_KEY).unwrap();
    Payments::new(kitchen.store.clone(), stripe, links, customers)
}

impl Shop {
    pub(crate) async fn open() -> Self {
        let (kitchen, till) = tokio::join!(Kitchen::open(), Till::open("http://127.0.0.1:9/"));
        let accounts = till.accounts();
        Self::with_accounts(kitchen, till, &accounts)
    }

    pub(crate) fn with_accounts(kitchen: Kitchen, till: Till, accounts: &str) -> Self {
        let payments = payments(&kitchen, &till, accounts);
        let store = StoreConfig {
            payment_account: Some(AccountName::parse("sushi").unwrap()),
            ..kitchen.sushi.clone()
        };
        Self {
            kitchen,
            till,
            store,
            payments,
        }
    }

    /// The same restaurant with other keys.
    pub(crate) fn with_keys(&self, accounts: &str) -> Payments<Stripe> {
        payments(&self.kitchen, &self.till, accounts)
    }

    /// A guest at table 1.
    pub(crate) fn guest(&self) -> Session {
        Session {
            store: self.store.key.clone(),
            scope: Scope::Table {
                table: "t1".parse().unwrap(),
                seating: 1,
                phone: None,
            },
            expires_at: in_minutes(60),
        }
    }

    /// An order of two lines at table 1.
    pub(crate) async fn order(&self, n: u32) -> Order {
        self.kitchen.order_sushi(&order_id(n), "t1", now()).await
    }

    pub(crate) async fn pay_lines(
        &self,
        orders: &[OrderId],
        wanted: LinesWanted,
        tip_minor: i64,
    ) -> Result<CheckoutReply, CheckoutError> {
        self.pay_lines_on(Payer::default(), orders, wanted, tip_minor)
            .await
    }

    /// The same on this phone.
    pub(crate) async fn pay_lines_on(
        &self,
        payer: Payer,
        orders: &[OrderId],
        wanted: LinesWanted,
        tip_minor: i64,
    ) -> Result<CheckoutReply, CheckoutError> {
        let paying = self.payments.checkout_lines(
            &self.store,
            payer,
            orders,
            &wanted,
            (Minor(tip_minor), None),
            now(),
        );
        paying.await
    }

    /// Where to pay lines of one order.
    pub(crate) async fn page(
        &self,
        order: &Order,
        wanted: LinesWanted,
        tip_minor: i64,
    ) -> CheckoutReply {
        let orders = std::slice::from_ref(&order.id);
        self.pay_lines(orders, wanted, tip_minor).await.unwrap()
    }

    pub(crate) async fn fulfil(&self, payment: &PaymentId) -> Fulfilled {
        self.payments
            .fulfil(&self.store.key, payment, now())
            .await
            .unwrap()
    }

    pub(crate) async fn payment(&self, payment: &PaymentId) -> StoredPayment {
        self.kitchen
            .store
            .payment(&self.store.key, payment)
            .await
            .unwrap()
            .unwrap()
    }

    pub(crate) async fn read(&self, order: &OrderId) -> Order {
        self.kitchen
            .store
            .order(&self.store.key, order)
            .await
            .unwrap()
            .unwrap()
            .0
    }

    /// A payment of everything, paid.
    pub(crate) async fn paid(&self, orders: &[OrderId], tip_minor: i64) -> CheckoutReply {
        let page = self
            .pay_lines(orders, LinesWanted::All, tip_minor)
            .await
            .unwrap();
        self.till.pay(&page.session_id, "paid").await;
        assert_eq!(
            self.fulfil(&page.payment_id).await.state,
            PaymentState::Paid
        );
        page
    }

    /// What the provider holds for us, in the smallest unit: paid, and gone back.
    pub(crate) async fn ledger(&self) -> (i64, i64) {
        let ledger = self.till.ledger().await;
        let rows = ledger.as_array().unwrap();
        let sum = |name: &str| {
            rows.iter()
                .map(|row: &Value| row[name].as_i64().unwrap())
                .sum()
        };
        (sum("amount_received"), sum("amount_refunded"))
    }
}
