//! What a log tells: the branch that counts, the conversation for the model, the events for the screen, the
//! changes to files, and what was cut off. Pure.

mod about;
mod branch;
mod calls;
mod notes;
mod telling;
mod unfinished;

use std::time::Duration;

pub use self::{
    about::{Chosen, Counters},
    telling::Parts,
    unfinished::Unfinished,
};
use self::{
    about::{chosen, unknown_head},
    telling::Telling,
};
use super::{
    change::ChangeSet,
    line::Entry,
    reader::{Damage, Read},
    record::{Head, Record},
    sieve::Sieve,
};
use crate::{
    chat::{Event, Message, Point, TurnCard, Usage},
    text::Clean,
};

/// What a log tells.
#[derive(Clone, Debug, PartialEq)]
pub struct Story {
    /// Its first record. Where that is damaged, the id and the folder are empty.
    pub head: Head,
    /// The session's name, if it was given one.
    pub name: Option<String>,
    /// The records that count, in order: those of the branch that is gone on with. What later records repeat is
    /// left out (see [`Story::end`] for the number to go on after).
    pub path: Vec<Entry>,
    /// Prompts of branches that were left, oldest first.
    pub left: Vec<TurnCard>,
    /// All changes of files, of all branches, in order.
    pub changes: Vec<ChangeSet>,
    /// The highest numbers in use.
    pub counters: Counters,
    /// What was chosen last.
    pub chosen: Chosen,
    /// What was cut off.
    pub unfinished: Unfinished,
    /// What was wrong with the log.
    pub damage: Damage,
    /// The number of the last record.
    pub last: u64,
    /// The torn end of the log was moved aside.
    pub(super) is_mended: bool,
}

impl Story {
    /// What a log tells; `None` when there is no record.
    #[must_use]
    pub fn tell(read: Read) -> Option<Self> {
        Self::tell_until(read, None)
    }

    /// The same up to a moment, which may lie on a branch that was left; `None` also when there is no such moment.
    #[must_use]
    pub fn tell_until(read: Read, point: Option<Point>) -> Option<Self> {
        let Read { entries, damage, last, is_sifted } = read;
        entries.first()?;
        let entries = if is_sifted { entries } else { Sieve::sift(entries) };
        let (mut head, mut name) = (None, None);
        let mut counters = Counters::default();
        let mut changes = Vec::new();
        for entry in &entries {
            match &entry.record {
                Record::Head(first) => head = head.or_else(|| Some(first.clone())),
                Record::Name(newest) => name = Some(newest.clone()),
                Record::Turn { turn, .. } => counters.turn = counters.turn.max(*turn),
                Record::Step { step, .. } => counters.turn = counters.turn.max(step.turn),
                Record::Run(card) => counters.run = counters.run.max(card.run),
                Record::Begun(call) => counters.run = counters.run.max(call.run),
                Record::Change(change) => {
                    counters.change = counters.change.max(change.id);
                    changes.push(change.as_ref().clone());
                }
                _ => {}
            }
        }
        let end = point.map_or(Some(entries.len()), |point| branch::place(&entries, point))?;
        let keep = branch::path(&entries, end);
        let unfinished_changes = unfinished::changes(&entries);
        let (left, _) = branch::cards(entries.iter().zip(keep.iter().map(|on_path| !on_path)), &changes);
        let mut path = entries;
        let mut keep = keep.into_iter();
        path.retain(|_| keep.next().unwrap_or(false));
        path.shrink_to_fit();
        let unfinished = Unfinished { changes: unfinished_changes, ..unfinished::of(&path) };
        Some(Self {
            head: head.unwrap_or_else(unknown_head),
            name: name.filter(|name| !name.is_empty()),
            chosen: chosen(&path),
            path,
            left,
            changes,
            counters,
            unfinished,
            damage,
            last,
            is_mended: false,
        })
    }

    /// The number to go on after when the story is gone back to: [`Record::Rewound`] of it leads here.
    #[must_use]
    pub fn end(&self) -> u64 {
        self.path.last().map_or(0, |entry| entry.n)
    }

    /// The prompts of the branch that is gone on with, oldest first.
    #[must_use]
    pub fn turns(&self) -> Vec<TurnCard> {
        branch::cards(self.path.iter().map(|entry| (entry, false)), &self.changes).1
    }

    /// The conversation as the model knows it, without the system prompt. Every call in it has its answer.
    #[must_use]
    pub fn messages(&self) -> Vec<Message> {
        self.conversation().0
    }

    /// The same with the service's newest count of tokens and how many of the messages it covers.
    #[must_use]
    pub fn conversation(&self) -> (Vec<Message>, Option<(Usage, usize)>) {
        let told = self.told(0, |record| !matches!(record, Record::RunEnd { .. } | Record::Plan(_)));
        (told.messages, told.counted)
    }

    /// What a front end is told, each event with how long before `now` (milliseconds since 1970) it happened.
    #[must_use]
    pub fn events(&self, now: i64) -> Vec<(Duration, Event)> {
        self.told(now, |_| true).events
    }

    /// [`Story::conversation`] and [`Story::events`] in one go, without a copy of either.
    #[must_use]
    pub fn into_parts(self, now: i64) -> Parts {
        let lens: Vec<usize> = parts(&self.path).map(<[Entry]>::len).collect();
        let mut telling = Telling::new(now);
        let mut rest = self.path.into_iter();
        for len in lens {
            telling.part(rest.by_ref().take(len).collect());
        }
        telling.end()
    }

    /// What a person must know before the conversation goes on, a line each.
    #[must_use]
    pub fn notes(&self) -> Vec<Clean> {
        notes::notes(self)
    }

    fn told(&self, now: i64, matters: fn(&Record) -> bool) -> Parts {
        let mut telling = Telling::new(now);
        for part in parts(&self.path) {
            telling.part(part.iter().filter(|entry| matters(&entry.record)).cloned().collect());
        }
        telling.end()
    }
}

/// The turns of a branch; what comes before the first is a part of its own.
fn parts(path: &[Entry]) -> impl Iterator<Item = &[Entry]> {
    path.chunk_by(|_, next| !matches!(next.record, Record::Turn { .. }))
}
