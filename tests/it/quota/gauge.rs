//! Every state of the gauge, as the status row tells it.

use std::time::Duration;

use glm_tui::quota::{Board, Health, Severity, Trust, Unit, Weekly, Window, WindowKind, format};

use super::fixture::{after, at, blank, board, credits, noon, percent, picture, saturday, snapshot};

fn with(change: impl FnOnce(&mut Board)) -> Board {
    let mut board = saturday();
    change(&mut board);
    board
}

/// The five-hour part of the status row, without bars: share, mark, reset, trust.
fn row(board: &Board, secs: i64) -> String {
    let reading = board.read(after(noon(), secs));
    let trust = format::trust(&reading.trust);
    let Some(window) = reading.five_hour() else { return format!("5h {} {trust}", format::UNKNOWN) };
    let reset = match window.reset.left {
        _ if !trust.is_empty() => trust,
        Some(left) => format::duration(left),
        None => String::new(),
    };
    let mark = if window.full() { "" } else { window.severity.mark() };
    format!("{} {}{mark} {reset}", window.kind.short(), format::used_share(window)).trim().to_owned()
}

#[test]
fn states_of_the_status_row() {
    let minute = 60;
    let fail = |n: i64| {
        move |board: &mut Board| {
            for i in 1..=n {
                board.failed("timeout", after(noon(), i));
            }
        }
    };
    let windows = |windows: Vec<Window>| with(move |b| b.absorb(snapshot(windows, noon()), noon()));
    let five = |used| credits(WindowKind::FiveHour, used, 12_000.0, "2026-11-21T13:47:00Z");
    let idle = Window { resets_at: None, ..five(0.0) };
    let share_only = percent(WindowKind::FiveHour, 27.0, "2026-11-21T14:52:00Z");
    let table: Vec<(&str, Board, i64, &str)> = vec![
        ("fresh", saturday(), 0, "5h 72%! 2h05m"),
        ("estimated", with(|b| b.spend(240.0, noon())), 0, "5h ~74%! 2h05m"),
        ("old without a failure", saturday(), 7 * minute, "5h 72%! ⟲7m"),
        ("one failure", with(fail(1)), 2 * minute, "5h 72%! ⟲2m"),
        ("failing, tried again", with(fail(5)), 15 * minute, "5h 72%! quota ? 15m old"),
        (
            "failing, a try to come",
            with(|b| (0..5).for_each(|_| b.failed("x", after(noon(), 8 * 60)))),
            16 * minute,
            "5h 72%! quota ? 16m old · retry in 2m",
        ),
        ("refused before a poll", with(|b| b.used_up(&WindowKind::FiveHour, None, noon())), 0, "5h FULL 2h05m"),
        ("failing for long", with(fail(3)), 31 * minute, "5h 72%! quota ? 31m old"),
        ("never known", Board::default(), 0, "5h ··· quota: no answer yet"),
        ("share only", windows(vec![share_only]), 0, "5h 27% 3h10m"),
        ("used up", windows(vec![five(12_000.0)]), 0, "5h FULL 2h05m"),
        ("over the cap", windows(vec![five(12_030.0)]), 0, "5h FULL 2h05m"),
        ("nearly", windows(vec![five(11_999.0)]), 0, "5h 99%!! 2h05m"),
        ("a trace", windows(vec![five(40.0)]), 0, "5h <1% 2h05m"),
        ("idle", windows(vec![idle]), 0, "5h 0%"),
        ("row without figures", windows(vec![blank(WindowKind::FiveHour)]), 0, "5h ···"),
        ("reset passed", saturday(), 125 * minute, "5h reset? ⟲2h05m"),
        ("key refused", with(|b| b.refused(noon())), 0, "5h 72%! quota: key refused · /login"),
        ("no plan", with(|b| b.has_no_plan(noon())), 0, "5h 72%! quota: no coding plan on this key"),
        ("metered", Board { health: Health::Off, ..Board::default() }, 0, "5h ··· no plan gauge"),
    ];
    for (name, board, secs, expected) in table {
        assert_eq!(row(&board, secs), expected, "{name}");
    }
}

