//! Where the caret may go: by grapheme, by word, over a chip as one piece. Pure; edits nothing.

use super::chip::Chips;
use crate::text::grapheme;

/// A caret: line, and characters before it in that line.
pub(super) type Spot = (usize, usize);

/// The text of the composer, read only.
pub(super) struct Sheet<'a> {
    pub(super) lines: &'a [String],
    pub(super) chips: &'a Chips,
}

/// What stands beside the caret.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Unit {
    Word,
    Mark,
    Space,
}

fn kind(text: &str) -> Unit {
    match text.chars().next() {
        Some(c) if c.is_alphanumeric() => Unit::Word,
        Some(c) if c.is_whitespace() => Unit::Space,
        _ => Unit::Mark,
    }
}

fn byte_of(line: &str, column: usize) -> usize {
    line.char_indices().nth(column).map_or(line.len(), |(at, _)| at)
}

fn column_of(line: &str, byte: usize) -> usize {
    line[..byte].chars().count()
}

impl Sheet<'_> {
    /// One grapheme or chip back; over the line's start to the end of the line before.
    pub(super) fn left(&self, spot: Spot) -> Spot {
        self.back(spot).map_or(spot, |(to, _)| to)
    }

    /// One grapheme or chip forward.
    pub(super) fn right(&self, spot: Spot) -> Spot {
        self.forth(spot).map_or(spot, |(to, _)| to)
    }

    /// The start of the word before.
    pub(super) fn word_left(&self, spot: Spot) -> Spot {
        self.run(spot, Self::back, |unit| unit == Unit::Word)
    }

    /// The end of the word after.
    pub(super) fn word_right(&self, spot: Spot) -> Spot {
        self.run(spot, Self::forth, |unit| unit == Unit::Word)
    }

    /// The start of the run without white space before, as Ctrl-W of bash means it.
    pub(super) fn blank_left(&self, spot: Spot) -> Spot {
        self.run(spot, Self::back, |unit| unit != Unit::Space)
    }

    /// A spot inside of a chip goes to its nearer end.
    pub(super) fn outside_chip(&self, (row, column): Spot) -> Spot {
        let line = &self.lines[row];
        let at = byte_of(line, column);
        match self.chips.spans(line).into_iter().find(|(from, to)| *from < at && at < *to) {
            Some((from, to)) if at - from < to - at => (row, column_of(line, from)),
            Some((_, to)) => (row, column_of(line, to)),
            None => (row, column),
        }
    }

    /// Characters between two spots, a newline counted as one.
    pub(super) fn distance(&self, from: Spot, to: Spot) -> usize {
        if from.0 == to.0 {
            return to.1.saturating_sub(from.1);
        }
        let first = self.lines[from.0].chars().count() - from.1 + 1;
        let middle: usize = self.lines[from.0 + 1..to.0].iter().map(|line| line.chars().count() + 1).sum();
        first + middle + to.1
    }

    /// The text between two spots.
    pub(super) fn between(&self, from: Spot, to: Spot) -> String {
        let mut text = String::new();
        for row in from.0..=to.0 {
            let line = &self.lines[row];
            let start = if row == from.0 { byte_of(line, from.1) } else { 0 };
            let end = if row == to.0 { byte_of(line, to.1) } else { line.len() };
            text.push_str(&line[start..end]);
            if row < to.0 {
                text.push('\n');
            }
        }
        text
    }

    /// Skips what is not `wanted`, then all that is.
    fn run(
        &self,
        mut spot: Spot,
        step: impl Fn(&Self, Spot) -> Option<(Spot, Unit)>,
        wanted: impl Fn(Unit) -> bool,
    ) -> Spot {
        let mut inside = false;
        while let Some((next, unit)) = step(self, spot) {
            if inside && !wanted(unit) {
                break;
            }
            inside |= wanted(unit);
            spot = next;
        }
        spot
    }

    fn back(&self, (row, column): Spot) -> Option<(Spot, Unit)> {
        if column == 0 {
            let row = row.checked_sub(1)?;
            return Some(((row, self.lines[row].chars().count()), Unit::Space));
        }
        let line = &self.lines[row];
        let at = byte_of(line, column);
        if let Some((from, _)) = self.chips.spans(line).into_iter().find(|(from, to)| *from < at && at <= *to) {
            return Some(((row, column_of(line, from)), Unit::Word));
        }
        let from = at - grapheme::last_len(&line[..at]);
        Some(((row, column_of(line, from)), kind(&line[from..at])))
    }

    fn forth(&self, (row, column): Spot) -> Option<(Spot, Unit)> {
        let line = &self.lines[row];
        let at = byte_of(line, column);
        if at == line.len() {
            return (row + 1 < self.lines.len()).then_some(((row + 1, 0), Unit::Space));
        }
        if let Some((_, to)) = self.chips.spans(line).into_iter().find(|(from, to)| *from <= at && at < *to) {
            return Some(((row, column_of(line, to)), Unit::Word));
        }
        let to = at + grapheme::first_len(&line[at..]);
        Some(((row, column_of(line, to)), kind(&line[at..to])))
    }
}
