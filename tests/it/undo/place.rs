//! A workspace with a log, tools over it, and what is in it byte for byte.

use std::{
    collections::BTreeMap,
    fs,
    os::unix::fs::{MetadataExt, PermissionsExt},
    path::{Path, PathBuf},
    sync::Arc,
};

use glm_tui::{
    chat::{
        Ask, CallId, FileUndo, PermissionMode, Progress, Reply, RunEnd, RunId, SessionId, StepId, ToolCall, TurnId,
        UndoReport,
    },
    config::{Permissions, SandboxWish},
    guard::{Policy, Rung},
    journal::{Head, Journal, Record, Start, VERSION},
    tools::{Bench, Check, Limits, Options, Outcome, Permit, RunIo, Toolbox},
};
use serde_json::{Value, json};
use tokio_util::sync::CancellationToken;

use crate::support::bench::caged;

/// A session over the folder `w` of a temporary one.
pub(super) struct Place {
    pub(super) dir: tempfile::TempDir,
    pub(super) toolbox: Option<Arc<Toolbox>>,
    pub(super) journal: Option<Journal>,
    turn: TurnId,
    limits: Limits,
    wish: SandboxWish,
}

/// What a path is: `f 644 text`, `d 755`, `l target`.
pub(super) type Tree = BTreeMap<PathBuf, String>;

impl Place {
    pub(super) fn new() -> Self {
        Self::limited(Limits::default())
    }

    /// Commands run in the best sandbox that there is.
    pub(super) fn caged() -> Self {
        Self::of(Limits::default(), SandboxWish::Auto)
    }

    pub(super) fn limited(limits: Limits) -> Self {
        Self::of(limits, SandboxWish::Off)
    }

    fn of(limits: Limits, wish: SandboxWish) -> Self {
        let dir = tempfile::tempdir().unwrap();
        fs::create_dir(dir.path().join("w")).unwrap();
        let mut place = Self { dir, toolbox: None, journal: None, turn: TurnId(1), limits, wish };
        let head = Head {
            v: VERSION,
            id: SessionId::from("s"),
            app: String::new(),
            folder: place.root().to_string_lossy().into(),
            branch: None,
            forked_from: None,
            imported_from: None,
        };
        place.journal = Some(Journal::create(Start { dir: Some(place.session()), head }));
        place.toolbox = Some(place.tools(None));
        place.turn(1);
        place
    }

    fn tools(&self, story: Option<&glm_tui::journal::Story>) -> Arc<Toolbox> {
        let options = Options {
            more_folders: Vec::new(),
            session_dir: Some(self.session()),
            web: false,
            web_local: false,
            interactive: true,
        };
        let policy = Policy::new(Permissions::default(), Rung::None, true);
        let mut bench = Bench::open(&self.root(), policy, caged(&self.root(), self.wish), options).unwrap();
        bench.limit_changes(self.limits);
        Arc::new(Toolbox::new(bench.log_changes_to(self.journal.clone().unwrap(), story)))
    }

    /// Ends the program and starts it anew on the same session.
    pub(super) fn reopen(&mut self) {
        self.toolbox = None;
        if let Some(journal) = self.journal.take() {
            journal.close();
        }
        let (journal, story) = Journal::reopen(&self.session()).expect("the session opens");
        self.journal = Some(journal);
        self.toolbox = Some(self.tools(Some(&story)));
    }

    pub(super) fn root(&self) -> PathBuf {
        self.dir.path().canonicalize().unwrap().join("w")
    }

    pub(super) fn session(&self) -> PathBuf {
        self.dir.path().canonicalize().unwrap().join("session")
    }

    pub(super) fn path(&self, name: &str) -> PathBuf {
        self.root().join(name)
    }

    /// Writes a file as somebody else would.
    pub(super) fn put(&self, name: &str, bytes: impl AsRef<[u8]>) {
        fs::create_dir_all(self.path(name).parent().unwrap()).unwrap();
        fs::write(self.path(name), bytes).unwrap();
    }

    pub(super) fn text(&self, name: &str) -> String {
        fs::read_to_string(self.path(name)).unwrap()
    }

    pub(super) fn mode(&self, name: &str, mode: u32) {
        fs::set_permissions(self.path(name), fs::Permissions::from_mode(mode)).unwrap();
    }

    /// The next prompt.
    pub(super) fn turn(&mut self, turn: u32) {
        self.turn = TurnId(turn);
        let prompt = glm_tui::text::Clean::trusted("go on");
        self.journal.as_ref().unwrap().append(Record::Turn { turn: self.turn, prompt });
    }

    pub(super) fn tool(&self) -> &Toolbox {
        self.toolbox.as_ref().unwrap()
    }

    /// A call with every approval given.
    pub(super) fn call(&self, tool: &str, args: &Value) -> Outcome {
        self.answered(tool, args, |_| Reply::Once)
    }

    /// What a person is asked about a call.
    pub(super) fn asked(&self, tool: &str, args: &Value, mode: PermissionMode) -> Check {
        let planned = self.tool().plan(&call_of(tool, args)).unwrap();
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        runtime.block_on(self.tool().check(&planned, (RunId(1), StepId::default()), mode))
    }

    /// A call with this answer to its question.
    pub(super) fn answered(&self, tool: &str, args: &Value, answer: impl Fn(&Ask) -> Reply) -> Outcome {
        self.watched(tool, args, &answer, Arc::new(|_| {}))
    }

