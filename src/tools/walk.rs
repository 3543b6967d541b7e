//! Visits the files below a place, on as many threads as the machine has, within bounds.
//!
//! Owns what a search skips (`.git`, what ignore files name, links), how it is stopped, and which names a
//! pattern means. Knows nothing of what is done with a file.

use std::{
    path::Path,
    sync::{
        Arc,
        atomic::{AtomicBool, AtomicU8, AtomicU64, Ordering},
    },
    time::Duration,
};

use globset::{GlobBuilder, GlobMatcher};
use ignore::{DirEntry, WalkBuilder, WalkState};
use tokio_util::sync::CancellationToken;

use super::Refusal;

/// A search that takes longer is cut: a model that waits for minutes had better ask a narrower question.
const LONGEST: Duration = Duration::from_secs(30);

/// Folders below the start that are entered. Trees of real projects are far shallower; a deeper one is a
/// trap or an accident.
const DEEPEST: usize = 128;

/// Bytes of an ignore file that is read.
const IGNORE_FILE: u64 = 1 << 20;

/// Characters of a pattern: more is no pattern.
const PATTERN: usize = 4096;

/// Whether and why a search ends early, and what it passed by. Shared by its threads.
#[derive(Debug, Default)]
pub(super) struct Pace {
    halt: AtomicU8,
    n_files: AtomicU64,
    n_unreadable: AtomicU64,
    too_deep: AtomicBool,
}

/// Why a search ended early.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Halt {
    /// It took too long.
    Slow = 1,
    /// The call was cancelled.
    Cancelled = 2,
}

impl Pace {
    /// Why it ends early, if it does.
    pub(super) fn halt(&self) -> Option<Halt> {
        match self.halt.load(Ordering::Relaxed) {
            0 => None,
            1 => Some(Halt::Slow),
            _ => Some(Halt::Cancelled),
        }
    }

    /// Ends it early.
    pub(super) fn stop(&self, why: Halt) {
        self.halt.store(why as u8, Ordering::Relaxed);
    }

    /// Files seen.
    pub(super) fn n_files(&self) -> u64 {
        self.n_files.load(Ordering::Relaxed)
    }

    /// A file or folder could not be read.
    pub(super) fn unreadable(&self) {
        self.n_unreadable.fetch_add(1, Ordering::Relaxed);
    }

    /// What the model must know of how complete the search was, a line each.
    pub(super) fn notes(&self) -> Vec<String> {
        let mut notes = Vec::new();
        if self.halt() == Some(Halt::Slow) {
            let (files, secs) = (self.n_files(), LONGEST.as_secs());
            notes.push(format!("stopped after {secs} s and {files} files: incomplete; narrow it with `path`"));
        }
        if self.too_deep.load(Ordering::Relaxed) {
            notes.push(format!("folders deeper than {DEEPEST} levels were left out"));
        }
        match self.n_unreadable.load(Ordering::Relaxed) {
            0 => {}
            1 => notes.push("1 file or folder could not be read".into()),
            n => notes.push(format!("{n} files or folders could not be read")),
        }
        notes
    }
}

/// Does `search` on a blocking thread; stops it when the call is cancelled or takes too long. It must look
/// at its [`Pace`] often.
///
/// # Errors
/// It was cancelled, or it broke.
pub(super) async fn bounded<T: Send + 'static>(
    cancel: CancellationToken,
    search: impl FnOnce(&Pace) -> T + Send + 'static,
) -> Result<T, Refusal> {
    let pace = Arc::new(Pace::default());
    let inner = Arc::clone(&pace);
    let mut work = tokio::task::spawn_blocking(move || search(&inner));
    let done = tokio::select! {
        done = &mut work => done,
        () = cancel.cancelled() => { pace.stop(Halt::Cancelled); work.await }
        () = tokio::time::sleep(LONGEST) => { pace.stop(Halt::Slow); work.await }
    };
    match done {
        Ok(_) if pace.halt() == Some(Halt::Cancelled) => Err(Refusal("the search was stopped".into())),
        Ok(found) => Ok(found),
        Err(_) => Err(Refusal("the search broke; try another way".into())),
    }
}

/// Visits each file below `start` with its own visitor per thread, in no order. A `start` that is a file is
/// visited itself. Links are not followed; what ignore files name is left out, hidden files are not.
pub(super) fn files<V>(start: &Path, pace: &Pace, mut visitor: impl FnMut() -> V)
where
    V: FnMut(&DirEntry) + Send,
{
    entries(start, pace, || {
        let mut visit = visitor();
        move |entry: &DirEntry| {
            if entry.file_type().is_some_and(|kind| !kind.is_dir()) {
                visit(entry);
            }
        }
    });
}

