//! Peak hours: the rate in force at a moment, and what a steady use is charged over an interval that crosses
//! their boundaries.

use std::time::Duration;

use jiff::Timestamp;

use super::{
    credits::{PeakRule, Rate},
    span,
};

const HOUR: i64 = 3_600;
const DAY: i64 = 24 * HOUR;

/// The next change lies within a week and a day, or there is none: the rule repeats each week.
const SEARCH_DAYS: i64 = 8;

/// Pieces of one interval: 40 days of a month's window have two boundaries a day. Whatever is longer is a
/// clock gone astray; its rest is charged at the rate of its beginning.
const MAX_PIECES: usize = 100;

/// A part of an interval with one rate.
#[derive(Clone, Copy, Debug)]
struct Piece {
    from: Timestamp,
    to: Timestamp,
    factor: f64,
}

impl PeakRule {
    /// The rule of a plan without peak hours: a credit is a credit.
    #[must_use]
    pub const fn flat() -> Self {
        Self { weekdays: Vec::new(), from_hour: 0, to_hour: 0, utc_offset_hours: 0, off_peak_factor: 1.0 }
    }

    /// The rate at `at` and when it changes next. A peak whose end is not after its beginning reaches into the
    /// next day; one of equal hours is none.
    #[must_use]
    pub fn rate_at(&self, at: Timestamp) -> Rate {
        let local = at.as_second() + self.offset();
        let peak = self.is_peak(local);
        let factor = if peak { 1.0 } else { self.off_peak() };
        Rate { peak, factor, changes_at: self.next_change(local, peak) }
    }

    /// Seconds between two moments, each counted by the rate in force: what a steady use of one credit per
    /// second at the full rate is charged. Zero when `to` is not later.
    #[must_use]
    pub fn charged_secs(&self, from: Timestamp, to: Timestamp) -> f64 {
        self.pieces(from, to).map(|piece| span::secs(piece.from, piece.to) * piece.factor).sum()
    }

    /// Credits of a steady use of `per_hour` (at the full rate) between two moments.
    #[must_use]
    pub fn credits_over(&self, per_hour: f64, from: Timestamp, to: Timestamp) -> f64 {
        per_hour / HOUR as f64 * self.charged_secs(from, to)
    }

    /// When a steady use that began at `from` has been charged `secs` full-rate seconds; `None` when that is
    /// not before `end`.
    #[must_use]
    pub fn charged_by(&self, from: Timestamp, secs: f64, end: Timestamp) -> Option<Timestamp> {
        let mut left = secs;
        for piece in self.pieces(from, end) {
            let charged = span::secs(piece.from, piece.to) * piece.factor;
            if left < charged {
                return span::plus_secs(piece.from, (left / piece.factor).max(0.0));
            }
            left -= charged;
        }
        None
    }

    /// The interval cut at the changes of the rate.
    fn pieces(&self, from: Timestamp, to: Timestamp) -> impl Iterator<Item = Piece> {
        let (mut at, mut n) = (from, 0);
        std::iter::from_fn(move || {
            if at >= to {
                return None;
            }
            n += 1;
            let rate = self.rate_at(at);
            let end = rate.changes_at.filter(|change| *change > at && *change < to && n < MAX_PIECES).unwrap_or(to);
            let piece = Piece { from: at, to: end, factor: rate.factor };
            at = end;
            Some(piece)
        })
    }

    fn next_change(&self, local: i64, peak: bool) -> Option<Timestamp> {
        let today = local.div_euclid(DAY);
        let mut bounds: Vec<i64> =
            (today - 1..=today + SEARCH_DAYS).filter_map(|day| self.peak_of(day)).flat_map(|(a, b)| [a, b]).collect();
        bounds.sort_unstable();
        let change = bounds.into_iter().find(|bound| *bound > local && self.is_peak(*bound) != peak)?;
        Timestamp::from_second(change - self.offset()).ok()
    }

    fn is_peak(&self, local: i64) -> bool {
        let today = local.div_euclid(DAY);
        [today - 1, today].into_iter().filter_map(|day| self.peak_of(day)).any(|(a, b)| (a..b).contains(&local))
    }

    /// The peak that begins on a day (days since 1970-01-01 in the rule's zone), in local seconds.
    fn peak_of(&self, day: i64) -> Option<(i64, i64)> {
        // 1970-01-01 was a Thursday.
        let weekday = (day + 3).rem_euclid(7) + 1;
        if !self.weekdays.iter().any(|d| i64::from(*d) == weekday) {
            return None;
        }
        let (from, to) = (i64::from(self.from_hour).clamp(0, 24), i64::from(self.to_hour).clamp(0, 24));
        let to = if to < from { to + 24 } else { to };
        (from < to).then_some((day * DAY + from * HOUR, day * DAY + to * HOUR))
    }

    fn offset(&self) -> i64 {
        i64::from(self.utc_offset_hours) * HOUR
    }

    /// The factor outside the peak; a nonsense figure counts as the full rate, which never promises too much.
    fn off_peak(&self) -> f64 {
        if self.off_peak_factor.is_finite() && self.off_peak_factor > 0.0 { self.off_peak_factor } else { 1.0 }
    }
}

impl Rate {
    /// How long this rate stays in force after `now`.
    #[must_use]
    pub fn changes_in(&self, now: Timestamp) -> Option<Duration> {
        self.changes_at.map(|at| span::until(now, at))
    }
}
