//! Undo, redo, going back to a turn, and finishing what a crash cut off. Blocks.

use std::{
    collections::{BTreeMap, HashSet},
    path::{Path, PathBuf},
};

use super::{
    changes::{Changes, Who},
    ground::Ground,
    now::{Now, Whole},
    plan::{self, Goal},
    report::{Undone, Way},
    steps::{Bins, Step, Time, carry_out},
};
use crate::{
    chat::{FileUndo, TurnId},
    guard::Place,
    journal::{ChangeKind, ChangeSet, FileChange, FileState},
    text::Clean,
};

/// Takes back what the newest turn did to files that is not taken back yet.
pub(in crate::tools) fn undo(ground: &Ground<'_>) -> Undone {
    let _one_at_a_time = ground.seen.writing();
    let sets: Vec<ChangeSet> = ground.changes.with(|ledger| ledger.of_last_turn().into_iter().cloned().collect());
    take_back(ground, &sets)
}

/// Takes back what this turn and all later ones did to files.
pub(in crate::tools) fn rewind(ground: &Ground<'_>, before: TurnId) -> Undone {
    let _one_at_a_time = ground.seen.writing();
    let sets: Vec<ChangeSet> = ground.changes.with(|ledger| ledger.since(before).into_iter().cloned().collect());
    take_back(ground, &sets)
}

/// Does again what the last undo took back.
pub(in crate::tools) fn redo(ground: &Ground<'_>) -> Undone {
    let _one_at_a_time = ground.seen.writing();
    let Some(undo) = ground.changes.with(|ledger| ledger.redoable().cloned()) else {
        return Undone::nothing(Way::Redo);
    };
    let turns = turns_of(ground.changes, &undo);
    let job = Job { way: Way::Redo, turns, kind: ChangeKind::Redo(undo.id), as_set: None };
    carry(ground, &job, &chains(std::slice::from_ref(&undo)))
}

/// Finishes what a crash cut off: an undo is carried on, a change that never came about is struck out. Call it
/// once when a session is gone on with. `None`: nothing had been cut off.
pub(in crate::tools) fn finish_pending(ground: &Ground<'_>) -> Option<Undone> {
    let _one_at_a_time = ground.seen.writing();
    let pending = ground.changes.with(super::ledger::Ledger::pending);
    let mut all: Option<Undone> = None;
    for set in pending {
        for file in &set.files {
            ground.files.sweep(&ground.files.place(&file.path.path()));
        }
        if set.kind == ChangeKind::Made {
            settle_made(ground, &set);
            continue;
        }
        let forth: Vec<FileChange> = set.files.iter().map(inverted).collect();
        let turns = turns_of(ground.changes, &set);
        let set = ChangeSet { files: forth, ..set };
        let job = Job { way: Way::Finish, turns, kind: set.kind.clone(), as_set: Some(set.id) };
        let done = carry(ground, &job, &chains(std::slice::from_ref(&set)));
        all = Some(match all {
            None => done,
            Some(mut before) => {
                before.report.files.extend(done.report.files);
                before.told = [before.told, done.told].into_iter().flatten().reduce(|a, b| a + "\n" + &b);
                before
            }
        });
    }
    all
}

/// A change by a tool that was cut off: it came about, or it did not.
fn settle_made(ground: &Ground<'_>, set: &ChangeSet) {
    let untouched = set.files.iter().all(|file| {
        let place = ground.files.place(&file.path.path());
        let whole = if is_trashed(file) { Whole::Yes } else { Whole::No };
        Now::of(ground.files, &place, whole).is_ok_and(|now| plan::is_as(&now, &file.before))
    });
    if untouched { ground.changes.never(set.id) } else { ground.changes.completed(set.id) }
}

fn is_trashed(file: &FileChange) -> bool {
    [&file.before, &file.after].iter().any(|state| matches!(state, FileState::Trashed { .. }))
}

fn inverted(file: &FileChange) -> FileChange {
    FileChange { path: file.path.clone(), before: file.after.clone(), after: file.before.clone() }
}

