//! Tool calls as a front end sees them: a row with a state, live output, a result.

use std::time::Duration;

use serde::{Deserialize, Serialize};

use super::{FileChange, JobId, RunId, StepId};
use crate::text::Clean;

/// What sort of work a call is; decides how rows fold and which verb the activity row has.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum RunKind {
    /// Reads and searches: consecutive ones fold to one row.
    Explore,
    /// Changes files.
    Edit,
    /// Runs a command.
    Command,
    /// Keeps the plan.
    Plan,
    /// Asks the person.
    Question,
    /// Anything else, for instance a page that is fetched.
    Other,
}

/// A tool call that was taken from the model.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct RunCard {
    /// Its number.
    pub run: RunId,
    /// The step that made it.
    pub step: StepId,
    /// The tool's name, cleaned.
    pub tool: Clean,
    /// What sort of work it is.
    pub kind: RunKind,
    /// The verb of the row, for instance `Read`.
    pub verb: Clean,
    /// What it works on, one line, for instance `src/quota/poll.rs`. A command whole, with its lines.
    pub target: Clean,
}

/// How a call ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum RunEnd {
    /// It did what it should.
    Ok,
    /// It failed; the model was told how.
    Failed,
    /// A person or a rule refused it.
    Denied,
    /// It was stopped, or never started because the turn was.
    Stopped,
}

/// Live output of a running call.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Progress {
    /// The last rows, at most eight, control characters resolved.
    pub tail: Vec<Clean>,
    /// Lines so far.
    pub lines: u64,
    /// Bytes so far.
    pub bytes: u64,
}

/// What a row can open to.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub enum Detail {
    /// Nothing.
    #[default]
    None,
    /// Text, bounded (at most 64 KiB).
    Text(Clean),
    /// The change that was made.
    Change(Box<FileChange>),
}

/// The result of a call as a front end shows it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct RunReport {
    /// How it ended.
    pub end: RunEnd,
    /// A few words, for instance `212 lines`, `exit 101`, `+14 −3`.
    pub summary: Clean,
    /// What the row opens to.
    pub detail: Detail,
    /// How long it ran, waiting for an answer not counted.
    pub took: Duration,
}

/// An item of the plan.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PlanItem {
    /// What is to be done.
    pub text: Clean,
    /// How far it is.
    pub state: PlanState,
}

/// How far an item of the plan is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum PlanState {
    /// Not begun.
    Open,
    /// In work; at most one is.
    Active,
    /// Done.
    Done,
}

/// A command in the background.
#[derive(Clone, Debug, PartialEq)]
pub struct JobCard {
    /// Its number.
    pub job: JobId,
    /// The command, one line.
    pub command: Clean,
    /// It runs, or it ended with this exit code (negative: the signal that ended it).
    pub exit: Option<i32>,
    /// How long it has run.
    pub age: Duration,
    /// Its newest rows.
    pub tail: Vec<Clean>,
}

/// What keeps commands in, for the status row and `doctor`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SandboxCard {
    /// For instance `sandbox: full`.
    pub label: Clean,
    /// What it means and what would help, a few lines.
    pub about: Clean,
    /// It is weaker than full: worth a colour.
    pub weak: bool,
}
