//! Questions and answers, modes and rules, circles and crowds.

use super::{Bench, asked, checking, end_of, ended, events, opened, planning, results, running};
use crate::{
    agent::effect::{Effect, Scope},
    chat::{Activity, AskBody, Command, Event, PermissionMode, Reply, Role, RunEnd, RunId, TurnEnd},
    text::Clean,
    tools::{Access, Check, Permit},
};

/// A turn with one call that is asked for.
fn asking(session: Option<&'static str>) -> Bench {
    let mut bench = Bench::equipped();
    bench.calls(&[("a", "write", "{}")]);
    bench.planned(1, Access::WritesAny);
    let effects = bench.asks(1, session);
    assert_eq!((asked(&effects), running(&effects)), (vec![1], vec![]));
    assert!(events(&effects).contains(&&Event::Activity(Activity::Asking)));
    bench
}

#[test]
fn a_yes_runs_the_call_with_the_answer() {
    for reply in [Reply::Once, Reply::Command("ls".into()), Reply::Chosen { picks: vec![1], text: None }] {
        let mut bench = asking(None);
        let effects = bench.answers(1, reply.clone());
        assert!(events(&effects).contains(&&Event::AskClosed { run: RunId(1) }));
        let permit = effects.iter().find_map(|e| if let Effect::Run { permit, .. } = e { Some(permit) } else { None });
        assert_eq!(permit, Some(&Permit::Given(reply)));
    }
}

#[test]
fn a_no_is_told_and_the_turn_goes_on() {
    let mut bench = asking(None);
    let effects = bench.answers(1, Reply::No { why: Some("use the other file".into()) });
    assert_eq!((running(&effects), ended(&effects)), (vec![], vec![(1, RunEnd::Denied)]));
    let told = results(opened(&effects).expect("the turn goes on"))[0].1;
    assert!(told.contains("refused") && told.contains("use the other file"), "{told}");
}

#[test]
fn an_answer_to_what_is_not_asked_is_ignored() {
    let mut bench = asking(None);
    assert_eq!(bench.answers(7, Reply::Once), []);
    bench.answers(1, Reply::Once);
    assert_eq!(bench.answers(1, Reply::No { why: None }), [], "it runs already");
    bench.ran(1, "done");
    assert_eq!(bench.answers(1, Reply::Once), []);
}

#[test]
fn a_rule_is_granted_and_answers_the_same_question_elsewhere() {
    let mut bench = Bench::equipped();
    bench.calls(&[("a", "write", "{}"), ("b", "write", "{}"), ("c", "write", "{}")]);
    for run in 1..=3 {
        bench.planned(run, Access::Nothing);
    }
    bench.asks(1, Some("Edit(src/**)"));
    bench.asks(2, Some("Edit(src/**)"));
    bench.asks(3, Some("Edit(docs/**)"));
    let effects = bench.answers(1, Reply::Session);
    let grant = Effect::Grant { rule: "Edit(src/**)".into(), scope: Scope::Session };
    assert!(effects.contains(&grant), "{effects:?}");
    assert_eq!((running(&effects), checking(&effects)), (vec![1], vec![2]));
    assert!(events(&effects).contains(&&Event::AskClosed { run: RunId(2) }));
    let effects = bench.checked(2, Check::Go);
    assert_eq!(running(&effects), [2]);
    let mut bench = asking(None);
    let effects = bench.answers(1, Reply::Session);
    assert!(!effects.iter().any(|e| matches!(e, Effect::Grant { .. })), "that answer was not offered");
    assert_eq!(running(&effects), [1]);
}

#[test]
fn without_a_person_a_question_is_a_refusal() {
    let mut bench = Bench::equipped();
    bench.machine.settings.caps.interactive = false;
    bench.calls(&[("a", "write", "{}")]);
    bench.planned(1, Access::WritesAny);
    let effects = bench.asks(1, None);
    assert_eq!((asked(&effects), ended(&effects)), (vec![], vec![(1, RunEnd::Denied)]));
    assert!(results(opened(&effects).expect("a step"))[0].1.contains("nobody is there"));
}

#[test]
fn a_mode_holds_from_the_next_decision_on() {
    let mut bench = Bench::equipped();
    let effects = bench.command(Command::SetMode(PermissionMode::Edits));
    assert_eq!(effects, [Effect::Emit(Event::Mode(PermissionMode::Edits))]);
    bench.calls(&[("a", "write", "{}")]);
    let effects = bench.planned(1, Access::WritesAny);
    let mode = effects.iter().find_map(|e| if let Effect::Check { mode, .. } = e { Some(*mode) } else { None });
    assert_eq!(mode, Some(PermissionMode::Edits));
}

