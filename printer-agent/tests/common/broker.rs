//! A scripted broker for one agent: MQTT 3.1.1 over mutual TLS. Keeps what it receives for the test.
//!
//! Like AWS IoT, it sends unacknowledged messages again over the next connection.

use std::{
    collections::BTreeMap,
    sync::{
        Arc, Mutex,
        atomic::{AtomicBool, Ordering},
    },
};

use bytes::BytesMut;
use rumqttc::{
    ConnAck, ConnectReturnCode, Packet, PubAck, Publish, QoS, SubAck, SubscribeReasonCode,
    mqttbytes::Error,
};
use tabletap_wire::print::{AgentState, Ask, AskedAttempt, PrintJob, Report};
use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::TcpListener,
    sync::Notify,
};
use tokio_rustls::{
    TlsAcceptor,
    rustls::{
        RootCertStore, ServerConfig,
        crypto::ring,
        pki_types::{CertificateDer, PrivateKeyDer, pem::PemObject as _},
        server::WebPkiClientVerifier,
    },
};

use super::THING;

pub(crate) struct Identity {
    pub(crate) ca: String,
    pub(crate) cert: String,
    pub(crate) key: String,
}

#[derive(Default)]
pub(crate) struct Received {
    pub(crate) reports: Vec<Report>,
    pub(crate) states: Vec<AgentState>,
    pub(crate) connects: u32,
    /// Messages that the agent has not acknowledged, by packet id.
    messages: BTreeMap<u16, Vec<u8>>,
    last_packet_id: u16,
}

#[derive(Clone)]
pub(crate) struct Broker {
    pub(crate) port: u16,
    pub(crate) received: Arc<Mutex<Received>>,
    /// While this is off, reports are received and not acknowledged.
    pub(crate) acknowledges: Arc<AtomicBool>,
    messages_changed: Arc<Notify>,
    cut: Arc<Notify>,
}

