//! What time does: things that end by themselves, and when the next of them is due.

use std::time::{Duration, Instant};

use super::{
    App, Effect, Now, Overlay, ReasoningState, Scroll,
    gesture::{SETTLES, STRIP_AFTER},
    update::Effects,
};
use crate::{chat::Activity, config::Motion};

/// Frames of the spinner: eight a second is the budget.
const SPIN: Duration = Duration::from_millis(125);

impl App {
    /// When something on the screen changes by itself; `None` when nothing moves.
    #[must_use]
    pub fn next_tick(&self, now: Now) -> Option<Instant> {
        let gesture = &self.keys.gesture;
        let strip = self.keys.pending.as_ref().map(|(_, at)| *at + STRIP_AFTER).filter(|at| *at > now.instant);
        [
            strip,
            self.toasts.iter().map(|toast| toast.until).min(),
            self.panes.folds_at.filter(|_| !self.reads_reasoning()),
            gesture.moved.map(|(_, at)| at + SETTLES),
            gesture.armed.map(|(_, until)| until),
            gesture.calm_until,
            self.search_due(),
            self.keys.gesture.draft.due(),
            self.ask_tick(now),
            self.beat(now),
            self.minute(now),
            self.job_minute(now),
        ]
        .into_iter()
        .flatten()
        .min()
    }

    /// Ends what has had its time.
    pub(super) fn expire(&mut self, now: Now, out: &mut Effects) {
        self.toasts.retain(|toast| toast.until > now.instant);
        if self.panes.folds_at.is_some_and(|at| at <= now.instant) {
            self.fold();
        }
        let gesture = &mut self.keys.gesture;
        if gesture.armed.is_some_and(|(_, until)| until <= now.instant) {
            gesture.armed = None;
        }
        if gesture.calm_until.is_some_and(|until| until <= now.instant) {
            gesture.calm_until = None;
        }
        if gesture.moved.is_some_and(|(_, at)| at + SETTLES <= now.instant) {
            self.settle();
        }
        self.search_sessions(now, out);
        self.ring(now, out);
        self.save_draft(now, out);
    }

    /// When what was typed into the list of sessions is looked for.
    fn search_due(&self) -> Option<Instant> {
        self.overlays.iter().find_map(|over| match over {
            Overlay::Sessions(list) => list.due,
            _ => None,
        })
    }

    /// Saves the draft when it changed and its time has come.
    pub(super) fn save_draft(&mut self, now: Now, out: &mut Effects) {
        let changed = self.composer.take_dirty();
        let clock = &mut self.keys.gesture.draft;
        if changed {
            clock.changed_at.get_or_insert(now.instant);
        }
        if clock.due().is_some_and(|due| due <= now.instant) {
            (clock.changed_at, clock.saved_at) = (None, Some(now.instant));
            out.push(Effect::SaveDraft(self.composer.text()));
        }
    }

    /// The reasoning pane is being read, so it does not fold.
    pub(super) fn reads_reasoning(&self) -> bool {
        self.panes.focus == super::Focus::Reasoning
            || (self.panes.reasoning != Scroll::Latest && self.panes.state == ReasoningState::Live)
    }

    /// While something runs: the spinner, or only the counters.
    fn beat(&self, now: Now) -> Option<Instant> {
        let works = self.live.activity != Activity::Idle;
        let since = self.live.turn_at.or(works.then_some(self.live.activity_at))?;
        let spins = self.look.ui.motion == Motion::Full && self.look.focused;
        let period = if spins { SPIN } else { Duration::from_secs(1) };
        let elapsed = now.instant.saturating_duration_since(since);
        let n_beats = elapsed.as_millis() / period.as_millis() + 1;
        Some(since + period * u32::try_from(n_beats).unwrap_or(u32::MAX))
    }

    /// The ages of background commands are told in minutes, and only where they show.
    fn job_minute(&self, now: Now) -> Option<Instant> {
        let shown = self.view.screen.width >= 160 || matches!(self.overlays.last(), Some(Overlay::Tasks { .. }));
        let work = &self.live.work;
        let running = work.jobs.iter().filter(|job| shown && job.exit.is_none());
        let left = running.map(|job| 60_000 - work.job_age(job, now).as_millis() % 60_000).min()?;
        Some(now.instant + Duration::from_millis(u64::try_from(left).unwrap_or(60_000)))
    }

    /// Idle countdowns and ages move once a minute.
    fn minute(&self, now: Now) -> Option<Instant> {
        let snapshot = self.board.snapshot.as_ref()?;
        let in_minute = now.wall.as_millisecond().rem_euclid(60_000);
        let resets = snapshot.windows.iter().filter_map(|window| window.resets_at);
        let next_reset = resets.map(|at| at.as_millisecond() - now.wall.as_millisecond()).filter(|ms| *ms > 0).min();
        let wait = next_reset.map_or(60_000 - in_minute, |reset| reset.min(60_000 - in_minute));
        Some(now.instant + Duration::from_millis(wait.unsigned_abs()))
    }
}
