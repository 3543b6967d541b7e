//! Moving through the panes: positions are anchors in the text, and the other pane follows its leader.

use super::{Anchor, App, Effect, EntryKind, Now, Pane, ReasoningState, Scroll, update::Effects};
use crate::chat::StepId;

impl App {
    /// Asks for a move by rows; the answer comes as [`super::Incoming::Scrolled`].
    pub(super) fn scroll(&mut self, pane: Pane, rows: i32, now: Now, out: &mut Effects) {
        if rows > 0 && *self.scroll_of(pane) == Scroll::Latest {
            return;
        }
        // Cells that move are no selection; the pane that moves does not follow its end again by itself.
        (self.keys.gesture.selection, self.keys.gesture.pressed) = (None, None);
        self.keys.gesture.moved = Some((pane, now.instant));
        out.push(Effect::Scroll { pane, rows });
    }

    pub(super) fn on_scrolled(&mut self, pane: Pane, to: Option<Anchor>, now: Now) {
        *self.scroll_mut(pane) = to.map_or(Scroll::Latest, Scroll::Reading);
        if pane == Pane::Answer && to.is_none() {
            self.panes.unseen = false;
            self.transcript.fold_newest();
        }
        self.keys.gesture.moved = Some((pane, now.instant));
    }

    /// Rows of a page: one less than the pane has, so that a line stays in view.
    pub(super) fn page(&self, pane: Pane) -> i32 {
        let view = match pane {
            Pane::Answer => &self.view.answer,
            Pane::Reasoning => &self.view.reasoning,
        };
        i32::from(view.area.height.saturating_sub(1).max(1))
    }

    pub(super) fn go_top(&mut self, pane: Pane, now: Now) {
        let first = self
            .transcript
            .entries
            .iter()
            .find(|entry| pane == Pane::Answer || matches!(entry.kind, EntryKind::Reasoning { .. }));
        if let Some(entry) = first.map(|entry| entry.id) {
            *self.scroll_mut(pane) = Scroll::Reading(Anchor { entry, offset: 0 });
            self.keys.gesture.moved = Some((pane, now.instant));
        }
    }

    /// To the prompt before or after; both panes.
    pub(super) fn go_turn(&mut self, by: i32) {
        let prompts: Vec<_> = self
            .transcript
            .entries
            .iter()
            .filter(|entry| matches!(entry.kind, EntryKind::Prompt { steered: false, .. }))
            .map(|entry| entry.id)
            .collect();
        let here = match self.panes.answer {
            Scroll::Latest => None,
            Scroll::Reading(at) => Some(at),
        };
        let to = match (here, by < 0) {
            // At the live end the newest prompt is "before", unless it stands at the top already.
            (None, true) => prompts.iter().rev().find(|id| self.view.answer.top.is_none_or(|top| **id < top.entry)),
            (None, false) => None,
            (Some(at), true) => prompts.iter().rev().find(|id| **id < at.entry || (**id == at.entry && at.offset > 0)),
            (Some(at), false) => prompts.iter().find(|id| **id > at.entry),
        };
        match to.copied() {
            Some(entry) => {
                self.panes.answer = Scroll::Reading(Anchor { entry, offset: 0 });
                let step = self.transcript.entries.iter().filter(|e| e.id > entry).find_map(super::Entry::step);
                self.mark(step);
                self.follow(Pane::Answer, step);
            }
            None if by > 0 => self.go_live(),
            None => {}
        }
    }

    /// To the step before or after; both panes.
    pub(super) fn go_step(&mut self, by: i32) {
        let ids: Vec<StepId> = self.transcript.steps.iter().map(|step| step.id).collect();
        let Some(here) = self.here().and_then(|here| ids.iter().position(|id| *id == here)) else { return };
        let at_live = !self.is_reading();
        let to = match by < 0 {
            // From the live end the first press goes to the step that is in view.
            true if at_live && self.panes.marked.is_none() => Some(here),
            true => here.checked_sub(1),
            false => Some(here + 1),
        };
        match to.map(|to| ids.get(to).copied()) {
            Some(Some(step)) => {
                self.show_step(Pane::Answer, step);
                self.show_step(Pane::Reasoning, step);
                self.mark(Some(step));
            }
            Some(None) => self.go_live(),
            None => {}
        }
    }

