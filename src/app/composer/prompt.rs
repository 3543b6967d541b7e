//! The prompt box itself: the editor widget with chips and history around it.

use tui_textarea::{CursorMove, TextArea, WrapMode};

use super::{
    chip::Chips,
    history::History,
    rows,
    sheet::{Sheet, Spot},
};
use crate::{config, text::Clean};

/// A list of completions under the caret.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Completion {
    /// The word and its explanation, best first.
    pub rows: Vec<(String, String)>,
    /// The chosen one.
    pub selected: usize,
}

/// The prompt box.
#[derive(Clone, Debug)]
pub struct Composer {
    /// The editor widget; `ui` draws it.
    pub area: TextArea<'static>,
    /// The completion popup, if open.
    pub completion: Option<Completion>,
    chips: Chips,
    pub(super) history: History,
    limits: config::Composer,
    pub(super) killed: String,
    /// The last key killed text, so the next one adds to it.
    pub(super) kills: bool,
    pub(super) dirty: bool,
}

/// A text with a longer line becomes a chip whatever the limits say: the widget's caret is 16 bits wide.
const LINE_MAX: usize = 30_000;

/// Steps of undo: each typed character is one.
const UNDO: usize = 500;

impl Default for Composer {
    fn default() -> Self {
        Self::new(config::Composer::default())
    }
}

impl Composer {
    /// An empty prompt box.
    #[must_use]
    #[expect(
        clippy::default_trait_access,
        reason = "the style's type belongs to the drawing library, which stays out of here"
    )]
    pub fn new(limits: config::Composer) -> Self {
        let mut area = TextArea::default();
        area.set_wrap_mode(WrapMode::WordOrGlyph);
        area.set_max_histories(UNDO);
        // The terminal's own cursor marks the caret, so that input methods find it.
        area.set_cursor_style(Default::default());
        area.set_cursor_line_style(Default::default());
        Self {
            area,
            completion: None,
            chips: Chips::default(),
            history: History::default(),
            limits,
            killed: String::new(),
            kills: false,
            dirty: false,
        }
    }

    /// The prompt with its chips expanded: what is sent.
    #[must_use]
    pub fn text(&self) -> String {
        self.chips.expand(&self.shown())
    }

    /// The prompt as it stands on the screen.
    #[must_use]
    pub fn shown(&self) -> String {
        self.area.lines().join("\n")
    }

    /// There is no character in it.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.area.is_empty()
    }

    /// The rows that the prompt takes at this width, at least one.
    #[must_use]
    pub fn visual_rows(&self, width: u16) -> usize {
        self.area.lines().iter().map(|line| rows::of_line(line, usize::from(width)).len()).sum()
    }

    /// The row and the cell of the caret at this width.
    #[must_use]
    pub fn caret(&self, width: u16) -> (usize, usize) {
        let (row, column) = self.spot();
        let lines = self.area.lines();
        let above: usize = lines[..row].iter().map(|line| rows::of_line(line, usize::from(width)).len()).sum();
        let at = lines[row].char_indices().nth(column).map_or(lines[row].len(), |(at, _)| at);
        let (down, cell) = rows::spot(&lines[row], at, usize::from(width));
        (above + down, cell)
    }

    /// Replaces the prompt; undo brings the old one back.
    pub fn set_text(&mut self, text: &str) {
        self.area.clear();
        if text.lines().any(|line| line.chars().count() > LINE_MAX) {
            let label = self.chips.make(text);
            self.area.insert_str(label);
        } else {
            self.area.insert_str(text);
        }
        self.kills = false;
        self.dirty = true;
    }

    /// Puts text at the caret.
    pub fn insert(&mut self, text: &str) {
        self.area.insert_str(text);
        self.kills = false;
        self.dirty = true;
    }

    /// Puts pasted text at the caret, a long one as a chip.
    pub fn paste(&mut self, pasted: &Clean) {
        let text = pasted.as_str();
        let n_chars = text.chars().count();
        let long = text.lines().count() >= self.limits.chip_lines || n_chars >= self.limits.chip_chars;
        if long || n_chars > LINE_MAX {
            let label = self.chips.make(text);
            self.insert(&label);
        } else {
            self.insert(text);
        }
    }

    /// Takes the prompt out, expanded, and remembers it in the history.
    pub fn take(&mut self) -> String {
        let (shown, full) = (self.shown(), self.text());
        self.history.push(&shown);
        self.area.clear();
        self.completion = None;
        self.kills = false;
        self.dirty = true;
        full
    }

    /// Earlier prompts, oldest first.
    #[must_use]
    pub fn history(&self) -> &[String] {
        self.history.all()
    }

    /// Adds a prompt to the history.
    pub fn remember(&mut self, prompt: &str) {
        self.history.push(prompt);
    }

    /// The caret moves to the cell at `row` and `column` of the box as drawn.
    pub fn click(&mut self, row: u16, column: u16) {
        let (top, left) = self.area.scroll_offset();
        let to = self.area.screen_to_data(usize::from(row + top), usize::from(column + left));
        self.go((to.0, to.1));
        self.settle();
    }

    /// Whether the text changed since this was asked last.
    pub fn take_dirty(&mut self) -> bool {
        std::mem::take(&mut self.dirty)
    }

    pub(super) fn spot(&self) -> Spot {
        let caret = self.area.cursor();
        (caret.0, caret.1)
    }

    pub(super) fn sheet(&self) -> Sheet<'_> {
        Sheet { lines: self.area.lines(), chips: &self.chips }
    }

    pub(super) fn go(&mut self, (row, column): Spot) {
        let cell = |n: usize| u16::try_from(n).unwrap_or(u16::MAX);
        self.area.move_cursor(CursorMove::Jump(cell(row), cell(column)));
    }

    /// Leaves a chip that a movement by rows ended in.
    pub(super) fn settle(&mut self) {
        let to = self.sheet().outside_chip(self.spot());
        if to != self.spot() {
            self.go(to);
        }
    }

    /// Deletes between two spots, in either order, and returns what was there.
    pub(super) fn cut(&mut self, one: Spot, other: Spot) -> String {
        let (from, to) = if one <= other { (one, other) } else { (other, one) };
        let (n_chars, text) = (self.sheet().distance(from, to), self.sheet().between(from, to));
        if n_chars > 0 {
            self.go(from);
            self.area.delete_str(n_chars);
            self.dirty = true;
        }
        text
    }
}
