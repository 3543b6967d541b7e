//! Boards to look at: the Saturday of the design's pictures, and rows as the endpoint gives them.

use std::time::Duration;

use glm_tui::quota::{Board, PeakRule, Snapshot, TimeZone, Timestamp, Unit, Window, WindowKind};

pub(crate) const HOUR: u64 = 3_600;

/// A moment, as RFC 3339.
pub(crate) fn at(text: &str) -> Timestamp {
    text.parse().unwrap()
}

/// `secs` after `from`.
pub(crate) fn after(from: Timestamp, secs: i64) -> Timestamp {
    from.checked_add(jiff::SignedDuration::from_secs(secs)).unwrap()
}

/// Saturday, 12:42 in the zone of [`zone`].
pub(crate) fn noon() -> Timestamp {
    at("2026-11-21T11:42:00Z")
}

/// One hour east of UTC.
pub(crate) fn zone() -> TimeZone {
    TimeZone::fixed(jiff::tz::offset(1))
}

/// The rule of the plan: Monday to Friday, 14 to 18 o'clock in UTC+8, half price else.
pub(crate) fn rule() -> PeakRule {
    PeakRule { weekdays: vec![1, 2, 3, 4, 5], from_hour: 14, to_hour: 18, utc_offset_hours: 8, off_peak_factor: 0.5 }
}

/// A window of which nothing is known.
pub(crate) fn blank(kind: WindowKind) -> Window {
    let hours = match kind {
        WindowKind::FiveHour => 5,
        WindowKind::Week => 7 * 24,
        WindowKind::Mcp | WindowKind::Other(_) => 30 * 24,
    };
    Window {
        kind,
        unit: Unit::Percent,
        used: None,
        cap: None,
        remaining: None,
        percent: None,
        resets_at: None,
        length: Duration::from_secs(hours * HOUR),
        details: Vec::new(),
    }
}

/// A row of a credit plan.
pub(crate) fn credits(kind: WindowKind, used: f64, cap: f64, resets: &str) -> Window {
    Window {
        unit: Unit::Credits,
        used: Some(used),
        cap: Some(cap),
        remaining: Some((cap - used).max(0.0)),
        percent: Some((used * 100.0 / cap).floor()),
        resets_at: Some(at(resets)),
        ..blank(kind)
    }
}

/// A row that has a share only.
pub(crate) fn percent(kind: WindowKind, percent: f64, resets: &str) -> Window {
    Window { percent: Some(percent), resets_at: Some(at(resets)), ..blank(kind) }
}

/// The monthly calls of an older plan.
pub(crate) fn calls() -> Window {
    Window {
        unit: Unit::Calls,
        used: Some(41.0),
        cap: Some(1_000.0),
        remaining: Some(959.0),
        percent: Some(4.0),
        resets_at: Some(at("2026-12-02T00:00:00Z")),
        details: vec![("search-prime".into(), 30), ("web-reader".into(), 11), ("zread".into(), 0)],
        ..blank(WindowKind::Mcp)
    }
}

pub(crate) fn snapshot(windows: Vec<Window>, taken_at: Timestamp) -> Snapshot {
    Snapshot { windows, plan: Some("pro".into()), taken_at }
}

/// A board that got these windows in one answer at `taken_at`.
pub(crate) fn board(windows: Vec<Window>, taken_at: Timestamp) -> Board {
    let mut board = Board { peak: Some(rule()), ..Board::default() };
    board.absorb(snapshot(windows, taken_at), taken_at);
    board
}

/// The windows of the design's pictures at a use of the five-hour window.
pub(crate) fn picture(five_hour: f64) -> Vec<Window> {
    vec![
        credits(WindowKind::FiveHour, five_hour, 12_000.0, "2026-11-21T13:47:00Z"),
        credits(WindowKind::Week, 18_600.0, 60_000.0, "2026-11-25T14:42:00Z"),
        calls(),
    ]
}

/// The design's pictures: 72 % at 58 % of the window after two polls, the last 12 s before [`noon`]; all that
/// was used between them was our own, and a little slower than before.
pub(crate) fn saturday() -> Board {
    let mut board = board(picture(8_000.0), after(noon(), -20 * 60));
    board.spend(640.0, after(noon(), -10 * 60));
    let polled = after(noon(), -12);
    board.absorb(snapshot(picture(8_640.0), polled), polled);
    board
}
