//! One token from the front of a buffer: a control, a character, an escape sequence. Owns the grammar
//! (ECMA-48 and what terminals made of it); what a sequence means is next door.

use crossterm::event::{KeyCode, KeyEvent, KeyModifiers};

use super::{event::Input, key, reply};

/// A control string (OSC, DCS) longer than this is no answer to us; its head is dropped.
const MAX_STRING: usize = 4096;

/// A CSI sequence longer than this is garbage.
const MAX_CSI: usize = 128;

/// What the front of the buffer holds.
#[derive(Debug, PartialEq)]
pub(super) enum Step {
    /// This many bytes are this.
    Took(usize, Token),
    /// More bytes are needed to tell.
    More,
}

/// What was read.
#[derive(Debug, PartialEq)]
pub(super) enum Token {
    /// Nothing of interest.
    Nothing,
    /// An event.
    Input(Input),
    /// A bracketed paste begins.
    PasteStart,
}

impl Token {
    fn key(key: Option<KeyEvent>) -> Self {
        key.map_or(Self::Nothing, |key| Self::Input(Input::Key { key, burst: 1 }))
    }
}

/// Reads the front of a buffer that is not empty.
pub(super) fn next(buffer: &[u8]) -> Step {
    match buffer.first() {
        None => Step::More,
        Some(0x1b) => escape(buffer),
        Some(byte @ (0..=0x1f | 0x7f)) => Step::Took(1, Token::key(Some(key::control(*byte)))),
        Some(_) => character(buffer),
    }
}

/// The keys in a held sequence that nothing followed: a lone Esc is Esc, a short one is Alt with that
/// character, a longer one is the torso of an answer and yields nothing.
pub(super) fn given_up(held: &[u8]) -> Vec<KeyEvent> {
    match held {
        [0x1b] => vec![key::plain(KeyCode::Esc)],
        [0x1b, 0x1b] => vec![key::plain(KeyCode::Esc); 2],
        [0x1b, byte] if byte.is_ascii_graphic() => vec![key::alt(key::character(char::from(*byte)))],
        _ => Vec::new(),
    }
}

fn character(buffer: &[u8]) -> Step {
    let length = match buffer[0] {
        0..=0x7f => 1,
        0xc2..=0xdf => 2,
        0xe0..=0xef => 3,
        0xf0..=0xf4 => 4,
        _ => return Step::Took(1, Token::Nothing),
    };
    let have = buffer.len().min(length);
    if let Some(wrong) = buffer[1..have].iter().position(|byte| byte & 0xc0 != 0x80) {
        return Step::Took(1 + wrong, Token::Nothing);
    }
    if have < length {
        return Step::More;
    }
    let text = std::str::from_utf8(&buffer[..length]).ok().and_then(|text| text.chars().next());
    let key = text.filter(|c| !c.is_control()).map(key::character);
    Step::Took(length, Token::key(key))
}

fn escape(buffer: &[u8]) -> Step {
    let Some(second) = buffer.get(1) else { return Step::More };
    let third = buffer.get(2).copied();
    match second {
        b'[' => csi(buffer),
        b'O' => ss3(buffer),
        // Alt with these characters is a key; only what answers begin with makes them a string.
        b']' | b'P' | b'_' if third.is_none() => Step::More,
        b']' if third.is_some_and(|byte| byte.is_ascii_digit()) => string(buffer),
        b'P' if third.is_some_and(|byte| byte.is_ascii_digit() || b">!$+=".contains(&byte)) => string(buffer),
        b'_' if third == Some(b'G') => string(buffer),
        0x1b => match third {
            None => Step::More,
            // rxvt and PuTTY put an ESC before a sequence for Alt.
            Some(b'[' | b'O') => match next(&buffer[1..]) {
                Step::Took(n, Token::Input(Input::Key { key, burst })) => {
                    Step::Took(n + 1, Token::Input(Input::Key { key: key::alt(key), burst }))
                }
                Step::Took(..) => Step::Took(1, Token::key(Some(key::plain(KeyCode::Esc)))),
                Step::More => Step::More,
            },
            Some(_) => Step::Took(1, Token::key(Some(key::plain(KeyCode::Esc)))),
        },
        _ => match next(&buffer[1..]) {
            Step::Took(n, Token::Input(Input::Key { key, burst })) => {
                Step::Took(n + 1, Token::Input(Input::Key { key: key::alt(key), burst }))
            }
            Step::Took(n, _) => Step::Took(n + 1, Token::Nothing),
            Step::More => Step::More,
        },
    }
}

