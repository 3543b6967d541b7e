//! Scrolling, anchors and the live end.

use glm_tui::{
    app::{EntryKind, Pane, ReasoningState, Scroll},
    ui::{self, ViewCache},
};

use crate::support::screen::{Stage, draw, step};

fn long() -> Stage {
    let mut stage = Stage::new();
    for turn in 1..30 {
        stage.prompt(turn, &format!("prompt number {turn}"));
        stage.step(step(turn, 1), 100, Some(3));
        stage.reasoning(step(turn, 1), &format!("\nthought {turn} one\n\nthought {turn} two\n").repeat(3));
        let text = format!(
            "Answer {turn} has words.\n\n- point one of {turn}\n- point two\n\n| a | b |\n|---|---|\n| 1 | {turn} |\n\n```\ncode {turn}\n```\n"
        );
        stage.answer(step(turn, 1), &text, true);
    }
    stage
}

fn rows_of(stage: &Stage, cache: &mut ViewCache, pane: Pane) -> Vec<String> {
    let screen = draw(&stage.app, cache, (80, 30), stage.now);
    let area = if pane == Pane::Answer { screen.view.answer.area } else { screen.view.reasoning.area };
    screen.part(area).lines().map(str::to_owned).collect()
}

fn scroll(stage: &mut Stage, cache: &mut ViewCache, pane: Pane, rows: i32) {
    let to = ui::scroll(&stage.app, cache, pane, rows).map_or(Scroll::Latest, Scroll::Reading);
    match pane {
        Pane::Answer => stage.app.panes.answer = to,
        Pane::Reasoning => stage.app.panes.reasoning = to,
    }
}

#[test]
fn each_row_up_is_a_row_and_down_again() {
    for pane in [Pane::Answer, Pane::Reasoning] {
        let mut stage = long();
        stage.app.panes.state = ReasoningState::Pinned;
        for known in &mut stage.app.transcript.steps {
            known.open = Some(true);
        }
        let mut cache = ViewCache::new();
        let mut before = rows_of(&stage, &mut cache, pane);
        let mut seen = vec![before.clone()];
        for n in 0..150 {
            scroll(&mut stage, &mut cache, pane, -1);
            let now = rows_of(&stage, &mut cache, pane);
            assert_eq!(now[1..], before[..before.len() - 1], "{pane:?} {n}");
            before = now.clone();
            seen.push(now);
        }
        seen.pop();
        while let Some(want) = seen.pop() {
            scroll(&mut stage, &mut cache, pane, 1);
            assert_eq!(rows_of(&stage, &mut cache, pane), want, "{pane:?}");
        }
        let at_end = if pane == Pane::Answer { stage.app.panes.answer } else { stage.app.panes.reasoning };
        assert_eq!(at_end, Scroll::Latest);
    }
}

#[test]
fn what_is_read_stays_put() {
    let mut stage = long();
    let mut cache = ViewCache::new();
    let _ = rows_of(&stage, &mut cache, Pane::Answer);
    scroll(&mut stage, &mut cache, Pane::Answer, -17);
    let want = rows_of(&stage, &mut cache, Pane::Answer);
    stage.step(step(40, 1), 1, None);
    let id = stage.answer(step(40, 1), "", false);
    for n in 0..200 {
        let entry = stage.app.transcript.entries.iter_mut().find(|e| e.id == id).unwrap();
        entry.revision += 1;
        if let EntryKind::Answer { text, .. } = &mut entry.kind {
            *text += "line ";
            *text += &n.to_string();
            *text += "\n\n";
        }
        if n % 20 == 0 {
            stage.draft(&"typed ".repeat(n / 20));
        }
        assert_eq!(rows_of(&stage, &mut cache, Pane::Answer)[0], want[0], "{n}");
    }
    // Another size and back again: the same place.
    let _ = draw(&stage.app, &mut cache, (43, 17), stage.now);
    let _ = draw(&stage.app, &mut cache, (160, 50), stage.now);
    assert_eq!(rows_of(&stage, &mut cache, Pane::Answer)[0], want[0]);
    scroll(&mut stage, &mut cache, Pane::Answer, i32::MAX);
    assert_eq!(stage.app.panes.answer, Scroll::Latest);
    scroll(&mut stage, &mut cache, Pane::Answer, i32::MIN);
    assert!(rows_of(&stage, &mut cache, Pane::Answer)[0].contains("prompt number 1"));
}

#[test]
fn the_view_says_where_things_are() {
    let mut stage = long();
    stage.app.panes.state = ReasoningState::Pinned;
    let screen = stage.draw((80, 40));
    assert!(screen.view.answer.at_end);
    for (pane, row, id) in &screen.view.stubs {
        let text = &screen.rows()[usize::from(*row)];
        assert!(text.contains(&id.to_string()), "{pane:?} {text}");
    }
    assert!(screen.view.stubs.iter().any(|(pane, ..)| *pane == Pane::Answer));
    let model = screen.view.model;
    assert_eq!(screen.part(model).trim(), "glm-5.3");
    assert!(screen.part(screen.view.gauge).contains("72%"));
}

#[test]
fn a_repeated_call_shows_only_its_own_text() {
    let mut stage = Stage::new();
    stage.prompt(1, "go");
    stage.step(step(1, 1), 1, None);
    let id = stage.answer(step(1, 1), "first try that was cut", false);
    let mut cache = ViewCache::new();
    let _ = draw(&stage.app, &mut cache, (80, 24), stage.now);
    for text in ["", "second try, longer than the first one was"] {
        let entry = stage.app.transcript.entries.iter_mut().find(|e| e.id == id).unwrap();
        entry.revision += 1;
        entry.kind = EntryKind::Answer { step: step(1, 1), text: text.into(), complete: false };
        if text.is_empty() {
            continue;
        }
        let shown = draw(&stage.app, &mut cache, (80, 24), stage.now).text();
        assert!(
            shown.contains("second try, longer than the first one was") && !shown.contains("that was cut"),
            "{shown}"
        );
    }
}

#[test]
fn a_selection_is_marked_and_copies_clean_text() {
    let mut stage = Stage::new();
    stage.step(step(1, 1), 1, None);
    let url = "https://example.org/a/very/long/path/that/does/not/fit/into/one/row/of/this/pane/index.html";
    let text = format!(
        "Some words that are wrapped because the pane is not wide enough for all of them at once.\n\n- {url}\n"
    );
    stage.answer(step(1, 1), &text, true);
    let mut cache = ViewCache::new();
    let now = stage.now;
    let area = draw(&stage.app, &mut cache, (60, 20), now).view.answer.area;
    stage.app.keys.gesture.selection = Some(glm_tui::app::Selection {
        pane: Pane::Answer,
        from: (0, area.y),
        to: (59, area.y + area.height - 1),
        froze: false,
    });
    stage.app.view = draw(&stage.app, &mut cache, (60, 20), now).view;
    let screen = draw(&stage.app, &mut cache, (60, 20), now);
    stage.app.view = screen.view.clone();
    let copied = stage.app.selected_text();
    assert!(
        copied.starts_with("Some words that are wrapped because the pane is not wide enough for all of them at once."),
        "{copied}"
    );
    assert!(copied.contains(url), "{copied}");
    assert!(!copied.contains('─') && !copied.lines().any(|line| line.ends_with(' ')), "{copied:?}");
    let at = screen.buffer[(3, area.y)].style();
    assert_ne!(at, stage.draw((60, 20)).buffer[(area.width - 1, area.y)].style());
}
