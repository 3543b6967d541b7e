//! The chart of a window in blocks: used, forecast, an even pace.

use ratatui::layout::Rect;

use crate::{
    quota::{self, Chart, MarkKind, Size, WindowKind},
    ui::{gauge::Source, glyphs::GlyphSet, paint::Pen, theme::Part},
};

/// Columns of the axis with its figures.
const AXIS: u16 = 6;

/// Draws the chart of a window; false when there is nothing to draw it from.
pub(super) fn draw(pen: &mut Pen<'_>, area: Rect, source: &Source<'_>, kind: &WindowKind) -> bool {
    if area.height < 4 || area.width < AXIS + 12 {
        return false;
    }
    let size = Size { columns: area.width - AXIS - 1, rows: area.height - 1 };
    let reading = source.reading();
    let Some(chart) = source.app().board.chart(kind, size, reading.at) else { return false };
    for row in 0..size.rows {
        let y = area.y + row;
        let percent = 100 - u32::from(row) * 100 / u32::from(size.rows);
        // Every second row has its figure, so that the axis stays readable.
        let label = if row % 2 == 0 { format!("{percent:>4}┤") } else { "    ┤".to_owned() };
        pen.chrome((area.x, y), AXIS, &label, Part::Faint);
        for (n, column) in chart.columns.iter().enumerate() {
            let x = area.x + AXIS - 1 + n as u16;
            let floor = (size.rows - 1 - row) * 8;
            let (glyph, part) = cell(pen.glyphs, column, floor);
            pen.chrome((x, y), 1, glyph.encode_utf8(&mut [0; 4]), part);
        }
    }
    draw_marks(pen, area, source, &chart);
    true
}

/// The glyph of one cell: its foot stands at `floor` eighths.
fn cell(glyphs: GlyphSet, column: &quota::Column, floor: u16) -> (char, Part) {
    let within = |height: u16| height.saturating_sub(floor).min(8);
    let even = column.even.checked_sub(floor).is_some_and(|rest| (1..=8).contains(&rest));
    match (column.used.map(within), column.forecast.map(within)) {
        (Some(n), _) if n > 0 && glyphs == GlyphSet::Ascii => ('#', Part::Accent),
        (Some(n), _) if n > 0 => (quota::height(n as u8), Part::Accent),
        (None, Some(n)) if n > 0 => ('░', Part::Muted),
        _ if even => ('·', Part::Faint),
        _ => (' ', Part::Text),
    }
}

fn draw_marks(pen: &mut Pen<'_>, area: Rect, source: &Source<'_>, chart: &Chart) {
    let y = area.bottom() - 1;
    let line = Rect { x: area.x + AXIS - 2, y, width: area.width.saturating_sub(AXIS - 2), height: 1 };
    pen.fill(line, '─', Part::Border);
    pen.chrome((line.x, y), 1, "└", Part::Border);
    let widest = chart.marks.iter().map(|mark| crate::ui::paint::cells(&source.clock(mark.at))).max().unwrap_or(0);
    for mark in chart.labels(widest + 1) {
        let text = source.clock(mark.at);
        let part = match mark.kind {
            MarkKind::Now => Part::Accent,
            MarkKind::Empty => Part::Warn,
            MarkKind::Begin | MarkKind::Reset | MarkKind::Hour => Part::Faint,
        };
        let width = crate::ui::paint::cells(&text);
        let x = (line.x + 1 + mark.column).min(line.right().saturating_sub(width));
        pen.chrome((x, y), width, &text, part);
    }
}

/// What the chart's signs mean.
pub(super) fn legend(kind: &WindowKind) -> String {
    let name = if *kind == WindowKind::FiveHour { "5-hour" } else { "Weekly" };
    format!("{name} window: % used █  forecast ░  even pace ·")
}
