//! Which paths the project's ignore files name, one path at a time.

use std::{
    collections::HashMap,
    path::{Path, PathBuf},
};

use ignore::{
    Match,
    gitignore::{Gitignore, GitignoreBuilder},
};

use super::super::walk::ignores_well;

/// The ignore files of a project, read when they are needed.
pub(super) struct Ignored {
    root: PathBuf,
    folders: HashMap<PathBuf, Option<Gitignore>>,
}

impl Ignored {
    pub(super) fn of(root: &Path) -> Self {
        Self { root: root.to_path_buf(), folders: HashMap::new() }
    }

    /// It is named, by the nearest file that names it; folders above it are not asked for.
    pub(super) fn names(&mut self, path: &Path, is_folder: bool) -> bool {
        let above: Vec<&Path> = path.ancestors().skip(1).take_while(|folder| folder.starts_with(&self.root)).collect();
        for folder in above {
            let rules = self.folders.entry(folder.to_path_buf()).or_insert_with(|| rules(folder));
            match rules.as_ref().map_or(Match::None, |rules| rules.matched(path, is_folder)) {
                Match::Ignore(_) => return true,
                Match::Whitelist(_) => return false,
                Match::None => {}
            }
        }
        false
    }
}

fn rules(folder: &Path) -> Option<Gitignore> {
    if !ignores_well(folder) {
        return None;
    }
    let mut rules = GitignoreBuilder::new(folder);
    for name in [".gitignore", ".ignore"] {
        // A line that is no pattern is left out; a file that is not there names nothing.
        let _ = rules.add(folder.join(name));
    }
    rules.build().ok().filter(|rules| !rules.is_empty())
}

#[cfg(test)]
mod tests {
    use super::Ignored;

    #[test]
    #[expect(clippy::disallowed_methods, reason = "files to be looked at, in a folder that is thrown away")]
    fn the_nearest_file_decides() {
        let dir = tempfile::tempdir().unwrap();
        let at = |name: &str| dir.path().join(name);
        std::fs::create_dir_all(at("a/b")).unwrap();
        std::fs::write(at(".gitignore"), "target/\n*.log\n").unwrap();
        std::fs::write(at("a/.gitignore"), "!kept.log\n").unwrap();
        let mut ignored = Ignored::of(dir.path());
        for (name, is_folder, want) in [
            ("target", true, true),
            ("target", false, false),
            ("x.log", false, true),
            ("a/b/x.log", false, true),
            ("a/b/kept.log", false, false),
            ("a/b", true, false),
        ] {
            assert_eq!(ignored.names(&at(name), is_folder), want, "{name}");
        }
    }
}
