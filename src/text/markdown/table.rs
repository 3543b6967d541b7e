//! Tables: columns fitted to the width, cells wrapped; as records where columns would be too narrow.

use pulldown_cmark::Alignment;

use super::block::Glyphs;
use crate::text::{
    width::width,
    wrap::{Indent, Ink, Line, Piece, Role, Row, styled},
};

/// Columns narrower than this are not worth reading: the table becomes records.
const NARROW: usize = 5;
/// Cells between two columns: a bar with a blank on each side.
const BETWEEN: usize = 3;
/// More columns than this are no table on any screen. Also bounds the empty cells that a hostile head
/// row makes of short rows.
pub(super) const COLUMNS: usize = 64;

/// A table as it was read.
#[derive(Debug, Default)]
pub(super) struct Table {
    pub(super) aligns: Vec<Alignment>,
    /// The head row and the rows behind it, with the source byte of each.
    pub(super) rows: Vec<(usize, Vec<Line>)>,
    /// The head was drawn before: a part of a longer table.
    pub(super) goes_on: bool,
}

impl Table {
    /// The rows of the screen, at most `cells` wide.
    pub(super) fn lay(&self, cells: usize, glyphs: Glyphs) -> Vec<Row> {
        match self.fit(cells) {
            Some(columns) => self.grid(&columns, glyphs),
            None => self.records(cells, glyphs),
        }
    }

    /// The width of each column, if all can have one that is worth it.
    fn fit(&self, cells: usize) -> Option<Vec<usize>> {
        let n = self.aligns.len();
        let room = cells.checked_sub(BETWEEN * n.saturating_sub(1))?;
        let mut wanted = vec![1; n];
        for (_, row) in &self.rows {
            for (want, cell) in wanted.iter_mut().zip(row) {
                *want = cell.text.split('\n').map(width).max().unwrap_or(0).max(*want);
            }
        }
        // Columns that want less than an equal share get what they want; the others share the rest.
        let mut fixed = vec![false; n];
        let (mut left, mut open) = (room, n);
        while open > 0 {
            let share = left / open;
            let Some(small) = (0..n).find(|&i| !fixed[i] && wanted[i] <= share) else {
                if share < NARROW {
                    return None;
                }
                let mut extra = left % open;
                for i in (0..n).filter(|&i| !fixed[i]) {
                    wanted[i] = share + usize::from(extra > 0);
                    extra = extra.saturating_sub(1);
                }
                break;
            };
            fixed[small] = true;
            left -= wanted[small];
            open -= 1;
        }
        Some(wanted)
    }

    fn grid(&self, columns: &[usize], glyphs: Glyphs) -> Vec<Row> {
        let mut out = Vec::new();
        for (n, (at, row)) in self.rows.iter().enumerate() {
            if n == 0 && self.goes_on {
                continue;
            }
            let rows = self.grid_row(columns, row, glyphs);
            out.extend(rows.into_iter().map(|pieces| Row { pieces, offset: *at, ..Row::default() }));
            if n == 0 {
                let cross = format!("{dash}{}{dash}", glyphs.cross(), dash = glyphs.dash());
                let rule: Vec<String> = columns.iter().map(|cells| glyphs.dash().repeat(*cells)).collect();
                out.push(Row { pieces: vec![marker(rule.join(&cross))], offset: *at, ..Row::default() });
            }
        }
        out
    }

    fn grid_row(&self, columns: &[usize], row: &[Line], glyphs: Glyphs) -> Vec<Vec<Piece>> {
        let mut cells: Vec<std::vec::IntoIter<Row>> = Vec::with_capacity(columns.len());
        for (n, room) in columns.iter().enumerate() {
            let mut rows = Vec::new();
            if let Some(cell) = row.get(n) {
                styled(cell, &Indent::default(), *room as u16, &mut rows);
            }
            cells.push(rows.into_iter());
        }
        let height = cells.iter().map(ExactSizeIterator::len).max().unwrap_or(0).max(1);
        let row = |_| {
            let mut pieces = Vec::new();
            for (n, rows) in cells.iter_mut().enumerate() {
                if n > 0 {
                    pieces.push(marker(format!(" {} ", glyphs.bar())));
                }
                let cell = rows.next().unwrap_or_default();
                let missing = columns[n].saturating_sub(cell.width());
                let left = match self.aligns.get(n) {
                    Some(Alignment::Right) => missing,
                    Some(Alignment::Center) => missing / 2,
                    _ => 0,
                };
                pad(&mut pieces, left);
                pieces.extend(cell.pieces);
                if n + 1 < columns.len() {
                    pad(&mut pieces, missing - left);
                }
            }
            pieces
        };
        (0..height).map(row).collect()
    }

    /// A row becomes a few lines of `head: cell`, with a rule between two records.
    fn records(&self, cells: usize, glyphs: Glyphs) -> Vec<Row> {
        let mut out = Vec::new();
        let Some((_, head)) = self.rows.first() else {
            return out;
        };
        if self.rows.len() == 1 && !self.goes_on {
            for title in head {
                styled(title, &Indent::default(), cells as u16, &mut out);
            }
        }
        for (n, (at, row)) in self.rows.iter().enumerate().skip(1) {
            if n > 1 || self.goes_on {
                let rule = marker(glyphs.dash().repeat(cells.min(8)));
                out.push(Row { pieces: vec![rule], offset: *at, ..Row::default() });
            }
            for (title, cell) in head.iter().zip(row) {
                let mut line = title.clone();
                if !title.text.is_empty() {
                    line.push(": ", Ink { role: Role::Marker, ..Ink::default() }, *at);
                }
                let shift = line.text.len();
                line.text.push_str(&cell.text);
                line.spans.extend(cell.spans.iter().map(|span| {
                    let mut span = *span;
                    span.start += shift;
                    span
                }));
                styled(&line, &Indent::default(), cells as u16, &mut out);
            }
        }
        out
    }
}

fn marker(text: String) -> Piece {
    Piece { text, ink: Ink { role: Role::Marker, ..Ink::default() } }
}

fn pad(pieces: &mut Vec<Piece>, cells: usize) {
    if cells > 0 {
        pieces.push(Piece { text: " ".repeat(cells), ink: Ink::default() });
    }
}
