//! At rest: a prompt begins a turn.

use super::{Machine, Resume, State, Turn, activity, loop_guard::LoopGuard};
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
        self.guard = LoopGuard::default();
        let turn = Turn {
            id: self.last_turn,
            steps: 1,
            attempt: 1,
            touched: false,
            nudged: false,
            calm: false,
            began: now.instant,
            credits: 0.0,
        };
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
}
