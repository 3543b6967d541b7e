//! The question whether a folder is trusted, at several sizes.

use std::time::Duration;

use glm_tui::{
    app::trust::{Brought, Trust},
    text::Clean,
    ui,
};
use ratatui::{Terminal, backend::TestBackend};

use crate::support::screen::{Screen, Stage};

fn found() -> Vec<Brought> {
    let one = |name: &str, what| Brought { name: Clean::strict(name), what };
    vec![
        one("AGENTS.md", "instructions to the model"),
        one(".glm-tui/config.toml", "settings of the project"),
        one(".env\u{202e}cod", "a file of secrets"),
    ]
}

fn draw(trust: &mut Trust, (width, height): (u16, u16), waited: bool) -> Screen {
    let stage = Stage::new();
    let mut now = stage.now;
    trust.on_drawn(0, now);
    if waited {
        now.instant += Duration::from_secs(1);
    }
    let mut terminal = Terminal::new(TestBackend::new(width, height)).unwrap();
    let look = &stage.app.look;
    let mut sheet = glm_tui::app::Sheet::default();
    let frame = terminal.draw(|frame| sheet = ui::draw_trust(trust, look, frame, now)).unwrap();
    let buffer = frame.buffer.clone();
    let view = glm_tui::app::View { sheet, ..glm_tui::app::View::default() };
    Screen { buffer, view, caret: (0, 0) }
}

fn trust() -> Trust {
    Trust::new(Clean::strict("/home/sam/src/app\u{200b}"), found())
}

#[test]
fn sizes() {
    for size in [(20, 5), (40, 12), (80, 24), (120, 40), (160, 50)] {
        let screen = draw(&mut trust(), size, true);
        insta::assert_snapshot!(format!("trust_{}x{}", size.0, size.1), screen.planes());
    }
    insta::assert_snapshot!("trust_guarded_80x24", draw(&mut trust(), (80, 24), false).planes());
}

#[test]
fn choices_and_path_are_there_at_every_size() {
    for width in [1, 2, 5, 11, 20, 39, 40, 60, 80, 200] {
        for height in [1, 2, 3, 5, 7, 8, 12, 24] {
            let screen = draw(&mut trust(), (width, height), true);
            if width >= 20 {
                let text = screen.text();
                for key in ["t ", "r ", "q "] {
                    assert!(text.contains(key), "{width}x{height}\n{text}");
                }
            }
        }
    }
}

#[test]
fn odd_names_are_escaped() {
    let text = draw(&mut trust(), (80, 24), true).text();
    assert!(text.contains("⟨U+202E⟩") && text.contains("⟨U+200B⟩"), "{text}");
}
