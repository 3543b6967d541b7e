//! The protocol between a front end and the agent: [`Command`] down, [`Event`] up.
//!
//! Events are never dropped. A front end may merge neighbouring deltas of one kind. Every event of a
//! turn carries its id, so a late one of an interrupted turn is recognised and ignored.
//! Instants never cross: durations do.

use std::time::Duration;

use serde::{Deserialize, Serialize};

use super::{
    Ask, JobCard, JobId, Message, ModelId, PermissionMode, PlanItem, Point, Problem, Progress, Reply, RewindScope,
    RunCard, RunId, RunReport, SandboxCard, Saving, SessionInfo, StepId, TurnCard, TurnId, UndoReport, Usage,
};
use crate::text::Clean;

/// How hard a model with graded reasoning thinks. Models accept a subset (see the catalogue).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Effort {
    /// Least reasoning that the model offers.
    Low,
    /// The middle grade.
    High,
    /// The service's default.
    Max,
}

impl Effort {
    /// All grades, least first.
    pub const ALL: [Self; 3] = [Self::Low, Self::High, Self::Max];

    /// The word that is sent and shown.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Low => "low",
            Self::High => "high",
            Self::Max => "max",
        }
    }
}

/// What a front end asks of the agent.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum Command {
    /// Start a turn with this prompt. While a turn runs it is steered: delivered at the next step.
    Submit(String),
    /// Deliver this prompt after the running turn.
    Queue(String),
    /// Take back the newest prompt that waits (steered or queued); answered by [`Event::Recalled`].
    Recall,
    /// Stop the running turn; partial text is kept.
    Interrupt,
    /// Do not wait any longer: retry the call now.
    RetryNow,
    /// Use this model from the next model call on.
    SetModel(ModelId),
    /// Ask the model to think, or not, from the next call on.
    SetThinking(bool),
    /// Ask for this grade of reasoning from the next call on; `None` is the model's default.
    SetEffort(Option<Effort>),
    /// Answer the question of this call. An answer to a question that is no longer open is ignored.
    Answer {
        /// The call that waits.
        run: RunId,
        /// The answer.
        reply: Reply,
    },
    /// Work under this permission mode from the next decision on.
    SetMode(PermissionMode),
    /// Let this running command go on in the background; the turn goes on without it.
    Background(RunId),
    /// Stop this background command.
    StopJob(JobId),
    /// Ask the quota endpoint now.
    RefreshQuota,
    /// Go back to this moment; a running turn is stopped first. Answered by [`Event::Restored`] where the
    /// conversation goes back, by [`Event::Undone`] where files do. What is left is kept and can be gone back to.
    Rewind {
        /// The moment.
        to: Point,
        /// What goes back.
        scope: RewindScope,
    },
    /// Undo what the last turn that changed files did to them; answered by [`Event::Undone`].
    Undo,
    /// Take the last undo back; answered by [`Event::Undone`].
    Redo,
    /// Give the session this name; empty = none. Answered by [`Event::Session`].
    Rename(String),
    /// End: stop the turn, write what is pending. Answered by [`Event::Closed`].
    Close,
}

/// Why a model call ended.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Finish {
    /// The answer is complete.
    Stop,
    /// The model wants tools to run.
    ToolCalls,
    /// `max_tokens` was reached.
    Length,
    /// The provider withheld the rest.
    Sensitive,
    /// The conversation no longer fits the model's context.
    ContextFull,
    /// The user stopped it; partial text is kept and marked.
    Interrupted,
    /// The stream was cut or failed; partial text is kept and marked.
    Cut,
    /// A reason that this version does not know.
    Other(String),
}

/// How a turn ended.
#[derive(Clone, Debug, PartialEq)]
pub enum TurnEnd {
    /// The model finished.
    Done,
    /// The user stopped it. `untouched` holds the prompt when nothing had come back yet.
    Interrupted {
        /// The prompt to give back to the composer.
        untouched: Option<String>,
    },
    /// It could not go on. `untouched` as above, when nothing had come back yet.
    Failed {
        /// What happened and what to do.
        problem: Problem,
        /// The prompt to give back to the composer.
        untouched: Option<String>,
    },
}

/// What the agent is doing now: a fact, not a joke word.
#[derive(Clone, Debug, PartialEq)]
pub enum Activity {
    /// Nothing runs.
    Idle,
    /// A connection is being opened.
    Connecting,
    /// The request is sent, nothing came back yet.
    Waiting,
    /// Reasoning streams.
    Thinking,
    /// The answer streams.
    Writing,
    /// Something runs on this machine; the text names it.
    Running(Clean),
    /// A person's answer is waited for.
    Asking,
    /// A retry waits.
    Retrying {
        /// Time left until the next try, at the moment of the event.
        wait: Duration,
        /// The try that comes next, from 2.
        attempt: u32,
        /// The last try that will be made.
        of: u32,
        /// Why the last one failed, in a few words.
        why: String,
    },
}

/// How loud a notice is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Severity {
    /// Worth knowing.
    Info,
    /// Worth acting on soon.
    Warn,
    /// Worth acting on now.
    Danger,
}

/// A passing message that belongs to no turn.
#[derive(Clone, Debug, PartialEq)]
pub struct Notice {
    /// How loud it is.
    pub severity: Severity,
    /// One line.
    pub text: String,
}

