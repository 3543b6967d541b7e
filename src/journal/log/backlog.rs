//! What was appended and is not yet known to be on the disk, as bytes: written but not synced, then not written.

use std::collections::VecDeque;

/// The most bytes that wait for a disk that takes none. Beyond it the oldest pieces of streamed text are let go:
/// they come again, whole, in the message of their step.
const MOST: usize = 64 << 20;
/// What a capacity that a bad time left behind may keep.
const SPARE: usize = 1 << 20;

/// What a line holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    /// A piece of streamed text.
    Text,
    /// What must not be let go.
    Other,
}

/// Lines that wait.
pub(super) struct Backlog {
    bytes: Vec<u8>,
    /// Each line: its length and its kind.
    lines: VecDeque<(usize, Kind)>,
    /// How many of the lines, and of the bytes, are written.
    written: (usize, usize),
    /// Above this text is let go.
    most: usize,
}

impl Default for Backlog {
    fn default() -> Self {
        Self { bytes: Vec::new(), lines: VecDeque::new(), written: (0, 0), most: MOST }
    }
}

impl Backlog {
    /// Appends a line by writing it at the end of these bytes.
    pub(super) fn push<E>(&mut self, kind: Kind, line: impl FnOnce(&mut Vec<u8>) -> Result<(), E>) -> Result<(), E> {
        let before = self.bytes.len();
        line(&mut self.bytes)?;
        self.lines.push_back((self.bytes.len() - before, kind));
        if self.bytes.len() > self.most {
            self.shed();
        }
        Ok(())
    }

    /// What is not written.
    pub(super) fn unwritten(&self) -> &[u8] {
        &self.bytes[self.written.1..]
    }

    /// Bytes that are written and not synced.
    pub(super) fn unsynced(&self) -> usize {
        self.written.1
    }

    /// So many bytes more are in the file; whether they end within a line, which then counts as not written.
    pub(super) fn wrote(&mut self, mut n: usize) -> bool {
        while let Some((len, _)) = self.lines.get(self.written.0)
            && *len <= n
        {
            n -= len;
            self.written = (self.written.0 + 1, self.written.1 + len);
        }
        n > 0
    }

    /// What was written is on the disk.
    pub(super) fn synced(&mut self) {
        let (lines, bytes) = std::mem::take(&mut self.written);
        self.lines.drain(..lines);
        self.bytes.drain(..bytes);
        self.most = MOST;
        if self.bytes.is_empty() {
            self.bytes.shrink_to(SPARE);
            self.lines.shrink_to(SPARE);
        }
    }

    /// What was written may be lost: all of it is to be written again.
    pub(super) fn rewind(&mut self) {
        self.written = (0, 0);
    }

    /// Lets the oldest pieces of unwritten text go, an eighth of the room at a time.
    fn shed(&mut self) {
        let mut over = self.bytes.len().saturating_sub(MOST - MOST / 8);
        let mut kept = Vec::with_capacity(self.bytes.len());
        let (mut lines, mut from) = (VecDeque::with_capacity(self.lines.len()), 0);
        for (at, (len, kind)) in self.lines.iter().copied().enumerate() {
            if kind == Kind::Text && over > 0 && at >= self.written.0 {
                over = over.saturating_sub(len);
            } else {
                kept.extend_from_slice(&self.bytes[from..from + len]);
                lines.push_back((len, kind));
            }
            from += len;
        }
        // What cannot be let go is not looked through again with each line.
        self.most = MOST.max(kept.len() + MOST / 8);
        (self.bytes, self.lines) = (kept, lines);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn push(backlog: &mut Backlog, text: &str, kind: Kind) {
        let pushed: Result<(), ()> = backlog.push(kind, |out| {
            out.extend_from_slice(text.as_bytes());
            Ok(())
        });
        assert_eq!(pushed, Ok(()));
    }

    #[test]
    fn whole_lines_are_written_and_synced() {
        let mut backlog = Backlog::default();
        for line in ["one\n", "two\n", "three\n"] {
            push(&mut backlog, line, Kind::Other);
        }
        assert!(backlog.wrote(6), "it ends within a line");
        assert_eq!(backlog.unwritten(), b"two\nthree\n");
        assert!(!backlog.wrote(4));
        assert_eq!((backlog.unwritten(), backlog.unsynced()), (&b"three\n"[..], 8));
        backlog.rewind();
        assert_eq!(backlog.unwritten(), b"one\ntwo\nthree\n");
        assert!(!backlog.wrote(8));
        backlog.synced();
        assert_eq!((backlog.unwritten(), backlog.unsynced()), (&b"three\n"[..], 0));
    }

    #[test]
    fn text_goes_first_and_messages_never() {
        let mut backlog = Backlog::default();
        let big = "x".repeat(1 << 20);
        push(&mut backlog, &big, Kind::Text);
        backlog.wrote(1 << 20);
        for n in 0..100 {
            push(&mut backlog, &big, if n % 10 == 0 { Kind::Other } else { Kind::Text });
        }
        assert!(backlog.bytes.len() <= MOST);
        assert_eq!(backlog.lines.iter().filter(|(_, kind)| *kind == Kind::Other).count(), 10);
        assert_eq!(backlog.unsynced(), 1 << 20, "what is in the file stays counted");
        for _ in 0..100 {
            push(&mut backlog, &big, Kind::Other);
        }
        assert_eq!(backlog.lines.iter().filter(|(_, kind)| *kind == Kind::Other).count(), 110);
    }
}
