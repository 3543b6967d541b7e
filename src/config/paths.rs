//! Which files and folders belong to the program. Decides names; opens nothing but folders.
//!
//! `GLM_TUI_HOME` puts everything under one folder. Else `XDG_*_HOME` where absolute, else the
//! platform's folders, else those under `HOME`.

use std::path::{Path, PathBuf};

use super::environment::Environment;
use crate::{
    chat::{Problem, ProblemKind},
    text::Clean,
};

/// The folder name below each of the platform's folders.
const APP: &str = "glm-tui";

/// A place where nothing can be created, used while there is no real one: a slip that writes there
/// fails instead of leaving files in the working folder.
const NOWHERE: &str = if cfg!(windows) { r"NUL\glm-tui" } else { "/dev/null/glm-tui" };

/// The program's files and folders. Nothing is promised to exist.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Paths {
    /// Settings and the key.
    pub config_dir: PathBuf,
    /// Sessions, history, drafts, memory.
    pub state_dir: PathBuf,
    /// What may be deleted at any time.
    pub cache_dir: PathBuf,
    /// The settings.
    pub config_file: PathBuf,
    /// The keys, mode 0600.
    pub credentials_file: PathBuf,
    /// The user's own themes, `NAME.toml`.
    pub themes_dir: PathBuf,
    /// What the user sent before.
    pub history_file: PathBuf,
    /// What the user had typed and not sent.
    pub drafts_dir: PathBuf,
    /// What is remembered per project.
    pub projects_file: PathBuf,
    /// Nothing can be kept: write no file.
    pub memory_only: bool,
    /// The person's own folder, shown as `~`.
    pub home: Option<PathBuf>,
}

/// The three folders before they are put together.
struct Folders {
    config: Option<PathBuf>,
    state: Option<PathBuf>,
    cache: Option<PathBuf>,
}

impl Paths {
    /// Decides the folders from the environment; says when nothing can be kept.
    #[must_use]
    pub fn resolve(env: &Environment) -> (Self, Vec<Problem>) {
        let mut problems = Vec::new();
        let home = home(env, &mut problems);
        let folders = match one_folder(env) {
            Some(root) => Folders {
                config: Some(root.join("config")),
                state: Some(root.join("state")),
                cache: Some(root.join("cache")),
            },
            None => platform_folders(env, home.as_deref(), &mut problems),
        };
        if folders.config.is_none() || folders.state.is_none() || folders.cache.is_none() {
            problems.push(
                Problem::new(
                    ProblemKind::Config,
                    "there is no home folder, so nothing is kept: settings, history and drafts last for this run",
                )
                .hint("set HOME, or GLM_TUI_HOME to a folder that can be written"),
            );
        }
        (Self::from_folders(folders, home), problems)
    }

    /// Creates the folders, open to their owner only; falls back to keeping nothing, and says so.
    #[must_use]
    pub fn prepare(mut self) -> (Self, Vec<Problem>) {
        if self.memory_only {
            return (self, Vec::new());
        }
        let failed = [&self.config_dir, &self.state_dir, &self.cache_dir]
            .into_iter()
            .find_map(|dir| create_private(dir).err().map(|fault| (dir.clone(), fault)));
        let Some((dir, fault)) = failed else { return (self, Vec::new()) };
        self.memory_only = true;
        let problem = Problem::new(
            ProblemKind::Config,
            format!("{} cannot be written, so nothing is kept beyond this run", self.shown(&dir)),
        )
        .hint("make that folder writable, or set GLM_TUI_HOME to one that is")
        .detail(Clean::new(&fault.to_string()));
        (self, vec![problem])
    }

    /// The path as a person reads it: `~` for the home folder, control characters made harmless.
    #[must_use]
    pub fn shown(&self, path: &Path) -> String {
        let tail = self.home.as_deref().and_then(|home| path.strip_prefix(home).ok());
        let text = match tail {
            Some(tail) if tail.as_os_str().is_empty() => "~".to_owned(),
            Some(tail) => format!("~{}{}", std::path::MAIN_SEPARATOR, tail.display()),
            None => path.display().to_string(),
        };
        text.chars().map(|c| if c.is_control() { '?' } else { c }).collect()
    }

    fn from_folders(folders: Folders, home: Option<PathBuf>) -> Self {
        let memory_only = folders.config.is_none() || folders.state.is_none() || folders.cache.is_none();
        let or_nowhere = |dir: Option<PathBuf>| dir.unwrap_or_else(|| PathBuf::from(NOWHERE));
        let (config_dir, state_dir) = (or_nowhere(folders.config), or_nowhere(folders.state));
        Self {
            config_file: config_dir.join("config.toml"),
            credentials_file: config_dir.join("credentials"),
            themes_dir: config_dir.join("themes"),
            history_file: state_dir.join("history.jsonl"),
            drafts_dir: state_dir.join("drafts"),
            projects_file: state_dir.join("projects.toml"),
            cache_dir: or_nowhere(folders.cache),
            config_dir,
            state_dir,
            memory_only,
            home,
        }
    }
}

/// `GLM_TUI_HOME`, made absolute.
fn one_folder(env: &Environment) -> Option<PathBuf> {
    let root = env.path("GLM_TUI_HOME")?;
    if root.is_absolute() { Some(root) } else { Some(env.working_dir.as_ref()?.join(root)) }
}

fn home(env: &Environment, problems: &mut Vec<Problem>) -> Option<PathBuf> {
    let home = env.path("HOME").or_else(|| env.platform.as_ref().map(|p| p.home.clone()))?;
    if !home.is_absolute() {
        problems.push(Problem::new(ProblemKind::Config, "HOME is not an absolute path and is ignored"));
        return None;
    }
    Some(home)
}

fn platform_folders(env: &Environment, home: Option<&Path>, problems: &mut Vec<Problem>) -> Folders {
    // A home that does not exist (a service account, a container) is not created by us.
    let home = home.filter(|dir| dir.is_dir());
    let mut folder = |xdg: &str, platform: Option<&PathBuf>, below_home: &str| {
        let chosen = env.path(xdg).filter(|dir| {
            // XDG Base Directory Specification 0.8: a relative path must be ignored.
            if !dir.is_absolute() {
                problems.push(
                    Problem::new(ProblemKind::Config, format!("{xdg} is not an absolute path and is ignored"))
                        .hint("give it an absolute path"),
                );
            }
            dir.is_absolute()
        });
        let base = chosen.or_else(|| platform.cloned()).or_else(|| home.map(|home| home.join(below_home)));
        base.map(|base| base.join(APP))
    };
    let platform = env.platform.as_ref();
    Folders {
        config: folder("XDG_CONFIG_HOME", platform.map(|p| &p.config), ".config"),
        state: folder("XDG_STATE_HOME", platform.map(|p| &p.state), ".local/state"),
        cache: folder("XDG_CACHE_HOME", platform.map(|p| &p.cache), ".cache"),
    }
}

/// Creates a folder and what leads to it; its own mode is 0700.
pub(super) fn create_private(dir: &Path) -> std::io::Result<()> {
    let mut builder = std::fs::DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(dir)
}
