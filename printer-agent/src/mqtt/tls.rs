//! The agent's side of mutual TLS, from PEM files.

use std::{
    path::{Path, PathBuf},
    sync::Arc,
};

use tokio_rustls::rustls::{
    self, ClientConfig, RootCertStore,
    crypto::ring,
    pki_types::{
        CertificateDer, PrivateKeyDer,
        pem::{self, PemObject as _},
    },
};

use crate::config::Config;

/// Asks for MQTT on port 443, which web servers share. See AWS IoT, "Device communication protocols".
const ALPN_MQTT: &[u8] = b"x-amzn-mqtt-ca";

/// Why the agent has no usable identity.
#[derive(Debug, thiserror::Error)]
pub enum TlsError {
    /// A file cannot be read as PEM.
    #[error("{path} cannot be read as PEM: {source}")]
    File {
        /// The file.
        path: PathBuf,
        /// What is wrong.
        source: pem::Error,
    },
    /// It holds no certificate.
    #[error("{0} holds no certificate")]
    Empty(PathBuf),
    /// Certificate and key do not match, or are of an unsupported kind.
    #[error("certificate and key cannot be used: {0}")]
    Unusable(#[from] rustls::Error),
}

/// Reads the agent's certificate and key, and the authorities it trusts.
///
/// # Errors
/// [`TlsError`]: a person must fix the files.
pub(crate) fn client_config(config: &Config) -> Result<Arc<ClientConfig>, TlsError> {
    let mut roots = RootCertStore::empty();
    for authority in certificates(&config.ca)? {
        roots.add(authority)?;
    }
    let key = PrivateKeyDer::from_pem_file(&config.key).map_err(|source| TlsError::File {
        path: config.key.clone(),
        source,
    })?;
    let mut tls = ClientConfig::builder_with_provider(Arc::new(ring::default_provider()))
        .with_safe_default_protocol_versions()?
        .with_root_certificates(roots)
        .with_client_auth_cert(certificates(&config.certificate)?, key)?;
    if config.endpoint.port == 443 {
        tls.alpn_protocols = vec![ALPN_MQTT.to_vec()];
    }
    Ok(Arc::new(tls))
}

pub(crate) fn certificates(path: &Path) -> Result<Vec<CertificateDer<'static>>, TlsError> {
    let certificates = CertificateDer::pem_file_iter(path)
        .and_then(Iterator::collect::<Result<Vec<_>, _>>)
        .map_err(|source| TlsError::File {
            path: path.to_path_buf(),
            source,
        })?;
    match certificates.is_empty() {
        true => Err(TlsError::Empty(path.to_path_buf())),
        false => Ok(certificates),
    }
}
