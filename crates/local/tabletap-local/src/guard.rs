//! Who may ask a listener of this program what.
//!
//! Guests' pages and the API are open to everybody. Everything else belongs to the person at this machine. A web page that is open in that
//! person's browser is a stranger: it can send requests to any port of this machine, and with a host name that it points here (DNS
//! rebinding) it can read the answers. So everything else answers only to this machine, under this machine's names, and never to a page
//! of another origin. Whatever changes something or reveals a secret also needs the token of this run. The console finds the token in
//! its own page, the command line and the parts find it in `run.json`.

use std::{
    net::{IpAddr, SocketAddr},
    sync::Arc,
};

use axum::{
    Router,
    extract::{ConnectInfo, Request, State},
    http::{HeaderMap, Method, StatusCode, header, uri::Authority},
    middleware::{self, Next},
    response::Response,
};
use sha2::{Digest, Sha256};

use crate::replies::refuse;

/// The header that carries the token.
pub const TOKEN: &str = "x-tabletap-token";
/// The parameter that carries it where a browser sends no header of ours: pictures, frames, links and event streams.
const PARAMETER: &str = "token";

/// Where the Invoke API has its functions.
const INVOKED: &str = "/2015-03-31/functions/";

/// Whom an address answers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Access {
    /// Everybody, by whatever name.
    Anyone,
    /// Guests, by the names they were given, and no page of elsewhere.
    Guest,
    /// This machine only.
    Machine,
    /// This machine only, with the token.
    Holder,
}

/// What a listener lets in.
#[derive(Clone, Debug)]
pub struct Guard(Arc<Rules>);

#[derive(Debug)]
struct Rules {
    token: String,
    /// The address that guests connect to.
    host: IpAddr,
    shares_console: bool,
    access: fn(&str) -> Access,
}

/// Why a request is refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Refusal {
    Host,
    Peer,
    Origin,
    Token,
}

impl Guard {
    /// The guard of a listener that only this program calls: nothing without the token. One path is for tools: `cargo lambda invoke`
    /// calls a function and can send no header. It is answered to programs of this machine, and to no page that a browser shows.
    #[must_use]
    pub fn of_part(token: &str) -> Self {
        let host = IpAddr::V4(std::net::Ipv4Addr::LOCALHOST);
        Self::new(token, host, false, |path| match path.starts_with(INVOKED) {
            true => Access::Machine,
            false => Access::Holder,
        })
    }

    /// The guard of a listener on `host` whose addresses answer as `access` says of their paths. Where the console is shared, other
    /// machines are let in as this one is.
    #[must_use]
    pub fn new(
        token: &str,
        host: IpAddr,
        shares_console: bool,
        access: fn(&str) -> Access,
    ) -> Self {
        Self(Arc::new(Rules {
            token: token.to_owned(),
            host,
            shares_console,
            access,
        }))
    }

    /// `router` behind this guard.
    pub fn before(self, router: Router) -> Router {
        router.layer(middleware::from_fn_with_state(self, check))
    }
}

async fn check(State(guard): State<Guard>, request: Request, next: Next) -> Response {
    let rules = &guard.0;
    let peer = request.extensions().get::<ConnectInfo<SocketAddr>>();
    let access = (rules.access)(request.uri().path());
    match rules.judge(access, &request, peer.map(|peer| peer.0.ip())) {
        Ok(()) => next.run(request).await,
        Err(refusal) => {
            // A page of elsewhere may try often.
            tracing::debug!(?refusal, path = request.uri().path(), "refused");
            refusal.response()
        }
    }
}

impl Rules {
    fn judge(
        &self,
        access: Access,
        request: &Request,
        peer: Option<IpAddr>,
    ) -> Result<(), Refusal> {
        if access == Access::Anyone {
            return Ok(());
        }
        let for_guests = access == Access::Guest || self.shares_console;
        let host = host(request).filter(|host| self.knows(host, for_guests));
        let host = host.ok_or(Refusal::Host)?;
        if !for_guests && !peer.is_some_and(|peer| self.is_here(peer.to_canonical())) {
            return Err(Refusal::Peer);
        }
        let is_link = access != Access::Holder && is_navigation(request);
        if !is_link && is_foreign(request.headers(), &host) {
            return Err(Refusal::Origin);
        }
        if access == Access::Holder && !self.is_holder(request) {
            return Err(Refusal::Token);
        }
        Ok(())
    }

