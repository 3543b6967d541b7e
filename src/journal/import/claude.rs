//! Claude Code's files: `~/.claude/projects/<folder>/<uuid>.jsonl`.
//!
//! A line is a message with the one that it follows (`uuid`, `parentUuid`), so that going back leaves branches; the
//! conversation is the chain that ends with the last line. A summary takes the place of what was before it
//! (`isCompactSummary`), joined to it by `logicalParentUuid`. Results of calls that ran at the same time may stand
//! beside the chain. Lines of subagents (`isSidechain`) and of the program itself (`isMeta`) are left out.
//! Described by its users, for instance <https://forge.lthn.ai/core/go-session/wiki/Session-Format.->.

use std::collections::{HashMap, HashSet};

use serde_json::Value;

use super::{
    block::{content, is, lines, moment, target, text},
    conversation::{Call, CallResult, Conversation, Turn, add},
};

/// Texts that the program puts into a person's messages and that no person wrote.
const NOT_SAID: [&str; 5] =
    ["<local-command-", "<bash-stdout>", "<bash-stderr>", "<system-reminder>", "<task-notification>"];
/// What stands where a person stopped the model.
const STOPPED: &str = "[Request interrupted by user";
/// The model of messages that the program wrote itself, for instance of errors.
const SYNTHETIC: &str = "<synthetic>";

/// Reads a file's bytes.
pub(super) fn read(bytes: &[u8]) -> Conversation {
    let (lines, n_bad) = lines(bytes);
    let mut out = Conversation { n_bad, ..Conversation::default() };
    for line in &lines {
        out.meta(line);
    }
    let chain = chain(&lines);
    for line in &chain {
        out.take(line);
    }
    for line in lines.iter().filter(|line| !is(line, "isSidechain")) {
        out.results(line);
    }
    out
}

/// The lines of the conversation, in order.
fn chain(lines: &[Value]) -> Vec<&Value> {
    let main: Vec<&Value> = lines.iter().filter(|l| !is(l, "isSidechain") && !text(l, "uuid").is_empty()).collect();
    let places: HashMap<&str, usize> = main.iter().enumerate().map(|(i, line)| (text(line, "uuid"), i)).collect();
    let said = |line: &&Value| {
        matches!(text(line, "type"), "user" | "assistant") && line.get("message").is_some_and(Value::is_object)
    };
    let mut keep = HashSet::new();
    let mut next = main.iter().rposition(said);
    while let Some(i) = next {
        keep.insert(i);
        let line = main[i];
        let parent = [text(line, "parentUuid"), text(line, "logicalParentUuid")].into_iter().find(|p| !p.is_empty());
        next = match parent {
            // Of a parent whose line is damaged only its place is known: before this line.
            Some(parent) => places.get(parent).copied().filter(|at| *at < i).or_else(|| i.checked_sub(1)),
            None => None,
        };
    }
    // One reply is written as several lines, of which only the last may be in the chain.
    let replies: HashSet<&str> = keep.iter().map(|i| reply(main[*i])).filter(|id| !id.is_empty()).collect();
    let kept = main.iter().enumerate().filter(|(i, line)| keep.contains(i) || replies.contains(reply(line)));
    kept.map(|(_, line)| *line).collect()
}

/// The id of the reply that a line is a part of.
fn reply(line: &Value) -> &str {
    line.get("message").map_or("", |message| text(message, "id"))
}

impl Conversation {
    /// What any line may tell of the whole.
    fn meta(&mut self, line: &Value) {
        let first = |known: &mut String, field: &str| {
            if known.is_empty() {
                text(line, field).clone_into(known);
            }
        };
        first(&mut self.id, "sessionId");
        first(&mut self.folder, "cwd");
        let branch = text(line, "gitBranch");
        if self.branch.is_none() && !branch.is_empty() {
            self.branch = Some(branch.to_owned());
        }
        if text(line, "type") == "custom-title" {
            self.name = Some(text(line, "customTitle").to_owned()).filter(|name| !name.is_empty());
        }
    }

    fn take(&mut self, line: &Value) {
        let Some(message) = line.get("message").filter(|_| !is(line, "isMeta")) else { return };
        match text(line, "type") {
            "user" => self.user(line, message),
            "assistant" => self.assistant(line, message),
            _ => {}
        }
    }

    fn user(&mut self, line: &Value, message: &Value) {
        let said = message.get("content").map(content).unwrap_or_default();
        let at = moment(line);
        if is(line, "isCompactSummary") {
            self.turns.push(Turn { at, summary: Some(said), ..Turn::default() });
        } else if said.starts_with(STOPPED) {
            self.turn(at).stopped = true;
        } else if let Some(prompt) = prompt(&said) {
            // After a summary the next prompt belongs to its turn.
            let open = self.turns.last_mut().filter(|turn| turn.prompt.is_empty() && turn.steps.is_empty());
            match open {
                Some(turn) => (turn.at, turn.prompt) = (at, prompt),
                None => self.turns.push(Turn { at, prompt, ..Turn::default() }),
            }
        }
    }

    fn assistant(&mut self, line: &Value, message: &Value) {
        let model = text(message, "model");
        if model == SYNTHETIC {
            return;
        }
        let key = match reply(line) {
            "" => text(line, "uuid"),
            id => id,
        };
        let at = moment(line);
        let step = self.turn(at).step(key, at);
        model.clone_into(&mut step.model);
        let said = message.get("content");
        if let Some(whole) = said.and_then(Value::as_str) {
            add(&mut step.answer, whole);
        }
        for block in said.and_then(Value::as_array).into_iter().flatten() {
            match text(block, "type") {
                "text" => add(&mut step.answer, text(block, "text")),
                "thinking" => add(&mut step.reasoning, text(block, "thinking")),
                "tool_use" | "server_tool_use" if step.calls.iter().all(|call| call.id != text(block, "id")) => {
                    step.calls.push(Call {
                        id: text(block, "id").to_owned(),
                        tool: text(block, "name").to_owned(),
                        target: block.get("input").map(target).unwrap_or_default(),
                        result: None,
                    });
                }
                _ => {}
            }
        }
    }

    /// What tools said, wherever it stands.
    fn results(&mut self, line: &Value) {
        let blocks = line.get("message").and_then(|message| message.get("content")).and_then(Value::as_array);
        for block in blocks.into_iter().flatten().filter(|block| text(block, "type") == "tool_result") {
            let said = block.get("content").map(content).unwrap_or_default();
            self.answer(text(block, "tool_use_id"), CallResult { text: said, failed: is(block, "is_error") });
        }
    }
}

/// What a person wrote; `None` when nothing of it is theirs.
fn prompt(said: &str) -> Option<String> {
    let said = said.trim();
    if said.is_empty() || NOT_SAID.iter().any(|mark| said.starts_with(mark)) {
        return None;
    }
    if let Some(command) = between(said, "bash-input") {
        return Some(format!("!{command}"));
    }
    if said.starts_with("<command-") {
        let (name, args) = (between(said, "command-name")?, between(said, "command-args").unwrap_or_default());
        return Some(format!("{name} {args}").trim().to_owned());
    }
    Some(said.to_owned())
}

/// What stands between a mark and its end.
fn between<'a>(said: &'a str, mark: &str) -> Option<&'a str> {
    let (_, after) = said.split_once(&format!("<{mark}>"))?;
    Some(after.split_once(&format!("</{mark}>"))?.0.trim())
}
