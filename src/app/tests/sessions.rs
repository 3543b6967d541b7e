//! Resuming, going back, undoing, saved sessions: what each asks for, and what the answers do to the screen.

use std::time::Duration;

use super::{Rig, id};
use crate::{
    app::{Effect, EntryKind, EscMeaning, Incoming, Overlay, ReasoningState, Scroll, Switch, esc_meaning},
    chat::{
        ChangeKind, Command, Detail, Event, FileChange, FileUndo, Finish, ModelId, Notice, PermissionMode, Point,
        Problem, ProblemKind, Restored, RewindScope, RunCard, RunEnd, RunId, RunKind, RunReport, Saving, SessionId,
        SessionInfo, Severity, TurnCard, TurnEnd, TurnId, UndoReport,
    },
    text::Clean,
};

pub(super) fn turn_events(turn: u32, prompt: &str, answer: &str) -> Vec<Event> {
    let step = id(turn, 1);
    vec![
        Event::TurnStarted { turn: TurnId(turn), prompt: Clean::new(prompt) },
        Event::StepStarted { step, model: ModelId::from("glm-5.3") },
        Event::Reasoning { step, text: Clean::new("thinking about it") },
        Event::Answer { step, text: Clean::new(answer) },
        Event::StepEnded { step, finish: Finish::Stop, usage: None, credits: None, served_by: None },
        Event::TurnEnded { turn: TurnId(turn), end: TurnEnd::Done },
    ]
}

/// Events ten seconds apart, the last an hour ago.
fn restored(events: Vec<Event>) -> Restored {
    let n = events.len() as u64;
    let events = events.into_iter().zip(0..).map(|(event, at)| (Duration::from_secs(3600 + 10 * (n - 1 - at)), event));
    Restored { events: events.collect(), left: Vec::new(), prompt: None, notes: Vec::new() }
}

fn restore(rig: &mut Rig, restored: Restored) -> Vec<Effect> {
    rig.chat(Event::Restored(Box::new(restored)))
}

fn turns(n: u32) -> Vec<Event> {
    (1..=n).flat_map(|turn| turn_events(turn, &format!("prompt {turn}"), &format!("answer {turn}"))).collect()
}

fn edit(turn: u32, run: u64, path: &str) -> [Event; 2] {
    let card = RunCard {
        run: RunId(run),
        step: id(turn, 1),
        tool: Clean::new("edit"),
        kind: RunKind::Edit,
        verb: Clean::new("Edit"),
        target: Clean::strict(path),
    };
    let change = FileChange {
        path: Clean::strict(path),
        kind: ChangeKind::Modified,
        hunks: Vec::new(),
        added: 2,
        removed: 1,
        n_hidden: 0,
    };
    let report = RunReport {
        end: RunEnd::Ok,
        summary: Clean::new("+2 −1"),
        detail: Detail::Change(Box::new(change)),
        took: Duration::ZERO,
    };
    [Event::RunQueued(Box::new(card)), Event::RunEnded { run: RunId(run), report: Box::new(report) }]
}

/// A turn whose step edits files.
fn edits(turn: u32, paths: &[&str]) -> Vec<Event> {
    let mut events = turn_events(turn, &format!("prompt {turn}"), "done");
    let runs = paths.iter().zip(u64::from(turn) * 100..).flat_map(|(path, run)| edit(turn, run, path));
    events.splice(4..4, runs);
    events
}

fn undone((first, last): (u32, u32), files: &[(&str, FileUndo)]) -> UndoReport {
    let what = Clean::new(&format!("turn {first} · {} files", files.len()));
    let files = files.iter().map(|(path, what)| (Clean::strict(path), what.clone())).collect();
    UndoReport { redo: false, turns: Some((TurnId(first), TurnId(last))), what, files }
}

pub(super) fn session(id: &str, kept: bool) -> Event {
    Event::Session(SessionInfo { id: SessionId::from(id), name: None, kept })
}

fn marks(rig: &Rig) -> Vec<&str> {
    let mark = |entry: &'_ crate::app::Entry| matches!(&entry.kind, EntryKind::Mark(_));
    rig.app.transcript.entries.iter().filter(|entry| mark(entry)).map(crate::app::Entry::text).collect()
}

