//! Keys, clicks and the wheel while a question waits.

use crossterm::event::{KeyCode, KeyEvent, KeyEventKind, KeyModifiers};

use crate::{
    app::{
        Action, App, Chord, Now, Offer, Page, Pending, Typing,
        action::{Move, Scope},
        composer::Flavor,
        keymap::Meaning,
        review::HunkKey,
        update::Effects,
    },
    chat::{AskBody, Reply},
};

const NONE: KeyModifiers = KeyModifiers::NONE;

impl App {
    /// A key while the question has them.
    pub(in crate::app) fn on_ask_key(&mut self, key: KeyEvent, now: Now, out: &mut Effects) {
        let chord = Chord::of(key);
        match self.keys.meaning(&[chord], &[Scope::Anywhere]) {
            Meaning::Does(action) => return self.on_ask_action(action, now, out),
            Meaning::Begins => {
                self.keys.pending = Some((vec![key], now.instant));
                return;
            }
            Meaning::Nothing => {}
        }
        let open = self.ask_is_open(now) && key.kind != KeyEventKind::Repeat;
        if self.ask().is_some_and(|pending| pending.typing.is_some()) {
            self.on_typing_key(chord, now, out);
        } else if is_text(chord) && !open {
            self.divert(chord, now);
        } else {
            self.on_answer_key(chord, now, out);
        }
    }

    /// What has a key everywhere. Moving moves the question's text when there is more of it than fits.
    fn on_ask_action(&mut self, action: Action, now: Now, out: &mut Effects) {
        let typing = self.ask().is_some_and(|pending| pending.typing.is_some());
        let page = isize::try_from(self.view.sheet.area.height.saturating_sub(1).max(1)).unwrap_or(1);
        let by = match action {
            Action::Editor if typing => return self.lend_typed(out),
            // A mode that asks less is not to be had by a slip on the way to an answer; the leader still sets it.
            Action::Mode => return self.choose_by(-1),
            Action::Move(Move::PageUp) => -page,
            Action::Move(Move::PageDown) => page,
            Action::Move(Move::LineUp) => -1,
            Action::Move(Move::LineDown) => 1,
            Action::Move(Move::Top) => isize::MIN,
            Action::Move(Move::End) => isize::MAX,
            _ => 0,
        };
        if by == 0 || !self.move_sheet(by) {
            self.act(action, now, out);
        }
    }

    /// Moves the question's text by rows; false when all of it is visible.
    pub(in crate::app) fn move_sheet(&mut self, rows: isize) -> bool {
        let sheet = &self.view.sheet;
        let (serial, last, top) = (sheet.ask, sheet.last_top(), sheet.top);
        let Some(pending) = self.live.asks.first_mut() else { return false };
        if last == 0 || serial != Some(pending.serial) {
            return false;
        }
        pending.top = top.saturating_add_signed(rows).min(last);
        // Until it is drawn, another key goes on from here.
        self.view.sheet.top = self.ask().map_or(0, |pending| pending.top);
        true
    }

    /// A key that was meant for a message: it goes to the draft, and starts the wait anew.
    fn divert(&mut self, chord: Chord, now: Now) {
        self.note_typed(now);
        let flavor = if self.keys.readline { Flavor::Readline } else { Flavor::Default };
        let edits = chord.typed().is_some() || chord.parts().0 == KeyCode::Backspace;
        if edits {
            self.composer.on_key(chord, flavor);
            if let Some(pending) = self.live.asks.first_mut() {
                pending.drafted = !self.composer.is_empty();
            }
            self.say("typed into your draft; pause to answer the question", now);
        }
    }

    fn on_answer_key(&mut self, chord: Chord, now: Now, out: &mut Effects) {
        let Some(pending) = self.live.asks.first_mut() else { return };
        if let Some(step) = pending.review.bracket(chord.typed()) {
            return self.go_hunk(step);
        }
        match (chord.parts(), chord.typed()) {
            ((KeyCode::Up, NONE), _) => self.step(-1),
            ((KeyCode::Down, NONE), _) => self.step(1),
            ((KeyCode::Left, NONE) | (KeyCode::Tab, KeyModifiers::SHIFT), _) => self.choose_by(-1),
            ((KeyCode::Right | KeyCode::Tab, NONE), _) => self.choose_by(1),
            ((KeyCode::Home, NONE), _) => drop(self.move_sheet(isize::MIN)),
            ((KeyCode::End, NONE), _) => drop(self.move_sheet(isize::MAX)),
            ((KeyCode::Enter, NONE), _) => self.on_ask_enter(now, out),
            ((KeyCode::Backspace, _), _) => self.divert(chord, now),
            (_, Some(c)) => self.on_letter(c, chord, now, out),
            _ => {}
        }
    }

