//! Making several changes at once, written down as one that can be taken back. Blocks.

use std::path::{Path, PathBuf};

use super::{
    changes::Who,
    ground::Ground,
    now::{Now, Whole},
    plan::Goal,
    steps::{Bins, Step, Time, carry_out},
};
use crate::{
    chat::FileUndo,
    guard::Place,
    journal::{ChangeKind, FileChange, FileState},
    text::Clean,
};

/// What a path shall become.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(in crate::tools) enum Wanted {
    /// Nothing.
    Absent,
    /// A file with these bytes and permission bits.
    File(Vec<u8>, u32),
    /// A link that says this.
    Link(PathBuf),
    /// A folder with these permission bits.
    Folder(u32),
}

/// A path and what it shall become.
#[derive(Debug)]
pub(in crate::tools) struct Wish {
    /// Where.
    pub(in crate::tools) place: Place,
    /// What.
    pub(in crate::tools) wanted: Wanted,
    /// A folder above it is made only by this change, so nothing is there.
    pub(in crate::tools) is_new_below: bool,
}

/// Makes the changes, each only where `still` says that nobody else changed the path. Returns the paths that
/// were left alone, with the reason.
///
/// # Errors
/// Nothing was changed; says why, for the model.
pub(in crate::tools) fn commit(
    ground: &Ground<'_>,
    who: &Who,
    wishes: Vec<Wish>,
    still: &dyn Fn(&Path) -> bool,
) -> Result<Vec<(PathBuf, Clean)>, String> {
    let mut bins = Bins::of(ground.trash.clone());
    let mut steps = Vec::with_capacity(wishes.len());
    for wish in wishes {
        let path = wish.place.real.clone();
        let step = step(ground, wish, &mut bins)?;
        // Looked at after it was read: what was read is what it was then.
        if !still(&path) {
            return Err(format!("{} was changed by someone else just now", step.place.shown));
        }
        steps.push(step);
    }
    let contents: Vec<(&[u8], u32)> = steps.iter().flat_map(Step::contents).collect();
    let kept = ground.changes.keep(&contents);
    if let Some(why) = kept.iter().find_map(|state| match state {
        FileState::NotKept { why, .. } => Some(why),
        _ => None,
    }) {
        return Err(format!("it could not be undone: {why}"));
    }
    let files: Vec<FileChange> = steps.iter().map(Step::change).collect();
    let id = ground.changes.write(who, ChangeKind::Made, files.clone());
    let (mut really, mut left) = (Vec::new(), Vec::new());
    for ((step, file), done) in steps.iter().zip(files).zip(carry_out(ground.files, &steps)) {
        ground.seen.forget(&step.place.real);
        match done {
            Some(FileUndo::Kept(why)) => left.push((step.place.real.clone(), why)),
            None => left.push((step.place.real.clone(), Clean::trusted("the folder is not empty"))),
            Some(_) => really.push(file),
        }
    }
    if really.is_empty() {
        ground.changes.never(id);
    } else {
        ground.changes.turned_out(id, really);
        ground.changes.completed(id);
    }
    Ok(left)
}

fn step(ground: &Ground<'_>, wish: Wish, bins: &mut Bins) -> Result<Step, String> {
    let Wish { place, wanted, is_new_below } = wish;
    let now = if is_new_below {
        Now::Absent
    } else {
        Now::of(ground.files, &place, Whole::No).map_err(|fault| fault.words)?
    };
    if matches!(now, Now::Other) {
        return Err(format!("{} is no file", place.shown));
    }
    let goal = match wanted {
        Wanted::Absent => Goal::Absent,
        Wanted::File(bytes, mode) => Goal::File(bytes, mode),
        Wanted::Link(target) => Goal::Link(target),
        Wanted::Folder(mode) => Goal::Folder(mode),
    };
    // What is too big to be kept as content goes to the trash whole.
    let bin = if matches!(now, Now::Big(_)) { bins.name(&place.real) } else { None };
    Ok(Step { place, now, goal, merged: false, bin, stash: false, time: Time::Normal })
}
