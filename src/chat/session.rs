//! Saved conversations as a front end sees them: cards to choose from, moments to go back to, files put back.

use serde::{Deserialize, Serialize};

use super::{Problem, SessionId, TurnId};
use crate::text::Clean;

/// A saved conversation in a list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SessionCard {
    /// Its id.
    pub id: SessionId,
    /// The name that a person gave it.
    pub name: Option<Clean>,
    /// The beginning of its first prompt, or of its draft; one line.
    pub title: Clean,
    /// Its folder as a person reads it (`~/src/app`).
    pub folder: Clean,
    /// It belongs to the folder that is worked in.
    pub here: bool,
    /// When it was written last, seconds since 1970.
    pub updated: i64,
    /// Its turns.
    pub turns: u32,
    /// Bytes on disk.
    pub bytes: u64,
    /// Another program has it open.
    pub open: bool,
    /// The place that matched a search, one line.
    pub hit: Option<Clean>,
}

/// The conversation that is on the screen.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SessionInfo {
    /// Its id.
    pub id: SessionId,
    /// The name that a person gave it.
    pub name: Option<Clean>,
    /// It is written to disk, so that it can be resumed.
    pub kept: bool,
}

/// A moment of a conversation.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Point {
    /// Before this turn's prompt.
    Before(TurnId),
    /// After this turn's end; the turn may lie on a branch that was left.
    After(TurnId),
}

/// What goes back.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum RewindScope {
    /// What was said; the files stay.
    Conversation,
    /// The files; what was said stays.
    Files,
    /// Both.
    Both,
}

/// A prompt that can be gone back to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TurnCard {
    /// Its turn.
    pub turn: TurnId,
    /// The prompt.
    pub prompt: Clean,
    /// When it was sent, seconds since 1970.
    pub at: i64,
    /// Files that the turn changed.
    pub n_files: u32,
    /// It lies on a branch that was left by going back.
    pub left: bool,
}

/// What undoing, redoing or going back did to the files.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct UndoReport {
    /// It was a redo.
    pub redo: bool,
    /// The first and the last turn whose changes went; `None` when there was nothing to undo.
    pub turns: Option<(TurnId, TurnId)>,
    /// What was undone, a few words, for instance `turn 4 · 3 files`; empty when there was nothing to undo.
    pub what: Clean,
    /// Each file and what became of it.
    pub files: Vec<(Clean, FileUndo)>,
}

/// What became of a file.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum FileUndo {
    /// It is as it was.
    Restored,
    /// It went to the trash, since it had not existed.
    Removed,
    /// A later edit by the person was kept beside the undone lines.
    Merged,
    /// It was left alone, for this reason.
    Kept(Clean),
}

/// Whether what happens reaches the disk.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Saving {
    /// It does.
    Well,
    /// Not now: it is held in memory and tried again.
    Failing(Problem),
}
