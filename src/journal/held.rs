//! Which logs another process (or this one) is writing. Asks the system without taking a lock, since a lock that
//! is taken to look, even for a moment, would make a program that starts just then believe the session is open.

use std::{
    collections::HashSet,
    fs::{File, TryLockError},
    os::unix::fs::MetadataExt,
};

/// The files that were locked at a moment.
#[derive(Debug)]
pub(super) struct Held {
    /// Inode numbers of locked files; `None` where the system does not list locks.
    inodes: Option<HashSet<u64>>,
}

impl Held {
    /// What is locked now. Linux lists it in `/proc/locks` (proc(5)); elsewhere each file is tried.
    pub(super) fn now() -> Self {
        let table = cfg!(target_os = "linux").then(|| std::fs::read_to_string("/proc/locks").ok()).flatten();
        Self { inodes: table.map(|table| inodes(&table)) }
    }

    /// The file is locked for writing by somebody.
    pub(super) fn is_held(&self, file: &File) -> bool {
        let suspect = match &self.inodes {
            Some(inodes) => file.metadata().is_ok_and(|meta| inodes.contains(&meta.ino())),
            None => true,
        };
        // The number alone may belong to a file of another disk.
        suspect && matches!(file.try_lock_shared().map(|()| file.unlock()), Err(TryLockError::WouldBlock))
    }
}

/// The inode numbers of a lock table: the last part of the field `fe:00:10010881`.
fn inodes(table: &str) -> HashSet<u64> {
    let fields = table.lines().flat_map(str::split_ascii_whitespace);
    let places = fields.filter(|field| field.matches(':').count() == 2);
    places.filter_map(|place| place.rsplit(':').next()?.parse().ok()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_table_of_locks_is_read() {
        let table = "1: FLOCK  ADVISORY  WRITE 2023 fe:00:10010881 0 EOF\n1: -> FLOCK  ADVISORY  WRITE 7 fe:00:12 0 EOF\n\
                     2: POSIX  ADVISORY  READ -1 00:1a:77 128 128\nnonsense: a:b:c\n";
        assert_eq!(inodes(table), [10_010_881, 12, 77].into());
    }

    #[test]
    fn a_lock_is_seen_and_looking_takes_none() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("log");
        let writer = File::create(&path).unwrap();
        let looker = File::open(&path).unwrap();
        for held in [Held::now(), Held { inodes: None }] {
            assert!(!held.is_held(&looker));
        }
        writer.try_lock().unwrap();
        for held in [Held::now(), Held { inodes: None }] {
            assert!(held.is_held(&looker));
        }
        writer.unlock().unwrap();
        assert!(!Held::now().is_held(&looker));
    }
}
