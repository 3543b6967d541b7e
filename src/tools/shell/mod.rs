//! The tool `shell`: a command line in the cage, with live output, a time limit and a way to the background.
//!
//! Owns the call and its words. How a process is run and ended is [`crate::guard::runner`]'s, what may run is
//! the policy's.

mod call;
mod words;
mod work;

use futures_util::future::BoxFuture;
use serde_json::Value;

use super::{
    Access, Bench, Outcome, Planned, Refusal, schema,
    tool::{Proposal, Tool, Work},
};
use crate::{
    chat::{AskBody, RunKind, ToolSpec},
    text::Clean,
};
use call::{Args, Call, shown};

/// Characters of the reason that a person is shown.
const REASON: usize = 200;

/// The tool.
pub(super) struct Shell;

impl Tool for Shell {
    fn spec(&self) -> ToolSpec {
        schema::spec::<Args>("shell", include_str!("../../../assets/tools/shell.md"))
    }

    fn plan(&self, args: Value, bench: &Bench) -> Result<Planned, Refusal> {
        let call = Call::read(args.clone(), bench)?;
        let target = shown(&call.args.command);
        Ok(Planned {
            tool: "shell",
            kind: RunKind::Command,
            verb: match (call.args.background, call.args.dry_run) {
                (true, _) => "Start",
                (false, true) => "Try",
                (false, false) => "Run",
            },
            target,
            access: if call.only_reads(bench) { Access::ReadsAny } else { Access::WritesAny },
            args,
        })
    }

    fn check(&self, planned: &Planned, bench: &Bench) -> Result<Proposal, Refusal> {
        let call = Call::read(planned.args.clone(), bench)?;
        let title = match (call.args.unsandboxed, call.args.network) {
            (true, _) => "run a command outside the sandbox",
            (false, true) if call.args.dry_run => "try a command with the network; it changes no file yet",
            (false, true) => "run a command with the network",
            (false, false) if call.args.dry_run => "try a command; it changes nothing yet",
            (false, false) => "run a command",
        };
        let reason = call.args.reason.as_deref().map(|why| why.trim().chars().take(REASON).collect::<String>());
        Ok(Proposal {
            need: call.need(),
            title: Clean::trusted(title),
            body: AskBody::Command { shown: planned.target.clone(), raw: call.args.command },
            reason: reason.filter(|why| !why.is_empty()).map(|why| Clean::strict(&why)),
        })
    }

    fn run(&self, work: Work) -> BoxFuture<'static, Outcome> {
        Box::pin(async move {
            match work::run(work).await {
                Ok(outcome) => outcome,
                Err(why) => Outcome::failed(why, Clean::trusted("not started")),
            }
        })
    }
}
