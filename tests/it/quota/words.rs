//! Figures as they are read, and the bars.

use std::time::Duration;

use glm_tui::quota::{Bar, Glyphs, Rate, format, spark};

use super::fixture::{after, at, noon, rule, saturday, zone};

#[test]
fn shares() {
    let table = [
        (0.0, "0%", "0.0 %"),
        (0.3, "<1%", "0.3 %"),
        (1.0, "1%", "1.0 %"),
        (71.999, "71%", "71.9 %"),
        (72.0, "72%", "72.0 %"),
        (99.99, "99%", "99.9 %"),
        (100.0, "FULL", "100.0 %"),
        (f64::NAN, "···", "···"),
        (f64::INFINITY, "FULL", "100.0 %"),
        (-3.0, "0%", "0.0 %"),
    ];
    for (percent, short, exact) in table {
        assert_eq!((format::share(percent).as_str(), format::share_exact(percent).as_str()), (short, exact));
    }
    // 1,140 of 2,000 and the like must not lose a point to a float.
    for n in 1..100u32 {
        assert_eq!(format::share(f64::from(n) / 100.0 * 100.0), format!("{n}%"));
    }
}

#[test]
fn used_and_left_add_up() {
    let mut board = saturday();
    let five = |board: &glm_tui::quota::Board| board.read(noon()).five_hour().unwrap().clone();
    assert_eq!((format::used_share(&five(&board)), format::left_share(&five(&board))), ("72%".into(), "28%".into()));
    board.spend(30.0, noon());
    assert_eq!((format::used_share(&five(&board)), format::left_share(&five(&board))), ("~72%".into(), "~28%".into()));
    board.spend(3_320.0, noon());
    assert_eq!(format::left_share(&five(&board)), "~<1%");
}

#[test]
fn durations() {
    let table = [
        (0, "0s", "0s"),
        (38, "38s", "38s"),
        (42 * 60 + 59, "42m", "42m"),
        (2 * 3_600 + 5 * 60, "2h05m", "2h05"),
        (3_600, "1h00m", "1h00"),
        (99 * 3_600, "4d3h", "4d"),
        (4 * 86_400 + 60, "4d", "4d"),
        (u64::MAX, "213503982334601d7h", "213503982334601d"),
    ];
    for (secs, long, short) in table {
        let length = Duration::from_secs(secs);
        assert_eq!((format::duration(length).as_str(), format::duration_short(length).as_str()), (long, short));
    }
}

#[test]
fn clock_times() {
    let table = [
        ("2026-11-21T13:47:00Z", "14:47"),
        ("2026-11-22T05:42:00Z", "06:42"),
        ("2026-11-22T05:43:00Z", "Sun 06:43"),
        ("2026-11-25T14:42:00Z", "Wed 15:42"),
        ("2026-11-28T11:42:00Z", "Sat 12:42"),
        ("2026-12-02T00:00:00Z", "2 Dec"),
        ("2026-11-20T11:42:00Z", "Fri 12:42"),
    ];
    for (moment, expected) in table {
        assert_eq!(format::clock(at(moment), noon(), &zone()), expected);
    }
    assert!(!format::clock(jiff::Timestamp::MAX, jiff::Timestamp::MIN, &zone()).is_empty());
}

#[test]
fn counts() {
    for (n, expected) in [
        (0.0, "0"),
        (-0.2, "0"),
        (999.4, "999"),
        (999.5, "1,000"),
        (8_640.0, "8,640"),
        (1_234_567.0, "1,234,567"),
        (-1_234.0, "-1,234"),
        (f64::NAN, "···"),
    ] {
        assert_eq!(format::count(n), expected);
    }
    for (n, expected) in
        [(410, "410"), (1_200, "1.2k"), (12_449, "12.4k"), (21_400_000, "21.4M"), (u64::MAX, "18446744.0T")]
    {
        assert_eq!(format::tokens(n), expected);
    }
    for (usd, expected) in [(0.42, "$0.42"), (0.004, "<$0.01"), (0.0, "$0.00"), (f64::NAN, "$?")] {
        assert_eq!(format::dollars(usd), expected);
    }
}

#[test]
fn pace_and_rate() {
    for (points, expected) in [
        (13.7, "14 % over even pace"),
        (-10.1, "10 % under even pace"),
        (1.9, "on even pace"),
        (f64::NAN, "on even pace"),
    ] {
        assert_eq!(format::pace(points), expected);
    }
    assert_eq!(format::rate(&rule().rate_at(noon())), "off-peak ×0.5");
    assert_eq!(format::rate(&Rate { peak: true, factor: 1.0, changes_at: None }), "peak ×1");
    let hours = |rule: &glm_tui::quota::PeakRule| format::peak_hours(rule, noon(), &zone());
    assert_eq!(hours(&rule()).unwrap(), "peak ×1 Mon–Fri 14–18 UTC+8 (07–11 local)");
    let other = glm_tui::quota::PeakRule { weekdays: vec![6, 1], utc_offset_hours: 1, ..rule() };
    assert_eq!(hours(&other).unwrap(), "peak ×1 Mon, Sat 14–18 UTC+1");
    assert_eq!(hours(&glm_tui::quota::PeakRule::flat()), None);
}

#[test]
fn bars_of_the_pictures() {
    let bar = |percent, tick, glyphs| Bar { percent, tick: Some(tick), glyphs };
    assert_eq!(bar(72.0, 0.58, Glyphs::Blocks).text(8), "████│▊░░");
    assert_eq!(bar(72.0, 0.58, Glyphs::Blocks).text(12), "██████│█▋░░░");
    assert_eq!(bar(31.0, 0.41, Glyphs::Blocks).text(8), "██▌│░░░░");
    assert_eq!(bar(72.0, 0.58, Glyphs::Ascii).text(10), "[####|#..]");
    assert_eq!(bar(31.0, 0.41, Glyphs::Ascii).text(10), "[##.|....]");
    let reversed = |percent, tick| bar(percent, tick, Glyphs::Blocks).cells(8).iter().any(|cell| cell.reversed);
    assert!(reversed(72.0, 0.58), "inside the filled part");
    assert!(!reversed(31.0, 0.41), "outside of it");
    assert!(!reversed(52.0, 0.58), "the filled part just reaches into its cell");
    let plain = |percent| Bar { percent, tick: None, glyphs: Glyphs::Blocks }.text(4);
    assert_eq!([plain(0.0), plain(0.01), plain(99.99), plain(100.0)], ["░░░░", "▏░░░", "███▉", "████"]);
}

#[test]
fn small_bars() {
    assert_eq!(spark(&[Some(0), Some(1), None, Some(50), Some(100)]), " ▁·▄█");
    assert_eq!(spark(&[]), "");
    assert_eq!(spark(&[None, Some(0)]), "· ");
    assert_eq!(after(noon(), 0), noon());
}