    /// The other pane shows the step that the leader has at its top.
    pub(super) fn settle(&mut self) {
        let Some((leader, _)) = self.keys.gesture.moved.take() else { return };
        if *self.scroll_of(leader) == Scroll::Latest {
            *self.scroll_mut(other(leader)) = Scroll::Latest;
            self.mark(None);
            return;
        }
        let step = match leader {
            Pane::Answer => self.view.answer.top_step,
            Pane::Reasoning => self.view.reasoning.top_step,
        };
        self.mark(step);
        self.follow(leader, step);
    }

    /// Opens the step under the eye, or folds it.
    pub(super) fn toggle_step(&mut self, now: Now) {
        match self.here() {
            Some(step) => self.toggle_open(step),
            None => self.say("there is no reasoning yet", now),
        }
    }

    /// Opens a step's reasoning, or folds it.
    pub(super) fn toggle_open(&mut self, id: StepId) {
        let by_itself = self.opens_by_itself(id);
        if let Some(step) = self.transcript.step_mut(id) {
            step.open = Some(!step.open.unwrap_or(by_itself));
            self.mark(Some(id));
        }
    }

    /// A section nobody touched: where reasoning has its pane the marked one is open, else the newest;
    /// in the answer pane a stub is folded.
    fn opens_by_itself(&self, id: StepId) -> bool {
        let newest = || self.transcript.steps.last().is_some_and(|step| step.id == id);
        let has_pane = matches!(self.panes.state, ReasoningState::Live | ReasoningState::Pinned)
            && self.view.reasoning.area.height > 0;
        has_pane && self.panes.marked.map_or_else(newest, |marked| marked == id)
    }

    pub(super) fn pin_step(&mut self, now: Now) {
        let here = self.here();
        match here.and_then(|id| self.transcript.step_mut(id)) {
            Some(step) => {
                step.pinned = !step.pinned;
                if step.pinned {
                    step.open = Some(true);
                }
                let text = format!("step {} {}", step.id, if step.pinned { "stays open" } else { "folds again" });
                self.say(text, now);
            }
            None => self.say("there is no step to pin yet", now),
        }
    }

    /// The step under the eye: the marked one, else the one at the top, else the newest.
    fn here(&self) -> Option<StepId> {
        let top = match self.target_pane() {
            Pane::Answer => self.view.answer.top_step,
            Pane::Reasoning => self.view.reasoning.top_step,
        };
        let reading = if self.is_reading() { top } else { None };
        let exists = |id: &StepId| self.transcript.step(*id).is_some();
        self.panes
            .marked
            .filter(exists)
            .or(reading.filter(exists))
            .or_else(|| self.transcript.steps.last().map(|step| step.id))
    }

    fn mark(&mut self, step: Option<StepId>) {
        self.panes.run = None;
        self.panes.marked = step;
    }

    pub(super) fn follow(&mut self, leader: Pane, step: Option<StepId>) {
        let follower = other(leader);
        let shown = match follower {
            Pane::Answer => true,
            Pane::Reasoning => matches!(self.panes.state, ReasoningState::Live | ReasoningState::Pinned),
        };
        if let (Some(step), true) = (step, shown) {
            self.show_step(follower, step);
        }
    }

    /// Brings the beginning of a step to the top of a pane.
    fn show_step(&mut self, pane: Pane, id: StepId) {
        let found = self.transcript.entries.iter().find(|entry| {
            entry.step() == Some(id) && (pane == Pane::Answer || matches!(entry.kind, EntryKind::Reasoning { .. }))
        });
        if let Some(entry) = found.map(|entry| entry.id) {
            *self.scroll_mut(pane) = Scroll::Reading(Anchor { entry, offset: 0 });
        }
    }

    pub(super) fn scroll_of(&self, pane: Pane) -> &Scroll {
        match pane {
            Pane::Answer => &self.panes.answer,
            Pane::Reasoning => &self.panes.reasoning,
        }
    }

    pub(super) fn scroll_mut(&mut self, pane: Pane) -> &mut Scroll {
        match pane {
            Pane::Answer => &mut self.panes.answer,
            Pane::Reasoning => &mut self.panes.reasoning,
        }
    }
}

fn other(pane: Pane) -> Pane {
    match pane {
        Pane::Answer => Pane::Reasoning,
        Pane::Reasoning => Pane::Answer,
    }
}
