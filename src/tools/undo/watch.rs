//! What commands change: the workspace is looked at before and after, and the difference is theirs.
//!
//! What changed between two commands is a person's and is only taken note of.

use std::{
    fmt::Write as _,
    path::{Path, PathBuf},
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use tokio::sync::watch;
use tokio_util::sync::CancellationToken;

use super::{
    changes::Who,
    ground::Ground,
    snapshot::{Changed, Content, Entry, Kind, Snapshot, Surveyor, TICK, changed, moment, wall},
};
use crate::{
    guard::{files::spell, runner::Exit},
    journal::{FileChange, FileState, Pack, PathText},
};

/// A background command that ran longer is a server or a watcher: what changed meanwhile is more likely a
/// person's. As long as a command in the foreground may run.
const JOB_FOR: Duration = Duration::from_secs(600);
/// Contents that are kept at a time when the changes of a command are written down.
const BATCH: usize = 256;
/// Files that an outcome names.
const NAMED: usize = 5;

/// Sees what commands change.
#[derive(Debug)]
pub struct Watch {
    pack: Pack,
    own: Vec<PathBuf>,
    roots: Vec<PathBuf>,
    state: Mutex<State>,
}

#[derive(Debug, Default)]
struct State {
    last: Option<Arc<Snapshot>>,
    jobs: Vec<Job>,
    /// How often the workspace could not be looked at in a row, and why.
    failures: (u32, String),
}

/// What is to be said of a command's changes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(in crate::tools) enum Found {
    /// It changed something: for both.
    Changed(String),
    /// Nobody knows what it changed, for this reason: for a person.
    Blind(String),
}

/// A command that went to the background.
#[derive(Debug)]
struct Job {
    who: Who,
    ended: watch::Receiver<Option<Arc<Exit>>>,
    /// When it was started.
    began: i128,
}

/// What a command in the background that still runs may have done by now.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::tools) enum Running {
    /// It is the command's: another command begins, after which nobody can tell.
    Counts,
    /// It waits for the command's end: it may as well be a person's.
    Waits,
}

/// A command in the background, with the time in which it changed something.
#[derive(Clone, Debug)]
struct Span {
    who: Who,
    began: i128,
    until: i128,
}

impl Job {
    /// How long it ran; none while it runs.
    fn took(&self) -> Option<Duration> {
        self.ended.borrow().as_ref().map(|exit| exit.took)
    }
}

/// The workspace before a command.
#[derive(Debug)]
pub(in crate::tools) struct Before(Result<Arc<Snapshot>, String>);

impl Watch {
    /// Sees what changes in these folders. Contents are copied to the session's folder, or to memory.
    pub(in crate::tools) fn new(roots: Vec<PathBuf>, session_dir: Option<&Path>) -> Self {
        /// What is copied at most: as much as a session keeps, and little of a machine's memory.
        const PACK: (u64, u64) = (256 << 20, 64 << 20);
        let dir = session_dir.map(|dir| dir.join("blobs"));
        let pack = Pack::new(dir.clone(), if dir.is_some() { PACK.0 } else { PACK.1 });
        // The folder of all sessions, where the workspace holds it.
        let all = session_dir.and_then(Path::parent).filter(|all| all.file_name().is_some_and(|n| n == "sessions"));
        let own = session_dir.into_iter().chain(all).map(real);
        let own = own.filter(|own| roots.iter().any(|root| own.starts_with(root))).collect();
        Self { pack, own, roots, state: Mutex::default() }
    }

    /// Looks at the workspace before a command. Blocks, at most some seconds.
    pub(in crate::tools) fn before(&self, ground: &Ground<'_>, cancel: &CancellationToken) -> Before {
        self.settle(ground, Running::Counts);
        let old = self.lock().last.clone();
        let now = self.survey(ground, old.as_deref(), cancel).map(Arc::new);
        if let Ok(now) = &now {
            self.lock().last = Some(Arc::clone(now));
            ground.changes.take_touched();
        }
        Before(now)
    }

    /// Looks at the workspace after a command and writes down what it changed; says so in a few words.
    pub(in crate::tools) fn after(&self, ground: &Ground<'_>, before: &Before, who: &Who) -> Option<Found> {
        let blind = |why: &str| Some(Found::Blind(format!("what it changed cannot be undone: {why}")));
        let before = match &before.0 {
            Ok(before) => before,
            Err(why) => return blind(why),
        };
        match self.survey(ground, Some(before), &CancellationToken::new()) {
            Ok(now) => {
                let found = self.write_down(ground, (before, &now), who);
                self.lock().last = Some(Arc::new(now));
                found.map(Found::Changed)
            }
            Err(why) => blind(&why),
        }
    }

