//! What the screen knows of the conversation as a saved thing: its card, whether it reaches the disk, the
//! branches that were left, what was asked for last. Plain values; knows no file.

use super::Switch;
use crate::chat::{Point, RewindScope, Saving, SessionInfo, TurnCard, UndoReport};

/// The conversation as a saved thing.
#[derive(Clone, Debug, PartialEq)]
pub struct Session {
    /// Its card; `None` until it was told.
    pub info: Option<SessionInfo>,
    /// Whether it reaches the disk.
    pub saving: Saving,
    /// Prompts of branches that were left, oldest first.
    pub left: Vec<TurnCard>,
    /// What was asked for and is not answered yet: the answer does not say what it answers.
    pub asked: Option<Asked>,
    /// Files went back before the conversation did: told again behind it.
    pub told: Option<Box<UndoReport>>,
}

impl Default for Session {
    fn default() -> Self {
        Self { info: None, saving: Saving::Well, left: Vec::new(), asked: None, told: None }
    }
}

/// What was asked for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Asked {
    /// An earlier moment.
    Rewind(Point, RewindScope),
    /// Another conversation.
    Switch(Switch),
}
