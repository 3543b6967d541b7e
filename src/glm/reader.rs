//! Bytes of a reply to deltas, whatever the reply is: an event stream, one JSON answer, an error, a web
//! page. Owns telling these apart by their first byte; refuses to know where the bytes come from.

use super::{
    assemble::{Assembler, BROKE, Expect},
    envelope::{self, Refusal},
    repair::mend_json,
    request::Delta,
    sse::{Event, Item, Parser},
    wire::Chunk,
};

/// The most bytes that an answer without a stream may have.
const MAX_WHOLE: usize = super::sse::MAX_EVENT;

/// Bytes of a body that is no answer that are kept to be shown.
const KEPT: usize = 4096;

/// Why a reply is none.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Broken {
    /// The service said so.
    Refused(Refusal),
    /// The bytes are no reply; here are the first of them.
    NotAnAnswer(String),
    /// It ended before its end.
    Cut(&'static str),
}

/// Reads one reply.
#[derive(Debug)]
pub(super) struct Reader {
    shape: Shape,
    assembler: Assembler,
    state: State,
}

#[derive(Debug)]
enum Shape {
    /// Nothing but white space so far.
    Unknown,
    Events(Parser),
    /// One JSON value, collected until the end.
    Whole(Vec<u8>),
    /// Neither.
    Foreign(Vec<u8>),
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum State {
    Open,
    /// `[DONE]` came.
    Done,
    Broken(Broken),
}

impl Reader {
    /// A reader of a reply of which this is expected.
    pub(super) fn new(expect: Expect) -> Self {
        Self { shape: Shape::Unknown, assembler: Assembler::new(expect), state: State::Open }
    }

    /// The service said why the reply ends; only usage and the end mark may follow.
    pub(super) fn is_finished(&self) -> bool {
        self.assembler.is_finished()
    }

    /// Nothing more is needed from the service.
    pub(super) fn is_complete(&self) -> bool {
        self.state == State::Done
    }

    /// What is known of the reply, for a report on it.
    pub(super) fn assembler(&self) -> &Assembler {
        &self.assembler
    }

    /// Takes the next bytes.
    ///
    /// # Errors
    /// The reply is none; `out` holds what came before.
    pub(super) fn push(&mut self, bytes: &[u8], out: &mut Vec<Delta>) -> Result<(), Broken> {
        let mut bytes = bytes;
        if matches!(self.shape, Shape::Unknown) {
            let Some(at) = bytes.iter().position(|b| !b.is_ascii_whitespace()) else { return Ok(()) };
            self.shape = shape_of(bytes[at]);
            bytes = &bytes[at..];
        }
        match &mut self.shape {
            Shape::Events(parser) => {
                let (assembler, state) = (&mut self.assembler, &mut self.state);
                parser.push(bytes, &mut |item| take(assembler, state, item, out));
            }
            Shape::Whole(all) if all.len() + bytes.len() <= MAX_WHOLE => all.extend_from_slice(bytes),
            Shape::Whole(_) => self.state = State::Broken(Broken::NotAnAnswer("an endless JSON text".into())),
            Shape::Foreign(all) => {
                all.extend_from_slice(&bytes[..bytes.len().min(KEPT.saturating_sub(all.len()))]);
                if all.len() >= KEPT {
                    self.state = State::Broken(foreign(all));
                }
            }
            Shape::Unknown => {}
        }
        self.check(out)
    }

    /// There are no more bytes: pushes the end of the reply.
    ///
    /// # Errors
    /// The reply is none, or it was cut.
    pub(super) fn finish(&mut self, out: &mut Vec<Delta>) -> Result<(), Broken> {
        match &mut self.shape {
            Shape::Unknown => self.state = State::Broken(Broken::Cut("the reply is empty")),
            Shape::Events(parser) => {
                let (assembler, state) = (&mut self.assembler, &mut self.state);
                parser.finish(&mut |item| take(assembler, state, item, out));
            }
            Shape::Whole(all) => {
                let all = std::mem::take(all);
                self.whole(&all, out);
            }
            Shape::Foreign(all) => self.state = State::Broken(foreign(all)),
        }
        self.check(out)?;
        if self.is_finished() || self.is_complete() {
            self.assembler.end(out);
            return Ok(());
        }
        self.assembler.cut(out);
        Err(Broken::Cut("the stream ended without its end mark"))
    }

    /// The connection broke: the text that was held back still belongs to the reply.
    pub(super) fn flush(&mut self, out: &mut Vec<Delta>) {
        self.assembler.cut(out);
    }

