//! A home with a conversation of one finished turn, and a scripted second turn (two edits and a command between
//! them) that can be ended or refused at any point. What the turn left is read from the files, not asked of it.

use std::{
    collections::BTreeSet,
    fs,
    os::unix::{fs::PermissionsExt, process::ExitStatusExt},
    path::{Path, PathBuf},
    process::{Command, Stdio},
};

use glm_tui::{
    journal::{Entry, Read, Record, read},
    quota::Timestamp,
    sim::{self, Handle, Received, Scenario},
};
use serde_json::{Value, json};

use crate::support::{
    pty::glm_tui,
    script::{call, says, script, shell},
    service::{KEY, trust},
};

/// What the model says before each of its steps; the last is the answer.
pub(super) const SAID: [&str; 5] =
    ["I look at both.", "The first one now.", "Then I run it.", "And the second one.", "All of it is done."];

/// What the first turn was answered with.
pub(super) const FIRST: &str = "It is a house.";

const A: [&str; 2] = ["one\ntwo\nthree\n", "one\nthe second\nthree\n"];
const B: [&str; 2] = ["red\ngreen\n", "red\nblue\n"];

/// Files that the program may leave in the folder that is worked in.
const OWN: [&str; 4] = ["a.txt", "b.txt", "counter", "step"];

/// What a run left.
pub(super) struct Run {
    /// Its exit code; `None` = it was killed.
    pub(super) code: Option<i32>,
    pub(super) out: String,
    pub(super) err: String,
    /// The chat requests that came.
    pub(super) chats: Vec<Received>,
}

/// A home, the folder that is worked in, and the state after the first turn.
pub(super) struct House {
    home: tempfile::TempDir,
    saved: tempfile::TempDir,
}

impl House {
    /// Builds it, and has the first turn.
    pub(super) fn new() -> Self {
        let house = Self { home: tempfile::tempdir().unwrap(), saved: tempfile::tempdir().unwrap() };
        fs::create_dir(house.work()).unwrap();
        trust(house.home.path(), &house.work());
        let run = house.run(&["what is this?"], "");
        assert_eq!((run.code, run.out.as_str()), (Some(0), format!("{FIRST}\n").as_str()), "{}", run.err);
        copy(&house.state(), house.saved.path());
        house.reset();
        house
    }

    /// Everything as it was after the first turn.
    pub(super) fn reset(&self) {
        let _ = fs::remove_file(self.home.path().join("acted"));
        fs::remove_dir_all(self.state()).unwrap();
        copy(self.saved.path(), &self.state());
        for name in names(&self.work()) {
            fs::remove_file(self.work().join(name)).unwrap();
        }
        furnish(&self.work());
    }

    /// The folder that is worked in.
    pub(super) fn work(&self) -> PathBuf {
        self.home.path().join("work")
    }

    /// The program's own folder for what must survive.
    pub(super) fn state(&self) -> PathBuf {
        self.home.path().join("state")
    }

    /// The program, pointed at this service, under a plan of faults.
    pub(super) fn command(&self, args: &[&str], service: &Handle, plan: &str) -> Command {
        let mut command = headless(service, &self.work());
        command.args(args).env("GLM_TUI_HOME", self.home.path());
        if !plan.is_empty() {
            command.env("GLM_TUI_FAULT", format!("acted={},{plan}", self.home.path().join("acted").display()));
        }
        command
    }

    /// Runs the program to its end.
    pub(super) fn run(&self, args: &[&str], plan: &str) -> Run {
        let service = service();
        Run::end(self.command(args, &service, plan), &service)
    }

    /// The second turn, in the saved conversation.
    pub(super) fn second(&self, plan: &str) -> Run {
        self.run(&["-c", "change them"], plan)
    }

    /// A third turn, in which the model does nothing.
    pub(super) fn go_on(&self) -> Run {
        self.run(&["-c", "go on"], "")
    }

