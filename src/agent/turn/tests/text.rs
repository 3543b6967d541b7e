//! Prompts, texts, failures and silence.

use std::time::Duration;

use super::{Bench, end_of, events, opened, said};
use crate::{
    agent::effect::{Effect, Input},
    chat::{Activity, Command, Event, Finish, ModelId, Role, TurnEnd, Usage},
    config::Limits,
    glm::{Delta, ErrorKind},
};

#[test]
fn a_turn_streams_both_texts_and_goes_into_the_history_raw() {
    let mut bench = Bench::new();
    bench.ask("hi");
    bench.on(Input::Opened(bench.call));
    let effects = bench.deltas(vec![
        Delta::Reasoning("\nhm \u{1b}[31mred".into()),
        Delta::Answer("hello".into()),
        Delta::End { finish: Finish::Stop, usage: Some(Usage::default()), model: Some("glm-4.7".into()) },
    ]);
    let texts: Vec<String> = events(&effects)
        .iter()
        .filter_map(|e| match e {
            Event::Reasoning { text, .. } => Some(format!("r:{}", text.as_str())),
            Event::Answer { text, .. } => Some(format!("a:{}", text.as_str())),
            _ => None,
        })
        .collect();
    assert!(texts.iter().all(|t| !t.contains('\u{1b}')), "{texts:?}");
    assert!(texts[0].starts_with("r:hm"), "{texts:?}");
    assert_eq!(end_of(&effects), Some(TurnEnd::Done));
    let next = bench.ask("more");
    let messages = &opened(&next).expect("a call").messages;
    assert_eq!(messages[2].reasoning.as_deref(), Some("\nhm \u{1b}[31mred"), "reasoning goes back unmodified");
}

#[test]
fn the_prefix_of_each_request_is_the_request_before_it() {
    let mut bench = Bench::new();
    let mut before = Vec::new();
    for n in 0..4 {
        let effects = bench.ask(&format!("question {n}"));
        let messages = opened(&effects).expect("a call").messages.clone();
        assert_eq!(messages[..before.len()], before[..]);
        before = messages;
        bench.says("an answer");
        bench.ends();
    }
}

#[test]
fn steered_prompts_come_at_the_next_step_and_queued_ones_after_the_turn() {
    let mut bench = Bench::new();
    bench.ask("one");
    bench.command(Command::Queue("three".into()));
    bench.command(Command::Submit("two".into()));
    bench.says("first");
    let effects = bench.ends();
    assert_eq!(
        said(opened(&effects).expect("the next step")),
        [(Role::User, "one"), (Role::Assistant, "first"), (Role::User, "two")]
    );
    assert_eq!(end_of(&effects), None, "the turn goes on");
    bench.says("second");
    let effects = bench.ends();
    assert_eq!(end_of(&effects), Some(TurnEnd::Done));
    assert_eq!(said(opened(&effects).expect("the queued turn")).last(), Some(&(Role::User, "three")));
}

#[test]
fn the_newest_waiting_prompt_can_be_taken_back() {
    let mut bench = Bench::new();
    bench.ask("one");
    bench.command(Command::Queue("two".into()));
    let effects = bench.command(Command::Recall);
    assert!(events(&effects).contains(&&Event::Recalled("two".into())));
    bench.says("done");
    assert!(opened(&bench.ends()).is_none());
}

#[test]
fn an_interrupt_gives_the_prompt_back_only_if_nothing_came() {
    let mut bench = Bench::new();
    bench.ask("one");
    let effects = bench.command(Command::Interrupt);
    assert_eq!(end_of(&effects), Some(TurnEnd::Interrupted { untouched: Some("one".into()) }));
    assert!(effects.contains(&Effect::Abort));
    bench.ask("two");
    bench.says("half an ans");
    let effects = bench.command(Command::Interrupt);
    assert_eq!(end_of(&effects), Some(TurnEnd::Interrupted { untouched: None }));
    let next = bench.ask("three");
    assert_eq!(
        said(opened(&next).expect("a call")),
        [(Role::User, "two"), (Role::Assistant, "half an ans"), (Role::User, "three")]
    );
}

#[test]
fn a_failure_before_any_text_is_retried_with_one_prompt_in_the_history() {
    let mut bench = Bench::new();
    bench.ask("one");
    let effects = bench.fails(ErrorKind::Connect, None);
    let retrying =
        events(&effects).iter().any(|e| matches!(e, Event::Activity(Activity::Retrying { attempt: 2, of: 8, .. })));
    assert!(retrying, "{effects:?}");
    let effects = bench.wait();
    assert_eq!(said(opened(&effects).expect("the retry")), [(Role::User, "one")]);
    let started = events(&effects).iter().any(|e| matches!(e, Event::StepStarted { .. }));
    assert!(!started, "the same step goes on");
}

