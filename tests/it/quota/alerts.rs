//! What is told, and how often.

use glm_tui::quota::{Alert, Alerts, Board, Severity, Step, WindowKind};

use super::fixture::{after, board, credits, noon, percent, picture, saturday, snapshot, zone};

type Said = (Severity, Option<Step>);

fn poll(alerts: &mut Alerts, board: &mut Board, used: f64, secs: i64) -> Vec<Said> {
    let now = after(noon(), secs);
    board.absorb(snapshot(picture(used), now), now);
    alerts.on(&board.read(now)).iter().map(|alert| (alert.severity, alert.step)).collect()
}

#[test]
fn once_per_severity_and_step() {
    let mut alerts = Alerts::new(zone());
    let mut board = board(picture(100.0), after(noon(), -1));
    let (effort, model, stop) = (Some(Step::LowerEffort), Some(Step::CheaperModel), Some(Step::StopAndAsk));
    let table: [(f64, &[Said]); 12] = [
        (1_200.0, &[]),
        (8_400.0, &[(Severity::Warn, None)]),
        (8_500.0, &[]),
        (9_600.0, &[(Severity::Warn, effort)]),
        (8_400.0, &[]),
        (9_700.0, &[]),
        (10_800.0, &[(Severity::Crit, model)]),
        (10_900.0, &[]),
        (11_400.0, &[(Severity::Crit, stop)]),
        (11_990.0, &[]),
        (12_000.0, &[(Severity::Full, None)]),
        (12_001.0, &[]),
    ];
    for (i, (used, expected)) in table.into_iter().enumerate() {
        // Slow enough that the forecast stays quiet: polls are a second apart.
        assert_eq!(poll(&mut alerts, &mut board, used, i64::try_from(i).unwrap()), expected, "{used}");
    }
}

#[test]
fn a_new_cycle_begins_anew() {
    let mut alerts = Alerts::new(zone());
    let told = |alerts: &mut Alerts, share: f64, resets: &str| {
        alerts.on(&board(vec![percent(WindowKind::FiveHour, share, resets)], noon()).read(noon())).len()
    };
    assert_eq!(told(&mut alerts, 92.0, "2026-11-21T13:47:00.998Z"), 1);
    assert_eq!(told(&mut alerts, 92.0, "2026-11-21T13:47:02.110Z"), 0, "the same reset, its milliseconds differ");
    assert_eq!(told(&mut alerts, 71.0, "2026-11-21T16:40:00Z"), 1, "the next window");
    assert_eq!(told(&mut alerts, 71.0, "2026-11-21T16:40:00Z"), 0);
}

#[test]
fn the_windows_are_told_apart() {
    let mut alerts = Alerts::new(zone());
    let windows = vec![
        percent(WindowKind::FiveHour, 85.0, "2026-11-21T13:47:00Z"),
        percent(WindowKind::Week, 96.0, "2026-11-25T14:42:00Z"),
    ];
    let told: Vec<Alert> = alerts.on(&board(windows, noon()).read(noon()));
    let said: Vec<_> = told.iter().map(|a| (&a.window, a.severity, a.step)).collect();
    assert_eq!(
        said,
        [(&WindowKind::FiveHour, Severity::Warn, None), (&WindowKind::Week, Severity::Crit, Some(Step::StopAndAsk))],
        "the step belongs to the window that stops the work first"
    );
}

#[test]
fn the_words() {
    let mut alerts = Alerts::new(zone());
    let told = alerts.on(&saturday().read(noon()));
    assert_eq!(told[0].what, "5-hour window 72% used · empty ~13:50 · resets 14:47");
    assert_eq!(told[0].hint, "/usage shows where it goes");
    let full = board(vec![credits(WindowKind::FiveHour, 12_000.0, 12_000.0, "2026-11-21T13:47:00Z")], noon());
    let told = alerts.on(&full.read(noon()));
    assert_eq!(told[0].what, "5-hour window used up · resets 14:47 (2h05m)");
    assert!(told[0].hint.contains("nothing is billed beyond the plan"));
}

#[test]
fn nothing_is_told_of_what_is_not_known() {
    let mut alerts = Alerts::new(zone());
    assert_eq!(alerts.on(&Board::default().read(noon())), []);
    let mut refused = saturday();
    refused.refused(noon());
    assert_eq!(alerts.on(&refused.read(noon())), []);
    let passed = after(noon(), 3 * 3_600);
    assert_eq!(alerts.on(&saturday().read(passed)), [], "the reset has passed");
}
