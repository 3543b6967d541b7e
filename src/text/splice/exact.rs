//! The passages that are named byte for byte, line ends aside.

use std::ops::Range;

use memchr::memmem::Finder;

use super::{Fit, Found, Scope, Trouble, Wanted, ends};

/// Places that are counted; more are as good as these.
const MOST: usize = 10_000;
/// Places that are named in a refusal.
const NAMED: usize = 5;

/// The passages; `None` if there are none.
pub(super) fn find(text: &[u8], want: &Wanted<'_>) -> Result<Option<Vec<Found>>, Trouble> {
    if let Some(places) = places(text, want.old, want.scope)? {
        // Who writes line ends out means them.
        let literal = want.old.contains('\r');
        let found = places.into_iter().map(|range| {
            if literal {
                return (range, want.new.as_bytes().to_vec(), Fit::Exact);
            }
            let range = with_return(text, range, want.old);
            let end = if text[range.clone()].starts_with(b"\r\n") { "\r\n" } else { end_of(text, &range, want.old) };
            let new = ends::adapt(want.new, end);
            (range, new, Fit::Exact)
        });
        return Ok(Some(found.collect()));
    }
    if !want.old.contains('\n') {
        return Ok(None);
    }
    let plain = want.old.replace("\r\n", "\n");
    for end in ["\r\n", "\n"] {
        let old = if end == "\n" { plain.clone() } else { plain.replace('\n', end) };
        if old == want.old {
            continue;
        }
        if let Some(places) = places(text, &old, want.scope)? {
            let new = ends::adapt(want.new, end);
            return Ok(Some(places.into_iter().map(|range| (range, new.clone(), Fit::Ends)).collect()));
        }
    }
    Ok(None)
}

fn end_of(text: &[u8], range: &Range<usize>, old: &str) -> &'static str {
    if old.contains('\n') { "\n" } else { ends::at(text, range.end) }
}

/// A passage that begins with the second half of `\r\n` begins with all of it.
fn with_return(text: &[u8], range: Range<usize>, old: &str) -> Range<usize> {
    let halved = old.starts_with('\n') && range.start > 0 && text[range.start - 1] == b'\r';
    range.start - usize::from(halved)..range.end
}

fn places(text: &[u8], old: &str, scope: Scope) -> Result<Option<Vec<Range<usize>>>, Trouble> {
    let finder = Finder::new(old.as_bytes());
    let mut starts = Vec::new();
    let mut from = 0;
    while let Some(at) = finder.find(&text[from..]).map(|at| from + at) {
        starts.push(at);
        // Places may overlap when one is asked for: both could be meant. All are taken side by side.
        from = at + if scope == Scope::All { old.len() } else { 1 };
        if scope == Scope::One && starts.len() == MOST {
            break;
        }
    }
    match (starts.len(), scope) {
        (0, _) => Ok(None),
        (1, _) | (_, Scope::All) => Ok(Some(starts.into_iter().map(|at| at..at + old.len()).collect())),
        (n, Scope::One) => Err(Trouble::Ambiguous(n, line_numbers(text, &starts[..n.min(NAMED)]))),
    }
}

/// The numbers of the lines that these places, in order, begin on.
fn line_numbers(text: &[u8], starts: &[usize]) -> Vec<usize> {
    let (mut line, mut from) = (0, 0);
    starts
        .iter()
        .map(|&at| {
            line += memchr::memchr_iter(b'\n', &text[from..at]).count();
            from = at;
            line
        })
        .collect()
}
