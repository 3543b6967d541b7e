//! The way of a change: looked at, shown, decided, written, told.

use std::path::PathBuf;

use super::{
    decide::decide,
    show::{Sides, show},
};
use crate::{
    chat::{AskBody, ChangeKind, Detail, FileChange, HunkReply, Reply, RunEnd},
    guard::{
        Need, Place,
        files::{Fault, FaultKind, MAX_BYTES, Note, Stamp, Written},
    },
    journal::{self, FileState, PathText},
    text::{Clean, diff::Hunk},
    tools::{
        Access, Bench, Outcome, Permit, Planned, Refusal,
        seen::Draft,
        tool::{Proposal, Work},
        undo::missing_above,
    },
};

/// Changed places whose lines are told.
const TOLD: usize = 8;

/// The file of a call as it is now.
pub(in crate::tools) struct Target {
    /// Where.
    pub(in crate::tools) place: Place,
    /// Its bytes; empty if there is none.
    pub(in crate::tools) old: Vec<u8>,
    stamp: Option<Stamp>,
}

impl Target {
    /// Looks at the file. One that exists must be as the model knows it.
    ///
    /// # Errors
    /// It cannot be read, was not read before, or changed since.
    fn now(planned: &Planned, bench: &Bench) -> Result<Self, Refusal> {
        let place = bench.files.place(&real(planned));
        match bench.files.read(&place, MAX_BYTES) {
            Ok((old, stamp)) => {
                bench.seen.demand(&place, &stamp)?;
                bench.files.check_writable(&place, &stamp).map_err(|fault| Refusal(fault.words))?;
                Ok(Self { place, old, stamp: Some(stamp) })
            }
            Err(fault) if fault.kind == FaultKind::Missing => Ok(Self { place, old: Vec::new(), stamp: None }),
            Err(fault) => Err(Refusal(fault.words)),
        }
    }

    /// There is such a file.
    pub(in crate::tools) fn exists(&self) -> bool {
        self.stamp.is_some()
    }

    fn kind(&self) -> ChangeKind {
        if self.exists() { ChangeKind::Modified } else { ChangeKind::Created }
    }
}

/// The real path that a call was planned for; links are not followed again.
pub(in crate::tools) fn real(planned: &Planned) -> PathBuf {
    match &planned.access {
        Access::Reads(paths) | Access::Writes(paths) => paths.first().cloned().unwrap_or_default(),
        _ => PathBuf::new(),
    }
}

/// What a change would be, from the file as it is.
pub(in crate::tools) struct Made {
    /// The file as it shall be.
    pub(in crate::tools) bytes: Vec<u8>,
    /// What the model should know of how it came about.
    pub(in crate::tools) notes: Vec<String>,
}

/// The question about a change.
///
/// # Errors
/// As `make`, or when the file cannot be looked at.
pub(in crate::tools) fn propose(
    planned: &Planned,
    bench: &Bench,
    make: impl Fn(&Target) -> Result<Made, Refusal>,
) -> Result<Proposal, Refusal> {
    let target = Target::now(planned, bench)?;
    let proposed = make(&target)?;
    let (path, inside) = (target.place.real.clone(), target.place.inside);
    if target.exists() && proposed.bytes == target.old {
        let body = AskBody::Plain(target.place.shown.clone());
        return Ok(Proposal {
            need: Need::Read { path, inside },
            title: Clean::trusted("look at a file"),
            body,
            reason: None,
        });
    }
    let sides = Sides::of(&target.old, &proposed.bytes);
    let hunks = sides.hunks();
    let change = show(&target.place.shown, target.kind(), &sides, &hunks);
    bench.seen.show(planned, Draft { stamp: target.stamp.clone(), hunks });
    // Another name of it may lie where nothing may be changed, so it counts as lying there.
    let several = target.stamp.as_ref().is_some_and(|stamp| stamp.names > 1);
    let inside = inside && !several;
    let title = Clean::trusted(match target.kind() {
        _ if several => "change a file that has several names (hard links), here and maybe elsewhere",
        ChangeKind::Created => "create a file",
        _ => "change a file",
    });
    Ok(Proposal { need: Need::Write { path, inside }, title, body: AskBody::Change(Box::new(change)), reason: None })
}