/// What a front end needs to know of a model to offer it.
#[derive(Clone, Debug, PartialEq)]
pub struct ModelCard {
    /// The id to send.
    pub id: ModelId,
    /// The context window in tokens; `None` when unknown.
    pub context: Option<u64>,
    /// Grades of reasoning that the model takes; empty when it has none.
    pub efforts: Vec<Effort>,
    /// Thinking can be switched off.
    pub can_rest: bool,
    /// The model takes images.
    pub vision: bool,
    /// Credits per 10,000 fresh input tokens at the peak rate, as a measure of price; `None` unknown.
    pub price: Option<f64>,
    /// The plan refused it, in these words.
    pub refused: Option<String>,
}

/// What happened.
#[derive(Clone, Debug, PartialEq)]
pub enum Event {
    /// A turn began with this prompt.
    TurnStarted {
        /// The new turn.
        turn: TurnId,
        /// What the person sent.
        prompt: Clean,
    },
    /// A prompt was delivered into the running turn.
    Steered {
        /// The turn that took it.
        turn: TurnId,
        /// What the person sent.
        prompt: Clean,
    },
    /// The prompts that wait, in order, whenever that list changes.
    Waiting(Vec<Clean>),
    /// The newest waiting prompt, taken back.
    Recalled(String),
    /// A model call began.
    StepStarted {
        /// The new step.
        step: StepId,
        /// The model that was asked.
        model: ModelId,
    },
    /// More reasoning.
    Reasoning {
        /// Its step.
        step: StepId,
        /// Text to append.
        text: Clean,
    },
    /// More of the answer.
    Answer {
        /// Its step.
        step: StepId,
        /// Text to append.
        text: Clean,
    },
    /// The text of this step so far is void: the call is repeated from its start.
    StepReset {
        /// The step whose text goes.
        step: StepId,
    },
    /// A model call ended.
    StepEnded {
        /// The step.
        step: StepId,
        /// Why it ended.
        finish: Finish,
        /// What it used, if the service said.
        usage: Option<Usage>,
        /// What it cost of the plan, in credits, if the model's factors are known.
        credits: Option<f64>,
        /// The model that served it, when the service named another than was asked.
        served_by: Option<ModelId>,
    },
    /// A message joined the conversation, in the bytes that go to the model: for front ends that pass it on.
    /// Never to be drawn.
    Message(Box<Message>),
    /// What the model wrote was repaired before it was used, in a few words.
    Repaired {
        /// The step.
        step: StepId,
        /// For instance `a tool call was recovered from the answer's text`.
        what: &'static str,
    },
    /// A tool call was taken from the model; it waits for its turn.
    RunQueued(Box<RunCard>),
    /// A tool call runs.
    RunStarted {
        /// The call.
        run: RunId,
    },
    /// Live output of a running call; each replaces the one before.
    RunProgress {
        /// The call.
        run: RunId,
        /// The output so far.
        progress: Progress,
    },
    /// A tool call ended.
    RunEnded {
        /// The call.
        run: RunId,
        /// Its result.
        report: Box<RunReport>,
    },
    /// A call waits for an answer. Several may be open; each is answered for itself.
    Asked(Box<Ask>),
    /// The question of this call is settled, by an answer or because the turn ended.
    AskClosed {
        /// The call.
        run: RunId,
    },
    /// The plan, whenever it changes; empty = none.
    Plan(Vec<PlanItem>),
    /// The background commands, whenever that list changes.
    Jobs(Vec<JobCard>),
    /// The permission mode, whenever it changes.
    Mode(PermissionMode),
    /// What keeps commands in, whenever it changes.
    Sandbox(SandboxCard),
    /// A turn ended.
    TurnEnded {
        /// The turn.
        turn: TurnId,
        /// How.
        end: TurnEnd,
    },
    /// What the agent does now.
    Activity(Activity),
    /// A passing message.
    Notice(Notice),
    /// The model, its thinking and its effort, whenever one of them changes.
    Model {
        /// The model of the next call.
        id: ModelId,
        /// It will be asked to think.
        thinking: bool,
        /// The grade of reasoning; `None` is the model's default.
        effort: Option<Effort>,
    },
    /// The models that can be chosen, whenever that list changes.
    Models(Vec<ModelCard>),
    /// Tokens that the next request will carry, and the window they must fit.
    Context {
        /// Tokens in use (the newest `usage`, or an estimate before the first).
        used: u64,
        /// The model's window; `None` when unknown.
        window: Option<u64>,
    },
    /// The session, at the start and whenever its card changes.
    Session(SessionInfo),
    /// Another conversation takes the place of this one.
    Restored(Box<Restored>),
    /// Files were put back, or not.
    Undone(Box<UndoReport>),
    /// What happens reaches the disk, or does not any more; told on each change.
    Saving(Saving),
    /// The agent has stopped and everything is written.
    Closed,
}

/// A conversation that takes the place of the one on the screen: resumed, or gone back to.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Restored {
    /// Its events in order, each with how long ago it happened.
    pub events: Vec<(Duration, Event)>,
    /// Prompts of branches that were left, oldest first.
    pub left: Vec<TurnCard>,
    /// A prompt that belongs into the composer: gone back before it, or nothing had answered it.
    pub prompt: Option<String>,
    /// What a person must know of it: damaged records, calls whose end is unknown, files that stayed.
    pub notes: Vec<Clean>,
}
