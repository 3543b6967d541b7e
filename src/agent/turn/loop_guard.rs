//! Notices a model that asks for the same again and again. Pure; keeps hashes, not texts.

use std::{
    collections::VecDeque,
    hash::{DefaultHasher, Hash, Hasher},
};

/// The same call with the same result so often in a row is a loop: four other agents made it 95 times
/// (docs/TESTING.md, row MOD-11).
const IN_A_ROW: usize = 3;

/// The same call so often among the last [`WATCHED`] is a loop, whatever came of it.
const OFTEN: usize = 10;

/// Calls that are remembered.
const WATCHED: usize = 20;

/// The last calls and their results.
#[derive(Debug, Default)]
pub(super) struct LoopGuard {
    recent: VecDeque<Seen>,
}

#[derive(Debug, PartialEq, Eq)]
struct Seen {
    call: u64,
    result: u64,
}

impl LoopGuard {
    /// Takes a call and what came of it; true when the model turns in a circle.
    pub(super) fn note(&mut self, tool: &str, arguments: &str, result: &str) -> bool {
        let seen = Seen { call: hash(&(tool, arguments)), result: hash(&result) };
        let in_a_row = 1 + self.recent.iter().rev().take_while(|before| **before == seen).count();
        let often = 1 + self.recent.iter().filter(|before| before.call == seen.call).count();
        self.recent.push_back(seen);
        if self.recent.len() >= WATCHED {
            self.recent.pop_front();
        }
        in_a_row >= IN_A_ROW || often >= OFTEN
    }

    /// Forgets all: a person has looked at it.
    pub(super) fn clear(&mut self) {
        self.recent.clear();
    }
}

fn hash(value: &impl Hash) -> u64 {
    let mut hasher = DefaultHasher::new();
    value.hash(&mut hasher);
    hasher.finish()
}

#[cfg(test)]
mod tests {
    use super::LoopGuard;

    /// After how many of these calls a loop is noticed.
    fn noticed(calls: impl IntoIterator<Item = (&'static str, String)>) -> Option<usize> {
        let mut guard = LoopGuard::default();
        calls.into_iter().position(|(arguments, result)| guard.note("bash", arguments, &result)).map(|at| at + 1)
    }

    #[test]
    fn circles_are_noticed_and_progress_is_not() {
        let same = (0..9).map(|_| ("a", "no".to_owned()));
        assert_eq!(noticed(same), Some(3));
        let other_results = (0..30).map(|n| ("a", n.to_string()));
        assert_eq!(noticed(other_results), Some(10));
        let in_turn = (0..30).map(|n| (if n % 2 == 0 { "a" } else { "b" }, "no".to_owned()));
        assert_eq!(noticed(in_turn), Some(19));
        let rare = (0..60).map(|n| (["a", "b", "c"][n % 3], "no".to_owned()));
        assert_eq!(noticed(rare), None);
        let mut guard = LoopGuard::default();
        assert!(!guard.note("bash", "a", "no") && !guard.note("bash", "a", "no"));
        guard.clear();
        assert!(!guard.note("bash", "a", "no"));
    }
}
