//! Tool calls, plan, background commands, modes: events in, rows and effects out.

use std::time::Duration;

use super::{Rig, id};
use crate::{
    app::{Anchor, Effect, EntryId, EntryKind, Fold, Incoming, Overlay, Run, RunState, Scroll},
    chat::{
        Activity, ChangeKind, Command, Detail, Event, FileChange, JobCard, JobId, PermissionMode, PlanItem, PlanState,
        Progress, RunCard, RunEnd, RunId, RunKind, RunReport, TurnEnd, TurnId,
    },
    text::Clean,
};

pub(super) fn card(run: u64, step: u32, (kind, verb, target): (RunKind, &str, &str)) -> Event {
    Event::RunQueued(Box::new(RunCard {
        run: RunId(run),
        step: id(1, step),
        tool: Clean::strict("tool"),
        kind,
        verb: Clean::strict(verb),
        target: Clean::new(target),
    }))
}

pub(super) fn ended(run: u64, end: RunEnd, detail: Detail) -> Event {
    let took = Duration::from_millis(100);
    let report = RunReport { end, summary: Clean::strict("so"), detail, took };
    Event::RunEnded { run: RunId(run), report: Box::new(report) }
}

fn change(path: &str, kind: ChangeKind, added: u32, removed: u32) -> Detail {
    let path = Clean::strict(path);
    Detail::Change(Box::new(FileChange { path, kind, hunks: Vec::new(), added, removed, n_hidden: 0 }))
}

pub(super) const BASH: (RunKind, &str, &str) = (RunKind::Command, "Bash", "make");
pub(super) const READ: (RunKind, &str, &str) = (RunKind::Explore, "Read", "a.rs");

fn rig() -> Rig {
    let mut rig = Rig::new();
    rig.start(1, "go");
    rig.step(1, 1);
    rig
}

fn run(rig: &Rig, id: u64) -> Run {
    let found = rig.app.transcript.entries.iter().find_map(|entry| match &entry.kind {
        EntryKind::Run(run) if run.card.run == RunId(id) => Some(run.as_ref().clone()),
        _ => None,
    });
    found.expect("a run")
}

fn lines(rig: &Rig) -> Vec<String> {
    rig.kinds().into_iter().filter(|kind| kind.starts_with("run")).collect()
}

/// Where the pane shows these entries as rows of calls.
fn shown(rig: &mut Rig, ids: &[u64]) {
    let runs: Vec<(u16, EntryId)> = ids.iter().zip(7..).map(|(id, y)| (y, EntryId(*id))).collect();
    rig.drawn(|view| view.answer.runs = runs);
}

#[test]
fn a_row_from_queued_to_ended() {
    let mut rig = rig();
    rig.chat(card(7, 1, BASH));
    assert_eq!(lines(&rig), ["run ○ Bash make"]);
    rig.chat(Event::RunStarted { run: RunId(7) });
    assert_eq!(lines(&rig), ["run ◐ Bash make"]);
    rig.ms(2_500);
    assert_eq!(run(&rig, 7).took(rig.now.instant), Some(Duration::from_millis(2_500)));
    for n in 1..4 {
        let tail = vec![Clean::new(&format!("line {n}"))];
        rig.chat(Event::RunProgress { run: RunId(7), progress: Progress { tail, lines: n, bytes: n * 7 } });
    }
    assert_eq!(run(&rig, 7).body(), "line 3\n", "each replaces the one before");
    rig.chat(ended(7, RunEnd::Failed, Detail::Text(Clean::new("a\nb"))));
    assert_eq!(lines(&rig), ["run ✗ Bash make  so"]);
    assert_eq!(run(&rig, 7).text(), "Bash make  so\na\nb");
    rig.chat(Event::RunStarted { run: RunId(7) });
    assert!(run(&rig, 7).is_over(), "a late event changes nothing");
}

#[test]
fn what_was_written_stays_when_a_call_is_stopped() {
    let mut rig = rig();
    rig.chat(card(1, 1, BASH));
    rig.chat(card(2, 1, BASH));
    rig.chat(Event::RunStarted { run: RunId(1) });
    let tail = vec![Clean::new("half"), Clean::new("way")];
    rig.chat(Event::RunProgress { run: RunId(1), progress: Progress { tail, lines: 2, bytes: 9 } });
    rig.turn_ends(1, TurnEnd::Interrupted { untouched: None });
    assert_eq!(lines(&rig), ["run ⊘ Bash make", "run ⊘ Bash make"]);
    assert_eq!(run(&rig, 1).body(), "half\nway");
    rig.chat(ended(1, RunEnd::Ok, Detail::None));
    assert_eq!(lines(&rig)[0], "run ⊘ Bash make", "the turn is over");
}

