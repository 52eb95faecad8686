//! A diner at home: opens the restaurant's link, orders to pick up, pays at the local Stripe, and comes back.

use crate::{Guest, Program, Reply, eventually_within};
use serde_json::{Value, json};
use std::time::Duration;

/// A phone with a takeout session, or only with a link to one order.
#[derive(Clone, Debug)]
pub struct Diner {
    guest: Guest,
}

impl Program {
    /// A diner who opens a restaurant's link.
    ///
    /// # Panics
    /// When the session is refused.
    pub async fn diner(&self, slug: &str) -> Diner {
        Diner {
            guest: self.takeout_guest(slug).await,
        }
    }

    /// A phone that has this session already.
    #[must_use]
    pub fn diner_with(&self, slug: &str, session: &str) -> Diner {
        Diner {
            guest: Guest::with(self.http(), self.url(), slug, session),
        }
    }

    /// Does something at a session of the local Stripe.
    ///
    /// # Panics
    /// When it is refused.
    pub async fn pay(&self, session: &str, outcome: &str) {
        let wish = json!({"session": session, "outcome": outcome});
        assert_eq!(self.post("/local/stripe/pay", &wish).await, 200, "{wish}");
    }

    /// Sets the fault switches of the local Stripe; what is not named is off.
    ///
    /// # Panics
    /// When they are refused.
    pub async fn switch(&self, faults: &Value) {
        let request = self
            .http()
            .put(format!("{}/local/stripe/faults", self.url()));
        let reply = request
            .json(faults)
            .send()
            .await
            .expect("the program answers");
        assert_eq!(reply.status(), 200, "{faults}");
    }

    /// The mails about an order, by kind.
    pub async fn mails_of(&self, order_id: &str, kind: &str) -> Vec<Value> {
        let mails = self.try_get("/local/mail").await.unwrap_or_default();
        let mails = mails.as_array().cloned().unwrap_or_default().into_iter();
        let about = |mail: &Value| {
            let orders = mail["order_ids"].as_array();
            orders.is_some_and(|orders| orders.iter().any(|id| id == order_id))
        };
        mails
            .filter(|mail| mail["kind"] == kind && about(mail))
            .collect()
    }

    /// What the local Stripe holds for a session, in the smallest unit: received, and gone back.
    ///
    /// # Panics
    /// When it does not know the session.
    pub async fn ledger_of(&self, session: &str) -> (i64, i64) {
        let ledger = self.get("/local/stripe/ledger?limit=500").await;
        let rows = ledger.as_array().expect("a list");
        let row = rows.iter().find(|row| row["session"] == session);
        let row = row.expect("the session is known");
        let amount = |name: &str| row[name].as_i64().expect("an amount");
        (amount("amount_received"), amount("amount_refunded"))
    }
}

impl Diner {
    /// What they can do with the session they have.
    #[must_use]
    pub fn guest(&self) -> &Guest {
        &self.guest
    }

    /// The body of an order of `dishes` dishes, priced, for as soon as possible, with an address of its own.
    pub async fn cart(&self, dishes: usize) -> Value {
        let mut body = Guest::picked_up(self.guest.cart(dishes).await, None);
        let id = body["order_id"].as_str().unwrap_or_default();
        let id = id.to_owned();
        let mail = format!("{}@guests.example", &id[4..16]);
        body["customer"]["email"] = mail.into();
        // No digit that its id does not have: a number of its own as well.
        let digits: String = id.chars().filter(char::is_ascii_digit).take(9).collect();
        body["customer"]["phone"] = format!("+1 2{digits:0>9}").into();
        self.guest.quote(body).await
    }

    /// Sends a body, and returns the order's id.
    ///
    /// # Panics
    /// When the order is refused.
    pub async fn order(&self, body: &Value) -> String {
        let reply = self.guest.send(body).await;
        assert!(matches!(reply.status, 200 | 201), "{}", reply.body);
        assert_eq!(reply.body["status"], "awaiting_payment", "{}", reply.body);
        assert_eq!(reply.body["payment"]["status"], "pending", "{}", reply.body);
        body["order_id"].as_str().expect("an id").to_owned()
    }

    /// Asks where to pay.
    pub async fn checkout(&self, order_id: &str, tip_minor: i64) -> Reply {
        let path = format!("/v1/orders/{order_id}/checkout");
        self.guest
            .post(&path, &json!({"tip_minor": tip_minor}))
            .await
    }

    /// The provider's session to pay at.
    ///
    /// # Panics
    /// When there is none.
    pub async fn session(&self, order_id: &str) -> String {
        let reply = self.checkout(order_id, 0).await;
        assert_eq!(reply.status, 200, "{}", reply.body);
        reply.body["session_id"]
            .as_str()
            .expect("a session")
            .to_owned()
    }

    /// What the page does that a guest comes back to.
    pub async fn come_back(&self, order_id: &str) -> Reply {
        let path = format!("/v1/orders/{order_id}/payment/refresh");
        self.guest.post(&path, &json!({})).await
    }

    /// Looks at the order until it stands like this.
    ///
    /// # Panics
    /// When it does not come to that in three minutes.
    pub async fn await_order(
        &self,
        order_id: &str,
        what: &str,
        is: impl Fn(&Value) -> bool,
    ) -> Value {
        eventually_within(Duration::from_secs(180), what, async || {
            let order = self.guest.look(order_id).await.body;
            is(&order).then_some(order)
        })
        .await
    }
}
