//! Another conversation takes the place of this one, or files are put back; nothing begins meanwhile.

use super::{Machine, State, Waiting, When, loop_guard::LoopGuard, notice};
use crate::{
    agent::{
        effect::{Effect, PutBack},
        past::{Past, PastModel},
    },
    chat::{Event, Point, RewindScope, Severity, TurnId},
    quota::Now,
};

impl Machine {
    /// A machine that goes on where another one ended: its conversation, its numbers, its settings.
    #[must_use]
    pub fn with_past(mut self, past: Past) -> Self {
        self.take_up(past);
        self
    }

    fn take_up(&mut self, past: Past) {
        let Past { messages, counted, last_turn, last_run, model, mode, aside } = past;
        self.conversation.restore(messages, counted);
        if let Some(aside) = aside {
            self.conversation.add_aside(aside);
        }
        // Numbers never come twice within a log, whichever branch of it is gone on with.
        self.last_turn = self.last_turn.max(last_turn);
        self.last_run = self.last_run.max(last_run.0);
        if let Some(PastModel { id, thinking, effort }) = model {
            (self.settings.model, self.settings.thinking, self.settings.effort) = (id, thinking, effort);
        }
        self.settings.mode = mode.unwrap_or(self.settings.mode);
    }

    /// It goes on where another one ended.
    pub(in crate::agent) fn has_past(&self) -> bool {
        self.last_turn > TurnId(0)
    }

    /// Goes back to a moment; a running turn is stopped first.
    pub(super) fn rewind(&mut self, to: Point, scope: RewindScope, now: Now) -> Vec<Effect> {
        let mut effects = self.interrupt(now);
        effects.extend(self.hold_for(Effect::Rewind { to, scope }));
        effects
    }

    /// Has this done, at rest only: an undo beside a turn that changes files would undo half of what it does.
    pub(super) fn hold_for(&mut self, deed: Effect) -> Vec<Effect> {
        match self.state {
            State::Idle => {
                self.state = State::Held(Vec::new());
                vec![deed]
            }
            State::Held(_) => vec![notice(Severity::Warn, "something is being put back already; wait for its end")],
            _ => vec![notice(Severity::Warn, "a turn runs: stop it first (Esc), then undo or redo")],
        }
    }

    /// It is done: the conversation goes on from here, with the prompts that came meanwhile.
    pub(super) fn on_put_back(&mut self, back: PutBack, now: Now) -> Vec<Effect> {
        if !matches!(self.state, State::Held(_)) {
            return Vec::new();
        }
        let State::Held(asked) = std::mem::replace(&mut self.state, State::Idle) else { return Vec::new() };
        let mut effects = Vec::new();
        if let Some(past) = back.past {
            self.take_up(past);
            self.guard = LoopGuard::default();
            // Told again, so that the branch that begins here knows what is in force on it.
            effects.push(Effect::Emit(self.settings.model_event()));
            effects.push(Effect::Emit(Event::Mode(self.settings.mode)));
            effects.push(Effect::Emit(self.context_event()));
        }
        if let Some(told) = back.told {
            self.conversation.add_aside(told);
        }
        let mut asked = asked.into_iter();
        if let Some(first) = asked.next() {
            self.waiting.extend(asked.map(|text| Waiting { text, when: When::AfterTurn }));
            if !self.waiting.is_empty() {
                effects.push(self.waiting_event());
            }
            effects.extend(self.begin(&first, now));
        }
        effects
    }
}
