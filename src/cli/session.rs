//! What a session is made of, whoever watches it: the tools over the folder, the sandbox, the trust, the
//! settings of the turn machine.

use std::{
    path::{Path, PathBuf},
    sync::Arc,
};

use super::{args::HeadlessArgs, exit::Exit, opened::Opened, start::Start};
use crate::{
    agent::{
        Caps, Machine, Past, Settings,
        prompt::{Surroundings, opening},
    },
    chat::{PermissionMode, Problem, ProblemKind},
    config::SandboxWish,
    guard::{
        self, Places, Policy, Rung,
        child_env::ChildEnv,
        instructions,
        runner::{Runner, RunnerSetup},
        sandbox::{Cage, CageSetup},
    },
    journal::Journal,
    quota::TimeZone,
    tools::{Bench, Limits, Options, Toolbox},
};

/// Who watches a session and what it may use up.
#[derive(Clone, Copy, Debug)]
pub(super) struct Shape {
    /// Limits of a turn, and whether a person is there and watches.
    pub(super) caps: Caps,
}

impl Shape {
    /// A person at a screen.
    pub(super) fn interactive() -> Self {
        Self { caps: Caps::default() }
    }

    /// Nobody, and no limits: one tool call.
    pub(super) fn alone() -> Self {
        Self { caps: Caps { interactive: false, watched: false, ..Caps::default() } }
    }

    /// Nobody.
    pub(super) fn headless(args: &HeadlessArgs) -> Self {
        let HeadlessArgs { max_turns, max_credits, max_wall_time, .. } = args;
        let (max_steps, max_wall) = (*max_turns, *max_wall_time);
        Self { caps: Caps { interactive: false, watched: false, max_steps, max_wall, max_credits: *max_credits } }
    }
}

/// What a session is made of.
pub(super) struct Session {
    /// Its log.
    pub(super) journal: Journal,
    /// What it goes on from.
    past: Option<Past>,
    /// What the turn machine begins with.
    pub(super) settings: Settings,
    /// The tools.
    pub(super) toolbox: Arc<Toolbox>,
    /// The person trusts the folder.
    pub(super) trusted: bool,
}

impl Session {
    /// Puts a session together over the working folder and an open log.
    ///
    /// # Errors
    /// When the folder cannot be worked in, or the sandbox that is required is not there; with the exit code.
    pub(super) fn build(start: &Start, shape: Shape, opened: &Opened) -> Result<Self, (Problem, Exit)> {
        let config = &start.loaded.config;
        let workspace = workspace(start).map_err(|problem| (problem, Exit::Input))?;
        let trusted = start.trust == Some(true);
        let journal = opened.journal.clone();
        let bench = bench(start, &workspace, trusted, (shape, opened))?;
        let mut settings = Settings::new(config, TimeZone::system(), super::account::proxied(start));
        settings.caps = shape.caps;
        let mut past = opened.past.clone().map(|past| start.past(past));
        if let Some(past) = past.as_mut().filter(|_| !shape.caps.interactive) {
            // Nobody watches: what a person allowed at a screen does not allow more than the settings do here.
            past.mode = past.mode.map(|mode| stricter(mode, settings.mode));
        }
        Ok(Self { journal, past, settings, toolbox: Arc::new(Toolbox::new(bench)), trusted })
    }

    /// A turn machine at rest that knows where it works and what was said before.
    pub(super) fn machine(&self, start: &Start) -> Machine {
        let bench = self.toolbox.bench();
        let mut instructions = instructions::own(&start.loaded.paths.config_dir).files;
        if self.trusted {
            instructions.extend(instructions::project(&bench.workspace).files);
        }
        let around = Surroundings {
            folder: bench.workspace.to_string_lossy().into_owned(),
            platform: std::env::consts::OS.into(),
            date: super::start::now().strftime("%Y-%m-%d").to_string(),
            branch: super::start::place(start).1.unwrap_or_default(),
            sandbox: String::new(),
            instructions: instructions.into_iter().map(|i| (i.from.into_string(), i.text.into_string())).collect(),
        };
        let machine = Machine::new(self.settings.clone()).with_opening(opening(&around));
        match self.past.clone() {
            Some(past) => machine.with_past(past),
            None => machine,
        }
    }
}