#[test]
fn severity_follows_share_and_forecast() {
    let reading = saturday().read(noon());
    assert_eq!(reading.five_hour().unwrap().severity, Severity::Warn);
    assert_eq!(reading.week().unwrap().severity, Severity::Ok);
    assert_eq!(reading.severity(), Severity::Warn);
    for (share, expected) in
        [(69.9, Severity::Ok), (70.0, Severity::Warn), (90.0, Severity::Crit), (100.0, Severity::Full)]
    {
        // One answer allows no forecast: the share alone decides.
        let board = board(vec![percent(WindowKind::FiveHour, share, "2026-11-21T13:47:00Z")], noon());
        assert_eq!(board.read(noon()).severity(), expected, "{share} %");
    }
}

#[test]
fn empty_within_twenty_minutes_is_critical() {
    // 60 % by noon, of which 40 % in the last 20 minutes: the rest goes in about 20 minutes more.
    let board = |before: f64| {
        let mut board = board(picture(before), after(noon(), -20 * 60));
        board.absorb(snapshot(picture(7_200.0), noon()), noon());
        board.read(noon())
    };
    assert_eq!(board(2_000.0).severity(), Severity::Crit);
    assert_eq!(board(2_800.0).severity(), Severity::Warn);
}

#[test]
fn own_credits_move_every_credit_window_until_the_next_answer() {
    let mut board = saturday();
    let resting = board.read(noon());
    board.spend(600.0, noon());
    let moved = board.read(noon());
    assert_eq!(moved.trust, Trust::Estimated);
    for (kind, points) in [(WindowKind::FiveHour, 5.0), (WindowKind::Week, 1.0)] {
        let (was, is) = (resting.window(&kind).unwrap(), moved.window(&kind).unwrap());
        assert!((is.percent.unwrap() - was.percent.unwrap() - points).abs() < 1e-9, "{kind:?}");
        assert!((was.remaining.unwrap() - is.remaining.unwrap() - 600.0).abs() < 1e-9, "{kind:?}");
        assert!(is.estimated && !was.estimated);
    }
    assert_eq!(moved.window(&WindowKind::Mcp), resting.window(&WindowKind::Mcp), "calls are not paid in credits");

    board.absorb(snapshot(picture(9_240.0), after(noon(), 5)), after(noon(), 5));
    let told = board.read(after(noon(), 5));
    assert_eq!((told.trust, told.own_credits), (Trust::Fresh, 0.0));
    assert_eq!(format::used_share(&told.windows[0]), "77%");
}

#[test]
fn a_refusal_fills_its_window_at_once() {
    let reset = after(noon(), 42 * 60);
    let mut board = saturday();
    board.used_up(&WindowKind::Week, Some(after(noon(), -60)), noon());
    board.used_up(&WindowKind::FiveHour, Some(reset), noon());
    let reading = board.read(noon());
    assert!(reading.windows[..2].iter().all(glm_tui::quota::WindowReading::full));
    assert_eq!(reading.five_hour().unwrap().reset.at, Some(reset));
    assert_eq!(reading.week().unwrap().reset.at, Some(at("2026-11-25T14:42:00Z")), "a reset in the past is nonsense");
    let mut unknown = Board::default();
    unknown.used_up(&WindowKind::FiveHour, Some(reset), noon());
    assert_eq!(unknown, Board::default());
}

#[test]
fn own_credits_never_declare_a_window_full() {
    let mut board = saturday();
    board.spend(50_000.0, noon());
    let reading = board.read(noon());
    let five = reading.five_hour().unwrap();
    assert_eq!(format::used_share(five), "~99%");
    assert_eq!((five.severity, five.remaining), (Severity::Crit, Some(0.0)));
    for nonsense in [f64::NAN, f64::INFINITY, -5.0, 0.0] {
        let mut board = saturday();
        board.spend(nonsense, noon());
        assert_eq!(board, saturday());
    }
}

