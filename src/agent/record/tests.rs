//! Every kind of input survives being written; a replay notices what changed.

use std::{
    path::Path,
    sync::mpsc,
    time::{Duration, Instant},
};

use serde_json::{Value, json};

use super::{Recorder, effect::form, input::Written, replay, words::known};
use crate::{
    agent::{
        effect::{Effect, Input},
        settings::Settings,
        turn::Machine,
    },
    chat::{
        Ask, AskBody, CallId, ChangeKind, Choice, Command, Detail, DiffLine, Effort, FileChange, Finish, Hunk,
        HunkReply, Image, JobId, PermissionMode, PlanItem, PlanState, Reply, RunEnd, RunId, RunKind, Side, StepId,
        ToolCall, ToolSpec, Usage,
    },
    config::{self, Environment, Flags},
    glm::{Delta, Error, ErrorKind},
    quota::{Now, TimeZone, Timestamp},
    text::Clean,
    tools::{Access, Check, Outcome, Planned, Refusal},
};

fn commands() -> Vec<Command> {
    let answer = |reply| Command::Answer { run: RunId(1), reply };
    let hunks = vec![HunkReply::Accept, HunkReply::Reject, HunkReply::Edit("é\r\n".into())];
    vec![
        Command::Submit("a\u{1b}[1m\u{0}b".into()),
        Command::Queue("q".into()),
        Command::Recall,
        Command::Interrupt,
        Command::RetryNow,
        Command::SetModel("glm-5".into()),
        Command::SetThinking(false),
        Command::SetEffort(None),
        Command::SetEffort(Some(Effort::Max)),
        answer(Reply::Once),
        answer(Reply::Session),
        answer(Reply::Always),
        answer(Reply::No { why: Some("no".into()) }),
        answer(Reply::Command("ls".into())),
        answer(Reply::Hunks { decisions: hunks, why: None }),
        answer(Reply::Chosen { picks: vec![0, 2], text: Some("x".into()) }),
        Command::SetMode(PermissionMode::Yolo),
        Command::Background(RunId(2)),
        Command::StopJob(JobId(3)),
        Command::RefreshQuota,
        Command::Undo,
        Command::Close,
    ]
}

fn change() -> FileChange {
    let line = DiffLine { side: Side::Added, text: Clean::strict("a\tb\n"), emphasis: vec![(0, 1)] };
    let hunk = Hunk { old_start: 1, new_start: 1, lines: vec![line], new: "a\tb\n".into() };
    let path = Clean::strict("s\u{202e}c/\nx");
    FileChange { path, kind: ChangeKind::Modified, hunks: vec![hunk], added: 1, removed: 0, n_hidden: 2 }
}

fn asks() -> impl Iterator<Item = Input> {
    let choice = Choice { label: Clean::trusted("one"), about: Clean::default() };
    let bodies = [
        AskBody::Command { shown: Clean::strict("ls\u{7}"), raw: "ls\u{7}".into() },
        AskBody::Change(Box::new(change())),
        AskBody::Plain(Clean::trusted("https://a")),
        AskBody::Question { question: Clean::trusted("?"), options: vec![choice], many: true },
        AskBody::Plan(Clean::new("# plan\n\n- a")),
    ];
    bodies.into_iter().map(|body| {
        let ask = Ask {
            run: RunId(1),
            step: StepId::default(),
            title: Clean::trusted("run"),
            notes: vec![Clean::trusted("note")],
            body,
            place: Clean::trusted("/w"),
            reason: None,
            session: Some(Clean::trusted("Bash(ls)")),
            always: None,
        };
        Input::Checked { run: RunId(1), check: Check::Ask(Box::new(ask)) }
    })
}

fn planned(tool: &'static str, access: Access) -> Input {
    let (kind, verb, args) = (RunKind::Explore, "Read", json!({"path": "a", "n": 0.1}));
    let planned = Planned { tool, kind, verb, target: Clean::strict("a b\u{9b}"), access, args };
    Input::Planned { run: RunId(1), result: Ok(planned) }
}

