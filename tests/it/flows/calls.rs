//! Tool calls end to end: the agent, the simulator, real tools over a folder, a person's answers.

use std::{path::Path, time::Duration};

use glm_tui::{
    agent::{Caps, Settings},
    chat::{Activity, Command, Event, PermissionMode, Reply, RunEnd, TurnEnd},
    config::Config,
    quota::TimeZone,
    sim::Server,
};
use serde_json::Value;

use crate::support::agent::{Talk, config, serve};

/// A reply with these calls, then one with words.
fn script(calls: &[(&str, &str)]) -> String {
    let calls: Vec<String> =
        calls.iter().map(|(name, arguments)| format!("{{ name = '{name}', arguments = '{arguments}' }}")).collect();
    format!(
        "[[reply]]\nwhen = {{ tool_result = true }}\nanswer = 'All told.'\n\
         [[reply]]\nanswer = 'I begin.'\ntools = {{ call = [{}] }}",
        calls.join(", ")
    )
}

/// The messages of the newest request.
fn newest(server: &Server) -> Vec<Value> {
    server.log().chats().last().unwrap().body["messages"].as_array().unwrap().clone()
}

/// The results in the newest request, in order.
fn told(server: &Server) -> Vec<String> {
    let results = newest(server).into_iter().filter(|message| message["role"] == "tool");
    results.map(|message| message["content"].as_str().unwrap().to_owned()).collect()
}

async fn asked(talk: &mut Talk, n: usize) {
    talk.wait_for(|talk| talk.asks().len() >= n).await;
}

fn answer(talk: &Talk, nth: usize, reply: Reply) {
    talk.send(Command::Answer { run: talk.asks()[nth].run, reply });
}

async fn ended(talk: &mut Talk) -> TurnEnd {
    talk.wait_for(|talk| !talk.ends().is_empty()).await;
    talk.ends().remove(0)
}

