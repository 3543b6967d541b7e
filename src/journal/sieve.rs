//! Records without what later ones repeat: a session of 200 MB is mostly text that comes again, whole, in a message.
//!
//! Dropped are the pieces of a step's text once its message is there or the step is void, and what a call told the
//! model once that is a message. Neighbouring pieces of a text become one. Knows nothing of branches: the numbers of
//! steps and calls never come again on another one.

use std::collections::HashMap;

use super::{
    line::Entry,
    record::{Record, Stream},
};
use crate::chat::{CallId, Message, Role, RunId, StepId};

/// Takes records, mostly in the order of their numbers.
#[derive(Default)]
pub(super) struct Sieve {
    entries: Vec<Entry>,
    /// Where the newest step begins in them.
    from: usize,
    /// The calls of the newest step that were begun.
    calls: HashMap<CallId, RunId>,
    /// A record came after one with a higher number.
    is_mixed: bool,
}

impl Sieve {
    /// The same as one call.
    pub(super) fn sift(entries: Vec<Entry>) -> Vec<Entry> {
        let mut sieve = Self::default();
        sieve.entries.reserve(entries.len());
        for entry in entries {
            sieve.take(entry);
        }
        sieve.end()
    }

    /// Takes the next record.
    pub(super) fn take(&mut self, mut entry: Entry) {
        let newest = self.entries.last().map_or(0, |last| last.n);
        if entry.n < newest {
            // It is put in its place at the end.
            self.is_mixed = true;
            self.entries.push(entry);
            return;
        }
        match &mut entry.record {
            Record::Turn { .. } | Record::Step { .. } => {
                self.from = self.entries.len();
                self.calls.clear();
            }
            Record::Text { step, of, text } => {
                if let Some(Entry { n, record: Record::Text { step: old, of: kind, text: before }, .. }) =
                    self.entries.last_mut()
                    && (&*old, &*kind, *n + 1) == (&*step, &*of, entry.n)
                {
                    before.append(text);
                    *n = entry.n;
                    return;
                }
            }
            Record::Reset(step) => self.drop_texts(|id, _| id == *step),
            Record::Begun(call) => {
                self.calls.insert(call.call.clone(), call.run);
            }
            Record::Message(message) => self.on_message(message),
            _ => {}
        }
        self.entries.push(entry);
    }

    fn on_message(&mut self, message: &Message) {
        match (message.role, &message.answers) {
            // What was thought and is not in the message (another program's thoughts are not sent) stays.
            (Role::Assistant, _) => {
                self.drop_texts(|_, of| of == Stream::Answer || message.reasoning.is_some());
            }
            (Role::Tool, Some(call)) => {
                let Some(answered) = self.calls.get(call) else { return };
                for entry in self.entries.iter_mut().skip(self.from) {
                    if let Record::Done { run, told, .. } = &mut entry.record
                        && run == answered
                    {
                        *told = String::new();
                    }
                }
            }
            _ => {}
        }
    }

    /// Drops those of the newest step's texts.
    fn drop_texts(&mut self, which: impl Fn(StepId, Stream) -> bool) {
        let is_void = |record: &Record| matches!(record, Record::Text { step, of, .. } if which(*step, *of));
        if self.entries.iter().skip(self.from).any(|entry| is_void(&entry.record)) {
            let tail = self.entries.split_off(self.from.min(self.entries.len()));
            self.entries.extend(tail.into_iter().filter(|entry| !is_void(&entry.record)));
        }
    }

    /// The records, by number.
    pub(super) fn end(self) -> Vec<Entry> {
        if !self.is_mixed {
            return self.entries;
        }
        let mut entries = self.entries;
        entries.sort_by_key(|entry| entry.n);
        Self::sift(entries)
    }
}
