//! Putting text into cells: clipped to a rectangle, wide glyphs never across its edge.
//!
//! Refuses to know what is drawn. All coordinates are the screen's.

use ratatui::{buffer::Buffer, layout::Rect, style::Style};

use super::{
    glyphs::GlyphSet,
    theme::{Part, Theme},
};
use crate::text::width::width;

/// A brush over the frame's buffer.
pub(super) struct Pen<'a> {
    /// The cells.
    pub(super) buf: &'a mut Buffer,
    /// The colours in force.
    pub(super) theme: &'a Theme,
    /// The decoration in force.
    pub(super) glyphs: GlyphSet,
}

/// Runs of text with the part that each plays.
pub(super) type Runs = Vec<(String, Part)>;

/// Cells that the runs take.
pub(super) fn runs_width(runs: &[(String, Part)]) -> u16 {
    runs.iter().map(|(text, _)| cells(text)).fold(0, u16::saturating_add)
}

/// Cells of a text, as the screen counts.
pub(super) fn cells(text: &str) -> u16 {
    if text.is_ascii() { u16::try_from(text.len()).unwrap_or(u16::MAX) } else { width(text) as u16 }
}

impl Pen<'_> {
    /// Writes foreign text at a cell, at most `max` cells; returns the cells it took.
    pub(super) fn text(&mut self, at: (u16, u16), max: u16, text: &str, style: Style) -> u16 {
        let (x, y) = at;
        let area = self.buf.area;
        if y < area.y || y >= area.bottom() || x < area.x || x >= area.right() {
            return 0;
        }
        let max = max.min(area.right() - x);
        if !text.is_ascii() {
            return self.buf.set_stringn(x, y, text, usize::from(max), style).0.saturating_sub(x);
        }
        let row = usize::from(y - area.y) * usize::from(area.width) + usize::from(x - area.x);
        let mut n = 0;
        for c in text.chars().filter(|c| !c.is_ascii_control()).take(usize::from(max)) {
            if let Some(cell) = self.buf.content.get_mut(row + n) {
                cell.set_char(c).set_style(style);
            }
            n += 1;
        }
        n as u16
    }

    /// Writes our own text, decoration mapped to the glyph set.
    pub(super) fn chrome(&mut self, at: (u16, u16), max: u16, text: &str, part: Part) -> u16 {
        let style = self.theme.style(part);
        if self.glyphs == GlyphSet::Unicode || text.is_ascii() {
            return self.text(at, max, text, style);
        }
        // Only decoration is mapped: a word in another script stays as it is.
        let plain: String = text.chars().map(|c| if is_decoration(c) { self.glyphs.map(c) } else { c }).collect();
        self.text(at, max, &plain, style)
    }

    /// Writes runs one after the other; returns the cells they took.
    pub(super) fn runs(&mut self, at: (u16, u16), max: u16, runs: &[(String, Part)]) -> u16 {
        let mut used = 0;
        for (text, part) in runs {
            if used >= max {
                break;
            }
            used += self.chrome((at.0.saturating_add(used), at.1), max - used, text, *part);
        }
        used
    }

    /// Writes runs that end at the right edge of `row`; nothing when they do not fit.
    pub(super) fn runs_right(&mut self, row: Rect, runs: &[(String, Part)]) {
        let wide = runs_width(runs);
        if wide <= row.width {
            self.runs((row.right() - wide, row.y), wide, runs);
        }
    }

    /// Fills a row with one glyph.
    pub(super) fn fill(&mut self, row: Rect, glyph: char, part: Part) {
        let row = row.intersection(self.buf.area);
        let (glyph, style) = (self.glyphs.map(glyph), self.theme.style(part));
        for y in row.y..row.bottom() {
            for x in row.x..row.right() {
                self.buf[(x, y)].set_char(glyph).set_style(style);
            }
        }
    }

    /// Empties a rectangle, so that an overlay hides what lies below.
    pub(super) fn clear(&mut self, area: Rect) {
        let area = area.intersection(self.buf.area);
        for y in area.y..area.bottom() {
            for x in area.x..area.right() {
                self.buf[(x, y)].reset();
            }
        }
        // A wide glyph that the left edge cuts would spill into the cleared part.
        if area.x > self.buf.area.x {
            for y in area.y..area.bottom() {
                let cell = &mut self.buf[(area.x - 1, y)];
                if width(cell.symbol()) > 1 {
                    cell.set_char(' ');
                }
            }
        }
    }

    /// A horizontal rule with a title left and a note right: `── left ──── right ──`. The note goes
    /// first when both do not fit, then the title is cut.
    pub(super) fn rule(&mut self, row: Rect, left: &[(String, Part)], right: &[(String, Part)]) {
        if row.width == 0 || row.height == 0 {
            return;
        }
        self.fill(row, '─', Part::Border);
        let (wide_left, wide_right) = (runs_width(left), runs_width(right));
        let lead = if row.width < 12 { 0 } else { 3 };
        let room = row.width.saturating_sub(lead);
        let mut from = row.x + lead;
        if wide_left > 0 && room > 1 {
            if lead > 0 {
                self.buf[(from - 1, row.y)].set_char(' ');
            }
            let used = self.runs((from, row.y), room - 1, left);
            from += used;
            self.chrome((from, row.y), 1, " ", Part::Border);
            from += 1;
        }
        let tail = 3;
        if wide_right > 0 && row.right().saturating_sub(from) > wide_right + tail + 2 {
            let start = row.right() - tail - wide_right;
            self.chrome((start - 1, row.y), 1, " ", Part::Border);
            let used = self.runs((start, row.y), wide_right, right);
            self.chrome((start + used, row.y), 1, " ", Part::Border);
        }
    }
}

/// Box drawing, blocks, arrows and the few typographic marks that the chrome uses.
fn is_decoration(c: char) -> bool {
    matches!(c, '\u{2010}'..='\u{203A}' | '\u{2190}'..='\u{21FF}' | '\u{2212}' | '\u{2248}' | '\u{2298}'
        | '\u{2500}'..='\u{25FF}' | '\u{2713}'..='\u{2717}' | '\u{27F2}' | '·' | '×' | '»')
}
