//! Composer, caret and code on real frames.

use glm_tui::ui::ViewCache;

use crate::support::screen::{Stage, draw, step};

#[test]
fn the_caret_stands_where_the_text_ends() {
    for (text, size, want) in
        [("", (80, 24), 2), ("abc", (80, 24), 5), ("你好", (80, 24), 6), ("e\u{301}", (80, 24), 3)]
    {
        let mut stage = Stage::new();
        stage.draft(text);
        let screen = stage.draw(size);
        assert_eq!((screen.caret.0, screen.caret.1), (want, screen.view.composer.y), "{text}");
    }
}

#[test]
fn a_long_draft_is_wrapped_and_all_of_it_shows() {
    let mut stage = Stage::new();
    let text = "word ".repeat(60);
    stage.draft(text.trim_end());
    let screen = stage.draw((40, 40));
    let shown = screen.part(screen.view.composer);
    assert_eq!(shown.matches("word").count(), 60, "{shown}");
    let last = shown.lines().position(|row| row.trim().is_empty()).unwrap_or(shown.lines().count());
    assert_eq!(screen.caret.1, screen.view.composer.y + last as u16 - 1);
}

#[test]
fn a_shrinking_draft_comes_back_into_view() {
    let mut stage = Stage::new();
    let mut cache = ViewCache::new();
    stage.draft(&"line\n".repeat(50));
    let _ = draw(&stage.app, &mut cache, (80, 24), stage.now);
    while stage.app.composer.area.lines().len() > 3 {
        stage.app.composer.area.delete_char();
        let _ = draw(&stage.app, &mut cache, (80, 24), stage.now);
    }
    let screen = draw(&stage.app, &mut cache, (80, 24), stage.now);
    assert_eq!(screen.part(screen.view.composer).matches("line").count(), 3, "{}", screen.text());
}

#[test]
fn code_gets_its_colours_when_they_are_ready() {
    let mut stage = Stage::new();
    stage.step(step(1, 1), 1, Some(1));
    stage.answer(step(1, 1), "```rust\nfn main() {\n    let x = \"s\"; // why\n}\n```\n", true);
    let mut cache = ViewCache::new();
    let plain = draw(&stage.app, &mut cache, (80, 24), stage.now);
    assert!(cache.pending());
    let deadline = std::time::Instant::now() + std::time::Duration::from_secs(60);
    while !cache.poll() {
        assert!(std::time::Instant::now() < deadline, "no colours");
        std::thread::yield_now();
    }
    assert!(!cache.pending());
    let coloured = draw(&stage.app, &mut cache, (80, 24), stage.now);
    assert_eq!(plain.text(), coloured.text());
    let y = coloured.rows().iter().position(|row| row.contains("fn main")).unwrap() as u16;
    let x = coloured.rows()[usize::from(y)].find("fn main").unwrap() as u16;
    assert_ne!(plain.buffer[(x, y)].style(), coloured.buffer[(x, y)].style(), "a keyword");
}

#[test]
fn the_leader_shows_what_can_follow_when_the_hand_hesitates() {
    use crossterm::event::{KeyCode, KeyEvent, KeyModifiers};
    let mut stage = Stage::new();
    let leader = vec![KeyEvent::new(KeyCode::Char('x'), KeyModifiers::CONTROL)];
    stage.app.keys.pending = Some((leader, stage.now.instant));
    assert!(!stage.draw((80, 24)).text().contains("pick-model"));
    stage.now.instant += glm_tui::app::STRIP_AFTER;
    let text = stage.draw((80, 24)).text();
    assert!(text.contains("m    pick-model") && text.contains("72%"), "{text}");
}
