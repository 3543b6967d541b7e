//! What was cut off when the program ended.

use std::collections::HashSet;

use super::{calls::Calls, parts};
use crate::{
    chat::TurnId,
    journal::{
        line::Entry,
        record::{Call, Record},
    },
    text::Clean,
};

/// Letters of a call's target in a line about it.
const SHOWN: usize = 60;

/// What was cut off when the program ended.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Unfinished {
    /// The turn that had not ended.
    pub turn: Option<TurnId>,
    /// Its prompt, if nothing had come back: it belongs into the composer.
    pub prompt: Option<String>,
    /// Calls that were begun, may have changed something, and whose end is not known: never repeated unasked.
    pub calls: Vec<Call>,
    /// The same calls as a person reads them.
    pub shown: Vec<Clean>,
    /// Changes of files that were begun and not completed.
    pub changes: Vec<u64>,
}

/// What of the newest turn of a branch was cut off; files aside.
pub(super) fn of(path: &[Entry]) -> Unfinished {
    let mut out = Unfinished::default();
    let Some(part) = parts(path).last() else { return out };
    let Some(Record::Turn { turn, prompt }) = part.first().map(|entry| &entry.record) else { return out };
    if part.iter().any(|entry| matches!(entry.record, Record::TurnEnd { .. })) {
        return out;
    }
    out.turn = Some(*turn);
    if !part.iter().any(|entry| entry.record.comes_back()) {
        out.prompt = Some(prompt.as_str().to_owned());
    }
    let mut calls = Calls::default();
    for entry in part {
        calls.note(&entry.record);
    }
    for (call, row) in calls.unknown() {
        out.calls.push(call.clone());
        out.shown.push(row.map_or_else(
            || Clean::strict(&call.call.0),
            |row| {
                let target = row.target.as_str().lines().next().unwrap_or_default();
                let short: String = target.chars().take(SHOWN).collect();
                Clean::strict(format!("{} {short}", row.verb).trim())
            },
        ));
    }
    out
}

/// The changes of files that were begun and not completed, on any branch.
pub(super) fn changes(entries: &[Entry]) -> Vec<u64> {
    let complete: HashSet<u64> = entries
        .iter()
        .filter_map(|entry| match entry.record {
            Record::Changed(id) => Some(id),
            _ => None,
        })
        .collect();
    let begun = entries.iter().filter_map(|entry| match &entry.record {
        Record::Change(change) => Some(change.id),
        _ => None,
    });
    begun.filter(|id| !complete.contains(id)).collect()
}
