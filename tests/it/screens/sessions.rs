//! Rewinding, resuming, saved sessions and the row that says that nothing is saved: both planes, and what holds
//! at every size.

use std::time::Duration;

use glm_tui::{
    app::{Incoming, Overlay},
    chat::{
        ChangeKind, Detail, Event, FileChange, FileUndo, Finish, ModelId, Problem, ProblemKind, Restored, RunCard,
        RunEnd, RunId, RunKind, RunReport, Saving, SessionCard, SessionInfo, TurnCard, TurnEnd, TurnId, UndoReport,
    },
    text::Clean,
};

use crate::support::{
    keys::keys,
    screen::{Stage, step, wall},
};

const SIZES: [(u16, u16); 3] = [(40, 12), (80, 24), (120, 40)];

fn check(name: &str, stage: &Stage) {
    for size in SIZES {
        let screen = stage.draw(size);
        insta::assert_snapshot!(format!("{name}_{}x{}", size.0, size.1), screen.planes());
    }
}

fn on(stage: &mut Stage, incoming: Incoming) {
    let _ = stage.app.on(incoming, stage.now);
}

fn press(stage: &mut Stage, script: &str) {
    for key in keys(script) {
        on(stage, Incoming::Key { key, burst: 1 });
    }
}

fn edit(turn: u32, path: &str) -> [Event; 2] {
    let run = RunId(u64::from(turn));
    let card = RunCard {
        run,
        step: step(turn, 1),
        tool: Clean::new("edit"),
        kind: RunKind::Edit,
        verb: Clean::new("Edit"),
        target: Clean::strict(path),
    };
    let change = FileChange {
        path: Clean::strict(path),
        kind: ChangeKind::Modified,
        hunks: Vec::new(),
        added: 14,
        removed: 3,
        n_hidden: 0,
    };
    let report = RunReport {
        end: RunEnd::Ok,
        summary: Clean::new("+14 −3"),
        detail: Detail::Change(Box::new(change)),
        took: Duration::from_millis(20),
    };
    [Event::RunQueued(Box::new(card)), Event::RunEnded { run, report: Box::new(report) }]
}

/// Three turns of yesterday evening; the first two changed a file.
fn events() -> Vec<(Duration, Event)> {
    let prompts = [
        "make the gauge show when the 5-hour window resets",
        "also handle the legacy plan\nwith no weekly window, which older accounts have",
        "写一个测试 for the countdown, please",
    ];
    let paths = ["src/quota/poll.rs", "src/quota/forecast/weekly_windows_of_older_plans.rs"];
    let mut all = Vec::new();
    for (turn, prompt) in (1..).zip(prompts) {
        let id = step(turn, 1);
        let mut events = vec![
            Event::TurnStarted { turn: TurnId(turn), prompt: Clean::new(prompt) },
            Event::StepStarted { step: id, model: ModelId::from("glm-5.3") },
            Event::Reasoning { step: id, text: Clean::new("The retry loop swallows 429 bodies.") },
            Event::Answer { step: id, text: Clean::new("The **reset time** is carried in the error now.") },
        ];
        if let Some(path) = paths.get(turn as usize - 1) {
            events.extend(edit(turn, path));
        }
        events.push(Event::StepEnded { step: id, finish: Finish::Stop, usage: None, credits: None, served_by: None });
        events.push(Event::TurnEnded { turn: TurnId(turn), end: TurnEnd::Done });
        let ago = Duration::from_secs(14 * 3600 - u64::from(turn) * 600);
        all.extend(
            events.into_iter().zip(0..8).map(|(event, n)| (ago.saturating_sub(Duration::from_secs(4 * n)), event)),
        );
    }
    all
}

fn left() -> Vec<TurnCard> {
    let card = |turn, prompt: &str, n_files| TurnCard {
        turn: TurnId(turn),
        prompt: Clean::new(prompt),
        at: wall().as_second() - 4 * 86_400,
        n_files,
        left: true,
    };
    vec![card(2, "try it with a second poller instead", 3), card(3, "no, not like that", 0)]
}

fn resumed() -> Stage {
    resumed_with(left())
}

/// The same with these prompts of branches that were left.
fn resumed_with(left: Vec<TurnCard>) -> Stage {
    let mut stage = Stage::new();
    let notes = vec![Clean::new("1 command may have run when the program ended; it is not run again: cargo publish")];
    let restored = Restored { events: events(), left, prompt: None, notes };
    on(&mut stage, Incoming::Chat(Event::Restored(Box::new(restored))));
    stage.app.look.ui.motion = glm_tui::config::Motion::None;
    stage
}

#[test]
fn point_16_a_restored_conversation() {
    check("restored", &resumed());
}

#[test]
fn point_50_the_prompts_to_go_back_to() {
    let mut stage = resumed();
    press(&mut stage, "<c-x>r<down>");
    check("rewind", &stage);
    press(&mut stage, "<enter><down>");
    check("rewind_choice", &stage);
    press(&mut stage, "<esc><home><enter><down>");
    check("rewind_other_branches", &stage);
    let mut alone = resumed_with(Vec::new());
    press(&mut alone, "<c-x>r<home><enter><down>");
    check("rewind_nothing_changed", &alone);
    for size in [(20, 5), (60, 15), (200, 60)] {
        let text = stage.draw(size).text();
        assert!(text.contains("conversation") || size.1 < 12, "{size:?}\n{text}");
    }
}

