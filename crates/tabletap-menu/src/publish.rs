//! Publishing: the static files that a phone reads instead of a function, as bytes; the caller puts them where they are served.
//!
//! It reads no clock, so the same menu, switched-off dishes and pictures always make the same bytes, and ETags hold.

use crate::{file::content_type, page};
use std::collections::{BTreeMap, BTreeSet};
use tabletap_domain::{ItemId, menu::Menu, store::StoreConfig};
use tabletap_wire::menu::PublicMenu;

/// One static file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PublishedFile {
    /// Where it is served, without a leading slash, e.g. `menus/kumo-sushi/en.json`.
    pub path: String,
    /// Its content.
    pub bytes: Vec<u8>,
    /// Its `Content-Type`.
    pub content_type: &'static str,
}

/// All files of a store's menu, with the dishes in `off` sold out: pictures, then data, manifests and pages for each language.
///
/// In this order each file refers only to those before it. `images` holds the pictures by file name, such as
/// `tuna-roll.svg`; those that the menu does not name are left out.
#[must_use]
pub fn files(
    store: &StoreConfig,
    menu: &Menu,
    off: &BTreeSet<ItemId>,
    images: &BTreeMap<String, Vec<u8>>,
) -> Vec<PublishedFile> {
    let menu = menu.clone().without(off);
    let mut files = pictures(store, &menu, images);
    let menus: Vec<PublicMenu> = menu
        .languages
        .iter()
        .map(|lang| PublicMenu::new(store, &menu, lang))
        .collect();
    files.push(icon(store));
    files.extend(menus.iter().map(data));
    files.extend(menus.iter().map(manifest));
    files.extend(menus.iter().map(page));
    files
}

fn pictures(
    store: &StoreConfig,
    menu: &Menu,
    images: &BTreeMap<String, Vec<u8>>,
) -> Vec<PublishedFile> {
    let named: BTreeSet<&String> = menu
        .items()
        .filter_map(|item| item.image.as_ref())
        .collect();
    let picture = |file: &String| {
        Some(PublishedFile {
            path: format!("menus/{}/images/{file}", store.slug),
            bytes: images.get(file)?.clone(),
            content_type: content_type(file)?,
        })
    };
    named.into_iter().filter_map(picture).collect()
}

fn data(menu: &PublicMenu) -> PublishedFile {
    PublishedFile {
        path: format!("menus/{}/{}.json", menu.slug, menu.lang),
        bytes: serde_json::to_vec(menu).expect("a menu holds only text, numbers and lists"),
        content_type: "application/json",
    }
}

fn icon(store: &StoreConfig) -> PublishedFile {
    PublishedFile {
        path: format!("menus/{}/icon.svg", store.slug),
        bytes: page::icon(&store.name, &store.accent).into_bytes(),
        content_type: "image/svg+xml",
    }
}

fn manifest(menu: &PublicMenu) -> PublishedFile {
    PublishedFile {
        path: format!("m/{}/{}/app.webmanifest", menu.slug, menu.lang),
        bytes: page::manifest(menu).into_bytes(),
        content_type: "application/manifest+json",
    }
}

fn page(menu: &PublicMenu) -> PublishedFile {
    PublishedFile {
        path: format!("m/{}/{}/index.html", menu.slug, menu.lang),
        bytes: page::render(menu).into_bytes(),
        content_type: "text/html; charset=utf-8",
    }
}
