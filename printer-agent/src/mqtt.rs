//! The session with the broker: receives jobs, sends reports and state.

mod inbox;
mod session;
mod tls;

pub(crate) use session::SessionError;
pub(crate) use session::{Session, options};
pub(crate) use tls::TlsError;
pub(crate) use tls::{certificates, client_config};
