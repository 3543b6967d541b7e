//! One writer for each log: a lock of the kernel on the log's file, which no crash leaves behind; where the file
//! system has none, a lease in a file beside it, which says who holds it.

use std::{
    fs::{self, File, TryLockError},
    io,
    os::unix::fs::MetadataExt,
    path::{Path, PathBuf},
    time::{Duration, SystemTime},
};

use rustix::{io::Errno, process::Pid};
use serde::{Deserialize, Serialize};

use crate::journal::disk;

/// The name of a lease.
const LEASE: &str = "log.lease";
/// How long a lease that says nothing counts as one that is being written; one that was cut off counts no more.
const WRITTEN_WITHIN: Duration = Duration::from_secs(10);

/// A log that nobody else writes. The kernel's lock ends with its file, a lease with this.
#[derive(Debug)]
pub(in crate::journal) struct Lock {
    lease: Option<PathBuf>,
}

/// Why there is none.
#[derive(Debug)]
pub(in crate::journal) enum Refused {
    /// Another writer holds it.
    Held,
    /// The system says no.
    Io(io::Error),
}

/// Who holds a lease.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
struct Holder {
    host: String,
    boot: String,
    pid: u32,
}

impl Lock {
    /// Takes the lock of a log.
    pub(in crate::journal) fn take(file: &File, dir: &Path) -> Result<Self, Refused> {
        Self::take_by(file.try_lock(), dir, &Holder::here())
    }

    /// The same, knowing what the kernel said.
    fn take_by(kernel: Result<(), TryLockError>, dir: &Path, me: &Holder) -> Result<Self, Refused> {
        match kernel {
            Ok(()) => Ok(Self { lease: None }),
            Err(TryLockError::WouldBlock) => Err(Refused::Held),
            Err(TryLockError::Error(error)) if has_no_locks(&error) => Self::lease(dir, me),
            Err(TryLockError::Error(error)) => Err(Refused::Io(error)),
        }
    }

    /// It is only a lease.
    pub(super) fn is_lease(&self) -> bool {
        self.lease.is_some()
    }

    fn lease(dir: &Path, me: &Holder) -> Result<Self, Refused> {
        let path = dir.join(LEASE);
        let text = serde_json::to_vec(me).map_err(|error| Refused::Io(error.into()))?;
        // Twice: once more after a lease that nobody holds any more was taken away.
        for _ in 0..2 {
            match disk::make_new(&path, &text) {
                Ok(()) => return Ok(Self { lease: Some(path) }),
                Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {}
                Err(error) => return Err(Refused::Io(error)),
            }
            match fs::read(&path) {
                Ok(bytes) if is_held(&bytes, &path, me) => return Err(Refused::Held),
                Ok(bytes) => drop_stale(&path, &bytes, me.pid).map_err(Refused::Io)?,
                // It was given back meanwhile.
                Err(error) if error.kind() == io::ErrorKind::NotFound => {}
                Err(error) => return Err(Refused::Io(error)),
            }
        }
        Err(Refused::Held)
    }
}

/// The lease is somebody's, as far as can be known.
fn is_held(lease: &[u8], path: &Path, me: &Holder) -> bool {
    match serde_json::from_slice::<Holder>(lease) {
        Ok(holder) => holder.holds(me, is_alive),
        Err(_) => !is_older(path, WRITTEN_WITHIN),
    }
}

#[expect(clippy::disallowed_methods, reason = "a lease without words has only its file's age")]
fn is_older(path: &Path, age: Duration) -> bool {
    let written = fs::metadata(path).and_then(|meta| meta.modified());
    written.is_ok_and(|at| SystemTime::now().duration_since(at).is_ok_and(|since| since > age))
}

/// Takes a lease away that nobody holds, and no other: whoever came first may have put a new one in its place since
/// it was read. So it is moved aside, looked at again, and put back when it is not the same.
fn drop_stale(path: &Path, seen: &[u8], pid: u32) -> io::Result<()> {
    let aside = path.with_extension(format!("stale-{pid}"));
    match fs::rename(path, &aside) {
        Ok(()) => {}
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(()),
        Err(error) => return Err(error),
    }
    if fs::read(&aside)? == seen { disk::remove(&aside) } else { fs::rename(&aside, path) }
}

