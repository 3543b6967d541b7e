//! Finding and reading the files of another program. Never writes, follows no link, never waits for a pipe.

use std::{
    fs::{self, File},
    io::{self, Read},
    path::{Path, PathBuf},
};

/// The largest file that is read, in bytes: it is held in memory whole.
const LARGEST: u64 = 512 << 20;
/// How deep folders are looked into: `sessions/2026/11/21/rollout-….jsonl`.
const DEPTH: usize = 4;
/// The most files of one import.
const MOST: usize = 50_000;

/// Why there are no bytes.
#[derive(Debug)]
pub(super) enum Fault {
    /// Nothing is there.
    Missing,
    /// It is larger than what is read.
    TooBig,
    /// The system says no.
    Io(io::Error),
}

/// The conversation files at a path, sorted: the path itself, or those below it.
pub(super) fn find(path: &Path) -> Result<Vec<PathBuf>, Fault> {
    let meta = fs::metadata(path).map_err(|error| match error.kind() {
        io::ErrorKind::NotFound | io::ErrorKind::NotADirectory => Fault::Missing,
        _ => Fault::Io(error),
    })?;
    if meta.is_file() {
        return Ok(vec![path.to_path_buf()]);
    }
    let mut found = Vec::new();
    walk(path, DEPTH, &mut found).map_err(Fault::Io)?;
    found.sort();
    Ok(found)
}

fn walk(dir: &Path, depth: usize, found: &mut Vec<PathBuf>) -> io::Result<()> {
    for entry in fs::read_dir(dir)?.flatten() {
        let Ok(kind) = entry.file_type() else { continue };
        let path = entry.path();
        if kind.is_dir() && depth > 0 {
            // A folder that may not be read hides its own files only.
            let _ = walk(&path, depth - 1, found);
        } else if kind.is_file() && is_conversation(&path) && found.len() < MOST {
            found.push(path);
        }
    }
    Ok(())
}

/// The name says so. Files of subagents (`agent-….jsonl`) are parts of another conversation.
fn is_conversation(path: &Path) -> bool {
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    name.ends_with(".jsonl") && !name.starts_with("agent-")
}

/// The bytes of a file.
pub(super) fn read(path: &Path) -> Result<Vec<u8>, Fault> {
    let meta = fs::metadata(path).map_err(Fault::Io)?;
    if !meta.is_file() {
        return Err(Fault::Missing);
    }
    if meta.len() > LARGEST {
        return Err(Fault::TooBig);
    }
    let mut bytes = Vec::new();
    File::open(path).and_then(|file| file.take(LARGEST).read_to_end(&mut bytes)).map_err(Fault::Io)?;
    Ok(bytes)
}
