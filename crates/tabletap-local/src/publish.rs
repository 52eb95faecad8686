//! From a menu file to a store that sells: its set-up and menu in the table, its static files in the site folder.
//!
//! The rules stand in tabletap-menu and tabletap-store; here only files are moved.

use std::{
    collections::BTreeMap,
    fs,
    path::{Path, PathBuf},
};

use anyhow::{Context, Result, anyhow, bail};
use tabletap_domain::{ItemId, Slug, TableCode, TableId, store::StoreConfig};
use tabletap_menu::{
    file::{Images, StoreFile},
    publish,
};
use tabletap_store::Store;

use crate::data_folder::{random_text, write_derived};

/// The demo restaurants, the first one first.
pub const DEMO: [&str; 4] = [
    include_str!("../../../demo/kumo-sushi.yaml"),
    include_str!("../../../demo/brasa.yaml"),
    include_str!("../../../demo/bait-sidra.yaml"),
    include_str!("../../../demo/corner-bakery.yaml"),
];

/// The demo's pictures, by file name.
const DEMO_IMAGES: &[(&str, &[u8])] = include!(concat!(env!("OUT_DIR"), "/demo_images.rs"));

/// The pictures of the demo.
#[must_use]
pub fn demo_images() -> Images {
    DEMO_IMAGES
        .iter()
        .map(|(name, bytes)| ((*name).to_owned(), bytes.to_vec()))
        .collect()
}

/// The pictures in `images/` beside a menu file; none where there is no such folder.
#[must_use]
pub fn images_beside(menu_file: &Path) -> Images {
    images_in(&menu_file.with_file_name("images"))
}

fn images_in(folder: &Path) -> Images {
    let Ok(entries) = fs::read_dir(folder) else {
        return Images::new();
    };
    let entries = entries.filter_map(Result::ok);
    entries
        .filter_map(|entry| {
            Some((
                entry.file_name().into_string().ok()?,
                fs::read(entry.path()).ok()?,
            ))
        })
        .collect()
}

/// Where stores are published.
#[derive(Clone, Debug)]
pub struct Publisher {
    /// The table.
    pub store: Store,
    /// The folder of the static files.
    pub site: PathBuf,
}

impl Publisher {
    /// Writes a store's set-up; new tables get a code for ever.
    ///
    /// # Errors
    /// Those of the table, in words.
    pub async fn import(&self, config: &StoreConfig) -> Result<()> {
        let codes: BTreeMap<TableId, TableCode> = config
            .tables
            .iter()
            .map(|table| Ok((table.id.clone(), TableCode::parse(&random_text(18))?)))
            .collect::<Result<_>>()?;
        self.store
            .import_store(config, &codes)
            .await
            .context("the store was not imported")
    }

    /// Publishes a menu: the table sells it, then the site shows it.
    ///
    /// # Errors
    /// Those of the table and the disk, in words.
    pub async fn publish(&self, read: &StoreFile, images: &Images) -> Result<()> {
        self.import(&read.store).await?;
        self.store.publish_menu(&read.store.key, &read.menu).await?;
        self.write_site(&read.store, images).await
    }

    /// Switches an item on or off, in the table and on the site.
    ///
    /// # Errors
    /// Where there is no such store or item, or the table fails.
    pub async fn switch_item(&self, slug: &str, item: &str, on: bool) -> Result<()> {
        let config = self.store_of(slug).await?;
        let id = ItemId::parse(item).context(format!("`{item}` is no item"))?;
        let current = self
            .store
            .current_menu(&config.key)
            .await?
            .context("nothing is published yet")?;
        let menu = self
            .store
            .menu(&config.key, &current.version)
            .await?
            .context("the menu is missing")?;
        let Some(known) = menu.item(&id) else {
            bail!("{slug} has no item `{item}`");
        };
        if on && !known.available {
            bail!(
                "the menu file says `available: false` for `{item}`: change it there and publish"
            );
        }
        self.store.switch_item(&config.key, &id, on).await?;
        let images = images_in(&self.site.join("menus").join(slug).join("images"));
        self.write_site(&config, &images).await
    }

    /// The store that calls itself `slug`.
    ///
    /// # Errors
    /// Where there is none; the sentence names those there are.
    pub async fn store_of(&self, slug: &str) -> Result<StoreConfig> {
        let parsed = Slug::parse(slug).context(format!("`{slug}` is no store"))?;
        if let Some(config) = self.store.store_by_slug(&parsed).await? {
            return Ok(config);
        }
        let known: Vec<String> = self
            .stores()
            .await?
            .iter()
            .map(|store| store.slug.to_string())
            .collect();
        Err(anyhow!(
            "there is no store `{slug}`; there are: {}",
            known.join(", ")
        ))
    }

    /// All stores: the demo's in their order, then the others.
    ///
    /// # Errors
    /// Those of the table.
    pub async fn stores(&self) -> Result<Vec<StoreConfig>> {
        let mut stores = Vec::new();
        for key in self.store.stores().await? {
            stores.extend(self.store.store(&key).await?);
        }
        // The sushi bar first.
        stores.sort_by_key(|store| (store.slug.to_string() != "kumo-sushi", store.slug.clone()));
        Ok(stores)
    }

    async fn write_site(&self, config: &StoreConfig, images: &Images) -> Result<()> {
        let current = self
            .store
            .current_menu(&config.key)
            .await?
            .context("nothing is published yet")?;
        let menu = self
            .store
            .menu(&config.key, &current.version)
            .await?
            .context("the menu is missing")?;
        let files = publish::files(config, &menu, &current.off, images);
        let site = self.site.clone();
        let write = move || {
            files
                .iter()
                .try_for_each(|file| write_derived(&site.join(&file.path), &file.bytes))
        };
        tokio::task::spawn_blocking(write)
            .await?
            .context("the site's files were not written")
    }

    /// Writes the site of every store again: this program may bring newer pages than the one that wrote it.
    ///
    /// # Errors
    /// As [`Publisher::publish`].
    pub async fn refresh_site(&self) -> Result<()> {
        for config in self.stores().await? {
            let folder = self
                .site
                .join("menus")
                .join(config.slug.to_string())
                .join("images");
            let mut images = images_in(&folder);
            if images.is_empty() {
                images = demo_images();
            }
            self.write_site(&config, &images).await?;
        }
        Ok(())
    }
}
