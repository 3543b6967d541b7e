//! The lines that come nearest to words that are not there, so that a refusal can show them.

use std::{
    collections::{HashMap, HashSet},
    ops::Range,
};

use crate::text::diff;

/// Lines of the words that are looked for.
const LINES: usize = 200;
/// Places of one line that are taken into account: a line like `}` is everywhere.
const PLACES: usize = 50;

/// The lines on which most of the words' lines are, blanks at both ends aside.
pub(super) fn find(text: &[u8], old: &str) -> Option<Range<usize>> {
    let words = diff::lines(old.as_bytes());
    let mut of_words: HashMap<&[u8], Vec<usize>> = HashMap::new();
    for (n, line) in words.iter().take(LINES).enumerate() {
        if line.trim_ascii().len() > 1 {
            of_words.entry(line.trim_ascii()).or_default().push(n);
        }
    }
    let file = diff::lines(text);
    let mut votes: HashMap<usize, usize> = HashMap::new();
    let mut used: HashMap<&[u8], usize> = HashMap::new();
    for (at, line) in file.iter().enumerate() {
        let Some(numbers) = of_words.get(line.trim_ascii()) else { continue };
        let n_used = used.entry(line.trim_ascii()).or_default();
        *n_used += 1;
        if *n_used <= PLACES {
            for n in numbers {
                *votes.entry(at.saturating_sub(*n)).or_default() += 1;
            }
        }
    }
    let best = votes.into_iter().max_by_key(|(start, n)| (*n, usize::MAX - start)).map(|(start, _)| start);
    best.map(|start| start..(start + words.len()).min(file.len())).or_else(|| similar_line(&file, &words))
}

/// The line that shares the most letters pairs with the longest line of the words, if it is half of them.
fn similar_line(file: &[&[u8]], words: &[&[u8]]) -> Option<Range<usize>> {
    let longest = words.iter().map(|line| line.trim_ascii()).max_by_key(|line| line.len())?;
    let wanted: HashSet<&[u8]> = longest.windows(2).take(LINES).collect();
    let score = |line: &[u8]| {
        let shared: HashSet<&[u8]> = line.windows(2).take(2 * LINES).filter(|pair| wanted.contains(pair)).collect();
        shared.len()
    };
    let scored = file.iter().enumerate().take(PLACES * LINES).map(|(at, line)| (score(line), at));
    let (n, at) = scored.max_by_key(|(n, at)| (*n, usize::MAX - at))?;
    (n * 2 > wanted.len() && n > 3).then_some(at..at + 1)
}