#[test]
fn a_cut_answer_is_kept_and_its_retry_repeats_nothing() {
    let mut bench = Bench::new();
    bench.ask("one");
    bench.says("The first half of the answer");
    let effects = bench.fails(ErrorKind::Cut, None);
    let cut = events(&effects).iter().any(|e| matches!(e, Event::StepEnded { finish: Finish::Cut, .. }));
    assert!(cut, "{effects:?}");
    bench.wait();
    let effects = bench.says("The first half of the answer, and the second");
    let text = events(&effects).iter().find_map(|e| {
        if let Event::Answer { text, step } = e { Some((text.as_str().to_owned(), step.step)) } else { None }
    });
    assert_eq!(text, Some((", and the second".into(), 2)));
    assert_eq!(end_of(&bench.ends()), Some(TurnEnd::Done));
}

#[test]
fn a_short_beginning_is_shown_anew() {
    let mut bench = Bench::new();
    bench.ask("one");
    bench.says("Hel");
    bench.fails(ErrorKind::Cut, None);
    bench.wait();
    let effects = bench.says("Hello there");
    assert!(matches!(events(&effects)[0], Event::StepReset { .. }), "{effects:?}");
}

#[test]
fn late_news_of_an_abandoned_call_is_ignored() {
    let mut bench = Bench::new();
    bench.ask("one");
    let old = bench.call;
    bench.command(Command::Interrupt);
    bench.ask("two");
    assert_eq!(bench.on(Input::Deltas(old, vec![Delta::Answer("late".into())])), []);
    assert_eq!(bench.on(Input::Opened(old)), []);
}

#[test]
fn a_switched_model_is_asked_from_the_next_call_on() {
    let mut bench = Bench::new();
    assert_eq!(opened(&bench.ask("one")).expect("a call").model.id, ModelId::from("glm-4.7"));
    bench.command(Command::SetModel("glm-5".into()));
    bench.command(Command::Submit("steer".into()));
    bench.says("an answer");
    let effects = bench.ends();
    assert_eq!(opened(&effects).expect("the next step").model.id, ModelId::from("glm-5"));
}

#[test]
fn a_model_that_the_plan_refuses_gives_way_to_the_next_of_the_ring() {
    let mut bench = Bench::new();
    bench.ask("one");
    let effects = bench.fails(ErrorKind::Status, Some("1311"));
    assert_eq!(opened(&effects).expect("a call").model.id, ModelId::from("glm-5"));
    let effects = bench.fails(ErrorKind::Status, Some("1311"));
    let Some(TurnEnd::Failed { untouched, .. }) = end_of(&effects) else { panic!("{effects:?}") };
    assert_eq!(untouched.as_deref(), Some("one"));
}

#[test]
fn refusals_end_the_turn_at_once_and_tries_are_capped() {
    for code in ["1113", "1308", "1309", "1310", "1313", "1001"] {
        let mut bench = Bench::new();
        bench.ask("one");
        assert!(end_of(&bench.fails(ErrorKind::Status, Some(code))).is_some(), "{code} is not retried");
    }
    let mut bench = Bench::new();
    bench.ask("one");
    for _ in 1..Limits::default().tries {
        assert_eq!(end_of(&bench.fails(ErrorKind::Connect, None)), None);
        bench.wait();
    }
    assert!(end_of(&bench.fails(ErrorKind::Connect, None)).is_some(), "the last try was the last");
}

#[test]
fn silence_is_a_failure_after_its_limit_and_events_push_it_back() {
    let mut bench = Bench::new();
    bench.ask("one");
    bench.on(Input::Opened(bench.call));
    bench.now.instant += Duration::from_secs(500);
    bench.says("still here, writing");
    let deadline = bench.machine.deadline().expect("a watchdog");
    assert_eq!(deadline, bench.now.instant + Duration::from_secs(600));
    bench.deltas(Vec::new());
    assert_eq!(bench.machine.deadline(), Some(deadline), "bytes without an event do not count");
    let effects = bench.wait();
    assert!(effects.contains(&Effect::Abort), "{effects:?}");
    let retrying = events(&effects).iter().any(|e| matches!(e, Event::Activity(Activity::Retrying { .. })));
    assert!(retrying, "{effects:?}");
}

#[test]
fn a_model_that_only_thought_is_asked_once_for_its_answer() {
    let mut bench = Bench::new();
    bench.ask("one");
    bench.deltas(vec![Delta::Reasoning("I know it".into())]);
    let effects = bench.ends();
    assert!(opened(&effects).is_some() && end_of(&effects).is_none());
    bench.deltas(vec![Delta::Reasoning("again".into())]);
    assert_eq!(end_of(&bench.ends()), Some(TurnEnd::Done), "only once");
}
