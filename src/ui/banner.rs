//! The row that stays while the conversation does not reach the disk. Says so in words and signs, not by colour alone.

use ratatui::layout::Rect;

use super::{
    paint::{Pen, cells},
    theme::Part,
};
use crate::{app::App, chat::Saving, text::truncate};

/// The row is wanted.
pub(super) fn is_wanted(app: &App) -> bool {
    matches!(app.live.session.saving, Saving::Failing(_))
}

/// Draws the row.
pub(super) fn draw(pen: &mut Pen<'_>, row: Rect, app: &App) {
    let Saving::Failing(problem) = &app.live.session.saving else { return };
    if row.height == 0 {
        return;
    }
    let head = "!! NOT SAVED: ";
    let used = pen.chrome((row.x, row.y), row.width, head, Part::Danger);
    let room = row.width.saturating_sub(used);
    // What follows may go; the cause stays as far as it fits.
    let tail = " · in memory, tried again";
    let what = problem.what.replace('\n', " ");
    let (what, tail) = if cells(&what) + cells(tail) <= room { (what, tail) } else { (what, "") };
    let what = truncate::ellipsis(&what, usize::from(room));
    let x = row.x + used;
    let used = pen.text((x, row.y), room, &what, pen.theme.style(Part::Danger));
    pen.chrome((x + used, row.y), room.saturating_sub(used), tail, Part::Muted);
}
