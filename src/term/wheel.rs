//! How fast a wheel may scroll: some terminals send a storm of reports for one notch. Pure.

use std::time::{Duration, Instant};

/// One step in this time.
const STEP: Duration = Duration::from_millis(8);

/// A slow line delivers several notches in one read: this many are let through at once.
const AHEAD: u32 = 4;

/// Lets steps of the wheel through, or not.
#[derive(Debug, Default)]
pub(super) struct Wheel {
    /// The time that the steps so far have used up.
    used: Option<Instant>,
}

impl Wheel {
    /// A step that comes now counts.
    pub(super) fn turns(&mut self, now: Instant) -> bool {
        let Some(earliest) = now.checked_sub(STEP * AHEAD) else { return true };
        let used = self.used.map_or(earliest, |at| at.max(earliest)) + STEP;
        let turns = used <= now;
        if turns {
            self.used = Some(used);
        }
        turns
    }
}

#[cfg(test)]
#[expect(clippy::disallowed_methods, reason = "a test needs some moment to start from")]
mod tests {
    use super::*;

    #[test]
    fn a_storm_is_thinned_and_notches_are_not() {
        // Reports, the milliseconds between two, and how many count.
        for (reports, gap, counted) in [(3, 0, 3), (50, 0, 4), (10, 8, 10), (10, 50, 10), (32, 1, 7)] {
            let start = Instant::now() + Duration::from_secs(1);
            let mut wheel = Wheel::default();
            let turned = (0..reports).filter(|n| wheel.turns(start + Duration::from_millis(n * gap))).count();
            assert_eq!(turned, counted, "{reports} reports, {gap} ms apart");
        }
    }
}
