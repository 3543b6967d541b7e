//! What a cage is made from and what it is asked to run. Plain values.

use std::{ffi::OsString, path::PathBuf};

use crate::config::SandboxWish;

/// A way of keeping commands in, the strongest first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub enum Kind {
    /// Namespaces, made by our own helper.
    Namespaces,
    /// Namespaces, made by the system's bubblewrap.
    Bubblewrap,
    /// Landlock and a system call filter.
    Landlock,
}

/// What a cage is made from.
#[derive(Clone, Debug)]
pub struct CageSetup {
    /// The project: commands may write below it. A real path, links followed.
    pub workspace: PathBuf,
    /// More folders that commands may write below.
    pub writable: Vec<PathBuf>,
    /// What commands must not read: the key, our own state.
    pub hidden: Vec<PathBuf>,
    /// A folder of our own, created if missing: locks, and the commands' temporary folder. The same one for
    /// all sessions, so that they can tell each other's placeholders.
    pub scratch: PathBuf,
    /// What the person asked for.
    pub wish: SandboxWish,
    /// Every command may use the network, not only those whose order says so.
    pub network: bool,
    /// Our own binary, which is started again as the helper.
    pub helper: PathBuf,
    /// Kinds that may not be used, for tests and for finding a fault.
    pub skip: Vec<Kind>,
}

/// A command to be started.
#[derive(Clone, Debug)]
pub struct Order {
    /// The program, an absolute path.
    pub program: PathBuf,
    /// Its arguments.
    pub args: Vec<OsString>,
    /// The folder that it starts in.
    pub folder: PathBuf,
    /// Its whole environment.
    pub env: Vec<(OsString, OsString)>,
    /// It may use the network.
    pub network: bool,
    /// It runs outside the sandbox, by a person's yes.
    pub free: bool,
    /// Its standard input is a terminal of its own, which becomes its controlling terminal.
    pub terminal: bool,
    /// The folder of an [`super::Overlay`]: what it changes in the project goes there. It then runs so or not at
    /// all.
    pub overlay: Option<PathBuf>,
}
