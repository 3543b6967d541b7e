//! What comes back from the external editor for a question.

use crate::{
    app::{App, Lent, Now},
    chat::AskBody,
    text::Clean,
};

impl App {
    /// Takes an edited text; false when the editor had the prompt.
    pub(in crate::app) fn take_edited(&mut self, text: Option<&str>, now: Now) -> bool {
        let Some((run, what)) = self.live.asks.lent.take() else { return false };
        // The screen was gone meanwhile, and keys may still be under way that the editor was meant to get.
        self.note_typed(now);
        let (Some(text), Some(pending)) = (text, self.live.asks.waiting.iter_mut().find(|p| p.ask.run == run)) else {
            return true;
        };
        match what {
            Lent::Input => {
                let clean = Clean::new(&text.replace("\r\n", "\n"));
                pending.input.set_text(clean.as_str().trim_end_matches('\n'));
            }
            Lent::Hunk(at) => {
                if let AskBody::Change(change) = &pending.ask.body
                    && let Some(hunk) = change.hunks.get(at)
                {
                    pending.review.edit(at, hunk, text);
                }
            }
        }
        true
    }
}