    /// A command that was started at `began` goes on in the background: what it changes is looked for later.
    pub(in crate::tools) fn goes_on(
        &self,
        before: &Before,
        who: Who,
        (ended, began): (watch::Receiver<Option<Arc<Exit>>>, i128),
    ) {
        if before.0.is_ok() {
            self.lock().jobs.push(Job { who, ended, began });
        }
    }

    /// Writes down what commands in the background changed so far. What changed after the end of the last of them
    /// is a person's.
    pub(in crate::tools) fn settle(&self, ground: &Ground<'_>, running: Running) {
        let Some((last, spans, waits)) = self.spans(running) else { return };
        let Ok(now) = self.survey(ground, Some(&last), &CancellationToken::new()) else { return };
        let touched = ground.changes.take_touched();
        let mut of_span: Vec<Vec<Changed<'_>>> = vec![Vec::new(); spans.len()];
        for change in changed(&last, &now) {
            let owner = moment((&last, &now), &change).and_then(|at| owner(&spans, at));
            if let Some(owner) = owner.filter(|_| !touched.contains(change.0)) {
                of_span[owner].push(change);
            }
        }
        let mut base = if waits { last.as_ref().clone() } else { Snapshot::default() };
        for (span, changed) in spans.iter().zip(&of_span) {
            let _ = self.book(ground, changed, &span.who);
            for (path, ..) in changed.iter().filter(|_| waits) {
                base.take_over(&now, path);
            }
        }
        // What is not booked may yet turn out to be of a command that still runs.
        self.lock().last = Some(Arc::new(if waits { base } else { now }));
    }

    /// The workspace as it was seen last, whose changes since are booked to whom, and whether a command is waited
    /// for. `None`: to nobody.
    fn spans(&self, running: Running) -> Option<(Arc<Snapshot>, Vec<Span>, bool)> {
        let mut state = self.lock();
        let last = state.last.clone()?;
        let (mut spans, mut waits) = (Vec::new(), false);
        state.jobs.retain(|job| {
            let took = job.took();
            let is_short = took.unwrap_or_else(|| since(job.began)) <= JOB_FOR;
            let nanos = |took: Duration| i128::try_from(took.as_nanos()).unwrap_or(i128::MAX);
            match took {
                _ if !is_short => return false,
                None if running == Running::Waits => {
                    waits = true;
                    return true;
                }
                _ => {}
            }
            let until = took.map_or(i128::MAX, |took| job.began.saturating_add(nanos(took)));
            spans.push(Span { who: job.who.clone(), began: job.began, until });
            took.is_none()
        });
        (!spans.is_empty()).then_some((last, spans, waits))
    }

    fn survey(
        &self,
        ground: &Ground<'_>,
        old: Option<&Snapshot>,
        cancel: &CancellationToken,
    ) -> Result<Snapshot, String> {
        /// Once may be a cold disk; a workspace that is too large twice is not looked at any more.
        const TRIES: u32 = 2;
        let (failures, why) = self.lock().failures.clone();
        if failures >= TRIES {
            return Err(why);
        }
        let limits = ground.changes.limits();
        let (roots, own) = (self.roots.as_slice(), self.own.as_slice());
        let found = Surveyor { roots, own, files: ground.files, limits, pack: &self.pack, cancel }.survey(old);
        if !cancel.is_cancelled() {
            self.lock().failures =
                found.as_ref().err().map_or_else(Default::default, |why| (failures + 1, why.clone()));
        }
        found
    }

    fn write_down(&self, ground: &Ground<'_>, (before, now): (&Snapshot, &Snapshot), who: &Who) -> Option<String> {
        let touched = ground.changes.take_touched();
        let mut changed = changed(before, now);
        changed.retain(|(path, ..)| !touched.contains(*path));
        self.book(ground, &changed, who)
    }

