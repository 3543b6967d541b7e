//! The one passage that differs from the words that name it only in line ends or in blanks at the ends of
//! its lines. Lines of it that the new words keep are not touched at all.

use std::ops::Range;

use super::{
    Fit, Found, Trouble, Wanted,
    ends::cut,
    indent::{self, Shift},
};
use crate::text::diff;

/// Places that are named in a refusal.
const NAMED: usize = 5;
/// The byte order mark, which no model sees.
const MARK: &[u8] = b"\xef\xbb\xbf";

/// The passage, if there is one and only one.
pub(super) fn find(text: &[u8], want: &Wanted<'_>) -> Result<Option<Found>, Trouble> {
    let mark = if text.starts_with(MARK) { MARK.len() } else { 0 };
    let file = diff::lines(&text[mark..]);
    let old = Passage::new(want.old);
    if old.lines.iter().all(|line| line.trim_ascii().is_empty()) {
        return Ok(None);
    }
    for fit in [Fit::Ends, Fit::Trailing, Fit::Indent] {
        let starts = starts(&file, &old.lines, fit);
        match starts[..] {
            [] => {}
            [start] => {
                let place = &file[start..start + old.lines.len()];
                let from = mark + file[..start].iter().map(|line| line.len()).sum::<usize>();
                let found = replacement(place, &old, &Passage::new(want.new), fit);
                let Some((n_bytes, new)) = found else {
                    return Err(Trouble::Indented(start..start + old.lines.len()));
                };
                return Ok(Some((from..from + n_bytes, new, fit)));
            }
            _ => return Err(Trouble::Ambiguous(starts.len(), starts.into_iter().take(NAMED).collect())),
        }
    }
    Ok(None)
}

/// Words as lines without ends.
struct Passage<'a> {
    lines: Vec<&'a [u8]>,
    /// The last line has an end.
    ended: bool,
}

impl<'a> Passage<'a> {
    fn new(words: &'a str) -> Self {
        let lines = diff::lines(words.as_bytes());
        Self {
            ended: lines.last().is_none_or(|line| line.ends_with(b"\n")),
            lines: lines.into_iter().map(|l| cut(l).0).collect(),
        }
    }
}

/// Lines at which the passage could begin.
fn starts(file: &[&[u8]], old: &[&[u8]], fit: Fit) -> Vec<usize> {
    let same = |line: &[u8], words: &[u8]| {
        let body = cut(line).0;
        match fit {
            Fit::Exact | Fit::Ends => body == words,
            Fit::Trailing => body.trim_ascii_end() == words.trim_ascii_end(),
            Fit::Indent => body.trim_ascii() == words.trim_ascii(),
        }
    };
    file.windows(old.len())
        .enumerate()
        .filter(|(_, window)| window.iter().zip(old).all(|(line, words)| same(line, words)))
        .map(|(start, _)| start)
        .collect()
}

/// How many bytes of the place are replaced, and by what. `None`: the new lines cannot follow its indentation.
fn replacement(place: &[&[u8]], old: &Passage<'_>, new: &Passage<'_>, fit: Fit) -> Option<(usize, Vec<u8>)> {
    let shift = if fit == Fit::Indent { shift_of(place, old)? } else { Shift::None };
    let last_end = place.last().map_or(&b""[..], |line| cut(line).1);
    let mut out: Vec<(Vec<u8>, &[u8])> = Vec::new();
    let mut at = 0;
    let runs = diff::runs(&old.lines, &new.lines);
    for run in runs.iter().map(Some).chain([None]) {
        let (upto, replaced) = run.map_or((place.len(), 0..0), |run| (run.old.start, run.old.clone()));
        out.extend(place[at..upto].iter().map(|line| (cut(line).0.to_vec(), cut(line).1)));
        let fresh = run.map_or(0..0, |run| run.new.clone());
        for (n, line) in new.lines[fresh].iter().enumerate() {
            out.push((shift.line(line)?, end_for(place, &replaced, n)));
        }
        at = replaced.end.max(upto);
    }
    // The passage goes up to the end of its last line, or behind it if the words have it.
    let keeps_end = !old.ended;
    let n_bytes = place.iter().map(|line| line.len()).sum::<usize>() - if keeps_end { last_end.len() } else { 0 };
    let n_lines = out.len();
    let mut bytes = Vec::new();
    for (n, (body, end)) in out.into_iter().enumerate() {
        bytes.extend_from_slice(&body);
        let last = n + 1 == n_lines;
        let end = if end.is_empty() { end_for(place, &(0..0), 0) } else { end };
        match () {
            () if !last => bytes.extend_from_slice(end),
            () if keeps_end && new.ended => bytes.extend_from_slice(end),
            () if keeps_end || last_end.is_empty() => {}
            () => bytes.extend_from_slice(end),
        }
    }
    Some((n_bytes, bytes))
}

fn shift_of<'a>(place: &[&'a [u8]], old: &Passage<'a>) -> Option<Shift<'a>> {
    let pairs: Vec<_> = old
        .lines
        .iter()
        .zip(place)
        .filter(|(words, _)| !words.trim_ascii().is_empty())
        .map(|(words, line)| (indent::of(words), indent::of(line)))
        .collect();
    indent::shift(&pairs)
}

/// The end of the n-th new line of a run: that of the line it replaces, or of the one above.
fn end_for<'a>(place: &[&'a [u8]], replaced: &Range<usize>, n: usize) -> &'a [u8] {
    let at =
        if replaced.is_empty() { replaced.start.saturating_sub(1) } else { (replaced.start + n).min(replaced.end - 1) };
    let above = place[..place.len().min(at + 1)].iter().rev();
    let below = place[place.len().min(at + 1)..].iter();
    above.chain(below).map(|line| cut(line).1).find(|end| !end.is_empty()).unwrap_or(b"\n")
}
