//! The agent's events become entries, steps and what the activity row tells.

use super::{App, Effect, EntryKind, Now, ReasoningState, Scroll, Step, TurnMark, start, update::Effects};
use crate::{
    chat::{Activity, Event, Finish, ModelId, StepId, TurnEnd, TurnId},
    config::ReasoningPane,
};

/// The open reasoning pane folds this long after the first text of the answer.
const FOLDS_AFTER: std::time::Duration = std::time::Duration::from_millis(1500);

impl App {
    pub(super) fn on_chat(&mut self, event: Event, now: Now, out: &mut Effects) {
        match event {
            Event::TurnStarted { turn, prompt } => {
                self.on_turn_started(turn, prompt.as_str(), now);
                out.push(Effect::Title(self.title()));
            }
            Event::Steered { turn, prompt } => {
                let text = prompt.as_str().to_owned();
                self.transcript.push(EntryKind::Prompt { turn, text, steered: true });
                self.note_news();
            }
            Event::Waiting(prompts) => {
                self.live.waiting = prompts.iter().map(|prompt| prompt.as_str().to_owned()).collect();
            }
            Event::Recalled(prompt) => self.give_back(&prompt, now),
            Event::StepStarted { step, model } => self.on_step_started(step, model, now),
            Event::Reasoning { step, text } => self.on_reasoning(step, text.as_str(), now),
            Event::Answer { step, text } => self.on_answer(step, text.as_str(), now),
            Event::StepReset { step } => self.on_step_reset(step),
            Event::StepEnded { step, finish, usage, credits, served_by } => {
                if self.is_current(step.turn) {
                    if let Some(step) = self.transcript.step_mut(step) {
                        (step.usage, step.credits) = (usage, credits);
                    }
                    self.on_step_ended(step, finish, served_by, now);
                }
            }
            Event::TurnEnded { turn, end } => self.on_turn_ended(turn, end, now, out),
            Event::Activity(activity) => self.on_activity(activity, now),
            Event::Notice(notice) => self.toast(notice, now),
            Event::Model { id, thinking, effort } => {
                (self.status.thinking, self.status.effort) = (thinking, effort);
                self.on_model(id);
            }
            Event::Models(cards) => self.status.models = cards,
            Event::Context { used, window } => self.status.context = Some((used, window)),
            Event::Repaired { step, what } => self.on_repaired(step, what),
            Event::RunQueued(card) => self.on_run_queued(*card),
            Event::RunStarted { run } => self.on_run_started(run, now),
            Event::RunProgress { run, progress } => self.on_run_progress(run, progress, now),
            Event::RunEnded { run, report } => self.on_run_ended(run, *report),
            Event::Plan(plan) => self.on_plan(plan),
            Event::Jobs(jobs) => self.on_jobs(jobs, now),
            Event::Mode(mode) => self.on_mode(mode, now),
            Event::Sandbox(card) => self.status.sandbox = Some(card),
            Event::Asked(ask) => self.on_asked(*ask, now, out),
            Event::AskClosed { run } => self.live.asks.close(run),
            Event::Message(_) => {}
            Event::Session(info) => self.on_session(info, out),
            Event::Restored(restored) => self.on_restored(*restored, now, out),
            Event::Undone(report) => self.on_undone(&report, now),
            Event::Saving(saving) => self.on_saving(saving, now),
            Event::Closed => {
                if !self.keys.gesture.leaving {
                    self.keys.gesture.leaving = true;
                    out.push(Effect::Quit);
                }
            }
        }
    }

    fn is_current(&self, turn: TurnId) -> bool {
        self.transcript.stream.running == Some(turn)
    }

    fn on_turn_started(&mut self, turn: TurnId, prompt: &str, now: Now) {
        self.transcript.stream.running = Some(turn);
        let entry = self.transcript.push(EntryKind::Prompt { turn, text: prompt.to_owned(), steered: false });
        self.transcript.turns.push(TurnMark { turn, entry, at: now.wall.as_second() });
        self.disarm_rewind();
        (self.live.turn_at, self.live.heard_at, self.live.speed) = (Some(now.instant), None, None);
        self.note_news();
    }

    fn on_step_started(&mut self, id: StepId, model: ModelId, now: Now) {
        if !self.is_current(id.turn) {
            return;
        }
        // The new step opens its section; the one before folds unless it is pinned.
        if let Some(before) = self.transcript.steps.last_mut().filter(|step| !step.pinned) {
            before.open = None;
        }
        self.transcript.steps.push(Step::new(id, model, now.instant));
        self.transcript.restart_meter();
        self.live.heard_at = None;
    }

    fn on_reasoning(&mut self, id: StepId, text: &str, now: Now) {
        if !self.is_current(id.turn) {
            return;
        }
        self.heard(text, now);
        self.transcript.append_reasoning(id, text);
        if let Some(step) = self.transcript.step_mut(id) {
            step.thought_at.get_or_insert(now.instant);
            step.reasoning_chars += text.chars().count() as u64;
        }
        if self.panes.mode == ReasoningPane::Auto && self.panes.state == ReasoningState::Rest {
            self.panes.state = ReasoningState::Live;
        }
        self.panes.folds_at = None;
        self.note_news();
    }

    fn on_answer(&mut self, id: StepId, text: &str, now: Now) {
        if !self.is_current(id.turn) {
            return;
        }
        self.heard(text, now);
        self.transcript.append_answer(id, text);
        self.end_thought(id, now);
        self.note_news();
    }

    fn on_step_reset(&mut self, id: StepId) {
        if !self.is_current(id.turn) {
            return;
        }
        self.transcript.reset_step(id);
        self.leave_lost_places();
    }