    fn book(&self, ground: &Ground<'_>, changed: &[Changed<'_>], who: &Who) -> Option<String> {
        if changed.is_empty() {
            return None;
        }
        let mut files = Vec::with_capacity(changed.len());
        let mut lost: Vec<&Path> = Vec::new();
        for batch in changed.chunks(BATCH) {
            let sides: Vec<Side> = batch.iter().flat_map(|(_, was, is)| [self.side(*was), self.side(*is)]).collect();
            let contents: Vec<(&[u8], u32)> = sides.iter().filter_map(Side::content).collect();
            let mut kept = ground.changes.keep(&contents).into_iter();
            let mut states = sides.iter().map(|side| side.state(&mut kept));
            for (path, ..) in batch {
                let (Some(before), Some(after)) = (states.next(), states.next()) else { continue };
                // Without what it became, nobody can tell later whether it is still that.
                let unknown = match &after {
                    FileState::NotKept { hash: None, bytes, .. } => *bytes <= ground.changes.limits().file_bytes,
                    _ => false,
                };
                if unknown || matches!(before, FileState::NotKept { .. }) {
                    lost.push(path);
                }
                files.push(FileChange { path: PathText::new(path), before, after });
            }
        }
        let is_file = |(_, was, is): &&Changed<'_>| !was.iter().chain(is).all(|entry| entry.kind == Kind::Folder);
        let names: Vec<&Path> = changed.iter().filter(is_file).map(|(path, ..)| *path).collect();
        let mut said = said(ground, &names);
        if !lost.is_empty() {
            // Writing to a String cannot fail.
            let _ = write!(said, "; {} cannot be undone, their contents were not kept", count(lost.len()));
        }
        ground.changes.found(who, files);
        Some(said)
    }

    fn side(&self, entry: Option<&Entry>) -> Side {
        let Some(entry) = entry else { return Side::State(FileState::Absent) };
        match &entry.kind {
            Kind::Folder => Side::State(FileState::Folder { mode: entry.mode }),
            Kind::Link(target) => Side::State(FileState::Link(PathText::new(target))),
            Kind::File(Content::Kept(hash, slot)) => match self.pack.get(*slot) {
                Ok(bytes) => Side::Content(bytes, entry.mode),
                Err(error) => {
                    let (bytes, why) = (entry.len, format!("its copy cannot be read: {error}"));
                    Side::State(FileState::NotKept { bytes, why, hash: Some(hash.clone()) })
                }
            },
            Kind::File(Content::Not(hash, why)) => {
                Side::State(FileState::NotKept { bytes: entry.len, why: (*why).into(), hash: hash.clone() })
            }
            Kind::Other => Side::State(FileState::NotKept { bytes: 0, why: "it is no file".into(), hash: None }),
        }
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Whose a change of this moment is: the newest command that ran then.
fn owner(spans: &[Span], at: i128) -> Option<usize> {
    let fits = || spans.iter().enumerate().filter(move |(_, span)| at <= span.until.saturating_add(TICK));
    let ran = fits().filter(|(_, span)| span.began <= at.saturating_add(TICK)).max_by_key(|(_, span)| span.began);
    ran.or_else(|| fits().min_by_key(|(_, span)| span.began)).map(|(n, _)| n)
}

/// A path whose end may not exist, links in front of that followed.
fn real(path: &Path) -> PathBuf {
    let known = path.ancestors().find_map(|above| Some((above.canonicalize().ok()?, path.strip_prefix(above).ok()?)));
    known.map_or_else(|| path.to_path_buf(), |(above, rest)| above.join(rest))
}

/// One side of a change.
enum Side {
    State(FileState),
    Content(Vec<u8>, u32),
}

impl Side {
    fn content(&self) -> Option<(&[u8], u32)> {
        match self {
            Self::Content(bytes, mode) => Some((bytes, *mode)),
            Self::State(_) => None,
        }
    }

    fn state(&self, kept: &mut impl Iterator<Item = FileState>) -> FileState {
        match self {
            Self::State(state) => state.clone(),
            Self::Content(..) => kept.next().unwrap_or(FileState::Absent),
        }
    }
}

/// For instance `2 files changed: a.rs, b.rs`.
fn said(ground: &Ground<'_>, names: &[&Path]) -> String {
    let short = |path: &&Path| spell(path.strip_prefix(ground.files.root()).unwrap_or(path));
    let mut list: Vec<String> = names.iter().take(NAMED).map(short).collect();
    if names.len() > NAMED {
        list.push("…".into());
    }
    match names.len() {
        0 => "folders changed".into(),
        n => format!("{} changed: {}", count(n), list.join(", ")),
    }
}

fn count(n: usize) -> String {
    if n == 1 { "1 file".into() } else { format!("{n} files") }
}

fn since(began: i128) -> Duration {
    let nanos = wall().saturating_sub(began);
    Duration::from_nanos(u64::try_from(nanos).unwrap_or_default())
}
