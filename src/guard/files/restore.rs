//! Putting a path back to what it was: bytes, mode, links, folders. Never over something that was not expected.

use std::{
    ffi::OsString,
    io,
    os::unix::ffi::{OsStrExt, OsStringExt},
    path::{Path, PathBuf},
};

use rustix::{
    fs::{AtFlags, FileType, Mode, OFlags},
    io::Errno,
};

use super::{
    Fault, FaultKind, Files, Place, Stamp,
    create::folder_made,
    replace::{Temp, changed, exchange, sync_folder},
};
use crate::config::fault::{self, Call};

/// What lies at a path, no link followed, nothing opened.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Look {
    /// Nothing.
    Absent,
    /// A regular file of this many bytes.
    File(u64),
    /// A link that says this.
    Link(PathBuf),
    /// A folder with these permission bits.
    Folder(u32),
    /// A pipe, a socket or a device.
    Other,
}

impl Files {
    /// What lies at a path.
    ///
    /// # Errors
    /// When it cannot be looked at.
    pub fn look(&self, place: &Place) -> Result<Look, Fault> {
        let failed = |error: io::Error| place.fault("look at", &error);
        let (folder, name) = match place.parent() {
            Ok(parent) => parent,
            // Changed: a link took the place of a folder on the way. What lies behind it is something else.
            Err(Fault { kind: FaultKind::Missing | FaultKind::NotAFolder | FaultKind::Changed, .. }) => {
                return Ok(Look::Absent);
            }
            Err(fault) => return Err(fault),
        };
        let stat = match rustix::fs::statat(&folder, name, AtFlags::SYMLINK_NOFOLLOW) {
            Err(Errno::NOENT) => return Ok(Look::Absent),
            stat => stat.map_err(|error| failed(error.into()))?,
        };
        Ok(match FileType::from_raw_mode(stat.st_mode) {
            FileType::RegularFile => Look::File(u64::try_from(stat.st_size).unwrap_or_default()),
            FileType::Directory => Look::Folder(Mode::from_raw_mode(stat.st_mode).bits() & 0o7777),
            FileType::Symlink => {
                let target = rustix::fs::readlinkat(&folder, name, Vec::new()).map_err(|e| failed(e.into()))?;
                Look::Link(OsString::from_vec(target.into_bytes()).into())
            }
            _ => Look::Other,
        })
    }

    /// Makes a file hold these bytes with these permission bits: one that still is what `was` says, or a new
    /// one with the folders it needs. A file that nobody may write to is replaced too.
    ///
    /// # Errors
    /// When something else is there, or the system refuses.
    pub fn put_back(&self, place: &Place, (bytes, mode): (&[u8], u32), was: Option<&Stamp>) -> Result<Stamp, Fault> {
        let Some(was) = was else { return create(place, bytes, mode) };
        let stamp = exchange(place, (bytes, Some(mode)), was, |_| Ok(()))?.stamp;
        if stamp.mode != mode {
            self.set_mode(place, mode)?;
        }
        Ok(stamp)
    }

    /// Sets the permission bits of a regular file or a folder.
    ///
    /// # Errors
    /// When it is neither, or the system refuses.
    pub fn set_mode(&self, place: &Place, mode: u32) -> Result<(), Fault> {
        let failed = |error: io::Error| place.fault("change the mode of", &error);
        let flags = OFlags::RDONLY | OFlags::NONBLOCK | OFlags::NOCTTY;
        match place.base.open_at(&place.below, flags, Mode::empty()) {
            Ok(fd) => {
                let stat = rustix::fs::fstat(&fd).map_err(|error| failed(error.into()))?;
                if !matches!(FileType::from_raw_mode(stat.st_mode), FileType::RegularFile | FileType::Directory) {
                    return Err(changed(place));
                }
                rustix::fs::fchmod(&fd, Mode::from_raw_mode(mode as _)).map_err(|error| failed(error.into()))
            }
            // Its owner may not read it, and may change its mode all the same.
            Err(error) if Errno::from_io_error(&error) == Some(Errno::ACCESS) => {
                let (folder, name) = place.parent()?;
                let stat = rustix::fs::statat(&folder, name, AtFlags::SYMLINK_NOFOLLOW);
                let kind = FileType::from_raw_mode(stat.map_err(|error| failed(error.into()))?.st_mode);
                if !matches!(kind, FileType::RegularFile | FileType::Directory) {
                    return Err(changed(place));
                }
                let mode = Mode::from_raw_mode(mode as _);
                rustix::fs::chmodat(&folder, name, mode, AtFlags::empty()).map_err(|error| failed(error.into()))
            }
            Err(error) => Err(failed(error)),
        }
    }