fn undone_paths(rig: &Rig) -> Vec<(u32, &str)> {
    let turns = rig.app.changes().turns.iter();
    turns
        .flat_map(|turn| turn.files.iter().filter(|e| e.undone).map(move |e| (turn.turn.0, e.change.path.as_str())))
        .collect()
}

#[test]
fn a_restored_conversation_stands_as_if_nobody_had_left() {
    let mut live = Rig::new();
    for turn in 1..=3 {
        live.turn(turn, &format!("prompt {turn}"), "thinking about it", &format!("answer {turn}"));
    }
    let mut rig = Rig::new();
    rig.app.look.focused = false;
    rig.turn(7, "another conversation", "", "gone");
    let effects = restore(&mut rig, restored(turns(3)));
    let (want, mut have) = (live.kinds(), rig.kinds());
    assert_eq!(have.pop().unwrap(), "mark resumed · left off 1969-12-31 23:00, 1h00m ago");
    assert_eq!(have, want);
    assert!(rig.app.toasts.is_empty() && !rig.app.is_running() && !rig.app.is_reading());
    assert_eq!(rig.app.panes.state, ReasoningState::Rest);
    assert!(!effects.contains(&Effect::Bell), "nothing rings for what is long past");
    assert_eq!(effects.iter().filter(|effect| matches!(effect, Effect::Title(_))).count(), 1);
    // The moments are those of then: ten seconds of thinking, an hour ago.
    let step = rig.app.transcript.step(id(3, 1)).unwrap();
    assert_eq!(step.thought_for, Some(Duration::from_secs(10)));
    assert!(rig.now.instant.duration_since(step.began_at) >= Duration::from_secs(3600));
    assert_eq!(rig.app.transcript.turns[2].at, -3600 - 50);
}

#[test]
fn moments_before_the_clock_began_do_no_harm() {
    let mut rig = Rig::new();
    let mut long_ago = restored(turns(2));
    for (ago, _) in &mut long_ago.events {
        *ago = Duration::MAX;
    }
    restore(&mut rig, long_ago);
    assert_eq!(rig.app.transcript.steps.len(), 2);
}

#[test]
fn what_is_in_force_stays_in_force() {
    let mut rig = Rig::new();
    rig.on(Incoming::Notice(Notice { severity: Severity::Warn, text: "news".into() }));
    let mut events = turns(1);
    events.push(Event::Mode(PermissionMode::Yolo));
    events.push(Event::Model { id: "glm-4.7".into(), thinking: false, effort: None });
    events.push(Event::Notice(Notice { severity: Severity::Danger, text: "old news".into() }));
    events.extend(turn_events(2, "more", "of it"));
    restore(&mut rig, restored(events));
    assert_eq!(rig.app.status.mode, PermissionMode::Ask);
    assert_eq!((rig.app.status.model.as_str(), rig.app.status.thinking), ("glm-5.3", true));
    assert!(rig.app.toasts.len() == 1 && rig.toast() == "news", "{:?}", rig.app.toasts);
    assert_eq!(marks(&rig).len(), 2, "the mark that was there, and the one of now: {:?}", marks(&rig));
    assert_eq!(marks(&rig)[0], "model glm-4.7 from step 2.1");
}

#[test]
fn the_prompt_comes_back_and_a_draft_stays() {
    let mut rig = Rig::new();
    restore(&mut rig, Restored { prompt: Some("again\r\nplease".into()), ..restored(turns(1)) });
    assert_eq!(rig.text(), "again\nplease");
    let mut rig = Rig::new();
    rig.keys("draft");
    restore(&mut rig, Restored { prompt: Some("again".into()), ..restored(turns(1)) });
    assert_eq!(rig.text(), "draft");
    assert!(rig.toast().contains("history"), "{}", rig.toast());
    rig.keys("<up>");
    assert_eq!(rig.text(), "again");
}

#[test]
fn a_turn_that_was_cut_off_is_over() {
    let mut rig = Rig::new();
    let mut events = edits(1, &["a.rs"]);
    // The program ended while the call ran.
    events.truncate(5);
    let notes = vec![Clean::new("1 call may have happened; it is not run again")];
    restore(&mut rig, Restored { notes, ..restored(events) });
    assert!(!rig.app.is_running());
    let runs: Vec<_> = rig.app.transcript.entries.iter().filter_map(|entry| rig.app.transcript.run(entry.id)).collect();
    assert!(runs.len() == 1 && runs[0].is_over(), "{runs:?}");
    assert_eq!(marks(&rig)[0], "cut off here: the program ended");
    assert_eq!(marks(&rig)[2], "1 call may have happened; it is not run again");
    // A log without the beginning of a turn shows what is left of it.
    let mut rig = Rig::new();
    restore(&mut rig, restored(turn_events(1, "lost", "but not this").split_off(1)));
    assert!(rig.kinds().iter().any(|kind| kind.contains("but not this")), "{:?}", rig.kinds());
}

