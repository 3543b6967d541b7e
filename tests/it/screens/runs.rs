//! Tool calls, plan, background commands and permission modes on real frames: the mock-ups of the design,
//! played by events.

use std::{fmt::Write as _, time::Duration};

use glm_tui::{
    app::{Incoming, ReasoningState},
    chat::{
        Activity, ChangeKind, Detail, DiffLine, Event, FileChange, Finish, Hunk, JobCard, JobId, ModelId,
        PermissionMode, PlanItem, PlanState, Progress, RunCard, RunEnd, RunId, RunKind, RunReport, SandboxCard, Side,
        StepId, TurnId,
    },
    text::Clean,
};

use crate::support::screen::{Screen, Stage, step};

fn check(name: &str, stage: &Stage, sizes: &[(u16, u16)]) {
    for size in sizes {
        insta::assert_snapshot!(format!("{name}_{}x{}", size.0, size.1), stage.draw(*size).planes());
    }
}

/// A stage that is played by events.
pub(super) struct Play {
    pub(super) stage: Stage,
    n_runs: u64,
}

impl Play {
    pub(super) fn new() -> Self {
        Self { stage: Stage::new(), n_runs: 0 }
    }

    pub(super) fn on(&mut self, event: Event) {
        let _ = self.stage.app.on(Incoming::Chat(event), self.stage.now);
    }

    pub(super) fn wait(&mut self, seconds: f64) {
        let span = Duration::from_secs_f64(seconds);
        self.stage.now.instant += span;
        let _ = self.stage.app.on(Incoming::Tick, self.stage.now);
    }

    pub(super) fn turn(&mut self, turn: u32, prompt: &str) {
        self.on(Event::TurnStarted { turn: TurnId(turn), prompt: Clean::new(prompt) });
    }

    /// A step that thinks for some seconds.
    pub(super) fn step(&mut self, id: StepId, seconds: u64, reasoning: &str) {
        self.on(Event::StepStarted { step: id, model: ModelId::from("glm-5.3") });
        if !reasoning.is_empty() {
            self.on(Event::Activity(Activity::Thinking));
            self.on(Event::Reasoning { step: id, text: Clean::new(reasoning) });
            self.wait(seconds as f64);
        }
    }

    pub(super) fn says(&mut self, id: StepId, text: &str) {
        self.on(Event::Activity(Activity::Writing));
        self.on(Event::Answer { step: id, text: Clean::new(text) });
    }

    pub(super) fn calls(&mut self, id: StepId) {
        self.on(Event::StepEnded { step: id, finish: Finish::ToolCalls, usage: None, credits: None, served_by: None });
    }

    pub(super) fn queue(&mut self, step: StepId, kind: RunKind, verb: &str, target: &str) -> RunId {
        self.n_runs += 1;
        let run = RunId(self.n_runs);
        let (tool, verb, target) = (Clean::strict("tool"), Clean::strict(verb), Clean::new(target));
        self.on(Event::RunQueued(Box::new(RunCard { run, step, tool, kind, verb, target })));
        run
    }

    pub(super) fn start(&mut self, run: RunId) {
        self.on(Event::RunStarted { run });
    }

    pub(super) fn end(&mut self, run: RunId, (end, summary, seconds): (RunEnd, &str, f64), detail: Detail) {
        let took = Duration::from_secs_f64(seconds);
        let report = RunReport { end, summary: Clean::new(summary), detail, took };
        self.on(Event::RunEnded { run, report: Box::new(report) });
    }

    /// A call from its beginning to its end.
    pub(super) fn run(&mut self, step: StepId, (kind, verb, target): (RunKind, &str, &str), end: (RunEnd, &str, f64)) {
        let run = self.queue(step, kind, verb, target);
        self.start(run);
        self.end(run, end, Detail::None);
    }

    pub(super) fn output(&mut self, run: RunId, tail: &[&str], lines: u64) {
        let tail = tail.iter().map(|line| Clean::new(line)).collect();
        self.on(Event::RunProgress { run, progress: Progress { tail, lines, bytes: lines * 40 } });
    }

    pub(super) fn keys(&mut self, script: &str) {
        for key in crate::support::keys::keys(script) {
            let _ = self.stage.app.on(Incoming::Key { key, burst: 1 }, self.stage.now);
        }
    }

    /// Draws, and lets the state know where things are.
    pub(super) fn shown(&mut self, size: (u16, u16)) -> Screen {
        let screen = self.draw(size);
        let _ = self.stage.app.on(Incoming::Drawn(Box::new(screen.view.clone())), self.stage.now);
        screen
    }

