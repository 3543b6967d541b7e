//! Saved conversations: gone on with, copied, taken up after the program was killed.

use std::{fs, path::PathBuf, time::Duration};

use glm_tui::sim::Received;
use rustix::process::Signal;
use serde_json::{Value, json};

use crate::support::{
    pty::Pty,
    script::{call, says, script, shell},
    service::{Run, Service, asked, finish, open},
};

/// Nothing is asked.
const UNASKED: [&str; 2] = ["--permission-mode", "yolo"];

/// A service that answers `one`, `two`, `three`, … in turn.
fn service(n: usize) -> Service {
    let words = ["one", "two", "three", "four", "five", "six"];
    let replies: Vec<Value> = words.iter().take(n).map(|word| says(&format!("answer {word}"), &[])).collect();
    Service::start(&script(&replies))
}

/// Runs without a screen in the service's own folder.
#[track_caller]
fn run(service: &Service, args: &[&str]) -> Run {
    let run = service.headless(&service.work(), args);
    assert_eq!(run.code, 0, "{args:?}: {}", run.err);
    run
}

/// The session that a run with `--output-format json` names.
fn session(run: &Run) -> String {
    let object: Value = serde_json::from_str(&run.out).unwrap();
    object["session_id"].as_str().unwrap().to_owned()
}

fn messages(request: &Received) -> Vec<Value> {
    request.body["messages"].as_array().unwrap().clone()
}

/// The folders of saved sessions.
fn saved(service: &Service) -> Vec<PathBuf> {
    let entries = fs::read_dir(service.home().join("state/sessions")).into_iter().flatten().flatten();
    let mut folders: Vec<PathBuf> = entries.map(|entry| entry.path()).filter(|path| path.is_dir()).collect();
    folders.sort();
    folders
}

/// The draft that lies in a session's folder.
fn draft(folder: &std::path::Path) -> String {
    fs::read_to_string(folder.join("draft")).unwrap_or_default()
}

#[test]
fn what_is_continued_begins_with_the_same_bytes() {
    let service = service(3);
    let first = session(&run(&service, &["-o", "json", "first"]));
    for (n, args) in [["-c", "second"], ["--continue", "third"]].iter().enumerate() {
        let again = session(&run(&service, &[&["-o", "json"], &args[..]].concat()));
        assert_eq!(again, first);
        let chats = service.chats();
        let (before, after) = (&chats[n], &chats[n + 1]);
        let prefix = serde_json::to_string(&before.body["messages"]).unwrap();
        let whole = serde_json::to_string(&after.body["messages"]).unwrap();
        assert!(whole.starts_with(prefix.trim_end_matches(']')), "{whole}");
        assert_eq!(before.body["tools"], after.body["tools"]);
    }
    let last = messages(service.chats().last().unwrap());
    let texts: Vec<&str> = last.iter().skip(2).map(|message| message["content"].as_str().unwrap()).collect();
    assert_eq!(texts, ["answer one", "second", "answer two", "third"]);
    assert_eq!(saved(&service).len(), 1);
}

#[test]
fn a_conversation_is_found_by_id_name_and_words() {
    let service = service(5);
    let id = session(&run(&service, &["-o", "json", "about the walrus"]));
    run(&service, &["about something else"]);
    for (n, wanted) in [id.as_str(), &id[..id.len() - 2], "walrus"].iter().enumerate() {
        let again = session(&run(&service, &["-o", "json", "--resume", wanted, "go on"]));
        assert_eq!(again, id, "{wanted}");
        let said = messages(&service.chats()[n + 2]);
        assert!(said[1]["content"].as_str().unwrap().ends_with("about the walrus"), "{said:?}");
    }
}

