//! Deciding about the hunks of a proposed change by keys.

use crate::{
    app::{App, review::HunkKey},
    chat::{AskBody, HunkReply},
};

impl App {
    /// Goes to the hunk before or after and brings it to the top.
    pub(in crate::app) fn go_hunk(&mut self, step: isize) {
        let marks = self.view.sheet.marks.clone();
        let Some(pending) = self.live.asks.first_mut() else { return };
        let last = pending.review.decisions.len().saturating_sub(1);
        if step == 0 {
            return;
        }
        pending.review.at = pending.review.at.saturating_add_signed(step).min(last);
        if let Some(row) = marks.get(pending.review.at) {
            pending.top = *row;
        }
    }

    pub(in crate::app) fn on_hunk_key(&mut self, key: HunkKey) {
        let decision = match key {
            HunkKey::Accept => HunkReply::Accept,
            HunkKey::Reject => HunkReply::Reject,
            HunkKey::Toggle | HunkKey::Wrap => return self.set_diff_look(key),
        };
        let Some(pending) = self.live.asks.first_mut() else { return };
        if !matches!(pending.ask.body, AskBody::Change(_)) {
            return;
        }
        let at = pending.review.at;
        if let Some(place) = pending.review.decisions.get_mut(at) {
            *place = decision;
            self.go_hunk(1);
        }
    }

    /// Switches how changes are shown, here and in the diff view.
    pub(in crate::app) fn set_diff_look(&mut self, key: HunkKey) {
        let width = self.view.screen.width;
        let look = &mut self.look.diff;
        match key {
            HunkKey::Toggle => look.side_by_side = Some(!look.is_side_by_side(width)),
            HunkKey::Wrap => look.cut = !look.cut,
            HunkKey::Accept | HunkKey::Reject => {}
        }
    }
}
