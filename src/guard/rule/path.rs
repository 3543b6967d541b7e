//! The pattern of a path: relative to the workspace, `~/…` or absolute, with `*`, `**`, `?`, `{a,b}`.

use std::path::{Path, PathBuf};

use globset::{GlobBuilder, GlobMatcher};

use crate::guard::places::Places;

/// The pattern of a path.
#[derive(Clone, Debug)]
pub(super) struct PathPattern {
    base: Base,
    /// It is about every path: a rule without a pattern.
    any: bool,
    /// What is meant.
    itself: GlobMatcher,
    /// What lies below it, should it be a folder.
    below: GlobMatcher,
}

/// What a pattern is relative to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Base {
    Root,
    Home,
    Workspace,
}

impl PathPattern {
    /// Reads a pattern.
    pub(super) fn parse(pattern: &str) -> Result<Self, String> {
        let (base, tail) = match pattern {
            p if p.starts_with("~/") => (Base::Home, p.trim_start_matches("~/")),
            p if p.starts_with('/') => (Base::Root, p),
            p => (Base::Workspace, p.trim_start_matches("./")),
        };
        let tail = tail.strip_suffix('/').unwrap_or(tail);
        if tail.split('/').any(|component| component == "..") {
            return Err("it holds ..".into());
        }
        // As in .gitignore: a bare name means that name anywhere.
        let tail = if base == Base::Workspace && !tail.contains('/') { format!("**/{tail}") } else { tail.to_owned() };
        Ok(Self { base, any: pattern == "*", itself: glob(&tail)?, below: glob(&format!("{tail}/**"))? })
    }

    /// The path itself. Without a workspace no relative pattern allows anything.
    pub(super) fn is(&self, path: &Path, places: &Places) -> bool {
        self.relative(path, places).iter().any(|tail| self.itself.is_match(tail))
    }

    /// The path, or a folder that holds it; a rule for everything means what lies outside, too. Without a workspace a relative pattern is taken to mean the end of the
    /// path.
    pub(super) fn concerns(&self, path: &Path, places: &Places) -> bool {
        if self.any {
            return true;
        }
        let mut tails = self.relative(path, places);
        if self.base == Base::Workspace && places.roots().next().is_none() {
            tails.extend(path.ancestors().filter_map(|above| path.strip_prefix(above).ok()).map(Path::to_path_buf));
        }
        tails.iter().any(|tail| self.itself.is_match(tail) || self.below.is_match(tail))
    }

    /// The path as seen from what the pattern is relative to.
    fn relative(&self, path: &Path, places: &Places) -> Vec<PathBuf> {
        let from = |root: &Path| path.strip_prefix(root).ok().map(Path::to_path_buf);
        match self.base {
            Base::Root => vec![path.to_path_buf()],
            Base::Home => places.home.as_deref().and_then(from).into_iter().collect(),
            Base::Workspace => places.roots().filter_map(from).collect(),
        }
    }
}

fn glob(pattern: &str) -> Result<GlobMatcher, String> {
    let glob = GlobBuilder::new(pattern).literal_separator(true).backslash_escape(true).build();
    glob.map(|glob| glob.compile_matcher()).map_err(|_| "the pattern is not valid".into())
}
