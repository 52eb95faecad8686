//! `/local/print`: what a restaurant prints, to be looked at and taken along.

use std::{fmt::Write, sync::Arc};

use anyhow::Result;
use axum::{
    extract::{Path, Query, State},
    http::{StatusCode, header},
    response::{Html, IntoResponse, Response},
};
use serde::Deserialize;
use tabletap_domain::store::StoreConfig;
use tabletap_sheet::{Size, is_trial, pdf, svg};

use super::Local;
use crate::{addresses::RunFile, print, replies::refuse};

const STYLE: &str = include_str!("print.css");

/// Which sheet the page shows.
#[derive(Debug, Deserialize)]
pub(super) struct Shown {
    store: Option<String>,
    size: Option<String>,
}

/// The page: choose a restaurant and a size, see the first sheet, take the files.
pub(super) async fn page(State(local): State<Arc<Local>>, Query(shown): Query<Shown>) -> Response {
    let Ok(stores) = local.publisher.stores().await else {
        return refuse(
            StatusCode::SERVICE_UNAVAILABLE,
            "try_again",
            "The table can’t be reached.",
        );
    };
    let asked = |store: &&StoreConfig| Some(store.slug.as_str()) == shown.store.as_deref();
    let Some(store) = stores.iter().find(asked).or(stores.first()) else {
        return refuse(StatusCode::NOT_FOUND, "not_found", "There is no store yet.");
    };
    let size = shown
        .size
        .and_then(|size| size.parse().ok())
        .unwrap_or(Size::Cm6);
    Html(html(&stores, store, size, &local.environment.run)).into_response()
}

fn html(stores: &[StoreConfig], store: &StoreConfig, size: Size, run: &RunFile) -> String {
    let (slug, base, token) = (&store.slug, run.public_url.as_str(), &run.token);
    let chosen = |is: bool| if is { " aria-current=\"true\"" } else { "" };
    let (mut names, mut sizes, mut menus) = (String::new(), String::new(), String::new());
    for other in stores {
        let (current, name) = (chosen(other.slug == *slug), escape(&other.name));
        let _ = write!(
            names,
            "<a href=\"?store={}&amp;size={}&amp;token={token}\"{current}>{name}</a>",
            other.slug,
            size.as_str()
        );
    }
    for other in Size::ALL {
        let (current, name) = (chosen(other == size), name_of(other));
        let _ = write!(
            sizes,
            "<a href=\"?store={slug}&amp;size={}&amp;token={token}\"{current}>{name}</a>",
            other.as_str()
        );
    }
    for lang in &store.languages {
        let _ = write!(
            menus,
            "<a href=\"/local/print/{slug}/menu-{lang}.html?token={token}\">{lang}</a>"
        );
    }
    let trial = match is_trial(base) {
        true => format!(
            "<p class=\"note\">The codes lead to {}, which is not the restaurant's own address, so they are marked TRIAL. For the restaurant's own address, use <code>tabletap qr {slug} --url https://menu.example.com</code></p>",
            escape(base)
        ),
        false => String::new(),
    };
    let (name, file) = (escape(&store.name), size.as_str());
    format!(
        "<!doctype html><html lang=\"en\"><head><meta charset=\"utf-8\"><meta name=\"viewport\" content=\"width=device-width,initial-scale=1\"><title>Print stickers and menus · {name}</title><link rel=\"icon\" href=\"data:,\"><style>{STYLE}</style></head><body><main><p><a class=\"back\" href=\"/\">Back to the console</a></p><h1>Print stickers and menus</h1><h2>Restaurant</h2><nav aria-label=\"Restaurant\">{names}</nav><h2>Stickers for the tables</h2><nav aria-label=\"Size of the stickers\">{sizes}</nav>{trial}<p class=\"files\"><a class=\"main\" href=\"/local/print/{slug}/{file}.pdf?token={token}\" download=\"{slug}-qr-{file}.pdf\">All sheets as PDF</a><a href=\"/local/print/{slug}/{file}.svg?token={token}\" download=\"{slug}-qr-{file}.svg\">First sheet as SVG</a></p><img src=\"/local/print/{slug}/{file}.svg?token={token}\" alt=\"First sheet of stickers of {name}\"><h2>Printed menus</h2><nav aria-label=\"Printed menus\">{menus}</nav><p class=\"note\">Each opens as A4 pages to print from the browser.</p></main></body></html>"
    )
}

fn name_of(size: Size) -> &'static str {
    match size {
        Size::Cm4 => "4 cm",
        Size::Cm6 => "6 cm",
        Size::Cm8 => "8 cm",
        Size::A6 => "A6 card",
    }
}

fn escape(text: &str) -> String {
    text.replace('&', "&amp;")
        .replace('<', "&lt;")
        .replace('>', "&gt;")
        .replace('"', "&quot;")
}

/// `{size}.pdf`, `{size}.svg` (the first sheet) and `menu-{lang}.html` of a store.
pub(super) async fn file(
    State(local): State<Arc<Local>>,
    Path((slug, name)): Path<(String, String)>,
) -> Response {
    match local.printed(&slug, &name).await {
        Ok(Some((kind, bytes))) => (
            [
                (header::CONTENT_TYPE, kind),
                (header::CACHE_CONTROL, "no-store"),
            ],
            bytes,
        )
            .into_response(),
        Ok(None) => refuse(
            StatusCode::NOT_FOUND,
            "not_found",
            "There is nothing at this address.",
        ),
        Err(error) => refuse(
            StatusCode::UNPROCESSABLE_ENTITY,
            "cannot_be_printed",
            &format!("{error:#}"),
        ),
    }
}

impl Local {
    async fn printed(&self, slug: &str, name: &str) -> Result<Option<(&'static str, Vec<u8>)>> {
        let store = self.publisher.store_of(slug).await?;
        let menu = name
            .strip_prefix("menu-")
            .and_then(|rest| rest.strip_suffix(".html"));
        if let Some(lang) = menu {
            let (_, html) = print::paper_menu(&self.publisher, &store, Some(lang)).await?;
            return Ok(Some(("text/html; charset=utf-8", html.into_bytes())));
        }
        let Some((Ok(size), ending)) = name
            .split_once('.')
            .map(|(size, ending)| (size.parse::<Size>(), ending))
        else {
            return Ok(None);
        };
        let base = &self.environment.run.public_url;
        let links = print::links(&self.publisher, &store, base, &[]).await?;
        let fonts = self.environment.settings.fonts.clone();
        let sheets = print::draw(store.clone(), links, size, fonts).await?;
        Ok(match ending {
            "pdf" => Some(("application/pdf", pdf(&sheets, &store.name))),
            "svg" => sheets
                .first()
                .map(|sheet| ("image/svg+xml", svg(sheet).into_bytes())),
            _ => None,
        })
    }
}
