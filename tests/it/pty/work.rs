//! The agent at work: commands, changes and questions, points 40 to 55 of the acceptance checklist.

use std::{fs, time::Duration};

use glm_tui::{config::SandboxWish, guard::Rung, sim::Received};
use serde_json::{Value, json};

use crate::support::{
    commands::{Shop, alive, mark},
    pty::Pty,
    script::{call, says, script, shell},
    service::{Service, asked, open},
};

/// Nothing is asked.
const UNASKED: [&str; 2] = ["--permission-mode", "yolo"];

/// Commands are asked for, since nothing keeps them in.
const ASKED: [&str; 2] = ["--sandbox", "off"];

/// A command that waits for the file `go`.
const HELD: &str = "until [ -e go ]; do sleep 0.05; done";

/// The results that a request tells the model.
fn told(request: &Received) -> Vec<String> {
    let messages: &Vec<Value> = request.body["messages"].as_array().unwrap();
    let results = messages.iter().filter(|message| message["role"] == "tool");
    results.map(|message| message["content"].as_str().unwrap().to_owned()).collect()
}

/// Waits for the question, lets the time pass in which keys do not count, and answers.
#[track_caller]
fn answer(pty: &Pty, keys: &str) {
    pty.wait_text("Approve?");
    // Half a second since it was drawn and 0.7 s since the last key: twice that.
    pty.wait_at_most(Duration::from_millis(1400), |_| false);
    pty.send(keys);
}

fn edit() -> Value {
    call("edit", &json!({"path": "n.txt", "edits": [{"old": "two", "new": "a new two"}]}))
}

fn read() -> Value {
    call("read", &json!({"path": "n.txt"}))
}

#[test]
fn point_40_the_draft_stays() {
    let mut slow =
        says("word word word word word word word word word word word word word word word", &[read(), edit()]);
    slow["pace"] = json!({"rate": 10.0});
    let service = Service::start(&script(&[slow, says("As you like.", &[])]));
    fs::write(service.work().join("n.txt"), "one\ntwo\n").unwrap();
    let pty = service.open();
    pty.send("go\r");
    pty.wait_text("word");
    pty.send("keep me");
    pty.wait_text("› keep me");
    pty.wait_text("Approve?");
    pty.wait_text("your draft › keep me");
    answer(&pty, "\x1b");
    pty.wait_text("As you like.");
    pty.wait_text("› keep me");
    pty.send("\x1bOQ");
    pty.wait_text(" glm-5.3-flash ");
    pty.wait_text("› keep me");
    pty.resize(60, 20);
    pty.wait_text("› keep me");
    pty.send(" too");
    pty.wait_text("› keep me too");
    assert_eq!(fs::read_to_string(service.work().join("n.txt")).unwrap(), "one\ntwo\n");
}

#[test]
fn point_42_esc_while_a_command_runs() {
    let mark = mark();
    let line = format!("echo be$((6 * 7))gun; setsid sleep {mark} & sleep {mark}");
    let service = Service::start(&script(&[says("I start it.", &[shell(&line)]), says("It was stopped.", &[])]));
    let pty = open(service.program().args(UNASKED));
    pty.send("run it\r");
    pty.wait_text("be42gun");
    pty.wait_until(|| alive(&mark).len() >= 2);
    pty.wait_text("esc: interrupt");
    pty.send("\x1b");
    pty.wait_text("interrupted");
    pty.wait_until(|| alive(&mark).is_empty());
    pty.wait_text("Enter: send");
    let text = pty.text();
    assert!(text.contains("I start it.") && text.contains("stopped"), "kept and marked:\n{text}");
    pty.send("and now?\r");
    pty.wait_text("It was stopped.");
    let told = told(&service.wait_chats(2));
    assert!(told[0].contains("Stopped"), "{told:?}");
}

#[test]
fn point_43_esc_before_any_output() {
    let mut hang = says("", &[]);
    hang["fault"] = json!({"before": "hang"});
    let service = Service::start(&script(&[hang]));
    let pty = service.open();
    pty.send("please hang\r");
    let request = service.wait_chats(1);
    assert!(request.body["tools"].as_array().is_some_and(|tools| tools.len() > 5), "tools are offered");
    pty.wait_text("esc: interrupt");
    pty.send("\x1b");
    pty.wait_text("Enter: send");
    pty.wait_text("› please hang");
    pty.send("!");
    pty.wait_text("› please hang!");
}

