//! What can lie over the panes; a stack, the top one takes the keys.

use super::{DiffView, Rewind, SessionList};
use crate::chat::Problem;

/// A tab of the usage view.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum UsageTab {
    /// The 5-hour window and its chart.
    #[default]
    FiveHour,
    /// The week and its chart.
    Week,
    /// Tokens by model.
    Models,
}

/// What a picker picks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PickerKind {
    /// A command of the palette.
    Palette,
    /// A model.
    Model,
    /// A theme.
    Theme,
    /// An earlier prompt (Ctrl-R).
    History,
}

/// A row of a picker.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PickerRow {
    /// What choosing it yields (an action's name, a model id, a theme).
    pub value: String,
    /// What is matched and shown left.
    pub label: String,
    /// What is shown right (a key, a price, why it is refused).
    pub note: String,
    /// It can be chosen.
    pub enabled: bool,
}

/// A list to choose from, filtered by what is typed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Picker {
    /// What it picks.
    pub kind: PickerKind,
    /// Its title.
    pub title: String,
    /// What was typed.
    pub query: String,
    /// All rows.
    pub rows: Vec<PickerRow>,
    /// Indices of the rows that match, best first.
    pub matches: Vec<usize>,
    /// The chosen place within `matches`.
    pub selected: usize,
}

/// Something that lies over the panes.
#[derive(Clone, Debug, PartialEq)]
pub enum Overlay {
    /// The keys in force; scrolled by rows.
    Help {
        /// First visible row.
        top: usize,
    },
    /// A picker.
    Picker(Picker),
    /// The usage view.
    Usage(UsageTab),
    /// A problem with its raw cause.
    Detail(Problem),
    /// What the session changed.
    Diff(Box<DiffView>),
    /// The prompts that can be gone back to.
    Rewind(Box<Rewind>),
    /// The saved sessions.
    Sessions(Box<SessionList>),
    /// The background commands.
    Tasks {
        /// The chosen one.
        selected: usize,
    },
}
