//! The output as text: for the model its beginning and its end with a line that says what is missing, for
//! a person the same, cleaned.

use std::fmt::Write;

use super::{
    Output, count,
    decode::{self, Decoded},
    rows::Rows,
};
use crate::text::Clean;

/// Bytes of the beginning and of the end that the model is shown: together 30 kB, about 8,000 tokens.
/// The end has more, since that is where a build says what went wrong.
const SHOWN: (usize, usize) = (10_000, 20_000);
/// How far a cut moves to fall between two lines.
const SLACK: usize = 2_000;
/// A part may grow when it is decoded (two bytes of UTF-16 are three of UTF-8), but no more than this.
const GROWN: usize = 2;
/// Bytes of binary output that are shown.
const HEX: usize = 64;
/// Bytes of a detail, as [`crate::chat::Detail`] has it.
const DETAIL: usize = 64 << 10;

impl Output {
    /// Bytes above which something is left out.
    pub(crate) const SHOWN: usize = SHOWN.0 + SHOWN.1;

    /// Bytes of memory that it takes.
    #[must_use]
    pub fn held(&self) -> usize {
        self.head.capacity() + self.tail.capacity()
    }

    /// Nothing was printed.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.bytes == 0
    }

    /// The output as the model reads it: control sequences carried out or removed, what is no text labelled,
    /// what is too much left out with a line that says so. Ends with a line end unless it is empty.
    #[must_use]
    pub fn for_model(&self) -> String {
        let kept = self.head.len() + self.tail.len();
        let whole = kept as u64 == self.bytes;
        if whole && kept <= Self::SHOWN {
            return render(&[&self.head[..], &self.tail].concat(), self, 0);
        }
        let (head, tail) = if whole {
            let all = [&self.head[..], &self.tail].concat();
            (first(&all).to_vec(), last(&all).to_vec())
        } else {
            (first(&self.head).to_vec(), last(&self.tail).to_vec())
        };
        let mut text = render(&head, self, 0);
        let _ = writeln!(text, "… {} …", self.missing(&head, &tail));
        text + &render(&tail, self, self.bytes - tail.len() as u64)
    }

    /// What came behind the first `from` bytes, for the model.
    #[must_use]
    pub fn since(&self, from: u64) -> String {
        if from == 0 {
            return self.for_model();
        }
        let tail_at = self.bytes - self.tail.len() as u64;
        let skip = |part: &[u8], at: u64| -> Vec<u8> {
            usize::try_from(from.saturating_sub(at)).ok().and_then(|n| part.get(n..)).unwrap_or_default().to_vec()
        };
        let (head, tail) = (skip(&self.head, 0), skip(&self.tail, tail_at));
        let gap = tail_at.saturating_sub(from.max(self.head.len() as u64));
        let mut fresh = head;
        fresh.extend_from_slice(&tail);
        let shown = if fresh.len() > Self::SHOWN { last(&fresh) } else { &fresh };
        let missing = gap + (fresh.len() - shown.len()) as u64;
        let mut text = String::new();
        if missing > 0 {
            let _ = writeln!(text, "… {missing} bytes left out{} …", self.place());
        }
        text + &render(shown, self, self.bytes - shown.len() as u64)
    }

    /// The output as a person reads it, bounded.
    #[must_use]
    pub fn for_person(&self) -> Clean {
        bounded(&self.for_model())
    }

    fn missing(&self, head: &[u8], tail: &[u8]) -> String {
        let bytes = self.bytes - (head.len() + tail.len()) as u64;
        let ends = count::newlines(head) + count::newlines(tail) + u64::from(!tail.ends_with(b"\n"));
        // A cut within a line leaves a part of it on either side.
        let lines = self.lines.saturating_sub(ends);
        let count = if lines > 1 { format!("{lines} lines ({bytes} bytes)") } else { format!("{bytes} bytes") };
        format!("{count} left out{}", self.place())
    }

    fn place(&self) -> String {
        match &self.file {
            Some(file) if file.bytes >= self.bytes => format!("; the whole output is in {}", file.path.display()),
            Some(file) => format!("; its first {} bytes are in {}", file.bytes, file.path.display()),
            None => String::new(),
        }
    }
}

/// A text for a person, at most as long as a detail may be.
pub(crate) fn bounded(text: &str) -> Clean {
    let (mut clean, mut rest) = (Clean::default(), text);
    while !rest.is_empty() {
        let cut = rest.find('\n').map_or(rest.len(), |end| end + 1).min(rest.floor_char_boundary(SLACK));
        let line = Clean::new(&rest[..cut]);
        if clean.as_str().len() + line.as_str().len() > DETAIL - SLACK {
            clean.append(&Clean::trusted("… the rest is too long to show"));
            break;
        }
        clean.append(&line);
        rest = &rest[cut..];
    }
    clean
}

/// The first bytes, whole lines if they are not too long.
fn first(bytes: &[u8]) -> &[u8] {
    let part = &bytes[..bytes.len().min(SHOWN.0)];
    match part.iter().rposition(|byte| *byte == b'\n') {
        Some(end) if part.len() - end <= SLACK => &part[..=end],
        _ => part,
    }
}

/// The last bytes, whole lines if they are not too long.
fn last(bytes: &[u8]) -> &[u8] {
    let part = &bytes[bytes.len().saturating_sub(SHOWN.1)..];
    match part.iter().position(|byte| *byte == b'\n') {
        Some(end) if end < SLACK => &part[end + 1..],
        _ => part,
    }
}

/// A part of the output that lies `at` bytes behind its beginning.
fn render(bytes: &[u8], output: &Output, at: u64) -> String {
    let (text, n_bad) = match decode::decode(bytes, output.encoding, at) {
        Decoded::Text { text, n_bad } => (text, n_bad),
        Decoded::Binary => return binary(bytes, output.bytes),
    };
    let (mut out, mut rows) = (String::with_capacity(text.len()), Rows::default());
    let mut add = |row: String| {
        out.push_str(&row);
        out.push('\n');
    };
    rows.feed(&text, &mut add);
    let n_overwritten = rows.n_overwritten();
    rows.finish(&mut add);
    let limit = GROWN * (SHOWN.0 + SHOWN.1);
    if out.len() > limit {
        out.truncate(out.floor_char_boundary(limit));
        out.push_str("…\n");
    }
    if n_bad > 0 {
        let _ = writeln!(out, "[{n_bad} bytes of this are no text and shown as � or ␀]");
    }
    if n_overwritten > 0 {
        let _ = writeln!(out, "[carriage returns overwrote {n_overwritten} rows; their last state is shown]");
    }
    out
}

fn binary(bytes: &[u8], total: u64) -> String {
    let hex: Vec<String> = bytes.iter().take(HEX).map(|byte| format!("{byte:02x}")).collect();
    let more = if bytes.len() > HEX { " …" } else { "" };
    format!(
        "[binary output, or text that is not UTF-8: {total} bytes in all; these begin with {} bytes in hex: {}{more}]\n",
        hex.len(),
        hex.join(" ")
    )
}
