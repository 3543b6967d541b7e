//! The record of changes: what is written down before a file is touched, and what of it is kept for how long.
//!
//! A disk that fails stops no work: the change goes on and its outcome says that it cannot be undone.

use std::{
    collections::{HashMap, HashSet},
    io,
    path::{Path, PathBuf},
    sync::{Mutex, MutexGuard, PoisonError},
};

use super::ledger::Ledger;
use crate::{
    chat::{RunId, TurnId},
    journal::{Blobs, ChangeKind, ChangeSet, FileChange, FileState, Hash, Journal, Record, Story},
};

/// What is kept for how long.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// Bytes of contents that a session keeps; the oldest go first. 256 MiB: some hundred versions of a whole
    /// middle-sized source tree's changes, and little on any disk.
    pub bytes: u64,
    /// Bytes of a file that is kept when a command changes it. 4 MiB: above that nobody edits by hand.
    pub file_bytes: u64,
    /// Files and folders of a workspace whose changes by commands are noticed.
    pub files: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Self { bytes: 256 << 20, file_bytes: 4 << 20, files: 100_000 }
    }
}

/// Who changes something.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Who {
    /// The turn.
    pub turn: TurnId,
    /// The call; none when a person undoes.
    pub run: Option<RunId>,
    /// What it is, a few words: `edit`, a command line.
    pub cause: String,
}

/// The changes of a session.
#[derive(Debug)]
pub struct Changes {
    journal: Option<Journal>,
    blobs: Blobs,
    limits: Limits,
    umask: u32,
    state: Mutex<State>,
}

#[derive(Debug, Default)]
struct State {
    ledger: Ledger,
    /// The contents that are kept, with their bytes.
    kept: HashMap<Hash, u64>,
    /// Paths that tools and undos changed since that was asked last.
    touched: HashSet<PathBuf>,
}

/// Why a change cannot be undone, for a person and the model; `None` = it can.
pub(in crate::tools) type Note = Option<String>;

/// A change that was written down and is about to be made.
#[derive(Debug)]
#[must_use = "a change that was written down is done or void"]
pub(in crate::tools) struct Ticket {
    id: u64,
    /// Why it cannot be undone.
    pub(in crate::tools) note: Note,
}

impl Changes {
    /// Changes that are kept in this folder of the session, or in memory.
    #[must_use]
    pub fn new(session_dir: Option<&Path>) -> Self {
        let blobs = session_dir.map_or_else(Blobs::in_memory, |dir| Blobs::new(dir.join("blobs")));
        let state = Mutex::new(State { kept: blobs.sizes(), ..State::default() });
        Self { journal: None, blobs, limits: Limits::default(), umask: umask(), state }
    }

    /// They are written to this log; it tells this so far.
    #[must_use]
    pub fn logged(mut self, journal: Journal, story: Option<&Story>) -> Self {
        if let Some(story) = story {
            self.lock().ledger = Ledger::of(story.changes.clone(), &story.unfinished.changes);
        }
        self.journal = Some(journal);
        self
    }

    /// Sets other limits.
    pub fn limit(&mut self, limits: Limits) {
        self.limits = limits;
    }

    /// The limits.
    #[must_use]
    pub fn limits(&self) -> Limits {
        self.limits
    }

    /// The contents.
    pub(super) fn blobs(&self) -> &Blobs {
        &self.blobs
    }

    /// Looks at the changes so far.
    pub(super) fn with<T>(&self, look: impl FnOnce(&Ledger) -> T) -> T {
        look(&self.lock().ledger)
    }

    /// Permission bits of a file (`0o666`) or folder (`0o777`) that this program creates.
    pub(in crate::tools) fn fresh_mode(&self, wide: u32) -> u32 {
        wide & !self.umask
    }

    /// Keeps contents with their permission bits; on disk when this returns.
    pub(in crate::tools) fn keep(&self, contents: &[(&[u8], u32)]) -> Vec<FileState> {
        let bytes: Vec<&[u8]> = contents.iter().map(|(bytes, _)| *bytes).collect();
        let put = self.blobs.put_all(&bytes);
        let why = put.as_ref().err().map(words).unwrap_or_default();
        let hashes = put.unwrap_or_default();
        let states: Vec<FileState> = contents
            .iter()
            .enumerate()
            .map(|(n, (bytes, mode))| {
                let (len, mode) = (bytes.len() as u64, *mode);
                match hashes.get(n) {
                    Some(hash) => FileState::File { hash: hash.clone(), bytes: len, mode },
                    None => FileState::NotKept { bytes: len, why: why.clone(), hash: Some(Hash::of(bytes)) },
                }
            })
            .collect();
        let mut state = self.lock();
        for (hash, bytes) in hashes.into_iter().zip(bytes) {
            state.kept.insert(hash, bytes.len() as u64);
        }
        states
    }

    /// Writes down a change that is about to be made. Blocks until it is on the disk.
    pub(in crate::tools) fn about_to(&self, who: &Who, files: Vec<FileChange>) -> Ticket {
        let note = files.iter().find_map(not_kept);
        let id = self.write(who, ChangeKind::Made, files);
        Ticket { id, note }
    }

    /// The change was made.
    pub(in crate::tools) fn done(&self, ticket: Ticket) -> Note {
        self.completed(ticket.id);
        self.prune();
        ticket.note
    }

    /// The change was not made.
    pub(in crate::tools) fn void(&self, ticket: &Ticket) {
        self.never(ticket.id);
    }

