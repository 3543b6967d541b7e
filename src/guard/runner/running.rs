//! A command that runs, as its holder sees it, and how it ended.

use std::{
    fmt,
    io::PipeWriter,
    sync::{
        Arc, Mutex, OnceLock, PoisonError,
        atomic::{AtomicBool, Ordering},
    },
    time::{Duration, Instant},
};

use tokio::sync::watch;

use crate::{
    chat::Progress,
    guard::output::{Collector, Output},
};

/// A command that runs. Dropping it ends the command.
#[derive(Debug)]
pub struct Running {
    pub(super) shared: Arc<Shared>,
    pub(super) live: watch::Receiver<Progress>,
    pub(super) ended: watch::Receiver<Option<Arc<Exit>>>,
    /// Its other end is in the command's thread: closing it ends the command.
    pub(super) leash: Option<PipeWriter>,
}

/// What the command's thread and its holder both reach.
#[derive(Debug)]
pub(super) struct Shared {
    pub(super) collector: Mutex<Collector>,
    pub(super) unbound: AtomicBool,
    pub(super) started: Instant,
    observer: OnceLock<Observer>,
}

/// Told on the command's thread that there is news.
struct Observer(Box<dyn Fn() + Send + Sync>);

impl fmt::Debug for Observer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Observer")
    }
}

impl Shared {
    pub(super) fn new(started: Instant) -> Self {
        Self { collector: Mutex::default(), unbound: AtomicBool::new(false), started, observer: OnceLock::new() }
    }

    /// There is news. No lock may be held.
    pub(super) fn notify(&self) {
        if let Some(Observer(tell)) = self.observer.get() {
            tell();
        }
    }
}

/// How a command ended.
#[derive(Clone, Debug, PartialEq)]
pub struct Exit {
    /// Its main process.
    pub end: End,
    /// Why it was ended before its own end.
    pub stopped: Option<Stopped>,
    /// What else there is to say, for the model and the person.
    pub notes: Vec<String>,
    /// What it printed.
    pub output: Output,
    /// How long it ran.
    pub took: Duration,
}

/// How the main process of a command ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum End {
    /// With this exit code.
    Code(i32),
    /// By this signal.
    Signal(i32),
    /// Not at all: it hangs in the system and does not even die when killed.
    Stuck,
}

/// Why a command was ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stopped {
    /// Whoever held it let go.
    Asked,
    /// It ran too long.
    Timeout,
    /// It printed too much.
    Flood,
}

impl Running {
    /// Its newest rows, at most fifteen times a second.
    #[must_use]
    pub fn live(&self) -> watch::Receiver<Progress> {
        self.live.clone()
    }

    /// What it printed so far.
    #[must_use]
    pub fn output(&self) -> Output {
        self.shared.collector.lock().unwrap_or_else(PoisonError::into_inner).output()
    }

    /// Has `tell` called on the command's thread whenever there are new rows, and at the end. Only the first
    /// observer counts. It must not block.
    pub fn observe(&self, tell: impl Fn() + Send + Sync + 'static) {
        let _ = self.shared.observer.set(Observer(Box::new(tell)));
    }

    /// How long it has run, or ran.
    #[must_use]
    pub fn age(&self) -> Duration {
        self.exit().map_or_else(|| super::clock::now() - self.shared.started, |exit| exit.took)
    }

    /// No time limit from now on.
    pub fn unbound(&self) {
        self.shared.unbound.store(true, Ordering::Relaxed);
    }

    /// Ends it: a polite signal, 1.5 seconds, then by force. [`Running::wait`] tells when it is gone.
    pub fn stop(&mut self) {
        self.leash = None;
    }

    /// How it ended, if it did.
    #[must_use]
    pub fn exit(&self) -> Option<Arc<Exit>> {
        self.ended.borrow().clone()
    }

    /// Tells when it ended.
    #[must_use]
    pub fn ended(&self) -> watch::Receiver<Option<Arc<Exit>>> {
        self.ended.clone()
    }

    /// Waits for its end. May be dropped and called again.
    pub async fn wait(&mut self) -> Arc<Exit> {
        let ended = self.ended.wait_for(Option::is_some).await.ok().and_then(|exit| exit.clone());
        ended.unwrap_or_else(|| {
            // The thread broke; its end of the leash is gone and so is the command's reader.
            Arc::new(Exit {
                end: End::Stuck,
                stopped: None,
                notes: vec!["the thread that followed the command broke".into()],
                output: self.output(),
                took: Duration::ZERO,
            })
        })
    }
}
