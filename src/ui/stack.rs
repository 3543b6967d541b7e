//! The blocks of one pane in order, built where they are needed and kept near the view.

use std::collections::HashMap;

use super::{
    block::{Block, Key},
    run_block::Level,
    window::{Heights, Spot},
};
use crate::{
    app::{Anchor, App, Entry, EntryId, EntryKind, Pane, Scroll, Step},
    chat::StepId,
};

/// Blocks beyond this number are dropped unless the last frames used them. A screen shows at most
/// some hundred rows; this leaves room to scroll back and forth without building anew.
const KEEP: usize = 512;

/// The blocks of a pane that were built.
#[derive(Debug, Default)]
pub(super) struct Shelf {
    blocks: HashMap<EntryId, Block>,
    frame: u64,
    /// Entries whose text was replaced since the last look: their highlighting is void.
    replaced: Vec<EntryId>,
}

impl Shelf {
    /// Drops blocks far from the view; to be called once per frame.
    pub(super) fn turn(&mut self) {
        if self.blocks.len() > KEEP {
            let oldest = self.frame.saturating_sub(2);
            self.blocks.retain(|_, block| block.stamp >= oldest);
        }
        self.frame += 1;
    }

    /// Entries whose text was replaced since the last call.
    pub(super) fn take_replaced(&mut self) -> Vec<EntryId> {
        std::mem::take(&mut self.replaced)
    }

    fn ensure(&mut self, entry: &Entry, key: Key) -> &Block {
        let frame = self.frame;
        let fits = self.blocks.get(&entry.id).is_some_and(|block| block.is(&key));
        if !fits {
            let old = self.blocks.remove(&entry.id);
            if old.as_ref().is_some_and(|old| old.is_replaced_by(entry)) {
                self.replaced.push(entry.id);
            }
            self.blocks.insert(entry.id, Block::of(entry, key, old));
        }
        let block = self.blocks.entry(entry.id).or_insert_with(|| Block::of(entry, key, None));
        block.stamp = frame;
        block
    }
}

/// Which entries carry reasoning, kept up as entries are appended.
#[derive(Debug, Default)]
pub(super) struct ReasoningIndex {
    places: Vec<usize>,
    seen: usize,
    last: Option<EntryId>,
}

impl ReasoningIndex {
    /// Takes in what was appended; starts anew when the transcript is another one.
    pub(super) fn update(&mut self, entries: &[Entry]) {
        let same = match self.seen.checked_sub(1) {
            None => true,
            Some(n) => entries.get(n).map(|e| e.id) == self.last,
        };
        if !same {
            *self = Self::default();
        }
        for (at, entry) in entries.iter().enumerate().skip(self.seen) {
            if matches!(entry.kind, EntryKind::Reasoning { .. }) {
                self.places.push(at);
            }
        }
        self.seen = entries.len();
        self.last = entries.last().map(|e| e.id);
    }

    /// Indices of the entries with reasoning, oldest first.
    pub(super) fn places(&self) -> &[usize] {
        &self.places
    }
}

/// How a pane wants its blocks.
#[derive(Clone, Copy, Debug)]
pub(super) struct Spec {
    /// The pane.
    pub(super) pane: Pane,
    /// Its columns.
    pub(super) width: u16,
    /// There is room for empty rows between steps.
    pub(super) roomy: bool,
    /// Answer pane: reasoning opens below its stub, for want of a pane of its own. Reasoning pane: the
    /// title stands for the header of the newest section.
    pub(super) merged: bool,
}

/// One pane's blocks.
pub(super) struct Stack<'a> {
    /// The state.
    pub(super) app: &'a App,
    /// What was built.
    pub(super) shelf: &'a mut Shelf,
    /// The entries of this pane by index; `None` = all.
    pub(super) places: Option<&'a [usize]>,
    /// How the blocks are wanted.
    pub(super) spec: Spec,
}

impl Heights for Stack<'_> {
    fn len(&self) -> usize {
        self.places.map_or(self.app.transcript.entries.len(), <[usize]>::len)
    }

    fn height(&mut self, block: usize) -> usize {
        self.block(block).map_or(0, |(_, block)| block.height())
    }
}

impl<'a> Stack<'a> {
    /// The entry and its block at a place of this pane.
    pub(super) fn block(&mut self, n: usize) -> Option<(&'a Entry, &Block)> {
        let at = match self.places {
            Some(places) => *places.get(n)?,
            None => n,
        };
        let entry = self.app.transcript.entries.get(at)?;
        let key = self.key(at, n, entry);
        Some((entry, self.shelf.ensure(entry, key)))
    }

