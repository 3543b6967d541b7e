//! Tools that speak to the person: the plan, questions, plans to approve.

use glm_tui::{
    chat::{AskBody, PermissionMode, PlanState, Reply, RunEnd},
    tools::Permit,
};
use serde_json::json;

use super::Desk;

#[tokio::test]
async fn the_plan_is_replaced_without_asking() {
    let desk = Desk::new();
    let args = json!({"items": [{"text": "a", "state": "active"}, {"text": "b", "state": "open"}]});
    let outcome = desk.try_call("todo", &args, |ask| panic!("asked: {}", ask.title)).await.unwrap();
    let plan = outcome.plan.unwrap();
    assert_eq!((plan[0].state, plan[1].text.as_str()), (PlanState::Active, "b"));
    assert!(outcome.to_model.len() < 40, "{}", outcome.to_model);
}

#[tokio::test]
async fn a_question_reaches_the_person_and_its_answer_the_model() {
    let mut desk = Desk::new();
    let args = json!({"question": "Which\u{1b}[2J?", "options": ["red", "bl\nue"], "many": true});
    let outcome = desk.try_call("ask_user", &args, |ask| {
        let AskBody::Question { question, options, many } = ask.body else { panic!("{:?}", ask.body) };
        assert_eq!(
            (question.as_str().contains('\u{1b}'), options[1].label.as_str(), many),
            (false, "bl⟨U+000A⟩ue", true)
        );
        Permit::Given(Reply::Chosen { picks: vec![0], text: Some("dark".into()) })
    });
    assert_eq!(outcome.await.unwrap().to_model, "The person answered: red\ndark");
    desk.options.interactive = false;
    let why = desk.refusal("ask_user", args).await;
    assert_eq!(why, "nobody can be asked; decide yourself and say so in your answer");
}

#[tokio::test]
async fn a_yes_to_the_plan_leaves_plan_mode() {
    let mut desk = Desk::new();
    let args = json!({"plan": "# Fix\n1. do it"});
    let outcome = desk.try_call("exit_plan", &args, |ask| {
        assert!(matches!(&ask.body, AskBody::Plan(plan) if plan.as_str() == "# Fix\n1. do it"), "{ask:?}");
        Permit::Given(Reply::Session)
    });
    let outcome = outcome.await.unwrap();
    assert_eq!((outcome.end, outcome.mode), (RunEnd::Ok, Some(PermissionMode::Edits)));
    desk.options.interactive = false;
    assert!(desk.refusal("exit_plan", args).await.starts_with("nobody can approve"));
}