fn outcome() -> Outcome {
    Outcome {
        end: RunEnd::Failed,
        to_model: "raw \u{1b}]0;x\u{7}".into(),
        images: vec![Image { mime: "image/png".into(), base64: "AAAA".into() }],
        summary: Clean::trusted("exit 1"),
        detail: Detail::Change(Box::new(change())),
        plan: Some(vec![PlanItem { text: Clean::trusted("a"), state: PlanState::Active }]),
        mode: Some(PermissionMode::Edits),
    }
}

fn end() -> Delta {
    Delta::End { finish: Finish::ToolCalls, usage: Some(Usage { prompt: 7, ..Usage::default() }), model: None }
}

/// One of each, and more of those that have parts.
fn inputs() -> Vec<Input> {
    let error = Error {
        kind: ErrorKind::Status,
        status: Some(429),
        code: Some("1302".into()),
        message: "busy".into(),
        retry_after: Some(Duration::from_millis(1_500)),
        host: "h".into(),
    };
    let call = ToolCall { id: CallId("a".into()), name: "read".into(), arguments: "{\"path\":1}".into() };
    let deltas = vec![
        Delta::Reasoning("r".into()),
        Delta::Answer("\u{0}é".into()),
        Delta::Repaired("an unreadable event was skipped"),
        Delta::Call(call),
        end(),
    ];
    let mut inputs: Vec<Input> = commands().into_iter().map(Input::Command).collect();
    inputs.extend([
        Input::Opened(1),
        Input::Deltas(1, deltas),
        Input::Failed { call: 1, error, jitter: 0.123 },
        Input::Models(vec!["glm-9".into()]),
        planned("read", Access::Reads(vec!["/w/a".into()])),
        planned("shell", Access::WritesAny),
        Input::Planned { run: RunId(1), result: Err(Refusal("no".into())) },
        Input::Checked { run: RunId(1), check: Check::Go },
        Input::Checked { run: RunId(1), check: Check::Refuse(Box::new(outcome())) },
        Input::Ran { run: RunId(1), outcome: Box::new(outcome()), took: Duration::from_nanos(1_000_000_001) },
        Input::Wake,
    ]);
    inputs.extend(asks());
    inputs
}

#[test]
fn every_input_survives_being_written() {
    for input in inputs() {
        let line = serde_json::to_string(&Written::from(&input)).unwrap();
        let read = serde_json::from_str::<Written>(&line).unwrap().read().unwrap();
        assert_eq!(format!("{read:?}"), format!("{input:?}"), "{line}");
    }
}

#[test]
fn a_word_of_another_version_is_named() {
    let line = serde_json::to_string(&Written::from(&planned("read", Access::Nothing))).unwrap();
    let other = line.replace("\"read\"", "\"levitate\"");
    let why = serde_json::from_str::<Written>(&other).unwrap().read().unwrap_err();
    assert!(why.contains("levitate"), "{why}");
}

/// All words that the sources use where a recording holds a fixed one.
#[test]
fn the_words_are_those_of_the_sources() {
    let mut folders = vec![Path::new(env!("CARGO_MANIFEST_DIR")).join("src")];
    let mut n_words = 0;
    while let Some(folder) = folders.pop() {
        for path in std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()) {
            if path.is_dir() {
                folders.push(path);
                continue;
            }
            let of_ours = path.components().any(|part| part.as_os_str() == "tools" || part.as_os_str() == "glm");
            let text = std::fs::read_to_string(&path).unwrap();
            let text = text.split("#[cfg(test)]\nmod tests {").next().unwrap();
            for before in ["verb: \"", "tool: \"", "Repaired(\"", "repaired.push(\"", ".note(\"", "mended = Some(\""] {
                for found in text.split(before).skip(1).filter(|_| of_ours && !path.ends_with("tests.rs")) {
                    let word = found.split('"').next().unwrap();
                    assert!(known(word).is_some(), "{word:?} of {}", path.display());
                    n_words += 1;
                }
            }
        }
    }
    assert!(n_words > 30, "{n_words}");
}