#[test]
fn cfg_08_resume_of_nothing_is_a_mistake_of_the_command_line() {
    let service = service(1);
    for args in [&["-c"][..], &["-r", "nothing of that name"], &["--resume", "20261121-083000-aaaa"]] {
        let run = service.headless(&service.work(), &[args, &["hello"]].concat());
        assert_eq!(run.code, 2, "{args:?}: {}", run.err);
        assert!(run.err.contains("→"), "{}", run.err);
    }
    for args in [&["--fork-session", "hello"][..], &["-c", "-r", "x", "hello"], &["-c", "--ephemeral", "hello"]] {
        assert_eq!(service.headless(&service.work(), args).code, 2, "{args:?}");
    }
    // Without a screen there is no list to choose from.
    assert_eq!(service.headless(&service.work(), &["hello", "-r"]).code, 2);
    assert!(service.chats().is_empty());
}

#[test]
fn a_copy_goes_its_own_way() {
    let service = service(4);
    let first = session(&run(&service, &["-o", "json", "first"]));
    let copy = session(&run(&service, &["-o", "json", "-c", "--fork-session", "in the copy"]));
    assert_ne!(copy, first);
    let again = session(&run(&service, &["-o", "json", "-r", &first, "in the original"]));
    assert_eq!(again, first);
    let chats = service.chats();
    let (one, other) = (messages(&chats[1]), messages(&chats[2]));
    assert_eq!(one[..3], other[..3]);
    assert_eq!((asked(&chats[1]).as_str(), asked(&chats[2]).as_str()), ("in the copy", "in the original"));
}

#[test]
fn sto_07_a_conversation_that_is_open_is_copied() {
    let service = service(3);
    let pty = service.open();
    pty.send("first\r");
    pty.wait_text("answer one");
    let run = run(&service, &["-o", "json", "-c", "second"]);
    assert!(run.err.contains("is open in another program: this is a copy of it"), "{}", run.err);
    let folders = saved(&service);
    assert_eq!(folders.len(), 2);
    pty.send("third\r");
    pty.wait_text("answer three");
    let chats = service.chats();
    assert_eq!(messages(&chats[1])[..3], messages(&chats[2])[..3]);
    assert_eq!(messages(&chats[2]).len(), 4, "neither knows of the other");
}

#[test]
fn of_an_ephemeral_conversation_nothing_stays() {
    let service = service(2);
    fs::write(service.work().join("n.txt"), "x").unwrap();
    let folder = tempfile::tempdir().unwrap();
    let program = service.program().args(["-p", "--ephemeral", "first"]);
    let run = finish(program.env("TMPDIR", folder.path().to_str().unwrap()));
    assert_eq!((run.code, run.out.trim_end()), (0, "answer one"), "{}", run.err);
    assert!(saved(&service).is_empty());
    assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 0, "nor in the temporary folder");
    assert_eq!(service.headless(&service.work(), &["-c", "second"]).code, 2);
}

#[test]
fn a_call_that_was_cut_off_is_unknown_and_not_repeated() {
    let line = "echo ran >> ran; touch began; until [ -e never ]; do sleep 0.05; done";
    let replies = [says("I begin.", &[shell(line)]), says("So it is unknown.", &[])];
    let service = Service::start(&script(&replies));
    let pty = open(service.program().args(UNASKED));
    pty.send("go\r");
    pty.wait_until(|| service.work().join("began").exists());
    pty.kill(Signal::KILL);
    pty.wait_exit();
    let run = run(&service, &["-c", "go on"]);
    assert!(run.err.contains("unknown"), "{}", run.err);
    let said = messages(service.chats().last().unwrap());
    let roles: Vec<&str> = said.iter().map(|message| message["role"].as_str().unwrap()).collect();
    assert_eq!(roles, ["system", "user", "assistant", "tool", "user"], "{said:#?}");
    assert_eq!(said[2]["tool_calls"][0]["id"], said[3]["tool_call_id"]);
    assert!(said[3]["content"].as_str().unwrap().to_lowercase().contains("unknown"), "{}", said[3]);
    assert_eq!(fs::read_to_string(service.work().join("ran")).unwrap(), "ran\n", "not run again");
    // The answer stays the same for good: what was sent is never changed.
    let path = saved(&service).remove(0);
    assert!(path.join("log.jsonl").exists());
}

