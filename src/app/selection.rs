//! Selecting text of a pane with the mouse: cells become the source's characters, soft breaks are undone.

use std::ops::Range;

use super::{App, Effect, Pane, Scroll, TextRow, gesture::Selection, update::Effects};
use crate::text::{grapheme, width::width};

impl App {
    /// A press in a pane may become a selection; an older one is over.
    pub(super) fn press(&mut self, pane: Pane, at: (u16, u16)) {
        self.deselect();
        self.keys.gesture.pressed = Some((pane, at));
    }

    /// The pointer moved with the button down.
    pub(super) fn select_to(&mut self, to: (u16, u16)) {
        let Some((pane, from)) = self.keys.gesture.pressed else { return };
        if from == to && self.keys.gesture.selection.is_none() {
            return;
        }
        let froze = match self.keys.gesture.selection {
            Some(selection) => selection.froze,
            None => self.freeze(pane),
        };
        self.keys.gesture.selection = Some(Selection { pane, from, to, froze });
    }

    /// The button went up: what is selected is copied.
    pub(super) fn release(&mut self, out: &mut Effects) {
        self.keys.gesture.pressed = None;
        self.copy_selection(out);
    }

    /// Copies what is selected; false when nothing is.
    pub(super) fn copy_selection(&mut self, out: &mut Effects) -> bool {
        let text = self.selected_text();
        if text.is_empty() {
            return false;
        }
        out.push(Effect::Copy(text));
        true
    }

    /// Nothing is selected any more; a pane that stood still for it follows again.
    pub(super) fn deselect(&mut self) {
        let gesture = &mut self.keys.gesture;
        gesture.pressed = None;
        if let Some(selection) = gesture.selection.take()
            && selection.froze
        {
            *self.scroll_mut(selection.pane) = Scroll::Latest;
        }
    }

    /// The columns of a screen row that are selected, for the drawing side.
    #[must_use]
    pub fn selected_columns(&self, pane: Pane, row: u16) -> Option<Range<u16>> {
        let selection = self.keys.gesture.selection.filter(|selection| selection.pane == pane)?;
        let area = match pane {
            Pane::Answer => self.view.answer.area,
            Pane::Reasoning => self.view.reasoning.area,
        };
        let ((from_x, from_y), (to_x, to_y)) = selection.ends();
        if row < from_y || row > to_y || row < area.y || row >= area.y.saturating_add(area.height) {
            return None;
        }
        let start = if row == from_y { from_x } else { area.x };
        let end = if row == to_y { to_x.saturating_add(1) } else { area.x.saturating_add(area.width) };
        Some(start.max(area.x)..end.min(area.x.saturating_add(area.width)))
    }

    /// The text under the selection, without gutters, padding and soft breaks.
    #[must_use]
    pub fn selected_text(&self) -> String {
        let Some(selection) = self.keys.gesture.selection else { return String::new() };
        let mut text = String::new();
        let mut first = true;
        for row in self.view.rows.iter().filter(|row| row.pane == selection.pane) {
            let Some(columns) = self.selected_columns(row.pane, row.y) else { continue };
            if !first && !row.joins {
                text.push('\n');
            }
            text.push_str(cut(row, &columns));
            first = false;
        }
        text
    }

    /// Keeps a pane that follows its end where it is; true when it did follow.
    fn freeze(&mut self, pane: Pane) -> bool {
        let top = match pane {
            Pane::Answer => self.view.answer.top,
            Pane::Reasoning => self.view.reasoning.top,
        };
        match (top, *self.scroll_of(pane)) {
            (Some(top), Scroll::Latest) => {
                *self.scroll_mut(pane) = Scroll::Reading(top);
                true
            }
            _ => false,
        }
    }
}

/// The part of a row's text that lies under some of these columns; a wide glyph counts as a whole.
fn cut<'a>(row: &'a TextRow, columns: &Range<u16>) -> &'a str {
    let (mut from, mut to) = (None, 0);
    let (mut x, mut at) = (usize::from(row.x), 0);
    for glyph in grapheme::all(&row.text) {
        let end = x + width(glyph);
        if end > usize::from(columns.start) && x < usize::from(columns.end) {
            from.get_or_insert(at);
            to = at + glyph.len();
        }
        (x, at) = (end, at + glyph.len());
    }
    from.map_or("", |from| &row.text[from..to])
}
