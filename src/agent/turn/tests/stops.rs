//! What ends a turn from outside: an interrupt, a limit, a model that has lost itself.

use std::time::Duration;

use super::{Bench, end_of, ended, events, opened, results};
use crate::{
    agent::effect::{Effect, Input},
    chat::{Command, Effort, Event, Finish, ModelId, RunEnd, TurnEnd, Usage},
    config::{ModelSpec, ThinkingControl},
    glm::Delta,
    quota::Factors,
    tools::{Access, Check},
};

#[test]
fn an_interrupt_stops_the_calls_and_leaves_the_history_whole() {
    let mut bench = Bench::equipped();
    bench.calls(&[("a", "read", "{}"), ("b", "bash", "{}"), ("c", "write", "{}"), ("d", "read", "{}")]);
    bench.does(1, "one");
    bench.planned(2, Access::Nothing);
    bench.checked(2, Check::Go);
    bench.planned(3, Access::Nothing);
    bench.asks(3, None);
    let effects = bench.command(Command::Interrupt);
    assert_eq!(effects[0], Effect::StopRuns);
    assert_eq!(ended(&effects), [(2, RunEnd::Stopped), (3, RunEnd::Stopped), (4, RunEnd::Stopped)]);
    assert!(events(&effects).contains(&&Event::AskClosed { run: crate::chat::RunId(3) }));
    assert_eq!(end_of(&effects), Some(TurnEnd::Interrupted { untouched: None }));
    assert_eq!(bench.ran(2, "late"), [], "late news is ignored");
    assert_eq!(bench.planned(4, Access::Nothing), []);
    let next = bench.ask("and now?");
    let call = opened(&next).expect("a call");
    let told = results(call);
    assert_eq!(told.iter().map(|(id, _)| *id).collect::<Vec<_>>(), ["a", "b", "c", "d"]);
    assert_eq!(told[0].1, "one");
    assert!(told[1].1.contains("Stopped") && told[2].1.contains("Not run") && told[3].1.contains("Not run"));
    let last = &call.messages[call.messages.len() - 1];
    assert_eq!(last.content, "and now?");
}

#[test]
fn a_turn_ends_after_so_many_steps() {
    let mut bench = Bench::equipped();
    bench.machine.settings.caps.max_steps = Some(2);
    bench.calls(&[("a", "read", "{}")]);
    assert!(opened(&bench.does(1, "one")).is_some());
    bench.calls_again(&[("b", "read", "{}")]);
    let effects = bench.does(2, "two");
    let Some(TurnEnd::Failed { problem, untouched: None }) = end_of(&effects) else { panic!("{effects:?}") };
    assert_eq!(problem.code.as_deref(), Some("limit:turns"));
    let next = bench.ask("go on");
    assert_eq!(results(opened(&next).expect("a new turn")).len(), 2);
}

#[test]
fn a_turn_ends_after_so_long() {
    let mut bench = Bench::equipped();
    bench.machine.settings.caps.max_wall = Some(Duration::from_secs(90));
    let began = bench.now.instant;
    bench.calls(&[("a", "bash", "{}")]);
    bench.planned(1, Access::WritesAny);
    bench.checked(1, Check::Go);
    assert_eq!(bench.machine.deadline(), Some(began + Duration::from_secs(90)));
    let effects = bench.wait();
    assert_eq!((&effects[0], ended(&effects)), (&Effect::StopRuns, vec![(1, RunEnd::Stopped)]));
    let Some(TurnEnd::Failed { problem, .. }) = end_of(&effects) else { panic!("{effects:?}") };
    assert_eq!(problem.code.as_deref(), Some("limit:wall"));
    assert_eq!(bench.machine.deadline(), None);
}

#[test]
fn a_turn_ends_after_so_many_credits() {
    let mut bench = Bench::equipped();
    let mut spec = ModelSpec::unknown("glm-4.7".into());
    spec.factors = Some(Factors { input: 1.0, cached: 1.0, output: 1.0 });
    bench.machine.settings.catalogue.models.push(spec);
    bench.machine.settings.caps.max_credits = Some(1.5);
    bench.ask("go");
    let call = |bench: &mut Bench| {
        let usage = Some(Usage { prompt: 10_000, ..Usage::default() });
        let call = crate::chat::ToolCall { name: "read".into(), ..Default::default() };
        bench.deltas(vec![Delta::Call(call), Delta::End { finish: Finish::ToolCalls, usage, model: None }]);
    };
    call(&mut bench);
    assert!(opened(&bench.does(1, "one")).is_some(), "one credit of one and a half");
    call(&mut bench);
    let Some(TurnEnd::Failed { problem, .. }) = end_of(&bench.does(2, "two")) else { panic!("no end") };
    assert_eq!(problem.code.as_deref(), Some("limit:credits"));
}

#[test]
fn endless_reasoning_is_asked_again_with_less_thinking_and_then_given_up() {
    let mut bench = Bench::equipped();
    let toggle = ModelSpec { thinking: ThinkingControl::Toggle, ..ModelSpec::unknown(ModelId::from("glm-4.7")) };
    let graded = ModelSpec { efforts: Effort::ALL.to_vec(), ..ModelSpec::unknown(ModelId::from("glm-5")) };
    bench.machine.settings.catalogue.models.extend([toggle, graded]);
    for (model, thinking, effort) in [("glm-4.7", false, None), ("glm-5", true, Some(Effort::Low))] {
        bench.command(Command::SetModel(model.into()));
        bench.ask("one");
        let effects = bench.deltas(vec![Delta::Reasoning("!".repeat(20_000))]);
        assert!(effects.contains(&Effect::Abort), "{effects:?}");
        let call = opened(&effects).expect("another try");
        assert_eq!((call.thinking, call.effort), (thinking, effort));
        let effects = bench.deltas(vec![Delta::Reasoning("!".repeat(20_000))]);
        assert!(matches!(end_of(&effects), Some(TurnEnd::Failed { .. })), "{effects:?}");
    }
    let effects = bench.ask("two");
    assert!(opened(&effects).is_some_and(|call| call.thinking && call.effort.is_none()), "the wish is as before");
}

#[test]
fn a_repair_is_told() {
    let mut bench = Bench::equipped();
    bench.ask("one");
    let effects = bench.on(Input::Deltas(bench.call, vec![Delta::Repaired("a tool name was cleaned")]));
    assert!(matches!(events(&effects)[..], [Event::Repaired { what: "a tool name was cleaned", .. }]), "{effects:?}");
}
