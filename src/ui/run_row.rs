//! The row of a tool call: state, verb and target left, what came of it and how long it took right. Drawn
//! from the state in each frame, so that what runs ticks without laying anything out anew.

use std::time::Duration;

use ratatui::layout::Rect;

use super::{
    format,
    glyphs::GlyphSet,
    keys,
    paint::{Pen, Runs, cells, runs_width},
    run_block::{More, NARROW, indent, is_path},
    theme::Part,
};
use crate::{
    app::{Action, App, EntryId, Explored, Focus, Fold, Now, Run, RunState, action::PaneAct},
    chat::{RunEnd, RunKind},
    text::{
        truncate,
        wrap::{Piece, Row},
    },
};

/// What of the row is text of the entry: for hits and copies.
pub(super) struct Drawn {
    /// Where it stands.
    pub(super) at: Rect,
    /// The text.
    pub(super) row: Row,
}

/// Draws the row of a call.
pub(super) fn draw(pen: &mut Pen<'_>, row: Rect, run: &Run, (app, now): (&App, Now), marked: bool) -> Drawn {
    let inner = lead(pen, row, (run.glyph(), state_part(run)), marked);
    let right = right(run, app, now, inner.width);
    let taken = runs_width(&right);
    let gap = if taken > 0 { 2 } else { 0 };
    let room = inner.width.saturating_sub(taken + gap);
    let verb = run.card.verb.as_str();
    let used = pen.text((inner.x, inner.y), room, verb, pen.theme.style(Part::Text));
    let target_room = room.saturating_sub(used + 1);
    let target = target(run, usize::from(target_room), pen.glyphs);
    let part = if run.is_over() { Part::Text } else { Part::Title };
    pen.text((inner.x + used + 1, inner.y), target_room, &target, pen.theme.style(part));
    pen.runs_right(Rect { width: inner.width, ..inner }, &right);
    let text = Row { pieces: vec![Piece { text: format!("{verb} {target}"), ..Piece::default() }], ..Row::default() };
    Drawn { at: Rect { width: room, ..inner }, row: text }
}

/// Draws the one row of several reads and searches.
pub(super) fn draw_explored(pen: &mut Pen<'_>, row: Rect, run: &Run, marked: bool) -> Drawn {
    let inner = lead(pen, row, ('✓', Part::Ok), marked);
    let Fold::Lead { explored, open } = &run.fold else { return Drawn { at: inner, row: Row::default() } };
    let text = words(*explored);
    let used = pen.text((inner.x, inner.y), inner.width, &text, pen.theme.style(Part::Text));
    let sign = if *open { " ▾" } else { " ▸" };
    pen.chrome((inner.x + used, inner.y), inner.width.saturating_sub(used), sign, Part::Faint);
    let right = vec![(seconds(explored.took), Part::Faint)];
    if used + 4 + runs_width(&right) <= inner.width {
        pen.runs_right(inner, &right);
    }
    let at = Rect { width: used, ..inner };
    Drawn { at, row: Row { pieces: vec![Piece { text, ..Piece::default() }], ..Row::default() } }
}

/// Draws the row that tells what was left out, and how to see it.
pub(super) fn draw_more(pen: &mut Pen<'_>, row: Rect, more: More, (app, id): (&App, EntryId)) {
    let inset = indent(row.width) + 2;
    let lines = if more.lines == 1 { "line" } else { "lines" };
    let mut runs: Runs = vec![(format!("… {} more {lines}", more.lines), Part::Muted)];
    let key = open_key(app);
    if more.opens && !key.is_empty() && app.opens_next() == Some(id) {
        let what = if more.of_change { "open diff" } else { "expand" };
        runs.push((format!(" · {key}: {what}"), Part::Faint));
    }
    if runs_width(&runs) + inset > row.width {
        runs.truncate(1);
    }
    pen.runs((row.x + inset, row.y), row.width.saturating_sub(inset), &runs);
}

/// The key that opens a row from where the focus is.
fn open_key(app: &App) -> String {
    let in_pane = app.panes.focus == Focus::Answer;
    let all = app.keys.all_of(Action::Pane(PaneAct::Open));
    let fits = |scope: crate::app::action::Scope| in_pane || scope == crate::app::action::Scope::Anywhere;
    all.into_iter().find(|(scope, _)| fits(*scope)).map(|(_, key)| keys::short(&key)).unwrap_or_default()
}

/// Draws mark and state; returns what is left of the row, without the free column at its end.
fn lead(pen: &mut Pen<'_>, row: Rect, (glyph, part): (char, Part), marked: bool) -> Rect {
    let inset = indent(row.width);
    if marked {
        pen.chrome((row.x, row.y), 1, "▸", Part::Accent);
    }
    pen.chrome((row.x + inset, row.y), row.width.saturating_sub(inset), &glyph.to_string(), part);
    let used = (inset + 2).min(row.width);
    Rect { x: row.x + used, width: (row.width - used).saturating_sub(1), ..row }
}

fn state_part(run: &Run) -> Part {
    match &run.state {
        RunState::Queued => Part::Faint,
        RunState::Running { .. } => Part::Accent,
        RunState::Ended(report) => match report.end {
            RunEnd::Ok => Part::Ok,
            RunEnd::Failed => Part::Danger,
            RunEnd::Denied | RunEnd::Stopped => Part::Warn,
        },
    }
}

