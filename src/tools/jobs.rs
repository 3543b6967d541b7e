//! The tool `jobs`: looks at background commands and ends them. Owns the call, not the jobs.

use std::time::Duration;

use futures_util::future::BoxFuture;
use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::Value;

use super::{
    Access, Bench, Jobs, Outcome, Planned, Refusal,
    background::Part,
    schema,
    tool::{Proposal, Tool, Work},
};
use crate::{
    chat::{AskBody, Detail, JobId, RunEnd, RunKind, ToolSpec},
    guard::{Need, output::bounded},
    text::Clean,
};

/// Longest wait for a job's end in one call, in seconds.
const WAIT: u32 = 120;
/// How long a job that was killed may take until the call says so: the runner needs at most this.
const KILLED: Duration = Duration::from_secs(4);

/// The tool.
pub(super) struct JobsTool;

#[derive(Deserialize, JsonSchema)]
struct Args {
    action: Action,
    /// Number of the job, for `output` and `kill`.
    job: Option<u32>,
    /// With `output`: everything, not only what is new.
    #[serde(default)]
    whole: bool,
    /// With `output`: wait so long for the job to end, at most 120.
    wait_seconds: Option<u32>,
}

#[derive(Clone, Copy, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
enum Action {
    List,
    Output,
    #[serde(alias = "stop")]
    Kill,
}

impl Args {
    fn job(&self) -> Result<JobId, Refusal> {
        self.job.map(JobId).ok_or_else(|| Refusal("`job` is missing: its number is needed".into()))
    }
}

impl Tool for JobsTool {
    fn spec(&self) -> ToolSpec {
        schema::spec::<Args>("jobs", include_str!("../../assets/tools/jobs.md"))
    }

    fn plan(&self, args: Value, bench: &Bench) -> Result<Planned, Refusal> {
        let read: Args = schema::args(args.clone())?;
        let verb = match read.action {
            Action::List => "List jobs",
            Action::Output => "Look at job",
            Action::Kill => "End job",
        };
        let target = if read.action == Action::List {
            Clean::default()
        } else {
            let id = read.job()?;
            let command = bench.jobs.command(id).unwrap_or_default();
            Clean::strict(format!("{} {command}", id.0).trim_end())
        };
        Ok(Planned { tool: "jobs", kind: RunKind::Command, verb, target, access: Access::Nothing, args })
    }

    fn check(&self, planned: &Planned, _bench: &Bench) -> Result<Proposal, Refusal> {
        let title = Clean::trusted("look after background jobs");
        Ok(Proposal { need: Need::Nothing, title, body: AskBody::Plain(planned.target.clone()), reason: None })
    }

    fn run(&self, work: Work) -> BoxFuture<'static, Outcome> {
        Box::pin(async move {
            match answer(work).await {
                Ok((told, summary)) => Outcome {
                    detail: Detail::Text(bounded(&told)),
                    ..Outcome::new(RunEnd::Ok, told, Clean::strict(&summary))
                },
                Err(why) => Outcome::failed(why, Clean::trusted("no such job")),
            }
        })
    }
}

async fn answer(work: Work) -> Result<(String, String), Refusal> {
    let args: Args = schema::args(work.planned.args)?;
    let jobs = &work.bench.jobs;
    match args.action {
        Action::List => Ok((jobs.list(), String::new())),
        Action::Output => {
            let id = args.job()?;
            let wait = args.wait_seconds.unwrap_or(0).min(WAIT);
            let mut ended = jobs.ended(id)?;
            tokio::select! {
                _ = ended.wait_for(Option::is_some) => {}
                () = work.io.cancel.cancelled() => {}
                () = tokio::time::sleep(Duration::from_secs(wait.into())) => {}
            }
            shown(jobs, id, if args.whole { Part::Whole } else { Part::New })
        }
        Action::Kill => {
            let id = args.job()?;
            let mut ended = jobs.ended(id)?;
            // One that has ended already is as good.
            let _ = jobs.stop(id);
            let _ = tokio::time::timeout(KILLED, ended.wait_for(Option::is_some)).await;
            shown(jobs, id, Part::New)
        }
    }
}

fn shown(jobs: &Jobs, id: JobId, part: Part) -> Result<(String, String), Refusal> {
    let text = jobs.output(id, part)?;
    let summary = if jobs.ended(id)?.borrow().is_some() { "ended" } else { "running" };
    Ok((text, summary.to_owned()))
}
