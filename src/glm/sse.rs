//! Bytes of a `text/event-stream` to events, wherever the bytes are cut. Owns line ends, fields and the
//! byte order mark; refuses to know what an event means.
//!
//! Every byte is looked at once, so the time is linear in the length of the stream whatever its chunks
//! look like. An event whose only `data` line and its end lie in one chunk is handed on without a copy.

/// The most bytes one event may have. A whole tool call comes as one event (docs/ZAI.md §3) and ten megabytes
/// of arguments must pass; beyond this a server would only fill the memory.
pub const MAX_EVENT: usize = 32 << 20;

const BOM: [u8; 3] = [0xEF, 0xBB, 0xBF];

/// One event. The bytes are the stream's own and may be invalid UTF-8.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Event<'a> {
    /// The `event` field; empty if there was none.
    pub name: &'a [u8],
    /// The `data` lines, joined by `\n`.
    pub data: &'a [u8],
}

/// What the parser hands on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Item<'a> {
    /// A complete event.
    Event(Event<'a>),
    /// An event above [`MAX_EVENT`] was dropped.
    TooLong,
}

/// The parser. Feed it chunks, then [`Parser::finish`].
#[derive(Debug, Default)]
pub struct Parser {
    /// Bytes of the byte order mark seen so far; `None` once the start of the stream is behind us.
    bom: Start,
    /// The last chunk ended in a CR, so a leading LF belongs to it.
    after_cr: bool,
    /// The start of a line whose end has not come.
    line: Vec<u8>,
    event: Building,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Start {
    Matching(usize),
    Passed,
}

impl Default for Start {
    fn default() -> Self {
        Self::Matching(0)
    }
}

/// The event that is being put together across chunks.
#[derive(Debug, Default)]
struct Building {
    name: Vec<u8>,
    data: Vec<u8>,
    has_data: bool,
    too_long: bool,
}

impl Parser {
    /// Takes the next bytes and hands on every event that they complete.
    pub fn push(&mut self, chunk: &[u8], sink: &mut impl FnMut(Item<'_>)) {
        let mut rest = self.skip_start(chunk);
        if self.after_cr && !rest.is_empty() {
            self.after_cr = false;
            rest = rest.strip_prefix(b"\n").unwrap_or(rest);
        }
        let mut single: Option<&[u8]> = None;
        while let Some(end) = find_line_end(rest) {
            let line = &rest[..end];
            let is_cr = rest[end] == b'\r';
            rest = &rest[end + 1..];
            if is_cr {
                match rest.first() {
                    Some(b'\n') => rest = &rest[1..],
                    Some(_) => {}
                    None => self.after_cr = true,
                }
            }
            if self.line.is_empty() {
                self.event.line(line, &mut single, sink);
            } else {
                self.extend_line(line);
                let whole = std::mem::take(&mut self.line);
                let mut copied = None;
                self.event.line(&whole, &mut copied, sink);
                self.event.keep(copied);
                self.line = whole;
                self.line.clear();
            }
        }
        self.event.keep(single);
        self.extend_line(rest);
    }

    /// The stream is over. An event without its closing blank line is handed on too: a server that ends
    /// with `data: [DONE]` and closes has said all it wanted to say.
    pub fn finish(&mut self, sink: &mut impl FnMut(Item<'_>)) {
        if let Start::Matching(n) = self.bom {
            self.bom = Start::Passed;
            self.line.extend_from_slice(&BOM[..n]);
        }
        let whole = std::mem::take(&mut self.line);
        if !whole.is_empty() {
            let mut copied = None;
            self.event.line(&whole, &mut copied, sink);
            self.event.keep(copied);
        }
        self.event.line(b"", &mut None, sink);
    }

    /// Passes over the byte order mark, also when it is cut.
    fn skip_start<'c>(&mut self, mut chunk: &'c [u8]) -> &'c [u8] {
        while let Start::Matching(n) = self.bom {
            let Some(&byte) = chunk.first() else { return chunk };
            if byte == BOM[n] {
                chunk = &chunk[1..];
                self.bom = if n == 2 { Start::Passed } else { Start::Matching(n + 1) };
            } else {
                self.line.extend_from_slice(&BOM[..n]);
                self.bom = Start::Passed;
            }
        }
        chunk
    }

    fn extend_line(&mut self, more: &[u8]) {
        if self.line.len() + more.len() > MAX_EVENT {
            self.event.too_long = true;
            // What is left of the line is a comment: not blank, without effect.
            self.line.clear();
            self.line.push(b':');
        } else {
            self.line.extend_from_slice(more);
        }
    }
}

impl Building {
    /// Takes one line without its end. `single` is the first `data` value while it can stay uncopied.
    fn line<'c>(&mut self, line: &'c [u8], single: &mut Option<&'c [u8]>, sink: &mut impl FnMut(Item<'_>)) {
        if line.is_empty() {
            self.dispatch(single.take(), sink);
            return;
        }
        let (field, value) = match line.iter().take(8).position(|b| *b == b':') {
            Some(colon) => {
                let value = &line[colon + 1..];
                (&line[..colon], value.strip_prefix(b" ").unwrap_or(value))
            }
            None => (line, &b""[..]),
        };
        match field {
            b"data" if self.too_long => {}
            b"data" if !self.has_data && single.is_none() => *single = Some(value),
            b"data" => {
                self.keep(single.take());
                self.append(value);
            }
            b"event" => {
                self.name.clear();
                self.name.extend_from_slice(&value[..value.len().min(64)]);
            }
            _ => {}
        }
    }

    /// Copies a value that its chunk will not outlive.
    fn keep(&mut self, single: Option<&[u8]>) {
        if let Some(value) = single {
            self.append(value);
        }
    }

    fn append(&mut self, value: &[u8]) {
        if self.data.len() + value.len() >= MAX_EVENT {
            self.too_long = true;
            self.data = Vec::new();
            return;
        }
        if self.has_data {
            self.data.push(b'\n');
        }
        self.has_data = true;
        self.data.extend_from_slice(value);
    }

    fn dispatch(&mut self, single: Option<&[u8]>, sink: &mut impl FnMut(Item<'_>)) {
        if self.too_long {
            sink(Item::TooLong);
        } else if let Some(data) = single {
            sink(Item::Event(Event { name: &self.name, data }));
        } else if self.has_data {
            sink(Item::Event(Event { name: &self.name, data: &self.data }));
        }
        self.name.clear();
        self.data.clear();
        self.has_data = false;
        self.too_long = false;
    }
}

/// The first LF or CR, eight bytes at a time.
fn find_line_end(bytes: &[u8]) -> Option<usize> {
    const ONES: u64 = u64::from_ne_bytes([0x01; 8]);
    const TOPS: u64 = u64::from_ne_bytes([0x80; 8]);
    const LF: u64 = u64::from_ne_bytes([b'\n'; 8]);
    const CR: u64 = u64::from_ne_bytes([b'\r'; 8]);
    let zeros = |word: u64| word.wrapping_sub(ONES) & !word & TOPS;
    let (words, tail) = bytes.as_chunks::<8>();
    for (n, word) in words.iter().enumerate() {
        let word = u64::from_le_bytes(*word);
        let hits = zeros(word ^ LF) | zeros(word ^ CR);
        if hits != 0 {
            // The lowest hit is exact; a borrow can only make false ones above it.
            return Some(n * 8 + hits.trailing_zeros() as usize / 8);
        }
    }
    let offset = words.len() * 8;
    tail.iter().position(|b| matches!(b, b'\n' | b'\r')).map(|at| offset + at)
}
