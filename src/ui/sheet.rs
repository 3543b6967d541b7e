//! A text that scrolls within a dialog: its rows, drawing the visible ones, what it reports back.

use ratatui::layout::Rect;

use super::{
    paint::{Pen, Runs},
    pane,
    theme::Part,
};
use crate::{
    app,
    text::wrap::{Role, Row},
};

/// One row of it.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Line {
    /// Wrapped text that stands in running text of a part.
    Text(Row, Part),
    /// Our own words: decoration is mapped to the glyph set.
    Ours(Runs),
    /// Somebody else's text, drawn exactly as it is.
    Foreign(Runs),
    /// The chosen row of a list.
    Chosen(Runs),
}

/// All rows, and the first row of each hunk or option.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Lines {
    /// The rows.
    pub(super) rows: Vec<Line>,
    /// First rows of parts that can be gone to.
    pub(super) marks: Vec<usize>,
}

impl Lines {
    /// What is appended next can be gone to.
    pub(super) fn mark(&mut self) {
        self.marks.push(self.rows.len());
    }

    /// Appends our own words, wrapped.
    pub(super) fn ours(&mut self, text: &str, part: Part, width: u16) {
        for row in crate::text::wrap::plain(text, width) {
            self.rows.push(Line::Ours(vec![(row.text(), part)]));
        }
    }

    /// Appends an empty row, unless there is nothing above it.
    pub(super) fn gap(&mut self) {
        if !self.rows.is_empty() {
            self.rows.push(Line::Ours(Runs::new()));
        }
    }
}

/// Draws the rows from `top` on; the report lacks the question that it belongs to.
pub(super) fn draw(pen: &mut Pen<'_>, area: Rect, lines: &Lines, top: usize) -> app::Sheet {
    let last = lines.rows.len().saturating_sub(usize::from(area.height));
    let top = top.min(last);
    for (line, y) in lines.rows.iter().skip(top).zip(area.y..area.bottom()) {
        draw_line(pen, Rect { y, height: 1, ..area }, line);
    }
    app::Sheet {
        area: pane::rect(area),
        top,
        n_rows: lines.rows.len(),
        marks: lines.marks.clone(),
        ..app::Sheet::default()
    }
}

/// Draws one row.
pub(super) fn draw_line(pen: &mut Pen<'_>, at: Rect, line: &Line) {
    match line {
        Line::Ours(runs) => drop(pen.runs((at.x, at.y), at.width, runs)),
        Line::Foreign(runs) => draw_foreign(pen, at, runs),
        Line::Chosen(runs) => {
            pen.fill(at, ' ', Part::Selection);
            let runs: Runs = runs.iter().map(|(text, _)| (text.clone(), Part::Selection)).collect();
            draw_foreign(pen, at, &runs);
        }
        Line::Text(row, tone) => {
            let mut x = at.x;
            for piece in &row.pieces {
                let left = at.right().saturating_sub(x);
                x += if piece.ink.role == Role::Marker {
                    pen.chrome((x, at.y), left, &piece.text, Part::Faint)
                } else {
                    pen.text((x, at.y), left, &piece.text, pen.theme.ink(piece.ink, *tone))
                };
            }
        }
    }
}

fn draw_foreign(pen: &mut Pen<'_>, at: Rect, runs: &[(String, Part)]) {
    let mut x = at.x;
    for (text, part) in runs {
        x += pen.text((x, at.y), at.right().saturating_sub(x), text, pen.theme.style(*part));
    }
}
