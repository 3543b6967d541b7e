//! The JSON of a reply in the recorded shape: field order, `role` in every text chunk, tool calls
//! without it, finish and usage together in the last. Pure.

use serde::Serialize;
use serde_json::{Value, json};

use super::scenario::{UsageSpec, UsageWord};

/// What all chunks of one reply share.
#[derive(Clone, Debug)]
pub(super) struct Head {
    pub(super) id: String,
    /// Seconds since the epoch.
    pub(super) created: i64,
    pub(super) model: String,
    /// A second choice goes with every text.
    pub(super) two_choices: bool,
}

/// Tokens of one reply.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Tokens {
    pub(super) prompt: u64,
    pub(super) cached: u64,
    pub(super) completion: u64,
    pub(super) reasoning: u64,
}

#[derive(Serialize)]
struct Chunk<'a> {
    id: &'a str,
    created: i64,
    object: &'static str,
    model: &'a str,
    choices: Vec<Choice<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    usage: Option<Value>,
}

#[derive(Serialize)]
struct Choice<'a> {
    index: u32,
    #[serde(skip_serializing_if = "Option::is_none")]
    finish_reason: Option<&'a str>,
    delta: Delta<'a>,
}

#[derive(Default, Serialize)]
struct Delta<'a> {
    #[serde(skip_serializing_if = "Option::is_none")]
    role: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    content: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    reasoning_content: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    tool_calls: Option<Value>,
}

impl Head {
    /// A piece of reasoning.
    pub(super) fn reasoning(&self, text: &str) -> String {
        self.text(|text| Delta { role: Some("assistant"), reasoning_content: Some(text), ..Delta::default() }, text)
    }

    /// A piece of the answer.
    pub(super) fn answer(&self, text: &str) -> String {
        self.text(|text| Delta { role: Some("assistant"), content: Some(text), ..Delta::default() }, text)
    }

    /// A tool call or a piece of one.
    pub(super) fn tool(&self, call: Value) -> String {
        let delta = Delta { tool_calls: Some(Value::Array(vec![call])), ..Delta::default() };
        self.chunk(vec![Choice { index: 0, finish_reason: None, delta }], None)
    }

    /// The last chunk. `finish` is left out when `None`.
    pub(super) fn last(&self, finish: Option<&str>, usage: Option<Value>) -> String {
        let delta = Delta { role: Some("assistant"), content: Some(""), ..Delta::default() };
        self.chunk(vec![Choice { index: 0, finish_reason: finish, delta }], usage)
    }

    /// Usage in a chunk of its own.
    pub(super) fn usage_only(&self, usage: Value) -> String {
        self.chunk(Vec::new(), Some(usage))
    }

    /// The whole reply as one object, as without `stream`.
    pub(super) fn whole(&self, said: Said<'_>, usage: Option<Value>) -> Value {
        let mut message = json!({"content": said.answer});
        if !said.reasoning.is_empty() {
            message["reasoning_content"] = said.reasoning.into();
        }
        message["role"] = "assistant".into();
        if !said.calls.is_empty() {
            message["tool_calls"] = said.calls.into();
        }
        let mut reply = json!({
            "choices": [{"finish_reason": said.finish, "index": 0, "message": message}],
            "created": self.created,
            "id": self.id,
            "model": self.model,
            "object": "chat.completion",
            "request_id": said.request_id,
        });
        if let Some(usage) = usage {
            reply["usage"] = usage;
        }
        reply
    }

    fn text<'a>(&'a self, delta: impl Fn(&'a str) -> Delta<'a>, text: &'a str) -> String {
        let mut choices = vec![Choice { index: 0, finish_reason: None, delta: delta(text) }];
        if self.two_choices {
            choices.push(Choice { index: 1, finish_reason: None, delta: delta("(another choice)") });
        }
        self.chunk(choices, None)
    }

    fn chunk(&self, choices: Vec<Choice<'_>>, usage: Option<Value>) -> String {
        let Self { id, created, model, .. } = self;
        let chunk = Chunk { id, created: *created, object: "chat.completion.chunk", model, choices, usage };
        // Strings, numbers and values cannot fail to serialise.
        serde_json::to_string(&chunk).unwrap_or_default()
    }
}

/// The words of a whole reply.
pub(super) struct Said<'a> {
    pub(super) reasoning: &'a str,
    pub(super) answer: &'a str,
    pub(super) calls: Vec<Value>,
    pub(super) finish: Option<&'a str>,
    pub(super) request_id: &'a str,
}

/// A complete tool call.
pub(super) fn call(id: &str, index: u64, name: &str, arguments: &str) -> Value {
    json!({"id": id, "index": index, "type": "function", "function": {"name": name, "arguments": arguments}})
}

/// A further piece of a tool call's arguments.
pub(super) fn call_more(index: u64, arguments: &str) -> Value {
    json!({"index": index, "function": {"arguments": arguments}})
}

/// The `usage` object; `None` where it is to be missing.
pub(super) fn usage(spec: UsageSpec, tokens: Tokens) -> Option<Value> {
    let Tokens { prompt, cached, completion, reasoning } = tokens;
    let numbers = || {
        let mut usage = json!({
            "prompt_tokens": prompt,
            "completion_tokens": completion,
            "total_tokens": prompt.saturating_add(completion),
            "prompt_tokens_details": {"cached_tokens": cached},
        });
        // Absent when the model did not think.
        if reasoning > 0 {
            usage["completion_tokens_details"] = json!({"reasoning_tokens": reasoning});
        }
        usage
    };
    let same = |value: Value| {
        json!({
            "prompt_tokens": value,
            "completion_tokens": value,
            "total_tokens": value,
            "prompt_tokens_details": {"cached_tokens": value},
            "completion_tokens_details": {"reasoning_tokens": value},
        })
    };
    match spec {
        UsageSpec::Numbers { .. } | UsageSpec::Word(UsageWord::Estimate | UsageWord::Separate) => Some(numbers()),
        UsageSpec::Word(UsageWord::Missing) => None,
        UsageSpec::Word(UsageWord::Negative) => Some(same((-7).into())),
        UsageSpec::Word(UsageWord::Huge) => Some(same(u64::MAX.into())),
        UsageSpec::Word(UsageWord::Text) => Some(same("NaN".into())),
        UsageSpec::Word(UsageWord::Nulls) => Some(same(Value::Null)),
        UsageSpec::Word(UsageWord::Strings) => Some(json!({
            "prompt_tokens": prompt.to_string(),
            "completion_tokens": completion.to_string(),
            "total_tokens": prompt.saturating_add(completion).to_string(),
            "prompt_tokens_details": {"cached_tokens": cached.to_string()},
            "completion_tokens_details": {"reasoning_tokens": reasoning.to_string()},
        })),
    }
}
