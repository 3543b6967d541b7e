//! Tools over a folder that is thrown away: calls as JSON, answers as the model and a person get them.

use std::{
    collections::BTreeMap,
    path::{Path, PathBuf},
    sync::Arc,
};

use glm_tui::{
    chat::{Ask, CallId, PermissionMode, Reply, RunEnd, RunId, StepId, ToolCall, TurnId},
    config::{Permissions, SandboxWish},
    guard::{
        Cage, CageSetup, Places, Policy, Rung,
        child_env::ChildEnv,
        runner::{Runner, RunnerSetup},
    },
    tools::{Bench, Check, Options, Outcome, Permit, Planned, Refusal, RunIo, Toolbox},
};
use serde_json::Value;
use tempfile::TempDir;
use tokio_util::sync::CancellationToken;

/// What runs commands in a test that is not about commands: no sandbox, the usual search path.
pub(crate) fn runner(workspace: &Path) -> Runner {
    caged(workspace, SandboxWish::Off)
}

/// What runs commands in the sandbox that is wished for, with the usual search path.
pub(crate) fn caged(workspace: &Path, wish: SandboxWish) -> Runner {
    let cage = Cage::probe(CageSetup {
        workspace: workspace.to_owned(),
        writable: Vec::new(),
        hidden: Vec::new(),
        scratch: workspace.with_extension("scratch"),
        wish,
        network: false,
        helper: env!("CARGO_BIN_EXE_glm-tui").into(),
        skip: Vec::new(),
    });
    let vars = BTreeMap::from([("PATH".to_owned(), "/usr/bin:/bin".into())]);
    let env = ChildEnv::new(&vars, &[workspace.to_owned()], &[]);
    Runner::new(RunnerSetup { cage: cage.unwrap(), env, session_dir: None })
}

/// Tools over the folder `w` of a temporary one; the trash lies beside it.
pub(crate) struct Desk {
    /// The temporary folder.
    pub(crate) dir: TempDir,
    /// The tools.
    pub(crate) toolbox: Toolbox,
}

impl Desk {
    pub(crate) fn new() -> Self {
        let dir = tempfile::tempdir().unwrap();
        std::fs::create_dir(dir.path().join("w")).unwrap();
        let options = Options {
            more_folders: Vec::new(),
            session_dir: Some(dir.path().join("session")),
            web: false,
            web_local: false,
            interactive: true,
        };
        let workspace = dir.path().join("w").canonicalize().unwrap();
        let places =
            Places { workspace: workspace.clone(), own: vec![workspace.with_file_name("own")], ..Places::default() };
        let policy = Policy::new(Permissions::default(), Rung::None, true).protect(places);
        let bench = Bench::open(&workspace, policy, runner(&workspace), options).unwrap();
        Self { dir, toolbox: Toolbox::new(bench) }
    }

    /// A path in the workspace.
    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.dir.path().join("w").join(name)
    }

    /// Writes a file as somebody else would.
    pub(crate) fn put(&self, name: &str, bytes: impl AsRef<[u8]>) {
        std::fs::create_dir_all(self.path(name).parent().unwrap()).unwrap();
        std::fs::write(self.path(name), bytes).unwrap();
    }

    /// The bytes of a file.
    pub(crate) fn bytes(&self, name: &str) -> Vec<u8> {
        std::fs::read(self.path(name)).unwrap()
    }

    pub(crate) fn plan(&self, tool: &str, args: &Value) -> Result<Planned, Refusal> {
        let call = ToolCall { id: CallId("call_1".into()), name: tool.into(), arguments: args.to_string() };
        self.toolbox.plan(&call)
    }

    pub(crate) fn check(&self, planned: &Planned) -> Check {
        self.check_in(PermissionMode::Ask, planned)
    }

    pub(crate) fn check_in(&self, mode: PermissionMode, planned: &Planned) -> Check {
        runtime().block_on(self.toolbox.check(planned, (RunId(1), StepId::default()), mode))
    }

    pub(crate) fn run(&self, planned: Planned, permit: Permit) -> Outcome {
        let io = RunIo {
            run: RunId(1),
            turn: TurnId(1),
            progress: Arc::new(|_| {}),
            cancel: CancellationToken::new(),
            background: CancellationToken::new(),
        };
        runtime().block_on(self.toolbox.run(planned, permit, io))
    }

    /// The whole way of a call that a person answers with `reply` if asked. Also gives the question.
    pub(crate) fn answered(&self, tool: &str, args: &Value, reply: Reply) -> (Option<Box<Ask>>, Outcome) {
        let planned = match self.plan(tool, args) {
            Ok(planned) => planned,
            Err(refusal) => return (None, Outcome::failed(refusal, glm_tui::text::Clean::default())),
        };
        match self.check(&planned) {
            Check::Go => (None, self.run(planned, Permit::Unasked)),
            Check::Ask(ask) => (Some(ask), self.run(planned, Permit::Given(reply))),
            Check::Refuse(outcome) => (None, *outcome),
        }
    }

    /// The same with a yes.
    pub(crate) fn call(&self, tool: &str, args: &Value) -> Outcome {
        self.answered(tool, args, Reply::Once).1
    }

    /// A call that must do what it should.
    pub(crate) fn done(&self, tool: &str, args: &Value) -> String {
        let outcome = self.call(tool, args);
        assert_eq!(outcome.end, RunEnd::Ok, "{tool} {args}: {}", outcome.to_model);
        outcome.to_model
    }

    /// A call that must fail.
    pub(crate) fn refused(&self, tool: &str, args: &Value) -> String {
        let outcome = self.call(tool, args);
        assert_ne!(outcome.end, RunEnd::Ok, "{tool} {args}: {}", outcome.to_model);
        outcome.to_model
    }
}

fn runtime() -> tokio::runtime::Runtime {
    tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap()
}
