//! The messages of a session, in the provider's own bytes, and what they weigh.
//!
//! Append-only but for two cases, both before anything was cached: a prompt that nothing answered is
//! taken back, and a new session begins empty. Every tool call in it has its answer: the service refuses a
//! conversation where one is missing.

use serde::{Deserialize, Serialize};

use crate::chat::{CallId, Image, Message, Role, ToolCall, Usage};

/// Bytes of UTF-8 per token before the service has told its own count; English prose and code lie
/// near four (measured on the recordings: 3.6–4.4).
const BYTES_PER_TOKEN: u64 = 4;

/// The system prompt. Byte-stable: no clock, no folder, no state in it, or each call would miss the cache.
const SYSTEM: &str = include_str!("../../assets/prompts/system.md");

/// Stands for a result without text: the service refuses empty messages.
const NO_OUTPUT: &str = "(no output)";

/// The conversation so far.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(super) struct Conversation {
    messages: Vec<Message>,
    /// Said before the first prompt, in the same message.
    opening: String,
    /// The service's newest count and the number of messages that it covers.
    counted: Option<(Usage, usize)>,
    /// Messages that the front end was told of.
    n_told: usize,
}

impl Default for Conversation {
    fn default() -> Self {
        Self::new(String::new())
    }
}

impl Conversation {
    /// An empty conversation; `opening` (what is known of the place) goes before the first prompt.
    pub(super) fn new(opening: String) -> Self {
        Self { messages: vec![Message::text(Role::System, SYSTEM)], opening, counted: None, n_told: 1 }
    }

    /// As new, with the same opening.
    pub(super) fn reset(&mut self) {
        *self = Self::new(std::mem::take(&mut self.opening));
    }

    /// All messages, system prompt first.
    pub(super) fn messages(&self) -> &[Message] {
        &self.messages
    }

    /// The messages that joined since this was asked last.
    pub(super) fn news(&mut self) -> Vec<Message> {
        let from = std::mem::replace(&mut self.n_told, self.messages.len());
        self.messages.get(from..).unwrap_or_default().to_vec()
    }

    /// Appends what the person said.
    pub(super) fn ask(&mut self, prompt: &str) {
        let is_first = self.messages.iter().all(|message| message.role == Role::System);
        let content =
            if is_first && !self.opening.is_empty() { self.before_first() + prompt } else { prompt.to_owned() };
        self.messages.push(Message::text(Role::User, content));
    }

    fn before_first(&self) -> String {
        format!("{}\n\n", self.opening)
    }

    /// Appends what the model said and asked for. An empty answer without calls is not recorded: the
    /// service refuses empty messages.
    pub(super) fn answer(&mut self, reasoning: &str, content: &str, calls: Vec<ToolCall>) {
        if content.is_empty() && calls.is_empty() {
            return;
        }
        let mut message = Message::text(Role::Assistant, content);
        message.reasoning = (!reasoning.is_empty()).then(|| reasoning.to_owned());
        message.tool_calls = calls;
        self.messages.push(message);
    }

    /// Appends the result of a call.
    pub(super) fn result(&mut self, call: CallId, text: String) {
        let mut message = Message::text(Role::Tool, if text.is_empty() { NO_OUTPUT.to_owned() } else { text });
        message.answers = Some(call);
        self.messages.push(message);
    }

    /// Appends pictures that results brought, with a line that says which.
    pub(super) fn show(&mut self, images: Vec<Image>, words: &str) {
        let mut message = Message::text(Role::User, words);
        message.images = images;
        self.messages.push(message);
    }

    /// Takes back the newest message if the person said it, and nothing answered it.
    pub(super) fn take_back(&mut self) -> Option<String> {
        if self.messages.last()?.role != Role::User {
            return None;
        }
        let content = self.messages.pop().map(|m| m.content)?;
        let is_first = self.messages.iter().all(|message| message.role == Role::System);
        match content.strip_prefix(&self.before_first()) {
            Some(prompt) if is_first && !self.opening.is_empty() => Some(prompt.to_owned()),
            _ => Some(content),
        }
    }

    /// The service counted this for the call whose answer is appended next.
    pub(super) fn counted(&mut self, usage: Usage) {
        self.counted = Some((usage, self.messages.len() + 1));
    }

    /// Tokens that the next request carries: the service's last count and an estimate of what came after it.
    pub(super) fn tokens(&self) -> u64 {
        let (known, covered) = match self.counted {
            Some((usage, covered)) => (usage.prompt.saturating_add(usage.completion), covered),
            None => (0, 0),
        };
        let rest = self.messages.iter().skip(covered).map(|m| m.content.len() as u64).sum::<u64>() / BYTES_PER_TOKEN;
        known.saturating_add(rest)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_opening_goes_with_the_first_prompt_and_is_not_given_back() {
        let mut conversation = Conversation::new("in ~/src".into());
        conversation.ask("one");
        assert_eq!(conversation.messages()[1].content, "in ~/src\n\none");
        assert_eq!(conversation.take_back().as_deref(), Some("one"));
        conversation.ask("one");
        conversation.answer("", "yes", Vec::new());
        conversation.ask("two");
        assert_eq!(conversation.messages()[3].content, "two");
        conversation.reset();
        conversation.ask("three");
        assert_eq!(conversation.messages()[1].content, "in ~/src\n\nthree");
    }

    #[test]
    fn what_came_after_the_count_is_estimated() {
        let mut conversation = Conversation::default();
        conversation.ask("one");
        conversation.counted(Usage { prompt: 100, completion: 10, ..Usage::default() });
        conversation.answer("", "an answer", Vec::new());
        assert_eq!(conversation.tokens(), 110);
        conversation.result(CallId("a".into()), "x".repeat(400));
        assert_eq!(conversation.tokens(), 210);
    }
}