#[test]
fn a_reset_hides_only_its_own_window() {
    let reading = saturday().read(at("2026-11-21T13:47:00Z"));
    let five = reading.five_hour().unwrap();
    assert!(five.reset.passed);
    assert_eq!((five.percent, five.used, five.remaining, five.elapsed_share), (None, None, None, None));
    assert_eq!((five.severity, five.cap), (Severity::Ok, Some(12_000.0)));
    assert_eq!(format::used_share(reading.week().unwrap()), "31%");
    // An answer that still names the old reset is believed for its figures, not for that moment.
    let mut board = saturday();
    let late = at("2026-11-21T13:47:05Z");
    board.absorb(snapshot(picture(10.0), late), late);
    let reading = board.read(late);
    let five = reading.five_hour().unwrap();
    assert_eq!((format::used_share(five).as_str(), five.reset.at, five.reset.passed), ("<1%", None, false));
}

#[test]
fn a_missing_week_is_no_week_only_after_an_answer() {
    assert_eq!(Board::default().read(noon()).weekly, Weekly::Unknown);
    assert_eq!(saturday().read(noon()).weekly, Weekly::Has);
    let old_plan =
        board(vec![percent(WindowKind::FiveHour, 27.0, "2026-11-21T14:52:00Z"), super::fixture::calls()], noon());
    assert_eq!(old_plan.read(noon()).weekly, Weekly::None);
}

#[test]
fn a_failed_poll_blanks_nothing_and_never_looks_fresh() {
    let known = saturday().read(noon()).windows;
    let mut board = saturday();
    let empty = snapshot(Vec::new(), noon());
    board.absorb(empty, noon());
    let reading = board.read(noon());
    assert_eq!(reading.windows, known);
    assert_eq!(reading.trust.word(), "stale");
    board.failed("garbage", noon());
    assert_eq!(board.read(noon()).windows, known);
    board.absorb(snapshot(picture(8_640.0), noon()), noon());
    assert_eq!((board.n_failures, board.read(noon()).trust), (0, Trust::Fresh));
}

#[test]
fn counts_win_over_the_share_and_nonsense_is_not_known() {
    let row = |used: Option<f64>, cap: Option<f64>, left: Option<f64>, share: Option<f64>| Window {
        unit: Unit::Credits,
        used,
        cap,
        remaining: left,
        percent: share,
        ..blank(WindowKind::FiveHour)
    };
    let nan = Some(f64::NAN);
    let table = [
        ("counts", row(Some(1_438.0), Some(12_000.0), None, Some(3.0)), "11%"),
        ("no cap", row(Some(1_438.0), None, None, Some(11.0)), "11%"),
        ("zero cap", row(Some(0.0), Some(0.0), Some(0.0), Some(0.0)), "0%"),
        ("nothing left", row(None, None, Some(0.0), None), "FULL"),
        ("something left", row(Some(2_005.0), Some(2_000.0), Some(3.0), Some(100.0)), "99%"),
        ("share says all", row(None, None, None, Some(100.0)), "FULL"),
        ("not numbers", row(nan, nan, nan, nan), "···"),
        ("negative", row(Some(-4.0), Some(2_000.0), None, Some(-1.0)), "···"),
        ("negative use, known share", row(Some(-4.0), Some(2_000.0), None, Some(7.0)), "7%"),
        ("huge", row(Some(1e300), Some(1e300), Some(1.0), None), "99%"),
    ];
    for (name, window, expected) in table {
        let reading = board(vec![window], noon()).read(noon());
        assert_eq!(format::used_share(&reading.windows[0]), expected, "{name}");
    }
}

