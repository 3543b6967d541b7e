//! What the session changed, by turn and file: made from the results of tool calls, for the rail and the
//! diff view. Pure values; knows neither files nor cells.

use crate::chat::{ChangeKind, FileChange, Side, TurnId};

/// What one turn changed.
#[derive(Clone, Debug, PartialEq)]
pub struct TurnChanges {
    /// The turn.
    pub turn: TurnId,
    /// One change for each edit, in the order they were made; a file may come more than once.
    pub files: Vec<FileChange>,
}

/// What the session changed, oldest turn first.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Changes {
    /// The turns that changed something.
    pub turns: Vec<TurnChanges>,
    /// The sums, kept up with each change: every frame of a wide screen shows them.
    files: Vec<FileTotal>,
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
        match self.turns.last_mut() {
            Some(last) if last.turn == turn => last.files.push(change),
            _ => self.turns.push(TurnChanges { turn, files: vec![change] }),
        }
    }

    fn count(&mut self, change: &FileChange) {
        match self.files.iter_mut().find(|total| total.path == change.path.as_str()) {
            Some(total) => {
                total.kind = joined(total.kind, change.kind);
                total.added = total.added.saturating_add(change.added);
                total.removed = total.removed.saturating_add(change.removed);
            }
            None => self.files.push(FileTotal {
                path: change.path.as_str().to_owned(),
                kind: change.kind,
                added: change.added,
                removed: change.removed,
            }),
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
