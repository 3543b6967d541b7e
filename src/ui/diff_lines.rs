//! A change to a file as rows of text: line numbers, signs, the words that changed. Pure; draws nothing.
//!
//! The sign of a line is always printed, so that nothing rests on colour. The rows' offsets count the
//! bytes of [`crate::app::change_text`].

use crate::{
    app::sign,
    chat::{ChangeKind, DiffLine, FileChange, Hunk, Side},
    text::{
        truncate,
        width::width,
        wrap::{self, Indent, Ink, Line, Piece, Role, Row},
    },
};

/// Below this width one column of numbers must do.
const ONE_NUMBER_BELOW: u16 = 56;

/// Below this width there are no numbers.
const NO_NUMBER_BELOW: u16 = 28;

/// How a change is laid out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct DiffStyle {
    /// Old left, new right; a file that comes or goes as a whole is shown in one column all the same.
    pub(crate) side_by_side: bool,
    /// Long lines go on in the next row; else they are cut with `…`.
    pub(crate) wrap: bool,
}

/// All rows of a change at `width` cells. Hunks are divided by a row with `…`.
pub(crate) fn lines(change: &FileChange, width: u16, style: DiffStyle) -> Vec<Row> {
    let mut rows = Sheet::new(change, width, style).rows(|_, _| true);
    if change.n_hidden > 0 {
        let offset = rows.last().map_or(0, |row| row.offset);
        rows.push(note(format!("… {} more places, too many to show", change.n_hidden), offset));
    }
    rows
}

/// The rows of each hunk.
pub(crate) fn by_hunk(change: &FileChange, width: u16, style: DiffStyle) -> Vec<Vec<Row>> {
    let sheet = Sheet::new(change, width, style);
    let mut at = 0;
    let set = |hunk| {
        let mut rows = Vec::new();
        sheet.set_all(&placed(hunk, &mut at), &mut rows);
        rows
    };
    change.hunks.iter().map(set).collect()
}

/// The rows of the first `most` changed lines, and how many lines were left out; context behind the last
/// change is not missed.
pub(crate) fn preview(change: &FileChange, most: usize, width: u16, style: DiffStyle) -> (Vec<Row>, usize) {
    let total: usize = change.hunks.iter().map(|hunk| hunk.lines.len()).sum();
    let mut shown: Vec<std::ops::Range<usize>> = Vec::new();
    let mut left = most;
    for hunk in &change.hunks {
        let is_changed = |line: &DiffLine| line.side != Side::Context;
        let Some(first) = hunk.lines.iter().position(is_changed).filter(|_| left > 0) else {
            shown.push(0..0);
            continue;
        };
        let mut end = first;
        for (n, line) in hunk.lines.iter().enumerate().skip(first).filter(|(_, line)| is_changed(line)) {
            if left == 0 {
                break;
            }
            let _ = line;
            left -= 1;
            end = n + 1;
        }
        // One line above tells the place.
        shown.push(first.saturating_sub(1)..end);
    }
    let n_shown: usize = shown.iter().map(ExactSizeIterator::len).sum();
    let n_changed = change.hunks.iter().flat_map(|hunk| &hunk.lines).filter(|line| line.side != Side::Context).count();
    let rows = Sheet::new(change, width, style).rows(|hunk, line| shown.get(hunk).is_some_and(|r| r.contains(&line)));
    (rows, if n_changed > most { total - n_shown } else { 0 })
}

/// What is known of a line when it is set.
#[derive(Clone, Copy)]
struct Placed<'a> {
    line: &'a DiffLine,
    old: u32,
    new: u32,
    /// Byte of the change's text at which the line's own text begins.
    at: usize,
}

struct Sheet<'a> {
    change: &'a FileChange,
    width: u16,
    style: DiffStyle,
    digits: usize,
}

impl<'a> Sheet<'a> {
    fn new(change: &'a FileChange, width: u16, style: DiffStyle) -> Self {
        let whole = change.kind != ChangeKind::Modified;
        let last = change.hunks.iter().map(|hunk| hunk.old_start.max(hunk.new_start) as usize + hunk.lines.len());
        let digits = last.max().unwrap_or(0).to_string().len().max(2);
        Self { change, width, style: DiffStyle { side_by_side: style.side_by_side && !whole, ..style }, digits }
    }

    fn rows(&self, shows: impl Fn(usize, usize) -> bool) -> Vec<Row> {
        let mut rows = Vec::new();
        let mut at = 0;
        for (n, hunk) in self.change.hunks.iter().enumerate() {
            let placed = placed(hunk, &mut at);
            let lines: Vec<Placed<'_>> =
                placed.into_iter().enumerate().filter(|(line, _)| shows(n, *line)).map(|(_, placed)| placed).collect();
            let Some(first) = lines.first() else { continue };
            if !rows.is_empty() {
                rows.push(note("…".to_owned(), first.at));
            }
            self.set_all(&lines, &mut rows);
        }
        rows
    }

