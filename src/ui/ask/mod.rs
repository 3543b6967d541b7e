//! A question of the agent, drawn in place of the composer: its title, what exactly, where and why, the
//! keys, the draft that waits. Never over the evidence; the panes shrink instead.

mod body;
mod foot;
mod form;
mod rule;
pub(in crate::ui) mod spell;

use foot::KeyRow;
pub(super) use form::Form;
use ratatui::layout::{Position, Rect};

use super::{composer, paint::Pen, pane, sheet, theme::Part};
use crate::{
    app::{App, Now, Pending, Sheet},
    text::truncate,
};

/// Draws the question below its rule; returns the caret of the line that is typed, and what was visible.
pub(super) fn draw(
    pen: &mut Pen<'_>,
    (rule, area): (Rect, Rect),
    (app, now): (&App, Now),
    form: &Form,
) -> (Option<Position>, Sheet) {
    let Some(pending) = app.ask() else { return (None, Sheet::default()) };
    let inset = form::inset(area.width);
    let inner = Rect { x: area.x + inset, width: area.width.saturating_sub(2 * inset), ..area };
    let fixed = u16::try_from(form.fixed()).unwrap_or(u16::MAX);
    let text = Rect { height: area.height.saturating_sub(fixed).max(area.height.min(1)), ..inner };
    let mut sheet = sheet::draw(pen, text, &form.body, pending.top);
    (sheet.ask, sheet.free) = (Some(pending.serial), app.ask_has_keys());
    rule::draw(pen, rule, (app, pending), &sheet);
    let mut y = text.bottom();
    for (line, row) in form.place.iter().zip(y..area.bottom()) {
        sheet::draw_line(pen, Rect { y: row, height: 1, ..inner }, line);
        y = row + 1;
    }
    let caret = (form.input > 0).then(|| {
        let height = form.input.min(area.bottom().saturating_sub(y));
        let at = Rect { y, height, ..inner };
        y += height;
        composer::draw_input(pen, at, &pending.input)
    });
    let open = app.ask_is_open(now);
    for (row, at) in form.keys.iter().zip(y..area.bottom()) {
        draw_keys(pen, Rect { y: at, height: 1, ..inner }, row, (pending, open), &mut sheet);
        y = at + 1;
    }
    sheet.rules =
        form.rules && usize::from(area.bottom().saturating_sub(text.bottom())) >= form.place.len() + form.keys.len();
    if form.draft && y < area.bottom() {
        draw_draft(pen, Rect { y, height: 1, ..inner }, app);
    }
    (caret.flatten(), sheet)
}

fn draw_keys(pen: &mut Pen<'_>, at: Rect, row: &KeyRow, (pending, open): (&Pending, bool), sheet: &mut Sheet) {
    let chosen = pending.chosen().filter(|_| pending.typing.is_none() && !pending.drafted);
    for key in row {
        let (x, room) = (at.x.saturating_add(key.x), at.width.saturating_sub(key.x));
        let live = open || pending.typing.is_some();
        let marked = key.offer.is_some() && key.offer == chosen && live;
        let (key_part, words_part) = match (marked, live) {
            (true, _) => (Part::Selection, Part::Selection),
            (false, true) => (Part::Accent, Part::Text),
            (false, false) => (Part::Faint, Part::Faint),
        };
        let gap = u16::from(!key.sign.is_empty());
        let used = pen.chrome((x, at.y), room, &key.sign, key_part);
        let space = if at.width >= 60 && gap > 0 { 2 } else { gap };
        pen.chrome((x + used, at.y), room.saturating_sub(used), &" ".repeat(usize::from(space)), key_part);
        let style = pen.theme.style(words_part);
        let wide =
            used + space + pen.text((x + used + space, at.y), room.saturating_sub(used + space), &key.words, style);
        if let Some(offer) = key.offer {
            sheet.keys.push((pane::rect(Rect { x, width: wide.min(room), ..at }), offer.key()));
        }
    }
}

fn draw_draft(pen: &mut Pen<'_>, at: Rect, app: &App) {
    let draft = app.composer.shown();
    let line = draft.lines().next().unwrap_or_default();
    let more = if draft.lines().nth(1).is_some() { " …" } else { "" };
    let used = pen.chrome((at.x, at.y), at.width, "your draft › ", Part::Faint);
    let room = at.width.saturating_sub(used);
    let cut = truncate::ellipsis(&format!("{line}{more}"), usize::from(room));
    pen.text((at.x + used, at.y), room, &cut, pen.theme.style(Part::Faint));
}
