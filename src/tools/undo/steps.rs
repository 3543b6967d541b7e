//! Carrying a plan out, path by path: what goes first, then folders, then what comes back. Whatever is not as
//! the plan knew it is left alone.

use std::{
    ffi::OsString,
    path::{Path, PathBuf},
};

use super::{now::Now, plan::Goal};
use crate::{
    chat::FileUndo,
    guard::{
        Files, Place,
        files::{Fault, FaultKind},
    },
    journal::{FileChange, FileState, Hash, PathText},
    text::Clean,
};

/// What is to be done with a path.
#[derive(Debug)]
pub(super) struct Step {
    /// Where.
    pub(super) place: Place,
    /// What is there.
    pub(super) now: Now,
    /// What it becomes.
    pub(super) goal: Goal,
    /// Somebody's later edits are part of it.
    pub(super) merged: bool,
    /// Where it lies in the trash if it goes there; `None`: there is no trash.
    pub(super) bin: Option<PathBuf>,
    /// What is there goes to the trash whole: nothing else keeps it.
    pub(super) stash: bool,
    /// When it is done.
    pub(super) time: Time,
}

/// When a step is done.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Time {
    /// It lies in a folder that goes to the trash with it.
    Before,
    /// Its turn.
    Normal,
    /// It lies in a folder that comes back first.
    After,
}

impl Step {
    /// What a log says of it. The contents it names must be kept by then.
    pub(super) fn change(&self) -> FileChange {
        let goes_whole = self.is_stashed() || matches!(self.now, Now::Big(_));
        let bin = self.bin.as_deref();
        let before = match (&self.now, goes_whole, bin) {
            (Now::File(held), true, Some(at)) => {
                FileState::Trashed { at: PathText::new(at), hash: Some(held.hash.clone()) }
            }
            (Now::Folder(_, hash), true, Some(at)) => FileState::Trashed { at: PathText::new(at), hash: hash.clone() },
            (Now::Folder(mode, _), ..) => FileState::Folder { mode: *mode },
            (now, ..) => now.state(bin),
        };
        FileChange { path: PathText::new(&self.place.real), before, after: self.goal.state() }
    }

    /// Contents that must be kept before it is done: what would be lost, and what it becomes.
    pub(super) fn contents(&self) -> Vec<(&[u8], u32)> {
        let mut contents = Vec::new();
        if let (Now::File(held), false) = (&self.now, self.is_stashed()) {
            contents.push((held.bytes.as_slice(), held.mode));
        }
        if let Goal::File(bytes, mode) = &self.goal {
            contents.push((bytes.as_slice(), *mode));
        }
        contents
    }

    fn is_stashed(&self) -> bool {
        (self.stash || self.goal == Goal::InTrash) && matches!(self.now, Now::File(_) | Now::Folder(..) | Now::Big(_))
    }

    fn goes(&self) -> bool {
        match (&self.now, &self.goal) {
            _ if self.is_stashed() => true,
            (Now::Absent, _) | (Now::File(_), Goal::File(..)) | (Now::Folder(..), Goal::Folder(_)) => false,
            // One that says something else makes room for the new one.
            _ => true,
        }
    }

    /// Takes away what is there. `false`: a folder is not empty and stays.
    fn remove(&self, files: &Files) -> Result<bool, Fault> {
        match (&self.now, &self.goal) {
            (Now::Link(target), _) => files.remove_link(&self.place, target).map(|()| true),
            (Now::Folder(..), _) if !self.is_stashed() => files.remove_folder(&self.place),
            (Now::File(held), _) if !self.is_stashed() && self.bin.is_none() => {
                files.remove_file(&self.place, &held.stamp).map(|()| true)
            }
            _ => self.discard(files).map(|()| true),
        }
    }

    /// What becomes of it after what is there was taken away, if that must go.
    fn removed(&self, files: &Files, outcome: Option<FileUndo>) -> Option<FileUndo> {
        if !self.goes() {
            return outcome;
        }
        match self.remove(files) {
            Ok(true) => outcome,
            Ok(false) if self.goal == Goal::Absent => None,
            Ok(false) => Some(FileUndo::Kept(Clean::trusted("a folder of that name is in use"))),
            Err(fault) => Some(kept(&fault)),
        }
    }

