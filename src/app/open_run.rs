//! Opening and folding the rows of tool calls: by key, by click, for a search, all at once.

use super::{Anchor, App, Changes, EntryId, EntryKind, Focus, Fold, Opened, Pane, Run, Scroll};

/// What a person does with calls.
impl App {
    /// What the session changed.
    #[must_use]
    pub fn changes(&self) -> &Changes {
        &self.transcript.changes
    }

    /// The call that the key opens or folds now: the marked one, or at the live end the newest that leaves
    /// something out, or else the newest that has more than its row. The hint asks this too.
    #[must_use]
    pub fn opens_next(&self) -> Option<EntryId> {
        if self.panes.focus == Focus::Reasoning {
            return None;
        }
        if let Some(id) = self.panes.run.filter(|id| self.transcript.run(*id).is_some()) {
            return Some(id);
        }
        if self.panes.marked.is_some() || self.panes.answer != Scroll::Latest {
            return None;
        }
        let newest = |wanted: fn(&Run) -> bool| {
            self.transcript.entries.iter().rev().take(NEAR).find_map(|entry| match &entry.kind {
                EntryKind::Run(run) if wanted(run) => Some(entry.id),
                _ => None,
            })
        };
        newest(Run::leaves_out).or_else(|| newest(|run| run.can_open() && !run.is_silent()))
    }

    /// Opens or folds the call under the eye; false when none is in view, so the key means the step.
    pub(super) fn toggle_here(&mut self) -> bool {
        let seen = |id: &EntryId| self.view.answer.runs.iter().any(|(_, seen)| seen == id);
        let Some(id) = self.opens_next().filter(seen) else { return false };
        self.panes.run = Some(id);
        self.toggle_run(id);
        true
    }

    /// Opens or folds the row of a call in place.
    pub(super) fn toggle_run(&mut self, id: EntryId) {
        let detailed = self.look.detailed;
        let Some(run) = self.transcript.run(id) else { return };
        if let Some(change) = run.change().cloned() {
            // A change has its own view; all of it in the pane would push the rest away.
            self.open_diff(&change);
            return;
        }
        let folds_group = matches!(run.fold, Fold::Lead { .. }) && !detailed;
        let running = run.is_running();
        let opens = match &run.fold {
            Fold::Lead { open, .. } if folds_group => !open,
            _ => run.open != Some(true),
        };
        if folds_group {
            self.transcript.open_group(id, opens);
        } else {
            self.transcript.set_open(id, Some(opens));
        }
        self.hold_still(opens && !running);
    }

    /// What opens grows downward: the pane stands still for it, and follows again when it is folded at the
    /// end of everything.
    fn hold_still(&mut self, opens: bool) {
        match (opens, self.panes.answer, self.view.answer.top) {
            (true, Scroll::Latest, Some(top)) => self.panes.answer = Scroll::Reading(top),
            (false, Scroll::Reading(_), _) if self.view.answer.at_end => self.panes.answer = Scroll::Latest,
            _ => {}
        }
    }

    /// Everything compact, or everything with its details: what was opened by hand counts no more.
    pub(super) fn flip_details(&mut self) {
        self.look.detailed = !self.look.detailed;
        for entry in &mut self.transcript.entries {
            if let EntryKind::Run(run) = &mut entry.kind
                && run.open.take().is_some()
            {
                entry.revision += 1;
            }
        }
    }

    /// To the row of the call before or after the marked one, or before the live end.
    pub(super) fn go_run(&mut self, by: isize) {
        let detailed = self.look.detailed;
        let shows = |kind: &EntryKind| match kind {
            EntryKind::Run(run) => detailed || !(run.is_silent() || matches!(run.fold, Fold::Member { open: false })),
            _ => false,
        };
        let rows: Vec<EntryId> =
            self.transcript.entries.iter().filter(|entry| shows(&entry.kind)).map(|entry| entry.id).collect();
        let top = match self.panes.answer {
            Scroll::Latest => None,
            Scroll::Reading(at) => Some(at.entry),
        };
        let here = self.panes.run.map(|id| rows.partition_point(|other| *other < id));
        let to = match (here, top, by < 0) {
            (Some(at), _, _) => at.checked_add_signed(by),
            (None, None, true) => rows.len().checked_sub(1),
            (None, None, false) => Some(rows.len()),
            (None, Some(top), true) => rows.partition_point(|id| *id < top).checked_sub(1),
            (None, Some(top), false) => Some(rows.partition_point(|id| *id < top)),
        };
        match to.map(|to| rows.get(to).copied()) {
            Some(Some(id)) => {
                self.panes.run = Some(id);
                self.panes.focus = Focus::Answer;
                let step = self.transcript.run(id).map(|run| run.card.step);
                self.panes.marked = step;
                self.follow(Pane::Answer, step);
                if !self.view.answer.runs.iter().any(|(_, seen)| *seen == id) {
                    self.panes.answer = Scroll::Reading(Anchor { entry: id, offset: 0 });
                }
            }
            Some(None) => self.go_live(),
            None => {}
        }
    }

    /// Opens what is folded over a hit in the text of a call; says how it was.
    pub(super) fn open_run_for_find(&mut self, id: EntryId, at: usize) -> Option<Opened> {
        let run = self.transcript.run(id)?;
        let (open, body) = (run.open, at >= run.body_at());
        let group = self.transcript.open_group(id, true);
        if body {
            self.transcript.set_open(id, Some(true));
        }
        Some(Opened { entry: id, open, group })
    }

    /// Folds again what a search had opened.
    pub(super) fn fold_after_find(&mut self, opened: Opened) {
        self.transcript.set_open(opened.entry, opened.open);
        if let Some(group) = opened.group {
            self.transcript.open_group(opened.entry, group);
        }
    }
}

/// Entries near the live end among which a call is looked for; no screen shows more.
const NEAR: usize = 400;
