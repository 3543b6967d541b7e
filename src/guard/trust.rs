//! Which folders a person trusts, and what a folder brings that would act once it is trusted.
//!
//! A folder is known by its real path together with its device and inode: what git's own files say of where
//! they belong vouches for nothing (a forged `commondir` once borrowed the trust of another folder,
//! CVE-2026-40068), and neither does a folder that was put in the place of a trusted one.

use std::{
    fs::Metadata,
    io,
    path::{Path, PathBuf},
};

use serde::{Deserialize, Serialize};

use crate::{
    chat::{Problem, ProblemKind},
    config::{
        Paths,
        files::{self, ReadFault},
        shared,
    },
    text::Clean,
};

/// Folders that are remembered; the oldest go first. Keeps the file far below what is read at all.
const MAX_FOLDERS: usize = 1000;

/// What was decided about folders.
#[derive(Clone, Debug)]
pub struct TrustStore {
    /// `None` = nothing can be kept.
    file: Option<PathBuf>,
    /// The file as a person reads its name.
    shown: String,
    /// What was decided in this run; holds where the file cannot be written.
    here: Vec<Entry>,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
struct Entry {
    path: String,
    /// As text: TOML has no unsigned 64-bit numbers.
    device: String,
    inode: String,
    trusted: bool,
}

#[derive(Debug, Default, Serialize, Deserialize)]
struct Folders {
    #[serde(default)]
    folder: Vec<Entry>,
}

impl TrustStore {
    /// The store in the state folder. Reads nothing yet.
    #[must_use]
    pub fn new(paths: &Paths) -> Self {
        let file = paths.state_dir.join("trust.toml");
        Self { shown: paths.shown(&file), file: (!paths.memory_only).then_some(file), here: Vec::new() }
    }

    /// The folder, or one above it, was trusted, and nothing nearer was refused. What cannot be read is not trusted.
    #[must_use]
    pub fn is_trusted(&self, folder: &Path) -> bool {
        self.decision(folder).unwrap_or(false)
    }

    /// What was decided about the folder or the nearest one above it; `None` = nobody was asked yet.
    #[must_use]
    pub fn decision(&self, folder: &Path) -> Option<bool> {
        let real = std::fs::canonicalize(folder).ok()?;
        let stored = self.read().unwrap_or_default();
        real.ancestors().find_map(|above| {
            let known = identify(above).ok()?;
            let same =
                |entry: &&Entry| entry.path == known.path && entry.device == known.device && entry.inode == known.inode;
            let entry = self.here.iter().rev().find(same).or_else(|| stored.iter().rev().find(same));
            entry.map(|entry| entry.trusted)
        })
    }

    /// Remembers a decision, and writes it. What another run wrote meanwhile is kept.
    ///
    /// # Errors
    /// When the folder cannot be identified (then nothing is decided), or the file cannot be written (then the
    /// decision holds for this run).
    pub fn set(&mut self, folder: &Path, trusted: bool) -> Result<(), Problem> {
        let problem = |what: String, fault: &dyn std::fmt::Display| {
            Problem::new(ProblemKind::Config, what).detail(Clean::new(&fault.to_string()))
        };
        let real = std::fs::canonicalize(folder);
        let entry = real.and_then(|real| identify(&real)).map_err(|fault| {
            problem("the folder cannot be trusted: it cannot be identified".into(), &fault)
                .hint("check that the folder exists and that its name is UTF-8")
        })?;
        let entry = Entry { trusted, ..entry };
        self.here.retain(|old| old.path != entry.path);
        self.here.push(entry.clone());
        let Some(file) = self.file.clone() else { return Ok(()) };
        write(&file, &entry).map_err(|fault| {
            problem(format!("{} could not be written; the decision lasts for this run", self.shown), &fault)
                .hint("make the file and its folder writable")
        })
    }

