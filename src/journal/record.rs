//! What a log holds: the records, and how events become records and records events again.
//!
//! A record is written once and never changed. Fields may be added (with a default), kinds too: a reader passes
//! over a kind that it does not know. A change that an older program must not misread raises [`VERSION`].

use serde::{Deserialize, Serialize};

use super::change::ChangeSet;
use crate::{
    chat::{
        CallId, Effort, Event, Finish, Message, ModelId, PermissionMode, PlanItem, Problem, ProblemKind, RunCard,
        RunEnd, RunId, RunReport, SessionId, StepId, TurnEnd, TurnId, UndoReport, Usage,
    },
    text::Clean,
};

/// The major version of the format. A log of a newer one is shown, never written.
pub const VERSION: u32 = 1;

/// The first record of a log.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Head {
    /// The major version of the format.
    pub v: u32,
    /// The session.
    pub id: SessionId,
    /// The program's version.
    pub app: String,
    /// The working folder, an absolute path.
    pub folder: String,
    /// The git branch, if any.
    #[serde(default)]
    pub branch: Option<String>,
    /// The session that this one was forked from.
    #[serde(default)]
    pub forked_from: Option<SessionId>,
    /// The program that it was imported from, for instance `claude-code`.
    #[serde(default)]
    pub imported_from: Option<String>,
}

/// Which of a step's two texts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Stream {
    /// What the model thought.
    Reasoning,
    /// What it answered.
    Answer,
}

/// A tool call about to be done.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Call {
    /// Its number.
    pub run: RunId,
    /// The model's id of it.
    pub call: CallId,
    /// It may change something, so it is never repeated unasked.
    pub acts: bool,
}

/// How a turn ended.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Ended {
    /// The model finished.
    Done,
    /// A person stopped it; the prompt was given back if nothing had come.
    Interrupted {
        /// The prompt that was given back.
        untouched: Option<String>,
    },
    /// It could not go on.
    Failed {
        /// What happened.
        what: String,
        /// The provider's code.
        #[serde(default)]
        code: Option<String>,
        /// What could be done.
        #[serde(default)]
        hints: Vec<String>,
        /// The prompt that was given back.
        #[serde(default)]
        untouched: Option<String>,
    },
}

/// One thing that happened.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Record {
    /// What the log is.
    Head(Head),
    /// The session was given this name; empty = none.
    Name(String),
    /// A turn began.
    Turn {
        /// The turn.
        turn: TurnId,
        /// The prompt.
        prompt: Clean,
    },
    /// A prompt was delivered into a running turn.
    Steered {
        /// The turn.
        turn: TurnId,
        /// The prompt.
        prompt: Clean,
    },
    /// A model call began.
    Step {
        /// The step.
        step: StepId,
        /// The model.
        model: ModelId,
    },
    /// A piece of a step's text, as it streamed. What it adds up to comes again, whole, in [`Record::Message`].
    Text {
        /// The step.
        step: StepId,
        /// Which text.
        of: Stream,
        /// The piece.
        text: Clean,
    },
    /// The texts of this step so far are void.
    Reset(StepId),
    /// A model call ended.
    StepEnd {
        /// The step.
        step: StepId,
        /// Why.
        finish: Finish,
        /// What it used.
        usage: Option<Usage>,
        /// What it cost, in credits.
        credits: Option<f64>,
        /// The model that served it, if another than was asked.
        served_by: Option<ModelId>,
    },
    /// A message joined the conversation, in the bytes that go to the model.
    Message(Box<Message>),
    /// A tool call was taken.
    Run(Box<RunCard>),
    /// A tool call is about to be done: on disk before it is.
    Begun(Call),
    /// A tool call ended, with what the model is told: on disk before anything follows from it.
    Done {
        /// The call.
        run: RunId,
        /// How it ended.
        end: RunEnd,
        /// What the model is told.
        told: String,
    },
    /// A tool call ended, as a person sees it.
    RunEnd {
        /// The call.
        run: RunId,
        /// Its result.
        report: Box<RunReport>,
    },
    /// The plan changed.
    Plan(Vec<PlanItem>),
    /// The model of the next call changed.
    Model {
        /// The model.
        id: ModelId,
        /// It thinks.
        thinking: bool,
        /// How hard.
        effort: Option<Effort>,
    },
    /// The permission mode changed.
    Mode(PermissionMode),
    /// Files are about to be changed in a known way, or were found changed by a command. On disk, with the
    /// contents that it names, before files are touched.
    Change(Box<ChangeSet>),
    /// The change of this number is complete.
    Changed(u64),
    /// Files were put back, as a person was told.
    Undone(Box<UndoReport>),
    /// A turn ended.
    TurnEnd {
        /// The turn.
        turn: TurnId,
        /// How.
        end: Ended,
    },
    /// From here on the model is told this in the place of all that was said before; a person still sees that.
    Summary(String),
    /// The story goes on after the record of this number; what lies between is a branch that was left.
    Rewound(u64),
}

