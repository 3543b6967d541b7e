//! How much of a window is used at a moment: the service's figures, checked, plus our own credits since.

use jiff::Timestamp;

use super::window::{Unit, Window};

/// The largest figure that can be a count; anything above is a broken answer. Floats count exactly up to here.
const MAX_COUNT: f64 = 1e15;

/// The highest share of a window that is not full: it prints as 99 %.
const NEARLY_FULL: f64 = 99.9;

/// The moment a window is looked at.
#[derive(Clone, Copy, Debug)]
pub(super) struct Look {
    /// When the figures came.
    pub(super) taken_at: Timestamp,
    /// Credits of our own requests since.
    pub(super) own_credits: f64,
    /// Now.
    pub(super) now: Timestamp,
}

/// How much of a window is used.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(super) struct Share {
    /// Used, in the window's unit, own credits included.
    pub(super) used: Option<f64>,
    /// What the plan allows, in the window's unit.
    pub(super) cap: Option<f64>,
    /// Left, in the window's unit, own credits taken off.
    pub(super) remaining: Option<f64>,
    /// The used share, 0–100; 100 exactly when the window is full.
    pub(super) percent: Option<f64>,
    /// Own credits are in these figures.
    pub(super) estimated: bool,
    /// The service says that nothing is left.
    pub(super) full: bool,
    /// The window has started anew since the figures came, so they say nothing.
    pub(super) reset_passed: bool,
}

impl Window {
    /// The moment of the next reset, if the figures are older than it: a reset before its own answer is nonsense.
    pub(super) fn reset_after(&self, taken_at: Timestamp) -> Option<Timestamp> {
        self.resets_at.filter(|at| *at > taken_at)
    }

    /// How much of this window is used at that moment.
    pub(super) fn share(&self, look: Look) -> Share {
        let cap = count(self.cap).filter(|cap| *cap > 0.0);
        if self.reset_after(look.taken_at).is_some_and(|at| at <= look.now) {
            return Share { cap, reset_passed: true, ..Share::default() };
        }
        let told = self.told(cap);
        let own = if self.unit == Unit::Credits { count(Some(look.own_credits)).unwrap_or(0.0) } else { 0.0 };
        match (told.used.or_else(|| told.of_cap()), cap) {
            (Some(used), Some(cap)) if own > 0.0 && !told.full => {
                let used = used + own;
                Share {
                    used: Some(used),
                    // Our own count never declares a window full: only the service can.
                    percent: Some((used * 100.0 / cap).min(NEARLY_FULL)),
                    remaining: Some((told.remaining.unwrap_or(cap - used + own) - own).max(0.0)),
                    estimated: true,
                    ..told
                }
            }
            _ => told,
        }
    }

    /// What the service told, checked.
    fn told(&self, cap: Option<f64>) -> Share {
        let used = count(self.used);
        let left = count(self.remaining);
        let counted = used.zip(cap).map(|(used, cap)| used * 100.0 / cap);
        let share = counted.or(count(self.percent));
        let full = match left {
            // A row of zeros is an allowance that the plan does not have, not a full window.
            Some(left) => left <= 0.0 && self.cap.is_none_or(|cap| cap > 0.0) && share.is_none_or(|share| share > 0.0),
            None => share.is_some_and(|share| share >= 100.0),
        };
        let remaining = left.or(used.zip(cap).map(|(used, cap)| (cap - used).max(0.0)));
        let percent = if full { Some(100.0) } else { share.map(|share| share.min(NEARLY_FULL)) };
        Share { used, cap, remaining, percent, estimated: false, full, reset_passed: false }
    }
}

impl Share {
    /// The used count that a share of a known cap stands for.
    fn of_cap(&self) -> Option<f64> {
        self.percent.zip(self.cap).map(|(percent, cap)| percent * cap / 100.0)
    }
}

/// A figure that can be a count: finite and not negative.
fn count(figure: Option<f64>) -> Option<f64> {
    figure.filter(|n| n.is_finite() && *n >= 0.0).map(|n| n.min(MAX_COUNT))
}
