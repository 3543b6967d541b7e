//! Reading small files without being fooled, and replacing them whole. Knows no format.
//!
//! A reader never waits (a pipe, a device) and never swallows a huge file; a writer never leaves a
//! half-written file behind.

use std::{
    fs::{File, OpenOptions},
    io::{self, Read},
    path::{Path, PathBuf},
};

use super::{
    fault::{self, Call},
    paths::create_private,
};

/// The largest file that is read: a settings file is a few kilobytes.
pub const MAX_BYTES: u64 = 1024 * 1024;

/// Why a file gave no text.
#[derive(Debug)]
pub enum ReadFault {
    /// There is none.
    Missing,
    /// It is something else: `a folder`, `a pipe`, …
    NotAFile(&'static str),
    /// It is larger than [`MAX_BYTES`].
    TooBig,
    /// It is not UTF-8.
    NotText,
    /// The system said no.
    Io(io::Error),
}

impl ReadFault {
    /// The fault as the end of a sentence that began with the file's name.
    #[must_use]
    pub fn words(&self) -> String {
        match self {
            Self::Missing => "does not exist".into(),
            Self::NotAFile(what) => format!("is {what}, not a file"),
            Self::TooBig => "is larger than 1 MiB".into(),
            Self::NotText => "is not UTF-8 text".into(),
            Self::Io(fault) if fault.kind() == io::ErrorKind::PermissionDenied => "may not be read".into(),
            Self::Io(fault) => format!("cannot be read ({fault})"),
        }
    }
}

impl From<io::Error> for ReadFault {
    fn from(fault: io::Error) -> Self {
        if matches!(fault.kind(), io::ErrorKind::NotFound | io::ErrorKind::NotADirectory) {
            Self::Missing
        } else {
            Self::Io(fault)
        }
    }
}

/// The text of a file, without a byte order mark.
///
/// # Errors
/// See [`ReadFault`].
pub fn read_text(path: &Path) -> Result<String, ReadFault> {
    // Asked before opening, because opening may already do something (a tape rewinds).
    check_kind(&std::fs::metadata(path)?)?;
    let file = open_without_waiting(path)?;
    // Asked again of what was really opened.
    check_kind(&file.metadata()?)?;
    let mut bytes = Vec::new();
    file.take(MAX_BYTES + 1).read_to_end(&mut bytes)?;
    if bytes.len() as u64 > MAX_BYTES {
        return Err(ReadFault::TooBig);
    }
    let mut text = String::from_utf8(bytes).map_err(|_| ReadFault::NotText)?;
    if text.starts_with('\u{feff}') {
        text.remove(0);
    }
    Ok(text)
}

fn check_kind(meta: &std::fs::Metadata) -> Result<(), ReadFault> {
    if meta.is_file() {
        return if meta.len() > MAX_BYTES { Err(ReadFault::TooBig) } else { Ok(()) };
    }
    Err(ReadFault::NotAFile(kind_of(meta)))
}

#[cfg(unix)]
fn kind_of(meta: &std::fs::Metadata) -> &'static str {
    use std::os::unix::fs::FileTypeExt;
    let kind = meta.file_type();
    match () {
        () if kind.is_dir() => "a folder",
        () if kind.is_fifo() => "a pipe",
        () if kind.is_socket() => "a socket",
        () => "a device",
    }
}

#[cfg(not(unix))]
fn kind_of(meta: &std::fs::Metadata) -> &'static str {
    if meta.is_dir() { "a folder" } else { "a device" }
}

fn open_without_waiting(path: &Path) -> io::Result<File> {
    let mut options = OpenOptions::new();
    options.read(true);
    #[cfg(unix)]
    {
        let flags = rustix::fs::OFlags::NONBLOCK | rustix::fs::OFlags::NOCTTY;
        std::os::unix::fs::OpenOptionsExt::custom_flags(&mut options, flags.bits().cast_signed());
    }
    options.open(path)
}

/// Who may read what is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mode {
    /// Its owner only (0600).
    Private,
    /// As the file that is replaced; 0644 for a new one.
    Kept,
}

/// Replaces a file as a whole, or creates it and its folder. A link is followed, so that a settings
/// file kept elsewhere stays there.
///
/// # Errors
/// Whatever the system says; the old file is then untouched.
pub fn replace(path: &Path, text: &str, mode: Mode) -> io::Result<()> {
    let target = std::fs::canonicalize(path).unwrap_or_else(|_| path.to_path_buf());
    if std::fs::metadata(&target).is_ok_and(|meta| !meta.is_file()) {
        return Err(io::Error::new(io::ErrorKind::InvalidInput, "it is not a file"));
    }
    let dir = target.parent().map_or_else(|| PathBuf::from("."), Path::to_path_buf);
    create_private(&dir)?;
    // Created with mode 0600, so a secret is never readable by others, not even for a moment.
    fault::point("config", Call::Make)?;
    let mut beside = tempfile::Builder::new().prefix(".glm-tui-").tempfile_in(&dir)?;
    fault::write_all("config", &mut beside, text.as_bytes())?;
    set_mode(beside.as_file(), &target, mode)?;
    fault::point("config", Call::Sync)?;
    beside.as_file().sync_all()?;
    fault::point("config", Call::Rename)?;
    beside.persist(&target).map_err(|fault| fault.error)?;
    // The new name lasts only when its folder is written too; not every file system can.
    let _ = fault::point("config", Call::Sync).and_then(|()| File::open(&dir)?.sync_all());
    Ok(())
}

#[cfg(unix)]
fn set_mode(file: &File, target: &Path, mode: Mode) -> io::Result<()> {
    use std::os::unix::fs::PermissionsExt;
    let bits = match mode {
        Mode::Private => 0o600,
        Mode::Kept => std::fs::metadata(target).map_or(0o644, |meta| meta.permissions().mode() & 0o777),
    };
    file.set_permissions(std::fs::Permissions::from_mode(bits))
}

#[cfg(not(unix))]
fn set_mode(_file: &File, _target: &Path, _mode: Mode) -> io::Result<()> {
    Ok(())
}