    /// A position in a text that is gone is no position.
    pub(super) fn leave_lost_places(&mut self) {
        for scroll in [&mut self.panes.answer, &mut self.panes.reasoning] {
            if matches!(scroll, Scroll::Reading(at) if self.transcript.entry(at.entry).is_none()) {
                *scroll = Scroll::Latest;
            }
        }
    }

    fn on_step_ended(&mut self, id: StepId, finish: Finish, served_by: Option<ModelId>, now: Now) {
        self.live.heard_at = Some(now.instant);
        self.live.speed = None;
        self.end_thought(id, now);
        let asked = self.transcript.step(id).map(|step| step.model.clone());
        if let Some(other) = served_by.filter(|other| Some(other) != asked.as_ref()) {
            self.transcript.push(EntryKind::Mark(format!("step {id} was served by {other}")));
        }
        let mark = match &finish {
            Finish::Length => Some("the reply reached its limit of tokens and is cut"),
            Finish::Sensitive => Some("the service withheld the rest of this reply"),
            Finish::ContextFull => Some("the conversation no longer fits the model's context"),
            Finish::Cut => Some("the stream was cut here"),
            Finish::Stop | Finish::ToolCalls | Finish::Interrupted | Finish::Other(_) => None,
        };
        if let Some(mark) = mark {
            self.transcript.push(EntryKind::Mark(mark.to_owned()));
        }
        if let Some(step) = self.transcript.step_mut(id) {
            step.finish = Some(finish);
        }
        self.note_news();
    }

    fn on_turn_ended(&mut self, turn: TurnId, end: TurnEnd, now: Now, out: &mut Effects) {
        if !self.is_current(turn) {
            return;
        }
        self.transcript.stream.running = None;
        self.live.asks.end_turn(turn);
        self.transcript.complete(turn);
        self.stop_runs(turn, now);
        (self.live.turn_at, self.live.heard_at, self.live.speed) = (None, None, None);
        (self.live.activity, self.live.activity_at) = (Activity::Idle, now.instant);
        if let Some(last) = self.transcript.steps.last_mut() {
            last.end_thought(now.instant);
        }
        self.fold_soon(now);
        let untouched = match end {
            TurnEnd::Done => None,
            TurnEnd::Interrupted { untouched } => {
                self.transcript.push(EntryKind::Mark("interrupted".to_owned()));
                untouched
            }
            TurnEnd::Failed { problem, untouched } => {
                self.transcript.push(EntryKind::Trouble(problem));
                untouched
            }
        };
        if let Some(prompt) = untouched {
            self.give_back(&prompt, now);
        }
        if !self.look.focused {
            out.push(Effect::Bell);
        }
        out.push(Effect::Title(self.title()));
        self.note_news();
    }

    fn on_activity(&mut self, activity: Activity, now: Now) {
        if self.live.activity != activity {
            self.live.activity_at = now.instant;
        }
        self.live.activity = activity;
    }

    /// A prompt comes back: into the empty composer, else into the history.
    fn give_back(&mut self, prompt: &str, now: Now) {
        if self.composer.is_empty() {
            self.composer.set_text(prompt);
        } else {
            self.composer.remember(prompt);
            self.say("your draft stays; the prompt that was not sent is in the history (↑)", now);
        }
    }

    /// The service spoke.
    fn heard(&mut self, text: &str, now: Now) {
        self.live.heard_at = Some(now.instant);
        self.live.speed = self.transcript.measure(text, now.instant);
    }

    /// Reasoning of this step is over, if there was some.
    fn end_thought(&mut self, id: StepId, now: Now) {
        if let Some(step) = self.transcript.step_mut(id) {
            step.end_thought(now.instant);
        }
        self.fold_soon(now);
    }

    fn fold_soon(&mut self, now: Now) {
        if self.panes.state == ReasoningState::Live && self.panes.folds_at.is_none() {
            self.panes.folds_at = Some(now.instant + FOLDS_AFTER);
        }
    }

    /// Folds the open reasoning pane, unless somebody reads there.
    pub(super) fn fold(&mut self) {
        let read = self.panes.reasoning != Scroll::Latest || self.panes.focus == super::Focus::Reasoning;
        if !read {
            if self.panes.state == ReasoningState::Live {
                self.panes.state = start::at_rest(self.panes.mode);
            }
            self.panes.folds_at = None;
        }
    }

    /// Something new stands below what is read.
    pub(super) fn note_news(&mut self) {
        if self.panes.answer != Scroll::Latest && !self.view.answer.at_end {
            self.panes.unseen = true;
        }
    }

    /// Another model serves from the next step on: said once, behind the last entry.
    fn on_model(&mut self, id: ModelId) {
        self.status.model = id;
        if let Some(EntryKind::Mark(text)) = self.transcript.entries.last().map(|entry| &entry.kind)
            && text.starts_with(MODEL_MARK)
        {
            self.transcript.entries.pop();
            self.leave_lost_places();
        }
        let Some(last) = self.transcript.steps.last().filter(|step| step.model != self.status.model) else { return };
        let next = match self.transcript.stream.running {
            Some(turn) if turn == last.id.turn => StepId { turn, step: last.id.step + 1 },
            Some(turn) => StepId { turn, step: 1 },
            None => StepId { turn: TurnId(last.id.turn.0 + 1), step: 1 },
        };
        self.transcript.push(EntryKind::Mark(format!("{MODEL_MARK}{} from step {next}", self.status.model)));
    }
}

/// How the mark of another model begins.
const MODEL_MARK: &str = "model ";
