//! The question whether the folder is trusted: asked once, before anything of the folder is loaded.
//!
//! Pure. Nothing is chosen in advance, Enter chooses nothing, and keys that were typed before the question
//! could be read do not count. Knows no files: what the folder brings is handed in.

#[cfg(test)]
mod tests;

use std::time::Instant;

use crossterm::event::{KeyCode, KeyEvent, KeyEventKind, KeyModifiers};

use super::{
    Now,
    on_ask::{FRESH, TYPED},
};
use crate::text::Clean;

/// Something that a folder brings and that would act once it is trusted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Brought {
    /// Its name within the folder.
    pub name: Clean,
    /// What it would do, in a few words.
    pub what: &'static str,
}

/// What was decided.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TrustOutcome {
    /// What the folder brings may be loaded.
    Trust,
    /// Nothing of the folder is loaded, and every command is asked for.
    Restrict,
    /// Not here.
    Leave,
}

/// The dialog.
#[derive(Clone, Debug)]
pub struct Trust {
    /// The real path, escaped.
    pub folder: Clean,
    /// What the folder brings.
    pub found: Vec<Brought>,
    /// First visible row of the text.
    pub top: usize,
    /// What was decided; the dialog is over when this is set.
    pub outcome: Option<TrustOutcome>,
    /// Since when it has been on the screen.
    shown_at: Option<Instant>,
    /// When a key came too early.
    early_at: Option<Instant>,
}

impl Trust {
    /// The question about a folder.
    #[must_use]
    pub fn new(folder: Clean, found: Vec<Brought>) -> Self {
        Self { folder, found, top: 0, outcome: None, shown_at: None, early_at: None }
    }

    /// The dialog was drawn; `top` is the row that its text really began with.
    pub fn on_drawn(&mut self, top: usize, now: Now) {
        self.shown_at.get_or_insert(now.instant);
        self.top = top;
    }

    /// Keys count now.
    #[must_use]
    pub fn is_open(&self, now: Now) -> bool {
        self.opens_at().is_some_and(|at| at <= now.instant)
    }

    /// From when on keys count; `None` before the first frame.
    #[must_use]
    pub fn opens_at(&self) -> Option<Instant> {
        let fresh = self.shown_at? + FRESH;
        Some(self.early_at.map_or(fresh, |at| fresh.max(at + TYPED)))
    }

    /// Takes a key; `page` is the number of rows that the text had on the screen.
    pub fn on_key(&mut self, key: KeyEvent, page: usize, now: Now) {
        if key.kind == KeyEventKind::Release {
            return;
        }
        let ctrl = key.modifiers.contains(KeyModifiers::CONTROL);
        let step = page.saturating_sub(1).max(1);
        match key.code {
            // Leaving loads nothing and runs nothing, so it needs no guard.
            KeyCode::Char('c' | 'd') if ctrl => self.outcome = Some(TrustOutcome::Leave),
            KeyCode::Up => self.top = self.top.saturating_sub(1),
            KeyCode::Down => self.top = self.top.saturating_add(1),
            KeyCode::PageUp => self.top = self.top.saturating_sub(step),
            KeyCode::PageDown => self.top = self.top.saturating_add(step),
            _ if !self.is_open(now) || key.kind == KeyEventKind::Repeat => self.early_at = Some(now.instant),
            KeyCode::Esc => self.outcome = Some(TrustOutcome::Leave),
            KeyCode::Char(c) if key.modifiers.difference(KeyModifiers::SHIFT).is_empty() => {
                self.outcome = match c {
                    't' => Some(TrustOutcome::Trust),
                    'r' => Some(TrustOutcome::Restrict),
                    'q' => Some(TrustOutcome::Leave),
                    _ => None,
                };
            }
            _ => {}
        }
    }
}
