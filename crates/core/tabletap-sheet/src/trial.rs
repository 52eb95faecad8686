//! Recognises addresses that the restaurant does not own. A sticker must lead to its menu for years.

use std::net::IpAddr;

/// Endings of hosts that belong to a machine, a network or a hosting provider.
const FOREIGN_HOSTS: &[&str] = &[
    ".localhost",
    ".local",
    ".lan",
    ".internal",
    ".home.arpa",
    ".test",
    ".invalid",
    ".cloudfront.net",
    ".amazonaws.com",
    ".on.aws",
    ".awsapprunner.com",
    ".amplifyapp.com",
    ".trycloudflare.com",
    ".pages.dev",
    ".ngrok.io",
    ".ngrok-free.app",
];

/// Whether the address of `url` is one that the restaurant does not own, so that its stickers are for a trial. Only `https://` can be its
/// own: without it a code leads nowhere, or phones warn of it.
#[must_use]
pub fn is_trial(url: &str) -> bool {
    let host = host_of(url).to_ascii_lowercase();
    let bare = host.trim_matches(['[', ']']);
    !url.starts_with("https://")
        || bare.parse::<IpAddr>().is_ok()
        || !host.contains('.')
        || FOREIGN_HOSTS.iter().any(|end| host.ends_with(end))
}

/// The host in a URL, without its port.
pub(crate) fn host_of(url: &str) -> &str {
    let rest = url.split_once("://").map_or(url, |(_, rest)| rest);
    let authority = rest.split(['/', '?', '#']).next().unwrap_or_default();
    match authority.rsplit_once(':') {
        Some((host, port))
            if !host.is_empty() && port.bytes().all(|byte| byte.is_ascii_digit()) =>
        {
            host
        }
        _ => authority,
    }
    .trim_end_matches('.')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_an_address_of_the_restaurants_own_is_no_trial() {
        for (url, trial, why) in [
            ("http://localhost:8080/t/x", true, "this machine"),
            (
                "http://192.168.1.20:8080",
                true,
                "an address of the network",
            ),
            ("http://[fe80::1]:8080/t/x", true, "the same, in IPv6"),
            ("http://[::1]", true, "without a port"),
            (
                "https://d111abcdef8.cloudfront.net/t/x",
                true,
                "the provider's own name",
            ),
            (
                "https://x.execute-api.eu-central-1.amazonaws.com",
                true,
                "the API's own name",
            ),
            (
                "https://CAFE.Trycloudflare.com./t/x",
                true,
                "case and a last dot",
            ),
            ("http://kitchen-pc:8080", true, "a name of the network"),
            ("https://menu.kumo.example/t/x", false, "a domain"),
            (
                "https://notcloudfront.net",
                false,
                "a domain that only ends alike",
            ),
            ("menu.kumo.example/t/x", true, "a code that is no link"),
            ("http://menu.kumo.example/t/x", true, "phones warn of it"),
        ] {
            assert_eq!(is_trial(url), trial, "{url}: {why}");
        }
    }
}
