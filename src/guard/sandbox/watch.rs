//! The partial rung cannot keep commands from the protected names, so it looks: what git, this program or an
//! editor would act upon is remembered before a command, and put back afterwards where it changed. Ordinary
//! work of git (objects, refs, the index) is none of its business.

use std::{
    collections::BTreeMap,
    ffi::OsStr,
    fs::{self, File},
    io::{self, Read, Write},
    os::{
        fd::{AsRawFd, OwnedFd},
        unix::fs::MetadataExt,
    },
    path::{Path, PathBuf},
};

use rustix::fs::{AtFlags, CWD, Mode, OFlags, ResolveFlags, openat, openat2, renameat, unlinkat};

use super::names::PROTECTED;

/// Entries that are looked at; a project has some dozens.
const MOST: usize = 4096;
/// Bytes that are kept of one file, and of all.
const FILE_BYTES: u64 = 1 << 20;
const ALL_BYTES: u64 = 8 << 20;

/// What was there.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Entry {
    /// A folder, told by device and inode.
    Folder(u64, u64),
    /// A file: what it held (a hash, and the bytes if they are few) and its mode.
    File { hash: blake3::Hash, bytes: Option<Vec<u8>>, mode: u32 },
    /// A link and what it says.
    Link(PathBuf),
    /// Something that is neither and cannot be put back.
    Other(u64, u64),
}

/// The protected names as they were before a command.
#[derive(Debug, Default)]
pub struct Watch {
    workspace: PathBuf,
    before: BTreeMap<PathBuf, Entry>,
}

impl Watch {
    /// Remembers what is there.
    pub(super) fn begin(workspace: &Path) -> Self {
        Self { workspace: workspace.to_owned(), before: look(workspace) }
    }

    /// Undoes what the command changed, and tells each in a sentence. Empty when nothing did, or when the
    /// cage needs no watch.
    #[must_use]
    pub fn settle(self) -> Vec<String> {
        if self.workspace.as_os_str().is_empty() {
            return Vec::new();
        }
        let mut told = self.moved_back();
        let after = look(&self.workspace);
        let added: Vec<&PathBuf> = after.keys().filter(|path| !self.before.contains_key(*path)).collect();
        for path in added.iter().filter(|path| !path.ancestors().skip(1).any(|up| added.iter().any(|a| *a == up))) {
            told.push(sentence(path, "was made", &self.remove(path)));
        }
        for (path, entry) in &self.before {
            let now = after.get(path);
            if now != Some(entry) {
                let deed = if now.is_some() { "was changed" } else { "was taken away" };
                told.push(sentence(path, deed, &self.restore(path, entry, now)));
            }
        }
        told
    }

    /// A protected folder that was renamed within the project gets its name back; what took its place steps aside.
    fn moved_back(&self) -> Vec<String> {
        let mut told = Vec::new();
        for name in PROTECTED {
            let Some(Entry::Folder(dev, ino)) = self.before.get(Path::new(name)) else { continue };
            let same = |path: &Path| path.symlink_metadata().is_ok_and(|m| (m.dev(), m.ino()) == (*dev, *ino));
            let place = self.workspace.join(name);
            if same(&place) {
                continue;
            }
            let mut entries = fs::read_dir(&self.workspace).into_iter().flatten().flatten().map(|e| e.path());
            let Some(moved) = entries.find(|path| same(path)) else { continue };
            if place.symlink_metadata().is_ok() {
                let _ = fs::rename(&place, self.workspace.join(format!("{name}.replaced")));
            }
            let done = fs::rename(&moved, &place);
            told.push(sentence(Path::new(name), "was renamed", &done));
        }
        told
    }

    /// The folder that holds a path, reached without following any link below the project.
    fn parent(&self, path: &Path) -> io::Result<(OwnedFd, PathBuf)> {
        let flags = OFlags::PATH | OFlags::DIRECTORY | OFlags::CLOEXEC;
        let top = openat(CWD, &self.workspace, flags, Mode::empty())?;
        let name = path.file_name().map(PathBuf::from).ok_or(io::ErrorKind::InvalidInput)?;
        match path.parent().filter(|up| !up.as_os_str().is_empty()) {
            None => Ok((top, name)),
            Some(up) => {
                let resolve = ResolveFlags::BENEATH | ResolveFlags::NO_SYMLINKS;
                Ok((openat2(&top, up, flags, Mode::empty(), resolve)?, name))
            }
        }
    }

    fn remove(&self, path: &Path) -> io::Result<()> {
        let (parent, name) = self.parent(path)?;
        let place = Path::new("/proc/self/fd").join(parent.as_raw_fd().to_string()).join(&name);
        if place.symlink_metadata()?.is_dir() {
            fs::remove_dir_all(place)
        } else {
            Ok(unlinkat(&parent, &name, AtFlags::empty())?)
        }
    }