    fn discard(&self, files: &Files) -> Result<(), Fault> {
        let Some((Some(trash), Some(name))) = self.bin.as_deref().map(|bin| (bin.parent(), bin.file_name())) else {
            return Err(Fault { kind: FaultKind::Denied, words: "there is no trash for it".into() });
        };
        if let Now::File(held) = &self.now {
            let (_, stamp) = files.read(&self.place, held.stamp.len)?;
            if !stamp.same_bytes(&held.stamp) {
                return Err(Fault { kind: FaultKind::Changed, words: "it was changed just now".into() });
            }
        }
        files.discard_to(&self.place, (trash, name)).map(drop)
    }

    fn make(&self, files: &Files) -> Result<(), Fault> {
        let place = &self.place;
        let now = if self.is_stashed() { &Now::Absent } else { &self.now };
        match (&self.goal, now) {
            (Goal::Absent | Goal::InTrash, _) => Ok(()),
            (Goal::File(bytes, mode), Now::File(held)) if *bytes == held.bytes => files.set_mode(place, *mode),
            (Goal::File(bytes, mode), Now::File(held)) => {
                match files.put_back(place, (bytes, *mode), Some(&held.stamp)) {
                    // Another name of it (a hard link) was put back before.
                    Err(fault) if fault.kind == FaultKind::Changed => match files.read(place, bytes.len() as u64) {
                        Ok((is, _)) if is == *bytes => Ok(()),
                        _ => Err(fault),
                    },
                    done => done.map(drop),
                }
            }
            (Goal::File(bytes, mode), _) => files.put_back(place, (bytes, *mode), None).map(drop),
            (Goal::Link(target), _) => files.put_link(place, target),
            (Goal::Folder(mode), Now::Folder(..)) => files.set_mode(place, mode | OPEN),
            (Goal::Folder(mode), _) => files.put_folder(place, mode | OPEN),
            (Goal::Back(at, _), _) => files.bring_back(place, at),
        }
    }

    fn outcome(&self) -> FileUndo {
        match self.goal {
            _ if self.merged => FileUndo::Merged,
            Goal::Absent | Goal::InTrash => FileUndo::Removed,
            _ => FileUndo::Restored,
        }
    }
}

impl Goal {
    fn state(&self) -> FileState {
        match self {
            Self::Absent | Self::InTrash => FileState::Absent,
            Self::File(bytes, mode) => {
                FileState::File { hash: Hash::of(bytes), bytes: bytes.len() as u64, mode: *mode }
            }
            Self::Link(target) => FileState::Link(PathText::new(target)),
            Self::Folder(mode) => FileState::Folder { mode: *mode },
            Self::Back(at, hash) => FileState::Trashed { at: PathText::new(at), hash: hash.clone() },
        }
    }
}

