//! What a front end asks, in any state.

use serde::{Deserialize, Serialize};

use super::{Machine, State};
use crate::{
    agent::effect::Effect,
    chat::{Command, Event},
    quota::Now,
    text::Clean,
};

/// A prompt that waits for its moment.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(super) struct Waiting {
    pub(super) text: String,
    pub(super) when: When,
}

#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub(super) enum When {
    NextStep,
    AfterTurn,
}

impl Machine {
    pub(super) fn on_command(&mut self, command: Command, now: Now) -> Vec<Effect> {
        match command {
            Command::Submit(text) => self.on_prompt(text, When::NextStep, now),
            Command::Queue(text) => self.on_prompt(text, When::AfterTurn, now),
            Command::Recall => self.on_recall(),
            Command::Interrupt => self.interrupt(now),
            Command::RetryNow => self.retry_now(now),
            Command::SetModel(id) => {
                self.settings.model = id;
                vec![Effect::Emit(self.settings.model_event()), Effect::Emit(self.context_event())]
            }
            Command::SetThinking(thinking) => {
                self.settings.thinking = thinking;
                vec![Effect::Emit(self.settings.model_event())]
            }
            Command::SetEffort(effort) => {
                self.settings.effort = effort;
                vec![Effect::Emit(self.settings.model_event())]
            }
            Command::Answer { run, reply } => self.on_answer(run, reply, now),
            Command::SetMode(mode) => {
                let mut effects = Vec::new();
                self.enter_mode(mode, &mut effects);
                self.tell_activity(effects)
            }
            Command::Background(run) => self.let_go_on(run),
            Command::StopJob(job) => vec![Effect::StopJob(job)],
            Command::RefreshQuota => vec![Effect::PollNow],
            Command::Rewind { to, scope } => self.rewind(to, scope, now),
            Command::Undo => self.hold_for(Effect::Undo),
            Command::Redo => self.hold_for(Effect::Redo),
            Command::Rename(name) => vec![Effect::Rename(name)],
            Command::Close => {
                let mut effects = self.interrupt(now);
                effects.push(Effect::Close);
                effects
            }
        }
    }

    fn on_prompt(&mut self, text: String, when: When, now: Now) -> Vec<Effect> {
        if let State::Held(asked) = &mut self.state {
            asked.push(text);
            return Vec::new();
        }
        if !self.is_busy() {
            return self.begin(&text, now);
        }
        self.waiting.push(Waiting { text, when });
        vec![self.waiting_event()]
    }

    fn on_recall(&mut self) -> Vec<Effect> {
        match self.waiting.pop() {
            Some(last) => vec![Effect::Emit(Event::Recalled(last.text)), self.waiting_event()],
            None => Vec::new(),
        }
    }

    pub(super) fn waiting_event(&self) -> Effect {
        Effect::Emit(Event::Waiting(self.waiting.iter().map(|w| Clean::new(&w.text)).collect()))
    }
}
