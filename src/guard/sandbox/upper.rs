//! What a command left in the layer above a project, as a list: new, changed, gone. Follows no link and opens no
//! file; whoever changed the project meanwhile is found by its times.
//!
//! The marks are the kernel's (Documentation/filesystems/overlayfs.rst): a character device 0/0 for what is gone,
//! the attribute `user.overlay.opaque` on a folder that hides the one below it.

use std::{
    fs::{self, Metadata},
    os::unix::fs::{FileTypeExt, MetadataExt},
    path::{Path, PathBuf},
};

/// Paths that one command may change: more is nothing that a person looks at.
const MOST: usize = 2_000;
/// Bytes that it may leave.
const BYTES: u64 = 512 << 20;
/// Files and folders that are looked at, those that are only counted among them.
const LOOKED_AT: usize = 200_000;
/// Levels of folders.
const DEEPEST: usize = 128;
/// The mark of a folder that hides the one below it.
const OPAQUE: &str = "user.overlay.opaque";

/// What a command left.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Left {
    /// Paths that are something else now, or may be: a file that was only opened for writing counts. Outer ones
    /// come before those in them.
    pub pieces: Vec<Piece>,
    /// Paths that cannot be taken over, with the reason.
    pub odd: Vec<(PathBuf, &'static str)>,
    /// Files that were only counted.
    pub n_skipped: usize,
    /// Where they lie: the outermost of them.
    pub skipped: Vec<PathBuf>,
}

/// A path of the project and what became of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Piece {
    /// Relative to the project.
    pub path: PathBuf,
    /// What it is.
    pub made: Made,
    /// What it is in the project itself.
    pub base: Base,
    /// Somebody changed it in the project while the command ran.
    pub meanwhile: bool,
}

/// What a path is for the command.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Made {
    /// Nothing.
    Gone,
    /// A file with these permission bits.
    File(u32),
    /// A link that says this.
    Link(PathBuf),
    /// A folder with these permission bits.
    Folder(u32),
}

/// What a path is, as far as its metadata tells.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Base {
    /// Nothing.
    Absent,
    /// A folder: its device, number and permission bits.
    Folder(u64, u64, u32),
    /// A file, a link or else: its device, number and type with permission bits, its length, when it was changed.
    Thing((u64, u64, u32), u64, Moment),
}

/// When an inode was changed last: seconds and nanoseconds of the file system's clock.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Moment(i64, i64);

impl Moment {
    pub(super) fn changed(meta: &Metadata) -> Self {
        Self(meta.ctime(), meta.ctime_nsec())
    }
}

impl Base {
    /// What is there now.
    #[must_use]
    pub fn of(path: &Path) -> Self {
        path.symlink_metadata().map_or(Self::Absent, |meta| Self::from(&meta))
    }

    /// It is a folder.
    #[must_use]
    pub fn is_folder(self) -> bool {
        matches!(self, Self::Folder(..))
    }

    /// Its permission bits and those beside them (set-user-ID and the like).
    #[must_use]
    pub fn mode(self) -> u32 {
        match self {
            Self::Absent => 0,
            Self::Folder(_, _, mode) | Self::Thing((_, _, mode), ..) => mode & 0o7777,
        }
    }
}

impl From<&Metadata> for Base {
    fn from(meta: &Metadata) -> Self {
        if meta.is_dir() {
            Self::Folder(meta.dev(), meta.ino(), meta.mode() & 0o7777)
        } else {
            Self::Thing((meta.dev(), meta.ino(), meta.mode()), meta.len(), Moment::changed(meta))
        }
    }
}

/// Reads the layer `upper` above `project`.
pub(super) fn read(
    upper: &Path,
    project: &Path,
    begun: Moment,
    skip: &mut dyn FnMut(&Path, bool) -> bool,
) -> Result<Left, String> {
    let mut reader = Reader { upper, project, begun, skip, left: Left::default(), n_bytes: 0, n_looked: 0 };
    reader.folder(Path::new(""), Below::Folder, 0)?;
    reader.left.pieces.sort_by(|a, b| a.path.cmp(&b.path));
    Ok(reader.left)
}

/// What lies below a folder of the layer.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Below {
    /// A folder of the project, seen through.
    Folder,
    /// A folder of the project that is hidden: what is in it and not in the layer is gone.
    Hidden,
    /// Nothing that could be looked into.
    Nothing,
}

struct Reader<'a> {
    upper: &'a Path,
    project: &'a Path,
    begun: Moment,
    skip: &'a mut dyn FnMut(&Path, bool) -> bool,
    left: Left,
    n_bytes: u64,
    n_looked: usize,
}

