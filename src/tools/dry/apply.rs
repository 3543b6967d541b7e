//! The tool `apply_changes`: what a dry run would change is made, as shown, or thrown away.

use std::path::{Path, PathBuf};

use futures_util::future::BoxFuture;
use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::Value;

use super::{
    super::{
        Access, Bench, Outcome, Planned, Refusal,
        blocking::blocking,
        change::taken,
        schema,
        tool::{Permit, Proposal, Tool, Work},
        tried::DryRun,
        undo::{Wanted, Wish, commit},
    },
    look::{Old, View},
    show::{Page, change},
};
use crate::{
    chat::{AskBody, Detail, Reply, RunEnd, RunKind, ToolSpec},
    guard::{
        Need,
        files::spell,
        sandbox::{Base, Made, Piece},
    },
    text::Clean,
};

/// Bytes of differences that a question shows: more is not read before a yes.
const ASKED: usize = 256 << 10;
/// Bytes of contents that are applied at once; they are held in memory, old and new.
const AT_ONCE: usize = 128 << 20;
/// Paths that are named in a refusal.
const NAMED: usize = 10;

/// The tool.
pub(in crate::tools) struct ApplyChanges;

#[derive(Deserialize, JsonSchema)]
struct Args {
    /// Its number.
    dry_run: u64,
    /// Files or folders; default: all.
    #[serde(default)]
    files: Vec<String>,
    /// Throw it away instead.
    #[serde(default)]
    discard: bool,
}

impl Tool for ApplyChanges {
    fn spec(&self) -> ToolSpec {
        schema::spec::<Args>("apply_changes", include_str!("../../../assets/tools/apply_changes.md"))
    }

    fn plan(&self, args: Value, _bench: &Bench) -> Result<Planned, Refusal> {
        let read: Args = schema::args(args.clone())?;
        let of = format!("dry run {}", read.dry_run);
        let target = if read.files.is_empty() { of } else { format!("{} of {of}", read.files.join(", ")) };
        Ok(Planned {
            tool: "apply_changes",
            kind: RunKind::Edit,
            verb: if read.discard { "Discard" } else { "Apply" },
            target: Clean::strict(&target),
            access: Access::WritesAny,
            args,
        })
    }

    fn check(&self, planned: &Planned, bench: &Bench) -> Result<Proposal, Refusal> {
        let args: Args = schema::args(planned.args.clone())?;
        let run = bench.dry.get(args.dry_run)?;
        if args.discard {
            let (title, body) = (Clean::trusted("throw a dry run away"), AskBody::Plain(planned.target.clone()));
            return Ok(Proposal { need: Need::Nothing, title, body, reason: None });
        }
        let mut page = Page::of(ASKED);
        let (mut needs, mut only) = (Vec::new(), None);
        for piece in chosen(bench, &run, &args)? {
            let view = view(bench, &run, &piece)?;
            page.add(&view);
            if view.leads_out(&bench.workspace) {
                page.remark("the link above leads out of the project");
            }
            needs.push(view.need());
            only = if needs.len() == 1 { decidable(&view) } else { None };
        }
        if !page.names_all() {
            return Err(Refusal("it is too much for one question; name some of its files in `files`".into()));
        }
        let body = only.map_or_else(|| AskBody::Plain(page.clean()), |change| AskBody::Change(Box::new(change)));
        let title = Clean::strict(&format!("make the changes of dry run {}", args.dry_run));
        Ok(Proposal { need: Need::All(needs), title, body, reason: None })
    }

    fn run(&self, work: Work) -> BoxFuture<'static, Outcome> {
        blocking(work, run)
    }
}

/// One text that gets other bytes: each place of it can be decided.
fn decidable(view: &View) -> Option<crate::chat::FileChange> {
    let same_mode = match (&view.old, &view.wanted) {
        (Old::File(_, was, _), Wanted::File(_, mode)) => was == mode,
        (Old::Absent, Wanted::File(_, mode)) => mode & 0o111 == 0,
        _ => false,
    };
    change(view).filter(|change| same_mode && !change.hunks.is_empty())
}

fn run(work: &Work) -> Result<Outcome, Refusal> {
    let bench = &work.bench;
    let _one_at_a_time = bench.seen.writing();
    let args: Args = schema::args(work.planned.args.clone())?;
    let run = bench.dry.get(args.dry_run)?;
    if args.discard {
        bench.dry.discard(args.dry_run);
        return Ok(Outcome::new(RunEnd::Ok, "thrown away; nothing was changed", Clean::trusted("thrown away")));
    }
    let pieces = chosen(bench, &run, &args)?;
    let mut page = Page::of(super::OPENED);
    let (mut wishes, mut words, mut n_bytes) = (Vec::new(), Vec::new(), 0);
    for piece in &pieces {
        let mut view = view(bench, &run, piece)?;
        if let (Permit::Given(Reply::Hunks { decisions, why }), 1) = (&work.permit, pieces.len()) {
            words.extend(decided(&mut view, decisions));
            words.extend(why.as_ref().map(|why| format!("the user says: {why}")));
            if !super::changes_something(&view) {
                let text = format!("nothing was changed:\n{}", words.join("\n"));
                return Ok(Outcome::new(RunEnd::Denied, text, Clean::trusted("rejected")));
            }
        }
        page.add(&view);
        n_bytes += bytes(&view);
        if n_bytes > AT_ONCE {
            let most = AT_ONCE >> 20;
            return Err(Refusal(format!("more than {most} MiB at once; name some of the files in `files`")));
        }
        let is_new_below = is_below_new(piece, &pieces);
        wishes.push(Wish { place: view.place, wanted: view.wanted, is_new_below });
    }
    if work.io.cancel.is_cancelled() {
        let text = "stopped by the user; nothing was changed";
        return Ok(Outcome::new(RunEnd::Stopped, text, Clean::trusted("stopped")));
    }
    let still = |real: &Path| {
        let piece = pieces.iter().find(|piece| bench.workspace.join(&piece.path) == real);
        piece.is_some_and(|piece| is_as_it_was(bench, piece, &pieces))
    };
    let left = commit(&bench.ground(), &work.who("apply_changes"), wishes, &still);
    let left = left.map_err(|why| Refusal(format!("{why}; nothing was changed")))?;
    let done: Vec<PathBuf> = pieces
        .iter()
        .map(|piece| piece.path.clone())
        .filter(|path| !left.iter().any(|(real, _)| *real == bench.workspace.join(path)))
        .collect();
    bench.dry.applied(args.dry_run, &done);
    words.extend(left.iter().map(|(path, why)| format!("left as it was: {}: {why}", spell(path))));
    Ok(told((done.len(), left.len()), &words, page))
}

