//! At rest: a prompt begins a turn.

use super::{Machine, Resume, State, Turn, When, activity};
use crate::{
    agent::effect::Effect,
    chat::{Activity, Event, TurnEnd},
    quota::Now,
    text::Clean,
};

impl Machine {
    /// Begins a turn with `prompt`.
    pub(super) fn begin(&mut self, prompt: &str, now: Now) -> Vec<Effect> {
        self.last_turn.0 += 1;
        let turn = Turn { id: self.last_turn, steps: 1, attempt: 1, touched: false, nudged: false };
        self.conversation.ask(prompt);
        let mut effects =
            vec![Effect::TurnBegan, Effect::Emit(Event::TurnStarted { turn: turn.id, prompt: Clean::new(prompt) })];
        effects.extend(self.open(turn, Resume::NewStep, now));
        effects
    }

    /// Ends `turn`, then begins the next one if a prompt waits and the end was a good one.
    pub(super) fn end_turn(&mut self, turn: &Turn, end: TurnEnd, now: Now) -> Vec<Effect> {
        self.state = State::Idle;
        let good = matches!(end, TurnEnd::Done);
        let mut effects = vec![
            activity(Activity::Idle),
            Effect::Emit(self.context_event()),
            Effect::Emit(Event::TurnEnded { turn: turn.id, end }),
            Effect::TurnEnded,
        ];
        if good && !self.waiting.is_empty() {
            let next = self.waiting.remove(0);
            effects.push(self.waiting_event());
            effects.extend(self.begin(&next.text, now));
        }
        effects
    }

    /// Delivers the prompts that were steered, if any, and opens the next step with them.
    pub(super) fn deliver_steered(&mut self, turn: &Turn, now: Now) -> Option<Vec<Effect>> {
        let (steered, rest): (Vec<_>, Vec<_>) = self.waiting.drain(..).partition(|w| w.when == When::NextStep);
        self.waiting = rest;
        if steered.is_empty() {
            return None;
        }
        let mut effects = vec![self.waiting_event()];
        for prompt in steered {
            self.conversation.ask(&prompt.text);
            effects.push(Effect::Emit(Event::Steered { turn: turn.id, prompt: Clean::new(&prompt.text) }));
        }
        let next = Turn { steps: turn.steps + 1, attempt: 1, ..turn.clone() };
        effects.extend(self.open(next, Resume::NewStep, now));
        Some(effects)
    }
}
