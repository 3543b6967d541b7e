//! Where the last frame put things: what mouse and page keys need to know.

use super::{Anchor, EntryId, Pane};
use crate::chat::StepId;

/// A rectangle of cells.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Rect {
    /// Left column.
    pub x: u16,
    /// Top row.
    pub y: u16,
    /// Columns.
    pub width: u16,
    /// Rows.
    pub height: u16,
}

impl Rect {
    /// The cell lies within.
    #[must_use]
    pub fn contains(self, column: u16, row: u16) -> bool {
        column >= self.x && row >= self.y && column - self.x < self.width && row - self.y < self.height
    }
}

/// One pane as drawn.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct PaneView {
    /// The text area, without title.
    pub area: Rect,
    /// The source position of its first row.
    pub top: Option<Anchor>,
    /// The step that the first row belongs to.
    pub top_step: Option<StepId>,
    /// The last row of the pane's content is visible.
    pub at_end: bool,
    /// The rows of tool calls that are visible, top to bottom: (screen row, entry).
    pub runs: Vec<(u16, EntryId)>,
}

/// The last frame.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct View {
    /// The whole screen.
    pub screen: Rect,
    /// The answer pane; an empty area when it is not shown.
    pub answer: PaneView,
    /// The reasoning pane, likewise.
    pub reasoning: PaneView,
    /// The row or column that divides the panes; empty when there is none.
    pub divider: Rect,
    /// The panes stand side by side.
    pub side_by_side: bool,
    /// The composer's text area.
    pub composer: Rect,
    /// The gauge in the status row.
    pub gauge: Rect,
    /// The model's name in the status row.
    pub model: Rect,
    /// Rows of a picker or completion that are visible.
    pub list_rows: u16,
    /// For each visible row of a pane its step stub, to open with a click: (pane, screen row, step).
    pub stubs: Vec<(Pane, u16, StepId)>,
    /// The text of the visible rows of the panes, top to bottom; only needed while something is being
    /// selected ([`super::Gesture::pressed`] or [`super::Gesture::selection`]), else empty.
    pub rows: Vec<TextRow>,
    /// The text of a question or of an open change.
    pub sheet: Sheet,
}

/// The text of a visible row of a pane, for copying.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct TextRow {
    /// The pane.
    pub pane: Pane,
    /// Its screen row.
    pub y: u16,
    /// The screen column of the text's first character, right of gutters and indents.
    pub x: u16,
    /// The text as drawn, without padding.
    pub text: String,
    /// It goes on from the row above: a copy puts no newline between them.
    pub joins: bool,
}

/// A text that scrolls within a dialog, as drawn: a question's, or an open change.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Sheet {
    /// The question that it belongs to ([`super::Pending::serial`]); `None` for a change of the diff view.
    pub ask: Option<u64>,
    /// Nothing lay over the question and keys were its own.
    pub free: bool,
    /// Where the text stands.
    pub area: Rect,
    /// Its first visible row.
    pub top: usize,
    /// Rows that it has.
    pub n_rows: usize,
    /// The first row of each hunk or option.
    pub marks: Vec<usize>,
    /// The exact rules of standing grants are visible beside the text.
    pub rules: bool,
    /// The keys of answers, to be clicked.
    pub keys: Vec<(Rect, char)>,
}

impl Sheet {
    /// The first visible row when the end is visible.
    #[must_use]
    pub fn last_top(&self) -> usize {
        self.n_rows.saturating_sub(usize::from(self.area.height))
    }

    /// The end of the text is visible.
    #[must_use]
    pub fn at_end(&self) -> bool {
        self.area.height > 0 && self.top >= self.last_top()
    }
}