fn take_back(ground: &Ground<'_>, sets: &[ChangeSet]) -> Undone {
    let (Some(first), Some(last)) = (sets.iter().map(|set| set.turn).min(), sets.iter().map(|set| set.turn).max())
    else {
        return Undone::nothing(Way::Undo);
    };
    let kind = ChangeKind::Undo(sets.iter().map(|set| set.id).collect());
    carry(ground, &Job { way: Way::Undo, turns: (first, last), kind, as_set: None }, &chains(sets))
}

/// The turns whose changes an undo or redo is about.
fn turns_of(changes: &Changes, set: &ChangeSet) -> (TurnId, TurnId) {
    changes.with(|ledger| {
        let undo = match set.kind {
            ChangeKind::Redo(undo) => ledger.sets().iter().find(|other| other.id == undo),
            _ => Some(set),
        };
        let ids = match undo.map(|undo| &undo.kind) {
            Some(ChangeKind::Undo(ids)) => ids.as_slice(),
            _ => &[],
        };
        let turns = || ledger.sets().iter().filter(|other| ids.contains(&other.id)).map(|other| other.turn);
        (turns().min().unwrap_or(set.turn), turns().max().unwrap_or(set.turn))
    })
}

/// The changes of each path, the newest first. Outer paths come first.
pub(super) fn chains(sets: &[ChangeSet]) -> BTreeMap<PathBuf, Vec<&FileChange>> {
    let mut chains: BTreeMap<PathBuf, Vec<&FileChange>> = BTreeMap::new();
    for file in sets.iter().rev().flat_map(|set| &set.files) {
        chains.entry(file.path.path()).or_default().push(file);
    }
    chains
}

/// What is to be carried out.
struct Job {
    way: Way,
    turns: (TurnId, TurnId),
    kind: ChangeKind,
    /// It was written down before, under this number.
    as_set: Option<u64>,
}

fn carry(ground: &Ground<'_>, job: &Job, chains: &BTreeMap<PathBuf, Vec<&FileChange>>) -> Undone {
    let (steps, mut told) = plan_all(ground, chains);
    if steps.is_empty() && !told.is_empty() && job.as_set.is_none() {
        // Nothing can be done now; it can be tried again.
        return Undone::of(job.way, job.turns, told);
    }
    let contents: Vec<(&[u8], u32)> = steps.iter().flat_map(Step::contents).collect();
    let kept = ground.changes.keep(&contents);
    if let Some(FileState::NotKept { why, .. }) = kept.first() {
        // What is there now would be lost.
        let why = Clean::strict(why);
        told.extend(steps.iter().map(|step| (step.place.shown.clone(), FileUndo::Kept(why.clone()))));
        return Undone::of(job.way, job.turns, told);
    }
    let files: Vec<FileChange> = steps.iter().map(Step::change).collect();
    let id = job.as_set.unwrap_or_else(|| {
        let cause = if job.way == Way::Redo { "redo" } else { "undo" };
        let who = Who { turn: job.turns.1, run: None, cause: cause.into() };
        ground.changes.write(&who, job.kind.clone(), files.clone())
    });
    let done = carry_out(ground.files, &steps);
    let mut really = Vec::new();
    for ((step, file), done) in steps.iter().zip(files).zip(done) {
        ground.seen.forget(&step.place.real);
        let Some(done) = done else { continue };
        if !matches!(done, FileUndo::Kept(_)) {
            really.push(file);
        }
        let is_folder = matches!(step.goal, Goal::Folder(_)) || matches!(step.now, Now::Folder(..));
        if !is_folder || step.goal == Goal::InTrash || matches!(done, FileUndo::Kept(_)) {
            told.push((step.place.shown.clone(), done));
        }
    }
    let nothing = really.is_empty();
    if job.as_set.is_none() {
        ground.changes.turned_out(id, really);
    }
    ground.changes.completed(id);
    let kept = told.iter().any(|(_, what)| matches!(what, FileUndo::Kept(_)));
    if nothing && kept && job.way == Way::Undo {
        // It can be tried again.
        let who = Who { turn: job.turns.1, run: None, cause: "nothing was undone".into() };
        let void = ground.changes.write(&who, ChangeKind::Redo(id), Vec::new());
        ground.changes.completed(void);
    }
    told.sort_by(|a, b| a.0.as_str().cmp(b.0.as_str()));
    Undone::of(job.way, job.turns, told)
}

pub(super) type Told = Vec<(Clean, FileUndo)>;

