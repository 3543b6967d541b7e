//! Commands through the real tools, in a workspace of their own, in every cage that this machine offers.

use std::{
    collections::BTreeMap,
    ffi::OsString,
    fs,
    path::{Path, PathBuf},
    sync::{Arc, Mutex, mpsc},
    time::Duration,
};

use glm_tui::{
    chat::{CallId, Detail, Progress, RunId, ToolCall, TurnId},
    config::{Permissions, SandboxWish},
    guard::{
        Cage, CageSetup, Policy, Rung,
        child_env::ChildEnv,
        runner::{Runner, RunnerSetup},
    },
    tools::{Bench, Options, Outcome, Permit, Planned, Refusal, RunIo, Toolbox},
};
use serde_json::Value;
use tokio_util::sync::CancellationToken;

/// A wait that takes longer has failed; generous, since it bounds nothing but a hang.
pub(crate) const LONG: Duration = Duration::from_secs(30);

/// The key that no command may ever see.
pub(crate) const CANARY: &str = "canary-7f3a90d15b.deadbeef";

fn cage(workspace: &Path, scratch: PathBuf, wish: SandboxWish) -> Cage {
    let setup = CageSetup {
        workspace: workspace.to_owned(),
        writable: Vec::new(),
        hidden: Vec::new(),
        scratch,
        wish,
        network: false,
        helper: env!("CARGO_BIN_EXE_glm-tui").into(),
        skip: Vec::new(),
    };
    Cage::probe(setup).unwrap()
}

/// The environment of this process, with the key where a careless shell would have it.
fn env(workspace: &Path) -> ChildEnv {
    let mut vars: BTreeMap<String, OsString> =
        std::env::vars_os().filter_map(|(name, value)| Some((name.into_string().ok()?, value))).collect();
    vars.insert("ZAI_API_KEY".into(), CANARY.into());
    vars.insert("LC_CANARY".into(), format!("x{CANARY}").into());
    ChildEnv::new(&vars, &[workspace.to_owned()], &[CANARY.to_owned()])
}

/// A workspace with its tools.
pub(crate) struct Shop {
    /// The workspace.
    pub(crate) work: PathBuf,
    /// What keeps its commands in.
    pub(crate) rung: Rung,
    /// The tools.
    pub(crate) toolbox: Arc<Toolbox>,
    _place: tempfile::TempDir,
}

/// A workspace for each cage that this machine offers: none at all, and the best there is.
pub(crate) fn shops() -> Vec<Shop> {
    let mut shops = vec![Shop::new(SandboxWish::Off), Shop::new(SandboxWish::Auto)];
    if shops[1].rung == Rung::None {
        println!("skipped: no sandbox on this machine, so commands were tried without one only");
        shops.pop();
    }
    shops
}

impl Shop {
    pub(crate) fn new(wish: SandboxWish) -> Self {
        let place = tempfile::tempdir().unwrap();
        let root = place.path().canonicalize().unwrap();
        let (work, session) = (root.join("work"), root.join("session"));
        fs::create_dir(&work).unwrap();
        let cage = cage(&work, root.join("scratch"), wish);
        let rung = cage.rung();
        let runner = Runner::new(RunnerSetup { cage, env: env(&work), session_dir: Some(session.clone()) });
        let options = Options {
            more_folders: Vec::new(),
            session_dir: Some(session),
            web: false,
            web_local: false,
            interactive: true,
        };
        let policy = Policy::new(Permissions::default(), rung, true);
        let bench = Bench::open(&work, policy, runner, options).unwrap();
        Self { work, rung, toolbox: Arc::new(Toolbox::new(bench)), _place: place }
    }

    /// Runs a command to its end.
    pub(crate) async fn run(&self, line: &str) -> Outcome {
        self.call("shell", serde_json::json!({ "command": line })).await
    }

    /// Calls a tool, whatever the policy says, and waits for its outcome.
    pub(crate) async fn call(&self, tool: &str, args: Value) -> Outcome {
        self.start(tool, &args, Permit::Unasked).end().await
    }

    /// Reads a call.
    pub(crate) fn plan(&self, tool: &str, args: &Value) -> Result<Planned, Refusal> {
        let call = ToolCall { id: CallId::default(), name: tool.into(), arguments: args.to_string() };
        self.toolbox.plan(&call)
    }

    /// Calls a tool.
    pub(crate) fn start(&self, tool: &str, args: &Value, permit: Permit) -> Call {
        let planned = self.plan(tool, args).unwrap();
        let (cancel, background) = (CancellationToken::new(), CancellationToken::new());
        let (sender, progress) = mpsc::channel();
        let sender = Mutex::new(sender);
        let io = RunIo {
            run: RunId(1),
            turn: TurnId(1),
            progress: Arc::new(move |news| {
                let _ = sender.lock().unwrap().send(news);
            }),
            cancel: cancel.clone(),
            background: background.clone(),
        };
        let toolbox = Arc::clone(&self.toolbox);
        let task = tokio::spawn(async move { toolbox.run(planned, permit, io).await });
        Call { cancel, background, progress, task }
    }
}

/// A call in work.
pub(crate) struct Call {
    pub(crate) cancel: CancellationToken,
    pub(crate) background: CancellationToken,
    progress: mpsc::Receiver<Progress>,
    task: tokio::task::JoinHandle<Outcome>,
}

impl Call {
    /// Waits for its outcome.
    pub(crate) async fn end(self) -> Outcome {
        tokio::time::timeout(LONG, self.task).await.expect("the call ends").unwrap()
    }

    /// Throws its task away.
    pub(crate) fn abandon(self) {
        self.task.abort();
    }

    /// Waits for a report that has what is asked for. Fails when the call ends first.
    pub(crate) async fn reports(&self, wanted: impl Fn(&Progress) -> bool) -> Progress {
        let seen = until(|| {
            let found = self.progress.try_iter().find(&wanted);
            if found.is_none() && self.task.is_finished() { Some(None) } else { found.map(Some) }
        });
        seen.await.expect("a report before the end")
    }
}

/// Waits until there is something.
pub(crate) async fn until<T>(mut look: impl FnMut() -> Option<T>) -> T {
    let wait = async {
        loop {
            if let Some(found) = look() {
                return found;
            }
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    };
    tokio::time::timeout(LONG, wait).await.expect("it happens at last")
}

/// The processes that have this text in their arguments and are alive.
pub(crate) fn alive(text: &str) -> Vec<u32> {
    let of = |pid: u32| {
        let folder = PathBuf::from(format!("/proc/{pid}"));
        let args = fs::read(folder.join("cmdline")).ok()?;
        String::from_utf8_lossy(&args).contains(text).then_some(pid)
    };
    let entries = fs::read_dir("/proc").unwrap().flatten();
    entries.filter_map(|entry| entry.file_name().to_str()?.parse().ok()).filter_map(of).collect()
}

/// A number of seconds that no other test sleeps: what finds a process again.
pub(crate) fn mark() -> String {
    use std::sync::atomic::{AtomicU32, Ordering};
    static NEXT: AtomicU32 = AtomicU32::new(0);
    format!("1000.{}{:04}", std::process::id(), NEXT.fetch_add(1, Ordering::Relaxed))
}

/// The text that a row opens to.
pub(crate) fn detail(outcome: &Outcome) -> &str {
    match &outcome.detail {
        Detail::Text(text) => text.as_str(),
        other => panic!("no text: {other:?}"),
    }
}
