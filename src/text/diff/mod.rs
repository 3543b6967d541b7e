//! Two texts, and where they differ: line by line, and the words within two lines.
//!
//! Works on bytes, because a file may be no UTF-8; a line ends behind `\n` and keeps its end, so that two
//! lines that differ in their ends only do differ.

mod words;

use std::{
    ops::Range,
    time::{Duration, Instant},
};

use similar::{Algorithm, DiffTag, capture_diff_slices_deadline};
pub use words::{Marks, words};

/// Unchanged lines that are shown around a change.
pub const CONTEXT: usize = 3;
/// Changes with at most this many unchanged lines between them are judged together.
const JOINED: usize = 2;
/// How long a better answer is looked for; after it the rest counts as replaced whole. A pathological pair
/// of texts would take minutes.
const PATIENCE: Duration = Duration::from_millis(200);

/// Lines that were replaced, numbered from 0; one side may be empty.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Run {
    /// In the old text.
    pub old: Range<usize>,
    /// In the new text.
    pub new: Range<usize>,
}

/// One changed place: runs that lie close together.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Hunk {
    /// From the first changed line of the old text to the last.
    pub old: Range<usize>,
    /// The same of the new text.
    pub new: Range<usize>,
    /// Unchanged lines in front that belong to it; no line belongs to two hunks.
    pub before: usize,
    /// Unchanged lines behind.
    pub after: usize,
    /// What was replaced, in order.
    pub runs: Vec<Run>,
}

/// The lines of a text, each with its end.
#[must_use]
pub fn lines(text: &[u8]) -> Vec<&[u8]> {
    text.split_inclusive(|byte| *byte == b'\n').collect()
}

/// Where two texts differ, in order.
#[must_use]
pub fn runs(old: &[&[u8]], new: &[&[u8]]) -> Vec<Run> {
    let head = old.iter().zip(new).take_while(|(a, b)| a == b).count();
    let (old, new) = (&old[head..], &new[head..]);
    let tail = old.iter().rev().zip(new.iter().rev()).take_while(|(a, b)| a == b).count();
    let (old, new) = (&old[..old.len() - tail], &new[..new.len() - tail]);
    if old.is_empty() && new.is_empty() {
        return Vec::new();
    }
    let at = |old: Range<usize>, new: Range<usize>| Run {
        old: old.start + head..old.end + head,
        new: new.start + head..new.end + head,
    };
    if old.is_empty() || new.is_empty() {
        return vec![at(0..old.len(), 0..new.len())];
    }
    let ops = capture_diff_slices_deadline(Algorithm::Myers, old, new, deadline());
    ops.iter().filter(|op| op.tag() != DiffTag::Equal).map(|op| at(op.old_range(), op.new_range())).collect()
}

#[expect(clippy::disallowed_methods, reason = "bounds the search for a better answer; any answer is right")]
fn deadline() -> Option<Instant> {
    Instant::now().checked_add(PATIENCE)
}

/// Runs as places to judge. `n_old` is the number of lines of the old text.
#[must_use]
pub fn hunks(runs: &[Run], n_old: usize) -> Vec<Hunk> {
    let mut hunks: Vec<Hunk> = Vec::new();
    for run in runs {
        match hunks.last_mut() {
            Some(last) if run.old.start - last.old.end <= JOINED => {
                last.old.end = run.old.end;
                last.new.end = run.new.end;
                last.runs.push(run.clone());
            }
            _ => hunks.push(Hunk {
                old: run.old.clone(),
                new: run.new.clone(),
                before: 0,
                after: 0,
                runs: vec![run.clone()],
            }),
        }
    }
    let mut free_from = 0;
    for n in 0..hunks.len() {
        let free_to = hunks.get(n + 1).map_or(n_old, |next| next.old.start);
        let hunk = &mut hunks[n];
        hunk.before = (hunk.old.start - free_from).min(CONTEXT);
        hunk.after = (free_to - hunk.old.end).min(CONTEXT);
        free_from = hunk.old.end + hunk.after;
    }
    hunks
}

#[cfg(test)]
mod tests;
