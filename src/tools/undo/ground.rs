//! What undoing works on: the files, the record of changes, the trash.

use std::path::PathBuf;

use super::{super::seen::Seen, changes::Changes};
use crate::guard::Files;

/// What undoing works on.
pub(in crate::tools) struct Ground<'a> {
    /// The files that can be reached.
    pub(in crate::tools) files: &'a Files,
    /// What the model knows of them.
    pub(in crate::tools) seen: &'a Seen,
    /// What was changed.
    pub(in crate::tools) changes: &'a Changes,
    /// Where deleted files go; `None`: nowhere.
    pub(in crate::tools) trash: Option<PathBuf>,
}
