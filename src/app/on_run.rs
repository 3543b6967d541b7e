//! Tool calls, the plan, background commands and the permission mode: events become rows and state.

use std::time::Duration;

use super::{
    App, EntryId, EntryKind, Now, Run, Scroll, Transcript,
    runs::{Fold, folds},
    state::Work,
    transcript::look,
};
use crate::chat::{
    Detail, JobCard, PermissionMode, PlanItem, PlanState, Progress, RunCard, RunEnd, RunId, RunReport, StepId, TurnId,
};

impl Transcript {
    /// The entry of a call; the newest are found first.
    fn place_of(&self, id: RunId) -> Option<usize> {
        // Calls come in the order of their numbers, so one that is not known is missed at once.
        let older = |entry: &super::Entry| matches!(&entry.kind, EntryKind::Run(run) if run.card.run < id);
        let at = self.entries.iter().rposition(|entry| {
            look();
            older(entry) || matches!(&entry.kind, EntryKind::Run(run) if run.card.run == id)
        })?;
        (!older(&self.entries[at])).then_some(at)
    }

    /// Changes a call and counts the revision of its entry.
    fn change_run(&mut self, id: RunId, change: impl FnOnce(&mut Run)) {
        if let Some(entry) = self.place_of(id).and_then(|at| self.entries.get_mut(at))
            && let EntryKind::Run(run) = &mut entry.kind
        {
            change(run);
            entry.revision += 1;
        }
    }

    /// The call of an entry.
    #[must_use]
    pub fn run(&self, id: EntryId) -> Option<&Run> {
        match self.entry(id).map(|entry| &entry.kind) {
            Some(EntryKind::Run(run)) => Some(run),
            _ => None,
        }
    }

    /// Folds the calls of a step anew.
    fn fold_step(&mut self, step: StepId) {
        let end = self.entries.iter().rposition(|entry| entry.step() == Some(step)).map_or(0, |at| at + 1);
        self.fold_until(step, end);
    }

    /// Folds the calls of a step that stand right before `end`.
    fn fold_until(&mut self, step: StepId, end: usize) {
        // The calls of a step stand together, whatever else of the step stands before them.
        let is_call = |entry: &super::Entry| matches!(&entry.kind, EntryKind::Run(run) if run.card.step == step);
        let from = end - self.entries[..end].iter().rev().take_while(|entry| is_call(entry)).count();
        let runs: Vec<&Run> = self.entries[from..end]
            .iter()
            .filter_map(|entry| match &entry.kind {
                EntryKind::Run(run) => Some(run.as_ref()),
                _ => None,
            })
            .collect();
        let folds = folds(&runs);
        for (entry, fold) in self.entries[from..end].iter_mut().zip(folds) {
            if let EntryKind::Run(run) = &mut entry.kind
                && run.fold != fold
            {
                run.fold = fold;
                entry.revision += 1;
            }
        }
    }

    /// Folds the calls of all steps anew.
    pub(super) fn fold_all(&mut self) {
        let mut steps: Vec<(usize, StepId)> = Vec::new();
        for (at, entry) in self.entries.iter().enumerate() {
            if let EntryKind::Run(run) = &entry.kind {
                match steps.last_mut() {
                    Some((last, step)) if *step == run.card.step && *last + 1 == at => *last = at,
                    _ => steps.push((at, run.card.step)),
                }
            }
        }
        for (last, step) in steps {
            self.fold_until(step, last + 1);
        }
    }

    /// Folds the calls of the newest turn's steps anew.
    pub(super) fn fold_newest(&mut self) {
        let Some(turn) = self.steps.last().map(|step| step.id.turn) else { return };
        let steps: Vec<StepId> =
            self.steps.iter().rev().map(|step| step.id).take_while(|step| step.turn == turn).collect();
        for step in steps {
            self.fold_step(step);
        }
    }

    /// A call ended: its entry and what it changed. Returns its step; `None` when there is no such call or it was
    /// over before.
    pub(super) fn end_run(&mut self, id: RunId, report: RunReport) -> Option<StepId> {
        let at = self.place_of(id)?;
        let EntryKind::Run(run) = &self.entries.get(at)?.kind else { return None };
        if run.is_over() {
            return None;
        }
        let step = run.card.step;
        if let (Detail::Change(change), RunEnd::Ok) = (&report.detail, report.end) {
            self.changes.add(step.turn, change.as_ref().clone());
        }
        self.change_run(id, |run| run.end(report));
        Some(step)
    }

