//! From a fact to the mail, once, whatever comes twice or dies in between.
#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

mod claims;
mod who;

use lambda_runtime::LambdaEvent;
use receipt_mailer::{Config, ReceiptMailer};
use serde_json::{Value, json};
use tabletap_domain::{
    Minor, OrderId, PaymentId,
    customer::Customer,
    number::candidates,
    order::{Order, OrderStatus, OrderType, PaymentStatus, PickupWish, Takeout},
    payment::{
        Payment, PaymentItem, PaymentMethod, PaymentPart, PaymentState, Refund, RefundCause,
        RefundState, due_by_line,
    },
    receipt::{MailFate, ReceiptOf, ReceiptState},
    time::UnixMillis,
};
use tabletap_runtime::{Env, batch::QueueBatch};
use tabletap_session::{CustomerKeys, NONCE_LEN, Scope, SessionKeys};
use tabletap_store::{OrderStep, Settlement, StoredPayment, StoredReceipt};
use tabletap_testkit::{
    CUSTOMER_KEY, Kitchen, MailBehaviour, MailService, SESSION_KEY, context, sample, uncapped,
};

const ORDER: &str = "ord_0190a0000000700080000000000000c1";
/// 21 November 2026, 14:04 in New York.
const PAID_AT: UnixMillis = UnixMillis(1_795_287_841_250);

struct Bench {
    kitchen: Kitchen,
    post: MailService,
    function: ReceiptMailer,
}

impl Bench {
    async fn open() -> Self {
        let (kitchen, post) = (Kitchen::open().await, MailService::default());
        let sdk = kitchen.sdk_with("SESv2", post.serve().await);
        let env = |name: &str| match name {
            "SITE_URL" => Some("https://order.example/".to_owned()),
            "MAIL_FROM" => Some("receipts@example.com".to_owned()),
            "MAIL_EVENTS" => Some("tabletap".to_owned()),
            _ => kitchen.env()(name),
        };
        let function = ReceiptMailer::new(Config::from_env(Env::new(&env)).unwrap(), &sdk);
        Self {
            kitchen,
            post,
            function,
        }
    }

    /// The ids of the messages that failed.
    async fn deliver(&self, event: Value) -> Vec<String> {
        let event: QueueBatch = serde_json::from_value(event).unwrap();
        let event = LambdaEvent::new(event, context());
        let failures = self.function.handle(event).await.unwrap();
        let failures = failures.batch_item_failures.into_iter();
        failures
            .filter_map(|failure| failure.item_identifier)
            .collect()
    }

    /// Takeout that is paid, by somebody who left this address and this phone, and that address at the provider.
    async fn paid(&self, email: &str, phone: &str, there: &str) -> Order {
        let store = &self.kitchen.store;
        let dine_in = self
            .kitchen
            .order_sushi("ord_0190a0000000700080000000000000d1", "t1", PAID_AT)
            .await;
        let id = OrderId::parse(ORDER).unwrap();
        let order = Order {
            number: candidates(&id, 0)[0].clone(),
            id,
            kind: OrderType::Takeout,
            seat: None,
            takeout: Some(Takeout {
                session: format!("tos_{:032x}", 1).parse().unwrap(),
                pickup: PickupWish::Asap,
            }),
            status: OrderStatus::AwaitingPayment,
            ..dine_in
        };
        let customer = Customer::new("Ada", email, phone).unwrap();
        let keys = CustomerKeys::parse(CUSTOMER_KEY).unwrap();
        let sealed = keys.seal(&customer, &order.store, &order.id, [7; NONCE_LEN]);
        store
            .place_takeout(&order, sealed, &uncapped(), None)
            .await
            .unwrap();
        let id = std::slice::from_ref(&order.id);
        let bills = store.bills(&order.store, id).await.unwrap();
        let payment = payment(&order);
        let opened = store.open_payment(&payment, &bills, None, None, PAID_AT);
        opened.await.unwrap();
        let stored = self.stored(&order).await;
        let bills = store.bills(&order.store, id).await.unwrap();
        let place = OrderStep::Place {
            fire_at: PAID_AT,
            ready_at: PAID_AT.plus(std::time::Duration::from_mins(20)),
        };
        let settlement = Settlement {
            table: None,
            state: PaymentState::Paid,
            reference: Some("pi_1".to_owned()),
            method: Some(PaymentMethod {
                brand: "visa".to_owned(),
                last4: Some("4242".to_owned()),
            }),
            receipt_url: None,
            paid_at: Some(PAID_AT),
            contact: Customer::new("Ada", there, "")
                .ok()
                .map(|typed| keys.seal(&typed, &order.store, &order.id, [7; NONCE_LEN])),
            due: None,
            orders: vec![(bills[0].clone(), place)],
        };
        store.settle_payment(&stored, &settlement).await.unwrap();
        order
    }

    async fn stored(&self, order: &Order) -> StoredPayment {
        let (store, id) = (&self.kitchen.store, payment_id());
        store.payment(&order.store, &id).await.unwrap().unwrap()
    }

