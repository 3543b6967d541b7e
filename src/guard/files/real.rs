//! What a path really names: every link followed, whether or not the end of it exists.
//!
//! Unlike `canonicalize` this also follows a link to something that is not there yet, because writing
//! through such a link would create it.

use std::{
    collections::VecDeque,
    ffi::OsString,
    io::ErrorKind,
    path::{Component, Path, PathBuf},
};

use super::{Fault, FaultKind, name::spell};

/// Most links on the way, as in the kernel.
const LINKS: usize = 40;

/// What a path really names.
#[derive(Debug)]
pub(super) struct Real {
    /// Without links, `.` and `..`.
    pub(super) path: PathBuf,
    /// There is something.
    pub(super) exists: bool,
    /// A link was followed.
    pub(super) linked: bool,
}

/// How the last part of a path is taken if it is a link.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Last {
    /// It is followed.
    Followed,
    /// The link itself is meant.
    Itself,
}

/// What `named`, seen from `start` (a real path), really names.
pub(super) fn real(start: &Path, named: &Path, last: Last) -> Result<Real, Fault> {
    let mut at = start.to_path_buf();
    let mut todo: VecDeque<OsString> = VecDeque::new();
    enter(named, &mut at, &mut todo);
    let (mut n_links, mut exists) = (0, true);
    while let Some(part) = todo.pop_front() {
        if part == ".." {
            if !exists {
                let words =
                    format!("{} leads through a folder that does not exist; name the file directly", spell(named));
                return Err(Fault::new(FaultKind::BadName, words));
            }
            at.pop();
            continue;
        }
        at.push(&part);
        if !exists {
            continue;
        }
        match at.symlink_metadata() {
            Ok(meta) if meta.is_symlink() && !(todo.is_empty() && last == Last::Itself) => {
                n_links += 1;
                let target = at.read_link().map_err(|error| look(named, &error))?;
                if n_links > LINKS {
                    let words = format!("{} leads through too many links (a loop?)", spell(named));
                    return Err(Fault::new(FaultKind::BadName, words));
                }
                at.pop();
                enter(&target, &mut at, &mut todo);
            }
            Ok(meta) if !meta.is_dir() && !todo.is_empty() => {
                let words = format!("{} is not a folder, so there is nothing below it", spell(&at));
                return Err(Fault::new(FaultKind::NotAFolder, words));
            }
            Ok(_) => {}
            Err(error) if error.kind() == ErrorKind::NotFound => exists = false,
            Err(error) => return Err(look(named, &error)),
        }
    }
    Ok(Real { path: at, exists, linked: n_links > 0 })
}

/// Puts the parts of `path` in front of what is still to do.
fn enter(path: &Path, at: &mut PathBuf, todo: &mut VecDeque<OsString>) {
    for part in path.components().rev() {
        match part {
            Component::Normal(name) => todo.push_front(name.to_owned()),
            Component::ParentDir => todo.push_front("..".into()),
            Component::RootDir => *at = PathBuf::from("/"),
            Component::CurDir | Component::Prefix(_) => {}
        }
    }
}

fn look(named: &Path, error: &std::io::Error) -> Fault {
    Fault::system(&format!("look at {}", spell(named)), error)
}
