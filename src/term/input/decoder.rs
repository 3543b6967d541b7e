//! The decoder: holds back what is incomplete, asks the grammar for the rest. Owns the waits.

use std::time::{Duration, Instant};

use crossterm::event::{KeyCode, KeyModifiers};

use super::{
    event::Input,
    paste::Paste,
    sequence::{self, Step, Token},
};

/// A lone Esc is a key when nothing follows within this: below what a hand notices, above what a
/// local terminal needs to write a sequence.
const ESC_WAIT: Duration = Duration::from_millis(25);

/// A sequence that was begun and never ends is dropped after this, so that it is not typed.
const SEQUENCE_WAIT: Duration = Duration::from_millis(500);

/// Turns bytes into events, whatever the reads cut.
#[derive(Debug, Default)]
pub struct Decoder {
    /// Bytes of a sequence that is not complete yet.
    held: Vec<u8>,
    /// A paste that was begun.
    paste: Option<Paste>,
    /// When `held` is to be judged as it is.
    held_until: Option<Instant>,
}

impl Decoder {
    /// Takes the bytes of one read and returns the events that are complete by now.
    #[must_use]
    pub fn feed(&mut self, bytes: &[u8], now: Instant) -> Vec<Input> {
        let mut out = Vec::new();
        self.take(bytes, now, &mut out);
        out
    }

    /// When [`Self::expire`] is to be called if no bytes come before.
    #[must_use]
    pub fn deadline(&self) -> Option<Instant> {
        self.paste.as_ref().map(Paste::deadline).or(self.held_until)
    }

    /// Judges what is held back, once its time is up.
    #[must_use]
    pub fn expire(&mut self, now: Instant) -> Vec<Input> {
        let mut out = Vec::new();
        if self.deadline().is_none_or(|at| now < at) {
            return out;
        }
        if let Some(paste) = self.paste.take() {
            let (text, rest) = paste.finish();
            out.push(Input::Paste(text));
            self.take(&rest, now, &mut out);
            return out;
        }
        self.held_until = None;
        let held = std::mem::take(&mut self.held);
        for key in sequence::given_up(&held) {
            out.push(Input::Key { key, burst: 1 });
        }
        out
    }

    fn take(&mut self, bytes: &[u8], now: Instant, out: &mut Vec<Input>) {
        if let Some(paste) = &mut self.paste {
            if let Some(end) = paste.feed(bytes, now) {
                self.paste = None;
                out.push(Input::Paste(end.text));
                self.take(&end.rest, now, out);
            }
            return;
        }
        let mut buffer = std::mem::take(&mut self.held);
        self.held_until = None;
        buffer.extend_from_slice(bytes);
        let mut at = 0;
        while at < buffer.len() {
            match sequence::next(&buffer[at..]) {
                Step::Took(n, token) => {
                    at += n;
                    match token {
                        Token::Nothing => {}
                        Token::Input(input) => push(out, input),
                        Token::PasteStart => {
                            self.paste = Some(Paste::new(now));
                            return self.take(&buffer[at..], now, out);
                        }
                    }
                }
                Step::More => {
                    let rest = &buffer[at..];
                    self.held_until = Some(now + if rest.len() <= 2 { ESC_WAIT } else { SEQUENCE_WAIT });
                    self.held = rest.to_vec();
                    return;
                }
            }
        }
    }
}

/// Appends an event; a bare arrow like the one before it only counts up.
fn push(out: &mut Vec<Input>, input: Input) {
    if let Input::Key { key, .. } = &input
        && matches!(key.code, KeyCode::Up | KeyCode::Down)
        && key.modifiers == KeyModifiers::NONE
        && let Some(Input::Key { key: last, burst }) = out.last_mut()
        && last == key
    {
        *burst = burst.saturating_add(1);
        return;
    }
    out.push(input);
}
