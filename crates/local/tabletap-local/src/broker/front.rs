//! The door: mutual TLS for every connection, each in a task of its own.
//!
//! A connection that does not finish its handshake in time costs nobody else anything. The common name of the
//! certificate is the thing name; what a thing may do is judged in `session`.

use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;

use anyhow::{Context as _, Result};
use tokio::net::{TcpListener, TcpStream};
use tokio_rustls::TlsAcceptor;
use tokio_rustls::rustls::pki_types::CertificateDer;
use tokio_util::task::TaskTracker;

use super::session::{self, Shared};

const HANDSHAKE_WAIT: Duration = Duration::from_secs(10);

impl Shared {
    /// Accepts until `stop`, then waits for the connections to end.
    pub(crate) async fn serve(self: Arc<Self>, listener: TcpListener, acceptor: TlsAcceptor) {
        let tasks = TaskTracker::new();
        loop {
            let accepted = tokio::select! {
                accepted = listener.accept() => accepted,
                () = self.stop.cancelled() => break,
            };
            match accepted {
                // A broker that plays dead: the connection closes before a byte is said.
                Ok(_) if self.things.paused() => {}
                Ok((stream, address)) => {
                    let (shared, acceptor) = (Arc::clone(&self), acceptor.clone());
                    tasks.spawn(async move { shared.attend(stream, address, acceptor).await });
                }
                Err(error) => {
                    // Out of descriptors, most likely: room comes back when another connection ends.
                    tracing::warn!(%error, "the broker cannot accept");
                    tokio::time::sleep(Duration::from_millis(50)).await;
                }
            }
        }
        tasks.close();
        tasks.wait().await;
    }

    async fn attend(&self, stream: TcpStream, address: SocketAddr, acceptor: TlsAcceptor) {
        let outcome = tokio::select! {
            welcomed = self.welcome(stream, acceptor) => match welcomed {
                Ok((stream, thing)) => session::run(self, stream, &thing, address).await,
                Err(error) => Err(error),
            },
            () = self.stop.cancelled() => Ok(()),
        };
        match outcome {
            Ok(()) => tracing::info!(%address, "connection closed"),
            Err(error) => {
                self.things.ended_by_broker.fetch_add(1, Ordering::Relaxed);
                tracing::warn!(%address, reason = format!("{error:#}"), "connection ended by the broker");
            }
        }
    }

    async fn welcome(
        &self,
        stream: TcpStream,
        acceptor: TlsAcceptor,
    ) -> Result<(tokio_rustls::server::TlsStream<TcpStream>, String)> {
        stream.set_nodelay(true)?;
        let stream = tokio::time::timeout(HANDSHAKE_WAIT, acceptor.accept(stream))
            .await
            .context("no TLS handshake in time")?
            .context("the TLS handshake failed")?;
        let certificates = stream.get_ref().1.peer_certificates().unwrap_or_default();
        let thing = thing_name(certificates).context("the certificate names no thing")?;
        Ok((stream, thing))
    }
}

fn thing_name(certificates: &[CertificateDer<'_>]) -> Option<String> {
    let (_, certificate) = x509_parser::parse_x509_certificate(certificates.first()?).ok()?;
    let name = certificate
        .subject()
        .iter_common_name()
        .next()?
        .as_str()
        .ok()?;
    Some(name.to_owned())
}