#[test]
fn point_44_steer_and_queue_while_a_command_runs() {
    let service = Service::start(&script(&[says("", &[shell(HELD)]), says("Steered.", &[]), says("And later.", &[])]));
    let pty = open(service.program().args(UNASKED));
    pty.send("go\r");
    pty.wait_text("Running ");
    pty.wait_text("Enter: steer · Tab: queue");
    pty.send("short steer\r");
    pty.wait_text("1 queued");
    pty.send("short later\t");
    pty.wait_text("2 queued");
    pty.send("\x1b[A");
    pty.wait_text("› short later");
    pty.send(" edited\t");
    pty.wait_text("short later edited");
    pty.wait_text("2 queued");
    assert_eq!(service.chats().len(), 1, "nothing is sent before its time");
    fs::write(service.work().join("go"), "").unwrap();
    let steered = service.wait_chats(2);
    assert_eq!(asked(&steered), "short steer");
    let roles: Vec<&Value> = steered.body["messages"].as_array().unwrap().iter().map(|m| &m["role"]).collect();
    assert_eq!(roles, ["system", "user", "assistant", "tool", "user"], "behind the result");
    assert!(!told(&steered)[0].contains("topped"), "the command was not cut short: {:?}", told(&steered));
    assert_eq!(asked(&service.wait_chats(3)), "short later edited");
    pty.wait_text("And later.");
    pty.wait_text("Enter: send");
}

#[test]
fn point_45_a_stream_that_drops_behind_a_command() {
    let mut dropped = says("the first half of this sentence and now its second half", &[]);
    dropped["fail_first"] = json!(1);
    dropped["fault"] = json!({"drop_after": 12});
    let service = Service::start(&script(&[says("", &[shell("echo ran >> log")]), dropped]));
    let pty = open(service.program().args(UNASKED));
    pty.send("go\r");
    pty.wait_for(|screen| {
        let text = screen.contents();
        text.contains("Retrying in ") && text.contains("try 2 of 8") && text.contains("cut")
    });
    pty.wait_text("second half");
    pty.wait_text("Enter: send");
    assert_eq!(pty.text().matches("the first half").count(), 1, "said twice:\n{}", pty.text());
    assert_eq!(fs::read_to_string(service.work().join("log")).unwrap(), "ran\n", "the command ran once");
    let chats = service.chats();
    assert_eq!((chats.len(), told(&chats[1]) == told(&chats[2])), (3, true));
}

#[test]
fn point_51_a_long_command_behind_a_comment() {
    let tests = ["gauge::reset", "gauge::forecast", "gauge::draw", "poll::retry", "poll::late"]
        .map(|name| format!("another_very_long_name_of_a_module_of_tests::{name}_at_the_end"));
    let line = format!("# just look around\ntouch made-by-it {} last-word", tests.join(" "));
    assert!(line.len() > 300);
    let replies = [says("", &[shell(&line)]), says("", &[shell(&line)]), says("All right.", &[])];
    let service = Service::start(&script(&replies));
    let pty = open(service.program().args(ASKED));
    pty.send("go\r");
    pty.wait_text("Approve?");
    let whole = pty.text().split_whitespace().collect::<String>();
    for word in line.split_whitespace() {
        assert!(whole.contains(word), "no {word} in:\n{}", pty.text());
    }
    assert!(!pty.text().contains("this session"), "a comment may hide anything: no standing yes");
    answer(&pty, "n\r");
    // In a small window its end is out of sight: a yes does not count before it was seen.
    pty.resize(40, 12);
    pty.wait_text("step 1.2");
    answer(&pty, "y");
    pty.wait_at_most(Duration::from_millis(500), |text| !text.contains("Approve?"));
    pty.wait_for(|screen| screen.contents().contains("Approve?") && screen.contents().contains("PgDn"));
    assert!(!service.work().join("made-by-it").exists());
    pty.send("\x1b[6~\x1b[6~\x1b[6~\x1b[6~");
    pty.wait_text("–13/13");
    answer(&pty, "y");
    pty.wait_until(|| service.work().join("made-by-it").exists());
    pty.wait_text("All right.");
}

#[test]
fn point_51_the_rule_of_a_standing_yes() {
    let rung = Shop::new(SandboxWish::Auto).rung;
    if rung != Rung::Full {
        println!("skipped: the sandbox of this machine is {rung:?}");
        return;
    }
    let outside = |line: &str| says("", &[call("shell", &json!({"command": line, "network": true}))]);
    let replies = [outside("touch first"), outside("touch first"), outside("touch second"), says("Made.", &[])];
    let service = Service::start(&script(&replies));
    let pty = service.open();
    pty.send("go\r");
    pty.wait_text("step 1.1");
    pty.wait_text("s  this session: Network(touch first)");
    answer(&pty, "s");
    // The same again is not asked, another command is.
    pty.wait_text("step 1.3");
    assert_eq!(service.chats().len(), 3);
    assert!(service.work().join("first").exists() && !service.work().join("second").exists());
    answer(&pty, "\x1b");
    pty.wait_text("Made.");
    assert!(!service.work().join("second").exists());
}

#[test]
fn point_52_prc_12_words_typed_as_the_question_opens() {
    let replies = [says("", &[shell("rm -rf build")]), says("It stays.", &[])];
    for (keys, draft) in [("yes sure", "yes sure"), ("y1sp", "y1sp")] {
        let service = Service::start(&script(&replies));
        fs::create_dir(service.work().join("build")).unwrap();
        let pty = open(service.program().args(ASKED));
        pty.send("go\r");
        pty.wait_text("Approve?");
        pty.send(keys);
        pty.wait_text(&format!("your draft › {draft}"));
        pty.wait_text("Approve?");
        assert_eq!(service.chats().len(), 1, "nothing is answered");
        answer(&pty, "\x1b");
        pty.wait_text("It stays.");
        pty.wait_text(&format!("› {draft}"));
        assert!(service.work().join("build").exists());
        assert!(told(&service.wait_chats(2))[0].contains("refused"));
    }
}