/// What it works on, in at most `room` cells: of a path the last name stays, of a command the beginning.
/// The mark of a cut is ours, so it keeps to the glyphs in force.
fn target(run: &Run, room: usize, glyphs: GlyphSet) -> String {
    let target = run.card.target.as_str();
    let first = target.lines().next().unwrap_or("");
    let cut = if is_path(run) { truncate::middle(first, room) } else { truncate::ellipsis(first, room) };
    if cut == first || glyphs == GlyphSet::Unicode {
        return cut;
    }
    let at = if is_path(run) { cut.find('…') } else { cut.rfind('…') };
    match at {
        Some(at) => format!("{}{}{}", &cut[..at], glyphs.map('…'), &cut[at + '…'.len_utf8()..]),
        None => cut,
    }
}

/// Least cells that the target keeps beside the right side.
const TARGET_LEAST: u16 = 16;

/// What stands right, as much of it as leaves room for the target.
fn right(run: &Run, app: &App, now: Now, width: u16) -> Runs {
    let narrow = width + 6 < NARROW;
    let time = time(run, now);
    let (summary, part) = summary(run);
    let summary = truncate::ellipsis(&summary.replace('\n', " "), usize::from(width / 2));
    let mut full = Runs::new();
    if !summary.is_empty() {
        full.extend(tinted(run, &summary, part));
    }
    if let Some(time) = &time {
        let gap = if full.is_empty() { "" } else { "  " };
        full.push((format!("{gap}{time}"), Part::Faint));
    }
    let mut forms = vec![full.clone()];
    let background = keys::short(&app.keys.binding_of(Action::Background));
    if run.is_running() && run.card.kind == RunKind::Command && !background.is_empty() {
        let mut with_key = full;
        with_key.push((format!("  {background} background"), Part::Faint));
        forms.insert(0, with_key);
    }
    // One of the two must do: of a command the time, of anything else what came of it.
    let one = match (&time, summary.is_empty() || run.card.kind == RunKind::Command) {
        (Some(time), true) => vec![(time.clone(), Part::Faint)],
        _ => tinted(run, &summary, part),
    };
    if narrow {
        forms = vec![one];
    } else {
        forms.push(one);
    }
    let wanted = cells(run.card.verb.as_str()).saturating_add(1 + TARGET_LEAST);
    let target = cells(run.card.verb.as_str()).saturating_add(1).saturating_add(first_line_cells(run)).min(wanted);
    forms.into_iter().find(|form| runs_width(form) + 2 + target <= width).unwrap_or_default()
}

/// The sums of an edit in the colours of a change.
fn tinted(run: &Run, summary: &str, part: Part) -> Runs {
    let edit = run.card.kind == RunKind::Edit && part == Part::Muted;
    match summary.split_once(' ').filter(|(added, _)| edit && added.starts_with('+')) {
        Some((added, removed)) => vec![(added.to_owned(), Part::Add), (format!(" {removed}"), Part::Del)],
        None => vec![(summary.to_owned(), part)],
    }
}

fn first_line_cells(run: &Run) -> u16 {
    cells(run.card.target.as_str().lines().next().unwrap_or(""))
}

fn summary(run: &Run) -> (String, Part) {
    let Some(report) = run.report() else { return (String::new(), Part::Muted) };
    let said = report.summary.as_str();
    match report.end {
        RunEnd::Ok => (said.to_owned(), Part::Muted),
        RunEnd::Failed if said.is_empty() => ("failed".to_owned(), Part::Danger),
        RunEnd::Failed => (said.to_owned(), Part::Danger),
        RunEnd::Denied if said.is_empty() => ("denied".to_owned(), Part::Warn),
        RunEnd::Stopped if said.is_empty() => ("stopped".to_owned(), Part::Warn),
        RunEnd::Denied | RunEnd::Stopped => (said.to_owned(), Part::Warn),
    }
}

/// How long it took, or has run; an edit takes no time worth a figure.
fn time(run: &Run, now: Now) -> Option<String> {
    let took = run.took(now.instant)?;
    match run.state {
        RunState::Running { .. } => Some(format::span(took)),
        _ if run.card.kind == RunKind::Edit => None,
        RunState::Ended(ref report) if matches!(report.end, RunEnd::Denied) => None,
        _ => Some(seconds(took)),
    }
}

/// `0.1s`, `9.4s`, `41s`, `1m02s`.
fn seconds(time: Duration) -> String {
    if time < Duration::from_millis(9_950) { format!("{:.1}s", time.as_secs_f64()) } else { format::span(time) }
}

/// `Explored 6 files, 2 searches`.
fn words(explored: Explored) -> String {
    let some = |n: usize, one: &str, many: &str| format!("{n} {}", if n == 1 { one } else { many });
    let files = some(explored.n_files, "file", "files");
    let other = some(explored.n_other, "search", "searches");
    match (explored.n_files, explored.n_other) {
        (_, 0) => format!("Explored {files}"),
        (0, _) => format!("Explored with {other}"),
        _ => format!("Explored {files}, {other}"),
    }
}
