//! The line that is typed for an answer: a reason, another command, own words.

use crate::{
    app::{
        Action, App, Chord, Effect, Lent, Now, Offer, Typing,
        action::Scope,
        composer::{Composer, Flavor},
        keymap::Meaning,
        update::Effects,
    },
    chat::{AskBody, Reply},
    text::Clean,
};

impl App {
    /// Opens the line with `text` in it.
    pub(super) fn type_for(&mut self, what: Typing, text: &str) {
        if let Some(pending) = self.live.asks.first_mut() {
            pending.typing = Some(what);
            pending.input = Composer::default();
            pending.input.set_text(text);
        }
    }

    /// The line closes; what stands in it is void.
    pub(in crate::app) fn stop_typing(&mut self) {
        if let Some(pending) = self.live.asks.first_mut() {
            pending.typing = None;
        }
    }

    /// A key while the line is open.
    pub(super) fn on_typing_key(&mut self, chord: Chord, now: Now, out: &mut Effects) {
        match self.keys.meaning(&[chord], &[Scope::Composer]) {
            Meaning::Does(Action::Send) => return self.submit_typed(now, out),
            Meaning::Does(Action::Queue) => return,
            Meaning::Does(Action::Newline) => {
                if let Some(pending) = self.live.asks.first_mut() {
                    pending.input.newline();
                }
                return;
            }
            _ => {}
        }
        let flavor = if self.keys.readline { Flavor::Readline } else { Flavor::Default };
        if let Some(pending) = self.live.asks.first_mut() {
            pending.input.on_key(chord, flavor);
        }
    }

    /// Gives what was typed to the external editor.
    pub(super) fn lend_typed(&mut self, out: &mut Effects) {
        let Some(pending) = self.ask() else { return };
        let (run, text) = (pending.ask.run, pending.input.text());
        self.live.asks.lent = Some((run, Lent::Input));
        out.push(Effect::Edit(text));
    }

    /// Pasted text goes into the line; false when none is open.
    pub(in crate::app) fn paste_typed(&mut self, pasted: &Clean) -> bool {
        match self.live.asks.first_mut().filter(|pending| pending.typing.is_some()) {
            Some(pending) => {
                pending.input.paste(pasted);
                true
            }
            None => false,
        }
    }

    fn submit_typed(&mut self, now: Now, out: &mut Effects) {
        let Some((what, text)) = self.ask().and_then(|p| Some((p.typing?, p.input.text()))) else { return };
        let words = Some(text.trim().to_owned()).filter(|text| !text.is_empty());
        match what {
            Typing::Why => self.reply(Reply::No { why: words }, now, out),
            Typing::Hunks => {
                let decisions = self.ask().map(|pending| pending.review.decisions.clone()).unwrap_or_default();
                self.reply(Reply::Hunks { decisions, why: words }, now, out);
            }
            Typing::Words => {
                let picks = self.ask().map(|pending| pending.picks.clone()).unwrap_or_default();
                match words {
                    None => self.say("type an answer first, or Esc", now),
                    text => self.reply(Reply::Chosen { picks, text }, now, out),
                }
            }
            Typing::Command if words.is_none() => self.say("an empty command runs nothing; Esc goes back", now),
            Typing::Command if self.is_unchanged(&text) => {
                // The same command is the same question: it is granted as that.
                self.stop_typing();
                self.take_offer(Offer::Once, now, out);
            }
            Typing::Command => self.reply(Reply::Command(text), now, out),
        }
    }

    fn is_unchanged(&self, text: &str) -> bool {
        matches!(self.ask().map(|pending| &pending.ask.body), Some(AskBody::Command { raw, .. }) if raw == text)
    }
}