#[test]
fn point_53_a_no_with_its_reason() {
    let new = call("write", &json!({"path": "new.txt", "content": "x\n"}));
    let service = Service::start(&script(&[says("", &[new, shell("echo ran >> log")]), says("Then not.", &[])]));
    let pty = open(service.program().args(ASKED));
    pty.send("go\r");
    answer(&pty, "nnot there\r");
    pty.wait_text("you said no: not there");
    // The next call has its own question.
    pty.wait_text("run a command");
    answer(&pty, "\x1b");
    pty.wait_text("Then not.");
    pty.wait_text("Enter: send");
    let told = told(&service.wait_chats(2));
    assert!(told[0].contains("refused") && told[0].contains("not there"), "{told:?}");
    assert!(told[1].contains("refused"), "{told:?}");
    assert_eq!(fs::read_dir(service.work()).unwrap().count(), 0, "no effect");
}

#[test]
fn point_54_output_while_it_comes_and_too_much_of_it() {
    let line = format!("for i in 1 2 3 4 5; do echo tick-$i; sleep 0.2; done; {HELD}; seq 1 1400000; echo b$((40+2))e");
    let service = Service::start(&script(&[says("", &[shell(&line)]), says("Many lines.", &[])]));
    let pty = open(service.program().args(UNASKED));
    pty.send("go\r");
    for tick in ["tick-1", "tick-3"] {
        pty.wait_text(tick);
    }
    pty.wait_text("Running ");
    pty.wait_for(|screen| screen.contents().contains("· 2s ·"));
    assert_eq!(service.chats().len(), 1, "it runs");
    pty.send("typed meanwhile");
    pty.wait_text("› typed meanwhile");
    fs::write(service.work().join("go"), "").unwrap();
    pty.wait_text("Many lines.");
    pty.wait_text("1400006 lines");
    let told = told(&service.wait_chats(2)).remove(0);
    assert!(told.len() < 100_000 && told.contains("tick-1") && told.contains("b42e"), "{} bytes", told.len());
    let status = fs::read_to_string(format!("/proc/{}/status", pty.pid())).unwrap();
    let most = status.lines().find_map(|line| line.strip_prefix("VmHWM:")).unwrap();
    let most: u64 = most.trim().trim_end_matches(" kB").parse().unwrap();
    assert!(most < 200_000, "{most} kB");
}

#[test]
fn point_55_a_change_without_colours() {
    for (columns, beside) in [(80, false), (160, true)] {
        let service = Service::start(&script(&[says("", &[read(), edit()]), says("Changed.", &[])]));
        fs::write(service.work().join("n.txt"), "one\ntwo\nthree\n").unwrap();
        let pty = open(service.program().env("NO_COLOR", "1").size(columns, 40));
        pty.send("go\r");
        pty.wait_text("Approve?");
        let text = pty.text();
        let (old, new) = (pty.row_of("- two"), pty.row_of("+ a new two"));
        assert_eq!(old == new, beside, "at {columns}:\n{text}");
        answer(&pty, "y");
        pty.wait_text("Changed.");
        pty.wait_text("- two");
        pty.wait_text("+ a new two");
        pty.wait_text("+1 −1");
        assert_eq!(fs::read_to_string(service.work().join("n.txt")).unwrap(), "one\na new two\nthree\n");
    }
}

#[test]
fn point_49_the_hint_for_esc_is_true_of_a_question_and_a_command() {
    let replies = [says("", &[shell("rm -rf build")]), says("", &[shell(HELD)]), says("Never.", &[])];
    let service = Service::start(&script(&replies));
    fs::create_dir(service.work().join("build")).unwrap();
    let pty = service.open();
    pty.send("go\r");
    pty.wait_text("esc: no");
    answer(&pty, "\x1b");
    pty.wait_text("you said no");
    assert!(service.work().join("build").exists());
    pty.wait_text("step 1.2");
    answer(&pty, "y");
    pty.wait_text("Running ");
    pty.wait_text("esc: interrupt");
    pty.send("\x1b");
    pty.wait_text("interrupted");
    pty.wait_gone("esc: interrupt");
    assert_eq!(service.chats().len(), 2, "the turn ended");
}

#[test]
fn prc_10_ctrl_c_at_a_question_is_no_and_ends_the_turn() {
    let service = Service::start(&script(&[says("I ask.", &[shell("rm -rf build")]), says("Never.", &[])]));
    fs::create_dir(service.work().join("build")).unwrap();
    let pty = service.open();
    pty.send("go\r");
    answer(&pty, "\x03");
    pty.wait_text("interrupted");
    pty.wait_text("Enter: send");
    assert!(service.work().join("build").exists());
    assert_eq!(service.chats().len(), 1);
}