#[test]
fn model_and_mode_are_those_of_the_conversation() {
    let service = service(4);
    let pty = service.open();
    pty.send("/model glm-5\r");
    pty.wait_text("glm-5");
    pty.send("/permissions plan\r");
    pty.wait_text("plan");
    pty.send("first\r");
    pty.wait_text("answer one");
    pty.send("\x04");
    pty.wait_exit();
    run(&service, &["-c", "second"]);
    run(&service, &["-c", "-m", "glm-4.7", "third"]);
    let models: Vec<Value> = service.chats().iter().map(|chat| chat.body["model"].clone()).collect();
    assert_eq!(models, ["glm-5", "glm-5", "glm-4.7"]);
    let pty = open(service.program().args(["-c"]));
    pty.wait_text("plan");
}

#[test]
fn a_draft_outlives_the_program() {
    let service = service(1);
    let pty = service.open();
    pty.send("half a tho");
    pty.wait_until(|| saved(&service).iter().any(|folder| draft(folder).contains("half a tho")));
    // Another start in the same folder leaves it to the one that is open.
    let other = service.open();
    assert!(!other.text().contains("half a tho"), "{}", other.text());
    other.send("another");
    other.wait_until(|| saved(&service).iter().any(|folder| draft(folder).contains("another")));
    pty.kill(Signal::KILL);
    pty.wait_exit();
    let again = open(service.program());
    again.wait_text("half a tho");
    again.wait_until(|| saved(&service).len() == 2);
    other.kill(Signal::KILL);
    other.wait_exit();
    again.kill(Signal::KILL);
    again.wait_exit();
    let drafts: Vec<String> = saved(&service).iter().map(|folder| draft(folder)).collect();
    assert!(drafts.iter().any(|text| text.contains("half a tho")), "{drafts:?}");
    assert!(drafts.iter().any(|text| text.contains("another")), "{drafts:?}");
}

#[test]
fn a_start_without_a_word_leaves_nothing() {
    let service = service(1);
    let pty = service.open();
    pty.send("typed");
    pty.wait_until(|| !saved(&service).is_empty());
    pty.send("\x15");
    pty.wait_gone("typed");
    pty.send("\x04");
    pty.wait_exit();
    assert!(saved(&service).is_empty(), "{:?}", saved(&service));
}

#[test]
fn new_and_copy_without_leaving_the_screen() {
    let service = service(3);
    let pty = service.open();
    pty.send("first\r");
    pty.wait_text("answer one");
    pty.send("/new\r");
    pty.wait_gone("answer one");
    pty.send("second\r");
    pty.wait_text("answer two");
    let chats = service.chats();
    assert_eq!(messages(&chats[1]).len(), 2, "nothing of the first");
    assert_eq!(saved(&service).len(), 2);
    drop(pty);
}

/// The screen of a conversation that is gone on with.
#[test]
fn the_screen_shows_what_was_said() {
    let service = service(3);
    run(&service, &["first"]);
    let pty = open(service.program().args(["-c"]));
    pty.wait_text("answer one");
    shows(&pty, "first");
    pty.send("second\r");
    pty.wait_text("answer two");
    assert_eq!(messages(service.chats().last().unwrap()).len(), 4);
}

#[track_caller]
fn shows(pty: &Pty, text: &str) {
    pty.wait_at_most(Duration::from_secs(5), |screen| screen.contains(text));
    assert!(pty.text().contains(text), "{}", pty.text());
}

#[test]
fn a_signal_leaves_a_conversation_that_is_gone_on_with() {
    for signal in [Signal::TERM, Signal::HUP] {
        let mut slow = says("word word word word word word word word word word word word", &[]);
        slow["pace"] = json!({"rate": 5.0});
        let service = Service::start(&script(&[slow, says("as you like", &[])]));
        let pty = service.open();
        pty.send("first\r");
        pty.wait_text("word");
        pty.kill(signal);
        pty.wait_exit();
        let said = {
            run(&service, &["-c", "second"]);
            messages(service.chats().last().unwrap())
        };
        assert!(said[2]["content"].as_str().unwrap().starts_with("word"), "{said:?}");
        assert_eq!(said[3]["content"], "second");
    }
}

