//! Every system call by which a log reaches the disk, each once: write, sync, rename, cut, make. Whatever makes
//! them fail on purpose stands here and nowhere else. Decides nothing.

use std::{
    fs::{self, File, OpenOptions},
    io::{self, Write},
    os::unix::fs::{DirBuilderExt, OpenOptionsExt},
    path::Path,
};

use crate::config::fault::{self, Call};

/// The name of these calls in a plan of faults.
const WHO: &str = "log";

/// Appends bytes; how many of them are in the file, and why not all.
pub(super) fn append(file: &File, bytes: &[u8]) -> (usize, io::Result<()>) {
    let mut counted = Counted { file, n: 0 };
    let result = fault::write_all(WHO, &mut counted, bytes);
    (counted.n, result)
}

/// Has what was written to a file put on the disk.
pub(super) fn sync(file: &File) -> io::Result<()> {
    fault::point(WHO, Call::Sync)?;
    file.sync_data()
}

/// Has the names in a folder put on the disk. Some file systems cannot and need not.
pub(super) fn sync_folder(folder: &Path) -> io::Result<()> {
    fault::point(WHO, Call::Sync)?;
    match File::open(folder).and_then(|folder| folder.sync_all()) {
        Err(error) if matches!(error.kind(), io::ErrorKind::InvalidInput | io::ErrorKind::Unsupported) => Ok(()),
        other => other,
    }
}

/// Cuts a file.
pub(super) fn truncate(file: &File, len: u64) -> io::Result<()> {
    fault::point(WHO, Call::Cut)?;
    file.set_len(len)
}

/// Makes a folder that only its owner can enter, with those above it.
pub(super) fn make_folder(folder: &Path) -> io::Result<()> {
    fault::point(WHO, Call::Make)?;
    fs::DirBuilder::new().recursive(true).mode(0o700).create(folder)
}

/// Opens a file that is read and appended to.
pub(super) fn open(path: &Path) -> io::Result<File> {
    OpenOptions::new().read(true).append(true).open(path)
}

/// The same; it is made if it is missing, for its owner only.
pub(super) fn make(path: &Path) -> io::Result<File> {
    fault::point(WHO, Call::Make)?;
    OpenOptions::new().read(true).append(true).create(true).mode(0o600).open(path)
}

/// Makes a file with this content, for its owner only, unless there is one.
pub(super) fn make_new(path: &Path, bytes: &[u8]) -> io::Result<()> {
    fault::point(WHO, Call::Make)?;
    let file = OpenOptions::new().write(true).create_new(true).mode(0o600).open(path)?;
    append(&file, bytes).1
}

/// Removes a file.
pub(super) fn remove(path: &Path) -> io::Result<()> {
    fault::point(WHO, Call::Remove)?;
    fs::remove_file(path)
}

/// Counts what of a write reached the file.
struct Counted<'a> {
    file: &'a File,
    n: usize,
}

impl Write for Counted<'_> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let n = self.file.write(bytes)?;
        self.n += n;
        Ok(n)
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}
