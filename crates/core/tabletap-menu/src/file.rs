//! A restaurant's menu file (YAML, `docs/menu-file.md`) read into a store and a menu, or into every mistake it holds.
//!
//! It touches no disk and no network, and panics on no text. What it accepts can be published and priced.

mod amount;
mod colour;
mod comment;
mod contact;
mod counts;
mod decimal;
mod dine_in;
mod drawing;
mod fields;
mod groups;
mod hint;
mod images;
mod inherited;
mod invisible;
mod items;
mod known;
mod limits;
mod locations;
mod mistake;
mod names;
mod nutrition;
#[cfg(test)]
mod schema;
mod store;
mod takeout;
mod tax;
mod texts;
mod tree;

mod words;
mod zone;

pub use images::Images;
pub(crate) use images::content_type;
pub use mistake::{Mistake, Severity};

use crate::version;
use fields::Field;
use groups::SharedGroups;
use items::Items;
use mistake::{Place, Report};
use std::collections::BTreeMap;
use tabletap_domain::{menu::Menu, store::StoreConfig};

/// A menu file without errors.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StoreFile {
    /// The store.
    pub store: StoreConfig,
    /// Its menu, with the version its content makes.
    pub menu: Menu,
    /// What a guest will notice, in the order of the file.
    pub warnings: Vec<Mistake>,
}

/// Reads a menu file of one store, with the pictures that lie beside it.
///
/// # Errors
/// As [`read_stores`]; a file of several stores is a mistake here.
pub fn read(text: &str, images: &Images) -> Result<StoreFile, Vec<Mistake>> {
    let mut stores = read_stores(text, images)?;
    match (stores.pop(), stores.len()) {
        (Some(only), 0) => Ok(only),
        (_, others) => {
            let mut report = Report::default();
            let message = format!("one store was expected, this file has {}", others + 1);
            report.error(Place { line: 1, column: 1 }, "locations", message);
            Err(report.into_mistakes())
        }
    }
}

/// Reads a menu file with the pictures that lie beside it: one store, or one for each of its `locations:`, in their order.
///
/// # Errors
/// Every mistake with its line, in the order of the file, warnings among them; at least one is an error.
pub fn read_stores(text: &str, images: &Images) -> Result<Vec<StoreFile>, Vec<Mistake>> {
    let mut report = Report::default();
    let root = tree::parse(text, &mut report);
    let locations = root.map(|root| locations::split(root, &mut report));
    let mut slugs = BTreeMap::new();
    let mut stores = Vec::new();
    for location in locations.unwrap_or_default() {
        let mut own = Report::default();
        let read = whole(&location.root, images, &mut own);
        if let Some((store, _)) = &read {
            location.check_new(&store.slug, &mut slugs, &mut own);
        }
        let mistakes = location.rename(own.into_mistakes());
        if let Some((store, menu)) = read {
            stores.push(StoreFile {
                store,
                menu,
                warnings: mistakes.clone(),
            });
        }
        report.add_new(mistakes);
    }
    if report.has_errors() || stores.is_empty() {
        return Err(report.into_mistakes());
    }
    Ok(stores)
}

fn whole(root: &tree::Node, images: &Images, report: &mut Report) -> Option<(StoreConfig, Menu)> {
    let root = Field::new(root, String::new());
    if !root.is_map() {
        root.error(report, "a menu file begins with `store:`");
        return None;
    }
    let mut fields = root.open(report);
    let block = fields.required(report, "store");
    let (tags, groups) = (fields.optional("tags"), fields.optional("groups"));
    let favourites = fields.optional("favourites");
    let list = fields.required(report, "categories");
    // Split off before: named here for the hint beside a mistyped key.
    fields.optional("locations");
    fields.close(report);
    let store = store::read(&block?, report);
    let groups = SharedGroups::new(groups, report);
    let mut items = Items::new(&store.known, tags.as_ref(), groups, images, report);
    let favourites = favourites.and_then(|field| items.favourites(&field, report));
    let categories = items.categories(&list?, report);
    let menu = Menu {
        version: version::unstamped(),
        currency: store.known.currency?,
        languages: store.known.languages.clone(),
        pricing: store.pricing?,
        categories,
        favourites,
    };
    items.check_inherited(&menu, report);
    Some((store.config?, version::stamp(menu.inheriting())))
}
