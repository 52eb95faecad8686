//! The sticker's two requests, as API Gateway sends them.
#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use base64::{Engine, engine::general_purpose::STANDARD};
use lambda_http::{Body, Response};
use serde_json::Value;
use sha2::{Digest, Sha256};
use table_session::{Config, TableSession};
use tabletap_domain::{TableId, order::OrderStatus, seating::TableState, time::UnixMillis};
use tabletap_runtime::Env;
use tabletap_session::SessionKeys;
use tabletap_testkit::{Kitchen, SESSION_KEY, assert_contract, http, reply, sample};

fn function(kitchen: &Kitchen) -> TableSession {
    TableSession::new(
        Config::from_env(Env::new(&kitchen.env())).unwrap(),
        &kitchen.sdk,
    )
}

async fn send(kitchen: &Kitchen, event: Value) -> Response<Body> {
    let before = kitchen.rows().await;
    let response = function(kitchen).handle(http(event)).await.unwrap();
    assert_eq!(kitchen.rows().await, before, "a scan writes nothing");
    response
}

#[tokio::test]
async fn a_scan_opens_the_stores_page_in_the_guests_language_and_writes_nothing() {
    let kitchen = Kitchen::open().await;
    let code = "code-kumo-sushi-t1-0123456789";
    for (event, query, lang, why) in [
        ("table-session/scan", None, "en", "an English phone"),
        (
            "table-session/scan.in-japanese",
            None,
            "ja",
            "a Japanese phone",
        ),
        ("table-session/scan", Some("ja"), "ja", "asked for by name"),
        (
            "table-session/scan",
            Some("xx"),
            "en",
            "asked for what there is not",
        ),
    ] {
        let mut event = sample(event);
        if let Some(lang) = query {
            event["queryStringParameters"] = serde_json::json!({"lang": lang});
            event["rawQueryString"] = format!("lang={lang}").into();
        }
        let response = send(&kitchen, event).await;
        assert_contract("get", "/t/{table_code}", &response);
        assert_eq!(response.status(), 302, "{why}");
        let expected = format!("/m/kumo-sushi/t/{code}/{lang}/");
        assert_eq!(response.headers()["location"], expected.as_str(), "{why}");
    }
}

#[tokio::test]
async fn a_code_that_leads_nowhere_is_a_page_for_people_and_json_for_programs() {
    let kitchen = Kitchen::open().await;
    let mut event = sample("table-session/scan.unknown-code");
    let response = send(&kitchen, event.clone()).await;
    assert_contract("get", "/t/{table_code}", &response);
    assert_eq!(response.status(), 404);
    assert!(String::from_utf8_lossy(response.body()).contains("We don’t recognise this code"));
    let policy = response.headers()["content-security-policy"]
        .to_str()
        .unwrap();
    let html = String::from_utf8_lossy(response.body()).into_owned();
    let style = html.split("<style>").nth(1).unwrap().split("</style>");
    let style = STANDARD.encode(Sha256::digest(style.into_iter().next().unwrap()));
    assert_eq!(
        policy,
        format!(
            "default-src 'none'; style-src 'sha256-{style}'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
        ),
        "its own style and nothing else"
    );
    for (accepted, lang, says) in [
        ("de-AT, en;q=0.5", "de", "Bitte scannen Sie"),
        ("ja", "ja", "ステッカーをもう一度"),
        ("fr", "en", "Please scan the sticker"),
        ("en-GB", "en", "recognise"),
        ("en-US", "en-US", "recognize"),
    ] {
        event["headers"]["accept-language"] = accepted.into();
        let response = send(&kitchen, event.clone()).await;
        assert_eq!(response.status(), 404, "{accepted}");
        let html = String::from_utf8_lossy(response.body()).into_owned();
        let language = format!("<html lang=\"{lang}\" dir=\"ltr\">");
        assert!(
            html.contains(&language) && html.contains(says),
            "{accepted}: {html}"
        );
    }

    event["headers"]["accept"] = "*/*".into();
    for path in [
        "/t/a-code-that-leads-nowhere",
        "/t/short",
        "/t/%0d%0aset-cookie:x",
        "/t/",
    ] {
        event["rawPath"] = path.into();
        let response = send(&kitchen, event.clone()).await;
        assert_contract("get", "/t/{table_code}", &response);
        let (status, body) = reply(&response);
        assert_eq!(
            (status, body["code"].as_str()),
            (404, Some("unknown_table")),
            "{path}"
        );
    }
}

