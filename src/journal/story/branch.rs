//! Which records count: the branch that is gone on with, or the one that leads to a moment. Cards of prompts.

use std::collections::{HashMap, HashSet};

use crate::{
    chat::{Point, Role, TurnCard, TurnEnd, TurnId},
    journal::{
        change::{ChangeKind, ChangeSet, PathText},
        line::Entry,
        record::{Ended, Record},
    },
};

/// Where a moment lies: the records before this place lead to it. `None`: there is no such moment.
pub(super) fn place(entries: &[Entry], point: Point) -> Option<usize> {
    let (Point::Before(turn) | Point::After(turn)) = point;
    let begin = entries.iter().position(|entry| matches!(entry.record, Record::Turn { turn: at, .. } if at == turn))?;
    if matches!(point, Point::Before(_)) {
        return Some(begin);
    }
    let rest = entries.iter().enumerate().skip(begin + 1);
    for (at, entry) in rest {
        match entry.record {
            Record::TurnEnd { turn: ended, .. } if ended == turn => return Some(at + 1),
            // The program ended in the middle of it.
            Record::Turn { .. } | Record::Rewound(_) => return Some(at),
            _ => {}
        }
    }
    Some(entries.len())
}

/// Which of the records lie on the branch that ends at this place.
pub(super) fn path(entries: &[Entry], end: usize) -> Vec<bool> {
    let mut keep = vec![false; entries.len()];
    let mut next = end.checked_sub(1);
    while let Some(at) = next {
        next = if let Record::Rewound(n) = entries[at].record {
            // A record that is lost is stood for by the one before it.
            entries[..at].partition_point(|entry| entry.n <= n).checked_sub(1)
        } else {
            keep[at] = true;
            at.checked_sub(1)
        };
    }
    keep
}

/// Cards of the prompts among these records, each with whether it was left.
pub(super) fn cards<'a>(
    entries: impl Iterator<Item = (&'a Entry, bool)>,
    changes: &[ChangeSet],
) -> (Vec<TurnCard>, Vec<TurnCard>) {
    let mut n_files: HashMap<TurnId, HashSet<&PathText>> = HashMap::new();
    for change in changes.iter().filter(|change| change.kind == ChangeKind::Made) {
        n_files.entry(change.turn).or_default().extend(change.files.iter().map(|file| &file.path));
    }
    let mut cards: Vec<TurnCard> = Vec::new();
    // Prompts that went back to the composer: nothing had answered them.
    let (mut given_back, mut unanswered) = (HashSet::new(), None);
    for (entry, is_left) in entries {
        match &entry.record {
            Record::Turn { turn, prompt } => {
                given_back.extend(unanswered.replace(*turn));
                cards.push(TurnCard {
                    turn: *turn,
                    prompt: prompt.clone(),
                    at: entry.at.div_euclid(1000),
                    n_files: n_files.get(turn).map_or(0, |files| u32::try_from(files.len()).unwrap_or(u32::MAX)),
                    left: is_left,
                });
            }
            Record::TurnEnd { turn, end } => {
                unanswered = None;
                given_back.extend(end.gave_back().then_some(*turn));
            }
            record if record.comes_back() => unanswered = None,
            _ => {}
        }
    }
    given_back.extend(unanswered);
    cards.retain(|card| !given_back.contains(&card.turn));
    cards.into_iter().partition(|card| card.left)
}

impl Ended {
    /// The prompt was given back: nothing had answered it.
    pub(super) fn gave_back(&self) -> bool {
        matches!(self, Self::Interrupted { untouched: Some(_) } | Self::Failed { untouched: Some(_), .. })
    }
}

impl Record {
    /// It comes from the model.
    pub(super) fn comes_back(&self) -> bool {
        match self {
            Self::Text { .. } | Self::Reset(_) => true,
            Self::Message(message) => message.role == Role::Assistant,
            _ => false,
        }
    }
}

/// An end that nobody wrote down.
pub(super) fn cut_off() -> TurnEnd {
    TurnEnd::Interrupted { untouched: None }
}