#[test]
fn point_50_gone_back() {
    let mut stage = resumed();
    press(&mut stage, "<c-x>r<down><enter>b");
    let files = vec![
        (Clean::strict("src/quota/poll.rs"), FileUndo::Restored),
        (Clean::strict("src/new.rs"), FileUndo::Removed),
        (Clean::strict("src/`odd`_name_.rs"), FileUndo::Kept(Clean::new("it was changed since, and both do not fit"))),
    ];
    let report =
        UndoReport {
            turns: Some((TurnId(2), TurnId(3))), what: Clean::new("turns 2–3 · 3 files"), files, redo: false
        };
    on(&mut stage, Incoming::Chat(Event::Undone(Box::new(report))));
    let mut before = events();
    before.truncate(8);
    let prompt = Some("also handle the legacy plan\nwith no weekly window".to_owned());
    let restored = Restored { events: before, left: left(), prompt, notes: Vec::new() };
    on(&mut stage, Incoming::Chat(Event::Restored(Box::new(restored))));
    stage.app.toasts.clear();
    check("gone_back", &stage);
}

#[test]
fn changes_that_were_undone() {
    let mut stage = resumed();
    let files = vec![(Clean::strict("src/quota/forecast/weekly_windows_of_older_plans.rs"), FileUndo::Restored)];
    let report =
        UndoReport { turns: Some((TurnId(2), TurnId(2))), what: Clean::new("turn 2 · 1 file"), files, redo: false };
    on(&mut stage, Incoming::Chat(Event::Undone(Box::new(report))));
    stage.app.toasts.clear();
    press(&mut stage, "<c-x>D<home>");
    check("undone", &stage);
    press(&mut stage, "<esc>");
    let text = stage.draw((200, 60)).text();
    assert!(text.contains("Changed 1 file"), "the rail counts what stands:\n{text}");
}

fn card(id: &str, title: &str, days: i64) -> SessionCard {
    SessionCard {
        id: id.into(),
        name: None,
        title: Clean::new(title),
        folder: Clean::new("~/src/app"),
        here: true,
        updated: wall().as_second() - days * 86_400 - 7_300,
        turns: 12,
        bytes: 1_250_000,
        open: false,
        hit: None,
    }
}

#[test]
fn saved_sessions() {
    let mut stage = resumed();
    let here = SessionInfo { id: "a".into(), name: Some(Clean::strict("the gauge")), kept: true };
    on(&mut stage, Incoming::Chat(Event::Session(here)));
    press(&mut stage, "<c-x>s");
    check("sessions_looking", &stage);
    let cards = vec![
        SessionCard { name: Some(Clean::strict("the gauge")), open: true, ..card("a", "make the gauge", 0) },
        SessionCard { turns: 0, bytes: 90, ..card("b", "a prompt that was typed and never sent", 0) },
        SessionCard {
            open: true,
            hit: Some(Clean::new("… the reset time of the gauge is lost in poll() …")),
            ..card("c", "写一个测试 for the countdown and then some more words that do not fit on a narrow screen", 3)
        },
        SessionCard {
            here: false,
            folder: Clean::new("~/code/some/where/else/altogether"),
            ..card("d", "fix the build", 40)
        },
    ];
    on(&mut stage, Incoming::Sessions { query: String::new(), cards });
    press(&mut stage, "<down>");
    check("sessions", &stage);
    press(&mut stage, "<c-d>");
    check("sessions_delete", &stage);
    press(&mut stage, "<c-u>nothing");
    on(&mut stage, Incoming::Sessions { query: "nothing".into(), cards: Vec::new() });
    assert!(stage.draw((80, 24)).text().contains("nothing matches"));
}

#[test]
fn nothing_is_saved() {
    let mut stage = resumed();
    let problem = Problem::new(ProblemKind::Internal, "no space left on device (os error 28)");
    on(&mut stage, Incoming::Chat(Event::Saving(Saving::Failing(problem))));
    check("not_saved", &stage);
    stage.app.look.ui.no_color = true;
    for size in [(20, 5), (40, 12), (60, 15), (80, 24), (200, 60)] {
        let text = stage.draw(size).text();
        assert!(text.contains("NOT SAVED: no"), "readable without colour at {size:?}\n{text}");
    }
    on(&mut stage, Incoming::Chat(Event::Saving(Saving::Well)));
    stage.app.toasts.clear();
    assert!(!stage.draw((80, 24)).text().contains("NOT SAVED"));
}

/// Whatever is typed there, nothing breaks and nothing leaves the screen.
#[test]
fn lists_hold_at_every_size() {
    let mut stage = resumed();
    press(&mut stage, "<c-x>r");
    let rewind = stage.app.overlays.clone();
    press(&mut stage, "<down><enter>");
    let choice = stage.app.overlays.clone();
    press(&mut stage, "<esc><esc><c-x>s");
    let cards = (0..40).map(|n| SessionCard { hit: Some(Clean::new("hit")), ..card(&n.to_string(), "t", n) }).collect();
    on(&mut stage, Incoming::Sessions { query: String::new(), cards });
    press(&mut stage, "<end>");
    let sessions = stage.app.overlays.clone();
    for overlays in [rewind, choice, sessions] {
        stage.app.overlays = overlays;
        for width in (1..130).step_by(9) {
            for height in 1..30 {
                stage.draw((width, height));
            }
        }
        let chosen = stage.draw((80, 24)).text();
        assert!(chosen.contains('▸'), "the chosen row is in sight:\n{chosen}");
    }
    assert!(matches!(stage.app.overlays[0], Overlay::Sessions(_)));
}
