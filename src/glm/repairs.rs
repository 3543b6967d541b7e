//! How often replies had to be repaired, by what was done, as long as the client lives. Counts and nothing else.

use std::{
    collections::BTreeMap,
    sync::{Arc, Mutex, PoisonError},
};

/// Counters of repairs; clones count together.
#[derive(Clone, Debug, Default)]
pub struct Repairs(Arc<Mutex<BTreeMap<&'static str, u64>>>);

impl Repairs {
    /// Counts one.
    pub(super) fn count(&self, what: &'static str) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner).entry(what).or_default() += 1;
    }

    /// What was repaired so far, and how often.
    #[must_use]
    pub fn list(&self) -> Vec<(&'static str, u64)> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).iter().map(|(what, n)| (*what, *n)).collect()
    }
}
