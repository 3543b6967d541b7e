//! The turn machine: `on(input, now) -> effects`. No I/O, no clock, no tasks.
//!
//! A turn is one prompt and its steps; a step is one model call, with its retries. The machine owns the
//! conversation and every decision about it. Whatever ends a call, in any form, is an input, so a turn
//! always ends. One file per state ([`idle`], [`calling`],
//! [`retrying`]), one for what a front end asks ([`command`]) and one for how a call ends ([`settle`]).

mod calling;
mod command;
mod idle;
mod joint;
mod retrying;
mod settle;
#[cfg(test)]
mod tests;

use std::time::{Duration, Instant};

use self::{calling::Calling, retrying::Retrying};
use super::{
    conversation::Conversation,
    effect::{Effect, Input},
    settings::Settings,
};
use crate::{
    chat::{Activity, Event, Notice, Severity, StepId, TurnId},
    config::Config,
    quota::{Now, TimeZone},
    text::Clean,
};

/// How long the headers of a reply may take; a healthy service sends them at once, its queue within this.
const HEADERS_WITHIN: Duration = Duration::from_secs(120);

/// Decides what the agent does.
#[derive(Debug)]
pub struct Machine {
    settings: Settings,
    conversation: Conversation,
    state: State,
    waiting: Vec<Waiting>,
    last_turn: TurnId,
    last_call: u64,
}

#[derive(Debug)]
enum State {
    Idle,
    Calling(Box<Calling>),
    Retrying(Box<Retrying>),
}

/// A prompt that waits for its moment.
#[derive(Clone, Debug, PartialEq)]
struct Waiting {
    text: String,
    when: When,
}

#[derive(Clone, Copy, Debug, PartialEq)]
enum When {
    NextStep,
    AfterTurn,
}

/// What a turn carries from step to step.
#[derive(Clone, Debug)]
struct Turn {
    id: TurnId,
    /// Model calls so far.
    steps: u32,
    /// Tries of the present model call, from 1.
    attempt: u32,
    /// Something of a reply was shown: the prompt is not given back any more.
    touched: bool,
    /// The model was asked once already to write the answer that it only thought.
    nudged: bool,
}

impl Turn {
    fn step(&self) -> StepId {
        StepId { turn: self.id, step: self.steps }
    }
}

impl Machine {
    /// A machine at rest.
    #[must_use]
    pub fn new(settings: Settings) -> Self {
        Self {
            settings,
            conversation: Conversation::default(),
            state: State::Idle,
            waiting: Vec::new(),
            last_turn: TurnId(0),
            last_call: 0,
        }
    }

    /// The conversation goes on at another address, with the model that the config names.
    pub fn move_to(&mut self, config: &Config) {
        self.settings.move_to(config);
    }

    pub(super) fn zone(&self) -> TimeZone {
        self.settings.zone.clone()
    }

    /// What a front end must be told at the start.
    #[must_use]
    pub fn greet(&self) -> Vec<Effect> {
        vec![
            Effect::Emit(self.settings.models_event()),
            Effect::Emit(self.settings.model_event()),
            Effect::Emit(self.context_event()),
        ]
    }

    /// When the machine wants [`Input::Wake`]; `None` while only news can move it.
    #[must_use]
    pub fn deadline(&self) -> Option<Instant> {
        match &self.state {
            State::Idle => None,
            State::Calling(calling) => Some(calling.quiet_until(&self.settings.limits)),
            State::Retrying(retrying) => Some(retrying.until),
        }
    }

    /// A turn runs.
    #[must_use]
    pub fn is_busy(&self) -> bool {
        !matches!(self.state, State::Idle)
    }

    /// Takes one input and says what is to be done, in order.
    pub fn on(&mut self, input: Input, now: Now) -> Vec<Effect> {
        match input {
            Input::Command(command) => self.on_command(command, now),
            Input::Opened(call) => self.on_opened(call, now),
            Input::Deltas(call, deltas) => self.on_deltas(call, deltas, now),
            Input::Failed { call, error, jitter } => self.on_failed(call, &error, jitter, now),
            Input::Models(ids) => {
                self.settings.catalogue.unite(&ids);
                vec![Effect::Emit(self.settings.models_event())]
            }
            Input::Wake => self.on_wake(now),
        }
    }

    fn on_wake(&mut self, now: Now) -> Vec<Effect> {
        match &self.state {
            State::Retrying(retrying) if retrying.until <= now.instant => self.retry_now(now),
            State::Calling(calling) if calling.quiet_until(&self.settings.limits) <= now.instant => {
                self.on_silence(now)
            }
            _ => Vec::new(),
        }
    }

    fn context_event(&self) -> Event {
        Event::Context { used: self.conversation.tokens(), window: self.settings.spec().context }
    }

    fn waiting_event(&self) -> Effect {
        Effect::Emit(Event::Waiting(self.waiting.iter().map(|w| Clean::new(&w.text)).collect()))
    }
}

/// How a call relates to what was shown before it.
#[derive(Clone, Debug)]
enum Resume {
    /// A new step, with nothing before it.
    NewStep,
    /// The same step again; what it showed goes when the reply begins. The text is the cut answer that
    /// the step goes on from, empty if none.
    SameStep(String),
    /// A new step that goes on from this partial answer.
    After(String),
}

fn activity(activity: Activity) -> Effect {
    Effect::Emit(Event::Activity(activity))
}

fn notice(severity: Severity, text: impl Into<String>) -> Effect {
    Effect::Emit(Event::Notice(Notice { severity, text: text.into() }))
}
