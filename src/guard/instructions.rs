//! Instructions that a person or a project wrote for agents: `AGENTS.md`, else `CLAUDE.md`.
//!
//! Owns which files count and how much of them. Refuses what is no plain text file inside the project: a
//! link that leads out, a pipe, a device, a binary. Hidden characters are taken out or made visible, so that
//! the model reads what a person could have read. Does not ask whether the folder is trusted: the caller
//! must, before it calls [`project`].

use std::{
    io,
    os::unix::fs::MetadataExt,
    path::{Path, PathBuf},
};

use super::files::{FaultKind, Files};
use crate::text::Clean;

/// The names that count in a folder; the first that is there is taken.
const NAMES: [&str; 2] = ["AGENTS.md", "CLAUDE.md"];

/// Bytes of a file that are taken, some 16,000 tokens: they are paid for in every call of the session.
const TAKEN: usize = 64 << 10;

/// Bytes of all files that are taken; the nearest folders come first.
const TAKEN_IN_ALL: usize = 128 << 10;

/// A larger file is no instruction for anyone.
const LARGEST: u64 = 1 << 20;

/// Folders between the root of a repository and the working folder that are looked at.
const DEEPEST: usize = 32;

/// A file of instructions.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Instruction {
    /// Where it lies, for the model and for eyes.
    pub from: Clean,
    /// What it says: nothing in it is hidden from a reader.
    pub text: Clean,
}

/// The instructions that were found.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Instructions {
    /// The farthest first: a nearer one says the last word.
    pub files: Vec<Instruction>,
    /// What was left out or cut, a line each, for the person.
    pub notes: Vec<Clean>,
}

/// The person's own instructions: `AGENTS.md` in the folder of the settings.
#[must_use]
pub fn own(config: &Path) -> Instructions {
    let mut found = Instructions::default();
    // Links may lead anywhere: the folder is the person's, and settings are often kept in another place.
    if let Ok(real) = config.join(NAMES[0]).canonicalize()
        && let (Some(folder), Some(name)) = (real.parent(), real.file_name().and_then(|name| name.to_str()))
        && let Ok(files) = Files::open(folder, &[])
        && let Some(text) = take(&files, name, NAMES[0], &mut found.notes)
    {
        found.files.push(Instruction { from: Clean::trusted("your own AGENTS.md"), text });
    }
    found
}

/// The project's instructions, from the root of its repository down to `folder`. Only for a trusted folder.
#[must_use]
pub fn project(folder: &Path) -> Instructions {
    let mut found = Instructions::default();
    let Ok(folder) = folder.canonicalize() else { return found };
    let root = repository(&folder).unwrap_or_else(|| folder.clone());
    let Ok(files) = Files::open(&root, &[]) else { return found };
    let mut n_bytes = 0;
    for at in folder.ancestors().take_while(|at| at.starts_with(&root)).take(DEEPEST) {
        let below = at.strip_prefix(&root).unwrap_or(at);
        let Some((name, text)) = first(&files, below, &folder, &mut found.notes) else { continue };
        let from = Clean::strict(&super::files::spell(&below.join(name)));
        n_bytes += text.as_str().len();
        if n_bytes > TAKEN_IN_ALL {
            let words = format!("{from} is left out: instructions have more than {} KB", TAKEN_IN_ALL >> 10);
            found.notes.push(Clean::strict(&words));
            break;
        }
        found.files.push(Instruction { from, text });
    }
    found.files.reverse();
    found
}

/// The first of the names that is there, if it can be taken.
fn first(files: &Files, below: &Path, folder: &Path, notes: &mut Vec<Clean>) -> Option<(&'static str, Clean)> {
    let name = NAMES.into_iter().find(|name| files.root().join(below).join(name).symlink_metadata().is_ok())?;
    let path = files.root().join(below).join(name);
    let shown = below.join(name);
    if !belongs(&path, folder) {
        notes.push(Clean::strict(&format!("{} is left out: it belongs to another user", shown.display())));
        return None;
    }
    let text = take(files, path.to_str()?, &shown.to_string_lossy(), notes)?;
    Some((name, text))
}

fn take(files: &Files, named: &str, shown: &str, notes: &mut Vec<Clean>) -> Option<Clean> {
    let mut note = |why: &str| notes.push(Clean::strict(&format!("{shown} is left out: {why}")));
    let place = match files.locate(named) {
        Ok(place) if !place.inside => {
            note("it leads out of the project");
            return None;
        }
        Ok(place) => place,
        Err(fault) => {
            note(&fault.words);
            return None;
        }
    };
    let bytes = match files.read(&place, LARGEST) {
        Ok((bytes, _)) => bytes,
        Err(fault) if fault.kind == FaultKind::TooBig => {
            note(&format!("it has more than {} KB", LARGEST >> 10));
            return None;
        }
        Err(fault) => {
            note(&fault.words);
            return None;
        }
    };
    let Some(text) = text_of(&bytes) else {
        note("it is no text");
        return None;
    };
    let kept = head(text);
    if kept.len() < text.len() {
        notes.push(Clean::strict(&format!(
            "{shown} has {} KB: only its first {} are used",
            text.len() >> 10,
            TAKEN >> 10
        )));
    }
    let clean = Clean::new(kept.trim());
    (!clean.is_empty()).then_some(clean)
}

fn text_of(bytes: &[u8]) -> Option<&str> {
    let text = std::str::from_utf8(bytes).ok().filter(|text| !text.contains('\0'))?;
    Some(text.strip_prefix('\u{feff}').unwrap_or(text))
}

/// The lines of `text` that fit.
fn head(text: &str) -> &str {
    if text.len() <= TAKEN {
        return text;
    }
    let cut = text.floor_char_boundary(TAKEN);
    let end = text[..cut].rfind('\n').map_or(cut, |at| at + 1);
    &text[..end]
}

/// The folder at or above `folder` that holds `.git`. One that another user put above is none: anybody can
/// put one into a shared folder (git calls that dubious ownership).
fn repository(folder: &Path) -> Option<PathBuf> {
    folder.ancestors().take(DEEPEST).find(|at| belongs(&at.join(".git"), folder)).map(Path::to_owned)
}

/// It is there and belongs to this user, or to the owner of the working folder.
fn belongs(path: &Path, folder: &Path) -> bool {
    let owner = |path: &Path| -> io::Result<u32> { Ok(path.symlink_metadata()?.uid()) };
    let Ok(uid) = owner(path) else { return false };
    uid == rustix::process::geteuid().as_raw() || owner(folder).is_ok_and(|other| other == uid)
}

#[cfg(test)]
mod tests;