    /// Opens or folds the group of an entry; says how it was.
    pub(super) fn open_group(&mut self, id: EntryId, wanted: bool) -> Option<bool> {
        let at = self.entries.binary_search_by_key(&id, |entry| entry.id).ok()?;
        let fold = |entry: &super::Entry| match &entry.kind {
            EntryKind::Run(run) => run.fold.clone(),
            _ => Fold::Alone,
        };
        let lead = (0..=at).rev().find(|&at| !matches!(fold(&self.entries[at]), Fold::Member { .. }))?;
        let Fold::Lead { open: was, .. } = fold(&self.entries[lead]) else { return None };
        let rest = self.entries[lead + 1..].iter().take_while(|entry| matches!(fold(entry), Fold::Member { .. }));
        let end = lead + 1 + rest.count();
        for entry in &mut self.entries[lead..end] {
            if let EntryKind::Run(run) = &mut entry.kind
                && let Fold::Lead { open, .. } | Fold::Member { open } = &mut run.fold
                && *open != wanted
            {
                *open = wanted;
                entry.revision += 1;
            }
        }
        Some(was)
    }

    pub(super) fn set_open(&mut self, id: EntryId, open: Option<bool>) {
        if let Ok(at) = self.entries.binary_search_by_key(&id, |entry| entry.id)
            && let EntryKind::Run(run) = &mut self.entries[at].kind
            && run.open != open
        {
            run.open = open;
            self.entries[at].revision += 1;
        }
    }
}

/// What the events of calls do.
impl App {
    pub(super) fn on_run_queued(&mut self, card: RunCard) {
        if self.transcript.stream.running == Some(card.step.turn) {
            self.transcript.push(EntryKind::Run(Box::new(Run::new(card))));
            self.note_news();
        }
    }

    pub(super) fn on_run_started(&mut self, run: RunId, now: Now) {
        self.transcript.change_run(run, |run| run.start(now.instant));
    }

    pub(super) fn on_run_progress(&mut self, run: RunId, progress: Progress, now: Now) {
        self.transcript.change_run(run, |run| run.advance(progress, now.instant));
        self.note_news();
    }

    pub(super) fn on_run_ended(&mut self, id: RunId, report: RunReport) {
        let Some(step) = self.transcript.end_run(id, report) else { return };
        // Rows that somebody reads do not vanish under the eye.
        if self.panes.answer == Scroll::Latest {
            self.transcript.fold_step(step);
        }
        self.note_news();
    }

    /// The turn is over: what has not ended by now never will.
    pub(super) fn stop_runs(&mut self, turn: TurnId, now: Now) {
        for entry in self.transcript.entries.iter_mut().rev() {
            look();
            match &mut entry.kind {
                EntryKind::Prompt { turn: other, steered: false, .. } if *other == turn => break,
                EntryKind::Run(run) if run.card.step.turn == turn && !run.is_over() => {
                    run.stop(now.instant);
                    entry.revision += 1;
                }
                _ => {}
            }
        }
    }

    pub(super) fn on_repaired(&mut self, step: StepId, what: &'static str) {
        if let Some(step) = self.transcript.step_mut(step) {
            step.repaired.push(what);
        }
    }

    /// The plan changed; only another plan is worth a row.
    pub(super) fn on_plan(&mut self, plan: Vec<PlanItem>) {
        let old = std::mem::replace(&mut self.live.work.plan, plan);
        let plan = &self.live.work.plan;
        let is_new = !plan.iter().any(|item| old.iter().any(|other| other.text == item.text));
        let Some(first) = plan.iter().find(|item| item.state != PlanState::Done).filter(|_| is_new) else { return };
        let items = if plan.len() == 1 { "1 item".to_owned() } else { format!("{} items", plan.len()) };
        let text = format!("new plan, {items}: {}", first.text);
        self.transcript.push(EntryKind::Mark(text));
        self.note_news();
    }

    pub(super) fn on_jobs(&mut self, jobs: Vec<JobCard>, now: Now) {
        self.live.work.jobs = jobs;
        self.live.work.jobs_at = Some(now.instant);
    }

    pub(super) fn on_mode(&mut self, mode: PermissionMode, now: Now) {
        if mode == PermissionMode::Yolo && self.status.mode != mode {
            self.warn("yolo: edits and commands inside the sandbox run unasked", now);
        }
        self.status.mode = mode;
    }
}

impl Work {
    /// Items of the plan that are done, and all.
    #[must_use]
    pub fn plan_done(&self) -> (usize, usize) {
        (self.plan.iter().filter(|item| item.state == PlanState::Done).count(), self.plan.len())
    }

    /// How long a background command has run at `now`: it was so old when it was told.
    #[must_use]
    pub fn job_age(&self, job: &JobCard, now: Now) -> Duration {
        let since = self.jobs_at.map_or(Duration::ZERO, |at| now.instant.saturating_duration_since(at));
        if job.exit.is_none() { job.age.saturating_add(since) } else { job.age }
    }
}
