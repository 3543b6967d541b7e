//! Instants in the service's messages and headers. Owns their formats and zones; refuses to read a clock.

use std::time::Duration;

use crate::quota::{TimeZone, Timestamp};

/// A reset further away than this is a misunderstanding: the longest window is a month (docs/ZAI.md §10).
const FURTHEST: Duration = Duration::from_secs(35 * 86_400);

/// A wait above this is as good as for ever; it keeps additions from overflowing.
const LONGEST_WAIT: Duration = Duration::from_secs(10 * 365 * 86_400);

/// The instant in `… will reset at 2026-09-09 05:38:28`. Without a zone it is UTC+8 (measured, docs/ZAI.md §10).
pub(super) fn reset_in(message: &str) -> Option<Timestamp> {
    (0..message.len()).filter(|at| message.is_char_boundary(*at)).find_map(|at| instant_at(&message[at..]))
}

/// [`reset_in`] unless it is past or too far away to be true.
pub(super) fn believable(at: Timestamp, now: Timestamp) -> Option<Timestamp> {
    let ahead = Duration::try_from(at.duration_since(now)).ok()?;
    (!ahead.is_zero() && ahead <= FURTHEST).then_some(at)
}

fn instant_at(text: &str) -> Option<Timestamp> {
    let is_digits = |range| text.get(range).is_some_and(|part: &str| part.bytes().all(|b| b.is_ascii_digit()));
    if !(is_digits(0..4) && text.get(4..5)? == "-" && is_digits(5..7) && is_digits(8..10)) {
        return None;
    }
    let clock = text.get(11..19).filter(|clock| clock.as_bytes()[2] == b':')?;
    let zone = zone_at(text.get(19..).unwrap_or_default());
    format!("{}T{clock}{zone}", text.get(..10)?).parse().ok()
}

/// The zone at the start of `text`, after a fraction of a second if there is one.
fn zone_at(text: &str) -> String {
    let text = text.strip_prefix('.').map_or(text, |rest| rest.trim_start_matches(|c: char| c.is_ascii_digit()));
    let text = text.strip_prefix(' ').filter(|rest| rest.starts_with(['+', '-', 'U'])).unwrap_or(text);
    if text.starts_with('Z') || text.starts_with("UTC") && !text[3..].starts_with(['+', '-']) {
        return "Z".into();
    }
    let text = text.strip_prefix("UTC").unwrap_or(text);
    let digits: String = text.chars().skip(1).take_while(|c| c.is_ascii_digit() || *c == ':').collect();
    match (text.chars().next(), digits.len()) {
        (Some(sign @ ('+' | '-')), 1) => format!("{sign}0{digits}:00"),
        (Some(sign @ ('+' | '-')), 2) => format!("{sign}{digits}:00"),
        (Some(sign @ ('+' | '-')), 4 | 5) => format!("{sign}{digits}"),
        _ => "+08:00".into(),
    }
}

/// What `Retry-After` asks for: seconds or an HTTP date, counted from `now`. Negative or senseless = `None`.
pub(super) fn retry_after(value: &str, now: Option<Timestamp>) -> Option<Duration> {
    let value = value.trim();
    if !value.is_empty() && value.bytes().all(|b| b.is_ascii_digit() || b == b'.') {
        let seconds: f64 = value.parse().ok()?;
        return Some(Duration::try_from_secs_f64(seconds).unwrap_or(LONGEST_WAIT).min(LONGEST_WAIT));
    }
    let ahead = http_date(value)?.duration_since(now?);
    Some(Duration::try_from(ahead).unwrap_or_default().min(LONGEST_WAIT))
}

/// `Wed, 21 Oct 2015 07:28:00 GMT`.
pub(super) fn http_date(value: &str) -> Option<Timestamp> {
    let (_, date) = value.split_once(',')?;
    let date = date.trim().strip_suffix("GMT")?.trim_end();
    Timestamp::strptime("%d %b %Y %H:%M:%S %z", format!("{date} +0000")).ok()
}

/// `42 min`, `2 h 05 min`, `4 d 3 h`: rounded up to the minute, so that waiting that long is enough.
pub(super) fn span(wait: Duration) -> String {
    if wait < Duration::from_secs(60) {
        return format!("{} s", wait.as_secs_f64().ceil());
    }
    let minutes = wait.as_secs().div_ceil(60);
    let (days, hours, minutes) = (minutes / 1440, minutes / 60 % 24, minutes % 60);
    match (days, hours) {
        (0, 0) => format!("{minutes} min"),
        (0, hours) => format!("{hours} h {minutes:02} min"),
        (days, hours) if days < 60 => format!("{days} d {hours} h"),
        (days, _) => format!("{days} d"),
    }
}

/// `resets 14:47 (42 min)`; with the weekday or the date when it is not within a day.
pub(super) fn resets(at: Timestamp, now: Timestamp, zone: &TimeZone) -> String {
    let wait = Duration::try_from(at.duration_since(now)).unwrap_or_default();
    let format = match wait.as_secs() / 3600 {
        0..20 => "%H:%M",
        20..144 => "%a %H:%M",
        _ => "%Y-%m-%d %H:%M",
    };
    format!("resets {} ({})", at.to_zoned(zone.clone()).strftime(format), span(wait))
}
