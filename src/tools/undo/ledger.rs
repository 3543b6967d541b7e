//! The changes of a session in order: which stand, which were undone, which can be redone. Pure.

use std::collections::{BTreeSet, HashSet};

use crate::{
    chat::TurnId,
    journal::{ChangeKind, ChangeSet},
};

/// The changes of a session.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Ledger {
    sets: Vec<ChangeSet>,
    complete: HashSet<u64>,
    last: u64,
}

impl Ledger {
    /// The changes that a log tells, all complete but these.
    pub(super) fn of(sets: Vec<ChangeSet>, unfinished: &[u64]) -> Self {
        let mut ledger = Self::default();
        for set in sets {
            let (id, is_complete) = (set.id, !unfinished.contains(&set.id));
            ledger.add(set);
            if is_complete {
                ledger.complete(id);
            }
        }
        ledger
    }

    /// The next number.
    pub(super) fn next(&self) -> u64 {
        self.last + 1
    }

    /// A set; one of the same number is replaced.
    pub(super) fn add(&mut self, set: ChangeSet) {
        self.last = self.last.max(set.id);
        match self.sets.iter_mut().find(|other| other.id == set.id) {
            Some(other) => *other = set,
            None => self.sets.push(set),
        }
    }

    /// A set is complete.
    pub(super) fn complete(&mut self, id: u64) {
        self.complete.insert(id);
    }

    /// All sets in order.
    pub(super) fn sets(&self) -> &[ChangeSet] {
        &self.sets
    }

    /// The sets that were begun and not completed.
    pub(super) fn pending(&self) -> Vec<ChangeSet> {
        self.sets.iter().filter(|set| !self.complete.contains(&set.id)).cloned().collect()
    }

    /// What tools and commands made and nobody undid, oldest first.
    pub(super) fn standing(&self) -> Vec<&ChangeSet> {
        let undone = self.replay().0;
        let stands = |set: &&ChangeSet| {
            set.kind == ChangeKind::Made && self.complete.contains(&set.id) && !undone.contains(&set.id)
        };
        self.sets.iter().filter(stands).collect()
    }

    /// The sets of the newest turn that changed files and was not undone.
    pub(super) fn of_last_turn(&self) -> Vec<&ChangeSet> {
        let standing = self.standing();
        let turn = standing.iter().filter(|set| !set.files.is_empty()).map(|set| set.turn).max();
        standing.into_iter().filter(|set| Some(set.turn) == turn).collect()
    }

    /// The sets of this turn and all later ones.
    pub(super) fn since(&self, turn: TurnId) -> Vec<&ChangeSet> {
        self.standing().into_iter().filter(|set| set.turn >= turn).collect()
    }

    /// The undo that would be taken back next.
    pub(super) fn redoable(&self) -> Option<&ChangeSet> {
        let id = self.replay().1.pop()?;
        self.sets.iter().find(|set| set.id == id)
    }

    /// The numbers that are undone, and the undos that can be redone, oldest first.
    fn replay(&self) -> (BTreeSet<u64>, Vec<u64>) {
        let (mut undone, mut redo) = (BTreeSet::new(), Vec::new());
        for set in self.sets.iter().filter(|set| self.complete.contains(&set.id)) {
            match &set.kind {
                // What is redone after another change would mix two courses of work.
                ChangeKind::Made if !set.files.is_empty() => redo.clear(),
                ChangeKind::Made => {}
                ChangeKind::Undo(ids) => {
                    undone.extend(ids.iter().copied());
                    if !set.files.is_empty() {
                        redo.push(set.id);
                    }
                }
                ChangeKind::Redo(undo) => {
                    redo.retain(|id| id != undo);
                    let ids = self.sets.iter().find(|other| other.id == *undo).map(|other| &other.kind);
                    if let Some(ChangeKind::Undo(ids)) = ids {
                        undone.retain(|id| !ids.contains(id));
                    }
                }
            }
        }
        (undone, redo)
    }
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::*;
    use crate::journal::{FileChange, FileState, PathText};

    fn set(id: u64, turn: u32, kind: ChangeKind) -> ChangeSet {
        let file =
            FileChange { path: PathText::new(Path::new("/w/a")), before: FileState::Absent, after: FileState::Absent };
        ChangeSet { id, turn: TurnId(turn), run: None, cause: String::new(), kind, files: vec![file] }
    }

    fn ids(sets: &[&ChangeSet]) -> Vec<u64> {
        sets.iter().map(|set| set.id).collect()
    }

    #[test]
    fn what_stands_and_what_can_be_redone_follows_from_the_order() {
        use ChangeKind::{Made, Redo, Undo};
        let mut ledger = Ledger::of(vec![set(1, 1, Made), set(2, 3, Made), set(3, 3, Made), set(4, 4, Made)], &[4]);
        assert_eq!((ids(&ledger.of_last_turn()), ledger.next()), (vec![2, 3], 5));
        assert_eq!(ids(&ledger.since(TurnId(1))), [1, 2, 3]);
        assert_eq!(ledger.pending()[0].id, 4);
        // (the set, what the next undo would take, what the next redo would take)
        let steps = [
            (set(5, 3, Undo(vec![2, 3])), vec![1], Some(5)),
            (set(6, 1, Undo(vec![1])), vec![], Some(6)),
            (set(7, 1, Redo(6)), vec![1], Some(5)),
            (set(8, 3, Redo(5)), vec![2, 3], None),
            (set(9, 3, Undo(vec![2, 3])), vec![1], Some(9)),
            (set(10, 5, Made), vec![10], None),
        ];
        for (set, undo, redo) in steps {
            let id = set.id;
            ledger.add(set);
            ledger.complete(id);
            assert_eq!(ids(&ledger.of_last_turn()), undo, "after {id}");
            assert_eq!(ledger.redoable().map(|set| set.id), redo, "after {id}");
        }
    }
}