    /// The same, told of its live output.
    pub(super) fn watched(
        &self,
        tool: &str,
        args: &Value,
        answer: &dyn Fn(&Ask) -> Reply,
        progress: Arc<dyn Fn(Progress) + Send + Sync>,
    ) -> Outcome {
        let call = call_of(tool, args);
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        let planned = self.tool().plan(&call).unwrap_or_else(|why| panic!("{tool} {args}: {}", why.0));
        let asker = (RunId(1), StepId::default());
        runtime.block_on(async {
            let permit = match self.tool().check(&planned, asker, PermissionMode::Yolo).await {
                Check::Go => Permit::Unasked,
                Check::Ask(ask) => Permit::Given(answer(&ask)),
                Check::Refuse(outcome) => return *outcome,
            };
            let io = RunIo {
                run: RunId(1),
                turn: self.turn,
                progress,
                cancel: CancellationToken::new(),
                background: CancellationToken::new(),
            };
            self.tool().run(planned, permit, io).await
        })
    }

    /// A call that a person answers so, whatever it asks.
    pub(super) fn decided(&self, tool: &str, args: &Value, reply: Reply) -> Outcome {
        self.permitted(tool, args, Permit::Given(reply), CancellationToken::new())
    }

    /// A call that a person stops at once.
    pub(super) fn stopped(&self, tool: &str, args: &Value) -> Outcome {
        let cancel = CancellationToken::new();
        cancel.cancel();
        self.permitted(tool, args, Permit::Unasked, cancel)
    }

    /// Ends what the tools left running.
    pub(super) fn close(&self) {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        runtime.block_on(self.tool().close());
    }

    fn permitted(&self, tool: &str, args: &Value, permit: Permit, cancel: CancellationToken) -> Outcome {
        let planned = self.tool().plan(&call_of(tool, args)).unwrap();
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        let io = RunIo {
            run: RunId(1),
            turn: self.turn,
            progress: Arc::new(|_| {}),
            cancel,
            background: CancellationToken::new(),
        };
        runtime.block_on(self.tool().run(planned, permit, io))
    }

    /// Why a call is not even planned.
    pub(super) fn refused(&self, tool: &str, args: &Value) -> String {
        self.tool().plan(&call_of(tool, args)).unwrap_err().0
    }

    /// A call that may be refused.
    pub(super) fn try_call(&self, tool: &str, args: &Value) {
        if self.tool().plan(&call_of(tool, args)).is_ok() {
            self.call(tool, args);
        }
    }

    /// A call that must do what it should.
    pub(super) fn done(&self, tool: &str, args: &Value) -> String {
        let outcome = self.call(tool, args);
        assert_eq!(outcome.end, RunEnd::Ok, "{tool} {args}: {}", outcome.to_model);
        outcome.to_model
    }

    pub(super) fn write(&self, name: &str, content: &str) -> String {
        if self.path(name).exists() {
            self.done("read", &json!({ "path": name }));
        }
        self.done("write", &json!({ "path": name, "content": content }))
    }

    pub(super) fn edit(&self, name: &str, old: &str, new: &str) -> String {
        self.done("read", &json!({ "path": name }));
        self.done("edit", &json!({ "path": name, "edits": [{ "old": old, "new": new }] }))
    }

    pub(super) fn delete(&self, name: &str) -> String {
        self.done("delete", &json!({ "path": name }))
    }

    /// Runs a command; what the model is told.
    pub(super) fn run(&self, line: &str) -> String {
        self.call("shell", &json!({ "command": line })).to_model
    }

    /// Starts a command as a job; one runtime lives on, as its watcher does.
    pub(super) fn background(&self, line: &str) -> String {
        self.call("shell", &json!({ "command": line, "background": true })).to_model
    }

    /// Waits until there is such a file.
    pub(super) fn wait_for(&self, name: &str) {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        runtime.block_on(crate::support::commands::until(|| self.path(name).exists().then_some(())));
    }

    /// Waits until a job has ended.
    pub(super) fn end_job(&self, job: u32) {
        self.done("jobs", &json!({ "action": "output", "job": job, "wait_seconds": 60 }));
    }

    pub(super) fn undo(&self) -> UndoReport {
        self.tool().undo().report
    }

    pub(super) fn redo(&self) -> UndoReport {
        self.tool().redo().report
    }

    /// All that is in the workspace.
    pub(super) fn tree(&self) -> Tree {
        let mut tree = Tree::new();
        add(&self.root(), &self.root(), &mut tree);
        tree
    }
}

fn call_of(tool: &str, args: &Value) -> ToolCall {
    ToolCall { id: CallId("1".into()), name: tool.into(), arguments: args.to_string() }
}

fn add(root: &Path, folder: &Path, tree: &mut Tree) {
    for entry in fs::read_dir(folder).unwrap().flatten() {
        let (path, meta) = (entry.path(), entry.path().symlink_metadata().unwrap());
        let name = path.strip_prefix(root).unwrap().to_path_buf();
        let mode = meta.mode() & 0o7777;
        if meta.is_dir() {
            tree.insert(name, format!("d {mode:o}"));
            add(root, &path, tree);
        } else if meta.is_symlink() {
            tree.insert(name, format!("l {}", path.read_link().unwrap().display()));
        } else {
            tree.insert(name, format!("f {mode:o} {}", String::from_utf8_lossy(&fs::read(&path).unwrap())));
        }
    }
}

/// What became of a file.
pub(super) fn of<'a>(report: &'a UndoReport, name: &str) -> &'a FileUndo {
    let found = report.files.iter().find(|(shown, _)| shown.as_str() == name);
    &found.unwrap_or_else(|| panic!("{name} is not told of: {report:?}")).1
}

/// Why it was left alone.
pub(super) fn kept(report: &UndoReport, name: &str) -> String {
    match of(report, name) {
        FileUndo::Kept(why) => why.as_str().to_owned(),
        other => panic!("{name}: {other:?}"),
    }
}
