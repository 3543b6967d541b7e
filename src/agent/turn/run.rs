//! One tool call and how far it is: its row, its end.

use std::time::Duration;

use crate::{
    agent::effect::Effect,
    chat::{Ask, Event, Image, RunCard, RunId, RunKind, RunReport, StepId, ToolCall},
    text::Clean,
    tools::{Outcome, Permit, Planned},
};

/// The longest name or target that a row gets from a call that could not be read.
pub(super) const SHOWN: usize = 80;

/// A call and how far it is.
#[derive(Debug)]
pub(super) struct Run {
    pub(super) id: RunId,
    pub(super) call: ToolCall,
    /// It will not be run, for this reason.
    pub(super) refusal: Option<String>,
    pub(super) stage: Stage,
    has_card: bool,
}

/// How far a call is.
#[derive(Debug)]
pub(super) enum Stage {
    /// What it touches is not known yet.
    Taken,
    /// It waits for its turn.
    Waiting(Box<Planned>),
    /// The policy is asked.
    Checking(Box<Planned>),
    /// A person is asked.
    Asking(Box<Planned>, Box<Ask>),
    /// It may run as soon as there is room.
    Ready(Box<Planned>, Permit),
    /// It runs.
    Running(Box<Planned>),
    /// It ended; this is told to the model.
    Done(String, Vec<Image>),
}

impl Stage {
    pub(super) fn planned(&self) -> Option<&Planned> {
        match self {
            Self::Taken | Self::Done(..) => None,
            Self::Waiting(planned)
            | Self::Checking(planned)
            | Self::Asking(planned, _)
            | Self::Ready(planned, _)
            | Self::Running(planned) => Some(planned),
        }
    }
}

impl Run {
    pub(super) fn new(id: RunId, call: ToolCall, refusal: Option<String>) -> Self {
        Self { id, call, refusal, stage: Stage::Taken, has_card: false }
    }

    /// It will not be run; an earlier reason stays.
    pub(super) fn refuse(&mut self, why: String) {
        self.refusal.get_or_insert(why);
    }

    pub(super) fn is_done(&self) -> bool {
        matches!(self.stage, Stage::Done(..))
    }

    /// The row, once for each call.
    pub(super) fn card(&mut self, step: StepId, effects: &mut Vec<Effect>) {
        if std::mem::replace(&mut self.has_card, true) {
            return;
        }
        let short = |text: &str| Clean::strict(&text.chars().take(SHOWN).collect::<String>());
        let (tool, run) = (short(&self.call.name), self.id);
        let card = if let Some(planned) = self.stage.planned() {
            let (kind, verb, target) = (planned.kind, Clean::trusted(planned.verb), planned.target.clone());
            RunCard { run, step, tool, kind, verb, target }
        } else {
            let (verb, target) = (tool.clone(), short(&self.call.arguments));
            RunCard { run, step, tool, kind: RunKind::Other, verb, target }
        };
        effects.push(Effect::Emit(Event::RunQueued(Box::new(card))));
    }

    /// Ends the call.
    pub(super) fn settle(&mut self, step: StepId, outcome: Outcome, took: Duration, effects: &mut Vec<Effect>) {
        self.card(step, effects);
        if matches!(self.stage, Stage::Asking(..)) {
            effects.push(Effect::Emit(Event::AskClosed { run: self.id }));
        }
        let Outcome { end, to_model, images, summary, detail, .. } = outcome;
        let report = Box::new(RunReport { end, summary, detail, took });
        effects.push(Effect::Emit(Event::RunEnded { run: self.id, report }));
        self.stage = Stage::Done(to_model, images);
    }
}
