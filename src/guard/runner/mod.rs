//! Runs commands in the cage: starts them, follows what they print, ends them and all they left behind.
//!
//! One thread for each command reads and waits; whoever started it hears of it through channels and never
//! blocks. A command that nobody holds any more is ended. Knows nothing of tools, models or the screen.

mod clock;
mod exit_watch;
mod leftovers;
mod running;
mod streams;
mod supervisor;

use std::{
    io,
    path::PathBuf,
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
    time::Duration,
};

use tokio::sync::oneshot;

pub use running::{End, Exit, Running, Stopped};

use super::{
    Rung,
    child_env::{ChildEnv, Network},
    sandbox::{Cage, Order, Overlay},
};
use crate::chat::SandboxCard;
use supervisor::Job;

/// Stack of a command's thread: it holds a read buffer on the heap and no deep calls.
const STACK: usize = 512 << 10;

/// What a runner is made from.
#[derive(Debug)]
pub struct RunnerSetup {
    /// What keeps commands in.
    pub cage: Cage,
    /// What commands get of the environment.
    pub env: ChildEnv,
    /// Where outputs too long for memory go; `None` = nowhere.
    pub session_dir: Option<PathBuf>,
}

/// Runs commands. Cheap to clone.
#[derive(Clone, Debug)]
pub struct Runner(Arc<Inner>);

#[derive(Debug)]
struct Inner {
    setup: RunnerSetup,
    shell: PathBuf,
    /// Marks the environment of this session's commands, so that they are found again.
    tag: String,
    n_started: AtomicU64,
}

/// A command to be run.
#[derive(Clone, Debug)]
pub struct Spec {
    /// The command line, for bash.
    pub line: String,
    /// The folder that it starts in.
    pub folder: PathBuf,
    /// It may use the network.
    pub network: bool,
    /// It runs outside the sandbox, by a person's yes.
    pub free: bool,
    /// What its output goes to.
    pub terminal: Terminal,
    /// How long it may run; `None` = as long as it is held.
    pub timeout: Option<Duration>,
    /// It sees the project through the overlay in this folder.
    pub overlay: Option<PathBuf>,
}

/// What the output of a command goes to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Terminal {
    /// A pipe.
    None,
    /// A terminal of its own of this size.
    Pty {
        /// Cells in a row.
        columns: u16,
        /// Rows.
        rows: u16,
    },
}

impl Runner {
    /// A runner that starts commands with the bash of the safe search path, or `sh` where there is none.
    #[must_use]
    pub fn new(setup: RunnerSetup) -> Self {
        let shell = setup.env.find("bash").or_else(|| setup.env.find("sh")).unwrap_or_else(|| "/bin/sh".into());
        Self(Arc::new(Inner { shell, tag: tag(), n_started: AtomicU64::new(0), setup }))
    }

    /// What keeps commands in. Blocks where that was not asked before: see [`Cage`].
    #[must_use]
    pub fn rung(&self) -> Rung {
        self.0.setup.cage.rung()
    }

    /// What keeps commands in, in words. Blocks likewise.
    #[must_use]
    pub fn card(&self) -> SandboxCard {
        self.0.setup.cage.card()
    }

    /// An overlay of the project, for one command. Blocks likewise.
    ///
    /// # Errors
    /// There can be none here; says why, for the model.
    pub fn overlay(&self) -> Result<Overlay, String> {
        self.0.setup.cage.overlay()
    }

    /// Starts a command.
    ///
    /// # Errors
    /// It cannot be started: no such folder, too many processes or open files, a line too long.
    /// [`why_not`] has the words.
    pub async fn spawn(&self, spec: Spec) -> io::Result<Running> {
        let (tell, told) = oneshot::channel();
        let runner = self.clone();
        // The thread starts the process itself: a death signal is bound to the thread that asked for it. The cage
        // may have to be found first, which blocks.
        let work = move || runner.job(&spec).run(tell);
        std::thread::Builder::new().name("command".into()).stack_size(STACK).spawn(work)?;
        told.await.unwrap_or_else(|_| Err(io::Error::other("its thread broke")))
    }

    fn job(self, spec: &Spec) -> Job {
        let number = self.0.n_started.fetch_add(1, Ordering::Relaxed) + 1;
        let mark = format!("{}-{number}", self.0.tag);
        Job {
            order: self.order(spec, &mark),
            cage: self.0.setup.cage.clone(),
            terminal: spec.terminal,
            timeout: spec.timeout,
            spill: self.0.setup.session_dir.as_ref().map(|dir| dir.join("output")),
            mark,
        }
    }

    fn order(&self, spec: &Spec, mark: &str) -> Order {
        let network = if spec.network || spec.free || self.rung() == Rung::None { Network::On } else { Network::Off };
        let pty = spec.terminal != Terminal::None;
        let term = if pty { "xterm-256color" } else { "dumb" };
        // A command that runs free sees the world, and the system's own folder in it.
        let tmp = if spec.free { None } else { self.0.setup.cage.tmp() };
        let mut env = self.0.setup.env.of_command(network, term, tmp.as_deref());
        env.push((leftovers::MARK.into(), mark.into()));
        Order {
            program: self.0.shell.clone(),
            args: vec!["-c".into(), (&spec.line).into()],
            folder: spec.folder.clone(),
            env,
            network: spec.network,
            free: spec.free,
            terminal: pty,
            overlay: spec.overlay.clone(),
        }
    }
}

/// Why a command could not be started, and what to do.
#[must_use]
pub fn why_not(error: &io::Error) -> String {
    let errno = error.raw_os_error().map(rustix::io::Errno::from_raw_os_error);
    let hint = match errno {
        Some(rustix::io::Errno::AGAIN) => "the limit on processes is reached; end some, then try again",
        Some(rustix::io::Errno::MFILE | rustix::io::Errno::NFILE) => {
            "too many files are open; wait until other commands ended, then try again"
        }
        Some(rustix::io::Errno::NOMEM) => "the machine is out of memory; end something, then try again",
        Some(rustix::io::Errno::TOOBIG) => "the command is too long; write it to a file and run that",
        Some(rustix::io::Errno::NOENT | rustix::io::Errno::NOTDIR) => "the folder or the shell is not there",
        _ => "",
    };
    let gap = if hint.is_empty() { "" } else { ": " };
    format!("the command could not be started ({error}){gap}{hint}")
}

/// A name that no other session has.
fn tag() -> String {
    let mut bytes = [0_u8; 8];
    // Without randomness the process's number has to do: it is unique while this process lives.
    let filled = rustix::rand::getrandom(&mut bytes, rustix::rand::GetRandomFlags::NONBLOCK);
    let random = if filled.is_ok() { u64::from_ne_bytes(bytes) } else { 0 };
    format!("{}-{random:016x}", std::process::id())
}