    fn check(&mut self, out: &mut Vec<Delta>) -> Result<(), Broken> {
        if self.assembler.finish_reason() == Some(BROKE) {
            let message = "the service lost the model in the middle of the reply".into();
            return Err(Broken::Refused(Refusal { code: Some(BROKE.into()), message }));
        }
        if let State::Broken(broken) = &self.state {
            self.assembler.cut(out);
            return Err(broken.clone());
        }
        Ok(())
    }

    fn whole(&mut self, bytes: &[u8], out: &mut Vec<Delta>) {
        let mended;
        let chunk = if let Ok(chunk) = serde_json::from_slice::<Chunk<'_>>(bytes) {
            Some(chunk)
        } else {
            mended = mend_json(bytes);
            serde_json::from_str::<Chunk<'_>>(&mended).ok()
        };
        match chunk {
            Some(chunk) if chunk.error.is_none() && chunk.choices.is_some() => {
                self.assembler.push(&chunk, out);
                if !self.is_finished() {
                    self.state = State::Done;
                }
            }
            _ => {
                let refusal = serde_json::from_slice(bytes).ok().and_then(|value| envelope::refusal(&value));
                let shown = || String::from_utf8_lossy(&bytes[..bytes.len().min(KEPT)]).into_owned();
                self.state = State::Broken(refusal.map_or_else(|| Broken::NotAnAnswer(shown()), Broken::Refused));
            }
        }
    }
}

/// What begins with this byte. The fields of an event stream are `data event id retry`, a comment is `:`.
fn shape_of(first: u8) -> Shape {
    match first {
        b'd' | b'e' | b'i' | b'r' | b':' | 0xEF => Shape::Events(Parser::default()),
        b'{' | b'[' => Shape::Whole(Vec::new()),
        _ => Shape::Foreign(Vec::new()),
    }
}

/// Bytes that are no reply, named where they can be (the magic number of gzip: RFC 1952).
fn foreign(bytes: &[u8]) -> Broken {
    Broken::NotAnAnswer(match bytes {
        [0x1F, 0x8B, ..] => "a gzip body that is not labelled as one".into(),
        _ => String::from_utf8_lossy(bytes).into_owned(),
    })
}

fn take(assembler: &mut Assembler, state: &mut State, item: Item<'_>, out: &mut Vec<Delta>) {
    if *state != State::Open {
        return;
    }
    match item {
        Item::TooLong => out.push(Delta::Repaired("an oversized event was skipped")),
        Item::Event(Event { data, .. }) if data.trim_ascii() == b"[DONE]" => *state = State::Done,
        Item::Event(event) => {
            if let Err(broken) = take_event(assembler, event, out) {
                *state = State::Broken(broken);
            }
        }
    }
}

fn take_event(assembler: &mut Assembler, event: Event<'_>, out: &mut Vec<Delta>) -> Result<(), Broken> {
    let data = event.data.trim_ascii();
    if data.is_empty() {
        return Ok(());
    }
    if let Ok(chunk) = serde_json::from_slice::<Chunk<'_>>(data) {
        return take_chunk(assembler, &chunk, event, out);
    }
    let mended = mend_json(data);
    if let Ok(chunk) = serde_json::from_str::<Chunk<'_>>(&mended) {
        out.push(Delta::Repaired("a damaged event was mended"));
        return take_chunk(assembler, &chunk, event, out);
    }
    if event.name == b"error" {
        return Err(Broken::Refused(Refusal { code: None, message: mended }));
    }
    // A server that forgets the blank lines joins chunks into one event.
    let chunks: Option<Vec<Chunk<'_>>> = mended.lines().map(|line| serde_json::from_str(line).ok()).collect();
    match chunks {
        Some(chunks) if chunks.len() > 1 => {
            out.push(Delta::Repaired("joined events were parted"));
            chunks.iter().try_for_each(|chunk| take_chunk(assembler, chunk, event, out))
        }
        _ => {
            out.push(Delta::Repaired("an unreadable event was skipped"));
            Ok(())
        }
    }
}

fn take_chunk(
    assembler: &mut Assembler,
    chunk: &Chunk<'_>,
    event: Event<'_>,
    out: &mut Vec<Delta>,
) -> Result<(), Broken> {
    if chunk.error.is_some() || event.name == b"error" || (chunk.choices.is_none() && chunk.usage.is_none()) {
        let value = serde_json::from_slice(event.data).unwrap_or_default();
        if let Some(refusal) = envelope::refusal(&value) {
            return Err(Broken::Refused(refusal));
        }
        if event.name == b"error" {
            return Err(Broken::Refused(envelope::refusal_of_status(event.data)));
        }
    }
    assembler.push(chunk, out);
    Ok(())
}
