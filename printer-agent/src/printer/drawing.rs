//! Makes tickets ready to be sent, and remembers those that could not be drawn: drawing breaks for a moment (memory, a font that is being
//! replaced) or for good (a text that breaks the shaping). Others go ahead of such a ticket; it is drawn again after a while, and at last
//! set in plain text, without fonts, because a kitchen cooks from a plain ticket too.

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

/// Drawing that broke so often is not tried again: the ticket is set in plain text.
const DRAWN_TRIES_MAX: u32 = 3;

/// Fonts, loaded once, by whoever asks first.
#[derive(Debug, Clone)]
pub(crate) struct FontShelf {
    folders: Vec<PathBuf>,
    fonts: Arc<OnceCell<Arc<Fonts>>>,
}

impl FontShelf {
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

/// What is to be done about a ticket whose drawing broke.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Broke {
    /// It is tried again; others go ahead.
    Again,
    /// Not even its plain text can be made.
    ForGood,
}

/// Draws a worker's tickets.
#[derive(Debug)]
pub(crate) struct Drawing {
    shelf: FontShelf,
    /// Attempts whose drawing broke: how often, and when each is tried again.
    broken: HashMap<(TicketId, u32), (u32, Instant)>,
}

impl Drawing {
    pub(crate) fn new(shelf: FontShelf) -> Self {
        Self {
            shelf,
            broken: HashMap::new(),
        }
    }

    /// Draws a ticket, or sets it in plain text where drawing it broke too often.
    pub(crate) fn draw(
        &self,
        job: &Arc<PrintJob>,
    ) -> impl Future<Output = Result<Rendered, JoinError>> + use<> {
        let (job, shelf) = (Arc::clone(job), self.shelf.clone());
        let is_plain = self.tries(&job) >= DRAWN_TRIES_MAX;
        async move {
            let (fonts, here) = if is_plain {
                (Arc::new(Fonts::none()), "agent.render-plain")
            } else {
                (shelf.get().await, "agent.render")
            };
            let draw = move || {
                if let Err(fault) = point(here) {
                    panic!("{fault}");
                }
                render(&job, clock::now(), &fonts)
            };
            spawn_blocking(draw).await
        }
    }

    /// Notes that a ticket's drawing broke, and what follows.
    pub(crate) fn broke(&mut self, job: &PrintJob, pause: Duration) -> Broke {
        let tries = self.tries(job) + 1;
        if tries > DRAWN_TRIES_MAX {
            self.forget(job);
            return Broke::ForGood;
        }
        self.broken
            .insert(key(job), (tries, Instant::now() + pause));
        Broke::Again
    }

    /// Whether a ticket may be drawn now.
    pub(crate) fn may_draw(&self, job: &PrintJob) -> bool {
        let broken = self.broken.get(&key(job));
        broken.is_none_or(|(_, again_at)| *again_at <= Instant::now())
    }

    /// The ticket has come to its end.
    pub(crate) fn forget(&mut self, job: &PrintJob) {
        self.broken.remove(&key(job));
    }

    /// Whether some ticket waits to be drawn again.
    pub(crate) fn has_broken(&self) -> bool {
        !self.broken.is_empty()
    }

    fn tries(&self, job: &PrintJob) -> u32 {
        self.broken.get(&key(job)).map_or(0, |(tries, _)| *tries)
    }
}

fn key(job: &PrintJob) -> (TicketId, u32) {
    (job.ticket_id.clone(), job.attempt)
}
