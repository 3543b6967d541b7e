//! A folder that paths are opened beneath, with no link followed on the way.
//!
//! The paths given here are real ones (see `real`), so that a link on the way can only be one that was
//! planted after the path was judged: it is refused, never followed. The kernel does that in one call
//! (`openat2`); where it cannot, the path is walked folder by folder with the same result.

use std::{
    ffi::OsStr,
    io,
    os::fd::{AsFd, OwnedFd},
    path::{Component, Path, PathBuf},
};

use rustix::{
    fs::{Mode, OFlags},
    io::Errno,
};

/// A folder that paths are opened beneath.
#[derive(Debug)]
pub(super) struct Root {
    fd: OwnedFd,
    /// Its real path.
    pub(super) path: PathBuf,
}

impl Root {
    /// Opens the folder; its own path may hold links.
    pub(super) fn open(path: &Path) -> io::Result<Self> {
        let path = path.canonicalize()?;
        let flags = OFlags::RDONLY | OFlags::DIRECTORY | OFlags::CLOEXEC;
        Ok(Self { fd: rustix::fs::open(&path, flags, Mode::empty())?, path })
    }

    /// Opens `below`, a relative path without `..`.
    pub(super) fn open_at(&self, below: &Path, flags: OFlags, mode: Mode) -> io::Result<OwnedFd> {
        let flags = flags | OFlags::CLOEXEC;
        let below = if below.as_os_str().is_empty() { Path::new(".") } else { below };
        #[cfg(target_os = "linux")]
        {
            use rustix::fs::ResolveFlags as R;
            let resolve = R::BENEATH | R::NO_MAGICLINKS | R::NO_SYMLINKS;
            match rustix::fs::openat2(&self.fd, below, flags, mode, resolve) {
                // Kernels before 5.6 lack the call; some containers forbid it.
                Err(Errno::NOSYS | Errno::PERM) => {}
                done => return Ok(done?),
            }
        }
        self.walk_to(below, flags, mode)
    }

    /// The same, folder by folder.
    pub(super) fn walk_to(&self, below: &Path, flags: OFlags, mode: Mode) -> io::Result<OwnedFd> {
        let mut names: Vec<&OsStr> = Vec::new();
        for part in below.components() {
            match part {
                Component::Normal(name) => names.push(name),
                Component::CurDir => {}
                _ => return Err(Errno::XDEV.into()),
            }
        }
        let last = names.pop().unwrap_or(OsStr::new("."));
        let mut at: Option<OwnedFd> = None;
        for name in names {
            let through = OFlags::RDONLY | OFlags::DIRECTORY | OFlags::NOFOLLOW | OFlags::CLOEXEC;
            let from = at.as_ref().map_or(self.fd.as_fd(), AsFd::as_fd);
            at = Some(rustix::fs::openat(from, name, through, Mode::empty())?);
        }
        let from = at.as_ref().map_or(self.fd.as_fd(), AsFd::as_fd);
        Ok(rustix::fs::openat(from, last, flags | OFlags::NOFOLLOW, mode)?)
    }

    /// Opens a folder.
    pub(super) fn folder(&self, below: &Path) -> io::Result<OwnedFd> {
        self.open_at(below, OFlags::RDONLY | OFlags::DIRECTORY, Mode::empty())
    }
}
