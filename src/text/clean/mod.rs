//! The sanitiser: foreign text in, text that can only print out.
//!
//! Owns the type [`Clean`] and the only ways to make one. Two stages, both a state machine over
//! characters, so that the result does not depend on how a stream is cut: [`sequence`] takes out what
//! would drive a terminal, [`prose`] makes visible what would deceive a reader. Knows no terminal types.
//!
//! Nothing that a person could have read is hidden: a control sequence that is not finished and sane is
//! not a sequence but text, and is shown.

mod prose;
mod sequence;
mod strict;

use std::fmt;

use prose::Prose;
use sequence::Sequences;
use serde::{Deserialize, Serialize};

/// Text that holds no control but `\n`: safe to draw. What is read from a file is cleaned again.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(into = "String", from = "String")]
pub struct Clean(String);

impl Clean {
    /// Cleans a complete foreign text that may span lines.
    #[must_use]
    pub fn new(foreign: &str) -> Self {
        let mut cleaner = Cleaner::default();
        let mut clean = cleaner.push(foreign);
        clean.append(&cleaner.finish());
        clean
    }

    /// Cleans complete foreign bytes; what is not UTF-8 becomes U+FFFD.
    #[must_use]
    pub fn lossy(foreign: &[u8]) -> Self {
        Self::new(&String::from_utf8_lossy(foreign))
    }

    /// Cleans a foreign label: a path, a title, a name. Whatever does not print, newlines included, is
    /// shown as `⟨U+000A⟩`, so that two labels that differ look different. The caller bounds the length.
    #[must_use]
    pub fn strict(foreign: &str) -> Self {
        Self(strict::escape(foreign))
    }

    /// Our own words, which need no cleaning.
    #[must_use]
    pub fn trusted(own: &'static str) -> Self {
        Self(own.to_owned())
    }

    /// The text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The text, owned.
    #[must_use]
    pub fn into_string(self) -> String {
        self.0
    }

    /// There is no text.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Appends text that is clean already.
    pub fn append(&mut self, other: &Self) {
        self.0.push_str(&other.0);
    }
}

impl From<Clean> for String {
    fn from(clean: Clean) -> Self {
        clean.0
    }
}

impl From<String> for Clean {
    fn from(foreign: String) -> Self {
        Self::new(&foreign)
    }
}

impl AsRef<str> for Clean {
    fn as_ref(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for Clean {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&self.0)
    }
}

/// Cleans a stream piece by piece; the pieces may be cut anywhere between two characters.
#[derive(Clone, Debug, Default)]
pub struct Cleaner {
    sequences: Sequences,
    prose: Prose,
    n_removed: u64,
}

impl Cleaner {
    /// Takes the next piece and returns what of the stream is clean by now.
    #[must_use]
    pub fn push(&mut self, foreign: &str) -> Clean {
        let mut out = String::with_capacity(foreign.len());
        let mut rest = foreign;
        while !rest.is_empty() {
            if self.sequences.at_rest() {
                let plain = rest.bytes().position(|byte| !printable(byte)).unwrap_or(rest.len());
                self.prose.plain(&rest[..plain], &mut out);
                rest = &rest[plain..];
            }
            let mut chars = rest.chars();
            if let Some(c) = chars.next() {
                self.sequences.take(c, &mut |c| self.n_removed += self.prose.take(c, &mut out));
                rest = chars.as_str();
            }
        }
        self.n_removed += self.sequences.drain_removed();
        Clean(out)
    }

    /// The stream is over: returns what was held back.
    #[must_use]
    pub fn finish(&mut self) -> Clean {
        let mut out = String::new();
        self.sequences.finish(&mut |c| self.n_removed += self.prose.take(c, &mut out));
        self.prose.finish(&mut out);
        self.n_removed += self.sequences.drain_removed();
        Clean(out)
    }

    /// Controls (each with its sequence), tags and surplus marks that were taken out so far.
    #[must_use]
    pub fn n_removed(&self) -> u64 {
        self.n_removed
    }
}

/// Printable ASCII, which no stage has anything to say about.
fn printable(byte: u8) -> bool {
    (0x20..0x7f).contains(&byte)
}

#[cfg(test)]
mod tests;
