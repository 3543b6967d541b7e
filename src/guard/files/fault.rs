//! Why a file could not be reached or changed, in words for the model: what is wrong, what to do.

use std::{fmt, io};

use rustix::io::Errno;

/// What sort of fault it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FaultKind {
    /// No path can be named so.
    BadName,
    /// There is no such file.
    Missing,
    /// There is one already.
    Exists,
    /// It is a folder, a pipe, a device, …
    NotAFile,
    /// It is not a folder.
    NotAFolder,
    /// It is larger than the limit.
    TooBig,
    /// It is not what it was when it was read or shown.
    Changed,
    /// The system or this program does not permit it.
    Denied,
    /// The disk is full.
    NoRoom,
    /// Anything else.
    Io,
}

/// Why a file could not be reached or changed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fault {
    /// What sort of fault it is.
    pub kind: FaultKind,
    /// What is wrong and what to do, for the model. Not for the screen: clean it first.
    pub words: String,
}

impl Fault {
    pub(super) fn new(kind: FaultKind, words: impl Into<String>) -> Self {
        Self { kind, words: words.into() }
    }

    /// A fault of the system while `doing` (for instance `read a.txt`).
    pub(super) fn system(doing: &str, error: &io::Error) -> Self {
        let (kind, why) = match error.raw_os_error().map(Errno::from_raw_os_error) {
            Some(Errno::NOENT) => (FaultKind::Missing, "there is no such file; list the folder to find its name"),
            Some(Errno::EXIST) => (FaultKind::Exists, "there is a file of that name already"),
            Some(Errno::ISDIR) => (FaultKind::NotAFile, "it is a folder"),
            Some(Errno::NOTDIR) => (FaultKind::NotAFolder, "a part of the path is not a folder"),
            Some(Errno::LOOP | Errno::XDEV | Errno::AGAIN) => {
                (FaultKind::Changed, "a link took the place of a part of the path meanwhile; call again")
            }
            Some(Errno::ACCESS | Errno::PERM) => (FaultKind::Denied, "the system does not permit it; tell the user"),
            Some(Errno::ROFS) => (FaultKind::Denied, "it lies on a read-only file system; tell the user"),
            Some(Errno::NXIO) => (FaultKind::NotAFile, "it is a socket or a device, not a file"),
            Some(Errno::NAMETOOLONG) => (FaultKind::BadName, "the path is too long; use a shorter one"),
            Some(Errno::NOSPC | Errno::DQUOT | Errno::FBIG) => {
                (FaultKind::NoRoom, "there is no room left; tell the user")
            }
            _ => return Self::new(FaultKind::Io, format!("cannot {doing}: {error}")),
        };
        Self::new(kind, format!("cannot {doing}: {why}"))
    }
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.words)
    }
}

impl std::error::Error for Fault {}
