//! The local certificate authority: what AWS IoT and a hand at the console do in production.
//!
//! Made on first start in the data folder's `certs/` and kept: `ca.pem`, `broker.pem`, and one `<thing>.pem` per printer
//! agent whose common name is the thing name, each with its `.key` beside it. Files are readable by their owner only.
//! A broken file is reported, never silently replaced: agents elsewhere may hold certificates of this authority.

use std::fs::{self, OpenOptions};
use std::io::Write as _;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use anyhow::{Context as _, Result, bail, ensure};
use rcgen::{
    BasicConstraints, CertificateParams, DnType, ExtendedKeyUsagePurpose, IsCa, Issuer, KeyPair,
    KeyUsagePurpose, SanType,
};
use tokio_rustls::rustls::crypto::ring;
use tokio_rustls::rustls::pki_types::pem::PemObject as _;
use tokio_rustls::rustls::pki_types::{CertificateDer, PrivateKeyDer};
use tokio_rustls::rustls::server::WebPkiClientVerifier;
use tokio_rustls::rustls::{RootCertStore, ServerConfig};

/// The `certs/` folder of a data folder, with its authority and the broker's certificate in place.
#[derive(Debug, Clone)]
pub struct Certs {
    folder: PathBuf,
}

/// Where a printer agent finds its identity.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ThingFiles {
    /// The authority that signed the broker's certificate (PEM).
    pub ca: PathBuf,
    /// The agent's certificate (PEM); its common name is the thing name.
    pub cert: PathBuf,
    /// The agent's private key (PEM, PKCS#8).
    pub key: PathBuf,
}

impl Certs {
    /// Opens `folder`, making the authority and the broker's certificate on first use.
    ///
    /// # Errors
    /// When the folder cannot be written, or a file in it is broken; the message names the file and the remedy.
    pub fn open(folder: &Path) -> Result<Certs> {
        fs::create_dir_all(folder).with_context(|| format!("cannot make {}", folder.display()))?;
        let certs = Certs {
            folder: folder.to_path_buf(),
        };
        if !certs.path("ca.pem").exists() {
            ensure!(
                !certs.path("broker.pem").exists(),
                "{} is missing while certificates it signed are still there; remove {} to have all made anew",
                certs.path("ca.pem").display(),
                certs.folder.display()
            );
            let key = KeyPair::generate()?;
            let cert = authority_params().self_signed(&key)?;
            certs.write("ca", &key, &cert.pem())?;
        }
        if !certs.path("broker.pem").exists() {
            certs.issue("broker", broker_params()?)?;
        }
        certs.server_config()?;
        Ok(certs)
    }

    /// The certificate of one printer agent, made on first call.
    ///
    /// # Errors
    /// When `thing` is no thing name (`[A-Za-z0-9:_-]{1,128}`), or the folder cannot be written.
    pub fn thing(&self, thing: &str) -> Result<ThingFiles> {
        let allowed = |c: char| c.is_ascii_alphanumeric() || ":_-".contains(c);
        ensure!(
            (1..=128).contains(&thing.len())
                && thing.chars().all(allowed)
                && !["ca", "broker"].contains(&thing),
            "{thing:?} is no thing name: 1 to 128 letters, digits, ':', '_' and '-'"
        );
        if !self.path(&format!("{thing}.pem")).exists() {
            let mut params = CertificateParams::default();
            params.distinguished_name.push(DnType::CommonName, thing);
            params.extended_key_usages = vec![ExtendedKeyUsagePurpose::ClientAuth];
            self.issue(thing, params)?;
        }
        // Said here in a sentence rather than by an agent that cannot start.
        let (cert, key) = (format!("{thing}.pem"), format!("{thing}.key"));
        self.read_certs(&cert)?;
        PrivateKeyDer::from_pem_file(self.path(&key)).with_context(|| self.broken(&key))?;
        Ok(ThingFiles {
            ca: self.path("ca.pem"),
            cert: self.path(&format!("{thing}.pem")),
            key: self.path(&format!("{thing}.key")),
        })
    }

    /// The broker's side of mutual TLS: only certificates of this authority pass. ALPN as AWS IoT has it on port 443.
    ///
    /// # Errors
    /// When a file is broken, or certificate and key do not belong together.
    pub fn server_config(&self) -> Result<ServerConfig> {
        let provider = Arc::new(ring::default_provider());
        let mut roots = RootCertStore::empty();
        for authority in self.read_certs("ca.pem")? {
            roots
                .add(authority)
                .with_context(|| self.broken("ca.pem"))?;
        }
        let verifier =
            WebPkiClientVerifier::builder_with_provider(Arc::new(roots), Arc::clone(&provider))
                .build()?;
        let key = PrivateKeyDer::from_pem_file(self.path("broker.key"))
            .with_context(|| self.broken("broker.key"))?;
        let mut config = ServerConfig::builder_with_provider(provider)
            .with_safe_default_protocol_versions()?
            .with_client_cert_verifier(verifier)
            .with_single_cert(self.read_certs("broker.pem")?, key)
            .with_context(|| self.broken("broker.pem"))?;
        config.alpn_protocols = vec![b"x-amzn-mqtt-ca".to_vec(), b"mqtt".to_vec()];
        Ok(config)
    }

