//! The tool `grep`: lines of files by a regular expression. Owns the call; the search itself is in [`search`],
//! what the model reads of it in [`render`].

mod render;
mod search;

use std::{path::Path, sync::PoisonError};

use futures_util::future::BoxFuture;
use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::Value;

use super::{
    Bench, Outcome, Planned, Refusal, schema,
    start::Start,
    tool::{Permit, Proposal, Tool, Work},
    walk::{self, Names, Pace},
};
use crate::{
    chat::{AskBody, Detail, PermissionMode, RunEnd, RunKind, ToolSpec},
    guard::{Need, Policy, Verdict},
    text::Clean,
};
use render::Style;
use search::{Found, Query};

/// Matches that are told unless the call asks for another number.
const LIMIT: u32 = 250;
/// Most matches of a call.
const MOST: u32 = 2000;
/// Most lines of context before and after a match.
const CONTEXT: u32 = 20;

/// The tool.
pub(super) struct Grep;

#[derive(Deserialize, JsonSchema)]
struct Args {
    pattern: String,
    /// File or folder to search in; default: all.
    path: Option<String>,
    /// Only these files, for instance `*.rs` or `src/**/*.ts`; `!` before it excludes.
    glob: Option<String>,
    /// Lines around each match.
    context: Option<u32>,
    #[serde(default)]
    ignore_case: bool,
    /// Only names of files with a match.
    #[serde(default)]
    files_only: bool,
    /// The pattern is plain text.
    #[serde(default)]
    literal: bool,
    /// Most matches told; default 250.
    limit: Option<u32>,
}

impl Args {
    fn query(&self) -> Result<Query, Refusal> {
        let names = self.glob.as_deref().filter(|glob| !glob.is_empty()).map(Names::read).transpose()?;
        Ok(Query {
            matcher: search::matcher(&self.pattern, self.literal, self.ignore_case)?,
            names,
            context: self.context.unwrap_or(0).min(CONTEXT) as usize,
            first_only: self.files_only,
            limit: self.limit.unwrap_or(LIMIT).clamp(1, MOST) as usize,
        })
    }
}

impl Tool for Grep {
    fn spec(&self) -> ToolSpec {
        schema::spec::<Args>("grep", include_str!("../../../assets/tools/grep.md"))
    }

    fn plan(&self, args: Value, bench: &Bench) -> Result<Planned, Refusal> {
        let read: Args = schema::args(args.clone())?;
        read.query()?;
        let start = Start::find(bench, read.path.as_deref())?;
        let mut what = read.pattern;
        if let Some(glob) = read.glob.filter(|glob| !glob.is_empty()) {
            what.extend([" (", &glob, ")"]);
        }
        Ok(Planned {
            tool: "grep",
            kind: RunKind::Explore,
            verb: "Search",
            target: start.target(&what),
            access: start.access(),
            args,
        })
    }

    fn check(&self, planned: &Planned, bench: &Bench) -> Result<Proposal, Refusal> {
        let read: Args = schema::args(planned.args.clone())?;
        let start = Start::again(bench, planned, read.path.as_deref())?;
        Ok(Proposal {
            need: start.need(),
            title: Clean::trusted("search in files"),
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

fn look(work: &Work, pace: &Pace) -> Result<Outcome, Refusal> {
    let read: Args = schema::args(work.planned.args.clone())?;
    let query = read.query()?;
    let start = Start::again(&work.bench, &work.planned, read.path.as_deref())?;
    let policy = work.bench.policy.lock().unwrap_or_else(PoisonError::into_inner).clone();
    let may_show = |path: &Path| readable(&policy, path, &start, &work.permit);
    let found = search::run(&query, &start, pace, &may_show);
    let style = if read.files_only { Style::Names } else { Style::Lines };
    let text = render::text(&found, style, query.limit, |path| start.name(path));
    let mut lines = vec![text];
    lines.extend(pace.notes().into_iter().map(|note| format!("[{note}]")));
    let text = lines.join("\n");
    let detail = Detail::Text(Clean::new(&text));
    Ok(Outcome { detail, ..Outcome::new(RunEnd::Ok, text, summary(&found, style)) })
}

fn summary(found: &Found, style: Style) -> Clean {
    let plural = |n: u64, one: &str, many: &str| format!("{n} {}", if n == 1 { one } else { many });
    let files = plural(found.n_files, "file", "files");
    Clean::strict(&match style {
        _ if found.n_matches == 0 => "no match".to_owned(),
        Style::Names => files,
        Style::Lines => format!("{} in {files}", plural(found.n_matches, "match", "matches")),
    })
}

/// What the rules let the model see of a search. A place outside was asked for as a whole, which is no leave
/// for the person's keys below it.
fn readable(policy: &Policy, path: &Path, start: &Start<'_>, permit: &Permit) -> bool {
    let private = |path| policy.places().is_private(path);
    if policy.hides(path) || (private(path) && !private(start.real())) {
        return false;
    }
    let need = Need::Read { path: path.to_owned(), inside: start.inside() };
    match policy.decide(&need, PermissionMode::Ask) {
        Verdict::Allow => true,
        Verdict::Ask(_) => !start.inside() && matches!(permit, Permit::Given(_)),
        Verdict::Deny(_) => false,
    }
}