    async fn receipt(&self, order: &Order) -> Option<StoredReceipt> {
        let of_it = receipt_of(order);
        self.kitchen.store.receipt(&of_it).await.unwrap()
    }

    /// Puts the claim back to when it would have been made.
    async fn claimed_at(&self, at: i64) {
        let kitchen = &self.kitchen;
        kitchen
            .set_number("RECEIPT#payment", "claimed_at", at)
            .await;
    }

    async fn refunded(&self, order: &Order, amount_minor: i64) {
        let store = &self.kitchen.store;
        let id = refund_of(order).refund.unwrap();
        let refund = Refund::wanted(id, Minor(amount_minor), RefundCause::Staff, None, PAID_AT);
        let stored = self.stored(order).await;
        store.claim_refund(&stored, &refund, PAID_AT).await.unwrap();
        let stored = self.stored(order).await;
        let bills = store.bills(&order.store, std::slice::from_ref(&order.id));
        let orders = bills.await.unwrap();
        let orders = [(&orders[0].order, PaymentStatus::PartRefunded)];
        store
            .move_refund(
                &stored,
                &refund,
                RefundState::Succeeded,
                Some("re_1"),
                &orders,
            )
            .await
            .unwrap();
    }
}

fn payment_id() -> PaymentId {
    format!("pay_{:032}", 1).parse().unwrap()
}

fn receipt_of(order: &Order) -> ReceiptOf {
    ReceiptOf {
        store: order.store.clone(),
        payment: payment_id(),
        refund: None,
    }
}

fn refund_of(order: &Order) -> ReceiptOf {
    ReceiptOf {
        refund: Some(format!("ref_{:032}", 1).parse().unwrap()),
        ..receipt_of(order)
    }
}

fn payment(order: &Order) -> Payment {
    let total_minor = order.cart.totals.total_minor;
    Payment {
        id: payment_id(),
        store: order.store.clone(),
        account: "kumo-sushi".parse().unwrap(),
        live: false,
        parts: vec![PaymentPart {
            order: order.id.clone(),
            number: order.number.clone(),
            lines: due_by_line(order).into_iter().enumerate().collect(),
        }],
        items: vec![PaymentItem {
            name: "Order".to_owned(),
            amount_minor: total_minor,
        }],
        share: None,
        tip_minor: Minor(300),
        total_minor: Minor(total_minor.0 + 300),
        currency: order.currency,
        lang: order.lang.clone(),
        success_url: "https://order.example/".to_owned(),
        cancel_url: "https://order.example/".to_owned(),
        created_at: PAID_AT,
    }
}

fn paid() -> Value {
    sample("receipt-mailer/payment-paid")
}

fn id_of(event: &Value) -> String {
    event["Records"][0]["messageId"]
        .as_str()
        .unwrap()
        .to_owned()
}

#[tokio::test]
async fn whoever_paid_gets_one_receipt_with_all_of_it_and_a_link_to_their_order() {
    let bench = Bench::open().await;
    let order = bench.paid("ada@example.com", "", "").await;
    assert_eq!(bench.deliver(paid()).await, [""; 0]);
    let sent = bench.post.sent();
    assert_eq!(sent.len(), 1);
    let mail = &sent[0];
    assert_eq!(
        mail["Destination"]["ToAddresses"],
        json!(["ada@example.com"])
    );
    assert_eq!(
        mail["FromEmailAddress"],
        "\"Kumo Sushi\" <receipts@example.com>"
    );
    assert_eq!(mail["ConfigurationSetName"], "tabletap");
    let tags = mail["EmailTags"].as_array().unwrap();
    assert!(tags.contains(&json!({"Name": "kind", "Value": "receipt"})));
    assert!(tags.contains(&json!({"Name": "order-0", "Value": ORDER})));
    let content = &mail["Content"]["Simple"];
    let text = content["Body"]["Text"]["Data"].as_str().unwrap();
    for told in [
        order.number.as_str(),
        "November 21, 2026 at 2:04",
        "around 2:24",
        "Edamame",
        "Tip: $3.00",
        "NYC sales tax 4.5%",
        "Visa, ending in 4242",
    ] {
        assert!(text.contains(told), "{told} in {text}");
    }
    assert!(
        content["Body"]["Html"]["Data"]
            .as_str()
            .unwrap()
            .contains("Edamame")
    );
    let link = format!("https://order.example/m/kumo-sushi/en/#/paid/{ORDER}/");
    let (_, token) = text.split_once(&link).unwrap();
    let token = token.lines().next().unwrap();
    let session = SessionKeys::parse(SESSION_KEY)
        .unwrap()
        .verify(token)
        .unwrap();
    let order_only = Scope::Order {
        order: order.id.clone(),
    };
    assert_eq!(session.scope, order_only);
    let stored = bench.receipt(&order).await;
    let stored = stored.unwrap();
    assert_eq!(stored.state, ReceiptState::Sent);
    assert_eq!(stored.message_id.as_deref(), Some("mail-1"));
    assert_eq!(bench.deliver(paid()).await, [""; 0], "the same fact again");
    assert_eq!(bench.post.sent().len(), 1);
}