/// What became of each step, in their order. `None`: a folder that is in use stays, which is nothing to tell.
pub(super) fn carry_out(files: &Files, steps: &[Step]) -> Vec<Option<FileUndo>> {
    let mut done: Vec<Option<FileUndo>> = steps.iter().map(|step| Some(step.outcome())).collect();
    let mut order: Vec<usize> = (0..steps.len()).collect();
    // Files before folders, inner folders before outer ones.
    order.sort_by_key(|n| {
        let depth = steps[*n].place.real.components().count();
        (matches!(steps[*n].now, Now::Folder(..)), std::cmp::Reverse(depth))
    });
    let make = |n: usize, outcome: Option<FileUndo>| match outcome {
        None | Some(FileUndo::Kept(_)) => outcome,
        Some(outcome) => Some(steps[n].make(files).err().map_or(outcome, |fault| kept(&fault))),
    };
    let at = |time: Time| order.iter().copied().filter(move |n| steps[*n].time == time);
    for n in at(Time::Before) {
        done[n] = make(n, steps[n].removed(files, done[n].clone()));
    }
    let early: Vec<usize> = at(Time::Normal).collect();
    let (singles, folders): (Vec<usize>, Vec<usize>) =
        early.iter().partition(|n| !matches!(steps[**n].now, Now::Folder(..)));
    for (n, outcome) in at_once(&singles, |n| steps[n].removed(files, Some(steps[n].outcome()))) {
        done[n] = outcome;
    }
    for n in folders {
        done[n] = steps[n].removed(files, done[n].take());
    }
    let (mut ready, mut singles) = (early, Vec::new());
    ready.sort_by_key(|n| (rank(&steps[*n].goal), &steps[*n].place.real));
    for n in ready {
        if rank(&steps[n].goal) == LAST {
            singles.push(n);
        } else {
            done[n] = make(n, done[n].take());
        }
    }
    let before = done.clone();
    for (n, outcome) in at_once(&singles, |n| make(n, before[n].clone())) {
        done[n] = outcome;
    }
    for n in at(Time::After) {
        let outcome = steps[n].removed(files, done[n].take());
        done[n] = make(n, outcome);
    }
    order.sort_by_key(|n| std::cmp::Reverse(steps[*n].place.real.components().count()));
    for n in order {
        if let Goal::Folder(mode) = steps[n].goal
            && mode | OPEN != mode
            && done[n].as_ref().is_some_and(|done| !matches!(done, FileUndo::Kept(_)))
            && let Err(fault) = files.set_mode(&steps[n].place, mode)
        {
            done[n] = Some(kept(&fault));
        }
    }
    done
}

/// What a folder must permit while its files are put back; its own bits come last.
const OPEN: u32 = 0o700;

/// Does it with each on several threads: they wait for the disk, which takes the syncs of several together.
fn at_once<T: Send>(all: &[usize], work: impl Fn(usize) -> T + Sync) -> Vec<(usize, T)> {
    const THREADS: usize = 8;
    /// Fewer are not worth a thread.
    const FEW: usize = 8;
    if all.len() <= FEW {
        return all.iter().map(|n| (*n, work(*n))).collect();
    }
    let work = &work;
    std::thread::scope(|scope| {
        let parts = all.chunks(all.len().div_ceil(THREADS));
        let threads: Vec<_> =
            parts.map(|part| scope.spawn(move || part.iter().map(|n| (*n, work(*n))).collect::<Vec<_>>())).collect();
        let join = |thread: std::thread::ScopedJoinHandle<'_, Vec<(usize, T)>>| {
            thread.join().unwrap_or_else(|broke| std::panic::resume_unwind(broke))
        };
        threads.into_iter().flat_map(join).collect()
    })
}

/// The rank of files and links.
const LAST: u8 = 2;

/// Outer folders, then what comes back whole, then files and links.
fn rank(goal: &Goal) -> u8 {
    match goal {
        Goal::Folder(_) => 0,
        Goal::Back(..) => 1,
        _ => LAST,
    }
}

fn kept(fault: &Fault) -> FileUndo {
    FileUndo::Kept(Clean::strict(&fault.words))
}

/// Names in the trash that nothing has: the first free number and all after it.
#[derive(Debug)]
pub(in crate::tools) struct Bins {
    trash: Option<PathBuf>,
    next: u64,
}

impl Bins {
    /// The free names of this trash.
    pub(in crate::tools) fn of(trash: Option<PathBuf>) -> Self {
        let entries = trash.iter().flat_map(|trash| std::fs::read_dir(trash).into_iter().flatten().flatten());
        let numbers = entries.filter_map(|entry| entry.file_name().to_str()?.split('-').next()?.parse::<u64>().ok());
        let next = numbers.max().unwrap_or(0) + 1;
        Self { trash, next }
    }

    /// A free name for something that has this path.
    pub(in crate::tools) fn name(&mut self, path: &Path) -> Option<PathBuf> {
        use std::os::unix::ffi::{OsStrExt, OsStringExt};
        /// A name has at most 255 bytes, its number included.
        const BYTES: usize = 230;
        let own = path.file_name().unwrap_or_default().as_bytes();
        let mut name = format!("{}-", self.next).into_bytes();
        name.extend_from_slice(&own[..own.len().min(BYTES)]);
        self.next += 1;
        self.trash.as_ref().map(|trash| trash.join(OsString::from_vec(name)))
    }
}
