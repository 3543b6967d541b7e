//! The messages of a session, in the provider's own bytes, and what they weigh.
//!
//! Append-only but for two cases: a prompt that nothing answered is taken back, and another conversation (a
//! resumed one, or this one gone back to an earlier moment) takes the place of this one as a whole. Every tool call in it has its answer: the service refuses a
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
    /// What the person did beside the conversation since the last prompt; said with the next one.
    #[serde(default)]
    asides: Vec<String>,
    /// What was said before the newest prompt, in its message.
    #[serde(default)]
    before: Before,
}

/// What stands before a prompt in its message.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
struct Before {
    text: String,
    asides: Vec<String>,
}

impl Default for Conversation {
    fn default() -> Self {
        Self::new(String::new())
    }
}

impl Conversation {
    /// An empty conversation; `opening` (what is known of the place) goes before the first prompt.
    pub(super) fn new(opening: String) -> Self {
        let messages = vec![Message::text(Role::System, SYSTEM)];
        Self { messages, opening, counted: None, n_told: 1, asides: Vec::new(), before: Before::default() }
    }

    /// Takes up another conversation where it ended: `messages` without the system prompt, and the service's
    /// newest count with the number of `messages` that it covers. The opening is said only if it is empty; front
    /// ends are not told of what they were told before.
    pub(super) fn restore(&mut self, messages: Vec<Message>, counted: Option<(Usage, usize)>) {
        *self = Self::new(std::mem::take(&mut self.opening));
        let n_system = self.messages.len();
        self.messages.extend(messages);
        self.counted = counted.map(|(usage, n)| (usage, n + n_system));
        self.n_told = self.messages.len();
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

    /// Appends what the person said, behind the opening and the asides that were not said yet.
    pub(super) fn ask(&mut self, prompt: &str) {
        let is_first = self.messages.iter().all(|message| message.role == Role::System);
        let opening = Some(&self.opening).filter(|opening| is_first && !opening.is_empty());
        let text = opening.into_iter().chain(&self.asides).flat_map(|said| [said.as_str(), "\n\n"]).collect::<String>();
        self.messages.push(Message::text(Role::User, format!("{text}{prompt}")));
        self.before = Before { text, asides: std::mem::take(&mut self.asides) };
    }

    /// Something that the person did beside the conversation: said with the next prompt, in its message, so that
    /// nothing that was sent changes.
    pub(super) fn add_aside(&mut self, text: String) {
        self.asides.push(text);
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
        let Before { text, asides } = std::mem::take(&mut self.before);
        match content.strip_prefix(&text) {
            Some(prompt) => {
                self.asides.splice(..0, asides);
                Some(prompt.to_owned())
            }
            None => Some(content),
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
        conversation.restore(Vec::new(), None);
        conversation.ask("three");
        assert_eq!(conversation.messages()[1].content, "in ~/src\n\nthree");
    }

    #[test]
    fn an_aside_is_said_once_and_comes_back_with_its_prompt() {
        let mut conversation = Conversation::default();
        conversation.add_aside("[undone: a.txt]".into());
        conversation.ask("one");
        assert_eq!(conversation.messages()[1].content, "[undone: a.txt]\n\none");
        assert_eq!(conversation.take_back().as_deref(), Some("one"));
        conversation.ask("two");
        assert_eq!(conversation.messages()[1].content, "[undone: a.txt]\n\ntwo");
        conversation.answer("", "yes", Vec::new());
        conversation.ask("three");
        assert_eq!(conversation.messages()[3].content, "three");
    }

    #[test]
    fn what_is_restored_goes_on_in_the_same_bytes_and_is_not_told_again() {
        let mut before = Conversation::new("in ~/src".into());
        before.ask("one");
        before.counted(Usage { prompt: 100, completion: 10, ..Usage::default() });
        before.answer("", "yes", Vec::new());
        let messages = before.messages()[1..].to_vec();
        let mut after = Conversation::new("elsewhere, a day later".into());
        after.restore(messages, before.counted.map(|(usage, n)| (usage, n - 1)));
        assert_eq!((after.messages(), after.tokens()), (before.messages(), before.tokens()));
        assert!(after.news().is_empty());
        after.ask("two");
        assert_eq!(after.messages()[3].content, "two");
        assert_eq!(after.news().len(), 1);
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
