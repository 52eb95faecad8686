//! Renders tickets, and remembers those that failed. Rendering can fail for a moment (memory, a font that is being replaced) or for good (a
//! text that breaks the shaping). Other tickets go ahead of such a ticket. It is rendered again after a while, and finally in plain text,
//! without fonts, because a kitchen can cook from a plain ticket too.

use std::{collections::HashMap, path::PathBuf, sync::Arc, time::Duration};

use tabletap_domain::TicketId;
use tabletap_fault::point;
use tabletap_ticket::{Fonts, Rendered, render};
use tabletap_wire::print::PrintJob;
use tokio::{
    sync::OnceCell,
    task::{JoinError, spawn_blocking},
    time::Instant,
};

use crate::clock;

/// After this many failures the ticket is rendered in plain text.
const FAILURES_MAX: u32 = 3;

/// The fonts, loaded on first use and shared by all workers.
#[derive(Debug, Clone)]
pub(crate) struct FontCache {
    folders: Vec<PathBuf>,
    fonts: Arc<OnceCell<Arc<Fonts>>>,
}

impl FontCache {
    pub(crate) fn new(folders: Vec<PathBuf>) -> Self {
        Self {
            folders,
            fonts: Arc::default(),
        }
    }

    pub(crate) async fn get(&self) -> Arc<Fonts> {
        let load = || async {
            let folders = self.folders.clone();
            let fonts = spawn_blocking(move || Fonts::from_folder(&folders)).await;
            Arc::new(fonts.unwrap_or_else(|_| Fonts::none()))
        };
        Arc::clone(self.fonts.get_or_init(load).await)
    }
}

/// What to do with a ticket that could not be rendered.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum RenderFailure {
    /// Render it again later; other tickets go ahead.
    RetryLater,
    /// Reject it: even its plain text failed.
    GiveUp,
}

/// Renders a worker's tickets.
#[derive(Debug)]
pub(crate) struct TicketRenderer {
    cache: FontCache,
    /// Attempts that could not be rendered: how often each failed, and when it is tried again.
    failed: HashMap<(TicketId, u32), (u32, Instant)>,
}

impl TicketRenderer {
    pub(crate) fn new(cache: FontCache) -> Self {
        Self {
            cache,
            failed: HashMap::new(),
        }
    }

    /// Renders a ticket, in plain text if it has failed too often. A panic while rendering is an error of the task, not of the agent.
    pub(crate) fn render(
        &self,
        job: &Arc<PrintJob>,
    ) -> impl Future<Output = Result<Rendered, JoinError>> + use<> {
        let (job, cache) = (Arc::clone(job), self.cache.clone());
        let is_plain = self.failures(&job) >= FAILURES_MAX;
        async move {
            let (fonts, fault_point) = if is_plain {
                (Arc::new(Fonts::none()), "agent.render-plain")
            } else {
                (cache.get().await, "agent.render")
            };
            let render_job = move || {
                if let Err(fault) = point(fault_point) {
                    panic!("{fault}");
                }
                render(&job, clock::now(), &fonts)
            };
            spawn_blocking(render_job).await
        }
    }

    /// Counts a failure, and says what to do.
    pub(crate) fn record_failure(&mut self, job: &PrintJob, pause: Duration) -> RenderFailure {
        let failures = self.failures(job) + 1;
        if failures > FAILURES_MAX {
            self.forget(job);
            return RenderFailure::GiveUp;
        }
        self.failed
            .insert(key(job), (failures, Instant::now() + pause));
        RenderFailure::RetryLater
    }

    /// Whether a ticket may be rendered now, or must wait after a failure.
    pub(crate) fn may_render(&self, job: &PrintJob) -> bool {
        let failed = self.failed.get(&key(job));
        failed.is_none_or(|(_, retry_at)| *retry_at <= Instant::now())
    }

    /// Drops the failures of a ticket that was rendered or rejected.
    pub(crate) fn forget(&mut self, job: &PrintJob) {
        self.failed.remove(&key(job));
    }

    /// Whether a ticket is waiting to be rendered again.
    pub(crate) fn has_failed_tickets(&self) -> bool {
        !self.failed.is_empty()
    }

    fn failures(&self, job: &PrintJob) -> u32 {
        self.failed
            .get(&key(job))
            .map_or(0, |(failures, _)| *failures)
    }
}

fn key(job: &PrintJob) -> (TicketId, u32) {
    (job.ticket_id.clone(), job.attempt)
}
