//! Carrying a file or a whole folder to another file system: copied, then removed. Follows no link.

use std::{
    ffi::OsStr,
    fs::File,
    io,
    os::{fd::OwnedFd, unix::fs::MetadataExt},
};

use rustix::{
    fs::{AtFlags, FileType, Mode, OFlags},
    io::Errno,
};

use super::entries::names;
use crate::config::fault::{self, Call};

/// Most files that are carried: beyond that a person should move the folder.
const MOST_FILES: usize = 50_000;
/// Most bytes that are carried.
const MOST_BYTES: u64 = 1 << 30;
/// Deepest folder that is carried; each level holds two files open.
const DEEPEST: usize = 100;

/// Why something was not carried.
pub(super) enum Trouble {
    /// The system refused.
    System(io::Error),
    /// It is too much, or of no kind that can be copied.
    Words(&'static str),
}

impl<E: Into<io::Error>> From<E> for Trouble {
    fn from(error: E) -> Self {
        Self::System(error.into())
    }
}

type At<'a> = (&'a OwnedFd, &'a OsStr);

/// Copies, then removes. When copying fails, what was copied goes and the old stays. Never over something.
pub(super) fn carry(from: At<'_>, to: At<'_>) -> Result<(), Trouble> {
    match rustix::fs::statat(to.0, to.1, AtFlags::SYMLINK_NOFOLLOW) {
        Err(Errno::NOENT) => {}
        Ok(_) => return Err(Errno::EXIST.into()),
        Err(error) => return Err(error.into()),
    }
    let mut load = Load { n_files: 0, n_bytes: 0 };
    if let Err(trouble) = load.copy(from, to, 0) {
        let _ = remove(to, 0);
        return Err(trouble);
    }
    remove(from, 0)
}

struct Load {
    n_files: usize,
    n_bytes: u64,
}

impl Load {
    fn copy(&mut self, from: At<'_>, to: At<'_>, depth: usize) -> Result<(), Trouble> {
        self.n_files += 1;
        if self.n_files > MOST_FILES || depth > DEEPEST {
            return Err(Trouble::Words(
                "it holds too many files for the trash on another disk; ask the user to remove it",
            ));
        }
        let stat = rustix::fs::statat(from.0, from.1, AtFlags::SYMLINK_NOFOLLOW)?;
        match FileType::from_raw_mode(stat.st_mode) {
            FileType::RegularFile => self.copy_file(from, to),
            FileType::Directory => self.copy_folder(from, to, depth),
            FileType::Symlink => {
                let target = rustix::fs::readlinkat(from.0, from.1, Vec::new())?;
                Ok(rustix::fs::symlinkat(target, to.0, to.1)?)
            }
            _ => Err(Trouble::Words("it holds a pipe, a socket or a device; ask the user to remove it")),
        }
    }

    fn copy_file(&mut self, from: At<'_>, to: At<'_>) -> Result<(), Trouble> {
        let flags = OFlags::RDONLY | OFlags::NOFOLLOW | OFlags::NONBLOCK | OFlags::CLOEXEC;
        let mut source = File::from(rustix::fs::openat(from.0, from.1, flags, Mode::empty())?);
        let meta = source.metadata()?;
        self.n_bytes += meta.len();
        if self.n_bytes > MOST_BYTES {
            return Err(Trouble::Words("it is too big for the trash on another disk; ask the user to remove it"));
        }
        let flags = OFlags::WRONLY | OFlags::CREATE | OFlags::EXCL | OFlags::NOFOLLOW | OFlags::CLOEXEC;
        let mut target = File::from(rustix::fs::openat(to.0, to.1, flags, Mode::RUSR | Mode::WUSR)?);
        fault::point("files", Call::Write)?;
        io::copy(&mut source, &mut target)?;
        rustix::fs::fchmod(&target, Mode::from_raw_mode(meta.mode() as _))?;
        fault::point("files", Call::Sync)?;
        Ok(target.sync_all()?)
    }

    fn copy_folder(&mut self, from: At<'_>, to: At<'_>, depth: usize) -> Result<(), Trouble> {
        let source = open_folder(from)?;
        rustix::fs::mkdirat(to.0, to.1, Mode::RWXU)?;
        let target = open_folder(to)?;
        let (names, more) = names(&source, MOST_FILES)?;
        if more {
            return Err(Trouble::Words(
                "it holds too many files for the trash on another disk; ask the user to remove it",
            ));
        }
        names.iter().try_for_each(|name| self.copy((&source, name), (&target, name), depth + 1))
    }
}

/// Removes a file, a link itself, or a folder with all that is in it.
fn remove(at: At<'_>, depth: usize) -> Result<(), Trouble> {
    let stat = rustix::fs::statat(at.0, at.1, AtFlags::SYMLINK_NOFOLLOW)?;
    if FileType::from_raw_mode(stat.st_mode) != FileType::Directory {
        fault::point("files", Call::Remove)?;
        return Ok(rustix::fs::unlinkat(at.0, at.1, AtFlags::empty())?);
    }
    if depth > DEEPEST {
        return Err(Trouble::Words("it holds too deep folders; ask the user to remove it"));
    }
    let folder = open_folder(at)?;
    let (names, _) = names(&folder, MOST_FILES)?;
    names.iter().try_for_each(|name| remove((&folder, name), depth + 1))?;
    drop(folder);
    fault::point("files", Call::Remove)?;
    Ok(rustix::fs::unlinkat(at.0, at.1, AtFlags::REMOVEDIR)?)
}

fn open_folder(at: At<'_>) -> io::Result<OwnedFd> {
    let flags = OFlags::RDONLY | OFlags::DIRECTORY | OFlags::NOFOLLOW | OFlags::CLOEXEC;
    Ok(rustix::fs::openat(at.0, at.1, flags, Mode::empty())?)
}
