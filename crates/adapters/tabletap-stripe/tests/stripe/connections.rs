//! Connections: kept open, shared by all accounts, and given up for a new one when they turn out to be dead.

use crate::support::{account, payment, usd};
use std::{
    sync::{Arc, Mutex},
    time::Duration,
};
use tabletap_domain::AccountName;
use tabletap_gateway::{Gateway, GatewayError};
use tabletap_stripe::{Accounts, Limits, Stripe};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{TcpListener, TcpStream},
};

/// What is done with a request.
#[derive(Clone, Copy)]
enum Act {
    /// A Checkout Session under the request's idempotency key; the connection stays open.
    Answer,
    /// The connection is closed without a word, as if it had been dead.
    Close,
    /// The connection stays open, and nothing comes: a router in between has forgotten it.
    Hang,
}

/// A request as it came.
#[derive(Clone, Debug)]
struct Seen {
    /// Connections are counted from 0.
    connection: usize,
    /// Method and path.
    line: String,
    api_key: String,
    idempotency_key: Option<String>,
}

/// A server that does with each request, in the order in which they come, what it was told, and answers all after these.
struct Server {
    stripe: Stripe,
    seen: Arc<Mutex<Vec<Seen>>>,
}

impl Server {
    async fn open(acts: &'static [Act]) -> Self {
        Self::within(Limits::default(), acts).await
    }

    async fn within(limits: Limits, acts: &'static [Act]) -> Self {
        let listener = TcpListener::bind(("127.0.0.1", 0)).await.unwrap();
        let accounts =
            r#"{"sushi": {"api_key": "sk_test_sushi"}, "bar": {"api_key": "sk_test_bar"}}"#;
        let base = format!("http://{}", listener.local_addr().unwrap());
        let seen = Arc::<Mutex<Vec<Seen>>>::default();
        let all = Arc::clone(&seen);
        tokio::spawn(async move {
            for connection in 0.. {
                let (stream, _) = listener.accept().await.unwrap();
                tokio::spawn(serve(stream, connection, acts, Arc::clone(&all)));
            }
        });
        Self {
            stripe: Stripe::within(limits, Accounts::parse(accounts).unwrap(), &base),
            seen,
        }
    }

    fn seen(&self) -> Vec<Seen> {
        self.seen.lock().unwrap().clone()
    }

    /// Under which keys a session was wanted, and on which connections.
    fn keys(&self) -> Vec<(usize, Option<String>)> {
        let seen = self.seen().into_iter();
        seen.map(|seen| (seen.connection, seen.idempotency_key))
            .collect()
    }

    /// Opens the page of the payment `n`.
    async fn begin(&self, n: u32) -> Result<String, GatewayError> {
        let page = self
            .stripe
            .create_page(&payment(n, 1250, usd()), None)
            .await?;
        // A connection goes back to the others in a task of its own.
        for _ in 0..100 {
            tokio::task::yield_now().await;
        }
        Ok(page.id)
    }
}