impl Session {
    /// What of a folder that is not trusted was left alone, in a line; `None` = nothing of it would act.
    pub(super) fn left_out(&self) -> Option<String> {
        let found = if self.trusted { Vec::new() } else { guard::found(&self.toolbox.bench().workspace) };
        let names: Vec<String> = found.into_iter().map(|found| found.name.into_string()).collect();
        (!names.is_empty()).then(|| {
            let names = names.join(", ");
            format!(
                "this folder is not trusted, nothing of it was loaded or run: {names}; glm-tui without -p asks for trust"
            )
        })
    }

    /// The first line of `stream-json`.
    pub(super) fn opening(&self) -> serde_json::Value {
        let bench = self.toolbox.bench();
        let tools: Vec<String> = self.toolbox.specs().iter().map(|spec| spec.name.clone()).collect();
        serde_json::json!({
            "type": "system", "subtype": "init", "session_id": self.journal.id(), "cwd": bench.workspace.to_string_lossy(),
            "model": self.settings.model, "tools": tools, "permissionMode": self.settings.mode.as_str(),
            "trusted": self.trusted, "version": env!("CARGO_PKG_VERSION"),
        })
    }
}

/// The mode that allows less.
fn stricter(one: PermissionMode, other: PermissionMode) -> PermissionMode {
    let order = [PermissionMode::Plan, PermissionMode::Ask, PermissionMode::Edits, PermissionMode::Yolo];
    order.into_iter().find(|mode| *mode == one || *mode == other).unwrap_or(one)
}

/// What the tools share.
fn bench(
    start: &Start,
    workspace: &Path,
    trusted: bool,
    (shape, opened): (Shape, &Opened),
) -> Result<Bench, (Problem, Exit)> {
    let config = &start.loaded.config;
    let paths = &start.loaded.paths;
    let session_dir = opened.dir().map(Path::to_path_buf);
    let cage = cage(start, workspace).map_err(|problem| (problem, Exit::Sandbox))?;
    let secrets: Vec<String> =
        config.endpoint.iter().filter_map(|e| e.key.as_ref()).map(|key| key.expose().to_owned()).collect();
    let env = ChildEnv::new(&start.env.vars, &[workspace.to_owned()], &secrets);
    let places = Places {
        more: start.more_folders.iter().filter_map(|folder| folder.canonicalize().ok()).collect(),
        // What a command said at length, and what was deleted, lies there and is offered to the model to read.
        readable: session_dir.iter().flat_map(|dir| [dir.join("output"), dir.join("trash")]).collect(),
        ..Places::new(workspace, paths)
    };
    let policy = Policy::new(config.permissions.clone(), Rung::None, trusted).protect(places);
    let runner = Runner::new(RunnerSetup { cage, env, session_dir: session_dir.clone() });
    let options = Options {
        more_folders: start.more_folders.clone(),
        session_dir,
        web: config.permissions.web,
        web_local: false,
        interactive: shape.caps.interactive,
    };
    let bench = Bench::open(workspace, policy, runner, options).map_err(|error| {
        let what = format!("this folder cannot be worked in: {error}");
        (Problem::new(ProblemKind::User, what).hint("change to a folder that can be read"), Exit::Input)
    })?;
    let mut bench = bench.keep_rules_in(paths.clone());
    let limits = Limits::default();
    // One conversation keeps no more than all of them may.
    bench.limit_changes(Limits { bytes: limits.bytes.min(config.sessions.max_bytes), ..limits });
    Ok(bench.log_changes_to(opened.journal.clone(), opened.changes.as_ref()))
}

/// The sandbox of this folder. It is tried at once only where the full one is required.
pub(super) fn cage(start: &Start, workspace: &Path) -> Result<Cage, Problem> {
    let (permissions, paths) = (&start.loaded.config.permissions, &start.loaded.paths);
    let setup = CageSetup {
        workspace: workspace.to_owned(),
        writable: start.more_folders.clone(),
        hidden: vec![paths.config_dir.clone(), paths.state_dir.clone()],
        scratch: paths.cache_dir.join("scratch"),
        wish: permissions.sandbox,
        network: permissions.network,
        helper: std::env::current_exe().unwrap_or_default(),
        skip: Vec::new(),
    };
    if setup.wish == SandboxWish::Require { Cage::probe(setup) } else { Ok(Cage::new(setup)) }
}

/// The working folder as a real path.
pub(super) fn workspace(start: &Start) -> Result<PathBuf, Problem> {
    let folder = start.env.working_dir.clone().unwrap_or_default();
    folder.canonicalize().map_err(|error| {
        Problem::new(ProblemKind::User, format!("this folder cannot be worked in: {error}"))
            .hint("change to a folder that exists")
    })
}
