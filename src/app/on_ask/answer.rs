//! Giving an answer: what may be granted now, and what is sent.

use crate::{
    app::{App, Effect, Lent, Now, Offer, Page, Pending, Typing, update::Effects},
    chat::{AskBody, Command, Reply},
    text::Clean,
};

impl App {
    /// Takes an offer whose key was pressed, if it is there and may be taken.
    pub(super) fn take_offer(&mut self, offer: Offer, now: Now, out: &mut Effects) {
        let Some(pending) = self.ask() else { return };
        if !pending.offers().iter().any(|row| row.offer == offer) {
            return;
        }
        if let Err(why) = may_take(pending, offer) {
            self.warn(why, now);
            return;
        }
        match offer {
            Offer::Once => self.say_yes(now, out),
            Offer::Session => self.reply(Reply::Session, now, out),
            Offer::Always => self.reply(Reply::Always, now, out),
            Offer::No => self.type_for(Typing::Why, ""),
            Offer::Edit => self.edit_asked(out),
            Offer::Detail => self.turn_page(Page::Full),
            Offer::Explain => self.turn_page(Page::Explained),
        }
    }

    fn say_yes(&mut self, now: Now, out: &mut Effects) {
        let Some(pending) = self.ask() else { return };
        if pending.review.is_as_proposed() {
            self.reply(Reply::Once, now, out);
        } else if pending.review.rejects() {
            self.type_for(Typing::Hunks, "");
        } else {
            let decisions = pending.review.decisions.clone();
            self.reply(Reply::Hunks { decisions, why: None }, now, out);
        }
    }

    fn edit_asked(&mut self, out: &mut Effects) {
        let Some(pending) = self.ask() else { return };
        match &pending.ask.body {
            AskBody::Command { raw, .. } => {
                // What stands in the line is what would run, so nothing that does not print may hide in it.
                let visible = Clean::new(raw).into_string();
                self.type_for(Typing::Command, &visible);
            }
            AskBody::Change(change) => {
                let at = pending.review.at;
                if let Some(hunk) = change.hunks.get(at) {
                    let text = pending.review.text_of(at, hunk);
                    self.live.asks.lent = Some((pending.ask.run, Lent::Hunk(at)));
                    out.push(Effect::Edit(text));
                }
            }
            _ => {}
        }
    }

    fn turn_page(&mut self, to: Page) {
        if let Some(pending) = self.live.asks.first_mut() {
            pending.page = if pending.page == to { Page::Short } else { to };
            pending.top = 0;
        }
    }

    /// Says no without a reason: Esc, or Ctrl-C before it interrupts.
    pub(in crate::app) fn deny(&mut self, now: Now, out: &mut Effects) {
        self.reply(Reply::No { why: None }, now, out);
    }

    /// Sends the answer to the first question. It leaves the screen at once, so that no second key meets it.
    pub(super) fn reply(&mut self, reply: Reply, now: Now, out: &mut Effects) {
        let Some(run) = self.ask().map(|pending| pending.ask.run) else { return };
        out.push(Effect::Send(Command::Answer { run, reply }));
        self.live.asks.close(run);
        // A key that is still held must not answer the next question.
        self.note_typed(now);
    }
}

/// Whether an offer may be taken now; if not, why.
fn may_take(pending: &Pending, offer: Offer) -> Result<(), &'static str> {
    let grants = matches!(offer, Offer::Once | Offer::Session | Offer::Always);
    let whole = matches!(pending.ask.body, AskBody::Command { .. } | AskBody::Plain(_));
    if grants && whole && !pending.seen {
        return Err("not yet: the end of it was not on the screen (PgDn, or d for all of it)");
    }
    if offer.stands() && !pending.rules_seen {
        return Err("not yet: the rule was not on the screen (PgDn, or d for all of it)");
    }
    if offer.stands() && !pending.review.is_as_proposed() {
        return Err("that would allow the whole change: y sends what you decided about its hunks");
    }
    Ok(())
}