    /// Makes a link where nothing is.
    ///
    /// # Errors
    /// When there is something, or the system refuses.
    pub fn put_link(&self, place: &Place, target: &Path) -> Result<(), Fault> {
        let failed = |error: io::Error| place.fault("create", &error);
        let (Some(parent), Some(name)) = (place.below.parent(), place.below.file_name()) else {
            return Err(changed(place));
        };
        let folder = folder_made(place, parent, &mut Vec::new()).map_err(failed)?;
        fault::point("files", Call::Make).map_err(failed)?;
        match rustix::fs::symlinkat(target, &folder, name) {
            Err(Errno::EXIST) => return Err(changed(place)),
            done => done.map_err(|error| failed(error.into()))?,
        }
        sync_folder(&folder);
        Ok(())
    }

    /// Removes a link that still says this; what it leads to stays.
    ///
    /// # Errors
    /// When it does not, or the system refuses.
    pub fn remove_link(&self, place: &Place, target: &Path) -> Result<(), Fault> {
        let (folder, name) = place.parent()?;
        let says = rustix::fs::readlinkat(&folder, name, Vec::new()).map_err(|_| changed(place))?;
        if says.as_bytes() != target.as_os_str().as_bytes() {
            return Err(changed(place));
        }
        fault::point("files", Call::Remove).map_err(|error| place.fault("remove", &error))?;
        let gone = rustix::fs::unlinkat(&folder, name, AtFlags::empty());
        gone.map_err(|error| place.fault("remove", &error.into()))?;
        sync_folder(&folder);
        Ok(())
    }

    /// Makes a folder, with those above it. One that is there is as good.
    ///
    /// # Errors
    /// When something else is there, or the system refuses.
    pub fn put_folder(&self, place: &Place, mode: u32) -> Result<(), Fault> {
        let mut fresh = Vec::new();
        folder_made(place, &place.below, &mut fresh).map_err(|error| place.fault("create", &error))?;
        if fresh.contains(&place.below) { self.set_mode(place, mode) } else { Ok(()) }
    }

    /// Removes a folder if nothing is in it. `false`: there is something.
    ///
    /// # Errors
    /// When it is no folder, is worked in, or the system refuses.
    pub fn remove_folder(&self, place: &Place) -> Result<bool, Fault> {
        let (folder, name) = place.parent()?;
        fault::point("files", Call::Remove).map_err(|error| place.fault("remove", &error))?;
        match rustix::fs::unlinkat(&folder, name, AtFlags::REMOVEDIR) {
            Err(Errno::NOTEMPTY | Errno::EXIST) => Ok(false),
            Err(error) => Err(place.fault("remove", &error.into())),
            Ok(()) => {
                sync_folder(&folder);
                Ok(true)
            }
        }
    }

    /// Removes a file whose content is kept elsewhere and that still is what `was` says.
    ///
    /// # Errors
    /// When it is not, or the system refuses.
    pub fn remove_file(&self, place: &Place, was: &Stamp) -> Result<(), Fault> {
        let (_, now) = self.read(place, was.len)?;
        if !now.same_bytes(was) {
            return Err(changed(place));
        }
        let (folder, name) = place.parent()?;
        fault::point("files", Call::Remove).map_err(|error| place.fault("remove", &error))?;
        let gone = rustix::fs::unlinkat(&folder, name, AtFlags::empty());
        gone.map_err(|error| place.fault("remove", &error.into()))?;
        sync_folder(&folder);
        Ok(())
    }
}

fn create(place: &Place, bytes: &[u8], mode: u32) -> Result<Stamp, Fault> {
    let failed = |error: io::Error| place.fault("create", &error);
    let (Some(parent), Some(name)) = (place.below.parent(), place.below.file_name()) else {
        return Err(changed(place));
    };
    let folder = folder_made(place, parent, &mut Vec::new()).map_err(failed)?;
    let mut temp = Temp::create(&folder, Mode::RUSR | Mode::WUSR).map_err(failed)?;
    fault::write_all("files", &mut temp.file, bytes).map_err(failed)?;
    rustix::fs::fchmod(&temp.file, Mode::from_raw_mode(mode as _)).map_err(|error| failed(error.into()))?;
    fault::point("files", Call::Sync).and_then(|()| temp.file.sync_all()).map_err(failed)?;
    let stamp = Stamp::new(bytes, &temp.file.metadata().map_err(failed)?);
    match temp.settle(name) {
        Ok(()) => {}
        Err(Errno::EXIST) => return Err(changed(place)),
        Err(error) => return Err(failed(error.into())),
    }
    sync_folder(&folder);
    Ok(stamp)
}