#[tokio::test]
async fn the_same_fact_many_times_at_once_sends_one_mail() {
    let bench = Bench::open().await;
    bench.paid("ada@example.com", "", "").await;
    let deliveries = (0..8).map(|_| bench.deliver(paid()));
    futures_util::future::join_all(deliveries).await;
    assert_eq!(bench.post.sent().len(), 1);
    assert_eq!(bench.deliver(paid()).await, [""; 0]);
    assert_eq!(bench.post.sent().len(), 1);
}

#[tokio::test]
async fn a_refund_has_a_receipt_of_its_own() {
    let bench = Bench::open().await;
    let order = bench.paid("ada@example.com", "", "").await;
    let event = || sample("receipt-mailer/refund-succeeded");
    assert_eq!(bench.deliver(event()).await, [""; 0]);
    assert_eq!(bench.post.sent().len(), 0, "nothing went back yet");
    bench.refunded(&order, 500).await;
    for _ in 0..2 {
        assert_eq!(bench.deliver(event()).await, [""; 0]);
    }
    assert_eq!(bench.deliver(paid()).await, [""; 0]);
    let sent = bench.post.sent();
    assert_eq!(sent.len(), 2);
    let text = sent[0]["Content"]["Simple"]["Body"]["Text"]["Data"].as_str();
    assert!(text.unwrap().contains("Refunded now: -$5.00"));
    let tags = sent[0]["EmailTags"].as_array().unwrap();
    assert!(tags.contains(&json!({"Name": "kind", "Value": "refund"})));
}

#[tokio::test]
async fn a_mail_that_ses_refused_is_sent_when_its_message_comes_again() {
    let bench = Bench::open().await;
    bench.paid("ada@example.com", "", "").await;
    for code in ["MessageRejected", "TooManyRequestsException"] {
        bench.post.set_behaviour(MailBehaviour::Refuses(code));
        assert_eq!(bench.deliver(paid()).await, [id_of(&paid())]);
    }
    assert!(bench.post.sent().is_empty());
    bench.post.set_behaviour(MailBehaviour::Sends);
    assert_eq!(bench.deliver(paid()).await, [""; 0]);
    assert_eq!(bench.post.sent().len(), 1);
}

#[tokio::test]
async fn an_answer_that_was_lost_is_learned_from_the_event_of_ses_and_sends_nothing_twice() {
    let bench = Bench::open().await;
    let order = bench.paid("ada@example.com", "", "").await;
    bench.post.set_behaviour(MailBehaviour::Silent);
    assert_eq!(bench.deliver(paid()).await, [id_of(&paid())]);
    bench.post.set_behaviour(MailBehaviour::Sends);
    assert_eq!(bench.deliver(paid()).await, [id_of(&paid())], "it waits");
    let event = sample("receipt-mailer/mail-sent");
    assert_eq!(bench.deliver(event).await, [""; 0]);
    assert_eq!(bench.deliver(paid()).await, [""; 0]);
    assert_eq!(bench.post.sent().len(), 1);
    let stored = bench.receipt(&order).await;
    let stored = stored.unwrap();
    assert_eq!(stored.state, ReceiptState::Sent);
    assert!(stored.message_id.unwrap().starts_with("0100019a"));
}

#[tokio::test]
async fn how_a_mail_fared_is_noted_and_nobody_elses_mail_is() {
    let bench = Bench::open().await;
    let order = bench.paid("ada@example.com", "", "").await;
    let before = bench.kitchen.rows().await;
    let bounced = || sample("receipt-mailer/mail-bounced");
    assert_eq!(bench.deliver(bounced()).await, [""; 0]);
    let unchanged = bench.kitchen.rows().await == before;
    assert!(unchanged, "no row is made of a mail that is not ours");
    bench.deliver(paid()).await;
    for (event, fate) in [
        (bounced(), MailFate::Bounced),
        (
            sample("receipt-mailer/mail-complained"),
            MailFate::Complained,
        ),
    ] {
        assert_eq!(bench.deliver(event).await, [""; 0]);
        let stored = bench.receipt(&order).await;
        let stored = stored.unwrap();
        assert_eq!(stored.bounce, Some(fate));
        assert_eq!(stored.state, ReceiptState::Sent);
    }
}

#[tokio::test]
async fn what_cannot_be_read_fails_alone() {
    let bench = Bench::open().await;
    bench.paid("ada@example.com", "", "").await;
    let mut event = sample("receipt-mailer/malformed");
    let poison = id_of(&event);
    let mut good = paid();
    good["Records"][0]["messageId"] = "another".into();
    event["Records"]
        .as_array_mut()
        .unwrap()
        .push(good["Records"][0].take());
    assert_eq!(bench.deliver(event).await, [poison]);
    assert_eq!(bench.post.sent().len(), 1);
}
