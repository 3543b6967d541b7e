//! A copy of a session that goes its own way: the log's lines byte for byte behind a head of its own, so that what
//! this version does not know, and what is damaged, stays as it is.

use std::{
    fs::{self, File, OpenOptions},
    io::{self, BufRead, BufReader, BufWriter},
    os::unix::fs::{DirBuilderExt, OpenOptionsExt},
    path::Path,
};

use jiff::Timestamp;

use super::{Store, broken, change::remove, missing, newer};
use crate::{
    chat::{Problem, ProblemKind, SessionId},
    config::fault::{self, Call},
    journal::{
        Head, Record, VERSION, line,
        log::LOG,
        reader::read,
        summary::{NAME, open_log},
    },
};

/// The folder of kept contents in a session's folder.
pub(in crate::journal) const BLOBS: &str = "blobs";
/// The longest first line that is taken for a head.
const HEAD_BYTES: usize = 1024 * 1024;

impl Store {
    /// Copies a session, open or not, and returns the copy's id. Contents of files are shared on disk where the file
    /// system can; the trash and spilled output stay with the original, and so do its draft and its name.
    ///
    /// # Errors
    /// When there is no such session, its beginning is damaged, it is of a newer version, or there is no room.
    pub fn fork(&self, id: &SessionId, now: Timestamp) -> Result<SessionId, Problem> {
        let from = self.existing(id).ok_or_else(|| missing(id.as_str()))?;
        let log = open_log(&from).ok_or_else(|| missing(id.as_str()))?;
        let new = self.fresh_id(now);
        let to = self.dir(&new).ok_or_else(|| missing(new.as_str()))?;
        // Built out of sight and renamed when whole: cut off in the middle, no half copy is in the list.
        let building = to.with_file_name(format!(".new-{new}"));
        let built = build(&log, (&from, &building), (id, &new))
            .and_then(|()| rename(&building, &to).map_err(|error| broken("copy", &error)));
        if let Err(problem) = built {
            let _ = remove(&building);
            return Err(problem);
        }
        let _ = to.parent().and_then(|root| File::open(root).ok()).map(|root| root.sync_all());
        Ok(new)
    }
}

fn build(log: &File, (from, to): (&Path, &Path), (old, new): (&SessionId, &SessionId)) -> Result<(), Problem> {
    let failed = |error: io::Error| broken("copy", &error);
    let mut lines = BufReader::new(log);
    let mut first = Vec::new();
    io::Read::take(&mut lines, HEAD_BYTES as u64).read_until(b'\n', &mut first).map_err(failed)?;
    let Some((n, at, head)) = read(&first).entries.into_iter().find_map(|entry| match entry.record {
        Record::Head(head) => Some((entry.n, entry.at, head)),
        _ => None,
    }) else {
        return Err(Problem::new(
            ProblemKind::User,
            "the beginning of this session's log is damaged, so it cannot be copied",
        )
        .hint("export what is there instead: glm-tui sessions export"));
    };
    if head.v > VERSION {
        return Err(newer(head.v));
    }
    let head = Head { id: new.clone(), forked_from: Some(old.clone()), ..head };
    let line = line::encode(n, at, &Record::Head(head)).map_err(|error| failed(error.into()))?;
    fs::DirBuilder::new().recursive(true).mode(0o700).create(to).map_err(failed)?;
    copy_log(&mut lines, &to.join(LOG), &line).map_err(failed)?;
    copy_blobs(&from.join(BLOBS), &to.join(BLOBS)).map_err(failed)?;
    if let Ok(name) = fs::read(from.join(NAME)) {
        // The log says the name too, so a copy that lacks the file only lists worse.
        let _ = crate::journal::draft::replace(to, NAME, &name);
    }
    Ok(())
}

/// The rest of a log behind another head; a last line without an end is left to the original, which may be
/// writing it just now.
fn copy_log(lines: &mut impl BufRead, to: &Path, head: &[u8]) -> io::Result<()> {
    let file = OpenOptions::new().write(true).create_new(true).mode(0o600).open(to)?;
    let mut out = BufWriter::new(file);
    fault::write_all("store", &mut out, head)?;
    let mut line = Vec::new();
    while lines.read_until(b'\n', &mut line)? > 0 {
        if line.ends_with(b"\n") {
            fault::write_all("store", &mut out, &line)?;
        }
        line.clear();
    }
    fault::point("store", Call::Sync)?;
    out.into_inner().map_err(io::IntoInnerError::into_error)?.sync_all()
}

fn rename(from: &Path, to: &Path) -> io::Result<()> {
    fault::point("store", Call::Rename)?;
    fs::rename(from, to)
}

/// The kept contents: one file with two names where the system can (they never change), else a copy.
fn copy_blobs(from: &Path, to: &Path) -> io::Result<()> {
    let Ok(entries) = fs::read_dir(from) else { return Ok(()) };
    fs::DirBuilder::new().recursive(true).mode(0o700).create(to)?;
    for entry in entries.flatten().filter(|entry| entry.file_type().is_ok_and(|t| t.is_file())) {
        let target = to.join(entry.file_name());
        if fs::hard_link(entry.path(), &target).is_err() {
            // Pruned meanwhile is no fault: undo says that it is not kept any more.
            let _ = fs::copy(entry.path(), &target);
        }
    }
    Ok(())
}
