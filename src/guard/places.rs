//! Which places are whose: the workspace, the program's own folders, names that nobody but a person may change.
//!
//! Judges paths by their names only; that links are followed first is the caller's promise ([`super::Need`]).
//! Kernel mounts are the fence (`guard::sandbox`); this is the sign on it, and all there is for our own tools.

use std::path::{Component, Path, PathBuf};

use crate::config::Paths;

/// The places of a session. All paths absolute.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Places {
    /// Where the work is.
    pub workspace: PathBuf,
    /// Folders beside it that may be worked in.
    pub more: Vec<PathBuf>,
    /// Folders outside that may be read unasked, for instance spilled output of the session.
    pub readable: Vec<PathBuf>,
    /// The program's own folders: settings, state, cache.
    pub own: Vec<PathBuf>,
    /// Files and folders whose content is never read: the stored keys.
    pub secrets: Vec<PathBuf>,
    /// The person's own folder.
    pub home: Option<PathBuf>,
}

/// What protects a name from being written or deleted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Guarded {
    /// It is refused, whatever anybody says.
    Refused(&'static str),
    /// A person is asked in every mode.
    Asked(&'static str),
}

/// Below the workspace: names of folders whose content runs or steers this program or git.
const STEERING: [(&str, &str); 5] = [
    (".git", "git's own files"),
    (".glm-tui", "settings of this program"),
    (".husky", "git hooks"),
    (".githooks", "git hooks"),
    (".mcp.json", "servers that this program starts"),
];

/// Files that other programs run by themselves. Changing them may well be the task, so a person decides.
const STARTED_BY_OTHERS: [&str; 9] = [
    ".vscode/tasks.json",
    ".vscode/settings.json",
    ".vscode/launch.json",
    ".envrc",
    ".gitmodules",
    ".pre-commit-config.yaml",
    ".claude/settings.json",
    ".claude/settings.local.json",
    ".devcontainer/devcontainer.json",
];

/// Read by shells when they start (manual pages of bash, zsh, dash, ksh, fish).
const SHELL_STARTUP: [&str; 16] = [
    ".bashrc",
    ".bash_profile",
    ".bash_login",
    ".bash_logout",
    ".bash_aliases",
    ".profile",
    ".zshrc",
    ".zprofile",
    ".zshenv",
    ".zlogin",
    ".zlogout",
    ".kshrc",
    ".mkshrc",
    ".xprofile",
    ".xsessionrc",
    ".inputrc",
];

/// Below the home folder: keys, and settings that make other programs run something.
const PRIVATE: [&str; 18] = [
    ".ssh",
    ".gnupg",
    ".aws",
    ".azure",
    ".kube",
    ".docker",
    ".netrc",
    ".npmrc",
    ".pypirc",
    ".git-credentials",
    ".gitconfig",
    ".config/git",
    ".config/gh",
    ".config/gcloud",
    ".config/fish",
    ".config/autostart",
    ".cargo/credentials.toml",
    ".local/share/keyrings",
];

/// Outside the workspace and yet of no person's concern: programs, headers, scratch.
const COMMON: [&str; 14] = [
    "/usr",
    "/bin",
    "/sbin",
    "/lib",
    "/lib64",
    "/opt",
    "/tmp",
    "/var/tmp",
    "/nix/store",
    "/dev/null",
    "/dev/stdin",
    "/dev/stdout",
    "/dev/stderr",
    "/dev/zero",
];

impl Places {
    /// The places of a session that works in `workspace`. Looks up where links lead.
    #[must_use]
    pub fn new(workspace: &Path, paths: &Paths) -> Self {
        let both = |path: &PathBuf| {
            let real = std::fs::canonicalize(path).ok().filter(|real| real != path);
            [Some(path.clone()), real].into_iter().flatten().collect::<Vec<_>>()
        };
        Self {
            workspace: workspace.to_path_buf(),
            own: [&paths.config_dir, &paths.state_dir, &paths.cache_dir].into_iter().flat_map(both).collect(),
            secrets: both(&paths.credentials_file),
            home: paths.home.clone(),
            ..Self::default()
        }
    }

    /// Below the workspace or a folder beside it. Without a workspace nothing is.
    #[must_use]
    pub fn is_inside(&self, path: &Path) -> bool {
        self.roots().any(|root| path.starts_with(root))
    }

    /// The workspace and the folders beside it.
    pub(super) fn roots(&self) -> impl Iterator<Item = &Path> {
        let known = |path: &&Path| !path.as_os_str().is_empty();
        std::iter::once(self.workspace.as_path()).chain(self.more.iter().map(PathBuf::as_path)).filter(known)
    }

    /// It may be read unasked although it lies outside.
    #[must_use]
    pub fn is_readable(&self, path: &Path) -> bool {
        self.readable.iter().any(|root| path.starts_with(root)) && !self.is_secret(path)
    }

    /// A stored key of this program.
    #[must_use]
    pub fn is_secret(&self, path: &Path) -> bool {
        self.secrets.iter().any(|secret| path.starts_with(secret))
    }

    /// Keys and the like of the person.
    #[must_use]
    pub fn is_private(&self, path: &Path) -> bool {
        let below_home = self.home.as_deref().and_then(|home| path.strip_prefix(home).ok());
        below_home.is_some_and(|tail| PRIVATE.iter().any(|name| tail.starts_with(name)))
    }

    /// Programs, headers, scratch: a command may name them.
    #[must_use]
    pub(super) fn is_common(path: &Path) -> bool {
        COMMON.iter().any(|root| path.starts_with(root))
    }

    /// What keeps this name from being written or deleted.
    #[must_use]
    pub fn guarded(&self, path: &Path) -> Option<Guarded> {
        if self.is_secret(path) || self.own.iter().any(|own| path.starts_with(own)) {
            return Some(Guarded::Refused("this program's own files"));
        }
        if self.is_private(path) {
            return Some(Guarded::Refused("keys and settings of other programs"));
        }
        let in_home = self.home.as_deref().is_some_and(|home| path.parent() == Some(home));
        let name = path.file_name().map(|name| name.to_string_lossy().to_ascii_lowercase()).unwrap_or_default();
        let startup = SHELL_STARTUP.contains(&name.as_str());
        if startup && in_home {
            return Some(Guarded::Refused("run by the shell when it starts"));
        }
        for component in path.components() {
            let Component::Normal(part) = component else { continue };
            if let Some((_, what)) = STEERING.iter().find(|(steering, _)| part.eq_ignore_ascii_case(steering)) {
                return Some(Guarded::Refused(what));
            }
        }
        let started = startup || STARTED_BY_OTHERS.iter().any(|tail| path.ends_with(tail));
        started.then_some(Guarded::Asked("other programs run what it says"))
    }

    /// The path that a word of a command means, by its letters alone: `..` taken up, `~` put in.
    #[must_use]
    pub(super) fn meant(&self, folder: &Path, word: &str) -> PathBuf {
        let path = match (word.strip_prefix('~'), &self.home) {
            (Some(""), Some(home)) => home.clone(),
            (Some(tail), Some(home)) if tail.starts_with('/') => home.join(tail.trim_start_matches('/')),
            // Somebody else's home, or a variable of the shell: certainly not here.
            (Some(_), _) => PathBuf::from("/").join(word),
            (None, _) => folder.join(word),
        };
        normal(&path)
    }
}

/// Without `.` and `..`.
fn normal(path: &Path) -> PathBuf {
    let mut out = PathBuf::new();
    for component in path.components() {
        match component {
            Component::CurDir => {}
            Component::ParentDir => {
                out.pop();
            }
            other => out.push(other),
        }
    }
    out
}