#[test]
fn a_clock_far_away_is_survived() {
    for moment in [jiff::Timestamp::MIN, at("1970-01-01T00:00:00Z"), at("2200-01-01T00:00:00Z"), jiff::Timestamp::MAX] {
        let mut board = saturday();
        let reading = board.read(moment);
        assert_eq!(reading.windows.len(), 3, "{moment}");
        assert!(reading.windows.iter().all(|w| w.pace.empties_at.is_none_or(|at| at >= noon())), "{moment}");
        board.spend(1.0, moment);
        board.failed("x", moment);
        board.absorb(snapshot(picture(8_640.0), moment), moment);
        assert!(board.history.is_sorted_by_key(|sample| sample.at), "{moment}");
        assert!(board.read(moment).five_hour().is_some());
    }
}

#[test]
fn the_history_is_bounded_and_keeps_both_ends() {
    let mut board = saturday();
    let first = board.history[0].at;
    for i in 1..=5_000 {
        board.spend(0.1, after(noon(), i));
    }
    assert!(board.history.len() <= 720 && board.history.len() > 300, "{}", board.history.len());
    assert_eq!(board.history[0].at, first);
    assert_eq!(board.history.last().unwrap().at, after(noon(), 5_000));
    assert!(board.history.is_sorted_by_key(|sample| sample.at));
}

#[test]
fn a_jump_beyond_our_own_use_is_someone_else() {
    let later = after(noon(), 300);
    let poll = |used: f64| {
        let mut board = saturday();
        board.spend(120.0, noon());
        board.absorb(snapshot(picture(used), later), later);
        board
    };
    assert_eq!(poll(8_760.0).read(later).gap, None, "just our own");
    assert_eq!(poll(9_000.0).read(later).gap, None, "two points are rounding and delay");
    assert!((poll(9_360.0).read(later).gap.unwrap() - 5.0).abs() < 1e-9);
    let mut board = poll(9_360.0);
    for i in 0..2_000 {
        board.spend(0.01, after(later, i));
    }
    assert!((board.gap().unwrap() - 5.0).abs() < 1e-9, "a thinned history still knows it");
    // A window that was reset before its time is no negative use of others.
    let mut reset = poll(8_760.0);
    let windows = vec![credits(WindowKind::FiveHour, 0.0, 12_000.0, "2026-11-21T16:47:00Z")];
    reset.absorb(snapshot(windows, after(later, 20)), after(later, 20));
    assert_eq!(reset.gap(), None);
    // The next window begins without it.
    let next = at("2026-11-21T14:00:00Z");
    let windows = vec![credits(WindowKind::FiveHour, 6_000.0, 12_000.0, "2026-11-21T18:47:00Z")];
    board.absorb(snapshot(windows, next), next);
    assert_eq!(board.read(next).gap, None);
}

#[test]
fn work_left_at_the_average_turn() {
    let mut board = saturday();
    assert_eq!(board.read(noon()).turns_left, None);
    for credits in [100.0, 124.0, f64::NAN] {
        board.turn_cost(credits);
    }
    let left = board.read(noon()).turns_left.unwrap();
    assert_eq!((left.turns, left.from_turns), (30.0, 2));
    let factors = |input, cached, output| glm_tui::quota::Factors { input, cached, output };
    let (own, cheap) = (factors(6.9, 1.7, 24.0), factors(4.6, 1.2, 16.0));
    assert!((left.on(&cheap, &own).unwrap() - 30.0 * 27.0 / 18.6).abs() < 1e-9);
    assert_eq!(left.on(&factors(0.0, 0.0, 0.0), &own), None);
}

#[test]
fn waits_after_failures_grow() {
    let mut board = Board::default();
    let waits: Vec<u64> = (0..7)
        .map(|_| {
            board.failed("timeout", noon());
            let Trust::Unknown { retry_in, .. } = board.read(noon()).trust else { panic!() };
            retry_in.unwrap().as_secs()
        })
        .collect();
    assert_eq!(waits, [30, 60, 120, 300, 600, 600, 600]);
    board.refused(noon());
    assert_eq!(board.back_off(), Duration::from_secs(600));
}
