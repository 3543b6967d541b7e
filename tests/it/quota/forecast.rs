//! Pace, the end of a window, and the chart.

use glm_tui::quota::{
    Board,
    MarkKind::{Begin, Empty, Hour, Now, Reset},
    Size, Timestamp, WindowKind, WindowReading,
};

use super::fixture::{after, at, board, credits, noon, percent, picture, rule, saturday, snapshot};

fn five(board: &Board, now: Timestamp) -> WindowReading {
    board.read(now).five_hour().unwrap().clone()
}

/// Two polls of a window that resets at 08:00 UTC on a weekday (peak from 06:00 to 10:00 UTC).
fn monday(first: (&str, f64), second: (&str, f64)) -> Board {
    let row = |used| vec![credits(WindowKind::FiveHour, used, 100.0, "2026-11-23T08:00:00Z")];
    let mut board = board(row(first.1), at(first.0));
    board.absorb(snapshot(row(second.1), at(second.0)), at(second.0));
    board
}

#[test]
fn seventy_two_percent_at_fifty_eight_percent_of_the_window() {
    let reading = saturday().read(noon());
    let five = reading.five_hour().unwrap();
    assert!((five.elapsed_share.unwrap() - 0.583_333).abs() < 1e-5);
    assert!((five.pace.points.unwrap() - 13.666_666).abs() < 1e-5);
    // 28 % at 72 % per 2 h 55 min.
    assert_eq!(five.pace.empties_at, Some(after(noon(), 4_083)));
    assert!(!five.pace.lasts);
    let week = reading.week().unwrap();
    assert!((week.pace.points.unwrap() + 10.07).abs() < 0.01);
    assert_eq!((week.pace.empties_at, week.pace.lasts), (None, true));
    assert_eq!(reading.binding().unwrap().kind, WindowKind::FiveHour);
}

#[test]
fn the_peak_ahead_is_counted() {
    // Off-peak since 03:00: 50 % by 05:30 is 40 % per hour at the full rate. 10 % go until 06:00, 40 % in the hour after.
    let board = monday(("2026-11-23T05:09:00Z", 44.0), ("2026-11-23T05:30:00Z", 50.0));
    let now = at("2026-11-23T05:30:00Z");
    assert_eq!(five(&board, now).pace.empties_at, Some(at("2026-11-23T07:00:00Z")));
    // Without the rule the pace would just last.
    let flat = Board { peak: None, ..board };
    assert!(five(&flat, now).pace.lasts);
}

#[test]
fn the_peak_behind_is_counted() {
    // The reset is at 13:00 UTC and the peak ends at 10:00: 60 % in two peak hours is 30 % per hour, half of it after.
    let row = |used| vec![credits(WindowKind::FiveHour, used, 100.0, "2026-11-23T13:00:00Z")];
    let mut board = board(row(46.0), at("2026-11-23T09:30:00Z"));
    let now = at("2026-11-23T10:00:00Z");
    board.absorb(snapshot(row(60.0), now), now);
    assert_eq!(five(&board, now).pace.empties_at, Some(at("2026-11-23T12:40:00Z")));
}

#[test]
fn the_recent_rate_counts_when_it_is_faster() {
    let slow = monday(("2026-11-23T04:00:00Z", 10.0), ("2026-11-23T05:00:00Z", 20.0));
    let now = at("2026-11-23T05:00:00Z");
    assert!(five(&slow, now).pace.lasts);
    // The same use, half of it in the last ten minutes.
    let fast = monday(("2026-11-23T04:50:00Z", 10.0), ("2026-11-23T05:00:00Z", 20.0));
    let empties = five(&fast, now).pace.empties_at.unwrap();
    assert!(empties < at("2026-11-23T06:30:00Z"), "{empties}");
    // It fades when nothing happens.
    assert!(five(&fast, at("2026-11-23T05:30:00Z")).pace.lasts);
    // One large request right after a poll is no rate: too little was watched.
    let mut burst = board(vec![credits(WindowKind::FiveHour, 20.0, 100.0, "2026-11-23T08:00:00Z")], now);
    burst.spend(5.0, after(now, 2));
    let mean = five(&burst, after(now, 2)).pace;
    assert!(mean.lasts, "{mean:?}");
}

