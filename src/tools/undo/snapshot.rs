//! What files and folders a workspace has, by their metadata, with copies of contents that may be needed.
//!
//! What ignore files name and `.git` are left out. A file whose metadata stayed the same is not read again.

use std::{
    collections::HashMap,
    fs::Metadata,
    io::Read,
    os::unix::fs::MetadataExt,
    path::{Path, PathBuf},
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicUsize, Ordering},
    },
    time::{Duration, Instant, SystemTime},
};

use tokio_util::sync::CancellationToken;

use super::{
    super::walk::{self, Halt, Pace},
    changes::Limits,
};
use crate::{
    guard::Files,
    journal::{Hash, Pack, Slot},
};

/// How long contents are copied before a command starts; what is left waits for the next one.
const COPY_FOR: Duration = Duration::from_secs(2);
/// How long all of it may take.
const WALK_FOR: Duration = Duration::from_secs(4);
/// A file that was written this shortly before it was looked at may be written again without a change of its
/// times: kernels before 6.13 count them in ticks of up to 10 ms.
pub(super) const TICK: i128 = 50_000_000;
/// Largest file whose content is hashed although it is not kept.
const HASHED: u64 = 64 << 20;

/// Why what is small enough is not kept all the same.
const CROWDED: &str = "there is too much to keep all of it";

/// A workspace at a moment.
#[derive(Clone, Debug, Default)]
pub(super) struct Snapshot {
    /// What did not change is shared with the snapshot before.
    pub(super) entries: HashMap<Arc<Path>, Arc<Entry>>,
    /// When it was begun, nanoseconds since 1970.
    pub(super) at: i128,
}

impl Snapshot {
    /// A path is as this one says.
    pub(super) fn take_over(&mut self, from: &Self, path: &Path) {
        match from.entries.get_key_value(path) {
            Some((path, entry)) => self.entries.insert(Arc::clone(path), Arc::clone(entry)),
            None => self.entries.remove(path),
        };
    }
}

/// A file, folder or link.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Entry {
    pub(super) kind: Kind,
    pub(super) len: u64,
    pub(super) mode: u32,
    mtime: i128,
    pub(super) ctime: i128,
    inode: u64,
}

/// What it is, with what is known of its content.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Kind {
    File(Content),
    Folder,
    Link(PathBuf),
    Other,
}

/// What is known of a content.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Content {
    /// A copy lies in the pack.
    Kept(Hash, Slot),
    /// There is none, for this reason.
    Not(Option<Hash>, &'static str),
}

/// What a snapshot is made from.
pub(super) struct Surveyor<'a> {
    pub(super) roots: &'a [PathBuf],
    /// Left out, with all that is in them.
    pub(super) own: &'a [PathBuf],
    pub(super) files: &'a Files,
    pub(super) limits: Limits,
    pub(super) pack: &'a Pack,
    pub(super) cancel: &'a CancellationToken,
}