#[test]
fn reads_fold_as_they_had() {
    let mut events = turn_events(1, "look", "seen");
    let read = |run: u64| {
        let card = RunCard {
            run: RunId(run),
            step: id(1, 1),
            tool: Clean::new("read"),
            kind: RunKind::Explore,
            verb: Clean::new("Read"),
            target: Clean::strict(&format!("{run}.rs")),
        };
        let report =
            RunReport { end: RunEnd::Ok, summary: Clean::default(), detail: Detail::None, took: Duration::ZERO };
        [Event::RunQueued(Box::new(card)), Event::RunEnded { run: RunId(run), report: Box::new(report) }]
    };
    events.splice(4..4, (1..=4).flat_map(read));
    let (mut live, mut rig) = (Rig::new(), Rig::new());
    for event in events.clone() {
        live.chat(event);
    }
    restore(&mut rig, restored(events));
    let folds = |rig: &Rig| -> Vec<_> {
        let entries = rig.app.transcript.entries.iter();
        entries.filter_map(|entry| rig.app.transcript.run(entry.id)).map(|run| run.fold.clone()).collect()
    };
    assert_eq!(folds(&rig), folds(&live));
    assert!(matches!(folds(&rig)[0], crate::app::Fold::Lead { .. }));
}

/// The entries and steps that were looked at to restore a conversation, for each of its steps.
fn looked_at(events: Vec<Event>, n: u32) -> u64 {
    let mut rig = Rig::new();
    crate::app::transcript::LOOKED.with(|looked| looked.set(0));
    restore(&mut rig, restored(events));
    assert_eq!(rig.app.transcript.steps.len(), n as usize);
    crate::app::transcript::LOOKED.with(std::cell::Cell::get) / u64::from(n)
}

/// The work for an event does not grow with the conversation: no clock, but the entries that are looked at.
#[test]
fn point_16_long_conversations_are_restored_in_linear_time() {
    // Many turns, and what a damaged log may hold: the end of a call that is not known.
    let turns = |n| {
        let unknown = |turn| edit(turn, u64::from(turn) * 100 + 50, "c.rs").into_iter().skip(1);
        let events = (1..=n).flat_map(|turn| edits(turn, &["a.rs", "b.rs"]).into_iter().chain(unknown(turn)));
        looked_at(events.collect(), n)
    };
    // One turn of many steps, each with a call.
    let steps = |n| {
        let mut events = vec![Event::TurnStarted { turn: TurnId(1), prompt: Clean::new("go") }];
        for n in 1..=n {
            let step = id(1, n);
            let [mut queued, ended] = edit(1, u64::from(n), "a.rs");
            if let Event::RunQueued(card) = &mut queued {
                card.step = step;
            }
            events.extend([
                Event::StepStarted { step, model: ModelId::from("glm-5.3") },
                Event::Reasoning { step, text: Clean::new("hm") },
                Event::Answer { step, text: Clean::new("so") },
                queued,
                ended,
                Event::StepEnded { step, finish: Finish::Stop, usage: None, credits: None, served_by: None },
            ]);
        }
        looked_at(events, n)
    };
    for (few, many) in [(turns(500), turns(4_000)), (steps(500), steps(4_000))] {
        assert!(few > 0 && many <= few + 1, "looked at for a step: {few}, then {many}");
    }
}

pub(super) fn idle() -> Rig {
    let mut rig = Rig::new();
    for turn in 1..=3 {
        for event in edits(turn, if turn == 3 { &[] } else { &["a.rs", "b.rs"] }) {
            rig.chat(event);
        }
    }
    rig.effects.clear();
    rig
}

fn shows_rewind(rig: &Rig) -> bool {
    matches!(rig.overlay(), Some(Overlay::Rewind(_)))
}

