//! Takes control characters and terminal sequences out of a stream of characters.
//!
//! The rule that keeps hostile text from hiding what follows it: a sequence is dropped only when it
//! comes to its proper end soon. A control string (OSC, DCS, APC, PM, SOS) must end with BEL or ST on
//! its own line, within [`STRING_LIMIT`] characters and [`STRING_BLANKS`] blanks, and without another
//! control in it; a CSI within [`CSI_LIMIT`]. Whatever else begins like one is shown as text, without
//! its control character. Newlines: `\r\n` is one, and so is a run of lone `\r` before other text (a
//! progress bar becomes lines; nothing is overwritten).

use std::mem;

/// Longest control string that is dropped. Kitty graphics send 4,096 bytes a time, titles far less.
const STRING_LIMIT: usize = 8_192;
/// Most blanks in a control string that is dropped: a title has a few, a hidden paragraph more.
const STRING_BLANKS: usize = 8;
/// Longest parameters of a CSI that is dropped; a full SGR with two true colours has under 60.
const CSI_LIMIT: usize = 128;

/// The one-letter functions behind ESC (xterm, ctlseqs); any other letter there is text.
const FUNCTIONS: &str = "6789=>DEFHMNOVWZclmno|}~\\";

/// Where in a sequence the stream is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum At {
    /// In none.
    #[default]
    Text,
    /// Behind one or more `\r`.
    Return,
    /// Behind ESC.
    Escape,
    /// Behind ESC and the first half of a charset or similar choice.
    Choice,
    /// In the parameters of a CSI.
    Csi,
    /// In a control string.
    Str,
    /// Behind an ESC in a control string.
    StrEscape,
}

/// The first stage: what it lets through holds `\n`, `\t` and characters that are no control.
#[derive(Clone, Debug, Default)]
pub(super) struct Sequences {
    at: At,
    /// What to show should the sequence turn out to be text.
    held: String,
    n_blanks: usize,
    n_removed: u64,
}

impl Sequences {
    /// The next character stands in plain text.
    pub(super) fn at_rest(&self) -> bool {
        self.at == At::Text
    }

    /// Controls, each with its sequence, taken out since the last call.
    pub(super) fn drain_removed(&mut self) -> u64 {
        mem::take(&mut self.n_removed)
    }

    /// Takes the next character; gives `out` what is text by now.
    pub(super) fn take(&mut self, c: char, out: &mut impl FnMut(char)) {
        match self.at {
            At::Text => self.text(c, out),
            At::Return => {
                if c != '\r' {
                    out('\n');
                    self.at = At::Text;
                }
                if c != '\n' && c != '\r' {
                    self.text(c, out);
                }
            }
            At::Escape => self.escape(c, out),
            At::Choice => self.choice(c, out),
            At::Csi => self.csi(c, out),
            At::Str => self.string(c, out),
            At::StrEscape if c == '\\' => self.reset(),
            At::StrEscape => {
                self.show(out);
                self.control(At::Escape);
                self.escape(c, out);
            }
        }
    }

    /// The stream is over: what was held is text.
    pub(super) fn finish(&mut self, out: &mut impl FnMut(char)) {
        if self.at == At::Return {
            out('\n');
        }
        self.show(out);
    }

    fn text(&mut self, c: char, out: &mut impl FnMut(char)) {
        match c {
            '\n' | '\t' => out(c),
            '\r' => self.at = At::Return,
            '\u{1b}' => self.control(At::Escape),
            '\u{9b}' => self.control(At::Csi),
            '\u{90}' | '\u{98}' | '\u{9d}' | '\u{9e}' | '\u{9f}' => self.control(At::Str),
            // Line and paragraph separator, which some terminals take for a newline.
            '\u{2028}' | '\u{2029}' => out('\n'),
            c if c.is_control() => self.control(At::Text),
            c => out(c),
        }
    }

    fn escape(&mut self, c: char, out: &mut impl FnMut(char)) {
        match c {
            '\u{1b}' => self.control(At::Escape),
            '[' => self.begin(At::Csi, c),
            ']' | 'P' | '_' | '^' | 'X' => self.begin(At::Str, c),
            '(' | ')' | '*' | '+' | '-' | '.' | '/' | '#' | '%' => self.begin(At::Choice, c),
            c if FUNCTIONS.contains(c) => self.reset(),
            c => self.retake(c, out),
        }
    }

    fn choice(&mut self, c: char, out: &mut impl FnMut(char)) {
        match c {
            '0'..='9' | 'A'..='Z' | '@' | '<' | '=' | '>' => self.reset(),
            c => self.retake(c, out),
        }
    }

    fn csi(&mut self, c: char, out: &mut impl FnMut(char)) {
        match c {
            '@'..='~' => self.reset(),
            // A blank is part of a few sequences, but of none without a number before it.
            ' ' if !self.held.ends_with(|c: char| c.is_ascii_digit()) => self.retake(c, out),
            ' '..='?' if self.held.len() < CSI_LIMIT => self.held.push(c),
            c => self.retake(c, out),
        }
    }

    fn string(&mut self, c: char, out: &mut impl FnMut(char)) {
        match c {
            '\u{7}' | '\u{9c}' => self.reset(),
            '\u{1b}' => self.at = At::StrEscape,
            c if c.is_control() || matches!(c, '\u{2028}' | '\u{2029}') => self.retake(c, out),
            c => {
                self.n_blanks += usize::from(c.is_whitespace());
                self.held.push(c);
                if self.held.len() > STRING_LIMIT || self.n_blanks > STRING_BLANKS {
                    self.show(out);
                }
            }
        }
    }

    /// Removes a control character that leads to `at`.
    fn control(&mut self, at: At) {
        self.at = at;
        self.n_removed += 1;
    }

    fn begin(&mut self, at: At, introducer: char) {
        self.at = at;
        self.held.push(introducer);
    }

    /// It was no sequence: shows what was held and takes `c` as text.
    fn retake(&mut self, c: char, out: &mut impl FnMut(char)) {
        self.show(out);
        self.text(c, out);
    }

    fn show(&mut self, out: &mut impl FnMut(char)) {
        self.held.chars().for_each(out);
        self.reset();
    }

    /// Forgets what was held: the sequence came to its end, or was shown.
    fn reset(&mut self) {
        self.held.clear();
        self.n_blanks = 0;
        self.at = At::Text;
    }
}
