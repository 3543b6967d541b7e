//! A bracketed paste from its start marker on. Owns where it ends: at its marker, or when the terminal
//! lost the marker, or at a later marker when the pasted text itself held one.

use std::time::{Duration, Instant};

const START: &[u8] = b"\x1b[200~";
const END: &[u8] = b"\x1b[201~";

/// A paste whose end marker does not come is taken as it is after this much silence.
const LOST_END: Duration = Duration::from_secs(1);

/// Silence is broken only by a read at least this long: someone who types into a paste that hangs
/// must not keep it hanging.
const BULK: usize = 16;

/// After an end marker this long is waited for another one: pasted text that holds the marker comes
/// without a pause, a key after a paste is shorter than its own delay.
const SECOND_END: Duration = Duration::from_millis(20);

/// This much text behind an end marker was not typed: it is pasted too, and its end is still to come.
const NOT_TYPED: usize = 64;

/// A paste that is being read.
#[derive(Debug)]
pub(super) struct Paste {
    raw: Vec<u8>,
    /// Searched for markers up to here.
    searched: usize,
    /// Where the last end marker stands.
    end: Option<usize>,
    deadline: Instant,
}

/// A paste that is complete, and the bytes behind it.
pub(super) struct End {
    pub(super) text: String,
    pub(super) rest: Vec<u8>,
}

impl Paste {
    pub(super) fn new(now: Instant) -> Self {
        Self { raw: Vec::new(), searched: 0, end: None, deadline: now + LOST_END }
    }

    pub(super) fn deadline(&self) -> Instant {
        self.deadline
    }

    /// Takes more bytes; returns the paste when a new one begins behind its end.
    pub(super) fn feed(&mut self, bytes: &[u8], now: Instant) -> Option<End> {
        self.raw.extend_from_slice(bytes);
        while let Some(at) = self.raw[self.searched..].iter().position(|byte| *byte == 0x1b) {
            let at = self.searched + at;
            let rest = &self.raw[at..];
            if rest.len() < END.len() && (END.starts_with(rest) || START.starts_with(rest)) {
                self.searched = at;
                self.wait(bytes, now);
                return None;
            }
            if rest.starts_with(END) {
                self.end = Some(at);
            } else if rest.starts_with(START) && self.end.is_some() {
                let (text, rest) = self.split();
                return Some(End { text, rest });
            }
            self.searched = at + 1;
        }
        self.searched = self.raw.len();
        self.wait(bytes, now);
        None
    }

    /// The paste as it is by now, and what came behind its end.
    pub(super) fn finish(mut self) -> (String, Vec<u8>) {
        self.split()
    }

    fn wait(&mut self, bytes: &[u8], now: Instant) {
        let tail = self.end.map(|end| &self.raw[end + END.len()..]);
        if tail.is_some_and(|tail| tail.len() >= NOT_TYPED && !tail.contains(&0x1b)) {
            self.end = None;
            self.deadline = now + LOST_END;
        } else if self.end.is_some() {
            self.deadline = now + SECOND_END;
        } else if bytes.len() >= BULK {
            self.deadline = now + LOST_END;
        }
    }

    fn split(&mut self) -> (String, Vec<u8>) {
        let mut raw = std::mem::take(&mut self.raw);
        let rest = self.end.map_or_else(Vec::new, |end| {
            let rest = raw.split_off(end + END.len());
            raw.truncate(end);
            rest
        });
        let text = String::from_utf8_lossy(&raw);
        let text = text.replace("\x1b[200~", "").replace("\x1b[201~", "").replace("\r\n", "\n").replace('\r', "\n");
        (text, rest)
    }
}
