//! Text that was typed and not sent: one small file in the session's folder, replaced whole, for its owner only.

use std::{
    fs::{self, File},
    io::{self, Read},
    os::unix::fs::DirBuilderExt,
    path::{Path, PathBuf},
};

use serde::{Deserialize, Serialize};

use crate::config::fault::{self, Call};

/// The name of the file.
pub(super) const DRAFT: &str = "draft";
/// The longest draft that is read back, in bytes. A paste of this size is a chip in the composer.
const LONGEST: u64 = 64 * 1024 * 1024;

/// A draft and the folder that it was typed in: a session that has nothing else has no log that would know.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Draft {
    /// The folder.
    #[serde(default)]
    pub(super) folder: PathBuf,
    /// The text.
    pub(super) text: String,
}

impl Draft {
    /// Reads a session's draft; `None` when there is none or it cannot be read. What is no draft of ours counts as
    /// its text, so that nothing typed is lost.
    pub(super) fn read(dir: &Path) -> Option<Self> {
        let path = dir.join(DRAFT);
        if !fs::symlink_metadata(&path).ok()?.is_file() {
            return None;
        }
        let mut bytes = Vec::new();
        File::open(path).ok()?.take(LONGEST).read_to_end(&mut bytes).ok()?;
        let draft = serde_json::from_slice(&bytes);
        let draft = draft
            .unwrap_or_else(|_| Self { folder: PathBuf::new(), text: String::from_utf8_lossy(&bytes).into_owned() });
        (!draft.text.is_empty()).then_some(draft)
    }

    /// Writes it; an empty text removes the file. The session's folder is made if missing.
    ///
    /// # Errors
    /// Whatever the system says; the draft before is then untouched.
    pub(super) fn write(&self, dir: &Path) -> io::Result<()> {
        if self.text.is_empty() {
            fault::point("draft", Call::Remove)?;
            match fs::remove_file(dir.join(DRAFT)) {
                Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
                _ => {}
            }
            // A folder that held nothing else is not left behind; one that did cannot be removed so.
            let _ = fs::remove_dir(dir);
            return Ok(());
        }
        let text = serde_json::to_vec(&Shape { folder: &self.folder.to_string_lossy(), text: &self.text })?;
        replace(dir, DRAFT, &text)
    }
}

#[derive(Serialize)]
struct Shape<'a> {
    folder: &'a str,
    text: &'a str,
}

/// Replaces a small file of a session's folder whole (mode 0600); the folder (0700) is made if missing.
pub(super) fn replace(dir: &Path, name: &str, bytes: &[u8]) -> io::Result<()> {
    fs::DirBuilder::new().recursive(true).mode(0o700).create(dir)?;
    fault::point("draft", Call::Make)?;
    let mut beside = tempfile::Builder::new().prefix(".new-").tempfile_in(dir)?;
    fault::write_all("draft", &mut beside, bytes)?;
    fault::point("draft", Call::Sync)?;
    beside.as_file().sync_data()?;
    fault::point("draft", Call::Rename)?;
    beside.persist(dir.join(name)).map_err(|fault| fault.error)?;
    let _ = fault::point("draft", Call::Sync).and_then(|()| File::open(dir)?.sync_all());
    Ok(())
}