#[tokio::test]
async fn reads_run_side_by_side_and_are_told_in_order() {
    let calls = [("read", r#"{"path":"a.txt"}"#), ("read", r#"{"path":"b.txt"}"#), ("list", "{}")];
    let server = serve(&script(&calls));
    let mut talk = Talk::at(&server.base_url());
    std::fs::write(talk.workspace.join("a.txt"), "alpha\n").unwrap();
    std::fs::write(talk.workspace.join("b.txt"), "beta\n").unwrap();
    assert_eq!(talk.ask("look around").await, TurnEnd::Done);
    assert_eq!(talk.runs(), [RunEnd::Ok; 3]);
    let told = told(&server);
    assert!(told[0].contains("alpha") && told[1].contains("beta"), "{told:?}");
    assert!(told[2].contains("a.txt") && told[2].contains("b.txt"), "{told:?}");
    let offered: Vec<Value> = server.log().chats().iter().map(|chat| chat.body["tools"].clone()).collect();
    assert!(offered[0].as_array().is_some_and(|tools| tools.len() > 5));
    assert_eq!(offered[0], offered[1], "the same bytes in each request");
    let messages = newest(&server);
    assert_eq!(messages[2]["content"], "I begin.");
    assert_eq!(messages[2]["tool_calls"][0]["id"], messages[3]["tool_call_id"]);
    assert_eq!(talk.answer(), "I begin.All told.");
}

#[tokio::test]
async fn a_steered_prompt_is_delivered_behind_the_results() {
    let answered = "[[reply]]\nwhen = { says = 'why' }\nanswer = 'Because.'\n";
    let server = serve(&format!("{answered}{}", script(&[("write", r#"{"path":"new.txt","content":"x"}"#)])));
    let mut talk = Talk::at(&server.base_url());
    talk.send(Command::Submit("write it".into()));
    asked(&mut talk, 1).await;
    talk.wait_for(|talk| talk.activity() == Activity::Asking).await;
    talk.send(Command::Submit("and say why".into()));
    answer(&talk, 0, Reply::Once);
    assert_eq!(ended(&mut talk).await, TurnEnd::Done);
    let roles: Vec<String> = newest(&server).iter().map(|message| message["role"].as_str().unwrap().into()).collect();
    assert_eq!(roles, ["system", "user", "assistant", "tool", "user"]);
    assert_eq!(std::fs::read_to_string(talk.workspace.join("new.txt")).unwrap(), "x");
}

#[tokio::test]
async fn a_no_prevents_is_told_and_the_turn_goes_on() {
    let server = serve(&script(&[("write", r#"{"path":"new.txt","content":"x"}"#), ("list", "{}")]));
    let mut talk = Talk::at(&server.base_url());
    talk.send(Command::Submit("write it".into()));
    asked(&mut talk, 1).await;
    answer(&talk, 0, Reply::No { why: Some("not there".into()) });
    assert_eq!(ended(&mut talk).await, TurnEnd::Done);
    assert!(!talk.workspace.join("new.txt").exists());
    assert_eq!(talk.runs(), [RunEnd::Denied, RunEnd::Ok]);
    assert!(told(&server)[0].contains("refused") && told(&server)[0].contains("not there"), "{:?}", told(&server));
    assert!(talk.words().contains("All told."), "{}", talk.words());
}

#[tokio::test]
async fn edits_of_one_file_in_one_message_end_as_if_made_in_order() {
    let edit = |old: &str, new: &str| format!(r#"{{"path":"n.txt","edits":[{{"old":"{old}","new":"{new}"}}]}}"#);
    let (one, two, three) = (edit("one", "two"), edit("two", "three"), edit("three", "four"));
    let read = r#"{"path":"n.txt"}"#;
    let calls = [("read", read), ("edit", one.as_str()), ("edit", &two), ("read", read), ("edit", &three)];
    let server = serve(&script(&calls));
    let mut talk = Talk::at(&server.base_url());
    std::fs::write(talk.workspace.join("n.txt"), "one\n").unwrap();
    talk.send(Command::SetMode(PermissionMode::Edits));
    talk.send(Command::Submit("count".into()));
    for n in 0..3 {
        // Where the policy asks for edits: the answers come in any order, here as the questions do.
        talk.wait_for(|talk| talk.asks().len() > n || !talk.ends().is_empty()).await;
        if talk.asks().len() > n {
            answer(&talk, n, Reply::Once);
        }
    }
    assert_eq!(ended(&mut talk).await, TurnEnd::Done);
    assert_eq!(std::fs::read_to_string(talk.workspace.join("n.txt")).unwrap(), "four\n", "{:?}", told(&server));
    assert!(told(&server)[3].contains("three"), "the read between them sees what came before: {:?}", told(&server));
}

#[tokio::test]
async fn esc_stops_a_running_command_and_what_it_started() {
    let line = r#"{"command":"echo begun; sleep 1000 & wait"}"#;
    let answered = "[[reply]]\nwhen = { says = 'now' }\nanswer = 'Nothing runs.'\n";
    let server = serve(&format!("{answered}{}", script(&[("shell", line), ("list", "{}")])));
    let mut talk = Talk::at(&server.base_url());
    talk.send(Command::Submit("run it".into()));
    talk.wait_for(|talk| !talk.asks().is_empty() || running(talk)).await;
    if !running(&talk) {
        answer(&talk, 0, Reply::Once);
    }
    talk.wait_for(|talk| !talk.kinds(|e| matches!(e, Event::RunProgress { .. }).then_some(())).is_empty()).await;
    let folder = talk.workspace.clone();
    until(&mut talk, || alive(&folder)).await;
    let begun = tokio::time::Instant::now();
    talk.press("<esc>");
    assert_eq!(ended(&mut talk).await, TurnEnd::Interrupted { untouched: None });
    assert!(begun.elapsed() < Duration::from_secs(2), "{:?}", begun.elapsed());
    assert_eq!(talk.activity(), Activity::Idle);
    assert_eq!(talk.runs(), [RunEnd::Stopped; 2]);
    until(&mut talk, || !alive(&folder)).await;
    assert_eq!(talk.ask("and now?").await, TurnEnd::Done);
    let told = told(&server);
    assert!(told[0].contains("Stopped") && told[1].contains("Not run"), "{told:?}");
}

#[tokio::test]
async fn calls_of_a_new_turn_begin_when_the_stopped_ones_have_ended() {
    let slow =
        r#"{"command":"trap \"sleep 0.3; echo old >> log; exit\" TERM; echo begun; while :; do sleep 0.05; done"}"#;
    let server = serve(&format!(
        "[[reply]]\nwhen = {{ tool_result = true }}\nanswer = 'All told.'\n\
         [[reply]]\nwhen = {{ says = 'again' }}\nanswer = 'Once more.'\n\
         tools = {{ call = [{{ name = 'shell', arguments = '{{\"command\":\"echo new >> log\"}}' }}] }}\n\
         [[reply]]\nanswer = 'I begin.'\ntools = {{ call = [{{ name = 'shell', arguments = '{slow}' }}] }}"
    ));
    let mut talk = Talk::at(&server.base_url());
    talk.send(Command::Submit("run it".into()));
    asked(&mut talk, 1).await;
    answer(&talk, 0, Reply::Once);
    talk.wait_for(|talk| !talk.kinds(|e| matches!(e, Event::RunProgress { .. }).then_some(())).is_empty()).await;
    talk.send(Command::Interrupt);
    talk.send(Command::Submit("again".into()));
    asked(&mut talk, 2).await;
    answer(&talk, 1, Reply::Once);
    talk.wait_for(|talk| talk.ends().len() == 2).await;
    assert_eq!(std::fs::read_to_string(talk.workspace.join("log")).unwrap(), "old\nnew\n");
}

/// A call is running.
fn running(talk: &Talk) -> bool {
    matches!(talk.activity(), Activity::Running(_))
        && !talk.kinds(|e| matches!(e, Event::RunStarted { .. }).then_some(())).is_empty()
}

/// What the command started in this folder lives: looked for by its words and its folder, since in a
/// namespace of its own it has another number than outside.
fn alive(folder: &Path) -> bool {
    let folder = folder.to_string_lossy().into_owned();
    let processes = std::fs::read_dir("/proc").into_iter().flatten().flatten();
    processes.map(|entry| entry.path()).any(|process| {
        let is_sleep = std::fs::read(process.join("cmdline")).is_ok_and(|line| line == b"sleep\x001000\x00");
        is_sleep && std::fs::read_link(process.join("cwd")).is_ok_and(|cwd| cwd.to_string_lossy() == folder)
    })
}

/// Looks again and again, by the agent's clock, until this holds.
async fn until(talk: &mut Talk, holds: impl Fn() -> bool) {
    for _ in 0..1_000 {
        if holds() {
            return;
        }
        talk.pass(Duration::from_millis(10)).await;
    }
    panic!("not in time");
}

#[tokio::test]
async fn without_a_person_a_question_is_a_refusal_and_limits_end_the_turn() {
    let alone = |config: &Config, max_steps| {
        let mut settings = Settings::new(config, TimeZone::UTC, false);
        settings.caps = Caps { interactive: false, max_steps, ..Caps::default() };
        settings
    };
    let server = serve(&script(&[("write", r#"{"path":"new.txt","content":"x"}"#)]));
    let config = config(&server.base_url());
    let mut talk = Talk::with(&config, alone(&config, None));
    assert_eq!(talk.ask("write it").await, TurnEnd::Done);
    assert_eq!((talk.runs(), talk.asks().len()), (vec![RunEnd::Denied], 0));
    assert!(told(&server)[0].contains("nobody is there"), "{:?}", told(&server));
    assert!(!talk.workspace.join("new.txt").exists());

    let mut talk = Talk::with(&config, alone(&config, Some(1)));
    let problem = talk.fail("write it").await;
    assert_eq!(problem.code.as_deref(), Some("limit:turns"));
}