impl Drop for Lock {
    fn drop(&mut self) {
        if let Some(lease) = &self.lease {
            let _ = disk::remove(lease);
        }
    }
}

impl Holder {
    fn here() -> Self {
        let boot = fs::read_to_string("/proc/sys/kernel/random/boot_id").unwrap_or_default();
        let host = rustix::system::uname().nodename().to_string_lossy().into_owned();
        Self { host, boot: boot.trim().to_owned(), pid: std::process::id() }
    }

    /// It still holds its lease, as far as can be known from here: of another host nothing can.
    fn holds(&self, me: &Self, is_alive: impl Fn(u32) -> bool) -> bool {
        if self.host != me.host {
            return true;
        }
        self.boot == me.boot && is_alive(self.pid)
    }
}

/// A process of this number runs.
fn is_alive(pid: u32) -> bool {
    let pid = i32::try_from(pid).ok().and_then(Pid::from_raw);
    pid.is_some_and(|pid| rustix::process::test_kill_process(pid) != Err(Errno::SRCH))
}

/// The file system knows no locks.
fn has_no_locks(error: &io::Error) -> bool {
    let none = [Errno::NOLCK, Errno::NOSYS, Errno::OPNOTSUPP, Errno::INVAL];
    none.iter().any(|errno| error.raw_os_error() == Some(errno.raw_os_error()))
}

/// The file has a name: nobody removed it while its lock was taken.
pub(super) fn is_there(file: &File) -> bool {
    file.metadata().is_ok_and(|meta| meta.nlink() > 0)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn holder(host: &str, boot: &str, pid: u32) -> Holder {
        Holder { host: host.into(), boot: boot.into(), pid }
    }

    #[test]
    fn a_lease_is_held_while_its_holder_may_live() {
        let me = holder("here", "b1", 1);
        for (who, lives, holds) in [
            (holder("here", "b1", 7), true, true),
            (holder("here", "b1", 7), false, false),
            (holder("here", "b0", 7), true, false),
            (holder("there", "b0", 7), false, true),
        ] {
            assert_eq!(who.holds(&me, |_| lives), holds, "{who:?} alive {lives}");
        }
        assert!(is_alive(std::process::id()));
    }

    #[test]
    fn where_the_kernel_has_no_locks_there_is_a_lease() {
        let folder = tempfile::tempdir().unwrap();
        let none = || Err(TryLockError::Error(io::Error::from(Errno::NOLCK)));
        let me = Holder::here();
        let lock = Lock::take_by(none(), folder.path(), &me).unwrap();
        assert!(lock.is_lease() && folder.path().join(LEASE).exists());
        assert!(matches!(Lock::take_by(none(), folder.path(), &me), Err(Refused::Held)));
        drop(lock);
        assert!(!folder.path().join(LEASE).exists());
        let old = serde_json::to_vec(&Holder { boot: "before".into(), ..me.clone() }).unwrap();
        disk::make_new(&folder.path().join(LEASE), &old).unwrap();
        assert!(Lock::take_by(none(), folder.path(), &me).unwrap().is_lease(), "a lease of before the last boot");
        // One that is being written says nothing yet; one that was cut off then counts no more.
        let lease = folder.path().join(LEASE);
        disk::make_new(&lease, b"").unwrap();
        assert!(matches!(Lock::take_by(none(), folder.path(), &me), Err(Refused::Held)), "it is being written");
        File::open(&lease).unwrap().set_modified(SystemTime::UNIX_EPOCH).unwrap();
        assert!(Lock::take_by(none(), folder.path(), &me).unwrap().is_lease(), "it was cut off");
        // A new one in the place of the one that was read stays.
        disk::make_new(&lease, b"new").unwrap();
        drop_stale(&lease, b"old", 1).unwrap();
        assert_eq!(fs::read(&lease).unwrap(), b"new");
        let kernel = [
            Lock::take_by(Ok(()), folder.path(), &me).map(|lock| lock.is_lease()),
            Lock::take_by(Err(TryLockError::WouldBlock), folder.path(), &me).map(|_| true),
            Lock::take_by(Err(TryLockError::Error(io::Error::from(Errno::IO))), folder.path(), &me).map(|_| true),
        ];
        assert!(matches!(kernel, [Ok(false), Err(Refused::Held), Err(Refused::Io(_))]));
    }
}
