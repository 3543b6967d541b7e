//! The tool `delete`: a file, a link itself, or a folder goes to the session's trash. Nothing is destroyed.

use std::path::PathBuf;

use futures_util::future::BoxFuture;
use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::Value;

use super::{
    Bench, Outcome, Planned, Refusal,
    blocking::blocking,
    change::{real, removed},
    reached::{self, Row, Touch},
    schema,
    seen::Draft,
    tool::{Permit, Proposal, Tool, Work},
    undo::{Bins, digest},
};
use crate::{
    chat::{AskBody, Detail, FileChange, HunkReply, Reply, RunEnd, RunKind, ToolSpec},
    guard::{
        Need, Place,
        files::{Look, Stamp, spell},
    },
    journal::{self, FileState, PathText},
    text::Clean,
};

/// The largest file whose text is shown before it goes.
const SHOWN: u64 = 1 << 20;
/// Names of a folder that are counted.
const NAMES: usize = 10_000;

/// The tool.
pub(super) struct Delete;

#[derive(Deserialize, JsonSchema)]
struct Args {
    /// The file or folder.
    #[serde(alias = "file_path")]
    path: String,
}

impl Tool for Delete {
    fn spec(&self) -> ToolSpec {
        schema::spec::<Args>("delete", include_str!("../../assets/tools/delete.md"))
    }

    fn plan(&self, args: Value, bench: &Bench) -> Result<Planned, Refusal> {
        let read: Args = schema::args(args.clone())?;
        let row = Row { tool: "delete", kind: RunKind::Edit, verb: "Delete" };
        reached::plan(bench, (&read.path, Touch::Remove), &row, args)
    }

    fn check(&self, planned: &Planned, bench: &Bench) -> Result<Proposal, Refusal> {
        if bench.trash().is_none() {
            return Err(Refusal(
                "this session has no place for a trash, so nothing can be deleted; ask the user".into(),
            ));
        }
        let place = bench.files.place(&real(planned));
        if !place.exists {
            return Err(Refusal(format!("there is nothing at {}; list its folder to find the name", place.shown)));
        }
        let (body, stamp) = about(&place, bench);
        bench.seen.show(planned, Draft { stamp, hunks: Vec::new() });
        Ok(Proposal {
            need: Need::Delete { path: place.real.clone(), inside: place.inside },
            title: Clean::trusted("delete (to the session's trash)"),
            body,
            reason: None,
        })
    }

    fn run(&self, work: Work) -> BoxFuture<'static, Outcome> {
        blocking(work, delete)
    }
}

/// What a person sees of what would go; of a file also what it is.
fn about(place: &Place, bench: &Bench) -> (AskBody, Option<Stamp>) {
    if let Ok((bytes, stamp)) = bench.files.read(place, SHOWN) {
        let body = match std::str::from_utf8(&bytes) {
            Ok(text) if !text.contains('\0') => AskBody::Change(Box::new(removed(&place.shown, &bytes))),
            _ => plain(place, &format!("{} bytes that are no text", bytes.len())),
        };
        return (body, Some(stamp));
    }
    let body = match bench.files.entries(place, NAMES) {
        Ok(found) if found.more => plain(place, &format!("a folder with more than {NAMES} entries")),
        Ok(found) => plain(place, &format!("a folder with {} entries, with all that is in them", found.entries.len())),
        Err(_) => plain(place, "a link, a big file, or no file at all; a link goes, what it leads to stays"),
    };
    (body, None)
}

fn plain(place: &Place, what: &str) -> AskBody {
    let mut text = place.shown.clone();
    text.append(&Clean::strict(&format!(": {what}")));
    AskBody::Plain(text)
}

fn delete(work: &Work) -> Result<Outcome, Refusal> {
    let bench = &work.bench;
    let _one_at_a_time = bench.seen.writing();
    let shown = bench.seen.shown(&work.planned);
    let place = bench.files.place(&real(&work.planned));
    if let Permit::Given(reply) = &work.permit {
        if let Reply::Hunks { decisions, why } = reply
            && decisions.iter().any(|decision| *decision != HunkReply::Accept)
        {
            let why = why.as_ref().map_or_else(String::new, |why| format!(". The user says: {why}"));
            let text = format!("the user did not let {} be deleted{why}", place.shown);
            return Ok(Outcome::new(RunEnd::Denied, text, Clean::trusted("rejected")));
        }
        let now = bench.files.read(&place, SHOWN).ok().map(|(_, stamp)| stamp);
        let same = match (shown.and_then(|draft| draft.stamp), &now) {
            (Some(then), Some(now)) => then.same_bytes(now),
            (then, now) => then.is_none() && now.is_none(),
        };
        if !same {
            return Err(Refusal(format!("{} changed since the user was asked; call again", place.shown)));
        }
    }
    let change = match about(&place, bench).0 {
        AskBody::Change(change) => Some(change),
        _ => None,
    };
    let trash = bench.trash().ok_or_else(|| Refusal("this session has no place for a trash; ask the user".into()))?;
    if work.io.cancel.is_cancelled() {
        return Ok(Outcome::new(
            RunEnd::Stopped,
            "stopped by the user; nothing was deleted",
            Clean::trusted("stopped"),
        ));
    }
    let (bin, file) = recorded(bench, &place, trash.clone())?;
    let ticket = bench.changes.about_to(&work.who("delete"), vec![file]);
    let gone = bench.files.discard_to(&place, (&trash, bin.file_name().unwrap_or_default())).map_err(|fault| {
        bench.changes.void(&ticket);
        Refusal(fault.words)
    })?;
    let note = bench.changes.done(ticket).map(|why| format!("\nnote: this cannot be undone: {why}"));
    bench.seen.forget(&place.real);
    let text = format!(
        "deleted {}; it is kept as {} until the session's files are cleaned up{}",
        place.shown,
        spell(&gone),
        note.unwrap_or_default()
    );
    let summary = change.as_ref().map_or_else(|| Clean::trusted("in the trash"), |change| lines(change));
    let detail = change.map_or(Detail::None, Detail::Change);
    Ok(Outcome { detail, ..Outcome::new(RunEnd::Ok, text, summary) })
}

/// Where it goes in the trash, and what is written down before.
fn recorded(bench: &Bench, place: &Place, trash: PathBuf) -> Result<(PathBuf, journal::FileChange), Refusal> {
    let bin = Bins::of(Some(trash)).name(&place.real);
    let bin = bin.ok_or_else(|| Refusal("the session's trash has no name for it; tell the user".into()))?;
    let before = match bench.files.look(place) {
        Ok(Look::Link(target)) => FileState::Link(PathText::new(&target)),
        Ok(Look::Absent) | Err(_) => FileState::Absent,
        Ok(look) => kept(bench, place, &look)
            .unwrap_or_else(|| FileState::Trashed { at: PathText::new(&bin), hash: digest(&bench.files, place) }),
    };
    let path = PathText::new(&place.real);
    Ok((bin, journal::FileChange { path, before, after: FileState::Absent }))
}

/// A small file's content, so that what becomes of the trash does not matter; the rest comes back from there.
fn kept(bench: &Bench, place: &Place, look: &Look) -> Option<FileState> {
    let most = bench.changes.limits().file_bytes;
    if !matches!(look, Look::File(len) if *len <= most) {
        return None;
    }
    let (bytes, stamp) = bench.files.read(place, most).ok()?;
    let state = bench.changes.keep(&[(&bytes, stamp.mode)]).pop()?;
    matches!(state, FileState::File { .. }).then_some(state)
}

fn lines(change: &FileChange) -> Clean {
    Clean::strict(&format!("+0 −{}", change.removed))
}