#[test]
fn no_forecast_from_too_little() {
    let window = |used| vec![credits(WindowKind::FiveHour, used, 12_000.0, "2026-11-21T16:35:00Z")];
    // 7 minutes of 5 hours are 2.3 %.
    let mut early = board(window(900.0), after(noon(), -60));
    early.absorb(snapshot(window(1_200.0), noon()), noon());
    let pace = five(&early, noon()).pace;
    assert_eq!((pace.empties_at, pace.lasts), (None, false));
    assert!(pace.points.is_some());
    let later = after(noon(), 300);
    assert!(five(&early, later).pace.empties_at.is_some(), "4 % are enough");
    // One answer is not a course.
    let once = board(picture(8_640.0), noon());
    let pace = five(&once, noon()).pace;
    assert_eq!((pace.empties_at, pace.lasts), (None, false));
    // Points of the window before this one do not count.
    let mut next = saturday();
    let begun = at("2026-11-21T15:00:00Z");
    next.absorb(snapshot(vec![credits(WindowKind::FiveHour, 9_000.0, 12_000.0, "2026-11-21T18:47:00Z")], begun), begun);
    assert_eq!(five(&next, begun).pace.empties_at, None);
}

#[test]
fn shares_of_older_plans_are_not_charged_by_the_hour() {
    let row = |share| vec![percent(WindowKind::FiveHour, share, "2026-11-23T08:00:00Z")];
    let mut board = board(row(44.0), at("2026-11-23T05:09:00Z"));
    let now = at("2026-11-23T05:30:00Z");
    board.absorb(snapshot(row(49.0), now), now);
    assert!(five(&board, now).pace.lasts, "a rate that never doubles lasts");
    assert_eq!(board.peak, Some(rule()));
}

#[test]
fn the_chart_of_the_five_hour_window() {
    let board = saturday();
    let chart = board.chart(&WindowKind::FiveHour, Size { columns: 60, rows: 6 }, noon()).unwrap();
    assert_eq!(chart.columns.len(), 60);
    // 58.3 % of 60 columns are past: the 36th column holds now.
    assert_eq!(chart.columns.iter().filter(|column| column.used.is_some()).count(), 36);
    assert!(chart.columns.iter().all(|column| column.used.is_some() != column.forecast.is_some()));
    assert_eq!(chart.columns[35].used, Some(35), "72 % of 48 eighths");
    let heights: Vec<u16> = chart.columns.iter().map(|c| c.used.or(c.forecast).unwrap()).collect();
    assert!(heights.is_sorted() && heights[59] == 48, "{heights:?}");
    assert_eq!((chart.columns[0].even, chart.columns[29].even, chart.columns[59].even), (1, 24, 48));
    let kinds: Vec<_> = chart.labels(5).iter().map(|mark| (mark.kind, mark.column)).collect();
    assert_eq!(
        kinds,
        [(Begin, 0), (Hour, 12), (Hour, 24), (Now, 35), (Empty, 48), (Reset, 59)],
        "the hours at 36 and 48 give way"
    );
}

#[test]
fn no_chart_without_a_course() {
    let size = Size { columns: 60, rows: 6 };
    assert_eq!(Board::default().chart(&WindowKind::FiveHour, size, noon()), None);
    assert_eq!(saturday().chart(&WindowKind::FiveHour, size, at("2026-11-21T13:47:00Z")), None, "reset passed");
    assert_eq!(saturday().chart(&WindowKind::FiveHour, Size { columns: 0, rows: 6 }, noon()), None);
    let one = board(picture(8_640.0), noon()).chart(&WindowKind::FiveHour, size, noon()).unwrap();
    assert!(one.columns.iter().all(|column| column.forecast.is_none()), "one answer has no forecast");
}