#[test]
fn calls_of_another_turn_are_late() {
    let mut rig = rig();
    rig.turn_ends(1, TurnEnd::Done);
    rig.chat(card(1, 1, BASH));
    assert!(lines(&rig).is_empty());
    rig.chat(ended(9, RunEnd::Ok, change("a", ChangeKind::Modified, 1, 1)));
    assert!(rig.app.changes().is_empty(), "of a call that nobody knows");
}

#[test]
fn consecutive_reads_fold_from_three_on() {
    // Letters: r = read that went well, f = failed, b = command. The folds: one letter each.
    for (calls, wanted) in
        [("rr", "aa"), ("rrr", "Lmm"), ("rrfrrr", "aaaLmm"), ("rrrbrrrr", "LmmaLmmm"), ("brr", "aaa"), ("rrrb", "Lmma")]
    {
        let mut rig = rig();
        for (n, call) in calls.chars().enumerate() {
            let n = n as u64 + 1;
            rig.chat(card(n, 1, if call == 'b' { BASH } else { READ }));
            rig.chat(ended(n, if call == 'f' { RunEnd::Failed } else { RunEnd::Ok }, Detail::None));
        }
        let folds: String = (1..=calls.len() as u64)
            .map(|n| match run(&rig, n).fold {
                Fold::Alone => 'a',
                Fold::Lead { .. } => 'L',
                Fold::Member { .. } => 'm',
            })
            .collect();
        assert_eq!(folds, wanted, "{calls}");
    }
}

#[test]
fn a_group_counts_files_once_and_searches_apart() {
    let mut rig = rig();
    for (n, target) in [(1, "a.rs"), (2, "b.rs"), (3, "a.rs")] {
        rig.chat(card(n, 1, (RunKind::Explore, "Read", target)));
        rig.chat(ended(n, RunEnd::Ok, Detail::None));
    }
    rig.chat(card(4, 1, (RunKind::Explore, "Grep", "x")));
    rig.chat(ended(4, RunEnd::Ok, Detail::None));
    let Fold::Lead { explored, open: false } = run(&rig, 1).fold else { panic!("no lead") };
    assert_eq!((explored.n_files, explored.n_other, explored.took), (2, 1, Duration::from_millis(400)));
}

#[test]
fn rows_that_are_read_do_not_fold_under_the_eye() {
    let mut rig = rig();
    rig.app.panes.answer = Scroll::Reading(Anchor { entry: EntryId(1), offset: 0 });
    for n in 1..5 {
        rig.chat(card(n, 1, READ));
        rig.chat(ended(n, RunEnd::Ok, Detail::None));
    }
    assert_eq!(run(&rig, 1).fold, Fold::Alone);
    rig.keys("<esc>");
    assert!(matches!(run(&rig, 1).fold, Fold::Lead { .. }), "back at the live end they do");
}

#[test]
fn the_key_opens_and_folds() {
    let mut rig = rig();
    rig.chat(card(1, 1, BASH));
    rig.chat(ended(1, RunEnd::Failed, Detail::Text(Clean::new("1\n2\n3\n4"))));
    rig.chat(card(2, 1, READ));
    rig.chat(ended(2, RunEnd::Ok, Detail::Text(Clean::new("text"))));
    let entry = |n: u64| rig.app.transcript.entries[n as usize].id.0;
    let ids = [entry(1), entry(2)];
    shown(&mut rig, &ids);
    assert_eq!(rig.app.opens_next(), Some(EntryId(ids[0])), "what leaves something out comes first");
    rig.keys("<c-x>e");
    assert_eq!((run(&rig, 1).open, run(&rig, 2).open), (Some(true), None));
    rig.keys("<c-x>e");
    assert_eq!(run(&rig, 1).open, Some(false));
    rig.keys("<c-x>)");
    rig.keys("<enter>");
    assert_eq!(run(&rig, 2).open, Some(true), "the next one, from the pane");
    rig.keys("<c-o>");
    assert_eq!((run(&rig, 1).open, run(&rig, 2).open, rig.app.look.detailed), (None, None, true));
}

