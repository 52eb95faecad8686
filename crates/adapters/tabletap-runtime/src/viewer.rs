//! Where a request comes from, as far as our own edge says it.
//!
//! The distribution appends its viewer's address to `x-forwarded-for`, and the gateway behind it appends the distribution's: the last but
//! one is the viewer, and whatever a client claims stands before it. Without a distribution the gateway's own word counts.
//! See Amazon CloudFront, "Request and response behavior for custom origins".
//!
//! The address itself is kept nowhere: callers digest what they get, and log nothing of it.

use lambda_http::{Request, RequestExt, request::RequestContext};
use std::net::IpAddr;

/// The network a request comes from: the first 24 bits of an IPv4 address, or the first 56 of an IPv6 address, about what one household
/// or office has.
#[must_use]
pub fn network(request: &Request) -> Option<String> {
    let forwarded = request.headers().get("x-forwarded-for");
    let forwarded = forwarded.and_then(|value| value.to_str().ok());
    let last_but_one = forwarded.and_then(|list| list.rsplit(',').nth(1));
    match last_but_one {
        Some(viewer) => network_of(viewer),
        None => match request.request_context_ref() {
            Some(RequestContext::ApiGatewayV2(context)) => {
                network_of(context.http.source_ip.as_deref()?)
            }
            _ => None,
        },
    }
}

fn network_of(address: &str) -> Option<String> {
    let address: IpAddr = address.trim().parse().ok()?;
    Some(match address.to_canonical() {
        IpAddr::V4(address) => {
            let [a, b, c, _] = address.octets();
            format!("{a}.{b}.{c}.0/24")
        }
        IpAddr::V6(address) => {
            let [a, b, c, d, ..] = address.segments();
            format!("{a:x}:{b:x}:{c:x}:{:x}::/56", d & 0xff00)
        }
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use lambda_http::http::HeaderValue;

    #[test]
    fn the_viewer_is_who_the_distribution_names_and_never_who_the_client_claims() {
        for (forwarded, network, why) in [
            (
                "203.0.113.7, 130.176.1.2",
                Some("203.0.113.0/24"),
                "behind the distribution",
            ),
            (
                "1.2.3.4, 203.0.113.7, 130.176.1.2",
                Some("203.0.113.0/24"),
                "with a claim before it",
            ),
            (
                "2001:db8:1:ab12::7, 130.176.1.2",
                Some("2001:db8:1:ab00::/56"),
                "IPv6",
            ),
            (
                "::ffff:203.0.113.7, 130.176.1.2",
                Some("203.0.113.0/24"),
                "IPv4 in IPv6",
            ),
            ("nobody, 130.176.1.2", None, "no address"),
            ("203.0.113.7", None, "nobody says whose word it is"),
        ] {
            let mut request = Request::default();
            let value = HeaderValue::from_static(forwarded);
            request.headers_mut().insert("x-forwarded-for", value);
            assert_eq!(super::network(&request).as_deref(), network, "{why}");
        }
    }
}
