//! The status row: every state at every width class.

use std::fmt::Write as _;
use std::time::Duration;

use glm_tui::quota::{Board, Health, Snapshot, Unit, Window, WindowKind};

use crate::support::screen::{Stage, board, wall, window};

const HOUR: u64 = 3_600;

fn with(change: impl FnOnce(&mut Board)) -> Board {
    let mut board = board();
    change(&mut board);
    board
}

fn only(windows: Vec<Window>) -> Board {
    let mut board = Board::default();
    let at = wall();
    board.absorb(Snapshot { windows, plan: Some("lite".into()), taken_at: at }, at);
    board
}

fn five(used: f64) -> Window {
    window(WindowKind::FiveHour, (used, 12_000.0), Duration::from_secs(42 * 60), Duration::from_secs(5 * HOUR))
}

fn states() -> Vec<(&'static str, Board)> {
    let old = |board: &mut Board, minutes: u64| {
        if let Some(snapshot) = &mut board.snapshot {
            snapshot.taken_at = wall() - Duration::from_secs(minutes * 60);
        }
        board.health = Health::Stale("timeout".into());
    };
    vec![
        ("fresh", board()),
        ("estimated", with(|b| b.spend(240.0, wall()))),
        ("stale", with(|b| old(b, 7))),
        (
            "failing",
            with(|b| {
                old(b, 31);
                b.n_failures = 4;
                b.next_poll_at = Some(wall() + Duration::from_secs(120));
            }),
        ),
        ("unknown", Board::default()),
        ("no week", only(vec![five(4_000.0)])),
        (
            "percent",
            only(vec![Window {
                unit: Unit::Percent,
                used: None,
                cap: None,
                remaining: None,
                percent: Some(27.0),
                ..five(0.0)
            }]),
        ),
        ("full", only(vec![five(12_000.0)])),
        ("auth", with(|b| b.health = Health::AuthError)),
        ("no plan", with(|b| b.health = Health::NoPlan)),
        ("off", with(|b| b.health = Health::Off)),
    ]
}

fn row(stage: &Stage, width: u16) -> String {
    let height = if width < 40 { 6 } else { 24 };
    let screen = stage.draw((width, height));
    let gauge = screen.view.gauge;
    screen.rows()[usize::from(gauge.y)].clone()
}

#[test]
fn every_state_at_every_width() {
    let mut text = String::new();
    for (name, board) in states() {
        let mut stage = Stage::new();
        stage.app.board = board;
        for width in [200, 160, 120, 80, 60, 40, 24] {
            let row = row(&stage, width);
            assert!(glm_tui::text::width::width(&row) <= usize::from(width));
            let _ = writeln!(text, "{name:>9} {width:>3} |{row}");
        }
    }
    let mut stage = Stage::new();
    stage.app.board = with(|b| (b.health, b.spent_usd) = (Health::Off, Some(0.42)));
    stage.app.status.metered = true;
    for width in [160, 80, 40, 24] {
        let _ = writeln!(text, "{:>9} {width:>3} |{}", "metered", row(&stage, width));
    }
    stage.app.board = board();
    stage.app.look.ascii = true;
    let _ = writeln!(text, "{:>9}  80 |{}", "ascii", row(&stage, 80));
    stage.app.look.gauge = glm_tui::config::GaugeShow::Left;
    let _ = writeln!(text, "{:>9} 160 |{}", "left", row(&stage, 160));
    insta::assert_snapshot!("status_rows", text);
}

#[test]
fn both_percentages_stay_to_the_last() {
    let stage = Stage::new();
    for width in 22..220 {
        let row = row(&stage, width);
        assert!(row.contains("72%") && row.contains("31%"), "{width}: {row}");
    }
}
