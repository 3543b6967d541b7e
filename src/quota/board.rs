//! All that the screen knows of the quota: the last snapshot, how far to trust it, our own use since, and how
//! that changes when a poll answers or fails and when a request of ours is paid. What it means is `reading`'s
//! business, when to poll is `schedule`'s.

use std::time::Duration;

use jiff::Timestamp;

use super::{
    credits::PeakRule,
    share::{Look, Share},
    span,
    window::{Snapshot, Window, WindowKind},
};

/// Points of history that are kept. Polls of a five-hour window and our own requests in it fit; above that the
/// older half is thinned, so that a session of days still has its beginning.
const MAX_SAMPLES: usize = 720;

/// Points by which an answer may differ from our estimate before the difference is worth a word: the service
/// rounds down and trails by minutes.
const GAP: f64 = 3.0;

/// Two resets within this time are the same one: the service recomputes the milliseconds.
pub(super) const SAME_RESET: Duration = Duration::from_secs(600);

/// Waits after the first, second, … failed poll in a row; the last repeats.
const BACK_OFF: [Duration; 5] = [
    Duration::from_secs(30),
    Duration::from_secs(60),
    Duration::from_secs(120),
    Duration::from_secs(300),
    Duration::from_secs(600),
];

/// How far the last snapshot can be trusted.
#[derive(Clone, Debug, PartialEq)]
pub enum Health {
    /// No answer came yet.
    Unknown,
    /// The last poll answered.
    Fresh,
    /// The last poll failed; the snapshot, if any, is older. One line why.
    Stale(String),
    /// The key was refused.
    AuthError,
    /// The key has no plan.
    NoPlan,
    /// There is no quota endpoint (metered or custom address).
    Off,
}

/// A point of a window's history, for the chart and the pace. Two points of one instant: the first is what we
/// expected, the second what the service said; the step between them was not our doing.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Sample {
    /// When.
    pub at: Timestamp,
    /// Used share of the five-hour window, 0–100.
    pub five_hour: Option<f64>,
    /// Used share of the week, 0–100.
    pub week: Option<f64>,
}

/// Tokens per bucket of one model, for the usage view.
#[derive(Clone, Debug, PartialEq)]
pub struct ModelSeries {
    /// The model as the service names it.
    pub model: String,
    /// Tokens per day, oldest first; `None` where the service had no datum.
    pub days: Vec<Option<u64>>,
}

/// What the poller publishes and the gauge shows.
#[derive(Clone, Debug, PartialEq)]
pub struct Board {
    /// The last answer.
    pub snapshot: Option<Snapshot>,
    /// How far to trust it.
    pub health: Health,
    /// Credits of our own requests since the snapshot.
    pub own_credits: f64,
    /// Mean credits of a turn in this session and how many turns it stands on.
    pub per_turn: Option<(f64, u32)>,
    /// US dollars spent in this session on a metered address, estimated.
    pub spent_usd: Option<f64>,
    /// When the next poll is due.
    pub next_poll_at: Option<Timestamp>,
    /// Tried and failed in a row.
    pub n_failures: u32,
    /// Points of this session, oldest first, bounded.
    pub history: Vec<Sample>,
    /// Tokens by model and day, newest day last, and the day of the last bucket (`yyyy-mm-dd`).
    pub by_model: Option<(Vec<ModelSeries>, String)>,
    /// The rule of peak hours in force.
    pub peak: Option<PeakRule>,
    /// Everything is simulated.
    pub demo: bool,
    /// How long an answer counts as fresh.
    pub fresh_for: Duration,
}

impl Default for Board {
    fn default() -> Self {
        Self {
            snapshot: None,
            health: Health::Unknown,
            own_credits: 0.0,
            per_turn: None,
            spent_usd: None,
            next_poll_at: None,
            n_failures: 0,
            history: Vec::new(),
            by_model: None,
            peak: None,
            demo: false,
            fresh_for: Duration::from_secs(360),
        }
    }
}

impl Board {
    /// A poll answered. An answer without any window is a failure: it would blank known figures.
    pub fn absorb(&mut self, snapshot: Snapshot, now: Timestamp) {
        if snapshot.windows.is_empty() {
            self.failed("the answer named no window", now);
            return;
        }
        let expected = self.sample(now);
        let same_cycle = self.same_cycle(&snapshot);
        self.snapshot = Some(snapshot);
        self.own_credits = 0.0;
        self.health = Health::Fresh;
        self.n_failures = 0;
        self.next_poll_at = None;
        let told = self.sample(now);
        if same_cycle && step(expected, told).is_some_and(|step| step.abs() > GAP) {
            self.remember(expected);
        }
        self.remember(told);
    }

    /// A poll failed: the known figures stay, and the next try waits longer. `why` is one line.
    pub fn failed(&mut self, why: impl Into<String>, now: Timestamp) {
        self.health = Health::Stale(why.into());
        self.n_failures = self.n_failures.saturating_add(1);
        self.next_poll_at = Some(span::plus(now, self.back_off()));
    }

    /// The key was refused: asking soon again helps nobody.
    pub fn refused(&mut self, now: Timestamp) {
        self.failed(String::new(), now);
        self.health = Health::AuthError;
        self.next_poll_at = Some(span::plus(now, self.back_off()));
    }

    /// The key has no plan.
    pub fn has_no_plan(&mut self, now: Timestamp) {
        self.failed(String::new(), now);
        self.health = Health::NoPlan;
        self.next_poll_at = Some(span::plus(now, self.back_off()));
    }

