//! The broker from outside: real TLS clients, the real SDK, functions behind a stub of the Invoke API.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

mod delivery;
mod identity;

use std::path::Path as FilePath;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering::SeqCst};
use std::time::Duration;

use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::routing::post;
use axum::{Json, Router};
use rumqttc::{AsyncClient, Event, MqttOptions, Packet, QoS, TlsConfiguration, Transport};
use serde_json::Value;
use tempfile::TempDir;
use tokio::net::TcpListener;
use tokio::sync::mpsc;
use tokio_rustls::rustls::crypto::ring;
use tokio_rustls::rustls::pki_types::pem::PemObject as _;
use tokio_rustls::rustls::pki_types::{CertificateDer, PrivateKeyDer};
use tokio_rustls::rustls::{ClientConfig, RootCertStore};
use tokio_util::sync::CancellationToken;

use super::*;
use crate::certs::ThingFiles;

const KITCHEN: &str = "kumo-hospitality:kumo-sushi:kitchen-pc";
const BAR: &str = "kumo-hospitality:kumo-sushi:bar-pc";
/// Of the data plane.
const TOKEN: &str = "of-this-run";
const WAIT: Duration = Duration::from_secs(20);

/// A broker with the shipped policy and rules, and what its rules invoked.
struct World {
    broker: Broker,
    /// So many invocations are refused before the functions are there again.
    refusals: Arc<AtomicUsize>,
    certs: Certs,
    folder: TempDir,
    invoked: mpsc::UnboundedReceiver<(String, Value)>,
    stop: CancellationToken,
}

impl World {
    async fn start() -> World {
        let folder = tempfile::tempdir().unwrap();
        let (send, invoked) = mpsc::unbounded_channel();
        let refusals = Arc::new(AtomicUsize::new(0));
        let functions = Router::new()
            .route("/2015-03-31/functions/{name}/invocations", post(record))
            .with_state((send, Arc::clone(&refusals)));
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let functions_url = format!("http://{}", listener.local_addr().unwrap());
        tokio::spawn(async { axum::serve(listener, functions).await.unwrap() });

        let certs = Certs::open(&folder.path().join("certs")).unwrap();
        let stop = CancellationToken::new();
        let rules = ["up", "state"].map(|topic| TopicRule {
            sql: format!("SELECT *, topic(2) AS thing FROM 'tt/+/{topic}'"),
            function: "printer-events".to_owned(),
        });
        let broker = start(BrokerConfig {
            mqtt: TcpListener::bind("127.0.0.1:0").await.unwrap(),
            data_plane: TcpListener::bind("127.0.0.1:0").await.unwrap(),
            guard: Guard::of_part(TOKEN),
            certs: certs.clone(),
            policy: Policy::embedded().unwrap(),
            rules: rules.to_vec(),
            functions: Invoker::new(functions_url),
            dead_letters: folder.path().to_path_buf(),
            stop: stop.clone(),
        })
        .await
        .unwrap();
        World {
            broker,
            refusals,
            certs,
            folder,
            invoked,
            stop,
        }
    }

    /// Options of a well-behaved agent; a test bends what it is about.
    fn options(&self, thing: &str) -> MqttOptions {
        let files = self.certs.thing(thing).unwrap();
        self.options_with(thing, client_config(&files.ca, Some(&files)))
    }

    fn options_with(&self, client_id: &str, tls: ClientConfig) -> MqttOptions {
        let mut options =
            MqttOptions::new(client_id, "localhost", self.broker.mqtt_address().port());
        options.set_transport(Transport::tls_with_config(TlsConfiguration::Rustls(
            Arc::new(tls),
        )));
        options
            .set_clean_session(false)
            .set_keep_alive(Duration::from_secs(30));
        // The client's own default is 10 KB.
        options.set_max_packet_size(1024 * 1024, 1024 * 1024);
        options
    }

    /// Connects as `thing` and subscribes to its print jobs.
    async fn agent(&self, thing: &str) -> Agent {
        let mut agent = Agent::connect(self.options(thing));
        assert!(matches!(agent.next().await, Seen::Connected { .. }));
        agent
            .client
            .subscribe(format!("tt/{thing}/down"), QoS::AtLeastOnce)
            .await
            .unwrap();
        assert_eq!(agent.next().await, Seen::Subscribed);
        agent
    }

    fn sdk(&self) -> aws_sdk_iotdataplane::Client {
        let config = crate::aws::sdk_config(&self.broker.data_plane_url(), TOKEN);
        let config = aws_sdk_iotdataplane::config::Builder::from(&config)
            .retry_config(aws_config::retry::RetryConfig::disabled())
            .build();
        aws_sdk_iotdataplane::Client::from_conf(config)
    }

