//! Keys and the wheel in the diff view.

use crossterm::event::KeyCode;

use super::{App, Chord, DiffView, Overlay, review::HunkKey};
use crate::chat::FileChange;

impl App {
    /// Opens the list of all changes of the session.
    pub(super) fn open_diff_list(&mut self) {
        let turns = &self.changes().turns;
        let list: Vec<_> =
            turns.iter().flat_map(|turn| turn.files.iter().map(|edit| (turn.turn, edit.clone()))).collect();
        self.overlays.push(Overlay::Diff(Box::new(DiffView::of_list(list))));
    }

    /// Opens one change over both panes.
    pub fn open_diff(&mut self, change: &FileChange) {
        self.overlays.push(Overlay::Diff(Box::new(DiffView::of_change(change.clone()))));
    }

    /// Esc in the diff view: from a change back to the list; false when there is none to go back to.
    pub(super) fn close_diff_file(&mut self) -> bool {
        match self.overlays.last_mut() {
            Some(Overlay::Diff(view)) if view.list.is_some() => view.open.take().is_some(),
            _ => false,
        }
    }

    pub(super) fn on_diff_key(&mut self, chord: Chord) {
        let key = chord.typed().and_then(HunkKey::of);
        if let Some(key @ (HunkKey::Toggle | HunkKey::Wrap)) = key {
            return self.set_diff_look(key);
        }
        let closes = chord.typed() == Some('q');
        let sheet = self.view.sheet.clone();
        let Some(Overlay::Diff(view)) = self.overlays.last_mut() else { return };
        let page = usize::from(sheet.area.height.saturating_sub(1).max(1)).cast_signed();
        if view.open.is_none() {
            if chord.parts().0 == KeyCode::Enter || chord.typed() == Some(' ') {
                view.open_selected();
            } else {
                view.move_selected(step(chord, page));
            }
        } else if let Some(mark) = view.bracket(chord.typed(), &sheet.marks) {
            view.top = mark.min(sheet.last_top());
        } else {
            let by = step(chord, page);
            view.top = sheet.top.saturating_add_signed(by).min(sheet.last_top());
        }
        // Until it is drawn, another key goes on from here.
        self.view.sheet.top = view.top;
        if closes && !self.close_diff_file() {
            self.close_overlay();
        }
    }

    /// The wheel in the diff view.
    pub(super) fn wheel_diff(&mut self, rows: i32) {
        let (top, last) = (self.view.sheet.top, self.view.sheet.last_top());
        let Some(Overlay::Diff(view)) = self.overlays.last_mut() else { return };
        if view.open.is_none() {
            view.move_selected(rows.signum() as isize);
        } else {
            view.top = top.saturating_add_signed(rows as isize).min(last);
        }
        self.view.sheet.top = view.top;
    }

    /// Takes over where the last frame really put the open change.
    pub(super) fn note_diff_drawn(&mut self) {
        let top = self.view.sheet.top;
        if let Some(Overlay::Diff(view)) = self.overlays.last_mut()
            && view.open.is_some()
        {
            view.top = top;
        }
    }
}

/// Rows that a key moves.
fn step(chord: Chord, page: isize) -> isize {
    match (chord.parts().0, chord.typed()) {
        (KeyCode::Up, _) | (_, Some('k')) => -1,
        (KeyCode::Down, _) | (_, Some('j')) => 1,
        (KeyCode::PageUp, _) => -page,
        (KeyCode::PageDown, _) | (_, Some(' ')) => page,
        (KeyCode::Home, _) | (_, Some('g')) => isize::MIN,
        (KeyCode::End, _) | (_, Some('G')) => isize::MAX,
        _ => 0,
    }
}
