//! Changing a saved conversation as a whole: its name, and its end.

use std::{
    fs::{self, File},
    io,
    path::Path,
};

use super::{Store, broken, missing, newer, nothing_in};
use crate::{
    chat::{Problem, ProblemKind, SessionId},
    config::fault::{self, Call},
    journal::{
        Journal, OpenFault, Record,
        draft::replace,
        log::{LOG, Lock},
        summary::{NAME, open_log, title_of},
    },
};

/// What a session's folder is called while it is removed: no id begins so, hence it is in no list.
pub(super) const GOING: &str = ".going-";

impl Store {
    /// Gives a session a name (empty = none), in its log and beside it.
    ///
    /// # Errors
    /// When there is no such session, another program has it open, or it cannot be written.
    pub fn rename(&self, id: &SessionId, name: &str) -> Result<(), Problem> {
        let dir = self.existing(id).ok_or_else(|| missing(id.as_str()))?;
        let used = open_log(&dir).and_then(|log| log.metadata().and_then(|meta| meta.modified()).ok());
        let (journal, _) = Journal::reopen(&dir).map_err(|fault| in_words(fault, id))?;
        let name = title_of(name).into_string();
        journal.append(Record::Name(name.clone()));
        let written = journal.barrier_blocking();
        // A name is no use of the session: it must not become the newest by it. Where that cannot be, it does.
        let _ = used.map(|used| File::open(dir.join(LOG)).and_then(|log| log.set_modified(used)));
        journal.close();
        written?;
        self.keep_name(id, &name)
    }

    /// Keeps the name beside the log, where lists look for it. For the program that has the session open and
    /// appended [`Record::Name`] itself.
    ///
    /// # Errors
    /// When it cannot be written.
    pub fn keep_name(&self, id: &SessionId, name: &str) -> Result<(), Problem> {
        let Some(dir) = self.dir(id) else { return Ok(()) };
        replace(&dir, NAME, title_of(name).as_str().as_bytes()).map_err(|error| broken("name", &error))
    }

    /// Deletes a session with its copies of files. Removes what lies in its folder and nothing else: a link in it
    /// is removed, what it leads to is not.
    ///
    /// # Errors
    /// When there is no such session, it is open, or it cannot be removed.
    pub fn delete(&self, id: &SessionId) -> Result<(), Problem> {
        let dir = self.existing(id).ok_or_else(|| missing(id.as_str()))?;
        // Held until the folder is gone, so that nobody opens what is about to go.
        let log = open_log(&dir);
        let _lock = log.as_ref().map(|log| lock(log, &dir, id)).transpose()?;
        // First out of sight in one step: cut off in the middle, no half session is left in the list.
        let going = dir.with_file_name(format!("{GOING}{id}"));
        let free = remove(&going).and_then(|()| fault::point("store", Call::Rename));
        free.and_then(|()| fs::rename(&dir, &going)).map_err(|error| broken("delete", &error))?;
        remove(&going).map_err(|error| broken("delete all of", &error))
    }
}

/// Removes a folder with what is in it; links are removed, not followed. One that is not there is no fault.
pub(super) fn remove(dir: &Path) -> io::Result<()> {
    fault::point("store", Call::Remove)?;
    match fs::remove_dir_all(dir) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(()),
        done => done,
    }
}

/// Takes the lock of a log that nobody writes; it is held as long as the value and the file live.
pub(super) fn lock(log: &File, dir: &Path, id: &SessionId) -> Result<Lock, Problem> {
    Lock::take(log, dir).map_err(|refused| match refused.into() {
        OpenFault::Io(error) => broken("lock", &error),
        fault => in_words(fault, id),
    })
}

/// Why a session cannot be gone on with or changed.
fn in_words(fault: OpenFault, id: &SessionId) -> Problem {
    match fault {
        OpenFault::Open => Problem::new(ProblemKind::User, format!("session {id} is open in another terminal"))
            .hint("close it there first, or do it there"),
        OpenFault::Newer(version) => newer(version),
        OpenFault::Missing => missing(id.as_str()),
        OpenFault::Io(error) if error.kind() == io::ErrorKind::InvalidData => nothing_in(id),
        OpenFault::Io(error) => broken("open", &error),
    }
}
