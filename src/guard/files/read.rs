//! Reading a regular file whole, bounded, and remembering what it was.

use std::{
    fs::{File, Metadata},
    io::{self, Read},
    os::unix::fs::{FileTypeExt, MetadataExt},
    path::Path,
};

use rustix::fs::{Mode, OFlags};

use super::{Fault, FaultKind, Files, Place};

/// The largest file that is read whole: it is held in memory a few times while it is edited.
pub const MAX_BYTES: u64 = 64 << 20;

/// What a file was when it was read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Stamp {
    hash: blake3::Hash,
    /// Bytes.
    pub len: u64,
    /// Permission bits.
    pub mode: u32,
    /// Names that it has (hard links); the others may lie anywhere.
    pub names: u64,
    mtime: (i64, i64),
    inode: (u64, u64),
}

impl Stamp {
    pub(super) fn new(bytes: &[u8], meta: &Metadata) -> Self {
        Self {
            hash: blake3::hash(bytes),
            len: bytes.len() as u64,
            mode: meta.mode() & 0o7777,
            names: meta.nlink(),
            mtime: (meta.mtime(), meta.mtime_nsec()),
            inode: (meta.dev(), meta.ino()),
        }
    }

    /// The file holds the same bytes, whoever wrote them.
    #[must_use]
    pub fn same_bytes(&self, other: &Self) -> bool {
        self.hash == other.hash && self.len == other.len
    }

    /// The file looks untouched since, without reading it again.
    pub(super) fn untouched(&self, meta: &Metadata) -> bool {
        self.len == meta.len()
            && self.mtime == (meta.mtime(), meta.mtime_nsec())
            && self.inode == (meta.dev(), meta.ino())
    }
}

impl Files {
    /// The bytes of a regular file of at most `limit` bytes. Never waits for a pipe or a device.
    ///
    /// # Errors
    /// When it is missing, no regular file, too big, or cannot be read.
    pub fn read(&self, place: &Place, limit: u64) -> Result<(Vec<u8>, Stamp), Fault> {
        let file = place.regular(OFlags::RDONLY)?;
        read_open(place, file, limit)
    }

    /// Somebody may write to the file. A file that nobody may write to was made so on purpose, though
    /// renaming another one over it would work.
    ///
    /// # Errors
    /// When nobody may.
    pub fn check_writable(&self, place: &Place, stamp: &Stamp) -> Result<(), Fault> {
        if stamp.mode & 0o222 != 0 {
            return Ok(());
        }
        let (name, mode) = (&place.shown, stamp.mode & 0o777);
        Err(Fault::new(
            FaultKind::Denied,
            format!("{name} is read-only (mode {mode:o}); ask the user before changing its mode"),
        ))
    }
}

impl Files {
    /// Opens a regular file by a real path that a walk found, to be read piece by piece. Follows no link and
    /// waits for no pipe.
    ///
    /// # Errors
    /// When it is not a regular file (any more), or cannot be opened.
    pub fn stream(&self, real: &Path) -> io::Result<File> {
        let (base, below) = self.base(real);
        let flags = OFlags::RDONLY | OFlags::NONBLOCK | OFlags::NOCTTY;
        let file = File::from(base.open_at(below, flags, Mode::empty())?);
        if file.metadata()?.is_file() { Ok(file) } else { Err(io::ErrorKind::InvalidInput.into()) }
    }
}

impl Place {
    /// Opens a regular file, or refuses quickly.
    pub(super) fn regular(&self, flags: OFlags) -> Result<File, Fault> {
        // Looked at before it is opened, because opening may already do something (a tape rewinds).
        #[cfg(target_os = "linux")]
        {
            let looked = self.base.open_at(&self.below, OFlags::PATH, Mode::empty());
            let looked = File::from(looked.map_err(|error| self.fault("open", &error))?);
            self.refuse_others(&looked.metadata().map_err(|error| self.fault("look at", &error))?)?;
        }
        let opened = self.base.open_at(&self.below, flags | OFlags::NONBLOCK | OFlags::NOCTTY, Mode::empty());
        let file = File::from(opened.map_err(|error| self.fault("open", &error))?);
        self.refuse_others(&file.metadata().map_err(|error| self.fault("look at", &error))?)?;
        Ok(file)
    }

    fn refuse_others(&self, meta: &Metadata) -> Result<(), Fault> {
        let kind = meta.file_type();
        let what = match () {
            () if kind.is_file() => return Ok(()),
            () if kind.is_dir() => "a folder: use list",
            () if kind.is_fifo() => "a pipe, not a file",
            () if kind.is_socket() => "a socket, not a file",
            () => "a device, not a file",
        };
        Err(Fault::new(FaultKind::NotAFile, format!("{} is {what}", self.shown)))
    }
}

pub(super) fn read_open(place: &Place, file: File, limit: u64) -> Result<(Vec<u8>, Stamp), Fault> {
    let failed = |error: io::Error| place.fault("read", &error);
    let meta = file.metadata().map_err(failed)?;
    let too_big = || {
        let words = format!(
            "{} is larger than {} MiB; use grep, or a command that prints a part of it",
            place.shown,
            limit >> 20
        );
        Fault::new(FaultKind::TooBig, words)
    };
    if meta.len() > limit {
        return Err(too_big());
    }
    let mut bytes = Vec::with_capacity(usize::try_from(meta.len()).unwrap_or_default());
    file.take(limit + 1).read_to_end(&mut bytes).map_err(failed)?;
    if bytes.len() as u64 > limit {
        return Err(too_big());
    }
    let stamp = Stamp::new(&bytes, &meta);
    Ok((bytes, stamp))
}
