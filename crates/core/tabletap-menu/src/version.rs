//! A menu's version: a hash of its content, so the same content always has the same version.

use sha2::{Digest, Sha256};
use tabletap_domain::{MenuVersion, menu::Menu};
use tabletap_wire::menu_record::MenuRecord;

/// The version of a menu that has none yet.
pub(crate) fn unstamped() -> MenuVersion {
    MenuVersion::parse("m0000000000000000").expect("m and 16 hex digits")
}

/// The menu with the version that its content makes, whatever version it had.
pub(crate) fn stamp(menu: Menu) -> Menu {
    let menu = Menu {
        version: unstamped(),
        ..menu
    };
    let digest = Sha256::digest(MenuRecord::write(&menu));
    let hex = hex::encode(&digest[..8]);
    let version = MenuVersion::parse(&format!("m{hex}")).expect("m and 16 hex digits");
    Menu { version, ..menu }
}