    pub(super) fn draw(&self, size: (u16, u16)) -> Screen {
        self.stage.draw(size)
    }
}

const PLAN: [(&str, PlanState); 5] = [
    ("read the poller", PlanState::Done),
    ("carry reset time in the error", PlanState::Done),
    ("make the tests pass", PlanState::Active),
    ("draw the countdown", PlanState::Open),
    ("docs", PlanState::Open),
];

pub(super) fn line(text: &str) -> DiffLine {
    let side = match text.as_bytes()[0] {
        b'-' => Side::Removed,
        b'+' => Side::Added,
        _ => Side::Context,
    };
    DiffLine { side, text: Clean::strict(&text[1..]), emphasis: Vec::new() }
}

pub(super) fn change(path: &str, (added, removed): (u32, u32), start: u32, lines: &[&str]) -> FileChange {
    let mut lines: Vec<DiffLine> = lines.iter().map(|text| line(text)).collect();
    if let Some(first) = lines.iter_mut().find(|line| line.text.as_str() == "  return Err(Limited);") {
        first.emphasis = vec![(13, 20)];
    }
    FileChange {
        path: Clean::strict(path),
        kind: ChangeKind::Modified,
        hunks: vec![Hunk { old_start: start, new_start: start, lines, new: String::new() }],
        added,
        removed,
        n_hidden: 0,
    }
}

fn poller() -> FileChange {
    change(
        "src/quota/poll.rs",
        (14, 3),
        41,
        &[
            "   let body = resp.text().await?;",
            "-  return Err(Limited);",
            "+  let at = parse_reset(&body);",
            "+  return Err(Limited { at });",
            " }",
            " ",
            "+/// When the window opens again.",
            "+fn parse_reset(body: &str) -> Option<Timestamp> {",
            "+    let value: Value = serde_json::from_str(body).ok()?;",
            "+    let limits = value.get(\"data\")?.get(\"limits\")?.as_array()?;",
            "+    limits.iter().find_map(reset_of)",
            "+}",
        ],
    )
}

fn test_output() -> String {
    let ok: Vec<String> = (0..12).map(|n| format!("test quota::case_{n} ... ok")).collect();
    format!("{}\ntest quota::weekly_missing ... FAILED\n", ok.join("\n"))
}

const EXPLORE: RunKind = RunKind::Explore;

/// The first step of the mock-ups.
fn first_step(play: &mut Play) {
    play.turn(4, "make the gauge show when the 5-hour window resets");
    play.on(Event::Plan(Vec::new()));
    play.step(step(4, 1), 6, "find the poll loop");
    play.says(step(4, 1), "I will look at how the poller keeps its last result.");
    play.calls(step(4, 1));
    play.run(step(4, 1), (EXPLORE, "Read", "src/quota/poll.rs"), (RunEnd::Ok, "212 lines", 0.1));
    play.run(step(4, 1), (EXPLORE, "Grep", "\"reset\" src/"), (RunEnd::Ok, "9 matches", 0.04));
}

fn rest(play: &mut Play) {
    let items = PLAN.iter().map(|(text, state)| PlanItem { text: Clean::strict(text), state: *state });
    play.stage.app.live.work.plan = items.collect();
    play.stage.app.live.waiting = vec!["and the docs".into()];
    play.stage.app.live.speed = Some(38.0);
    play.stage.draft("also handle the legacy plan with no weekly window");
}

/// Mock-up 4.4: a failed command, reasoning live.
fn failing() -> Play {
    let mut play = Play::new();
    first_step(&mut play);
    play.step(step(4, 2), 11, "carry reset time in error");
    play.calls(step(4, 2));
    let run = play.queue(step(4, 2), RunKind::Command, "Bash", "cargo test quota");
    play.start(run);
    play.on(Event::Activity(Activity::Running(Clean::new("cargo test quota"))));
    play.wait(9.4);
    play.end(run, (RunEnd::Failed, "exit 101", 9.4), Detail::Text(Clean::new(&test_output())));
    let text = "the retry loop swallows 429 bodies, so the reset time never reaches the gauge. Read nextResetTime from \
                the quota endpoint instead of parsing the message. First check how poll() stores the last success.";
    play.step(step(4, 3), 18, text);
    play.stage.app.panes.state = ReasoningState::Live;
    rest(&mut play);
    play
}

#[test]
fn a_command_failed() {
    let play = failing();
    check("run_failed", &play.stage, &[(40, 12), (80, 24)]);
}