    /// The row that an anchor names; `extra` tells rows of one offset apart.
    pub(super) fn spot(&mut self, anchor: Anchor, extra: usize) -> Spot {
        let entries = &self.app.transcript.entries;
        let before = |id: EntryId| id < anchor.entry;
        let n = match self.places {
            Some(places) => places.partition_point(|&at| entries.get(at).is_some_and(|e| before(e.id))),
            None => entries.partition_point(|e| before(e.id)),
        };
        let Some((entry, block)) = self.block(n) else { return Spot { block: n, line: 0 } };
        if entry.id != anchor.entry {
            return Spot { block: n, line: 0 };
        }
        let first = block.line_at(anchor.offset);
        let run = (first..block.height()).take_while(|&l| block.offset(l) == block.offset(first)).count();
        Spot { block: n, line: first + extra.min(run.saturating_sub(1)) }
    }

    /// The anchor of a row, and its number among the rows of one offset.
    pub(super) fn anchor(&mut self, spot: Spot) -> Option<(Anchor, usize)> {
        let (entry, block) = self.block(spot.block)?;
        let offset = block.offset(spot.line);
        let first = block.line_at(offset);
        Some((Anchor { entry: entry.id, offset }, spot.line.saturating_sub(first)))
    }

    fn key(&self, at: usize, n: usize, entry: &Entry) -> Key {
        let base = Key {
            revision: entry.revision,
            width: self.spec.width,
            pane: self.spec.pane,
            gap: false,
            open: false,
            headed: true,
            level: Level::Compact,
        };
        match self.spec.pane {
            Pane::Answer => {
                let prior = at.checked_sub(1).and_then(|at| self.app.transcript.entries.get(at));
                let open = self.spec.merged && step_of(entry).is_some_and(|s| step(self.app, s).is_some_and(is_opened));
                let level = match &entry.kind {
                    EntryKind::Run(run) => level(run.open, self.app.look.detailed),
                    _ => Level::Compact,
                };
                Key { gap: self.gap_above(entry, prior), open, level, ..base }
            }
            Pane::Reasoning => {
                let newest = n + 1 == self.len();
                let open = self.is_section_open(entry, newest);
                let headed = !(self.spec.merged && newest && open);
                Key { gap: open && headed && n > 0, open, headed, ..base }
            }
        }
    }

    fn gap_above(&self, entry: &Entry, prior: Option<&Entry>) -> bool {
        let Some(prior) = prior else { return false };
        match &entry.kind {
            EntryKind::Reasoning { .. } => self.spec.roomy || matches!(prior.kind, EntryKind::Prompt { .. }),
            // The answer of a step stands right below its stub.
            EntryKind::Answer { step, .. } => {
                !matches!(&prior.kind, EntryKind::Reasoning { step: of, text } if of == step && !text.trim().is_empty())
            }
            // So do its calls, one below the other; those of a step without a stub keep their distance.
            EntryKind::Run(run) => match &prior.kind {
                EntryKind::Reasoning { text, .. } if text.trim().is_empty() => true,
                EntryKind::Mark(_) => false,
                _ => step_of(prior).is_none_or(|of| of != run.card.step && self.spec.roomy),
            },
            EntryKind::Prompt { .. } | EntryKind::Mark(_) | EntryKind::Trouble(_) | EntryKind::Output(_) => true,
        }
    }

    fn is_section_open(&self, entry: &Entry, newest: bool) -> bool {
        let Some(id) = step_of(entry) else { return false };
        let (by_hand, pinned) = step(self.app, id).map_or((None, false), |s| (s.open, s.pinned));
        let panes = &self.app.panes;
        // At the live end the newest step is the one that counts, whatever was marked before.
        let marked = panes.marked.filter(|_| panes.reasoning != Scroll::Latest);
        by_hand.unwrap_or(pinned || marked.map_or(newest, |marked| marked == id))
    }
}

/// How much of a call shows: what the user said of it, or of all.
fn level(by_hand: Option<bool>, detailed: bool) -> Level {
    match by_hand {
        Some(true) => Level::Open,
        None if detailed => Level::Detailed,
        Some(false) | None => Level::Compact,
    }
}

/// The user opened the step's reasoning.
fn is_opened(step: &Step) -> bool {
    step.open == Some(true)
}

/// What is known of a step.
pub(super) fn step(app: &App, id: StepId) -> Option<&Step> {
    let steps = &app.transcript.steps;
    steps.binary_search_by(|s| s.id.cmp(&id)).ok().and_then(|at| steps.get(at))
}

/// The step that an entry belongs to.
pub(super) fn step_of(entry: &Entry) -> Option<StepId> {
    match &entry.kind {
        EntryKind::Reasoning { step, .. } | EntryKind::Answer { step, .. } => Some(*step),
        EntryKind::Run(run) => Some(run.card.step),
        _ => None,
    }
}

/// The text of a reasoning entry.
pub(super) fn reasoning_of(entry: &Entry) -> &str {
    entry.text()
}
