//! What must not be lost when conversations are left, copied and come back to.

use std::{
    fs,
    path::{Path, PathBuf},
};

use glm_tui::{
    chat::{Event, Message, Role, SessionId, TurnId},
    journal::{Head, Journal, Start, VERSION},
    text::Clean,
};
use rustix::process::Signal;
use serde_json::json;

use crate::support::{
    pty::Pty,
    script::{call, says, script},
    service::{Service, open},
};

fn service(n: usize) -> Service {
    let replies: Vec<_> = (1..=n).map(|n| says(&format!("answer {n}"), &[])).collect();
    Service::start(&script(&replies))
}

fn saved(service: &Service) -> Vec<PathBuf> {
    let entries = fs::read_dir(service.home().join("state/sessions")).into_iter().flatten().flatten();
    entries.map(|entry| entry.path()).filter(|path| path.is_dir()).collect()
}

fn drafts(service: &Service) -> String {
    saved(service).iter().filter_map(|folder| fs::read_to_string(folder.join("draft")).ok()).collect()
}

fn ask(pty: &Pty, prompt: &str, answer: &str) {
    pty.send(format!("{prompt}\r"));
    pty.wait_text(answer);
    pty.wait_text("Enter: send");
}

fn leave(pty: &Pty) {
    pty.send("\x18q");
    assert_eq!(pty.wait_exit(), 0);
}

/// A conversation whose end, as far as a list looks, names no turn.
fn long_ended(service: &Service) -> (String, PathBuf) {
    let id = SessionId::from("20261101-080000-0001");
    let head = Head {
        v: VERSION,
        id: id.clone(),
        app: "0.1.0".into(),
        folder: service.work().canonicalize().unwrap().to_string_lossy().into_owned(),
        branch: None,
        forked_from: None,
        imported_from: None,
    };
    let dir = service.home().join("state/sessions").join(id.as_str());
    let journal = Journal::create(Start { dir: Some(dir.clone()), head });
    journal.note(&Event::TurnStarted { turn: TurnId(1), prompt: Clean::new("about the walrus") });
    journal.note(&Event::Message(Box::new(Message::text(Role::User, "about the walrus"))));
    journal.note(&Event::Message(Box::new(Message::text(Role::Assistant, "tusk ".repeat(600_000)))));
    journal.barrier_blocking().unwrap();
    journal.close();
    (id.as_str().to_owned(), dir)
}

#[test]
fn a_conversation_whose_end_tells_no_turn_is_never_deleted() {
    let service = service(1);
    let (id, dir) = long_ended(&service);
    let pty = open(service.program().args(["-r", &id]));
    pty.wait_text("resumed");
    leave(&pty);
    assert!(dir.join("log.jsonl").exists(), "left without a word");
    // Nor is its draft taken for one of a conversation in which nothing was said.
    fs::write(dir.join("draft"), json!({"folder": service.work(), "text": "of the tusks"}).to_string()).unwrap();
    let pty = service.open();
    pty.send("another");
    pty.wait_until(|| drafts(&service).contains("another"));
    leave(&pty);
    assert!(!pty.text().contains("of the tusks"), "{}", pty.text());
    assert!(dir.join("log.jsonl").exists() && drafts(&service).contains("of the tusks"));
}

#[test]
fn a_draft_that_cannot_be_kept_anew_stays_where_it_was() {
    let service = service(1);
    let pty = service.open();
    pty.send("half a tho");
    pty.wait_until(|| drafts(&service).contains("half a tho"));
    pty.kill(Signal::KILL);
    pty.wait_exit();
    let pty = open(service.program().env("GLM_TUI_FAULT", "eio:draft@1+"));
    pty.wait_text("not kept");
    pty.wait_text("half a tho");
    pty.kill(Signal::KILL);
    pty.wait_exit();
    assert!(drafts(&service).contains("half a tho"));
}

#[test]
fn what_is_not_on_the_disk_is_not_left_without_a_word() {
    let service = service(2);
    let pty = open(service.program().env("GLM_TUI_FAULT", "enospc:log@1+"));
    ask(&pty, "first", "answer 1");
    pty.send("/new\r");
    pty.wait_text("what was said last is not on the disk");
    assert!(pty.text().contains("answer 1"), "{}", pty.text());
    pty.send("/new\r");
    pty.wait_gone("answer 1");
}

