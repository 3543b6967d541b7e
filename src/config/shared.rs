//! Small files that several programs of ours change at the same time: under a lock they are read again, changed
//! and replaced whole, so that none is torn and no change is lost. Knows no format.

use std::{
    fs::{File, OpenOptions},
    io::{self, Read, Seek, SeekFrom},
    path::{Path, PathBuf},
    time::Duration,
};

use super::{
    fault::{self, Call},
    files::{self, Mode, ReadFault},
    paths::create_private,
};

/// A holder needs two fsyncs, some 10 ms; with twenty programs at once a turn comes within a second. One that was
/// stopped in the middle holds everybody up for this long: [`LOCK_TRIES`] waits of [`LOCK_WAIT`], 5 s.
const LOCK_TRIES: u32 = 2500;
/// Short against the time that a lock is held, so that a free one is noticed.
const LOCK_WAIT: Duration = Duration::from_millis(2);

/// The right to change a file; others wait while it lives.
#[derive(Debug)]
pub struct Lock {
    _file: File,
}

/// Takes the lock of a file; it lies beside it under the name `.lock`. Waits 5 s at most.
///
/// # Errors
/// When the lock cannot be made, or is held all that time.
pub fn lock(file: &Path) -> io::Result<Lock> {
    let beside = file.with_extension("lock");
    if let Some(dir) = beside.parent() {
        create_private(dir)?;
    }
    let mut options = OpenOptions::new();
    options.create(true).truncate(false).write(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let lock = options.open(beside)?;
    for _ in 0..LOCK_TRIES {
        match lock.try_lock() {
            Ok(()) => return Ok(Lock { _file: lock }),
            // Nothing tells when it is free, and a wait inside the kernel would have no bound.
            Err(std::fs::TryLockError::WouldBlock) => std::thread::park_timeout(LOCK_WAIT),
            Err(std::fs::TryLockError::Error(fault)) => return Err(fault),
        }
    }
    Err(io::Error::new(io::ErrorKind::TimedOut, "another program holds its lock"))
}

/// Changes a file: `change` is given its text (empty where there is none) and returns the new one, or `None` when
/// the text is damaged. A damaged file is kept aside under the name `.bad`, once, and begun anew.
///
/// # Errors
/// When it cannot be read or written; it is then as it was.
pub fn update(file: &Path, mut change: impl FnMut(&str) -> Option<String>) -> io::Result<()> {
    let _lock = lock(file)?;
    let old = match files::read_text(file) {
        Ok(text) => Some(text),
        Err(ReadFault::Missing) => Some(String::new()),
        Err(ReadFault::TooBig | ReadFault::NotText) => None,
        // To take it for empty would lose what is in it.
        Err(fault @ ReadFault::NotAFile(_)) => return Err(io::Error::other(format!("it {}", fault.words()))),
        Err(ReadFault::Io(fault)) => return Err(fault),
    };
    let new = if let Some(new) = old.and_then(|old| change(&old)) {
        new
    } else {
        keep_aside(file)?;
        change("").ok_or_else(|| io::Error::other("it cannot be begun anew"))?
    };
    files::replace(file, &new, Mode::Private)
}

/// Keeps a damaged file under another name before it is replaced. One that was kept before stays: it is the one
/// that a person wrote.
fn keep_aside(file: &Path) -> io::Result<()> {
    let real = std::fs::canonicalize(file)?;
    let mut aside = file.as_os_str().to_owned();
    aside.push(".bad");
    let aside = PathBuf::from(aside);
    fault::point("config", Call::Rename)?;
    match std::fs::hard_link(&real, &aside) {
        Err(fault) if fault.kind() == io::ErrorKind::AlreadyExists => Ok(()),
        Err(_) => std::fs::copy(&real, &aside).map(|_| ()),
        Ok(()) => Ok(()),
    }
}

/// Appends a line (without its end) to a file, on disk when this returns. Lines of other programs stay whole, and
/// so does this one: it is there or it is not. A file longer than `most` bytes first loses its older half.
///
/// # Errors
/// When it cannot be written; it is then as it was.
pub fn append_line(path: &Path, line: &str, most: u64) -> io::Result<()> {
    let _lock = lock(path)?;
    let file = open_to_append(path)?;
    let mut length = file.metadata()?.len();
    if length > most {
        drop(file);
        halve(path, most)?;
        return append(&open_to_append(path)?, line);
    }
    // A file system that has no room may take a part of the line.
    let done = append(&file, line);
    if done.is_err() {
        fault::point("config", Call::Cut)?;
        length = length.min(file.metadata()?.len());
        file.set_len(length)?;
    }
    done
}

fn open_to_append(path: &Path) -> io::Result<File> {
    let mut options = OpenOptions::new();
    options.read(true).append(true).create(true);
    #[cfg(unix)]
    {
        use std::os::unix::fs::OpenOptionsExt;
        options.mode(0o600).custom_flags(rustix::fs::OFlags::NONBLOCK.bits().cast_signed());
    }
    fault::point("config", Call::Make)?;
    let file = options.open(path)?;
    if !file.metadata()?.is_file() {
        return Err(io::Error::new(io::ErrorKind::InvalidInput, "it is not a file"));
    }
    Ok(file)
}

fn append(mut file: &File, line: &str) -> io::Result<()> {
    let mut bytes = Vec::with_capacity(line.len() + 2);
    // The end of a line that was torn when the machine lost its power.
    if !ends_with_line(file)? {
        bytes.push(b'\n');
    }
    bytes.extend_from_slice(line.as_bytes());
    bytes.push(b'\n');
    fault::write_all("config", &mut file, &bytes)?;
    fault::point("config", Call::Sync)?;
    file.sync_data()
}

fn ends_with_line(mut file: &File) -> io::Result<bool> {
    if file.metadata()?.len() == 0 {
        return Ok(true);
    }
    let mut last = [0];
    file.seek(SeekFrom::End(-1))?;
    file.read_exact(&mut last)?;
    Ok(last == *b"\n")
}

/// Keeps the whole lines of the last half of what is allowed.
fn halve(path: &Path, most: u64) -> io::Result<()> {
    let mut file = File::open(path)?;
    let length = file.metadata()?.len();
    file.seek(SeekFrom::Start(length.saturating_sub(most / 2)))?;
    let mut bytes = Vec::new();
    file.read_to_end(&mut bytes)?;
    let start = bytes.iter().position(|byte| *byte == b'\n').map_or(bytes.len(), |at| at + 1);
    files::replace(path, &String::from_utf8_lossy(&bytes[start..]), Mode::Private)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_are_whole_whatever_stood_before() {
        let dir = tempfile::tempdir().unwrap();
        let file = dir.path().join("h.jsonl");
        for (before, after) in [("", "x\n"), ("a\n", "a\nx\n"), ("a\nto", "a\nto\nx\n")] {
            files::replace(&file, before, Mode::Private).unwrap();
            append_line(&file, "x", 1000).unwrap();
            assert_eq!(std::fs::read_to_string(&file).unwrap(), after);
        }
        files::replace(&file, "one\ntwo\nthree\nfour\n", Mode::Private).unwrap();
        append_line(&file, "five", 16).unwrap();
        assert_eq!(std::fs::read_to_string(&file).unwrap(), "four\nfive\n");
        std::fs::remove_file(&file).unwrap();
        std::fs::create_dir(&file).unwrap();
        assert!(append_line(&file, "x", 1000).is_err());
    }

    #[test]
    fn a_damaged_file_is_kept_aside_once() {
        let dir = tempfile::tempdir().unwrap();
        let file = dir.path().join("f.toml");
        let read = |name: &str| std::fs::read_to_string(dir.path().join(name)).unwrap();
        let add = |text: &str| (!text.contains("bad")).then(|| format!("{text}+"));
        for (before, after) in [("ok", "ok+"), ("bad one", "+"), ("bad two", "+")] {
            files::replace(&file, before, Mode::Private).unwrap();
            update(&file, add).unwrap();
            assert_eq!(read("f.toml"), after);
        }
        assert_eq!(read("f.toml.bad"), "bad one");
        assert_eq!(std::fs::read_dir(dir.path()).unwrap().count(), 3, "the file, its lock, the damaged one");
    }
}
