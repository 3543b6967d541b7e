//! A dry run as text: a line for each path, and the differences of texts as far as there is room.

use std::fmt::Write;

use super::{
    super::{
        change::{compared, removed},
        undo::Wanted,
    },
    look::{Old, View},
};
use crate::{
    chat::{ChangeKind, FileChange, Side},
    guard::files::spell,
    text::Clean,
};

/// Largest text whose differences are looked for.
const TEXT: usize = 4 << 20;

/// A text of bounded length.
pub(super) struct Page {
    /// Bytes of lines and of differences that still fit.
    room: (usize, usize),
    text: String,
    n_bare: usize,
    n_unnamed: usize,
}

impl Page {
    pub(super) fn of(room: usize) -> Self {
        Self { room: (room, room), text: String::new(), n_bare: 0, n_unnamed: 0 }
    }

    pub(super) fn add(&mut self, view: &View) {
        let change = change(view);
        let head = head(view, change.as_ref());
        if head.len() > self.room.0 {
            self.room = (0, 0);
            self.n_unnamed += 1;
            return;
        }
        self.room.0 -= head.len();
        self.text.push_str(&head);
        self.text.push('\n');
        let Some(change) = change else { return };
        let diff = diff(&change);
        if diff.len() <= self.room.1 {
            self.room.1 -= diff.len();
            self.text.push_str(&diff);
        } else {
            // What comes after it would seem to be all there is.
            self.room.1 = 0;
            self.n_bare += 1;
        }
    }

    /// Every path is named.
    pub(super) fn names_all(&self) -> bool {
        self.n_unnamed == 0
    }

    /// A line about what was added last.
    pub(super) fn remark(&mut self, remark: &str) {
        let _ = writeln!(self.text, "  ({remark})");
    }

    /// All of it.
    pub(super) fn text(mut self) -> String {
        if self.n_unnamed > 0 {
            let _ = writeln!(self.text, "… and {} more paths", self.n_unnamed);
        }
        if self.n_bare > 0 {
            let _ = writeln!(self.text, "(of {} files only the name is shown: it is too much)", self.n_bare);
        }
        self.text
    }

    /// The same for a screen.
    pub(super) fn clean(self) -> Clean {
        lines(&self.text())
    }
}

/// Lines for a screen, everything odd in them escaped.
pub(super) fn lines(text: &str) -> Clean {
    let mut clean = Clean::default();
    for line in text.lines() {
        clean.append(&Clean::strict(line));
        clean.append(&Clean::trusted("\n"));
    }
    clean
}

/// The change of a text; `None`: it is something else.
pub(super) fn change(view: &View) -> Option<FileChange> {
    let text = |bytes: &[u8]| bytes.len() <= TEXT && !bytes.contains(&0) && std::str::from_utf8(bytes).is_ok();
    let shown = &view.place.shown;
    if view.is_secret {
        return None;
    }
    match (&view.old, &view.wanted) {
        (Old::File(Some(old), ..), Wanted::Absent) => text(old).then(|| removed(shown, old)),
        (Old::File(Some(old), ..), Wanted::File(new, _)) => {
            let texts = text(old) && text(new) && old != new;
            texts.then(|| compared(shown, ChangeKind::Modified, (old, new)))
        }
        (Old::Absent, Wanted::File(new, _)) => text(new).then(|| compared(shown, ChangeKind::Created, (b"", new))),
        _ => None,
    }
}

/// For instance `M src/a.rs +2 −1`.
fn head(view: &View, change: Option<&FileChange>) -> String {
    let path = &view.place.shown;
    let mark = if view.meanwhile { "! " } else { "" };
    let counts = change.map(|change| format!(" +{} −{}", change.added, change.removed)).unwrap_or_default();
    let line = match (&view.old, &view.wanted) {
        (Old::Folder(_), Wanted::Absent) => format!("D {path}/"),
        (_, Wanted::Absent) => format!("D {path}{counts}"),
        (Old::Folder(was), Wanted::Folder(mode)) => format!("M {path}/ (mode {was:o} → {mode:o})"),
        (old, Wanted::Folder(_)) => format!("{} {path}/", letter(old)),
        (old, Wanted::Link(says)) => format!("{} {path} → {} (a link)", letter(old), spell(says)),
        (Old::File(old, was, _), Wanted::File(new, mode)) => {
            let mode = if was == mode { String::new() } else { format!(" (mode {was:o} → {mode:o})") };
            let same = old.as_ref() == Some(new);
            let size = if same || change.is_some() { String::new() } else { format!(" ({} bytes)", new.len()) };
            format!("M {path}{counts}{size}{mode}")
        }
        (old, Wanted::File(new, mode)) => {
            let size = if change.is_some() { String::new() } else { format!(" ({} bytes)", new.len()) };
            let runs = if mode & 0o111 == 0 { "" } else { " (executable)" };
            format!("{} {path}{counts}{size}{runs}", letter(old))
        }
    };
    format!("{mark}{line}")
}

fn letter(old: &Old) -> char {
    if *old == Old::Absent { 'A' } else { 'M' }
}

fn diff(change: &FileChange) -> String {
    let mut text = String::new();
    for hunk in &change.hunks {
        let _ = writeln!(text, "@@ −{} +{} @@", hunk.old_start, hunk.new_start);
        for line in &hunk.lines {
            let sign = match line.side {
                Side::Context => ' ',
                Side::Removed => '-',
                Side::Added => '+',
            };
            let _ = writeln!(text, "{sign}{}", line.text);
        }
    }
    if change.n_hidden > 0 {
        let _ = writeln!(text, "({} more places are not shown)", change.n_hidden);
    }
    text
}
