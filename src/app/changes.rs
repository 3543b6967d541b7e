//! What the session changed, by turn and file: made from the results of tool calls, for the rail and the
//! diff view. Pure values; knows neither files nor cells.

use std::collections::{HashMap, HashSet};

use crate::chat::{ChangeKind, FileChange, FileUndo, Side, TurnId, UndoReport};

/// What one turn changed.
#[derive(Clone, Debug, PartialEq)]
pub struct TurnChanges {
    /// The turn.
    pub turn: TurnId,
    /// The edits in the order they were made; a file may come more than once.
    pub files: Vec<Edit>,
}

/// A change that was made.
#[derive(Clone, Debug, PartialEq)]
pub struct Edit {
    /// The change.
    pub change: FileChange,
    /// It was undone: the file is as it was, or lies in the trash.
    pub undone: bool,
}

/// What the session changed, oldest turn first.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Changes {
    /// The turns that changed something.
    pub turns: Vec<TurnChanges>,
    /// The sums, kept up with each change: every frame of a wide screen shows them.
    files: Vec<FileTotal>,
    /// Where in `files` a path stands.
    places: HashMap<String, usize>,
}

/// A file with all that was done to it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FileTotal {
    /// The path as shown.
    pub path: String,
    /// What became of it over the session: created once, it stays created.
    pub kind: ChangeKind,
    /// Lines added, over all edits.
    pub added: u32,
    /// Lines removed, over all edits.
    pub removed: u32,
}

impl Changes {
    /// Takes in a change that was made in `turn`.
    pub fn add(&mut self, turn: TurnId, change: FileChange) {
        self.count(&change);
        let edit = Edit { change, undone: false };
        match self.turns.last_mut() {
            Some(last) if last.turn == turn => last.files.push(edit),
            _ => self.turns.push(TurnChanges { turn, files: vec![edit] }),
        }
    }

    /// Takes in what an undo or a redo did. What was left alone counts as it was.
    pub fn take(&mut self, report: &UndoReport) {
        let Some((first, last)) = report.turns else { return };
        let moved = report.files.iter().filter(|(_, what)| !matches!(what, FileUndo::Kept(_)));
        let moved: HashSet<&str> = moved.map(|(path, _)| path.as_str()).collect();
        let from = self.turns.partition_point(|turn| turn.turn < first);
        let turns = self.turns[from..].iter_mut().take_while(|turn| turn.turn <= last);
        for edit in turns.flat_map(|turn| &mut turn.files).filter(|edit| moved.contains(edit.change.path.as_str())) {
            edit.undone = !report.redo;
        }
        self.count_anew();
    }

    fn count_anew(&mut self) {
        self.files.clear();
        self.places.clear();
        let turns = std::mem::take(&mut self.turns);
        for edit in turns.iter().flat_map(|turn| &turn.files).filter(|edit| !edit.undone) {
            self.count(&edit.change);
        }
        self.turns = turns;
    }

    /// The files that a turn changed, each once; what was undone does not count.
    #[must_use]
    pub fn files_of(&self, turn: TurnId) -> usize {
        self.files_from(turn, |other| other == turn)
    }

    /// The files that a turn and those after it changed, each once.
    #[must_use]
    pub fn files_since(&self, turn: TurnId) -> usize {
        self.files_from(turn, |_| true)
    }

    fn files_from(&self, turn: TurnId, wanted: impl Fn(TurnId) -> bool) -> usize {
        let first = self.turns.partition_point(|other| other.turn < turn);
        let turns = self.turns[first..].iter().take_while(|other| wanted(other.turn));
        let edits = turns.flat_map(|turn| &turn.files).filter(|edit| !edit.undone);
        edits.map(|edit| edit.change.path.as_str()).collect::<HashSet<_>>().len()
    }

    fn count(&mut self, change: &FileChange) {
        let known = self.places.get(change.path.as_str()).and_then(|at| self.files.get_mut(*at));
        if let Some(total) = known {
            total.kind = joined(total.kind, change.kind);
            total.added = total.added.saturating_add(change.added);
            total.removed = total.removed.saturating_add(change.removed);
        } else {
            let path = change.path.as_str().to_owned();
            self.places.insert(path.clone(), self.files.len());
            self.files.push(FileTotal { path, kind: change.kind, added: change.added, removed: change.removed });
        }
    }

    /// Nothing was changed.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.turns.is_empty()
    }

    /// The files in the order of their first change, with their sums.
    #[must_use]
    pub fn files(&self) -> &[FileTotal] {
        &self.files
    }

    /// Lines added and removed over the session.
    #[must_use]
    pub fn totals(&self) -> (u32, u32) {
        self.files.iter().fold((0, 0), |(added, removed): (u32, u32), file| {
            (added.saturating_add(file.added), removed.saturating_add(file.removed))
        })
    }
}

/// What became of a file that was `first` and then `next`.
fn joined(first: ChangeKind, next: ChangeKind) -> ChangeKind {
    match (first, next) {
        (ChangeKind::Created, ChangeKind::Modified) => ChangeKind::Created,
        (ChangeKind::Deleted, ChangeKind::Created) => ChangeKind::Modified,
        (_, next) => next,
    }
}

/// The lines of a change as one text, each behind its sign: what is searched, copied and exported. The
/// offsets of [`crate::chat::DiffLine`] rows on the screen count the bytes of this text.
#[must_use]
pub fn change_text(change: &FileChange) -> String {
    let mut text = String::new();
    for line in change.hunks.iter().flat_map(|hunk| &hunk.lines) {
        text.push(sign(line.side));
        text.push_str(line.text.as_str());
        text.push('\n');
    }
    text
}

/// The sign of a side; one byte.
#[must_use]
pub fn sign(side: Side) -> char {
    match side {
        Side::Context => ' ',
        Side::Removed => '-',
        Side::Added => '+',
    }
}
