//! Dry runs: a command ran on an overlay of the project; what it would change is shown, and made or thrown away.
//!
//! Owns how they are told and how they are applied. How a command gets its
//! overlay is [`crate::guard::sandbox`]'s, how changes are made and taken back [`super::undo`]'s.

mod apply;
mod ignored;
mod look;
mod show;

use std::fmt::Write;

use super::{Bench, tried::DryRun};
use crate::{
    guard::{files::spell, sandbox::Overlay},
    text::Clean,
};
pub(super) use apply::ApplyChanges;
use ignored::Ignored;
use look::{View, changes_something};
use show::Page;

/// Bytes of the changes that the model is told.
const TOLD: usize = 8 << 10;
/// Bytes of the changes that a row opens to.
const OPENED: usize = 32 << 10;
/// Paths that are named where they are only counted.
const NAMED: usize = 5;

/// What is told of a dry run.
pub(super) struct Told {
    /// The model.
    pub(super) model: String,
    /// The person.
    pub(super) person: Clean,
}

/// Looks at what a command left in its overlay and keeps it under this number. Blocks.
///
/// # Errors
/// It cannot be kept; says why in a few words.
pub(super) fn keep(bench: &Bench, overlay: Overlay, number: u64) -> Result<Told, String> {
    let mut ignored = Ignored::of(&bench.workspace);
    let left = overlay.left(&mut |path, is_folder| ignored.names(path, is_folder))?;
    let run = DryRun::new(overlay, Vec::new()).map_err(|error| format!("it cannot be read: {error}"))?;
    let (mut pieces, mut odd) = (Vec::new(), left.odd);
    let (mut model, mut person) = (Page::of(TOLD), Page::of(OPENED));
    let mut n_meanwhile = 0;
    for piece in left.pieces {
        match View::of(bench, &run, &piece) {
            Ok(view) if !changes_something(&view) => {}
            Ok(view) => {
                model.add(&view);
                person.add(&view);
                n_meanwhile += usize::from(piece.meanwhile);
                pieces.push(piece);
            }
            Err(why) => odd.push((piece.path, why)),
        }
    }
    let n = pieces.len();
    let what = match n {
        0 => format!("dry run {number}: the command would change nothing"),
        1 => format!("dry run {number}: nothing was changed; 1 path would be"),
        _ => format!("dry run {number}: nothing was changed; {n} paths would be"),
    };
    let mut rest = String::new();
    for (path, why) in odd.iter().take(NAMED) {
        let _ = writeln!(rest, "left out: {}: {why}", spell(path));
    }
    if odd.len() > NAMED {
        let _ = writeln!(rest, "left out: {} more", odd.len() - NAMED);
    }
    if left.n_skipped > 0 {
        let names: Vec<String> = left.skipped.iter().take(NAMED).map(|path| spell(path)).collect();
        let more = if left.skipped.len() > NAMED { ", …" } else { "" };
        let (n, names) = (left.n_skipped, names.join(", "));
        let _ = writeln!(rest, "left out: {n} files that ignore files name ({names}{more})");
    }
    if n_meanwhile > 0 {
        let _ = writeln!(rest, "{n_meanwhile} of them (marked !) were changed by someone else meanwhile");
    }
    let mut told = model.text();
    told.push_str(&rest);
    if n > 0 {
        let _ = writeln!(told, "make these changes with apply_changes and dry_run: {number}");
    }
    let mut shown = Clean::strict(&format!("[{what}]"));
    shown.append(&Clean::trusted("\n"));
    shown.append(&person.clean());
    shown.append(&show::lines(&rest));
    if n > 0 {
        bench.dry.keep(number, run.with(pieces));
    }
    Ok(Told { model: format!("[{what}]\n{told}"), person: shown })
}
