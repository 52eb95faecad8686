//! Requests as pages, other machines and this one send them, and what the guard says of each.
#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use axum::body::Body;

use super::*;

const TOKEN_OF_RUN: &str = "of-this-run";
const HERE: &str = "127.0.0.1";
const PHONE: &str = "192.0.2.50";

fn rules(host: &str, shares_console: bool) -> Rules {
    Rules {
        token: TOKEN_OF_RUN.to_owned(),
        host: host.parse().unwrap(),
        shares_console,
        access: |_| Access::Holder,
    }
}

fn request(method: &str, uri: &str, headers: &[(&str, &str)]) -> Request {
    let mut request = Request::builder().method(method).uri(uri);
    for (name, value) in headers {
        request = request.header(*name, *value);
    }
    request.body(Body::empty()).unwrap()
}

fn judged(rules: &Rules, access: Access, from: &str, request: &Request) -> Result<(), Refusal> {
    rules.judge(access, request, from.parse().ok())
}

#[expect(clippy::too_many_lines, reason = "a table of cases")]
#[test]
fn what_a_page_of_elsewhere_can_send_is_refused_before_its_token_is_looked_at() {
    use Refusal::{Host, Origin, Token};
    let token = (TOKEN, TOKEN_OF_RUN);
    let own = ("host", "localhost:8080");
    for (headers, refusal, why) in [
        (vec![], Host, "no host"),
        (
            vec![("host", "evil.example:8080"), token],
            Host,
            "a name of its own that leads here",
        ),
        (
            vec![("host", "localhost.evil.example"), token],
            Host,
            "a name that begins as ours",
        ),
        (
            vec![("host", "192.0.2.7:8080"), token],
            Host,
            "an address of elsewhere",
        ),
        (
            vec![("host", "0.0.0.0:8080"), token],
            Host,
            "the address of nobody",
        ),
        (
            vec![own, ("host", "evil.example"), token],
            Host,
            "two hosts",
        ),
        (
            vec![own, ("origin", "http://evil.example"), token],
            Origin,
            "another origin",
        ),
        (
            vec![own, ("origin", "http://localhost:3000"), token],
            Origin,
            "another port",
        ),
        (
            vec![own, ("origin", "https://localhost:8080"), token],
            Origin,
            "another scheme",
        ),
        (
            vec![own, ("origin", "null"), token],
            Origin,
            "a sandboxed page",
        ),
        (
            vec![own, ("sec-fetch-site", "cross-site"), token],
            Origin,
            "a picture, which sends no origin",
        ),
        (
            vec![own, ("sec-fetch-site", "same-site"), token],
            Origin,
            "a page of another port",
        ),
        (
            vec![
                own,
                ("sec-fetch-site", "cross-site"),
                ("sec-fetch-mode", "navigate"),
                ("sec-fetch-dest", "document"),
                token,
            ],
            Origin,
            "a link to what needs the token",
        ),
        (vec![own], Token, "no token"),
        (
            vec![own, (TOKEN, "of-yesterday")],
            Token,
            "the token of another run",
        ),
        (vec![own, (TOKEN, "")], Token, "an empty token"),
        (
            vec![
                own,
                (
                    "authorization",
                    "AWS4-HMAC-SHA256 Credential=local/20260101/us-east-1/dynamodb/aws4_request",
                ),
            ],
            Token,
            "a key that is not the token",
        ),
    ] {
        for uri in ["/local/faults", "/local/faults?token=of-this-run"] {
            let method = "POST";
            let judged = judged(
                &rules("127.0.0.1", false),
                Access::Holder,
                HERE,
                &request(method, uri, &headers),
            );
            assert_eq!(judged, Err(refusal), "{why}: {uri}");
        }
    }
}

#[test]
fn this_machine_with_the_token_is_let_in_by_each_of_its_names() {
    let rules = rules("0.0.0.0", false);
    let signed = "AWS4-HMAC-SHA256 Credential=of-this-run/20260101/us-east-1/dynamodb/aws4_request, SignedHeaders=host";
    for host in [
        "localhost:8080",
        "LOCALHOST",
        "127.0.0.1:8080",
        "[::1]:8080",
    ] {
        for (name, value) in [(TOKEN, TOKEN_OF_RUN), ("authorization", signed)] {
            let request = request("POST", "/local/faults", &[("host", host), (name, value)]);
            assert_eq!(
                judged(&rules, Access::Holder, HERE, &request),
                Ok(()),
                "{host} {name}"
            );
        }
        let read = request(
            "GET",
            "/local/mail?size=a6&token=of-this-run",
            &[("host", host)],
        );
        assert_eq!(
            judged(&rules, Access::Holder, "::ffff:127.0.0.1", &read),
            Ok(()),
            "{host}"
        );
    }
}

#[test]
fn other_machines_get_what_is_for_guests_and_the_rest_only_where_it_is_shared() {
    use Access::{Anyone, Guest, Holder, Machine};
    let lan = ("host", "192.0.2.7:8080");
    for (access, host, shares, expected) in [
        (Anyone, "0.0.0.0", false, Ok(())),
        (Guest, "0.0.0.0", false, Ok(())),
        (Machine, "0.0.0.0", false, Err(Refusal::Host)),
        (Holder, "0.0.0.0", false, Err(Refusal::Host)),
        (Machine, "0.0.0.0", true, Ok(())),
        (Holder, "0.0.0.0", true, Ok(())),
        (Guest, "192.0.2.7", false, Ok(())),
        (Machine, "192.0.2.7", false, Err(Refusal::Peer)),
        (Holder, "192.0.2.7", false, Err(Refusal::Peer)),
    ] {
        let asked = request("GET", "/x", &[lan, (TOKEN, TOKEN_OF_RUN)]);
        let judged = judged(&rules(host, shares), access, PHONE, &asked);
        assert_eq!(judged, expected, "{access:?} at {host}, shared: {shares}");
    }
    // By our own name, which every machine can write into a request.
    let asked = request("GET", "/x", &[("host", "localhost"), (TOKEN, TOKEN_OF_RUN)]);
    let judged_as = |from| rules("0.0.0.0", false).judge(Holder, &asked, from);
    assert_eq!(judged_as(PHONE.parse().ok()), Err(Refusal::Peer));
    assert_eq!(judged_as(None), Err(Refusal::Peer), "nobody knows who");
    // A name that somebody else made lead here is none of ours for guests either.
    let rebound = request("GET", "/pay/1", &[("host", "evil.example:9000")]);
    assert_eq!(
        judged(&rules("0.0.0.0", false), Guest, HERE, &rebound),
        Err(Refusal::Host)
    );
}

#[test]
fn a_link_opens_a_page_and_a_form_of_elsewhere_pays_nothing() {
    let link = [
        ("host", "localhost:9000"),
        ("sec-fetch-site", "cross-site"),
        ("sec-fetch-mode", "navigate"),
        ("sec-fetch-dest", "document"),
    ];
    let rules = rules("127.0.0.1", false);
    for access in [Access::Guest, Access::Machine] {
        let opened = request("GET", "/pay/1", &link);
        assert_eq!(judged(&rules, access, HERE, &opened), Ok(()), "{access:?}");
        let sent = request("POST", "/pay/1", &link);
        assert_eq!(judged(&rules, access, HERE, &sent), Err(Refusal::Origin));
    }
    let own = [
        ("host", "localhost:9000"),
        ("origin", "http://localhost:9000"),
        ("sec-fetch-site", "same-origin"),
    ];
    let paid = request("POST", "/pay/1", &own);
    assert_eq!(judged(&rules, Access::Guest, HERE, &paid), Ok(()));
}
