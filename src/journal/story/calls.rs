//! The tool calls of a step: which were begun, which ended, what the model and a person are told of the others.

use std::{collections::HashMap, time::Duration};

use crate::{
    chat::{CallId, Detail, Event, RunCard, RunEnd, RunId, RunReport},
    journal::record::{Call, Record},
    text::Clean,
};

/// What the model is told of a call that acts and whose end is not known.
const UNKNOWN: &str = "The program ended while this call ran. What it did is unknown: all of it, a part, or nothing. \
                       It was NOT run again. Look at how things stand before you repeat it.";
/// What the model is told of a call that was not begun, or only looked.
const NOT_RUN: &str = "Not run: the program ended before this call was done. Make it again if it is still needed.";
/// What the model is told of a call whose answer is not in the log any more.
const LOST: &str = "The result of this call is lost: its record in the session's log is damaged.";
/// Stands for a result without text: the service refuses empty messages.
const NO_OUTPUT: &str = "(no output)";
/// The most bytes of a result that a row opens to.
const SHOWN: usize = 64 << 10;

/// Why a call has no answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Missing {
    /// The program ended.
    Cut,
    /// The log is damaged.
    Lost,
}

/// What became of a call.
enum Fate<'a> {
    /// It ended.
    Ended(RunEnd, &'a str),
    /// It was begun and may change something.
    Unknown,
    /// Nothing was changed by it.
    NotRun,
}

/// The calls of a step.
#[derive(Default)]
pub(super) struct Calls {
    begun: Vec<(Call, Option<(RunEnd, String)>)>,
    /// The rows that are shown, each with whether it is done.
    rows: Vec<(Box<RunCard>, bool)>,
    /// Where each call is in `begun`, by the model's id.
    by_id: HashMap<CallId, usize>,
}

impl Calls {
    /// Takes notice of a record.
    pub(super) fn note(&mut self, record: &Record) {
        match record {
            Record::Turn { .. } | Record::Step { .. } => *self = Self::default(),
            Record::Begun(call) => {
                self.by_id.insert(call.call.clone(), self.begun.len());
                self.begun.push((call.clone(), None));
            }
            Record::Done { run, end, told } => {
                if let Some((_, done)) = self.begun.iter_mut().find(|(call, _)| call.run == *run) {
                    *done = Some((*end, told.clone()));
                }
            }
            Record::Run(card) => self.rows.push((card.clone(), false)),
            Record::RunEnd { run, .. } => {
                self.rows.iter_mut().filter(|(card, _)| card.run == *run).for_each(|(_, is_done)| *is_done = true);
            }
            _ => {}
        }
    }

    /// The calls whose end is not known and that may have changed something, each with its row.
    pub(super) fn unknown(&self) -> impl Iterator<Item = (&Call, Option<&RunCard>)> {
        let open = self.begun.iter().map(|(call, _)| call).filter(|call| matches!(self.fate(call.run), Fate::Unknown));
        open.map(|call| (call, self.rows.iter().find(|(card, _)| card.run == call.run).map(|(card, _)| &**card)))
    }

    fn fate(&self, run: RunId) -> Fate<'_> {
        match self.begun.iter().find(|(call, _)| call.run == run) {
            Some((_, Some((end, told)))) => Fate::Ended(*end, told),
            Some((call, None)) if call.acts => Fate::Unknown,
            _ => Fate::NotRun,
        }
    }

    /// What the model is told of a call that has no answer.
    pub(super) fn told(&self, id: &CallId, why: Missing) -> String {
        let fate = self.by_id.get(id).map_or(Fate::NotRun, |at| self.fate(self.begun[*at].0.run));
        match fate {
            Fate::Ended(_, "") => NO_OUTPUT.to_owned(),
            Fate::Ended(_, told) => told.to_owned(),
            Fate::Unknown => UNKNOWN.to_owned(),
            Fate::NotRun if why == Missing::Cut => NOT_RUN.to_owned(),
            Fate::NotRun => LOST.to_owned(),
        }
    }

    /// The ends of the rows that have none.
    pub(super) fn ends(&self) -> impl Iterator<Item = Event> {
        let open = self.rows.iter().filter(|(_, is_done)| !is_done);
        open.map(|(card, _)| Event::RunEnded { run: card.run, report: Box::new(self.report(card.run)) })
    }

    fn report(&self, run: RunId) -> RunReport {
        let (end, summary, detail) = match self.fate(run) {
            Fate::Ended(end, told) => {
                let shown = &told[..told.floor_char_boundary(SHOWN)];
                let word = if end == RunEnd::Ok { "done" } else { "ended" };
                (end, word, Detail::Text(Clean::new(shown)))
            }
            Fate::Unknown => (RunEnd::Failed, "unknown: the program ended while it ran; not run again", Detail::None),
            Fate::NotRun => (RunEnd::Stopped, "not run: the program ended before", Detail::None),
        };
        RunReport { end, summary: Clean::trusted(summary), detail, took: Duration::ZERO }
    }
}
