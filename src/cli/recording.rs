//! `GLM_TUI_RECORD=FILE`: where a session is recorded, for developers. Knows nothing of what is in the lines.

use std::{
    fs::{File, OpenOptions},
    io::{self, Write},
    path::Path,
};

use super::exit::complain;
use crate::{
    chat::{Problem, ProblemKind},
    config::Environment,
};

/// Takes the lines of a recording.
type Sink = Box<dyn FnMut(String) + Send>;

/// The sink that the environment asks for. Without the file the session goes on unrecorded, and says so.
pub(super) fn sink(env: &Environment) -> Option<Sink> {
    let path = env.path("GLM_TUI_RECORD")?;
    match open(&path) {
        // A write to a file does not block for long; a full disk ends the recording at a whole line or a torn one.
        Ok(mut file) => Some(Box::new(move |line| drop(file.write_all(line.as_bytes())))),
        Err(error) => {
            let what = format!("the session is not recorded: {}: {error}", path.display());
            complain(&Problem::new(ProblemKind::User, what).hint("set GLM_TUI_RECORD to a file that can be written"));
            None
        }
    }
}

/// Opens the file at its end, for its owner alone: what was said and read is in it.
fn open(path: &Path) -> io::Result<File> {
    let mut options = OpenOptions::new();
    options.append(true).create(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let file = options.open(path)?;
    #[cfg(unix)]
    file.set_permissions(std::os::unix::fs::PermissionsExt::from_mode(0o600))?;
    Ok(file)
}