#[test]
fn point_49_twice_esc_on_an_empty_prompt_lists_the_prompts() {
    let mut rig = idle();
    assert_eq!(esc_meaning(&rig.app), EscMeaning::ArmRewind);
    rig.keys("<esc>");
    assert_eq!(esc_meaning(&rig.app), EscMeaning::Rewind);
    assert_eq!(rig.toast(), "Esc again: rewind");
    rig.keys("<esc>");
    assert!(shows_rewind(&rig));
    // Too slow is not twice, and what is said of it goes with it.
    let mut rig = idle();
    rig.keys("<esc>");
    rig.ms(1_001);
    assert_eq!((esc_meaning(&rig.app), rig.toast()), (EscMeaning::ArmRewind, ""));
    rig.keys("<esc>");
    assert!(!shows_rewind(&rig));
    // Something typed in between, or a draft.
    let mut rig = idle();
    rig.keys("<esc>x<bs><esc>");
    assert!(!shows_rewind(&rig));
    let mut rig = idle();
    rig.keys("draft<esc><esc>");
    assert!(!shows_rewind(&rig) && rig.text().is_empty());
    // Nothing to go back to.
    let mut rig = Rig::new();
    assert_eq!(esc_meaning(&rig.app), EscMeaning::Nothing);
    rig.keys("<esc><esc>");
    assert!(rig.overlay().is_none());
}

#[test]
fn point_49_a_press_that_stopped_or_closed_something_is_not_the_first() {
    // The second press of the same excitement finds the turn over.
    let mut rig = idle();
    rig.start(4, "more");
    assert_eq!(rig.keys("<esc>"), [Effect::Send(Command::Interrupt)]);
    rig.turn_ends(4, TurnEnd::Interrupted { untouched: None });
    for _ in 0..5 {
        rig.ms(100);
        assert_eq!(esc_meaning(&rig.app), EscMeaning::Nothing);
        rig.keys("<esc>");
    }
    assert!(rig.overlay().is_none());
    rig.ms(301);
    rig.keys("<esc>");
    assert!(rig.overlay().is_none(), "this one is the first");
    rig.keys("<esc>");
    assert!(shows_rewind(&rig));
    // Closing help, then Esc.
    let mut rig = idle();
    rig.keys("<f1><esc><esc>");
    assert!(rig.overlay().is_none());
    // A turn that begins between the presses.
    let mut rig = idle();
    rig.keys("<esc>");
    rig.start(4, "queued");
    assert_eq!(rig.keys("<esc>"), [Effect::Send(Command::Interrupt)]);
}

#[test]
fn point_50_the_prompts_are_listed_and_what_goes_back_is_chosen() {
    let mut rig = idle();
    rig.app.live.session.left =
        vec![TurnCard { turn: TurnId(9), prompt: Clean::new("other way"), at: 5, n_files: 1, left: true }];
    let rewind = |turn, scope| Effect::Send(Command::Rewind { to: Point::Before(TurnId(turn)), scope });
    let rows: [(&str, &[Effect]); 10] = [
        ("<enter><enter>", &[rewind(3, RewindScope::Conversation)]),
        ("<down><enter>c", &[rewind(2, RewindScope::Conversation)]),
        ("<down><enter>f", &[rewind(2, RewindScope::Files)]),
        ("<down><down><enter>b", &[rewind(1, RewindScope::Both)]),
        ("<down><enter><down><down><enter>", &[rewind(2, RewindScope::Both)]),
        // Nothing was changed since, so files cannot go back.
        ("prompt 1<enter><esc>", &[]),
        ("1<enter>x", &[]),
        (
            "<end><enter><enter>",
            &[Effect::Send(Command::Rewind { to: Point::After(TurnId(9)), scope: RewindScope::Conversation })],
        ),
        ("other<enter>f", &[]),
        ("nothing like it<enter>", &[]),
    ];
    for (script, wanted) in rows {
        for open in ["<c-x>r", "/rewind<enter>", "<esc><esc>"] {
            let mut rig = Rig { app: clone(&rig), now: rig.now, effects: Vec::new() };
            rig.keys(open);
            assert!(shows_rewind(&rig), "{open}");
            assert_eq!(rig.keys(script), wanted, "{open}{script}");
            assert_eq!(rig.overlay().is_some(), wanted.is_empty(), "{script}");
        }
    }
}

