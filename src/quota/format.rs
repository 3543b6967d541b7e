//! Figures as the user reads them: shares, times, counts, the peak rule. Plain text, no width to fit, no colour.

use std::time::Duration;

use jiff::{SignedDuration, Timestamp, tz::TimeZone};

use super::{
    credits::{PeakRule, Rate},
    reading::{Trust, WindowReading},
    window::Unit,
};

const MINUTE: u64 = 60;
const HOUR: u64 = 60 * MINUTE;
const DAY: u64 = 24 * HOUR;

/// A share is rounded down as the service does it; this much of a float's dust below a whole number is forgiven.
const DUST: f64 = 1e-9;

/// A clock time alone is clear up to this far ahead; beyond it the weekday belongs to it.
const CLOCK_ALONE: SignedDuration = SignedDuration::from_hours(18);

/// A weekday is clear for a week; beyond it the date belongs to it.
const WEEKDAY_ALONE: SignedDuration = SignedDuration::from_hours(7 * 24);

/// On pace within this many points (`CodexBar` uses the same).
const ON_PACE: f64 = 2.0;

/// What stands for a figure that is not known.
pub const UNKNOWN: &str = "···";

/// A share as text: `72%`, `<1%`, `0%`, `FULL` from 100 on, `···` for what is no number. Rounded down.
#[must_use]
pub fn share(percent: f64) -> String {
    if percent.is_nan() {
        UNKNOWN.to_owned()
    } else if percent >= 100.0 {
        "FULL".to_owned()
    } else if percent <= 0.0 {
        "0%".to_owned()
    } else if percent < 1.0 {
        "<1%".to_owned()
    } else {
        format!("{}%", (percent + DUST).min(99.0).floor())
    }
}

/// The used share of a window: as [`share`], `~57%` when own credits are in it, `reset?` when its reset has passed.
#[must_use]
pub fn used_share(window: &WindowReading) -> String {
    marked(window, share)
}

/// What is left of a window, as a share: the complement of [`used_share`], so that the two always add up.
#[must_use]
pub fn left_share(window: &WindowReading) -> String {
    marked(window, |percent| match percent {
        p if p >= 100.0 => "FULL".to_owned(),
        p if p > 99.0 => "<1%".to_owned(),
        p => format!("{}%", 100.0 - (p.max(0.0) + DUST).floor()),
    })
}

fn marked(window: &WindowReading, text: impl Fn(f64) -> String) -> String {
    match window.percent {
        None if window.reset.passed => "reset?".to_owned(),
        None => UNKNOWN.to_owned(),
        Some(percent) if window.estimated => format!("~{}", text(percent)),
        Some(percent) => text(percent),
    }
}

/// A share with one decimal: `72.0 %`; rounded down, so that only 100 is `100.0 %`.
#[must_use]
pub fn share_exact(percent: f64) -> String {
    if percent.is_nan() {
        return UNKNOWN.to_owned();
    }
    format!("{:.1} %", ((percent.clamp(0.0, 100.0) + DUST) * 10.0).floor() / 10.0)
}

/// A duration: `4d3h`, `2h05m`, `42m`, `38s`. Rounded down.
#[must_use]
pub fn duration(length: Duration) -> String {
    match length.as_secs() {
        s if s >= DAY && s % DAY >= HOUR => format!("{}d{}h", s / DAY, s % DAY / HOUR),
        s if s >= DAY => format!("{}d", s / DAY),
        s if s >= HOUR => format!("{}h{:02}m", s / HOUR, s % HOUR / MINUTE),
        s if s >= MINUTE => format!("{}m", s / MINUTE),
        s => format!("{s}s"),
    }
}

/// A duration for narrow places: `4d`, `2h05`, `42m`, `38s`. Rounded down.
#[must_use]
pub fn duration_short(length: Duration) -> String {
    match length.as_secs() {
        s if s >= DAY => format!("{}d", s / DAY),
        s if s >= HOUR => format!("{}h{:02}", s / HOUR, s % HOUR / MINUTE),
        s if s >= MINUTE => format!("{}m", s / MINUTE),
        s => format!("{s}s"),
    }
}

/// A moment as a clock tells it: `14:47`; `Wed 15:42` when it is more than 18 hours off; `2 Dec` beyond a week.
#[must_use]
pub fn clock(at: Timestamp, now: Timestamp, zone: &TimeZone) -> String {
    let off = at.duration_since(now).abs();
    let zoned = at.to_zoned(zone.clone());
    let form = if off <= CLOCK_ALONE {
        "%H:%M"
    } else if off <= WEEKDAY_ALONE {
        "%a %H:%M"
    } else {
        "%-d %b"
    };
    zoned.strftime(form).to_string()
}