#[test]
fn a_click_opens_and_a_drag_selects() {
    use crossterm::event::{MouseButton::Left, MouseEvent, MouseEventKind};
    let mut rig = rig();
    rig.chat(card(1, 1, BASH));
    rig.chat(ended(1, RunEnd::Failed, Detail::Text(Clean::new("1\n2"))));
    let entry = rig.app.transcript.entries[1].id.0;
    shown(&mut rig, &[entry]);
    let mouse = |rig: &mut Rig, kind, column| {
        rig.on(Incoming::Mouse(MouseEvent { kind, column, row: 7, modifiers: crossterm::event::KeyModifiers::NONE }));
    };
    mouse(&mut rig, MouseEventKind::Down(Left), 5);
    mouse(&mut rig, MouseEventKind::Drag(Left), 9);
    mouse(&mut rig, MouseEventKind::Up(Left), 9);
    assert_eq!(run(&rig, 1).open, None);
    mouse(&mut rig, MouseEventKind::Down(Left), 5);
    mouse(&mut rig, MouseEventKind::Up(Left), 5);
    assert_eq!(run(&rig, 1).open, Some(true));
}

#[test]
fn a_search_opens_what_is_folded_and_folds_it_again() {
    let mut rig = rig();
    for n in 1..4 {
        rig.chat(card(n, 1, READ));
        rig.chat(ended(n, RunEnd::Ok, Detail::Text(Clean::new(if n == 3 { "x\nneedle\n" } else { "hay" }))));
    }
    let before = rig.app.transcript.entries.clone();
    rig.keys("<f3>needle");
    let (hit, lead) = (run(&rig, 3), run(&rig, 1));
    assert_eq!((hit.open, hit.fold), (Some(true), Fold::Member { open: true }));
    assert!(matches!(lead.fold, Fold::Lead { open: true, .. }));
    rig.keys("<esc>");
    let kinds = |entries: &[crate::app::Entry]| entries.iter().map(|entry| entry.kind.clone()).collect::<Vec<_>>();
    assert_eq!(kinds(&rig.app.transcript.entries), kinds(&before));
}

#[test]
fn changes_are_kept_by_turn_and_summed_by_file() {
    let mut rig = rig();
    let all = [
        ("a.rs", ChangeKind::Created, 10, 0, RunEnd::Ok),
        ("b.rs", ChangeKind::Modified, 2, 1, RunEnd::Ok),
        ("a.rs", ChangeKind::Modified, 3, 4, RunEnd::Ok),
        ("c.rs", ChangeKind::Modified, 9, 9, RunEnd::Denied),
    ];
    for (n, (path, kind, added, removed, end)) in all.into_iter().enumerate() {
        rig.chat(card(n as u64, 1, (RunKind::Edit, "Edit", path)));
        rig.chat(ended(n as u64, end, change(path, kind, added, removed)));
    }
    let files = rig.app.changes().files();
    let told: Vec<_> = files.iter().map(|file| (file.path.as_str(), file.kind, file.added, file.removed)).collect();
    assert_eq!(told, [("a.rs", ChangeKind::Created, 13, 4), ("b.rs", ChangeKind::Modified, 2, 1)]);
    assert_eq!((rig.app.changes().turns.len(), rig.app.changes().turns[0].turn), (1, TurnId(1)));
    assert_eq!(rig.app.changes().totals(), (15, 5));
    rig.chat(Event::Restored(Box::default()));
    assert!(rig.app.changes().is_empty());
}

#[test]
fn only_another_plan_is_worth_a_row() {
    let mut rig = rig();
    let item = |text: &str, state| PlanItem { text: Clean::strict(text), state };
    let marks = |rig: &Rig| rig.kinds().into_iter().filter(|kind| kind.starts_with("mark")).collect::<Vec<_>>();
    rig.chat(Event::Plan(vec![item("one", PlanState::Active), item("two", PlanState::Open)]));
    assert_eq!(marks(&rig), ["mark new plan, 2 items: one"]);
    rig.chat(Event::Plan(vec![item("one", PlanState::Done), item("two", PlanState::Active)]));
    rig.chat(Event::Plan(vec![item("two", PlanState::Done), item("three", PlanState::Open)]));
    assert_eq!(marks(&rig).len(), 1, "it goes on");
    assert_eq!(rig.app.live.work.plan_done(), (1, 2));
    rig.chat(Event::Plan(vec![item("other", PlanState::Open)]));
    assert_eq!(marks(&rig).len(), 2);
    rig.chat(card(5, 1, (RunKind::Plan, "Plan", "")));
    assert!(run(&rig, 5).is_silent());
    rig.chat(ended(5, RunEnd::Failed, Detail::None));
    assert!(!run(&rig, 5).is_silent(), "what went wrong has a row");
}

