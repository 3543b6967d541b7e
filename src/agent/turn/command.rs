//! What a front end asks, in any state.

use super::{Machine, Waiting, When};
use crate::{
    agent::{conversation::Conversation, effect::Effect},
    chat::{Command, Event},
    quota::Now,
};

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
            Command::RefreshQuota => vec![Effect::PollNow],
            Command::NewSession => self.new_session(now),
            Command::Close => {
                let mut effects = self.interrupt(now);
                effects.push(Effect::Close);
                effects
            }
        }
    }

    fn on_prompt(&mut self, text: String, when: When, now: Now) -> Vec<Effect> {
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

    fn new_session(&mut self, now: Now) -> Vec<Effect> {
        let mut effects = self.interrupt(now);
        self.waiting.clear();
        self.conversation = Conversation::default();
        effects.extend([self.waiting_event(), Effect::Emit(self.context_event())]);
        effects
    }
}