/// A count with separators: `8,640`. Rounded to a whole number.
#[must_use]
pub fn count(n: f64) -> String {
    if !n.is_finite() {
        return UNKNOWN.to_owned();
    }
    let digits = format!("{:.0}", n.abs().round());
    let mut text = String::with_capacity(digits.len() * 4 / 3 + 1);
    if n < 0.0 && digits != "0" {
        text.push('-');
    }
    for (i, digit) in digits.char_indices() {
        if i > 0 && (digits.len() - i).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

/// Tokens: `410`, `1.2k`, `12.4k`, `21.4M`.
#[must_use]
pub fn tokens(n: u64) -> String {
    let tenths = |unit: u64| format!("{}.{}", n / unit, n % unit / (unit / 10));
    match n {
        1_000_000_000_000.. => format!("{}T", tenths(1_000_000_000_000)),
        1_000_000_000.. => format!("{}G", tenths(1_000_000_000)),
        1_000_000.. => format!("{}M", tenths(1_000_000)),
        1_000.. => format!("{}k", tenths(1_000)),
        _ => n.to_string(),
    }
}

/// US dollars: `$0.42`; `<$0.01` for less.
#[must_use]
pub fn dollars(usd: f64) -> String {
    match usd {
        usd if !usd.is_finite() || usd < 0.0 => "$?".to_owned(),
        usd if usd > 0.0 && usd < 0.01 => "<$0.01".to_owned(),
        usd => format!("${usd:.2}"),
    }
}

/// Used and allowed: `8,640 / 12,000 cr`, `41 of 1,000`; `None` when no count is known.
#[must_use]
pub fn amount(window: &WindowReading) -> Option<String> {
    let used = count(window.used?);
    let cap = window.cap.map(count);
    Some(match (window.unit, cap) {
        (Unit::Credits, Some(cap)) => format!("{used} / {cap} cr"),
        (Unit::Credits, None) => format!("{used} cr"),
        (Unit::Tokens, Some(cap)) => format!("{used} / {cap} tok"),
        (Unit::Tokens, None) => format!("{used} tok"),
        (Unit::Calls | Unit::Percent, Some(cap)) => format!("{used} of {cap}"),
        (Unit::Calls | Unit::Percent, None) => used,
    })
}

/// A part of the monthly calls by a short name: the service says `search-prime` and `web-reader`.
#[must_use]
pub fn part(name: &str) -> &str {
    match name {
        "search-prime" => "search",
        "web-reader" => "reader",
        other => other,
    }
}

/// The pace in words: `14 % over even pace`, `10 % under even pace`, `on even pace` within two points.
#[must_use]
pub fn pace(points: f64) -> String {
    match points {
        p if p > ON_PACE => format!("{p:.0} % over even pace"),
        p if p < -ON_PACE => format!("{:.0} % under even pace", -p),
        _ => "on even pace".to_owned(),
    }
}

/// The rate in force: `peak ×1` or `off-peak ×0.5`.
#[must_use]
pub fn rate(rate: &Rate) -> String {
    format!("{} ×{}", if rate.peak { "peak" } else { "off-peak" }, rate.factor)
}

/// The hours of the peak: `peak ×1 Mon–Fri 14–18 UTC+8 (07–11 local)`; `None` when there are none. The local
/// hours are those of the day of `now`.
#[must_use]
pub fn peak_hours(rule: &PeakRule, now: Timestamp, zone: &TimeZone) -> Option<String> {
    if rule.weekdays.is_empty() || rule.from_hour == rule.to_hour {
        return None;
    }
    let seconds = i64::from(zone.to_offset(now).seconds());
    let local = |hour: i8| {
        let minutes = (i64::from(hour) - i64::from(rule.utc_offset_hours)) * 60 + seconds / 60;
        let (hours, minutes) = (minutes.div_euclid(60).rem_euclid(24), minutes.rem_euclid(60));
        if minutes == 0 { format!("{hours:02}") } else { format!("{hours:02}:{minutes:02}") }
    };
    let same = seconds == i64::from(rule.utc_offset_hours) * 3_600;
    let here =
        if same { String::new() } else { format!(" ({}–{} local)", local(rule.from_hour), local(rule.to_hour)) };
    Some(format!(
        "peak ×1 {} {:02}–{:02} UTC{:+}{here}",
        weekdays(&rule.weekdays),
        rule.from_hour,
        rule.to_hour,
        rule.utc_offset_hours,
    ))
}

/// `Mon–Fri` for a run of three or more, else `Mon, Wed`; `daily` for all seven.
fn weekdays(days: &[i8]) -> String {
    const NAMES: [&str; 7] = ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"];
    let mut days: Vec<usize> = (0..7).filter(|i| days.iter().any(|day| usize::try_from(*day) == Ok(i + 1))).collect();
    days.dedup();
    match (days.first(), days.last()) {
        _ if days.len() == 7 => "daily".to_owned(),
        (Some(first), Some(last)) if days.len() > 2 && last - first + 1 == days.len() => {
            format!("{}–{}", NAMES[*first], NAMES[*last])
        }
        _ => days.iter().map(|day| NAMES[*day]).collect::<Vec<_>>().join(", "),
    }
}

/// How far the figures can be trusted, in words for a status row: empty while they are fresh or estimated (`~` on
/// the figure says that), `⟲7m` when stale. Foreign text (the reason) is left out.
#[must_use]
pub fn trust(trust: &Trust) -> String {
    match trust {
        Trust::Fresh | Trust::Estimated => String::new(),
        Trust::Stale { age, .. } => format!("⟲{}", duration(*age)),
        Trust::Failing { age, retry_in, .. } => {
            format!("quota ? {} old{}", duration(*age), retry(*retry_in))
        }
        Trust::Unknown { retry_in, .. } => format!("quota: no answer yet{}", retry(*retry_in)),
        Trust::AuthError => "quota: key refused · /login".to_owned(),
        Trust::NoPlan => "quota: no coding plan on this key".to_owned(),
        Trust::Off => "no plan gauge".to_owned(),
    }
}

/// An overdue try is not promised: while nobody works there is none.
fn retry(left: Option<Duration>) -> String {
    left.filter(|left| !left.is_zero()).map(|left| format!(" · retry in {}", duration(left))).unwrap_or_default()
}