#[tokio::test]
async fn an_address_that_somebody_typed_leads_to_the_menu_or_to_a_page_for_people() {
    let kitchen = Kitchen::open().await;
    let mut event = sample("table-session/page");
    for (path, accepted, location) in [
        ("/m/kumo-sushi/index.html", "en", "/m/kumo-sushi/en/"),
        ("/m/kumo-sushi/", "ja, en;q=0.5", "/m/kumo-sushi/ja/"),
        ("/m/kumo-sushi/xx/index.html", "ja", "/m/kumo-sushi/ja/"),
    ] {
        event["rawPath"] = path.into();
        event["headers"]["accept-language"] = accepted.into();
        let response = send(&kitchen, event.clone()).await;
        assert_contract("get", "/m/{address}", &response);
        assert_eq!(response.status(), 302, "{path}");
        assert_eq!(response.headers()["location"], location, "{path}");
    }
    // The distribution passes on what the guest reads, and not what they accept.
    event["headers"]["accept"] = "*/*".into();
    for (path, accepted, status, says) in [
        (
            "/m/no-such-place/index.html",
            "en",
            404,
            "There’s no page here",
        ),
        ("/m/no-such-place/index.html", "ar", 404, "dir=\"rtl\""),
        (
            "/m/kumo-sushi/en/wine/",
            "es",
            404,
            "Aquí no hay ninguna página",
        ),
        ("/m/%3Cscript%3E/", "ja", 404, "ページが見つかりません"),
        // It has no page yet: leading there again would go round in circles.
        (
            "/m/kumo-sushi/en/index.html",
            "en",
            503,
            "One moment, please",
        ),
    ] {
        event["rawPath"] = path.into();
        event["headers"]["accept-language"] = accepted.into();
        let response = send(&kitchen, event.clone()).await;
        assert_contract("get", "/m/{address}", &response);
        assert_eq!(response.status(), status, "{path}");
        let html = String::from_utf8_lossy(response.body()).into_owned();
        assert!(html.contains(says), "{path} {accepted}: {html}");
    }
}

#[tokio::test]
async fn a_session_is_bound_to_the_seating_that_an_order_would_open_or_join() {
    let kitchen = Kitchen::open().await;
    let event = sample("table-session/session");
    let response = send(&kitchen, event.clone()).await;
    assert_contract("post", "/v1/sessions", &response);
    let (status, body) = reply(&response);
    assert_eq!(status, 201);
    assert_eq!(body["store"]["slug"], "kumo-sushi");
    assert_eq!(
        body["seating"],
        serde_json::json!({"number": 1, "open": false})
    );
    let session = SessionKeys::parse(SESSION_KEY)
        .unwrap()
        .verify(body["session"].as_str().unwrap())
        .unwrap();
    assert_eq!(
        (session.at_table(), &session.store),
        (
            Some((&TableId::parse("t1").unwrap(), 1)),
            &kitchen.sushi.key
        )
    );

    let table = TableId::parse("t1").unwrap();
    let (_, idle) = kitchen
        .store
        .table_seatings(&kitchen.sushi.key)
        .await
        .unwrap()
        .remove(0);
    let open = idle
        .order(1, kitchen.sushi.house_rule, UnixMillis(1))
        .unwrap();
    kitchen
        .store
        .move_seating(&kitchen.sushi.key, &table, &open, None)
        .await
        .unwrap();
    let (_, body) = reply(&send(&kitchen, event.clone()).await);
    assert_eq!(
        body["seating"],
        serde_json::json!({"number": 1, "open": true}),
        "joins"
    );

    let closed = open.to.close().unwrap();
    assert_eq!(closed.to.state, TableState::Idle);
    kitchen
        .store
        .move_seating(&kitchen.sushi.key, &table, &closed, None)
        .await
        .unwrap();
    let (_, body) = reply(&send(&kitchen, event).await);
    assert_eq!(
        body["seating"],
        serde_json::json!({"number": 2, "open": false}),
        "the next party"
    );
}

