//! The service's own clock face: UTC+8 without a zone in its texts, and the peak hours in it.
//!
//! Written by hand and on purpose without `quota`'s rules, so that the two check each other.

use crate::quota::Timestamp;

const OFFSET_S: i64 = 8 * 3_600;

/// `2026-09-09 05:38:28` as the service writes it.
pub(super) fn text(at: Timestamp) -> String {
    shifted(at).strftime("%Y-%m-%d %H:%M:%S").to_string()
}

/// `20260909053828`, the head of an id.
pub(super) fn digits(at: Timestamp) -> String {
    shifted(at).strftime("%Y%m%d%H%M%S").to_string()
}

/// The instant of `2026-09-09 05:38:28` or `2026-09-09 05:38`.
pub(super) fn parse(text: &str) -> Option<Timestamp> {
    let (date, time) = text.trim().split_once([' ', 'T'])?;
    let seconds = if time.matches(':').count() == 1 { ":00" } else { "" };
    format!("{date}T{time}{seconds}+08:00").parse().ok()
}

/// The full rate is charged: Monday to Friday 14:00–18:00 (Z.ai's plan page, 2026-07-30).
pub(super) fn is_peak(at: Timestamp) -> bool {
    let local = at.as_second() + OFFSET_S;
    // The first day of the epoch was a Thursday: day 0 is weekday 4 of 1 to 7.
    let weekday = (local.div_euclid(86_400) + 3).rem_euclid(7) + 1;
    let hour = local.rem_euclid(86_400) / 3_600;
    weekday <= 5 && (14..18).contains(&hour)
}

/// `Sun, 06 Nov 1994 08:49:37 GMT`, for `Retry-After`.
pub(super) fn http_date(at: Timestamp) -> String {
    at.strftime("%a, %d %b %Y %H:%M:%S GMT").to_string()
}

/// `at` moved by so many seconds; unmoved where the calendar ends.
pub(super) fn plus(at: Timestamp, seconds: i64) -> Timestamp {
    Timestamp::from_second(at.as_second().saturating_add(seconds)).unwrap_or(at)
}

fn shifted(at: Timestamp) -> Timestamp {
    plus(at, OFFSET_S)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(text: &str) -> Timestamp {
        text.parse().unwrap()
    }

    #[test]
    fn texts_are_utc_plus_8() {
        // A recorded id and its `created` (chat/glm47flash-multitool-stream.0).
        assert_eq!(digits(Timestamp::from_second(1_773_349_488).unwrap()), "20260313050448");
        assert_eq!(text(at("2026-09-08T21:38:28Z")), "2026-09-09 05:38:28");
        assert_eq!(parse("2026-09-09 05:38:28"), Some(at("2026-09-08T21:38:28Z")));
        assert_eq!(parse("2026-09-09 05:38"), Some(at("2026-09-08T21:38:00Z")));
        assert_eq!(parse("yesterday"), None);
        assert_eq!(http_date(at("1994-11-06T08:49:37Z")), "Sun, 06 Nov 1994 08:49:37 GMT");
    }

    #[test]
    fn the_peak_has_its_borders() {
        for (when, peak) in [
            ("2026-10-05T05:59:59Z", false), // Monday 13:59:59
            ("2026-10-05T06:00:00Z", true),
            ("2026-10-05T09:59:59Z", true),
            ("2026-10-05T10:00:00Z", false),
            ("2026-10-09T07:00:00Z", true),  // Friday
            ("2026-10-10T07:00:00Z", false), // Saturday
            ("2026-10-11T07:00:00Z", false), // Sunday
            ("1969-12-29T07:00:00Z", true),  // a Monday before the epoch
        ] {
            assert_eq!(is_peak(at(when)), peak, "{when}");
        }
    }
}
