//! Events become entries, steps and marks.

use super::{Rig, card, id};
use crate::{
    app::Effect,
    chat::{Activity, Event, Finish, ModelId, TurnEnd},
    config::MouseMode,
    text::Clean,
};

#[test]
fn a_turn_becomes_entries() {
    let mut rig = Rig::new();
    rig.start(1, "go");
    rig.step(1, 1);
    rig.reasoning(1, 1, "let ");
    rig.reasoning(1, 1, "me");
    rig.ms(3000);
    rig.answer(1, 1, "so");
    rig.chat(Event::Steered { turn: id(1, 1).turn, prompt: Clean::new("also") });
    rig.answer(1, 1, " be it");
    assert_eq!(rig.kinds(), ["prompt go", "reasoning 1.1 let me", "answer 1.1 so be it…", "prompt* also"]);
    rig.step_ends(1, 1);
    rig.turn_ends(1, TurnEnd::Done);
    assert_eq!(rig.kinds()[2], "answer 1.1 so be it");
    let step = &rig.app.transcript.steps[0];
    assert_eq!(step.thought_for.unwrap().as_secs(), 3);
    assert_eq!(step.reasoning_chars, 6);
    assert_eq!(step.finish, Some(Finish::Stop));
}

#[test]
fn late_events_of_an_ended_turn_are_ignored() {
    let mut rig = Rig::new();
    rig.start(1, "go");
    rig.step(1, 1);
    rig.answer(1, 1, "a");
    rig.turn_ends(1, TurnEnd::Interrupted { untouched: None });
    rig.answer(1, 1, "b");
    rig.reasoning(1, 1, "c");
    rig.step(1, 2);
    rig.turn_ends(1, TurnEnd::Done);
    assert_eq!(rig.kinds(), ["prompt go", "answer 1.1 a", "mark interrupted"]);
    assert_eq!(rig.app.transcript.steps.len(), 1);
}

#[test]
fn a_repeated_call_begins_with_nothing() {
    let mut rig = Rig::new();
    rig.start(1, "go");
    rig.step(1, 1);
    rig.reasoning(1, 1, "x");
    rig.answer(1, 1, "half");
    rig.chat(Event::StepReset { step: id(1, 1) });
    assert_eq!(rig.kinds(), ["prompt go"]);
    rig.answer(1, 1, "whole");
    assert_eq!(rig.kinds(), ["prompt go", "answer 1.1 whole…"]);
    let ids: Vec<u64> = rig.app.transcript.entries.iter().map(|entry| entry.id.0).collect();
    assert!(ids.is_sorted() && ids[1] == 4, "ids are never given twice: {ids:?}");
}

#[test]
fn revisions_grow_with_the_text() {
    let mut rig = Rig::new();
    rig.start(1, "go");
    rig.step(1, 1);
    rig.answer(1, 1, "a");
    let before = rig.app.transcript.entries[1].revision;
    rig.answer(1, 1, "b");
    assert!(rig.app.transcript.entries[1].revision > before);
}

#[test]
fn marks() {
    let ended = |finish| Event::StepEnded { step: id(1, 1), finish, usage: None, credits: None, served_by: None };
    let rows = [
        (ended(Finish::Length), "mark the reply reached its limit of tokens and is cut"),
        (ended(Finish::Cut), "mark the stream was cut here"),
        (
            Event::StepEnded {
                step: id(1, 1),
                finish: Finish::Stop,
                usage: None,
                credits: None,
                served_by: Some(ModelId::from("glm-x")),
            },
            "mark step 1.1 was served by glm-x",
        ),
    ];
    for (event, wanted) in rows {
        let mut rig = Rig::new();
        rig.start(1, "go");
        rig.step(1, 1);
        rig.chat(event);
        assert_eq!(rig.kinds()[1], wanted);
    }
}

fn model(id: &str) -> Event {
    Event::Model { id: ModelId::from(id), thinking: true, effort: None }
}

#[test]
fn a_model_switch_is_marked_once() {
    let mut rig = Rig::new();
    rig.chat(model("glm-5"));
    assert!(rig.kinds().is_empty(), "nothing was asked yet");
    rig.start(1, "go");
    rig.step(1, 1);
    rig.chat(model("glm-4.7"));
    assert_eq!(rig.kinds()[1], "mark model glm-4.7 from step 1.2");
    rig.chat(model("glm-5.3"));
    assert_eq!(rig.kinds()[1], "mark model glm-5.3 from step 1.2");
    rig.chat(model("glm-5"));
    assert_eq!(rig.kinds().len(), 1, "back where it was");
    rig.turn_ends(1, TurnEnd::Done);
    rig.chat(model("glm-4.7"));
    assert_eq!(rig.kinds()[1], "mark model glm-4.7 from step 2.1");
}

