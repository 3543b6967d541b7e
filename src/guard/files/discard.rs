//! Moving a file or folder to the session's trash, so that it can be brought back.

use std::{
    ffi::{OsStr, OsString},
    fs::DirBuilder,
    io,
    os::{
        fd::OwnedFd,
        unix::{
            ffi::{OsStrExt, OsStringExt},
            fs::DirBuilderExt,
        },
    },
    path::{Path, PathBuf},
};

use rustix::{
    fs::{AtFlags, Mode, OFlags},
    io::Errno,
};

use super::{Fault, FaultKind, Files, Place, create::folder_made, replace::sync_folder, tree};
use crate::config::fault::{self, Call};

/// Most things in the trash of a session.
const MOST: usize = 100_000;
/// Bytes of the old name that are kept: with its number in front it must fit into 255.
const NAME_BYTES: usize = 240;

impl Files {
    /// Moves it to `trash` (made if missing, for its owner only) under a number and its name. Links are
    /// moved themselves. Returns where it is now.
    ///
    /// # Errors
    /// When it is missing, a folder that is worked in, or the system refuses.
    pub fn discard(&self, place: &Place, trash: &Path) -> Result<PathBuf, Fault> {
        for n in 1..=MOST {
            let target = numbered(n, place.below.file_name().unwrap_or_default().as_bytes());
            match self.discard_to(place, (trash, &target)) {
                Err(fault) if fault.kind == FaultKind::Exists => {}
                done => return done,
            }
        }
        Err(Fault::new(FaultKind::NoRoom, "the session's trash is full; tell the user"))
    }

    /// The same under this name.
    ///
    /// # Errors
    /// Likewise, and when the trash holds something of that name.
    pub fn discard_to(&self, place: &Place, (trash, target): (&Path, &OsStr)) -> Result<PathBuf, Fault> {
        let failed = |error: io::Error| place.fault("delete", &error);
        if self.roots.iter().any(|root| root.path.starts_with(&place.real)) || trash.starts_with(&place.real) {
            let words = format!("{} holds the folders that are worked in; it is not deleted", place.shown);
            return Err(Fault::new(FaultKind::Denied, words));
        }
        let (folder, name) = place.parent()?;
        rustix::fs::statat(&folder, name, AtFlags::SYMLINK_NOFOLLOW).map_err(|error| failed(error.into()))?;
        let bin = open_trash(trash).map_err(|error| Fault::system("open the session's trash", &error))?;
        let taken = || Fault::new(FaultKind::Exists, "the session's trash holds something of that name");
        fault::point("files", Call::Rename).map_err(failed)?;
        match move_to((&folder, name), (&bin, target)) {
            // On another disk the kernel says so whether or not the name is free.
            Err(Errno::XDEV) => match tree::carry((&folder, name), (&bin, target)) {
                Ok(()) => {}
                Err(tree::Trouble::System(error)) if error.kind() == io::ErrorKind::AlreadyExists => {
                    return Err(taken());
                }
                Err(tree::Trouble::System(error)) => return Err(failed(error)),
                Err(tree::Trouble::Words(why)) => {
                    let words = format!("cannot delete {}: {why}", place.shown);
                    return Err(Fault::new(FaultKind::Denied, words));
                }
            },
            Ok(()) => {}
            Err(Errno::EXIST) => return Err(taken()),
            Err(error) => return Err(failed(error.into())),
        }
        sync_folder(&bin);
        sync_folder(&folder);
        Ok(trash.join(target))
    }

    /// Moves something from the trash to a place where nothing is, whole.
    ///
    /// # Errors
    /// When there is something by now, the trash does not hold it any more, or the system refuses.
    pub fn bring_back(&self, place: &Place, at: &Path) -> Result<(), Fault> {
        let failed = |error: io::Error| place.fault("bring back", &error);
        let (Some(trash), Some(name)) = (at.parent(), at.file_name()) else {
            return Err(Fault::new(FaultKind::Missing, "the trash does not hold it"));
        };
        let bin = open_trash(trash).map_err(|error| Fault::system("open the session's trash", &error))?;
        let (Some(above), Some(own)) = (place.below.parent(), place.below.file_name()) else {
            return Err(Fault::new(FaultKind::NotAFile, format!("{} is a folder that is worked in", place.shown)));
        };
        let folder = folder_made(place, above, &mut Vec::new()).map_err(failed)?;
        fault::point("files", Call::Rename).map_err(failed)?;
        match move_to((&bin, name), (&folder, own)) {
            Err(Errno::XDEV) => tree::carry((&bin, name), (&folder, own)).map_err(|trouble| match trouble {
                tree::Trouble::System(error) => failed(error),
                tree::Trouble::Words(why) => Fault::new(FaultKind::Denied, why),
            })?,
            Ok(()) => {}
            Err(error) => return Err(failed(error.into())),
        }
        sync_folder(&bin);
        sync_folder(&folder);
        Ok(())
    }
}

fn open_trash(trash: &Path) -> io::Result<OwnedFd> {
    fault::point("files", Call::Make)?;
    DirBuilder::new().recursive(true).mode(0o700).create(trash)?;
    let flags = OFlags::RDONLY | OFlags::DIRECTORY | OFlags::NOFOLLOW | OFlags::CLOEXEC;
    Ok(rustix::fs::open(trash, flags, Mode::empty())?)
}

fn numbered(n: usize, name: &[u8]) -> OsString {
    let mut bytes = format!("{n}-").into_bytes();
    bytes.extend_from_slice(&name[..name.len().min(NAME_BYTES)]);
    OsString::from_vec(bytes)
}

/// Renames without replacing.
fn move_to((folder, name): (&OwnedFd, &OsStr), (bin, target): (&OwnedFd, &OsStr)) -> rustix::io::Result<()> {
    #[cfg(any(target_os = "linux", target_os = "macos"))]
    match rustix::fs::renameat_with(folder, name, bin, target, rustix::fs::RenameFlags::NOREPLACE) {
        Err(Errno::INVAL | Errno::NOSYS | Errno::NOTSUP) => {}
        done => return done,
    }
    // Nobody but this session writes to its trash, so a look before is enough.
    match rustix::fs::statat(bin, target, AtFlags::SYMLINK_NOFOLLOW) {
        Err(Errno::NOENT) => rustix::fs::renameat(folder, name, bin, target),
        Ok(_) => Err(Errno::EXIST),
        Err(error) => Err(error),
    }
}
