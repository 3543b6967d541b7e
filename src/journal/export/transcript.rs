//! The records of a conversation put together again: turns, their steps, what each step thought, said and did.

use crate::{
    chat::{Detail, Finish, Role, RunCard, RunReport, StepId, TurnId, Usage},
    journal::{Ended, Head, Record, Story, Stream},
    text::Clean,
};

/// A conversation.
pub(super) struct Transcript<'a> {
    pub(super) head: &'a Head,
    pub(super) name: Option<Clean>,
    pub(super) turns: Vec<Turn>,
    /// Records that could not be read.
    pub(super) n_bad: u64,
    /// What was said to the model last: the prompt of a turn whose beginning is lost.
    asked: Clean,
}

/// A prompt and all that follows it.
pub(super) struct Turn {
    pub(super) id: TurnId,
    /// When it was sent, milliseconds since 1970.
    pub(super) at: i64,
    pub(super) prompt: Clean,
    pub(super) parts: Vec<Part>,
    pub(super) end: Option<Ended>,
}

/// What follows a prompt, in order.
pub(super) enum Part {
    /// A model call.
    Step(Box<Step>),
    /// A prompt that was delivered while the turn ran.
    Steered(Clean),
}

/// A model call.
pub(super) struct Step {
    pub(super) id: StepId,
    /// When it began, milliseconds since 1970.
    pub(super) at: i64,
    /// The model that was asked, or the one that served if it was another.
    pub(super) model: Clean,
    pub(super) reasoning: Clean,
    pub(super) answer: Clean,
    pub(super) calls: Vec<Call>,
    pub(super) finish: Option<Finish>,
    pub(super) usage: Option<Usage>,
    pub(super) credits: Option<f64>,
}

/// A tool call with its result, if it is known.
pub(super) struct Call {
    pub(super) card: RunCard,
    pub(super) report: Option<RunReport>,
}

impl Call {
    /// What the call was about, one line.
    pub(super) fn target(&self) -> Clean {
        Clean::strict(self.card.target.as_str().lines().next().unwrap_or_default())
    }

    /// What came of it, a few words.
    pub(super) fn outcome(&self) -> Clean {
        self.report.as_ref().map_or(Clean::trusted("its end is not known"), |report| report.summary.clone())
    }

    /// The change that it made.
    pub(super) fn change(&self) -> Option<&crate::chat::FileChange> {
        match &self.report.as_ref()?.detail {
            Detail::Change(change) => Some(change),
            Detail::None | Detail::Text(_) => None,
        }
    }
}

impl<'a> Transcript<'a> {
    pub(super) fn of(story: &'a Story) -> Self {
        let name = story.name.as_deref().map(Clean::strict);
        let mut out =
            Self { head: &story.head, name, turns: Vec::new(), n_bad: story.damage.bad, asked: Clean::default() };
        for entry in &story.path {
            out.take(entry.at, &entry.record);
        }
        out
    }

    /// A title: the name, else the first prompt's first line.
    pub(super) fn title(&self) -> Clean {
        let first = || self.turns.first().and_then(|turn| turn.prompt.as_str().lines().find(|line| !line.is_empty()));
        self.name.clone().or_else(|| first().map(Clean::strict)).unwrap_or(Clean::trusted("A conversation"))
    }

