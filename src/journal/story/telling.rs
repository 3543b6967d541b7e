//! From the records of a branch to the conversation for the model and the events for the screen, turn by turn.
//!
//! Wherever the log ends, and wherever records are lost, the conversation is one that the service takes: every call
//! has one answer, every answer a call, nothing is empty. A turn that was cut off is told in the same words each time,
//! so that the model's cache holds.

use std::{collections::HashMap, time::Duration};

use super::{
    branch::cut_off,
    calls::{Calls, Missing},
};
use crate::{
    chat::{CallId, Event, Finish, Message, ModelId, Role, StepId, ToolCall, TurnId, Usage},
    journal::{
        line::Entry,
        record::{Ended, Record, Stream},
    },
    text::Clean,
};

/// What a story is told as.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Parts {
    /// The conversation as the model knows it, without the system prompt.
    pub messages: Vec<Message>,
    /// The service's newest count of tokens, and how many of the messages it covers.
    pub counted: Option<(Usage, usize)>,
    /// What a front end is told, each event with how long ago it happened.
    pub events: Vec<(Duration, Event)>,
}

/// A story as far as it is told.
pub(super) struct Telling {
    /// The moment of the telling, milliseconds since 1970.
    now: i64,
    /// The model that was asked last.
    model: Option<ModelId>,
    parts: Parts,
}

/// A turn, or what comes before the first.
struct Part<'a> {
    to: &'a mut Telling,
    turn: Option<(TurnId, Clean)>,
    /// Messages and events before it.
    before: (usize, usize),
    /// The prompt is among the messages.
    is_asked: bool,
    /// Something came back.
    is_touched: bool,
    step: Option<Step>,
    /// The number of the newest step.
    n_steps: u32,
    calls: Calls,
    /// The calls that were asked for last, and the answers to them.
    asked: (Vec<ToolCall>, HashMap<CallId, Message>),
}

/// A model call.
struct Step {
    id: StepId,
    /// Its texts as far as no message has them.
    reasoning: Clean,
    answer: Clean,
    /// Its end, which is told after its texts.
    end: Option<(i64, Event)>,
    is_ended: bool,
    is_said: bool,
}

impl Telling {
    /// Nothing yet.
    pub(super) fn new(now: i64) -> Self {
        Self { now, model: None, parts: Parts::default() }
    }

    /// All of it.
    pub(super) fn end(self) -> Parts {
        let mut parts = self.parts;
        if let Some((_, covers)) = &mut parts.counted {
            *covers = parts.messages.len().min(*covers);
        }
        parts
    }

    /// Takes the records of a turn (or those before the first), the prompt first.
    pub(super) fn part(&mut self, entries: Vec<Entry>) {
        let at = entries.last().map_or(0, |entry| entry.at);
        let is_over = entries.iter().any(|entry| matches!(entry.record, Record::TurnEnd { .. }));
        let before = (self.parts.messages.len(), self.parts.events.len());
        let mut part = Part {
            to: self,
            turn: None,
            before,
            is_asked: false,
            is_touched: false,
            step: None,
            n_steps: 0,
            calls: Calls::default(),
            asked: Default::default(),
        };
        for entry in entries {
            part.take(entry);
        }
        part.finish(at, is_over);
    }
}

