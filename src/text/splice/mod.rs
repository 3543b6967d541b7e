//! Replacing passages of a text that are named by their words, without touching anything else.
//!
//! Works on bytes: whatever lies outside the passages stays as it is, whatever it is. A passage is found
//! exactly, or with other line ends, or with other blanks at the ends of its lines if that is one place.
//! All passages are looked for in the text as it was, and all are replaced or none. Knows no files.

mod ends;
mod exact;
mod indent;
mod loose;
mod nearest;

use std::ops::Range;

/// One replacement that is wanted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Wanted<'a> {
    /// The words that are there.
    pub old: &'a str,
    /// The words that shall be there.
    pub new: &'a str,
    /// Every place is meant; else there must be one.
    pub scope: Scope,
}

/// Which places are meant.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Scope {
    /// The only one.
    #[default]
    One,
    /// Every one.
    All,
}

/// How much a passage differed from the words that it was named by.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Fit {
    /// Not at all.
    Exact,
    /// In its line ends.
    Ends,
    /// In blanks at the ends of its lines.
    Trailing,
    /// In its indentation too; the new words got the indentation of the place.
    Indent,
}

/// A passage and what takes its place.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Spot {
    /// The number of the replacement, from 0.
    pub edit: usize,
    /// Bytes of the old text.
    pub range: Range<usize>,
    /// What takes their place.
    pub new: Vec<u8>,
    /// How the passage was found.
    pub fit: Fit,
}

/// Why nothing was replaced.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fault {
    /// The number of the replacement, from 0.
    pub edit: usize,
    /// What is wrong with it.
    pub trouble: Trouble,
}

/// What is wrong with a replacement. Lines are counted from 0.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Trouble {
    /// It names no words.
    Empty,
    /// The new words are the old ones.
    Same,
    /// The words are not there; these lines come nearest.
    Missing(Option<Range<usize>>),
    /// They are there this many times; the first lines of the first few.
    Ambiguous(usize, Vec<usize>),
    /// They are on these lines, but indented so differently that the new words cannot follow.
    Indented(Range<usize>),
    /// It replaces what this other one replaces as well.
    Overlap(usize),
}

/// The passages of all replacements, in the order of the text.
///
/// # Errors
/// When one replacement cannot be made: then none is.
pub fn spots(text: &[u8], wanted: &[Wanted<'_>]) -> Result<Vec<Spot>, Fault> {
    let mut all = Vec::new();
    for (edit, want) in wanted.iter().enumerate() {
        let found = find(text, want).map_err(|trouble| Fault { edit, trouble })?;
        all.extend(found.into_iter().map(|(range, new, fit)| Spot { edit, range, new, fit }));
    }
    all.sort_by_key(|spot| spot.range.start);
    for pair in all.windows(2) {
        if pair[1].range.start < pair[0].range.end {
            let (first, second) = (pair[0].edit.min(pair[1].edit), pair[0].edit.max(pair[1].edit));
            return Err(Fault { edit: second, trouble: Trouble::Overlap(first) });
        }
    }
    Ok(all)
}

/// The text with the passages replaced. They are in order and do not overlap.
#[must_use]
pub fn apply(text: &[u8], spots: &[Spot]) -> Vec<u8> {
    let more: usize = spots.iter().map(|spot| spot.new.len()).sum();
    let mut out = Vec::with_capacity(text.len() + more);
    let mut from = 0;
    for spot in spots {
        out.extend_from_slice(&text[from..spot.range.start]);
        out.extend_from_slice(&spot.new);
        from = spot.range.end;
    }
    out.extend_from_slice(&text[from..]);
    out
}

/// A passage, what takes its place, how it was found.
type Found = (Range<usize>, Vec<u8>, Fit);

fn find(text: &[u8], want: &Wanted<'_>) -> Result<Vec<Found>, Trouble> {
    if want.old.is_empty() {
        return Err(Trouble::Empty);
    }
    if want.old == want.new {
        return Err(Trouble::Same);
    }
    if let Some(found) = exact::find(text, want)? {
        return Ok(found);
    }
    match loose::find(text, want)? {
        Some(found) => Ok(vec![found]),
        None => Err(Trouble::Missing(nearest::find(text, want.old))),
    }
}

#[cfg(test)]
mod tests;
