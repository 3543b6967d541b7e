//! From the path that a model wrote to a call that is planned for what it really names.

use super::{Access, Bench, Planned, Refusal};
use crate::chat::RunKind;

/// The way a tool touches the one path it works on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Touch {
    /// Reads it.
    Read,
    /// Changes it.
    Write,
    /// Moves it away; a link is meant itself.
    Remove,
}

/// How the row of a call reads.
pub(super) struct Row {
    pub(super) tool: &'static str,
    pub(super) kind: RunKind,
    pub(super) verb: &'static str,
}

/// Finds what `path` really names and plans the call for it.
///
/// # Errors
/// When nothing can be named so.
pub(super) fn plan(
    bench: &Bench,
    (path, touch): (&str, Touch),
    row: &Row,
    args: serde_json::Value,
) -> Result<Planned, Refusal> {
    let located = if touch == Touch::Remove { bench.files.locate_itself(path) } else { bench.files.locate(path) };
    let place = located.map_err(|fault| Refusal(fault.words))?;
    let paths = vec![place.real.clone()];
    let access = if touch == Touch::Read { Access::Reads(paths) } else { Access::Writes(paths) };
    Ok(Planned { tool: row.tool, kind: row.kind, verb: row.verb, target: place.shown.clone(), access, args })
}
