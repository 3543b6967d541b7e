//! `glm-tui tool NAME --json ARGS`: one tool call in this folder, as the agent would make it with every
//! approval given. For trying a tool, and for tests that need no model.

use std::{sync::Arc, time::Instant};

use serde_json::json;
use tokio_util::sync::CancellationToken;

use super::{
    exit::{Exit, complain, print},
    opened::{Shelf, Wanted},
    session::{Session, Shape},
    start::Start,
};
use crate::{
    chat::{CallId, Detail, PermissionMode, Reply, RunEnd, RunId, StepId, ToolCall, TurnId},
    tools::{Check, Outcome, Permit, RunIo, Toolbox},
};

/// Runs the call and prints one JSON object.
pub(super) async fn run(start: &Start, name: String, arguments: String) -> Exit {
    let opened = Shelf::new(start).open(&Wanted::New);
    let session = opened.and_then(|opened| Session::build(start, Shape::alone(), &opened));
    let session = match session {
        Ok(session) => session,
        Err((problem, exit)) => {
            complain(&problem);
            return exit;
        }
    };
    let call = ToolCall { id: CallId(String::new()), name, arguments };
    let began = clock();
    let outcome = outcome(&session.toolbox, &call).await;
    let took = clock().saturating_duration_since(began);
    session.toolbox.close().await;
    let ok = outcome.end == RunEnd::Ok;
    let object = json!({
        "ok": ok, "output": outcome.to_model, "summary": outcome.summary.as_str(), "images": outcome.images.len(),
        "changed": matches!(outcome.detail, Detail::Change(_)), "duration_ms": took.as_millis(),
    });
    print(&format!("{object}\n"));
    if ok { Exit::Ok } else { Exit::Failure }
}

async fn outcome(toolbox: &Toolbox, call: &ToolCall) -> Outcome {
    let planned = match toolbox.plan(call) {
        Ok(planned) => planned,
        Err(refusal) => return Outcome::failed(refusal, crate::text::Clean::trusted("refused")),
    };
    let permit = match toolbox.check(&planned, (RunId(1), StepId::default()), PermissionMode::Yolo).await {
        Check::Go => Permit::Unasked,
        Check::Ask(_) => Permit::Given(Reply::Once),
        Check::Refuse(outcome) => return *outcome,
    };
    let io = RunIo {
        run: RunId(1),
        // No turn of a conversation: it is none that could be gone on with.
        turn: TurnId(0),
        progress: Arc::new(|_| {}),
        cancel: CancellationToken::new(),
        background: CancellationToken::new(),
    };
    toolbox.run(planned, permit, io).await
}

#[expect(clippy::disallowed_methods, reason = "how long the call took is told at its end")]
fn clock() -> Instant {
    Instant::now()
}
