//! Spans of time with seconds, for what runs now; ages and sizes of what is kept. Quota figures have their own
//! words (`quota::format`).

use std::time::Duration;

use crate::app::Now;

/// `18s`, `1m02s`, `2h05m`, `4d3h`: two units at most.
pub(super) fn span(time: Duration) -> String {
    let s = time.as_secs();
    match s {
        0..=59 => format!("{s}s"),
        60..=3_599 => format!("{}m{:02}s", s / 60, s % 60),
        3_600..=86_399 => format!("{}h{:02}m", s / 3_600, s / 60 % 60),
        _ => format!("{}d{}h", s / 86_400, s / 3_600 % 24),
    }
}

/// How long ago a moment (seconds since 1970) was: `now`, `12m ago`, `3h ago`, `5d ago`, `7w ago`.
pub(super) fn age(at: i64, now: Now) -> String {
    let s = now.wall.as_second().saturating_sub(at);
    match s {
        ..60 => "now".to_owned(),
        60..3_600 => format!("{}m ago", s / 60),
        3_600..86_400 => format!("{}h ago", s / 3_600),
        86_400..1_209_600 => format!("{}d ago", s / 86_400),
        1_209_600.. => format!("{}w ago", s / 604_800),
    }
}

/// `812 B`, `64 kB`, `1.2 MB`, `3.4 GB`.
pub(super) fn bytes(n: u64) -> String {
    match n {
        0..1_000 => format!("{n} B"),
        1_000..1_000_000 => format!("{} kB", n / 1_000),
        1_000_000..1_000_000_000 => format!("{}.{} MB", n / 1_000_000, n / 100_000 % 10),
        1_000_000_000.. => format!("{}.{} GB", n / 1_000_000_000, n / 100_000_000 % 10),
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    #[test]
    fn sizes() {
        for (n, want) in
            [(0, "0 B"), (999, "999 B"), (64_200, "64 kB"), (1_250_000, "1.2 MB"), (3_400_000_000, "3.4 GB")]
        {
            assert_eq!(super::bytes(n), want);
        }
    }

    #[test]
    fn figures() {
        for (s, want) in [(0, "0s"), (18, "18s"), (62, "1m02s"), (7_500, "2h05m"), (356_400, "4d3h")] {
            assert_eq!(super::span(Duration::from_secs(s)), want);
        }
    }
}
