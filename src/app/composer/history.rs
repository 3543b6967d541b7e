//! Earlier prompts, and the walk through them that gives the draft back at its end.

use std::collections::BTreeMap;

/// Prompts that are kept in memory.
const KEPT: usize = 1000;

/// Earlier prompts.
#[derive(Clone, Debug, Default)]
pub(super) struct History {
    /// As they were shown, oldest first, no two alike in a row.
    past: Vec<String>,
    /// Where the walk stands; `None` = at the draft.
    at: Option<usize>,
    /// The draft, while the walk is elsewhere.
    draft: String,
    /// Earlier prompts that were changed on the way, as bash keeps them until Enter.
    changed: BTreeMap<usize, String>,
}

impl History {
    /// Adds a prompt and ends the walk.
    pub(super) fn push(&mut self, shown: &str) {
        self.at = None;
        self.draft.clear();
        self.changed.clear();
        if shown.trim().is_empty() || self.past.last().is_some_and(|last| last == shown) {
            return;
        }
        if self.past.len() == KEPT {
            self.past.remove(0);
        }
        self.past.push(shown.to_owned());
    }

    /// The prompt before, given what stands in the composer now; `None` at the oldest.
    pub(super) fn back(&mut self, shown: &str) -> Option<String> {
        let to = self.at.unwrap_or(self.past.len()).checked_sub(1)?;
        self.keep(shown);
        self.at = Some(to);
        Some(self.changed.get(&to).unwrap_or(&self.past[to]).clone())
    }

    /// The prompt after, at last the draft; `None` at the draft.
    pub(super) fn forth(&mut self, shown: &str) -> Option<String> {
        let to = self.at? + 1;
        self.keep(shown);
        if to < self.past.len() {
            self.at = Some(to);
            return Some(self.changed.get(&to).unwrap_or(&self.past[to]).clone());
        }
        self.at = None;
        Some(std::mem::take(&mut self.draft))
    }

    /// All prompts, oldest first.
    pub(super) fn all(&self) -> &[String] {
        &self.past
    }

    fn keep(&mut self, shown: &str) {
        match self.at {
            None => shown.clone_into(&mut self.draft),
            Some(at) if self.past[at] != shown => {
                self.changed.insert(at, shown.to_owned());
            }
            Some(_) => {}
        }
    }
}
