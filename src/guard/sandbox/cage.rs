//! The cage of a session: which sandbox it found, how a command is started in it.

use std::{
    io,
    path::PathBuf,
    process::Command,
    sync::{Arc, OnceLock},
};

use super::{
    CageSetup, Order, Overlay, Rung, Watch,
    card::card,
    found::{self, Found},
};
use crate::{
    chat::{Problem, ProblemKind, SandboxCard},
    config::SandboxWish,
};

/// The sandbox of a session. Cheap to clone; the commands' temporary folder goes with the last clone.
///
/// Which one it is is found by trying each kind in a child that is thrown away, once, when it is first asked for.
/// That takes some 20 ms, at most some seconds where the system hangs: whoever asks does it off the async threads.
#[derive(Clone, Debug)]
pub struct Cage(Arc<Inner>);

/// What all clones share.
#[derive(Debug)]
struct Inner {
    setup: CageSetup,
    found: OnceLock<Found>,
}

impl Cage {
    /// The strongest sandbox that will be found here. Cheap: nothing is tried yet, so what a person requires is
    /// not looked after either; see [`Cage::probe`].
    #[must_use]
    pub fn new(setup: CageSetup) -> Self {
        Self(Arc::new(Inner { setup, found: OnceLock::new() }))
    }

    /// Finds the strongest sandbox that works here, at once.
    ///
    /// # Errors
    /// The person requires the full sandbox and there is none. The problem's code is `sandbox`.
    pub fn probe(setup: CageSetup) -> Result<Self, Problem> {
        let cage = Self::new(setup);
        if cage.0.setup.wish == SandboxWish::Require && cage.rung() < Rung::Full {
            let mut problem =
                Problem::new(ProblemKind::Config, "the full sandbox is required, and this machine does not offer it")
                    .code("sandbox");
            for reason in &cage.found().why {
                problem = problem.hint(reason.clone());
            }
            return Err(problem.hint("or go on without it: --sandbox auto"));
        }
        Ok(cage)
    }

    /// The others that ask meanwhile wait for the one that tries.
    fn found(&self) -> &Found {
        self.0.found.get_or_init(|| Found::probe(&self.0.setup))
    }

    /// How strong it is.
    #[must_use]
    pub fn rung(&self) -> Rung {
        self.found().rung()
    }

    /// What it is called, what it means and what would make it stronger.
    #[must_use]
    pub fn card(&self) -> SandboxCard {
        card(self.rung(), &self.found().why)
    }

    /// The temporary folder as commands in the cage see it; for `TMPDIR`. `None` = the system's own.
    #[must_use]
    pub fn tmp(&self) -> Option<PathBuf> {
        self.found().tmp()
    }

    /// Remembers the project's protected names where the cage cannot keep them; call it before a caged command
    /// starts, and [`Watch::settle`] after its end. It reads some dozens of small files.
    #[must_use]
    pub fn watch(&self) -> Watch {
        found::watch(self.found(), &self.0.setup)
    }

    /// An overlay of the project, for one command ([`Order::overlay`]).
    ///
    /// # Errors
    /// There can be none here; says why, for the model.
    pub fn overlay(&self) -> Result<Overlay, String> {
        found::overlay(self.found(), &self.0.setup)
    }

    /// The command, ready to be spawned: in a session of its own, with exactly this environment, caged unless
    /// the order is free. Standard streams are the caller's; a terminal order needs a pty as standard input.
    ///
    /// What is spawned is the helper. `SIGTERM`, `SIGINT`, `SIGHUP` and `SIGQUIT` sent to it reach the command's
    /// process group; `SIGKILL` kills all of it. It ends as the command does, by exit code or signal, after
    /// every process of the command is gone. Code 125 with a line `glm-tui: the sandbox failed` on standard
    /// error means that the command did not run; nothing is ever run in a weaker cage instead.
    ///
    /// # Errors
    /// The settings for the helper cannot be handed over (no memory, no file handles).
    pub fn command(&self, order: &Order) -> io::Result<Command> {
        found::command(self.found(), &self.0.setup, order)
    }
}