impl Part<'_> {
    fn take(&mut self, entry: Entry) {
        let Entry { at, record, .. } = entry;
        self.calls.note(&record);
        if !matches!(&record, Record::Message(message) if message.role == Role::Assistant) {
            self.end_step();
        }
        match record {
            Record::Turn { turn, prompt } => {
                self.turn = Some((turn, prompt.clone()));
                self.tell(at, Event::TurnStarted { turn, prompt });
            }
            Record::Step { step, model } => {
                self.answer_calls(Missing::Lost);
                self.to.model = Some(model);
                self.begin_step(at, step);
            }
            Record::Text { step, of, text } => self.on_text(at, (step, of), text),
            Record::Reset(id) => {
                if let Some(step) = self.step.as_mut().filter(|step| step.id == id) {
                    (step.reasoning, step.answer) = Default::default();
                }
                self.is_touched = true;
                self.tell(at, Event::StepReset { step: id });
            }
            Record::StepEnd { step, finish, usage, credits, served_by } => {
                self.to.parts.counted =
                    usage.map(|usage| (usage, self.to.parts.messages.len())).or(self.to.parts.counted);
                let open = self.step_of(at, step);
                open.is_ended = true;
                open.end = Some((at, Event::StepEnded { step, finish, usage, credits, served_by }));
            }
            Record::Message(message) => self.on_message(at, *message),
            Record::Summary(text) => self.on_summary(text),
            Record::TurnEnd { turn, end } => {
                self.answer_calls(Missing::Lost);
                if end.gave_back() {
                    self.to.parts.messages.truncate(self.before.0);
                }
                self.tell(at, Event::TurnEnded { turn, end: Ended::event(end) });
            }
            record => {
                if let Some(event) = record.event() {
                    self.tell(at, event);
                }
            }
        }
    }

    fn tell(&mut self, at: i64, event: Event) {
        let ago = u64::try_from(self.to.now.saturating_sub(at)).unwrap_or(0);
        self.to.parts.events.push((Duration::from_millis(ago), event));
    }

    fn begin_step(&mut self, at: i64, id: StepId) -> &mut Step {
        let model = self.to.model.clone().unwrap_or_else(|| ModelId::from("unknown"));
        self.tell(at, Event::StepStarted { step: id, model });
        self.n_steps = id.step;
        self.step.insert(Step::new(id))
    }

    /// The step of this number; it begins here where the record of its beginning is lost.
    fn step_of(&mut self, at: i64, id: StepId) -> &mut Step {
        if self.step.as_ref().is_none_or(|step| step.id != id) {
            return self.begin_step(at, id);
        }
        self.step.get_or_insert_with(|| Step::new(id))
    }

    fn on_text(&mut self, at: i64, (id, of): (StepId, Stream), text: Clean) {
        self.is_touched = true;
        let step = self.step_of(at, id);
        match of {
            Stream::Reasoning => step.reasoning.append(&text),
            Stream::Answer => step.answer.append(&text),
        }
        self.tell(at, text_event(id, of, text));
    }

    /// The conversation for the model begins anew with a summary of what it was.
    fn on_summary(&mut self, text: String) {
        self.answer_calls(Missing::Lost);
        self.to.parts.messages = vec![Message::text(Role::User, text)];
        self.to.parts.counted = None;
        (self.before.0, self.is_asked) = (1, true);
    }

    fn on_message(&mut self, at: i64, message: Message) {
        match (message.role, message.answers.clone()) {
            (Role::User, _) => {
                self.answer_calls(Missing::Lost);
                self.is_asked = true;
                self.to.parts.messages.push(message);
            }
            (Role::Assistant, _) => {
                self.ask();
                self.answer_calls(Missing::Lost);
                self.on_answer(at, message);
            }
            (Role::Tool, Some(call)) => {
                if self.asked.0.iter().any(|asked| asked.id == call) {
                    self.asked.1.entry(call).or_insert(message);
                }
            }
            (Role::Tool, None) | (Role::System, _) => {}
        }
    }

    /// The model's message: its texts are told as they stood on the screen, unless they are there.
    fn on_answer(&mut self, at: i64, message: Message) {
        self.is_touched = true;
        if self.step.as_ref().is_none_or(|step| step.is_said)
            && let Some((turn, _)) = self.turn
        {
            // No record of its step is left.
            self.begin_step(at, StepId { turn, step: self.n_steps + 1 });
        }
        if let Some(mut step) = self.step.take() {
            let said_at = step.end.as_ref().map_or(at, |(at, _)| *at);
            if !step.is_said {
                let reasoning = message.reasoning.as_deref().unwrap_or_default().trim_start();
                let texts = [
                    (Stream::Reasoning, reasoning, step.reasoning.is_empty()),
                    (Stream::Answer, message.content.as_str(), step.answer.is_empty()),
                ];
                for (of, text, _) in texts.into_iter().filter(|(_, text, is_new)| *is_new && !text.is_empty()) {
                    self.tell(said_at, text_event(step.id, of, Clean::new(text)));
                }
            }
            (step.reasoning, step.answer, step.is_said) = (Clean::default(), Clean::default(), true);
            self.step = Some(step);
            self.end_step();
        }
        if message.content.is_empty() && message.tool_calls.is_empty() {
            return;
        }
        let covers = self.to.parts.messages.len();
        self.asked.0.clone_from(&message.tool_calls);
        self.to.parts.messages.push(message);
        if let Some((_, covered)) = &mut self.to.parts.counted
            && *covered == covers
        {
            *covered += 1;
        }
    }

    /// Tells the end of the step, which waited for its texts.
    fn end_step(&mut self) {
        if let Some((at, event)) = self.step.as_mut().and_then(|step| step.end.take()) {
            self.tell(at, event);
        }
    }

    /// The prompt is asked even where the record of its message is lost.
    fn ask(&mut self) {
        if let Some((_, prompt)) = &self.turn
            && !std::mem::replace(&mut self.is_asked, true)
        {
            self.to.parts.messages.push(Message::text(Role::User, prompt.as_str()));
        }
    }

    /// Appends the answers to the calls that were asked for, in their order, each once.
    fn answer_calls(&mut self, why: Missing) {
        let (calls, mut answers) = std::mem::take(&mut self.asked);
        for call in calls {
            let answer = answers.remove(&call.id).unwrap_or_else(|| {
                let mut message = Message::text(Role::Tool, self.calls.told(&call.id, why));
                message.answers = Some(call.id);
                message
            });
            self.to.parts.messages.push(answer);
        }
    }

    /// No record of this turn is left.
    fn finish(mut self, at: i64, is_over: bool) {
        self.end_step();
        let is_cut = !is_over && self.turn.is_some();
        self.answer_calls(if is_cut { Missing::Cut } else { Missing::Lost });
        let Some((turn, _)) = self.turn.clone().filter(|_| is_cut) else { return };
        if !self.is_touched {
            self.to.parts.messages.truncate(self.before.0);
            self.to.parts.events.truncate(self.before.1);
            return;
        }
        let ends: Vec<Event> = self.calls.ends().collect();
        for event in ends {
            self.tell(at, event);
        }
        if let Some(step) = self.step.take() {
            self.leave(at, step);
        }
        self.tell(at, Event::TurnEnded { turn, end: cut_off() });
    }

    /// Keeps what a step had said when it was cut off.
    fn leave(&mut self, at: i64, step: Step) {
        let has_text = !step.reasoning.is_empty() || !step.answer.is_empty();
        if has_text && !step.is_ended {
            let finish = Finish::Cut;
            self.tell(at, Event::StepEnded { step: step.id, finish, usage: None, credits: None, served_by: None });
        }
        if !step.answer.as_str().trim().is_empty() {
            self.ask();
            let mut message = Message::text(Role::Assistant, step.answer.as_str());
            message.reasoning = (!step.reasoning.is_empty()).then(|| step.reasoning.into_string());
            self.to.parts.messages.push(message);
        }
    }
}

impl Step {
    fn new(id: StepId) -> Self {
        Self { id, reasoning: Clean::default(), answer: Clean::default(), end: None, is_ended: false, is_said: false }
    }
}

fn text_event(step: StepId, of: Stream, text: Clean) -> Event {
    match of {
        Stream::Reasoning => Event::Reasoning { step, text },
        Stream::Answer => Event::Answer { step, text },
    }
}
