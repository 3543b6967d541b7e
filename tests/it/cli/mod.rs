//! The binary without a screen: what it prints, with which exit code, and what it never prints.

mod account;
mod flags;
mod network;
mod print;
mod replay;
mod secure;
mod tools;

use std::{
    io::Write,
    process::{Child, Command, Stdio},
    sync::mpsc,
    time::Duration,
};

use glm_tui::{
    quota::Timestamp,
    sim::{self, Handle, Scenario},
};
use tempfile::TempDir;

/// A key that must be found in one header only.
pub(crate) const CANARY: &str = "c0ffee0123456789.CanaryCanaryCanary";

/// Far above what any of these runs takes.
const PATIENCE: Duration = Duration::from_secs(60);

/// What a run left.
pub(crate) struct Outcome {
    pub(crate) code: i32,
    pub(crate) out: String,
    pub(crate) err: String,
}

impl Outcome {
    /// The run ended with this code and printed no secret.
    #[track_caller]
    pub(crate) fn ends(&self, code: i32) -> &Self {
        assert_eq!(self.code, code, "out: {}\nerr: {}", self.out, self.err);
        let all = format!("{}{}", self.out, self.err);
        assert!(!all.contains(CANARY) && !all.contains("CanaryCanary"), "the key is printed: {all}");
        assert!(!all.contains("panicked"), "{all}");
        self
    }

    /// Standard error holds these words.
    #[track_caller]
    pub(crate) fn says(&self, words: &[&str]) -> &Self {
        for word in words {
            assert!(self.err.contains(word), "{word:?} in: {}", self.err);
        }
        self
    }

    #[track_caller]
    pub(crate) fn json(&self) -> serde_json::Value {
        serde_json::from_str(&self.out).unwrap_or_else(|error| panic!("{error}: {}", self.out))
    }
}

/// The program with a home of its own and nothing else of this machine.
pub(crate) struct Program {
    pub(crate) home: TempDir,
    env: Vec<(String, String)>,
    args: Vec<String>,
}

impl Program {
    pub(crate) fn new() -> Self {
        Self { home: tempfile::tempdir().unwrap(), env: Vec::new(), args: Vec::new() }
    }

    /// The program pointed at this address with the canary for a key.
    pub(crate) fn at(base_url: &str) -> Self {
        Self::new().env("GLM_TUI_API_KEY", CANARY).args(&["--base-url", base_url])
    }

    pub(crate) fn env(mut self, name: &str, value: &str) -> Self {
        self.env.push((name.into(), value.into()));
        self
    }

    /// Arguments of every run.
    pub(crate) fn args(mut self, args: &[&str]) -> Self {
        self.args.extend(args.iter().map(ToString::to_string));
        self
    }

    /// A file below the home folder.
    pub(crate) fn file(self, name: &str, text: &str) -> Self {
        let path = self.home.path().join(name);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, text).unwrap();
        self
    }

    pub(crate) fn command(&self, args: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_glm-tui"));
        command
            .env_clear()
            .env("GLM_TUI_HOME", self.home.path())
            .env("LANG", "C.UTF-8")
            .env("TZ", "UTC")
            .envs(self.env.iter().map(|(name, value)| (name, value)))
            .args(args)
            .args(&self.args)
            .current_dir(self.home.path())
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped());
        command
    }

    /// Runs to the end with nothing to read.
    pub(crate) fn run(&self, args: &[&str]) -> Outcome {
        finish(self.command(args).spawn().unwrap())
    }

    /// Runs to the end with this to read.
    pub(crate) fn feed(&self, args: &[&str], input: &[u8]) -> Outcome {
        let mut child = self.command(args).stdin(Stdio::piped()).spawn().unwrap();
        // A program that does not read is free to go before it has all.
        let _ = child.stdin.take().unwrap().write_all(input);
        finish(child)
    }
}

/// Waits for the end of a run, within reason.
fn finish(child: Child) -> Outcome {
    let pid = rustix::process::Pid::from_child(&child);
    let (sender, receiver) = mpsc::channel();
    std::thread::spawn(move || sender.send(child.wait_with_output()));
    let Ok(output) = receiver.recv_timeout(PATIENCE) else {
        let _ = rustix::process::kill_process(pid, rustix::process::Signal::KILL);
        panic!("it does not end");
    };
    let output = output.unwrap();
    Outcome {
        code: output.status.code().unwrap_or(-1),
        out: String::from_utf8(output.stdout).unwrap(),
        err: String::from_utf8(output.stderr).unwrap(),
    }
}

/// A simulated service on a thread of its own.
fn serve(toml: &str) -> Handle {
    let scenario = Scenario::parse(toml).unwrap_or_else(|problem| panic!("{}", problem.what));
    sim::start_in_thread(scenario, 0, Timestamp::now).unwrap()
}
