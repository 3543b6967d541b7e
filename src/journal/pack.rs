//! Contents that may be needed: copied one behind the other into a file without a name, which goes with the
//! program. Cheap for thousands of small contents; what is really needed goes on to [`super::Blobs`].

use std::{
    fs::{self, File},
    io,
    os::unix::fs::{DirBuilderExt, FileExt},
    path::PathBuf,
    sync::{Mutex, PoisonError},
};

use crate::config::fault::{self, Call};

/// Contents that may be needed.
#[derive(Debug)]
pub struct Pack {
    /// Where its file lies; `None`: in memory.
    dir: Option<PathBuf>,
    most: u64,
    store: Mutex<Store>,
}

#[derive(Debug, Default)]
struct Store {
    file: Option<File>,
    memory: Vec<u8>,
    len: u64,
}

/// Where a content lies in its pack.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Slot {
    at: u64,
    len: u32,
}

impl Pack {
    /// An empty pack of at most `most` bytes. Its file is made in `dir` when the first content comes.
    #[must_use]
    pub fn new(dir: Option<PathBuf>, most: u64) -> Self {
        Self { dir, most, store: Mutex::default() }
    }

    /// There is room for so many bytes.
    #[must_use]
    pub fn has_room(&self, bytes: u64) -> bool {
        self.store.lock().unwrap_or_else(PoisonError::into_inner).len + bytes <= self.most
    }

    /// Takes a content.
    ///
    /// # Errors
    /// When the pack is full, or whatever the system says.
    pub fn put(&self, bytes: &[u8]) -> io::Result<Slot> {
        let len = u32::try_from(bytes.len()).map_err(|_| io::ErrorKind::FileTooLarge)?;
        let mut store = self.store.lock().unwrap_or_else(PoisonError::into_inner);
        let at = store.len;
        if at + u64::from(len) > self.most {
            return Err(io::ErrorKind::QuotaExceeded.into());
        }
        if let Some(dir) = &self.dir {
            if store.file.is_none() {
                fault::point("pack", Call::Make)?;
                fs::DirBuilder::new().recursive(true).mode(0o700).create(dir)?;
                store.file = Some(tempfile::tempfile_in(dir)?);
            }
            if let Some(file) = &store.file {
                fault::point("pack", Call::Write)?;
                file.write_all_at(bytes, at)?;
            }
        } else {
            store.memory.extend_from_slice(bytes);
        }
        store.len += u64::from(len);
        Ok(Slot { at, len })
    }

    /// A content that was taken.
    ///
    /// # Errors
    /// Whatever the system says.
    pub fn get(&self, slot: Slot) -> io::Result<Vec<u8>> {
        let store = self.store.lock().unwrap_or_else(PoisonError::into_inner);
        let len = slot.len as usize;
        if let Some(file) = &store.file {
            let mut bytes = vec![0; len];
            file.read_exact_at(&mut bytes, slot.at)?;
            return Ok(bytes);
        }
        let at = usize::try_from(slot.at).map_err(|_| io::ErrorKind::InvalidInput)?;
        store.memory.get(at..at + len).map(<[u8]>::to_vec).ok_or_else(|| io::ErrorKind::UnexpectedEof.into())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn contents_come_back_and_leave_no_file() {
        let dir = tempfile::tempdir().unwrap();
        for place in [Some(dir.path().join("blobs")), None] {
            let pack = Pack::new(place, 10);
            let slots = [pack.put(b"one").unwrap(), pack.put(b"").unwrap(), pack.put(b"three").unwrap()];
            assert!(pack.has_room(2) && !pack.has_room(3));
            assert_eq!(pack.put(b"four").unwrap_err().kind(), io::ErrorKind::QuotaExceeded);
            assert_eq!(slots.map(|slot| pack.get(slot).unwrap()), [b"one".to_vec(), vec![], b"three".to_vec()]);
        }
        assert_eq!(fs::read_dir(dir.path().join("blobs")).unwrap().count(), 0);
    }
}