/// A machine that records, and its lines.
fn record(inputs: impl IntoIterator<Item = Input>) -> String {
    let config = config::load(&Environment::default(), &Flags::default()).0.config;
    let mut machine = Machine::new(Settings::new(&config, TimeZone::UTC, false));
    let tool = |name: &str| ToolSpec { name: name.into(), description: "d".into(), parameters: "{}".into() };
    machine.equip(["read", "shell"].map(tool).into());
    let mut now = Now { instant: start(), wall: Timestamp::UNIX_EPOCH };
    let (sender, lines) = mpsc::channel();
    let mut recorder = Recorder::begin(&machine, now, Box::new(move |line| drop(sender.send(line))));
    for input in inputs {
        now.instant += Duration::from_nanos(1_234_567);
        let taken = Recorder::take(&input, now);
        let effects = machine.on(input, now);
        recorder.put(taken, &effects);
    }
    drop(recorder);
    lines.iter().collect()
}

#[expect(clippy::disallowed_methods, reason = "any moment will do")]
fn start() -> Instant {
    Instant::now()
}

/// A turn with a call that is asked for and runs.
fn turn() -> Vec<Input> {
    let call = ToolCall { id: CallId("a".into()), name: "read".into(), arguments: "{}".into() };
    let ask = asks().next().unwrap();
    vec![
        Input::Command(Command::Submit("go".into())),
        Input::Opened(1),
        Input::Deltas(1, vec![Delta::Answer("I look.".into()), Delta::Call(call), end()]),
        planned("read", Access::Nothing),
        ask,
        Input::Command(Command::Answer { run: RunId(1), reply: Reply::Once }),
        Input::Ran { run: RunId(1), outcome: Box::new(outcome()), took: Duration::from_secs(1) },
        Input::Command(Command::Interrupt),
    ]
}

#[test]
fn a_recording_replays_to_the_same_and_a_change_is_noticed() {
    let recording = record(turn());
    let replayed = replay(recording.as_bytes(), start()).unwrap();
    assert!(replayed.same && replayed.inputs == 8 && replayed.effects > 20, "{replayed:?}");
    // Several agents in one file; all kinds of inputs.
    let all = recording.clone() + &record(inputs());
    assert_eq!(replay(all.as_bytes(), start()).unwrap().inputs, 8 + inputs().len());

    let differs = |text: &str| replay(text.as_bytes(), start()).unwrap().first_difference.unwrap();
    let other = differs(&recording.replacen("I look.", "I leap.", 1));
    assert!(other.line == 4 && other.recorded != other.replayed && other.recorded.is_some(), "{other:?}");
    let other = differs(&recording.replace("\"once\"", "\"maybe\"").replace("\"Once\"", "\"Maybe\""));
    assert!(other.line == 7 && other.replayed.unwrap().contains("cannot be read"));
    let mut lines: Vec<&str> = recording.split_inclusive('\n').collect();
    lines.remove(5);
    assert_eq!(differs(&lines.concat()).line, 6, "a missing line");
}

#[test]
fn a_recording_may_be_cut_anywhere() {
    let recording = record(turn());
    let header = recording.find('\n').unwrap();
    for cut in (header + 1..=recording.len()).step_by(7) {
        let replayed = replay(&recording.as_bytes()[..cut], start()).unwrap();
        assert!(replayed.same && replayed.torn <= 1, "{cut}: {replayed:?}");
    }
    for bad in ["", "\n", "{}", "nothing\n", &recording[..header - 1], &recording[header + 1..]] {
        assert!(replay(bad.as_bytes(), start()).is_err(), "{bad:.40}");
    }
    let newer = recording.replacen("\"glm_tui_record\":1", "\"glm_tui_record\":2", 1);
    assert!(replay(newer.as_bytes(), start()).unwrap_err().what.contains("format 2"));
    let mut more: Value = serde_json::from_str(recording.lines().next().unwrap()).unwrap();
    more["machine"]["mood"] = json!("good");
    let more = format!("{more}{}", &recording[header..]);
    assert!(replay(more.as_bytes(), start()).unwrap().same, "unknown fields are ignored");
}

#[test]
fn a_long_effect_is_short_and_its_end_counts() {
    let of = |end: &str| form(&Effect::Grant { rule: "é".repeat(400) + end, scope: crate::agent::Scope::Session });
    assert!(of("a").chars().count() < 130, "{}", of("a"));
    assert_ne!(of("a"), of("b"));
}