    /// The plan of the last run came to nothing: it passed fewer points.
    pub(super) fn untouched(&self) -> bool {
        self.acted().is_empty()
    }

    /// The points at which the plan of the last run acted.
    pub(super) fn acted(&self) -> String {
        let text = fs::read_to_string(self.home.path().join("acted")).unwrap_or_default();
        text.lines().collect::<Vec<_>>().join(", ")
    }

    /// The points of the second turn, in order.
    pub(super) fn points(&self) -> Vec<String> {
        let log = self.home.path().join("points");
        let run = self.second(&format!("log={}", log.display()));
        assert_eq!(run.code, Some(0), "{}", run.err);
        let points = fs::read_to_string(&log).unwrap().lines().map(str::to_owned).collect();
        fs::remove_file(log).unwrap();
        points
    }

    /// The log of the one session.
    pub(super) fn log(&self) -> Read {
        log_in(&self.state())
    }

    /// The logs of all sessions; a folder without one is none.
    pub(super) fn logs(&self) -> Vec<Read> {
        let sessions = self.state().join("sessions");
        let ids = names(&sessions).into_iter();
        ids.filter_map(|id| Some(read(&fs::read(sessions.join(id).join("log.jsonl")).ok()?))).collect()
    }

    /// The log after the first turn.
    pub(super) fn first_log(&self) -> Vec<Entry> {
        log_in(self.saved.path()).entries
    }

    /// What of the second turn can be seen on the disk.
    pub(super) fn seen(&self) -> Seen {
        Seen::of(&self.work())
    }

    /// Nothing lies in the folder that is worked in but what belongs there.
    pub(super) fn is_tidy(&self) {
        is_tidy(&self.work());
    }
}

impl Run {
    /// Waits for the end of the program.
    pub(super) fn end(mut command: Command, service: &Handle) -> Self {
        let output = command.output().unwrap();
        let killed = output.status.signal();
        assert!(killed.is_none_or(|signal| signal == 9), "signal {killed:?}");
        Self {
            code: output.status.code(),
            out: String::from_utf8_lossy(&output.stdout).into_owned(),
            err: String::from_utf8_lossy(&output.stderr).into_owned(),
            chats: service.log().requests().into_iter().filter(|r| r.path.ends_with("/chat/completions")).collect(),
        }
    }
}

/// The program without a screen, in a folder, with no home.
pub(super) fn headless(service: &Handle, folder: &Path) -> Command {
    let mut command = Command::new(glm_tui());
    command.args(["-p", "--permission-mode", "yolo", "--sandbox", "off"]);
    command.env_clear().env("PATH", std::env::var_os("PATH").unwrap_or_default()).env("LANG", "C.UTF-8");
    command.env("GLM_TUI_BASE_URL", service.base_url()).env("GLM_TUI_QUOTA_URL", "off");
    command.env("GLM_TUI_API_KEY", KEY);
    command.current_dir(folder).stdin(Stdio::null());
    command
}

/// Puts the files of the second turn into a folder.
pub(super) fn furnish(work: &Path) {
    fs::write(work.join("a.txt"), A[0]).unwrap();
    fs::write(work.join("b.txt"), B[0]).unwrap();
    // Each run of the command adds a line.
    fs::write(work.join("step"), "#!/bin/sh\necho ran >> counter\n").unwrap();
    fs::set_permissions(work.join("step"), fs::Permissions::from_mode(0o755)).unwrap();
}

/// Nothing lies in the folder but what belongs there.
pub(super) fn is_tidy(work: &Path) {
    let there = names(work);
    assert!(there.iter().all(|name| OWN.contains(&name.as_str())), "litter: {there:?}");
}

/// What of the second turn can be seen on the disk.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Seen {
    /// The first edit was made.
    pub(super) a: bool,
    /// How often the command ran.
    pub(super) ran: usize,
    /// The second edit was made.
    pub(super) b: bool,
}

/// All of it.
pub(super) const ALL: Seen = Seen { a: true, ran: 1, b: true };

