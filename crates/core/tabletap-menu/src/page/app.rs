//! What lets a phone keep the page like an app: the manifest and the icon it names.
//!
//! The manifest holds no table's code: whoever opens the app at home reads the menu, and orders after scanning at a table.

use super::{accent::Accent, initial, words};
use askama::Template;
use serde_json::json;
use tabletap_domain::language;
use tabletap_wire::menu::PublicMenu;

#[derive(Template)]
#[template(path = "icon.svg")]
struct Icon {
    accent: String,
    ink: String,
    initial: String,
}

/// The restaurant's mark as a picture: `menus/{slug}/icon.svg`. Its letter keeps clear of the edges, which phones round off.
#[must_use]
pub fn icon(name: &str, accent: &str) -> String {
    let icon = Icon {
        ink: Accent::new(accent).on_mark,
        accent: accent.to_owned(),
        initial: initial(name),
    };
    icon.render()
        .expect("writing text into memory does not fail")
}

/// The manifest of a store's page in one language: `m/{slug}/{lang}/app.webmanifest`. See W3C, "Web Application Manifest".
#[must_use]
pub fn manifest(menu: &PublicMenu) -> String {
    let (slug, lang) = (&menu.slug, menu.lang.as_str());
    let words = words::of(lang);
    json!({
        "id": format!("/m/{slug}/"),
        "name": menu.name,
        "short_name": menu.name,
        "description": format!("{}, {}", menu.name, words.menu),
        "lang": lang,
        "dir": language::direction(lang),
        "start_url": format!("/m/{slug}/{lang}/"),
        "scope": format!("/m/{slug}/"),
        "display": "standalone",
        "background_color": super::PAPER,
        "theme_color": super::PAPER,
        "icons": [{"src": format!("/menus/{slug}/icon.svg"), "type": "image/svg+xml", "sizes": "any", "purpose": "any maskable"}],
    })
    .to_string()
}
