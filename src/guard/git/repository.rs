//! Finding a repository and reading where its `HEAD` stands. Runs nothing, follows no forged pointer.

use std::{
    fs::{File, OpenOptions},
    io::Read,
    os::unix::fs::OpenOptionsExt,
    path::{Path, PathBuf},
};

use rustix::fs::OFlags;

/// Folders above the first that are looked at.
const DEEPEST: usize = 64;
/// Bytes of `HEAD`, of a reference and of a pointer file.
const SHORT: u64 = 4 << 10;
/// Bytes of `packed-refs`: some 150,000 references.
const PACKED: u64 = 16 << 20;
/// References that point to references.
const HOPS: usize = 5;
/// Characters of a branch name that are kept.
const NAME: usize = 100;

/// A repository, by its folders.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Repository {
    /// The files that are worked on.
    pub(super) work_tree: PathBuf,
    /// `HEAD` and the index.
    pub(super) git_dir: PathBuf,
    /// Objects and references; differs from `git_dir` in a linked worktree.
    pub(super) common_dir: PathBuf,
}

impl Repository {
    /// The repository that `folder` lies in. A `.git` that is a link, or a file that points to a repository
    /// which does not point back, is none.
    #[must_use]
    pub fn find(folder: &Path) -> Option<Self> {
        let folder = folder.canonicalize().ok()?;
        let work_tree = folder.ancestors().take(DEEPEST).find(|at| at.join(".git").symlink_metadata().is_ok())?;
        let mark = work_tree.join(".git");
        let kind = mark.symlink_metadata().ok()?.file_type();
        let git_dir = match () {
            () if kind.is_dir() => mark,
            () if kind.is_file() => pointed(&mark, work_tree)?,
            () => return None,
        };
        let common_dir = match short(&git_dir.join("commondir")) {
            Some(to) => git_dir.join(to.trim()).canonicalize().ok()?,
            None => git_dir.clone(),
        };
        git_dir.join("HEAD").is_file().then(|| Self { work_tree: work_tree.to_owned(), git_dir, common_dir })
    }

    /// The branch that is checked out, or the first letters of the commit. Control characters are left out.
    #[must_use]
    pub fn branch(&self) -> Option<String> {
        let text = short(&self.git_dir.join("HEAD"))?;
        let name: String = match text.trim().strip_prefix("ref: refs/heads/") {
            Some(branch) => branch.chars().filter(|c| !c.is_control()).take(NAME).collect(),
            None => commit(text.trim())?.chars().take(7).collect(),
        };
        (!name.is_empty()).then_some(name)
    }

    /// The commit that is checked out; `None` before the first one, or where references are kept in a way
    /// that is not understood here.
    #[must_use]
    pub fn head(&self) -> Option<String> {
        let mut text = short(&self.git_dir.join("HEAD"))?;
        for _ in 0..HOPS {
            let Some(name) = text.trim().strip_prefix("ref: ") else { return commit(text.trim()) };
            let name = name.to_owned();
            if !is_reference(&name) {
                return None;
            }
            text = short(&self.common_dir.join(&name)).or_else(|| self.packed(&name))?;
        }
        None
    }

    fn packed(&self, name: &str) -> Option<String> {
        let text = read(&self.common_dir.join("packed-refs"), PACKED)?;
        let mut pairs = text.lines().filter_map(|line| line.split_once(' '));
        pairs.find(|(_, other)| *other == name).map(|(hash, _)| hash.to_owned())
    }
}

/// The git folder that the file `.git` points to, if that one points back (a worktree), or if it is kept for
/// a submodule by a repository above.
fn pointed(mark: &Path, work_tree: &Path) -> Option<PathBuf> {
    let text = short(mark)?;
    let git_dir = work_tree.join(text.trim().strip_prefix("gitdir: ")?).canonicalize().ok()?;
    let back = short(&git_dir.join("gitdir")).and_then(|back| Path::new(back.trim()).canonicalize().ok());
    let above = || work_tree.ancestors().skip(1).any(|at| git_dir.starts_with(at.join(".git/modules")));
    (back.as_deref() == Some(mark) || above()).then_some(git_dir)
}

/// A name below `refs/` that leads nowhere else.
fn is_reference(name: &str) -> bool {
    name.starts_with("refs/")
        && !name.contains(['\\', '\0', '\n'])
        && name.split('/').all(|part| !part.starts_with('.') && !part.is_empty())
}

fn commit(text: &str) -> Option<String> {
    let is_hash = matches!(text.len(), 40 | 64) && text.bytes().all(|byte| byte.is_ascii_hexdigit());
    is_hash.then(|| text.to_owned())
}

fn short(file: &Path) -> Option<String> {
    read(file, SHORT)
}

/// A regular file of at most `most` bytes; a pipe would block for ever.
fn read(file: &Path, most: u64) -> Option<String> {
    let flags = i32::try_from(OFlags::NONBLOCK.bits()).unwrap_or_default();
    let file: File = OpenOptions::new().read(true).custom_flags(flags).open(file).ok()?;
    let meta = file.metadata().ok()?;
    if !meta.is_file() || meta.len() > most {
        return None;
    }
    let mut text = String::new();
    file.take(most).read_to_string(&mut text).ok()?;
    Some(text)
}
