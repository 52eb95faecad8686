//! Pages of elsewhere that are open in a browser of this machine, and other machines of its network.

use std::{
    net::{IpAddr, Ipv4Addr, SocketAddr, TcpStream, UdpSocket},
    time::Duration,
};

use reqwest::{Client, Method, StatusCode};
use serde_json::Value;
use tabletap_tests::Program;

use super::{base, run};

const TOKEN: &str = "x-tabletap-token";

/// Everything that changes something or tells a secret: part, method, path.
const OURS: [(&str, &str, &str); 25] = [
    ("edge", "POST", "/local/faults"),
    ("edge", "POST", "/local/broker/pause?secs=60"),
    ("edge", "POST", "/local/printers/kumo-sushi-hot-1/faults"),
    ("edge", "PUT", "/local/stripe/faults"),
    ("edge", "POST", "/local/stripe/refund"),
    ("edge", "GET", "/local/stores"),
    ("edge", "GET", "/local/state"),
    ("edge", "GET", "/local/events"),
    ("edge", "GET", "/local/mail"),
    ("edge", "GET", "/local/stripe"),
    ("edge", "GET", "/local/print"),
    ("edge", "GET", "/local/print/kumo-sushi/6cm.svg"),
    ("table", "POST", "/"),
    ("functions", "POST", "/faults"),
    ("data_plane", "POST", "/topics/tt%2Fx%2Fdown?qos=1"),
    ("data_plane", "POST", "/local/broker/pause?secs=60"),
    ("data_plane", "POST", "/local/broker/drop"),
    ("bus", "POST", "/"),
    ("bus", "POST", "/local/service-events"),
    ("bucket", "PUT", "/site/m/kumo-sushi/en/index.html"),
    ("mail", "POST", "/v2/email/outbound-emails"),
    (
        "printers",
        "POST",
        "/local/printers/kumo-sushi-hot-1/faults",
    ),
    ("stripe", "PUT", "/local/stripe/faults"),
    ("stripe", "POST", "/local/stripe/pay"),
    ("stripe", "GET", "/local/stripe"),
];
/// What needs no token, and is for this machine only all the same.
const OF_THIS_MACHINE: [(&str, &str, &str); 5] = [
    ("edge", "GET", "/"),
    ("edge", "GET", "/console/mail.html"),
    ("edge", "GET", "/local/health"),
    ("stripe", "POST", "/v1/checkout/sessions"),
    (
        "functions",
        "POST",
        "/2015-03-31/functions/sweeper/invocations",
    ),
];

/// What a page may send with no leave of the other side, or with a name of its own that leads here; and the code it is refused with.
const AS_A_PAGE: [(&[(&str, &str)], &str); 4] = [
    (
        &[
            ("origin", "http://evil.example"),
            ("content-type", "text/plain"),
        ],
        "other_origin",
    ),
    (
        &[
            ("sec-fetch-site", "cross-site"),
            ("sec-fetch-mode", "no-cors"),
        ],
        "other_origin",
    ),
    (&[("host", "evil.example")], "unknown_host"),
    (
        &[
            ("host", "evil.example"),
            ("origin", "http://evil.example"),
            ("sec-fetch-site", "same-origin"),
        ],
        "unknown_host",
    ),
];

