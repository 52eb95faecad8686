//! Publishing: the static files that a phone reads instead of a function, as bytes; the caller puts them where they are served.
//!
//! Each version of a menu is written once, in files that never change. What is sold now, dishes switched off included, stands in
//! copies at addresses that never change. It reads no clock, so the same menu always makes the same bytes, and ETags hold.

use crate::{file::content_type, page};
use std::collections::{BTreeMap, BTreeSet};
use tabletap_domain::{ItemId, Slug, menu::Menu, store::StoreConfig};
use tabletap_wire::{menu::PublicMenu, picture};

/// A picture keeps its name when it is drawn anew, and so does the icon.
const PICTURE_CACHE: &str = "public, max-age=300, stale-while-revalidate=3600";
const VERSION_CACHE: &str = "public, max-age=31536000, immutable";
/// 15 s at most from the bucket to the phone; with the way from the table to the bucket a dish that ran out is off the page within 30.
const CURRENT_CACHE: &str = "public, max-age=5, stale-while-revalidate=10";

/// One static file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PublishedFile {
    /// Where it is served, without a leading slash, e.g. `menus/kumo-sushi/en.json`.
    pub path: String,
    /// Its content.
    pub bytes: Vec<u8>,
    /// Its `Content-Type`.
    pub content_type: &'static str,
    /// Its `Cache-Control`.
    pub cache_control: &'static str,
}

/// The pictures that a menu names, of those in `images`: drawings by their file name, photographs as [`picture::published`] says. They come
/// first: pages refer to them.
#[must_use]
pub fn pictures(
    store: &StoreConfig,
    menu: &Menu,
    images: &BTreeMap<String, Vec<u8>>,
) -> Vec<PublishedFile> {
    let named: BTreeSet<String> = menu
        .items()
        .filter_map(|item| item.image.as_deref())
        .flat_map(picture::published)
        .collect();
    let picture = |file: &String| {
        Some(PublishedFile {
            path: format!("menus/{}/images/{file}", store.slug),
            bytes: images.get(file)?.clone(),
            content_type: content_type(file)?,
            cache_control: PICTURE_CACHE,
        })
    };
    named.iter().filter_map(picture).collect()
}

/// A version's own files, data and page for each language: written once, with nothing switched off.
#[must_use]
pub fn version(store: &StoreConfig, menu: &Menu) -> Vec<PublishedFile> {
    let folder = format!("menus/{}/v/{}", store.slug, menu.version);
    let of = |menu: &PublicMenu| {
        let (data, page) = (data(menu), page(menu));
        [
            PublishedFile {
                path: format!("{folder}/{}.json", menu.lang),
                cache_control: VERSION_CACHE,
                ..data
            },
            PublishedFile {
                path: format!("{folder}/{}.html", menu.lang),
                cache_control: VERSION_CACHE,
                ..page
            },
        ]
    };
    in_each_language(store, menu).iter().flat_map(of).collect()
}

/// The copies of what is sold now, with the dishes in `off` sold out: the icon, then data, manifests and pages for each language.
///
/// In this order each file refers only to those before it.
#[must_use]
pub fn current(store: &StoreConfig, menu: &Menu, off: &BTreeSet<ItemId>) -> Vec<PublishedFile> {
    let menus = in_each_language(store, &menu.clone().without(off));
    let mut files = vec![icon(store)];
    files.extend(menus.iter().map(data));
    files.extend(menus.iter().map(manifest));
    files.extend(menus.iter().map(page));
    files
}

/// Where the page of a store in one language is served, as a file.
#[must_use]
pub fn page_path(slug: &Slug, lang: &impl std::fmt::Display) -> String {
    format!("m/{slug}/{lang}/index.html")
}

fn in_each_language(store: &StoreConfig, menu: &Menu) -> Vec<PublicMenu> {
    let languages = menu.languages.iter();
    languages
        .map(|lang| PublicMenu::new(store, menu, lang))
        .collect()
}

fn data(menu: &PublicMenu) -> PublishedFile {
    PublishedFile {
        path: format!("menus/{}/{}.json", menu.slug, menu.lang),
        bytes: serde_json::to_vec(menu).expect("a menu holds only text, numbers and lists"),
        content_type: "application/json",
        cache_control: CURRENT_CACHE,
    }
}

fn icon(store: &StoreConfig) -> PublishedFile {
    PublishedFile {
        path: format!("menus/{}/icon.svg", store.slug),
        bytes: page::icon(&store.name, &store.accent).into_bytes(),
        content_type: "image/svg+xml",
        cache_control: PICTURE_CACHE,
    }
}

fn manifest(menu: &PublicMenu) -> PublishedFile {
    PublishedFile {
        path: format!("m/{}/{}/app.webmanifest", menu.slug, menu.lang),
        bytes: page::manifest(menu).into_bytes(),
        content_type: "application/manifest+json",
        cache_control: CURRENT_CACHE,
    }
}

fn page(menu: &PublicMenu) -> PublishedFile {
    PublishedFile {
        path: page_path(&menu.slug, &menu.lang),
        bytes: page::render(menu).into_bytes(),
        content_type: "text/html; charset=utf-8",
        cache_control: CURRENT_CACHE,
    }
}
