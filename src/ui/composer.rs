//! The prompt box: its rule, the text area, the caret's cell.
//!
//! The text area draws its own text; its cursor and line styles are taken off again, because the
//! terminal's real cursor stands at the caret (input methods look there).

use ratatui::{
    buffer::Buffer,
    layout::{Position, Rect},
    style::{Color, Style},
    widgets::Widget,
};
use tui_textarea::{Scrolling, TextArea};

use super::{keys, paint::Pen, theme::Part};
use crate::{
    app::{Action, App, Focus, composer::Composer},
    chat::PermissionMode,
};

/// Cells of the prompt mark.
const MARK: u16 = 2;

/// Rows that the text takes at this width of the whole composer, at most `limit`.
pub(super) fn rows(area: &TextArea<'_>, width: u16, limit: u16, known: &mut u16) -> u16 {
    let width = text_area(Rect::new(0, 0, width, 1)).width;
    if width == 0 || limit == 0 {
        return 1;
    }
    if *known != width {
        // The area wraps for the width it was drawn at last: draw it once aside at the new one.
        let aside = Rect::new(0, 0, width, limit);
        area.render(aside, &mut Buffer::empty(aside));
        *known = width;
    }
    let mut rows = 0;
    let mut last = None;
    // Rows past the end answer with the last row's place.
    while rows < limit {
        let place = area.screen_to_data(usize::from(rows), 0);
        if last == Some(place) {
            break;
        }
        last = Some(place);
        rows += 1;
    }
    rows.max(1)
}

/// Where the text stands within the box: right of the prompt mark.
pub(super) fn text_area(area: Rect) -> Rect {
    let mark = if area.width > MARK + 4 { MARK } else { 0 };
    Rect { x: area.x + mark, width: area.width - mark, ..area }
}

/// Cells of the text in a box of this width.
pub(super) fn text_width(width: u16) -> u16 {
    text_area(Rect::new(0, 0, width, 1)).width
}

/// Draws the box; returns the cell of the caret.
pub(super) fn draw(pen: &mut Pen<'_>, area: Rect, app: &App) -> Option<Position> {
    draw_input(pen, area, &app.composer)
}

/// Draws a line that is typed; returns the cell of the caret.
pub(super) fn draw_input(pen: &mut Pen<'_>, area: Rect, composer: &Composer) -> Option<Position> {
    if area.width == 0 || area.height == 0 {
        return None;
    }
    let text = text_area(area);
    if text.width < area.width {
        pen.chrome((area.x, area.y), MARK, "› ", Part::User);
    }
    let textarea = &composer.area;
    if textarea.is_empty() {
        pen.text((text.x, text.y), text.width, textarea.placeholder_text(), pen.theme.style(Part::Faint));
        return Some(Position::new(text.x, text.y));
    }
    textarea.render(text, pen.buf);
    let mut top = textarea.scroll_offset().0;
    let past_end = rows_past_end(textarea, top, text.height);
    if past_end > 0 {
        // The text shrank: its view still hangs where it was long.
        let mut fresh = textarea.clone();
        fresh.scroll(Scrolling::Delta { rows: -i16::try_from(past_end).unwrap_or(i16::MAX), cols: 0 });
        pen.clear(text);
        (&fresh).render(text, pen.buf);
        top = fresh.scroll_offset().0;
    }
    restyle(pen, text);
    let cursor = textarea.screen_cursor();
    let row = u16::try_from(cursor.row).unwrap_or(u16::MAX).saturating_sub(top);
    let column = u16::try_from(cursor.col).unwrap_or(u16::MAX);
    Some(Position::new(text.x + column.min(text.width - 1), text.y + row.min(text.height - 1)))
}

/// Empty rows below the end of the text that text above the view could fill.
fn rows_past_end(area: &TextArea<'_>, top: u16, height: u16) -> u16 {
    let place = |row: u16| area.screen_to_data(usize::from(row), 0);
    let mut past = 0;
    // Rows past the end answer with the last row's place.
    while past < top && past < height {
        let row = top + height - 1 - past;
        if row == 0 || place(row) != place(row - 1) {
            break;
        }
        past += 1;
    }
    past
}

/// Replaces the widget's own styles: only what is selected stays marked.
fn restyle(pen: &mut Pen<'_>, area: Rect) {
    let (plain, marked) = (Style::reset(), pen.theme.style(Part::Selection));
    for y in area.y..area.bottom() {
        for x in area.x..area.right() {
            let Some(cell) = pen.buf.cell_mut((x, y)) else { continue };
            let selected = cell.bg != Color::Reset;
            cell.set_style(plain);
            if selected {
                cell.set_style(marked);
            }
        }
    }
}

/// The rule above: what Enter and Tab do now, and how many prompts wait.
pub(super) fn draw_rule(pen: &mut Pen<'_>, row: Rect, app: &App) {
    let running = app.live.turn_at.is_some();
    let focused = app.panes.focus == Focus::Composer;
    let wide = row.width >= 60;
    let key = |action| keys::short(&app.keys.binding_of(action));
    let (send, queue) = (key(Action::Send), key(Action::Queue));
    let what = match (running, wide) {
        (true, true) => format!("{send}: steer · {queue}: queue"),
        (true, false) => format!("{send}: steer"),
        (false, _) => format!("{send}: send"),
    };
    let waiting = app.live.waiting.len();
    let note = match (waiting, row.width >= 110) {
        (0, _) => Vec::new(),
        (n, true) => vec![(format!("{n} queued · Up: edit"), Part::Accent)],
        (n, false) => vec![(format!("{n} queued"), Part::Accent)],
    };
    let part = if focused { Part::Muted } else { Part::Faint };
    let mut left = vec![mode(app), (format!(" · {what}"), part)];
    let next = key(Action::Mode);
    if row.width >= 110 && !next.is_empty() {
        left.push((format!(" · {next}: mode"), part));
    }
    pen.rule(row, &left, &note);
}

/// The permission mode as a word: what is out of the ordinary is marked, the most daring one loudly.
pub(super) fn mode(app: &App) -> (String, Part) {
    match app.status.mode {
        PermissionMode::Ask => ("ask".to_owned(), Part::Muted),
        mode @ (PermissionMode::Edits | PermissionMode::Plan) => (mode.as_str().to_owned(), Part::Accent),
        PermissionMode::Yolo => (" YOLO ".to_owned(), Part::Demo),
    }
}

/// The prompts that wait, oldest first; the last row says how many more.
pub(super) fn draw_waiting(pen: &mut Pen<'_>, area: Rect, app: &App) {
    let waiting = &app.live.waiting;
    for (n, y) in (area.y..area.bottom()).enumerate() {
        let Some(text) = waiting.get(n) else { break };
        let more = waiting.len().saturating_sub(n + 1);
        let line = text.lines().next().unwrap_or("");
        let used = pen.chrome((area.x, y), area.width, "  queued ", Part::Faint);
        let line = if y + 1 == area.bottom() && more > 0 { format!("{line} (+{more} more)") } else { line.to_owned() };
        let cut = crate::text::truncate::ellipsis(&line, usize::from(area.width.saturating_sub(used)));
        pen.text((area.x + used, y), area.width.saturating_sub(used), &cut, pen.theme.style(Part::Muted));
    }
}
