//! The keys of guests: what signs their sessions and links, and what seals who they are. Pure: time, keys and nonces come in as arguments.

mod customer;
mod keys;
mod links;
mod seal;
mod statement;
mod token;

pub use keys::{KEY_BYTES_MIN, WeakKey};
pub use links::{Links, OrderPage};
pub use seal::{CustomerKeys, NONCE_LEN, Nonce, NotOpened};
pub use token::{Forged, Scope, Session, SessionKeys};
