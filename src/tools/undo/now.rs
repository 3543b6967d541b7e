//! What lies at a path now, as far as an undo must know it.

use std::path::Path;

use crate::{
    guard::{
        Files, Place,
        files::{EntryKind, Fault, FaultKind, Look, MAX_BYTES, Stamp},
    },
    journal::{FileState, Hash, PathText},
};

/// Entries of a folder in the trash that are compared; beyond that its content is taken for unknown.
const MOST_ENTRIES: usize = 2_000;
/// Bytes likewise.
const MOST_BYTES: u64 = 64 << 20;

/// What lies at a path.
#[derive(Clone, Debug)]
pub(super) enum Now {
    /// Nothing.
    Absent,
    /// A file.
    File(Held),
    /// A file too big to be read.
    Big(u64),
    /// A link, with what it says.
    Link(std::path::PathBuf),
    /// A folder: its permission bits and, if that was asked, what all of it is.
    Folder(u32, Option<Hash>),
    /// A pipe, a socket, a device.
    Other,
}

/// A file with its content.
#[derive(Clone, Debug)]
pub(super) struct Held {
    /// Its bytes.
    pub(super) bytes: Vec<u8>,
    /// Their hash.
    pub(super) hash: Hash,
    /// Its permission bits.
    pub(super) mode: u32,
    /// What it was when it was read.
    pub(super) stamp: Stamp,
}

impl Now {
    /// Looks. Of a folder everything, if `whole`.
    ///
    /// # Errors
    /// It cannot be looked at.
    pub(super) fn of(files: &Files, place: &Place, whole: Whole) -> Result<Self, Fault> {
        Ok(match files.look(place)? {
            Look::Absent => Self::Absent,
            Look::File(_) => match files.read(place, MAX_BYTES) {
                Ok((bytes, stamp)) => Self::File(Held { hash: Hash::of(&bytes), mode: stamp.mode, bytes, stamp }),
                Err(fault) if fault.kind == FaultKind::TooBig => Self::Big(match files.look(place)? {
                    Look::File(len) => len,
                    _ => 0,
                }),
                Err(fault) => return Err(fault),
            },
            Look::Link(target) => Self::Link(target),
            Look::Folder(mode) => Self::Folder(mode, if whole == Whole::Yes { digest(files, place) } else { None }),
            Look::Other => Self::Other,
        })
    }

    /// It as a log knows it; a file's content must be kept by then. What is not kept goes to `trash` whole.
    pub(super) fn state(&self, trash: Option<&Path>) -> FileState {
        let trashed = |hash: Option<Hash>, bytes: u64| match trash {
            Some(at) => FileState::Trashed { at: PathText::new(at), hash },
            None => FileState::NotKept { bytes, why: "it is too big".into(), hash },
        };
        match self {
            Self::Absent => FileState::Absent,
            Self::File(held) => {
                let bytes = held.bytes.len() as u64;
                FileState::File { hash: held.hash.clone(), bytes, mode: held.mode }
            }
            Self::Big(len) => trashed(None, *len),
            Self::Link(target) => FileState::Link(PathText::new(target)),
            Self::Folder(_, Some(hash)) => trashed(Some(hash.clone()), 0),
            Self::Folder(mode, None) => FileState::Folder { mode: *mode },
            Self::Other => FileState::NotKept { bytes: 0, why: "it is no file".into(), hash: None },
        }
    }
}

/// How much of a folder is looked at.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Whole {
    /// All that is in it.
    Yes,
    /// The folder itself.
    No,
}

/// What a file or folder is with all that is in it, where that is little enough. A file's is the hash of its
/// content.
pub(in crate::tools) fn digest(files: &Files, place: &Place) -> Option<Hash> {
    if let Ok(Look::File(len)) = files.look(place) {
        return if len > MOST_BYTES { None } else { files.read(place, MOST_BYTES).ok().map(|(b, _)| Hash::of(&b)) };
    }
    let mut sum = String::new();
    let mut left = (MOST_ENTRIES, MOST_BYTES);
    add(files, place, (&mut sum, &mut left))?;
    Some(Hash::of(sum.as_bytes()))
}

fn add(files: &Files, place: &Place, (sum, left): (&mut String, &mut (usize, u64))) -> Option<()> {
    use std::fmt::Write;
    let found = files.entries(place, left.0).ok().filter(|found| !found.more)?;
    left.0 -= found.entries.len();
    for entry in found.entries {
        let child = place.child(&entry.name);
        let name = PathText::new(Path::new(&entry.name));
        match entry.kind {
            EntryKind::File(len) => {
                left.1 = left.1.checked_sub(len)?;
                let (bytes, stamp) = files.read(&child, MOST_BYTES).ok()?;
                let _ = writeln!(sum, "f {name:?} {:o} {}", stamp.mode, Hash::of(&bytes).as_str());
            }
            EntryKind::Link(target) => {
                let _ = writeln!(sum, "l {name:?} {:?}", PathText::new(&target));
            }
            EntryKind::Folder => {
                let _ = writeln!(sum, "d {name:?} {{");
                add(files, &child, (sum, left))?;
                sum.push_str("}\n");
            }
            EntryKind::Other => return None,
        }
    }
    Some(())
}
