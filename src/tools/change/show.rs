//! A change as a person sees it: bounded, every odd character escaped.

use std::fmt::Write;

use crate::{
    chat::{self, ChangeKind, DiffLine, FileChange, Side},
    text::{
        Clean,
        diff::{self, Hunk, Run},
    },
};

/// Hunks that are shown; nobody reads more.
const MOST_HUNKS: usize = 400;
/// Lines that are shown, over all hunks.
const MOST_LINES: usize = 4_000;
/// Characters of a line that are shown.
const MOST_CHARS: usize = 1_000;
/// Cells of a tab.
const TAB: usize = 4;

/// Two versions of a file as lines.
pub(super) struct Sides<'a> {
    pub(super) old: Vec<&'a [u8]>,
    pub(super) new: Vec<&'a [u8]>,
}

impl<'a> Sides<'a> {
    pub(super) fn of(old: &'a [u8], new: &'a [u8]) -> Self {
        Self { old: diff::lines(old), new: diff::lines(new) }
    }

    pub(super) fn hunks(&self) -> Vec<Hunk> {
        diff::hunks(&diff::runs(&self.old, &self.new), self.old.len())
    }
}

/// The hunks as a change to show.
pub(super) fn show(path: &Clean, kind: ChangeKind, sides: &Sides<'_>, hunks: &[Hunk]) -> FileChange {
    let runs = || hunks.iter().flat_map(|hunk| &hunk.runs);
    let count = |n: usize| u32::try_from(n).unwrap_or(u32::MAX);
    let (mut shown, mut room) = (Vec::new(), MOST_LINES);
    for hunk in hunks.iter().take(MOST_HUNKS) {
        if room == 0 {
            break;
        }
        let hunk = one(sides, hunk, room);
        room = room.saturating_sub(hunk.lines.len());
        shown.push(hunk);
    }
    FileChange {
        path: path.clone(),
        kind,
        n_hidden: count(hunks.len() - shown.len()),
        hunks: shown,
        added: count(runs().map(|run| run.new.len()).sum()),
        removed: count(runs().map(|run| run.old.len()).sum()),
    }
}

/// A file that gets other bytes, as a change.
pub(in crate::tools) fn compared(path: &Clean, kind: ChangeKind, (old, new): (&[u8], &[u8])) -> FileChange {
    let sides = Sides::of(old, new);
    show(path, kind, &sides, &sides.hunks())
}

/// A file that goes, as a change.
pub(in crate::tools) fn removed(path: &Clean, old: &[u8]) -> FileChange {
    let sides = Sides::of(old, b"");
    show(path, ChangeKind::Deleted, &sides, &sides.hunks())
}

fn one(sides: &Sides<'_>, hunk: &Hunk, room: usize) -> chat::Hunk {
    let number = |at: usize| u32::try_from(at + 1).unwrap_or(u32::MAX);
    let mut lines = Vec::new();
    let mut at = hunk.old.start - hunk.before;
    for run in &hunk.runs {
        lines.extend(sides.old[at..run.old.start].iter().map(|line| context(line)));
        changed(sides, run, room, &mut lines);
        at = run.old.end;
    }
    lines.extend(sides.old[at..hunk.old.end + hunk.after].iter().map(|line| context(line)));
    if lines.len() > room {
        let rest = lines.split_off(room);
        let more = rest.len() + hunk.runs.iter().map(|run| beyond(run, room)).sum::<usize>();
        let text = Clean::strict(&format!("… {more} more lines of this place, too many to show"));
        lines.push(DiffLine { side: Side::Context, text, emphasis: Vec::new() });
    }
    chat::Hunk {
        old_start: number(hunk.old.start - hunk.before),
        new_start: number(hunk.new.start - hunk.before),
        lines,
        new: String::from_utf8_lossy(&sides.new[hunk.new.clone()].concat()).into_owned(),
    }
}

/// Lines of a run that were not even prepared.
fn beyond(run: &Run, room: usize) -> usize {
    run.old.len().saturating_sub(room + 1) + run.new.len().saturating_sub(room + 1)
}

fn context(line: &[u8]) -> DiffLine {
    DiffLine { side: Side::Context, text: plain(line), emphasis: Vec::new() }
}

/// The lines of a run, at most a few more than `room` of each side.
fn changed(sides: &Sides<'_>, run: &Run, room: usize, lines: &mut Vec<DiffLine>) {
    let texts = |all: &[&[u8]]| -> Vec<Clean> { all.iter().take(room + 1).map(|line| plain(line)).collect() };
    let (old, new) = (&sides.old[run.old.clone()], &sides.new[run.new.clone()]);
    let (mut removed, mut added) = (texts(old), texts(new));
    let mut marks = (vec![Vec::new(); removed.len()], vec![Vec::new(); added.len()]);
    for n in 0..removed.len().min(added.len()) {
        if removed[n] == added[n] && old[n] != new[n] {
            // They differ in what is not drawn: blanks, line ends. So that is drawn.
            (removed[n], added[n]) = (exact(old[n]), exact(new[n]));
        }
        (marks.0[n], marks.1[n]) = diff::words(removed[n].as_str(), added[n].as_str());
    }
    let row = |side: Side| move |(text, emphasis)| DiffLine { side, text, emphasis };
    lines.extend(removed.into_iter().zip(marks.0).map(row(Side::Removed)));
    lines.extend(added.into_iter().zip(marks.1).map(row(Side::Added)));
}

/// A line without its end, tabs as blanks.
fn plain(line: &[u8]) -> Clean {
    let body = line.strip_suffix(b"\n").unwrap_or(line);
    let text = cut(body.strip_suffix(b"\r").unwrap_or(body));
    if !text.contains('\t') {
        return Clean::strict(&text);
    }
    let (mut spread, mut column) = (String::with_capacity(text.len() + 16), 0);
    for c in text.chars() {
        let n = if c == '\t' { TAB - column % TAB } else { 1 };
        column += n;
        if c == '\t' { spread.extend(std::iter::repeat_n(' ', n)) } else { spread.push(c) }
    }
    Clean::strict(&spread)
}

/// A line with all that it is; only `\n`, which every line has, is not drawn.
fn exact(line: &[u8]) -> Clean {
    let mut text = match line.strip_suffix(b"\n") {
        Some(body) => Clean::strict(&cut(body)),
        None => Clean::strict(&cut(line)),
    };
    if !line.ends_with(b"\n") {
        text.append(&Clean::trusted(" ⟨no line end⟩"));
    }
    text
}

fn cut(body: &[u8]) -> String {
    // A character has at most four bytes.
    let text = String::from_utf8_lossy(&body[..body.len().min(4 * MOST_CHARS)]);
    let mut cut: String = text.chars().take(MOST_CHARS).collect();
    if cut.len() < body.len() && text.chars().nth(MOST_CHARS).is_some() {
        let rest = body.len() - cut.len().min(body.len());
        let _ = write!(cut, " … {rest} bytes more");
    }
    cut
}
