//! One thing's connection: MQTT packets between its TLS stream and the router, each judged by the policy first.
//!
//! As AWS IoT does, whatever is not allowed ends the connection: a foreign client id, topic or will, QoS 2, a packet
//! that is too large or malformed. See AWS IoT, "MQTT", and MQTT 3.1.1.

use std::collections::VecDeque;
use std::net::SocketAddr;
use std::sync::atomic::Ordering;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use anyhow::{Context as _, Result, bail, ensure};
use bytes::BytesMut;
use rumqttd::Notification;
use rumqttd::local::LinkRx;
use rumqttd::protocol::v4::V4;
use rumqttd::protocol::{
    Connect, Error as ProtocolError, LastWill, Packet, Protocol as _, PubAck, PubAckReason,
    Publish, QoS,
};
use tokio::io::{AsyncRead, AsyncReadExt as _, AsyncWrite, AsyncWriteExt as _};
use tokio::time::timeout;
use tokio_util::sync::CancellationToken;

use super::PAYLOAD_BYTES_MAX;
use super::hub::{Hub, Sender};
use super::policy::Policy;
use super::things::Things;

/// Topic and headers come on top of the payload.
const PACKET_BYTES_MAX: usize = PAYLOAD_BYTES_MAX + 1024;
const CONNECT_WAIT: Duration = Duration::from_secs(10);
const WRITE_WAIT: Duration = Duration::from_secs(10);
/// What a client gets that asks for no keep-alive. See AWS IoT, "Message broker and protocol limits".
const KEEP_ALIVE_DEFAULT_S: u16 = 1200;

/// What a connection needs to know.
#[derive(Debug)]
pub(crate) struct Shared {
    pub(crate) hub: Arc<Hub>,
    pub(crate) policy: Policy,
    pub(crate) things: Arc<Things>,
    pub(crate) stop: CancellationToken,
}

/// Serves one connection to its end; an error says why the broker ended it.
pub(crate) async fn run<S>(
    shared: &Shared,
    stream: S,
    thing: &str,
    address: SocketAddr,
) -> Result<()>
where
    S: AsyncRead + AsyncWrite + Unpin,
{
    let (reader, mut writer) = tokio::io::split(stream);
    let mut packets = Packets {
        stream: reader,
        buffer: BytesMut::new(),
    };
    let first = timeout(CONNECT_WAIT, packets.next())
        .await
        .context("no CONNECT in time")??;
    let Some(Packet::Connect(connect, _, will, _, _)) = first else {
        bail!("the first packet is no CONNECT")
    };
    judge_connect(shared, thing, &connect, will.as_ref())?;

    let seat = shared.things.take_seat(thing, address).await;
    ensure!(!seat.leave.is_cancelled(), "{thing} connected anew");
    let (mut sender, mut receiver, connack) = shared.hub.connect(thing, connect.clean_session)?;
    sender.will = will;
    let mut buffer = BytesMut::new();
    V4.write(connack, &mut buffer)?;
    write(&mut writer, &mut buffer).await?;
    tracing::info!(thing, %address, "thing connected");

    let keep_alive = match connect.keep_alive {
        0 => KEEP_ALIVE_DEFAULT_S,
        seconds => seconds,
    };
    let session = Session {
        shared,
        thing,
        awaited: Mutex::default(),
    };
    tokio::select! {
        ended = session.inbound(packets, &mut sender, Duration::from_secs(keep_alive.into()) * 3 / 2) => ended,
        ended = session.outbound(&mut receiver, &mut writer) => ended,
        () = seat.leave.cancelled() => bail!("{thing} was sent away"),
    }
}

fn judge_connect(
    shared: &Shared,
    thing: &str,
    connect: &Connect,
    will: Option<&LastWill>,
) -> Result<()> {
    let mut attributes = Vec::new();
    if !connect.clean_session {
        attributes.push("PersistentConnect");
    }
    if let Some(will) = will {
        attributes.push("LastWill");
        judge_publish(shared, thing, &will.topic, will.retain)?;
        ensure!(will.qos != QoS::ExactlyOnce, "QoS 2 does not exist here");
    }
    ensure!(
        shared
            .policy
            .allows_connect(thing, &connect.client_id, &attributes),
        "{thing} may not connect as {:?} with {attributes:?}",
        connect.client_id
    );
    Ok(())
}

fn judge_publish(shared: &Shared, thing: &str, topic: &[u8], retain: bool) -> Result<()> {
    let resource = format!("topic/{}", std::str::from_utf8(topic)?);
    let mut actions = vec!["iot:Publish"];
    if retain {
        actions.push("iot:RetainPublish");
    }
    for action in actions {
        ensure!(
            shared.policy.allows(thing, action, &resource),
            "{thing} may not {action} on {resource:?}"
        );
    }
    Ok(())
}

struct Session<'a> {
    shared: &'a Shared,
    thing: &'a str,
    /// Packet ids sent and not settled with the router, in order, and whether the thing has acknowledged them.
    awaited: Mutex<VecDeque<(u16, bool)>>,
}

