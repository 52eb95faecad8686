//! Links that lead back to one order: from paying, and from mails. Each carries a token that reads that order and no other.

use crate::{Scope, Session, SessionKeys};
use std::time::Duration;
use tabletap_domain::{Slug, TableCode, order::Order, time::UnixMillis};

/// As long as guests ask about a receipt.
const LINK_TTL: Duration = Duration::from_hours(30 * 24);

/// Where links lead to, and what signs their tokens.
#[derive(Clone, Debug)]
pub struct Links {
    site_url: String,
    keys: SessionKeys,
}

/// What the page shows of the order that a link leads to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum OrderPage {
    /// What became of the payment, and the receipt.
    Paid,
    /// That nothing was charged, and how to pay.
    Pay,
}

impl Links {
    /// Links to the pages at `site_url`.
    #[must_use]
    pub fn new(site_url: &str, keys: SessionKeys) -> Self {
        Self {
            site_url: site_url.trim_end_matches('/').to_owned(),
            keys,
        }
    }

    /// What signs them.
    #[must_use]
    pub fn keys(&self) -> &SessionKeys {
        &self.keys
    }

    /// The link to an order, good from `now` on: below the page of the table that bears `code`, where it is given, else below the store's.
    #[must_use]
    pub fn to_order(
        &self,
        page: OrderPage,
        slug: &Slug,
        code: Option<&TableCode>,
        order: &Order,
        now: UnixMillis,
    ) -> String {
        let token = self.keys.sign(&Session {
            store: order.store.clone(),
            scope: Scope::Order {
                order: order.id.clone(),
            },
            expires_at: now.plus(LINK_TTL),
        });
        let table = code.map_or(String::new(), |code| format!("/t/{code}"));
        let view = match page {
            OrderPage::Paid => "paid",
            OrderPage::Pay => "pay",
        };
        let (site, lang, id) = (&self.site_url, &order.lang, &order.id);
        // Behind the `#`: no server's log holds a token.
        format!("{site}/m/{slug}{table}/{lang}/#/{view}/{id}/{token}")
    }
}
