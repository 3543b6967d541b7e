//! What a command printed, in bounded memory: its first and its last bytes, everything counted, the whole
//! spilled to a file up to a limit.
//!
//! Owns how the bytes become text for the model and rows for the screen. Knows nothing of processes. However
//! much comes, a command costs less than a megabyte here.

mod count;
mod decode;
mod rows;
mod spill;
mod text;

use std::{collections::VecDeque, path::PathBuf};

pub(crate) use spill::Spill;
pub(crate) use text::bounded;

use crate::{chat::Progress, text::Clean};
use decode::{Decoded, Encoding};
use rows::Rows;

/// Bytes of the beginning that are kept: what the model is shown of it, with room for a cut at a line's end.
const HEAD: usize = 32 << 10;
/// Bytes of the end that are kept: a long test report, or what a job printed since it was looked at last.
const TAIL: usize = 256 << 10;
/// Bytes that the live rows are made of: eight rows of a wide screen with their colours.
const WINDOW: usize = 8 << 10;
/// Live rows, as [`Progress`] has it.
const ROWS: usize = 8;
/// Characters of a live row; no screen shows more.
const ROW: usize = 500;

/// Takes the output of a command as it comes.
#[derive(Debug, Default)]
pub(crate) struct Collector {
    head: Vec<u8>,
    tail: VecDeque<u8>,
    bytes: u64,
    newlines: u64,
    last: u8,
    file: Option<Spilled>,
}

/// The file that holds the output.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Spilled {
    /// The file.
    pub path: PathBuf,
    /// Bytes in it.
    pub bytes: u64,
}

/// What was kept of an output.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Output {
    head: Vec<u8>,
    tail: Vec<u8>,
    encoding: Encoding,
    /// All bytes that came.
    pub bytes: u64,
    /// All lines that came, one without an end included.
    pub lines: u64,
    /// Where more of it can be read, once it is longer than what is shown.
    pub file: Option<Spilled>,
}

impl Collector {
    /// Takes the next bytes.
    pub(crate) fn push(&mut self, bytes: &[u8]) {
        let Some(&last) = bytes.last() else { return };
        self.bytes += bytes.len() as u64;
        self.newlines += count::newlines(bytes);
        self.last = last;
        let (head, rest) = bytes.split_at(bytes.len().min(HEAD - self.head.len()));
        self.head.extend_from_slice(head);
        let rest = &rest[rest.len().saturating_sub(TAIL)..];
        let surplus = (self.tail.len() + rest.len()).saturating_sub(TAIL);
        self.tail.drain(..surplus);
        self.tail.extend(rest);
    }

    /// More of it can be read there.
    pub(crate) fn spilled(&mut self, file: Option<Spilled>) {
        self.file = file;
    }

    /// All bytes that came.
    pub(crate) fn bytes(&self) -> u64 {
        self.bytes
    }

    /// What was kept, copied.
    pub(crate) fn output(&self) -> Output {
        Output {
            head: self.head.clone(),
            tail: self.tail.iter().copied().collect(),
            encoding: Encoding::of(&self.head),
            bytes: self.bytes,
            lines: self.lines(),
            file: self.file.clone(),
        }
    }

    /// The newest rows and the counts.
    pub(crate) fn live(&self) -> Progress {
        Progress { tail: self.rows(), lines: self.lines(), bytes: self.bytes }
    }

    fn lines(&self) -> u64 {
        self.newlines + u64::from(self.bytes > 0 && self.last != b'\n')
    }

    fn rows(&self) -> Vec<Clean> {
        let kept = self.head.len() + self.tail.len();
        let skip = kept.saturating_sub(WINDOW);
        let mut window: Vec<u8> = self.head.get(skip..).unwrap_or_default().to_vec();
        window.extend(self.tail.iter().skip(skip.saturating_sub(self.head.len())));
        let before = self.bytes - window.len() as u64;
        let text = match decode::decode(&window, Encoding::of(&self.head), before) {
            Decoded::Text { text, .. } => text,
            Decoded::Binary => return vec![Clean::trusted("binary output")],
        };
        let mut rows = Rows::default();
        rows.feed(&text, &mut |_| {});
        let mut last: Vec<String> = rows.into_last(ROWS);
        // Of a line that began before the window only the end is known.
        if skip > 0 && last.len() > 1 && text.matches('\n').count() < ROWS {
            last.remove(0);
        }
        last.iter().map(|row| Clean::new(end_of(row))).collect()
    }
}

/// The last characters of a row that is too long.
fn end_of(row: &str) -> &str {
    let surplus = row.chars().count().saturating_sub(ROW);
    row.char_indices().nth(surplus).map_or("", |(at, _)| &row[at..])
}

#[cfg(test)]
mod tests;