#[test]
fn a_prompt_for_a_conversation_that_cannot_be_opened_is_not_sent_to_another() {
    let service = service(2);
    let first = service.open();
    ask(&first, "first", "answer 1");
    // It is open there, and no copy can be made.
    let pty = Pty::spawn(service.program().args(["-c", "go on"]).env("GLM_TUI_FAULT", "eio:store@1+"));
    pty.wait_text("› go on");
    pty.wait_text("cannot");
    pty.send("!");
    pty.wait_text("› go on!");
    leave(&pty);
    assert_eq!(service.chats().len(), 1);
    leave(&first);
}

#[test]
fn the_demo_writes_nothing_into_a_conversation_with_the_service() {
    let service = service(1);
    let pty = service.open();
    ask(&pty, "first", "answer 1");
    let [dir] = &saved(&service)[..] else { panic!("{:?}", saved(&service)) };
    let log = |dir: &Path| fs::read_to_string(dir.join("log.jsonl")).unwrap();
    pty.send("/login\r");
    pty.wait_text("demo");
    pty.send("4");
    pty.wait_text("of which nothing is kept");
    assert!(!pty.text().contains("answer 1"), "{}", pty.text());
    pty.send("what is wrong here\r");
    pty.wait_text("turn 1");
    leave(&pty);
    assert!(log(dir).contains("answer 1") && !log(dir).contains("what is wrong here"));
    assert_eq!(saved(&service).len(), 1);
}

#[test]
fn of_what_follows_an_ephemeral_conversation_nothing_stays_either() {
    let service = service(2);
    let pty = open(service.program().args(["--ephemeral"]));
    ask(&pty, "first", "answer 1");
    pty.send("/new\r");
    pty.wait_gone("answer 1");
    ask(&pty, "second", "answer 2");
    leave(&pty);
    assert!(saved(&service).is_empty(), "{:?}", saved(&service));
    let mut history = String::new();
    for entry in fs::read_dir(service.home().join("state")).unwrap().flatten() {
        history.push_str(&fs::read_to_string(entry.path()).unwrap_or_default());
    }
    assert!(!history.contains("first") && !history.contains("second"), "{history}");
}

#[test]
fn nothing_of_an_empty_conversation_can_be_copied() {
    let service = service(1);
    let pty = service.open();
    pty.send("/fork\r");
    pty.wait_text("nothing to copy");
}

#[test]
fn background_commands_are_not_stopped_without_a_word() {
    let line = json!({"command": "touch began; sleep 600", "background": true});
    let replies = [says("", &[call("shell", &line)]), says("It runs.", &[])];
    let service = Service::start(&script(&replies));
    let pty = open(service.program().args(["--permission-mode", "yolo"]));
    ask(&pty, "go", "It runs.");
    pty.send("/new\r");
    pty.wait_text("1 in the background would be stopped");
    assert!(pty.text().contains("It runs."), "{}", pty.text());
    pty.send("/new\r");
    pty.wait_gone("It runs.");
}

#[test]
fn sto_09_what_was_read_after_the_moment_gone_back_to_is_read_again() {
    let edit = json!({"path": "n.txt", "edits": [{"old": "two", "new": "second"}]});
    let replies = [
        says("", &[call("read", &json!({"path": "n.txt"}))]),
        says("I know it.", &[]),
        says("", &[call("edit", &edit)]),
        says("I tried.", &[]),
    ];
    let service = Service::start(&script(&replies));
    fs::write(service.work().join("n.txt"), "one\ntwo\n").unwrap();
    let pty = open(service.program().args(["--permission-mode", "edits"]));
    ask(&pty, "change it", "I know it.");
    pty.send("/rewind\r");
    pty.wait_text("Back to before a prompt");
    pty.send("\r");
    pty.wait_text("Back to before prompt 1");
    pty.send("c");
    pty.wait_text("back before turn 1");
    pty.send("\r");
    pty.wait_text("I tried.");
    assert_eq!(fs::read_to_string(service.work().join("n.txt")).unwrap(), "one\ntwo\n");
    let sent = service.wait_chats(4).body["messages"].to_string();
    assert!(sent.contains("have not read"), "{sent}");
}
