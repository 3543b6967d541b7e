//! A layer above the project that takes what one command changes. Knows how it is kept and removed; how it is
//! mounted is the helper's, what is in it [`super::upper`]'s.

use std::{
    fs::{self, DirBuilder, Permissions},
    os::unix::fs::{DirBuilderExt, PermissionsExt},
    path::{Path, PathBuf},
};

use super::upper::{self, Left, Moment};

/// The layer that takes the changes.
pub(super) const UPPER: &str = "upper";
/// What the kernel needs beside it.
pub(super) const WORK: &str = "work";
/// Levels of folders that are opened up before they are removed; each is a call deep.
const DEEPEST: usize = 256;

/// What one command changes in a project that stays as it is. Removed with this value.
#[derive(Debug)]
pub struct Overlay {
    folder: PathBuf,
    project: PathBuf,
    begun: Moment,
}

impl Overlay {
    /// An empty one in the session's folder.
    pub(super) fn begin(session: &Path, project: &Path) -> Result<Self, String> {
        if session.starts_with(project) {
            return Err("this program's own folder lies in the project".into());
        }
        let mounts = fs::read_to_string("/proc/self/mountinfo").unwrap_or_default();
        if let Some(inner) = mounts.lines().filter_map(mount_point).find(|at| at.starts_with(project) && at != project)
        {
            let inner = inner.display();
            return Err(format!("{inner} is a file system of its own, which an overlay would not show"));
        }
        let told = |error: std::io::Error| format!("no folder for its changes: {error}");
        let folder = tempfile::Builder::new().prefix("dry-").tempdir_in(session).map_err(told)?;
        for name in [UPPER, WORK] {
            DirBuilder::new().mode(0o700).create(folder.path().join(name)).map_err(told)?;
        }
        // The topmost folder shows itself by the layer's.
        let mode = fs::metadata(project).map_err(told)?.permissions().mode() & 0o777;
        let upper = folder.path().join(UPPER);
        fs::set_permissions(&upper, Permissions::from_mode(mode | 0o700)).map_err(told)?;
        // By the clock that stamps files: no other compares with it to the tick.
        let begun = Moment::changed(&fs::metadata(&upper).map_err(told)?);
        Ok(Self { folder: folder.keep(), project: project.to_owned(), begun })
    }

    /// Its folder, for [`super::Order::overlay`].
    #[must_use]
    pub fn folder(&self) -> &Path {
        &self.folder
    }

    /// Where the new contents lie, each under its path in the project.
    #[must_use]
    pub fn contents(&self) -> PathBuf {
        self.folder.join(UPPER)
    }

    /// What the command left, once it has ended. `skip` names paths of the project that are only counted; the
    /// flag says that it is a folder.
    ///
    /// # Errors
    /// It is too much or cannot be read; says so in a few words.
    pub fn left(&self, skip: &mut dyn FnMut(&Path, bool) -> bool) -> Result<Left, String> {
        upper::read(&self.contents(), &self.project, self.begun, skip)
    }
}

impl Drop for Overlay {
    fn drop(&mut self) {
        remove(&self.folder);
    }
}

/// Removes a folder of ours with all that commands left in it, closed folders too. What cannot be removed stays
/// for a later session.
pub(super) fn remove(folder: &Path) {
    if fs::remove_dir_all(folder).is_err() {
        open_up(folder, 0);
        let _ = fs::remove_dir_all(folder);
    }
}

/// Lets us into folders that a command, or the kernel, closed. Follows no link: only we can change these folders
/// by now.
fn open_up(folder: &Path, depth: usize) {
    let is_folder = folder.symlink_metadata().is_ok_and(|meta| meta.is_dir());
    if !is_folder || depth > DEEPEST {
        return;
    }
    let _ = fs::set_permissions(folder, Permissions::from_mode(0o700));
    for entry in fs::read_dir(folder).into_iter().flatten().flatten() {
        if entry.file_type().is_ok_and(|kind| kind.is_dir()) {
            open_up(&entry.path(), depth + 1);
        }
    }
}

/// The fifth word of a line of `/proc/self/mountinfo` (`proc_pid_mountinfo(5)`); odd characters are octal there.
fn mount_point(line: &str) -> Option<PathBuf> {
    use std::{ffi::OsString, os::unix::ffi::OsStringExt};
    let word = line.split(' ').nth(4)?.as_bytes();
    let mut bytes = Vec::with_capacity(word.len());
    let mut rest = word;
    while let Some((first, more)) = rest.split_first() {
        let octal = (*first == b'\\').then(|| more.get(..3)).flatten();
        let byte = octal.and_then(|digits| u8::from_str_radix(std::str::from_utf8(digits).ok()?, 8).ok());
        bytes.push(byte.unwrap_or(*first));
        rest = if byte.is_some() { &more[3..] } else { more };
    }
    Some(OsString::from_vec(bytes).into())
}

#[cfg(test)]
mod tests {
    use std::path::PathBuf;

    use super::mount_point;

    #[test]
    fn mount_points_are_read_with_their_odd_characters() {
        let line = r"36 35 98:0 /mnt1 /a\040b\134c rw,noatime master:1 - ext3 /dev/root rw,errors=continue";
        assert_eq!(mount_point(line), Some(PathBuf::from(r"/a b\c")));
        assert_eq!(mount_point("36 35 98:0 /"), None);
        assert_eq!(mount_point(r"1 2 3 4 /x\9"), Some(PathBuf::from(r"/x\9")));
    }
}
