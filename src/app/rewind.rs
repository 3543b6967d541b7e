//! The list of prompts that can be gone back to, and the choice of what goes back. Pure values.

use crate::{
    chat::{Point, RewindScope, TurnCard},
    text::{fuzzy, truncate},
};

/// Cells of a prompt that are matched and shown; the list cuts further to its width.
pub(super) const PROMPT_CELLS: usize = 200;

/// The prompts that can be gone back to.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Rewind {
    /// What was typed.
    pub query: String,
    /// The prompts: newest first, then those of branches that were left, newest first.
    pub cards: Vec<TurnCard>,
    /// Indices of the prompts that match, in the order of `cards`.
    pub matches: Vec<usize>,
    /// The chosen place within `matches`.
    pub selected: usize,
    /// What goes back is being chosen.
    pub choice: Option<ScopeChoice>,
}

/// What goes back.
#[derive(Clone, Debug, PartialEq)]
pub struct ScopeChoice {
    /// The prompt.
    pub card: TurnCard,
    /// What can go back.
    pub rows: [ScopeRow; 3],
    /// The chosen row.
    pub at: usize,
}

/// One thing that can go back.
#[derive(Clone, Debug, PartialEq)]
pub struct ScopeRow {
    /// What.
    pub scope: RewindScope,
    /// What that means, or why it cannot.
    pub note: String,
    /// It can be chosen.
    pub enabled: bool,
}

impl ScopeRow {
    /// Its letter and its name.
    #[must_use]
    pub fn name(&self) -> (char, &'static str) {
        match self.scope {
            RewindScope::Conversation => ('c', "conversation"),
            RewindScope::Files => ('f', "files"),
            RewindScope::Both => ('b', "both"),
        }
    }
}

impl ScopeChoice {
    /// The moment that the choice goes back to.
    #[must_use]
    pub fn point(&self) -> Point {
        if self.card.left { Point::After(self.card.turn) } else { Point::Before(self.card.turn) }
    }
}

impl Rewind {
    /// All cards, the newest chosen.
    #[must_use]
    pub fn of(cards: Vec<TurnCard>) -> Self {
        Self { matches: (0..cards.len()).collect(), cards, ..Self::default() }
    }

    /// The chosen card.
    #[must_use]
    pub fn card(&self) -> Option<&TurnCard> {
        self.matches.get(self.selected).and_then(|at| self.cards.get(*at))
    }

    /// The beginning of a prompt, one line.
    #[must_use]
    pub fn title(card: &TurnCard) -> String {
        truncate::ellipsis(&truncate::head(card.prompt.as_str(), PROMPT_CELLS * 2).replace('\n', " "), PROMPT_CELLS)
    }

    /// Keeps what matches; time stays the order, since that is how a person looks for a prompt.
    pub(super) fn filter(&mut self) {
        let titles: Vec<String> =
            self.cards.iter().map(|card| format!("{} {}", card.turn.0, Self::title(card))).collect();
        let titles: Vec<&str> = titles.iter().map(String::as_str).collect();
        self.matches = fuzzy::rank(&self.query, &titles);
        self.matches.sort_unstable();
        self.selected = 0;
    }

    pub(super) fn go(&mut self, by: isize) {
        if let Some(choice) = &mut self.choice {
            choice.at = choice.at.saturating_add_signed(by).min(choice.rows.len() - 1);
        } else {
            let last = self.matches.len().saturating_sub(1);
            self.selected = self.selected.saturating_add_signed(by).min(last);
        }
    }
}