impl Reader<'_> {
    fn folder(&mut self, path: &Path, below: Below, depth: usize) -> Result<(), String> {
        let names = self.names(&self.upper.join(path), depth)?;
        for name in &names {
            self.entry(&path.join(name), below, depth)?;
        }
        if below == Below::Hidden {
            for name in self.names(&self.project.join(path), depth)? {
                if names.binary_search(&name).is_err() {
                    self.gone(&path.join(name), depth + 1)?;
                }
            }
        }
        Ok(())
    }

    fn entry(&mut self, path: &Path, below: Below, depth: usize) -> Result<(), String> {
        let at = self.upper.join(path);
        let meta = at.symlink_metadata().map_err(|error| cannot_read(path, &error))?;
        let base = if below == Below::Nothing { Base::Absent } else { Base::of(&self.project.join(path)) };
        let kind = meta.file_type();
        let is_gone = kind.is_char_device() && meta.rdev() == 0;
        if is_gone && base == Base::Absent {
            return Ok(());
        }
        if (self.skip)(&self.project.join(path), if is_gone { base.is_folder() } else { kind.is_dir() }) {
            self.left.skipped.push(path.to_owned());
            return self.count(&at, depth);
        }
        if is_gone {
            return self.gone(path, depth);
        }
        self.weigh(&meta)?;
        if !kind.is_dir() && base.is_folder() {
            self.gone_within(path, depth)?;
        }
        if kind.is_file() {
            self.piece(path, Made::File(meta.mode() & 0o7777), base)
        } else if kind.is_symlink() {
            let says = fs::read_link(&at).map_err(|error| cannot_read(path, &error))?;
            self.piece(path, Made::Link(says), base)
        } else if kind.is_dir() {
            if !base.is_folder() || base.mode() != meta.mode() & 0o7777 {
                self.piece(path, Made::Folder(meta.mode() & 0o7777), base)?;
            }
            let below = match base.is_folder() {
                true if is_opaque(&at) => Below::Hidden,
                true => Below::Folder,
                false => Below::Nothing,
            };
            self.folder(path, below, depth + 1)
        } else {
            self.left.odd.push((path.to_owned(), "a pipe, a socket or a device"));
            Ok(())
        }
    }

    /// A path of the project is gone, with all that was in it.
    fn gone(&mut self, path: &Path, depth: usize) -> Result<(), String> {
        let base = Base::of(&self.project.join(path));
        if base.is_folder() {
            self.gone_within(path, depth)?;
        }
        self.piece(path, Made::Gone, base)
    }

    fn gone_within(&mut self, path: &Path, depth: usize) -> Result<(), String> {
        for name in self.names(&self.project.join(path), depth)? {
            self.gone(&path.join(name), depth + 1)?;
        }
        Ok(())
    }

    fn piece(&mut self, path: &Path, made: Made, base: Base) -> Result<(), String> {
        if self.left.pieces.len() == MOST {
            return Err(format!("it changes more than {MOST} files and folders"));
        }
        let meanwhile = matches!(base, Base::Thing(_, _, changed) if changed > self.begun);
        self.left.pieces.push(Piece { path: path.to_owned(), made, base, meanwhile });
        Ok(())
    }

    /// Counts what is below a path of the layer.
    fn count(&mut self, at: &Path, depth: usize) -> Result<(), String> {
        let Ok(meta) = at.symlink_metadata() else { return Ok(()) };
        self.weigh(&meta)?;
        if !meta.is_dir() {
            self.left.n_skipped += 1;
            return Ok(());
        }
        for name in self.names(at, depth)? {
            self.count(&at.join(name), depth + 1)?;
        }
        Ok(())
    }

    fn weigh(&mut self, meta: &Metadata) -> Result<(), String> {
        if meta.is_file() {
            self.n_bytes += meta.len();
        }
        if self.n_bytes > BYTES {
            return Err(format!("it writes more than {} MiB", BYTES >> 20));
        }
        Ok(())
    }

    /// The names in a folder, sorted.
    fn names(&mut self, folder: &Path, depth: usize) -> Result<Vec<std::ffi::OsString>, String> {
        if depth > DEEPEST {
            return Err(format!("it makes folders more than {DEEPEST} levels deep"));
        }
        let mut names = Vec::new();
        for entry in fs::read_dir(folder).map_err(|error| cannot_read(folder, &error))? {
            self.n_looked += 1;
            if self.n_looked > LOOKED_AT {
                return Err(format!("it touches more than {LOOKED_AT} files"));
            }
            names.push(entry.map_err(|error| cannot_read(folder, &error))?.file_name());
        }
        names.sort_unstable();
        Ok(names)
    }
}

fn is_opaque(folder: &Path) -> bool {
    let mut value = [0; 1];
    rustix::fs::lgetxattr(folder, OPAQUE, &mut value[..]).is_ok_and(|len| len == 1 && value == *b"y")
}

fn cannot_read(path: &Path, error: &std::io::Error) -> String {
    format!("what it changed cannot be read: {}: {error}", path.display())
}