impl Session<'_> {
    async fn inbound<R>(
        &self,
        mut packets: Packets<R>,
        sender: &mut Sender,
        silence_max: Duration,
    ) -> Result<()>
    where
        R: AsyncRead + Unpin,
    {
        loop {
            let packet = timeout(silence_max, packets.next())
                .await
                .context("keep-alive ran out")??;
            // Gone without a farewell: the will stays set.
            let Some(packet) = packet else { return Ok(()) };
            match packet {
                Packet::Publish(publish, _) => {
                    judge_publish(self.shared, self.thing, &publish.topic, publish.retain)?;
                    self.shared.things.received.fetch_add(1, Ordering::Relaxed);
                    sender.send(Packet::Publish(publish, None))?;
                }
                Packet::Subscribe(subscribe, _) => {
                    for filter in &subscribe.filters {
                        ensure!(filter.qos != QoS::ExactlyOnce, "QoS 2 does not exist here");
                        self.require("iot:Subscribe", &format!("topicfilter/{}", filter.path))?;
                    }
                    sender.send(Packet::Subscribe(subscribe, None))?;
                }
                Packet::PubAck(ack, _) => {
                    for pkid in self.acknowledge(ack.pkid) {
                        sender.send(Packet::PubAck(
                            PubAck {
                                pkid,
                                reason: PubAckReason::Success,
                            },
                            None,
                        ))?;
                    }
                }
                packet @ (Packet::PingReq(_) | Packet::Unsubscribe(..)) => sender.send(packet)?,
                Packet::Disconnect(..) => {
                    sender.will = None;
                    return Ok(());
                }
                _ => bail!("a packet a client may not send now"),
            }
        }
    }

    async fn outbound<W>(&self, receiver: &mut LinkRx, writer: &mut W) -> Result<()>
    where
        W: AsyncWrite + Unpin,
    {
        let mut buffer = BytesMut::new();
        loop {
            let Some(notification) = receiver.next().await? else {
                continue;
            };
            if matches!(notification, Notification::Unschedule) {
                receiver.wake().await?;
                continue;
            }
            let Some(packet) = Option::<Packet>::from(notification) else {
                continue;
            };
            if let Packet::Publish(publish, _) = &packet {
                self.require(
                    "iot:Receive",
                    &format!("topic/{}", std::str::from_utf8(&publish.topic)?),
                )?;
                self.shared.things.delivered.fetch_add(1, Ordering::Relaxed);
                if let Some(pkid) = packet_id(publish) {
                    self.awaited().push_back((pkid, false));
                }
            }
            V4.write(packet, &mut buffer)?;
            write(writer, &mut buffer).await?;
        }
    }

    fn require(&self, action: &str, resource: &str) -> Result<()> {
        let allowed = self.shared.policy.allows(self.thing, action, resource);
        ensure!(allowed, "{} may not {action} on {resource:?}", self.thing);
        Ok(())
    }

    /// The router disconnects a client that acknowledges out of order, AWS IoT does not: an acknowledgement is held
    /// until all before it have come.
    fn acknowledge(&self, acknowledged: u16) -> Vec<u16> {
        let mut awaited = self.awaited();
        if let Some(entry) = awaited
            .iter_mut()
            .find(|entry| **entry == (acknowledged, false))
        {
            entry.1 = true;
        }
        let ready = awaited
            .iter()
            .take_while(|(_, acknowledged)| *acknowledged)
            .count();
        awaited.drain(..ready).map(|(pkid, _)| pkid).collect()
    }

    fn awaited(&self) -> std::sync::MutexGuard<'_, VecDeque<(u16, bool)>> {
        self.awaited.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The id of a QoS 1 message. `rumqttd` shows it only in its own serial form: flags, id, topic, payload.
fn packet_id(publish: &Publish) -> Option<u16> {
    let head = publish.serialize();
    let id = u16::from_be_bytes([*head.get(1)?, *head.get(2)?]);
    (id != 0).then_some(id)
}

struct Packets<R> {
    stream: R,
    buffer: BytesMut,
}

impl<R: AsyncRead + Unpin> Packets<R> {
    /// The next packet, or none when the stream has ended.
    async fn next(&mut self) -> Result<Option<Packet>> {
        loop {
            // PUBLISH (type 3) with QoS 2 or 3 in bits 1 and 2.
            ensure!(
                !self
                    .buffer
                    .first()
                    .is_some_and(|byte| byte >> 4 == 3 && byte & 0b100 != 0),
                "QoS 2 does not exist here"
            );
            match V4.read_mut(&mut self.buffer, PACKET_BYTES_MAX) {
                Ok(packet) => return Ok(Some(packet)),
                Err(ProtocolError::InsufficientBytes(_)) => {}
                Err(error) => bail!("no MQTT 3.1.1: {error}"),
            }
            match self.stream.read_buf(&mut self.buffer).await {
                Ok(0) => return Ok(None),
                Ok(_) => {}
                // A peer that is killed says no farewell on the TLS level either.
                Err(error) => {
                    tracing::debug!(%error, "the connection broke");
                    return Ok(None);
                }
            }
        }
    }
}

async fn write<W: AsyncWrite + Unpin>(writer: &mut W, buffer: &mut BytesMut) -> Result<()> {
    timeout(WRITE_WAIT, async {
        writer.write_all(buffer).await?;
        writer.flush().await
    })
    .await
    .context("the thing does not read")??;
    buffer.clear();
    Ok(())
}
