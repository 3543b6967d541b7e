//! When to draw. A pure value told the time: it knows neither what changed nor how a frame is drawn.
//! Invariant: nothing dirty, no deadline, hence no wake-up.

use std::time::{Duration, Instant};

/// Time between two frames of streaming text. A token waits half of it on average, so 16 ms would miss the
/// aim of 8 ms from socket to screen; at 12 ms it does not (docs/PERFORMANCE.md).
const FRAME: Duration = Duration::from_millis(12);

/// A frame may cost this share of the time between two: a slow terminal or a huge screen gets fewer
/// frames instead of a busy core.
const IDLE_SHARE: u32 = 3;

/// A frame never waits longer than this for that reason.
const SLOWEST: Duration = Duration::from_millis(100);

/// Decides when the next frame is due.
#[derive(Clone, Copy, Debug)]
pub struct Scheduler {
    due: Option<Instant>,
    drawn: Option<Instant>,
    interval: Duration,
}

impl Default for Scheduler {
    fn default() -> Self {
        Self { due: None, drawn: None, interval: FRAME }
    }
}

impl Scheduler {
    /// Something must be seen at once: a key, a new size.
    pub fn request_now(&mut self, now: Instant) {
        self.due = Some(self.due.map_or(now, |due| due.min(now)));
    }

    /// Something flows (text, a wheel, a drag): at once when the last frame is a frame old, else when it will be.
    pub fn request_flow(&mut self, now: Instant) {
        let at = self.drawn.map_or(now, |drawn| now.max(drawn + self.interval));
        self.due = Some(self.due.map_or(at, |due| due.min(at)));
    }

    /// When the next frame is due; `None` while nothing is dirty.
    #[must_use]
    pub fn deadline(&self) -> Option<Instant> {
        self.due
    }

    /// A frame is due.
    #[must_use]
    pub fn is_due(&self, now: Instant) -> bool {
        self.due.is_some_and(|due| due <= now)
    }

    /// A frame was drawn: begun at `at`, and it took `cost` of our time.
    pub fn drew(&mut self, at: Instant, cost: Duration) {
        self.due = None;
        self.drawn = Some(at);
        self.interval = (cost * IDLE_SHARE).clamp(FRAME, SLOWEST);
    }
}

#[cfg(test)]
#[expect(clippy::disallowed_methods, reason = "a test needs some moment to start from")]
mod tests {
    use super::*;

    fn ms(n: u64) -> Duration {
        Duration::from_millis(n)
    }

    /// What is asked, milliseconds after the last frame; when the next frame is due.
    #[test]
    fn when_a_frame_is_due() {
        enum Ask {
            Now(u64),
            Flow(u64),
        }
        use Ask::{Flow, Now};
        let table: &[(&[Ask], Option<u64>)] = &[
            (&[], None),
            (&[Now(1)], Some(1)),
            (&[Flow(1)], Some(12)),
            (&[Flow(11), Flow(11)], Some(12)),
            (&[Flow(12)], Some(12)),
            (&[Flow(40)], Some(40)),
            (&[Flow(3), Now(5)], Some(5)),
            (&[Now(5), Flow(6)], Some(5)),
            (&[Now(5), Now(7)], Some(5)),
        ];
        for (asks, due) in table {
            let start = Instant::now();
            let mut scheduler = Scheduler::default();
            scheduler.drew(start, Duration::ZERO);
            for ask in *asks {
                match ask {
                    Now(at) => scheduler.request_now(start + ms(*at)),
                    Flow(at) => scheduler.request_flow(start + ms(*at)),
                }
            }
            assert_eq!(scheduler.deadline(), due.map(|at| start + ms(at)));
        }
    }

    #[test]
    fn the_first_frame_waits_for_nothing() {
        let now = Instant::now();
        let mut scheduler = Scheduler::default();
        scheduler.request_flow(now);
        assert!(scheduler.is_due(now));
    }

    #[test]
    fn a_burst_is_one_frame() {
        let start = Instant::now();
        let (mut scheduler, mut frames) = (Scheduler::default(), 0);
        scheduler.drew(start, Duration::ZERO);
        for step in 0..590 {
            let now = start + Duration::from_micros(step * 20);
            scheduler.request_flow(now);
            if scheduler.is_due(now) {
                scheduler.drew(now, ms(1));
                frames += 1;
            }
        }
        assert_eq!(frames, 0, "590 events within a frame draw nothing before its end");
        assert_eq!(scheduler.deadline(), Some(start + FRAME));
    }

    #[test]
    fn costly_frames_come_less_often() {
        for (cost, wait) in [(1, 12), (10, 30), (20, 60), (500, 100)] {
            let start = Instant::now();
            let mut scheduler = Scheduler::default();
            scheduler.drew(start, ms(cost));
            scheduler.request_flow(start + ms(1));
            assert_eq!(scheduler.deadline(), Some(start + ms(wait)));
            scheduler.request_now(start + ms(2));
            assert_eq!(scheduler.deadline(), Some(start + ms(2)), "a key never waits");
        }
    }
}
