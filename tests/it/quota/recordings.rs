//! The recorded answers of the quota endpoint, read with this file's own eyes (not with the client's), and what
//! the gauge makes of their figures.

use std::{fs, path::PathBuf, time::Duration};

use glm_tui::quota::{Unit, Weekly, Window, WindowKind, format};
use serde_json::Value;

use super::fixture::{after, blank, board};

fn folder() -> Option<PathBuf> {
    ["/../shared/data/zai/quota", "/../../shared/data/zai/quota"]
        .into_iter()
        .map(|tail| PathBuf::from(format!("{}{tail}", env!("CARGO_MANIFEST_DIR"))))
        .find(|path| path.is_dir())
}

fn window(row: &Value) -> Window {
    let kind = match row["unit"].as_i64() {
        Some(3) => WindowKind::FiveHour,
        Some(6) => WindowKind::Week,
        _ => WindowKind::Mcp,
    };
    let unit = match row["type"].as_str() {
        Some("CREDIT_LIMIT") => Unit::Credits,
        Some("TIME_LIMIT") => Unit::Calls,
        _ => Unit::Percent,
    };
    Window {
        unit,
        used: row["currentValue"].as_f64(),
        cap: row["usage"].as_f64(),
        remaining: row["remaining"].as_f64(),
        percent: row["percentage"].as_f64(),
        resets_at: row["nextResetTime"].as_i64().map(|ms| jiff::Timestamp::from_millisecond(ms).unwrap()),
        ..blank(kind)
    }
}

#[test]
fn recorded_answers_read_as_recorded() {
    let Some(folder) = folder() else {
        println!("skipped: the recordings are not here");
        return;
    };
    let mut seen = 0;
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        let name = path.file_stem().unwrap().to_string_lossy().into_owned();
        let body: Value = serde_json::from_str(&fs::read_to_string(&path).unwrap()).unwrap();
        let Some(rows) = body["data"]["limits"].as_array() else { continue };
        seen += 1;
        let windows: Vec<Window> = rows.iter().map(window).collect();
        let first_reset = windows.iter().filter_map(|w| w.resets_at).min().unwrap();
        let now = after(first_reset, -3_600);
        let reading = board(windows.clone(), now).read(now);
        assert_eq!(reading.weekly, Weekly::Has, "{name}");
        for (told, read) in windows.iter().zip(&reading.windows) {
            let (told, percent) = (told.percent.unwrap(), read.percent.unwrap());
            // The service rounds down, but for the first point.
            assert!((percent - told).abs() < 1.0, "{name} {:?}: {told} read as {percent}", read.kind);
            assert_eq!(read.full(), told >= 100.0, "{name} {:?}", read.kind);
            assert_eq!(read.reset.left.is_some(), read.reset.at.is_some(), "{name}");
            assert!(read.reset.left.is_none_or(|left| left >= Duration::from_secs(3_600)), "{name}");
        }
    }
    assert!(seen >= 12, "only {seen} answers were there");
}

/// The recordings' figures that tell the gauge's states apart, so that they are checked without the files too.
#[test]
fn figures_of_the_recordings() {
    // kind, used, cap, remaining, percentage → text
    let lite = |used: f64, left: f64, share: f64| Window {
        unit: Unit::Credits,
        used: Some(used),
        cap: Some(2_000.0),
        remaining: Some(left),
        percent: Some(share),
        ..blank(WindowKind::FiveHour)
    };
    let week = |used: f64, left: f64, share: f64| Window {
        cap: Some(10_000.0),
        kind: WindowKind::Week,
        ..lite(used, left, share)
    };
    let share = |share: f64| Window { percent: Some(share), ..blank(WindowKind::Week) };
    let table = [
        ("lite 2026-08-06", lite(71.0, 1_929.0, 3.0), "3%"),
        ("lite 2026-08-06 week", week(71.0, 9_929.0, 1.0), "<1%"),
        ("lite exhausted", lite(2_005.0, 0.0, 100.0), "FULL"),
        ("lite exhausted week", week(2_005.0, 7_994.0, 20.0), "20%"),
        ("lite idle", lite(0.0, 2_000.0, 0.0), "0%"),
        ("lite idle week", week(9_855.0, 145.0, 98.0), "98%"),
        ("off by one", lite(27.0, 1_972.0, 1.0), "1%"),
        ("pro v2 week exhausted", share(100.0), "FULL"),
        ("pro v2", share(25.0), "25%"),
    ];
    for (name, window, expected) in table {
        let now = super::fixture::noon();
        assert_eq!(format::used_share(&board(vec![window], now).read(now).windows[0]), expected, "{name}");
    }
}
