//! The signals that concern a terminal program, as one stream. What to do about them is the loop's.

use std::io;

use tokio::signal::unix::{Signal, SignalKind, signal};

/// A signal came.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Caught {
    /// One that ends us: its number.
    End(i32),
    /// The window changed its size.
    Resize,
    /// We go on after a stop, or our parent died (see [`Signals::new`]).
    Continue,
}

/// All of them.
#[derive(Debug)]
pub(super) struct Signals {
    terminate: Signal,
    hangup: Signal,
    interrupt: Signal,
    quit: Signal,
    resize: Signal,
    go_on: Signal,
    parent: Option<rustix::process::Pid>,
}

impl Signals {
    /// Listens to them. On Linux also asks to be told, by SIGCONT, when the parent dies: a wrapper that
    /// is killed leaves us with the terminal in raw mode and no signal of our own.
    pub(super) fn new() -> io::Result<Self> {
        let signals = Self {
            terminate: signal(SignalKind::terminate())?,
            hangup: signal(SignalKind::hangup())?,
            interrupt: signal(SignalKind::interrupt())?,
            quit: signal(SignalKind::quit())?,
            resize: signal(SignalKind::window_change())?,
            go_on: signal(SignalKind::from_raw(rustix::process::Signal::CONT.as_raw()))?,
            parent: rustix::process::getppid(),
        };
        #[cfg(target_os = "linux")]
        let _ = rustix::process::set_parent_process_death_signal(Some(rustix::process::Signal::CONT));
        Ok(signals)
    }

    /// The next signal.
    pub(super) async fn next(&mut self) -> Caught {
        let end = |kind: SignalKind| Caught::End(kind.as_raw_value());
        tokio::select! {
            _ = self.terminate.recv() => end(SignalKind::terminate()),
            _ = self.hangup.recv() => end(SignalKind::hangup()),
            _ = self.interrupt.recv() => end(SignalKind::interrupt()),
            _ = self.quit.recv() => end(SignalKind::quit()),
            _ = self.resize.recv() => Caught::Resize,
            _ = self.go_on.recv() => Caught::Continue,
        }
    }

    /// The process that started us as part of its job is gone, and our job with it. A leader of a session
    /// has no such process: its end is the terminal's end, which hangs up.
    pub(super) fn orphaned(&self) -> bool {
        let leads = rustix::process::getsid(None).is_ok_and(|session| session == rustix::process::getpid());
        !leads && rustix::process::getppid() != self.parent
    }
}
