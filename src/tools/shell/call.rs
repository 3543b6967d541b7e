//! The arguments of a call: what runs, where, and within which limits.

use std::{
    path::{Path, PathBuf},
    sync::PoisonError,
    time::Duration,
};

use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::Value;

use super::super::{Bench, Refusal, schema};
use crate::{
    chat::PermissionMode,
    guard::{
        Escape, Need, Verdict,
        runner::{Spec, Terminal},
    },
    text::Clean,
};

/// Seconds that a command may run unless the call says otherwise: enough for a test run.
const TIMEOUT: u32 = 120;
/// Most seconds; what takes longer belongs in the background.
const MOST: u32 = 600;
/// Longest command line in bytes; the kernel takes 128 KiB as one argument (`MAX_ARG_STRLEN`).
const LINE: usize = 100_000;
/// The terminal that a command gets: wide enough for tables, small enough to read.
const PTY: Terminal = Terminal::Pty { columns: 120, rows: 40 };

#[derive(Deserialize, JsonSchema)]
pub(super) struct Args {
    /// For bash; may have several lines.
    pub(super) command: String,
    /// Default 120, at most 600.
    timeout_seconds: Option<u32>,
    /// Folder to run in; default: the workspace.
    folder: Option<String>,
    /// Run it as a job and go on at once.
    #[serde(default)]
    pub(super) background: bool,
    /// It needs the network; the person is asked.
    #[serde(default)]
    pub(super) network: bool,
    /// It needs to write outside the workspace; the person is asked to let it run without the sandbox.
    #[serde(default)]
    pub(super) unsandboxed: bool,
    /// Run it on a copy of the project; nothing changes until `apply_changes`.
    #[serde(default)]
    pub(super) dry_run: bool,
    /// It needs a terminal.
    #[serde(default)]
    pty: bool,
    /// Why, in one line, for the person who is asked.
    pub(super) reason: Option<String>,
}

/// A call that was read.
pub(super) struct Call {
    pub(super) args: Args,
    /// Where it runs: a real path.
    folder: PathBuf,
}

impl Call {
    pub(super) fn read(args: Value, bench: &Bench) -> Result<Self, Refusal> {
        let args: Args = schema::args(args)?;
        sound(&args.command)?;
        if args.dry_run && (args.background || args.unsandboxed) {
            return Err(Refusal("a dry run is in the sandbox and in the foreground; leave one of the two out".into()));
        }
        let folder = folder(args.folder.as_deref().unwrap_or_default(), bench)?;
        Ok(Self { args, folder })
    }

    /// Outside the sandbox there is the network, too.
    fn escape(&self) -> Escape {
        match (self.args.unsandboxed, self.args.network) {
            (true, _) => Escape::Sandbox,
            (false, true) => Escape::Network,
            (false, false) => Escape::No,
        }
    }

    pub(super) fn spec(&self, line: String) -> Spec {
        let seconds = self.args.timeout_seconds.unwrap_or(TIMEOUT).clamp(1, MOST);
        Spec {
            line,
            folder: self.folder.clone(),
            network: self.args.network,
            free: self.args.unsandboxed,
            terminal: if self.args.pty { PTY } else { Terminal::None },
            timeout: (!self.args.background).then(|| Duration::from_secs(seconds.into())),
            overlay: None,
        }
    }

    /// The policy lets it run where nothing may be changed: it may overtake other readers.
    pub(super) fn only_reads(&self, bench: &Bench) -> bool {
        bench.learn_rung();
        let policy = bench.policy.lock().unwrap_or_else(PoisonError::into_inner);
        !self.args.background
            && !self.args.dry_run
            && policy.decide(&self.need(), PermissionMode::Plan) == Verdict::Allow
    }

    pub(super) fn need(&self) -> Need {
        Need::Command { line: self.args.command.clone(), folder: self.folder.clone(), escape: self.escape() }
    }
}

/// The line can be run at all.
pub(super) fn sound(line: &str) -> Result<(), Refusal> {
    if line.trim().is_empty() {
        return Err(Refusal("the command is empty".into()));
    }
    if line.contains('\0') {
        return Err(Refusal("the command holds a NUL character; write it as an escape".into()));
    }
    if line.len() > LINE {
        let len = line.len();
        return Err(Refusal(format!("the command has {len} bytes, at most {LINE} can run; write it to a file first")));
    }
    Ok(())
}

/// The real folder that is meant; it lies in the workspace or in a folder that belongs to it.
fn folder(asked: &str, bench: &Bench) -> Result<PathBuf, Refusal> {
    if matches!(asked, "" | "." | "./") {
        return Ok(bench.workspace.clone());
    }
    let refused = |why: &str| Refusal(format!("cannot run in `folder`: {why}; leave it out to run in the workspace"));
    let real = bench.workspace.join(asked).canonicalize().map_err(|error| refused(&error.to_string()))?;
    let inside = |root: &Path| real.starts_with(root);
    if !inside(&bench.workspace) && !bench.options.more_folders.iter().any(|more| inside(more)) {
        return Err(refused("it lies outside the workspace"));
    }
    if real.is_dir() { Ok(real) } else { Err(refused("it is no folder")) }
}

/// A command as a person sees it: its own lines, everything odd in them escaped.
pub(super) fn shown(line: &str) -> Clean {
    let mut shown = Clean::default();
    for (n, part) in line.trim_end_matches('\n').split('\n').enumerate() {
        if n > 0 {
            shown.append(&Clean::trusted("\n"));
        }
        shown.append(&Clean::strict(part));
    }
    shown
}
