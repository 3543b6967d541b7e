//! Changes to files as values that can be taken back: what each path was before and after.

use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

use super::blobs::Hash;
use crate::chat::{RunId, TurnId};

/// A path in a log: text, with what is no UTF-8 escaped so that nothing is lost.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct PathText(String);

impl PathText {
    /// The text of a path.
    #[must_use]
    pub fn new(path: &Path) -> Self {
        use std::{fmt::Write, os::unix::ffi::OsStrExt};
        let mut text = String::new();
        for chunk in path.as_os_str().as_bytes().utf8_chunks() {
            // A percent sign is escaped too, so that every text means one path.
            text.push_str(&chunk.valid().replace('%', "%25"));
            for byte in chunk.invalid() {
                // Writing to a String cannot fail.
                let _ = write!(text, "%{byte:02x}");
            }
        }
        Self(text)
    }

    /// The path.
    #[must_use]
    pub fn path(&self) -> PathBuf {
        use std::{ffi::OsString, os::unix::ffi::OsStringExt};
        let mut bytes = Vec::with_capacity(self.0.len());
        let mut rest = self.0.as_bytes();
        while let Some((first, more)) = rest.split_first() {
            let escaped = (*first == b'%').then(|| more.get(..2)).flatten();
            let byte = escaped.and_then(|hex| u8::from_str_radix(std::str::from_utf8(hex).ok()?, 16).ok());
            bytes.push(byte.unwrap_or(*first));
            rest = if byte.is_some() { &more[2..] } else { more };
        }
        PathBuf::from(OsString::from_vec(bytes))
    }
}

/// What a path was at a moment.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum FileState {
    /// Nothing was there.
    Absent,
    /// A file whose content is kept.
    File {
        /// Its content, in the session's [`super::Blobs`].
        hash: Hash,
        /// Its length.
        bytes: u64,
        /// Its permission bits.
        mode: u32,
    },
    /// A symbolic link, with what it says.
    Link(PathText),
    /// A folder.
    Folder {
        /// Its permission bits.
        mode: u32,
    },
    /// It was there, but its content is not kept, for this reason.
    NotKept {
        /// Its length.
        bytes: u64,
        /// Why, a few words.
        why: String,
        /// What its content was, where that is known.
        #[serde(default)]
        hash: Option<Hash>,
    },
    /// It was there and lies whole in the session's trash, from where it can be moved back. As what a path is
    /// after an undo: it was moved back from there.
    Trashed {
        /// Where it lies when it is not in its place.
        at: PathText,
        /// What all of it was, where that was few enough to be looked at.
        #[serde(default)]
        hash: Option<Hash>,
    },
}

/// What happened to one path.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct FileChange {
    /// The path, absolute and real.
    pub path: PathText,
    /// What it was.
    pub before: FileState,
    /// What it is.
    pub after: FileState,
}

/// How a change came about.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ChangeKind {
    /// A tool or a command made it.
    Made,
    /// A person undid these changes.
    Undo(Vec<u64>),
    /// A person took this undo back.
    Redo(u64),
}

/// Files that changed together.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ChangeSet {
    /// Its number within the session, from 1.
    pub id: u64,
    /// The turn that it belongs to.
    pub turn: TurnId,
    /// The call that made it, if one did.
    pub run: Option<RunId>,
    /// What made it, a few words: `edit`, a command line, `undo`.
    pub cause: String,
    /// How it came about.
    pub kind: ChangeKind,
    /// The paths, each once.
    pub files: Vec<FileChange>,
}
