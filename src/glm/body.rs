//! The body of a chat request. Owns which fields a model takes and their order; refuses to know where the
//! body goes.
//!
//! The order of the fields is fixed and what changes between two calls comes last, so that the bytes of a
//! growing conversation keep their prefix: a cache miss costs four times the credits (docs/ZAI.md §4).

use serde::{
    Serialize, Serializer,
    ser::{SerializeMap, SerializeSeq},
};
use serde_json::value::RawValue;

use super::request::Request;
use crate::{
    chat::{Effort, Message, Role, ToolCall, ToolSpec},
    config::{ModelSpec, ThinkingControl},
};

/// The JSON bytes of `request`.
///
/// # Errors
/// When the schema of a tool is no JSON; nothing else can fail.
pub fn encode(request: &Request<'_>) -> Result<Vec<u8>, serde_json::Error> {
    serde_json::to_vec(&Body(request))
}

struct Body<'a>(&'a Request<'a>);

impl Serialize for Body<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let request = self.0;
        let keeps = |field: &str| !request.omit.iter().any(|omitted| omitted == field);
        let mut map = serializer.serialize_map(None)?;
        map.serialize_entry("model", &request.model.id)?;
        if !request.tools.is_empty() && keeps("tools") {
            map.serialize_entry("tools", &Tools(request.tools))?;
        }
        map.serialize_entry("messages", &Messages { all: request.messages, reasoning: keeps("reasoning_content") })?;
        let thinking = thinking(request).filter(|_| keeps("thinking"));
        if let Some(thinking) = thinking {
            map.serialize_entry("thinking", &thinking)?;
        }
        if let Some(effort) = effort(request).filter(|_| keeps("reasoning_effort")) {
            map.serialize_entry("reasoning_effort", effort.as_str())?;
        }
        if let Some(most) = max_tokens(request).filter(|_| keeps("max_tokens")) {
            map.serialize_entry("max_tokens", &most)?;
        }
        map.serialize_entry("stream", &true)?;
        if keeps("stream_options") {
            map.serialize_entry("stream_options", &StreamOptions { include_usage: true })?;
        }
        map.end()
    }
}

#[derive(Serialize)]
struct StreamOptions {
    include_usage: bool,
}

#[derive(Serialize)]
struct Thinking {
    r#type: &'static str,
    /// `false` = the service keeps old reasoning. Its default differs by endpoint, so it is always said.
    clear_thinking: bool,
}

fn thinking(request: &Request<'_>) -> Option<Thinking> {
    let r#type = match (request.model.thinking, request.thinking) {
        (ThinkingControl::Unknown, false) => return None,
        (ThinkingControl::Toggle, false) => "disabled",
        (ThinkingControl::Always, _) | (_, true) => "enabled",
    };
    Some(Thinking { r#type, clear_thinking: false })
}

/// The grade to send: the asked one, else the next harder that the model takes, else its hardest.
fn effort(request: &Request<'_>) -> Option<Effort> {
    let ModelSpec { efforts, thinking, .. } = request.model;
    let asked = request.effort?;
    if *thinking == ThinkingControl::Toggle && !request.thinking {
        return None;
    }
    efforts.iter().copied().filter(|effort| *effort >= asked).min().or_else(|| efforts.iter().copied().max())
}

/// The service refuses more than the model has, and less than one.
fn max_tokens(request: &Request<'_>) -> Option<u64> {
    match (request.max_output, request.model.max_output) {
        (Some(asked), Some(most)) => Some(asked.clamp(1, most.max(1))),
        (Some(asked), None) => Some(asked.max(1)),
        (None, most) => most,
    }
}

struct Messages<'a> {
    all: &'a [Message],
    reasoning: bool,
}

impl Serialize for Messages<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_seq(self.all.iter().map(|message| Line { message, reasoning: self.reasoning }))
    }
}

struct Line<'a> {
    message: &'a Message,
    reasoning: bool,
}

impl Serialize for Line<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let message = self.message;
        let mut map = serializer.serialize_map(None)?;
        map.serialize_entry("role", &message.role)?;
        if message.images.is_empty() {
            map.serialize_entry("content", &message.content)?;
        } else {
            map.serialize_entry("content", &Parts(message))?;
        }
        if message.role == Role::Assistant {
            if let Some(reasoning) = message.reasoning.as_ref().filter(|_| self.reasoning) {
                map.serialize_entry("reasoning_content", reasoning)?;
            }
            if !message.tool_calls.is_empty() {
                map.serialize_entry("tool_calls", &Calls(&message.tool_calls))?;
            }
        }
        if let Some(call) = &message.answers {
            map.serialize_entry("tool_call_id", &call.0)?;
        }
        map.end()
    }
}

/// Text and pictures of one message, as content parts.
struct Parts<'a>(&'a Message);

#[derive(Serialize)]
#[serde(tag = "type", rename_all = "snake_case")]
enum Part<'a> {
    Text { text: &'a str },
    ImageUrl { image_url: ImageUrl },
}

#[derive(Serialize)]
struct ImageUrl {
    url: String,
}

impl Serialize for Parts<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let text = (!self.0.content.is_empty()).then_some(Part::Text { text: &self.0.content });
        let images = self.0.images.iter().map(|image| {
            let url = format!("data:{};base64,{}", image.mime, image.base64);
            Part::ImageUrl { image_url: ImageUrl { url } }
        });
        serializer.collect_seq(text.into_iter().chain(images))
    }
}

struct Tools<'a>(&'a [ToolSpec]);

#[derive(Serialize)]
struct ToolOut<'a> {
    r#type: &'static str,
    function: SpecOut<'a>,
}

#[derive(Serialize)]
struct SpecOut<'a> {
    name: &'a str,
    description: &'a str,
    parameters: Box<RawValue>,
}

impl Serialize for Tools<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut out = serializer.serialize_seq(Some(self.0.len()))?;
        for tool in self.0 {
            let parameters = RawValue::from_string(tool.parameters.clone()).map_err(serde::ser::Error::custom)?;
            let function = SpecOut { name: &tool.name, description: &tool.description, parameters };
            out.serialize_element(&ToolOut { r#type: "function", function })?;
        }
        out.end()
    }
}

struct Calls<'a>(&'a [ToolCall]);

#[derive(Serialize)]
struct CallOut<'a> {
    id: &'a str,
    r#type: &'static str,
    function: FunctionOut<'a>,
}

#[derive(Serialize)]
struct FunctionOut<'a> {
    name: &'a str,
    arguments: &'a str,
}

impl Serialize for Calls<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_seq(self.0.iter().map(|call| CallOut {
            id: &call.id.0,
            r#type: "function",
            function: FunctionOut { name: &call.name, arguments: &call.arguments },
        }))
    }
}