    /// Sets the lines of one hunk.
    fn set_all(&self, lines: &[Placed<'_>], rows: &mut Vec<Row>) {
        if self.style.side_by_side {
            return self.two_columns(lines, rows);
        }
        for line in lines {
            self.set(line, self.width, &self.head(line), rows);
        }
    }

    /// Numbers and sign of a line in one column.
    fn head(&self, line: &Placed<'_>) -> String {
        let digits = self.digits;
        let sign = sign(line.line.side);
        let number = |n: u32, on: bool| if on { format!("{n:>digits$}") } else { " ".repeat(digits) };
        let side = line.line.side;
        match self.width {
            0..NO_NUMBER_BELOW => format!("{sign} "),
            NO_NUMBER_BELOW..ONE_NUMBER_BELOW => {
                format!("{} {sign} ", number(if side == Side::Removed { line.old } else { line.new }, true))
            }
            _ => {
                format!(
                    "{}   {} {sign} ",
                    number(line.old, side != Side::Added),
                    number(line.new, side != Side::Removed)
                )
            }
        }
    }

    /// Sets one line behind its head into rows of at most `cells`.
    fn set(&self, placed: &Placed<'_>, cells: u16, head: &str, rows: &mut Vec<Row>) {
        let DiffLine { side, text, emphasis } = placed.line;
        let ink = Ink { role: role(*side), ..Ink::default() };
        let room = usize::from(cells).saturating_sub(width(head)).max(1);
        let whole = text.as_str();
        let cut = !self.style.wrap && width(whole) > room;
        let shown = if cut { truncate::head(whole, room.saturating_sub(1)) } else { whole };
        let mut line = Line::default();
        line.push(shown, ink, placed.at);
        for (from, to) in emphasis {
            if from < to && *to <= shown.len() && shown.is_char_boundary(*from) && shown.is_char_boundary(*to) {
                line.restyle(*from..*to, |ink| Ink { bold: true, underline: true, ..ink });
            }
        }
        if cut {
            line.push("…", Ink { role: Role::Marker, ..Ink::default() }, placed.at + shown.len());
        }
        let gutter = u16::try_from(width(head)).unwrap_or(u16::MAX);
        let indent = Indent { first: head_pieces(head, *side), rest: vec![marker(" ".repeat(width(head)))], gutter };
        let from = rows.len();
        wrap::styled(&line, &indent, cells.max(1), rows);
        // An empty line has no span that could tell its place.
        for row in rows.iter_mut().skip(from).filter(|_| whole.is_empty()) {
            row.offset = placed.at;
        }
    }

    fn two_columns(&self, lines: &[Placed<'_>], rows: &mut Vec<Row>) {
        let mut rest = lines;
        while let Some(first) = rest.first() {
            let block = |side: Side, from: &[Placed<'_>]| from.iter().take_while(|p| p.line.side == side).count();
            let (left, right, taken) = if first.line.side == Side::Context {
                (&rest[..1], &rest[..1], 1)
            } else {
                let removed = block(Side::Removed, rest);
                let added = block(Side::Added, &rest[removed..]);
                (&rest[..removed], &rest[removed..removed + added], removed + added)
            };
            for n in 0..left.len().max(right.len()) {
                self.pair(left.get(n), right.get(n), rows);
            }
            rest = &rest[taken..];
        }
    }

    fn pair(&self, left: Option<&Placed<'_>>, right: Option<&Placed<'_>>, rows: &mut Vec<Row>) {
        let half = self.width.saturating_sub(2) / 2;
        let column = |placed: Option<&Placed<'_>>, old: bool| {
            let mut rows = Vec::new();
            if let Some(placed) = placed {
                let digits = self.digits;
                let number = if old { placed.old } else { placed.new };
                let head = format!("{number:>digits$} {} ", sign(placed.line.side));
                self.set(placed, half, &head, &mut rows);
            }
            rows
        };
        let (left, right) = (column(left, true), column(right, false));
        for n in 0..left.len().max(right.len()) {
            let (one, other) = (left.get(n), right.get(n));
            let mut row = one.or(other).cloned().unwrap_or_default();
            if one.is_none() {
                row.pieces = Vec::new();
            }
            let used = row.width();
            row.pieces.push(marker(format!("{}│ ", " ".repeat(usize::from(half).saturating_sub(used)))));
            row.pieces.extend(other.into_iter().flat_map(|other| other.pieces.iter().cloned()));
            row.joins = n > 0;
            row.trail = 0;
            rows.push(row);
        }
    }
}

/// The lines of a hunk with their numbers; `at` moves on behind them in the change's text.
fn placed<'a>(hunk: &'a Hunk, at: &mut usize) -> Vec<Placed<'a>> {
    let (mut old, mut new) = (hunk.old_start, hunk.new_start);
    let mut all = Vec::with_capacity(hunk.lines.len());
    for line in &hunk.lines {
        all.push(Placed { line, old, new, at: *at + 1 });
        old = old.saturating_add(u32::from(line.side != Side::Added));
        new = new.saturating_add(u32::from(line.side != Side::Removed));
        *at += 1 + line.text.as_str().len() + 1;
    }
    all
}

fn role(side: Side) -> Role {
    match side {
        Side::Context => Role::Text,
        Side::Removed => Role::Removed,
        Side::Added => Role::Added,
    }
}

/// The head of a line: numbers faint, the sign in the colour of its side.
fn head_pieces(head: &str, side: Side) -> Vec<Piece> {
    let cut = head.len().saturating_sub(2);
    let ink = Ink { role: role(side), bold: side != Side::Context, ..Ink::default() };
    let mut pieces = vec![marker(head[..cut].to_owned()), Piece { text: head[cut..].to_owned(), ink }];
    pieces.retain(|piece| !piece.text.is_empty());
    pieces
}

fn marker(text: String) -> Piece {
    Piece { text, ink: Ink { role: Role::Marker, ..Ink::default() } }
}

fn note(text: String, offset: usize) -> Row {
    Row { pieces: vec![marker(text)], offset, ..Row::default() }
}

#[cfg(test)]
mod tests;
