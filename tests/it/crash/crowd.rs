//! STO-07 and many programs at once: two in one folder, two in one conversation, twenty for a while. Logs are never
//! mixed, nothing is torn, nothing is lost.

use std::{
    collections::BTreeMap,
    fs,
    os::unix::fs::PermissionsExt,
    path::Path,
    sync::Mutex,
    time::{Duration, Instant},
};

use glm_tui::journal::{Read, Record, read};
use serde_json::json;

use super::house::names;
use crate::support::{
    pty::{PATIENCE, Pty},
    script::{says, script, shell},
    service::{Service, open},
};

/// Programs at once.
const PROGRAMS: usize = 20;
/// How long they are started again and again, in seconds; the environment may say so.
const SECONDS: (&str, u64) = ("GLM_TUI_TEST_CROWD_SECONDS", 8);
/// Each program is started so often at least.
const ROUNDS: usize = 2;

/// The logs of all conversations, by their ids.
fn logs(home: &Path) -> BTreeMap<String, Read> {
    let sessions = home.join("state/sessions");
    let with_log = |id: String| {
        let bytes = fs::read(sessions.join(&id).join("log.jsonl")).ok()?;
        Some((id, read(&bytes)))
    };
    names(&sessions).into_iter().filter_map(with_log).collect()
}

/// The prompts of a log in order, and no damage.
fn prompts(log: &Read) -> Vec<String> {
    assert_eq!((log.damage.bad, log.damage.missing, log.damage.torn), (0, 0, 0), "{:?}", log.damage);
    let prompts = log.entries.iter().filter_map(|entry| match &entry.record {
        Record::Turn { prompt, .. } => Some(prompt.as_str().to_owned()),
        _ => None,
    });
    prompts.collect()
}

/// A service whose first conversation runs a command that waits for the file `go`.
fn held() -> Service {
    let mut answer = says("Fine.", &[]);
    answer["when"] = json!({ "says": "another" });
    let service = Service::start(&script(&[answer, says("I wait.", &[shell("./held")]), says("It is done.", &[])]));
    let program = service.work().join("held");
    fs::write(&program, "#!/bin/sh\ntouch up\nuntil [ -e go ]; do sleep 0.05; done\n").unwrap();
    fs::set_permissions(program, fs::Permissions::from_mode(0o755)).unwrap();
    service
}

const UNASKED: [&str; 4] = ["--permission-mode", "yolo", "--sandbox", "off"];

#[test]
fn sto_07_two_programs_in_one_folder_keep_two_conversations() {
    let service = held();
    std::thread::scope(|scope| {
        let first = scope.spawn(|| service.headless(&service.work(), &[&UNASKED[..], &["wait for me"]].concat()));
        wait(|| service.work().join("up").exists());
        let second = service.headless(&service.work(), &[&UNASKED[..], &["another"]].concat());
        assert_eq!((second.code, second.out.as_str()), (0, "Fine.\n"), "{}", second.err);
        fs::write(service.work().join("go"), "").unwrap();
        let first = first.join().unwrap();
        assert_eq!((first.code, first.out.as_str()), (0, "It is done.\n"), "{}", first.err);
    });
    let mut all: Vec<_> = logs(service.home()).values().map(prompts).collect();
    all.sort();
    assert_eq!(all, [["another"], ["wait for me"]]);
}

#[test]
fn sto_07_a_second_program_in_a_conversation_goes_on_in_a_copy() {
    let service = held();
    std::thread::scope(|scope| {
        let first = scope.spawn(|| service.headless(&service.work(), &[&UNASKED[..], &["wait for me"]].concat()));
        wait(|| service.work().join("up").exists());
        let second = service.headless(&service.work(), &[&UNASKED[..], &["-c", "another"]].concat());
        assert_eq!((second.code, second.out.as_str()), (0, "Fine.\n"), "{}", second.err);
        assert!(second.err.contains("copy"), "it is said: {}", second.err);
        fs::write(service.work().join("go"), "").unwrap();
        let first = first.join().unwrap();
        assert_eq!((first.code, first.out.as_str()), (0, "It is done.\n"), "{}", first.err);
    });
    let logs = logs(service.home());
    let mut all: Vec<_> = logs.values().map(prompts).collect();
    all.sort();
    assert_eq!(all, [vec!["wait for me"], vec!["wait for me", "another"]], "each its own");
}

