//! A restaurant's menu file (YAML, `docs/menu-file.md`) read into a store and a menu, or into every mistake it holds.
//!
//! It touches no disk and no network, and panics on no text. What it accepts can be published and priced.

mod amount;
mod colour;
mod counts;
mod fields;
mod groups;
mod hint;
mod images;
mod items;
mod limits;
mod mistake;
mod store;
mod tax;
mod texts;
mod tree;
mod words;

pub use images::Images;
pub(crate) use images::content_type;
pub use mistake::{Mistake, Severity};

use crate::version;
use fields::Field;
use groups::SharedGroups;
use items::Items;
use mistake::Report;
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

/// Reads a menu file with the pictures that lie beside it.
///
/// # Errors
/// Every mistake with its line, in the order of the file, warnings among them; at least one is an error.
pub fn read(text: &str, images: &Images) -> Result<StoreFile, Vec<Mistake>> {
    let mut report = Report::default();
    let read = tree::parse(text, &mut report).and_then(|root| whole(&root, images, &mut report));
    match read {
        Some((store, menu)) if !report.has_errors() => Ok(StoreFile {
            store,
            menu,
            warnings: report.into_mistakes(),
        }),
        _ => Err(report.into_mistakes()),
    }
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
    let list = fields.required(report, "categories");
    fields.close(report);
    let store = store::read(&block?, report);
    let groups = SharedGroups::new(groups, report);
    let mut items = Items::new(&store.known, tags.as_ref(), groups, images, report);
    let categories = items.categories(&list?, report);
    let menu = version::stamp(Menu {
        version: version::unstamped(),
        currency: store.known.currency?,
        languages: store.known.languages.clone(),
        pricing: store.pricing?,
        categories,
    });
    Some((store.config?, menu))
}
