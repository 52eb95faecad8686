//! One connection after another, each with a client of its own: nothing a client remembers outlives its connection.
//!
//! `rumqttc` drops queued messages when the broker has lost the session, and can hang on a packet id that nobody
//! acknowledges any more. So the outbox, which the journal can rebuild, is the only memory: each new connection sends
//! it again. The task that polls does nothing else; a full channel can never block it.

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
use crate::{agent::stopped, clock, config::Config, desk::Desk, journal::JournalError};

const KEEP_ALIVE: Duration = Duration::from_secs(20);
const BACKOFF_MIN: Duration = Duration::from_millis(500);
const STATE_EVERY: Duration = Duration::from_mins(5);
/// How long the farewell may take.
const LEAVE_WITHIN: Duration = Duration::from_millis(400);
/// Reports on the way at once: below every broker's limit.
const IN_FLIGHT_MAX: usize = 32;
/// Packet ids go round after this many, so an id is long acknowledged when it comes again.
const PACKET_IDS: u16 = 1_000;
/// More than can ever wait: reports, acknowledgements of what the broker may send at once, and state.
const REQUESTS_MAX: usize = 4_096;

/// What ends the session for good, and with it the agent.
#[derive(Debug, thiserror::Error)]
pub enum SessionError {
    /// The disk does not do its part.
    #[error(transparent)]
    Journal(#[from] JournalError),
    /// A fault that a test asked for.
    #[error(transparent)]
    Fault(#[from] Injected),
}

/// Why one connection ended.
enum End {
    Told,
    Lost,
}

/// Why a connection must be made anew although it stands.
#[derive(Debug, thiserror::Error)]
enum Stuck {
    #[error("the client takes no more requests: {0}")]
    Client(#[from] ClientError),
    #[error("the broker refuses the subscription: check the agent's policy")]
    Refused,
    #[error("a packet id was never acknowledged")]
    PacketId,
}

type Offered = BoxFuture<'static, (Publish, Result<(), JournalError>)>;
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
    desk: Arc<Desk>,
    stop: watch::Receiver<bool>,
}

impl Session {
    pub(crate) fn new(
        config: Arc<Config>,
        tls: Arc<ClientConfig>,
        desk: Arc<Desk>,
        stop: watch::Receiver<bool>,
    ) -> Self {
        Self {
            config,
            tls,
            desk,
            stop,
        }
    }

    /// Connects again and again until told to stop.
    pub(crate) async fn run(mut self) -> Result<(), SessionError> {
        let mut failures = 0_u32;
        loop {
            let opened_at = Instant::now();
            let mut connection = Connection::open(&self);
            let end = connection.work(&mut self.stop).await;
            // What came in is on its way to the disk, connection or not.
            while let Some((_, safe)) = connection.offered.next().await {
                safe?;
            }
            match end? {
                End::Told => return Ok(()),
                // A connection that does not last is a failure too: two agents of one name would cut each other for ever.
                End::Lost if opened_at.elapsed() > self.config.timing.backoff_max => failures = 0,
                End::Lost => failures += 1,
            }
            tokio::select! {
                () = sleep(backoff(failures, self.config.timing.backoff_max)) => {}
                () = stopped(&mut self.stop) => return Ok(()),
            }
        }
    }
}

/// Full jitter: agents that lost the broker together do not come back together.
fn backoff(failures: u32, max: Duration) -> Duration {
    let cap = BACKOFF_MIN.saturating_mul(1 << failures.min(10)).min(max);
    let mut random = [0; 8];
    // Without randomness the full wait is right too.
    if getrandom::fill(&mut random).is_err() {
        return cap;
    }
    let cap_ms = u64::try_from(cap.as_millis()).unwrap_or(u64::MAX).max(1);
    Duration::from_millis(u64::from_le_bytes(random) % cap_ms)
}

struct Connection {
    config: Arc<Config>,
    desk: Arc<Desk>,
    client: AsyncClient,
    events: Events,
    /// Jobs that are on their way to the disk, in the order they came.
    offered: FuturesOrdered<Offered>,
    /// The last report handed to the client.
    cursor: u64,
    /// Handed to the client, not yet on the wire; a report's id, or nothing for other messages.
    handed: VecDeque<Option<u64>>,
    /// On the wire, by packet id.
    on_wire: HashMap<u16, Option<u64>>,
    state_shown: Option<AgentState>,
    was_up: bool,
}

impl Connection {
    fn open(session: &Session) -> Self {
        let mut options = options(&session.config, Arc::clone(&session.tls));
        let will = AgentState {
            at: clock::now(),
            ..session.desk.state(false)
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
            desk: Arc::clone(&session.desk),
            client,
            events,
            offered: FuturesOrdered::new(),
            cursor: 0,
            handed: VecDeque::new(),
            on_wire: HashMap::new(),
            state_shown: None,
            was_up: false,
        }
    }

    async fn work(&mut self, stop: &mut watch::Receiver<bool>) -> Result<End, SessionError> {
        let mut state_timer = interval_at(Instant::now() + STATE_EVERY, STATE_EVERY);
        state_timer.set_missed_tick_behavior(MissedTickBehavior::Delay);
        let desk = Arc::clone(&self.desk);
        loop {
            let result = tokio::select! {
                event = self.events.recv() => match event {
                    Some(Ok(event)) => self.handle(event),
                    Some(Err(error)) => {
                        tracing::warn!(%error, was_up = self.was_up, "no connection to the broker");
                        return Ok(End::Lost);
                    }
                    None => return Ok(End::Lost),
                },
                Some((publish, safe)) = self.offered.next() => {
                    safe?;
                    point("agent.queued")?;
                    self.client.try_ack(&publish).map_err(Stuck::from).and_then(|()| self.pump())
                }
                () = desk.news(), if self.was_up => self.pump().and_then(|()| self.show_state(false)),
                _ = state_timer.tick(), if self.was_up => self.show_state(true),
                () = stopped(stop) => {
                    // Time-out or not: the will speaks for an agent that could not say farewell.
                    let _ = timeout(LEAVE_WITHIN, self.leave()).await;
                    return Ok(End::Told);
                }
            };
            if let Err(error) = result {
                tracing::error!(%error, "the connection is made anew");
                return Ok(End::Lost);
            }
        }
    }

    fn handle(&mut self, event: Event) -> Result<(), Stuck> {
        match event {
            Event::Incoming(Packet::ConnAck(ack)) => {
                tracing::info!(
                    session_present = ack.session_present,
                    "connected to the broker"
                );
                self.was_up = true;
                self.client
                    .try_subscribe(topic::down(&self.config.thing), QoS::AtLeastOnce)?;
                self.show_state(true)?;
                let hello = serde_json::to_vec(&self.desk.hello()).unwrap_or_default();
                self.publish(topic::up(&self.config.thing), false, hello, None)?;
                self.pump()
            }
            Event::Incoming(Packet::SubAck(ack)) => {
                match ack.return_codes.contains(&SubscribeReasonCode::Failure) {
                    true => Err(Stuck::Refused),
                    false => Ok(()),
                }
            }
            Event::Incoming(Packet::Publish(publish)) => {
                self.take_in(publish);
                Ok(())
            }
            Event::Outgoing(Outgoing::Publish(packet_id)) => {
                let report = self.handed.pop_front().flatten();
                self.on_wire.insert(packet_id, report);
                Ok(())
            }
            Event::Incoming(Packet::PubAck(ack)) => {
                if let Some(report) = self.on_wire.remove(&ack.pkid).flatten() {
                    self.desk.told(report);
                }
                self.pump()
            }
            // Its packet id is still taken: this client would wait for ever.
            Event::Outgoing(Outgoing::AwaitAck(_)) => Err(Stuck::PacketId),
            Event::Incoming(_) | Event::Outgoing(_) => Ok(()),
        }
    }

    fn take_in(&mut self, publish: Publish) {
        let safe: BoxFuture<'static, Result<(), JournalError>> =
            match inbox::read(&publish.payload, clock::now()) {
                Ok(Message::Job(job)) => self.desk.offer(*job).boxed(),
                Ok(Message::Ask(asked)) => self.desk.answer(&asked.ask).boxed(),
                Err(malformed) => {
                    tracing::error!(
                        why = malformed.why,
                        "a message is neither a print job nor a question"
                    );
                    if let Some(report) = malformed.answer {
                        self.desk.tell(*report);
                    }
                    std::future::ready(Ok(())).boxed()
                }
            };
        self.offered
            .push_back(async move { (publish, safe.await) }.boxed());
    }

    /// Hands waiting reports to the client, few at a time.
    fn pump(&mut self) -> Result<(), Stuck> {
        while self.handed.len() + self.on_wire.len() < IN_FLIGHT_MAX {
            let Some((id, report)) = self.desk.report_after(self.cursor) else {
                break;
            };
            let json = serde_json::to_vec(&report).unwrap_or_default();
            self.publish(topic::up(&self.config.thing), false, json, Some(id))?;
            self.cursor = id;
        }
        Ok(())
    }

    /// Publishes the state when it has changed, or `always`. While a printer prints, its queue is no news: messages cost.
    fn show_state(&mut self, always: bool) -> Result<(), Stuck> {
        let state = self.desk.state(true);
        let gist = gist(state.clone());
        if always || self.state_shown.as_ref() != Some(&gist) {
            self.state_shown = Some(gist);
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
    ) -> Result<(), Stuck> {
        self.client
            .try_publish(topic, QoS::AtLeastOnce, retain, json)?;
        self.handed.push_back(report);
        Ok(())
    }

    /// Says what is left to say and that the agent goes.
    async fn leave(&mut self) -> Result<(), Stuck> {
        if !self.was_up {
            return Ok(());
        }
        self.pump()?;
        let state = serde_json::to_vec(&self.desk.state(false)).unwrap_or_default();
        self.publish(topic::state(&self.config.thing), true, state, None)?;
        self.client.try_disconnect()?;
        while let Some(Ok(event)) = self.events.recv().await {
            match event {
                Event::Outgoing(Outgoing::Disconnect) => break,
                // A last job stays unacknowledged: the broker keeps it for the next start.
                Event::Incoming(Packet::Publish(_)) => {}
                event => self.handle(event)?,
            }
        }
        Ok(())
    }
}

/// What of a state is worth a message.
fn gist(mut state: AgentState) -> AgentState {
    state.at = UnixMillis(0);
    for printer in &mut state.printers {
        if matches!(printer.state.as_str(), "ready" | "paper_low") {
            printer.queue = 0;
        }
    }
    state
}
