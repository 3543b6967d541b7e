//! What the model and the person have seen of files: without it nothing is replaced.

use std::{
    collections::{HashMap, VecDeque},
    path::{Path, PathBuf},
    sync::{Mutex, MutexGuard, PoisonError},
};

use super::{Planned, Refusal};
use crate::{
    guard::files::{Place, Stamp, spell},
    text::diff::Hunk,
};

/// Changes that wait for their run; older ones were refused.
const DRAFTS: usize = 64;

/// What the model and the person have seen of files.
#[derive(Debug, Default)]
pub struct Seen {
    stamps: Mutex<HashMap<PathBuf, Stamp>>,
    drafts: Mutex<VecDeque<(u64, Draft)>>,
    writing: Mutex<()>,
}

/// A change as a person was shown it.
#[derive(Debug)]
pub(super) struct Draft {
    /// The file then; `None`: there was none.
    pub(super) stamp: Option<Stamp>,
    /// Its places.
    pub(super) hunks: Vec<Hunk>,
}

impl Seen {
    /// The model knows the file as it is now.
    pub(super) fn remember(&self, real: &Path, stamp: Stamp) {
        lock(&self.stamps).insert(real.to_path_buf(), stamp);
    }

    /// The file is gone, or the model does not know it any more; a folder stands for all in it.
    pub fn forget(&self, real: &Path) {
        lock(&self.stamps).retain(|path, _| !path.starts_with(real));
    }

    /// The file is as the model knows it.
    ///
    /// # Errors
    /// It was never read, or changed since.
    pub(super) fn demand(&self, place: &Place, now: &Stamp) -> Result<(), Refusal> {
        let name = spell(Path::new(place.shown.as_str()));
        match lock(&self.stamps).get(&place.real) {
            Some(then) if then.same_bytes(now) => Ok(()),
            Some(_) => Err(Refusal(format!("{name} changed since you read it; read it again, then call again"))),
            None => Err(Refusal(format!("you have not read {name} in this session; read it first, then call again"))),
        }
    }

    /// A person is about to be shown this.
    pub(super) fn show(&self, planned: &Planned, draft: Draft) {
        let mut drafts = lock(&self.drafts);
        if drafts.len() == DRAFTS {
            drafts.pop_front();
        }
        drafts.push_back((key(planned), draft));
    }

    /// What a person was shown of this call.
    pub(super) fn shown(&self, planned: &Planned) -> Option<Draft> {
        let mut drafts = lock(&self.drafts);
        let key = key(planned);
        let at = drafts.iter().position(|(other, _)| *other == key)?;
        drafts.remove(at).map(|(_, draft)| draft)
    }

    /// Held while a file is looked at and written, so that two calls of ours never mix.
    pub(super) fn writing(&self) -> MutexGuard<'_, ()> {
        lock(&self.writing)
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// The call by what it is: between its check and its run nothing of it changes.
fn key(planned: &Planned) -> u64 {
    use std::hash::{DefaultHasher, Hash, Hasher};
    let mut hasher = DefaultHasher::new();
    (planned.tool, planned.args.to_string()).hash(&mut hasher);
    hasher.finish()
}
