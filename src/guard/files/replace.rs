//! Replacing a file's bytes: beside and renamed where that keeps all that the file is, else in place.

use std::{
    ffi::OsStr,
    fs::{File, Metadata},
    io::{self, Seek, Write},
    os::fd::{AsRawFd, OwnedFd},
    sync::atomic::{AtomicU64, Ordering},
};

use rustix::{
    fs::{AtFlags, Mode, OFlags},
    io::Errno,
};

use super::{Fault, FaultKind, Files, MAX_BYTES, Place, Stamp, attributes, read::read_open};

/// What became of a file that was written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Written {
    /// What it is now.
    pub stamp: Stamp,
    /// What is worth saying about how it was done.
    pub note: Option<Note>,
}

/// What is worth saying about how a file was written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Note {
    /// Written in place because the file has this many names; all of them show the new text.
    Names(u64),
    /// Written in place because nothing can be created beside it, or it would have lost its owner.
    InPlace,
}

impl Files {
    /// Replaces the bytes of a file that still is what `was` says. Mode, owner, extended attributes and
    /// further names are kept. The old bytes stay whole when anything fails.
    ///
    /// # Errors
    /// When the file changed since, is read-only, or the system refuses.
    pub fn replace(&self, place: &Place, bytes: &[u8], was: &Stamp) -> Result<Written, Fault> {
        let file = place.regular(OFlags::RDONLY)?;
        let meta = file.metadata().map_err(|error| place.fault("look at", &error))?;
        let again = file.try_clone().map_err(|error| place.fault("read", &error))?;
        let (old, stamp) = read_open(place, again, MAX_BYTES)?;
        if !stamp.same_bytes(was) {
            return Err(changed(place));
        }
        self.check_writable(place, &stamp)?;
        let note = if stamp.names > 1 {
            Note::Names(stamp.names)
        } else {
            match beside(place, bytes, &Old { file: &file, meta: &meta, stamp: &stamp })? {
                Some(stamp) => return Ok(Written { stamp, note: None }),
                None => Note::InPlace,
            }
        };
        let stamp = in_place(place, bytes, (&old, &stamp))?;
        Ok(Written { stamp, note: Some(note) })
    }
}

pub(super) fn changed(place: &Place) -> Fault {
    let words = format!("{} was changed by someone else meanwhile; read it again, then call again", place.shown);
    Fault::new(FaultKind::Changed, words)
}

struct Old<'a> {
    file: &'a File,
    meta: &'a Metadata,
    stamp: &'a Stamp,
}

/// Writes beside and renames. `None`: that would lose something, or the folder forbids it.
fn beside(place: &Place, bytes: &[u8], old: &Old<'_>) -> Result<Option<Stamp>, Fault> {
    let failed = |error: io::Error| place.fault("write", &error);
    let (folder, name) = place.parent()?;
    let mut temp = match Temp::create(&folder, Mode::RUSR | Mode::WUSR) {
        Ok(temp) => temp,
        Err(error) if matches!(Errno::from_io_error(&error), Some(Errno::ACCESS | Errno::PERM | Errno::ROFS)) => {
            return Ok(None);
        }
        Err(error) => return Err(failed(error)),
    };
    temp.file.write_all(bytes).map_err(failed)?;
    if !attributes::copy(old.file, old.meta, &temp.file) {
        return Ok(None);
    }
    temp.file.sync_all().map_err(failed)?;
    let stamp = Stamp::new(bytes, &temp.file.metadata().map_err(failed)?);
    let now = place.regular(OFlags::RDONLY)?.metadata().map_err(failed)?;
    if !old.stamp.untouched(&now) {
        return Err(changed(place));
    }
    temp.replace(name).map_err(|error| failed(error.into()))?;
    // The rename is done; a folder that cannot be synced (some network file systems) undoes nothing.
    let _ = rustix::fs::fsync(&folder);
    Ok(Some(stamp))
}

/// Overwrites the file. Room is taken first, and the old bytes come back if writing fails.
fn in_place(place: &Place, bytes: &[u8], (old, was): (&[u8], &Stamp)) -> Result<Stamp, Fault> {
    let failed = |error: io::Error| place.fault("write", &error);
    let mut file = place.regular(OFlags::WRONLY)?;
    if !was.untouched(&file.metadata().map_err(failed)?) {
        return Err(changed(place));
    }
    #[cfg(target_os = "linux")]
    if bytes.len() > old.len() {
        use rustix::fs::FallocateFlags;
        let room = rustix::fs::fallocate(&file, FallocateFlags::KEEP_SIZE, 0, bytes.len() as u64);
        // Any other error: a file system without that call.
        if let Err(error @ (Errno::NOSPC | Errno::DQUOT | Errno::FBIG)) = room {
            return Err(failed(error.into()));
        }
    }
    if let Err(error) = overwrite(&mut file, bytes) {
        let restored = overwrite(&mut file, old);
        let mut fault = failed(error);
        if restored.is_err() {
            fault.words.push_str("; the old text could not be put back whole: tell the user at once");
        }
        return Err(fault);
    }
    Ok(Stamp::new(bytes, &file.metadata().map_err(failed)?))
}

