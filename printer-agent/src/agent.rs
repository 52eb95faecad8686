//! The whole agent: one worker per printer, the session with the broker, and how they stop.

use std::{sync::Arc, time::Duration};

use tokio::{
    sync::watch,
    task::JoinSet,
    time::{sleep, timeout},
};

use crate::{
    config::Config,
    journal::JournalError,
    mqtt::{Session, SessionError, TlsError, client_config},
    printer::{FontCache, Worker, WorkerError},
    spooler::Spooler,
};

/// How long workers may take to stop: a little longer than they wait for the ticket in the printer.
const WORKERS_STOP_TIMEOUT: Duration = Duration::from_millis(1_400);
/// How long the session may take to stop.
const SESSION_STOP_TIMEOUT: Duration = Duration::from_millis(500);

/// Why the agent cannot continue. Its supervisor starts it again.
#[derive(Debug, thiserror::Error)]
pub enum AgentError {
    /// The journal cannot be used.
    #[error(transparent)]
    Journal(#[from] JournalError),
    /// The agent has no usable identity.
    #[error(transparent)]
    Tls(#[from] TlsError),
    /// A worker ended.
    #[error(transparent)]
    Worker(#[from] WorkerError),
    /// The session ended.
    #[error(transparent)]
    Session(#[from] SessionError),
    /// A part of the agent panicked.
    #[error("a part of the agent panicked")]
    Panicked,
}

impl AgentError {
    /// What a person can do, if anything.
    #[must_use]
    pub fn remedy(&self) -> Option<&'static str> {
        match self {
            Self::Journal(error)
            | Self::Worker(WorkerError::Journal(error))
            | Self::Session(SessionError::Journal(error)) => Some(error.remedy()),
            Self::Tls(_) | Self::Worker(_) | Self::Session(_) | Self::Panicked => None,
        }
    }
}

/// Runs until `stop` ends, then stops within 2 s: the ticket in a printer finishes or stays `sending` in the journal, and the session says
/// that the agent is offline.
///
/// # Errors
/// [`AgentError`]: start the agent again; some errors need a person first.
pub async fn run(config: Config, stop: impl Future<Output = ()>) -> Result<(), AgentError> {
    let config = Arc::new(config);
    let tls = client_config(&config)?;
    let spooler = Arc::new(Spooler::open(&config).await?);
    let fonts = FontCache::new(config.fonts.clone());
    let (stop_workers, workers_stop) = watch::channel(false);
    let (stop_session, session_stop) = watch::channel(false);
    let mut workers = JoinSet::new();
    for printer in &config.printers {
        let (spooler, fonts, stop) = (Arc::clone(&spooler), fonts.clone(), workers_stop.clone());
        workers.spawn(Worker::new(printer.clone(), config.timing, spooler, fonts, stop).run());
    }
    // Loaded now, so that the first ticket need not wait for them.
    tokio::spawn(async move { fonts.get().await });
    let mut session = tokio::spawn(
        Session::new(Arc::clone(&config), tls, Arc::clone(&spooler), session_stop).run(),
    );
    tracing::info!(thing = %config.thing, printers = config.printers.len(), "started");
    tokio::select! {
        () = stop => {}
        () = remove_guest_texts(&spooler, config.timing.tidy_interval) => {}
        ended = workers.join_next() => return Err(failure(ended.unwrap_or(Ok(Ok(()))))),
        ended = &mut session => return Err(failure(ended)),
    }
    stop_workers.send_replace(true);
    // A worker that does not stop in time is dropped. The journal has its last step.
    let _ = timeout(WORKERS_STOP_TIMEOUT, async {
        while workers.join_next().await.is_some() {}
    })
    .await;
    stop_session.send_replace(true);
    let _ = timeout(SESSION_STOP_TIMEOUT, session).await;
    tracing::info!("ended");
    Ok(())
}

/// Removes what guests wrote on finished tickets from the journal, again and again.
async fn remove_guest_texts(spooler: &Spooler, every: Duration) {
    loop {
        sleep(every).await;
        spooler.remove_ended_jobs();
    }
}

fn failure<E: Into<AgentError>>(
    ended: Result<Result<(), E>, tokio::task::JoinError>,
) -> AgentError {
    match ended {
        Ok(Err(error)) => error.into(),
        Ok(Ok(())) | Err(_) => AgentError::Panicked,
    }
}

/// Waits until the agent is told to stop.
pub(crate) async fn stopped(stop: &mut watch::Receiver<bool>) {
    // A dropped sender counts as being told.
    let _ = stop.wait_for(|stop| *stop).await;
}