    /// A request of ours was paid: credits as charged, peak or not.
    pub fn spend(&mut self, credits: f64, now: Timestamp) {
        if !(credits.is_finite() && credits > 0.0) {
            return;
        }
        self.own_credits += credits;
        let sample = self.sample(now);
        // A second point of one instant would read as someone else's use.
        if self.history.last().is_none_or(|last| last.at < sample.at) {
            self.remember(sample);
        }
    }

    /// The service refused a request because this window is used up, before a poll could tell. Nothing happens
    /// when the window is not known. `resets_at` in the past is not believed.
    pub fn used_up(&mut self, kind: &WindowKind, resets_at: Option<Timestamp>, now: Timestamp) {
        let windows = self.snapshot.iter_mut().flat_map(|snapshot| &mut snapshot.windows);
        let Some(window) = windows.into_iter().find(|window| window.kind == *kind) else { return };
        window.remaining = Some(0.0);
        window.percent = Some(100.0);
        if let Some(cap) = window.cap {
            window.used = Some(window.used.map_or(cap, |used| used.max(cap)));
        }
        if let Some(at) = resets_at.filter(|at| *at > now) {
            window.resets_at = Some(at);
        }
    }

    /// A turn of ours ended; all its requests together cost this many credits.
    pub fn turn_cost(&mut self, credits: f64) {
        if !(credits.is_finite() && credits >= 0.0) {
            return;
        }
        let (mean, n) = self.per_turn.unwrap_or((0.0, 0));
        let n = n.saturating_add(1);
        self.per_turn = Some((mean + (credits - mean) / f64::from(n), n));
    }

    /// How long to wait after the failures so far; zero when there are none.
    #[must_use]
    pub fn back_off(&self) -> Duration {
        let last = BACK_OFF.len() - 1;
        let n = match self.health {
            // Neither heals by itself.
            Health::AuthError | Health::NoPlan => last,
            _ => usize::try_from(self.n_failures).unwrap_or(usize::MAX).saturating_sub(1).min(last),
        };
        if self.n_failures == 0 { Duration::ZERO } else { BACK_OFF[n] }
    }

    /// Points of the five-hour window that the service counted beyond our estimates since it began: other tools
    /// on this key, or, when negative, estimates that ran ahead. `None` when it is too little for a word.
    #[must_use]
    pub fn gap(&self) -> Option<f64> {
        let window = self.window(&WindowKind::FiveHour)?;
        let taken_at = self.snapshot.as_ref()?.taken_at;
        let begin = window.reset_after(taken_at).map(|at| span::minus(at, window.length))?;
        let gap: f64 = self
            .history
            .windows(2)
            .filter(|pair| pair[0].at == pair[1].at && pair[0].at >= begin)
            .filter_map(|pair| step(pair[0], pair[1]))
            .sum();
        (gap.abs() > GAP).then_some(gap)
    }

    /// The window of a kind in the last answer.
    #[must_use]
    pub fn window(&self, kind: &WindowKind) -> Option<&Window> {
        self.snapshot.as_ref()?.windows.iter().find(|window| window.kind == *kind)
    }

    /// How much of a window is used at `now`, own credits included.
    pub(super) fn share_of(&self, window: &Window, now: Timestamp) -> Share {
        let taken_at = self.snapshot.as_ref().map_or(now, |snapshot| snapshot.taken_at);
        window.share(Look { taken_at, own_credits: self.own_credits, now })
    }

    fn sample(&self, now: Timestamp) -> Sample {
        let percent = |kind| self.window(&kind).and_then(|window| self.share_of(window, now).percent);
        Sample { at: now, five_hour: percent(WindowKind::FiveHour), week: percent(WindowKind::Week) }
    }

    /// Keeps a point: oldest first, bounded, and nothing later than the newest (a clock can be set back).
    fn remember(&mut self, sample: Sample) {
        if sample.five_hour.is_none() && sample.week.is_none() {
            return;
        }
        while self.history.last().is_some_and(|last| last.at > sample.at) {
            self.history.pop();
        }
        self.history.push(sample);
        if self.history.len() > MAX_SAMPLES {
            self.history = thinned(&self.history);
        }
    }

    /// The five-hour window of `next` is the one that is known, or the known one had not begun.
    fn same_cycle(&self, next: &Snapshot) -> bool {
        let Some(known) = self.window(&WindowKind::FiveHour) else { return false };
        let Some(next) = next.windows.iter().find(|window| window.kind == WindowKind::FiveHour) else { return false };
        match (known.resets_at, next.resets_at) {
            (None, _) => true,
            (Some(known), Some(next)) => span::until(known.min(next), known.max(next)) < SAME_RESET,
            (Some(_), None) => false,
        }
    }
}

/// Points of the five-hour window from one sample to another.
fn step(from: Sample, to: Sample) -> Option<f64> {
    Some(to.five_hour? - from.five_hour?)
}

/// The same history with every second point of its older half left out, but for the points of one instant.
fn thinned(history: &[Sample]) -> Vec<Sample> {
    let half = history.len() / 2;
    let paired = |i: usize| {
        let at = |i: usize| history.get(i).map(|sample| sample.at);
        at(i) == at(i + 1) || (i > 0 && at(i) == at(i - 1))
    };
    let kept = |i: usize| i >= half || i.is_multiple_of(2) || paired(i);
    history.iter().enumerate().filter(|(i, _)| kept(*i)).map(|(_, sample)| *sample).collect()
}