/// Makes the change, as far as it was allowed.
///
/// # Errors
/// As `make`, or when the file changed since it was shown, or cannot be written.
pub(in crate::tools) fn carry_out(
    work: &Work,
    make: impl Fn(&Target) -> Result<Made, Refusal>,
) -> Result<Outcome, Refusal> {
    let bench = &work.bench;
    let _one_at_a_time = bench.seen.writing();
    let shown = bench.seen.shown(&work.planned);
    let target = Target::now(&work.planned, bench)?;
    let proposed = make(&target)?;
    if target.exists() && proposed.bytes == target.old {
        return Ok(Outcome::new(
            RunEnd::Ok,
            "the file holds exactly this already; nothing was written",
            Clean::trusted("unchanged"),
        ));
    }
    let sides = Sides::of(&target.old, &proposed.bytes);
    let hunks = agreed(work, &target, shown)?.unwrap_or_else(|| sides.hunks());
    let (bytes, mut words) = match &work.permit {
        Permit::Given(Reply::Hunks { decisions, why }) => {
            let change = show(&target.place.shown, target.kind(), &sides, &hunks);
            let decided = decide(&sides, &hunks, &change, decisions);
            let mut words = decided.words;
            if let Some(why) = why.as_ref().filter(|_| !words.is_empty()) {
                words.push(format!("The user says: {why}"));
            }
            let rejected = !hunks.is_empty() && decisions.iter().all(|reply| *reply == HunkReply::Reject);
            if decided.bytes == target.old && (rejected || target.exists()) {
                return Ok(nothing_left(&words));
            }
            (decided.bytes, words)
        }
        _ => (proposed.bytes.clone(), Vec::new()),
    };
    if work.io.cancel.is_cancelled() {
        return Ok(Outcome::new(
            RunEnd::Stopped,
            "stopped by the user; nothing was written",
            Clean::trusted("stopped"),
        ));
    }
    let ticket = bench.changes.about_to(&work.who(work.planned.tool), recorded(bench, &target, &bytes));
    let written = match &target.stamp {
        Some(stamp) => bench.files.replace(&target.place, &bytes, stamp),
        None => bench.files.create(&target.place, &bytes),
    };
    let written = match written {
        Ok(written) => written,
        Err(fault) => {
            if is_torn(bench, &target, &fault) {
                // The old text is kept, and an undo puts it back.
                let _ = bench.changes.done(ticket);
            } else {
                bench.changes.void(&ticket);
            }
            return Err(Refusal(fault.words));
        }
    };
    words.splice(0..0, proposed.notes);
    words.extend(said(&written));
    words.extend(bench.changes.done(ticket).map(|why| format!("note: this change cannot be undone: {why}")));
    bench.seen.remember(&target.place.real, written.stamp);
    let sides = Sides::of(&target.old, &bytes);
    let hunks = if bytes == proposed.bytes { hunks } else { sides.hunks() };
    let change = show(&target.place.shown, target.kind(), &sides, &hunks);
    Ok(told(change, &hunks, words))
}

/// A write in place failed, and the old text did not come back whole.
fn is_torn(bench: &Bench, target: &Target, fault: &Fault) -> bool {
    let is_old = || bench.files.read(&target.place, target.old.len() as u64).is_ok_and(|(is, _)| is == target.old);
    target.exists() && fault.kind != FaultKind::Changed && !is_old()
}

/// What is written down before the file is touched: it as it is and as it will be, and the folders it needs.
fn recorded(bench: &Bench, target: &Target, bytes: &[u8]) -> Vec<journal::FileChange> {
    let (path, changes) = (&target.place.real, &bench.changes);
    let folder = |path: PathBuf| journal::FileChange {
        path: PathText::new(&path),
        before: FileState::Absent,
        after: FileState::Folder { mode: changes.fresh_mode(0o777) },
    };
    let mut files: Vec<_> = missing_above(path).into_iter().map(folder).collect();
    let mut states = match &target.stamp {
        Some(stamp) => changes.keep(&[(&target.old, stamp.mode), (bytes, stamp.mode)]),
        None => changes.keep(&[(bytes, changes.fresh_mode(0o666))]),
    };
    let after = states.pop().unwrap_or(FileState::Absent);
    let before = states.pop().unwrap_or(FileState::Absent);
    files.push(journal::FileChange { path: PathText::new(path), before, after });
    files
}

/// The places that the person was shown, if one was asked.
fn agreed(work: &Work, target: &Target, shown: Option<Draft>) -> Result<Option<Vec<Hunk>>, Refusal> {
    if work.permit == Permit::Unasked {
        return Ok(None);
    }
    let same = |draft: &Draft| match (&draft.stamp, &target.stamp) {
        (None, None) => true,
        (Some(then), Some(now)) => then.same_bytes(now),
        _ => false,
    };
    let name = &target.place.shown;
    let stale =
        || Refusal(format!("{name} changed since the user was shown this change; read it again, then call again"));
    shown.filter(same).map(|draft| Some(draft.hunks)).ok_or_else(stale)
}

fn nothing_left(words: &[String]) -> Outcome {
    let text = format!("nothing was changed:\n{}", words.join("\n"));
    Outcome::new(RunEnd::Denied, text, Clean::trusted("rejected"))
}

fn said(written: &Written) -> Option<String> {
    match written.note? {
        Note::Names(n) => Some(format!("note: the file has {n} names (hard links); all of them show the change")),
        Note::InPlace => Some("note: it was written in place, because nothing can be created beside it".into()),
        Note::Unconfirmed => Some("note: the disk did not confirm it (Input/output error or no room left): after a loss of power the old text may be there; tell the user".into()),
    }
}

fn told(change: FileChange, hunks: &[Hunk], words: Vec<String>) -> Outcome {
    let did = if change.kind == ChangeKind::Created { "created" } else { "changed" };
    let places: Vec<String> = hunks.iter().take(TOLD).map(|hunk| span(&hunk.new)).collect();
    let more = if hunks.len() > TOLD { ", …" } else { "" };
    let lines = if change.kind == ChangeKind::Created {
        String::new()
    } else {
        format!(", now lines {}{more}", places.join(", "))
    };
    let mut text = format!("{did} {} (+{} −{}{lines})", change.path, change.added, change.removed);
    for word in words {
        text.push('\n');
        text.push_str(&word);
    }
    let summary = Clean::strict(&format!("+{} −{}", change.added, change.removed));
    Outcome { detail: Detail::Change(Box::new(change)), ..Outcome::new(RunEnd::Ok, text, summary) }
}

fn span(lines: &std::ops::Range<usize>) -> String {
    if lines.len() <= 1 { (lines.start + 1).to_string() } else { format!("{}–{}", lines.start + 1, lines.end) }
}

/// The outcome of work that may have been refused.
pub(in crate::tools) fn make_outcome(done: Result<Outcome, Refusal>) -> Outcome {
    done.unwrap_or_else(|why| Outcome::failed(why, Clean::trusted("failed")))
}