/// The same state once more: a screen state is no value to copy, so it is built again.
fn clone(rig: &Rig) -> crate::app::App {
    let mut other = idle();
    other.app.live.session = rig.app.live.session.clone();
    other.app
}

#[test]
fn point_50_files_that_cannot_go_back_say_why() {
    let mut rig = idle();
    rig.keys("<c-x>r<enter>");
    let Some(Overlay::Rewind(view)) = rig.overlay() else { panic!() };
    let rows = &view.choice.as_ref().unwrap().rows;
    let enabled: Vec<bool> = rows.iter().map(|row| row.enabled).collect();
    assert_eq!(enabled, [true, false, false]);
    assert_eq!(rows[1].note, "nothing was changed since then");
    assert!(rig.keys("f").is_empty());
    assert_eq!(rig.toast(), "files: nothing was changed since then");
    rig.keys("<esc>");
    assert!(shows_rewind(&rig), "Esc goes from the choice to the list");
    rig.keys("<esc>");
    assert!(rig.overlay().is_none());
}

#[test]
fn point_50_files_of_a_branch_that_was_left_can_go_back() {
    let mut rig = Rig::new();
    restore(&mut rig, restored(turns(2)));
    let card = |turn| TurnCard { turn: TurnId(turn), prompt: Clean::new("other"), at: 5, n_files: 1, left: true };
    // The turn that was left, and whether the prompt of turn 2 can take files back.
    for (left, enabled) in [(None, false), (Some(1), false), (Some(2), true), (Some(3), true)] {
        rig.app.live.session.left = left.map(card).into_iter().collect();
        let choice = rig.app.choice_of(TurnCard { left: false, ..card(2) });
        assert_eq!(choice.rows.each_ref().map(|row| row.enabled), [true, enabled, enabled], "{left:?}");
    }
    assert_eq!(rig.app.choice_of(card(3)).rows[1].note, "files stay, on whatever branch");
}

#[test]
fn what_a_redo_removes_is_deleted_again() {
    let mut rig = idle();
    let report = undone((2, 2), &[("a.rs", FileUndo::Removed)]);
    for (redo, words) in [(false, "removed, since it had not existed"), (true, "deleted again")] {
        rig.chat(Event::Undone(Box::new(UndoReport { redo, ..report.clone() })));
        let last = rig.kinds().pop().unwrap();
        assert!(last.contains(words), "{last}");
    }
}

#[test]
fn point_50_the_answer_says_where_it_went() {
    let mut rig = idle();
    rig.keys("<c-x>r<down><enter>b");
    assert_eq!(rig.app.transcript.turns.len(), 3, "it stays until the answer is there");
    // Files may be told first or last; either way it stands behind the conversation.
    let report = undone((2, 2), &[("a.rs", FileUndo::Restored), ("b.rs", FileUndo::Kept(Clean::new("busy")))]);
    let left = vec![TurnCard { turn: TurnId(2), prompt: Clean::new("prompt 2"), at: 0, n_files: 2, left: true }];
    let back = Restored { left, prompt: Some("prompt 2".into()), ..restored(edits(1, &["a.rs", "b.rs"])) };
    for files_first in [true, false] {
        let mut rig = Rig { app: clone(&rig), now: rig.now, effects: Vec::new() };
        rig.keys("<c-x>r<down><enter>b");
        if files_first {
            rig.chat(Event::Undone(Box::new(report.clone())));
        }
        restore(&mut rig, back.clone());
        if !files_first {
            rig.chat(Event::Undone(Box::new(report.clone())));
        }
        assert_eq!(marks(&rig), ["back before turn 2; what came after it is kept: ^X r or /rewind"]);
        assert_eq!(rig.text(), "prompt 2");
        let last = rig.kinds().pop().unwrap();
        assert!(last.contains("**Undone** turn 2") && last.contains("`b.rs` **left alone**: busy"), "{last}");
        assert_eq!(undone_paths(&rig), [], "what turn 1 changed stays");
        assert_eq!((rig.app.live.session.asked.clone(), rig.app.live.session.told.clone()), (None, None));
        rig.keys("<c-c><c-x>r");
        let Some(Overlay::Rewind(view)) = rig.overlay() else { panic!() };
        assert_eq!(view.cards.iter().map(|card| (card.turn.0, card.left)).collect::<Vec<_>>(), [(1, false), (2, true)]);
    }
}

