//! What a path should be when changes are taken back: decided from what it is and what was changed. Pure.

use std::{
    io,
    path::{Path, PathBuf},
};

use super::{
    merge,
    now::{Held, Now},
};
use crate::journal::{FileChange, FileState, Hash};

/// What a path should become.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Goal {
    /// Nothing is there; a folder goes only if it is empty.
    Absent,
    /// Nothing is there; all of it is in the trash.
    InTrash,
    /// A file with these bytes and permission bits.
    File(Vec<u8>, u32),
    /// A link that says this.
    Link(PathBuf),
    /// A folder with these permission bits.
    Folder(u32),
    /// What lies there in the trash.
    Back(PathBuf, Option<Hash>),
}

/// What is to be done with a path.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Wish {
    /// What it should become.
    pub(super) goal: Goal,
    /// Somebody's later edits are part of it.
    pub(super) merged: bool,
}

/// Where contents come from.
pub(super) type Contents<'a> = &'a dyn Fn(&Hash) -> io::Result<Vec<u8>>;

/// Whether something lies at a place in the trash.
pub(super) type Lies<'a> = &'a dyn Fn(&Path) -> bool;

/// What a path is on the way from change to change.
enum At {
    Absent,
    InTrash,
    File { hash: Hash, mode: u32, bytes: Option<Vec<u8>> },
    Link(PathBuf),
    Folder(u32, Option<Hash>),
    Trashed(PathBuf, Option<Hash>),
    Unkept(u64, Option<Hash>, String),
    Other,
}

/// Takes changes of one path back, the newest first. `None`: it is so already.
///
/// # Errors
/// It must be left alone; says why, for a person.
pub(super) fn back(
    now: &Now,
    changes: &[&FileChange],
    (contents, lies): (Contents<'_>, Lies<'_>),
) -> Result<Option<Wish>, String> {
    let mut at = At::of(now);
    let (mut merged, mut moved) = (false, false);
    for change in changes {
        if at.is(&change.after) {
            at = at.turned(change);
            moved = true;
        } else if lies_in_trash(&at, &change.before, lies) || !at.is(&change.before) {
            at = at.merged(change, contents)?;
            (merged, moved) = (true, true);
        }
    }
    if !moved {
        return Ok(None);
    }
    let goal = at.goal(contents)?;
    Ok((!already(now, &goal)).then_some(Wish { goal, merged }))
}

/// What it was is not known in full and still lies in the trash: what is there now is something else.
fn lies_in_trash(at: &At, before: &FileState, lies: Lies<'_>) -> bool {
    let is_there = !matches!(at, At::Trashed(..));
    matches!(before, FileState::Trashed { at, hash: None } if is_there && lies(&at.path()))
}

/// It is what a log says.
pub(super) fn is_as(now: &Now, state: &FileState) -> bool {
    At::of(now).is(state)
}

fn already(now: &Now, goal: &Goal) -> bool {
    match (now, goal) {
        (Now::Absent, Goal::Absent | Goal::InTrash) => true,
        (Now::File(held), Goal::File(bytes, mode)) => held.bytes == *bytes && held.mode == *mode,
        (Now::Link(says), Goal::Link(target)) => says == target,
        (Now::Folder(is, _), Goal::Folder(mode)) => is == mode,
        _ => false,
    }
}

impl At {
    fn of(now: &Now) -> Self {
        match now {
            Now::Absent => Self::Absent,
            Now::File(Held { bytes, hash, mode, .. }) => {
                Self::File { hash: hash.clone(), mode: *mode, bytes: Some(bytes.clone()) }
            }
            Now::Big(len) => Self::Unkept(*len, None, String::new()),
            Now::Link(target) => Self::Link(target.clone()),
            Now::Folder(mode, digest) => Self::Folder(*mode, digest.clone()),
            Now::Other => Self::Other,
        }
    }

    /// It is what a log says. Permission bits do not count: who changes them changes nothing else.
    fn is(&self, state: &FileState) -> bool {
        match (self, state) {
            (Self::Absent | Self::InTrash, FileState::Absent)
            | (Self::Folder(..) | Self::Trashed(..), FileState::Folder { .. })
            // What all of it was is not known. It goes to the trash, where nothing is lost.
            | (Self::File { .. } | Self::Folder(..) | Self::Unkept(..), FileState::Trashed { hash: None, .. }) => true,
            (Self::File { hash, .. }, FileState::File { hash: other, .. })
            | (
                Self::File { hash, .. } | Self::Folder(_, Some(hash)) | Self::Trashed(_, Some(hash)),
                FileState::Trashed { hash: Some(other), .. },
            )
            | (Self::Trashed(_, Some(hash)), FileState::File { hash: other, .. })
            | (Self::File { hash, .. }, FileState::NotKept { hash: Some(other), .. })
            | (Self::Unkept(_, Some(hash), _), FileState::NotKept { hash: Some(other), .. }) => hash == other,
            (Self::Unkept(len, None, _), FileState::NotKept { bytes, hash: None, .. }) => len == bytes,
            (Self::Link(target), FileState::Link(text)) => *target == text.path(),
            (Self::Trashed(at, None), FileState::Trashed { at: other, .. }) => *at == other.path(),
            _ => false,
        }
    }

