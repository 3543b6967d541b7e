//! A call is open: from its request to its last piece.

use std::{sync::Arc, time::Instant};

use super::{HEADERS_WITHIN, Machine, Resume, State, Turn, activity, drone, joint::Joint};
use crate::{
    agent::effect::{Call, Effect},
    chat::{Activity, Effort, Event, Finish, ModelId, StepId, ToolCall, Usage},
    config::{Limits, ModelSpec, ThinkingControl},
    glm::Delta,
    quota::Now,
    text::{Clean, Cleaner},
};

/// An open call and what came of it. The texts are raw; only cleaned ones are emitted.
#[derive(Debug)]
pub(super) struct Calling {
    pub(super) turn: Turn,
    pub(super) number: u64,
    pub(super) model: ModelId,
    pub(super) reply: Reply,
    /// The cut answer that this call goes on from; empty if none.
    pub(super) before: String,
    /// The step was shown before and is shown anew when the reply begins.
    stale: bool,
    opened: bool,
    heard_at: Instant,
    phase: Phase,
}

/// What a call has brought so far.
#[derive(Debug, Default)]
pub(super) struct Reply {
    pub(super) reasoning: String,
    pub(super) answer: String,
    pub(super) calls: Vec<ToolCall>,
    /// Events of it that could not be read.
    pub(super) n_skipped: u32,
    /// Bytes of reasoning when it was last looked at for endless repetition.
    n_looked: usize,
    joint: Joint,
    clean_reasoning: Cleaner,
    clean_answer: Cleaner,
}

/// What the last piece of a reply said, or what stands for it when there was none.
pub(super) struct Ending {
    pub(super) finish: Finish,
    pub(super) usage: Option<Usage>,
    /// The model as the service named it.
    pub(super) model: Option<ModelId>,
}

impl Ending {
    /// An end without the service's word.
    pub(super) fn early(finish: Finish) -> Self {
        Self { finish, usage: None, model: None }
    }
}

#[derive(Clone, Copy, Debug, PartialEq)]
enum Phase {
    Waiting,
    Thinking,
    Writing,
}

impl Calling {
    pub(super) fn new(turn: Turn, number: u64, model: ModelId, resume: Resume, now: Now) -> Self {
        let stale = matches!(resume, Resume::SameStep(_));
        let before = match resume {
            Resume::After(before) | Resume::SameStep(before) => before,
            Resume::NewStep => String::new(),
        };
        Self {
            turn,
            number,
            model,
            reply: Reply { joint: Joint::after(before.clone()), ..Reply::default() },
            before,
            stale,
            opened: false,
            heard_at: now.instant,
            phase: Phase::Waiting,
        }
    }

    /// When silence becomes a failure.
    pub(super) fn quiet_until(&self, limits: &Limits) -> Instant {
        let within = if self.opened { limits.quiet_abort } else { limits.quiet_abort.min(HEADERS_WITHIN) };
        self.heard_at + within
    }

    /// Something of the reply is on the screen.
    pub(super) fn showed(&self) -> bool {
        !self.reply.reasoning.is_empty() || !self.reply.answer.is_empty()
    }

    /// The reasoning has become one short piece without end.
    fn drones(&mut self) -> bool {
        let len = self.reply.reasoning.len();
        if len < self.reply.n_looked + drone::EVERY {
            return false;
        }
        self.reply.n_looked = len;
        drone::drones(&self.reply.reasoning)
    }

    fn enter(&mut self, phase: Phase, effects: &mut Vec<Effect>) {
        if self.phase != phase {
            self.phase = phase;
            effects.push(activity(match phase {
                Phase::Waiting => Activity::Waiting,
                Phase::Thinking => Activity::Thinking,
                Phase::Writing => Activity::Writing,
            }));
        }
    }

    /// The first piece of a repeated step clears what the failed try showed.
    fn freshen(&mut self, effects: &mut Vec<Effect>) {
        if std::mem::take(&mut self.stale) {
            effects.push(Effect::Emit(Event::StepReset { step: self.turn.step() }));
        }
        self.turn.touched = true;
    }

    fn on_reasoning(&mut self, piece: &str, effects: &mut Vec<Effect>) {
        self.freshen(effects);
        self.enter(Phase::Thinking, effects);
        let first = self.reply.reasoning.trim_start().is_empty();
        self.reply.reasoning.push_str(piece);
        let shown = if first { piece.trim_start() } else { piece };
        let text = self.reply.clean_reasoning.push(shown);
        emit_text(self.turn.step(), text, effects, |step, text| Event::Reasoning { step, text });
    }

