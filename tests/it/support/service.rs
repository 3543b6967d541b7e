//! The simulated service in a thread, and the real program pointed at it with a home of its own.

use std::{
    path::{Path, PathBuf},
    process::{Command, Stdio},
    time::{Duration, Instant},
};

use glm_tui::{
    config::{Environment, Paths},
    guard::TrustStore,
    quota::Timestamp,
    sim::{self, Handle, Received, Scenario},
};
use serde_json::Value;
use tempfile::TempDir;

use super::pty::{PATIENCE, Program, Pty, glm_tui};

/// The key that the program is given.
pub(crate) const KEY: &str = "0123456789abcdef.SecretTail";

/// What a run without a screen left.
pub(crate) struct Run {
    pub(crate) code: i32,
    pub(crate) out: String,
    pub(crate) err: String,
}

/// The person who uses this home trusts this folder.
pub(crate) fn trust(home: &Path, folder: &Path) {
    let vars = [("GLM_TUI_HOME".to_owned(), home.as_os_str().to_owned())].into();
    let (paths, problems) = Paths::resolve(&Environment { vars, ..Environment::default() }).0.prepare();
    assert!(problems.is_empty(), "{problems:?}");
    TrustStore::new(&paths).set(folder, true).unwrap();
}

/// A service and a home folder.
pub(crate) struct Service {
    handle: Handle,
    home: TempDir,
}

impl Service {
    /// Starts a scenario (TOML).
    pub(crate) fn start(scenario: &str) -> Self {
        let scenario = Scenario::parse(scenario).unwrap_or_else(|problem| panic!("{problem:?}"));
        let handle = sim::start_in_thread(scenario, 0, Timestamp::now).expect("a free port");
        let home = tempfile::tempdir().unwrap();
        let service = Self { handle, home };
        std::fs::create_dir(service.work()).unwrap();
        trust(service.home(), &service.work());
        service
    }

    /// The trusted folder that the program works in.
    pub(crate) fn work(&self) -> PathBuf {
        self.home.path().join("work")
    }

    /// The address of the model calls.
    pub(crate) fn base_url(&self) -> String {
        self.handle.base_url()
    }

    /// The person trusts this folder.
    pub(crate) fn trusts(&self, folder: &Path) {
        trust(self.home(), folder);
    }

    /// Runs the program without a screen in this folder, which is trusted, to its end.
    pub(crate) fn headless(&self, folder: &Path, args: &[&str]) -> Run {
        self.trusts(folder);
        finish(self.program().args(["--print"]).args(args.iter().copied()).folder(folder))
    }

    /// Writes the program's config file.
    pub(crate) fn config(self, toml: &str) -> Self {
        let folder = self.home.path().join("config");
        std::fs::create_dir_all(&folder).unwrap();
        std::fs::write(folder.join("config.toml"), toml).unwrap();
        self
    }

    /// The home folder of the program.
    pub(crate) fn home(&self) -> &Path {
        self.home.path()
    }

    /// The program, pointed at the service.
    pub(crate) fn program(&self) -> Program {
        Program::new(glm_tui())
            .folder(self.work())
            .env("GLM_TUI_HOME", self.home.path().to_str().unwrap())
            .env("GLM_TUI_BASE_URL", self.handle.base_url())
            .env("GLM_TUI_QUOTA_URL", self.handle.quota_url())
            .env("GLM_TUI_API_KEY", KEY)
            .env("LANG", "C.UTF-8")
    }

    /// Starts the program at 80×24 and waits for its first frame.
    pub(crate) fn open(&self) -> Pty {
        open(self.program())
    }

    /// The chat requests so far.
    pub(crate) fn chats(&self) -> Vec<Received> {
        let asked = self.handle.log().requests();
        asked.into_iter().filter(|request| request.path.ends_with("/chat/completions")).collect()
    }

    /// Waits until so many chat requests have come, and returns the last of them.
    #[track_caller]
    pub(crate) fn wait_chats(&self, n: usize) -> Received {
        let mut chats = self.wait(|requests| requests.len() >= n);
        chats.remove(n - 1)
    }

    /// Waits until the quota was asked for so many times.
    #[track_caller]
    pub(crate) fn wait_polls(&self, n: usize) {
        let is_poll = |request: &Received| request.path.ends_with("/quota/limit");
        self.wait_log(|requests| requests.iter().filter(|request| is_poll(request)).count() >= n);
    }

    /// Waits until the chat requests are so.
    #[track_caller]
    pub(crate) fn wait(&self, so: impl Fn(&[Received]) -> bool) -> Vec<Received> {
        self.wait_log(|_| so(&self.chats()));
        self.chats()
    }

    #[track_caller]
    fn wait_log(&self, so: impl Fn(&[Received]) -> bool) {
        let until = Instant::now() + PATIENCE;
        loop {
            let asked = self.handle.log().requests();
            if so(&asked) {
                return;
            }
            assert!(Instant::now() < until, "not in time: {asked:#?}");
            // Nothing tells of requests outside the service's runtime: it is asked again and again.
            std::thread::park_timeout(Duration::from_millis(5));
        }
    }
}

/// Runs a program without a terminal to its end.
pub(crate) fn finish(program: Program) -> Run {
    let mut command = Command::new(&program.path);
    command.env_clear().env("PATH", std::env::var_os("PATH").unwrap_or_default());
    for name in ["HOME", "CARGO_HOME", "RUSTUP_HOME", "RUSTUP_TOOLCHAIN"] {
        command.envs(std::env::var_os(name).map(|value| (name, value)));
    }
    command.envs(program.env).args(program.args).stdin(Stdio::null());
    command.current_dir(program.folder.unwrap());
    let output = command.output().unwrap();
    Run {
        code: output.status.code().unwrap_or(-1),
        out: String::from_utf8_lossy(&output.stdout).into_owned(),
        err: String::from_utf8_lossy(&output.stderr).into_owned(),
    }
}

/// Starts a program and waits for its first frame.
#[track_caller]
pub(crate) fn open(program: Program) -> Pty {
    let pty = Pty::spawn(program);
    pty.wait_text("Enter: send");
    pty
}

/// The words of the last user message of a chat request.
pub(crate) fn asked(request: &Received) -> String {
    let messages = request.body["messages"].as_array().unwrap();
    let last = messages.iter().rfind(|message| message["role"] == "user").unwrap();
    match &last["content"] {
        // The first prompt of a session follows what is said of its surroundings.
        Value::String(text) => text.rsplit("</environment>").next().unwrap_or_default().trim_start().to_owned(),
        other => other.to_string(),
    }
}