#[test]
fn a_conversation_of_another_folder_is_gone_on_with_there() {
    let service = service(3);
    let there = service.home().join("there");
    fs::create_dir(&there).unwrap();
    fs::write(there.join("n.txt"), "x").unwrap();
    let id = {
        let run = service.headless(&there, &["-o", "json", "first"]);
        session(&run)
    };
    let again = session(&run(&service, &["-o", "json", "-r", &id, "second"]));
    assert_eq!(again, id);
    assert!(service.headless(&service.work(), &["-c", "third"]).code == 2, "it is none of this folder");
    fs::remove_dir_all(&there).unwrap();
    let gone = service.headless(&service.work(), &["-r", &id, "third"]);
    assert_eq!(gone.code, 42, "{}", gone.err);
    assert!(gone.err.contains(&format!("glm-tui --resume {id}")), "{}", gone.err);
}

#[test]
fn a_saved_conversation_is_chosen_from_a_list() {
    let service = service(4);
    run(&service, &["about the walrus"]);
    run(&service, &["about the heron"]);
    let pty = Pty::spawn(service.program().args(["-r"]).size(100, 30));
    pty.wait_text("about the heron");
    pty.send("walrus");
    pty.wait_gone("about the heron");
    pty.send("\r");
    pty.wait_text("answer one");
    pty.send("go on\r");
    pty.wait_text("answer three");
    assert_eq!(messages(service.chats().last().unwrap()).len(), 4);
    // Nothing is left of the conversation that was there until the choice.
    pty.send("\x04");
    pty.wait_exit();
    assert_eq!(saved(&service).len(), 2);
}

#[test]
fn a_run_without_a_screen_that_is_ended_can_be_gone_on_with() {
    for (signal, code) in [(Signal::TERM, 143), (Signal::INT, 130)] {
        let mut slow = says("word word word word word word word word word word word word word word word", &[]);
        slow["pace"] = json!({"rate": 4.0});
        let service = Service::start(&script(&[slow, says("as you like", &[])]));
        let pty =
            Pty::spawn(service.program().args(["-p", "first", "-o", "stream-json", "--include-partial-messages"]));
        pty.wait_text("word");
        pty.kill(signal);
        assert_eq!(pty.wait_exit(), code, "{signal:?}");
        pty.wait_text("--resume");
        run(&service, &["-c", "second"]);
        let said = messages(service.chats().last().unwrap());
        assert!(said[2]["content"].as_str().unwrap().starts_with("word"), "{said:?}");
    }
}

#[test]
fn what_was_undone_is_told_with_the_next_prompt_also_after_a_restart() {
    let write = call("write", &json!({"path": "new.txt", "content": "x"}));
    let service =
        Service::start(&script(&[says("", &[write]), says("done", &[]), says("I see.", &[]), says("Yes.", &[])]));
    let pty = open(service.program().args(UNASKED));
    pty.send("write it\r");
    pty.wait_text("done");
    assert!(service.work().join("new.txt").exists());
    pty.send("/undo\r");
    pty.wait_until(|| !service.work().join("new.txt").exists());
    pty.wait_quiet(Duration::from_millis(200));
    pty.send("\x04");
    pty.wait_exit();
    run(&service, &["-c", "what now"]);
    run(&service, &["-c", "and now"]);
    let chats = service.chats();
    let told = |nth: usize| {
        let last = messages(&chats[nth]).last().unwrap()["content"].as_str().unwrap().to_owned();
        (last.contains("new.txt"), last)
    };
    assert!(told(2).0 && told(2).1.ends_with("what now"), "{}", told(2).1);
    assert_eq!(told(3), (false, "and now".into()), "once");
    let prefix = serde_json::to_string(&chats[2].body["messages"]).unwrap();
    assert!(serde_json::to_string(&chats[3].body["messages"]).unwrap().starts_with(prefix.trim_end_matches(']')));
}