    fn issue(&self, name: &str, params: CertificateParams) -> Result<()> {
        let ca_key = fs::read_to_string(self.path("ca.key"))
            .map_err(anyhow::Error::from)
            .and_then(|pem| Ok(KeyPair::from_pem(&pem)?))
            .with_context(|| self.broken("ca.key"))?;
        let key = KeyPair::generate()?;
        let cert = params.signed_by(&key, &Issuer::new(authority_params(), ca_key))?;
        self.write(name, &key, &cert.pem())
    }

    /// The key first: a certificate file says that its pair is complete, whatever kills us in between.
    fn write(&self, name: &str, key: &KeyPair, cert_pem: &str) -> Result<()> {
        self.write_private(&format!("{name}.key"), &key.serialize_pem())?;
        self.write_private(&format!("{name}.pem"), cert_pem)
    }

    fn write_private(&self, name: &str, text: &str) -> Result<()> {
        let (path, unfinished) = (self.path(name), self.path(&format!(".{name}.unfinished")));
        OpenOptions::new()
            .write(true)
            .create(true)
            .truncate(true)
            .mode(0o600)
            .open(&unfinished)
            .and_then(|mut file| {
                file.write_all(text.as_bytes())
                    .and_then(|()| file.sync_all())
            })
            .and_then(|()| fs::rename(&unfinished, &path))
            .with_context(|| format!("cannot write {}", path.display()))
    }

    fn read_certs(&self, name: &str) -> Result<Vec<CertificateDer<'static>>> {
        let certs = CertificateDer::pem_file_iter(self.path(name))
            .and_then(Iterator::collect::<Result<Vec<_>, _>>)
            .with_context(|| self.broken(name))?;
        if certs.is_empty() {
            bail!(self.broken(name));
        }
        Ok(certs)
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.join(name)
    }

    fn broken(&self, name: &str) -> String {
        format!(
            "{} is broken; restore it, or remove {} to have all certificates made anew",
            self.path(name).display(),
            self.folder.display()
        )
    }
}

fn authority_params() -> CertificateParams {
    let mut params = CertificateParams::default();
    params
        .distinguished_name
        .push(DnType::CommonName, "TableTap local authority");
    params.is_ca = IsCa::Ca(BasicConstraints::Constrained(0));
    params.key_usages = vec![KeyUsagePurpose::KeyCertSign, KeyUsagePurpose::CrlSign];
    params
}

fn broker_params() -> Result<CertificateParams> {
    let mut params = CertificateParams::default();
    params
        .distinguished_name
        .push(DnType::CommonName, "TableTap local broker");
    params.extended_key_usages = vec![ExtendedKeyUsagePurpose::ServerAuth];
    params.subject_alt_names = vec![
        SanType::DnsName("localhost".try_into()?),
        SanType::IpAddress(IpAddr::V4(Ipv4Addr::LOCALHOST)),
        SanType::IpAddress(IpAddr::V6(Ipv6Addr::LOCALHOST)),
    ];
    // The machine's own name, for an agent on another machine; without one the three above serve.
    let machine = ["/proc/sys/kernel/hostname", "/etc/hostname"]
        .iter()
        .find_map(|file| fs::read_to_string(file).ok());
    if let Some(name) = machine.and_then(|text| text.trim().to_owned().try_into().ok()) {
        params.subject_alt_names.push(SanType::DnsName(name));
    }
    Ok(params)
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

    use std::os::unix::fs::PermissionsExt as _;

    use super::*;

    #[test]
    fn certificates_are_made_once_and_private() {
        let folder = tempfile::tempdir().unwrap();
        let first = Certs::open(folder.path())
            .unwrap()
            .thing("kumo:sushi:kitchen-pc")
            .unwrap();
        let before = fs::read(&first.cert).unwrap();
        let second = Certs::open(folder.path())
            .unwrap()
            .thing("kumo:sushi:kitchen-pc")
            .unwrap();
        assert_eq!(first, second);
        assert_eq!(before, fs::read(&second.cert).unwrap());
        for entry in fs::read_dir(folder.path()).unwrap() {
            let entry = entry.unwrap();
            assert_eq!(
                entry.metadata().unwrap().permissions().mode() & 0o777,
                0o600,
                "{entry:?}"
            );
        }
    }

    #[test]
    fn a_broken_file_is_named_with_its_remedy_and_left_alone() {
        for name in ["ca.pem", "broker.pem", "broker.key"] {
            let folder = tempfile::tempdir().unwrap();
            Certs::open(folder.path()).unwrap();
            fs::write(folder.path().join(name), "nonsense").unwrap();
            let message = Certs::open(folder.path()).unwrap_err().to_string();
            assert!(
                message.contains(name) && message.contains("remove"),
                "{message}"
            );
            assert_eq!(
                fs::read_to_string(folder.path().join(name)).unwrap(),
                "nonsense"
            );
        }
    }

    #[test]
    fn a_thing_name_cannot_leave_the_folder() {
        let folder = tempfile::tempdir().unwrap();
        let certs = Certs::open(folder.path()).unwrap();
        for name in ["", "../x", "a/b", "ca", "broker", &"x".repeat(129)] {
            assert!(certs.thing(name).is_err(), "{name}");
        }
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 4);
    }
}