impl Seen {
    /// Looks into a folder.
    pub(super) fn of(work: &Path) -> Self {
        let text = |name: &str| fs::read_to_string(work.join(name)).unwrap_or_default();
        let edited = |name: &str, states: [&str; 2]| {
            let held = text(name);
            assert!(states.contains(&held.as_str()), "{name} is neither old nor new: {held:?}");
            held == states[1]
        };
        Self { a: edited("a.txt", A), ran: text("counter").lines().count(), b: edited("b.txt", B) }
    }

    /// Nothing of it happened twice, and nothing before what it follows.
    pub(super) fn is_in_order(self) {
        assert!(self.ran <= 1, "the command ran again: {self:?}");
        assert!(self.a || self.ran == 0, "{self:?}");
        assert!(self.ran == 1 || !self.b, "{self:?}");
    }
}

/// What the records of a log say was done or begun of the second turn.
pub(super) fn told_of(entries: &[Entry]) -> Seen {
    let mut seen = Seen { a: false, ran: 0, b: false };
    let (mut tools, mut begun) = (Vec::new(), Vec::new());
    for entry in entries {
        match &entry.record {
            Record::Run(card) => tools.push((card.run, card.tool.clone(), card.target.to_string())),
            Record::Begun(call) => begun.push(call.run),
            _ => {}
        }
    }
    for (run, tool, target) in tools.into_iter().filter(|(run, ..)| begun.contains(run)) {
        let _ = run;
        match tool.as_str() {
            "edit" if target.contains("a.txt") => seen.a = true,
            "edit" if target.contains("b.txt") => seen.b = true,
            "shell" => seen.ran += 1,
            _ => {}
        }
    }
    seen
}

/// The service of one run: the first turn, the second, and the third.
pub(super) fn service() -> Handle {
    let read = |name: &str| call("read", &json!({ "path": name }));
    let edit = |name: &str, old: &str, new: &str| {
        call("edit", &json!({ "path": name, "edits": [{ "old": old, "new": new }] }))
    };
    let mut replies = vec![
        when("what is this", says(FIRST, &[])),
        when("go on", says("As you like.", &[])),
        says(SAID[0], &[read("a.txt"), read("b.txt")]),
        says(SAID[1], &[edit("a.txt", "two", "the second")]),
        says(SAID[2], &[shell("./step")]),
        says(SAID[3], &[edit("b.txt", "green", "blue")]),
        says(SAID[4], &[]),
    ];
    for reply in &mut replies {
        reply["reasoning"] = json!("Let me see.");
    }
    let scenario = Scenario::parse(&script(&replies)).unwrap_or_else(|problem| panic!("{problem:?}"));
    sim::start_in_thread(scenario, 0, Timestamp::now).expect("a free port")
}

fn when(says: &str, mut reply: Value) -> Value {
    reply["when"] = json!({ "says": says });
    reply
}

/// The log of the one session in a state folder.
fn log_in(state: &Path) -> Read {
    let sessions = state.join("sessions");
    let ids: Vec<String> = names(&sessions).into_iter().collect();
    assert_eq!(ids.len(), 1, "one conversation: {ids:?}");
    read(&fs::read(sessions.join(&ids[0]).join("log.jsonl")).unwrap())
}

/// The names in a folder, sorted.
pub(super) fn names(dir: &Path) -> BTreeSet<String> {
    let entries = fs::read_dir(dir).unwrap_or_else(|error| panic!("{}: {error}", dir.display()));
    entries.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect()
}

/// Copies a folder with what is in it into another.
pub(super) fn copy(from: &Path, to: &Path) {
    fs::create_dir_all(to).unwrap();
    for entry in fs::read_dir(from).unwrap() {
        let entry = entry.unwrap();
        let target = to.join(entry.file_name());
        if entry.file_type().unwrap().is_dir() {
            copy(&entry.path(), &target);
        } else {
            fs::copy(entry.path(), target).unwrap();
        }
    }
}