    fn restore(&self, path: &Path, entry: &Entry, now: Option<&Entry>) -> io::Result<()> {
        // A file takes another file's place by itself.
        if now.is_some() && !matches!((entry, now), (Entry::File { .. }, Some(Entry::File { .. }))) {
            self.remove(path)?;
        }
        let (parent, name) = self.parent(path)?;
        match entry {
            Entry::Folder(..) if path.parent().is_none_or(|up| up.as_os_str().is_empty()) => {
                Err(io::Error::other("what it held is gone"))
            }
            Entry::Folder(..) => Ok(rustix::fs::mkdirat(&parent, &name, Mode::from_raw_mode(0o755))?),
            Entry::Link(to) => Ok(rustix::fs::symlinkat(to, &parent, &name)?),
            Entry::File { bytes: Some(bytes), mode, .. } => write(&parent, &name, (bytes, *mode)),
            Entry::File { .. } | Entry::Other(..) => Err(io::Error::other("it was too large to keep")),
        }
    }
}

fn sentence(path: &Path, deed: &str, done: &io::Result<()>) -> String {
    let path = path.display();
    match done {
        Ok(()) => format!("{path} {deed} by the command, and that was undone"),
        Err(error) => format!("{path} {deed} by the command, and that could not be undone: {error}"),
    }
}

/// Beside it, then in its place.
fn write(parent: &OwnedFd, name: &Path, (bytes, mode): (&[u8], u32)) -> io::Result<()> {
    let beside = format!(".glm-tui-{}", blake3::hash(name.as_os_str().as_encoded_bytes()).to_hex());
    let _ = unlinkat(parent, &beside, AtFlags::empty());
    let flags = OFlags::WRONLY | OFlags::CREATE | OFlags::EXCL | OFlags::NOFOLLOW | OFlags::CLOEXEC;
    let mode = Mode::from_raw_mode(mode & 0o777);
    let file = openat(parent, &beside, flags, mode)?;
    rustix::fs::fchmod(&file, mode)?;
    File::from(file).write_all(bytes)?;
    Ok(renameat(parent, &beside, parent, name)?)
}

/// Everything that is watched, by its path in the project.
fn look(workspace: &Path) -> BTreeMap<PathBuf, Entry> {
    let mut found = BTreeMap::new();
    let mut bytes = ALL_BYTES;
    for name in PROTECTED {
        collect(workspace, PathBuf::from(name), &mut found, &mut bytes);
    }
    found
}

fn collect(workspace: &Path, path: PathBuf, found: &mut BTreeMap<PathBuf, Entry>, bytes: &mut u64) {
    let place = workspace.join(&path);
    let Ok(meta) = place.symlink_metadata() else { return };
    if found.len() >= MOST {
        return;
    }
    if !meta.is_dir() {
        if watched(&path) {
            let entry = if meta.is_symlink() {
                fs::read_link(&place).map_or(Entry::Other(meta.dev(), meta.ino()), Entry::Link)
            } else {
                file(&place, &meta, bytes)
            };
            found.insert(path, entry);
        }
        return;
    }
    if passes_by(&path) {
        return;
    }
    let Ok(entries) = fs::read_dir(&place) else { return };
    if watched(&path) {
        found.insert(path.clone(), Entry::Folder(meta.dev(), meta.ino()));
    }
    for entry in entries.flatten() {
        collect(workspace, path.join(entry.file_name()), found, bytes);
    }
}

fn file(place: &Path, meta: &fs::Metadata, bytes: &mut u64) -> Entry {
    let other = Entry::Other(meta.dev(), meta.ino());
    if !meta.is_file() {
        return other;
    }
    let flags = OFlags::RDONLY | OFlags::NOFOLLOW | OFlags::NONBLOCK | OFlags::CLOEXEC;
    let Ok(fd) = openat(CWD, place, flags, Mode::empty()) else { return other };
    let mut held = Vec::new();
    if File::from(fd).take(FILE_BYTES + 1).read_to_end(&mut held).is_err() {
        return other;
    }
    let length = held.len() as u64;
    // Of a large file the beginning, the length and the time of its last change have to do.
    let mut hash = blake3::Hasher::new();
    hash.update(&held);
    let keep = length <= FILE_BYTES && length <= *bytes;
    if length > FILE_BYTES {
        hash.update(&meta.len().to_le_bytes()).update(&meta.mtime_nsec().to_le_bytes());
    }
    *bytes -= if keep { length } else { 0 };
    Entry::File { hash: hash.finalize(), bytes: keep.then_some(held), mode: meta.mode() & 0o7777 }
}

/// Inside `.git` only what git acts upon; elsewhere everything.
fn watched(path: &Path) -> bool {
    const ACTED_UPON: [&str; 6] = ["config", "config.worktree", "commondir", "gitdir", "hooks", "info"];
    if !path.starts_with(".git") || path == Path::new(".git") {
        return true;
    }
    let named = |part: &OsStr| ACTED_UPON.iter().any(|name| part == *name);
    let inside = path.iter().skip(1).any(|part| part == "hooks" || part == "info");
    inside || path.file_name().is_some_and(named)
}

/// Folders of git that hold data alone, and much of it.
fn passes_by(path: &Path) -> bool {
    const DATA: [&str; 4] = ["objects", "refs", "logs", "lfs"];
    path.starts_with(".git") && !watched(path) && path.file_name().is_some_and(|name| DATA.iter().any(|d| name == *d))
}
