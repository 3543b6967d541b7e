//! How much the agent may do without asking.

use serde::{Deserialize, Serialize};

/// How much the agent may do without asking. Deny rules, destructive commands and anything outside the
/// workspace are asked for (or refused) in every mode.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum PermissionMode {
    /// Edits and commands are asked for.
    #[default]
    Ask,
    /// Edits inside the workspace are made; commands are asked for as in `Ask`.
    Edits,
    /// Nothing is changed: reading and searching only, then a plan to approve.
    Plan,
    /// Edits and commands inside the sandbox run unasked.
    Yolo,
}

impl PermissionMode {
    /// All modes, the order of Shift-Tab first (`Yolo` is not in that ring).
    pub const ALL: [Self; 4] = [Self::Ask, Self::Edits, Self::Plan, Self::Yolo];

    /// The word that is written and shown.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Ask => "ask",
            Self::Edits => "edits",
            Self::Plan => "plan",
            Self::Yolo => "yolo",
        }
    }

    /// The mode of this word.
    #[must_use]
    pub fn named(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|mode| mode.as_str() == word)
    }

    /// The next mode of Shift-Tab: ask → edits → plan → ask.
    #[must_use]
    pub fn next(self) -> Self {
        match self {
            Self::Ask => Self::Edits,
            Self::Edits => Self::Plan,
            Self::Plan | Self::Yolo => Self::Ask,
        }
    }
}
