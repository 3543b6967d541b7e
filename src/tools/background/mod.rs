//! Commands in the background: the table of a session.
//!
//! A job is a running command that no call waits for. It has no time limit; all jobs end with the session.
//! The table publishes cards for the screen and tells the model once of each job that ended.

mod table;
mod words;

use std::{
    fmt::Write as _,
    sync::{Arc, Mutex, MutexGuard, PoisonError, Weak},
    time::Duration,
};

use tokio::sync::watch;

use table::{Job, Table, full};
pub(super) use words::{how_it_ended, seconds};

use super::Refusal;
use crate::{
    chat::{JobCard, JobId},
    guard::runner::{Exit, Running},
};

/// How long the end of all jobs may take: the polite signal, the forced one, and some.
const CLOSING: Duration = Duration::from_secs(4);
/// The background jobs of a session. Cheap to clone.
#[derive(Clone)]
pub struct Jobs(Arc<Inner>);

struct Inner {
    table: Mutex<Table>,
    cards: watch::Sender<Vec<JobCard>>,
}

/// How much of a job's output is meant.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Part {
    /// What came since the last time.
    New,
    /// All of it.
    Whole,
}

impl Default for Jobs {
    fn default() -> Self {
        Self(Arc::new(Inner { table: Mutex::default(), cards: watch::Sender::new(Vec::new()) }))
    }
}

impl Jobs {
    /// The jobs as they stand, now and whenever that changes; running ones first by number.
    #[must_use]
    pub fn cards(&self) -> watch::Receiver<Vec<JobCard>> {
        self.0.cards.subscribe()
    }

    /// Ends a job. There is one that runs and has this number.
    #[must_use]
    pub fn stop(&self, id: JobId) -> bool {
        let mut table = self.0.lock();
        let found = table.jobs.iter_mut().find(|job| job.id == id && job.running.exit().is_none());
        found.map(|job| job.running.stop()).is_some()
    }

    /// Ends all jobs and waits until they are gone, for a bounded time. No job can be added after it.
    pub async fn close(&self) {
        let ended: Vec<_> = {
            let mut table = self.0.lock();
            table.closed = true;
            table.jobs.iter_mut().for_each(|job| job.running.stop());
            table.jobs.iter().map(|job| job.running.ended()).collect()
        };
        let all = async {
            for mut end in ended {
                let _ = end.wait_for(Option::is_some).await;
            }
        };
        let _ = tokio::time::timeout(CLOSING, all).await;
        self.0.publish();
    }

    /// Another job may be started.
    pub(super) fn has_room(&self) -> bool {
        self.0.lock().has_room()
    }

    /// Takes a running command over; what it printed up to `told` bytes is known to the model.
    ///
    /// # Errors
    /// Too many run. The command is ended.
    pub(super) fn add(&self, running: Running, command: &str, told: u64) -> Result<JobId, Refusal> {
        running.unbound();
        let inner: Weak<Inner> = Arc::downgrade(&self.0);
        let id = {
            let mut table = self.0.lock();
            if !table.has_room() {
                return Err(full());
            }
            table.n_started += 1;
            let id = JobId(table.n_started);
            running.observe(move || {
                if let Some(inner) = inner.upgrade() {
                    inner.publish();
                }
            });
            table.jobs.push(Job { id, command: command.to_owned(), running, told, reported: false });
            table.forget();
            id
        };
        self.0.publish();
        Ok(id)
    }

    /// What the model is told of a job: how it is, and what it printed.
    pub(super) fn output(&self, id: JobId, part: Part) -> Result<String, Refusal> {
        let mut table = self.0.lock();
        let Some(job) = table.jobs.iter_mut().find(|job| job.id == id) else { return Err(table.no_such(id)) };
        let exit = job.running.exit();
        let output = exit.as_ref().map_or_else(|| job.running.output(), |exit| exit.output.clone());
        let mut text = job.state(exit.as_deref());
        let printed = output.since(if part == Part::New { job.told } else { 0 });
        text.push_str(match (printed.is_empty(), part) {
            (true, Part::New) => "\n(nothing new)\n",
            (true, Part::Whole) => "\n(no output)\n",
            (false, _) => "\n",
        });
        text.push_str(&printed);
        job.told = output.bytes;
        job.reported |= exit.is_some();
        Ok(text)
    }

    /// One line for each job.
    pub(super) fn list(&self) -> String {
        let mut table = self.0.lock();
        let mut text = String::new();
        for job in &mut table.jobs {
            let exit = job.running.exit();
            job.reported |= exit.is_some();
            let _ = writeln!(text, "{}", job.state(exit.as_deref()));
        }
        if text.is_empty() { "there are no jobs\n".into() } else { text }
    }

    /// Tells when a job ended.
    pub(super) fn ended(&self, id: JobId) -> Result<watch::Receiver<Option<Arc<Exit>>>, Refusal> {
        let table = self.0.lock();
        let found = table.jobs.iter().find(|job| job.id == id).map(|job| job.running.ended());
        found.ok_or_else(|| table.no_such(id))
    }

    /// The command of a job, shortened.
    pub(super) fn command(&self, id: JobId) -> Option<String> {
        self.0.lock().jobs.iter().find(|job| job.id == id).map(Job::shown)
    }

    /// The jobs that ended since the model was told last, in words for it.
    pub(super) fn news(&self) -> Option<String> {
        let mut table = self.0.lock();
        let mut text = String::new();
        for job in table.jobs.iter_mut().filter(|job| !job.reported) {
            if let Some(exit) = job.running.exit() {
                job.reported = true;
                let _ = writeln!(text, "[{}]", job.state(Some(&exit)));
            }
        }
        (!text.is_empty()).then_some(text)
    }
}

impl Inner {
    fn lock(&self) -> MutexGuard<'_, Table> {
        self.table.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn publish(&self) {
        let table = self.lock();
        let cards = table.jobs.iter().map(Job::card).collect();
        // Sent under the lock: two threads must not publish in the wrong order.
        self.cards.send_replace(cards);
    }
}