/// The status of an answer, its body, and what it lets other origins do.
async fn answer(request: reqwest::RequestBuilder) -> (StatusCode, String, bool) {
    let reply = request
        .body(r#"{"power":false}"#)
        .send()
        .await
        .expect("an answer");
    let allows = reply.headers().contains_key("access-control-allow-origin");
    (reply.status(), reply.text().await.expect("a body"), allows)
}

#[tokio::test]
async fn no_page_of_elsewhere_changes_or_reads_anything_on_this_machine() {
    let program = Program::start().await;
    let (run, token, http) = (run(&program), program.token(), Client::new());
    let secret = program.table_code("kumo-sushi", 0).await;
    let before = program.get("/local/state").await;
    for (part, method, path) in OURS.iter().chain(&OF_THIS_MACHINE) {
        let url = format!("{}{path}", base(&run, part));
        let ask = || http.request(method.parse().expect("a method"), &url);
        for (headers, code) in AS_A_PAGE {
            // With the token, which no page has: each of these is a wall of its own.
            let request = headers
                .iter()
                .fold(ask().header(TOKEN, &token), |request, (name, value)| {
                    request.header(*name, *value)
                });
            let (status, body, allows) = answer(request).await;
            assert_eq!(status, 403, "{part} {method} {path} {headers:?}: {body}");
            assert!(body.contains(code), "{part} {path} {headers:?}: {body}");
            assert!(!body.contains(&secret) && !allows, "{part} {path}");
        }
        let asked = http
            .request(Method::OPTIONS, &url)
            .header("origin", "http://evil.example");
        let asked = asked.header("access-control-request-method", *method);
        let (status, _, allows) = answer(asked).await;
        assert!(status == 403 && !allows, "a preflight: {part} {path}");
    }
    for (part, method, path) in OURS {
        let url = format!("{}{path}", base(&run, part));
        for wrong in ["", "of-yesterday"] {
            let ask = http.request(method.parse().expect("a method"), &url);
            let (status, body, _) = answer(ask.header(TOKEN, wrong)).await;
            assert_eq!(status, 403, "no token: {part} {method} {path}: {body}");
            assert!(
                body.contains("token_missing") && !body.contains(&secret),
                "{body}"
            );
        }
    }
    let after = program.get("/local/state").await;
    for what in ["printers", "papers", "orders", "stores"] {
        assert_eq!(before[what], after[what], "{what}");
    }
    assert_eq!(program.get("/local/broker").await["paused"], false);
    let page = program
        .fetch("/m/kumo-sushi/en/")
        .await
        .text()
        .await
        .expect("a page");
    assert!(page.contains("Edamame"), "the page is what it was");
}

#[tokio::test]
async fn a_form_of_elsewhere_pays_nothing_and_a_guest_still_pays() {
    let program = Program::start().await;
    let run = run(&program);
    let stripe = base(&run, "stripe");
    let accounts = program.get("/local/stripe").await;
    let key = accounts[0]["api_key"].as_str().expect("a key");
    let form = "mode=payment&success_url=http%3A%2F%2Fshop%2F&line_items[0][quantity]=1\
        &line_items[0][price_data][currency]=usd&line_items[0][price_data][unit_amount]=1450\
        &line_items[0][price_data][product_data][name]=Roll";
    let http = Client::builder()
        .redirect(reqwest::redirect::Policy::none())
        .build()
        .expect("a client");
    let made = http
        .post(format!("{stripe}/v1/checkout/sessions"))
        .bearer_auth(key)
        .body(form);
    let made: Value = made
        .send()
        .await
        .expect("an answer")
        .json()
        .await
        .expect("JSON");
    let id = made["id"].as_str().expect("an id");
    let page = format!("{stripe}/pay/{id}");
    let choose = || {
        http.post(&page)
            .body("choice=paid&email=guest%40example.com")
    };
    for (headers, _) in AS_A_PAGE {
        let request = headers.iter().fold(choose(), |request, (name, value)| {
            request.header(*name, *value)
        });
        let reply = request.send().await.expect("an answer");
        assert_eq!(reply.status(), 403, "{headers:?}");
    }
    let ledger = program.get("/local/stripe/ledger").await;
    assert_eq!(ledger[0]["amount_received"], 0, "nothing was paid");
    let own = choose()
        .header("origin", &stripe)
        .header("sec-fetch-site", "same-origin");
    let own = own.header("content-type", "application/x-www-form-urlencoded");
    assert!(
        own.send()
            .await
            .expect("an answer")
            .status()
            .is_redirection()
    );
    let ledger = program.get("/local/stripe/ledger").await;
    assert_eq!(ledger[0]["amount_received"], 1450);
}

#[tokio::test]
async fn the_consoles_page_holds_the_token_where_nobody_else_can_read_it() {
    let program = Program::start().await;
    let reply = Client::new()
        .get(program.url())
        .send()
        .await
        .expect("an answer");
    let header = |name: &str| reply.headers()[name].to_str().expect("text").to_owned();
    assert_eq!(header("cache-control"), "no-store");
    assert!(header("content-security-policy").contains("frame-ancestors 'none'"));
    assert!(!reply.headers().contains_key("access-control-allow-origin"));
    let token = program.token();
    assert!(token.len() >= 32);
    let page = reply.text().await.expect("a page");
    assert!(page.contains(&format!("content=\"{token}\"")) && !page.contains("__TOKEN__"));
    // Guests' pages hold none.
    for path in [
        "/m/kumo-sushi/en/",
        "/assets/diner.js",
        "/console/console.js",
    ] {
        let text = program.fetch(path).await.text().await.expect("text");
        assert!(!text.contains(&token), "{path}");
    }
    // Pictures, frames and links have no header of ours.
    let shown = format!(
        "{}/local/print/kumo-sushi/6cm.svg?token={token}",
        program.url()
    );
    let shown = Client::new().get(shown).send().await.expect("an answer");
    assert_eq!(shown.status(), 200);
}

/// This machine's address in its network, if it is in one. Nothing is sent.
fn network_address() -> Option<IpAddr> {
    let socket = UdpSocket::bind((Ipv4Addr::UNSPECIFIED, 0)).ok()?;
    socket.connect((Ipv4Addr::new(198, 51, 100, 1), 9)).ok()?;
    let address = socket.local_addr().ok()?.ip();
    (!address.is_loopback() && !address.is_unspecified()).then_some(address)
}

#[tokio::test]
async fn with_host_0_0_0_0_other_machines_reach_what_is_for_guests_and_nothing_else() {
    let Some(address) = network_address() else {
        // In no network there is no other machine; the guard's own tests say the same of one.
        return;
    };
    let program = Program::start_with(&[("HOST", "0.0.0.0")]).await;
    let (run, token) = (run(&program), program.token());
    let http = Client::builder().no_proxy().build().expect("a client");
    let from_elsewhere = |part: &str, path: &str| {
        let port = base(&run, part)
            .rsplit(':')
            .next()
            .expect("a port")
            .to_owned();
        http.get(format!("http://{address}:{port}{path}"))
            .header(TOKEN, &token)
    };
    for (part, path, status) in [
        ("edge", "/m/kumo-sushi/en/", 200),
        ("edge", "/v1/stores/kumo-sushi/pickup", 401),
        ("stripe", "/pay/cs_test_none", 404),
    ] {
        let reply = from_elsewhere(part, path).send().await.expect("an answer");
        assert!(
            reply.status() == status || reply.status() == 200,
            "{path}: {}",
            reply.status()
        );
    }
    let ours = OURS.iter().chain(&OF_THIS_MACHINE);
    for (part, _, path) in ours.filter(|(part, ..)| ["edge", "stripe"].contains(part)) {
        for host in [None, Some("localhost:8080")] {
            let ask = from_elsewhere(part, path);
            let ask = host
                .into_iter()
                .fold(ask, |ask, host| ask.header("host", host));
            let (status, body, _) = answer(ask).await;
            assert_eq!(status, 403, "{part} {path} {host:?}: {body}");
        }
    }
    for part in [
        "table",
        "functions",
        "data_plane",
        "bus",
        "bucket",
        "mail",
        "printers",
        "mqtt",
    ] {
        let port: u16 = base(&run, part)
            .rsplit(':')
            .next()
            .and_then(|port| port.parse().ok())
            .expect("a port");
        let reached =
            TcpStream::connect_timeout(&SocketAddr::new(address, port), Duration::from_secs(2));
        assert!(reached.is_err(), "{part} listens to the network");
    }
    assert_eq!(program.get("/local/broker").await["paused"], false);
}

#[tokio::test]
async fn the_console_is_shared_where_it_is_asked_for_and_its_token_is_still_demanded() {
    let Some(address) = network_address() else {
        return;
    };
    let shared = [("HOST", "0.0.0.0"), ("TABLETAP_SHARE_CONSOLE", "1")];
    let program = Program::start_with(&shared).await;
    let port = program.url().rsplit(':').next().expect("a port");
    let url = format!("http://{address}:{port}");
    let http = Client::builder().no_proxy().build().expect("a client");
    let page = http.get(&url).send().await.expect("an answer");
    assert_eq!(page.status(), 200);
    assert!(
        page.text()
            .await
            .expect("a page")
            .contains(&program.token())
    );
    let stores = || http.get(format!("{url}/local/stores"));
    assert_eq!(stores().send().await.expect("an answer").status(), 403);
    let let_in = stores().header(TOKEN, program.token()).send().await;
    assert_eq!(let_in.expect("an answer").status(), 200);
    let rebound = stores()
        .header(TOKEN, program.token())
        .header("host", "evil.example");
    assert_eq!(rebound.send().await.expect("an answer").status(), 403);
}

#[tokio::test]
async fn a_drawing_opened_by_itself_runs_nothing() {
    let program = Program::start().await;
    for path in [
        "/menus/kumo-sushi/images/edamame.svg",
        "/menus/kumo-sushi/icon.svg",
    ] {
        let reply = program.fetch(path).await;
        assert_eq!(reply.status(), 200, "{path}");
        assert_eq!(
            reply.headers()["content-security-policy"],
            "default-src 'none'; style-src 'unsafe-inline'; sandbox"
        );
        assert_eq!(reply.headers()["x-content-type-options"], "nosniff");
    }
}
