//! Connects to the broker again and again, each time with a new client, so no client state outlives its connection.
//!
//! `rumqttc` drops queued messages when the broker has lost the session, and can hang on a packet id that is never acknowledged. So the
//! outbox, which can be rebuilt from the journal, is the only memory: each new connection sends it again. The task that polls does nothing
//! else, so a full channel can never block it.

use std::{
    collections::{HashMap, VecDeque},
    sync::Arc,
    time::Duration,
};

use futures_util::{FutureExt as _, StreamExt as _, future::BoxFuture, stream::FuturesOrdered};
use rumqttc::{
    AsyncClient, ClientError, ConnectionError, Event, LastWill, MqttOptions, NetworkOptions,
    Outgoing, Packet, Publish, QoS, SubscribeReasonCode, TlsConfiguration, Transport,
};
use tabletap_domain::time::UnixMillis;
use tabletap_fault::{Injected, point};
use tabletap_wire::{
    print::{AgentState, PRINT_JOB_BYTES_MAX},
    topic,
};
use tokio::{
    sync::{mpsc, watch},
    time::{Instant, MissedTickBehavior, interval_at, sleep, timeout},
};
use tokio_rustls::rustls::ClientConfig;

use super::inbox::{self, Message};
use crate::{agent::stopped, clock, config::Config, journal::JournalError, spooler::Spooler};

const KEEP_ALIVE: Duration = Duration::from_secs(20);
const BACKOFF_MIN: Duration = Duration::from_millis(500);
const STATE_EVERY: Duration = Duration::from_mins(5);
/// How long disconnecting may take.
const DISCONNECT_TIMEOUT: Duration = Duration::from_millis(400);
/// Messages that may be unacknowledged at once: below every broker's limit.
const IN_FLIGHT_MAX: usize = 32;
/// Packet ids start again after this many. An id was acknowledged long before it is used again.
const PACKET_IDS: u16 = 1_000;
/// More requests than can ever be waiting: reports, acknowledgements of what the broker may send at once, and state.
const REQUESTS_MAX: usize = 4_096;

