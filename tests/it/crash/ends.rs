//! PRC-01, PRC-02, PRC-03, PRC-04, PRC-05 as far as conversations go: however the program ends, the terminal is given
//! back and the conversation is there again with what was shown.

use std::{fs, time::Duration};

use glm_tui::journal::{Read, Record, Story, Stream, read};
use rustix::process::Signal;
use serde_json::{Value, json};

use super::house::names;
use crate::{
    pty::{start::shell as shell_with_jobs, term::assert_restored},
    support::{
        pty::Pty,
        script::{call, says, script, shell},
        service::{Service, asked, open},
    },
};

/// What the first turn was answered with.
const FIRST: &str = "Good morning to you.";
/// Longer than text may wait in memory (RELIABILITY.md P1), on a loaded machine too.
const ON_ITS_WAY: Duration = Duration::from_millis(500);
const SIGNALS: [(Signal, u32); 4] = [(Signal::TERM, 143), (Signal::HUP, 129), (Signal::INT, 130), (Signal::QUIT, 131)];

fn when(says: &str, mut reply: Value) -> Value {
    reply["when"] = json!({ "says": says });
    reply
}

/// A service and a saved conversation of one turn; `reply` is the answer to what follows.
fn begun(reply: Value) -> Service {
    let replies = [when("hello", says(FIRST, &[])), when("go on", says("As you like.", &[])), reply];
    let service = Service::start(&script(&replies));
    let run = service.headless(&service.work(), &["hello"]);
    assert_eq!((run.code, run.out.as_str()), (0, format!("{FIRST}\n").as_str()), "{}", run.err);
    service
}

/// A reply that streams words for some seconds.
fn stream() -> Value {
    let mut reply = json!({ "answer": { "tokens": 600, "of": "word after word " } });
    reply["pace"] = json!({ "rate": 100.0 });
    reply
}

/// The program in the saved conversation.
fn back(service: &Service, env: &[(&str, &str)]) -> Pty {
    let program = service.program().args(["-c", "--permission-mode", "yolo", "--sandbox", "off"]);
    let pty = open(env.iter().fold(program, |program, (name, value)| program.env(name, *value)));
    pty.wait_text(FIRST);
    pty
}

/// The id and the log of the one conversation.
fn log(service: &Service) -> (String, Read) {
    let sessions = service.home().join("state/sessions");
    let ids: Vec<String> = names(&sessions).into_iter().collect();
    assert_eq!(ids.len(), 1, "{ids:?}");
    (ids[0].clone(), read(&fs::read(sessions.join(&ids[0]).join("log.jsonl")).unwrap()))
}

/// All answers in the log.
fn answers(log: &Read) -> String {
    let texts = log.entries.iter().filter_map(|entry| match &entry.record {
        Record::Text { of: Stream::Answer, text, .. } => Some(text.as_str()),
        _ => None,
    });
    texts.collect()
}

/// The conversation is whole up to here and goes on, on the screen and for the model.
fn goes_on(service: &Service, shown: &str) {
    let (_, log) = log(service);
    assert_eq!((log.damage.bad, log.damage.missing), (0, 0), "{:?}", log.damage);
    assert!(answers(&log).contains(shown), "{shown:?} was shown; kept is: {}", answers(&log));
    let before = service.chats().len();
    let pty = back(service, &[]);
    // A prompt that nothing had answered is in the composer again.
    if let Some(prompt) = Story::tell(log).unwrap().unfinished.prompt {
        pty.wait_text(&format!("› {prompt}"));
        pty.send("\x03");
        pty.wait_gone(&format!("› {prompt}"));
    }
    pty.send("go on\r");
    pty.wait_text("As you like.");
    let request = service.wait_chats(before + 1);
    assert_eq!(asked(&request), "go on");
    let messages = request.body["messages"].as_array().unwrap();
    assert!(messages.iter().any(|message| message["content"] == FIRST), "{messages:?}");
    pty.send("/exit\r");
    assert_eq!(pty.wait_exit(), 0);
}

#[test]
fn prc_01_a_panic_anywhere_gives_the_terminal_back_and_names_the_conversation() {
    if !cfg!(debug_assertions) {
        println!("skipped: a build for release has no way to break on purpose");
        return;
    }
    let edit = call("write", &json!({ "path": "new.txt", "content": "x" }));
    let wishes = [
        ("the screen", ("GLM_TUI_PANIC", "ui")),
        ("a task", ("GLM_TUI_FAULT", "panic:files@1")),
        ("the log's thread", ("GLM_TUI_FAULT", "panic:log@1")),
        ("the log's thread, at a sync", ("GLM_TUI_FAULT", "panic:log@2")),
    ];
    for (what, wish) in wishes {
        let service = begun(says("I write it.", std::slice::from_ref(&edit)));
        let (id, _) = log(&service);
        let pty = back(&service, &[wish]);
        pty.send("write it\r");
        assert_ne!(pty.wait_exit(), 0, "{what}");
        assert_restored(&pty);
        pty.wait_text("glm-tui stopped: a fault in the program.");
        pty.wait_text("report: ");
        pty.wait_text(&format!("glm-tui --resume {id}"));
        assert_eq!(names(&service.home().join("state/crashes")).len(), 1, "{what}");
        goes_on(&service, FIRST);
    }
}