impl Record {
    /// The record of an event; `None` for what need not survive.
    #[must_use]
    pub fn of(event: &Event) -> Option<Self> {
        let text = |step: &StepId, of, text: &Clean| Self::Text { step: *step, of, text: text.clone() };
        Some(match event {
            Event::TurnStarted { turn, prompt } => Self::Turn { turn: *turn, prompt: prompt.clone() },
            Event::Steered { turn, prompt } => Self::Steered { turn: *turn, prompt: prompt.clone() },
            Event::StepStarted { step, model } => Self::Step { step: *step, model: model.clone() },
            Event::Reasoning { step, text: piece } => text(step, Stream::Reasoning, piece),
            Event::Answer { step, text: piece } => text(step, Stream::Answer, piece),
            Event::StepReset { step } => Self::Reset(*step),
            Event::StepEnded { step, finish, usage, credits, served_by } => Self::StepEnd {
                step: *step,
                finish: finish.clone(),
                usage: *usage,
                credits: *credits,
                served_by: served_by.clone(),
            },
            Event::Message(message) => Self::Message(message.clone()),
            Event::RunQueued(card) => Self::Run(card.clone()),
            Event::RunEnded { run, report } => Self::RunEnd { run: *run, report: report.clone() },
            Event::Plan(plan) => Self::Plan(plan.clone()),
            Event::Model { id, thinking, effort } => {
                Self::Model { id: id.clone(), thinking: *thinking, effort: *effort }
            }
            Event::Mode(mode) => Self::Mode(*mode),
            Event::Undone(report) if !report.files.is_empty() => Self::Undone(report.clone()),
            Event::TurnEnded { turn, end } => Self::TurnEnd { turn: *turn, end: Ended::of(end.clone()) },
            _ => return None,
        })
    }

    /// The event that a front end is told when the record is read again; `None` for what is not shown.
    #[must_use]
    pub fn event(self) -> Option<Event> {
        Some(match self {
            Self::Turn { turn, prompt } => Event::TurnStarted { turn, prompt },
            Self::Steered { turn, prompt } => Event::Steered { turn, prompt },
            Self::Step { step, model } => Event::StepStarted { step, model },
            Self::Text { step, of: Stream::Reasoning, text } => Event::Reasoning { step, text },
            Self::Text { step, of: Stream::Answer, text } => Event::Answer { step, text },
            Self::Reset(step) => Event::StepReset { step },
            Self::StepEnd { step, finish, usage, credits, served_by } => {
                Event::StepEnded { step, finish, usage, credits, served_by }
            }
            Self::Run(card) => Event::RunQueued(card),
            Self::RunEnd { run, report } => Event::RunEnded { run, report },
            Self::Plan(plan) => Event::Plan(plan),
            Self::Model { id, thinking, effort } => Event::Model { id, thinking, effort },
            Self::Mode(mode) => Event::Mode(mode),
            Self::Undone(report) => Event::Undone(report),
            Self::TurnEnd { turn, end } => Event::TurnEnded { turn, end: end.event() },
            _ => return None,
        })
    }
}

impl Ended {
    fn of(end: TurnEnd) -> Self {
        match end {
            TurnEnd::Done => Self::Done,
            TurnEnd::Interrupted { untouched } => Self::Interrupted { untouched },
            TurnEnd::Failed { problem, untouched } => Self::Failed {
                what: problem.what,
                code: problem.code,
                hints: problem.hints.into_iter().map(|hint| hint.what).collect(),
                untouched,
            },
        }
    }

    /// The end as a front end is told it.
    pub(super) fn event(self) -> TurnEnd {
        match self {
            Self::Done => TurnEnd::Done,
            Self::Interrupted { untouched } => TurnEnd::Interrupted { untouched },
            Self::Failed { what, code, hints, untouched } => {
                let mut problem = Problem::new(ProblemKind::Provider, Clean::new(&what).into_string());
                problem.code = code;
                problem = hints.iter().fold(problem, |problem, hint| problem.hint(Clean::new(hint).into_string()));
                TurnEnd::Failed { problem, untouched }
            }
        }
    }
}
