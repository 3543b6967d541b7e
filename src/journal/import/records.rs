//! A conversation of another program as records of a log.

use std::time::Duration;

use super::{
    Source,
    conversation::{Call, Conversation, Step, Turn},
};
use crate::{
    chat::{Detail, Finish, Message, Role, RunCard, RunEnd, RunId, RunKind, RunReport, SessionId, StepId, TurnId},
    journal::{Ended, Head, Record, Stream, VERSION},
    text::Clean,
};

/// Characters of a tool's words that the model is told: what happened is history, and can be looked up again.
const TOLD: usize = 2000;
/// Characters of them that a person can open.
const SHOWN: usize = 32_000;

/// The records, each with its moment (milliseconds since 1970). `now` stands in for moments that are not known.
pub(in crate::journal) fn records(
    conversation: &Conversation,
    source: Source,
    id: &SessionId,
    now: i64,
) -> Vec<(i64, Record)> {
    let mut out = Writer { out: Vec::new(), at: now, n_runs: 0, source };
    out.at = conversation.turns.iter().map(|turn| turn.at).find(|at| *at > 0).unwrap_or(now);
    out.push(Record::Head(Head {
        v: VERSION,
        id: id.clone(),
        app: env!("CARGO_PKG_VERSION").into(),
        // The folder is compared with that of the session, so it stays as it is; whoever draws it cleans it.
        folder: conversation.folder.clone(),
        branch: conversation.branch.as_deref().map(|branch| Clean::strict(branch).into_string()),
        forked_from: None,
        imported_from: Some(source.as_str().into()),
    }));
    if let Some(name) = &conversation.name {
        out.push(Record::Name(Clean::strict(name).into_string()));
    }
    for (id, turn) in (1..).map(TurnId).zip(&conversation.turns) {
        out.turn(id, turn);
    }
    out.out
}

struct Writer {
    out: Vec<(i64, Record)>,
    at: i64,
    n_runs: u64,
    source: Source,
}

impl Writer {
    fn push(&mut self, record: Record) {
        self.out.push((self.at, record));
    }

    /// Time goes on, where it is known.
    fn at(&mut self, at: i64) {
        self.at = self.at.max(at);
    }

    fn say(&mut self, role: Role, text: String) {
        if !text.trim().is_empty() {
            self.push(Record::Message(Box::new(Message::text(role, text))));
        }
    }

    fn turn(&mut self, id: TurnId, turn: &Turn) {
        self.at(turn.at);
        let prompt = match (&turn.summary, turn.prompt.as_str()) {
            (Some(_), "") => "(the conversation so far was summarised here)",
            (None, "") => "(the beginning is not there)",
            (_, prompt) => prompt,
        };
        self.push(Record::Turn { turn: id, prompt: Clean::new(prompt) });
        if let Some(summary) = &turn.summary {
            self.push(Record::Summary(format!("Summary of the conversation so far:\n\n{summary}")));
        }
        self.say(Role::User, turn.prompt.clone());
        for (n, step) in (1..).zip(&turn.steps) {
            self.step(StepId { turn: id, step: n }, step);
        }
        let end = if turn.stopped { Ended::Interrupted { untouched: None } } else { Ended::Done };
        self.push(Record::TurnEnd { turn: id, end });
    }

    fn step(&mut self, id: StepId, step: &Step) {
        self.at(step.at);
        let model = if step.model.is_empty() { self.source.as_str() } else { &step.model };
        self.push(Record::Step { step: id, model: Clean::strict(model).into_string().into() });
        for (of, text) in [(Stream::Reasoning, &step.reasoning), (Stream::Answer, &step.answer)] {
            if !text.is_empty() {
                self.push(Record::Text { step: id, of, text: Clean::new(text) });
            }
        }
        let finish = if step.calls.is_empty() { Finish::Stop } else { Finish::ToolCalls };
        self.push(Record::StepEnd { step: id, finish, usage: None, credits: None, served_by: None });
        self.say(Role::Assistant, step.answer.clone());
        for call in &step.calls {
            self.n_runs += 1;
            let run = RunId(self.n_runs);
            self.push(Record::Run(Box::new(card(run, id, call))));
            self.push(Record::RunEnd { run, report: Box::new(report(call)) });
        }
        if !step.calls.is_empty() {
            let told: Vec<String> = step.calls.iter().map(told).collect();
            let text = format!("What tools of {} did then:\n\n{}", self.source.name(), told.join("\n\n"));
            self.say(Role::User, text);
        }
    }
}

/// A call and its result as the model is told of them.
fn told(call: &Call) -> String {
    let target = cut(&call.target, TOLD);
    match &call.result {
        None => format!("{} {target}\n(what came of it is not known)", call.tool),
        Some(result) => {
            let failed = if result.failed { " (failed)" } else { "" };
            format!("{} {target}{failed}\n{}", call.tool, cut(&result.text, TOLD))
        }
    }
}

fn card(run: RunId, step: StepId, call: &Call) -> RunCard {
    let tool = Clean::strict(&call.tool);
    let kind = kind(&call.tool);
    let target = if kind == RunKind::Command { Clean::new(&call.target) } else { Clean::strict(&call.target) };
    RunCard { run, step, verb: tool.clone(), tool, kind, target }
}

fn report(call: &Call) -> RunReport {
    let (end, text) = match &call.result {
        None => (RunEnd::Stopped, ""),
        Some(result) => (if result.failed { RunEnd::Failed } else { RunEnd::Ok }, result.text.as_str()),
    };
    let summary = match (end, text.lines().count()) {
        (RunEnd::Stopped, _) => "not known".to_owned(),
        (_, 1) => "1 line".to_owned(),
        (_, n) => format!("{n} lines"),
    };
    let detail = if text.is_empty() { Detail::None } else { Detail::Text(Clean::new(&cut(text, SHOWN))) };
    RunReport { end, summary: Clean::new(&summary), detail, took: Duration::ZERO }
}

/// What sort of work a foreign tool does, by the names that these programs give theirs.
fn kind(tool: &str) -> RunKind {
    match tool.to_ascii_lowercase().as_str() {
        "read" | "grep" | "glob" | "ls" | "read_file" | "list_dir" | "grep_files" | "view_image" => RunKind::Explore,
        "edit" | "multiedit" | "write" | "notebookedit" | "apply_patch" => RunKind::Edit,
        "bash" | "shell" | "local_shell" | "exec_command" | "shell_command" | "write_stdin" => RunKind::Command,
        "todowrite" | "update_plan" => RunKind::Plan,
        _ => RunKind::Other,
    }
}

/// The beginning and the end of a text that is too long.
fn cut(text: &str, chars: usize) -> String {
    let n = text.chars().count();
    if n <= chars {
        return text.to_owned();
    }
    let part = chars / 2;
    let head: String = text.chars().take(part).collect();
    let tail: String = text.chars().skip(n - part).collect();
    format!("{head}\n… {} characters left out …\n{tail}", n - 2 * part)
}
