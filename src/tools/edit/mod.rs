//! The tool `edit`: passages of a file replaced, all or none. What a passage is decides `text::splice`.

mod words;

use futures_util::future::BoxFuture;
use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::Value;

use super::{
    Bench, Outcome, Planned, Refusal,
    blocking::blocking,
    change::{Made, Target, carry_out, propose},
    reached::{self, Row, Touch},
    schema,
    tool::{Proposal, Tool, Work},
};
use crate::{
    chat::{RunKind, ToolSpec},
    text::{
        Clean,
        splice::{self, Scope, Wanted},
    },
};

/// Replacements in one call.
const MOST: usize = 1_000;
/// Characters of a reason that are shown.
const REASON: usize = 200;

/// The tool.
pub(super) struct Edit;

#[derive(Deserialize, JsonSchema)]
struct Args {
    /// The file. Read it before.
    #[serde(alias = "file_path")]
    path: String,
    /// The replacements; all are made or none.
    #[serde(default)]
    #[schemars(required)]
    edits: Vec<Replacement>,
    /// Why, in one line, for the user.
    reason: Option<String>,
    // A single replacement, as other programs have it.
    #[serde(alias = "old_string")]
    #[schemars(skip)]
    old: Option<String>,
    #[serde(alias = "new_string")]
    #[schemars(skip)]
    new: Option<String>,
    #[serde(alias = "replace_all")]
    #[schemars(skip)]
    #[serde(default)]
    all: bool,
}

#[derive(Deserialize, JsonSchema)]
struct Replacement {
    /// Text of the file, exactly, enough of it to occur once.
    #[serde(alias = "old_string")]
    old: String,
    /// What takes its place.
    #[serde(alias = "new_string")]
    new: String,
    /// Replace every occurrence.
    #[serde(alias = "replace_all")]
    #[serde(default)]
    all: bool,
}

impl Args {
    fn read(args: Value) -> Result<Self, Refusal> {
        let mut read: Self = schema::args(args)?;
        match (read.old.take(), read.new.take()) {
            (Some(old), Some(new)) => read.edits.push(Replacement { old, new, all: read.all }),
            (None, None) => {}
            _ => return Err(Refusal("`old` and `new` go together; call again with both".into())),
        }
        if read.edits.is_empty() {
            return Err(Refusal("`edits` is empty: give at least one {old, new}; call again".into()));
        }
        if read.edits.len() > MOST {
            return Err(Refusal(format!(
                "{} edits in one call, at most {MOST} are taken; split them",
                read.edits.len()
            )));
        }
        Ok(read)
    }
}

impl Tool for Edit {
    fn spec(&self) -> ToolSpec {
        schema::spec::<Args>("edit", include_str!("../../../assets/tools/edit.md"))
    }

    fn plan(&self, args: Value, bench: &Bench) -> Result<Planned, Refusal> {
        let read = Args::read(args.clone())?;
        let row = Row { tool: "edit", kind: RunKind::Edit, verb: "Edit" };
        reached::plan(bench, (&read.path, Touch::Write), &row, args)
    }

    fn check(&self, planned: &Planned, bench: &Bench) -> Result<Proposal, Refusal> {
        let args = Args::read(planned.args.clone())?;
        let reason = args.reason.as_ref().map(|why| Clean::strict(&why.chars().take(REASON).collect::<String>()));
        let proposal = propose(planned, bench, |target| make(&args, target))?;
        Ok(Proposal { reason, ..proposal })
    }

    fn run(&self, work: Work) -> BoxFuture<'static, Outcome> {
        blocking(work, |work| {
            let args = Args::read(work.planned.args.clone())?;
            carry_out(work, |target| make(&args, target))
        })
    }
}

fn make(args: &Args, target: &Target) -> Result<Made, Refusal> {
    if !target.exists() {
        return Err(Refusal(format!(
            "there is no file {}; create it with write, or list its folder",
            target.place.shown
        )));
    }
    let wanted: Vec<Wanted<'_>> = args
        .edits
        .iter()
        .map(|edit| Wanted { old: &edit.old, new: &edit.new, scope: if edit.all { Scope::All } else { Scope::One } })
        .collect();
    let spots = splice::spots(&target.old, &wanted)
        .map_err(|fault| Refusal(words::refusal(&fault, &wanted, (&target.old, target.place.shown.as_str()))))?;
    Ok(Made { bytes: splice::apply(&target.old, &spots), notes: words::notes(&spots, &wanted) })
}
