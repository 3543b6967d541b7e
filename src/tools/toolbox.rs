//! All tools of a session behind one door: plan, check, run.

use std::sync::{Arc, PoisonError};

use serde::{Deserialize, Serialize};

use serde_json::Value;

use super::{
    Bench, Outcome, Planned, Refusal,
    ask_user::AskUser,
    delete::Delete,
    dry::ApplyChanges,
    edit::Edit,
    exit_plan::ExitPlan,
    glob::Glob,
    grep::Grep,
    jobs::JobsTool,
    list::List,
    read::Read,
    shell::Shell,
    todo::Todo,
    tool::{Permit, Proposal, RunIo, Tool, Work},
    undo::{self, Undone},
    web_fetch::WebFetch,
    write::Write,
};
use crate::{
    chat::{Ask, PermissionMode, RunEnd, RunId, StepId, ToolCall, ToolSpec, TurnId},
    guard::{Need, Verdict},
    text::Clean,
};

/// All tools in the order in which the model is told of them; the order belongs to the cached prefix.
fn all() -> &'static [&'static dyn Tool] {
    &[
        &Read,
        &Edit,
        &Write,
        &List,
        &Glob,
        &Grep,
        &Shell,
        &ApplyChanges,
        &JobsTool,
        &Todo,
        &AskUser,
        &WebFetch,
        &ExitPlan,
        &Delete,
    ]
}

/// All tools of a session.
pub struct Toolbox {
    bench: Arc<Bench>,
    /// What this session offers; `specs` are theirs, in the same order.
    tools: Box<[&'static dyn Tool]>,
    specs: Arc<[ToolSpec]>,
}

/// What the policy says of a call.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum Check {
    /// It may run.
    Go,
    /// A person decides.
    Ask(Box<Ask>),
    /// It will not run; this is its outcome.
    Refuse(Box<Outcome>),
}

impl Toolbox {
    /// The tools over what they share.
    #[must_use]
    pub fn new(bench: Bench) -> Self {
        let tools: Box<[_]> = all().iter().copied().filter(|tool| tool.offered(&bench.options)).collect();
        let specs = tools.iter().map(|tool| tool.spec()).collect();
        Self { bench: Arc::new(bench), tools, specs }
    }

    /// What the model is told, the same bytes for the whole session.
    #[must_use]
    pub fn specs(&self) -> Arc<[ToolSpec]> {
        Arc::clone(&self.specs)
    }

    /// What the tools share.
    #[must_use]
    pub fn bench(&self) -> &Arc<Bench> {
        &self.bench
    }

    /// Reads a call.
    ///
    /// # Errors
    /// When there is no such tool, or its arguments cannot be understood; the text is for the model.
    pub fn plan(&self, call: &ToolCall) -> Result<Planned, Refusal> {
        let Some(tool) = self.find(&call.name) else {
            let names: Vec<&str> = self.specs.iter().map(|spec| spec.name.as_str()).collect();
            return Err(Refusal(format!("there is no tool of that name; there are: {}", names.join(", "))));
        };
        let text = call.arguments.trim();
        let args: Value = if text.is_empty() {
            Value::Object(serde_json::Map::new())
        } else {
            serde_json::from_str(text).map_err(|error| {
                Refusal(format!("the arguments are no valid JSON ({error}); call again with valid JSON"))
            })?
        };
        if !args.is_object() {
            return Err(Refusal("the arguments must be one JSON object; call again".into()));
        }
        tool.plan(args, &self.bench)
    }

    /// Asks the policy. Reads files and may try the sandbox, so it runs on a blocking thread.
    pub async fn check(&self, planned: &Planned, asker: (RunId, StepId), mode: PermissionMode) -> Check {
        let Some(tool) = self.find(planned.tool) else { return refuse("the tool is gone".into(), RunEnd::Failed) };
        let (planned, bench) = (planned.clone(), Arc::clone(&self.bench));
        let checked = tokio::task::spawn_blocking(move || {
            let proposal = tool.check(&planned, &bench)?;
            if matches!(proposal.need, Need::Command { .. }) {
                bench.learn_rung();
            }
            Ok(proposal)
        })
        .await;
        match checked {
            Ok(Ok(proposal)) => self.judge(proposal, asker, mode),
            Ok(Err(Refusal(why))) => refuse(why, RunEnd::Failed),
            Err(_) => refuse("the tool broke while it was prepared; try another way".into(), RunEnd::Failed),
        }
    }

    fn find(&self, name: &str) -> Option<&'static dyn Tool> {
        let at = self.specs.iter().position(|spec| spec.name == name)?;
        self.tools.get(at).copied()
    }

    fn judge(&self, proposal: Proposal, (run, step): (RunId, StepId), mode: PermissionMode) -> Check {
        let policy = self.bench.policy.lock().unwrap_or_else(PoisonError::into_inner);
        match policy.decide(&proposal.need, mode) {
            Verdict::Allow => Check::Go,
            Verdict::Deny(why) => refuse(why, RunEnd::Denied),
            Verdict::Ask(asking) => Check::Ask(Box::new(Ask {
                run,
                step,
                title: proposal.title,
                notes: asking.notes,
                body: proposal.body,
                place: Clean::strict(&self.bench.workspace.to_string_lossy()),
                reason: proposal.reason,
                session: asking.session.as_deref().map(Clean::strict),
                always: asking.always.as_deref().map(Clean::strict),
            })),
        }
    }

    /// Does it.
    pub async fn run(&self, planned: Planned, permit: Permit, io: RunIo) -> Outcome {
        let Some(tool) = self.find(planned.tool) else {
            return Outcome::failed(Refusal("the tool is gone".into()), Clean::trusted("gone"));
        };
        let mut outcome = tool.run(Work { planned, permit, bench: Arc::clone(&self.bench), io }).await;
        if let Some(news) = self.bench.jobs.news() {
            outcome.to_model.push('\n');
            outcome.to_model.push_str(&news);
        }
        outcome
    }

    /// Takes back what the newest turn did to files that is not taken back yet. Blocks.
    #[must_use]
    pub fn undo(&self) -> Undone {
        self.bench.watch.settle(&self.bench.ground(), undo::Running::Waits);
        undo::undo(&self.bench.ground())
    }

    /// Does again what the last undo took back. Blocks.
    #[must_use]
    pub fn redo(&self) -> Undone {
        self.bench.watch.settle(&self.bench.ground(), undo::Running::Waits);
        undo::redo(&self.bench.ground())
    }

    /// Takes back what this turn and all later ones did to files. Blocks.
    #[must_use]
    pub fn rewind_files(&self, before: TurnId) -> Undone {
        self.bench.watch.settle(&self.bench.ground(), undo::Running::Waits);
        undo::rewind(&self.bench.ground(), before)
    }

    /// Finishes an undo that a crash cut off; for a session that is gone on with, before anything else. Blocks.
    /// `None`: nothing had been cut off.
    #[must_use]
    pub fn finish_pending(&self) -> Option<Undone> {
        undo::finish_pending(&self.bench.ground())
    }

    /// Ends what the tools left running and waits for it, at most a few seconds.
    pub async fn close(&self) {
        self.bench.close().await;
    }
}

fn refuse(why: String, end: RunEnd) -> Check {
    let summary = Clean::trusted(if end == RunEnd::Denied { "denied" } else { "refused" });
    let mut outcome = Outcome::failed(Refusal(why), summary);
    outcome.end = end;
    Check::Refuse(Box::new(outcome))
}