    async fn send_job(&self, thing: &str, payload: &str) {
        let request = self
            .sdk()
            .publish()
            .topic(format!("tt/{thing}/down"))
            .qos(1);
        request
            .payload(payload.as_bytes().to_vec().into())
            .send()
            .await
            .unwrap();
    }

    async fn next_event(&mut self) -> (String, Value) {
        tokio::time::timeout(WAIT, self.invoked.recv())
            .await
            .expect("a function is invoked")
            .unwrap()
    }

    /// Waits until exactly these things are connected.
    async fn until_connected(&self, things: &[&str]) {
        let connected = || {
            self.broker
                .snapshot()
                .things
                .into_iter()
                .map(|t| t.thing)
                .collect::<Vec<_>>()
        };
        let poll = async {
            while connected() != things {
                tokio::task::yield_now().await;
            }
        };
        tokio::time::timeout(WAIT, poll)
            .await
            .expect("the named things are connected");
    }
}

impl Drop for World {
    fn drop(&mut self) {
        self.stop.cancel();
    }
}

type Functions = (mpsc::UnboundedSender<(String, Value)>, Arc<AtomicUsize>);

async fn record(
    State((invoked, refusals)): State<Functions>,
    Path(name): Path<String>,
    Json(event): Json<Value>,
) -> StatusCode {
    let fewer = |left: usize| left.checked_sub(1);
    if refusals.fetch_update(SeqCst, SeqCst, fewer).is_ok() {
        return StatusCode::SERVICE_UNAVAILABLE;
    }
    invoked
        .send((name, event))
        .map_or(StatusCode::GONE, |()| StatusCode::ACCEPTED)
}

fn client_config(ca: &FilePath, identity: Option<&ThingFiles>) -> ClientConfig {
    let mut roots = RootCertStore::empty();
    roots
        .add(CertificateDer::from_pem_file(ca).unwrap())
        .unwrap();
    let builder = ClientConfig::builder_with_provider(Arc::new(ring::default_provider()))
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_root_certificates(roots);
    let mut config = match identity {
        None => builder.with_no_client_auth(),
        Some(files) => {
            let cert = CertificateDer::from_pem_file(&files.cert).unwrap();
            let key = PrivateKeyDer::from_pem_file(&files.key).unwrap();
            builder.with_client_auth_cert(vec![cert], key).unwrap()
        }
    };
    config.alpn_protocols = vec![b"x-amzn-mqtt-ca".to_vec()];
    config
}

#[derive(Debug, PartialEq)]
enum Seen {
    Connected { session_present: bool },
    Subscribed,
    Acknowledged,
    Message { topic: String, text: String },
    Gone,
}

/// One connection of a real MQTT client; it ends with the connection and does not come back.
struct Agent {
    client: AsyncClient,
    seen: mpsc::UnboundedReceiver<Seen>,
    cut: tokio::task::JoinHandle<()>,
}

impl Agent {
    fn connect(options: MqttOptions) -> Agent {
        let (client, mut events) = AsyncClient::new(options, 200);
        let (send, seen) = mpsc::unbounded_channel();
        let cut = tokio::spawn(async move {
            loop {
                let seen = match events.poll().await {
                    Ok(Event::Incoming(Packet::ConnAck(ack))) => Seen::Connected {
                        session_present: ack.session_present,
                    },
                    Ok(Event::Incoming(Packet::SubAck(_))) => Seen::Subscribed,
                    Ok(Event::Incoming(Packet::PubAck(_))) => Seen::Acknowledged,
                    Ok(Event::Incoming(Packet::Publish(publish))) => Seen::Message {
                        topic: publish.topic,
                        text: String::from_utf8(publish.payload.to_vec()).unwrap(),
                    },
                    Ok(_) => continue,
                    Err(_) => {
                        send.send(Seen::Gone).ok();
                        return;
                    }
                };
                if send.send(seen).is_err() {
                    return;
                }
            }
        });
        Agent { client, seen, cut }
    }

    async fn next(&mut self) -> Seen {
        tokio::time::timeout(WAIT, self.seen.recv())
            .await
            .expect("something is seen")
            .unwrap()
    }

    async fn expect_message(&mut self, thing: &str, text: &str) {
        let topic = format!("tt/{thing}/down");
        assert_eq!(
            self.next().await,
            Seen::Message {
                topic,
                text: text.to_owned()
            }
        );
    }

    /// Dies as a process does: the socket closes, nothing is said.
    async fn die(self) {
        self.cut.abort();
        self.cut.await.unwrap_err();
    }
}
