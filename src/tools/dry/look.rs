//! One path of a dry run beside what it is in the project: contents of both sides, read without following links.

use std::{
    path::{Component, Path},
    sync::PoisonError,
};

use super::super::{Bench, tried::DryRun, undo::Wanted};
use crate::guard::{
    Need, Place,
    files::MAX_BYTES,
    sandbox::{Base, Made, Piece},
};

/// Permission bits that are taken over of a file that is new: what makes programs run as somebody else is not.
const PLAIN: u32 = 0o777;
/// Of a folder: who owns what is made in it is not a danger.
const PLAIN_FOLDER: u32 = 0o3777;

/// A path of a dry run.
pub(super) struct View {
    /// Where it is in the project.
    pub(super) place: Place,
    /// What it is there.
    pub(super) old: Old,
    /// What it shall become.
    pub(super) wanted: Wanted,
    /// Somebody changed it in the project while the command ran.
    pub(super) meanwhile: bool,
    /// What it holds is not shown: a rule of the person keeps it from being read.
    pub(super) is_secret: bool,
}

/// What a path is in the project.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Old {
    Absent,
    Folder(u32),
    /// A file: its bytes unless it is too big, its permission bits, its names (hard links).
    File(Option<Vec<u8>>, u32, u64),
    Link(std::path::PathBuf),
}

impl View {
    /// Reads both sides.
    ///
    /// # Errors
    /// It cannot be taken over, for this reason.
    pub(super) fn of(bench: &Bench, run: &DryRun, piece: &Piece) -> Result<Self, &'static str> {
        let place = bench.files.place(&bench.workspace.join(&piece.path));
        let old = old(bench, &place, piece.base)?;
        let had = piece.base.mode();
        let wanted = match &piece.made {
            Made::Gone => Wanted::Absent,
            Made::Link(says) => Wanted::Link(says.clone()),
            Made::Folder(mode) => Wanted::Folder(mode & (PLAIN_FOLDER | had)),
            Made::File(mode) => {
                // Bits beyond the plain ones stay only where they were.
                let keeps = if matches!(old, Old::File(..)) { had } else { 0 };
                let at = run.contents.place(&run.contents.root().join(&piece.path));
                let read = run.contents.read(&at, MAX_BYTES);
                let (bytes, _) = read.map_err(|_| "it is larger than 64 MiB or cannot be read")?;
                Wanted::File(bytes, mode & (PLAIN | keeps))
            }
        };
        let is_secret = bench.policy.lock().unwrap_or_else(PoisonError::into_inner).hides(&place.real);
        Ok(Self { place, old, wanted, meanwhile: piece.meanwhile, is_secret })
    }

    /// What the policy is asked.
    pub(super) fn need(&self) -> Need {
        let path = self.place.real.clone();
        // Another name of it may lie where nothing may be changed.
        let several = matches!(self.old, Old::File(_, _, names) if names > 1);
        let inside = self.place.inside && !several;
        if self.wanted == Wanted::Absent { Need::Delete { path, inside } } else { Need::Write { path, inside } }
    }

    /// It becomes a link that leads out of the project.
    pub(super) fn leads_out(&self, project: &Path) -> bool {
        let Wanted::Link(says) = &self.wanted else { return false };
        let mut at = self.place.real.parent().unwrap_or(project).to_path_buf();
        for part in says.components() {
            match part {
                Component::RootDir => at = "/".into(),
                Component::ParentDir => {
                    at.pop();
                }
                Component::Normal(name) => at.push(name),
                Component::CurDir | Component::Prefix(_) => {}
            }
        }
        !at.starts_with(project)
    }
}

fn old(bench: &Bench, place: &Place, base: Base) -> Result<Old, &'static str> {
    use crate::guard::files::Look;
    if base == Base::Absent {
        return Ok(Old::Absent);
    }
    match bench.files.look(place).map_err(|_| "it cannot be looked at")? {
        Look::Absent => Ok(Old::Absent),
        Look::Folder(mode) => Ok(Old::Folder(mode)),
        Look::Link(says) => Ok(Old::Link(says)),
        Look::Other => Err("it is a pipe, a socket or a device"),
        Look::File(len) if len > MAX_BYTES => Ok(Old::File(None, base.mode(), 1)),
        Look::File(_) => {
            let (bytes, stamp) = bench.files.read(place, MAX_BYTES).map_err(|_| "it cannot be read")?;
            Ok(Old::File(Some(bytes), stamp.mode, stamp.names))
        }
    }
}

/// It is not the same on both sides.
pub(super) fn changes_something(view: &View) -> bool {
    match (&view.old, &view.wanted) {
        (Old::Absent, Wanted::Absent) => false,
        (Old::File(Some(old), mode, _), Wanted::File(new, now)) => old != new || mode != now,
        (Old::Link(old), Wanted::Link(new)) => old != new,
        (Old::Folder(mode), Wanted::Folder(now)) => mode != now,
        _ => true,
    }
}
