//! A menu's photographs, made small before anything of it is published. It takes about a second each, so it says how far it is.

use super::output::say;
use anyhow::{Context, Result};
use std::collections::BTreeSet;
use tabletap_menu::file::{Images, StoreFile};
use tabletap_wire::picture;

/// What is published of the pictures that these stores name, by file name: drawings as they are, photographs in their four forms.
///
/// # Errors
/// The first photograph that cannot be read, by name.
pub(super) async fn render(stores: &[StoreFile], mut sources: Images) -> Result<Images> {
    let items = stores.iter().flat_map(|read| read.menu.items());
    let photographs: BTreeSet<String> = items
        .filter_map(|item| item.image.clone())
        .filter(|file| !picture::is_drawing(file))
        .collect();
    let count = photographs.len();
    for (file, number) in photographs.into_iter().zip(1..) {
        say(&format!("photograph {number} of {count}: {file}"))?;
        let bytes = sources.remove(&file).unwrap_or_default();
        let made = tokio::task::spawn_blocking(move || tabletap_picture::render(&bytes)).await?;
        let made = made.with_context(|| format!("images/{file}; nothing was changed"))?;
        let forms = [
            made.list.avif,
            made.list.jpeg,
            made.wide.avif,
            made.wide.jpeg,
        ];
        sources.extend(picture::published(&file).into_iter().zip(forms));
    }
    Ok(sources)
}
