//! What lies in a folder, bounded, no link followed.

use std::{
    ffi::OsString,
    io,
    os::{fd::OwnedFd, unix::ffi::OsStringExt},
    path::PathBuf,
};

use rustix::fs::{AtFlags, Dir, FileType};

use super::{Fault, Files, Place};

/// What lies in a folder.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Entries {
    /// Sorted by name.
    pub entries: Vec<Entry>,
    /// There are more than were read.
    pub more: bool,
}

/// Something in a folder.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    /// Its name, any bytes but `/` and NUL.
    pub name: OsString,
    /// What it is.
    pub kind: EntryKind,
}

/// What something in a folder is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum EntryKind {
    /// A regular file of this many bytes.
    File(u64),
    /// A folder.
    Folder,
    /// A link to this path, not followed.
    Link(PathBuf),
    /// A pipe, a socket or a device.
    Other,
}

impl Files {
    /// What lies in the folder; at most `limit` names are read, in the order of the disk.
    ///
    /// # Errors
    /// When it is missing, no folder, or may not be read.
    pub fn entries(&self, place: &Place, limit: usize) -> Result<Entries, Fault> {
        let failed = |error: io::Error| place.fault("list", &error);
        let folder = place.base.folder(&place.below).map_err(failed)?;
        let (names, more) = names(&folder, limit).map_err(failed)?;
        let mut entries: Vec<Entry> =
            names.into_iter().map(|name| Entry { kind: kind(&folder, &name), name }).collect();
        entries.sort_by(|a, b| a.name.cmp(&b.name));
        Ok(Entries { entries, more })
    }
}

/// At most `limit` names in the folder, and whether there are more.
pub(super) fn names(folder: &OwnedFd, limit: usize) -> io::Result<(Vec<OsString>, bool)> {
    let mut names = Vec::new();
    for entry in Dir::read_from(folder)? {
        let name = entry?.file_name().to_bytes().to_vec();
        if name == b"." || name == b".." {
            continue;
        }
        if names.len() == limit {
            return Ok((names, true));
        }
        names.push(OsString::from_vec(name));
    }
    Ok((names, false))
}

fn kind(folder: &OwnedFd, name: &OsString) -> EntryKind {
    let Ok(stat) = rustix::fs::statat(folder, name, AtFlags::SYMLINK_NOFOLLOW) else { return EntryKind::Other };
    match FileType::from_raw_mode(stat.st_mode) {
        FileType::RegularFile => EntryKind::File(u64::try_from(stat.st_size).unwrap_or_default()),
        FileType::Directory => EntryKind::Folder,
        FileType::Symlink => {
            let target = rustix::fs::readlinkat(folder, name, Vec::new());
            EntryKind::Link(target.map_or_else(|_| PathBuf::new(), |t| OsString::from_vec(t.into_bytes()).into()))
        }
        _ => EntryKind::Other,
    }
}
