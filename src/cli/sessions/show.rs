//! One saved conversation in words: what is known of it, and its prompts.

use std::fmt::Write;

use super::list;
use crate::{
    journal::{Damage, Record, Story, Summary, plain_json},
    quota::TimeZone,
    text::{Clean, truncate::ellipsis},
};

/// Columns of a prompt's row.
const COLUMNS: usize = 80;
/// How moments are written.
const FORM: &str = "%Y-%m-%d %H:%M";

/// The text. `story` is `None` where nothing can be made of the log.
pub(super) fn text(session: &Summary, story: Option<&Story>, zone: &TimeZone) -> String {
    let card = &session.card;
    let mut out = String::new();
    let mut row = |what: &str, value: &str| {
        let _ = writeln!(out, "{what:<10} {value}");
    };
    row("id", card.id.as_str());
    if let Some(name) = &card.name {
        row("name", name.as_str());
    }
    row("title", card.title.as_str());
    row("folder", card.folder.as_str());
    for (what, value) in [("branch", &session.branch), ("imported", &session.imported_from)] {
        if let Some(value) = value {
            row(what, value.as_str());
        }
    }
    if let Some(from) = &session.forked_from {
        row("forked", &format!("from {}", Clean::strict(from.as_str())));
    }
    if let Some(model) = &session.model {
        row("model", Clean::strict(model.as_str()).as_str());
    }
    row("began", &list::at(session.created, zone, FORM));
    row("used", &list::at(card.updated, zone, FORM));
    row("turns", &card.turns.to_string());
    row("log", &list::bytes(card.bytes));
    if card.open {
        row("open", "yes, in a terminal");
    }
    if session.drafted {
        row("draft", "yes");
    }
    match story {
        Some(story) => {
            if let Some(damage) = damage(&story.damage) {
                row("damage", &damage);
            }
            prompts(story, &mut out);
        }
        None => row("damage", "nothing can be made of its log"),
    }
    let _ = writeln!(out, "\ngo on with it: glm-tui --resume {}", card.id);
    out
}

/// What is wrong with a log; `None` when nothing is.
fn damage(damage: &Damage) -> Option<String> {
    let parts = [
        (damage.bad, "damaged records"),
        (damage.unknown, "records of a newer version"),
        (damage.missing, "missing records"),
    ];
    let said: Vec<String> = parts.into_iter().filter(|(n, _)| *n > 0).map(|(n, what)| format!("{n} {what}")).collect();
    (!said.is_empty()).then(|| said.join(", "))
}

fn prompts(story: &Story, out: &mut String) {
    out.push('\n');
    for entry in &story.path {
        if let Record::Turn { turn, prompt } = &entry.record {
            let first = prompt.as_str().lines().find(|line| !line.trim().is_empty()).unwrap_or_default();
            let row = format!("{:>4}  {}", turn.0, Clean::strict(first));
            let _ = writeln!(out, "{}", ellipsis(row.trim_end(), COLUMNS));
        }
    }
}

/// JSON: the session, its prompts and what is wrong with its log.
pub(super) fn json(session: &Summary, story: Option<&Story>) -> String {
    let mut object = list::object(session);
    let prompts: Vec<serde_json::Value> = story
        .into_iter()
        .flat_map(|story| &story.path)
        .filter_map(|entry| match &entry.record {
            Record::Turn { turn, prompt } => Some(serde_json::json!({ "turn": turn, "prompt": prompt })),
            _ => None,
        })
        .collect();
    object["prompts"] = prompts.into();
    object["damaged_records"] = story.map(|story| story.damage.bad).into();
    object["unknown_records"] = story.map(|story| story.damage.unknown).into();
    object["missing_records"] = story.map(|story| story.damage.missing).into();
    plain_json(&object)
}
