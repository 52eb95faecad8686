//! Menus: from the file a restaurant writes to what a guest's phone loads.
//!
//! [`file`] reads the YAML of `docs/menu-file.md` and tells every mistake with its line; [`publish`] makes the static files of a
//! menu. Nothing here touches a disk, a network or a clock: callers bring the text and put the bytes where they belong.

pub mod file;
pub mod page;
pub mod publish;
mod version;
