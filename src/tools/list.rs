//! The tool `list`: what lies in a folder, bounded, every name in one line. Opens no file, follows no link.

use std::{fmt::Write, path::Path, sync::PoisonError};

use futures_util::future::BoxFuture;
use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::Value;

use super::{
    Bench, Outcome, Planned, Refusal,
    blocking::blocking,
    change::real,
    reached::{self, Row, Touch},
    schema,
    tool::{Proposal, Tool, Work},
};
use crate::{
    chat::{AskBody, Detail, RunEnd, RunKind, ToolSpec},
    guard::{
        Files, Need, Place, Policy,
        files::{EntryKind, spell},
    },
    text::Clean,
};

/// Rows of one call.
const ROWS: usize = 1_000;
/// Names that are read of one folder, before they are sorted.
const NAMES: usize = 100_000;
/// Deepest level.
const DEEPEST: u32 = 10;

/// The tool.
pub(super) struct List;

#[derive(Deserialize, JsonSchema)]
struct Args {
    /// The folder; default: the workspace.
    path: Option<String>,
    /// Levels; default 1.
    depth: Option<u32>,
}

impl Tool for List {
    fn spec(&self) -> ToolSpec {
        schema::spec::<Args>("list", include_str!("../../assets/tools/list.md"))
    }

    fn plan(&self, args: Value, bench: &Bench) -> Result<Planned, Refusal> {
        let read: Args = schema::args(args.clone())?;
        let path = read.path.filter(|path| !path.is_empty()).unwrap_or_else(|| ".".into());
        let row = Row { tool: "list", kind: RunKind::Explore, verb: "List" };
        reached::plan(bench, (&path, Touch::Read), &row, args)
    }

    fn check(&self, planned: &Planned, bench: &Bench) -> Result<Proposal, Refusal> {
        let place = bench.files.place(&real(planned));
        Ok(Proposal {
            need: Need::Read { path: place.real.clone(), inside: place.inside },
            title: Clean::trusted("list a folder"),
            body: AskBody::Plain(place.shown),
            reason: None,
        })
    }

    fn run(&self, work: Work) -> BoxFuture<'static, Outcome> {
        blocking(work, |work| {
            let args: Args = schema::args(work.planned.args.clone())?;
            let place = work.bench.files.place(&real(&work.planned));
            let policy = work.bench.policy.lock().unwrap_or_else(PoisonError::into_inner).clone();
            let mut listing = Listing { files: &work.bench.files, policy, text: String::new(), n_rows: 0, n_left: 0 };
            listing.folder(&place, 0, args.depth.unwrap_or(1).clamp(1, DEEPEST)).map_err(Refusal)?;
            Ok(listing.told())
        })
    }
}

struct Listing<'a> {
    files: &'a Files,
    policy: Policy,
    text: String,
    n_rows: usize,
    n_left: usize,
}

impl Listing<'_> {
    fn folder(&mut self, place: &Place, level: u32, depth: u32) -> Result<(), String> {
        let found = self.files.entries(place, NAMES).map_err(|fault| fault.words)?;
        let indent = "  ".repeat(level as usize);
        for entry in found.entries {
            if self.policy.hides(&place.real.join(&entry.name)) {
                continue;
            }
            if self.n_rows == ROWS {
                self.n_left += 1;
                continue;
            }
            self.n_rows += 1;
            let name = spell(Path::new(&entry.name));
            let _ = match &entry.kind {
                EntryKind::File(len) => writeln!(self.text, "{indent}{name}  {}", size(*len)),
                EntryKind::Folder => writeln!(self.text, "{indent}{name}/"),
                EntryKind::Link(target) => writeln!(self.text, "{indent}{name} -> {}", spell(target)),
                EntryKind::Other => writeln!(self.text, "{indent}{name}  (no file: a pipe, a socket or a device)"),
            };
            if entry.kind == EntryKind::Folder
                && level + 1 < depth
                && entry.name != ".git"
                && let Err(why) = self.folder(&place.child(&entry.name), level + 1, depth)
            {
                let _ = writeln!(self.text, "{indent}  [{why}]");
            }
        }
        if found.more {
            let _ = writeln!(self.text, "{indent}[more than {NAMES} names; use glob]");
        }
        Ok(())
    }

    fn told(mut self) -> Outcome {
        if self.n_rows == 0 {
            self.text.push_str("the folder is empty\n");
        }
        if self.n_left > 0 {
            let _ = writeln!(self.text, "[{} more entries; list a folder below, or use glob]", self.n_left);
        }
        let n = self.n_rows + self.n_left;
        let summary = Clean::strict(&if n == 1 { "1 entry".to_owned() } else { format!("{n} entries") });
        let detail = Detail::Text(Clean::new(&self.text));
        Outcome { detail, ..Outcome::new(RunEnd::Ok, self.text, summary) }
    }
}

fn size(bytes: u64) -> String {
    match bytes {
        0..1_000 => format!("{bytes} B"),
        1_000..1_000_000 => format!("{}.{} kB", bytes / 1_000, bytes % 1_000 / 100),
        _ => format!("{}.{} MB", bytes / 1_000_000, bytes % 1_000_000 / 100_000),
    }
}
