//! How fast a window empties and when: the pace of its cycle so far, carried on over peak boundaries.
//!
//! Two rates are known: the mean since the window began (it began at zero) and the recent one of polls and of our
//! own requests. The faster one counts: a warning that comes late is worth nothing.

use std::time::Duration;

use jiff::Timestamp;

use super::{
    board::{Board, Sample},
    credits::PeakRule,
    span,
    window::{Unit, Window, WindowKind},
};

/// A forecast from less of the window than this is noise (`CodexBar` uses the same bound).
const MIN_ELAPSED: f64 = 0.03;

/// How far back the recent rate looks.
const RECENT: Duration = Duration::from_secs(20 * 60);

/// Time in which the weight of a past minute falls to 1/e: half of [`RECENT`], so that its edge hardly counts.
const FADE_SECS: f64 = 600.0;

/// The recent rate needs this much watched time, or one request would count as a steady burn.
const MIN_WATCHED: Duration = Duration::from_secs(300);

/// The course of one window's cycle up to now. Percents are 0–100, rates are percents per second at the full rate.
#[derive(Clone, Debug)]
pub(super) struct Course {
    /// When the cycle began.
    pub(super) begin: Timestamp,
    /// When it resets.
    pub(super) end: Timestamp,
    /// Now, within the cycle.
    pub(super) now: Timestamp,
    /// Used now.
    pub(super) percent: f64,
    /// The points of this cycle, oldest first.
    pub(super) points: Vec<(Timestamp, f64)>,
    rule: PeakRule,
}

impl Course {
    /// The course of a window at `now`; `None` when its reset or its use is not known.
    pub(super) fn of(board: &Board, window: &Window, now: Timestamp) -> Option<Self> {
        let percent = board.share_of(window, now).percent?;
        let end = window.reset_after(board.snapshot.as_ref()?.taken_at)?;
        let begin = span::minus(end, window.length);
        if begin >= end || now >= end {
            return None;
        }
        let mut points: Vec<(Timestamp, f64)> = board
            .history
            .iter()
            .filter(|sample| (begin..=now).contains(&sample.at))
            .filter_map(|sample| Some((sample.at, of_kind(sample, &window.kind)?)))
            .collect();
        // Of two points of one instant the told one counts: what others used, they used since the point before.
        points.dedup_by(|later, earlier| {
            let same = later.0 == earlier.0;
            if same {
                earlier.1 = later.1;
            }
            same
        });
        // Only credits are charged by the hour of the day in the way of this rule.
        let rule = board.peak.clone().filter(|_| window.unit == Unit::Credits).unwrap_or(PeakRule::flat());
        Some(Self { begin, end, now: now.max(begin), percent, points, rule })
    }

    /// The share of the window's time that has passed, 0–1.
    pub(super) fn elapsed_share(&self) -> f64 {
        (span::secs(self.begin, self.now) / span::secs(self.begin, self.end)).clamp(0.0, 1.0)
    }

    /// The moment at a share (0–1) of the window's time.
    pub(super) fn at_share(&self, share: f64) -> Timestamp {
        let secs = span::secs(self.begin, self.end) * share.clamp(0.0, 1.0);
        span::plus_secs(self.begin, secs).unwrap_or(self.end)
    }

    /// The rate to carry on; `None` when too little is known for a forecast.
    pub(super) fn burn(&self) -> Option<f64> {
        if self.points.len() < 2 || self.elapsed_share() < MIN_ELAPSED {
            return None;
        }
        let charged = self.rule.charged_secs(self.begin, self.now);
        let mean = (charged > 0.0).then(|| self.percent / charged)?;
        Some(mean.max(self.recent().unwrap_or(0.0)))
    }

    /// When the window is used up at that rate; `None` when that is not before the reset.
    pub(super) fn empties_at(&self, burn: f64) -> Option<Timestamp> {
        if burn <= 0.0 || self.percent >= 100.0 {
            return None;
        }
        self.rule.charged_by(self.now, (100.0 - self.percent) / burn, self.end)
    }

    /// The used share at a later moment at that rate, at most 100.
    pub(super) fn percent_at(&self, at: Timestamp, burn: f64) -> f64 {
        (self.percent + burn * self.rule.charged_secs(self.now, at)).min(100.0)
    }

    /// The used share at an earlier moment: a straight line between the points that are known, from zero at the
    /// beginning to now.
    pub(super) fn percent_was(&self, at: Timestamp) -> f64 {
        let begin = std::iter::once((self.begin, 0.0));
        let mut before = (self.begin, 0.0);
        for point in begin.chain(self.points.iter().copied()).chain(std::iter::once((self.now, self.percent))) {
            if point.0 > at {
                let span = span::secs(before.0, point.0);
                let share = if span > 0.0 { span::secs(before.0, at).max(0.0) / span } else { 0.0 };
                return before.1 + (point.1 - before.1) * share;
            }
            before = point;
        }
        before.1
    }

    /// The rate of the last minutes, newer ones counting more; a quiet time since the last point counts as such.
    fn recent(&self) -> Option<f64> {
        let since = span::minus(self.now, RECENT).max(self.begin);
        let mut points = self.points.clone();
        points.push((self.now, self.percent));
        let (mut used, mut charged, mut watched) = (0.0, 0.0, 0.0);
        for pair in points.windows(2) {
            let ((from, was), (to, is)) = (pair[0], pair[1]);
            if to < since {
                continue;
            }
            let whole = span::secs(from, to);
            let from = from.max(since);
            let part = span::secs(from, to);
            let weight = (-(span::secs(to, self.now) + part / 2.0) / FADE_SECS).exp();
            used += weight * (is - was) * if whole > 0.0 { part / whole } else { 1.0 };
            charged += weight * self.rule.charged_secs(from, to);
            watched += part;
        }
        (watched >= MIN_WATCHED.as_secs_f64() && charged > 0.0).then(|| (used / charged).max(0.0))
    }
}

fn of_kind(sample: &Sample, kind: &WindowKind) -> Option<f64> {
    match kind {
        WindowKind::FiveHour => sample.five_hour,
        WindowKind::Week => sample.week,
        WindowKind::Mcp | WindowKind::Other(_) => None,
    }
    .filter(|percent| percent.is_finite())
}
