//! Reads the board at one moment: what is known, how bad it is and what follows from it.

use std::time::Duration;

use jiff::Timestamp;

use super::{
    board::{Board, Health},
    forecast::Course,
    reading::{Pace, Reading, Reset, Severity, Trust, TurnsLeft, Weekly, WindowReading},
    span,
    window::{Unit, Window, WindowKind},
};

/// From here a window is worth a warning, in percent.
const WARN_FROM: f64 = 70.0;

/// From here it is nearly used up, in percent.
const CRIT_FROM: f64 = 90.0;

/// A window that is empty within this time is as bad as one that is nearly used up.
const CRIT_WITHIN: Duration = Duration::from_secs(20 * 60);

/// Figures of this age, with the last polls failed, are no longer a reading but a memory: three failures and
/// their waits take less.
const FAILING_FROM: Duration = Duration::from_secs(15 * 60);

impl Board {
    /// What the gauge and the usage view show at `now`.
    #[must_use]
    pub fn read(&self, now: Timestamp) -> Reading {
        let windows: Vec<WindowReading> =
            self.snapshot.iter().flat_map(|s| &s.windows).map(|window| self.read_window(window, now)).collect();
        let weekly = if windows.is_empty() {
            Weekly::Unknown
        } else if windows.iter().any(|window| window.kind == WindowKind::Week) {
            Weekly::Has
        } else {
            Weekly::None
        };
        Reading {
            at: now,
            plan: self.snapshot.as_ref().and_then(|snapshot| snapshot.plan.clone()),
            trust: self.trust(&windows, now),
            turns_left: self.turns_left(&windows),
            windows,
            weekly,
            rate: self.peak.as_ref().map(|rule| rule.rate_at(now)),
            own_credits: self.own_credits,
            gap: self.gap(),
            spent_usd: self.spent_usd,
            demo: self.demo,
            taken_at: self.snapshot.as_ref().map(|snapshot| snapshot.taken_at),
        }
    }

    fn read_window(&self, window: &Window, now: Timestamp) -> WindowReading {
        let share = self.share_of(window, now);
        let course = Course::of(self, window, now);
        let elapsed_share = course.as_ref().map(Course::elapsed_share);
        let pace = course.as_ref().map(pace).unwrap_or_default();
        let at = self.snapshot.as_ref().and_then(|snapshot| window.reset_after(snapshot.taken_at));
        let left = at.filter(|at| *at > now).map(|at| span::until(now, at));
        WindowReading {
            kind: window.kind.clone(),
            unit: window.unit,
            used: share.used,
            cap: share.cap,
            remaining: share.remaining,
            percent: share.percent,
            estimated: share.estimated,
            severity: severity(share.full, share.percent, pace.empties_at.map(|at| span::until(now, at))),
            elapsed_share,
            reset: Reset { at, left, passed: share.reset_passed },
            pace,
            details: window.details.clone(),
        }
    }

    fn trust(&self, windows: &[WindowReading], now: Timestamp) -> Trust {
        let retry_in = self.next_poll_at.filter(|_| self.n_failures > 0).map(|at| span::until(now, at));
        let why = match &self.health {
            Health::Off => return Trust::Off,
            Health::AuthError => return Trust::AuthError,
            Health::NoPlan => return Trust::NoPlan,
            Health::Stale(why) => Some(why.clone()),
            Health::Unknown | Health::Fresh => None,
        };
        let Some(snapshot) = &self.snapshot else { return Trust::Unknown { why, retry_in } };
        let age = span::until(snapshot.taken_at, now);
        match why {
            Some(why) if self.n_failures > 1 && age >= FAILING_FROM => Trust::Failing { age, why, retry_in },
            None if age <= self.fresh_for && windows.iter().any(|window| window.estimated) => Trust::Estimated,
            None if age <= self.fresh_for => Trust::Fresh,
            why => Trust::Stale { age, why },
        }
    }

    /// Turns until the first of the windows that count credits is used up.
    fn turns_left(&self, windows: &[WindowReading]) -> Option<TurnsLeft> {
        let (mean, from_turns) = self.per_turn.filter(|(mean, n)| *mean > 0.0 && *n > 0)?;
        let left = windows
            .iter()
            .filter(|window| window.unit == Unit::Credits)
            .filter_map(|window| window.remaining)
            .min_by(f64::total_cmp)?;
        Some(TurnsLeft { turns: left / mean, from_turns })
    }
}

fn pace(course: &Course) -> Pace {
    let burn = course.burn();
    let empties_at = burn.and_then(|burn| course.empties_at(burn));
    Pace {
        points: Some(course.percent - course.elapsed_share() * 100.0),
        empties_at,
        lasts: burn.is_some() && empties_at.is_none() && course.percent < 100.0,
    }
}

fn severity(full: bool, percent: Option<f64>, empty_in: Option<Duration>) -> Severity {
    let Some(percent) = percent else { return Severity::Ok };
    if full {
        Severity::Full
    } else if percent >= CRIT_FROM || empty_in.is_some_and(|left| left <= CRIT_WITHIN) {
        Severity::Crit
    } else if percent >= WARN_FROM || empty_in.is_some() {
        Severity::Warn
    } else {
        Severity::Ok
    }
}
