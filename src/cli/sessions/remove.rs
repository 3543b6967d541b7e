//! Deleting conversations and dropping copies of files: what cannot be taken back is asked for.

use std::{
    fmt::Write as _,
    io::{BufRead, IsTerminal, Write},
};

use super::{Desk, list::bytes};
use crate::{
    chat::{Problem, ProblemKind},
    cli::args::{PruneArgs, RmArgs},
    config::Sessions,
    journal::{Pruned, Summary, plain_json},
    text::truncate::ellipsis,
};

/// Columns of a title in the question.
const TITLE: usize = 50;

/// `sessions rm`. All names are looked up before anything is deleted.
pub(super) fn rm(desk: &Desk, args: &RmArgs) -> Result<String, Problem> {
    let mut doomed: Vec<Summary> = Vec::new();
    for wanted in &args.wanted {
        let session = desk.store.named(wanted, &desk.here).one(wanted)?;
        if doomed.iter().all(|known| known.card.id != session.card.id) {
            doomed.push(session);
        }
    }
    if !args.yes && !confirmed(&doomed)? {
        return Ok("nothing was deleted\n".into());
    }
    for session in &doomed {
        desk.store.delete(&session.card.id)?;
    }
    Ok(match doomed.len() {
        1 => "deleted 1 conversation\n".into(),
        n => format!("deleted {n} conversations\n"),
    })
}

/// Asks the person at the terminal.
///
/// # Errors
/// When there is none: nothing is deleted unasked.
fn confirmed(doomed: &[Summary]) -> Result<bool, Problem> {
    if !std::io::stdin().is_terminal() {
        return Err(Problem::new(ProblemKind::User, "deleting must be confirmed, and there is no terminal to ask on")
            .hint("add --yes"));
    }
    let mut err = std::io::stderr().lock();
    for session in doomed {
        let _ = writeln!(err, "  {}  {}", session.card.id, ellipsis(session.card.title.as_str(), TITLE));
    }
    let _ = write!(err, "Delete {} with all copies of files, for good? [y/N] ", count(doomed.len()));
    let _ = err.flush();
    let mut answer = String::new();
    let _ = std::io::stdin().lock().read_line(&mut answer);
    Ok(matches!(answer.trim(), "y" | "Y" | "yes"))
}

fn count(n: usize) -> String {
    if n == 1 { "this conversation".into() } else { format!("these {n} conversations") }
}

/// `sessions prune`.
pub(super) fn prune(desk: &Desk, args: PruneArgs, kept: Sessions) -> String {
    let limits = Sessions {
        keep_days: args.keep_days.unwrap_or(kept.keep_days),
        max_bytes: args.max_bytes.unwrap_or(kept.max_bytes),
    };
    let pruned = desk.store.prune(limits, desk.now);
    if args.json { json(&pruned) } else { words(&pruned) }
}

fn words(pruned: &Pruned) -> String {
    let mut out = String::new();
    for (id, what, size) in &pruned.dropped {
        let _ = writeln!(out, "{id}  dropped {what}, {}", bytes(*size));
    }
    for problem in &pruned.problems {
        let _ = writeln!(out, "kept: {}", problem.what);
    }
    if pruned.dropped.is_empty() {
        out.push_str("nothing to drop; ");
    }
    let _ = writeln!(out, "{} of copies are kept", bytes(pruned.kept));
    out
}

fn json(pruned: &Pruned) -> String {
    let dropped =
        pruned.dropped.iter().map(|(id, what, bytes)| serde_json::json!({ "id": id, "what": what, "bytes": bytes }));
    let object = serde_json::json!({
        "dropped": dropped.collect::<Vec<_>>(),
        "kept_bytes": pruned.kept,
        "problems": pruned.problems.iter().map(|problem| &problem.what).collect::<Vec<_>>(),
    });
    plain_json(&object)
}
