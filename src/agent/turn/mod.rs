//! The turn machine: `on(input, now) -> effects`. No I/O, no clock, no tasks.
//!
//! A turn is one prompt and its steps; a step is one model call, with its retries, and the tool calls that it
//! asks for, each of them a *run*. The machine owns the conversation and every decision about it. Whatever
//! ends a call or a run, in any form, is an input, so a turn always ends. One file per state ([`idle`],
//! [`calling`], [`working`], [`retrying`]), one for what a front end asks ([`command`]), one for how a call
//! ends ([`settle`]), one for what goes back ([`held`]), one for what a reply asks for ([`taking`]), one for questions ([`asking`]).

mod asking;
mod calling;
mod command;
mod course;
mod drone;
mod held;
mod idle;
mod joint;
mod loop_guard;
mod rest;
mod retrying;
mod run;
mod settle;
mod taking;
#[cfg(test)]
mod tests;
mod told;
mod working;

use std::{
    sync::Arc,
    time::{Duration, Instant},
};

pub(super) use self::rest::Rest;
use self::{
    calling::Calling,
    command::{Waiting, When},
    course::{Resume, Turn},
    loop_guard::LoopGuard,
    retrying::Retrying,
    working::Working,
};
use super::{
    conversation::Conversation,
    effect::{Effect, Input},
    settings::Settings,
};
use crate::{
    chat::{Activity, Event, Message, Notice, Severity, ToolSpec, TurnId},
    config::Config,
    quota::{Now, TimeZone},
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
    tools: Arc<[ToolSpec]>,
    guard: LoopGuard,
    last_turn: TurnId,
    last_call: u64,
    last_run: u64,
}

#[derive(Debug)]
enum State {
    Idle,
    Calling(Box<Calling>),
    Working(Box<Working>),
    Retrying(Box<Retrying>),
    /// The conversation or the files are being put back; prompts that come meanwhile wait here.
    Held(Vec<String>),
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
            tools: Arc::new([]),
            guard: LoopGuard::default(),
            last_turn: TurnId(0),
            last_call: 0,
            last_run: 0,
        }
    }

    /// A machine that says this before the first prompt of a conversation, in the same message: what is known
    /// of the place. It must not change within a session.
    #[must_use]
    pub fn with_opening(mut self, opening: String) -> Self {
        self.conversation = Conversation::new(opening);
        self
    }

    /// Offers these tools from the next call on.
    pub fn equip(&mut self, tools: Arc<[ToolSpec]>) {
        self.tools = tools;
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
            Effect::Emit(Event::Mode(self.settings.mode)),
            Effect::Emit(self.context_event()),
        ]
    }

    /// When the machine wants [`Input::Wake`]; `None` while only news can move it.
    #[must_use]
    pub fn deadline(&self) -> Option<Instant> {
        let next = match &self.state {
            State::Idle | State::Held(_) | State::Working(_) => None,
            State::Calling(calling) => Some(calling.quiet_until(&self.settings.limits)),
            State::Retrying(retrying) => Some(retrying.until),
        };
        next.into_iter().chain(self.wall()).min()
    }

    fn turn(&self) -> Option<&Turn> {
        match &self.state {
            State::Idle | State::Held(_) => None,
            State::Calling(calling) => Some(&calling.turn),
            State::Working(working) => Some(&working.turn),
            State::Retrying(retrying) => Some(&retrying.turn),
        }
    }

    /// A turn runs.
    #[must_use]
    pub fn is_busy(&self) -> bool {
        !matches!(self.state, State::Idle)
    }

    /// The messages that joined the conversation since this was asked last.
    pub(super) fn news(&mut self) -> Vec<Message> {
        self.conversation.news()
    }

    /// Takes one input and says what is to be done, in order.
    pub fn on(&mut self, input: Input, now: Now) -> Vec<Effect> {
        match input {
            Input::Command(command) => self.on_command(command, now),
            Input::Opened(call) => self.on_opened(call, now),
            Input::Deltas(call, deltas) => self.on_deltas(call, deltas, now),
            Input::Failed { call, error, jitter } => self.on_failed(call, &error, jitter, now),
            Input::Planned { run, result } => self.on_planned(run, result, now),
            Input::Checked { run, check } => self.on_checked(run, check, now),
            Input::Ran { run, outcome, took } => self.on_ran(run, *outcome, took, now),
            Input::Models(ids) => {
                self.settings.catalogue.unite(&ids);
                vec![Effect::Emit(self.settings.models_event())]
            }
            Input::TakenUp => self.hold_for(Effect::Finish),
            Input::PutBack(back) => self.on_put_back(*back, now),
            Input::Wake => self.on_wake(now),
        }
    }

    fn context_event(&self) -> Event {
        Event::Context { used: self.conversation.tokens(), window: self.settings.spec().context }
    }
}

fn activity(activity: Activity) -> Effect {
    Effect::Emit(Event::Activity(activity))
}

fn notice(severity: Severity, text: impl Into<String>) -> Effect {
    Effect::Emit(Event::Notice(Notice { severity, text: text.into() }))
}
