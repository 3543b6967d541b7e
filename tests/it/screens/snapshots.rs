//! Both planes of the key states. `INSTA_UPDATE=always` writes them anew; look at the difference.

use std::time::Duration;

use glm_tui::{
    app::{
        Find, Focus, Overlay, Pane, Picker, PickerKind, PickerRow, ReasoningState, Toast, UsageTab,
        composer::Completion,
    },
    chat::{Activity, Notice, Problem, ProblemKind, Severity},
    config::ThemeName,
    quota::ModelSeries,
};

use super::{talk, thinking};
use crate::support::screen::{Stage, step};

fn check(name: &str, stage: &Stage, sizes: &[(u16, u16)]) {
    for size in sizes {
        let screen = stage.draw(*size);
        insta::assert_snapshot!(format!("{name}_{}x{}", size.0, size.1), screen.planes());
    }
}

#[test]
fn reasoning_streams() {
    check("thinking", &thinking(), &[(40, 12), (80, 24), (120, 40), (200, 60)]);
}

#[test]
fn nothing_runs() {
    check("rest", &talk(), &[(40, 12), (80, 24), (120, 40)]);
    check("empty", &Stage::new(), &[(20, 5), (80, 24)]);
}

#[test]
fn panes_by_hand() {
    let mut stage = thinking();
    stage.app.panes.focus = Focus::Reasoning;
    stage.app.panes.zoomed = Some(Pane::Reasoning);
    check("zoomed", &stage, &[(80, 24)]);
    let mut stage = thinking();
    stage.app.panes.state = ReasoningState::Off;
    stage.app.panes.focus = Focus::Answer;
    for known in &mut stage.app.transcript.steps {
        known.open = Some(true);
    }
    stage.app.look.detailed = true;
    check("inline", &stage, &[(80, 24)]);
    let mut stage = thinking();
    stage.app.panes.swapped = true;
    check("swapped", &stage, &[(40, 12)]);
}

#[test]
fn trouble() {
    let mut stage = talk();
    let problem = Problem::new(ProblemKind::Quota, "The 5-hour quota is used up; it resets at 14:47 (42 min).")
        .hint("You are not charged")
        .hint_with("wait or choose what to do", "/usage")
        .code("1308");
    stage.entry(glm_tui::app::EntryKind::Trouble(problem.clone()));
    stage.entry(glm_tui::app::EntryKind::Mark("interrupted".into()));
    stage.busy(Activity::Retrying { wait: Duration::from_secs(6), attempt: 2, of: 8, why: "busy, 1302".into() }, 2, 30);
    stage.app.toasts.push(Toast {
        notice: Notice { severity: Severity::Warn, text: "next: glm-4.7".into() },
        until: stage.now.instant + Duration::from_secs(1),
    });
    check("trouble", &stage, &[(40, 12), (80, 24)]);
    stage.app.overlays.push(Overlay::Detail(problem.detail(glm_tui::text::Clean::new("{\"code\": \"1308\"}"))));
    check("detail", &stage, &[(80, 24)]);
}

#[test]
fn silence() {
    let mut stage = thinking();
    for (quiet, name) in [(25, "quiet_said"), (70, "quiet_offer")] {
        let heard = stage.now.instant.checked_sub(Duration::from_secs(quiet)).unwrap();
        stage.busy(Activity::Thinking, 90, 95);
        stage.app.live.heard_at = Some(heard);
        check(name, &stage, &[(80, 24)]);
    }
}

#[test]
fn usage() {
    let mut stage = talk();
    let series = |model: &str, scale: u64| ModelSeries {
        model: model.into(),
        days: [11, 19, 26, 49, 41, 56, 12].map(|n| Some(n * scale)).to_vec(),
    };
    stage.app.board.by_model = Some((vec![series("glm-5.3", 100_000), series("glm-4.7", 40_000)], "2026-11-23".into()));
    for (tab, name) in
        [(UsageTab::FiveHour, "usage_5h"), (UsageTab::Week, "usage_week"), (UsageTab::Models, "usage_models")]
    {
        stage.app.overlays = vec![Overlay::Usage(tab)];
        check(name, &stage, &[(80, 24)]);
    }
    check("usage_models", &stage, &[(40, 12), (120, 40)]);
}

