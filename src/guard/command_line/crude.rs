//! A cruder reading of an odd line: cut at every character that could begin a command, quotes taken away. Finds
//! too much rather than too little, so it is only good for asking.

use super::{Part, Word};

/// Words that stand before a command.
const LEADERS: [&str; 14] =
    ["if", "then", "else", "elif", "do", "while", "until", "!", "{", "time", "coproc", "exec", "function", "[["];

/// The commands that could begin anywhere in the text.
pub(super) fn parts(text: &str) -> Vec<Part> {
    let cut = |c: char| matches!(c, ';' | '|' | '&' | '\n' | '\r' | '\0' | '(' | ')' | '`' | '{' | '}');
    text.split(cut).filter_map(part).collect()
}

fn part(segment: &str) -> Option<Part> {
    let segment = segment.replace(['\'', '"', '\\'], "").replace(['<', '>'], " > ");
    let mut argv = Vec::new();
    let mut words = segment.split_whitespace();
    while let Some(word) = words.next() {
        if word == ">" {
            // A redirection and its file.
            words.next();
        } else if !(argv.is_empty() && (LEADERS.contains(&word) || is_assignment(word))) {
            argv.push(Word::exact(word));
        }
    }
    (!argv.is_empty()).then(|| Part { argv, ..Part::default() })
}

fn is_assignment(word: &str) -> bool {
    word.split_once('=').is_some_and(|(name, _)| {
        !name.is_empty() && name.trim_end_matches('+').chars().all(|c| c.is_ascii_alphanumeric() || c == '_')
    })
}