/// The same for files and folders.
pub(super) fn entries<V>(start: &Path, pace: &Pace, mut visitor: impl FnMut() -> V)
where
    V: FnMut(&DirEntry) + Send,
{
    let heeds = start.ancestors().all(ignores_well);
    if !heeds {
        pace.unreadable();
    }
    // Folders whose ignore files are traps. The filter must own what it uses.
    let n_trapped = Arc::new(AtomicU64::new(0));
    let counted = Arc::clone(&n_trapped);
    let walk = WalkBuilder::new(start)
        .hidden(false)
        .require_git(false)
        .follow_links(false)
        .max_depth(Some(DEEPEST))
        .ignore(heeds)
        .git_ignore(heeds)
        // Its way leads through `.git` files and `commondir`, which would be opened whatever they are.
        .git_exclude(false)
        .filter_entry(move |entry| {
            if entry.depth() > 0 && entry.file_name() == ".git" {
                return false;
            }
            let is_folder = entry.file_type().is_some_and(|kind| kind.is_dir());
            let enters = !is_folder || entry.depth() == 0 || !heeds || ignores_well(entry.path());
            counted.fetch_add(u64::from(!enters), Ordering::Relaxed);
            enters
        })
        .build_parallel();
    walk.run(|| {
        let mut visit = visitor();
        Box::new(move |entry| {
            if pace.halt().is_some() {
                return WalkState::Quit;
            }
            let Ok(entry) = entry else {
                pace.unreadable();
                return WalkState::Continue;
            };
            match entry.file_type() {
                Some(kind) if kind.is_dir() => {
                    pace.too_deep.fetch_or(entry.depth() == DEEPEST, Ordering::Relaxed);
                    visit(&entry);
                }
                Some(_) => {
                    pace.n_files.fetch_add(1, Ordering::Relaxed);
                    visit(&entry);
                }
                None => {}
            }
            WalkState::Continue
        })
    });
    pace.n_unreadable.fetch_add(n_trapped.load(Ordering::Relaxed), Ordering::Relaxed);
}

/// The ignore files of a folder can be read: a pipe would be waited for without end, a device or a huge file
/// read until memory is full.
pub(super) fn ignores_well(folder: &Path) -> bool {
    let bad =
        |name: &str| std::fs::metadata(folder.join(name)).is_ok_and(|meta| !meta.is_file() || meta.len() > IGNORE_FILE);
    !bad(".gitignore") && !bad(".ignore")
}

/// Which files a glob means. Without a slash it is matched against names at any depth, else against paths,
/// from the place of the search or from the workspace.
pub(super) struct Names {
    matcher: GlobMatcher,
    by_name: bool,
    negated: bool,
}

impl Names {
    /// Reads a glob; `!` before it means all others.
    ///
    /// # Errors
    /// It is none; says why.
    pub(super) fn read(glob: &str) -> Result<Self, Refusal> {
        if glob.len() > PATTERN {
            return Err(Refusal(format!("the glob is longer than {PATTERN} bytes")));
        }
        let (negated, rest) = glob.strip_prefix('!').map_or((false, glob), |rest| (true, rest));
        let rest = rest.strip_prefix("./").unwrap_or(rest);
        let listed = if rest.contains(',') && !rest.contains('{') { format!("{{{rest}}}") } else { rest.to_owned() };
        let matcher = GlobBuilder::new(&listed)
            .literal_separator(true)
            .build()
            .map_err(|error| Refusal(format!("not a glob: {}; examples: *.rs, src/**/*.{{ts,tsx}}", error.kind())))?
            .compile_matcher();
        Ok(Self { matcher, by_name: !rest.contains('/'), negated })
    }

    /// `path` is meant; `roots` are the folders that the glob may be written from.
    pub(super) fn matches(&self, path: &Path, roots: [&Path; 2]) -> bool {
        let hit = if self.by_name {
            path.file_name().is_some_and(|name| self.matcher.is_match(name))
        } else {
            let below = |root: &&Path| path.strip_prefix(root).is_ok_and(|rest| self.matcher.is_match(rest));
            roots.iter().any(below) || self.matcher.is_match(path)
        };
        hit != self.negated
    }
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::Names;

    #[test]
    fn a_glob_means_names_or_paths() {
        let cases = [
            ("*.rs", "/w/src/a/b.rs", true),
            ("*.rs", "/w/src/a/b.rst", false),
            ("src/*.rs", "/w/src/b.rs", true),
            ("src/*.rs", "/w/src/a/b.rs", false),
            ("./src/**/*.rs", "/w/src/b.rs", true),
            ("a/*.rs", "/w/src/a/b.rs", true),
            ("/w/src/**", "/w/src/a/b.rs", true),
            ("!*.rs", "/w/src/b.rs", false),
            ("!*.rs", "/w/src/b.md", true),
            ("*.ts,*.tsx", "/w/src/b.tsx", true),
            ("*.{ts,tsx}", "/w/src/b.js", false),
        ];
        for (glob, path, want) in cases {
            let names = Names::read(glob).unwrap();
            assert_eq!(names.matches(Path::new(path), [Path::new("/w/src"), Path::new("/w")]), want, "{glob} {path}");
        }
        for bad in ["a[", "{a"] {
            assert!(Names::read(bad).is_err_and(|refusal| refusal.0.contains("not a glob")), "{bad}");
        }
    }
}
