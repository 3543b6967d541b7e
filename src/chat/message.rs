//! What is said in a conversation, in the provider's own bytes.
//!
//! The texts here are **raw**: they go back to the model unmodified, reasoning included, because a
//! changed prefix misses the cache. Nothing here may be drawn; the screen gets [`crate::text::Clean`].

use serde::{Deserialize, Serialize};

use super::CallId;

/// Who said it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Role {
    /// The program's own instructions.
    System,
    /// The person.
    User,
    /// The model.
    Assistant,
    /// The result of a tool call.
    Tool,
}

/// A complete tool call of the model.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ToolCall {
    /// The provider's id, echoed with the result.
    pub id: CallId,
    /// The tool's name.
    pub name: String,
    /// The arguments, as the JSON text that the model wrote.
    pub arguments: String,
}

/// A picture that goes to a model with eyes.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Image {
    /// For instance `image/png`.
    pub mime: String,
    /// The file's bytes, base64.
    pub base64: String,
}

/// A tool as the model is told of it. Byte-stable within a session: it belongs to the cached prefix.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ToolSpec {
    /// The name that the model calls.
    pub name: String,
    /// What it does and when to use it.
    pub description: String,
    /// The JSON schema of its arguments, as JSON text.
    pub parameters: String,
}

/// One message of the conversation.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Message {
    /// Who said it.
    pub role: Role,
    /// What was said.
    pub content: String,
    /// The reasoning that came before the answer; `None` unless the role is `Assistant`.
    pub reasoning: Option<String>,
    /// The calls that the message asks for, in order.
    pub tool_calls: Vec<ToolCall>,
    /// For a `Tool` message the call that it answers.
    pub answers: Option<CallId>,
    /// Pictures that go with a `User` message, after its text.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub images: Vec<Image>,
}

impl Message {
    /// A message with text and nothing else.
    #[must_use]
    pub fn text(role: Role, content: impl Into<String>) -> Self {
        Self {
            role,
            content: content.into(),
            reasoning: None,
            tool_calls: Vec::new(),
            answers: None,
            images: Vec::new(),
        }
    }
}
