//! Published menus: a version is written once and never changes; one row says which is sold and what is switched off.

use crate::{
    Store,
    error::{StoreError, WriteError},
    key,
    row::{Read, Row, row, s},
    write::Change,
};
use aws_sdk_dynamodb::{primitives::Blob, types::AttributeValue};
use flate2::{Compression, read::GzDecoder, write::GzEncoder};
use std::{
    collections::BTreeSet,
    io::{self, Read as _, Write as _},
};
use tabletap_domain::{ItemId, MenuVersion, StoreKey, menu::Menu};
use tabletap_wire::menu_record::MenuRecord;

/// Largest compressed menu; DynamoDB takes rows of 400 KB, keys and names included.
pub const MENU_BYTES_MAX: usize = 390 * 1024;
/// Largest menu as text: stops a row that is no menu of ours from filling the memory.
const TEXT_BYTES_MAX: u64 = 64 * 1024 * 1024;

/// What a store sells now.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CurrentMenu {
    /// The published version.
    pub version: MenuVersion,
    /// Dishes that are switched off.
    pub off: BTreeSet<ItemId>,
}

/// Why a menu was not published; the one before is still sold.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum PublishMenuError {
    /// Larger than a row can be, even compressed.
    #[error(
        "the menu is too large: {bytes} bytes compressed, at most {MENU_BYTES_MAX} fit; shorten its texts or split the store"
    )]
    TooLarge {
        /// Its compressed size.
        bytes: usize,
    },
    /// The table itself failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl Store {
    /// Publishes a menu: writes its version once, then sells it. What is switched off stays so.
    ///
    /// # Errors
    /// [`PublishMenuError`].
    pub async fn publish_menu(
        &self,
        store: &StoreKey,
        menu: &Menu,
    ) -> Result<(), PublishMenuError> {
        let gz = pack(&MenuRecord::write(menu)).expect("writing to memory does not fail");
        if gz.len() > MENU_BYTES_MAX {
            return Err(PublishMenuError::TooLarge { bytes: gz.len() });
        }
        let version = row(
            key::menu(store, &menu.version),
            [("gz", AttributeValue::B(Blob::new(gz)))],
        );
        self.put_new(version).await?;
        let sell = Change::new("SET #version = :version").value("version", s(&menu.version));
        match self.update(key::current_menu(store), sell).await {
            Ok(_) => Ok(()),
            Err(WriteError::Store(error)) => Err(error.into()),
            Err(WriteError::Conditions(_)) => Err(StoreError::Unavailable.into()),
        }
    }

    /// What the store sells now, if it has ever published a menu.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn current_menu(&self, store: &StoreKey) -> Result<Option<CurrentMenu>, StoreError> {
        self.get(key::current_menu(store))
            .await?
            .as_ref()
            .map(current)
            .transpose()
    }

    /// A menu as it was published, whatever is switched off since.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn menu(
        &self,
        store: &StoreKey,
        version: &MenuVersion,
    ) -> Result<Option<Menu>, StoreError> {
        let Some(row) = self.get(key::menu(store, version)).await? else {
            return Ok(None);
        };
        let text = unpack(row.bytes("gz")?).map_err(|_| row.corrupt("gz"))?;
        MenuRecord::read(&text)
            .map(Some)
            .map_err(|_| row.corrupt("gz"))
    }

    /// Switches a dish on or off, and answers with what is sold then.
    ///
    /// # Errors
    /// [`StoreError::Corrupt`] also when the store has never published a menu.
    pub async fn switch_item(
        &self,
        store: &StoreKey,
        item: &ItemId,
        on: bool,
    ) -> Result<CurrentMenu, StoreError> {
        let switch = Change::new(if on {
            "DELETE #off :item"
        } else {
            "ADD #off :item"
        })
        .only_if("attribute_exists(#version)")
        .value("item", AttributeValue::Ss(vec![item.to_string()]));
        match self.update(key::current_menu(store), switch).await {
            Ok(row) => current(&row),
            Err(WriteError::Store(error)) => Err(error),
            Err(WriteError::Conditions(_)) => Err(missing_menu(store)),
        }
    }
}

/// The store sells nothing yet.
pub(crate) fn missing_menu(store: &StoreKey) -> StoreError {
    StoreError::Corrupt(format!(
        "{}: no menu is published",
        key::store_partition(store)
    ))
}

/// The MENU#CURRENT row.
pub(crate) fn current(row: &Row) -> Result<CurrentMenu, StoreError> {
    let off: &[String] = match row.get("off") {
        None => &[],
        Some(value) => value.as_ss().map_err(|_| row.corrupt("off"))?,
    };
    let off = off
        .iter()
        .map(|item| item.parse().map_err(|_| row.corrupt("off")));
    Ok(CurrentMenu {
        version: row.get_as("version")?,
        off: off.collect::<Result<_, _>>()?,
    })
}

fn pack(text: &str) -> io::Result<Vec<u8>> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::best());
    encoder.write_all(text.as_bytes())?;
    encoder.finish()
}

fn unpack(gz: &[u8]) -> io::Result<String> {
    let mut text = String::new();
    GzDecoder::new(gz)
        .take(TEXT_BYTES_MAX)
        .read_to_string(&mut text)?;
    Ok(text)
}