fn overwrite(file: &mut File, bytes: &[u8]) -> io::Result<()> {
    file.rewind()?;
    file.write_all(bytes)?;
    file.set_len(bytes.len() as u64)?;
    file.sync_all()
}

/// A file beside the one that is written; gone when it does not take that one's name.
pub(super) struct Temp<'a> {
    folder: &'a OwnedFd,
    pub(super) file: File,
    /// Its name, while it has one of its own. Where the system can, it has none until it is whole, so that
    /// nothing is left even if this process is killed.
    name: Option<String>,
}

impl<'a> Temp<'a> {
    pub(super) fn create(folder: &'a OwnedFd, mode: Mode) -> io::Result<Self> {
        #[cfg(target_os = "linux")]
        if rustix::fs::access("/proc/self/fd", rustix::fs::Access::EXISTS).is_ok() {
            let flags = OFlags::WRONLY | OFlags::TMPFILE | OFlags::CLOEXEC;
            if let Ok(fd) = rustix::fs::openat(folder, ".", flags, mode) {
                return Ok(Self { folder, file: File::from(fd), name: None });
            }
        }
        let (fd, name) = fresh(|name| {
            let flags = OFlags::WRONLY | OFlags::CREATE | OFlags::EXCL | OFlags::NOFOLLOW | OFlags::CLOEXEC;
            rustix::fs::openat(folder, name, flags, mode)
        })?;
        Ok(Self { folder, file: File::from(fd), name: Some(name) })
    }

    /// Takes the name of the file that is there.
    fn replace(mut self, name: &OsStr) -> rustix::io::Result<()> {
        let own = match self.name.take() {
            Some(own) => own,
            None => fresh(|own| self.link(own.as_ref()))?.1,
        };
        let own = self.name.insert(own);
        rustix::fs::renameat(self.folder, own.as_str(), self.folder, name)?;
        self.name = None;
        Ok(())
    }

    /// Takes a name that nothing has.
    pub(super) fn settle(mut self, name: &OsStr) -> rustix::io::Result<()> {
        let Some(own) = &self.name else { return self.link(name) };
        #[cfg(any(target_os = "linux", target_os = "macos"))]
        {
            let flags = rustix::fs::RenameFlags::NOREPLACE;
            match rustix::fs::renameat_with(self.folder, own.as_str(), self.folder, name, flags) {
                // A file system or kernel without that flag: link, which never replaces either.
                Err(Errno::INVAL | Errno::NOSYS | Errno::NOTSUP) => {}
                Err(error) => return Err(error),
                Ok(()) => {
                    self.name = None;
                    return Ok(());
                }
            }
        }
        // The name of its own goes when `self` does.
        rustix::fs::linkat(self.folder, own.as_str(), self.folder, name, AtFlags::empty())
    }

    fn link(&self, name: &OsStr) -> rustix::io::Result<()> {
        let own = format!("/proc/self/fd/{}", self.file.as_raw_fd());
        rustix::fs::linkat(rustix::fs::CWD, own, self.folder, name, AtFlags::SYMLINK_FOLLOW)
    }
}

/// Does it with a name that is free.
fn fresh<T>(mut with: impl FnMut(&str) -> rustix::io::Result<T>) -> rustix::io::Result<(T, String)> {
    static NEXT: AtomicU64 = AtomicU64::new(0);
    // A hundred names: others can only be there if an earlier process of this id was killed while writing.
    for _ in 0..100 {
        let name = format!(".glm-tui-{}-{}.tmp", std::process::id(), NEXT.fetch_add(1, Ordering::Relaxed));
        match with(&name) {
            Err(Errno::EXIST) => {}
            done => return Ok((done?, name)),
        }
    }
    Err(Errno::EXIST)
}

impl Drop for Temp<'_> {
    fn drop(&mut self) {
        if let Some(name) = &self.name {
            let _ = rustix::fs::unlinkat(self.folder, name.as_str(), AtFlags::empty());
        }
    }
}
