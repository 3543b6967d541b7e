//! Reaching and changing files so that nothing else is reached: the workspace, the folders beside it,
//! and (after a person's yes) the rest.
//!
//! Two steps. [`Files::locate`] says what a path really names, links followed: that real path is what the
//! policy judges. Every later call opens exactly that path from a folder held open, and refuses any link
//! on the way, so that a link planted after the verdict changes nothing. Knows neither tools nor rules.

mod attributes;
mod beneath;
mod create;
mod discard;
mod entries;
mod fault;
mod litter;
mod name;
mod read;
mod real;
mod replace;
mod restore;
mod tree;

use std::{
    io,
    os::fd::OwnedFd,
    path::{Path, PathBuf},
    sync::Arc,
};

use beneath::Root;
pub use entries::{Entries, Entry, EntryKind};
pub use fault::{Fault, FaultKind};
pub use name::spell;
pub use read::{MAX_BYTES, Stamp};
use real::{Last, real};
pub use replace::{Note, Written};
pub use restore::Look;

use crate::text::Clean;

/// The files that can be reached.
#[derive(Debug)]
pub struct Files {
    /// The workspace, then the folders beside it.
    roots: Vec<Arc<Root>>,
    world: Arc<Root>,
}

/// A file or folder that may or may not exist, by its real path.
#[derive(Clone, Debug)]
pub struct Place {
    /// Its path, links followed.
    pub real: PathBuf,
    /// It lies in the workspace or in a folder beside it that may be worked in.
    pub inside: bool,
    /// Its path for eyes: relative to the workspace where it lies there, every odd character escaped.
    pub shown: Clean,
    /// There was something when it was located.
    pub exists: bool,
    /// It was named through a link.
    pub linked: bool,
    base: Arc<Root>,
    below: PathBuf,
}

impl Files {
    /// Opens the workspace and the folders beside it.
    ///
    /// # Errors
    /// When one of them is not a folder or cannot be opened.
    pub fn open(root: &Path, more: &[PathBuf]) -> io::Result<Self> {
        let roots: io::Result<Vec<_>> = std::iter::once(root)
            .chain(more.iter().map(PathBuf::as_path))
            .map(|p| Root::open(p).map(Arc::new))
            .collect();
        Ok(Self { roots: roots?, world: Arc::new(Root::open(Path::new("/"))?) })
    }

    /// The workspace: an absolute, real path.
    #[must_use]
    pub fn root(&self) -> &Path {
        self.roots.first().map_or(Path::new("/"), |root| &root.path)
    }

    /// What a path really names, links followed. Relative paths are seen from the workspace.
    ///
    /// # Errors
    /// When it cannot be a path, or what lies on the way cannot be looked at.
    pub fn locate(&self, named: &str) -> Result<Place, Fault> {
        self.find(named, Last::Followed)
    }

    /// The same, but a link at the end is meant itself.
    ///
    /// # Errors
    /// As [`Files::locate`].
    pub fn locate_itself(&self, named: &str) -> Result<Place, Fault> {
        self.find(named, Last::Itself)
    }

    fn find(&self, named: &str, last: Last) -> Result<Place, Fault> {
        name::check(named)?;
        let mut found = real(self.root(), Path::new(named), last)?;
        if !found.exists && named.contains('\\') {
            let other = name::unspell(named).map(|name| real(self.root(), Path::new(&name), last));
            if let Some(Ok(other)) = other.filter(|other| other.as_ref().is_ok_and(|real| real.exists)) {
                found = other;
            }
        }
        if !found.exists && name::homely(named) {
            let words = "`~` is not expanded here; give an absolute path, or one relative to the workspace (`./~` for a name with ~)";
            return Err(Fault::new(FaultKind::BadName, words));
        }
        let place = self.place(&found.path);
        Ok(Place { exists: found.exists, linked: found.linked, ..place })
    }

    /// The place of a real path that [`Files::locate`] gave before. Follows nothing.
    #[must_use]
    pub fn place(&self, real: &Path) -> Place {
        let (base, below) = self.base(real);
        let inside = !Arc::ptr_eq(base, &self.world);
        let (base, below) = (Arc::clone(base), below.to_path_buf());
        let short = real.strip_prefix(self.root()).unwrap_or(real);
        let short = if short.as_os_str().is_empty() { Path::new(".") } else { short };
        let shown = Clean::strict(&spell(short));
        let exists = real.symlink_metadata().is_ok();
        Place { real: real.to_path_buf(), inside, shown, exists, linked: false, base, below }
    }
}

impl Files {
    /// The nearest folder that is held open above a real path, and the path below it.
    fn base<'a>(&self, real: &'a Path) -> (&Arc<Root>, &'a Path) {
        let holds = self.roots.iter().filter(|root| real.starts_with(&root.path));
        let base = holds.max_by_key(|root| root.path.as_os_str().len()).unwrap_or(&self.world);
        (base, real.strip_prefix(&base.path).unwrap_or(real))
    }
}

impl Place {
    /// Something in this folder.
    #[must_use]
    pub fn child(&self, name: &std::ffi::OsStr) -> Self {
        let shown = if self.shown.as_str() == "." { PathBuf::new() } else { PathBuf::from(self.shown.as_str()) };
        Self {
            real: self.real.join(name),
            shown: Clean::strict(&shown.join(spell(Path::new(name))).to_string_lossy()),
            below: self.below.join(name),
            base: Arc::clone(&self.base),
            ..*self
        }
    }

    /// Its folder, opened, and its name in it.
    fn parent(&self) -> Result<(OwnedFd, &std::ffi::OsStr), Fault> {
        let (Some(folder), Some(name)) = (self.below.parent(), self.below.file_name()) else {
            return Err(Fault::new(FaultKind::NotAFile, format!("{} is a folder that is worked in", self.shown)));
        };
        let fd = self.base.folder(folder).map_err(|error| self.fault("open the folder of", &error))?;
        Ok((fd, name))
    }

    fn fault(&self, doing: &str, error: &io::Error) -> Fault {
        Fault::system(&format!("{doing} {}", self.shown), error)
    }
}

#[cfg(test)]
mod tests;
