//! Cuts text into pieces the size of tokens and counts them. Pure; no claim to be the real tokenizer.

use std::sync::Arc;

use super::scenario::By;

/// Longest run of letters that stays one piece: real tokens of English text average four characters
/// with few above seven.
const LONGEST: usize = 7;

/// The pieces of a text; joined they are the text again.
#[derive(Clone, Debug)]
pub(super) struct Pieces {
    text: Arc<str>,
    at: usize,
    by: By,
}

impl Pieces {
    /// The pieces of `text`.
    pub(super) fn new(text: Arc<str>, by: By) -> Self {
        Self { text, at: 0, by }
    }
}

impl Iterator for Pieces {
    type Item = String;

    fn next(&mut self) -> Option<String> {
        let rest = self.text.get(self.at..).filter(|r| !r.is_empty())?;
        let n = match self.by {
            By::Token => token(rest),
            By::Word => word(rest),
            By::Line => rest.find('\n').map_or(rest.len(), |i| i + 1),
            By::Whole => rest.len(),
            By::Chars(n) => rest.char_indices().nth(n).map_or(rest.len(), |(i, _)| i),
        };
        let piece = rest.get(..n).unwrap_or(rest).to_owned();
        self.at += piece.len();
        Some(piece)
    }
}

/// How many tokens a text is taken for.
pub(super) fn count(text: &str) -> u64 {
    let (mut at, mut n) = (0, 0);
    while let Some(rest) = text.get(at..).filter(|r| !r.is_empty()) {
        at += token(rest);
        n += 1;
    }
    n
}

/// Bytes of the first token-like piece: blanks before a word belong to it, marks stand alone.
fn token(text: &str) -> usize {
    let Some(first) = text.chars().next() else { return 0 };
    if first == '\n' {
        return run(text, |c| c == '\n');
    }
    let blanks = run(text, |c| c == ' ' || c == '\t');
    let rest = text.get(blanks..).unwrap_or_default();
    // Indentation is a piece of its own; one blank goes with what follows.
    if blanks > 1 || rest.is_empty() {
        return blanks;
    }
    let letters: usize = rest.chars().take_while(char::is_ascii_alphanumeric).take(LONGEST).map(char::len_utf8).sum();
    if letters > 0 {
        return blanks + letters;
    }
    blanks + rest.chars().next().map_or(0, char::len_utf8)
}

fn word(text: &str) -> usize {
    let blanks = run(text, char::is_whitespace);
    let rest = text.get(blanks..).unwrap_or_default();
    blanks + run(rest, |c| !c.is_whitespace())
}

fn run(text: &str, is: impl Fn(char) -> bool) -> usize {
    text.find(|c| !is(c)).unwrap_or(text.len())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pieces_join_to_the_text_in_every_way_of_cutting() {
        let texts =
            ["", "a", "\n\nOne two  three\n    let x = 1;\n", "中文混合 text — “quoted” 👩‍👩‍👧", "internationalization   "];
        for text in texts {
            for by in [By::Token, By::Word, By::Line, By::Whole, By::Chars(3)] {
                let pieces: Vec<String> = Pieces::new(text.into(), by).collect();
                assert_eq!(pieces.concat(), text, "{by:?}");
                assert!(pieces.iter().all(|p| !p.is_empty()), "{by:?} {text:?}");
            }
            assert_eq!(count(text), Pieces::new(text.into(), By::Token).count() as u64);
        }
    }

    #[test]
    fn english_comes_to_about_four_characters_a_token() {
        let text = "The quota window that started with your first request ends after five hours, whatever you do.";
        let per = text.len() as f64 / count(text) as f64;
        assert!((3.5..6.0).contains(&per), "{per}");
    }
}
