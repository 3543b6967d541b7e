//! The tool `glob`: files by the pattern of their names, newest first. Opens no file.

use std::{
    cmp::Reverse,
    collections::BinaryHeap,
    path::PathBuf,
    sync::{Mutex, PoisonError},
    time::SystemTime,
};

use futures_util::future::BoxFuture;
use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::Value;

use super::{
    Bench, Outcome, Planned, Refusal, schema,
    start::Start,
    tool::{Proposal, Tool, Work},
    walk::{self, Names, Pace},
};
use crate::{
    chat::{AskBody, Detail, RunEnd, RunKind, ToolSpec},
    text::Clean,
};

/// Files that are told: a longer list is read by nobody.
const MOST: usize = 200;

/// The tool.
pub(super) struct Glob;

#[derive(Deserialize, JsonSchema)]
struct Args {
    /// For instance `*.rs` (any depth) or `src/**/*.{ts,tsx}`.
    pattern: String,
    /// Folder to look in; default: all.
    path: Option<String>,
}

impl Tool for Glob {
    fn spec(&self) -> ToolSpec {
        schema::spec::<Args>("glob", include_str!("../../assets/tools/glob.md"))
    }

    fn plan(&self, args: Value, bench: &Bench) -> Result<Planned, Refusal> {
        let read: Args = schema::args(args.clone())?;
        Names::read(&read.pattern)?;
        let start = Start::find(bench, read.path.as_deref())?;
        Ok(Planned {
            tool: "glob",
            kind: RunKind::Explore,
            verb: "Find",
            target: start.target(&read.pattern),
            access: start.access(),
            args,
        })
    }

    fn check(&self, planned: &Planned, bench: &Bench) -> Result<Proposal, Refusal> {
        let read: Args = schema::args(planned.args.clone())?;
        let start = Start::again(bench, planned, read.path.as_deref())?;
        Ok(Proposal {
            need: start.need(),
            title: Clean::trusted("list files"),
            body: AskBody::Plain(start.shown().clone()),
            reason: None,
        })
    }

    fn run(&self, work: Work) -> BoxFuture<'static, Outcome> {
        Box::pin(async move {
            let cancel = work.io.cancel.clone();
            let found = walk::bounded(cancel.clone(), move |pace| look(&work, pace)).await.and_then(|found| found);
            match found {
                Ok(outcome) => outcome,
                Err(why) if cancel.is_cancelled() => Outcome::new(RunEnd::Stopped, why.0, Clean::trusted("stopped")),
                Err(why) => Outcome::failed(why, Clean::trusted("failed")),
            }
        })
    }
}

/// The newest files, the oldest of them on top.
type Newest = BinaryHeap<Reverse<(SystemTime, Reverse<PathBuf>)>>;

fn look(work: &Work, pace: &Pace) -> Result<Outcome, Refusal> {
    let read: Args = schema::args(work.planned.args.clone())?;
    let names = Names::read(&read.pattern)?;
    let start = Start::again(&work.bench, &work.planned, read.path.as_deref())?;
    let found: Mutex<(u64, Newest)> = Mutex::default();
    let policy = work.bench.policy.lock().unwrap_or_else(PoisonError::into_inner).clone();
    walk::files(start.real(), pace, || {
        |entry: &ignore::DirEntry| {
            // What a rule hides is not even counted: a count by patterns would spell its name.
            if names.matches(entry.path(), start.roots()) && !policy.hides(entry.path()) {
                let age = entry.metadata().ok().and_then(|data| data.modified().ok());
                let key = Reverse((age.unwrap_or(SystemTime::UNIX_EPOCH), Reverse(entry.path().to_owned())));
                let mut found = found.lock().unwrap_or_else(PoisonError::into_inner);
                found.0 += 1;
                found.1.push(key);
                if found.1.len() > MOST {
                    found.1.pop();
                }
            }
        }
    });
    let (n, newest) = found.into_inner().unwrap_or_else(PoisonError::into_inner);
    let mut lines: Vec<String> =
        newest.into_sorted_vec().into_iter().map(|Reverse((_, Reverse(path)))| start.name(&path)).collect();
    if n == 0 {
        lines.push(format!("no file matches ({} files looked at)", pace.n_files()));
    } else if n > MOST as u64 {
        lines.push(format!("[the newest {MOST} of {n} files; narrow the pattern or `path` for the others]"));
    }
    lines.extend(pace.notes().into_iter().map(|note| format!("[{note}]")));
    let text = lines.join("\n");
    let summary = if n == 1 { "1 file".to_owned() } else { format!("{n} files") };
    let detail = Detail::Text(Clean::new(&text));
    Ok(Outcome { detail, ..Outcome::new(RunEnd::Ok, text, Clean::strict(&summary)) })
}
