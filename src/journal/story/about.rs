//! What is said of a session as a whole: the numbers in use, what was chosen last.

use crate::{
    chat::{Effort, ModelId, PermissionMode, RunId, TurnId},
    journal::{
        line::Entry,
        record::{Head, Record, VERSION},
    },
};

/// The highest numbers in use, on all branches.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Counters {
    /// Turns.
    pub turn: TurnId,
    /// Calls.
    pub run: RunId,
    /// Changes of files.
    pub change: u64,
}

/// What was chosen last on the branch that counts.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Chosen {
    /// The model, whether it thinks, and how hard.
    pub model: Option<(ModelId, bool, Option<Effort>)>,
    /// The permission mode.
    pub mode: Option<PermissionMode>,
}

/// What was chosen last among these records.
pub(super) fn chosen(path: &[Entry]) -> Chosen {
    let newest = || path.iter().rev().map(|entry| &entry.record);
    Chosen {
        model: newest().find_map(|record| match record {
            Record::Model { id, thinking, effort } => Some((id.clone(), *thinking, *effort)),
            _ => None,
        }),
        mode: newest().find_map(|record| match record {
            Record::Mode(mode) => Some(*mode),
            _ => None,
        }),
    }
}

/// Stands for a first record that is damaged.
pub(super) fn unknown_head() -> Head {
    Head {
        v: VERSION,
        id: String::new().into(),
        app: String::new(),
        folder: String::new(),
        branch: None,
        forked_from: None,
        imported_from: None,
    }
}
