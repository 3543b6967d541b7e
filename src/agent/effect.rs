//! What reaches the turn machine and what it wants done: the whole surface between deciding and doing.

use std::{sync::Arc, time::Duration};

use serde::{Deserialize, Serialize};

use super::past::Past;
use crate::{
    chat::{
        CallId, Command, Effort, Event, JobId, Message, ModelId, PermissionMode, Point, RewindScope, RunId, StepId,
        ToolCall, ToolSpec,
    },
    config::ModelSpec,
    glm::{self, Delta},
    quota::{Timestamp, WindowKind},
    tools::{Check, Outcome, Permit, Planned, Refusal},
};

/// What reaches the machine.
#[derive(Clone, Debug)]
pub enum Input {
    /// A front end asks.
    Command(Command),
    /// The service accepted the call with this number: its headers came.
    Opened(u64),
    /// Pieces of the reply to the call with this number.
    Deltas(u64, Vec<Delta>),
    /// The call with this number failed. `jitter` is a random share, 0–1, for the wait before a retry.
    Failed {
        /// The number of the call.
        call: u64,
        /// How it failed.
        error: glm::Error,
        /// A random share, 0–1.
        jitter: f64,
    },
    /// The service lists these models.
    Models(Vec<ModelId>),
    /// The arguments of a call were read, or could not be.
    Planned {
        /// The call.
        run: RunId,
        /// What it would touch, or why it cannot be done.
        result: Result<Planned, Refusal>,
    },
    /// The policy was asked.
    Checked {
        /// The call.
        run: RunId,
        /// What it says.
        check: Check,
    },
    /// A call ended.
    Ran {
        /// The call.
        run: RunId,
        /// What came of it.
        outcome: Box<Outcome>,
        /// How long it ran.
        took: Duration,
    },
    /// The conversation was taken up from a log: what was cut off is finished before anything else.
    TakenUp,
    /// What was asked for by [`Effect::Rewind`], [`Effect::Undo`], [`Effect::Redo`] or [`Effect::Finish`] is done,
    /// or could not be.
    PutBack(Box<PutBack>),
    /// The moment of [`super::turn::Machine::deadline`] has come.
    Wake,
}

/// What was put back.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct PutBack {
    /// The conversation that is gone on from; `None` = the present one stays.
    pub past: Option<Past>,
    /// What the model is told of the files with the next prompt.
    pub told: Option<String>,
}

/// A model call to be opened.
#[derive(Clone, Debug, PartialEq)]
pub struct Call {
    /// Its number; grows with each call, so that news of an abandoned one is ignored.
    pub number: u64,
    /// The model, with what is known of it.
    pub model: ModelSpec,
    /// The conversation, system prompt first.
    pub messages: Vec<Message>,
    /// Ask it to think.
    pub thinking: bool,
    /// The grade of reasoning.
    pub effort: Option<Effort>,
    /// The tools that it may call.
    pub tools: Arc<[ToolSpec]>,
}

/// How long a rule holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Scope {
    /// Until the session ends.
    Session,
    /// From now on: it is written to the user's config.
    Always,
}

/// What the machine wants done.
#[derive(Clone, Debug, PartialEq)]
pub enum Effect {
    /// Open this call; any other is dropped first.
    Open(Box<Call>),
    /// Drop the open call, if any.
    Abort,
    /// Tell the front end.
    Emit(Event),
    /// Read the arguments of this call.
    Plan {
        /// Its number.
        run: RunId,
        /// What the model wrote; the arguments are JSON.
        call: ToolCall,
    },
    /// Ask the policy whether this may be done.
    Check {
        /// The call.
        run: RunId,
        /// The step that made it.
        step: StepId,
        /// What it would do.
        planned: Box<Planned>,
        /// The permission mode.
        mode: PermissionMode,
    },
    /// Do this.
    Run {
        /// The call.
        run: RunId,
        /// The model's id of it.
        call: CallId,
        /// What is to be done.
        planned: Box<Planned>,
        /// By whose leave.
        permit: Permit,
    },
    /// Stop all calls; news of them will be ignored.
    StopRuns,
    /// Let this command go on in the background.
    Background(RunId),
    /// Stop this background command.
    StopJob(JobId),
    /// Go back to this moment. Until [`Input::PutBack`] comes nothing else begins.
    Rewind {
        /// The moment.
        to: Point,
        /// What goes back.
        scope: RewindScope,
    },
    /// Undo what the last turn that changed files did to them; as above.
    Undo,
    /// Take the last undo back; as above.
    Redo,
    /// Finish an undo that a crash cut off; as above.
    Finish,
    /// Give the session this name; empty = none.
    Rename(String),
    /// Hold this rule from now on.
    Grant {
        /// The rule as it was shown.
        rule: String,
        /// How long it holds.
        scope: Scope,
    },
    /// A call cost this: credits of the plan and US dollars of a metered address, as far as known.
    Spent {
        /// Credits.
        credits: Option<f64>,
        /// US dollars.
        usd: Option<f64>,
    },
    /// The service says that a window is used up, and when it starts anew.
    UsedUp(WindowKind, Option<Timestamp>),
    /// A turn began.
    TurnBegan,
    /// A turn ended: the quota is worth asking soon.
    TurnEnded,
    /// Ask the quota now.
    PollNow,
    /// Everything is done: end.
    Close,
}
