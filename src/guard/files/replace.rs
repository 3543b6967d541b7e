//! Replacing a file's bytes: beside and renamed where that keeps all that the file is, else in place.

use std::{
    ffi::OsStr,
    fs::{File, Metadata},
    io::{self, Seek},
    os::fd::{AsRawFd, OwnedFd},
    sync::atomic::{AtomicU64, Ordering},
};

use rustix::{
    fs::{AtFlags, Mode, OFlags},
    io::Errno,
};

use super::{Fault, FaultKind, Files, MAX_BYTES, Place, Stamp, attributes, litter, read::read_open};
use crate::config::fault::{self, Call};

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
    /// It is done, but the disk did not confirm that the folder knows of it.
    Unconfirmed,
}

impl Files {
    /// Replaces the bytes of a file that still is what `was` says. Mode, owner, extended attributes and
    /// further names are kept. The old bytes stay whole when anything fails.
    ///
    /// # Errors
    /// When the file changed since, is read-only, or the system refuses.
    pub fn replace(&self, place: &Place, bytes: &[u8], was: &Stamp) -> Result<Written, Fault> {
        exchange(place, (bytes, None), was, |now| self.check_writable(place, now))
    }
}

/// Replaces the bytes of a file that still is what `was` says and that `may` lets be replaced. With permission
/// bits, nobody whom they or the old ones keep out ever sees the new bytes; in place, the caller sets them after.
pub(super) fn exchange(
    place: &Place,
    (bytes, mode): (&[u8], Option<u32>),
    was: &Stamp,
    may: impl Fn(&Stamp) -> Result<(), Fault>,
) -> Result<Written, Fault> {
    let file = place.regular(OFlags::RDONLY)?;
    let meta = file.metadata().map_err(|error| place.fault("look at", &error))?;
    let again = file.try_clone().map_err(|error| place.fault("read", &error))?;
    let (old, stamp) = read_open(place, again, MAX_BYTES)?;
    if !stamp.same_bytes(was) {
        return Err(changed(place));
    }
    may(&stamp)?;
    let note = if stamp.names > 1 {
        Note::Names(stamp.names)
    } else {
        match beside(place, bytes, &Old { file: &file, meta: &meta, stamp: &stamp, mode })? {
            Some(written) => return Ok(written),
            None => Note::InPlace,
        }
    };
    let stamp = in_place(place, (bytes, mode), (&old, &stamp))?;
    Ok(Written { stamp, note: Some(note) })
}

pub(super) fn changed(place: &Place) -> Fault {
    let words = format!("{} was changed by someone else meanwhile; read it again, then call again", place.shown);
    Fault::new(FaultKind::Changed, words)
}

struct Old<'a> {
    file: &'a File,
    meta: &'a Metadata,
    stamp: &'a Stamp,
    /// Its permission bits from now on; none: those that it has.
    mode: Option<u32>,
}

/// Writes beside and renames. `None`: that would lose something, or the folder forbids it.
fn beside(place: &Place, bytes: &[u8], old: &Old<'_>) -> Result<Option<Written>, Fault> {
    let failed = |error: io::Error| place.fault("write", &error);
    let (folder, name) = place.parent()?;
    let mut temp = match Temp::create(&folder, Mode::RUSR | Mode::WUSR) {
        Ok(temp) => temp,
        Err(error) if matches!(Errno::from_io_error(&error), Some(Errno::ACCESS | Errno::PERM | Errno::ROFS)) => {
            return Ok(None);
        }
        Err(error) => return Err(failed(error)),
    };
    fault::write_all("files", &mut temp.file, bytes).map_err(failed)?;
    if !attributes::copy(old.file, old.meta, &temp.file) {
        return Ok(None);
    }
    if let Some(mode) = old.mode {
        rustix::fs::fchmod(&temp.file, Mode::from_raw_mode(mode as _)).map_err(|error| failed(error.into()))?;
    }
    fault::point("files", Call::Sync).and_then(|()| temp.file.sync_all()).map_err(failed)?;
    let stamp = Stamp::new(bytes, &temp.file.metadata().map_err(failed)?);
    let now = place.regular(OFlags::RDONLY)?.metadata().map_err(failed)?;
    if !old.stamp.untouched(&now) {
        return Err(changed(place));
    }
    temp.replace(name).map_err(failed)?;
    Ok(Some(Written { stamp, note: sync_folder(&folder) }))
}

