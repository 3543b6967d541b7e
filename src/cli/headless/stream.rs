//! `stream-json`: events as JSON lines in the common form (init, assistant, user, result), with reasoning and
//! credits added. A projection: the same events that the screen gets.

use serde_json::{Value, json};

use super::outcome::Outcome;
use crate::chat::{Event, Message, Role, Usage};

/// Turns events into lines.
#[derive(Debug, Default)]
pub(super) struct Lines {
    session: String,
    partial: bool,
    model: String,
    usage: Option<Usage>,
    credits: Option<f64>,
}

impl Lines {
    /// Lines of this session; `partial` adds the pieces of texts.
    pub(super) fn new(session: &str, partial: bool) -> Self {
        Self { session: session.to_owned(), partial, ..Self::default() }
    }

    /// The line of an event, if it has one.
    pub(super) fn on(&mut self, event: &Event) -> Option<Value> {
        match event {
            Event::StepStarted { model, .. } => {
                model.as_str().clone_into(&mut self.model);
                (self.usage, self.credits) = (None, None);
                None
            }
            Event::StepEnded { usage, credits, .. } => {
                (self.usage, self.credits) = (*usage, *credits);
                None
            }
            Event::Reasoning { text, .. } if self.partial => {
                Some(self.piece("thinking_delta", "thinking", text.as_str()))
            }
            Event::Answer { text, .. } if self.partial => Some(self.piece("text_delta", "text", text.as_str())),
            Event::StepReset { .. } if self.partial => {
                Some(json!({"type": "stream_event", "session_id": self.session, "event": {"type": "message_restart"}}))
            }
            Event::Message(message) => self.message(message),
            Event::Repaired { what, .. } => Some(self.note("repaired", what)),
            Event::Notice(notice) => Some(self.note("notice", &notice.text)),
            _ => None,
        }
    }

    fn piece(&self, kind: &str, field: &str, text: &str) -> Value {
        json!({
            "type": "stream_event", "session_id": self.session,
            "event": {"type": "content_block_delta", "delta": {"type": kind, field: text}},
        })
    }

    fn note(&self, subtype: &str, text: &str) -> Value {
        json!({"type": "system", "subtype": subtype, "session_id": self.session, "text": text})
    }

    fn message(&self, message: &Message) -> Option<Value> {
        match message.role {
            Role::Assistant => Some(self.assistant(message)),
            Role::Tool => {
                let id = message.answers.as_ref().map(|id| id.0.as_str());
                let block = json!({"type": "tool_result", "tool_use_id": id, "content": message.content});
                Some(json!({
                    "type": "user", "session_id": self.session,
                    "message": {"role": "user", "content": [block]},
                }))
            }
            Role::System | Role::User => None,
        }
    }

    fn assistant(&self, message: &Message) -> Value {
        let mut content = Vec::new();
        if let Some(reasoning) = &message.reasoning {
            content.push(json!({"type": "thinking", "thinking": reasoning}));
        }
        if !message.content.is_empty() {
            content.push(json!({"type": "text", "text": message.content}));
        }
        for call in &message.tool_calls {
            let input: Value = serde_json::from_str(&call.arguments).unwrap_or(Value::Null);
            content.push(json!({"type": "tool_use", "id": call.id.0, "name": call.name, "input": input}));
        }
        json!({
            "type": "assistant", "session_id": self.session, "credits": self.credits, "reasoning": message.reasoning,
            "message": {"role": "assistant", "model": self.model, "content": content, "usage": self.usage},
        })
    }
}

/// The last line.
pub(super) fn result(outcome: &Outcome) -> Value {
    let mut line = json!({"type": "result", "subtype": outcome.subtype()});
    if let (Value::Object(line), Ok(Value::Object(rest))) = (&mut line, serde_json::to_value(outcome)) {
        line.extend(rest);
    }
    line
}
