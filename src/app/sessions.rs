//! The list of saved sessions: what was looked for, what came, which is chosen. Pure values.

use std::time::{Duration, Instant};

use crate::chat::{SessionCard, SessionId};

/// The search starts when the hand rests this long: it may read much.
const RESTS: Duration = Duration::from_millis(120);

/// The list of saved sessions.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct SessionList {
    /// What was typed.
    pub query: String,
    /// What the cards answer; `None` before the first answer.
    pub answered: Option<String>,
    /// What was found, newest first.
    pub cards: Vec<SessionCard>,
    /// The chosen place.
    pub selected: usize,
    /// Deleting this one waits for a second press.
    pub confirm: Option<SessionId>,
    /// When what was typed is looked for.
    pub due: Option<Instant>,
}

impl SessionList {
    /// A list that looks for `query`.
    #[must_use]
    pub fn of(query: &str) -> Self {
        Self { query: query.to_owned(), ..Self::default() }
    }

    /// The chosen card.
    #[must_use]
    pub fn card(&self) -> Option<&SessionCard> {
        self.cards.get(self.selected)
    }

    /// An answer to what was typed is awaited.
    #[must_use]
    pub fn searches(&self) -> bool {
        self.answered.as_deref() != Some(self.query.as_str())
    }

    /// Something was typed.
    pub(super) fn typed(&mut self, now: Instant) {
        self.confirm = None;
        self.due = Some(now + RESTS);
    }

    pub(super) fn go(&mut self, by: isize) {
        self.confirm = None;
        self.selected = self.selected.saturating_add_signed(by).min(self.cards.len().saturating_sub(1));
    }

    /// Takes an answer; one to another question is none. The choice stays on its session while that is there.
    pub(super) fn take(&mut self, query: &str, cards: Vec<SessionCard>) -> bool {
        if query != self.query {
            return false;
        }
        let same_question = self.answered.as_deref() == Some(query);
        let chosen = self.card().map(|card| card.id.clone());
        let place = cards.iter().position(|card| Some(&card.id) == chosen.as_ref());
        self.selected = match place {
            Some(place) => place,
            None if same_question => self.selected.min(cards.len().saturating_sub(1)),
            None => 0,
        };
        self.cards = cards;
        self.answered = Some(query.to_owned());
        self.confirm = None;
        true
    }

    /// A deleted one is gone at once.
    pub(super) fn forget(&mut self, id: &SessionId) {
        self.cards.retain(|card| card.id != *id);
        self.selected = self.selected.min(self.cards.len().saturating_sub(1));
        self.confirm = None;
    }
}