impl Broker {
    pub(crate) async fn start(identity: Identity) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let acceptor = TlsAcceptor::from(Arc::new(server_config(&identity)));
        let broker = Self {
            port: listener.local_addr().unwrap().port(),
            received: Arc::default(),
            acknowledges: Arc::new(AtomicBool::new(true)),
            messages_changed: Arc::default(),
            cut: Arc::default(),
        };
        let serving = broker.clone();
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                let (broker, acceptor) = (serving.clone(), acceptor.clone());
                tokio::spawn(async move {
                    if let Ok(stream) = acceptor.accept(stream).await {
                        tokio::select! {
                            _ = broker.serve(stream) => {}
                            () = broker.cut.notified() => {}
                        }
                    }
                });
            }
        });
        broker
    }

    pub(crate) fn send(&self, job: &PrintJob) {
        self.send_message(job);
    }

    /// Asks the agent about an attempt.
    pub(crate) fn ask(&self, ticket: &str, attempt: u32) {
        let asked = AskedAttempt {
            ticket_id: ticket.parse().unwrap(),
            attempt,
        };
        self.send_message(&Ask {
            v: 1,
            ask: vec![asked],
        });
    }

    fn send_message(&self, message: &impl serde::Serialize) {
        let mut received = self.received.lock().unwrap();
        received.last_packet_id += 1;
        let id = received.last_packet_id;
        received
            .messages
            .insert(id, serde_json::to_vec(message).unwrap());
        self.messages_changed.notify_waiters();
    }

    /// Cuts the connection.
    pub(crate) fn cut(&self) {
        self.cut.notify_waiters();
    }

    pub(crate) fn reports(&self) -> Vec<Report> {
        self.received.lock().unwrap().reports.clone()
    }

    async fn serve<S>(&self, mut stream: S) -> Option<()>
    where
        S: tokio::io::AsyncRead + tokio::io::AsyncWrite + Unpin,
    {
        let mut input = BytesMut::new();
        // The last packet id sent over this connection. A new connection sends everything unacknowledged again.
        let mut sent = 0;
        let mut subscribed = false;
        loop {
            let messages_changed = self.messages_changed.notified();
            while let Some(packet) = next_packet(&mut input)? {
                let mut answers = Vec::new();
                match packet {
                    Packet::Connect(connect) => {
                        assert_eq!(connect.client_id, THING);
                        assert!(!connect.clean_session);
                        self.received.lock().unwrap().connects += 1;
                        answers.push(Packet::ConnAck(ConnAck::new(
                            ConnectReturnCode::Success,
                            false,
                        )));
                    }
                    Packet::Subscribe(subscribe) => {
                        subscribed = true;
                        let granted = vec![SubscribeReasonCode::Success(QoS::AtLeastOnce)];
                        answers.push(Packet::SubAck(SubAck::new(subscribe.pkid, granted)));
                    }
                    Packet::Publish(publish) => {
                        self.receive(&publish);
                        if self.acknowledges.load(Ordering::SeqCst) {
                            answers.push(Packet::PubAck(PubAck::new(publish.pkid)));
                        }
                    }
                    Packet::PubAck(ack) => {
                        self.received.lock().unwrap().messages.remove(&ack.pkid);
                    }
                    Packet::PingReq => answers.push(Packet::PingResp),
                    _ => return None,
                }
                for packet in answers {
                    write(&mut stream, packet).await?;
                }
            }
            if subscribed {
                let messages: Vec<_> = {
                    let received = self.received.lock().unwrap();
                    let unsent = received.messages.range(sent + 1..);
                    unsent.map(|(id, message)| (*id, message.clone())).collect()
                };
                for (id, message) in messages {
                    let topic = format!("tt/{THING}/down");
                    let mut publish = Publish::new(topic, QoS::AtLeastOnce, message);
                    publish.pkid = id;
                    write(&mut stream, Packet::Publish(publish)).await?;
                    sent = id;
                }
            }
            tokio::select! {
                read = stream.read_buf(&mut input) => if read.ok()? == 0 { return None },
                () = messages_changed => {}
            }
        }
    }

    fn receive(&self, publish: &Publish) {
        let mut received = self.received.lock().unwrap();
        if publish.topic == format!("tt/{THING}/up") {
            received
                .reports
                .push(serde_json::from_slice(&publish.payload).unwrap());
        } else {
            assert_eq!(publish.topic, format!("tt/{THING}/state"));
            assert!(publish.retain);
            received
                .states
                .push(serde_json::from_slice(&publish.payload).unwrap());
        }
    }
}

/// The next packet; `Some(None)` if more bytes are needed, `None` if they are not MQTT.
fn next_packet(input: &mut BytesMut) -> Option<Option<Packet>> {
    match Packet::read(input, 1 << 20) {
        Ok(packet) => Some(Some(packet)),
        Err(Error::InsufficientBytes(_)) => Some(None),
        Err(_) => None,
    }
}

async fn write<S: tokio::io::AsyncWrite + Unpin>(stream: &mut S, packet: Packet) -> Option<()> {
    let mut output = BytesMut::new();
    packet.write(&mut output, 1 << 20).ok()?;
    stream.write_all(&output).await.ok()?;
    stream.flush().await.ok()
}

fn server_config(identity: &Identity) -> ServerConfig {
    let provider = Arc::new(ring::default_provider());
    let mut roots = RootCertStore::empty();
    roots
        .add(CertificateDer::from_pem_slice(identity.ca.as_bytes()).unwrap())
        .unwrap();
    let verifier =
        WebPkiClientVerifier::builder_with_provider(Arc::new(roots), Arc::clone(&provider));
    ServerConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_client_cert_verifier(verifier.build().unwrap())
        .with_single_cert(
            vec![CertificateDer::from_pem_slice(identity.cert.as_bytes()).unwrap()],
            PrivateKeyDer::from_pem_slice(identity.key.as_bytes()).unwrap(),
        )
        .unwrap()
}
