//! The file of a log: opened, locked, read, its torn end moved aside; and what else a writer may write to.

use std::{
    fs::{self, File},
    io::{self, Read as _, Seek, SeekFrom},
    path::{Path, PathBuf},
    sync::{Arc, Mutex, PoisonError},
};

use super::lock::{self, Lock, Refused};
use crate::journal::disk;

/// The name of the log in a session's folder.
pub(in crate::journal) const LOG: &str = "log.jsonl";
/// What was cut off the log's end.
const TORN: &str = "log.torn";

/// What a writer writes to.
pub(super) trait Medium: Send {
    /// Appends bytes; how many of them are there, and why not all.
    fn append(&mut self, bytes: &[u8]) -> (usize, io::Result<()>);

    /// Has all that was appended put on the disk.
    fn sync(&mut self) -> io::Result<()>;

    /// Only a lease keeps other writers away.
    fn is_leased(&self) -> bool {
        false
    }
}

/// A log's file, locked.
pub(super) struct LogFile {
    file: File,
    lock: Lock,
    /// The folders whose names are not on the disk yet.
    new: Vec<PathBuf>,
}

impl LogFile {
    /// Makes the log of a new session, with its folder.
    pub(super) fn make(dir: &Path) -> io::Result<Self> {
        disk::make_folder(dir)?;
        let file = disk::make(&dir.join(LOG))?;
        let lock = Lock::take(&file, dir).map_err(|refused| match refused {
            Refused::Held => io::Error::new(io::ErrorKind::ResourceBusy, "another program writes this session"),
            Refused::Io(error) => error,
        })?;
        if file.metadata()?.len() > 0 {
            return Err(io::Error::new(io::ErrorKind::AlreadyExists, "there is such a session already"));
        }
        // The log's name in its folder, the folder's among the sessions, and theirs in the state folder.
        let new = dir.ancestors().take(3).filter(|dir| !dir.as_os_str().is_empty()).map(Path::to_path_buf).collect();
        Ok(Self { file, lock, new })
    }

    /// Opens and locks the log of a session that was written before.
    pub(super) fn open(dir: &Path) -> Result<Self, Refused> {
        let file = disk::open(&dir.join(LOG)).map_err(Refused::Io)?;
        let lock = Lock::take(&file, dir)?;
        if !lock::is_there(&file) {
            return Err(Refused::Io(io::ErrorKind::NotFound.into()));
        }
        Ok(Self { file, lock, new: Vec::new() })
    }

    /// The file, to be read.
    pub(super) fn reader(&self) -> &File {
        &self.file
    }

    /// Makes the file fit to be gone on with: the `torn` bytes that follow its last whole record go into a file of
    /// their own. Whether the next line must begin with a line's end.
    pub(super) fn mend(&self, dir: &Path, torn: u64) -> io::Result<bool> {
        let mut file = &self.file;
        let mut end = file.seek(SeekFrom::End(0))?;
        if torn > 0 {
            let from = end.saturating_sub(torn);
            let mut tail = Vec::new();
            file.seek(SeekFrom::Start(from))?;
            file.take(torn).read_to_end(&mut tail)?;
            tail.push(b'\n');
            let aside = disk::make(&dir.join(TORN))?;
            disk::append(&aside, &tail).1?;
            disk::sync(&aside)?;
            disk::truncate(&self.file, from)?;
            disk::sync(&self.file)?;
            end = from;
        }
        let Some(before) = end.checked_sub(1) else { return Ok(false) };
        let mut last = [0];
        file.seek(SeekFrom::Start(before))?;
        file.read_exact(&mut last)?;
        Ok(last != [b'\n'])
    }
}

impl Drop for LogFile {
    fn drop(&mut self) {
        // Closing alone does not give the lock back while a process that is being started still holds a copy of the
        // file (flock(2)).
        let _ = self.file.unlock();
    }
}

impl Medium for LogFile {
    fn append(&mut self, bytes: &[u8]) -> (usize, io::Result<()>) {
        disk::append(&self.file, bytes)
    }

    fn sync(&mut self) -> io::Result<()> {
        disk::sync(&self.file)?;
        while let Some(folder) = self.new.first() {
            disk::sync_folder(folder)?;
            self.new.remove(0);
        }
        Ok(())
    }

    fn is_leased(&self) -> bool {
        self.lock.is_lease()
    }
}

/// A log that ends with the program.
#[derive(Clone, Debug, Default)]
pub(super) struct Memory(Arc<Mutex<Vec<u8>>>);

impl Memory {
    /// What was written.
    pub(super) fn bytes(&self) -> Vec<u8> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
}

impl Medium for Memory {
    fn append(&mut self, bytes: &[u8]) -> (usize, io::Result<()>) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).extend_from_slice(bytes);
        (bytes.len(), Ok(()))
    }

    fn sync(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// The log of a session for reading only.
pub(super) fn for_reading(dir: &Path) -> io::Result<File> {
    fs::File::open(dir.join(LOG))
}