/// `ESC O` and one character; some terminals put a modifier number in between.
fn ss3(buffer: &[u8]) -> Step {
    let Some(mut third) = buffer.get(2).copied() else { return Step::More };
    let mut length = 3;
    let mut modifiers = KeyModifiers::NONE;
    if third.is_ascii_digit() {
        modifiers = key::modifiers(u32::from(third - b'0'));
        let Some(fourth) = buffer.get(3).copied() else { return Step::More };
        third = fourth;
        length = 4;
    }
    Step::Took(length, Token::key(key::ss3(third, modifiers)))
}

/// `ESC [` parameters, intermediates, final byte.
fn csi(buffer: &[u8]) -> Step {
    // The Linux console writes F1 to F5 as `ESC [ [ A` to `E`.
    if buffer.get(2) == Some(&b'[') {
        return match buffer.get(3) {
            None => Step::More,
            Some(byte @ b'A'..=b'E') => Step::Took(4, Token::key(Some(key::plain(KeyCode::F(byte - b'A' + 1))))),
            Some(_) => Step::Took(3, Token::Nothing),
        };
    }
    let body = &buffer[2..];
    let Some(end) = body.iter().position(|byte| !(0x20..=0x3f).contains(byte)) else {
        return if body.len() > MAX_CSI { Step::Took(buffer.len(), Token::Nothing) } else { Step::More };
    };
    let last = body[end];
    if !(0x40..=0x7e).contains(&last) {
        // A control or a new ESC cuts the sequence short: drop the torso, read on from there.
        return Step::Took(2 + end, Token::Nothing);
    }
    let length = end + 3;
    let parameters = &body[..end];
    // The old mouse report (X10) has three bytes behind its final; nobody asked for it, none of it is typed.
    if last == b'M' && parameters.is_empty() {
        return if buffer.len() < length + 3 { Step::More } else { Step::Took(length + 3, Token::Nothing) };
    }
    Step::Took(length, meaning(parameters, last))
}

fn meaning(parameters: &[u8], last: u8) -> Token {
    if parameters == b"200" && last == b'~' {
        return Token::PasteStart;
    }
    if parameters.is_empty() && matches!(last, b'I' | b'O') {
        return Token::Input(Input::Focus(last == b'I'));
    }
    if let Some(rest) = parameters.strip_prefix(b"<") {
        return key::mouse(rest, last).map_or(Token::Nothing, |mouse| Token::Input(Input::Mouse(mouse)));
    }
    if let Some(reply) = reply::csi(parameters, last) {
        return Token::Input(Input::Reply(reply));
    }
    Token::key(key::csi(parameters, last))
}

/// OSC, DCS or APC up to its end (`ESC \`, or BEL).
fn string(buffer: &[u8]) -> Step {
    let mut at = 2;
    while let Some(byte) = buffer.get(at) {
        match byte {
            0x07 => return Step::Took(at + 1, reply_of(&buffer[1..at])),
            0x18 | 0x1a => return Step::Took(at + 1, Token::Nothing),
            0x1b => match buffer.get(at + 1) {
                None => return Step::More,
                Some(b'\\') => return Step::Took(at + 2, reply_of(&buffer[1..at])),
                Some(_) => return Step::Took(at, Token::Nothing),
            },
            _ => at += 1,
        }
        if at > MAX_STRING {
            return Step::Took(at, Token::Nothing);
        }
    }
    Step::More
}

fn reply_of(string: &[u8]) -> Token {
    string.strip_prefix(b"]").and_then(reply::osc).map_or(Token::Nothing, |reply| Token::Input(Input::Reply(reply)))
}