    /// It was what the change made of it and becomes what was before.
    fn turned(self, change: &FileChange) -> Self {
        match (&change.before, self) {
            (FileState::Absent, at) => match (&change.after, at) {
                // Its content is kept nowhere else.
                (FileState::Trashed { .. } | FileState::NotKept { .. }, _) => Self::InTrash,
                _ => Self::Absent,
            },
            (FileState::File { hash, mode, .. }, at) => {
                let mode = match (&at, &change.after) {
                    (Self::File { mode: is, .. }, FileState::File { mode: made, .. }) => turned_mode(*is, *made, *mode),
                    _ => *mode,
                };
                let bytes = match at {
                    Self::File { hash: same, bytes, .. } if same == *hash => bytes,
                    _ => None,
                };
                Self::File { hash: hash.clone(), mode, bytes }
            }
            (FileState::Link(text), _) => Self::Link(text.path()),
            (FileState::Folder { mode }, at) => match (&at, &change.after) {
                (Self::Folder(is, _), FileState::Folder { mode: made }) => {
                    Self::Folder(turned_mode(*is, *made, *mode), None)
                }
                _ => Self::Folder(*mode, None),
            },
            (FileState::Trashed { at, hash }, _) => Self::Trashed(at.path(), hash.clone()),
            (FileState::NotKept { bytes, why, hash }, _) => Self::Unkept(*bytes, hash.clone(), why.clone()),
        }
    }

    /// It was changed by somebody else since; both changes are joined if that can be done without guessing.
    fn merged(self, change: &FileChange, contents: Contents<'_>) -> Result<Self, String> {
        let (after, before) = match (&change.after, &change.before) {
            (FileState::File { hash: after, .. }, FileState::File { hash: before, .. }) => (after, before),
            (FileState::NotKept { why, .. }, _) => {
                return Err(format!("it cannot be told whether it was changed since: {why}"));
            }
            (_, FileState::Trashed { at, .. }) if !matches!(self, Self::Absent | Self::InTrash) => {
                let name = at.path().file_name().unwrap_or_default().to_string_lossy().into_owned();
                return Err(format!("{}; the deleted one lies in the trash as {name}", self.why_not(change)));
            }
            (_, FileState::NotKept { why, .. }) => return Err(format!("its earlier content was not kept: {why}")),
            _ => return Err(self.why_not(change)),
        };
        let Self::File { hash, mode, bytes: now } = &self else { return Err(self.why_not(change)) };
        // On the way from change to change it may be a content that only the session keeps.
        let now = match now {
            Some(bytes) => bytes.clone(),
            None => content(hash, contents)?,
        };
        let (after, before) = (content(after, contents)?, content(before, contents)?);
        let Some(bytes) = merge::without(&after, &now, &before) else {
            return Err("it was changed since, in the same lines".into());
        };
        let mode = match (&change.after, &change.before) {
            (FileState::File { mode: made, .. }, FileState::File { mode: was, .. }) => turned_mode(*mode, *made, *was),
            _ => *mode,
        };
        Ok(Self::File { hash: Hash::of(&bytes), mode, bytes: Some(bytes) })
    }

    fn why_not(&self, change: &FileChange) -> String {
        let was_there = change.after != FileState::Absent;
        match (self, was_there) {
            (Self::Absent | Self::InTrash, _) => "it was deleted or renamed since",
            (_, false) => "something else of that name is there now",
            (Self::File { .. }, true) if matches!(change.after, FileState::File { .. } | FileState::Trashed { .. }) => {
                "it was changed since"
            }
            (Self::Folder(..), true) if matches!(change.after, FileState::Trashed { .. }) => {
                "what is in it was changed since, or is too much to compare"
            }
            _ => "something of another kind is there now",
        }
        .into()
    }

    fn goal(self, contents: Contents<'_>) -> Result<Goal, String> {
        Ok(match self {
            Self::Absent => Goal::Absent,
            Self::InTrash => Goal::InTrash,
            Self::File { mode, bytes: Some(bytes), .. } => Goal::File(bytes, mode),
            Self::File { hash, mode, bytes: None } => Goal::File(content(&hash, contents)?, mode),
            Self::Link(target) => Goal::Link(target),
            Self::Folder(mode, _) => Goal::Folder(mode),
            Self::Trashed(at, hash) => Goal::Back(at, hash),
            Self::Unkept(_, _, why) => return Err(format!("its earlier content was not kept: {why}")),
            Self::Other => return Err("it is no file".into()),
        })
    }
}

/// Permission bits that a change set go back; those that somebody set since stay.
fn turned_mode(is: u32, made: u32, was: u32) -> u32 {
    if made != was && is == made { was } else { is }
}

fn content(hash: &Hash, contents: Contents<'_>) -> Result<Vec<u8>, String> {
    contents(hash).map_err(|error| match error.kind() {
        io::ErrorKind::NotFound => "its earlier content is not kept any more".into(),
        io::ErrorKind::InvalidData => "the kept copy of its earlier content is damaged".into(),
        _ => format!("its earlier content cannot be read: {error}"),
    })
}

#[cfg(test)]
mod tests;
