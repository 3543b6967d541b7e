//! One scripted reply: its words, speed, tool calls, end, or its refusal. Knows nothing of bytes.

use std::collections::BTreeMap;

use serde::Deserialize;

use super::fault::{Fault, Frame, Inject};

/// One reply of the script.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct Reply {
    pub(crate) when: Option<When>,
    pub(crate) times: Option<u32>,
    pub(crate) fail_first: Option<u32>,
    pub(crate) reasoning: Text,
    pub(crate) answer: Text,
    pub(crate) pace: Option<Pace>,
    pub(crate) tools: Tools,
    pub(crate) end: End,
    pub(crate) refuse: Option<Refuse>,
    pub(crate) frame: Frame,
    pub(crate) fault: Fault,
    pub(crate) inject: Vec<Inject>,
}

/// Which requests a reply is for; all that is given must hold.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct When {
    /// A part of the last user message, in any case.
    pub(crate) says: Option<String>,
    /// The model asked for.
    pub(crate) model: Option<String>,
    /// The newest message is (or is not) the result of a tool.
    pub(crate) tool_result: Option<bool>,
}

/// Text, or as much of a text as makes a number of tokens.
#[derive(Clone, Debug, Deserialize)]
#[serde(untagged)]
pub(crate) enum Text {
    /// As it stands, placeholders filled in.
    Plain(String),
    /// `of`, over and over, until it makes `tokens` pieces.
    Repeat {
        /// How many pieces.
        tokens: usize,
        /// The text.
        of: String,
    },
}

impl Default for Text {
    fn default() -> Self {
        Self::Plain(String::new())
    }
}

/// How fast and in what pieces.
#[derive(Clone, Copy, Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct Pace {
    /// Tokens a second; 0 = flat out.
    pub(crate) rate: f64,
    /// Milliseconds before the first event.
    pub(crate) first_ms: u64,
    /// Milliseconds between reasoning and answer.
    pub(crate) pause_ms: u64,
    /// How the text is cut.
    pub(crate) by: By,
}

/// How text is cut into events.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(from = "RawBy")]
pub(crate) enum By {
    /// Pieces like a tokenizer's.
    #[default]
    Token,
    /// Words with the space before them.
    Word,
    /// Lines.
    Line,
    /// All at once.
    Whole,
    /// So many characters.
    Chars(usize),
}

#[derive(Deserialize)]
#[serde(untagged)]
enum RawBy {
    Chars(usize),
    Word(ByWord),
}

#[derive(Deserialize)]
#[serde(rename_all = "snake_case")]
enum ByWord {
    Token,
    Word,
    Line,
    Whole,
}

impl From<RawBy> for By {
    fn from(raw: RawBy) -> Self {
        match raw {
            RawBy::Chars(n) => Self::Chars(n.max(1)),
            RawBy::Word(ByWord::Token) => Self::Token,
            RawBy::Word(ByWord::Word) => Self::Word,
            RawBy::Word(ByWord::Line) => Self::Line,
            RawBy::Word(ByWord::Whole) => Self::Whole,
        }
    }
}

/// The tool calls of a reply.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct Tools {
    pub(crate) style: ToolStyle,
    pub(crate) call: Vec<Call>,
}

/// How calls are sent.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum ToolStyle {
    /// In pieces when the request has `tool_stream`, else whole, as the service does.
    #[default]
    Auto,
    /// One event per call.
    Whole,
    /// The name first, then the arguments in pieces.
    Pieces,
    /// As `pieces`, the calls' pieces taking turns, the last call first.
    Interleaved,
}

/// One tool call.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct Call {
    pub(crate) name: String,
    /// The arguments as they are sent; need not be JSON.
    pub(crate) arguments: String,
    /// Absent: made up.
    pub(crate) id: Option<String>,
    /// Absent: the place in the list.
    pub(crate) index: Option<u64>,
}

/// How a reply ends.
#[derive(Clone, Debug, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct End {
    /// Absent: `stop`, or `tool_calls` when there are any. `"none"`: not said.
    pub(crate) finish: Option<String>,
    /// The model that the reply names; absent: the one that was asked.
    pub(crate) model: Option<String>,
    pub(crate) usage: UsageSpec,
    /// `data: [DONE]` follows.
    pub(crate) done: bool,
}

impl Default for End {
    fn default() -> Self {
        Self { finish: None, model: None, usage: UsageSpec::Word(UsageWord::Estimate), done: true }
    }
}

/// What the reply says of its tokens.
#[derive(Clone, Copy, Debug, Deserialize)]
#[serde(untagged)]
pub(crate) enum UsageSpec {
    /// A way to tell them.
    Word(UsageWord),
    /// These numbers; what is absent is estimated.
    Numbers {
        /// Tokens of the request.
        prompt: Option<u64>,
        /// The cached part of them.
        cached: Option<u64>,
        /// Tokens of the reply.
        completion: Option<u64>,
        /// The reasoning part of them.
        reasoning: Option<u64>,
    },
}

/// Ways to tell the tokens, most of them wrong.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum UsageWord {
    /// What the texts amount to, in the last chunk.
    Estimate,
    /// Not at all.
    Missing,
    /// In a chunk of its own without choices.
    Separate,
    /// Below zero.
    Negative,
    /// The largest unsigned number.
    Huge,
    /// Words.
    Text,
    /// Numbers as text.
    Strings,
    /// Nulls.
    Nulls,
}

/// An answer without a reply.
///
/// Only `code` is needed for an error of the service: status and message follow from it. `retry_after`
/// is sent as it stands, but `date+30` becomes the HTTP date 30 seconds from now.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct Refuse {
    pub(crate) status: Option<u16>,
    pub(crate) code: Option<String>,
    pub(crate) message: Option<String>,
    pub(crate) retry_after: Option<String>,
    /// For a redirect.
    pub(crate) location: Option<String>,
    /// A web page, as a captive portal sends it.
    pub(crate) html: bool,
    /// The body as it stands.
    pub(crate) body: Option<String>,
    pub(crate) content_type: Option<String>,
    pub(crate) headers: BTreeMap<String, String>,
    /// Seconds from now for the reset time in the words of 1308 and 1310.
    pub(crate) reset_in: Option<i64>,
}