/// An error that ends the session, and with it the agent.
#[derive(Debug, thiserror::Error)]
pub enum SessionError {
    /// The journal cannot be written.
    #[error(transparent)]
    Journal(#[from] JournalError),
    /// A fault that a test asked for.
    #[error(transparent)]
    Fault(#[from] Injected),
}

/// Why one connection ended.
enum ConnectionEnd {
    Stopped,
    Lost,
}

/// Why an open connection must be replaced.
#[derive(Debug, thiserror::Error)]
enum ReconnectReason {
    #[error("the client takes no more requests: {0}")]
    Client(#[from] ClientError),
    #[error("the broker refuses the subscription: check the agent's policy")]
    SubscriptionRefused,
    #[error("a packet id was never acknowledged")]
    PacketId,
}

/// A received message, once everything that follows from it is on disk.
type Received = BoxFuture<'static, (Publish, Result<(), JournalError>)>;
type Events = mpsc::UnboundedReceiver<Result<Event, ConnectionError>>;

/// The broker options of an agent.
pub(crate) fn options(config: &Config, tls: Arc<ClientConfig>) -> MqttOptions {
    let (host, port) = (config.endpoint.host.as_str(), config.endpoint.port);
    let mut options = MqttOptions::new(config.thing.as_str(), host, port);
    options
        .set_transport(Transport::tls_with_config(TlsConfiguration::Rustls(tls)))
        .set_keep_alive(KEEP_ALIVE)
        .set_clean_session(false)
        .set_manual_acks(true)
        .set_inflight(PACKET_IDS)
        .set_max_packet_size(2 * PRINT_JOB_BYTES_MAX, 2 * PRINT_JOB_BYTES_MAX);
    options
}

/// The session of an agent with its broker.
#[derive(Debug)]
pub(crate) struct Session {
    config: Arc<Config>,
    tls: Arc<ClientConfig>,
    spooler: Arc<Spooler>,
    stop: watch::Receiver<bool>,
}

impl Session {
    pub(crate) fn new(
        config: Arc<Config>,
        tls: Arc<ClientConfig>,
        spooler: Arc<Spooler>,
        stop: watch::Receiver<bool>,
    ) -> Self {
        Self {
            config,
            tls,
            spooler,
            stop,
        }
    }

    /// Connects again and again until told to stop.
    pub(crate) async fn run(mut self) -> Result<(), SessionError> {
        let mut failures = 0_u32;
        loop {
            let opened_at = Instant::now();
            let mut connection = BrokerConnection::open(&self);
            let end = connection.run(&mut self.stop).await;
            // These jobs are already queued. If their records cannot be written, the agent must end, connection or not.
            while let Some((_, on_disk)) = connection.received.next().await {
                on_disk?;
            }
            match end? {
                ConnectionEnd::Stopped => return Ok(()),
                // A connection that does not last counts as a failure: two agents with one name close each other's connection for ever.
                ConnectionEnd::Lost if opened_at.elapsed() > self.config.timing.backoff_max => {
                    failures = 0
                }
                ConnectionEnd::Lost => failures += 1,
            }
            tokio::select! {
                () = sleep(backoff(failures, self.config.timing.backoff_max)) => {}
                () = stopped(&mut self.stop) => return Ok(()),
            }
        }
    }
}

/// Full jitter, so that agents that lost the broker together do not all come back together.
fn backoff(failures: u32, max: Duration) -> Duration {
    let cap = BACKOFF_MIN.saturating_mul(1 << failures.min(10)).min(max);
    let cap_ms = u64::try_from(cap.as_millis()).unwrap_or(u64::MAX).max(1);
    Duration::from_millis(fastrand::u64(..cap_ms))
}

struct BrokerConnection {
    config: Arc<Config>,
    spooler: Arc<Spooler>,
    client: AsyncClient,
    events: Events,
    /// Messages to acknowledge, in the order they arrived, each once it is on disk.
    received: FuturesOrdered<Received>,
    /// The last report handed to the client.
    cursor: u64,
    /// Messages given to the client that have no packet id yet: a report's id, or `None` for other messages.
    submitted: VecDeque<Option<u64>>,
    /// Messages sent and not acknowledged, by packet id.
    in_flight: HashMap<u16, Option<u64>>,
    state_published: Option<AgentState>,
    is_connected: bool,
}

impl BrokerConnection {
    fn open(session: &Session) -> Self {
        let mut options = options(&session.config, Arc::clone(&session.tls));
        let will = AgentState {
            at: clock::now(),
            ..session.spooler.agent_state(false)
        };
        let will = LastWill::new(
            topic::state(&session.config.thing),
            serde_json::to_vec(&will).unwrap_or_default(),
            QoS::AtLeastOnce,
            true,
        );
        options.set_last_will(will);
        let (client, mut event_loop) = AsyncClient::new(options, REQUESTS_MAX);
        let mut network = NetworkOptions::new();
        network.set_tcp_nodelay(true);
        event_loop.set_network_options(network);
        let (sender, events) = mpsc::unbounded_channel();
        tokio::spawn(async move {
            loop {
                let event = tokio::select! {
                    event = event_loop.poll() => event,
                    () = sender.closed() => break,
                };
                let failed = event.is_err();
                if sender.send(event).is_err() || failed {
                    break;
                }
            }
        });
        Self {
            config: Arc::clone(&session.config),
            spooler: Arc::clone(&session.spooler),
            client,
            events,
            received: FuturesOrdered::new(),
            cursor: 0,
            submitted: VecDeque::new(),
            in_flight: HashMap::new(),
            state_published: None,
            is_connected: false,
        }
    }

    async fn run(
        &mut self,
        stop: &mut watch::Receiver<bool>,
    ) -> Result<ConnectionEnd, SessionError> {
        let mut state_timer = interval_at(Instant::now() + STATE_EVERY, STATE_EVERY);
        state_timer.set_missed_tick_behavior(MissedTickBehavior::Delay);
        let spooler = Arc::clone(&self.spooler);
        loop {
            let result = tokio::select! {
                event = self.events.recv() => match event {
                    Some(Ok(event)) => self.handle(event),
                    Some(Err(error)) => {
                        tracing::warn!(%error, was_connected = self.is_connected, "no connection to the broker");
                        return Ok(ConnectionEnd::Lost);
                    }
                    None => return Ok(ConnectionEnd::Lost),
                },
                Some((publish, on_disk)) = self.received.next() => {
                    on_disk?;
                    point("agent.queued")?;
                    self.client.try_ack(&publish).map_err(ReconnectReason::from).and_then(|()| self.send_reports())
                }
                () = spooler.updated(), if self.is_connected => self.send_reports().and_then(|()| self.publish_state(false)),
                _ = state_timer.tick(), if self.is_connected => self.publish_state(true),
                () = stopped(stop) => {
                    // If it fails, the broker publishes the will.
                    let _ = timeout(DISCONNECT_TIMEOUT, self.disconnect()).await;
                    return Ok(ConnectionEnd::Stopped);
                }
            };
            if let Err(error) = result {
                tracing::error!(%error, "reconnecting");
                return Ok(ConnectionEnd::Lost);
            }
        }
    }

    fn handle(&mut self, event: Event) -> Result<(), ReconnectReason> {
        match event {
            Event::Incoming(Packet::ConnAck(ack)) => {
                tracing::info!(
                    session_present = ack.session_present,
                    "connected to the broker"
                );
                self.is_connected = true;
                self.client
                    .try_subscribe(topic::down(&self.config.thing), QoS::AtLeastOnce)?;
                self.publish_state(true)?;
                let hello = serde_json::to_vec(&self.spooler.hello()).unwrap_or_default();
                self.publish(topic::up(&self.config.thing), false, hello, None)?;
                self.send_reports()
            }
            Event::Incoming(Packet::SubAck(ack)) => {
                match ack.return_codes.contains(&SubscribeReasonCode::Failure) {
                    true => Err(ReconnectReason::SubscriptionRefused),
                    false => Ok(()),
                }
            }
            Event::Incoming(Packet::Publish(publish)) => {
                self.receive(publish);
                Ok(())
            }
            Event::Outgoing(Outgoing::Publish(packet_id)) => {
                let report = self.submitted.pop_front().flatten();
                self.in_flight.insert(packet_id, report);
                Ok(())
            }
            Event::Incoming(Packet::PubAck(ack)) => {
                if let Some(report) = self.in_flight.remove(&ack.pkid).flatten() {
                    self.spooler.acknowledge_report(report);
                }
                self.send_reports()
            }
            // The next packet id is still in use. This client would wait for ever.
            Event::Outgoing(Outgoing::AwaitAck(_)) => Err(ReconnectReason::PacketId),
            Event::Incoming(_) | Event::Outgoing(_) => Ok(()),
        }
    }

    fn receive(&mut self, publish: Publish) {
        let on_disk: BoxFuture<'static, Result<(), JournalError>> =
            match inbox::parse(&publish.payload, clock::now()) {
                Ok(Message::Job(job)) => self.spooler.accept_job(*job).boxed(),
                Ok(Message::Ask(question)) => self.spooler.answer_question(&question.ask).boxed(),
                Err(malformed) => {
                    tracing::error!(
                        reason = malformed.reason,
                        "a message is neither a print job nor a question"
                    );
                    if let Some(report) = malformed.report {
                        self.spooler.send_report(*report);
                    }
                    std::future::ready(Ok(())).boxed()
                }
            };
        self.received
            .push_back(async move { (publish, on_disk.await) }.boxed());
    }

    /// Gives waiting reports to the client, a few at a time.
    fn send_reports(&mut self) -> Result<(), ReconnectReason> {
        while self.submitted.len() + self.in_flight.len() < IN_FLIGHT_MAX {
            let Some((id, report)) = self.spooler.report_after(self.cursor) else {
                break;
            };
            let json = serde_json::to_vec(&report).unwrap_or_default();
            self.publish(topic::up(&self.config.thing), false, json, Some(id))?;
            self.cursor = id;
        }
        Ok(())
    }

    /// Publishes the state if it has changed, or `always`. A working printer's queue is no change, because every message costs money.
    fn publish_state(&mut self, always: bool) -> Result<(), ReconnectReason> {
        let state = self.spooler.agent_state(true);
        let comparable = without_minor_changes(state.clone());
        if always || self.state_published.as_ref() != Some(&comparable) {
            self.state_published = Some(comparable);
            let json = serde_json::to_vec(&state).unwrap_or_default();
            self.publish(topic::state(&self.config.thing), true, json, None)?;
        }
        Ok(())
    }

    fn publish(
        &mut self,
        topic: String,
        retain: bool,
        json: Vec<u8>,
        report: Option<u64>,
    ) -> Result<(), ReconnectReason> {
        self.client
            .try_publish(topic, QoS::AtLeastOnce, retain, json)?;
        self.submitted.push_back(report);
        Ok(())
    }

    /// Sends the last reports and `online: false`, and disconnects.
    async fn disconnect(&mut self) -> Result<(), ReconnectReason> {
        if !self.is_connected {
            return Ok(());
        }
        self.send_reports()?;
        let state = serde_json::to_vec(&self.spooler.agent_state(false)).unwrap_or_default();
        self.publish(topic::state(&self.config.thing), true, state, None)?;
        self.client.try_disconnect()?;
        while let Some(Ok(event)) = self.events.recv().await {
            match event {
                Event::Outgoing(Outgoing::Disconnect) => break,
                // A job that arrives now stays unacknowledged, so the broker keeps it for the next start.
                Event::Incoming(Packet::Publish(_)) => {}
                event => self.handle(event)?,
            }
        }
        Ok(())
    }
}

/// The part of a state whose change is worth a message.
fn without_minor_changes(mut state: AgentState) -> AgentState {
    state.at = UnixMillis(0);
    for printer in &mut state.printers {
        if matches!(printer.state.as_str(), "ready" | "paper_low") {
            printer.queue = 0;
        }
    }
    state
}
