//! The completions of the word at the caret, above the composer and the row that may speak of the same word.

use ratatui::layout::Rect;

use crate::{
    app::App,
    text::truncate,
    ui::{
        layout::Layout,
        paint::{Pen, cells},
        theme::Part,
    },
};

/// Rows that are shown at once.
const MOST: u16 = 8;

/// Draws the popup; returns its rows.
pub(super) fn draw(pen: &mut Pen<'_>, layout: &Layout, app: &App) -> u16 {
    let Some(completion) = app.composer.completion.as_ref().filter(|c| !c.rows.is_empty()) else { return 0 };
    let foot = &layout.foot;
    let below = [foot.activity, foot.banner, foot.rule].iter().find(|row| row.height > 0).unwrap_or(&foot.composer).y;
    let rows = u16::try_from(completion.rows.len()).unwrap_or(u16::MAX).min(MOST).min(below);
    let words = completion.rows.iter().map(|(word, _)| cells(word)).max().unwrap_or(0).min(layout.space.width / 2);
    let notes = completion.rows.iter().map(|(_, note)| cells(note)).max().unwrap_or(0);
    let width = (words + notes + 5).min(layout.space.width);
    let area = Rect { x: 0, y: below - rows, width, height: rows };
    pen.clear(area);
    let top = completion.selected.saturating_sub(usize::from(rows) - usize::from(rows > 0));
    for ((n, (word, note)), y) in completion.rows.iter().enumerate().skip(top).zip(area.y..area.bottom()) {
        let chosen = n == completion.selected;
        let row = Rect { y, height: 1, ..area };
        let (word_part, note_part) =
            if chosen { (Part::Selection, Part::Selection) } else { (Part::Accent, Part::Muted) };
        if chosen {
            pen.fill(row, ' ', Part::Selection);
            pen.chrome((row.x, y), 1, "▸", Part::Selection);
        }
        let style = pen.theme.style(word_part);
        pen.text((row.x + 2, y), words, &truncate::ellipsis(word, usize::from(words)), style);
        let room = width.saturating_sub(words + 4);
        let style = pen.theme.style(note_part);
        pen.text((row.x + words + 4, y), room, &truncate::ellipsis(note, usize::from(room)), style);
    }
    rows
}