async fn serve(
    mut stream: TcpStream,
    connection: usize,
    acts: &'static [Act],
    all: Arc<Mutex<Vec<Seen>>>,
) {
    while let Some(seen) = read(&mut stream, connection).await {
        let session = seen.idempotency_key.clone().unwrap_or_default();
        let act = {
            let mut all = all.lock().unwrap();
            all.push(seen);
            acts.get(all.len() - 1).copied().unwrap_or(Act::Answer)
        };
        match act {
            Act::Answer => {}
            Act::Close => return,
            Act::Hang => std::future::pending().await,
        }
        let body =
            format!(r#"{{"id": "{session}", "url": "https://pay.example", "secret": "whsec_1"}}"#);
        let answer = format!(
            "HTTP/1.1 200 OK\r\ncontent-length: {}\r\n\r\n{body}",
            body.len()
        );
        stream.write_all(answer.as_bytes()).await.unwrap();
    }
}

/// The next request with its body; none at the end of the connection.
async fn read(stream: &mut TcpStream, connection: usize) -> Option<Seen> {
    let mut text = String::new();
    let head = loop {
        if let Some((head, body)) = text.split_once("\r\n\r\n") {
            let length = header(head, "content-length").map_or(0, |text| text.parse().unwrap());
            if body.len() >= length {
                break head;
            }
        }
        let mut part = [0; 4096];
        let count = stream
            .read(&mut part)
            .await
            .ok()
            .filter(|count| *count > 0)?;
        text.push_str(std::str::from_utf8(&part[..count]).unwrap());
    };
    Some(Seen {
        connection,
        line: head.lines().next().unwrap().replace(" HTTP/1.1", ""),
        api_key: header(head, "authorization").unwrap(),
        idempotency_key: header(head, "idempotency-key"),
    })
}

fn header(head: &str, name: &str) -> Option<String> {
    let all = head
        .lines()
        .skip(1)
        .filter_map(|line| line.split_once(": "));
    let mut found = all.filter(|(key, _)| key.eq_ignore_ascii_case(name));
    Some(found.next()?.1.to_owned())
}

fn key(n: u32) -> Option<String> {
    Some(format!("checkout-pay_{n:032x}"))
}

#[tokio::test]
async fn a_request_on_a_dead_connection_is_sent_again_on_a_new_one_and_charged_once() {
    let server = Server::open(&[Act::Answer, Act::Close]).await;
    server.begin(1).await.unwrap();
    let page = server.begin(2).await.unwrap();
    assert_eq!(Some(page), key(2));
    // The first connection was used again; the second try bears the same key, so it is the same page.
    assert_eq!(
        server.keys(),
        [(0, key(1)), (0, key(2)), (1, key(2))],
        "connections and keys"
    );
}

#[tokio::test]
async fn a_question_on_a_dead_connection_is_asked_again_without_a_key() {
    let server = Server::open(&[Act::Answer, Act::Close]).await;
    server.begin(1).await.unwrap();
    let asked = server
        .stripe
        .page_status(&payment(1, 1250, usd()), "cs_1")
        .await;
    asked.unwrap();
    assert_eq!(server.keys(), [(0, key(1)), (0, None), (1, None)]);
}

#[tokio::test]
async fn a_request_that_is_lost_twice_is_not_sent_a_third_time() {
    let server = Server::open(&[Act::Answer, Act::Close, Act::Close, Act::Close, Act::Close]).await;
    server.begin(1).await.unwrap();
    assert_eq!(server.begin(2).await, Err(GatewayError::Away));
    assert_eq!(server.seen().len(), 3);
    let asked = server
        .stripe
        .page_status(&payment(1, 1250, usd()), "cs_1")
        .await;
    assert_eq!(asked, Err(GatewayError::Away));
    assert_eq!(server.seen().len(), 5);
}

/// Waits hardly at all for the first answer, and long for the second.
const HASTY: Limits = Limits {
    first: Duration::from_secs(1),
    second: Duration::from_secs(20),
    idle: Duration::from_secs(20),
};

#[tokio::test]
async fn a_silent_connection_costs_a_request_its_first_attempt_only() {
    let server = Server::within(HASTY, &[Act::Answer, Act::Hang, Act::Answer, Act::Hang]).await;
    server.begin(1).await.unwrap();
    assert_eq!(server.begin(2).await.map(Some), Ok(key(2)));
    // A question is asked again like a request under its key.
    let asked = server
        .stripe
        .page_status(&payment(2, 1250, usd()), "cs_2")
        .await;
    asked.unwrap();
    assert_eq!(
        server.keys(),
        [(0, key(1)), (0, key(2)), (1, key(2)), (1, None), (2, None)]
    );
}

#[tokio::test]
async fn where_nothing_answers_there_are_two_attempts() {
    let brief = Limits {
        second: Duration::from_millis(100),
        ..HASTY
    };
    let server = Server::within(brief, &[Act::Hang; 9]).await;
    assert_eq!(server.begin(1).await, Err(GatewayError::Away));
    let asked = server
        .stripe
        .page_status(&payment(1, 1250, usd()), "cs_1")
        .await;
    assert_eq!(asked, Err(GatewayError::Away));
    let sushi = account();
    let made = server
        .stripe
        .create_webhook(&sushi, "https://order.example/hook");
    assert_eq!(made.await.unwrap_err(), GatewayError::Away);
    assert_eq!(
        server.seen().len(),
        2 + 2 + 1,
        "two endpoints would be made"
    );
}

#[tokio::test]
async fn one_dead_connection_gives_up_all_that_were_kept_with_it() {
    let server = Server::within(HASTY, &[Act::Answer, Act::Answer, Act::Hang]).await;
    // Two at once, so that two connections are kept.
    let (one, two) = tokio::join!(server.begin(1), server.begin(2));
    assert!(one.is_ok() && two.is_ok());
    server.begin(3).await.unwrap();
    server.begin(4).await.unwrap();
    let connections: Vec<usize> = server.seen().iter().map(|seen| seen.connection).collect();
    assert_eq!(connections[3..], [2, 2], "{connections:?}");
}

#[tokio::test]
async fn a_connection_that_was_idle_for_long_is_not_used_again() {
    let forgetful = Limits {
        idle: Duration::ZERO,
        ..Limits::default()
    };
    let server = Server::within(forgetful, &[]).await;
    server.begin(1).await.unwrap();
    server.begin(2).await.unwrap();
    assert_eq!(server.keys(), [(0, key(1)), (1, key(2))]);
}

#[tokio::test]
async fn accounts_share_a_connection_and_keep_their_own_keys() {
    let server = Server::open(&[]).await;
    server.begin(1).await.unwrap();
    let at_the_bar = tabletap_domain::payment::Payment {
        account: AccountName::parse("bar").unwrap(),
        ..payment(2, 1250, usd())
    };
    server
        .stripe
        .clone()
        .create_page(&at_the_bar, None)
        .await
        .unwrap();
    let seen = server.seen().into_iter();
    let keys: Vec<(usize, String)> = seen.map(|seen| (seen.connection, seen.api_key)).collect();
    let bearer = |key: &str| format!("Bearer {key}");
    assert_eq!(
        keys,
        [(0, bearer("sk_test_sushi")), (0, bearer("sk_test_bar"))]
    );
}

#[tokio::test]
async fn a_webhook_endpoint_is_asked_for_once_because_two_would_be_made() {
    let server = Server::open(&[Act::Answer, Act::Close]).await;
    server.begin(1).await.unwrap();
    let sushi = account();
    let url = "https://order.example/hook";
    let made = server.stripe.create_webhook(&sushi, url).await;
    assert_eq!(made.unwrap_err(), GatewayError::Away);
    let seen = server.seen();
    assert_eq!(seen.len(), 2, "{seen:?}");
    assert_eq!(
        (seen[1].connection, seen[1].line.as_str()),
        (1, "POST /v1/webhook_endpoints"),
        "a connection that cannot be dead"
    );
}