/// Mock-ups 4.5 and 4.7: an edit, a command that runs.
fn editing() -> Play {
    let mut play = Play::new();
    first_step(&mut play);
    let text = "The retry loop swallows 429 bodies, so the reset time never reaches the gauge.\n\nRead nextResetTime \
                from the quota endpoint instead of parsing the error message. First check how poll() stores the last \
                success.\n\nIf the weekly window is missing the account is on an older plan; the gauge must say so \
                rather than show 0%.";
    play.step(step(4, 2), 18, text);
    play.calls(step(4, 2));
    let run = play.queue(step(4, 2), RunKind::Edit, "Edit", "src/quota/poll.rs");
    play.start(run);
    play.end(run, (RunEnd::Ok, "+14 −3", 0.01), Detail::Change(Box::new(poller())));
    let run = play.queue(step(4, 2), RunKind::Command, "Bash", "cargo test quota");
    play.start(run);
    play.on(Event::Activity(Activity::Running(Clean::new("cargo test quota"))));
    play.output(run, &["test quota::parse_credit_limit ... ok", "test quota::weekly_missing ... FAILED"], 5);
    play.wait(7.0);
    rest(&mut play);
    play
}

#[test]
fn an_edit_and_a_running_command() {
    let mut play = editing();
    play.on(Event::Sandbox(SandboxCard {
        label: Clean::strict("sandbox: workspace"),
        about: Clean::default(),
        weak: false,
    }));
    check("run_edit", &play.stage, &[(40, 12), (80, 24), (120, 40)]);
    let small = change("src/quota/parse.rs", (2, 0), 10, &["+a", "+b"]);
    play.stage.app.transcript.changes.add(TurnId(4), small);
    play.on(Event::Jobs(vec![job(1, "npm run dev", None)]));
    check("run_edit", &play.stage, &[(160, 48), (200, 60)]);
}

fn job(id: u32, command: &str, exit: Option<i32>) -> JobCard {
    JobCard {
        job: JobId(id),
        command: Clean::strict(command),
        exit,
        age: Duration::from_secs(725),
        tail: ["> dev", "listening on :5173"].map(Clean::strict).to_vec(),
    }
}

#[test]
fn background_commands() {
    let mut play = editing();
    play.on(Event::Jobs(vec![job(1, "npm run dev", None), job(2, "make docs", Some(0)), job(3, "false", Some(1))]));
    play.stage.draft("");
    play.keys("/ps<enter>");
    check("tasks", &play.stage, &[(40, 12), (80, 24)]);
}

#[test]
fn modes_and_the_sandbox() {
    let mut table = String::new();
    for weak in [false, true] {
        for mode in PermissionMode::ALL {
            for size in [(24, 10), (40, 12), (60, 15), (80, 24), (120, 40), (200, 60)] {
                let mut play = editing();
                play.on(Event::Mode(mode));
                let label = Clean::strict(if weak { "sandbox: none" } else { "sandbox: full" });
                play.on(Event::Sandbox(SandboxCard { label, about: Clean::default(), weak }));
                play.wait(30.0);
                let rows = play.draw(size).rows();
                let status = rows.iter().rposition(|row| row.contains("72%")).unwrap();
                let wanted = [rows[status].clone(), rows.get(status + 1).cloned().unwrap_or_default()];
                let _ = writeln!(table, "{weak} {} {}\n{}", mode.as_str(), size.0, wanted.join("\n").trim_end());
            }
        }
    }
    insta::assert_snapshot!("modes", table);
}

/// Every state and shape of a row.
fn rows() -> Play {
    let mut play = Play::new();
    play.turn(1, "look around");
    play.on(Event::StepStarted { step: step(1, 1), model: ModelId::from("glm-5.3") });
    for n in 0..4 {
        let name = format!("src/module_{n}/deep/in/the/tree/file.rs");
        play.run(step(1, 1), (EXPLORE, "Read", &name), (RunEnd::Ok, "212 lines", 0.1));
    }
    play.run(step(1, 1), (EXPLORE, "Grep", "\"needle\" src/"), (RunEnd::Ok, "9 matches", 0.3));
    play.run(step(1, 1), (EXPLORE, "Read", "no/such/file.rs"), (RunEnd::Failed, "no such file", 0.0));
    play.on(Event::Repaired { step: step(1, 1), what: "arguments were no JSON and were repaired" });
    play.on(Event::StepStarted { step: step(1, 2), model: ModelId::from("glm-5.3") });
    play.says(step(1, 2), "Now the commands.");
    let long = "# list the files\nfind . -name '*.rs' |\n  xargs wc -l |\n  sort -n";
    play.run(step(1, 2), (RunKind::Command, "Bash", long), (RunEnd::Ok, "exit 0", 61.0));
    let one = "cargo test --workspace --all-features --no-fail-fast -- --test-threads 1 quota::";
    play.run(step(1, 2), (RunKind::Command, "Bash", one), (RunEnd::Stopped, "", 3.0));
    play.run(step(1, 2), (RunKind::Command, "Bash", "rm -rf build"), (RunEnd::Denied, "you said no: keep it", 0.0));
    play.run(step(1, 2), (RunKind::Other, "Fetch", "https://example.com/a"), (RunEnd::Ok, "14 KB", 0.7));
    let started = play.queue(step(1, 2), RunKind::Command, "Bash", "make");
    play.start(started);
    play.queue(step(1, 2), RunKind::Edit, "Write", "docs/中文/目录.md");
    play.on(Event::Activity(Activity::Running(Clean::new("make"))));
    play.wait(75.0);
    play
}

