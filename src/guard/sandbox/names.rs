//! The protected names of a project: what git, this program or an editor act upon. On the full rung each is
//! read-only; one that does not exist is held by an empty folder while commands run, so that none can make it.

use std::{
    fs::{self, File, OpenOptions},
    io::{self, Read, Seek, Write},
    os::unix::fs::{MetadataExt, OpenOptionsExt},
    path::{Path, PathBuf},
};

use rustix::fs::{FlockOperation, flock};

/// Names at the top of the project whose content others act upon later: git's hooks and settings, our own
/// settings and servers, tasks that editors start by themselves.
pub(super) const PROTECTED: [&str; 5] = [".git", ".glm-tui", ".mcp.json", ".vscode", ".idea"];

/// Longest wait for whoever clears placeholders away: it takes milliseconds, so this is a fault.
const WAIT_STEPS: u32 = 200;
const WAIT_STEP_MS: i64 = 10;

/// The protected names that exist below the writable folders. A link cannot be mounted upon; what it leads to
/// counts if a command could write it.
pub(super) fn existing(roots: &[&Path]) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for place in roots.iter().flat_map(|root| PROTECTED.map(|name| root.join(name))) {
        let Ok(kind) = place.symlink_metadata() else { continue };
        if !kind.is_symlink() {
            found.push(place);
        } else if let Ok(target) = place.canonicalize()
            && roots.iter().any(|root| target.starts_with(root))
        {
            found.push(target);
        }
    }
    found
}

/// A share in the project's ledger: while one is held, the placeholders stay.
#[derive(Debug)]
pub(super) struct Ledger {
    file: File,
    workspace: PathBuf,
}

impl Ledger {
    /// Takes a share.
    pub(super) fn open(ledger: &Path, workspace: &Path) -> io::Result<Self> {
        let file = OpenOptions::new().read(true).append(true).create(true).mode(0o600).open(ledger)?;
        for step in 0.. {
            match flock(&file, FlockOperation::NonBlockingLockShared) {
                Ok(()) => break,
                Err(rustix::io::Errno::WOULDBLOCK) if step < WAIT_STEPS => pause(),
                Err(error) => return Err(error.into()),
            }
        }
        Ok(Self { file, workspace: workspace.to_owned() })
    }

    /// Makes a placeholder for each protected name that does not exist. A project that cannot be written
    /// needs none: commands cannot write it either.
    pub(super) fn hold_absent(&mut self) -> io::Result<()> {
        for name in PROTECTED {
            let place = self.workspace.join(name);
            if place.symlink_metadata().is_ok() {
                continue;
            }
            match fs::create_dir(&place) {
                Ok(()) => {
                    let made = place.symlink_metadata()?;
                    writeln!(self.file, "{} {} {name}", made.dev(), made.ino())?;
                }
                Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {}
                Err(error)
                    if matches!(error.kind(), io::ErrorKind::PermissionDenied | io::ErrorKind::ReadOnlyFilesystem) => {}
                Err(error) => return Err(error),
            }
        }
        Ok(())
    }

    /// Gives the share back; the last one takes the placeholders away that are still empty.
    pub(super) fn settle(mut self) {
        if flock(&self.file, FlockOperation::NonBlockingLockExclusive).is_err() {
            return;
        }
        let mut text = String::new();
        // Our own additions left us at the end.
        let _ = self.file.rewind();
        if (&self.file).take(1 << 16).read_to_string(&mut text).is_err() {
            return;
        }
        for (place, made) in text.lines().filter_map(|line| entry(line, &self.workspace)) {
            let same = place.symlink_metadata().is_ok_and(|m| (m.dev(), m.ino()) == made && m.is_dir());
            if same {
                // Fails if someone filled it, and then it is no placeholder any more.
                let _ = fs::remove_dir(&place);
            }
        }
        let _ = self.file.set_len(0);
        let _ = self.file.flush();
    }
}

fn entry(line: &str, workspace: &Path) -> Option<(PathBuf, (u64, u64))> {
    let mut words = line.split(' ');
    let made = (words.next()?.parse().ok()?, words.next()?.parse().ok()?);
    let name = words.next()?;
    PROTECTED.contains(&name).then(|| (workspace.join(name), made))
}

/// A short wait without a clock.
fn pause() {
    let step = rustix::event::Timespec { tv_sec: 0, tv_nsec: WAIT_STEP_MS * 1_000_000 };
    let _ = rustix::event::poll(&mut [], Some(&step));
}
