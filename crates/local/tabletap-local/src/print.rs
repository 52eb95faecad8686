//! What a restaurant prints: stickers for its tables, and its menu on paper.

use anyhow::{Context, Result, bail};
use std::path::PathBuf;
use tabletap_domain::{Lang, store::StoreConfig};
use tabletap_menu::page::paper;
use tabletap_sheet::{Drawing, Fonts, Size, sheets};
use tabletap_wire::menu::PublicMenu;

use crate::publish::Publisher;

/// A table's name and the link its code holds.
pub(crate) type TableLink = (String, String);

/// The links of a store's tables, or of those with an id among `wanted`, at the address `base`.
///
/// # Errors
/// Where a wanted table is none; the sentence names those there are.
pub(crate) async fn links(
    publisher: &Publisher,
    store: &StoreConfig,
    base: &str,
    wanted: &[String],
) -> Result<Vec<TableLink>> {
    let known = |id: &String| store.tables.iter().any(|table| table.id.as_str() == id);
    if let Some(unknown) = wanted.iter().find(|id| !known(id)) {
        let ids: Vec<&str> = store.tables.iter().map(|table| table.id.as_str()).collect();
        bail!(
            "{} has no table `{unknown}`; there are: {}",
            store.slug,
            ids.join(", ")
        );
    }
    let codes = publisher.store.table_codes(&store.key).await?;
    let base = base.trim_end_matches('/');
    let is_wanted = |id: &str| wanted.is_empty() || wanted.iter().any(|wanted| wanted == id);
    let tables = store
        .tables
        .iter()
        .filter(|table| is_wanted(table.id.as_str()));
    let link = |table: &tabletap_domain::store::DiningTable| {
        let code = codes.get(&table.id)?;
        Some((table.name.clone(), format!("{base}/t/{code}")))
    };
    Ok(tables.filter_map(link).collect())
}

/// The sheets, drawn with the fonts below `fonts`.
///
/// # Errors
/// Where there are no fonts, or none for a name; in one sentence.
pub(crate) async fn draw(
    store: StoreConfig,
    links: Vec<TableLink>,
    size: Size,
    fonts: Vec<PathBuf>,
) -> Result<Vec<Drawing>> {
    let draw = move || sheets(&store, &links, size, &mut Fonts::from_folders(&fonts)?);
    Ok(tokio::task::spawn_blocking(draw).await??)
}

/// The paper menu of a store in one of its languages: its first where none is asked for.
///
/// # Errors
/// Where the store has no such language or sells nothing yet.
pub(crate) async fn paper_menu(
    publisher: &Publisher,
    store: &StoreConfig,
    lang: Option<&str>,
) -> Result<(Lang, String)> {
    let known = |wanted: &str| store.languages.iter().find(|lang| lang.as_str() == wanted);
    let lang = lang
        .map_or(store.languages.first(), known)
        .with_context(|| {
            let known: Vec<&str> = store.languages.iter().map(Lang::as_str).collect();
            format!(
                "the menu of {} is published in: {}",
                store.slug,
                known.join(", ")
            )
        })?;
    let current = publisher.store.current_menu(&store.key).await?;
    let version = current.context("nothing is published yet")?.version;
    let menu = publisher.store.menu(&store.key, &version).await?;
    let menu = PublicMenu::new(store, &menu.context("the menu is missing")?, lang);
    Ok((lang.clone(), paper::render(&menu)))
}
