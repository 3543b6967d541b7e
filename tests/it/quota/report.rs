//! The usage report, as text and as data.

use glm_tui::quota::{Board, Glyphs, Health, ModelSeries, Report, WindowKind};
use serde_json::{Value, json, to_value};

use super::fixture::{after, at, board, credits, noon, percent, saturday, zone};

fn full_board() -> Board {
    let mut board = saturday();
    board.turn_cost(112.0);
    let days = |tenths: [u64; 7]| tenths.into_iter().map(|n| Some(n * 100_000)).collect::<Vec<_>>();
    let series = |model: &str, days| ModelSeries { model: model.into(), days };
    let mut glm_4_7 = days([4, 6, 10, 21, 19, 14, 6]);
    glm_4_7[0] = None;
    board.by_model = Some((
        vec![series("glm-5.3", days([11, 19, 26, 49, 41, 56, 12])), series("glm-4.7", glm_4_7)],
        "2026-11-21".into(),
    ));
    board
}

#[test]
fn the_report_of_the_picture() {
    let text = full_board().report(noon(), &zone(), Glyphs::Blocks);
    for part in [
        "Quota · plan pro\n\n 5 hours  ███",
        "72.0 %   8,640 / 12,000 cr\n",
        "          resets 14:47, in 2h05m · 14 % over even pace · empty ~13:50  !\n week     ███",
        "31.0 %  18,600 / 60,000 cr\n",
        "          resets Wed 15:42, in 4d3h · 10 % under even pace · lasts\n MCP",
        " MCP      41 of 1,000 this month (search 30, reader 11) · resets 2 Dec\n",
        "Million tokens, 7 days",
        "   Sun   Mon   Tue   Wed   Thu   Fri   Sat\n",
        "   glm-5.3          21.4 ▂▃▄▇▆█▂   1.1   1.9   2.6   4.9   4.1   5.6   1.2\n",
        "   glm-4.7           7.6 ·▂▄█▇▅▂     ·   0.6",
        "Rate now: off-peak ×0.5 until Mon 07:00\n",
        "peak ×1 Mon–Fri 14–18 UTC+8 (07–11 local)\n",
        "Left at this session's average turn: about 30 (mean of 1)\n",
        "Source: quota endpoint 12s ago\n",
    ] {
        assert!(text.contains(part), "{part:?} is missing in\n{text}");
    }
}

#[test]
fn no_line_is_too_wide_and_nothing_foreign_gets_through() {
    let mut wild = full_board();
    let snapshot = wild.snapshot.as_mut().unwrap();
    snapshot.plan = Some("\u{1b}[2Jpro\u{202e}\n".repeat(40));
    snapshot.windows[0].cap = Some(140_000_000.0);
    snapshot.windows[0].remaining = None;
    snapshot.windows[2].kind = WindowKind::Other("\u{7}国国国国国国国国国国国".into());
    if let Some((series, _)) = &mut wild.by_model {
        series[0].model = "\u{1b}]0;x\u{7}".repeat(30);
        series[1].days = vec![Some(u64::MAX); 40];
    }
    let mut failed = full_board();
    (0..3).for_each(|_| failed.failed("timeout\r\n\u{1b}[31m".repeat(30), noon()));
    for board in [wild, failed] {
        for glyphs in [Glyphs::Blocks, Glyphs::Ascii] {
            let text = board.report(after(noon(), 1_800), &zone(), glyphs);
            for line in text.lines() {
                assert!(unicode_width::UnicodeWidthStr::width(line) <= 76, "{line:?}");
                assert!(line.chars().all(|ch| !ch.is_control() && ch != '\u{202e}'), "{line:?}");
            }
        }
    }
}

#[test]
fn states_in_words() {
    let mut failing = saturday();
    (0..3).for_each(|_| failing.failed("timeout", noon()));
    let metered = Board { health: Health::Off, spent_usd: Some(0.42), ..Board::default() };
    let five = |share| percent(WindowKind::FiveHour, share, "2026-11-21T14:52:00Z");
    let idle = glm_tui::quota::Window { resets_at: None, ..five(0.0) };
    let table = [
        (Board::default(), "quota: no answer yet\n"),
        (Board { demo: true, ..saturday() }, "DEMO (simulated)"),
        (metered, "no plan gauge · est $0.42"),
        (failing, "quota ? 30m old: timeout"),
        (board(vec![five(27.0)], noon()), " week     none (older plan)\n"),
        (board(vec![idle], noon()), "starts with the next request"),
        (board(vec![five(100.0)], noon()), "FULL"),
    ];
    for (board, part) in table {
        let text = board.report(after(noon(), 1_800), &zone(), Glyphs::Ascii);
        assert!(text.contains(part), "{part:?} is missing in\n{text}");
    }
}

#[test]
fn the_data_has_stable_names() {
    let mut board = full_board();
    board.spend(120.0, noon());
    let data = to_value(Report::of(&board, noon())).unwrap();
    assert_eq!(
        data["windows"][0],
        json!({
            "kind": "five_hour", "unit": "credits", "used": 8_760.0, "cap": 12_000.0, "remaining": 3_240.0,
            "percent": 73.0, "estimated": true, "resets_at": "2026-11-21T13:47:00Z", "severity": "warn",
            "pace_points": 14.6, "empties_at": data["windows"][0]["empties_at"],
        })
    );
    assert!(data["windows"][0]["empties_at"].as_str().unwrap().parse::<jiff::Timestamp>().unwrap() > noon());
    assert_eq!(data["rate"], json!({"peak": false, "factor": 0.5, "changes_at": "2026-11-23T06:00:00Z"}));
    assert_eq!(data["by_model"][1]["days"][0], Value::Null);
    for (name, value) in [
        ("plan", json!("pro")),
        ("health", json!("estimated")),
        ("demo", json!(false)),
        ("own_credits", json!(120.0)),
        ("taken_at", json!("2026-11-21T11:41:48Z")),
        ("last_day", json!("2026-11-21")),
    ] {
        assert_eq!(data[name], value, "{name}");
    }
}

#[test]
fn what_is_not_known_is_null() {
    let data = to_value(Report::of(&Board::default(), noon())).unwrap();
    assert_eq!(data["health"], "unknown");
    for name in ["plan", "rate", "taken_at", "turns_left", "gap_points", "last_day"] {
        assert_eq!(data[name], Value::Null, "{name}");
    }
    assert_eq!(data["windows"], json!([]));
    let passed = to_value(Report::of(&saturday(), at("2026-11-21T14:00:00Z"))).unwrap();
    assert_eq!((&passed["windows"][0]["percent"], &passed["windows"][0]["severity"]), (&Value::Null, &Value::Null));
    let nearly = board(vec![credits(WindowKind::Week, 59_999.0, 60_000.0, "2026-11-25T14:42:00Z")], noon());
    assert_eq!(to_value(Report::of(&nearly, noon())).unwrap()["windows"][0]["percent"], json!(99.9));
}
