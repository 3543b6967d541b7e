//! A change as the text of a dialog: a head, then hunk after hunk with what was decided about each.

use std::borrow::Cow;

use super::{
    diff_lines::{self, DiffStyle},
    paint::{Runs, cells},
    sheet::{Line, Lines},
    theme::Part,
};
use crate::{
    app::Review,
    chat::{ChangeKind, DiffLine, FileChange, Hunk, HunkReply, Side},
    text::{Clean, truncate},
};

/// The rows of a change; with a review each hunk says how it stands.
pub(super) fn lines(change: &FileChange, review: Option<&Review>, width: u16, style: DiffStyle) -> Lines {
    let mut lines = Lines::default();
    lines.rows.push(Line::Foreign(head(change, width)));
    let n = change.hunks.len();
    let shown = review.map_or(Cow::Borrowed(change), |review| edited(change, review));
    let hunks = diff_lines::by_hunk(&shown, width, style);
    for (at, rows) in hunks.into_iter().enumerate() {
        lines.mark();
        let decision = review.and_then(|review| review.decisions.get(at));
        if n > 1 || review.is_some() {
            let here = review.is_some_and(|review| review.at == at);
            lines.rows.push(Line::Ours(hunk_head(&change.hunks[at], (at, n), decision, here)));
        }
        let tone = if decision == Some(&HunkReply::Reject) { Part::Faint } else { Part::Text };
        lines.rows.extend(rows.into_iter().map(|row| Line::Text(row, tone)));
    }
    if change.n_hidden > 0 {
        let what = format!("… {} more places, too many to show: the answer holds for them too", change.n_hidden);
        lines.ours(&what, Part::Warn, width);
    }
    lines
}

/// Path, what happens, how much.
pub(super) fn head(change: &FileChange, width: u16) -> Runs {
    let kind = kind(change.kind);
    let (added, removed) = (format!("+{}", change.added), format!("−{}", change.removed));
    let room = width.saturating_sub(cells(kind) + cells(&added) + cells(&removed) + 5);
    vec![
        (truncate::middle(change.path.as_str(), usize::from(room)), Part::Title),
        (format!("  {kind}  "), Part::Muted),
        (added, Part::Add),
        (" ".to_owned(), Part::Text),
        (removed, Part::Del),
    ]
}

/// The word for what happens to a file.
pub(super) fn kind(kind: ChangeKind) -> &'static str {
    match kind {
        ChangeKind::Created => "new file",
        ChangeKind::Modified => "changed",
        ChangeKind::Deleted => "deleted",
    }
}

fn hunk_head(hunk: &Hunk, (at, n): (usize, usize), decision: Option<&HunkReply>, here: bool) -> Runs {
    let mut runs = vec![
        (if here { "▸ " } else { "  " }.to_owned(), Part::Accent),
        (format!("hunk {} of {n} · line {}", at + 1, hunk.new_start), if here { Part::Title } else { Part::Muted }),
    ];
    let (words, part) = match decision {
        None => return runs,
        Some(HunkReply::Accept) => ("✓ accept", Part::Ok),
        Some(HunkReply::Reject) => ("✗ reject", Part::Danger),
        Some(HunkReply::Edit(_)) => ("✎ your text", Part::Accent),
    };
    runs.push((" · ".to_owned(), Part::Faint));
    runs.push((words.to_owned(), part));
    runs
}

/// The change with the texts that a person wrote instead.
fn edited<'a>(change: &'a FileChange, review: &Review) -> Cow<'a, FileChange> {
    let mut shown = Cow::Borrowed(change);
    for (at, decision) in review.decisions.iter().enumerate() {
        if let HunkReply::Edit(text) = decision
            && let Some(hunk) = shown.to_mut().hunks.get_mut(at)
        {
            replace(hunk, text);
        }
    }
    shown
}

/// Puts another text into a hunk.
fn replace(hunk: &mut Hunk, text: &str) {
    let changed = |line: &DiffLine| line.side != Side::Context;
    let first = hunk.lines.iter().position(changed).unwrap_or(hunk.lines.len());
    let last = hunk.lines.iter().rposition(changed).map_or(first, |last| last + 1);
    let mut lines: Vec<DiffLine> = hunk.lines[..first].to_vec();
    let removed = hunk.lines[first..last].iter().filter(|line| line.side == Side::Removed);
    lines.extend(removed.map(|line| DiffLine { emphasis: Vec::new(), ..line.clone() }));
    let added =
        text.lines().map(|line| DiffLine { side: Side::Added, text: Clean::strict(line), emphasis: Vec::new() });
    lines.extend(added);
    lines.extend_from_slice(&hunk.lines[last..]);
    hunk.lines = lines;
}
