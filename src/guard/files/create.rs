//! Creating a file, with its folders, without ever replacing one.

use std::{
    io,
    os::fd::OwnedFd,
    path::{Path, PathBuf},
};

use rustix::{
    fs::{AtFlags, Mode, OFlags},
    io::Errno,
};

use super::{
    Fault, FaultKind, Files, Place, Stamp,
    replace::{Temp, Written, changed, sync_folder},
};
use crate::config::fault::{self, Call};

impl Files {
    /// Creates a file that does not exist, and the folders it needs. Nothing is left when it fails.
    ///
    /// # Errors
    /// When there is one by now, or the system refuses.
    pub fn create(&self, place: &Place, bytes: &[u8]) -> Result<Written, Fault> {
        let mut made = Vec::new();
        let done = create(place, bytes, &mut made);
        if done.is_err() {
            for folder in made.iter().rev() {
                forget(place, folder);
            }
        }
        done
    }
}

fn create(place: &Place, bytes: &[u8], made: &mut Vec<PathBuf>) -> Result<Written, Fault> {
    let failed = |error: io::Error| place.fault("create", &error);
    let (Some(parent), Some(name)) = (place.below.parent(), place.below.file_name()) else {
        return Err(Fault::new(FaultKind::NotAFile, format!("{} is a folder", place.shown)));
    };
    let folder = folder_made(place, parent, made).map_err(failed)?;
    // The person's umask decides who may read it, as for any other program.
    let mut temp = Temp::create(&folder, Mode::from_raw_mode(0o666)).map_err(failed)?;
    fault::write_all("files", &mut temp.file, bytes).map_err(failed)?;
    fault::point("files", Call::Sync).and_then(|()| temp.file.sync_all()).map_err(failed)?;
    let stamp = Stamp::new(bytes, &temp.file.metadata().map_err(failed)?);
    match temp.settle(name) {
        Ok(()) => {}
        Err(Errno::EXIST) => return Err(changed(place)),
        Err(error) => return Err(failed(error.into())),
    }
    Ok(Written { stamp, note: sync_folder(&folder) })
}

/// Opens a folder, making what is missing of it.
pub(super) fn folder_made(place: &Place, parent: &Path, made: &mut Vec<PathBuf>) -> io::Result<OwnedFd> {
    let missing = |error: &io::Error| error.kind() == io::ErrorKind::NotFound;
    match place.base.folder(parent) {
        Err(error) if missing(&error) => {}
        done => return done,
    }
    let (Some(above), Some(name)) = (parent.parent(), parent.file_name()) else {
        return Err(Errno::NOENT.into());
    };
    let above = folder_made(place, above, made)?;
    fault::point("files", Call::Make)?;
    match rustix::fs::mkdirat(&above, name, Mode::from_raw_mode(0o777)) {
        Ok(()) => made.push(parent.to_path_buf()),
        // Another call made it just now.
        Err(Errno::EXIST) => {}
        Err(error) => return Err(error.into()),
    }
    let _ = sync_folder(&above);
    let flags = OFlags::RDONLY | OFlags::DIRECTORY | OFlags::NOFOLLOW | OFlags::CLOEXEC;
    Ok(rustix::fs::openat(&above, name, flags, Mode::empty())?)
}

/// Removes a folder that was made for nothing.
fn forget(place: &Place, folder: &Path) {
    let (Some(above), Some(name)) = (folder.parent(), folder.file_name()) else { return };
    if let Ok(above) = place.base.folder(above) {
        let _ = fault::point("files", Call::Remove).map(|()| rustix::fs::unlinkat(&above, name, AtFlags::REMOVEDIR));
    }
}
