//! The environment as a plain value: the one place of this module that asks the process for it.
//! Knows nothing of what the variables mean.

use std::{collections::BTreeMap, ffi::OsString, path::PathBuf};

/// The variables and folders that the process started with. Tests build their own.
#[derive(Clone, Default)]
pub struct Environment {
    /// Variables by name; names that are not Unicode are left out.
    pub vars: BTreeMap<String, OsString>,
    /// The folder the program was started in; `None` when it is gone.
    pub working_dir: Option<PathBuf>,
    /// The folders of a platform that has its own ideas (macOS, Windows); `None` where XDG rules.
    pub platform: Option<PlatformFolders>,
}

/// The folders that the platform assigns, before the program's own name is appended.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct PlatformFolders {
    /// The person's own folder.
    pub home: PathBuf,
    /// Settings.
    pub config: PathBuf,
    /// What must survive.
    pub state: PathBuf,
    /// What may be deleted.
    pub cache: PathBuf,
}

impl Environment {
    /// Reads the environment of this process.
    #[must_use]
    pub fn collect() -> Self {
        let vars = std::env::vars_os().filter_map(|(name, value)| Some((name.into_string().ok()?, value))).collect();
        Self { vars, working_dir: std::env::current_dir().ok(), platform: platform_folders() }
    }

    /// A variable that is set, not empty and Unicode.
    #[must_use]
    pub fn var(&self, name: &str) -> Option<&str> {
        self.vars.get(name)?.to_str().filter(|value| !value.is_empty())
    }

    /// A variable that is set and not empty, taken as a path.
    #[must_use]
    pub fn path(&self, name: &str) -> Option<PathBuf> {
        self.vars.get(name).filter(|value| !value.is_empty()).map(PathBuf::from)
    }
}

/// Names only: values may be keys.
impl std::fmt::Debug for Environment {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Environment")
            .field("vars", &self.vars.keys().collect::<Vec<_>>())
            .field("working_dir", &self.working_dir)
            .field("platform", &self.platform)
            .finish()
    }
}

/// On Linux and the BSDs the variables alone decide, so that a missing `HOME` stays visible
/// (the crate would ask the user database).
fn platform_folders() -> Option<PlatformFolders> {
    if !cfg!(any(target_os = "macos", windows)) {
        return None;
    }
    let base = directories::BaseDirs::new()?;
    Some(PlatformFolders {
        home: base.home_dir().to_path_buf(),
        config: base.config_dir().to_path_buf(),
        state: base.data_local_dir().to_path_buf(),
        cache: base.cache_dir().to_path_buf(),
    })
}
