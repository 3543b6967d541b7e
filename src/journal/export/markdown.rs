//! The document as Markdown. The model's answers are Markdown already and stay as they are; everything else is
//! quoted or fenced, so that it cannot end its place.

use std::fmt::Write;

use super::transcript::{Call, Part, Step, Transcript, Turn};
use crate::{
    chat::{FileChange, Side},
    text::Clean,
};

pub(super) fn write(transcript: &Transcript<'_>) -> String {
    let head = transcript.head;
    let mut out = format!("# {}\n\n", line(transcript.title().as_str()));
    let _ = writeln!(out, "- session {}", head.id);
    let _ = writeln!(out, "- folder {}", code(&head.folder));
    for (what, value) in [("branch", &head.branch), ("imported from", &head.imported_from)] {
        if let Some(value) = value {
            let _ = writeln!(out, "- {what} {}", code(value));
        }
    }
    if let Some(from) = &head.forked_from {
        let _ = writeln!(out, "- forked from {from}");
    }
    if transcript.n_bad > 0 {
        let _ = writeln!(out, "- {} damaged records were left out", transcript.n_bad);
    }
    for turn in &transcript.turns {
        turn_of(turn, &mut out);
    }
    out
}

fn turn_of(turn: &Turn, out: &mut String) {
    let _ = write!(out, "\n## {}\n\n{}", turn.id.0, quoted(&turn.prompt));
    for part in &turn.parts {
        match part {
            Part::Step(step) => step_of(step, out),
            Part::Steered(prompt) => {
                let _ = write!(out, "\n**Said meanwhile**\n\n{}", quoted(prompt));
            }
        }
    }
    if let Some(ending) = turn.ending() {
        let _ = writeln!(out, "\n*{}*", line(ending.as_str()));
    }
}

fn step_of(step: &Step, out: &mut String) {
    let _ = writeln!(out, "\n### {} {}", step.id, line(step.model.as_str()));
    if !step.reasoning.is_empty() {
        let _ = write!(out, "\n> **Reasoning**\n>\n{}", quoted(&step.reasoning));
    }
    if !step.answer.is_empty() {
        let _ = writeln!(out, "\n{}", step.answer.as_str().trim_end());
    }
    if !step.calls.is_empty() {
        out.push('\n');
    }
    step.calls.iter().for_each(|call| call_of(call, out));
}

fn call_of(call: &Call, out: &mut String) {
    let (verb, outcome) = (line(call.card.verb.as_str()), line(call.outcome().as_str()));
    let _ = writeln!(out, "- {verb} {} · {outcome}", code(call.target().as_str()));
    if let Some(change) = call.change().filter(|change| !change.hunks.is_empty()) {
        let body = diff(change);
        let fence = "`".repeat(longest_run(&body).max(2) + 1);
        let _ = writeln!(out, "\n{fence}diff\n{body}{fence}\n");
    }
}

/// A change as a unified diff, as far as it is known.
pub(super) fn diff(change: &FileChange) -> String {
    let mut out = String::new();
    for hunk in &change.hunks {
        let count = |side: Side| hunk.lines.iter().filter(|line| line.side != side).count();
        let (old, new) = (count(Side::Added), count(Side::Removed));
        let _ = writeln!(out, "@@ -{},{old} +{},{new} @@", hunk.old_start, hunk.new_start);
        for line in &hunk.lines {
            let mark = match line.side {
                Side::Context => ' ',
                Side::Removed => '-',
                Side::Added => '+',
            };
            let _ = writeln!(out, "{mark}{}", line.text.as_str().replace('\n', "⏎"));
        }
    }
    if change.n_hidden > 0 {
        let _ = writeln!(out, "@@ {} more places are not shown @@", change.n_hidden);
    }
    out
}

/// Text as a quote, each line of it.
fn quoted(text: &Clean) -> String {
    let lines = text.as_str().trim_end().lines();
    lines.map(|line| if line.is_empty() { ">\n".to_owned() } else { format!("> {line}\n") }).collect()
}

/// Words in one line that cannot begin markup.
pub(super) fn line(text: &str) -> String {
    let text = Clean::strict(text).into_string();
    text.chars()
        .flat_map(|c| ["\\"].into_iter().filter(move |_| "\\`*_[]<>#|".contains(c)).flat_map(str::chars).chain([c]))
        .collect()
}

/// A code span whatever the text holds.
fn code(text: &str) -> String {
    let text = Clean::strict(text).into_string();
    let ticks = "`".repeat(longest_run(&text) + 1);
    if text.starts_with('`') || text.ends_with('`') {
        format!("{ticks} {text} {ticks}")
    } else {
        format!("{ticks}{text}{ticks}")
    }
}

/// The longest run of backticks in a text.
fn longest_run(text: &str) -> usize {
    text.split(|c| c != '`').map(str::len).max().unwrap_or(0)
}
