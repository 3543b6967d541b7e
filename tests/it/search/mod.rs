//! Searching, asking, fetching: the tools through the door that the agent uses. Rows REP-04, 10, 11, 12.

mod found;
mod git;
mod hostile;
mod person;
mod told;
mod web;

use std::{
    fs,
    io::Write,
    path::{Path, PathBuf},
    sync::Arc,
};

use glm_tui::{
    chat::{Ask, CallId, PermissionMode, RunId, StepId, ToolCall, TurnId},
    config::Permissions,
    guard::{Places, Policy, Rung},
    tools::{Bench, Check, Options, Outcome, Permit, RunIo, Toolbox},
};
use serde_json::Value;
use tempfile::TempDir;
use tokio_util::sync::CancellationToken;

/// A workspace with the tools over it.
struct Desk {
    dir: TempDir,
    options: Options,
    rules: Permissions,
    secrets: Vec<PathBuf>,
    cancel: CancellationToken,
}

impl Desk {
    fn new() -> Self {
        let options =
            Options { more_folders: Vec::new(), session_dir: None, web: false, web_local: false, interactive: true };
        let dir = tempfile::tempdir().unwrap();
        fs::create_dir(dir.path().join("work")).unwrap();
        let rules = Permissions::default();
        Self { dir, options, rules, secrets: Vec::new(), cancel: CancellationToken::new() }
    }

    /// The workspace; its parent is outside and belongs to the test too.
    fn root(&self) -> PathBuf {
        self.dir.path().canonicalize().unwrap().join("work")
    }

    fn put(&self, name: impl AsRef<Path>, text: impl AsRef<[u8]>) {
        let path = self.root().join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::File::create(path).unwrap().write_all(text.as_ref()).unwrap();
    }

    fn toolbox(&self) -> Toolbox {
        let places = Places { workspace: self.root(), secrets: self.secrets.clone(), ..Places::default() };
        let policy = Policy::new(self.rules.clone(), Rung::None, true).protect(places);
        let runner = crate::support::bench::runner(&self.root());
        Toolbox::new(Bench::open(&self.root(), policy, runner, self.options.clone()).unwrap())
    }

    fn io(&self) -> RunIo {
        RunIo {
            run: RunId(1),
            turn: TurnId(1),
            progress: Arc::new(|_| {}),
            cancel: self.cancel.clone(),
            background: CancellationToken::new(),
        }
    }

    /// What comes of a call that `answer` is given to if it is asked for.
    async fn try_call(&self, tool: &str, args: &Value, answer: impl FnOnce(Ask) -> Permit) -> Result<Outcome, String> {
        let tools = self.toolbox();
        let call = ToolCall { id: CallId("1".into()), name: tool.into(), arguments: args.to_string() };
        let planned = tools.plan(&call).map_err(|refusal| refusal.0)?;
        let asker = (RunId(1), StepId { turn: TurnId(1), step: 1 });
        let permit = match tools.check(&planned, asker, PermissionMode::Ask).await {
            Check::Go => Permit::Unasked,
            Check::Ask(ask) => answer(*ask),
            Check::Refuse(outcome) => return Err(outcome.to_model),
        };
        Ok(tools.run(planned, permit, self.io()).await)
    }

    /// What the model is told of a call that nobody is asked about.
    async fn call(&self, tool: &str, args: Value) -> String {
        let outcome = self.try_call(tool, &args, |ask| panic!("asked: {}", ask.title)).await;
        outcome.unwrap_or_else(|refusal| panic!("{args}: {refusal}")).to_model
    }

    /// Why a call is refused, before it runs or when it does.
    async fn refusal(&self, tool: &str, args: Value) -> String {
        let outcome = self.try_call(tool, &args, |ask| panic!("asked: {}", ask.title)).await;
        outcome.map_or_else(
            |refusal| refusal,
            |outcome| {
                assert_ne!(outcome.end, glm_tui::chat::RunEnd::Ok, "{args}: {}", outcome.to_model);
                outcome.to_model
            },
        )
    }
}
