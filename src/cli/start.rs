//! From the command line to validated settings: the one place that knows both.

use std::path::PathBuf;

use super::args::{EffortArg, EndpointArg, ModeArg, OnOff, RunArgs, SandboxArg};
use crate::{
    agent::Past,
    chat::{Effort, PermissionMode, Problem, ProblemKind},
    config::{self, Endpoint, Environment, Flags, Limits, Loaded, Paths, Preset, SandboxWish},
    glm::Client,
    guard::git::Repository,
    guard::{TrustStore, rule_problems},
    quota::Timestamp,
};

/// Everything that a run begins with.
pub(super) struct Start {
    /// The environment as it was found.
    pub(super) env: Environment,
    /// Settings, files, key.
    pub(super) loaded: Loaded,
    /// What was wrong in them; the run goes on with defaults.
    pub(super) problems: Vec<Problem>,
    /// What the person decided about the folder; `None` = was not asked yet.
    pub(super) trust: Option<bool>,
    /// Folders beside this one that may be worked in.
    pub(super) more_folders: Vec<PathBuf>,
    /// The command line's settings, for reading the files again.
    flags: Flags,
}

impl Start {
    /// The person decided about the folder: remembers it and takes its settings if it is trusted.
    pub(super) fn trust(&mut self, yes: bool) {
        let Some(folder) = self.env.working_dir.clone() else { return };
        self.trust = Some(yes);
        // A no is not kept: the question comes again, and until then nothing of the folder is loaded.
        if yes {
            if let Err(problem) = TrustStore::new(&self.loaded.paths).set(&folder, true) {
                self.problems.push(problem);
            }
            self.flags.no_project = false;
            let endpoint = self.loaded.config.endpoint.take();
            (self.loaded, self.problems) = load(&self.env, &self.flags);
            // The key dialog or the demo may have chosen another one since.
            self.loaded.config.endpoint = endpoint;
        }
    }

    /// The end of an earlier conversation, but for what the command line says otherwise.
    pub(super) fn past(&self, mut past: Past) -> Past {
        let flags = &self.flags;
        if let Some(model) = past.model.as_mut() {
            let settings = &self.loaded.config;
            if flags.model.is_some() {
                model.id = settings.model.clone();
            }
            if flags.thinking.is_some() {
                model.thinking = settings.thinking;
            }
            if flags.effort.is_some() {
                model.effort = settings.effort;
            }
        }
        past.mode = past.mode.filter(|_| flags.mode.is_none());
        past
    }
}

/// Reads environment and files; changes into `--cd`.
///
/// # Errors
/// When the folder of `--cd` cannot be entered.
pub(super) fn start(run: &RunArgs) -> Result<Start, Problem> {
    if let Some(folder) = &run.folder {
        std::env::set_current_dir(folder).map_err(|error| {
            Problem::new(ProblemKind::User, format!("cannot work in {}: {error}", folder.display()))
                .hint("name a folder that exists")
        })?;
    }
    let env = Environment::collect();
    let trust = env.working_dir.as_ref().and_then(|at| TrustStore::new(&Paths::resolve(&env).0).decision(at));
    let flags = Flags { no_project: trust != Some(true), ..flags(run) };
    let (loaded, problems) = load(&env, &flags);
    Ok(Start { env, loaded, problems, trust, more_folders: run.more_folders.clone(), flags })
}

/// The settings, and what is wrong with them, the rules of permissions included.
fn load(env: &Environment, flags: &Flags) -> (Loaded, Vec<Problem>) {
    let (loaded, mut problems) = config::load(env, flags);
    problems.extend(rule_problems(&loaded.config.permissions));
    (loaded, problems)
}

fn flags(run: &RunArgs) -> Flags {
    Flags {
        model: run.model.clone(),
        effort: run.effort.map(|e| match e {
            EffortArg::Low => Effort::Low,
            EffortArg::High => Effort::High,
            EffortArg::Max => Effort::Max,
        }),
        thinking: run.thinking.map(|t| t == OnOff::On),
        endpoint: preset(run),
        base_url: run.base_url.clone(),
        quota_url: run.quota_url.clone(),
        theme: run.theme.clone(),
        no_mouse: run.no_mouse,
        overrides: run.overrides.clone(),
        profile: run.profile.clone(),
        safe_mode: run.safe_mode,
        mode: run.permission_mode.map(|mode| match mode {
            ModeArg::Ask => PermissionMode::Ask,
            ModeArg::Edits => PermissionMode::Edits,
            ModeArg::Plan => PermissionMode::Plan,
            ModeArg::Yolo => PermissionMode::Yolo,
        }),
        sandbox: run.sandbox.map(|wish| match wish {
            SandboxArg::Auto => SandboxWish::Auto,
            SandboxArg::Require => SandboxWish::Require,
            SandboxArg::Off => SandboxWish::Off,
        }),
        allow: run.allowed_tools.clone(),
        deny: run.disallowed_tools.clone(),
        no_project: false,
        project: None,
    }
}

/// A client for an address; no work is done before its first request.
pub(super) fn client(endpoint: &Endpoint, limits: &Limits) -> Client {
    Client::new(endpoint, limits).with_clock(now)
}

/// The moment, for what runs outside the loop and the agent.
#[expect(clippy::disallowed_methods, reason = "subcommands, the key test and the simulator run by the machine's clock")]
pub(super) fn now() -> Timestamp {
    Timestamp::now()
}

/// The preset of `--endpoint`.
pub(super) fn preset(run: &RunArgs) -> Option<Preset> {
    run.endpoint.map(|e| match e {
        EndpointArg::CodingIntl => Preset::CodingIntl,
        EndpointArg::CodingCn => Preset::CodingCn,
        EndpointArg::MeteredIntl => Preset::MeteredIntl,
        EndpointArg::MeteredCn => Preset::MeteredCn,
        EndpointArg::Custom => Preset::Custom,
    })
}

/// The working folder as a person reads it, and the git branch there, if any.
pub(super) fn place(start: &Start) -> (String, Option<String>) {
    let Some(folder) = start.env.working_dir.clone() else { return (String::from("?"), None) };
    // Read, not asked of git: a repository could make git run anything.
    let branch = Repository::find(&folder).and_then(|repository| repository.branch());
    (start.loaded.paths.shown(&folder), branch)
}