/// What is to be done with each path, and what is left alone.
pub(super) fn plan_all(ground: &Ground<'_>, chains: &BTreeMap<PathBuf, Vec<&FileChange>>) -> (Vec<Step>, Told) {
    let (mut steps, mut told): (Vec<Step>, Told) = (Vec::new(), Vec::new());
    let mut bins = Bins::of(ground.trash.clone());
    // What comes back from the trash: where to, where from.
    let mut returning: Vec<(PathBuf, PathBuf)> = Vec::new();
    let lies = |at: &Path| at.symlink_metadata().is_ok();
    for (path, chain) in chains {
        let place = ground.files.place(path);
        // A folder that comes back from the trash brings what is in it.
        let seen_at = inside_of_what_returns(ground, &returning, path);
        let looked = seen_at.as_ref().unwrap_or(&place);
        let whole = if chain.iter().any(|file| is_trashed(file)) { Whole::Yes } else { Whole::No };
        let wish = Now::of(ground.files, looked, whole)
            .or_else(|fault| if is_below_a_link(&steps, path) { Ok(Now::Absent) } else { Err(fault) })
            .map_err(|fault| fault.words)
            .and_then(|now| {
                plan::back(&now, chain, (&|hash| ground.changes.blobs().get(hash), &lies)).map(|wish| (now, wish))
            });
        match wish {
            Ok((_, None)) => {}
            Ok((mut now, Some(wish))) => {
                if let (Goal::InTrash, Now::File(held)) = (&wish.goal, &mut now) {
                    // It goes whole; many of them would fill the memory.
                    held.bytes = Vec::new();
                }
                let bin = bin_of(chain).or_else(|| bins.name(path));
                let stash = chain.iter().any(|file| matches!(file.after, FileState::Trashed { .. }));
                if let Goal::Back(at, _) = &wish.goal {
                    returning.push((path.clone(), at.clone()));
                }
                let time = if seen_at.is_some() { Time::After } else { Time::Normal };
                steps.push(Step { place, now, goal: wish.goal, merged: wish.merged, bin, stash, time });
            }
            Err(why) => told.push((place.shown, FileUndo::Kept(Clean::strict(&why)))),
        }
    }
    set_times(&mut steps);
    (steps, told)
}

/// What lies in a folder that goes is done before it; one that comes back and is worked in is not the same then.
fn set_times(steps: &mut [Step]) {
    let goes = |step: &&Step| step.goal == Goal::InTrash && matches!(step.now, Now::Folder(..));
    let going: HashSet<PathBuf> = steps.iter().filter(goes).map(|step| step.place.real.clone()).collect();
    let late = steps.iter().filter(|step| step.time == Time::After);
    let late: HashSet<PathBuf> = late.flat_map(|step| step.place.real.ancestors()).map(Path::to_path_buf).collect();
    for step in steps {
        let path = &step.place.real;
        if path.ancestors().skip(1).any(|above| going.contains(above)) {
            step.time = Time::Before;
        }
        if let Goal::Back(_, hash) = &mut step.goal
            && late.contains(path)
        {
            *hash = None;
        }
    }
}

/// A folder above it takes the place of a link: what the link leads to is not meant.
fn is_below_a_link(steps: &[Step], path: &Path) -> bool {
    let gives_way = |step: &&Step| matches!((&step.now, &step.goal), (Now::Link(_), Goal::Folder(_)));
    steps.iter().filter(gives_way).any(|step| path != step.place.real && path.starts_with(&step.place.real))
}

/// Where a log says that it goes in the trash.
fn bin_of(chain: &[&FileChange]) -> Option<PathBuf> {
    let at = chain.iter().find_map(|file| match &file.after {
        FileState::Trashed { at, .. } => Some(at.path()),
        _ => None,
    });
    at.filter(|at| at.symlink_metadata().is_err())
}

fn inside_of_what_returns(ground: &Ground<'_>, returning: &[(PathBuf, PathBuf)], path: &Path) -> Option<Place> {
    returning.iter().find_map(|(folder, at)| {
        let rest = path.strip_prefix(folder).ok().filter(|_| path != folder)?;
        // The way to the trash may lead over links of the person's.
        let trash = at.parent()?.canonicalize().ok()?;
        Some(ground.files.place(&trash.join(at.file_name()?).join(rest)))
    })
}
