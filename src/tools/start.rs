//! Where a search begins, and how the paths that it finds are written for the model. Knows no tool.

use std::path::{Path, PathBuf};

use super::{Access, Bench, Planned, Refusal};
use crate::{
    guard::{
        Files, Need, Place,
        files::{FaultKind, spell},
    },
    text::Clean,
};

/// A folder or file to search in.
pub(super) struct Start<'a> {
    /// The files that can be reached.
    pub(super) files: &'a Files,
    place: Place,
}

impl<'a> Start<'a> {
    /// The place that the model means; nothing or an empty text means the workspace.
    ///
    /// # Errors
    /// There is no such thing.
    pub(super) fn find(bench: &'a Bench, path: Option<&str>) -> Result<Self, Refusal> {
        let files = &bench.files;
        let named = path.filter(|path| !path.is_empty()).unwrap_or(".");
        let place = files.locate(named).map_err(|fault| match fault.kind {
            FaultKind::BadName => Refusal(fault.words),
            _ => Refusal(format!("{}; leave `path` out to search everything", fault.words)),
        })?;
        if !place.exists {
            return Err(Refusal(format!("there is no {}; leave `path` out to search everything", place.shown)));
        }
        Ok(Self { files, place })
    }

    /// The place of a planned call, looked up anew: it must still be where it was when leave was given.
    ///
    /// # Errors
    /// It is gone, or a link leads elsewhere now.
    pub(super) fn again(bench: &'a Bench, planned: &Planned, path: Option<&str>) -> Result<Self, Refusal> {
        let start = Self::find(bench, path)?;
        let same = match &planned.access {
            Access::Reads(paths) => paths.contains(&start.place.real),
            _ => start.place.inside,
        };
        if same { Ok(start) } else { Err(Refusal("the path leads elsewhere now; call again".into())) }
    }

    /// Its real path.
    pub(super) fn real(&self) -> &Path {
        &self.place.real
    }

    /// It lies in the workspace or in a folder that belongs to it.
    pub(super) fn inside(&self) -> bool {
        self.place.inside
    }

    /// The folders that a glob may be written from.
    pub(super) fn roots(&self) -> [&Path; 2] {
        [self.real(), self.files.root()]
    }

    /// What a search here needs.
    pub(super) fn need(&self) -> Need {
        Need::Read { path: self.place.real.clone(), inside: self.place.inside }
    }

    /// What a search here touches.
    pub(super) fn access(&self) -> Access {
        if self.place.inside { Access::ReadsAny } else { Access::Reads(vec![self.place.real.clone()]) }
    }

    /// The place as a person sees it.
    pub(super) fn shown(&self) -> &Clean {
        &self.place.shown
    }

    /// What is looked for and where, for a row.
    pub(super) fn target(&self, what: &str) -> Clean {
        let whole = self.real() == self.files.root();
        Clean::strict(&if whole { what.to_owned() } else { format!("{what} in {}", self.place.shown) })
    }

    /// A path below this place as the model can read it and give it back: relative to the workspace where it
    /// lies there. One that would be taken for a flag gets `./` before it.
    pub(super) fn name(&self, path: &Path) -> String {
        written(path.strip_prefix(self.files.root()).unwrap_or(path))
    }
}

fn written(path: &Path) -> String {
    let path = if path.as_os_str().is_empty() { PathBuf::from(".") } else { path.to_owned() };
    let name = spell(&path);
    if name.starts_with('-') { format!("./{name}") } else { name }
}

#[cfg(test)]
mod tests {
    use std::{ffi::OsStr, os::unix::ffi::OsStrExt, path::Path};

    use super::written;

    #[test]
    fn a_name_is_one_line_and_no_flag() {
        let cases: [(&[u8], &str); 5] = [
            (b"src/a b.rs", "src/a b.rs"),
            (b"a\nb\x1b[2J", r"a\nb\u{1b}[2J"),
            (b"-rf", "./-rf"),
            (b"bad\xff\xfename", r"bad\xff\xfename"),
            (b"", "."),
        ];
        for (name, want) in cases {
            assert_eq!(written(Path::new(OsStr::from_bytes(name))), want);
        }
    }
}
