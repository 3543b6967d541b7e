//! Tool calls: what is read, judged and run when, and what the model is told.

use super::{Bench, checking, end_of, ended, events, opened, planning, results, running};
use crate::{
    agent::effect::{Effect, Input},
    chat::{Activity, Command, Event, Finish, Image, Role, RunEnd, RunId},
    glm::Delta,
    text::Clean,
    tools::{Access, Check, Outcome, Refusal},
};

#[test]
fn a_call_is_read_judged_run_and_told() {
    let mut bench = Bench::equipped();
    let effects = bench.ask("go");
    assert_eq!(opened(&effects).expect("a call").tools.len(), 3, "tools are offered");
    bench.deltas(vec![Delta::Reasoning("look".into()), Delta::Answer("I look.".into())]);
    let effects = bench.calls_again(&[("call_a", "read", "{\"path\":\"a\"}")]);
    assert_eq!(planning(&effects), [1]);
    let effects = bench.planned(1, Access::Nothing);
    assert!(matches!(events(&effects)[0], Event::RunQueued(card) if card.verb.as_str() == "Read"), "{effects:?}");
    assert_eq!(checking(&effects), [1]);
    let effects = bench.checked(1, Check::Go);
    assert!(events(&effects).contains(&&Event::RunStarted { run: RunId(1) }));
    assert!(events(&effects).contains(&&Event::Activity(Activity::Running(Clean::trusted("Read a file")))));
    assert_eq!(running(&effects), [1]);
    let effects = bench.ran(1, "the text");
    assert_eq!(ended(&effects), [(1, RunEnd::Ok)]);
    let call = opened(&effects).expect("the next step");
    assert_eq!(results(call), [("call_a", "the text")]);
    let asking = &call.messages[2];
    assert_eq!((asking.content.as_str(), asking.reasoning.as_deref()), ("I look.", Some("look")));
    assert_eq!(asking.tool_calls[0].arguments, "{\"path\":\"a\"}");
    assert_eq!(end_of(&effects), None);
    bench.says("done");
    assert!(end_of(&bench.ends()).is_some());
}

#[test]
fn results_are_told_in_the_order_of_the_calls() {
    let mut bench = Bench::equipped();
    bench.calls(&[("a", "read", "{}"), ("b", "read", "{}"), ("c", "read", "{}")]);
    for run in 1..=3 {
        bench.planned(run, Access::ReadsAny);
        assert_eq!(running(&bench.checked(run, Check::Go)), [run], "reads run side by side");
    }
    assert!(opened(&bench.ran(3, "three")).is_none());
    bench.ran(1, "one");
    let effects = bench.ran(2, "two");
    assert_eq!(results(opened(&effects).expect("a step")), [("a", "one"), ("b", "two"), ("c", "three")]);
}

#[test]
fn calls_that_touch_the_same_run_in_their_order() {
    let file = |name: &str| vec![std::path::PathBuf::from(name)];
    let mut bench = Bench::equipped();
    bench.calls(&[("a", "write", "{}"), ("b", "write", "{}"), ("c", "write", "{}"), ("d", "bash", "{}")]);
    assert_eq!(checking(&bench.planned(2, Access::Writes(file("x")))), [0; 0], "the first is not known yet");
    assert_eq!(checking(&bench.planned(1, Access::Writes(file("x")))), [1]);
    assert_eq!(checking(&bench.planned(3, Access::Writes(file("y")))), [3], "another file");
    assert_eq!(checking(&bench.planned(4, Access::WritesAny)), [0; 0], "a command waits for all before it");
    bench.checked(1, Check::Go);
    bench.checked(3, Check::Go);
    assert_eq!(checking(&bench.ran(3, "")), [0; 0]);
    assert_eq!(checking(&bench.ran(1, "")), [2]);
    bench.checked(2, Check::Go);
    assert_eq!(checking(&bench.ran(2, "")), [4]);
}

#[test]
fn at_most_eight_are_in_work() {
    let mut bench = Bench::equipped();
    let calls: Vec<(String, &str, &str)> = (0..20).map(|n| (n.to_string(), "read", "{}")).collect();
    let calls: Vec<(&str, &str, &str)> = calls.iter().map(|(id, name, args)| (id.as_str(), *name, *args)).collect();
    bench.calls(&calls);
    let begun: usize = (1..=20).map(|run| checking(&bench.planned(run, Access::Nothing)).len()).sum();
    assert_eq!(begun, 8);
    for run in 1..=8 {
        assert_eq!(running(&bench.checked(run, Check::Go)), [run]);
    }
    assert_eq!(checking(&bench.ran(5, "")), [9], "one ends, the next begins");
}

#[test]
fn ids_that_are_missing_or_come_twice_are_minted() {
    let mut bench = Bench::equipped();
    bench.calls(&[("", "read", ""), ("same", "read", "{}"), ("same", "re\u{1b}ad", "{}")]);
    bench.does(1, "one");
    bench.does(2, "two");
    let effects = bench.does(3, "three");
    let call = opened(&effects).expect("a step");
    assert_eq!(results(call), [("call_1", "one"), ("same", "two"), ("call_3", "three")]);
    let names: Vec<&str> = call.messages[2].tool_calls.iter().map(|call| call.name.as_str()).collect();
    assert_eq!(names, ["read"; 3], "what the service would refuse is not sent back");
    assert_eq!(call.messages[2].tool_calls[0].arguments, "{}");
}

