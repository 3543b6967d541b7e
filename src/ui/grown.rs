//! Plain text that grows, wrapped: finished lines are wrapped once, the last one as it grows.

use crate::text::wrap::{self, Row};

/// Recognises a text that continues an earlier one without comparing all of it.
#[derive(Clone, Debug, Default)]
pub(super) struct Fingerprint {
    len: usize,
    tail: Vec<u8>,
}

impl Fingerprint {
    /// How much of the end is compared; a reset text that has grown past the old length and agrees in
    /// this many bytes at that very place is the same text for all that matters here.
    const TAIL: usize = 48;

    /// The print of a text.
    pub(super) fn of(text: &str) -> Self {
        let bytes = text.as_bytes();
        Self { len: bytes.len(), tail: bytes[bytes.len().saturating_sub(Self::TAIL)..].to_vec() }
    }

    /// `text` begins with the text that the print was taken of.
    pub(super) fn continues(&self, text: &str) -> bool {
        let start = self.len - self.tail.len();
        text.as_bytes().get(start..self.len).is_some_and(|now| now == self.tail)
    }
}

/// The rows of a growing plain text at one width.
#[derive(Clone, Debug, Default)]
pub(super) struct Grown {
    width: u16,
    rows: Vec<Row>,
    sealed_rows: usize,
    sealed_bytes: usize,
}

impl Grown {
    /// No text yet, for rows of at most `width` cells.
    pub(super) fn new(width: u16) -> Self {
        Self { width, ..Self::default() }
    }

    /// The text is now `text`, which begins with all that earlier calls were given. Empty lines at its
    /// start are not shown.
    pub(super) fn update(&mut self, text: &str) {
        self.rows.truncate(self.sealed_rows);
        let Some(mut tail) = text.get(self.sealed_bytes..) else { return };
        if self.sealed_rows == 0 {
            let begun = tail.trim_start_matches(['\n', ' ']);
            self.sealed_bytes += tail.len() - begun.len();
            tail = begun;
        }
        let last = match tail.rfind('\n') {
            Some(at) => {
                self.push(&tail[..at]);
                self.sealed_bytes += at + 1;
                self.sealed_rows = self.rows.len();
                &tail[at + 1..]
            }
            None => tail,
        };
        if !last.is_empty() {
            self.push(last);
        }
    }

    /// The rows.
    pub(super) fn rows(&self) -> &[Row] {
        &self.rows
    }

    fn push(&mut self, text: &str) {
        let base = self.sealed_bytes;
        self.rows.extend(wrap::plain(text, self.width).into_iter().map(|mut row| {
            row.offset += base;
            row
        }));
    }
}

#[cfg(test)]
mod tests {
    use super::{Fingerprint, Grown};

    fn shown(grown: &Grown) -> Vec<String> {
        grown.rows().iter().map(|r| r.pieces.iter().map(|p| p.text.as_str()).collect()).collect()
    }

    #[test]
    fn growing_equals_the_whole() {
        let text = "\n\nfirst line that wraps\n\nsecond 你好 line\nlast";
        let mut grown = Grown::new(10);
        for end in (0..=text.len()).filter(|&n| text.is_char_boundary(n)) {
            grown.update(&text[..end]);
            let mut whole = Grown::new(10);
            whole.update(&text[..end]);
            assert_eq!(shown(&grown), shown(&whole), "{end}");
        }
        assert_eq!(shown(&grown).first().map(String::as_str).map(str::trim), Some("first line"));
    }

    #[test]
    fn prints() {
        let print = Fingerprint::of("some text");
        assert!(print.continues("some text and more"));
        assert!(!print.continues("some"));
        assert!(!print.continues("other text and more"));
        assert!(Fingerprint::of("").continues("x"));
    }
}