    /// A change that was found after it was made.
    pub(super) fn found(&self, who: &Who, files: Vec<FileChange>) {
        let set = self.enter(who, ChangeKind::Made, files);
        self.append(Record::Change(Box::new(set.clone())));
        self.completed(set.id);
        self.prune();
    }

    /// Writes down a set; its number. Blocks until it is on the disk, or held in memory because the disk fails.
    pub(super) fn write(&self, who: &Who, kind: ChangeKind, files: Vec<FileChange>) -> u64 {
        let set = self.enter(who, kind, files);
        let id = set.id;
        self.lock().touched.extend(set.files.iter().map(|file| file.path.path()));
        self.append(Record::Change(Box::new(set)));
        if let Some(journal) = &self.journal {
            // What fails is said by the journal itself, and held until it can be written.
            let _ = journal.barrier_blocking();
        }
        id
    }

    /// A set is complete.
    pub(super) fn completed(&self, id: u64) {
        self.lock().ledger.complete(id);
        self.append(Record::Changed(id));
    }

    /// A set turned out as this: kept in memory only, a log has what was meant.
    pub(super) fn turned_out(&self, id: u64, files: Vec<FileChange>) {
        let mut state = self.lock();
        let found = state.ledger.sets().iter().find(|set| set.id == id).cloned();
        if let Some(set) = found {
            state.ledger.add(ChangeSet { files, ..set });
        }
    }

    /// A set that was written down never came about: an undo of nothing says so for good.
    pub(super) fn never(&self, id: u64) {
        let found = self.with(|ledger| ledger.sets().iter().find(|set| set.id == id).cloned());
        let Some(set) = found else { return };
        self.completed(id);
        let who = Who { turn: set.turn, run: set.run, cause: "it did not come about".into() };
        let void = self.enter(&who, ChangeKind::Undo(vec![id]), Vec::new());
        self.append(Record::Change(Box::new(void.clone())));
        self.completed(void.id);
    }

    /// The paths that tools changed since this was asked last.
    pub(super) fn take_touched(&self) -> HashSet<PathBuf> {
        std::mem::take(&mut self.lock().touched)
    }

    fn enter(&self, who: &Who, kind: ChangeKind, files: Vec<FileChange>) -> ChangeSet {
        let mut state = self.lock();
        let (id, cause) = (state.ledger.next(), who.cause.clone());
        let set = ChangeSet { id, turn: who.turn, run: who.run, cause, kind, files };
        state.ledger.add(set.clone());
        set
    }

    fn append(&self, record: Record) {
        if let Some(journal) = &self.journal {
            journal.append(record);
        }
    }

    /// Gives up the contents of the oldest changes while there is more than the limit.
    fn prune(&self) {
        let mut state = self.lock();
        let mut total: u64 = state.kept.values().sum();
        if total <= self.limits.bytes {
            return;
        }
        let State { ledger, kept, .. } = &mut *state;
        let mut needed: HashMap<&Hash, usize> = HashMap::new();
        for hash in ledger.sets().iter().flat_map(hashes) {
            *needed.entry(hash).or_default() += 1;
        }
        // What no change names was left behind by a crash.
        let orphans: Vec<Hash> = kept.keys().filter(|hash| !needed.contains_key(hash)).cloned().collect();
        let mut gone: HashSet<Hash> = HashSet::new();
        let mut give_up = |hash: &Hash, total: &mut u64| {
            if let Some(bytes) = kept.get(hash)
                && gone.insert(hash.clone())
            {
                *total -= bytes;
            }
        };
        for hash in &orphans {
            give_up(hash, &mut total);
        }
        for set in ledger.sets() {
            if total <= self.limits.bytes {
                break;
            }
            for hash in hashes(set) {
                let uses = needed.entry(hash).or_default();
                *uses -= 1;
                if *uses == 0 {
                    give_up(hash, &mut total);
                }
            }
        }
        for hash in gone {
            let _ = self.blobs.drop_content(&hash);
            kept.remove(&hash);
        }
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The contents that a set names.
fn hashes(set: &ChangeSet) -> impl Iterator<Item = &Hash> {
    set.files.iter().flat_map(|file| [&file.before, &file.after]).filter_map(|state| match state {
        FileState::File { hash, .. } => Some(hash),
        _ => None,
    })
}

fn not_kept(file: &FileChange) -> Note {
    match &file.before {
        FileState::NotKept { why, .. } => Some(why.clone()),
        _ => None,
    }
}

fn words(error: &io::Error) -> String {
    match error.kind() {
        io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded => "there is no room to keep its content".into(),
        io::ErrorKind::ReadOnlyFilesystem | io::ErrorKind::PermissionDenied => {
            "the session's folder cannot be written".into()
        }
        _ => format!("its content cannot be kept: {error}"),
    }
}

/// The folders above a path that do not exist, the outermost first.
pub(in crate::tools) fn missing_above(path: &Path) -> Vec<PathBuf> {
    let missing = |folder: &&Path| folder.symlink_metadata().is_err();
    let mut folders: Vec<PathBuf> = path.ancestors().skip(1).take_while(missing).map(Path::to_path_buf).collect();
    folders.reverse();
    folders
}

/// The bits that the system takes off new files (`proc(5)`: `Umask` in `/proc/self/status`).
fn umask() -> u32 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("Umask:"));
    line.and_then(|text| u32::from_str_radix(text.trim(), 8).ok()).unwrap_or(0o022)
}
