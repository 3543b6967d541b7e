//! Seconds between moments and moments after seconds, saturating: a clock may stand anywhere.

use std::time::Duration;

use jiff::{SignedDuration, Timestamp};

/// Seconds from `from` to `to`; negative when `to` is earlier.
pub(super) fn secs(from: Timestamp, to: Timestamp) -> f64 {
    to.duration_since(from).as_secs_f64()
}

/// How long it is from `from` to `to`; zero when `to` is earlier.
pub(super) fn until(from: Timestamp, to: Timestamp) -> Duration {
    Duration::try_from(to.duration_since(from)).unwrap_or_default()
}

/// The moment `by` after `at`, no later than time itself can be told.
pub(super) fn plus(at: Timestamp, by: Duration) -> Timestamp {
    let by = SignedDuration::try_from(by).unwrap_or(SignedDuration::MAX);
    at.checked_add(by).unwrap_or(Timestamp::MAX)
}

/// The moment `by` before `at`, no earlier than time itself can be told.
pub(super) fn minus(at: Timestamp, by: Duration) -> Timestamp {
    let by = SignedDuration::try_from(by).unwrap_or(SignedDuration::MAX);
    at.checked_sub(by).unwrap_or(Timestamp::MIN)
}

/// The moment `secs` after `at`, in whole seconds; `None` when that cannot be told (not a number, negative, too far).
pub(super) fn plus_secs(at: Timestamp, secs: f64) -> Option<Timestamp> {
    // A century: no window is longer, and beyond it a float no longer counts seconds of a timestamp.
    const FAR: f64 = 3.2e9;
    if !(0.0..FAR).contains(&secs) {
        return None;
    }
    at.checked_add(SignedDuration::from_secs(secs as i64)).ok()
}
