//! The document as one JSON object. docs/SESSIONS.md describes it; fields may be added, a change of what is there
//! raises [`SCHEMA`].

use std::fmt::Write as _;

use jiff::Timestamp;
use serde_json::{Value, json};

use super::{
    markdown::diff,
    transcript::{Call, Part, Step, Transcript, Turn},
};
use crate::{chat::Usage, journal::Ended};

/// The version of the object's form.
const SCHEMA: u32 = 1;

pub(super) fn write(transcript: &Transcript<'_>) -> String {
    let head = transcript.head;
    let object = json!({
        "schema": SCHEMA,
        "kind": "glm-tui-session",
        "id": head.id,
        "name": transcript.name,
        "title": transcript.title(),
        "folder": head.folder,
        "branch": head.branch,
        "forked_from": head.forked_from,
        "imported_from": head.imported_from,
        "app": head.app,
        "damaged_records": transcript.n_bad,
        "turns": transcript.turns.iter().map(turn).collect::<Vec<Value>>(),
    });
    plain_json(&object)
}

/// A value as indented JSON that a terminal may be shown: what would act there, or turn the order of what is read,
/// is escaped as JSON escapes it, so that a reader gets it back as it was.
#[must_use]
pub fn plain_json(value: &Value) -> String {
    let text = serde_json::to_string_pretty(value).unwrap_or_default();
    let mut out = String::with_capacity(text.len() + 1);
    for c in text.chars() {
        // Such characters stand in strings only; those below U+0020 are escaped already, but for the indent.
        match c {
            '\u{7f}'..='\u{9f}'
            | '\u{61c}'
            | '\u{200b}'..='\u{200f}'
            | '\u{2028}'..='\u{202e}'
            | '\u{2060}'..='\u{2069}'
            | '\u{feff}' => {
                // Writing to a String cannot fail.
                let _ = write!(out, "\\u{:04x}", u32::from(c));
            }
            c => out.push(c),
        }
    }
    out.push('\n');
    out
}

fn turn(turn: &Turn) -> Value {
    let (end, problem) = match turn.end.as_ref() {
        Some(Ended::Done) => ("done", None),
        Some(Ended::Interrupted { .. }) => ("stopped", None),
        Some(Ended::Failed { what, .. }) => ("failed", Some(what)),
        None => ("cut_off", None),
    };
    let mut usage = Usage::default();
    turn.steps().filter_map(|step| step.usage).for_each(|used| usage.add(used));
    json!({
        "turn": turn.id,
        "at": moment(turn.at),
        "prompt": turn.prompt,
        "steps": turn.parts.iter().filter_map(step).collect::<Vec<Value>>(),
        "steered": turn.parts.iter().filter_map(steered).collect::<Vec<Value>>(),
        "end": end,
        "problem": problem,
        "usage": tokens(usage),
        "credits": turn.steps().filter_map(|step| step.credits).reduce(|a, b| a + b),
    })
}

fn steered(part: &Part) -> Option<Value> {
    match part {
        Part::Steered(prompt) => Some(json!(prompt)),
        Part::Step(_) => None,
    }
}

fn step(part: &Part) -> Option<Value> {
    let Part::Step(step) = part else { return None };
    let Step { id, at, model, reasoning, answer, calls, finish, usage, credits } = step.as_ref();
    Some(json!({
        "step": id.step,
        "at": moment(*at),
        "model": model,
        "reasoning": reasoning,
        "answer": answer,
        "calls": calls.iter().map(call).collect::<Vec<Value>>(),
        "finish": finish,
        "usage": usage.map(tokens),
        "credits": credits,
    }))
}

fn call(call: &Call) -> Value {
    let report = call.report.as_ref();
    json!({
        "run": call.card.run,
        "tool": call.card.tool,
        "target": call.card.target,
        "end": report.map(|report| report.end),
        "summary": report.map(|report| &report.summary),
        "milliseconds": report.map(|report| report.took.as_millis() as u64),
        "diff": call.change().map(|change| json!({
            "path": change.path, "added": change.added, "removed": change.removed, "text": diff(change),
        })),
    })
}

fn tokens(usage: Usage) -> Value {
    json!({
        "prompt": usage.prompt, "cached": usage.cached, "completion": usage.completion, "reasoning": usage.reasoning,
    })
}

fn moment(milliseconds: i64) -> String {
    Timestamp::from_millisecond(milliseconds).unwrap_or_default().to_string()
}
