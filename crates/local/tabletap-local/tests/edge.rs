//! The HTTP API: the event a function gets, and what a client gets of its answer.
#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::{
    net::SocketAddr,
    sync::{Arc, Mutex},
};

use axum::{Json, Router, extract::State, response::IntoResponse, routing::post};
use serde_json::{Value, json};
use tabletap_local::{
    bucket::Bucket,
    edge::{self, Api, site::Site},
    functions::Invoker,
    template::Template,
};
use tokio::io::{AsyncReadExt, AsyncWriteExt};

type Events = Arc<Mutex<Vec<Value>>>;
type Answers = (Events, fn(&Value) -> Option<Value>);

/// What API Gateway says by itself: its own words, and no code of the contract.
async fn assert_gateways_own(reply: reqwest::Response, status: u16, message: &str) {
    assert_eq!(reply.status(), status);
    assert_eq!(reply.headers()["content-type"], "application/json");
    let text = reply.text().await.unwrap();
    assert_eq!(text, format!(r#"{{"message":"{message}"}}"#));
}

/// Serves the HTTP API of a small template in front of a function that does as a test says.
async fn api(answer: fn(&Value) -> Option<Value>) -> (String, Events) {
    let events = Events::default();
    let functions = Router::new()
        .route("/2015-03-31/functions/{name}/invocations", post(run))
        .with_state((Arc::clone(&events), answer));
    let functions = serve(functions).await;
    (api_before(functions).await, events)
}

/// The same in front of functions at another address.
async fn api_before(functions: String) -> String {
    let template = "Resources:
  Api: {Type: AWS::Serverless::HttpApi, Properties: {CorsConfiguration: {AllowOrigins: ['https://page.example'], AllowMethods: [GET, POST], AllowHeaders: [authorization], MaxAge: 600}}}
  Thing:
    Type: AWS::Serverless::Function
    Properties:
      CodeUri: ../target/lambda/thing
      Events:
        Read: {Type: HttpApi, Properties: {Method: GET, Path: '/v1/orders/{order_id}'}}
        Fixed: {Type: HttpApi, Properties: {Method: GET, Path: /v1/orders/newest}}
        Place: {Type: HttpApi, Properties: {Method: POST, Path: /v1/orders}}
        Form: {Type: HttpApi, Properties: {Method: GET, Path: '/m/{slug}/{lang}/order'}}
";
    let template = Template::read(&[("template.yaml", template)], &|_| None).unwrap();
    let site = Site {
        published: Bucket::new("nowhere".into()),
        frontend: "nowhere".into(),
        token: String::new(),
    };
    let api = Api::new(&template, Invoker::new(functions));
    serve(edge::router(site.router(), api)).await
}

async fn serve(router: Router) -> String {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address: SocketAddr = listener.local_addr().unwrap();
    tokio::spawn(async move { axum::serve(listener, router).await });
    format!("http://{address}")
}

async fn run(
    State((events, answer)): State<Answers>,
    Json(event): Json<Value>,
) -> impl IntoResponse {
    let reply = answer(&event);
    events.lock().unwrap().push(event);
    match reply {
        Some(failed) if failed.get("errorType").is_some() => {
            ([("x-amz-function-error", "Unhandled")], Json(failed)).into_response()
        }
        Some(reply) => Json(reply).into_response(),
        None => {
            let error = Json(json!({"errorType": "Error", "errorMessage": "secret detail"}));
            ([("x-amz-function-error", "Unhandled")], error).into_response()
        }
    }
}

fn fine(_: &Value) -> Option<Value> {
    Some(
        json!({"statusCode": 200, "headers": {"x-thing": "yes"}, "cookies": ["a=1", "b=2"], "body": "e30=",
        "isBase64Encoded": true}),
    )
}

#[tokio::test]
async fn a_function_gets_the_event_api_gateway_sends() {
    let (url, events) = api(fine).await;
    let reply = reqwest::Client::new()
        .get(format!("{url}/v1/orders/ord%20_1?a=1&a=2&b=x%26y"))
        .header("accept-language", "ja")
        .header("cookie", "one=1; two=2")
        .send()
        .await
        .unwrap();
    assert_eq!(reply.status(), 200);
    assert_eq!(reply.headers()["x-thing"], "yes");
    assert_eq!(reply.headers().get_all("set-cookie").iter().count(), 2);
    assert_eq!(
        reply.text().await.unwrap(),
        "{}",
        "a base64 body is decoded"
    );

    let event = events.lock().unwrap()[0].clone();
    assert_eq!(event["version"], "2.0");
    assert_eq!(event["routeKey"], "GET /v1/orders/{order_id}");
    assert_eq!(event["pathParameters"], json!({"order_id": "ord _1"}));
    assert_eq!(event["rawQueryString"], "a=1&a=2&b=x%26y");
    assert_eq!(
        event["queryStringParameters"],
        json!({"a": "1,2", "b": "x&y"})
    );
    assert_eq!(event["cookies"], json!(["one=1", "two=2"]));
    assert_eq!(event["headers"]["accept-language"], "ja");
    assert!(event["headers"].get("cookie").is_none());
    assert_eq!(event["requestContext"]["stage"], "$default");
    assert_eq!(event["requestContext"]["http"]["method"], "GET");
    // The adapter of lambda_http is hidden from its documentation: this fails when it changes.
    let parsed: lambda_http::request::LambdaRequest = serde_json::from_value(event).unwrap();
    assert!(matches!(
        parsed,
        lambda_http::request::LambdaRequest::ApiGatewayV2(_)
    ));
}

#[tokio::test]
async fn a_functions_route_among_the_pages_goes_before_the_files() {
    let (url, events) = api(fine).await;
    for (path, status) in [("order", 200), ("", 404), ("order/", 404)] {
        let reply = reqwest::get(format!("{url}/m/kumo/en/{path}")).await;
        assert_eq!(reply.unwrap().status(), status, "{path}");
    }
    let events = events.lock().unwrap();
    assert_eq!(events.len(), 1, "files ask no function");
    assert_eq!(events[0]["routeKey"], "GET /m/{slug}/{lang}/order");
}

#[tokio::test]
async fn bodies_are_text_where_they_are_text_and_base64_elsewhere() {
    let (url, events) = api(fine).await;
    let client = reqwest::Client::new();
    let cases: [(&str, &[u8], &str, bool); 4] = [
        ("application/json", br#"{"a":1}"#, r#"{"a":1}"#, false),
        ("application/json", b"\xff{", "/3s=", true),
        ("application/octet-stream", b"abc", "YWJj", true),
        ("text/plain; charset=utf-8", "雲".as_bytes(), "雲", false),
    ];
    for (kind, body, expected, base64) in cases {
        let request = client
            .post(format!("{url}/v1/orders"))
            .header("content-type", kind);
        assert_eq!(request.body(body).send().await.unwrap().status(), 200);
        let event = events.lock().unwrap().last().cloned().unwrap();
        assert_eq!(
            (event["body"].as_str(), event["isBase64Encoded"].as_bool()),
            (Some(expected), Some(base64))
        );
    }
}

#[tokio::test]
async fn a_fixed_segment_wins_over_a_parameter_and_unknown_routes_are_404() {
    let (url, events) = api(fine).await;
    let client = reqwest::Client::new();
    client
        .get(format!("{url}/v1/orders/newest"))
        .send()
        .await
        .unwrap();
    assert_eq!(
        events.lock().unwrap()[0]["routeKey"],
        "GET /v1/orders/newest"
    );
    for (method, path) in [
        ("GET", "/v1/other"),
        ("DELETE", "/v1/orders"),
        ("GET", "/v1/orders/"),
        ("GET", "/v1/orders/a/b"),
    ] {
        let reply = client
            .request(method.parse().unwrap(), format!("{url}{path}"))
            .send()
            .await
            .unwrap();
        assert_gateways_own(reply, 404, "Not Found").await;
    }
    assert_eq!(
        events.lock().unwrap().len(),
        1,
        "no function was invoked for them"
    );
}

#[tokio::test]
async fn every_body_is_read_to_its_end_and_answered_also_where_nobody_wants_it() {
    let (url, events) = api(fine).await;
    let client = reqwest::Client::new();
    let too_large = "Request Entity Too Large";
    for (method, path, megabytes, status, message) in [
        ("POST", "/v1/orders", 7, 413, too_large),
        ("POST", "/v1/orders", 11, 413, too_large),
        ("POST", "/v1/other", 5, 404, "Not Found"),
        ("POST", "/v1/other", 9, 413, too_large),
        ("PUT", "/menus/kumo/en.json", 9, 413, too_large),
    ] {
        let request = client.request(method.parse().unwrap(), format!("{url}{path}"));
        let request = request.header("content-type", "text/plain");
        let reply = request.body(vec![b'a'; megabytes * 1024 * 1024]);
        assert_gateways_own(reply.send().await.unwrap(), status, message).await;
    }
    let page = client.put(format!("{url}/menus/kumo/en.json"));
    let reply = page.body(vec![b'a'; 5 * 1024 * 1024]).send().await.unwrap();
    assert_eq!(reply.status(), 405, "a page can only be read");
    assert!(events.lock().unwrap().is_empty(), "no function was invoked");
}

#[tokio::test]
async fn what_can_only_be_read_says_so_in_the_shape_of_the_contract() {
    let (url, _) = api(fine).await;
    let reply = reqwest::Client::new()
        .delete(format!("{url}/m/kumo/en/"))
        .send()
        .await
        .unwrap();
    assert_eq!(reply.status(), 405);
    assert_eq!(reply.headers()["allow"], "GET,HEAD");
    assert_eq!(
        reply.json::<Value>().await.unwrap(),
        json!({"code": "method_not_allowed", "field": null, "message": "This address can only be read."})
    );
}

#[tokio::test]
async fn head_reaches_no_route_as_at_api_gateway() {
    let (url, events) = api(fine).await;
    let head = reqwest::Client::new().head(format!("{url}/v1/orders/x"));
    assert_eq!(head.send().await.unwrap().status(), 404);
    assert!(events.lock().unwrap().is_empty(), "no function was invoked");
}

#[tokio::test]
async fn a_request_without_a_host_or_with_one_that_is_none_is_refused() {
    let (url, events) = api(fine).await;
    for host in ["", "host: \r\n", "host: a b\r\n", "host: <script>\r\n"] {
        let mut stream = tokio::net::TcpStream::connect(url.trim_start_matches("http://"))
            .await
            .unwrap();
        let request = format!("GET /v1/orders/x HTTP/1.1\r\n{host}connection: close\r\n\r\n");
        stream.write_all(request.as_bytes()).await.unwrap();
        let mut reply = String::new();
        stream.read_to_string(&mut reply).await.unwrap();
        assert!(reply.starts_with("HTTP/1.1 400 "), "{host:?}: {reply}");
        assert!(
            reply.contains("The request has no valid host."),
            "{host:?}: {reply}"
        );
    }
    assert!(events.lock().unwrap().is_empty(), "no function was invoked");
}

#[tokio::test]
async fn a_function_that_fails_is_a_500_without_its_reason() {
    let (failing, _) = api(|_| None).await;
    let (unclear, _) = api(|_| Some(json!({"statusCode": "fine"}))).await;
    for url in [failing, unclear] {
        let reply = reqwest::get(format!("{url}/v1/orders/x")).await.unwrap();
        assert_gateways_own(reply, 500, "Internal Server Error").await;
    }
}

#[tokio::test]
async fn functions_that_cannot_be_reached_are_a_503() {
    // Nothing listens on a port that was taken and given back.
    let taken = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let nowhere = format!("http://{}", taken.local_addr().unwrap());
    drop(taken);
    let url = api_before(nowhere).await;
    let reply = reqwest::get(format!("{url}/v1/orders/x")).await.unwrap();
    assert_gateways_own(reply, 503, "Service Unavailable").await;
}

#[tokio::test]
async fn only_the_templates_origins_may_call_from_a_browser() {
    let (url, _) = api(fine).await;
    let client = reqwest::Client::new();
    for (origin, allowed) in [
        ("https://page.example", true),
        ("https://evil.example", false),
    ] {
        let preflight = client
            .request(reqwest::Method::OPTIONS, format!("{url}/v1/orders"))
            .header("origin", origin)
            .header("access-control-request-method", "POST");
        let reply = preflight.send().await.unwrap();
        assert_eq!(reply.status(), 204);
        assert_eq!(
            reply.headers().contains_key("access-control-allow-origin"),
            allowed,
            "{origin}"
        );
        let reply = client
            .get(format!("{url}/v1/orders/x"))
            .header("origin", origin)
            .send()
            .await
            .unwrap();
        assert_eq!(
            reply.headers().contains_key("access-control-allow-origin"),
            allowed,
            "{origin}"
        );
    }
}

#[tokio::test]
async fn a_function_that_runs_out_of_time_is_asked_again_a_moment_later() {
    let slow = |_: &Value| {
        Some(
            json!({"errorType": "Sandbox.Timedout", "errorMessage": "Task timed out after 10 seconds"}),
        )
    };
    let (url, _) = api(slow).await;
    let reply = reqwest::get(format!("{url}/v1/orders/newest")).await;
    let reply = reply.unwrap();
    assert_eq!(reply.status(), 503);
    assert_eq!(reply.headers()["retry-after"], "1");
    let body: Value = reply.json().await.unwrap();
    assert_eq!(body, json!({"message": "Service Unavailable"}));
}
