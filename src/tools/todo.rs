//! The tool `todo`: the model's plan for the work, replaced as a whole. Touches nothing outside the session.

use futures_util::future::BoxFuture;
use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::Value;

use super::{
    Access, Bench, Outcome, Planned, Refusal, schema,
    tool::{Proposal, Tool, Work},
};
use crate::{
    chat::{AskBody, Detail, PlanItem, PlanState, RunEnd, RunKind, ToolSpec},
    guard::Need,
    text::Clean,
};

/// Items of a plan: a longer one is no overview.
const ITEMS: usize = 50;
/// Characters of an item.
const TEXT: usize = 200;

/// The tool.
pub(super) struct Todo;

#[derive(Deserialize, JsonSchema)]
struct Args {
    /// The whole plan in order; at most one item active.
    items: Vec<Item>,
}

#[derive(Deserialize, JsonSchema)]
struct Item {
    text: String,
    state: State,
}

#[derive(Clone, Copy, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
enum State {
    #[serde(alias = "pending")]
    Open,
    #[serde(alias = "in_progress")]
    Active,
    #[serde(alias = "completed")]
    Done,
}

fn read(args: Value) -> Result<Vec<PlanItem>, Refusal> {
    let Args { items } = schema::args(args)?;
    let n_active = items.iter().filter(|item| item.state == State::Active).count();
    if n_active > 1 {
        return Err(Refusal(format!("{n_active} items are active; mark one, the others open; nothing was changed")));
    }
    if items.len() > ITEMS {
        return Err(Refusal(format!("{} items are too many: at most {ITEMS}; join small ones", items.len())));
    }
    if items.iter().any(|item| item.text.trim().is_empty()) {
        return Err(Refusal("an item has no text; nothing was changed".into()));
    }
    Ok(items.iter().map(plan_item).collect())
}

fn plan_item(item: &Item) -> PlanItem {
    let text: String = item.text.trim().chars().take(TEXT).collect();
    let state = match item.state {
        State::Open => PlanState::Open,
        State::Active => PlanState::Active,
        State::Done => PlanState::Done,
    };
    PlanItem { text: Clean::strict(&text), state }
}

fn counted(plan: &[PlanItem]) -> String {
    let n_done = plan.iter().filter(|item| item.state == PlanState::Done).count();
    if plan.is_empty() { "cleared".to_owned() } else { format!("{n_done}/{}", plan.len()) }
}

impl Tool for Todo {
    fn spec(&self) -> ToolSpec {
        schema::spec::<Args>("todo", include_str!("../../assets/tools/todo.md"))
    }

    fn plan(&self, args: Value, _bench: &Bench) -> Result<Planned, Refusal> {
        let plan = read(args.clone())?;
        let active = plan.into_iter().find(|item| item.state == PlanState::Active);
        Ok(Planned {
            tool: "todo",
            kind: RunKind::Plan,
            verb: "Plan",
            target: active.map_or_else(Clean::default, |item| item.text),
            access: Access::Nothing,
            args,
        })
    }

    fn check(&self, _planned: &Planned, _bench: &Bench) -> Result<Proposal, Refusal> {
        let title = Clean::trusted("change the plan");
        Ok(Proposal { need: Need::Nothing, title, body: AskBody::Plain(Clean::default()), reason: None })
    }

    fn run(&self, work: Work) -> BoxFuture<'static, Outcome> {
        Box::pin(async move {
            match read(work.planned.args) {
                Ok(plan) => done(plan),
                Err(why) => Outcome::failed(why, Clean::trusted("refused")),
            }
        })
    }
}

fn done(plan: Vec<PlanItem>) -> Outcome {
    let count = counted(&plan);
    let marked = |item: &PlanItem| {
        let mark = match item.state {
            PlanState::Open => "[ ] ",
            PlanState::Active => "[~] ",
            PlanState::Done => "[x] ",
        };
        format!("{mark}{}\n", item.text)
    };
    let detail = Detail::Text(Clean::new(&plan.iter().map(marked).collect::<String>()));
    let told = format!("plan: {count} done");
    Outcome {
        detail,
        plan: Some(plan),
        ..Outcome::new(RunEnd::Ok, if count == "cleared" { "plan cleared".into() } else { told }, Clean::strict(&count))
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::{done, read};
    use crate::{chat::PlanState, tools::Refusal};

    #[test]
    fn a_plan_is_replaced_whole() {
        let plan = read(json!({"items": [
            {"text": "look", "state": "done"}, {"text": "fix\u{1b}[2J", "state": "in_progress"}, {"text": "test", "state": "open"}
        ]}));
        let outcome = done(plan.unwrap());
        assert_eq!(outcome.to_model, "plan: 1/3 done");
        let plan = outcome.plan.unwrap();
        let states: Vec<_> = plan.iter().map(|item| item.state).collect();
        assert_eq!(states, [PlanState::Done, PlanState::Active, PlanState::Open]);
        assert_eq!(plan[1].text.as_str(), "fix⟨U+001B⟩[2J");
        let outcome = done(read(json!({"items": []})).unwrap());
        assert_eq!((outcome.to_model.as_str(), outcome.plan), ("plan cleared", Some(Vec::new())));
    }

    #[test]
    fn a_plan_that_is_none_changes_nothing() {
        let item = |state: &str| json!({"text": "x", "state": state});
        let cases = [
            (json!({"items": [item("active"), item("active")]}), "2 items are active"),
            (json!({"items": vec![item("open"); 51]}), "51 items are too many"),
            (json!({"items": [{"text": " ", "state": "open"}]}), "no text"),
            (json!({"items": [item("doing")]}), "`items[0].state`: expected one of open"),
            (json!({"plan": []}), "there is no field `plan`"),
        ];
        for (args, want) in cases {
            let Err(Refusal(why)) = read(args) else { panic!("{want}") };
            assert!(why.contains(want), "{why}");
        }
    }
}