#[test]
fn lists() {
    let mut stage = talk();
    stage.app.overlays = vec![Overlay::Help { top: 3 }];
    check("help", &stage, &[(80, 24)]);
    let row = |label: &str, note: &str, enabled| PickerRow {
        value: label.into(),
        label: label.into(),
        note: note.into(),
        enabled,
    };
    stage.app.overlays = vec![Overlay::Picker(Picker {
        kind: PickerKind::Model,
        title: "Model (any id can be typed)".into(),
        query: "glm".into(),
        rows: vec![
            row("glm-4.7", "about 1/3 fewer credits", true),
            row("glm-5.3", "in use", true),
            row("glm-x", "not in this plan", false),
        ],
        matches: vec![0, 1, 2],
        selected: 1,
    })];
    check("picker", &stage, &[(40, 12), (80, 24)]);
    stage.app.overlays.clear();
    stage.draft("/mo");
    stage.app.composer.completion = Some(Completion {
        rows: vec![("/model".into(), "choose a model".into()), ("/mouse".into(), "mouse on or off".into())],
        selected: 0,
    });
    check("completion", &stage, &[(80, 24)]);
    stage.app.composer.completion = None;
    stage.app.find = Some(Find { query: "reset".into(), typing: true, ..Find::default() });
    check("find", &stage, &[(80, 24)]);
}

#[test]
fn looks() {
    let mut stage = thinking();
    stage.app.look.ascii = true;
    check("ascii", &stage, &[(80, 24)]);
    stage.app.look.ascii = false;
    for name in ["mono", "ansi", "light", "high-contrast"] {
        stage.app.look.theme = ThemeName::Named(name.into());
        check(&format!("theme_{name}"), &stage, &[(80, 24)]);
    }
    stage.app.look.ui.no_color = true;
    stage.app.status.demo = true;
    stage.app.board.demo = true;
    check("no_color_demo", &stage, &[(40, 12), (80, 24), (200, 60)]);
}

#[test]
fn no_colour_means_no_colour() {
    let mut stage = thinking();
    stage.app.look.ui.no_color = true;
    stage.app.overlays.push(Overlay::Usage(UsageTab::FiveHour));
    let screen = stage.draw((120, 40));
    for cell in screen.buffer.content() {
        assert_eq!((cell.fg, cell.bg), (ratatui::style::Color::Reset, ratatui::style::Color::Reset));
    }
}

#[test]
fn demo_is_said_at_every_size() {
    let mut stage = thinking();
    stage.app.status.demo = true;
    stage.app.board.demo = true;
    for size in [(20, 5), (40, 12), (60, 15), (80, 24), (120, 40), (200, 60)] {
        for overlay in [None, Some(Overlay::Help { top: 0 }), Some(Overlay::Usage(UsageTab::Week))] {
            stage.app.overlays = overlay.into_iter().collect();
            let text = stage.draw(size).text();
            assert!(text.contains("DEMO"), "{size:?}\n{text}");
        }
    }
}

#[test]
fn panes_do_not_mix() {
    let mut stage = thinking();
    stage.answer(step(4, 3), "answer text only", false);
    for size in [(80, 24), (120, 40)] {
        let screen = stage.draw(size);
        let answer = screen.part(screen.view.answer.area);
        let reasoning = screen.part(screen.view.reasoning.area);
        assert!(answer.contains("answer text only") && !answer.contains("swallows"), "{answer}");
        assert!(reasoning.contains("last success") && !reasoning.contains("answer text only"), "{reasoning}");
    }
}
