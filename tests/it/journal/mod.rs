//! Logs of sessions: what comes back of them, whatever happened to the program, the disk or the file.

mod large;
mod resume;
mod rewind;
mod versions;
mod writer;

use std::{collections::HashSet, time::Duration};

use glm_tui::{
    chat::{
        CallId, Detail, Event, Finish, Message, ModelId, Role, RunCard, RunEnd, RunId, RunKind, RunReport, StepId,
        ToolCall, TurnId, Usage,
    },
    journal::{Call, Ended, Head, Read, Record, Story, Stream, VERSION, encode, read},
    text::Clean,
};

/// A log's first record.
pub(crate) fn head() -> Record {
    Record::Head(Head {
        v: VERSION,
        id: "20261121-083000-1f2e".into(),
        app: "0.1.0".into(),
        folder: "/home/u/src/app".into(),
        branch: Some("main".into()),
        forked_from: None,
        imported_from: None,
    })
}

/// The bytes of a log with these records, a second after each other.
pub(crate) fn log(records: &[Record]) -> Vec<u8> {
    let moments = (1_760_000_001_000..).step_by(1000);
    let lines = (1..).zip(moments).zip(records).map(|((n, at), record)| encode(n, at, record).unwrap());
    lines.flatten().collect()
}

/// What a log with these records tells.
pub(crate) fn story(records: &[Record]) -> Story {
    Story::tell(read(&log(records))).unwrap()
}

fn step(turn: u32, step: u32) -> StepId {
    StepId { turn: TurnId(turn), step }
}

pub(crate) fn turn(turn: u32, prompt: &str) -> Vec<Record> {
    let said = if turn == 1 { format!("in ~/src/app\n\n{prompt}") } else { prompt.to_owned() };
    vec![
        Record::Turn { turn: TurnId(turn), prompt: Clean::new(prompt) },
        Record::Message(Box::new(Message::text(Role::User, said))),
    ]
}

fn text(id: StepId, of: Stream, pieces: &[&str]) -> Vec<Record> {
    pieces.iter().map(|piece| Record::Text { step: id, of, text: Clean::new(piece) }).collect()
}

fn begin(id: StepId) -> Record {
    Record::Step { step: id, model: ModelId::from("glm-5.3") }
}

fn end(id: StepId, finish: Finish) -> Record {
    let usage = Some(Usage { prompt: 1000, completion: 50, ..Usage::default() });
    Record::StepEnd { step: id, finish, usage, credits: Some(0.5), served_by: None }
}

fn says(content: &str, reasoning: &str, calls: &[&str]) -> Record {
    let mut message = Message::text(Role::Assistant, content);
    message.reasoning = (!reasoning.is_empty()).then(|| reasoning.to_owned());
    let call = |id: &&str| ToolCall { id: CallId((*id).into()), name: "edit".into(), arguments: "{}".into() };
    message.tool_calls = calls.iter().map(call).collect();
    Record::Message(Box::new(message))
}

fn answers(call: &str, content: &str) -> Record {
    let mut message = Message::text(Role::Tool, content);
    message.answers = Some(CallId(call.into()));
    Record::Message(Box::new(message))
}

fn row(run: u64, id: StepId, target: &str) -> Record {
    Record::Run(Box::new(RunCard {
        run: RunId(run),
        step: id,
        tool: Clean::trusted("shell"),
        kind: RunKind::Command,
        verb: Clean::trusted("Run"),
        target: Clean::new(target),
    }))
}

fn row_ends(run: u64) -> Record {
    let took = Duration::from_millis(12);
    let report = RunReport { end: RunEnd::Ok, summary: Clean::trusted("ok"), detail: Detail::None, took };
    Record::RunEnd { run: RunId(run), report: Box::new(report) }
}

fn begun(run: u64, call: &str, acts: Acts) -> Record {
    Record::Begun(Call { run: RunId(run), call: CallId(call.into()), acts: acts == Acts::Yes })
}

fn done(run: u64, told: &str) -> Record {
    Record::Done { run: RunId(run), end: RunEnd::Ok, told: told.into() }
}

fn over(turn: u32) -> Record {
    Record::TurnEnd { turn: TurnId(turn), end: Ended::Done }
}

#[derive(Clone, Copy, PartialEq)]
enum Acts {
    Yes,
    No,
}

/// A turn with three calls as the driver writes it, then its answer.
pub(crate) fn work(n: u32) -> Vec<Record> {
    let (first, second) = (step(n, 1), step(n, 2));
    let run = u64::from(n) * 10;
    let mut all = turn(n, &format!("prompt {n}"));
    all.push(begin(first));
    all.extend(text(first, Stream::Reasoning, &["Let me", " think."]));
    all.extend(text(first, Stream::Answer, &["I edit", " the", " file."]));
    all.push(end(first, Finish::ToolCalls));
    all.push(says("I edit the file.", "\nLet me think.", &["a", "b", "c"]));
    all.extend([row(run, first, "a.rs"), row(run + 1, first, "b.rs"), row(run + 2, first, "cargo test\nmore")]);
    all.extend([begun(run, "a", Acts::Yes), done(run, "edited"), row_ends(run)]);
    all.extend([begun(run + 1, "b", Acts::No), begun(run + 2, "c", Acts::Yes)]);
    all.extend([done(run + 1, "content of b"), row_ends(run + 1), done(run + 2, ""), row_ends(run + 2)]);
    all.extend([answers("a", "edited"), answers("b", "content of b"), answers("c", "(no output)")]);
    all.push(begin(second));
    all.extend(text(second, Stream::Answer, &["It is", " done."]));
    all.push(end(second, Finish::Stop));
    all.push(says("It is done.", "", &[]));
    all.push(over(n));
    all
}

/// What every conversation must be for the service to take it.
pub(crate) fn is_sound(messages: &[Message]) -> Result<(), String> {
    let mut open: Vec<&CallId> = Vec::new();
    for (n, message) in messages.iter().enumerate() {
        if message.role == Role::Tool {
            let call = message.answers.as_ref().ok_or(format!("{n}: an answer to nothing"))?;
            if open.first() != Some(&call) {
                return Err(format!("{n}: an answer to {call:?}, asked were {open:?}"));
            }
            open.remove(0);
        } else if !open.is_empty() {
            return Err(format!("{n}: {open:?} have no answer"));
        }
        if message.content.is_empty() && message.tool_calls.is_empty() && message.images.is_empty() {
            return Err(format!("{n}: an empty message"));
        }
        open.extend(message.tool_calls.iter().map(|call| &call.id));
    }
    if open.is_empty() { Ok(()) } else { Err(format!("{open:?} have no answer at the end")) }
}

/// Nothing goes on on the screen after these events.
fn is_at_rest(events: &[(Duration, Event)]) -> Result<(), String> {
    let (mut turns, mut runs) = (HashSet::new(), HashSet::new());
    for (_, event) in events {
        match event {
            Event::TurnStarted { turn, .. } => drop(turns.insert(*turn)),
            Event::TurnEnded { turn, .. } if !turns.remove(turn) => return Err(format!("{turn:?} ends twice")),
            Event::RunQueued(card) => drop(runs.insert(card.run)),
            Event::RunEnded { run, .. } if !runs.remove(run) => return Err(format!("{run:?} ends twice")),
            _ => {}
        }
    }
    if turns.is_empty() && runs.is_empty() { Ok(()) } else { Err(format!("{turns:?} {runs:?} go on")) }
}

fn numbers(read: &Read) -> Vec<u64> {
    read.entries.iter().map(|entry| entry.n).collect()
}