#[test]
fn what_was_undone_is_taken_out_and_put_back() {
    let mut rig = idle();
    assert_eq!(rig.keys("/undo<enter>"), [Effect::Send(Command::Undo)]);
    assert_eq!(rig.keys("<c-x>U<c-x><c-r>"), [Effect::Send(Command::Undo), Effect::Send(Command::Redo)]);
    let files = |rig: &Rig| rig.app.changes().totals();
    assert_eq!(files(&rig), (8, 4));
    let report = undone((2, 2), &[("a.rs", FileUndo::Restored), ("b.rs", FileUndo::Merged)]);
    rig.chat(Event::Undone(Box::new(report.clone())));
    assert_eq!((undone_paths(&rig), files(&rig)), (vec![(2, "a.rs"), (2, "b.rs")], (4, 2)));
    assert_eq!(rig.toast(), "undone: turn 2 · 2 files");
    let kept = undone((1, 1), &[("a.rs", FileUndo::Kept(Clean::new("x"))), ("b.rs", FileUndo::Removed)]);
    rig.chat(Event::Undone(Box::new(kept.clone())));
    assert_eq!(undone_paths(&rig), [(1, "b.rs"), (2, "a.rs"), (2, "b.rs")]);
    assert_eq!(rig.toast(), "undone: turn 1 · 2 files; 1 of them was left alone");
    rig.chat(Event::Undone(Box::new(UndoReport { redo: true, ..kept })));
    rig.chat(Event::Undone(Box::new(UndoReport { redo: true, ..report })));
    assert_eq!((undone_paths(&rig), files(&rig)), (vec![], (8, 4)));
    rig.chat(Event::Undone(Box::new(UndoReport { redo: true, ..UndoReport::default() })));
    assert_eq!(rig.toast(), "there is nothing to redo");
    // An undo that found nothing is none that a redo brings back.
    let report = undone((2, 2), &[("a.rs", FileUndo::Restored)]);
    rig.chat(Event::Undone(Box::new(report.clone())));
    rig.chat(Event::Undone(Box::default()));
    assert_eq!((rig.toast(), undone_paths(&rig)), ("there is nothing to undo", vec![(2, "a.rs")]));
    rig.chat(Event::Undone(Box::new(UndoReport { redo: true, ..report })));
    assert_eq!(undone_paths(&rig), []);
    // It is all the same when the conversation is read again.
    let mut again = Rig::new();
    let mut events: Vec<Event> = (1..=2).flat_map(|turn| edits(turn, &["a.rs", "b.rs"])).collect();
    events.push(Event::Undone(Box::new(undone((2, 2), &[("a.rs", FileUndo::Restored)]))));
    // What the branch that was left did to a file says nothing of this one.
    events.push(Event::Undone(Box::new(undone((7, 9), &[("b.rs", FileUndo::Restored)]))));
    restore(&mut again, restored(events));
    assert_eq!(undone_paths(&again), [(2, "a.rs")]);
    again.chat(Event::Undone(Box::new(undone((1, 1), &[("b.rs", FileUndo::Restored)]))));
    assert_eq!(undone_paths(&again), [(1, "b.rs"), (2, "a.rs")]);
    again.app.toasts.clear();
    assert!(again.app.toasts.is_empty());
    // Going back with files alone takes all turns from there on.
    rig.keys("<c-x>r<end><enter>f");
    rig.chat(Event::Undone(Box::new(undone((1, 3), &[("a.rs", FileUndo::Restored), ("b.rs", FileUndo::Restored)]))));
    assert_eq!(undone_paths(&rig).len(), 4);
    assert_eq!(rig.app.transcript.turns.len(), 3);
}

#[test]
fn paths_in_a_report_are_no_markdown() {
    let mut rig = idle();
    let report = undone((1, 1), &[("a``b_c_", FileUndo::Kept(Clean::new("<b> [x](y)")))]);
    rig.chat(Event::Undone(Box::new(UndoReport { what: Clean::new("*x*"), ..report })));
    let last = rig.kinds().pop().unwrap();
    assert!(last.contains(r"\*x\*") && last.contains("``` a``b_c_ ```") && last.contains(r"\<b\> \[x\](y)"), "{last}");
}

