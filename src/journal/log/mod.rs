//! The writer of a log: one thread, one lock, one file that only grows.
//!
//! What is appended is on its way to the file within 100 ms or 4 KiB, whichever comes first; a barrier waits until
//! it is on the disk. A write that fails keeps what it could not write in memory and tries again: nothing blocks
//! and nothing is lost while the program lives. Appending never waits.

mod backlog;
mod file;
mod lock;
mod way;
mod writer;

use std::{io, path::PathBuf};

pub(super) use self::file::LOG;
pub(super) use self::lock::Lock;
use self::lock::Refused;
pub use self::way::Journal;
use super::record::Head;

/// A new session's log.
#[derive(Clone, Debug)]
pub struct Start {
    /// The session's folder; it is made with the first record. `None`: kept in memory.
    pub dir: Option<PathBuf>,
    /// Its first record.
    pub head: Head,
}

/// Why a log cannot be gone on with.
#[derive(Debug)]
pub enum OpenFault {
    /// Another program writes it.
    Open,
    /// It is of a newer version of the program; it can be read.
    Newer(u32),
    /// There is no such session.
    Missing,
    /// The system says no.
    Io(io::Error),
}

impl From<Refused> for OpenFault {
    fn from(refused: Refused) -> Self {
        match refused {
            Refused::Held => Self::Open,
            Refused::Io(error) => error.into(),
        }
    }
}

impl From<io::Error> for OpenFault {
    fn from(error: io::Error) -> Self {
        match error.kind() {
            io::ErrorKind::NotFound => Self::Missing,
            _ => Self::Io(error),
        }
    }
}