/// Overwrites the file. Room is taken first, and the old bytes come back if writing fails.
fn in_place(place: &Place, (bytes, mode): (&[u8], Option<u32>), (old, was): (&[u8], &Stamp)) -> Result<Stamp, Fault> {
    let failed = |error: io::Error| place.fault("write", &error);
    let file = place.regular(OFlags::WRONLY)?;
    if !was.untouched(&file.metadata().map_err(failed)?) {
        return Err(changed(place));
    }
    #[cfg(target_os = "linux")]
    if bytes.len() > old.len() {
        use rustix::fs::FallocateFlags;
        fault::point("files", Call::Cut).map_err(failed)?;
        let room = rustix::fs::fallocate(&file, FallocateFlags::KEEP_SIZE, 0, bytes.len() as u64);
        // Any other error: a file system without that call.
        if let Err(error @ (Errno::NOSPC | Errno::DQUOT | Errno::FBIG)) = room {
            return Err(failed(error.into()));
        }
    }
    let set = |mode: u32| rustix::fs::fchmod(&file, Mode::from_raw_mode(mode as _));
    if let Some(mode) = mode {
        set(mode & was.mode).map_err(|error| failed(error.into()))?;
    }
    if let Err(error) = overwrite(&file, bytes) {
        let restored = overwrite(&file, old);
        if mode.is_some() {
            let _ = set(was.mode);
        }
        let mut fault = failed(error);
        if restored.is_err() {
            fault.words.push_str("; the old text could not be put back whole: tell the user at once");
        }
        return Err(fault);
    }
    Ok(Stamp::new(bytes, &file.metadata().map_err(failed)?))
}

fn overwrite(mut file: &File, bytes: &[u8]) -> io::Result<()> {
    file.rewind()?;
    fault::write_all("files", &mut file, bytes)?;
    fault::point("files", Call::Cut)?;
    file.set_len(bytes.len() as u64)?;
    fault::point("files", Call::Sync)?;
    file.sync_all()
}

/// A name lasts only when its folder is written too. Not every file system can do that, some network file systems
/// for instance, which undoes nothing; a disk that fails at it is worth a word.
pub(super) fn sync_folder(folder: &OwnedFd) -> Option<Note> {
    let synced = fault::point("files", Call::Sync).and_then(|()| Ok(rustix::fs::fsync(folder)?));
    let errno = Errno::from_io_error(synced.as_ref().err()?)?;
    matches!(errno, Errno::IO | Errno::NOSPC | Errno::DQUOT).then_some(Note::Unconfirmed)
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
        fault::point("files", Call::Make)?;
        #[cfg(target_os = "linux")]
        if rustix::fs::access("/proc/self/fd", rustix::fs::Access::EXISTS).is_ok() {
            let flags = OFlags::WRONLY | OFlags::TMPFILE | OFlags::CLOEXEC;
            if let Ok(fd) = rustix::fs::openat(folder, ".", flags, mode) {
                litter::hold(&fd);
                return Ok(Self { folder, file: File::from(fd), name: None });
            }
        }
        let (fd, name) = fresh(|name| {
            let flags = OFlags::WRONLY | OFlags::CREATE | OFlags::EXCL | OFlags::NOFOLLOW | OFlags::CLOEXEC;
            rustix::fs::openat(folder, name, flags, mode)
        })?;
        litter::hold(&fd);
        Ok(Self { folder, file: File::from(fd), name: Some(name) })
    }

    /// Takes the name of the file that is there.
    fn replace(mut self, name: &OsStr) -> io::Result<()> {
        fault::point("files", Call::Rename)?;
        let own = match self.name.take() {
            Some(own) => own,
            None => fresh(|own| self.link(own.as_ref()))?.1,
        };
        let own = self.name.insert(own);
        fault::point("files", Call::Rename)?;
        rustix::fs::renameat(self.folder, own.as_str(), self.folder, name)?;
        self.name = None;
        Ok(())
    }

    /// Takes a name that nothing has.
    pub(super) fn settle(mut self, name: &OsStr) -> rustix::io::Result<()> {
        fault::point("files", Call::Rename).map_err(|error| Errno::from_io_error(&error).unwrap_or(Errno::IO))?;
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
        let name = litter::temporary(std::process::id(), NEXT.fetch_add(1, Ordering::Relaxed));
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
