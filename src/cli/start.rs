//! From the command line to validated settings: the one place that knows both.

use std::{fs::File, io, path::PathBuf};

use super::args::{EffortArg, EndpointArg, OnOff, RunArgs};
use crate::{
    chat::{Effort, Problem, ProblemKind},
    config::{self, Endpoint, Environment, Flags, Limits, Loaded, Preset},
    glm::Client,
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
    let (loaded, problems) = config::load(&env, &flags(run));
    Ok(Start { env, loaded, problems })
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
    (start.loaded.paths.shown(&folder), branch(folder))
}

/// Reads `.git/HEAD` here or above; runs nothing, because a repository could make git run anything.
fn branch(mut folder: PathBuf) -> Option<String> {
    loop {
        let git = folder.join(".git");
        if git.is_dir() {
            return head(git.join("HEAD"));
        }
        if git.is_file() {
            let pointer = read_short(git)?;
            let at = folder.join(pointer.trim().strip_prefix("gitdir: ")?);
            return head(at.join("HEAD"));
        }
        if !folder.pop() {
            return None;
        }
    }
}

fn head(file: PathBuf) -> Option<String> {
    let text = read_short(file)?;
    let name = match text.trim().strip_prefix("ref: refs/heads/") {
        Some(branch) => branch.to_owned(),
        None => text.trim().chars().take(7).collect(),
    };
    Some(name.chars().filter(|c| !c.is_control()).take(60).collect())
}

/// At most 4 KiB of a regular file: more is no `HEAD`, and a pipe would block for ever.
fn read_short(file: PathBuf) -> Option<String> {
    if !file.metadata().ok()?.is_file() {
        return None;
    }
    let mut text = String::new();
    io::Read::read_to_string(&mut io::Read::take(File::open(file).ok()?, 4096), &mut text).ok()?;
    Some(text)
}
