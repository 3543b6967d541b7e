//! What a line holds letter by letter: characters that do not print, letters that pass for others.

use super::Odd;
use crate::text::Clean;

/// What is odd about the characters of a line.
pub(super) fn odd(line: &str) -> Vec<Odd> {
    let mut found = Vec::new();
    let hidden = line.chars().filter(|&c| is_hidden(c)).count();
    if hidden > 0 {
        found.push(Odd::Hidden(hidden));
    }
    if line.split(|c: char| !c.is_alphanumeric()).any(looks_alike) {
        found.push(Odd::LookAlike);
    }
    found
}

/// It does not print, or it is a blank that only some programs take for one. The newline is none of these, the
/// tab is: it is no part of the plain grammar.
fn is_hidden(c: char) -> bool {
    c != '\n' && !(' '..='~').contains(&c) && {
        let mut buffer = [0; 4];
        let text = c.encode_utf8(&mut buffer);
        Clean::strict(text).as_str() != text
    }
}

/// Latin letters beside letters of scripts with the same shapes (Unicode blocks Greek, Cyrillic, Armenian,
/// Cherokee, mathematical and full-width letters).
fn looks_alike(word: &str) -> bool {
    let foreign = |c: char| {
        matches!(c, '\u{370}'..='\u{58f}' | '\u{13a0}'..='\u{13ff}' | '\u{1c80}'..='\u{1c8f}' | '\u{2d00}'..='\u{2dff}'
            | '\u{a640}'..='\u{a69f}' | '\u{ab70}'..='\u{abbf}' | '\u{ff10}'..='\u{ff5a}' | '\u{1d400}'..='\u{1d7ff}')
    };
    word.chars().any(foreign) && word.chars().any(|c| c.is_ascii_alphanumeric())
}
