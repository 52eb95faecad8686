//! Payments that nobody but the provider hears of.

use tabletap_domain::{
    AccountName, Currency, Lang, Minor, PaymentId, StoreId, StoreKey, TenantId,
    payment::{Payment, PaymentItem},
    time::UnixMillis,
};
use tabletap_stripe::{Accounts, Stripe};
use tabletap_testkit::Till;

pub(crate) fn account() -> AccountName {
    AccountName::parse("sushi").unwrap()
}

pub(crate) fn stripe(till: &Till) -> Stripe {
    Stripe::new(Accounts::parse(&till.accounts()).unwrap(), &till.base)
}

/// A payment of one dinner, begun now.
pub(crate) fn payment(n: u32, minor: i64, currency: Currency) -> Payment {
    let since_1970 = std::time::UNIX_EPOCH.elapsed().unwrap();
    Payment {
        id: PaymentId::parse(&format!("pay_{n:032x}")).unwrap(),
        store: StoreKey {
            tenant: TenantId::parse("kumo").unwrap(),
            store: StoreId::parse("sushi").unwrap(),
        },
        account: account(),
        live: false,
        parts: Vec::new(),
        share: None,
        items: vec![PaymentItem {
            name: "Dinner".to_owned(),
            amount_minor: Minor(minor),
        }],
        tip_minor: Minor::ZERO,
        total_minor: Minor(minor),
        currency,
        lang: Lang::parse("en").unwrap(),
        success_url: "https://order.example/paid".to_owned(),
        cancel_url: "https://order.example/pay".to_owned(),
        created_at: UnixMillis(0).plus(since_1970),
    }
}

pub(crate) fn usd() -> Currency {
    Currency::from_code("USD").unwrap()
}