#[test]
fn f2_goes_round_the_ring_and_keeps_the_draft() {
    let mut rig = Rig::new();
    let mut cards = vec![card("glm-4.7", 4.6), card("glm-5", 5.0), card("glm-5.3", 6.9)];
    rig.chat(Event::Models(cards.clone()));
    let switched = |effects: Vec<Effect>| match effects.as_slice() {
        [Effect::Send(crate::chat::Command::SetModel(id))] => id.to_string(),
        other => format!("{other:?}"),
    };
    rig.keys("draft");
    assert_eq!(switched(rig.keys("<f2>")), "glm-4.7");
    assert_eq!(rig.toast(), "next: glm-4.7 · about 1/3 fewer credits");
    assert_eq!(switched(rig.keys("<f2>")), "glm-5");
    assert_eq!(switched(rig.keys("<s-f2>")), "glm-4.7");
    assert_eq!(switched(rig.keys("<s-f2>")), "glm-5.3");
    assert_eq!(rig.toast(), "next: glm-5.3 · about half more credits");
    cards[0].refused = Some("not in your plan".into());
    rig.chat(Event::Models(cards));
    assert_eq!(switched(rig.keys("<c-x>.")), "glm-5", "a refused model is skipped");
    assert_eq!(rig.text(), "draft");
}

#[test]
fn effort_and_thinking_say_what_a_model_lacks() {
    use crate::chat::{Command::SetEffort, Effort};
    let mut rig = Rig::new();
    let mut plain = card("glm-5.3", 1.0);
    plain.can_rest = false;
    rig.chat(Event::Models(vec![plain.clone()]));
    assert!(rig.keys("<a-,>").is_empty());
    assert_eq!(rig.toast(), "glm-5.3 has no grades of effort");
    assert!(rig.keys("<a-t>").is_empty());
    assert_eq!(rig.toast(), "glm-5.3 always thinks");
    plain.efforts = vec![Effort::Low, Effort::Max];
    rig.chat(Event::Models(vec![plain]));
    assert!(rig.keys("<a-.>").is_empty(), "the default is the top");
    assert_eq!(rig.keys("<a-,>"), [Effect::Send(SetEffort(Some(Effort::Low)))]);
    assert_eq!(rig.keys("<c-x>+"), [Effect::Send(SetEffort(Some(Effort::Max)))]);
}

#[test]
fn a_new_session_forgets_the_conversation_not_the_draft() {
    let mut rig = Rig::new();
    rig.turn(1, "go", "x", "y");
    rig.keys("draft<c-x>n");
    assert_eq!(rig.app.transcript.entries.len(), 3, "it stays until the new one is there");
    rig.chat(Event::Restored(Box::default()));
    assert!(rig.app.transcript.entries.is_empty() && rig.app.transcript.steps.is_empty());
    assert_eq!(rig.text(), "draft");
}

#[test]
fn speed_is_measured_and_forgotten() {
    let mut rig = Rig::new();
    rig.start(1, "go");
    rig.step(1, 1);
    for _ in 0..20 {
        rig.ms(100);
        rig.answer(1, 1, "abcd");
    }
    let speed = rig.app.live.speed.unwrap();
    assert!((8.0..=13.0).contains(&speed), "ten tokens a second, not {speed}");
    rig.step_ends(1, 1);
    assert_eq!(rig.app.live.speed, None);
}

#[test]
fn what_stays_after_leaving() {
    let mut rig = Rig::new();
    rig.turn(1, "first", "", "one");
    rig.turn(2, "second", "secret thought", "two");
    let text = rig.app.exit_text();
    assert_eq!(text, "› second\n\ntwo\n\nStart again: glm-tui\n");
    assert_eq!(rig.app.title(), "glm-tui ~/src/app");
    rig.turn(3, &"line\n".repeat(500), "", "three");
    assert_eq!(rig.app.exit_text().lines().count(), 10, "a long prompt is cut");
}

#[test]
fn small_things() {
    let mut rig = Rig::new();
    assert_eq!(rig.keys("<c-x>y"), []);
    assert_eq!(rig.toast(), "there is no answer to copy yet");
    rig.turn(1, "go", "", "the *answer*");
    assert_eq!(rig.keys("<c-x>y"), [Effect::Copy("the *answer*".into())]);
    assert_eq!(rig.keys("<c-l><c-z>"), [Effect::Repaint, Effect::Suspend]);
    assert_eq!(rig.keys("<c-x>M"), [Effect::Mouse(MouseMode::Off)]);
    assert_eq!(rig.keys("<c-x>M"), [Effect::Mouse(MouseMode::Full)]);
    rig.chat(Event::Activity(Activity::Waiting));
    assert_eq!(rig.app.live.activity, Activity::Waiting);
}
