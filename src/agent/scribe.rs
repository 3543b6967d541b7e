//! What of the agent's doings reaches the session's log, in which order, and what must be on the disk before
//! something else happens. A disk that fails never holds up the work for long: it is told, and the work goes on.

use std::{future::pending, mem, time::Duration};

use tokio::{sync::watch, task::JoinSet};

use super::effect::Effect;
use crate::{
    chat::{Event, Message, RunId, Saving, SessionInfo},
    journal::{Call, Journal, Record},
    text::Clean,
    tools::Outcome,
};

/// How long a call that acts waits for its record to be on the disk (4–8 ms is usual). A disk that takes longer
/// is as good as one that fails: both are told.
const ON_DISK_WITHIN: Duration = Duration::from_secs(5);

/// How long the end of the session waits for the disk.
const DRAINED_WITHIN: Duration = Duration::from_secs(2);

/// The longest name of a session in characters: a row of a list.
const LONGEST_NAME: usize = 100;

/// The driver's way to the log.
pub(super) struct Scribe {
    journal: Option<Journal>,
    name: Option<String>,
    saving: Option<watch::Receiver<Saving>>,
    /// Barriers on their way.
    syncs: JoinSet<()>,
}

impl Scribe {
    pub(super) fn new(journal: Option<Journal>, name: Option<String>) -> Self {
        let saving = journal.as_ref().map(Journal::saving);
        Self { journal, name, saving, syncs: JoinSet::new() }
    }

    /// The log.
    pub(super) fn journal(&self) -> Option<Journal> {
        self.journal.clone()
    }

    /// The way to the log for calls.
    pub(super) fn ledger(&self) -> Ledger {
        Ledger(self.journal.clone())
    }

    /// What the front end is told of the session; `None` without a log.
    pub(super) fn info(&self) -> Option<SessionInfo> {
        let journal = self.journal.as_ref()?;
        let name = self.name.as_deref().map(Clean::strict);
        Some(SessionInfo { id: journal.id().clone(), name, kept: journal.dir().is_some() })
    }

    /// Gives the session a name, one line, bounded; empty = none. What the front end is told then.
    pub(super) fn rename(&mut self, name: &str) -> Option<SessionInfo> {
        let line = name.split_whitespace().collect::<Vec<_>>().join(" ");
        let name: String = line.chars().take(LONGEST_NAME).collect();
        self.journal.as_ref()?.append(Record::Name(name.clone()));
        self.name = Some(name).filter(|name| !name.is_empty());
        self.sync();
        self.info()
    }

    /// Notes what of an event must survive.
    pub(super) fn note(&self, event: &Event) {
        if let Some(journal) = &self.journal {
            journal.note(event);
        }
    }

    /// Has all that was noted written to the disk, without waiting for it.
    pub(super) fn sync(&mut self) {
        while self.syncs.try_join_next().is_some() {}
        if let Some(journal) = self.journal.clone() {
            self.syncs.spawn(async move {
                // A failure is told by the watch, once.
                let _ = journal.barrier().await;
            });
        }
    }

    /// Waits for the next change of whether things reach the disk. Dropping this future loses nothing.
    pub(super) async fn news(&mut self) -> Saving {
        let Some(saving) = &mut self.saving else { return pending().await };
        match saving.changed().await {
            Ok(()) => saving.borrow_and_update().clone(),
            Err(_) => pending().await,
        }
    }

    /// Waits until all is on the disk, with a bound.
    pub(super) async fn finish(&mut self) {
        if let Some(journal) = &self.journal {
            let _ = tokio::time::timeout(DRAINED_WITHIN, journal.barrier()).await;
        }
        self.syncs.abort_all();
    }
}

/// The way of calls to the log.
#[derive(Clone)]
pub(super) struct Ledger(Option<Journal>);

impl Ledger {
    /// A call is about to be done. One that acts waits until that is on the disk, so that it is never forgotten
    /// and never repeated.
    pub(super) async fn begin(&self, call: Call) {
        let Some(journal) = &self.0 else { return };
        let acts = call.acts;
        journal.append(Record::Begun(call));
        if acts {
            let _ = tokio::time::timeout(ON_DISK_WITHIN, journal.barrier()).await;
        }
    }

    /// A call ended.
    pub(super) fn end(&self, run: RunId, outcome: &Outcome) {
        if let Some(journal) = &self.0 {
            journal.append(Record::Done { run, end: outcome.end, told: outcome.to_model.clone() });
        }
    }
}

/// When the new messages of the conversation are told among the effects of one input. A message comes after the
/// end of its step, which carries its price, and before all that follows; the prompt of a new turn comes after
/// the turn's beginning, so that a log cut at the turn is cut at its prompt too.
pub(super) struct Order {
    messages: Vec<Message>,
    prompt: Option<Message>,
    messages_at: usize,
    prompt_at: usize,
}

impl Order {
    /// The order for these effects.
    pub(super) fn of(effects: &[Effect], mut messages: Vec<Message>) -> Self {
        let after = |wanted: fn(&Event) -> bool| {
            effects.iter().position(|effect| matches!(effect, Effect::Emit(event) if wanted(event))).map(|at| at + 1)
        };
        let messages_at = after(|event| matches!(event, Event::StepEnded { .. })).unwrap_or(0);
        let began = after(|event| matches!(event, Event::TurnStarted { .. }));
        let prompt = began.and_then(|_| messages.pop());
        Self { messages, prompt, messages_at, prompt_at: began.unwrap_or(effects.len()) }
    }

    /// What is told before the effect of this number.
    pub(super) fn before(&mut self, n: usize) -> Vec<Message> {
        let mut due = if n == self.messages_at { mem::take(&mut self.messages) } else { Vec::new() };
        due.extend(self.prompt.take_if(|_| n == self.prompt_at));
        due
    }

    /// What is told at the end.
    pub(super) fn rest(self) -> Vec<Message> {
        self.messages.into_iter().chain(self.prompt).collect()
    }
}
