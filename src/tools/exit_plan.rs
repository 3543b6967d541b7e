//! The tool `exit_plan`: shows a plan to the person, whose yes leaves plan mode. Changes nothing itself.

use futures_util::future::BoxFuture;
use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::Value;

use super::{
    Access, Bench, Outcome, Planned, Refusal, schema,
    tool::{Permit, Proposal, Tool, Work},
};
use crate::{
    chat::{AskBody, Detail, PermissionMode, Reply, RunEnd, RunKind, ToolSpec},
    guard::Need,
    text::Clean,
};

/// Bytes of a plan: more is nothing that a person reads before a yes.
const PLAN: usize = 32 << 10;

/// The tool.
pub(super) struct ExitPlan;

#[derive(Deserialize, JsonSchema)]
struct Args {
    /// The plan, Markdown.
    plan: String,
}

fn read(args: Value) -> Result<Args, Refusal> {
    let args: Args = schema::args(args)?;
    match args.plan.trim().len() {
        0 => Err(Refusal("the plan is empty".into())),
        n if n > PLAN => Err(Refusal(format!("the plan has {n} bytes, at most {PLAN} can be shown; shorten it"))),
        _ => Ok(args),
    }
}

impl Tool for ExitPlan {
    fn spec(&self) -> ToolSpec {
        schema::spec::<Args>("exit_plan", include_str!("../../assets/tools/exit_plan.md"))
    }

    fn plan(&self, args: Value, _bench: &Bench) -> Result<Planned, Refusal> {
        let plan = read(args.clone())?.plan;
        let first = plan.lines().find(|line| !line.trim().is_empty()).unwrap_or_default();
        let target = Clean::strict(first.trim_start_matches(['#', ' ']).trim());
        Ok(Planned {
            tool: "exit_plan",
            kind: RunKind::Question,
            verb: "Propose",
            target,
            access: Access::Nothing,
            args,
        })
    }

    fn check(&self, planned: &Planned, bench: &Bench) -> Result<Proposal, Refusal> {
        if !bench.options.interactive {
            return Err(Refusal("nobody can approve a plan here; give the plan as your answer and end".into()));
        }
        let body = AskBody::Plan(Clean::new(read(planned.args.clone())?.plan.trim()));
        Ok(Proposal { need: Need::Person, title: Clean::trusted("start on this plan"), body, reason: None })
    }

    fn run(&self, work: Work) -> BoxFuture<'static, Outcome> {
        Box::pin(async move {
            match read(work.planned.args) {
                Ok(args) => decided(&args, &work.permit),
                Err(why) => Outcome::failed(why, Clean::trusted("refused")),
            }
        })
    }
}

/// The mode that a yes leads to, as the tool's result.
fn decided(args: &Args, permit: &Permit) -> Outcome {
    let (mode, told) = match permit {
        Permit::Given(Reply::Once) => (PermissionMode::Ask, "The person approved the plan. Begin."),
        Permit::Given(Reply::Session | Reply::Always) => {
            (PermissionMode::Edits, "The person approved the plan and lets you edit files unasked. Begin.")
        }
        _ => {
            let why = Refusal("the plan is not approved; stay with reading and ask what should change".into());
            return Outcome::failed(why, Clean::trusted("not approved"));
        }
    };
    let detail = Detail::Text(Clean::new(args.plan.trim()));
    Outcome { detail, mode: Some(mode), ..Outcome::new(RunEnd::Ok, told, Clean::trusted("approved")) }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::{decided, read};
    use crate::{
        chat::{PermissionMode, Reply},
        tools::Permit,
    };

    #[test]
    fn only_a_yes_leaves_plan_mode() {
        let args = read(json!({"plan": "1. Fix it"})).unwrap();
        let cases = [
            (Permit::Given(Reply::Once), Some(PermissionMode::Ask)),
            (Permit::Given(Reply::Session), Some(PermissionMode::Edits)),
            (Permit::Given(Reply::No { why: None }), None),
            (Permit::Given(Reply::Chosen { picks: vec![0], text: None }), None),
            (Permit::Unasked, None),
        ];
        for (permit, mode) in cases {
            assert_eq!(decided(&args, &permit).mode, mode, "{permit:?}");
        }
        assert!(read(json!({"plan": " \n"})).is_err() && read(json!({"plan": "x".repeat(40_000)})).is_err());
    }
}