#[test]
fn arguments_that_are_no_json_are_refused_and_leave_no_trace_in_the_history() {
    let mut bench = Bench::equipped();
    let effects = bench.calls(&[("a", "write", "{\"path\": \"x\", \"content\": \"cut off he")]);
    assert_eq!(planning(&effects), [0; 0]);
    assert_eq!(ended(&effects), [(1, RunEnd::Failed)]);
    let call = opened(&effects).expect("the next step");
    assert_eq!(call.messages[2].tool_calls[0].arguments, "{}");
    assert!(results(call)[0].1.contains("cut off he"), "{:?}", results(call));
}

#[test]
fn calls_of_a_reply_that_reached_its_limit_are_not_run() {
    let mut bench = Bench::equipped();
    bench.ask("go");
    let call = crate::chat::ToolCall { name: "write".into(), arguments: "{}".into(), ..Default::default() };
    let effects =
        bench.deltas(vec![Delta::Call(call), Delta::End { finish: Finish::Length, usage: None, model: None }]);
    assert_eq!((planning(&effects), ended(&effects)), (vec![], vec![(1, RunEnd::Failed)]));
    assert!(results(opened(&effects).expect("a step"))[0].1.contains("output limit"));
}

#[test]
fn a_withheld_reply_runs_nothing() {
    for finish in [Finish::Sensitive, Finish::ContextFull] {
        let mut bench = Bench::equipped();
        bench.ask("go");
        let call = crate::chat::ToolCall { name: "read".into(), ..Default::default() };
        let effects = bench.deltas(vec![Delta::Call(call), Delta::End { finish, usage: None, model: None }]);
        assert!(planning(&effects).is_empty() && end_of(&effects).is_some(), "{effects:?}");
    }
}

#[test]
fn a_call_that_cannot_be_read_is_told_and_the_others_go_on() {
    let mut bench = Bench::equipped();
    bench.calls(&[("a", "fly", "{}"), ("b", "read", "{}")]);
    let refusal = Refusal("there is no tool of that name".into());
    let effects = bench.on(Input::Planned { run: RunId(1), result: Err(refusal) });
    assert!(matches!(events(&effects)[0], Event::RunQueued(card) if card.verb.as_str() == "fly"), "{effects:?}");
    assert_eq!(ended(&effects), [(1, RunEnd::Failed)]);
    let effects = bench.does(2, "fine");
    assert_eq!(results(opened(&effects).expect("a step")), [("a", "there is no tool of that name"), ("b", "fine")]);
}

#[test]
fn a_steered_prompt_goes_behind_the_results() {
    let mut bench = Bench::equipped();
    bench.calls(&[("a", "read", "{}")]);
    bench.command(Command::Submit("rather b".into()));
    let effects = bench.does(1, "one");
    let roles: Vec<Role> = opened(&effects).expect("a step").messages.iter().map(|m| m.role).collect();
    assert_eq!(roles[2..], [Role::Assistant, Role::Tool, Role::User]);
}

#[test]
fn pictures_go_to_models_with_eyes_only() {
    for has_eyes in [true, false] {
        let mut bench = Bench::equipped();
        let mut spec = crate::config::ModelSpec::unknown("glm-4.7".into());
        spec.vision = has_eyes;
        bench.machine.settings.catalogue.models.push(spec);
        bench.calls(&[("a", "read", "{}")]);
        bench.planned(1, Access::Nothing);
        bench.checked(1, Check::Go);
        let mut outcome = Outcome::new(RunEnd::Ok, "a picture", Clean::default());
        outcome.images.push(Image { mime: "image/png".into(), base64: "AAAA".into() });
        let outcome = Box::new(outcome);
        let effects = bench.on(Input::Ran { run: RunId(1), outcome, took: std::time::Duration::ZERO });
        let messages = &opened(&effects).expect("a step").messages;
        let last = &messages[messages.len() - 1];
        if has_eyes {
            assert_eq!((last.role, last.images.len()), (Role::User, 1));
        } else {
            assert_eq!(last.role, Role::Tool);
            assert!(last.content.contains("cannot see"), "{}", last.content);
        }
    }
}

#[test]
fn a_retry_never_repeats_a_call() {
    let mut bench = Bench::equipped();
    bench.calls(&[("a", "bash", "{}")]);
    bench.planned(1, Access::WritesAny);
    bench.checked(1, Check::Go);
    assert_eq!(bench.command(Command::RetryNow), [], "a running call is not touched");
    bench.ran(1, "done");
    bench.fails(crate::glm::ErrorKind::Connect, None);
    let effects = bench.wait();
    assert!(planning(&effects).is_empty() && running(&effects).is_empty());
    assert_eq!(results(opened(&effects).expect("the retry")), [("a", "done")]);
}

#[test]
fn only_a_running_command_goes_to_the_background() {
    let mut bench = Bench::equipped();
    bench.calls(&[("a", "bash", "{}")]);
    let background = Command::Background(RunId(1));
    assert_eq!(bench.command(background.clone()), []);
    bench.planned(1, Access::WritesAny);
    bench.checked(1, Check::Go);
    assert_eq!(bench.command(background.clone()), [Effect::Background(RunId(1))]);
    bench.ran(1, "job 1");
    assert_eq!(bench.command(background), []);
}
