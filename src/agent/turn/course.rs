//! The course of a turn: its steps, what it may use up, the one way to its next step.

use std::time::Instant;

use super::{Machine, State, When};
use crate::{
    agent::effect::Effect,
    chat::{Event, Problem, ProblemKind, StepId, TurnEnd, TurnId},
    quota::Now,
    text::Clean,
};

/// What a turn carries from step to step.
#[derive(Clone, Debug)]
pub(super) struct Turn {
    pub(super) id: TurnId,
    /// Model calls so far.
    pub(super) steps: u32,
    /// Tries of the present model call, from 1.
    pub(super) attempt: u32,
    /// Something of a reply was shown: the prompt is not given back any more.
    pub(super) touched: bool,
    /// The model was asked once already to write the answer that it only thought.
    pub(super) nudged: bool,
    /// The step is asked for with less thinking, since the model repeated itself without end.
    pub(super) calm: bool,
    pub(super) began: Instant,
    /// Credits of its calls, as far as known.
    pub(super) credits: f64,
}

impl Turn {
    pub(super) fn step(&self) -> StepId {
        StepId { turn: self.id, step: self.steps }
    }

    /// The turn at its next step.
    pub(super) fn next(&self) -> Self {
        Self { steps: self.steps + 1, attempt: 1, calm: false, ..self.clone() }
    }
}

/// How a call relates to what was shown before it.
#[derive(Clone, Debug)]
pub(super) enum Resume {
    /// A new step, with nothing before it.
    NewStep,
    /// The same step again; what it showed goes when the reply begins. The text is the cut answer that
    /// the step goes on from, empty if none.
    SameStep(String),
    /// A new step that goes on from this partial answer.
    After(String),
}

/// Why a turn is stopped from outside.
pub(super) enum Halt {
    /// The person wants it.
    Person,
    /// It used up what it may.
    Problem(Problem),
}

impl Machine {
    /// Someone watches what is asked for unbidden.
    pub(in crate::agent) fn is_watched(&self) -> bool {
        self.settings.caps.watched
    }

    /// When the running turn has lasted long enough.
    pub(super) fn wall(&self) -> Option<Instant> {
        Some(self.turn()?.began + self.settings.caps.max_wall?)
    }

    /// The moment of [`Machine::deadline`] has come.
    pub(super) fn on_wake(&mut self, now: Now) -> Vec<Effect> {
        if self.wall().is_some_and(|at| at <= now.instant) {
            return self.on_wall(now);
        }
        match &self.state {
            State::Retrying(retrying) if retrying.until <= now.instant => self.retry_now(now),
            State::Calling(calling) if calling.quiet_until(&self.settings.limits) <= now.instant => {
                self.on_silence(now)
            }
            _ => Vec::new(),
        }
    }

    /// The turn has lasted long enough: it ends, whatever it does.
    pub(super) fn on_wall(&mut self, now: Now) -> Vec<Effect> {
        let seconds = self.settings.caps.max_wall.unwrap_or_default().as_secs();
        self.halt(Halt::Problem(used_up("wall", format!("the turn reached its limit of {seconds} s"))), now)
    }

    /// A prompt waits for the next step.
    pub(super) fn has_steered(&self) -> bool {
        self.waiting.iter().any(|waiting| waiting.when == When::NextStep)
    }

    /// Opens the next step of `turn`, with the prompts that were steered; or ends the turn when it has used up
    /// what it may.
    pub(super) fn next_step(&mut self, turn: &Turn, now: Now) -> Vec<Effect> {
        if let Some(problem) = self.over(turn) {
            return self.end_turn(turn, TurnEnd::Failed { problem, untouched: None }, now);
        }
        let (steered, rest): (Vec<_>, Vec<_>) = self.waiting.drain(..).partition(|w| w.when == When::NextStep);
        self.waiting = rest;
        let mut effects = Vec::new();
        if !steered.is_empty() {
            self.guard.clear();
            effects.push(self.waiting_event());
        }
        for prompt in steered {
            self.conversation.ask(&prompt.text);
            effects.push(Effect::Emit(Event::Steered { turn: turn.id, prompt: Clean::new(&prompt.text) }));
        }
        effects.extend(self.open(turn.next(), Resume::NewStep, now));
        effects
    }

    fn over(&self, turn: &Turn) -> Option<Problem> {
        let caps = &self.settings.caps;
        if let Some(most) = caps.max_steps.filter(|most| turn.steps >= *most) {
            return Some(used_up("turns", format!("the turn reached its limit of {most} model calls")));
        }
        let most = caps.max_credits.filter(|most| turn.credits >= *most)?;
        Some(used_up("credits", format!("the turn used {:.1} credits of at most {most}", turn.credits)))
    }
}

fn used_up(what: &str, words: String) -> Problem {
    Problem::new(ProblemKind::User, words).hint("raise the limit and say “go on”").code(format!("limit:{what}"))
}
