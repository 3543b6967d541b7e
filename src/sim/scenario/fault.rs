//! What a stream does wrong or unusually on purpose. Knows nothing of how it is done.
//!
//! Counts of `*_after` and `after` are in events of the reply (`data:` lines; comments and what was
//! injected before do not count). The first event is number 1, so `after = 0` is before it.

use serde::Deserialize;

/// How the stream breaks. At most one of the `*_after` should be given; the smallest wins.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct Fault {
    /// The body ends properly, but too early.
    pub(crate) cut_after: Option<u64>,
    /// The connection is closed in the middle of the body.
    pub(crate) drop_after: Option<u64>,
    /// The connection is reset (RST).
    pub(crate) reset_after: Option<u64>,
    /// Nothing more comes, the connection stays open.
    pub(crate) stall_after: Option<u64>,
    /// A few bytes at a time.
    pub(crate) trickle: Option<Trickle>,
    /// Instead of an answer.
    pub(crate) before: Option<Before>,
    /// Milliseconds before the headers.
    pub(crate) headers_ms: u64,
    /// These bytes on the connection in place of a whole HTTP answer.
    pub(crate) raw_http: Option<String>,
}

/// A few bytes at a time, each lot flushed.
#[derive(Clone, Copy, Debug, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct Trickle {
    /// Bytes in a lot, at least 1.
    pub(crate) bytes: usize,
    /// Milliseconds between two lots; 0 = only a flush.
    pub(crate) every_ms: u64,
}

impl Default for Trickle {
    fn default() -> Self {
        Self { bytes: 1, every_ms: 0 }
    }
}

/// What happens before a byte of an answer was sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Before {
    /// The connection is closed.
    Drop,
    /// The connection is reset.
    Reset,
    /// Nothing at all.
    Hang,
}

/// How events are written. The default is the recorded form.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct Frame {
    pub(crate) newline: Newline,
    /// A byte order mark before the first event.
    pub(crate) bom: bool,
    /// `: keep-alive` after every n events; 0 = never.
    pub(crate) comment_every: u64,
    /// `data:` without a space behind it.
    pub(crate) tight: bool,
    /// Each event's JSON over several `data:` lines.
    pub(crate) multiline: bool,
    /// `event: …` in every event.
    pub(crate) event_name: Option<String>,
    /// `id: n` in every event.
    pub(crate) ids: bool,
    /// Every event is sent two times.
    pub(crate) twice: bool,
    /// The whole stream is sent again behind its `[DONE]`.
    pub(crate) again: bool,
    /// A second choice with other text in every text event.
    pub(crate) two_choices: bool,
    pub(crate) encoding: Encoding,
    /// One JSON object in place of the stream that was asked for.
    pub(crate) as_json: bool,
}

/// The end of a line.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Newline {
    /// As recorded.
    #[default]
    Lf,
    /// Carriage return and line feed.
    Crlf,
    /// Carriage return alone.
    Cr,
}

/// Content encoding.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Encoding {
    /// None.
    #[default]
    Plain,
    /// gzip, and said so.
    Gzip,
    /// Said to be gzip, but it is not.
    FalseGzip,
    /// gzip, but not said.
    SilentGzip,
}

/// Something extra in the stream.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Inject {
    /// Behind so many events of the reply.
    #[serde(default)]
    pub(crate) after: u64,
    pub(crate) what: What,
    /// How often.
    #[serde(default = "one")]
    pub(crate) count: u64,
    /// Bytes of a huge event.
    #[serde(default)]
    pub(crate) size: usize,
    /// The words of an error, an event or raw text.
    #[serde(default)]
    pub(crate) text: Option<String>,
    /// Raw bytes, two digits each, blanks allowed.
    #[serde(default)]
    pub(crate) hex: Option<String>,
    /// The code of an error.
    #[serde(default)]
    pub(crate) code: Option<String>,
}

fn one() -> u64 {
    1
}

/// What is put in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum What {
    /// An event whose data is not JSON.
    BadJson,
    /// An event whose JSON stops in the middle.
    Truncated,
    /// A text event with bytes that are not UTF-8.
    BadUtf8,
    /// A text event of `size` bytes.
    Huge,
    /// A text event without text.
    Empty,
    /// `: keep-alive`.
    Comment,
    /// `{"error":{…}}` as an event.
    Error,
    /// The same with `event: error`.
    ErrorEvent,
    /// A text event with unknown fields, nulls and numbers as text.
    Odd,
    /// An event of an unknown name; its data is `text`.
    Event,
    /// `text` or `hex` as it stands.
    Raw,
}
