//! The last row of a paragraph that grows by plain words: most deltas of an answer are nothing else,
//! and cost one row instead of a window.

use super::{block::Sheet, window::WINDOW};
use crate::text::{
    width::width,
    wrap::{Indent, Ink, Line, styled},
};

/// The last row of the layout and what it was made of.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Tip {
    /// The text of the row.
    pub(super) line: Line,
    /// What stands in front of the row, and of those that follow it.
    pub(super) indent: Indent,
    /// The row goes on from the one above.
    pub(super) joins: bool,
    /// The ink of text that is added.
    pub(super) ink: Ink,
    /// Its last word may be a web address, whose end decides on its ink.
    pub(super) address: bool,
    /// Bytes of the source that the row ends with.
    pub(super) end: usize,
}

impl Tip {
    /// Shortens a wrapped paragraph to its last row, which began at byte `start`; it is the `n`th row.
    pub(super) fn new(line: &Line, mut indent: Indent, start: usize, n: usize) -> Self {
        if n > 0 {
            indent.gutter = indent.rest.iter().map(|piece| width(&piece.text)).sum::<usize>() as u16;
            indent.first.clone_from(&indent.rest);
        }
        let joins = n > 0 && !line.text[..start].ends_with('\n');
        let address = line.text.rsplit([' ', '\n']).next().is_some_and(|word| word.contains("://"));
        Self { line: line.from(start), indent, joins, address, ..Self::default() }
    }

    /// Draws what `source` has grown by. Returns whether it could: the words must be plain, and so must
    /// the line be that they stand in.
    pub(super) fn grow(&mut self, source: &str, settled: usize, sheet: &mut Sheet<'_>) -> bool {
        let Some(added) = source.get(self.end..) else { return false };
        let typed = added.trim_start_matches(' ');
        // Whether a mark or an address ends here depends on what follows it at once.
        let before = source[..self.end].chars().next_back().is_some_and(is_plain);
        let split = (self.address || !before) && typed.len() == added.len();
        if source.len() - settled > WINDOW || split || !added.chars().all(is_plain) || sheet.rows.pop().is_none() {
            return false;
        }
        let words = typed.trim_end_matches(' ');
        if !words.is_empty() {
            let text = added.trim_end_matches(' ');
            self.line.push(text, self.ink, self.end);
            self.end += text.len();
            self.address = false;
        }
        let n = sheet.rows.len();
        let start = styled(&self.line, &self.indent, sheet.width, sheet.rows);
        sheet.rows[n].joins = self.joins;
        let n = sheet.rows.len() - 1 - n;
        if n > 0 {
            let grown = Self::new(&self.line, std::mem::take(&mut self.indent), start, n);
            *self = Self { ink: self.ink, end: self.end, ..grown };
        }
        true
    }
}

/// Never part of a mark, wherever it stands behind a word.
fn is_plain(c: char) -> bool {
    c.is_alphanumeric() || " ,?'\"，。、；：？！“”‘’（）".contains(c)
}