#[track_caller]
fn wait(so: impl Fn() -> bool) {
    let until = Instant::now() + PATIENCE;
    while !so() {
        assert!(Instant::now() < until, "not in time");
        // Nothing tells of files outside a terminal: they are looked at again and again.
        std::thread::park_timeout(Duration::from_millis(5));
    }
}

/// Starts the program on the screen, has one turn, and leaves. Returns how long the first frame took.
fn visit(service: &Service, prompt: &str, again: bool) -> Duration {
    let args = if again { vec!["-c"] } else { Vec::new() };
    let began = Instant::now();
    let pty: Pty = open(service.program().args(args));
    let took = began.elapsed();
    pty.send(format!("{prompt}\r"));
    pty.wait_for(|screen| {
        let text = screen.contents();
        text.contains(&format!("heard {prompt}.")) && text.contains("Enter: send")
    });
    pty.send("/exit\r");
    assert_eq!(pty.wait_exit(), 0);
    took
}

#[test]
fn sto_07_twenty_programs_in_one_folder_for_a_while() {
    let seconds = std::env::var(SECONDS.0).ok().and_then(|text| text.parse().ok()).unwrap_or(SECONDS.1);
    let mut replies = Vec::new();
    for program in 0..PROGRAMS {
        for round in 0..200 {
            let mut reply = says(&format!("heard p{program}r{round}x."), &[]);
            reply["when"] = json!({ "says": format!("p{program}r{round}x") });
            replies.push(reply);
        }
    }
    let service = Service::start(&script(&replies));
    let until = Instant::now() + Duration::from_secs(seconds);
    let starts = Mutex::new([Vec::new(), Vec::new()]);
    let sent = Mutex::new(Vec::new());
    std::thread::scope(|scope| {
        for program in 0..PROGRAMS {
            let (service, starts, sent) = (&service, &starts, &sent);
            scope.spawn(move || {
                for round in 0..200 {
                    if round >= ROUNDS && Instant::now() > until {
                        return;
                    }
                    let prompt = format!("p{program}r{round}x");
                    // Every other time in the newest conversation, which is another program's as a rule.
                    let took = visit(service, &prompt, round % 2 == 1);
                    starts.lock().unwrap()[round % 2].push(took);
                    sent.lock().unwrap().push(prompt);
                }
            });
        }
    });
    let (starts, sent) = (starts.into_inner().unwrap(), sent.into_inner().unwrap());
    let logs = logs(service.home());
    let kept: Vec<Vec<String>> = logs.values().map(prompts).collect();
    let history = fs::read_to_string(service.home().join("state/history.jsonl")).unwrap();
    let history: Vec<String> = history.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    println!("{PROGRAMS} programs, {} visits, {} conversations", sent.len(), logs.len());
    for (what, mut took) in ["anew", "with -c"].into_iter().zip(starts) {
        took.sort();
        let (median, most, last) = (took[took.len() / 2], took[took.len() * 95 / 100], took[took.len() - 1]);
        println!("start {what}, all of them at once: median {median:?}, 95 % {most:?}, longest {last:?}");
    }
    for prompt in &sent {
        assert!(kept.iter().any(|prompts| prompts.contains(prompt)), "{prompt} is in no log");
        assert_eq!(history.iter().filter(|held| *held == prompt).count(), 1, "{prompt} in the history");
    }
    assert_eq!(history.len(), sent.len());
    // A conversation that was copied begins as the one that it was copied from; no log has a prompt twice.
    for prompts in &kept {
        let mut once = prompts.clone();
        once.sort();
        once.dedup();
        assert_eq!(once.len(), prompts.len(), "{prompts:?}");
    }
}
