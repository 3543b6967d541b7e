//! The two panes: which has the focus, where each stands, how the reasoning pane behaves.

use std::time::Instant;

use super::EntryId;
use crate::{chat::StepId, config::ReasoningPane};

/// A pane.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Pane {
    /// Prompts, answers, tools.
    #[default]
    Answer,
    /// Reasoning, by step.
    Reasoning,
}

/// Where keys go.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Focus {
    /// The composer.
    #[default]
    Composer,
    /// The answer pane.
    Answer,
    /// The reasoning pane.
    Reasoning,
}

/// A reading position: an entry and a byte offset in its source, never a row.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Anchor {
    /// The entry whose row stands at the top.
    pub entry: EntryId,
    /// Byte offset in the entry's text of that row's first character.
    pub offset: usize,
}

/// A pane's position.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Scroll {
    /// At the live end.
    #[default]
    Latest,
    /// Reading; stays put whatever arrives.
    Reading(Anchor),
}

/// The state of the reasoning pane now.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ReasoningState {
    /// Open because the model thinks.
    Live,
    /// A one-row header.
    Rest,
    /// Open because the user wants it.
    Pinned,
    /// Not shown.
    Off,
}

/// Both panes.
#[derive(Clone, Debug)]
pub struct Panes {
    /// Where keys go.
    pub focus: Focus,
    /// The pane that fills the space of both, if any.
    pub zoomed: Option<Pane>,
    /// Position of the answer pane.
    pub answer: Scroll,
    /// Position of the reasoning pane.
    pub reasoning: Scroll,
    /// How the reasoning pane behaves.
    pub mode: ReasoningPane,
    /// Its state now.
    pub state: ReasoningState,
    /// When the open pane folds by itself.
    pub folds_at: Option<Instant>,
    /// Percent of the space that reasoning takes, by arrangement: stacked, side by side.
    pub share: [u16; 2],
    /// Something new is below the visible part of the answer pane.
    pub unseen: bool,
    /// At tiny sizes: the reasoning pane is the one that is shown.
    pub swapped: bool,
    /// The step that is marked in both panes.
    pub marked: Option<StepId>,
    /// The tool call that is marked: the one that opens.
    pub run: Option<EntryId>,
}

/// How a call was before a search opened it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Opened {
    /// Its entry.
    pub entry: EntryId,
    /// What the user had said of it.
    pub open: Option<bool>,
    /// Its group was open; `None` = it has none.
    pub group: Option<bool>,
}

/// What a search changes and gives back at its end.
#[derive(Clone, Debug, PartialEq)]
pub struct Before {
    /// Position of the answer pane.
    pub answer: Scroll,
    /// Position of the reasoning pane.
    pub reasoning: Scroll,
    /// State of the reasoning pane.
    pub state: ReasoningState,
    /// The zoomed pane.
    pub zoomed: Option<Pane>,
    /// At tiny sizes: reasoning was shown.
    pub swapped: bool,
    /// Steps that the search opened, and how they were.
    pub opened: Vec<(StepId, Option<bool>)>,
    /// Tool calls that the search opened.
    pub runs: Vec<Opened>,
}

/// A search in both panes.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Find {
    /// What is searched, case-insensitive unless it has a capital.
    pub query: String,
    /// Still being typed.
    pub typing: bool,
    /// Hits: entry, byte range in its text, in order of the transcript.
    pub hits: Vec<(EntryId, std::ops::Range<usize>)>,
    /// The hit that is shown.
    pub current: usize,
    /// What it gives back at its end.
    pub before: Option<Before>,
}

/// The word for a behaviour of the reasoning pane, as config and memory write it.
#[must_use]
pub(super) fn word_of(mode: ReasoningPane) -> &'static str {
    match mode {
        ReasoningPane::Auto => "auto",
        ReasoningPane::Open => "open",
        ReasoningPane::Closed => "closed",
        ReasoningPane::Off => "off",
    }
}

/// The behaviour of a word, if it is one: the value of [`super::Effect::Remember`] read back.
#[must_use]
pub fn reasoning_named(word: &str) -> Option<ReasoningPane> {
    [ReasoningPane::Auto, ReasoningPane::Open, ReasoningPane::Closed, ReasoningPane::Off]
        .into_iter()
        .find(|mode| word_of(*mode) == word)
}