    fn on_answer(&mut self, piece: String, effects: &mut Vec<Effect>) {
        self.freshen(effects);
        self.enter(Phase::Writing, effects);
        let new = self.reply.joint.push(piece);
        self.write_answer(&new, effects);
    }

    fn write_answer(&mut self, new: &str, effects: &mut Vec<Effect>) {
        self.reply.answer.push_str(new);
        let text = self.reply.clean_answer.push(new);
        emit_text(self.turn.step(), text, effects, |step, text| Event::Answer { step, text });
    }

    /// Lets out what the cleaners and the joint still hold: no more text will come.
    pub(super) fn seal(&mut self, effects: &mut Vec<Effect>) {
        let held = self.reply.joint.finish();
        self.write_answer(&held, effects);
        let step = self.turn.step();
        let reasoning = self.reply.clean_reasoning.finish();
        emit_text(step, reasoning, effects, |step, text| Event::Reasoning { step, text });
        let answer = self.reply.clean_answer.finish();
        emit_text(step, answer, effects, |step, text| Event::Answer { step, text });
    }
}

fn emit_text(step: StepId, text: Clean, effects: &mut Vec<Effect>, event: fn(StepId, Clean) -> Event) {
    if !text.as_str().is_empty() {
        effects.push(Effect::Emit(event(step, text)));
    }
}

impl Machine {
    /// Opens the next call of `turn`: a new step, or the same one again after a failure.
    pub(super) fn open(&mut self, turn: Turn, resume: Resume, now: Now) -> Vec<Effect> {
        self.last_call += 1;
        let model = self.settings.spec();
        let (thinking, effort) = self.thinking_for(&turn, &model);
        let call = Call {
            number: self.last_call,
            messages: self.conversation.messages().to_vec(),
            thinking,
            effort,
            model,
            tools: Arc::clone(&self.tools),
        };
        let step = turn.step();
        let id = call.model.id.clone();
        let mut effects = Vec::new();
        if !matches!(resume, Resume::SameStep(_)) {
            effects.push(Effect::Emit(Event::StepStarted { step, model: id.clone() }));
        }
        effects.push(activity(Activity::Connecting));
        effects.push(Effect::Open(Box::new(call)));
        self.state = State::Calling(Box::new(Calling::new(turn, self.last_call, id, resume, now)));
        effects
    }

    /// How hard the model is asked to think; less when it has just lost itself in thinking.
    fn thinking_for(&self, turn: &Turn, model: &ModelSpec) -> (bool, Option<Effort>) {
        let (thinking, effort) = (self.settings.thinking, self.settings.effort_for(model));
        if !turn.calm {
            return (thinking, effort);
        }
        let low = model.efforts.contains(&Effort::Low).then_some(Effort::Low);
        (thinking && model.thinking != ThinkingControl::Toggle, low.or(effort))
    }

    /// The open call, if `number` is its number: news of any other is late and ignored.
    fn calling(&mut self, number: u64) -> Option<&mut Calling> {
        match &mut self.state {
            State::Calling(calling) if calling.number == number => Some(calling),
            _ => None,
        }
    }

    pub(super) fn on_opened(&mut self, number: u64, now: Now) -> Vec<Effect> {
        let Some(calling) = self.calling(number) else { return Vec::new() };
        calling.opened = true;
        calling.heard_at = now.instant;
        vec![activity(Activity::Waiting)]
    }

    pub(super) fn on_deltas(&mut self, number: u64, deltas: Vec<Delta>, now: Now) -> Vec<Effect> {
        let mut effects = Vec::new();
        let Some(calling) = self.calling(number) else { return effects };
        if !deltas.is_empty() {
            calling.heard_at = now.instant;
        }
        for delta in deltas {
            match delta {
                Delta::Reasoning(piece) => calling.on_reasoning(&piece, &mut effects),
                Delta::Answer(piece) => calling.on_answer(piece, &mut effects),
                Delta::Call(call) => calling.reply.calls.push(call),
                Delta::Repaired(what) => {
                    calling.reply.n_skipped += u32::from(what.contains("event was skipped"));
                    effects.push(Effect::Emit(Event::Repaired { step: calling.turn.step(), what }));
                }
                Delta::End { finish, usage, model } => {
                    effects.extend(self.on_end(&Ending { finish, usage, model }, now));
                    return effects;
                }
            }
        }
        if calling.drones() {
            effects.extend(self.on_drone(now));
        }
        effects
    }
}
