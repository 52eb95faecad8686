//! The scan of a sticker, the session that follows, and when takeout can be picked up. All read; none writes anything.
//!
//! `GET /t/{table_code}` sends the phone to the store's page, whose own address keeps the code; `POST /v1/sessions` answers with a signed
//! session for the seating that an order would open or join now, or for a takeout order; `GET /v1/stores/{slug}/pickup` says whether the
//! kitchen is open and which slots are free. `GET /m/…` is asked for where no page is published: it leads to the store's menu, or says
//! that there is no page. Contract: `docs/openapi.yaml`.
//!
//! - Started by: `GET /t/{table_code}`, `POST /v1/sessions`, `GET /v1/stores/{slug}/pickup`; `GET /m/…` where the site has no page
//! - Reads: table code, store, table, an earlier party's open orders; slug, store, slots
//! - Writes: nothing
//! - Emits: –
//! - When it fails: the guest scans again, or reloads the page

mod address;
mod lost;
mod pickup;

pub use tabletap_guest::ScanConfig as Config;

use aws_config::SdkConfig;
use lambda_http::{Body, Error, Request, RequestExt, Response, http::Method};
use tabletap_domain::{Lang, Slug, seating::TableState, store::StoreConfig, time::UnixMillis};
use tabletap_guest::{
    BODY_BYTES_MAX, Reason, Refusal, Scanner, accepted, answer, choose, log_store,
};
use tabletap_runtime::{clock, reply};
use tabletap_session::SessionKeys;
use tabletap_store::{Store, StoreError};
use tabletap_wire::{
    body::object,
    session::{AT_TABLE, SeatingView, SessionReply, SessionRequest, StoreView, TAKEOUT, TableView},
};

/// The function.
#[derive(Clone, Debug)]
pub struct TableSession {
    store: Store,
    keys: SessionKeys,
    scanner: Scanner,
}

impl TableSession {
    /// Opens nothing: see [`TableSession::warm_up`].
    #[must_use]
    pub fn new(config: Config, sdk: &SdkConfig) -> Self {
        let store = Store::from_sdk(sdk, config.guest.table_name);
        Self {
            scanner: Scanner::new(store.clone(), config.session_ttl),
            store,
            keys: config.guest.session_keys,
        }
    }

    /// Opens the connection to the database, so that no scan pays for it. Any answer will do.
    pub async fn warm_up(&self) {
        let _ = self.store.warm_up().await;
    }

    /// Answers one request.
    ///
    /// # Errors
    /// None: what goes wrong is a reply.
    pub async fn handle(&self, request: Request) -> Result<Response<Body>, Error> {
        let now = UnixMillis(clock::now_ms());
        answer(&request, self.answer(&request, now)).await
    }

    async fn answer(&self, request: &Request, now: UnixMillis) -> Result<Response<Body>, Refusal> {
        let path = request.uri().path();
        if request.method() == Method::POST {
            return match path {
                "/v1/sessions" => Ok(reply::json(201, &self.start_session(request, now).await?)),
                _ => Err(Reason::NotFound.into()),
            };
        }
        if let Some(slug) = pickup::slug_in(path) {
            let found = self.pickup(slug, now).await?;
            return Ok(pickup::cached(reply::json(200, &found)));
        }
        let query = request.query_string_parameters_ref();
        let asked = query.and_then(|query| query.first("lang"));
        let accepted = accepted(request.headers());
        let is_scan = !path.starts_with("/m/");
        let followed = match path.strip_prefix("/t/") {
            Some(code) => self.follow(code, asked, accepted).await,
            None if !is_scan => self.find_page(path, asked, accepted).await,
            None => Err(Reason::NotFound.into()),
        };
        match followed {
            // Nobody but a person asks for a page that is not there, and the distribution does not pass on what they accept.
            Err(refusal) if !is_scan || lost::wants_html(request.headers()) => {
                Ok(lost::page(refusal.status(), is_scan, asked, accepted))
            }
            followed => followed.map(|location| reply::redirect(&location)),
        }
    }

    /// The menu's page in the guest's language, for an address that names a store and no page of it.
    async fn find_page(
        &self,
        path: &str,
        asked: Option<&str>,
        accepted: &str,
    ) -> Result<String, Refusal> {
        let address::Wanted::Menu(slug, named) = address::wanted(path) else {
            return Err(Reason::NotFound.into());
        };
        let slug = Slug::parse(slug).map_err(|_| Reason::UnknownStore)?;
        let store = self.store.store_by_slug(&slug).await?;
        let store = store.ok_or(Reason::UnknownStore)?;
        log_store(&store.key);
        if named.is_some_and(|named| store.languages.iter().any(|lang| lang.as_str() == named)) {
            // It is about to be published: asked for again, it would lead here again.
            return Err(StoreError::Unavailable.into());
        }
        let lang = choose(&store.languages, Lang::as_str, asked.or(named), accepted);
        let lang = lang.map_or("en", Lang::as_str);
        Ok(format!("/m/{slug}/{lang}/"))
    }

    async fn follow(
        &self,
        code: &str,
        asked: Option<&str>,
        accepted: &str,
    ) -> Result<String, Refusal> {
        let scanned = self.scanner.scan(code).await?;
        let lang = choose(&scanned.store.languages, Lang::as_str, asked, accepted);
        let lang = lang.map_or("en", Lang::as_str);
        Ok(format!("/m/{}/t/{code}/{lang}/", scanned.store.slug))
    }

    /// A session sent with the request, though it may have run out, says which party and phone this is.
    async fn start_session(
        &self,
        request: &Request,
        now: UnixMillis,
    ) -> Result<SessionReply, Refusal> {
        let code = match read(request.body())? {
            Wanted::Table(code) => code,
            Wanted::Takeout(store) => return self.start_takeout(&store, now).await,
        };
        let scanned = self.scanner.scan(&code).await?;
        let before = reply::bearer(request.headers());
        let before = before.and_then(|token| self.keys.verify(token).ok());
        let session = self.scanner.session(&scanned, before.as_ref(), now).await?;
        let number = session.at_table().map_or(0, |(_, number)| number);
        let seating = SeatingView {
            number,
            open: scanned.seating.state != TableState::Idle && number == scanned.seating.number,
        };
        Ok(SessionReply {
            kitchen: Self::kitchen(&scanned.store, now)?,
            session: self.keys.sign(&session),
            mode: AT_TABLE.to_owned(),
            expires_at: session.expires_at,
            store: store_view(scanned.store),
            table: Some(TableView {
                id: scanned.table.id,
                name: scanned.table.name,
            }),
            seating: Some(seating),
        })
    }
}

fn store_view(store: StoreConfig) -> StoreView {
    StoreView {
        slug: store.slug,
        name: store.name,
        languages: store.languages,
    }
}

/// What a session is wanted for.
enum Wanted {
    /// The table of this code.
    Table(String),
    /// Takeout at the store of this name.
    Takeout(String),
}

fn read(body: &[u8]) -> Result<Wanted, Refusal> {
    let request: SessionRequest = serde_json::from_value(object(body, BODY_BYTES_MAX)?)
        .map_err(|_| Reason::SessionRequestInvalid)?;
    match (request.table_code, request.store, request.mode.as_deref()) {
        (Some(code), None, None) => Ok(Wanted::Table(code)),
        (None, Some(store), Some(TAKEOUT)) => Ok(Wanted::Takeout(store)),
        (None, Some(_), _) => Err(Reason::SessionModeInvalid.into()),
        _ => Err(Reason::SessionRequestInvalid.into()),
    }
}
