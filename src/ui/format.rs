//! Spans of time with seconds, for what runs now. Quota figures have their own words (`quota::format`).

use std::time::Duration;

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

#[cfg(test)]
mod tests {
    use std::time::Duration;

    #[test]
    fn figures() {
        for (s, want) in [(0, "0s"), (18, "18s"), (62, "1m02s"), (7_500, "2h05m"), (356_400, "4d3h")] {
            assert_eq!(super::span(Duration::from_secs(s)), want);
        }
    }
}