    fn read(&self) -> Option<Vec<Entry>> {
        let text = match files::read_text(self.file.as_deref()?) {
            Ok(text) => text,
            Err(
                ReadFault::Missing | ReadFault::NotAFile(_) | ReadFault::TooBig | ReadFault::NotText | ReadFault::Io(_),
            ) => {
                return None;
            }
        };
        toml::from_str::<Folders>(&text).ok().map(|folders| folders.folder)
    }
}

/// Adds a decision to those that the file holds by now.
fn write(file: &Path, entry: &Entry) -> io::Result<()> {
    // A damaged file counts as empty: it trusts nobody.
    shared::update(file, |text| {
        let mut folder = toml::from_str::<Folders>(text).ok()?.folder;
        folder.retain(|old| old.path != entry.path);
        folder.push(entry.clone());
        let surplus = folder.len().saturating_sub(MAX_FOLDERS);
        folder.drain(..surplus);
        toml::to_string(&Folders { folder }).ok()
    })
}

/// The folder of this real path.
fn identify(real: &Path) -> io::Result<Entry> {
    let meta = std::fs::symlink_metadata(real)?;
    if !meta.is_dir() {
        return Err(io::Error::new(io::ErrorKind::NotADirectory, "it is not a folder"));
    }
    let path = real.to_str().ok_or_else(|| io::Error::new(io::ErrorKind::InvalidData, "its name is not UTF-8"))?;
    let (device, inode) = numbers(&meta);
    Ok(Entry { path: path.to_owned(), device: device.to_string(), inode: inode.to_string(), trusted: false })
}

#[cfg(unix)]
fn numbers(meta: &Metadata) -> (u64, u64) {
    use std::os::unix::fs::MetadataExt;
    (meta.dev(), meta.ino())
}

#[cfg(not(unix))]
fn numbers(_meta: &Metadata) -> (u64, u64) {
    (0, 0)
}

/// Something that a folder brings along.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Finding {
    /// Its name below the folder.
    pub name: Clean,
    /// What it would do, or why it does nothing, a few words.
    pub what: &'static str,
}

/// Names that act or steer, and what they would do.
const ACTING: [(&str, &str); 18] = [
    (".mcp.json", "starts servers"),
    (".glm-tui/config.toml", "settings: only harmless keys and tighter permissions count"),
    (".glm-tui/hooks", "hooks: programs that would run"),
    (".glm-tui/commands", "commands of the project"),
    ("AGENTS.md", "instructions for the model"),
    ("CLAUDE.md", "instructions for the model"),
    (".claude", "settings of another agent; not used"),
    (".env", "environment variables; never loaded"),
    (".envrc", "environment variables; never loaded"),
    (".git/hooks", "git hooks: run by git, not by this program"),
    (".git/config", "git settings: can make git run programs"),
    (".gitmodules", "submodules: more repositories"),
    (".gitattributes", "names filters that git may run"),
    (".husky", "git hooks"),
    (".githooks", "git hooks"),
    (".vscode/tasks.json", "tasks of an editor; not used"),
    (".devcontainer", "container settings; not used"),
    ("rust-toolchain.toml", "chooses which compiler runs"),
];

/// What the folder brings that would act or steer, for the question about trust. Opens nothing.
#[must_use]
pub fn found(folder: &Path) -> Vec<Finding> {
    let there = |name: &str| std::fs::symlink_metadata(folder.join(name)).ok();
    let mut findings: Vec<Finding> = ACTING
        .iter()
        .filter(|(name, _)| there(name).is_some())
        .filter(|(name, _)| *name != ".git/hooks" || has_hooks(&folder.join(name)))
        .map(|(name, what)| Finding { name: Clean::trusted(name), what })
        .collect();
    if there(".git").is_some_and(|meta| !meta.is_dir()) {
        findings.push(Finding {
            name: Clean::trusted(".git"),
            what: "points to a repository elsewhere; that vouches for nothing",
        });
    }
    findings
}

/// A hook besides the samples that git itself puts there.
fn has_hooks(folder: &Path) -> bool {
    let Ok(entries) = std::fs::read_dir(folder) else { return false };
    // A handful of names exist; a folder made to be endless is not read to its end.
    entries.take(1000).flatten().any(|entry| !entry.file_name().to_string_lossy().ends_with(".sample"))
}