#[test]
fn rows_of_all_states() {
    let mut play = rows();
    check("rows", &play.stage, &[(40, 30), (80, 30)]);
    play.stage.app.look.ascii = true;
    check("rows_ascii", &play.stage, &[(80, 30)]);
    play.stage.app.look.ascii = false;
    play.stage.app.look.ui.no_color = true;
    check("rows_mono", &play.stage, &[(80, 30)]);
    play.stage.app.look.ui.no_color = false;
    play.keys("<c-o>");
    check("rows_detailed", &play.stage, &[(80, 40)]);
}

#[test]
fn a_row_opens_where_it_stands_and_a_change_over_the_panes() {
    let mut play = failing();
    let _ = play.shown((80, 40));
    play.keys("<c-x>e");
    check("run_opened", &play.stage, &[(80, 40)]);
    play.keys("<c-x>e");
    assert!(play.shown((80, 40)).text().contains("… 11 more lines"));
    let mut play = editing();
    let _ = play.shown((80, 40));
    play.keys("<c-x>((");
    let text = play.shown((80, 40)).text();
    assert!(text.contains("▸ ✓ Edit") && text.contains("… 3 more lines · Enter: open diff"), "{text}");
    play.keys("<enter>");
    let text = play.shown((80, 40)).text();
    assert!(text.contains("limits.iter().find_map(reset_of)"), "{text}");
    play.keys("<esc>");
    assert!(!play.shown((80, 40)).text().contains("limits.iter().find_map(reset_of)"));
}

#[test]
fn the_plan_has_a_drawer_where_it_has_no_column() {
    let mut play = failing();
    play.keys("<c-x>l");
    check("drawer", &play.stage, &[(80, 24)]);
    play.stage.app.live.work.plan.extend(play.stage.app.live.work.plan.clone());
    let text = play.draw((80, 24)).text();
    assert!(text.contains("Plan 4/10") && text.contains("◐ make the tests pass") && text.contains("more"), "{text}");
    let wide = play.draw((120, 40)).text();
    assert_eq!(wide.matches("Plan 4/10").count(), 1, "{wide}");
}

#[test]
fn nothing_is_laid_out_anew_while_a_command_runs() {
    let mut play = editing();
    let mut cache = glm_tui::ui::ViewCache::new();
    let first = crate::support::screen::draw(&play.stage.app, &mut cache, (120, 40), play.stage.now);
    let before: Vec<u64> = play.stage.app.transcript.entries.iter().map(|entry| entry.revision).collect();
    play.output(RunId(4), &["one", "two", "three", "four"], 9);
    play.wait(3.0);
    let after: Vec<u64> = play.stage.app.transcript.entries.iter().map(|entry| entry.revision).collect();
    let changed = before.iter().zip(&after).filter(|(old, new)| old != new).count();
    assert_eq!(changed, 1, "only the row that runs");
    let then = crate::support::screen::draw(&play.stage.app, &mut cache, (120, 40), play.stage.now);
    let (first, then) = (first.text(), then.text());
    assert!(first.contains("7s  ^B background") && then.contains("10s  ^B background"), "{then}");
    assert!(then.contains("    three\n") || then.contains("    three "), "{then}");
    assert!(then.contains("… 7 more lines"), "{then}");
}

#[test]
fn no_row_leaves_its_pane() {
    let mut play = rows();
    play.on(Event::Plan(vec![PlanItem { text: Clean::strict(&"plan item ".repeat(30)), state: PlanState::Active }]));
    for width in (20..=210).step_by(5) {
        for height in [5, 12, 24, 40] {
            let screen = play.draw((width, height));
            let area = screen.view.answer.area;
            let edge = area.x + area.width;
            for (y, _) in &screen.view.answer.runs {
                if edge < width && screen.view.side_by_side {
                    assert_eq!(screen.buffer[(edge, *y)].symbol(), "│", "{width}x{height}");
                }
            }
        }
    }
}

