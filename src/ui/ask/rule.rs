//! The rule above a question: what is asked, what is special about it, how many there are, where its text
//! stands.

use ratatui::layout::Rect;

use crate::{
    app::{Action, App, Focus, Pending, Sheet},
    chat::AskBody,
    text::truncate,
    ui::{
        keys,
        paint::{Pen, Runs, cells, runs_width},
        theme::Part,
    },
};

/// `── Approve? ─ run a command ─ outside the sandbox ──── 1 of 3 · rows 1–9 of 40 ──`
pub(super) fn draw(pen: &mut Pen<'_>, row: Rect, (app, pending): (&App, &Pending), sheet: &Sheet) {
    if row.height == 0 {
        return;
    }
    let note = note(app, pending, sheet, row.width);
    let room = row.width.saturating_sub(if note.is_empty() { 5 } else { runs_width(&note) + 10 });
    let mut left = Runs::new();
    let mut used = 0;
    for (text, part) in title(pending) {
        let cut = truncate::ellipsis(&text, usize::from(room.saturating_sub(used)));
        used += cells(&cut);
        left.push((cut, part));
    }
    pen.rule(row, &left, &note);
}

fn title(pending: &Pending) -> Runs {
    let ask = &pending.ask;
    let what = match ask.body {
        AskBody::Question { .. } => "Question",
        AskBody::Plan(_) => "Start with this plan?",
        _ => "Approve?",
    };
    let mut runs = vec![(what.to_owned(), Part::Title)];
    // What the program asks by itself needs no more words; a tool is named.
    let title = if what == "Approve?" { ask.title.as_str() } else { "" };
    for (text, part) in [(title, Part::Text)].into_iter().chain(ask.notes.iter().map(|n| (n.as_str(), Part::Warn))) {
        if !text.is_empty() {
            runs.push((" ─ ".to_owned(), Part::Border));
            runs.push((text.to_owned(), part));
        }
    }
    runs
}

/// The title with all its notes fits the rule, together with what else may stand there.
pub(super) fn notes_fit(pending: &Pending, width: u16, scrolls: bool) -> bool {
    // `1 of 3 · rows 10–19 of 120 · PgDn to the end first`, or only the count.
    let remark = if scrolls { 52 } else { 18 };
    pending.ask.notes.is_empty() || runs_width(&title(pending)) + remark <= width
}

fn note(app: &App, pending: &Pending, sheet: &Sheet, width: u16) -> Runs {
    let mut parts: Vec<(String, Part)> = Vec::new();
    if let Some((n, of)) = app.live.asks.count() {
        parts.push((format!("{n} of {of}"), Part::Accent));
    }
    if app.panes.focus != Focus::Composer {
        let key = keys::short(&app.keys.binding_of(Action::Back));
        parts.push((format!("{key}: answer"), Part::Accent));
    }
    if sheet.last_top() > 0 {
        let (from, to) = (sheet.top + 1, (sheet.top + usize::from(sheet.area.height)).min(sheet.n_rows));
        let whole = matches!(pending.ask.body, AskBody::Command { .. } | AskBody::Plain(_));
        let unseen = whole && !pending.seen && !sheet.at_end();
        let text = match (width >= 60, unseen) {
            (true, true) => format!("rows {from}–{to} of {} · PgDn to the end first", sheet.n_rows),
            (true, false) => format!("rows {from}–{to} of {} · PgUp PgDn", sheet.n_rows),
            (false, _) => format!("{from}–{to}/{} PgDn", sheet.n_rows),
        };
        parts.push((text, if unseen { Part::Warn } else { Part::Muted }));
    }
    let mut runs = Runs::new();
    for part in parts {
        if !runs.is_empty() {
            runs.push((" · ".to_owned(), Part::Faint));
        }
        runs.push(part);
    }
    runs
}