impl Surveyor<'_> {
    /// The workspace as it is. Blocks for at most some seconds.
    ///
    /// # Errors
    /// It is too large; says so in a few words.
    pub(super) fn survey(&self, old: Option<&Snapshot>) -> Result<Snapshot, String> {
        let (begun, at) = (clock(), wall());
        let pace = Pace::default();
        let size = old.map_or(0, |old| old.entries.len());
        let (found, n_found) = (Mutex::new(HashMap::with_capacity(size)), AtomicUsize::new(0));
        for root in self.roots {
            walk::entries(root, &pace, || {
                |entry| {
                    let age = clock().saturating_duration_since(begun);
                    let n = n_found.fetch_add(1, Ordering::Relaxed);
                    if age > WALK_FOR || n >= self.limits.files || self.cancel.is_cancelled() {
                        return pace.stop(Halt::Slow);
                    }
                    let path = entry.path();
                    if self.own.iter().any(|own| path.starts_with(own)) || entry.depth() == 0 {
                        return;
                    }
                    let Ok(meta) = entry.metadata() else { return };
                    let known = old.and_then(|old| old.entries.get_key_value(path));
                    let fresh = Entry::of(&meta);
                    let (path, entry) = match known {
                        Some((path, was)) if old.is_some_and(|old| self.is_known(&fresh, was, old.at)) => {
                            (Arc::clone(path), Arc::clone(was))
                        }
                        _ => {
                            let known = Known { was: known.map(|(_, was)| &**was), is_first: old.is_none() };
                            (Arc::from(path), Arc::new(self.entry((path, &meta), &fresh, &known, age < COPY_FOR)))
                        }
                    };
                    found.lock().unwrap_or_else(PoisonError::into_inner).insert(path, entry);
                }
            });
        }
        if pace.halt().is_some() {
            let most = self.limits.files;
            return Err(match n_found.load(Ordering::Relaxed) {
                n if n > most => format!("there are more than {most} files here"),
                _ => "it took too long to look at all files here".into(),
            });
        }
        Ok(Snapshot { entries: found.into_inner().unwrap_or_else(PoisonError::into_inner), at })
    }

    /// All is known of it: nothing of its metadata is another, and it could not have changed unseen.
    fn is_known(&self, fresh: &Entry, was: &Entry, at: i128) -> bool {
        let same = fresh.same_times(was) && fresh.mode == was.mode && fresh.ctime < at - TICK;
        same && match &was.kind {
            // It may be kept this time.
            Kind::File(Content::Not(None, _)) => was.len > self.limits.file_bytes || !self.pack.has_room(was.len),
            _ => true,
        }
    }

    fn entry(&self, (path, meta): (&Path, &Metadata), fresh: &Entry, known: &Known<'_>, copies: bool) -> Entry {
        let kind = meta.file_type();
        let kind = if kind.is_dir() {
            Kind::Folder
        } else if kind.is_symlink() {
            std::fs::read_link(path).map_or(Kind::Other, Kind::Link)
        } else if kind.is_file() && copies {
            Kind::File(self.content(path, fresh.len, known))
        } else if kind.is_file() {
            Kind::File(Content::Not(None, "there was no time to copy it"))
        } else {
            Kind::Other
        };
        Entry { kind, ..fresh.clone() }
    }

    /// Reads a file and keeps what it holds.
    fn content(&self, path: &Path, len: u64, known: &Known<'_>) -> Content {
        let is_big = len > self.limits.file_bytes;
        if is_big && (known.is_first || len > HASHED) {
            return Content::Not(None, "it is too big");
        }
        if known.is_first && !self.pack.has_room(len) {
            return Content::Not(None, CROWDED);
        }
        let mut bytes = Vec::with_capacity(usize::try_from(len).unwrap_or_default());
        let read = self.files.stream(path).and_then(|file| file.take(HASHED).read_to_end(&mut bytes));
        if read.is_err() {
            return Content::Not(None, "it cannot be read");
        }
        let hash = Hash::of(&bytes);
        if is_big || bytes.len() as u64 > self.limits.file_bytes {
            return Content::Not(Some(hash), "it is too big");
        }
        if let Some(Kind::File(Content::Kept(same, slot))) = known.was.map(|was| &was.kind)
            && *same == hash
        {
            return Content::Kept(hash, *slot);
        }
        if !self.pack.has_room(bytes.len() as u64) {
            return Content::Not(Some(hash), CROWDED);
        }
        match self.pack.put(&bytes) {
            Ok(slot) => Content::Kept(hash, slot),
            Err(_) => Content::Not(Some(hash), "there is no room to keep its content"),
        }
    }
}

/// What was known of a path before.
struct Known<'a> {
    was: Option<&'a Entry>,
    /// Nothing was known of anything.
    is_first: bool,
}

impl Entry {
    fn of(meta: &Metadata) -> Self {
        Self {
            kind: Kind::Other,
            len: meta.len(),
            mode: meta.mode() & 0o7777,
            mtime: nanos(meta.mtime(), meta.mtime_nsec()),
            ctime: nanos(meta.ctime(), meta.ctime_nsec()),
            inode: meta.ino(),
        }
    }

