//! Settings: bad files, bad keys, bad addresses, comments kept.

mod addresses;
mod bad_files;
mod catalogue;
mod example;
mod keys;
mod layers;
mod paths;
mod permissions;
mod save;
mod themes;

use std::{
    path::{Path, PathBuf},
    time::{Duration, Instant},
};

use glm_tui::{
    chat::{Problem, ProblemKind},
    config::{Environment, Flags, Loaded, Paths, load},
};

/// No settings fault may hang the start. Generous: a loaded machine is slow, a pipe blocks for ever.
const NOT_HUNG: Duration = Duration::from_secs(20);

/// A home of its own and a project in it; the environment holds nothing else.
struct Home {
    dir: tempfile::TempDir,
    env: Environment,
    flags: Flags,
}

impl Home {
    fn new() -> Self {
        let dir = tempfile::tempdir().unwrap();
        let project = dir.path().join("project");
        std::fs::create_dir_all(&project).unwrap();
        let mut env = Environment { working_dir: Some(project), ..Environment::default() };
        env.vars.insert("HOME".into(), dir.path().into());
        Self { dir, env, flags: Flags::default() }
    }

    fn var(mut self, name: &str, value: &str) -> Self {
        self.env.vars.insert(name.into(), value.into());
        self
    }

    fn config(self, text: impl AsRef<[u8]>) -> Self {
        self.file(".config/glm-tui/config.toml", text)
    }

    fn project_config(self, text: impl AsRef<[u8]>) -> Self {
        self.file("project/.glm-tui/config.toml", text)
    }

    fn file(self, name: &str, text: impl AsRef<[u8]>) -> Self {
        let path = self.dir.path().join(name);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, text).unwrap();
        self
    }

    fn path(&self, name: &str) -> PathBuf {
        self.dir.path().join(name)
    }

    fn read(&self, name: &str) -> String {
        std::fs::read_to_string(self.path(name)).unwrap()
    }

    fn paths(&self) -> Paths {
        Paths::resolve(&self.env).0
    }

    fn load(&self) -> (Loaded, Vec<Problem>) {
        let begun = Instant::now();
        let result = load(&self.env, &self.flags);
        assert!(begun.elapsed() < NOT_HUNG, "loading took {:?}", begun.elapsed());
        assert!(result.1.iter().all(|problem| problem.kind == ProblemKind::Config));
        result
    }
}

/// One line for each problem, its hints behind it.
fn lines(problems: &[Problem]) -> Vec<String> {
    let line = |problem: &Problem| {
        let hints: Vec<&str> = problem.hints.iter().map(|hint| hint.what.as_str()).collect();
        format!("{} | {}", problem.what, hints.join("; "))
    };
    problems.iter().map(line).collect()
}

#[cfg(unix)]
fn mode(path: &Path) -> u32 {
    use std::os::unix::fs::PermissionsExt;
    std::fs::metadata(path).unwrap().permissions().mode() & 0o777
}

#[cfg(unix)]
fn set_mode(path: &Path, mode: u32) {
    use std::os::unix::fs::PermissionsExt;
    std::fs::set_permissions(path, std::fs::Permissions::from_mode(mode)).unwrap();
}
