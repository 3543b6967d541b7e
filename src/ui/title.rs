//! The rules above the panes: what a pane shows, how it stands, which key changes that.

use ratatui::layout::Rect;

use super::{
    format, keys,
    paint::{Pen, Runs, runs_width},
    stack::{Stack, reasoning_of, step, step_of},
    theme::Part,
    window::Heights,
    words,
};
use crate::app::{Action, App, Focus, Now, Scroll};

/// One line for an empty conversation: what can be done from here.
pub(super) fn draw_welcome(pen: &mut Pen<'_>, area: Rect, app: &App) {
    let key = |action| keys::short(&app.keys.binding_of(action));
    let tips = [
        ("", "Ask anything".to_owned()),
        ("/", "commands".to_owned()),
        (&key(Action::NextModel), "next model".to_owned()),
        (&key(Action::Reasoning), "reasoning".to_owned()),
        (&key(Action::Help), "help".to_owned()),
    ];
    let mut runs = Runs::new();
    for (key, what) in tips {
        if !runs.is_empty() {
            runs.push((" · ".to_owned(), Part::Faint));
        }
        runs.push((format!("{key}{}", if key.is_empty() { "" } else { " " }), Part::Accent));
        runs.push((what, Part::Muted));
    }
    pen.runs((area.x, area.y), area.width, &runs);
}

/// Title of the answer pane.
pub(super) fn draw_answer_title(pen: &mut Pen<'_>, row: Rect, app: &App, at_end: bool) {
    let focused = app.panes.focus == Focus::Answer;
    let turn = words::turn(app);
    let short = row.width < 60;
    let mut title = if short && turn > 0 { String::new() } else { "Answer".to_owned() };
    if turn > 0 {
        title = if title.is_empty() { format!("turn {turn}") } else { format!("{title} · turn {turn}") };
    }
    if app.look.detailed {
        title += " · detail";
    }
    let running = app.live.turn_at.is_some();
    let (note, part) = match (app.panes.answer, at_end) {
        (Scroll::Latest, _) if running && short => ("live", Part::Faint),
        (Scroll::Latest, _) if running => ("following", Part::Faint),
        (Scroll::Latest, _) => ("", Part::Faint),
        (Scroll::Reading(_), false) if app.panes.unseen => ("↓ new activity", Part::Warn),
        (Scroll::Reading(_), _) => ("reading", Part::Accent),
    };
    let note = if note.is_empty() { Vec::new() } else { vec![(note.to_owned(), part)] };
    pen.rule(row, &titled(title, focused), &note);
}

/// A title that shows the focus by a sign and by weight, not by colour alone.
pub(super) fn titled(title: String, focused: bool) -> Vec<(String, Part)> {
    if focused { vec![("▸ ".to_owned(), Part::Accent), (title, Part::Title)] } else { vec![(title, Part::Muted)] }
}

/// Title of the reasoning pane: the newest step with its time and tokens, and what the toggle key does.
pub(super) fn draw_reasoning_title(pen: &mut Pen<'_>, row: Rect, stack: &mut Stack<'_>, now: Now, resting: bool) {
    let app = stack.app;
    let focused = app.panes.focus == Focus::Reasoning;
    let short = row.width < 44;
    let last = stack.len().checked_sub(1).and_then(|n| stack.places.and_then(|p| p.get(n))).copied();
    let entry = last.and_then(|at| app.transcript.entries.get(at));
    let Some((entry, id)) = entry.and_then(|e| step_of(e).map(|id| (e, id))) else {
        pen.rule(row, &titled("Reasoning".to_owned(), focused), &[]);
        return;
    };
    let text = reasoning_of(entry);
    let known = step(app, id);
    let thinking = known.is_some_and(words::is_thinking);
    let title = if short {
        let time = known.and_then(|s| words::thought_for(s, now.instant)).map(format::span).unwrap_or_default();
        format!("{} {time}", if thinking { "think" } else { "thought" })
    } else {
        let effort = words::effort(known, text.len(), now.instant);
        let state = if thinking { " · " } else { " · done " };
        format!("Reasoning {id}{state}{effort}")
    };
    let title = titled(title, focused);
    let room = row.width.saturating_sub(runs_width(&title) + 22);
    let key = keys::short(&app.keys.binding_of(Action::Reasoning));
    let note = match (short, resting) {
        (true, _) => key,
        (false, true) if room >= 10 => {
            format!("{key} open · \"{}\"", words::teaser(text, usize::from(room.min(40))))
        }
        (false, true) => format!("{key} open"),
        (false, false) => match (app.panes.reasoning, thinking) {
            (Scroll::Reading(_), _) => format!("reading · {key} hide"),
            (Scroll::Latest, true) => format!("live · {key} hide"),
            (Scroll::Latest, false) => format!("{key} hide"),
        },
    };
    pen.rule(row, &title, &[(note, Part::Faint)]);
}