#[test]
fn a_running_turn_is_interrupted_first() {
    for script in ["<c-x>n", "<c-x>f", "<c-x>U", "/redo<enter>", "/new<enter>", "/fork<enter>"] {
        let mut rig = idle();
        rig.start(4, "more");
        assert_eq!(rig.keys(script), [], "{script}");
        assert_eq!(rig.toast(), "a turn runs: interrupt first (esc)");
        rig.turn_ends(4, TurnEnd::Done);
        assert_eq!(rig.keys(script).len(), 1, "{script}");
    }
}

#[test]
fn words_of_commands() {
    let export = |format: &str, file: &str| Effect::Export { format: format.into(), file: file.into() };
    let name = |name: &str| Effect::Send(Command::Rename(name.into()));
    let rows = [
        ("/export<enter>", Some(export("md", ""))),
        ("/export html<enter>", Some(export("html", ""))),
        ("/export json a b.txt<enter>", Some(export("json", "a b.txt"))),
        ("/export talk.HTML<enter>", Some(export("html", "talk.HTML"))),
        ("/export talk.pdf<enter>", None),
        ("/rename the gauge<enter>", Some(name("the gauge"))),
        ("/rename -<enter>", Some(name(""))),
        ("/rename<enter>", None),
        ("/resume the gauge<enter>", Some(Effect::ListSessions("the gauge".into()))),
        ("/sessions<enter>", Some(Effect::ListSessions(String::new()))),
        ("/branch<enter>", Some(Effect::Switch(Switch::Fork))),
    ];
    for (script, wanted) in rows {
        let mut rig = Rig::new();
        assert_eq!(rig.keys(script), Vec::from_iter(wanted), "{script}");
    }
}

#[test]
fn not_being_saved_is_told_until_it_is() {
    let mut rig = idle();
    let full = Problem::new(ProblemKind::Internal, "no space left on device");
    rig.chat(Event::Saving(Saving::Failing(full.clone())));
    assert_eq!(rig.app.live.session.saving, Saving::Failing(full));
    rig.chat(Event::Saving(Saving::Well));
    assert_eq!(rig.toast(), "saved again: what was held in memory is on disk");
    rig.app.toasts.clear();
    rig.chat(Event::Saving(Saving::Well));
    assert_eq!(rig.toast(), "");
}

#[test]
fn point_09_leaving_says_how_to_come_back() {
    let full = || Saving::Failing(Problem::new(ProblemKind::Internal, "disk full"));
    let rows: [(&[Event], bool, &[&str]); 6] = [
        (
            &[session("20261121-1", true)],
            true,
            &["› prompt 3", "done", "Resume this session: glm-tui --resume 20261121-1"],
        ),
        (&[session("x", false)], true, &["kept in memory only and is gone", "Start again: glm-tui"]),
        (&[session("x", true)], false, &["Start again: glm-tui"]),
        (&[], true, &["Start again: glm-tui"]),
        (&[session("x", true), Event::Saving(full())], true, &["could not be saved: disk full", "--resume x"]),
        (&[session("x", false), Event::Saving(full())], true, &["kept in memory only"]),
    ];
    for (events, talked, wanted) in rows {
        let mut rig = if talked { idle() } else { Rig::new() };
        for event in events {
            rig.chat(event.clone());
        }
        let text = rig.app.exit_text();
        for words in wanted {
            assert!(text.contains(words), "{words:?} in {text}");
        }
    }
    let mut rig = Rig::new();
    rig.chat(session("x", true));
    rig.keys("a draft");
    assert!(rig.app.exit_text().contains("--resume x"), "a draft is worth coming back to");
    let named = SessionInfo { id: "x".into(), name: Some(Clean::strict("gauge")), kept: true };
    assert_eq!(rig.chat(Event::Session(named)), [Effect::Title("glm-tui ~/src/app · gauge".into())]);
    rig.keys("<c-u>/status<enter>");
    assert!(rig.kinds()[0].contains("**session** gauge · x · on disk"), "{:?}", rig.kinds());
}

#[test]
fn scrolled_away_is_live_again() {
    let mut rig = idle();
    let entry = rig.app.transcript.entries[0].id;
    rig.app.panes.answer = Scroll::Reading(crate::app::Anchor { entry, offset: 0 });
    rig.keys("<c-x>D");
    restore(&mut rig, restored(turns(1)));
    assert!(!rig.app.is_reading() && rig.overlay().is_none());
}
