//! A recorded reply as one value, for `glm-tui decode` and for tests. Owns nothing but the summing up.

use serde::Serialize;
use serde_json::Value;

use super::{
    assemble::Expect,
    reader::{Broken, Reader},
    request::Delta,
};

/// A whole reply.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct Decoded {
    /// All reasoning.
    pub reasoning: String,
    /// All of the answer.
    pub answer: String,
    /// The calls, in order.
    pub tool_calls: Vec<Call>,
    /// What it used, in the service's own JSON.
    pub usage: Option<Value>,
    /// Why it ended, in the service's own word.
    pub finish_reason: Option<String>,
    /// What was repaired, what is wrong.
    pub problems: Vec<String>,
}

/// A tool call of a [`Decoded`] reply.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Call {
    /// The service's id.
    pub id: String,
    /// The tool's name.
    pub name: String,
    /// The arguments, as the JSON text that the model wrote.
    pub arguments: String,
}

/// Decodes the bytes of a whole reply: an event stream or a JSON answer.
#[must_use]
pub fn decode(bytes: &[u8]) -> Decoded {
    decode_chunks(std::iter::once(bytes))
}

/// [`decode`] of bytes that come in pieces.
#[must_use]
pub fn decode_chunks<'a>(chunks: impl IntoIterator<Item = &'a [u8]>) -> Decoded {
    let mut reader = Reader::new(Expect::default());
    let mut deltas = Vec::new();
    let read = chunks.into_iter().try_for_each(|chunk| reader.push(chunk, &mut deltas));
    let ended = read.and_then(|()| reader.finish(&mut deltas));
    let mut decoded = Decoded {
        usage: reader.assembler().raw_usage().and_then(|raw| serde_json::from_str(raw.get()).ok()),
        finish_reason: reader.assembler().finish_reason().map(ToOwned::to_owned),
        ..Decoded::default()
    };
    for delta in deltas {
        match delta {
            Delta::Reasoning(text) => decoded.reasoning.push_str(&text),
            Delta::Answer(text) => decoded.answer.push_str(&text),
            Delta::Call(call) => {
                let (id, name) = (call.id.0, call.name);
                decoded.tool_calls.push(Call { id, name, arguments: call.arguments });
            }
            Delta::Repaired(what) => decoded.problems.push(what.to_owned()),
            Delta::End { usage, .. } => {
                if usage.is_some_and(|usage| usage.doubtful) {
                    decoded.problems.push("the usage is impossible and was clamped".into());
                }
            }
        }
    }
    if let Err(broken) = ended {
        decoded.problems.push(match broken {
            Broken::Cut(why) => why.to_owned(),
            Broken::NotAnAnswer(_) => "this is neither an event stream nor a JSON answer".into(),
            Broken::Refused(refusal) => match refusal.code {
                Some(code) => format!("the service says {code}: {}", refusal.message),
                None => format!("the service says: {}", refusal.message),
            },
        });
    }
    decoded
}
