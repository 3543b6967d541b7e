//! Codex's files: `~/.codex/sessions/YYYY/MM/DD/rollout-….jsonl`.
//!
//! A line is `{timestamp, type, payload}`: `session_meta` first, `turn_context` with the model, `response_item` with
//! what goes to and comes from the model, `event_msg` with what a person sees, `compacted` with a summary. In older
//! files a line is the bare item. What a person wrote is taken from the events where there are any, since among the
//! items stand instructions that the program put there; what the model wrote is taken from the items.
//! Described by its users, for instance <https://docs.rs/toolpath-codex>.

use serde_json::Value;

use super::{
    block::{content, lines, moment, target, text},
    conversation::{Call, CallResult, Conversation, Turn, add},
};

/// Texts that the program puts into a person's messages.
const NOT_SAID: [&str; 7] = [
    "<environment_context>",
    "<user_instructions>",
    "<permissions instructions>",
    "<turn_aborted>",
    "<skill>",
    "<collaboration_mode>",
    "# AGENTS.md instructions",
];

/// Reads a file's bytes.
pub(super) fn read(bytes: &[u8]) -> Conversation {
    let (lines, n_bad) = lines(bytes);
    let is_event = |line: &&Value, kind: &str| {
        text(line, "type") == "event_msg" && line.get("payload").is_some_and(|payload| text(payload, "type") == kind)
    };
    let mut reader = Reader {
        out: Conversation { n_bad, ..Conversation::default() },
        model: String::new(),
        prompts: if lines.iter().any(|line| is_event(&line, "user_message")) {
            Prompts::Events
        } else {
            Prompts::Items
        },
        n_steps: 0,
    };
    for line in &lines {
        reader.take(line);
    }
    reader.out
}

/// Where prompts are taken from.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Prompts {
    Events,
    Items,
}

struct Reader {
    out: Conversation,
    model: String,
    prompts: Prompts,
    n_steps: usize,
}

impl Reader {
    fn take(&mut self, line: &Value) {
        let at = moment(line);
        let Some(payload) = line.get("payload").filter(|payload| payload.is_object()) else {
            // The older form: the head of the file, or an item.
            if line.get("type").is_none() {
                self.meta(line);
            } else {
                self.item(line, at);
            }
            return;
        };
        match text(line, "type") {
            "session_meta" => self.meta(payload),
            "turn_context" => text(payload, "model").clone_into(&mut self.model),
            "response_item" => self.item(payload, at),
            "event_msg" => self.event(payload, at),
            "compacted" => {
                let summary = text(payload, "message");
                if !summary.is_empty() {
                    self.out.turns.push(Turn { at, summary: Some(summary.to_owned()), ..Turn::default() });
                }
            }
            _ => {}
        }
    }

    /// The first head is the file's own; a copy of a conversation holds those of its origin too.
    fn meta(&mut self, head: &Value) {
        let out = &mut self.out;
        if !out.id.is_empty() || text(head, "id").is_empty() {
            return;
        }
        text(head, "id").clone_into(&mut out.id);
        text(head, "cwd").clone_into(&mut out.folder);
        let branch = head.get("git").map_or("", |git| text(git, "branch"));
        out.branch = Some(branch.to_owned()).filter(|branch| !branch.is_empty());
    }

    fn event(&mut self, event: &Value, at: i64) {
        match text(event, "type") {
            "user_message" => self.prompt(text(event, "message"), at),
            "turn_aborted" => self.out.turn(at).stopped = true,
            "thread_rolled_back" => {
                let n = event.get("num_turns").and_then(Value::as_u64).unwrap_or(0);
                let keep = self.out.turns.len().saturating_sub(usize::try_from(n).unwrap_or(usize::MAX));
                self.out.turns.truncate(keep);
            }
            _ => {}
        }
    }

    fn item(&mut self, item: &Value, at: i64) {
        match (text(item, "type"), text(item, "role")) {
            ("message", "user") if self.prompts == Prompts::Items => {
                let said = item.get("content").map(content).unwrap_or_default();
                if !NOT_SAID.iter().any(|mark| said.trim_start().starts_with(mark)) {
                    self.prompt(&said, at);
                }
            }
            ("message", "assistant") => {
                let said = item.get("content").map(content).unwrap_or_default();
                add(&mut self.speaking(at).answer, &said);
            }
            ("reasoning", _) => {
                let thought = ["content", "summary"].iter().map(|part| item.get(part).map(content).unwrap_or_default());
                let thought = thought.into_iter().find(|thought| !thought.is_empty()).unwrap_or_default();
                add(&mut self.speaking(at).reasoning, &thought);
            }
            (kind, _) if kind.ends_with("_call_output") => {
                if let Some(output) = item.get("output") {
                    self.out.answer(text(item, "call_id"), result(output));
                }
            }
            (kind, _) if kind.ends_with("_call") => self.call(item, kind, at),
            _ => {}
        }
    }

    fn prompt(&mut self, said: &str, at: i64) {
        let said = said.trim();
        if said.is_empty() {
            return;
        }
        // After a summary the next prompt belongs to its turn.
        let open = self.out.turns.last_mut().filter(|turn| turn.prompt.is_empty() && turn.steps.is_empty());
        match open {
            Some(turn) => (turn.at, turn.prompt) = (at, said.to_owned()),
            None => self.out.turns.push(Turn { at, prompt: said.to_owned(), ..Turn::default() }),
        }
    }

    fn call(&mut self, item: &Value, kind: &str, at: i64) {
        let about = ["arguments", "input", "action"].iter().find_map(|field| item.get(field));
        let id = [text(item, "call_id"), text(item, "id")].into_iter().find(|id| !id.is_empty()).unwrap_or_default();
        let tool = match text(item, "name") {
            "" => kind.trim_end_matches("_call"),
            name => name,
        };
        let call = Call {
            id: id.to_owned(),
            tool: tool.to_owned(),
            target: about.map(target).unwrap_or_default(),
            result: None,
        };
        self.step(at).calls.push(call);
    }

    /// The step that speaks: after a step's calls the next words are those of another.
    fn speaking(&mut self, at: i64) -> &mut super::conversation::Step {
        let called =
            self.out.turns.last().and_then(|turn| turn.steps.last()).is_some_and(|step| !step.calls.is_empty());
        self.n_steps += usize::from(called);
        self.step(at)
    }

    fn step(&mut self, at: i64) -> &mut super::conversation::Step {
        let key = self.n_steps.to_string();
        let step = self.out.turn(at).step(&key, at);
        self.model.clone_into(&mut step.model);
        step
    }
}

/// What a tool said: text, blocks of it, or an object (also as a string) with the text and an exit code.
fn result(output: &Value) -> CallResult {
    let inner = output.as_str().and_then(|text| serde_json::from_str::<Value>(text).ok()).filter(Value::is_object);
    let output = inner.as_ref().unwrap_or(output);
    let Value::Object(fields) = output else { return CallResult { text: content(output), failed: false } };
    let said = ["output", "content", "body"].iter().find_map(|field| fields.get(*field)).map(content);
    let exit = fields.get("metadata").and_then(|metadata| metadata.get("exit_code")).and_then(Value::as_i64);
    let failed = exit.is_some_and(|code| code != 0) || fields.get("success").and_then(Value::as_bool) == Some(false);
    CallResult { text: said.unwrap_or_else(|| output.to_string()), failed }
}
