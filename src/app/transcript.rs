//! The conversation as the screen shows it: a projection of events, entries in order.

use std::time::{Duration, Instant};

use super::{Changes, Run};
use crate::chat::{Finish, ModelId, Problem, StepId, TurnId, Usage};

/// An entry's stable number; grows with each new entry.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct EntryId(pub u64);

/// One thing in a pane. `revision` grows with each change of it: a cache key.
#[derive(Clone, Debug, PartialEq)]
pub struct Entry {
    /// Its number.
    pub id: EntryId,
    /// Grows when the entry changes.
    pub revision: u64,
    /// What it is.
    pub kind: EntryKind,
}

/// What an entry is. All texts are clean.
#[derive(Clone, Debug, PartialEq)]
pub enum EntryKind {
    /// What the person sent.
    Prompt {
        /// The turn it began or steered.
        turn: TurnId,
        /// The text.
        text: String,
        /// It was delivered into a running turn.
        steered: bool,
    },
    /// A step's reasoning (shown in the reasoning pane) and its stub in the answer pane.
    Reasoning {
        /// The step.
        step: StepId,
        /// The text.
        text: String,
    },
    /// A step's answer: Markdown.
    Answer {
        /// The step.
        step: StepId,
        /// The text.
        text: String,
        /// No more will come.
        complete: bool,
    },
    /// A tool call.
    Run(Box<Run>),
    /// A mark: the model changed, a turn was interrupted, an answer was cut.
    Mark(String),
    /// A problem that ended or held up a turn.
    Trouble(Problem),
    /// Output of a `/` command, as Markdown.
    Output(String),
}

/// What is known of a step beside its texts.
#[derive(Clone, Debug, PartialEq)]
pub struct Step {
    /// Which.
    pub id: StepId,
    /// The model that was asked.
    pub model: ModelId,
    /// When it began.
    pub began_at: Instant,
    /// When its first reasoning came.
    pub thought_at: Option<Instant>,
    /// How long it thought; set when the first answer text or the end came.
    pub thought_for: Option<Duration>,
    /// Characters of reasoning so far.
    pub reasoning_chars: u64,
    /// Why it ended; `None` while it runs.
    pub finish: Option<Finish>,
    /// What it used.
    pub usage: Option<Usage>,
    /// What it cost.
    pub credits: Option<f64>,
    /// The user folded (`Some(false)`) or opened (`Some(true)`) its reasoning by hand.
    pub open: Option<bool>,
    /// It stays open while work goes on elsewhere.
    pub pinned: bool,
    /// What of it was repaired before it was used.
    pub repaired: Vec<&'static str>,
}

/// The conversation. The answer pane shows all entries but the body of reasoning; the reasoning pane
/// shows the [`EntryKind::Reasoning`] entries as sections.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Transcript {
    /// The entries, oldest first; ids strictly grow.
    pub entries: Vec<Entry>,
    /// The steps, oldest first.
    pub steps: Vec<Step>,
    /// What arrives now.
    pub stream: Stream,
    /// What the session changed.
    pub changes: Changes,
    /// The turns, oldest first.
    pub turns: Vec<TurnMark>,
}

/// Where and when a turn began.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TurnMark {
    /// The turn.
    pub turn: TurnId,
    /// The entry of its prompt.
    pub entry: EntryId,
    /// When, seconds since 1970.
    pub at: i64,
}

/// What arrives now.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Stream {
    /// The turn that runs; events of another one are late and ignored.
    pub running: Option<TurnId>,
    /// Ids that were given, also before the conversation was cleared: caches go by id.
    n_given: u64,
    meter: Meter,
}

/// Measures the speed of a stream.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
struct Meter {
    since: Option<Instant>,
    tokens: f64,
    speed: Option<f64>,
}

/// A speed is measured over at least this long: shorter spans jump with the network's packets.
const SPAN: Duration = Duration::from_millis(500);

/// Weight of the newest span in the smoothed speed.
const NEWEST: f64 = 0.3;

/// Tokens of a text by its length: four characters of Latin text, one and a half of CJK (GLM's own
/// tokenizer is not public; `usage` corrects the figure at the end of a step).
#[must_use]
pub fn estimate_tokens(text: &str) -> f64 {
    text.chars().map(|c| if u32::from(c) < 0x2E80 { 0.25 } else { 0.66 }).sum()
}

#[cfg(test)]
thread_local! {
    /// Entries and steps that were looked at to find one: what a test counts instead of time.
    pub(super) static LOOKED: std::cell::Cell<u64> = const { std::cell::Cell::new(0) };
}

/// Counts a look.
pub(super) fn look() {
    #[cfg(test)]
    LOOKED.with(|looked| looked.set(looked.get() + 1));
}

impl Transcript {
    /// Adds an entry.
    pub fn push(&mut self, kind: EntryKind) -> EntryId {
        self.stream.n_given += 1;
        let id = EntryId(self.stream.n_given);
        self.entries.push(Entry { id, revision: 0, kind });
        id
    }

    /// Forgets the conversation; ids go on.
    pub fn clear(&mut self) {
        self.entries.clear();
        self.steps.clear();
        self.turns.clear();
        self.changes = Changes::default();
        self.stream.running = None;
        self.stream.meter = Meter::default();
    }

    /// The entry of an id.
    #[must_use]
    pub fn entry(&self, id: EntryId) -> Option<&Entry> {
        self.entries.binary_search_by_key(&id, |entry| entry.id).ok().map(|at| &self.entries[at])
    }

    /// A step by its id.
    #[must_use]
    pub fn step(&self, id: StepId) -> Option<&Step> {
        // Steps come in order, so one that is not known is missed at once.
        self.steps.iter().rev().inspect(|_| look()).take_while(|step| step.id >= id).find(|step| step.id == id)
    }