/// Makes the same call in steps of its own until something is asked or the turn ends.
fn circle(bench: &mut Bench) -> (u64, Vec<Effect>) {
    bench.calls(&[("a", "bash", "{\"command\":\"make\"}")]);
    for n in 1.. {
        let effects = bench.does(n, "it fails");
        if opened(&effects).is_none() {
            return (n, effects);
        }
        bench.calls_again(&[("a", "bash", "{\"command\":\"make\"}")]);
    }
    unreachable!()
}

#[test]
fn mod_11_a_circle_is_asked_about_at_the_third_call() {
    let mut bench = Bench::equipped();
    let (n, effects) = circle(&mut bench);
    assert_eq!((n, asked(&effects)), (3, vec![4]));
    let effects = bench.answers(4, Reply::Chosen { picks: vec![0], text: Some("install it first".into()) });
    let messages = &opened(&effects).expect("it goes on").messages;
    assert_eq!(messages[messages.len() - 1].content, "install it first");

    let mut bench = Bench::equipped();
    circle(&mut bench);
    let effects = bench.answers(4, Reply::Chosen { picks: vec![1], text: None });
    assert_eq!(end_of(&effects), Some(TurnEnd::Interrupted { untouched: None }));
    let next = bench.ask("again");
    assert_eq!(results(opened(&next).expect("a call")).len(), 3, "the results are kept");

    let mut bench = Bench::equipped();
    bench.machine.settings.caps.interactive = false;
    let (n, effects) = circle(&mut bench);
    let Some(TurnEnd::Failed { problem, .. }) = end_of(&effects) else { panic!("{effects:?}") };
    assert_eq!((n, problem.code.as_deref()), (3, Some("loop")));
}

fn crowd(bench: &mut Bench, n: usize) -> Vec<Effect> {
    let calls: Vec<(String, &str, &str)> = (0..n).map(|n| (n.to_string(), "read", "{}")).collect();
    let calls: Vec<(&str, &str, &str)> = calls.iter().map(|(id, name, args)| (id.as_str(), *name, *args)).collect();
    bench.calls(&calls)
}

#[test]
fn mod_10_a_crowd_of_calls_is_asked_for() {
    let mut bench = Bench::equipped();
    assert_eq!(planning(&crowd(&mut bench, 64)).len(), 64, "so many are not a crowd");

    let mut bench = Bench::equipped();
    let effects = crowd(&mut bench, 1_000);
    assert_eq!((planning(&effects).len(), asked(&effects)), (0, vec![1_001]));
    assert_eq!(planning(&bench.answers(1_001, Reply::Once)).len(), 1_000);

    let mut bench = Bench::equipped();
    crowd(&mut bench, 1_000);
    let effects = bench.answers(1_001, Reply::No { why: None });
    assert_eq!(end_of(&effects), Some(TurnEnd::Interrupted { untouched: None }));
    assert_eq!(ended(&effects).len(), 1_000);
    let next = bench.ask("so?");
    assert_eq!(results(opened(&next).expect("a call")).len(), 1_000, "each has its answer");

    let mut bench = Bench::equipped();
    bench.machine.settings.caps.interactive = false;
    let effects = crowd(&mut bench, 1_000);
    assert_eq!((planning(&effects).len(), ended(&effects).len()), (64, 936));
}

#[test]
fn several_questions_may_be_open_and_each_is_answered_for_itself() {
    let mut bench = Bench::equipped();
    bench.calls(&[("a", "write", "{}"), ("b", "write", "{}")]);
    for run in 1..=2 {
        bench.planned(run, Access::Nothing);
        bench.asks(run, None);
    }
    assert_eq!(running(&bench.answers(2, Reply::Once)), [2]);
    bench.ran(2, "two");
    let effects = bench.answers(1, Reply::No { why: None });
    let call = opened(&effects).expect("a step");
    assert_eq!(call.messages.iter().filter(|m| m.role == Role::Tool).count(), 2);
    assert_eq!(results(call)[1], ("b", "two"));
}

#[test]
fn an_open_question_is_decided_again_when_the_mode_changes() {
    let mut bench = asking(None);
    assert!(checking(&bench.command(Command::SetMode(PermissionMode::Ask))).is_empty(), "that is the mode already");
    let effects = bench.command(Command::SetMode(PermissionMode::Yolo));
    assert_eq!(checking(&effects), [1]);
    assert!(effects.iter().any(|e| matches!(e, Effect::Check { mode: PermissionMode::Yolo, .. })));
    assert!(events(&effects).contains(&&Event::AskClosed { run: RunId(1) }));
    assert_eq!(bench.answers(1, Reply::Once), [], "that question is closed");
    assert_eq!(running(&bench.checked(1, Check::Go)), [1]);
    // Only a person can answer these, whatever the mode.
    let mut bench = Bench::equipped();
    bench.calls(&[("a", "ask_user", "{}")]);
    bench.planned(1, Access::Nothing);
    bench.asks_with(1, AskBody::Plan(Clean::default()), None);
    assert!(checking(&bench.command(Command::SetMode(PermissionMode::Edits))).is_empty());
}
