//! From a menu file to a store that sells: its pictures in the site's bucket, its set-up and menu in the table.
//!
//! The pages follow by themselves: the table's stream tells `event-relay`, a rule tells `menu-publisher`. The rules stand in
//! tabletap-menu and tabletap-store; here only files are moved.

use std::{collections::BTreeMap, fs, io::Read as _, path::Path};

use anyhow::{Context, Result, anyhow, bail};
use tabletap_domain::{ItemId, MenuVersion, Slug, TableCode, TableId, store::StoreConfig};
use tabletap_menu::{
    file::{Images, StoreFile},
    publish::{self, PublishedFile},
};
use tabletap_store::{MoveError, Store};

use crate::{
    bucket::{Bucket, Condition, Headers, Object, PutError},
    secrets::random_text,
};

/// The demo restaurants, the first one first.
pub const DEMO: [&str; 4] = [
    include_str!("../../../../demo/kumo-sushi.yaml"),
    include_str!("../../../../demo/brasa.yaml"),
    include_str!("../../../../demo/bait-sidra.yaml"),
    include_str!("../../../../demo/corner-bakery.yaml"),
];

/// The stores in these files.
pub const DEMO_STORES: [&str; 5] = [
    "kumo-sushi",
    "brasa-miraflores",
    "brasa-barranco",
    "bait-sidra",
    "corner-bakery",
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

/// What a menu file accepts at most, for a photograph.
const IMAGE_BYTES_MAX: u64 = 20 * 1024 * 1024;

/// The pictures in `images/` beside a menu file; none where there is no such folder.
#[must_use]
pub fn images_beside(menu_file: &Path) -> Images {
    let Ok(entries) = fs::read_dir(menu_file.with_file_name("images")) else {
        return Images::new();
    };
    let entries = entries.filter_map(Result::ok);
    entries
        .filter_map(|entry| {
            let mut bytes = Vec::new();
            // One byte more than any picture may have is enough to say that it is too large.
            let picture = fs::File::open(entry.path()).ok()?;
            let read = picture.take(IMAGE_BYTES_MAX + 1).read_to_end(&mut bytes);
            read.ok()?;
            Some((entry.file_name().into_string().ok()?, bytes))
        })
        .collect()
}

/// Rounds against others who change the same code.
const ROUNDS_MAX: u32 = 8;

/// Where stores are published.
#[derive(Clone, Debug)]
pub struct Publisher {
    /// The table.
    pub store: Store,
    /// The site's files.
    pub site: Bucket,
}

impl Publisher {
    /// Writes a store's set-up; new tables get a code.
    ///
    /// # Errors
    /// Those of the table, in words.
    pub async fn import(&self, config: &StoreConfig) -> Result<()> {
        let codes: BTreeMap<TableId, TableCode> = config
            .tables
            .iter()
            .map(|table| Ok((table.id.clone(), TableCode::parse(&random_text::<18>())?)))
            .collect::<Result<_>>()?;
        self.store
            .import_store(config, &codes)
            .await
            .context("the store was not imported")
    }

    /// Publishes a menu: its pictures are there before the table sells it, and the pages follow.
    ///
    /// # Errors
    /// Those of the table and the disk, in words.
    pub async fn publish(&self, read: &StoreFile, images: &Images) -> Result<()> {
        self.import(&read.store).await?;
        tabletap_fault::point("publish.imported")?;
        let pictures = publish::pictures(&read.store, &read.menu, images);
        self.write(pictures, Condition::None).await?;
        tabletap_fault::point("publish.pictured")?;
        self.store.publish_menu(&read.store.key, &read.menu).await?;
        Ok(())
    }

    /// Puts back pictures of a store's menu that somebody has deleted from the site, of those in `images`. Pages and data come back by
    /// themselves: they are made of the table.
    ///
    /// # Errors
    /// Those of the table and the disk, in words.
    pub async fn restore_pictures(&self, config: &StoreConfig, images: &Images) -> Result<()> {
        let Some(current) = self.store.current_menu(&config.key).await? else {
            return Ok(());
        };
        let menu = self.store.menu(&config.key, &current.version).await?;
        let menu = menu.context("the menu is missing")?;
        let pictures = publish::pictures(config, &menu, images);
        self.write(pictures, Condition::Absent).await
    }

    /// Writes pictures; where the condition does not hold, the picture that is there stays.
    async fn write(&self, pictures: Vec<PublishedFile>, condition: Condition) -> Result<()> {
        let site = self.site.clone();
        let write = move || {
            for picture in pictures {
                let object = Object {
                    bytes: picture.bytes,
                    headers: Headers {
                        content_type: Some(picture.content_type.to_owned()),
                        cache_control: Some(picture.cache_control.to_owned()),
                    },
                };
                match site.put(&picture.path, &object, &condition) {
                    Ok(_) | Err(PutError::Condition) => {}
                    Err(error) => return Err(error),
                }
            }
            Ok(())
        };
        tokio::task::spawn_blocking(write)
            .await?
            .context("the pictures were not written")
    }

    /// Switches an item on or off; its page follows.
    ///
    /// # Errors
    /// Where there is no such store or item, or the table fails.
    pub async fn switch_item(&self, slug: &str, item: &str, on: bool) -> Result<()> {
        let config = self.store_of(slug).await?;
        let id = ItemId::parse(item).context(format!("`{item}` is not an item id"))?;
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
        Ok(())
    }

    /// Gives a table a new code; its old sticker leads nowhere from then on.
    ///
    /// # Errors
    /// Where there is no such table, or the table of rows fails.
    pub async fn rotate_code(&self, store: &StoreConfig, table: &TableId) -> Result<()> {
        for _ in 0..ROUNDS_MAX {
            let sticker = self.store.table_code(&store.key, table).await?;
            let sticker =
                sticker.with_context(|| format!("{} has no table `{table}`", store.slug))?;
            let new = TableCode::parse(&random_text::<18>())?;
            let rotated = self.store.rotate_code(&store.key, table, &sticker, &new);
            match rotated.await {
                Ok(()) => return Ok(()),
                Err(MoveError::Moved) => {}
                Err(MoveError::Store(error)) => return Err(error.into()),
            }
        }
        bail!("the code of `{table}` keeps changing; try again")
    }

    /// The store that calls itself `slug`.
    ///
    /// # Errors
    /// Where there is none; the sentence names those there are.
    pub async fn store_of(&self, slug: &str) -> Result<StoreConfig> {
        let parsed = Slug::parse(slug).context(format!("`{slug}` is not a store slug"))?;
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

    /// Whether every store that sells something has its pages.
    ///
    /// # Errors
    /// Those of the table and the disk.
    pub async fn has_pages(&self) -> Result<bool> {
        for config in self.stores().await? {
            let current = self.store.current_menu(&config.key).await?;
            if let Some(current) = current
                && !self.shows(&config, &current.version)?
            {
                return Ok(false);
            }
        }
        Ok(true)
    }

    /// Whether the pages of a store show this version of its menu. They are written last, so its data is there too.
    ///
    /// # Errors
    /// Those of the disk.
    pub fn shows(&self, config: &StoreConfig, version: &MenuVersion) -> Result<bool> {
        for lang in &config.languages {
            let page = self.site.get(&publish::page_path(&config.slug, lang))?;
            let html = page.map(|page| page.bytes).unwrap_or_default();
            if !String::from_utf8_lossy(&html).contains(version.as_str()) {
                return Ok(false);
            }
        }
        Ok(true)
    }
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

    use super::*;

    #[test]
    fn the_list_of_the_demos_stores_names_those_in_its_files() {
        let images = demo_images();
        let read = |text| tabletap_menu::file::read_stores(text, &images).unwrap();
        let stores = DEMO.into_iter().flat_map(read);
        let slugs: Vec<String> = stores.map(|of| of.store.slug.to_string()).collect();
        assert_eq!(slugs, DEMO_STORES);
    }
}