    /// Whether `host` is this machine by a name that nobody else can point here. DNS rebinding needs a host name, so guests may use any
    /// bare address.
    fn knows(&self, host: &Authority, for_guests: bool) -> bool {
        let name = host.host();
        if name.eq_ignore_ascii_case("localhost") {
            return true;
        }
        let number = name.trim_start_matches('[').trim_end_matches(']');
        let Ok(number) = number.parse::<IpAddr>() else {
            return false;
        };
        number.is_loopback()
            || number == self.host && !number.is_unspecified()
            || for_guests && self.host.is_unspecified()
    }

    /// Whether the request comes from this machine. A program that listens on one address of its network only sees its own machine come from
    /// that address.
    fn is_here(&self, peer: IpAddr) -> bool {
        peer.is_loopback() || peer == self.host
    }

    fn is_holder(&self, request: &Request) -> bool {
        let headers = request.headers();
        let text = |name: &str| headers.get(name).and_then(|value| value.to_str().ok());
        // The SDK signs with the token as the id of its key.
        let key = text("authorization")
            .and_then(|signed| signed.strip_prefix("AWS4-HMAC-SHA256 Credential="))
            .and_then(|rest| rest.split_once('/'))
            .map(|(key, _)| key);
        let is_read = matches!(*request.method(), Method::GET | Method::HEAD);
        let parameter = request.uri().query().filter(|_| is_read).and_then(|query| {
            let mut pairs = query.split('&').filter_map(|pair| pair.split_once('='));
            pairs.find(|(name, _)| *name == PARAMETER)
        });
        let given = [text(TOKEN), key, parameter.map(|(_, value)| value)];
        given
            .into_iter()
            .flatten()
            .any(|given| self.is_token(given))
    }

    /// Digests are compared, so the time it takes says nothing of the token.
    fn is_token(&self, given: &str) -> bool {
        !self.token.is_empty() && Sha256::digest(given) == Sha256::digest(&self.token)
    }
}

/// The one host that a request names; none where it names none, several, or different ones.
fn host(request: &Request) -> Option<Authority> {
    let mut named = request.headers().get_all(header::HOST).iter();
    let host: Authority = named.next()?.to_str().ok()?.parse().ok()?;
    let is_one = named.next().is_none() && request.uri().authority().is_none_or(|of| *of == host);
    is_one.then_some(host)
}

/// A link that a person followed to a page: what it shows stays unreadable to where the link stood.
fn is_navigation(request: &Request) -> bool {
    let is = |name: &str, wanted: &str| {
        let value = request.headers().get(name);
        value.is_some_and(|value| value == wanted)
    };
    *request.method() == Method::GET
        && !request.headers().contains_key(header::ORIGIN)
        && is("sec-fetch-mode", "navigate")
        && is("sec-fetch-dest", "document")
}

/// Whether a page of another origin had this sent. Browsers say so in one or both of these headers, and let no page change them.
fn is_foreign(headers: &HeaderMap, host: &Authority) -> bool {
    let own = format!("http://{host}");
    let origins = headers.get_all(header::ORIGIN).iter();
    let is_elsewhere = origins
        .map(|origin| origin.to_str().unwrap_or_default())
        .any(|origin| !origin.eq_ignore_ascii_case(&own));
    let sites = headers.get_all("sec-fetch-site").iter();
    is_elsewhere
        || sites
            .map(|site| site.as_bytes())
            .any(|site| !matches!(site, b"same-origin" | b"none"))
}

impl Refusal {
    fn response(self) -> Response {
        let (code, sentence) = match self {
            Self::Host => (
                "unknown_host",
                "This address answers under this machine's own name only: use localhost.",
            ),
            Self::Peer => (
                "other_machine",
                "This address answers on its own machine only. `tabletap run --share-console` opens it to the network.",
            ),
            Self::Origin => (
                "other_origin",
                "A page of another origin asked for this. Only TableTap's own pages may.",
            ),
            Self::Token => (
                "token_missing",
                "This needs the token of this run: open it from the console, or send the `token` of run.json in the header x-tabletap-token.",
            ),
        };
        refuse(StatusCode::FORBIDDEN, code, sentence)
    }
}

#[cfg(test)]
mod tests;
