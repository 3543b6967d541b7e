//! Ranking candidates against what was typed, and guessing what a mistyped word meant.

use nucleo_matcher::{
    Config, Matcher, Utf32Str,
    pattern::{CaseMatching, Normalization, Pattern},
};

/// Indices of the candidates that match `query`, best first; all of them in order for an empty query.
/// Words of the query may match in any order; equal scores keep the order given.
#[must_use]
pub fn rank(query: &str, candidates: &[&str]) -> Vec<usize> {
    let pattern = Pattern::parse(query, CaseMatching::Smart, Normalization::Smart);
    let mut matcher = Matcher::new(Config::DEFAULT.match_paths());
    let mut chars = Vec::new();
    let mut found: Vec<(u32, usize)> = Vec::new();
    for (n, candidate) in candidates.iter().enumerate() {
        if let Some(score) = pattern.score(Utf32Str::new(candidate, &mut chars), &mut matcher) {
            found.push((score, n));
        }
    }
    found.sort_by_key(|&(score, n)| (std::cmp::Reverse(score), n));
    found.into_iter().map(|(_, n)| n).collect()
}

/// The candidate that a mistyped `word` most likely meant, if one is near enough: at most two slips,
/// or a third of the word's length, or the word is the start of just one candidate.
#[must_use]
pub fn nearest<'a>(word: &str, candidates: &[&'a str]) -> Option<&'a str> {
    let typed: Vec<char> = word.to_lowercase().chars().collect();
    if typed.is_empty() {
        return None;
    }
    let limit = (typed.len() / 3).max(2).min(typed.len().saturating_sub(1));
    let near = candidates.iter().filter_map(|candidate| {
        let wanted: Vec<char> = candidate.to_lowercase().chars().collect();
        // More extra letters than slips allowed: no need to count.
        (wanted.len().abs_diff(typed.len()) <= limit).then(|| (slips(&typed, &wanted), *candidate))
    });
    if let Some((_, candidate)) = near.filter(|(n, _)| *n <= limit).min_by_key(|(n, _)| *n) {
        return Some(candidate);
    }
    let lower = word.to_lowercase();
    let mut begun = candidates.iter().copied().filter(|candidate| candidate.to_lowercase().starts_with(&lower));
    begun.next().filter(|_| begun.next().is_none())
}

/// Insertions, deletions, replacements and swaps of neighbours between two words (optimal string alignment).
fn slips(a: &[char], b: &[char]) -> usize {
    let mut before_last = vec![0; b.len() + 1];
    let mut last: Vec<usize> = (0..=b.len()).collect();
    for i in 1..=a.len() {
        let mut row = vec![i; b.len() + 1];
        for j in 1..=b.len() {
            let replaced = last[j - 1] + usize::from(a[i - 1] != b[j - 1]);
            row[j] = replaced.min(last[j] + 1).min(row[j - 1] + 1);
            if i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1] {
                row[j] = row[j].min(before_last[j - 2] + 1);
            }
        }
        before_last = std::mem::replace(&mut last, row);
    }
    last[b.len()]
}

#[cfg(test)]
mod tests {
    use super::{nearest, rank};

    #[test]
    fn ranks_the_best_first() {
        let names = ["glm-4.5-air", "glm-4.6", "glm-5.3", "glm-5.3-flash"];
        assert_eq!(rank("", &names), [0, 1, 2, 3]);
        assert_eq!(rank("53", &names), [2, 3]);
        assert_eq!(rank("air", &names), [0]);
        assert_eq!(rank("flash 5", &names), [3]);
        assert_eq!(rank("zzz", &names), [0; 0]);
    }

    #[test]
    fn guesses_what_was_meant() {
        let names = ["model", "usage", "sessions", "help", "theme"];
        for (typed, meant) in [
            ("modle", Some("model")),
            ("usaeg", Some("usage")),
            ("Hlep", Some("help")),
            ("sess", Some("sessions")),
            ("sesions", Some("sessions")),
            ("quit", None),
            ("x", None),
            ("", None),
        ] {
            assert_eq!(nearest(typed, &names), meant, "{typed}");
        }
    }
}
