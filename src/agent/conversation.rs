//! The messages of a session, in the provider's own bytes, and what they weigh.
//!
//! Append-only but for two cases, both before anything was cached: a prompt that nothing answered is
//! taken back, and a new session begins empty.

use crate::chat::{Message, Role, Usage};

/// Bytes of UTF-8 per token before the service has told its own count; English prose and code lie
/// near four (measured on the recordings: 3.6–4.4).
const BYTES_PER_TOKEN: u64 = 4;

/// The system prompt. Byte-stable: no clock, no folder, no state in it, or each call would miss the cache.
const SYSTEM: &str = include_str!("../../assets/prompts/system.md");

/// The conversation so far.
#[derive(Clone, Debug)]
pub(super) struct Conversation {
    messages: Vec<Message>,
    counted: Option<Usage>,
}

impl Default for Conversation {
    fn default() -> Self {
        Self { messages: vec![Message::text(Role::System, SYSTEM)], counted: None }
    }
}

impl Conversation {
    /// All messages, system prompt first.
    pub(super) fn messages(&self) -> &[Message] {
        &self.messages
    }

    /// Appends what the person said.
    pub(super) fn ask(&mut self, prompt: &str) {
        self.messages.push(Message::text(Role::User, prompt));
    }

    /// Appends what the model said. An empty answer is not recorded: the service refuses empty messages.
    pub(super) fn answer(&mut self, reasoning: &str, content: &str) {
        if content.is_empty() {
            return;
        }
        let mut message = Message::text(Role::Assistant, content);
        message.reasoning = (!reasoning.is_empty()).then(|| reasoning.to_owned());
        self.messages.push(message);
    }

    /// Takes back the newest message if the person said it, and nothing answered it.
    pub(super) fn take_back(&mut self) -> Option<String> {
        if self.messages.last()?.role != Role::User {
            return None;
        }
        self.messages.pop().map(|m| m.content)
    }

    /// The service counted this for the newest call.
    pub(super) fn counted(&mut self, usage: Usage) {
        self.counted = Some(usage);
    }

    /// Tokens that the next request carries: the service's last count, else an estimate.
    pub(super) fn tokens(&self) -> u64 {
        match self.counted {
            Some(usage) => usage.prompt.saturating_add(usage.completion),
            None => self.messages.iter().map(|m| m.content.len() as u64).sum::<u64>() / BYTES_PER_TOKEN,
        }
    }
}
