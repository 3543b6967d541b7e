//! The text of a question: what exactly would be done, or what is asked.

use super::spell;
use crate::{
    app::{App, Offer, Page, Pending},
    chat::{AskBody, Choice},
    text::{markdown::Flow, width::width, wrap},
    ui::{
        diff_lines::DiffStyle,
        diff_sheet,
        sheet::{Line, Lines},
        theme::Part,
    },
};

/// The rows at `width` cells.
pub(super) fn lines(app: &App, pending: &Pending, width: u16) -> Lines {
    let mut lines = match &pending.ask.body {
        AskBody::Command { shown, .. } => Lines { rows: spell::rows(shown.as_str(), width), ..Lines::default() },
        AskBody::Plain(what) => Lines { rows: spell::rows(what.as_str(), width), ..Lines::default() },
        AskBody::Change(change) => {
            let look = app.look.diff;
            let style = DiffStyle { side_by_side: look.is_side_by_side(width + MARGIN), wrap: !look.cut };
            diff_sheet::lines(change, Some(&pending.review), width, style)
        }
        AskBody::Question { question, options, many } => {
            question_lines(pending, question.as_str(), (options, *many), width)
        }
        AskBody::Plan(plan) => {
            let mut flow = Flow::new(width.max(1));
            flow.update(plan.as_str(), true);
            let rows = flow.rows().iter().map(|row| Line::Text(row.clone(), Part::Text)).collect();
            Lines { rows, ..Lines::default() }
        }
    };
    if pending.page != Page::Short {
        details(pending, width, &mut lines);
    }
    if pending.page == Page::Explained {
        explain(pending, width, &mut lines);
    }
    lines
}

/// Columns that the dialog leaves free beside its text, both sides together.
pub(super) const MARGIN: u16 = 4;

fn question_lines(pending: &Pending, question: &str, (options, many): (&[Choice], bool), cells: u16) -> Lines {
    let mut lines = Lines::default();
    lines.rows.extend(wrap::plain(question, cells).into_iter().map(|row| Line::Text(row, Part::Title)));
    for (n, option) in options.iter().enumerate() {
        lines.mark();
        let picked = match (many, pending.picks.contains(&n)) {
            (false, _) => "",
            (true, true) => "[x] ",
            (true, false) => "[ ] ",
        };
        let digit = if n < 9 { (n + 1).to_string() } else { " ".to_owned() };
        let lead = format!("{picked}{digit}  ");
        let about = option.about.as_str();
        let sense = if about.is_empty() { String::new() } else { format!(" — {about}") };
        let words = format!("{}{sense}", option.label);
        let indent = width(&lead) as u16;
        for (row_n, row) in wrap::plain(&words, cells.saturating_sub(indent).max(1)).into_iter().enumerate() {
            let lead = if row_n == 0 { lead.clone() } else { " ".repeat(usize::from(indent)) };
            let runs = vec![(lead, Part::Accent), (row.text(), Part::Text)];
            let chosen = n == pending.choice && pending.typing.is_none();
            lines.rows.push(if chosen { Line::Chosen(runs) } else { Line::Foreign(runs) });
        }
    }
    lines
}

/// All that is known of the question.
fn details(pending: &Pending, width: u16, lines: &mut Lines) {
    let ask = &pending.ask;
    lines.gap();
    let mut say = |label: &str, text: &str| {
        for row in spell::rows(&format!("{label}{text}"), width) {
            lines.rows.push(muted(row));
        }
    };
    for note in &ask.notes {
        say("note: ", note.as_str());
    }
    if !ask.place.is_empty() {
        say("in ", ask.place.as_str());
    }
    if let Some(reason) = &ask.reason {
        say("reason: ", reason.as_str());
    }
    say("", &format!("step {}, call {}", ask.step, ask.run.0));
    rules(pending, width, lines);
}

/// The exact rules that the standing grants would hold.
pub(super) fn rules(pending: &Pending, width: u16, lines: &mut Lines) {
    for row in pending.offers() {
        if let Some(rule) = row.rule {
            let text = format!("{} {}: {rule}", row.offer.key(), row.words);
            lines.rows.extend(spell::rows(&text, width).into_iter().map(muted));
        }
    }
}

/// Running text in the part of less important things; what was marked stays marked.
pub(super) fn muted(line: Line) -> Line {
    match line {
        Line::Foreign(runs) => Line::Foreign(
            runs.into_iter().map(|(text, part)| (text, if part == Part::Text { Part::Muted } else { part })).collect(),
        ),
        other => other,
    }
}

fn explain(pending: &Pending, width: u16, lines: &mut Lines) {
    lines.gap();
    for row in pending.offers() {
        let what = match row.offer {
            Offer::Once => "yes, this one time",
            Offer::Session => "yes, and for everything that the rule beside it covers, until this session ends",
            Offer::Always => {
                "yes, and from now on for everything that the rule covers; it is written to your config file"
            }
            Offer::No => "no; the model is told, with your words if you type some, and the turn goes on",
            Offer::Edit => "change it first; what you write is what is done",
            Offer::Detail | Offer::Explain => continue,
        };
        lines.ours(&format!("{}  {what}", row.offer.key()), Part::Text, width);
    }
    lines.ours(
        "Enter takes the marked answer, never a standing one. Esc is no. Ctrl-C is no and stops the turn.",
        Part::Text,
        width,
    );
    lines.ours(
        "The model asked for this; the policy of this program says that a person decides. A question that has just \
         come up takes no keys for half a second, nor while you type.",
        Part::Muted,
        width,
    );
}