    fn on_letter(&mut self, c: char, chord: Chord, now: Now, out: &mut Effects) {
        let Some(pending) = self.ask() else { return };
        if pending.is_question() {
            return self.on_question_letter(c, chord, now, out);
        }
        let offer = pending.offers().into_iter().map(|row| row.offer).find(|offer| offer.key() == c);
        let hunk_key = matches!(pending.ask.body, AskBody::Change(_)).then(|| HunkKey::of(c)).flatten();
        match (offer, hunk_key) {
            (Some(offer), _) => self.take_offer(offer, now, out),
            (None, Some(key)) => self.on_hunk_key(key),
            (None, None) => self.divert(chord, now),
        }
    }

    fn on_question_letter(&mut self, c: char, chord: Chord, now: Now, out: &mut Effects) {
        let Some(pending) = self.live.asks.first_mut() else { return };
        let AskBody::Question { options, many, .. } = &pending.ask.body else { return };
        let (n, many) = (options.len(), *many);
        let option = c.to_digit(10).and_then(|digit| (digit as usize).checked_sub(1)).filter(|at| *at < n);
        match (option, c) {
            (Some(at), _) => {
                pending.choice = at;
                if many {
                    pending.toggle(at);
                } else {
                    self.reply(Reply::Chosen { picks: vec![at], text: None }, now, out);
                }
            }
            (None, ' ') if many && n > 0 => pending.toggle(pending.choice),
            (None, ' ') => {}
            // Anything else begins an answer in own words.
            (None, _) => {
                self.type_for(Typing::Words, "");
                self.on_typing_key(chord, now, out);
            }
        }
    }

    /// Enter alone takes what is highlighted, and that is never a standing grant. With a draft it is the
    /// draft that Enter seems to mean, so it takes nothing.
    fn on_ask_enter(&mut self, now: Now, out: &mut Effects) {
        let Some(pending) = self.ask() else { return };
        if pending.drafted {
            self.note_typed(now);
            self.say("your text stays a draft until the question is answered", now);
            return;
        }
        let AskBody::Question { many, .. } = &pending.ask.body else {
            if let Some(offer) = pending.chosen() {
                self.take_offer(offer, now, out);
            }
            return;
        };
        match (*many, pending.n_options()) {
            (_, 0) => self.say("type an answer, or Esc for none", now),
            (true, _) if pending.picks.is_empty() => self.say("choose with Space or digits, or type an answer", now),
            (true, _) => {
                let picks = pending.picks.clone();
                self.reply(Reply::Chosen { picks, text: None }, now, out);
            }
            (false, _) => {
                let picks = vec![pending.choice];
                self.reply(Reply::Chosen { picks, text: None }, now, out);
            }
        }
    }

    /// Up or down: through the options of a question, else through the text. A wheel that a terminal turned into
    /// arrows moves nothing but text.
    fn step(&mut self, by: isize) {
        let Some(pending) = self.live.asks.first_mut() else { return };
        let n = pending.n_options();
        if n == 0 {
            self.move_sheet(by);
            return;
        }
        pending.choice = pending.choice.saturating_add_signed(by).min(n - 1);
        // The chosen option stays in sight.
        let sheet = &self.view.sheet;
        let height = usize::from(sheet.area.height).max(1);
        if let Some(row) = sheet.marks.get(pending.choice) {
            pending.top = pending.top.min(*row).max((row + 1).saturating_sub(height));
        }
    }

    fn choose_by(&mut self, by: isize) {
        let Some(pending) = self.live.asks.first_mut() else { return };
        if pending.is_question() {
            return self.step(by);
        }
        let last = pending.by_enter().len().saturating_sub(1);
        pending.choice = pending.choice.saturating_add_signed(by).min(last);
    }

    /// A click on an answer's key. It counts when the key would, and never as a standing grant.
    pub(in crate::app) fn on_ask_click(&mut self, c: char, now: Now, out: &mut Effects) {
        if !self.ask_is_open(now) || self.ask().is_none_or(|pending| pending.typing.is_some()) {
            return;
        }
        let standing = [Offer::Session, Offer::Always].into_iter().any(|offer| offer.key() == c);
        if standing && self.ask().is_some_and(|pending| !pending.is_question()) {
            return self.say(format!("a standing grant needs its letter: press {c}"), now);
        }
        let chord = Chord::of(KeyEvent::new(KeyCode::Char(c), NONE));
        self.on_letter(c, chord, now, out);
    }

    /// Back to the short page.
    pub(in crate::app) fn shorten_ask(&mut self) {
        if let Some(pending) = self.live.asks.first_mut() {
            pending.page = Page::Short;
        }
    }
}

impl Pending {
    fn toggle(&mut self, at: usize) {
        match self.picks.iter().position(|pick| *pick == at) {
            Some(place) => drop(self.picks.remove(place)),
            None => self.picks.push(at),
        }
        self.picks.sort_unstable();
    }
}

/// A key that somebody who writes a message presses.
fn is_text(chord: Chord) -> bool {
    chord.typed().is_some() || matches!(chord.parts().0, KeyCode::Enter | KeyCode::Backspace | KeyCode::Tab)
}
