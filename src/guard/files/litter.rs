//! What a process that was killed between linking a file and giving it its name has left: a file under a name of
//! our own. A living process holds a lock on its own, so that only remains are removed.

use std::{
    ffi::OsStr,
    os::{fd::OwnedFd, unix::ffi::OsStrExt},
};

use rustix::{
    fs::{AtFlags, FileType, FlockOperation, Mode, OFlags, flock, fstat, openat, unlinkat},
    io::Errno,
};

use super::{Files, Place, entries::names};
use crate::config::fault::{self, Call};

/// What the names begin and end with; two numbers stand between.
const NAME: (&str, &str) = (".glm-tui-", ".tmp");
/// Names of a folder that are looked at.
const MOST: usize = 100_000;

impl Files {
    /// Removes from the folder of a place what killed processes of this user left there while they wrote. Returns how
    /// many files it was; what cannot be looked at or removed stays.
    pub fn sweep(&self, place: &Place) -> usize {
        let Ok((folder, _)) = place.parent() else { return 0 };
        let Ok((names, _)) = names(&folder, MOST) else { return 0 };
        let remains = names.iter().filter(|name| is_ours(name) && remove(&folder, name).is_ok_and(|gone| gone));
        remains.count()
    }
}

/// A name for a file that is not whole yet.
pub(super) fn temporary(process: u32, n: u64) -> String {
    format!("{}{process}-{n}{}", NAME.0, NAME.1)
}

/// Marks a file as one that a living process writes, as long as it is open. Where locks are not to be had nothing is
/// lost: remains stay there.
pub(super) fn hold(file: &impl std::os::fd::AsFd) {
    let _ = flock(file, FlockOperation::NonBlockingLockExclusive);
}

fn is_ours(name: &OsStr) -> bool {
    let numbers = name.as_bytes().strip_prefix(NAME.0.as_bytes()).and_then(|rest| rest.strip_suffix(NAME.1.as_bytes()));
    numbers.is_some_and(|numbers| {
        let mut parts = numbers.split(|byte| *byte == b'-');
        let all = parts.clone().all(|part| !part.is_empty() && part.iter().all(u8::is_ascii_digit));
        all && parts.by_ref().count() == 2
    })
}

/// Removes it if nobody writes it.
fn remove(folder: &OwnedFd, name: &OsStr) -> rustix::io::Result<bool> {
    let flags = OFlags::RDONLY | OFlags::NOFOLLOW | OFlags::NONBLOCK | OFlags::NOCTTY | OFlags::CLOEXEC;
    let file = openat(folder, name, flags, Mode::empty())?;
    flock(&file, FlockOperation::NonBlockingLockExclusive)?;
    let stat = fstat(&file)?;
    let is_plain = FileType::from_raw_mode(stat.st_mode) == FileType::RegularFile;
    // Without a name of its own by now, somebody else removed it, and the name may be another's.
    if !is_plain || stat.st_nlink == 0 || stat.st_uid != rustix::process::geteuid().as_raw() {
        return Ok(false);
    }
    fault::point("files", Call::Remove).map_err(|_| Errno::IO)?;
    unlinkat(folder, name, AtFlags::empty())?;
    Ok(true)
}

#[cfg(test)]
mod tests {
    use std::{fs, path::Path};

    use super::*;

    #[test]
    fn only_remains_of_our_own_are_removed() {
        let dir = tempfile::tempdir().unwrap();
        let path = |name: &str| dir.path().join(name);
        let stay = [".glm-tui-1-2.tmp.bak", ".glm-tui-1.tmp", ".glm-tui-a-1.tmp", "x.tmp", ".glm-tui-1-2-3.tmp"];
        for name in stay {
            fs::File::create(path(name)).unwrap();
        }
        fs::File::create(path(".glm-tui-77-0.tmp")).unwrap();
        std::os::unix::fs::symlink("x.tmp", path(".glm-tui-77-1.tmp")).unwrap();
        fs::create_dir(path(".glm-tui-77-2.tmp")).unwrap();
        let living = fs::File::create(path(".glm-tui-78-0.tmp")).unwrap();
        hold(&living);
        let files = Files::open(dir.path(), &[]).unwrap();
        let sweep = || files.sweep(&files.locate("file").unwrap());
        assert_eq!(sweep(), 1);
        assert!(!path(".glm-tui-77-0.tmp").exists());
        let there = |name: &str| Path::symlink_metadata(&path(name)).is_ok();
        assert!(stay.iter().all(|name| there(name)) && there(".glm-tui-77-1.tmp") && there(".glm-tui-77-2.tmp"));
        assert!(there(".glm-tui-78-0.tmp"), "somebody writes it");
        drop(living);
        assert_eq!(sweep(), 1);
    }
}
