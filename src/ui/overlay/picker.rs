//! A list to choose from, with the line that filters it.

use ratatui::layout::{Position, Rect};

use super::panel::{Drawn, frame, keys, panel};
use crate::{
    app::{Picker, PickerRow},
    text::truncate,
    ui::{
        layout::Layout,
        paint::{Pen, cells},
        theme::Part,
    },
};

/// Rows of the list that are worth showing at once.
const MOST: u16 = 16;

pub(super) fn draw(pen: &mut Pen<'_>, layout: &Layout, picker: &Picker) -> Drawn {
    let rows = u16::try_from(picker.matches.len()).unwrap_or(u16::MAX).clamp(1, MOST);
    let area = panel(layout, rows + 3, 100);
    let foot = keys(&[("↑↓", "choose"), ("Enter", "take"), ("esc", "close")]);
    let inner = frame(pen, area, &picker.title, &foot);
    let line = Rect { height: 1.min(inner.height), ..inner };
    let x = draw_query(pen, line, &picker.query);
    let list = Rect { y: line.bottom(), height: inner.height - line.height, ..inner };
    draw_list(pen, list, picker);
    Drawn { caret: Some(Position::new(x.min(area.right().saturating_sub(1)), line.y)), list_rows: list.height }
}

/// Draws what was typed; returns the caret's column.
pub(super) fn draw_query(pen: &mut Pen<'_>, line: Rect, query: &str) -> u16 {
    let mark = pen.chrome((line.x, line.y), line.width, "› ", Part::Accent);
    let tail = tail(query, usize::from(line.width.saturating_sub(mark + 1)));
    let style = pen.theme.style(Part::Text);
    line.x + mark + pen.text((line.x + mark, line.y), line.width.saturating_sub(mark), tail, style)
}

fn draw_list(pen: &mut Pen<'_>, list: Rect, picker: &Picker) {
    if picker.matches.is_empty() {
        pen.chrome((list.x + 2, list.y), list.width.saturating_sub(2), "nothing matches", Part::Muted);
        return;
    }
    let rows = usize::from(list.height);
    // The chosen row stays in sight, near the middle where there is more on both sides.
    let top = picker.selected.saturating_sub(rows / 2).min(picker.matches.len().saturating_sub(rows));
    for ((n, at), y) in picker.matches.iter().enumerate().skip(top).zip(list.y..list.bottom()) {
        let Some(row) = picker.rows.get(*at) else { continue };
        draw_row(pen, Rect { y, height: 1, ..list }, row, n == picker.selected);
    }
}

fn draw_row(pen: &mut Pen<'_>, at: Rect, row: &PickerRow, chosen: bool) {
    let part = match (chosen, row.enabled) {
        (true, _) => Part::Selection,
        (false, true) => Part::Text,
        (false, false) => Part::Muted,
    };
    if chosen {
        pen.fill(at, ' ', Part::Selection);
        pen.chrome((at.x, at.y), 1, "▸", Part::Selection);
    }
    let note = truncate::ellipsis(&row.note, usize::from(at.width / 2));
    let room = at.width.saturating_sub(cells(&note) + 4);
    let label = truncate::ellipsis(&row.label, usize::from(room));
    let style = pen.theme.style(part);
    pen.text((at.x + 2, at.y), room, &label, style);
    let style = if chosen { style } else { pen.theme.style(Part::Faint) };
    let width = cells(&note);
    pen.text((at.right().saturating_sub(width + 1), at.y), width, &note, style);
}

/// The end of a text that fits, whole characters only.
fn tail(text: &str, room: usize) -> &str {
    let mut start = 0;
    while usize::from(cells(&text[start..])) > room {
        start += text[start..].chars().next().map_or(1, char::len_utf8);
    }
    &text[start..]
}
