//! What the agent tells its helper, and how: a sealed memory file that only the helper inherits, so that
//! neither the list of processes nor another child sees it.

use std::{
    ffi::OsString,
    fs::File,
    io::{self, Read, Write},
    os::fd::OwnedFd,
    path::{Path, PathBuf},
};

use rustix::fs::{MemfdFlags, SealFlags};
use serde::{Deserialize, Serialize};

use super::Kind;

/// Longest letter: an environment is at most 2 MiB by the kernel's own limits; JSON takes about four times that.
const LONGEST: u64 = 16 << 20;

/// One command for the helper.
#[derive(Debug, Serialize, Deserialize)]
pub(super) struct Letter {
    /// The agent: when it dies, the command dies.
    pub(super) agent: i32,
    /// The program.
    pub(super) program: OsString,
    /// Its arguments.
    pub(super) args: Vec<OsString>,
    /// The folder that it starts in.
    pub(super) folder: OsString,
    /// Its whole environment.
    pub(super) env: Vec<(OsString, OsString)>,
    /// Standard input becomes its controlling terminal.
    pub(super) terminal: bool,
    /// What keeps it in; `None` = nothing does.
    pub(super) walls: Option<Walls>,
}

/// What keeps a command in. Paths are real ones.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(super) struct Walls {
    /// How.
    pub(super) kind: Kind,
    /// The project.
    pub(super) workspace: OsString,
    /// More folders to write below.
    pub(super) writable: Vec<OsString>,
    /// What must not be read.
    pub(super) hidden: Vec<OsString>,
    /// The commands' temporary folder.
    pub(super) tmp: OsString,
    /// The file that counts commands of this project and lists placeholders.
    pub(super) ledger: OsString,
    /// Protected names that do not exist are held by placeholders.
    pub(super) hold_absent: bool,
    /// The network is on.
    pub(super) network: bool,
    /// The folder of an overlay, through which the project is seen and nothing else can be written.
    pub(super) overlay: Option<OsString>,
    /// The program of [`Kind::Bubblewrap`].
    pub(super) bubblewrap: OsString,
}

impl Walls {
    /// Folders that commands may write below, outer ones before those inside them.
    pub(super) fn roots(&self) -> Vec<&Path> {
        let mut roots: Vec<&Path> = self.writable.iter().map(Path::new).filter(|p| p.is_dir()).collect();
        roots.push(Path::new(&self.workspace));
        roots.sort_unstable();
        roots.dedup();
        roots
    }

    /// The hidden places that exist, links followed.
    pub(super) fn masked(&self) -> Vec<PathBuf> {
        self.hidden.iter().filter_map(|path| Path::new(path).canonicalize().ok()).collect()
    }
}

impl Letter {
    /// Writes it for a helper; the descriptor is closed on exec until the helper's own start says otherwise.
    pub(super) fn post(&self) -> io::Result<OwnedFd> {
        let fd = rustix::fs::memfd_create("letter", MemfdFlags::CLOEXEC | MemfdFlags::ALLOW_SEALING)?;
        let mut file = File::from(fd);
        file.write_all(&serde_json::to_vec(self)?)?;
        let seals = SealFlags::WRITE | SealFlags::GROW | SealFlags::SHRINK | SealFlags::SEAL;
        rustix::fs::fcntl_add_seals(&file, seals)?;
        Ok(file.into())
    }

    /// Reads it in the helper, from the descriptor of this number.
    pub(super) fn read(number: u16) -> io::Result<Self> {
        // Opened again: a number from an argument may be anything, and only a real descriptor can be opened.
        let mut bytes = Vec::new();
        File::open(format!("/proc/self/fd/{number}"))?.take(LONGEST).read_to_end(&mut bytes)?;
        Ok(serde_json::from_slice(&bytes)?)
    }
}