    /// A step by its id, to change it.
    pub fn step_mut(&mut self, id: StepId) -> Option<&mut Step> {
        self.steps.iter_mut().rev().inspect(|_| look()).take_while(|step| step.id >= id).find(|step| step.id == id)
    }

    /// Appends reasoning to its step's entry.
    pub fn append_reasoning(&mut self, id: StepId, more: &str) {
        let found = self.entries.iter_mut().rev().take_while(|entry| entry.may_follow(id)).find_map(|entry| {
            match &mut entry.kind {
                EntryKind::Reasoning { step, text } if *step == id => Some((&mut entry.revision, text)),
                _ => None,
            }
        });
        match found {
            Some((revision, text)) => {
                text.push_str(more);
                *revision += 1;
            }
            None => {
                self.push(EntryKind::Reasoning { step: id, text: more.to_owned() });
            }
        }
    }

    /// Appends to a step's answer.
    pub fn append_answer(&mut self, id: StepId, more: &str) {
        let found = self.entries.iter_mut().rev().take_while(|entry| entry.may_follow(id)).find_map(|entry| {
            match &mut entry.kind {
                EntryKind::Answer { step, text, complete: false } if *step == id => Some((&mut entry.revision, text)),
                _ => None,
            }
        });
        match found {
            Some((revision, text)) => {
                text.push_str(more);
                *revision += 1;
            }
            None => {
                self.push(EntryKind::Answer { step: id, text: more.to_owned(), complete: false });
            }
        }
    }

    /// Takes back the texts of a step whose call is repeated from its start.
    pub fn reset_step(&mut self, id: StepId) {
        self.entries.retain(|entry| entry.step() != Some(id));
        if let Some(step) = self.step_mut(id) {
            (step.thought_at, step.thought_for, step.reasoning_chars) = (None, None, 0);
        }
        self.stream.meter = Meter::default();
    }

    /// No more text comes for the answers of this turn.
    pub fn complete(&mut self, turn: TurnId) {
        for entry in self.entries.iter_mut().rev() {
            look();
            match &mut entry.kind {
                EntryKind::Prompt { turn: other, steered: false, .. } if *other == turn => break,
                EntryKind::Answer { step, complete, .. } if step.turn == turn && !*complete => {
                    *complete = true;
                    entry.revision += 1;
                }
                _ => {}
            }
        }
    }

    /// Folds what belongs together and gives back spare memory, after many events at once.
    pub(super) fn settle(&mut self) {
        self.fold_all();
        for entry in &mut self.entries {
            if let EntryKind::Prompt { text, .. } | EntryKind::Reasoning { text, .. } | EntryKind::Answer { text, .. } =
                &mut entry.kind
            {
                text.shrink_to_fit();
            }
        }
    }

    /// The Markdown of the newest answer.
    #[must_use]
    pub fn last_answer(&self) -> Option<&str> {
        self.entries.iter().rev().find_map(|entry| match &entry.kind {
            EntryKind::Answer { text, .. } if !text.trim().is_empty() => Some(text.as_str()),
            _ => None,
        })
    }

    /// Counts `more` into the speed and returns it, in tokens per second.
    pub fn measure(&mut self, more: &str, at: Instant) -> Option<f64> {
        let meter = &mut self.stream.meter;
        let since = *meter.since.get_or_insert(at);
        meter.tokens += estimate_tokens(more);
        let span = at.saturating_duration_since(since);
        if span >= SPAN {
            let now = meter.tokens / span.as_secs_f64();
            meter.speed = Some(meter.speed.map_or(now, |old| old * (1.0 - NEWEST) + now * NEWEST));
            (meter.since, meter.tokens) = (Some(at), 0.0);
        }
        meter.speed
    }

    /// A new stream begins.
    pub fn restart_meter(&mut self) {
        self.stream.meter = Meter::default();
    }
}

impl Entry {
    /// It can stand behind text of this step: it belongs to the step, to a later one, or to none. Keeps a look for
    /// a step's text from going through the whole conversation.
    fn may_follow(&self, id: StepId) -> bool {
        look();
        match &self.kind {
            EntryKind::Prompt { turn, steered, .. } => *steered || *turn > id.turn,
            _ => self.step().is_none_or(|step| step >= id),
        }
    }

    /// The step that it belongs to, if it is text of a step.
    #[must_use]
    pub fn step(&self) -> Option<StepId> {
        match &self.kind {
            EntryKind::Reasoning { step, .. } | EntryKind::Answer { step, .. } => Some(*step),
            EntryKind::Run(run) => Some(run.card.step),
            _ => None,
        }
    }

    /// Its text, for search and copy; a problem has its one line.
    #[must_use]
    pub fn text(&self) -> &str {
        match &self.kind {
            EntryKind::Prompt { text, .. }
            | EntryKind::Reasoning { text, .. }
            | EntryKind::Answer { text, .. }
            | EntryKind::Mark(text)
            | EntryKind::Output(text) => text,
            EntryKind::Run(run) => run.text(),
            EntryKind::Trouble(problem) => &problem.what,
        }
    }
}

impl Step {
    /// A step that begins.
    #[must_use]
    pub fn new(id: StepId, model: ModelId, began_at: Instant) -> Self {
        Self {
            id,
            model,
            began_at,
            thought_at: None,
            thought_for: None,
            reasoning_chars: 0,
            finish: None,
            usage: None,
            credits: None,
            open: None,
            pinned: false,
            repaired: Vec::new(),
        }
    }

    /// Reasoning ends here, if it has not ended before.
    pub fn end_thought(&mut self, at: Instant) {
        if let (Some(from), None) = (self.thought_at, self.thought_for) {
            self.thought_for = Some(at.saturating_duration_since(from));
        }
    }
}
