//! What a person and the model read of files that were put back. Pure.

use std::fmt::Write;

use crate::{
    chat::{FileUndo, TurnId, UndoReport},
    text::Clean,
};

/// Files that the model is told by name.
const TOLD: usize = 20;

/// What was undone or redone.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Undone {
    /// For a person.
    pub report: UndoReport,
    /// For the model, before its next prompt; `None`: no file is another than it knows.
    pub told: Option<String>,
}

/// Which way it went.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Way {
    /// Back.
    Undo,
    /// Forth again.
    Redo,
    /// What a crash had cut off was finished.
    Finish,
}

impl Undone {
    /// There was nothing to be done.
    pub(super) fn nothing(way: Way) -> Self {
        let report = UndoReport { redo: way == Way::Redo, ..UndoReport::default() };
        Self { report, told: None }
    }

    /// What became of these files.
    pub(super) fn of(way: Way, turns: (TurnId, TurnId), files: Vec<(Clean, FileUndo)>) -> Self {
        let told = told(way, &turns_words(turns), &files);
        let what = match files.len() {
            1 => format!("{} · 1 file", turns_words(turns)),
            n => format!("{} · {n} files", turns_words(turns)),
        };
        let report = UndoReport { redo: way == Way::Redo, turns: Some(turns), what: Clean::strict(&what), files };
        Self { report, told }
    }
}

fn turns_words((first, last): (TurnId, TurnId)) -> String {
    if first == last { format!("turn {}", first.0) } else { format!("turns {}–{}", first.0, last.0) }
}

fn told(way: Way, turns: &str, files: &[(Clean, FileUndo)]) -> Option<String> {
    let changed: Vec<_> = files.iter().filter(|(_, what)| !matches!(what, FileUndo::Kept(_))).collect();
    if changed.is_empty() {
        return None;
    }
    let mut text = match way {
        Way::Undo => format!("[The user took back what {turns} did to files:\n"),
        Way::Redo => format!("[The user restored what {turns} had done to files:\n"),
        Way::Finish => format!("[An undo that was cut off was finished ({turns}):\n"),
    };
    for (name, what) in changed.iter().take(TOLD) {
        let what = match what {
            FileUndo::Restored if way == Way::Redo => "is as it was after it",
            FileUndo::Restored => "is as it was before",
            FileUndo::Removed => "is gone",
            FileUndo::Merged => "is joined with later edits of the user",
            FileUndo::Kept(_) => "",
        };
        // Writing to a String cannot fail.
        let _ = writeln!(text, "{name} {what}");
    }
    if changed.len() > TOLD {
        let _ = writeln!(text, "and {} more", changed.len() - TOLD);
    }
    text.push_str("Read a file again before you change it.]");
    Some(text)
}