#[test]
fn a_search_shows_what_is_folded() {
    let mut play = failing();
    assert!(!play.shown((80, 40)).text().contains("case_3 "));
    play.keys("<f3>case_3");
    let screen = play.shown((80, 40));
    let text = screen.text();
    assert!(text.contains("test quota::case_3 ... ok"), "{text}");
    let y = screen.rows().iter().position(|row| row.contains("case_3 ")).unwrap();
    let marked = screen.buffer[(16, y as u16)].style().add_modifier;
    assert!(marked.contains(ratatui::style::Modifier::REVERSED), "the hit is marked: {marked:?}\n{text}");
    play.keys("<esc>");
    assert!(!play.shown((80, 40)).text().contains("case_3 "));
}

#[test]
fn a_copy_has_neither_states_nor_numbers() {
    use crossterm::event::{KeyModifiers, MouseButton::Left, MouseEvent, MouseEventKind};
    let mut play = editing();
    let screen = play.shown((80, 40));
    let rows = screen.rows();
    let at = |what: &str| rows.iter().position(|row| row.contains(what)).unwrap() as u16;
    let (from, to) = (at("Edit src/quota"), at("parse_reset(&body)"));
    let mouse = |play: &mut Play, kind, column, row| {
        let event = MouseEvent { kind, column, row, modifiers: KeyModifiers::NONE };
        let effects = play.stage.app.on(Incoming::Mouse(event), play.stage.now);
        let _ = play.shown((80, 40));
        effects
    };
    let _ = mouse(&mut play, MouseEventKind::Down(Left), 0, from);
    let _ = mouse(&mut play, MouseEventKind::Drag(Left), 79, to);
    let effects = mouse(&mut play, MouseEventKind::Up(Left), 79, to);
    let copied = effects.iter().find_map(|effect| match effect {
        glm_tui::app::Effect::Copy(text) => Some(text.as_str()),
        _ => None,
    });
    let wanted = "Edit src/quota/poll.rs\n  let body = resp.text().await?;\n  return Err(Limited);\n  let at = \
                  parse_reset(&body);";
    assert_eq!(copied, Some(wanted));
}

#[test]
fn what_is_read_stays_while_calls_end() {
    let mut play = Play::new();
    for turn in 1..9 {
        play.turn(turn, &format!("prompt {turn}"));
        for n in 0..4 {
            let name = format!("src/file_{turn}_{n}.rs");
            play.on(Event::StepStarted { step: step(turn, n + 1), model: ModelId::from("glm-5.3") });
            play.run(step(turn, n + 1), (EXPLORE, "Read", &name), (RunEnd::Ok, "9 lines", 0.1));
        }
    }
    play.on(Event::StepStarted { step: step(8, 5), model: ModelId::from("glm-5.3") });
    let runs: Vec<RunId> =
        (0..5).map(|n| play.queue(step(8, 5), EXPLORE, "Read", &format!("src/late_{n}.rs"))).collect();
    let command = play.queue(step(8, 5), RunKind::Command, "Bash", "make");
    let mut cache = glm_tui::ui::ViewCache::new();
    let mut shown = |play: &mut Play| {
        let screen = crate::support::screen::draw(&play.stage.app, &mut cache, (80, 24), play.stage.now);
        let _ = play.stage.app.on(Incoming::Drawn(Box::new(screen.view.clone())), play.stage.now);
        screen.part(screen.view.answer.area)
    };
    let live = shown(&mut play);
    assert!(live.contains("late_4"), "{live}");
    play.stage.app.panes.answer =
        glm_tui::app::Scroll::Reading(play.stage.app.view.answer.top.expect("the first row has a place"));
    let before = shown(&mut play);
    for run in runs {
        play.start(run);
        play.end(run, (RunEnd::Ok, "3 lines", 0.1), Detail::None);
    }
    play.start(command);
    play.output(command, &["one", "two"], 40);
    play.end(command, (RunEnd::Ok, "exit 0", 3.0), Detail::Text(Clean::new("one\ntwo")));
    let after = shown(&mut play);
    assert_eq!(before.lines().next(), after.lines().next());
    assert!(after.contains("src/late_4.rs"), "rows that are read do not fold:\n{after}");
    play.keys("<esc>");
    let live = shown(&mut play);
    assert!(live.contains("Explored 5 files"), "{live}");
}
