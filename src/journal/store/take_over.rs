//! Writing conversations of other programs as sessions of this one.

use std::{
    fs::{self, File, OpenOptions},
    io::{self, BufWriter},
    os::unix::fs::{DirBuilderExt, OpenOptionsExt},
    path::Path,
    time::{Duration, UNIX_EPOCH},
};

use jiff::Timestamp;

use super::{Store, broken, change::remove};
use crate::{
    chat::{Problem, SessionId},
    config::fault::{self, Call},
    journal::{
        Record,
        draft::replace,
        import::{self, Imported, Look, Taken, Wish, records},
        line,
        log::LOG,
        session_id::{derived, fresh},
        summary::{NAME, title_of},
    },
};

impl Store {
    /// Takes over conversations of another program. One that was taken over before is recognised by its id there,
    /// which decides its id here.
    ///
    /// # Errors
    /// When there is nothing to be read; what is wrong with one file does not keep the others.
    pub fn import(&self, wish: &Wish<'_>, now: Timestamp) -> Result<Imported, Problem> {
        let mut done = Imported::default();
        for file in import::files(wish)? {
            let conversation = match import::look(wish, &file) {
                Look::Here(conversation) => conversation,
                Look::Elsewhere => {
                    done.n_elsewhere += 1;
                    continue;
                }
                Look::Empty => {
                    done.n_empty += 1;
                    continue;
                }
                Look::Bad(problem) => {
                    done.problems.push(problem);
                    continue;
                }
            };
            let began = conversation.turns.iter().map(|turn| turn.at).find(|at| *at > 0);
            let began = began.and_then(|at| Timestamp::from_millisecond(at).ok()).unwrap_or(Timestamp::UNIX_EPOCH);
            let known = derived(began, &format!("{}:{}", wish.source.as_str(), conversation.id));
            let id = if wish.again && self.existing(&known).is_some() { fresh(began) } else { known };
            if self.existing(&id).is_some() {
                done.n_known += 1;
                continue;
            }
            let records = records(&conversation, wish.source, &id, now.as_millisecond());
            match self.write_whole(&id, &records, conversation.name.as_deref()) {
                Ok(()) => {
                    done.taken.push(Taken { file, id, turns: conversation.turns.len(), n_bad: conversation.n_bad });
                }
                Err(problem) => done.problems.push(problem),
            }
        }
        Ok(done)
    }

    /// Writes a whole session; it is in the list when it is complete, or not at all.
    fn write_whole(&self, id: &SessionId, records: &[(i64, Record)], name: Option<&str>) -> Result<(), Problem> {
        let Some(dir) = self.dir(id) else {
            return Err(broken("keep", &io::Error::other("there is no state folder")));
        };
        let building = dir.with_file_name(format!(".new-{id}"));
        let built = write(&building, records, name).and_then(|()| fault::point("store", Call::Rename));
        let built = built.and_then(|()| fs::rename(&building, &dir));
        built.map_err(|error| {
            let _ = remove(&building);
            broken("keep", &error)
        })
    }
}

fn write(dir: &Path, records: &[(i64, Record)], name: Option<&str>) -> io::Result<()> {
    remove(dir)?;
    fs::DirBuilder::new().recursive(true).mode(0o700).create(dir)?;
    let file = OpenOptions::new().write(true).create_new(true).mode(0o600).open(dir.join(LOG))?;
    let mut out = BufWriter::new(file);
    for (n, (at, record)) in (1..).zip(records) {
        fault::write_all("store", &mut out, &line::encode(n, *at, record)?)?;
    }
    let file = out.into_inner().map_err(io::IntoInnerError::into_error)?;
    fault::point("store", Call::Sync)?;
    file.sync_all()?;
    age(&file, records.last().map_or(0, |(at, _)| *at));
    match name {
        Some(name) => replace(dir, NAME, title_of(name).as_str().as_bytes()),
        None => Ok(()),
    }
}

/// The log was written last when the conversation ended: lists go by that.
fn age(file: &File, at: i64) {
    let at = UNIX_EPOCH + Duration::from_millis(u64::try_from(at).unwrap_or(0));
    // Without it the session stands higher in the list, no more.
    let _ = file.set_modified(at);
}
