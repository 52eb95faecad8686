//! The whole agent: a worker per printer, the session, and how they end.

use std::{sync::Arc, time::Duration};

use tokio::{
    sync::watch,
    task::JoinSet,
    time::{sleep, timeout},
};

use crate::{
    config::Config,
    desk::Desk,
    journal::JournalError,
    mqtt::{Session, SessionError, TlsError, client_config},
    printer::{FontShelf, Worker, WorkerError},
};

/// How long workers may take to end: a ticket in the printer is waited for a little less.
const WORKERS_END_WITHIN: Duration = Duration::from_millis(1_400);
/// How long the farewell to the broker may take.
const SESSION_ENDS_WITHIN: Duration = Duration::from_millis(500);

/// Why the agent cannot go on; whoever supervises it starts it again.
#[derive(Debug, thiserror::Error)]
pub enum AgentError {
    /// The journal cannot be used.
    #[error(transparent)]
    Journal(#[from] JournalError),
    /// There is no identity to connect with.
    #[error(transparent)]
    Tls(#[from] TlsError),
    /// A worker ended.
    #[error(transparent)]
    Worker(#[from] WorkerError),
    /// The session ended.
    #[error(transparent)]
    Session(#[from] SessionError),
    /// A part of the agent panicked.
    #[error("a part of the agent broke")]
    Broken,
}

impl AgentError {
    /// What a person can do about it, where one must.
    #[must_use]
    pub fn remedy(&self) -> Option<&'static str> {
        match self {
            Self::Journal(error)
            | Self::Worker(WorkerError::Journal(error))
            | Self::Session(SessionError::Journal(error)) => Some(error.remedy()),
            Self::Tls(_) | Self::Worker(_) | Self::Session(_) | Self::Broken => None,
        }
    }
}

/// Works until `stop` ends; then finishes or leaves in the journal what is in a printer, says farewell, and ends within 2 s.
///
/// # Errors
/// [`AgentError`]: the agent must be started again, some of them by a person.
pub async fn run(config: Config, stop: impl Future<Output = ()>) -> Result<(), AgentError> {
    let config = Arc::new(config);
    let tls = client_config(&config)?;
    let desk = Arc::new(Desk::open(&config).await?);
    let fonts = FontShelf::new(config.fonts.clone());
    let (stop_workers, workers_stop) = watch::channel(false);
    let (stop_session, session_stop) = watch::channel(false);
    let mut workers = JoinSet::new();
    for printer in &config.printers {
        let (desk, fonts, stop) = (Arc::clone(&desk), fonts.clone(), workers_stop.clone());
        workers.spawn(Worker::new(printer.clone(), config.timing, desk, fonts, stop).run());
    }
    // The first ticket should not wait for them.
    tokio::spawn(async move { fonts.get().await });
    let mut session =
        tokio::spawn(Session::new(Arc::clone(&config), tls, Arc::clone(&desk), session_stop).run());
    tracing::info!(thing = %config.thing, printers = config.printers.len(), "started");
    tokio::select! {
        () = stop => {}
        () = keep_private(&desk, config.timing.tidy) => {}
        ended = workers.join_next() => return Err(failure(ended.unwrap_or(Ok(Ok(()))))),
        ended = &mut session => return Err(failure(ended)),
    }
    stop_workers.send_replace(true);
    // Whoever does not end in time is cut off here: the journal knows where it stood.
    let _ = timeout(WORKERS_END_WITHIN, async {
        while workers.join_next().await.is_some() {}
    })
    .await;
    stop_session.send_replace(true);
    let _ = timeout(SESSION_ENDS_WITHIN, session).await;
    tracing::info!("ended");
    Ok(())
}

/// Takes guests' words out of the journal now and then, for ever.
async fn keep_private(desk: &Desk, every: Duration) {
    loop {
        sleep(every).await;
        desk.drop_ended_jobs();
    }
}

fn failure<E: Into<AgentError>>(
    ended: Result<Result<(), E>, tokio::task::JoinError>,
) -> AgentError {
    match ended {
        Ok(Err(error)) => error.into(),
        Ok(Ok(())) | Err(_) => AgentError::Broken,
    }
}

/// Waits until the switch is on.
pub(crate) async fn stopped(stop: &mut watch::Receiver<bool>) {
    // A switch that nobody holds any more counts as on.
    let _ = stop.wait_for(|stop| *stop).await;
}