fn told((n_done, n_left): (usize, usize), words: &[String], page: Page) -> Outcome {
    let mut text = format!("made {n_done} changes");
    for word in words {
        text.push('\n');
        text.push_str(word);
    }
    let end = if n_left == 0 { RunEnd::Ok } else { RunEnd::Failed };
    let summary = match (n_done, n_left) {
        (1, 0) => "1 change".into(),
        (_, 0) => format!("{n_done} changes"),
        _ => format!("{n_done} changes, {n_left} left out"),
    };
    Outcome { detail: Detail::Text(page.clean()), ..Outcome::new(end, text, Clean::strict(&summary)) }
}

/// Takes a person's decisions on the places of the only file.
fn decided(view: &mut View, replies: &[crate::chat::HunkReply]) -> Vec<String> {
    let Some(shown) = decidable(view) else { return vec!["the decisions do not fit".into()] };
    let old: &[u8] = if let Old::File(Some(old), ..) = &view.old { old } else { b"" };
    let Wanted::File(new, mode) = &view.wanted else { return Vec::new() };
    let (bytes, words) = taken(&shown, (old, new), replies);
    view.wanted = if view.old == Old::Absent && bytes.is_empty() && !new.is_empty() {
        Wanted::Absent
    } else {
        Wanted::File(bytes, *mode)
    };
    words
}

fn bytes(view: &View) -> usize {
    let old = if let Old::File(Some(old), ..) = &view.old { old.len() } else { 0 };
    let new = if let Wanted::File(new, _) = &view.wanted { new.len() } else { 0 };
    old + new
}

fn view(bench: &Bench, run: &DryRun, piece: &Piece) -> Result<View, Refusal> {
    View::of(bench, run, piece).map_err(|why| Refusal(format!("{}: {why}; run the command again", spell(&piece.path))))
}

/// The paths that are meant, each still as it was for the command. Folders that they need are among them.
fn chosen(bench: &Bench, run: &DryRun, args: &Args) -> Result<Vec<Piece>, Refusal> {
    let mut is_chosen = vec![args.files.is_empty(); run.pieces.len()];
    for name in &args.files {
        let asked = bench.workspace.join(name.trim_end_matches('/'));
        let asked: PathBuf = asked.components().collect();
        let asked = asked.strip_prefix(&bench.workspace).unwrap_or(&asked);
        let fits = |piece: &Piece| piece.path.starts_with(asked) || spell(&piece.path) == *name;
        let mut found = false;
        for (piece, chosen) in run.pieces.iter().zip(&mut is_chosen) {
            *chosen |= fits(piece);
            found |= fits(piece);
        }
        if !found {
            let names: Vec<String> = run.pieces.iter().take(NAMED).map(|piece| spell(&piece.path)).collect();
            let (number, names) = (args.dry_run, names.join(", "));
            return Err(Refusal(format!("dry run {number} does not change {name}; it changes: {names}")));
        }
    }
    for n in 0..run.pieces.len() {
        // What shall be there needs the folders above it.
        let piece = &run.pieces[n];
        let is_new_folder = matches!(piece.made, Made::Folder(_)) && !piece.base.is_folder();
        let needs_it = |(other, chosen): (&Piece, &bool)| {
            *chosen && other.made != Made::Gone && other.path.starts_with(&piece.path)
        };
        is_chosen[n] |= is_new_folder && run.pieces.iter().zip(&is_chosen).any(needs_it);
    }
    let chosen: Vec<Piece> =
        run.pieces.iter().zip(&is_chosen).filter(|(_, chosen)| **chosen).map(|(piece, _)| piece.clone()).collect();
    let stale: Vec<String> = chosen
        .iter()
        .filter(|piece| piece.meanwhile || !is_as_it_was(bench, piece, &chosen))
        .take(NAMED)
        .map(|piece| spell(&piece.path))
        .collect();
    if stale.is_empty() {
        return Ok(chosen);
    }
    let names = stale.join(", ");
    let text = format!(
        "changed by someone else since the dry run began: {names}; nothing was changed. Run the command again, or \
         name other files in `files`"
    );
    Err(Refusal(text))
}

fn is_as_it_was(bench: &Bench, piece: &Piece, pieces: &[Piece]) -> bool {
    is_below_new(piece, pieces) || Base::of(&bench.workspace.join(&piece.path)) == piece.base
}

/// A folder above it takes the place of something else, a link perhaps: nothing is below that.
fn is_below_new(piece: &Piece, pieces: &[Piece]) -> bool {
    let replaces = |above: &Piece| {
        matches!((&above.made, above.base), (Made::Folder(_), Base::Thing(..)))
            && above.path != piece.path
            && piece.path.starts_with(&above.path)
    };
    piece.base == Base::Absent && pieces.iter().any(replaces)
}
