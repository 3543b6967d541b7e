//! The questions that wait, and what a person has done about the first of them so far.

use std::time::Instant;

use crate::{
    app::{composer::Composer, review::Review},
    chat::{Ask, AskBody, RunId, TurnId},
};

/// The questions that wait.
#[derive(Clone, Debug, Default)]
pub struct Asks {
    /// In the order in which they came; the first is the one on the screen.
    pub waiting: Vec<Pending>,
    /// Questions that ever came.
    pub n_asked: u64,
    /// Questions answered since the queue was empty.
    pub n_done: usize,
    /// When a key last went into some text: for a short while after that no key answers.
    pub typed_at: Option<Instant>,
    /// The bell has not rung for the newest question.
    pub unrung: bool,
    /// The external editor has this of a question.
    pub lent: Option<(RunId, Lent)>,
}

/// What the external editor has.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Lent {
    /// The line that is typed.
    Input,
    /// The new text of a hunk.
    Hunk(usize),
}

/// How much of a question is shown.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Page {
    /// In place of the composer.
    #[default]
    Short,
    /// Over both panes.
    Full,
    /// Over both panes, with what each answer does.
    Explained,
}

/// What is typed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Typing {
    /// Why not.
    Why,
    /// Another command line.
    Command,
    /// Why some hunks were rejected.
    Hunks,
    /// The answer to a question in own words.
    Words,
}

/// A question and what was done about it so far.
#[derive(Clone, Debug)]
pub struct Pending {
    /// Which of the questions that ever came; tells one that is asked again from the one before.
    pub serial: u64,
    /// The question.
    pub ask: Ask,
    /// How much of it is shown.
    pub page: Page,
    /// First visible row of its body.
    pub top: usize,
    /// Since when it has been on the screen with nothing over it and the keys its own.
    pub shown_at: Option<Instant>,
    /// The end of its body has been on the screen.
    pub seen: bool,
    /// The rules of its standing grants have been on the screen.
    pub rules_seen: bool,
    /// The answer that Enter takes: a place among the offers that Enter may take, or an option.
    pub choice: usize,
    /// What is typed, if anything.
    pub typing: Option<Typing>,
    /// The line for it.
    pub input: Composer,
    /// The decisions about a change.
    pub review: Review,
    /// The options chosen so far.
    pub picks: Vec<usize>,
    /// Keys went into the draft while this was on the screen: Enter means the draft now.
    pub drafted: bool,
}

impl Pending {
    fn new(ask: Ask, serial: u64) -> Self {
        let review = match &ask.body {
            AskBody::Change(change) => Review::of(change),
            _ => Review::default(),
        };
        Self {
            serial,
            ask,
            page: Page::Short,
            top: 0,
            shown_at: None,
            seen: false,
            rules_seen: false,
            choice: 0,
            typing: None,
            input: Composer::default(),
            review,
            picks: Vec::new(),
            drafted: false,
        }
    }
}

impl Asks {
    /// The question on the screen.
    #[must_use]
    pub fn first(&self) -> Option<&Pending> {
        self.waiting.first()
    }

    /// Its number and how many there are, answered ones included, when there is more than one.
    #[must_use]
    pub fn count(&self) -> Option<(usize, usize)> {
        let all = self.n_done + self.waiting.len();
        (all > 1).then_some((self.n_done + 1, all))
    }

    pub(in crate::app) fn first_mut(&mut self) -> Option<&mut Pending> {
        self.waiting.first_mut()
    }

    /// Takes a question in; one that is asked again replaces itself.
    pub(in crate::app) fn push(&mut self, ask: Ask) {
        self.unrung = true;
        self.n_asked += 1;
        let new = Pending::new(ask, self.n_asked);
        match self.waiting.iter_mut().find(|pending| pending.ask.run == new.ask.run) {
            Some(pending) => *pending = new,
            None => self.waiting.push(new),
        }
    }

    /// The question of this call is settled.
    pub(in crate::app) fn close(&mut self, run: RunId) {
        let before = self.waiting.len();
        self.waiting.retain(|pending| pending.ask.run != run);
        self.n_done += before - self.waiting.len();
        if self.waiting.is_empty() {
            (self.n_done, self.unrung) = (0, false);
        }
    }

    /// Nothing of this turn waits any longer.
    pub(in crate::app) fn end_turn(&mut self, turn: TurnId) {
        let runs: Vec<RunId> =
            self.waiting.iter().filter(|p| p.ask.step.turn == turn).map(|pending| pending.ask.run).collect();
        for run in runs {
            self.close(run);
        }
    }
}
