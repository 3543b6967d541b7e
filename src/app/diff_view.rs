//! The diff view: what the session changed, by turn and file, and one change in full.

use super::Edit;
use crate::chat::{FileChange, TurnId};

/// The diff view.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct DiffView {
    /// The list of changes; `None` when a change was opened by itself.
    pub list: Option<Vec<(TurnId, Edit)>>,
    /// The chosen place in the list.
    pub selected: usize,
    /// The change that is open.
    pub open: Option<Box<FileChange>>,
    /// First visible row of the open change.
    pub top: usize,
    /// `]` or `[` was pressed and waits for `c`.
    prefix: Option<char>,
}

impl DiffView {
    /// The list, its newest change chosen.
    #[must_use]
    pub fn of_list(list: Vec<(TurnId, Edit)>) -> Self {
        Self { selected: list.len().saturating_sub(1), list: Some(list), ..Self::default() }
    }

    /// One change by itself.
    #[must_use]
    pub fn of_change(change: FileChange) -> Self {
        Self { open: Some(Box::new(change)), ..Self::default() }
    }

    /// Opens the chosen change.
    pub(super) fn open_selected(&mut self) {
        let list = self.list.as_ref();
        self.open = list.and_then(|list| list.get(self.selected)).map(|(_, edit)| Box::new(edit.change.clone()));
        self.top = 0;
    }

    /// Moves the choice in the list.
    pub(super) fn move_selected(&mut self, by: isize) {
        let last = self.list.as_ref().map_or(0, |list| list.len().saturating_sub(1));
        self.selected = self.selected.saturating_add_signed(by).min(last);
    }

    /// The row that `]c` or `[c` goes to; `None` when the key is none of theirs. The first of the two keys stays
    /// where it is.
    pub(super) fn bracket(&mut self, typed: Option<char>, marks: &[usize]) -> Option<usize> {
        let top = self.top;
        match (self.prefix.take(), typed) {
            (Some(']'), Some('c')) => Some(marks.iter().copied().find(|row| *row > top).unwrap_or(top)),
            (Some('['), Some('c')) => Some(marks.iter().rev().copied().find(|row| *row < top).unwrap_or(0)),
            (_, Some(c @ (']' | '['))) => {
                self.prefix = Some(c);
                Some(top)
            }
            _ => None,
        }
    }
}
