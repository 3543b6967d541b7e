//! Saved conversations as a table of 80 columns and as JSON.

use std::{collections::HashSet, fmt::Write};

use crate::{
    journal::{Summary, plain_json},
    quota::{TimeZone, Timestamp},
    text::{
        Clean,
        truncate::{ellipsis, middle},
        width::width,
    },
};

/// Columns of the table: what a terminal has that nobody made larger.
const COLUMNS: usize = 80;
/// Columns of the folder.
const FOLDER: usize = 18;
/// Characters of an id that are always shown: its date and time.
const SHORTEST_ID: usize = 15;

/// The table. An id is shown as far as it takes to name the session.
pub(super) fn table(all: &[Summary], zone: &TimeZone) -> String {
    if all.is_empty() {
        return "no saved conversations\n".into();
    }
    let ids = short_ids(all);
    let id_columns = ids.iter().map(|id| id.len()).max().unwrap_or(0);
    let mut out = format!("  {:<id_columns$} {:<11} {:>5} {:<FOLDER$} title\n", "id", "used", "turns", "folder");
    for (session, id) in all.iter().zip(ids) {
        let card = &session.card;
        let mark = match (card.open, card.here) {
            (true, _) => 'o',
            (false, true) => '*',
            (false, false) => ' ',
        };
        let when = when(card.updated, zone);
        let folder = pad(&middle(card.folder.as_str(), FOLDER), FOLDER);
        let mut row = format!("{mark} {id:<id_columns$} {when:<11} {:>5} {folder} ", card.turns);
        row.push_str(&ellipsis(&label(session), COLUMNS.saturating_sub(width(&row))));
        let _ = writeln!(out, "{}", row.trim_end());
        if let Some(hit) = &card.hit {
            let _ = writeln!(out, "    {}", ellipsis(hit.as_str(), COLUMNS - 4));
        }
    }
    out.push_str("* this folder   o open in a terminal\n");
    out
}

/// Name and title of a session in one line.
fn label(session: &Summary) -> String {
    let card = &session.card;
    let title = match (session.drafted && card.turns == 0, card.title.as_str()) {
        (true, title) => format!("(draft) {title}"),
        (false, title) => title.to_owned(),
    };
    match &card.name {
        Some(name) => format!("[{name}] {title}"),
        None => title,
    }
}

/// The beginnings of the ids that tell them apart.
fn short_ids(all: &[Summary]) -> Vec<&str> {
    let ids: Vec<&str> = all.iter().map(|session| session.card.id.as_str()).collect();
    let longest = ids.iter().map(|id| id.len()).max().unwrap_or(0);
    let enough = (SHORTEST_ID..longest).find(|n| {
        let starts: HashSet<&str> = ids.iter().map(|id| id.get(..*n).unwrap_or(id)).collect();
        starts.len() == ids.len()
    });
    ids.into_iter().map(|id| id.get(..enough.unwrap_or(longest)).unwrap_or(id)).collect()
}

/// A moment as `11-21 08:30`, of an id's length of use; the year is in the id.
pub(super) fn when(seconds: i64, zone: &TimeZone) -> String {
    at(seconds, zone, "%m-%d %H:%M")
}

/// A moment in this form.
pub(super) fn at(seconds: i64, zone: &TimeZone, form: &str) -> String {
    Timestamp::from_second(seconds).unwrap_or_default().to_zoned(zone.clone()).strftime(form).to_string()
}

/// A size as a person reads it.
pub(super) fn bytes(n: u64) -> String {
    match n {
        0..1_000 => format!("{n} bytes"),
        1_000..1_000_000 => format!("{:.1} kB", n as f64 / 1e3),
        1_000_000..1_000_000_000 => format!("{:.1} MB", n as f64 / 1e6),
        _ => format!("{:.1} GB", n as f64 / 1e9),
    }
}

fn pad(text: &str, columns: usize) -> String {
    format!("{text}{}", " ".repeat(columns.saturating_sub(width(text))))
}

/// JSON, one object for each session.
pub(super) fn json(all: &[Summary]) -> String {
    plain_json(&all.iter().map(object).collect())
}

/// One session as an object.
pub(super) fn object(session: &Summary) -> serde_json::Value {
    let Summary { card, folder, branch, model, created, forked_from, imported_from, version, drafted, unreadable: _ } =
        session;
    let utc = |seconds: i64| Timestamp::from_second(seconds).unwrap_or_default().to_string();
    serde_json::json!({
        "id": card.id,
        "name": card.name,
        "title": card.title,
        "folder": folder.to_string_lossy(),
        "here": card.here,
        "created": utc(*created),
        "updated": utc(card.updated),
        "turns": card.turns,
        "bytes": card.bytes,
        "open": card.open,
        "draft": drafted,
        "branch": branch,
        "model": model,
        "forked_from": forked_from,
        "imported_from": imported_from,
        "format": version,
        "hit": card.hit.as_ref().map(Clean::as_str),
    })
}
