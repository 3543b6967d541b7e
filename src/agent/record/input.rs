//! Inputs of the machine as they are written: the values of the program but for its fixed words.

use std::time::Duration;

use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::words::known;
use crate::{
    agent::effect::{Input, PutBack},
    chat::{Command, Finish, ModelId, RunId, RunKind, ToolCall, Usage},
    glm::{self, Delta},
    text::Clean,
    tools::{Access, Check, Outcome, Planned, Refusal},
};

/// An [`Input`].
#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum Written {
    Command(Command),
    Opened(u64),
    Deltas { call: u64, pieces: Vec<Piece> },
    Failed { call: u64, error: glm::Error, jitter: f64 },
    Models(Vec<ModelId>),
    Planned { run: RunId, result: Result<Plan, Refusal> },
    Checked { run: RunId, check: Check },
    Ran { run: RunId, outcome: Box<Outcome>, took: Duration },
    TakenUp,
    PutBack(Box<PutBack>),
    Wake,
}

/// A [`Delta`].
#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum Piece {
    Reasoning(String),
    Answer(String),
    Call(ToolCall),
    Repaired(String),
    End { finish: Finish, usage: Option<Usage>, model: Option<ModelId> },
}

/// A [`Planned`].
#[derive(Debug, Serialize, Deserialize)]
pub(super) struct Plan {
    tool: String,
    kind: RunKind,
    verb: String,
    target: Clean,
    access: Access,
    args: Value,
}

impl From<&Input> for Written {
    fn from(input: &Input) -> Self {
        match input.clone() {
            Input::Command(command) => Self::Command(command),
            Input::Opened(call) => Self::Opened(call),
            Input::Deltas(call, deltas) => Self::Deltas { call, pieces: deltas.into_iter().map(Piece::from).collect() },
            Input::Failed { call, error, jitter } => Self::Failed { call, error, jitter },
            Input::Models(ids) => Self::Models(ids),
            Input::Planned { run, result } => Self::Planned { run, result: result.map(Plan::from) },
            Input::Checked { run, check } => Self::Checked { run, check },
            Input::Ran { run, outcome, took } => Self::Ran { run, outcome, took },
            Input::TakenUp => Self::TakenUp,
            Input::PutBack(back) => Self::PutBack(back),
            Input::Wake => Self::Wake,
        }
    }
}

impl From<Delta> for Piece {
    fn from(delta: Delta) -> Self {
        match delta {
            Delta::Reasoning(text) => Self::Reasoning(text),
            Delta::Answer(text) => Self::Answer(text),
            Delta::Call(call) => Self::Call(call),
            Delta::Repaired(what) => Self::Repaired(what.to_owned()),
            Delta::End { finish, usage, model } => Self::End { finish, usage, model },
        }
    }
}

impl From<Planned> for Plan {
    fn from(planned: Planned) -> Self {
        let Planned { tool, kind, verb, target, access, args } = planned;
        Self { tool: tool.to_owned(), kind, verb: verb.to_owned(), target, access, args }
    }
}

impl Written {
    /// The input; an error names the word that this version does not have.
    pub(super) fn read(self) -> Result<Input, String> {
        Ok(match self {
            Self::Command(command) => Input::Command(command),
            Self::Opened(call) => Input::Opened(call),
            Self::Deltas { call, pieces } => {
                Input::Deltas(call, pieces.into_iter().map(Piece::read).collect::<Result<_, _>>()?)
            }
            Self::Failed { call, error, jitter } => Input::Failed { call, error, jitter },
            Self::Models(ids) => Input::Models(ids),
            Self::Planned { run, result: Ok(plan) } => Input::Planned { run, result: Ok(plan.read()?) },
            Self::Planned { run, result: Err(refusal) } => Input::Planned { run, result: Err(refusal) },
            Self::Checked { run, check } => Input::Checked { run, check },
            Self::Ran { run, outcome, took } => Input::Ran { run, outcome, took },
            Self::TakenUp => Input::TakenUp,
            Self::PutBack(back) => Input::PutBack(back),
            Self::Wake => Input::Wake,
        })
    }
}

impl Piece {
    fn read(self) -> Result<Delta, String> {
        Ok(match self {
            Self::Reasoning(text) => Delta::Reasoning(text),
            Self::Answer(text) => Delta::Answer(text),
            Self::Call(call) => Delta::Call(call),
            Self::Repaired(what) => Delta::Repaired(word(&what)?),
            Self::End { finish, usage, model } => Delta::End { finish, usage, model },
        })
    }
}

impl Plan {
    fn read(self) -> Result<Planned, String> {
        let Self { tool, kind, verb, target, access, args } = self;
        Ok(Planned { tool: word(&tool)?, kind, verb: word(&verb)?, target, access, args })
    }
}

fn word(text: &str) -> Result<&'static str, String> {
    known(text).ok_or_else(|| format!("this version does not know “{text}”"))
}
