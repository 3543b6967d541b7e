//! Deciding about a proposed change hunk by hunk: accept, reject, or another text.

use crate::chat::{FileChange, Hunk, HunkReply};

/// The decisions about a change, each hunk accepted until somebody says otherwise.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Review {
    /// One for each hunk.
    pub decisions: Vec<HunkReply>,
    /// The hunk that keys mean.
    pub at: usize,
    /// `]` or `[` was pressed and waits for `c`.
    prefix: Option<char>,
}

/// What a letter does to the hunk under the eye, or to how the change is shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum HunkKey {
    /// As proposed.
    Accept,
    /// Not at all.
    Reject,
    /// Side by side, or one column.
    Toggle,
    /// Long lines wrapped, or cut.
    Wrap,
}

impl HunkKey {
    /// The meaning of a letter.
    #[must_use]
    pub(super) fn of(c: char) -> Option<Self> {
        match c {
            'a' => Some(Self::Accept),
            'x' => Some(Self::Reject),
            't' => Some(Self::Toggle),
            'w' => Some(Self::Wrap),
            _ => None,
        }
    }
}

impl Review {
    /// All hunks of `change`, accepted.
    #[must_use]
    pub fn of(change: &FileChange) -> Self {
        Self { decisions: vec![HunkReply::Accept; change.hunks.len()], ..Self::default() }
    }

    /// Every hunk is accepted as it was proposed.
    #[must_use]
    pub fn is_as_proposed(&self) -> bool {
        self.decisions.iter().all(|decision| *decision == HunkReply::Accept)
    }

    /// Some hunk is rejected.
    #[must_use]
    pub fn rejects(&self) -> bool {
        self.decisions.contains(&HunkReply::Reject)
    }

    /// The text of a hunk as decided so far.
    #[must_use]
    pub fn text_of(&self, at: usize, hunk: &Hunk) -> String {
        match self.decisions.get(at) {
            Some(HunkReply::Edit(text)) => text.clone(),
            _ => hunk.new.clone(),
        }
    }

    /// Another text for a hunk. Editors take a last line end away that was there.
    pub(super) fn edit(&mut self, at: usize, hunk: &Hunk, text: &str) {
        let mut text = text.to_owned();
        if hunk.new.ends_with('\n') && !text.is_empty() && !text.ends_with('\n') {
            text.push('\n');
        }
        if let Some(decision) = self.decisions.get_mut(at) {
            *decision = if text == hunk.new { HunkReply::Accept } else { HunkReply::Edit(text) };
        }
    }

    /// Takes a key of `]c` or `[c`: `Some(step)` when it belongs to them, 0 while they are not complete.
    pub(super) fn bracket(&mut self, typed: Option<char>) -> Option<isize> {
        if self.decisions.is_empty() {
            return None;
        }
        match (self.prefix.take(), typed) {
            (Some(']'), Some('c')) => Some(1),
            (Some('['), Some('c')) => Some(-1),
            (_, Some(c @ (']' | '['))) => {
                self.prefix = Some(c);
                Some(0)
            }
            _ => None,
        }
    }
}

/// From this many columns on a change stands side by side unless somebody chose otherwise.
const SIDE_FROM: u16 = 140;

/// How changes are shown.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct DiffLook {
    /// Side by side, if somebody chose.
    pub side_by_side: Option<bool>,
    /// Long lines are cut instead of wrapped.
    pub cut: bool,
}

impl DiffLook {
    /// Side by side on a screen of this width.
    #[must_use]
    pub fn is_side_by_side(self, width: u16) -> bool {
        self.side_by_side.unwrap_or(width >= SIDE_FROM)
    }
}
