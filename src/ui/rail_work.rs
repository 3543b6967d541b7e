//! The lower part of the rail: the plan, the files that were changed, the commands in the background.

use ratatui::layout::Rect;

use super::{
    jobs, keys,
    paint::{Pen, cells, runs_width},
    plan,
    theme::Part,
    title::titled,
};
use crate::{
    app::{Action, App, FileTotal, Now},
    chat::ChangeKind,
    text::truncate,
};

/// Rows that one section takes at most; the views behind the keys show all.
const MOST: u16 = 12;

/// Draws the sections that have something; returns what is left below them.
pub(super) fn draw(pen: &mut Pen<'_>, area: Rect, (app, now): (&App, Now)) -> Rect {
    let mut rest = area;
    let items = &app.live.work.plan;
    if let Some(list) = section(pen, &mut rest, title_of_plan(app), items.len()) {
        plan::draw_items(pen, list, items, 1);
    }
    let files = app.changes().files();
    let some = if files.len() == 1 { "file" } else { "files" };
    if let Some(list) = section(pen, &mut rest, format!("Changed {} {some}", files.len()), files.len()) {
        draw_files(pen, list, files);
    }
    let running = app.live.work.jobs.iter().filter(|job| job.exit.is_none()).count();
    let all = app.live.work.jobs.len();
    if let Some(list) = section(pen, &mut rest, format!("Background {running}"), all) {
        draw_jobs(pen, list, (app, now));
    }
    rest
}

fn title_of_plan(app: &App) -> String {
    let (done, all) = app.live.work.plan_done();
    format!("Plan {done}/{all}")
}

/// Takes the rows of a section of `n` rows with title and gap from `rest`; `None` when it is empty or
/// there is no room for a title and a row.
fn section(pen: &mut Pen<'_>, rest: &mut Rect, title: String, n: usize) -> Option<Rect> {
    let n = u16::try_from(n).unwrap_or(u16::MAX).min(MOST);
    if n == 0 || rest.height < 2 {
        return None;
    }
    let rows = n.min(rest.height - 1);
    pen.rule(Rect { height: 1, ..*rest }, &titled(title, false), &[]);
    let list = Rect { y: rest.y + 1, height: rows, ..*rest };
    let used = (rows + 2).min(rest.height);
    *rest = Rect { y: rest.y + used, height: rest.height - used, ..*rest };
    Some(list)
}

fn draw_files(pen: &mut Pen<'_>, list: Rect, files: &[FileTotal]) {
    let n = usize::from(list.height);
    let shown = if files.len() <= n { files.len() } else { n.saturating_sub(1) };
    for (file, y) in files.iter().take(shown).zip(list.y..) {
        let sums = vec![(format!("+{}", file.added), Part::Add), (format!(" −{}", file.removed), Part::Del)];
        let row = Rect { y, height: 1, width: list.width.saturating_sub(1), ..list };
        let (sign, part) = match file.kind {
            ChangeKind::Created => ("A", Part::Add),
            ChangeKind::Modified => ("M", Part::Accent),
            ChangeKind::Deleted => ("D", Part::Del),
        };
        pen.chrome((row.x + 1, y), 1, sign, part);
        let room = row.width.saturating_sub(runs_width(&sums) + 5);
        let path = truncate::middle(&file.path, usize::from(room));
        pen.text((row.x + 3, y), room, &path, pen.theme.style(Part::Text));
        pen.runs_right(row, &sums);
    }
    more(pen, list, files.len() - shown);
}

fn draw_jobs(pen: &mut Pen<'_>, list: Rect, (app, now): (&App, Now)) {
    let all = &app.live.work.jobs;
    let n = usize::from(list.height);
    let shown = if all.len() <= n { all.len() } else { n.saturating_sub(1) };
    let key = keys::short(&app.keys.binding_of(Action::Tasks));
    for (job, y) in all.iter().take(shown).zip(list.y..) {
        let row = Rect { y, height: 1, width: list.width.saturating_sub(1), ..list };
        let (glyph, part) = jobs::state(job);
        pen.chrome((row.x + 1, y), 1, glyph, part);
        let note = format!("{}  {key}", jobs::note(app, job, now));
        let room = row.width.saturating_sub(cells(&note) + 5);
        let command = truncate::ellipsis(&job.command.as_str().replace('\n', " "), usize::from(room));
        pen.text((row.x + 3, y), room, &command, pen.theme.style(Part::Text));
        pen.runs_right(row, &[(note, Part::Muted)]);
    }
    more(pen, list, all.len() - shown);
}

fn more(pen: &mut Pen<'_>, list: Rect, n: usize) {
    if n > 0 {
        pen.chrome((list.x + 1, list.bottom() - 1), list.width, &format!("… {n} more"), Part::Faint);
    }
}
