//! Which folders are used, and what happens without any.

use std::path::{Path, PathBuf};

use glm_tui::config::{Credentials, Environment, Memory, Paths, PlatformFolders, Preset, Secret, Value, save_setting};

use super::{Home, lines};

fn env(vars: &[(&str, &str)]) -> Environment {
    let vars = vars.iter().map(|(name, value)| ((*name).to_owned(), value.into())).collect();
    Environment { vars, ..Environment::default() }
}

#[test]
fn folders_follow_the_environment() {
    let dir = tempfile::tempdir().unwrap();
    let home = dir.path().to_str().unwrap();
    let at = |rest: &str| PathBuf::from(format!("{home}/{rest}"));
    let (paths, problems) = Paths::resolve(&env(&[("HOME", home)]));
    assert_eq!(lines(&problems), [""; 0]);
    assert_eq!(paths.config_file, at(".config/glm-tui/config.toml"));
    assert_eq!(paths.credentials_file, at(".config/glm-tui/credentials"));
    assert_eq!(paths.state_dir, at(".local/state/glm-tui"));
    assert_eq!(paths.cache_dir, at(".cache/glm-tui"));
    assert!(!paths.memory_only);

    let (paths, problems) = Paths::resolve(&env(&[
        ("HOME", home),
        ("XDG_CONFIG_HOME", "/x/c"),
        ("XDG_STATE_HOME", "rel"),
        ("XDG_CACHE_HOME", ""),
    ]));
    assert_eq!(paths.config_dir, Path::new("/x/c/glm-tui"));
    assert_eq!(paths.state_dir, at(".local/state/glm-tui"));
    assert_eq!(paths.cache_dir, at(".cache/glm-tui"));
    assert_eq!(lines(&problems), ["XDG_STATE_HOME is not an absolute path and is ignored | give it an absolute path"]);

    let (paths, problems) = Paths::resolve(&env(&[("GLM_TUI_HOME", "/one"), ("XDG_CONFIG_HOME", "/x")]));
    assert_eq!(lines(&problems), [""; 0]);
    assert_eq!(
        [&paths.config_dir, &paths.state_dir, &paths.cache_dir].map(|dir| dir.to_str().unwrap()),
        ["/one/config", "/one/state", "/one/cache"]
    );
    let mut relative = env(&[("GLM_TUI_HOME", "here")]);
    relative.working_dir = Some("/srv".into());
    assert_eq!(Paths::resolve(&relative).0.config_dir, Path::new("/srv/here/config"));
}

#[test]
fn a_platform_with_folders_of_its_own_is_obeyed() {
    let platform = PlatformFolders {
        home: "/Users/me".into(),
        config: "/Users/me/Library/Application Support".into(),
        state: "/Users/me/Library/Application Support".into(),
        cache: "/Users/me/Library/Caches".into(),
    };
    let env = Environment { platform: Some(platform), ..env(&[("XDG_CACHE_HOME", "/c")]) };
    let (paths, problems) = Paths::resolve(&env);
    assert_eq!(lines(&problems), [""; 0]);
    assert_eq!(paths.shown(&paths.config_file), "~/Library/Application Support/glm-tui/config.toml");
    assert_eq!(paths.cache_dir, Path::new("/c/glm-tui"));
}

#[test]
fn cfg_09_without_a_home_nothing_is_kept_and_that_is_said() {
    let cases: [&[(&str, &str)]; 4] =
        [&[], &[("HOME", "")], &[("HOME", "/nowhere/at/all")], &[("HOME", "relative"), ("XDG_CONFIG_HOME", "rel")]];
    for vars in cases {
        let (paths, problems) = Paths::resolve(&env(vars));
        assert!(paths.memory_only, "{vars:?}");
        assert!(lines(&problems).iter().any(|line| line.contains("nothing is kept")), "{vars:?}");
        assert!(lines(&problems).iter().any(|line| line.contains("GLM_TUI_HOME")));

        let mut credentials = Credentials::default();
        credentials.set(Preset::CodingIntl, "https://api.z.ai", Secret::new("key-key-key".into()));
        assert!(credentials.write(&paths).is_err());
        assert!(save_setting(&paths, "model", &Value::Text("x".into())).is_err());
        let mut memory = Memory::read(&paths);
        memory.set(&paths, "/p".as_ref(), "reasoning", "open").unwrap();
        assert_eq!(memory.get("/p".as_ref(), "reasoning"), Some("open"), "for this run");
        assert!(!paths.config_file.exists() && !paths.projects_file.exists());
    }
}

#[test]
fn cfg_09_a_home_that_cannot_be_written_is_like_none() {
    // A file where a folder should be: holds for root, too.
    let home = Home::new().file(".local/state", "");
    let (paths, problems) = home.paths().prepare();
    assert!(paths.memory_only);
    assert!(lines(&problems)[0].starts_with("~/.local/state/glm-tui cannot be written"), "{:?}", lines(&problems));
}

#[cfg(unix)]
#[test]
fn folders_are_created_for_their_owner_only() {
    let home = Home::new();
    let (paths, problems) = home.paths().prepare();
    assert_eq!((lines(&problems).len(), paths.memory_only), (0, false));
    for dir in [&paths.config_dir, &paths.state_dir, &paths.cache_dir] {
        assert_eq!(super::mode(dir), 0o700);
    }
}

#[test]
fn names_are_shown_with_a_tilde_and_without_controls() {
    let home = Home::new();
    let paths = home.paths();
    let shown = |path: &Path| paths.shown(path);
    assert_eq!(shown(home.dir.path()), "~");
    assert_eq!(shown(&home.path("a\u{1b}[2Jb")), "~/a?[2Jb");
    assert_eq!(shown(Path::new("/etc/x")), "/etc/x");
}
