//! What goes into a model call and what comes out of it.

use crate::{
    chat::{Effort, Finish, Message, ModelId, ToolCall, ToolSpec, Usage},
    config::ModelSpec,
};

/// One model call.
#[derive(Clone, Debug)]
pub struct Request<'a> {
    /// The model, with what is known of it.
    pub model: &'a ModelSpec,
    /// The tools that it may call; the same in every call of a session, or each would miss the cache.
    pub tools: &'a [ToolSpec],
    /// The conversation, system prompt first; sent byte for byte.
    pub messages: &'a [Message],
    /// Ask it to think (ignored where the model cannot rest).
    pub thinking: bool,
    /// The grade of reasoning; left out where the model has none.
    pub effort: Option<Effort>,
    /// `max_tokens`; `None` = the model's maximum, left out when unknown.
    pub max_output: Option<u64>,
    /// Top-level fields that the address refuses.
    pub omit: &'a [String],
}

/// A piece of a reply. Texts are raw.
#[derive(Clone, Debug, PartialEq)]
pub enum Delta {
    /// More reasoning.
    Reasoning(String),
    /// More of the answer.
    Answer(String),
    /// A complete tool call (only ever before `End`).
    Call(ToolCall),
    /// Something odd was repaired or skipped, in a few words.
    Repaired(&'static str),
    /// The reply is over.
    End {
        /// Why.
        finish: Finish,
        /// What it used, if the service said.
        usage: Option<Usage>,
        /// The model that served it, as the service named it.
        model: Option<ModelId>,
    },
}