#[test]
fn prc_02_a_signal_while_nothing_happens() {
    for (signal, code) in SIGNALS {
        let service = begun(says("", &[]));
        let pty = back(&service, &[]);
        pty.kill(signal);
        assert_eq!(pty.wait_exit(), code, "{signal:?}");
        assert_restored(&pty);
        goes_on(&service, FIRST);
    }
}

/// What of a streamed answer is on the screen: its words up to the last whole row.
fn shown(pty: &Pty) -> usize {
    pty.text().matches("word").count()
}

#[test]
fn prc_02_a_signal_in_mid_stream_loses_nothing_that_was_shown() {
    for (signal, code) in SIGNALS {
        let service = begun(stream());
        let pty = back(&service, &[]);
        pty.send("tell me\r");
        pty.wait_for(|screen| screen.contents().matches("word").count() > 20);
        let words = shown(&pty);
        pty.kill(signal);
        assert_eq!(pty.wait_exit(), code, "{signal:?}");
        assert_restored(&pty);
        let kept = answers(&log(&service).1).matches("word").count();
        assert!(kept >= words, "{signal:?}: {words} words were shown, {kept} are kept");
        goes_on(&service, "word after word");
    }
}

#[test]
fn prc_02_a_signal_while_a_command_runs_or_a_question_waits() {
    for (signal, code) in SIGNALS {
        for asks in [false, true] {
            let line = if asks { "rm -rf build" } else { "./held" };
            let service = begun(says("I run it.", &[shell(line)]));
            fs::write(service.work().join("held"), "#!/bin/sh\necho up >> up\nexec sleep 60\n").unwrap();
            fs::set_permissions(service.work().join("held"), std::os::unix::fs::PermissionsExt::from_mode(0o755))
                .unwrap();
            fs::create_dir(service.work().join("build")).unwrap();
            let pty = back(&service, &[]);
            pty.send("run it\r");
            if asks {
                pty.wait_text("Approve?");
            } else {
                pty.wait_until(|| service.work().join("up").exists());
            }
            pty.kill(signal);
            assert_eq!(pty.wait_exit(), code, "{signal:?}");
            assert_restored(&pty);
            goes_on(&service, "I run it.");
            let told = service.chats().pop().unwrap().body.to_string();
            assert!(service.work().join("build").exists());
            let ran = fs::read_to_string(service.work().join("up")).unwrap_or_default();
            assert_eq!(ran.lines().count(), usize::from(!asks), "{signal:?}: it is not run again; {told}");
        }
    }
}

#[test]
fn prc_05_killed_in_mid_stream_loses_a_tenth_of_a_second_at_most() {
    let service = begun(stream());
    let pty = back(&service, &[]);
    pty.send("tell me\r");
    pty.wait_for(|screen| screen.contents().matches("word").count() > 20);
    let words = shown(&pty);
    // What is on the screen now must be in the file after the time that text may wait.
    pty.wait_at_most(ON_ITS_WAY, |_| false);
    pty.kill(Signal::KILL);
    pty.wait_exit();
    assert_restored(&pty);
    let kept = answers(&log(&service).1).matches("word").count();
    assert!(kept >= words, "{words} words were shown, {kept} are kept");
    goes_on(&service, "word after word");
}

#[test]
fn prc_03_suspended_for_a_while_the_conversation_goes_on() {
    let service = begun(stream());
    let pty = shell_with_jobs(&service);
    pty.send("$RUN -c\n");
    pty.wait_text(FIRST);
    pty.send("tell me\r");
    pty.wait_text("word after word");
    pty.send("\x1a");
    pty.wait_for(|screen| !screen.alternate_screen() && screen.contents().matches("ready>").count() > 1);
    assert_restored(&pty);
    pty.send("fg\n");
    pty.wait_for(|screen| screen.alternate_screen() && screen.contents().contains("word after word"));
    pty.send("\x03");
    pty.wait_text("interrupted");
    pty.send("/exit\r");
    pty.wait_for(|screen| !screen.alternate_screen());
    assert_restored(&pty);
    drop(pty);
    goes_on(&service, "word after word");
}

#[test]
fn prc_04_the_terminal_goes_away_and_the_conversation_stays() {
    let service = begun(stream());
    let mut pty = back(&service, &[]);
    pty.send("tell me\r");
    pty.wait_for(|screen| screen.contents().matches("word").count() > 20);
    pty.hang_up();
    assert_eq!(pty.wait_exit(), 129);
    goes_on(&service, "word after word");
}
