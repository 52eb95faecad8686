//! The address that stickers lead to: whatever is wrong with it is printed, stuck to tables and found by guests.

use crate::trial::is_trial;
use std::{fmt, str::FromStr};

/// Scheme, host and port of a URL, e.g. `https://menu.kumo.example`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Origin(String);

/// Text that no sticker may lead to.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("`{text}` cannot be printed on stickers: {problem}; {hint}")]
pub struct InvalidOrigin {
    text: String,
    problem: &'static str,
    hint: String,
}

impl Origin {
    /// The address without a last slash.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for Origin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl FromStr for Origin {
    type Err = InvalidOrigin;

    fn from_str(text: &str) -> Result<Self, InvalidOrigin> {
        let origin = text.trim().trim_end_matches('/');
        let Some(problem) = problem_of(origin) else {
            return Ok(Self(origin.to_owned()));
        };
        let authority = origin.split_once("://").map_or(origin, |(_, rest)| rest);
        let host = authority.split(['/', '?', '#']).next().unwrap_or_default();
        let meant = format!("https://{host}");
        let hint = match problem_of(&meant) {
            None => format!("write `{meant}`"),
            Some(_) => "write an address such as `https://menu.example.com`".to_owned(),
        };
        Err(InvalidOrigin {
            text: text.to_owned(),
            problem,
            hint,
        })
    }
}

fn problem_of(origin: &str) -> Option<&'static str> {
    let (scheme, authority) = match origin.split_once("://") {
        Some((scheme @ ("https" | "http"), authority)) => (scheme, authority),
        _ => return Some("it does not begin with https://"),
    };
    if authority.contains(['/', '?', '#']) {
        return Some("a path, query or fragment follows its host");
    }
    if !is_authority(authority) {
        return Some("it has no valid host");
    }
    let own = format!("https://{authority}");
    (scheme == "http" && !is_trial(&own)).then_some("phones warn of addresses without https")
}

/// A host, and a port if need be.
fn is_authority(authority: &str) -> bool {
    if let Some((address, port)) = authority
        .strip_prefix('[')
        .and_then(|rest| rest.split_once(']'))
    {
        let is_port = port.is_empty() || port.strip_prefix(':').is_some_and(is_port);
        return address.parse::<std::net::Ipv6Addr>().is_ok() && is_port;
    }
    let (host, is_port) = match authority.split_once(':') {
        Some((host, port)) => (host, is_port(port)),
        None => (authority, true),
    };
    let is_label = |label: &str| {
        !label.is_empty()
            && label.chars().all(|c| c.is_alphanumeric() || c == '-')
            && !label.starts_with('-')
            && !label.ends_with('-')
    };
    is_port
        && host
            .strip_suffix('.')
            .unwrap_or(host)
            .split('.')
            .all(is_label)
}

fn is_port(text: &str) -> bool {
    text.bytes().all(|byte| byte.is_ascii_digit()) && text.parse::<u16>().is_ok_and(|port| port > 0)
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "a test fails by panicking")]
    use super::*;

    #[test]
    fn an_address_is_a_host_behind_https_and_nothing_else() {
        for (text, printed, why) in [
            (
                "https://menu.kumo.example",
                "https://menu.kumo.example",
                "a domain",
            ),
            (
                "https://menu.kumo.example/",
                "https://menu.kumo.example",
                "a last slash",
            ),
            (
                "https://menu.kumo.example:8443",
                "https://menu.kumo.example:8443",
                "a port",
            ),
            (
                "http://localhost:8080",
                "http://localhost:8080",
                "this machine, for a trial",
            ),
            (
                "http://192.168.1.20:8080",
                "http://192.168.1.20:8080",
                "the network, for a trial",
            ),
            (
                "http://[fe80::1]:8080",
                "http://[fe80::1]:8080",
                "the same, in IPv6",
            ),
            (
                "https://speisekarte-müller.example",
                "https://speisekarte-müller.example",
                "umlauts",
            ),
        ] {
            assert_eq!(text.parse::<Origin>().unwrap().as_str(), printed, "{why}");
        }
    }

    #[test]
    fn what_leads_nowhere_is_refused_with_what_was_meant() {
        for (text, hint, why) in [
            (
                "menu.kumo.example",
                "write `https://menu.kumo.example`",
                "no scheme",
            ),
            (
                "//menu.kumo.example",
                "such as `https://menu.example.com`",
                "half of one",
            ),
            (
                "http://menu.kumo.example",
                "write `https://menu.kumo.example`",
                "phones warn of it",
            ),
            (
                "HTTPS://menu.kumo.example",
                "write `https://menu.kumo.example`",
                "capitals",
            ),
            (
                "https://kumo.example/menu",
                "write `https://kumo.example`",
                "a path",
            ),
            (
                "https://kumo.example?x=1",
                "write `https://kumo.example`",
                "a query",
            ),
            (
                "https://kumo.example#menu",
                "write `https://kumo.example`",
                "a fragment",
            ),
            ("https://ada@kumo.example", "such as", "a user"),
            ("https://kumo example", "such as", "a space"),
            ("https://kumo..example", "such as", "an empty label"),
            ("https://kumo.example:99999", "such as", "no port"),
            (
                "ftp://kumo.example",
                "write `https://kumo.example`",
                "another scheme",
            ),
            ("https://", "such as", "no host"),
            ("", "such as", "nothing"),
        ] {
            let refused = text.parse::<Origin>().unwrap_err().to_string();
            assert!(refused.contains(hint), "{why}: {refused}");
        }
    }
}