    fn take(&mut self, at: i64, record: &Record) {
        match record {
            Record::Turn { turn, prompt } => {
                self.turns.push(Turn { id: *turn, at, prompt: prompt.clone(), parts: Vec::new(), end: None });
            }
            Record::TurnEnd { turn, end } => {
                if let Some(turn) = self.turns.iter_mut().rev().find(|known| known.id == *turn) {
                    turn.end = Some(end.clone());
                }
            }
            Record::Steered { prompt, .. } => self.part(Part::Steered(prompt.clone())),
            Record::Step { step, model } => {
                self.begin(step.turn, at);
                self.part(Part::Step(Box::new(Step::new(*step, at, model.as_str()))));
            }
            Record::Message(message) if message.role == Role::User => self.asked = Clean::new(&message.content),
            Record::Text { step, of, text } => {
                if let Some(step) = self.step(|known| known.id == *step) {
                    step.stream(*of).append(text);
                }
            }
            Record::Reset(step) => {
                if let Some(step) = self.step(|known| known.id == *step) {
                    (step.reasoning, step.answer) = (Clean::default(), Clean::default());
                }
            }
            Record::StepEnd { step, finish, usage, credits, served_by } => {
                if let Some(step) = self.step(|known| known.id == *step) {
                    (step.finish, step.usage, step.credits) = (Some(finish.clone()), *usage, *credits);
                    if let Some(model) = served_by {
                        step.model = Clean::strict(model.as_str());
                    }
                }
            }
            Record::Message(message) if message.role == Role::Assistant => {
                // What streamed is in the message again; only a log that lost pieces needs it.
                if let Some(step) = self.step(|_| true) {
                    step.fill(&message.content, message.reasoning.as_deref());
                }
            }
            Record::Run(card) => {
                if let Some(step) = self.step(|known| known.id == card.step) {
                    step.calls.push(Call { card: card.as_ref().clone(), report: None });
                }
            }
            Record::RunEnd { run, report } => {
                let has = |step: &Step| step.calls.iter().any(|call| call.card.run == *run);
                if let Some(call) = self.step(has).and_then(|s| s.calls.iter_mut().find(|call| call.card.run == *run)) {
                    call.report = Some(report.as_ref().clone());
                }
            }
            _ => {}
        }
    }

    /// The turn of a step, where the record of its beginning is lost.
    fn begin(&mut self, id: TurnId, at: i64) {
        if self.turns.last().is_none_or(|turn| turn.id != id) {
            self.turns.push(Turn { id, at, prompt: self.asked.clone(), parts: Vec::new(), end: None });
        }
    }

    fn part(&mut self, part: Part) {
        if let Some(turn) = self.turns.last_mut() {
            turn.parts.push(part);
        }
    }

    /// The newest step like this one.
    fn step(&mut self, like: impl Fn(&Step) -> bool) -> Option<&mut Step> {
        let parts = self.turns.iter_mut().rev().flat_map(|turn| turn.parts.iter_mut().rev());
        let mut steps = parts.filter_map(|part| match part {
            Part::Step(step) => Some(step.as_mut()),
            Part::Steered(_) => None,
        });
        steps.find(|step| like(step))
    }
}

impl Turn {
    /// How it ended, when that is worth words.
    pub(super) fn ending(&self) -> Option<Clean> {
        match self.end.as_ref() {
            Some(Ended::Done) => None,
            Some(Ended::Interrupted { .. }) => Some(Clean::trusted("stopped")),
            Some(Ended::Failed { what, .. }) => Some(Clean::strict(what)),
            None => Some(Clean::trusted("cut off: the program ended")),
        }
    }

    /// Its model calls.
    pub(super) fn steps(&self) -> impl Iterator<Item = &Step> {
        self.parts.iter().filter_map(|part| match part {
            Part::Step(step) => Some(step.as_ref()),
            Part::Steered(_) => None,
        })
    }
}

impl Step {
    fn new(id: StepId, at: i64, model: &str) -> Self {
        Self {
            id,
            at,
            model: Clean::strict(model),
            reasoning: Clean::default(),
            answer: Clean::default(),
            calls: Vec::new(),
            finish: None,
            usage: None,
            credits: None,
        }
    }

    fn stream(&mut self, of: Stream) -> &mut Clean {
        match of {
            Stream::Reasoning => &mut self.reasoning,
            Stream::Answer => &mut self.answer,
        }
    }

    fn fill(&mut self, answer: &str, reasoning: Option<&str>) {
        if self.answer.is_empty() {
            self.answer = Clean::new(answer);
        }
        if let Some(reasoning) = reasoning.filter(|_| self.reasoning.is_empty()) {
            self.reasoning = Clean::new(reasoning);
        }
    }
}
