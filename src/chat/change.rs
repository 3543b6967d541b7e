//! A change to a file as a value that can be shown, judged hunk by hunk, and applied.

use serde::{Deserialize, Serialize};

use crate::text::Clean;

/// What happens to the file.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum ChangeKind {
    /// It did not exist.
    Created,
    /// Its text changes.
    Modified,
    /// It goes to the session's trash.
    Deleted,
}

/// A change to one file. The texts are for eyes, escaped visibly; only [`Hunk::new`] is raw.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct FileChange {
    /// The path as shown, relative to the workspace where it lies inside.
    pub path: Clean,
    /// What happens to it.
    pub kind: ChangeKind,
    /// The changed places in order, each with its context.
    pub hunks: Vec<Hunk>,
    /// Lines added.
    pub added: u32,
    /// Lines removed.
    pub removed: u32,
    /// Hunks that were left out because the change is too big to show.
    pub n_hidden: u32,
}

/// One changed place.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Hunk {
    /// The first line of it in the old file, from 1, context included.
    pub old_start: u32,
    /// The first line of it in the new file, from 1, context included.
    pub new_start: u32,
    /// What is shown, in order.
    pub lines: Vec<DiffLine>,
    /// The raw text that replaces the changed lines (context not included): what a person may edit.
    pub new: String,
}

/// Which side a line belongs to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Side {
    /// Both.
    Context,
    /// The old file only.
    Removed,
    /// The new file only.
    Added,
}

/// A line of a hunk.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct DiffLine {
    /// Its side.
    pub side: Side,
    /// Its text without the line end.
    pub text: Clean,
    /// The byte ranges of `text` that differ from the line it replaces: the words that changed.
    pub emphasis: Vec<(usize, usize)>,
}

/// What a person decided about one hunk.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum HunkReply {
    /// As proposed.
    Accept,
    /// Not at all.
    Reject,
    /// With this text instead of [`Hunk::new`].
    Edit(String),
}
