//! The background commands: state, command, age, the newest rows of the chosen one.

use ratatui::layout::Rect;

use super::panel::{Drawn, frame, keys, panel};
use crate::{
    app::{App, Now},
    chat::JobCard,
    text::truncate,
    ui::{
        jobs,
        layout::Layout,
        paint::{Pen, cells},
        theme::Part,
    },
};

/// Rows of the list and of the output below it that are worth showing.
const LIST: u16 = 8;
const OUTPUT: u16 = 8;

pub(super) fn draw(pen: &mut Pen<'_>, layout: &Layout, (app, now): (&App, Now), selected: usize) -> Drawn {
    let all = &app.live.work.jobs;
    let chosen = all.get(selected.min(all.len().saturating_sub(1)));
    let n_tail = chosen.map_or(0, |job| u16::try_from(job.tail.len()).unwrap_or(u16::MAX).min(OUTPUT));
    let n_list = u16::try_from(all.len()).unwrap_or(u16::MAX).clamp(1, LIST);
    let area = panel(layout, n_list + n_tail + u16::from(n_tail > 0) + 2, 100);
    let foot = keys(&[("↑↓", "choose"), ("x", "stop it"), ("esc", "close")]);
    let inner = frame(pen, area, "Background commands", &foot);
    let rows = n_list.min(inner.height);
    let list = Rect { height: rows, ..inner };
    if all.is_empty() {
        pen.chrome((list.x, list.y), list.width, "no command runs in the background", Part::Muted);
        return Drawn::default();
    }
    let shown = usize::from(rows);
    let top = selected.saturating_sub(shown.saturating_sub(1) / 2).min(all.len().saturating_sub(shown));
    for ((n, job), y) in all.iter().enumerate().skip(top).zip(list.y..list.bottom()) {
        draw_job(pen, Rect { y, height: 1, ..list }, (job, n == selected), (app, now));
    }
    let output = Rect { y: list.bottom() + 1, height: inner.height.saturating_sub(rows + 1), ..inner };
    let tail = chosen.map(|job| job.tail.as_slice()).unwrap_or_default();
    let from = tail.len().saturating_sub(usize::from(output.height));
    for (line, y) in tail[from..].iter().zip(output.y..output.bottom()) {
        let line = truncate::ellipsis(&line.as_str().replace('\n', " "), usize::from(output.width.saturating_sub(2)));
        pen.text((output.x + 2, y), output.width.saturating_sub(2), &line, pen.theme.style(Part::Muted));
    }
    Drawn { list_rows: list.height, ..Drawn::default() }
}

fn draw_job(pen: &mut Pen<'_>, at: Rect, (job, chosen): (&JobCard, bool), (app, now): (&App, Now)) {
    if chosen {
        pen.fill(at, ' ', Part::Selection);
    }
    let (glyph, part) = jobs::state(job);
    let part = if chosen { Part::Selection } else { part };
    pen.chrome((at.x, at.y), 1, glyph, part);
    let note = jobs::note(app, job, now);
    let width = cells(&note);
    let room = at.width.saturating_sub(width + 4);
    let text = if chosen { Part::Selection } else { Part::Text };
    let command = truncate::ellipsis(&job.command.as_str().replace('\n', " "), usize::from(room));
    pen.text((at.x + 2, at.y), room, &command, pen.theme.style(text));
    let faint = if chosen { Part::Selection } else { Part::Muted };
    pen.chrome((at.right().saturating_sub(width + 1), at.y), width, &note, faint);
}
