//! A small world to be caged in: a project, a folder beside it, a key.

use std::{
    fs,
    os::unix::process::ExitStatusExt,
    path::{Path, PathBuf},
    process::{Output, Stdio},
    time::{Duration, Instant},
};

use glm_tui::{
    config::SandboxWish,
    guard::sandbox::{Cage, CageSetup, Kind, Order, Rung},
};
use tempfile::TempDir;

/// Every kind, the strongest first.
pub(super) const KINDS: [Kind; 3] = [Kind::Namespaces, Kind::Bubblewrap, Kind::Landlock];
/// What the key file holds.
pub(super) const CANARY: &str = "canary-5d1f0c3e";
/// Where tests put their folders; set when they run again as another user.
pub(super) const BASE: &str = "GLM_TUI_TEST_BASE";

pub(super) struct Den {
    pub(super) project: PathBuf,
    pub(super) outside: PathBuf,
    pub(super) secret: PathBuf,
    pub(super) cage: Cage,
    _base: TempDir,
}

impl Den {
    /// A den caged by this kind alone, or by nothing. `None`, and said so, where the machine has no such kind.
    pub(super) fn of(kind: Option<Kind>) -> Option<Self> {
        let den = Self::without(&KINDS.into_iter().filter(|k| Some(*k) != kind).collect::<Vec<_>>());
        if kind.is_some() && den.cage.rung() == Rung::None {
            println!("skipped: no {kind:?} here: {}", den.cage.card().about.as_str());
            return None;
        }
        Some(den)
    }

    /// A den caged by the strongest kind that is not named.
    pub(super) fn without(skip: &[Kind]) -> Self {
        // Not in the shared temporary folder: a cage has its own there, and nothing in it is "outside".
        let place = std::env::var_os(BASE).map_or_else(|| PathBuf::from(env!("CARGO_TARGET_TMPDIR")), PathBuf::from);
        fs::create_dir_all(&place).unwrap();
        let base = tempfile::tempdir_in(place.canonicalize().unwrap()).unwrap();
        let at = |name: &str| base.path().join(name);
        fs::create_dir_all(at("project/.git/hooks")).unwrap();
        fs::create_dir_all(at("secret")).unwrap();
        fs::create_dir_all(at("outside")).unwrap();
        fs::write(at("project/.git/config"), "[core]\n").unwrap();
        fs::write(at("outside/file"), "old\n").unwrap();
        fs::write(at("secret/key"), CANARY).unwrap();
        let cage = Cage::probe(setup(base.path(), skip)).unwrap();
        Self { project: at("project"), outside: at("outside"), secret: at("secret"), cage, _base: base }
    }

    pub(super) fn order(&self, script: &str) -> Order {
        Order {
            program: "/bin/bash".into(),
            args: vec!["-c".into(), script.into()],
            folder: self.project.clone(),
            env: [
                ("PATH", std::env::var("PATH").unwrap()),
                ("OUT", self.outside.display().to_string()),
                ("SECRET", self.secret.display().to_string()),
                ("AGENT", std::process::id().to_string()),
                ("TMPDIR", self.cage.tmp().map_or("/tmp".into(), |p| p.display().to_string())),
                ("HOME", self.project.display().to_string()),
                ("RUSTUP_HOME", rustup()),
                ("PYENV_VERSION", "system".into()),
            ]
            .into_iter()
            .map(|(name, value)| (name.into(), value.into()))
            .collect(),
            network: false,
            free: false,
            terminal: false,
            overlay: None,
        }
    }

    pub(super) fn run(&self, script: &str) -> Output {
        self.run_order(&self.order(script))
    }

    pub(super) fn run_order(&self, order: &Order) -> Output {
        let mut command = self.cage.command(order).unwrap();
        command.stdin(Stdio::null()).output().unwrap()
    }

    /// Runs a script that must end with 0; its output.
    pub(super) fn told(&self, script: &str) -> String {
        let output = self.run(script);
        assert!(output.status.success(), "{script}: {}", shown(&output));
        String::from_utf8_lossy(&output.stdout).into_owned()
    }
}

pub(super) fn setup(base: &Path, skip: &[Kind]) -> CageSetup {
    CageSetup {
        workspace: base.join("project"),
        writable: Vec::new(),
        hidden: vec![base.join("secret"), base.join("scratch")],
        scratch: base.join("scratch"),
        wish: SandboxWish::Auto,
        network: false,
        helper: helper(),
        skip: skip.to_vec(),
    }
}

/// Where `rustc` looks for itself when it is a front of rustup.
fn rustup() -> String {
    std::env::var("RUSTUP_HOME").unwrap_or_else(|_| format!("{}/.rustup", std::env::var("HOME").unwrap_or_default()))
}

pub(super) fn helper() -> PathBuf {
    env!("CARGO_BIN_EXE_glm-tui").into()
}

pub(super) fn shown(output: &Output) -> String {
    format!(
        "code {:?} signal {:?}\n{}{}",
        output.status.code(),
        output.status.signal(),
        String::from_utf8_lossy(&output.stdout),
        String::from_utf8_lossy(&output.stderr)
    )
}

/// How many processes have this word among their arguments.
pub(super) fn alive(word: &str) -> usize {
    let all = fs::read_dir("/proc").unwrap().flatten();
    let lines = all.filter_map(|entry| fs::read(entry.path().join("cmdline")).ok());
    lines.filter(|line| line.split(|b| *b == 0).any(|part| part == word.as_bytes())).count()
}

/// Waits until something holds, at most half a minute.
pub(super) fn until(what: &str, so: impl Fn() -> bool) {
    let start = Instant::now();
    while !so() {
        assert!(start.elapsed() < Duration::from_secs(30), "never: {what}");
        std::thread::yield_now();
    }
}
