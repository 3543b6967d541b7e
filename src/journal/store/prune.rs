//! Keeping copies of files within bounds: what goes is the oldest, never a conversation, and it is said.

use std::{
    fs,
    os::unix::fs::MetadataExt,
    path::{Path, PathBuf},
};

use jiff::Timestamp;

use super::{
    Store,
    change::{GOING, lock, remove},
};
use crate::{
    chat::{Problem, SessionId},
    config::Sessions,
    journal::summary::open_log,
};

/// What of a session's folder may go: contents for undo, deleted files, spilled output.
const COPIES: [(&str, &str); 3] =
    [("blobs", "undo copies"), ("trash", "deleted files"), ("output", "long command output")];
/// Remains of a copy or a deletion that was cut off are removed when they are older than this, in seconds: a
/// program that works on them is done long before.
const REMAINS_AFTER: i64 = 24 * 3600;

/// What went.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Pruned {
    /// Each session, what of it went, and its bytes.
    pub dropped: Vec<(SessionId, &'static str, u64)>,
    /// Bytes of copies that are kept.
    pub kept: u64,
    /// What could not be removed.
    pub problems: Vec<Problem>,
}

/// A folder of copies.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Copies {
    id: SessionId,
    dir: PathBuf,
    what: &'static str,
    bytes: u64,
    /// When the session was used last, seconds since 1970.
    used: i64,
}

impl Store {
    /// Drops copies of files of old sessions, then of the oldest ones until the rest is within bounds. Sessions that
    /// are open keep all; logs, drafts and names are never touched.
    #[must_use]
    pub fn prune(&self, limits: Sessions, now: Timestamp) -> Pruned {
        let ids = self.ids();
        let copies: Vec<Copies> = ids.iter().flat_map(|(id, dir)| copies(id, dir)).collect();
        let total: u64 = copies.iter().map(|copy| copy.bytes).sum();
        let mut pruned = Pruned { kept: total, ..Pruned::default() };
        for copy in surplus(copies, limits, now.as_second()) {
            match drop_copies(&copy) {
                Ok(()) => {
                    pruned.kept -= copy.bytes;
                    pruned.dropped.push((copy.id, copy.what, copy.bytes));
                }
                Err(problem) => pruned.problems.push(problem),
            }
        }
        self.sweep(now.as_second());
        pruned
    }

    /// Removes what a deletion or a copy left that was cut off.
    fn sweep(&self, now: i64) {
        let entries = self.root.as_ref().and_then(|root| fs::read_dir(root).ok());
        for entry in entries.into_iter().flatten().flatten() {
            let name = entry.file_name();
            let ours = name.to_str().is_some_and(|name| name.starts_with(GOING) || name.starts_with(".new-"));
            let old = entry.metadata().is_ok_and(|meta| meta.is_dir() && now - meta.mtime() > REMAINS_AFTER);
            if ours && old {
                let _ = remove(&entry.path());
            }
        }
    }
}

/// What must go, oldest first.
fn surplus(mut copies: Vec<Copies>, limits: Sessions, now: i64) -> Vec<Copies> {
    copies.sort_by(|a, b| (a.used, &a.id).cmp(&(b.used, &b.id)));
    let oldest = now.saturating_sub(i64::from(limits.keep_days) * 24 * 3600);
    let mut left: u64 = copies.iter().map(|copy| copy.bytes).sum();
    copies.retain(|copy| {
        let goes = copy.used < oldest || left > limits.max_bytes;
        left -= if goes { copy.bytes } else { 0 };
        goes
    });
    copies
}

fn copies(id: &SessionId, dir: &Path) -> Vec<Copies> {
    let used = open_log(dir).and_then(|log| log.metadata().ok()).map_or(0, |meta| meta.mtime());
    let found = COPIES.into_iter().filter_map(|(name, what)| {
        let dir = dir.join(name);
        let bytes = fs::symlink_metadata(&dir).ok().filter(fs::Metadata::is_dir).map(|_| size(&dir))?;
        Some(Copies { id: id.clone(), dir, what, bytes, used })
    });
    found.collect()
}

/// Removes a folder of copies, unless a program has the session open.
fn drop_copies(copy: &Copies) -> Result<(), Problem> {
    let dir = copy.dir.parent();
    let log = dir.and_then(open_log);
    let _lock = dir.zip(log.as_ref()).map(|(dir, log)| lock(log, dir, &copy.id)).transpose()?;
    remove(&copy.dir).map_err(|error| super::broken("remove copies of", &error))
}

/// Bytes of the files below a folder; links count as themselves.
pub(super) fn size(dir: &Path) -> u64 {
    let entries = fs::read_dir(dir).into_iter().flatten().flatten();
    let sizes = entries.map(|entry| match entry.metadata() {
        Ok(meta) if meta.is_dir() => size(&entry.path()),
        Ok(meta) => meta.len(),
        Err(_) => 0,
    });
    sizes.sum()
}