#[tokio::test]
async fn bodies_that_are_no_request_say_why() {
    let kitchen = Kitchen::open().await;
    for (body, status, code, why) in [
        ("{", 400, "invalid_json", "cut off"),
        ("[1]", 400, "invalid_json", "no object"),
        ("{}", 422, "invalid_field", "no code"),
        (r#"{"table_code":7}"#, 422, "invalid_field", "no text"),
        (
            r#"{"table_code":"x","admin":true}"#,
            422,
            "invalid_field",
            "more than asked",
        ),
        (
            r#"{"table_code":"x"}"#,
            404,
            "unknown_table",
            "no code at all",
        ),
        (
            &format!(r#"{{"table_code":"{}"}}"#, "x".repeat(5000)),
            413,
            "body_too_large",
            "too long",
        ),
    ] {
        let mut event = sample("table-session/session");
        event["body"] = body.into();
        let response = send(&kitchen, event).await;
        assert_contract("post", "/v1/sessions", &response);
        let (got, reply) = reply(&response);
        assert_eq!((got, reply["code"].as_str()), (status, Some(code)), "{why}");
    }
    let response = send(&kitchen, sample("table-session/session.unknown-code")).await;
    assert_eq!(reply(&response).1["code"], "unknown_table");
}

/// Exchanges table 1's code, with the session so far.
async fn renewed(kitchen: &Kitchen, before: Option<&str>) -> (Value, tabletap_session::Session) {
    let mut request = http(sample("table-session/session"));
    let body = serde_json::json!({"table_code": "code-kumo-sushi-t1-0123456789"});
    *request.body_mut() = body.to_string().into();
    if let Some(before) = before {
        request = tabletap_testkit::with_session(request, before);
    }
    let response = function(kitchen).handle(request).await.unwrap();
    assert_contract("post", "/v1/sessions", &response);
    let (status, answer) = reply(&response);
    assert_eq!(status, 201, "{answer}");
    let keys = SessionKeys::parse(SESSION_KEY).unwrap();
    let session = keys.verify(answer["session"].as_str().unwrap()).unwrap();
    (answer, session)
}

#[tokio::test]
async fn each_phone_has_an_id_of_its_own_and_keeps_it_though_its_session_has_run_out() {
    let kitchen = Kitchen::open().await;
    let (one, two) = (
        renewed(&kitchen, None).await.1,
        renewed(&kitchen, None).await.1,
    );
    assert!(one.phone().is_some());
    assert_ne!(one.phone(), two.phone());
    let expired = tabletap_session::Session {
        expires_at: UnixMillis(1),
        ..one.clone()
    };
    let token = SessionKeys::parse(SESSION_KEY).unwrap().sign(&expired);
    let again = renewed(&kitchen, Some(&token)).await.1;
    assert_eq!(
        (again.phone(), again.at_table()),
        (one.phone(), one.at_table())
    );
    let older = kitchen.session(&kitchen.sushi.key, "t1", 1, UnixMillis(1));
    assert!(
        renewed(&kitchen, Some(&older)).await.1.phone().is_some(),
        "of before phones had ids"
    );
    let elsewhere = kitchen.session(&kitchen.sushi.key, "t2", 1, UnixMillis(1));
    assert_eq!(
        renewed(&kitchen, Some(&elsewhere))
            .await
            .1
            .at_table()
            .unwrap()
            .1,
        1
    );
    assert!(
        renewed(&kitchen, Some("nonsense"))
            .await
            .1
            .phone()
            .is_some()
    );
}

#[tokio::test]
async fn a_phone_stays_with_its_followed_party_while_that_has_orders_to_pay() {
    let kitchen = Kitchen::open().await;
    let (key, now) = (&kitchen.sushi.key, UnixMillis(1_795_287_841_250));
    let order = |number: u32| format!("ord_{number:032x}");
    let coffee = kitchen.order_sushi(&order(1), "t1", now).await;
    // As if it had paid its meal before this order.
    kitchen.set_number("TABLE#t1", "paid_party", 1).await;
    kitchen.order_sushi(&order(2), "t1", now).await;
    let mine = kitchen.session(key, "t1", 1, UnixMillis(1));
    let party = async |before| renewed(&kitchen, before).await.1.at_table().unwrap().1;
    assert_eq!(
        party(None).await,
        2,
        "the next scan belongs to the next party"
    );
    assert_eq!(party(Some(&mine)).await, 1, "it has a coffee to pay");

    let (stored, _) = kitchen.store.order(key, &coffee.id).await.unwrap().unwrap();
    let ended = OrderStatus::Served;
    let ended = kitchen.store.move_order(&stored, stored.status, ended);
    ended.await.unwrap();
    assert_eq!(party(Some(&mine)).await, 2, "it has nothing to pay");
}
