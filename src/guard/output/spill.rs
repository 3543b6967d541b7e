//! The whole output in a private file, up to a limit, once it is longer than what is shown.

use std::{
    fs::{File, OpenOptions},
    io::{self, Write},
    os::unix::fs::{DirBuilderExt, OpenOptionsExt},
    path::{Path, PathBuf},
};

use super::Spilled;

/// Most bytes in a file: enough for any report, too little to fill a disk.
const LIMIT: u64 = 64 << 20;

/// Writes the output of one command.
#[derive(Debug)]
pub(crate) struct Spill {
    path: PathBuf,
    /// What came before the file was needed.
    before: Vec<u8>,
    /// Bytes that need no file.
    room: usize,
    file: State,
}

#[derive(Debug)]
enum State {
    Waiting,
    Open(File, u64),
    /// Nowhere to write, full, or the disk refused: what is there stays.
    Closed(u64),
}

impl Spill {
    /// Will write to `folder/name` as soon as more than `room` bytes came; to nowhere without a folder.
    pub(crate) fn new(folder: Option<&Path>, name: &str, room: usize) -> Self {
        let path = folder.map(|folder| folder.join(name));
        let file = if path.is_some() { State::Waiting } else { State::Closed(0) };
        Self { path: path.unwrap_or_default(), before: Vec::new(), room, file }
    }

    /// Takes the next bytes. A disk that refuses ends the file, never the command.
    pub(crate) fn push(&mut self, bytes: &[u8]) {
        if matches!(self.file, State::Waiting) {
            if self.before.len() + bytes.len() <= self.room {
                return self.before.extend_from_slice(bytes);
            }
            self.file = create(&self.path).map_or(State::Closed(0), |file| State::Open(file, 0));
            let before = std::mem::take(&mut self.before);
            self.write(&before);
        }
        self.write(bytes);
    }

    fn write(&mut self, bytes: &[u8]) {
        let State::Open(file, written) = &mut self.file else { return };
        let room = usize::try_from(LIMIT - *written).unwrap_or(usize::MAX);
        let fits = &bytes[..bytes.len().min(room)];
        if file.write_all(fits).is_err() {
            self.file = State::Closed(*written);
            return;
        }
        *written += fits.len() as u64;
        if *written == LIMIT {
            self.file = State::Closed(LIMIT);
        }
    }

    /// The file, if there is one.
    pub(crate) fn file(&self) -> Option<Spilled> {
        match &self.file {
            State::Open(_, bytes) | State::Closed(bytes) if *bytes > 0 => {
                Some(Spilled { path: self.path.clone(), bytes: *bytes })
            }
            _ => None,
        }
    }
}

/// A new file that only we can read: outputs hold secrets at times. Never one that is there already.
fn create(path: &Path) -> io::Result<File> {
    if let Some(folder) = path.parent() {
        std::fs::DirBuilder::new().recursive(true).mode(0o700).create(folder)?;
    }
    OpenOptions::new().write(true).create_new(true).mode(0o600).open(path)
}

#[cfg(test)]
mod tests {
    use std::{fs, os::unix::fs::PermissionsExt};

    use super::{LIMIT, Spill};

    #[test]
    fn short_outputs_leave_no_file() {
        let folder = tempfile::tempdir().unwrap();
        let mut spill = Spill::new(Some(folder.path()), "1.txt", 4);
        spill.push(b"12");
        spill.push(b"34");
        assert_eq!(spill.file(), None);
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 0);
        spill.push(b"5");
        spill.push(b"6");
        let file = spill.file().unwrap();
        assert_eq!((fs::read(&file.path).unwrap().as_slice(), file.bytes), (b"123456".as_slice(), 6));
        assert_eq!(fs::metadata(&file.path).unwrap().permissions().mode() & 0o777, 0o600);
    }

    #[test]
    fn a_file_that_is_there_is_not_touched() {
        let folder = tempfile::tempdir().unwrap();
        let planted = folder.path().join("planted");
        std::os::unix::fs::symlink(&planted, folder.path().join("1.txt")).unwrap();
        let mut spill = Spill::new(Some(folder.path()), "1.txt", 0);
        spill.push(b"x");
        assert_eq!(spill.file(), None);
        assert!(!planted.exists());
    }

    #[test]
    fn the_file_ends_at_its_limit() {
        let folder = tempfile::tempdir().unwrap();
        let mut spill = Spill::new(Some(folder.path()), "1.txt", 0);
        let block = vec![b'x'; 10 << 20];
        for _ in 0..8 {
            spill.push(&block);
        }
        let file = spill.file().unwrap();
        assert_eq!((file.bytes, fs::metadata(&file.path).unwrap().len()), (LIMIT, LIMIT));
    }

    #[test]
    fn no_folder_is_no_file() {
        let mut spill = Spill::new(None, "1.txt", 0);
        spill.push(b"x");
        assert_eq!(spill.file(), None);
    }
}