#[test]
fn the_mode_goes_round_without_yolo() {
    let mut rig = rig();
    let sent = |effects: &[Effect]| match effects {
        [Effect::Send(Command::SetMode(mode))] => *mode,
        other => panic!("{other:?}"),
    };
    for wanted in [PermissionMode::Edits, PermissionMode::Plan, PermissionMode::Ask, PermissionMode::Edits] {
        assert_eq!(sent(&rig.keys("<s-tab>")), wanted);
        assert_eq!(rig.app.status.mode, wanted);
    }
    assert_eq!(sent(&rig.keys("<c-x>a")), PermissionMode::Plan);
    assert_eq!(sent(&rig.keys("/plan<enter>")), PermissionMode::Ask, "again: back");
    assert_eq!(sent(&rig.keys("/permissions edits<enter>")), PermissionMode::Edits);
    rig.chat(Event::Mode(PermissionMode::Yolo));
    assert!(rig.toast().starts_with("yolo"), "{}", rig.toast());
    assert_eq!(sent(&rig.keys("<s-tab>")), PermissionMode::Ask);
    rig.keys("/permissions nonsense<enter>");
    assert!(rig.toast().contains("ask|edits|plan|yolo"), "{}", rig.toast());
}

#[test]
fn ctrl_b_is_the_caret_unless_a_command_runs() {
    let mut rig = rig();
    rig.chat(card(1, 1, BASH));
    rig.keys("ab<c-b>x");
    assert_eq!(rig.text(), "axb");
    rig.chat(Event::RunStarted { run: RunId(1) });
    assert_eq!(rig.keys("<c-b>"), [Effect::Send(Command::Background(RunId(1)))]);
    assert_eq!(rig.keys("<c-x>b"), [Effect::Send(Command::Background(RunId(1)))]);
    rig.chat(ended(1, RunEnd::Ok, Detail::None));
    assert_eq!(rig.keys("<c-b>y"), []);
    assert_eq!(rig.text(), "ayxb");
    rig.keys("<c-x>b");
    assert!(rig.toast().starts_with("no command runs"), "{}", rig.toast());
}

#[test]
fn background_commands_are_listed_and_stopped() {
    let mut rig = rig();
    let job = |n, exit| JobCard {
        job: JobId(n),
        command: Clean::strict("npm run dev"),
        exit,
        age: Duration::from_secs(50),
        tail: Vec::new(),
    };
    rig.chat(Event::Jobs(vec![job(1, None), job(2, None), job(3, Some(0))]));
    rig.keys("/tasks<enter>");
    assert_eq!(rig.overlay(), Some(&Overlay::Tasks { selected: 0 }));
    assert_eq!(rig.keys("<down>x"), [Effect::Send(Command::StopJob(JobId(2)))]);
    assert_eq!(rig.keys("<down><down>x"), [], "that one has ended");
    rig.keys("<esc>");
    assert_eq!(rig.overlay(), None);
    rig.ms(20_000);
    let work = &rig.app.live.work;
    assert_eq!(work.job_age(&work.jobs[0], rig.now), Duration::from_secs(70));
    assert_eq!(work.job_age(&work.jobs[2], rig.now), Duration::from_secs(50), "it has ended");
}

#[test]
fn a_command_ticks_while_it_runs_and_a_job_only_where_it_shows() {
    let mut rig = rig();
    rig.chat(card(1, 1, BASH));
    rig.chat(Event::RunStarted { run: RunId(1) });
    rig.chat(Event::Activity(Activity::Running(Clean::new("make"))));
    let next = rig.app.next_tick(rig.now).expect("a tick");
    assert!(next.duration_since(rig.now.instant) <= Duration::from_secs(1));
    assert!(matches!(run(&rig, 1).state, RunState::Running { .. }));
    rig.turn_ends(1, TurnEnd::Done);
    rig.chat(Event::Jobs(vec![JobCard {
        job: JobId(1),
        command: Clean::strict("x"),
        exit: None,
        age: Duration::from_secs(50),
        tail: Vec::new(),
    }]));
    rig.ms(0);
    assert_eq!(rig.app.next_tick(rig.now), None, "nothing on this screen moves");
    rig.drawn(|view| view.screen.width = 200);
    let next = rig.app.next_tick(rig.now).expect("the rail shows its age");
    assert_eq!(next.duration_since(rig.now.instant), Duration::from_secs(10));
}