    fn same_times(&self, old: &Self) -> bool {
        (self.len, self.mtime, self.ctime, self.inode) == (old.len, old.mtime, old.ctime, old.inode)
    }
}

/// A path with what it was and what it is.
pub(super) type Changed<'a> = (&'a Path, Option<&'a Entry>, Option<&'a Entry>);

/// What changed between two snapshots: each path with what it was and what it is, sorted.
pub(super) fn changed<'a>(before: &'a Snapshot, after: &'a Snapshot) -> Vec<Changed<'a>> {
    let mut changed: Vec<Changed<'a>> = Vec::new();
    for (path, was) in &before.entries {
        match after.entries.get(path) {
            Some(is) if Arc::ptr_eq(was, is) || !differs(was, is) => {}
            Some(is) => changed.push((path, Some(was), Some(is))),
            // What an ignore file names by now is still there.
            None if is_there(after, path) => {}
            None => changed.push((path, Some(was), None)),
        }
    }
    let fresh = || after.entries.iter().filter(|(path, _)| !before.entries.contains_key(*path));
    let names = changed.iter().map(|(path, ..)| *path).chain(fresh().map(|(path, _)| &**path));
    let is_rule = |path: &Path| path.file_name().is_some_and(|name| name == ".gitignore" || name == ".ignore");
    let unhid = names.into_iter().any(is_rule);
    for (path, is) in fresh() {
        // What no ignore file names any more was there before. Else what is old was moved here, or has the time
        // of another machine.
        if !unhid || is.ctime >= before.at - TICK {
            changed.push((path, None, Some(is)));
        }
    }
    changed.retain(|(_, was, is)| ![was, is].iter().any(|e| e.is_some_and(|entry| entry.kind == Kind::Other)));
    changed.sort_by_key(|(path, ..)| *path);
    changed
}

/// It is there, and not only behind a link that took the place of a folder.
fn is_there(after: &Snapshot, path: &Path) -> bool {
    let is_way = |above: &Path| after.entries.get(above).is_none_or(|entry| entry.kind == Kind::Folder);
    path.ancestors().skip(1).all(is_way) && path.symlink_metadata().is_ok()
}

/// Until when a change may have been made, by the times of files. `None`: nobody knows.
pub(super) fn moment((before, after): (&Snapshot, &Snapshot), (path, _, is): &Changed<'_>) -> Option<i128> {
    let Some(is) = is else {
        // Who takes a path away writes to the folder above it.
        let above = path.ancestors().skip(1).find_map(|above| above.symlink_metadata().ok())?;
        return Some(nanos(above.ctime(), above.ctime_nsec()));
    };
    // What is in a folder keeps its times when that is moved.
    let moved = |above: &Path| {
        let is = after.entries.get(above)?;
        let was = before.entries.get(above);
        was.is_none_or(|was| was.inode != is.inode).then_some(is.ctime)
    };
    path.ancestors().skip(1).filter_map(moved).chain([is.ctime]).max()
}

fn differs(was: &Entry, is: &Entry) -> bool {
    if was.mode != is.mode && !matches!(is.kind, Kind::Link(_)) {
        return true;
    }
    match (&was.kind, &is.kind) {
        (Kind::File(was_content), Kind::File(content)) => match (hash(was_content), hash(content)) {
            (Some(one), Some(two)) => one != two,
            _ => !is.same_times(was),
        },
        (one, two) => one != two,
    }
}

fn hash(content: &Content) -> Option<&Hash> {
    match content {
        Content::Kept(hash, _) => Some(hash),
        Content::Not(hash, _) => hash.as_ref(),
    }
}

fn nanos(seconds: i64, nanos: i64) -> i128 {
    i128::from(seconds) * 1_000_000_000 + i128::from(nanos)
}

#[expect(clippy::disallowed_methods, reason = "looking at all files is bounded in time")]
fn clock() -> Instant {
    Instant::now()
}

#[expect(clippy::disallowed_methods, reason = "compared with the times of files")]
pub(in crate::tools) fn wall() -> i128 {
    let since = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default();
    i128::try_from(since.as_nanos()).unwrap_or(i128::MAX)
}
