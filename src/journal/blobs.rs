//! Contents of files, kept by their hash: the same content is kept once. Knows no paths of a workspace.

use std::{
    collections::HashMap,
    fs::{self, File},
    io,
    os::unix::fs::DirBuilderExt,
    path::{Path, PathBuf},
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use serde::{Deserialize, Serialize};

use crate::config::fault::{self, Call};

/// So many contents are written one after the other.
const SINGLY: usize = 16;
/// Threads that write more: they wait for the disk, which takes the syncs of several together.
const AT_ONCE: usize = 8;

/// The BLAKE3 hash of a content, as 64 hexadecimal digits.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Hash(String);

impl Hash {
    /// The hash of a content.
    #[must_use]
    pub fn of(bytes: &[u8]) -> Self {
        Self(blake3::hash(bytes).to_hex().to_string())
    }

    /// Its digits.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// It consists of digits and nothing else, so it is safe as a file's name.
    fn is_sound(&self) -> bool {
        self.0.len() == 64 && self.0.bytes().all(|b| b.is_ascii_hexdigit())
    }
}

/// The contents that a session keeps, in a folder of its own or in memory. Clones share them.
#[derive(Clone, Debug)]
pub struct Blobs(Arc<Place>);

#[derive(Debug)]
enum Place {
    Folder(PathBuf),
    Memory(Mutex<HashMap<Hash, Arc<[u8]>>>),
}

impl Blobs {
    /// The contents in this folder; it is made when the first one comes.
    #[must_use]
    pub fn new(dir: PathBuf) -> Self {
        Self(Arc::new(Place::Folder(dir)))
    }

    /// Contents that go with the program.
    #[must_use]
    pub fn in_memory() -> Self {
        Self(Arc::new(Place::Memory(Mutex::default())))
    }

    /// Keeps a content; on disk when this returns.
    ///
    /// # Errors
    /// Whatever the system says.
    pub fn put(&self, bytes: &[u8]) -> io::Result<Hash> {
        self.put_all(&[bytes]).map(|mut hashes| hashes.remove(0))
    }

    /// Keeps several contents; all on disk when this returns, the folder synced once.
    ///
    /// # Errors
    /// Whatever the system says; some may be kept then.
    pub fn put_all(&self, contents: &[&[u8]]) -> io::Result<Vec<Hash>> {
        let hashes: Vec<Hash> = contents.iter().map(|bytes| Hash::of(bytes)).collect();
        let dir = match &*self.0 {
            Place::Memory(map) => {
                let mut map = lock(map);
                for (hash, bytes) in hashes.iter().zip(contents) {
                    map.entry(hash.clone()).or_insert_with(|| Arc::from(*bytes));
                }
                return Ok(hashes);
            }
            Place::Folder(dir) => dir,
        };
        let pairs: Vec<(&Hash, &[u8])> = hashes.iter().zip(contents.iter().copied()).collect();
        let part = pairs.len().div_ceil(if pairs.len() > SINGLY { AT_ONCE } else { 1 }).max(1);
        let written = std::thread::scope(|scope| {
            let work = |part: &[(&Hash, &[u8])]| -> io::Result<usize> {
                part.iter().map(|(hash, bytes)| Ok(usize::from(write(dir, hash, bytes)?))).sum()
            };
            // One is worked on here, so that a few need no thread.
            let mut parts = pairs.chunks(part);
            let first = parts.next();
            let others: Vec<_> = parts.map(|part| scope.spawn(move || work(part))).collect();
            let mut n_new = first.map_or(Ok(0), work)?;
            for other in others {
                n_new += other.join().unwrap_or_else(|_| Err(io::Error::other("its thread broke")))?;
            }
            io::Result::Ok(n_new)
        })?;
        if written > 0 {
            match fault::point("blobs", Call::Sync).and_then(|()| File::open(dir)?.sync_all()) {
                // A disk that fails at it has not kept the contents for sure.
                Err(error) if is_fault(&error) => return Err(error),
                // A folder that cannot be synced (some network file systems) loses nothing while the system runs.
                Ok(()) | Err(_) => {}
            }
        }
        Ok(hashes)
    }

    /// The content of a hash.
    ///
    /// # Errors
    /// When it is not kept (any more), or is not what its name says.
    pub fn get(&self, hash: &Hash) -> io::Result<Vec<u8>> {
        let dir = match &*self.0 {
            Place::Memory(map) => {
                let found = lock(map).get(hash).map(|bytes| bytes.to_vec());
                return found.ok_or_else(|| io::ErrorKind::NotFound.into());
            }
            Place::Folder(dir) => dir,
        };
        if !hash.is_sound() {
            return Err(io::Error::new(io::ErrorKind::InvalidInput, "this is no hash"));
        }
        let bytes = fs::read(dir.join(hash.as_str()))?;
        if Hash::of(&bytes) != *hash {
            return Err(io::Error::new(io::ErrorKind::InvalidData, "the kept copy is damaged"));
        }
        Ok(bytes)
    }

    /// Gives up a content. One that is not there is as good.
    ///
    /// # Errors
    /// Whatever the system says.
    pub fn drop_content(&self, hash: &Hash) -> io::Result<()> {
        match &*self.0 {
            Place::Memory(map) => {
                lock(map).remove(hash);
            }
            Place::Folder(dir) if hash.is_sound() => {
                fault::point("blobs", Call::Remove)?;
                match fs::remove_file(dir.join(hash.as_str())) {
                    Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
                    _ => {}
                }
            }
            Place::Folder(_) => {}
        }
        Ok(())
    }

    /// What is kept, each with its bytes.
    #[must_use]
    pub fn sizes(&self) -> HashMap<Hash, u64> {
        match &*self.0 {
            Place::Memory(map) => lock(map).iter().map(|(hash, bytes)| (hash.clone(), bytes.len() as u64)).collect(),
            Place::Folder(dir) => {
                let entries = fs::read_dir(dir).into_iter().flatten().flatten();
                let kept = entries.filter_map(|entry| {
                    let hash = Hash(entry.file_name().into_string().ok()?);
                    let bytes = entry.metadata().ok()?.len();
                    hash.is_sound().then_some((hash, bytes))
                });
                kept.collect()
            }
        }
    }
}

/// Writes a content under its hash. `false`: it was there.
fn write(dir: &Path, hash: &Hash, bytes: &[u8]) -> io::Result<bool> {
    let file = dir.join(hash.as_str());
    // One of another length is what is left of a full disk: it is written anew.
    if file.metadata().is_ok_and(|meta| meta.len() == bytes.len() as u64) {
        return Ok(false);
    }
    fs::DirBuilder::new().recursive(true).mode(0o700).create(dir)?;
    fault::point("blobs", Call::Make)?;
    let mut beside = tempfile::Builder::new().prefix(".new-").tempfile_in(dir)?;
    fault::write_all("blobs", &mut beside, bytes)?;
    fault::point("blobs", Call::Sync)?;
    beside.as_file().sync_data()?;
    fault::point("blobs", Call::Rename)?;
    beside.persist(&file).map_err(|fault| fault.error)?;
    Ok(true)
}

/// The disk itself failed, or has no room.
fn is_fault(error: &io::Error) -> bool {
    use rustix::io::Errno;
    matches!(Errno::from_io_error(error), Some(Errno::IO | Errno::NOSPC | Errno::DQUOT))
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests {
    use std::io::Write;

    use super::*;

    #[test]
    fn contents_come_back_whole_or_not_at_all() {
        let dir = tempfile::tempdir().unwrap();
        for blobs in [Blobs::new(dir.path().join("blobs")), Blobs::in_memory()] {
            let hashes = blobs.put_all(&[b"one", b"two", b"one", b""]).unwrap();
            assert_eq!(hashes[0], hashes[2]);
            assert_eq!(blobs.get(&hashes[1]).unwrap(), b"two");
            assert_eq!(blobs.get(&hashes[3]).unwrap(), b"");
            assert_eq!(blobs.sizes().len(), 3);
            blobs.drop_content(&hashes[1]).unwrap();
            blobs.drop_content(&hashes[1]).unwrap();
            assert_eq!(blobs.get(&hashes[1]).unwrap_err().kind(), io::ErrorKind::NotFound);
            assert!(blobs.get(&Hash("../../etc/passwd".into())).is_err());
        }
    }

    #[test]
    fn a_damaged_content_is_noticed_and_mended_when_it_comes_again() {
        let dir = tempfile::tempdir().unwrap();
        let blobs = Blobs::new(dir.path().to_path_buf());
        let hash = blobs.put(b"whole").unwrap();
        let file = dir.path().join(hash.as_str());
        File::create(&file).unwrap().write_all(b"whol").unwrap();
        assert_eq!(blobs.get(&hash).unwrap_err().kind(), io::ErrorKind::InvalidData);
        blobs.put(b"whole").unwrap();
        assert_eq!(blobs.get(&hash).unwrap(), b"whole");
    }
}
