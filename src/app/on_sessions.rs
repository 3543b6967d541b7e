//! Keys in the list of saved sessions, and the answers to what is looked for there.

use crossterm::event::{KeyCode, KeyModifiers};

use super::{App, Chord, Effect, Now, Overlay, SessionList, Switch, update::Effects};
use crate::chat::SessionCard;

/// Rows that a page key moves.
const PAGE: isize = 10;

impl App {
    pub(super) fn open_sessions(&mut self, query: &str, out: &mut Effects) {
        self.composer.completion = None;
        self.overlays.retain(|over| !matches!(over, Overlay::Sessions(_)));
        self.overlays.push(Overlay::Sessions(Box::new(SessionList::of(query))));
        out.push(Effect::ListSessions(query.to_owned()));
    }

    /// The answer to a search.
    pub(super) fn on_sessions(&mut self, query: &str, cards: Vec<SessionCard>, _now: Now) {
        let list = self.overlays.iter_mut().find_map(|over| match over {
            Overlay::Sessions(list) => Some(list),
            _ => None,
        });
        if let Some(list) = list {
            list.take(query, cards);
        }
    }

    /// Looks for what was typed when its time has come.
    pub(super) fn search_sessions(&mut self, now: Now, out: &mut Effects) {
        for over in &mut self.overlays {
            if let Overlay::Sessions(list) = over
                && list.due.is_some_and(|due| due <= now.instant)
            {
                list.due = None;
                out.push(Effect::ListSessions(list.query.clone()));
            }
        }
    }

    pub(super) fn on_sessions_key(&mut self, chord: Chord, now: Now, out: &mut Effects) {
        let Some(Overlay::Sessions(list)) = self.overlays.last_mut() else { return };
        match (chord.parts(), chord.typed()) {
            ((KeyCode::Up, _) | (KeyCode::Char('p' | 'k'), KeyModifiers::CONTROL), _) => list.go(-1),
            ((KeyCode::Down | KeyCode::Tab, _) | (KeyCode::Char('n' | 'j'), KeyModifiers::CONTROL), _) => list.go(1),
            ((KeyCode::PageUp, _), _) => list.go(-PAGE),
            ((KeyCode::PageDown, _), _) => list.go(PAGE),
            ((KeyCode::Home, _), _) => list.go(isize::MIN),
            ((KeyCode::End, _), _) => list.go(isize::MAX),
            ((KeyCode::Enter, _), _) => self.resume_chosen(now, out),
            ((KeyCode::Delete, _) | (KeyCode::Char('d'), KeyModifiers::CONTROL), _) => self.delete_chosen(now, out),
            ((KeyCode::Backspace, _) | (KeyCode::Char('h'), KeyModifiers::CONTROL), _) => {
                list.query.pop();
                list.typed(now.instant);
            }
            ((KeyCode::Char('u' | 'w'), KeyModifiers::CONTROL), _) => {
                list.query.clear();
                list.typed(now.instant);
            }
            (_, Some(c)) => {
                list.query.push(c);
                list.typed(now.instant);
            }
            _ => {}
        }
    }

    fn resume_chosen(&mut self, now: Now, out: &mut Effects) {
        let Some(Overlay::Sessions(list)) = self.overlays.last() else { return };
        // What was typed and not looked for yet may mean another one.
        if list.due.is_some() || list.searches() {
            return;
        }
        let Some(card) = list.card().cloned() else { return };
        if self.is_present(&card) {
            self.close_overlay();
            self.say("this session is the one on the screen", now);
        } else if self.is_free(now) {
            self.close_overlay();
            self.switch(Switch::Resume(card.id), now, out);
        }
    }

    fn delete_chosen(&mut self, now: Now, out: &mut Effects) {
        let Some(Overlay::Sessions(list)) = self.overlays.last_mut() else { return };
        let Some(card) = list.card().cloned() else { return };
        let confirmed = list.confirm.as_ref() == Some(&card.id);
        if card.open || self.is_present(&card) {
            self.warn("a session that is open is not deleted", now);
            return;
        }
        let Some(Overlay::Sessions(list)) = self.overlays.last_mut() else { return };
        if confirmed {
            list.forget(&card.id);
            let again = list.query.clone();
            out.push(Effect::DeleteSession(card.id));
            out.push(Effect::ListSessions(again));
        } else {
            list.confirm = Some(card.id);
        }
    }

    /// It is the conversation on the screen.
    #[must_use]
    pub fn is_present(&self, card: &SessionCard) -> bool {
        self.live.session.info.as_ref().is_some_and(|info| info.id == card.id)
    }

    /// A line was pasted; false when no list takes text.
    pub(super) fn paste_into_list(&mut self, line: &str, now: Now) -> bool {
        match self.overlays.last_mut() {
            Some(Overlay::Sessions(list)) => {
                list.query.push_str(line);
                list.typed(now.instant);
            }
            Some(Overlay::Rewind(view)) if view.choice.is_none() => {
                view.query.push_str(line);
                view.filter();
            }
            // Text is no answer to what goes back.
            Some(Overlay::Rewind(_)) => {}
            _ => return false,
        }
        true
    }
}
