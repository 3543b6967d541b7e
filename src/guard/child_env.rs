//! The environment of a command: a list of what may pass, never a list of what may not.
//!
//! Takes the variables as values and reads no environment itself. Looks at the file system only to find
//! where an entry of the search path really lies.

use std::{
    collections::BTreeMap,
    ffi::{OsStr, OsString},
    fs,
    os::unix::ffi::OsStrExt,
    path::{Path, PathBuf},
};

/// What may pass: who and where the person is, in which language, and where tools keep their things.
/// No `LD_*`, no `BASH_ENV`, no sockets of the session (agents, buses), nothing named after a secret.
const PASSED: &[&str] = &[
    "HOME",
    "USER",
    "LOGNAME",
    "SHELL",
    "LANG",
    "LANGUAGE",
    "TZ",
    "XDG_CACHE_HOME",
    "XDG_CONFIG_HOME",
    "XDG_DATA_HOME",
    "XDG_STATE_HOME",
    "SSL_CERT_FILE",
    "SSL_CERT_DIR",
    "NIX_SSL_CERT_FILE",
    "NIX_PATH",
    "NIX_PROFILES",
    "CARGO_HOME",
    "CARGO_TARGET_DIR",
    "CARGO_BUILD_JOBS",
    "CARGO_INCREMENTAL",
    "RUSTUP_HOME",
    "RUSTUP_TOOLCHAIN",
    "RUSTFLAGS",
    "GOPATH",
    "GOROOT",
    "GOCACHE",
    "GOMODCACHE",
    "GOBIN",
    "GOFLAGS",
    "NVM_DIR",
    "NVM_BIN",
    "FNM_DIR",
    "VOLTA_HOME",
    "PNPM_HOME",
    "BUN_INSTALL",
    "DENO_DIR",
    "DENO_INSTALL",
    "NODE_PATH",
    "JAVA_HOME",
    "MAVEN_HOME",
    "M2_HOME",
    "GRADLE_HOME",
    "GRADLE_USER_HOME",
    "ANDROID_HOME",
    "ANDROID_SDK_ROOT",
    "SDKMAN_DIR",
    "KOTLIN_HOME",
    "DOTNET_ROOT",
    "VIRTUAL_ENV",
    "CONDA_PREFIX",
    "CONDA_DEFAULT_ENV",
    "PYENV_ROOT",
    "PYENV_VERSION",
    "PYTHONPATH",
    "PIPX_HOME",
    "POETRY_HOME",
    "UV_CACHE_DIR",
    "RBENV_ROOT",
    "RBENV_VERSION",
    "GEM_HOME",
    "GEM_PATH",
    "BUNDLE_PATH",
    "OPAMROOT",
    "OPAM_SWITCH_PREFIX",
    "STACK_ROOT",
    "GHCUP_INSTALL_BASE_PREFIX",
    "ASDF_DIR",
    "ASDF_DATA_DIR",
    "MISE_DATA_DIR",
    "CC",
    "CXX",
    "CFLAGS",
    "CXXFLAGS",
    "CPPFLAGS",
    "LDFLAGS",
    "PKG_CONFIG_PATH",
    "CMAKE_PREFIX_PATH",
    "MAKEFLAGS",
];

/// Passed when the command may use the network.
const PROXIES: &[&str] =
    &["http_proxy", "https_proxy", "all_proxy", "no_proxy", "HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "NO_PROXY"];

/// An editor that says what to do instead of waiting for keys that never come. It is run as `sh -c "$EDITOR …"`.
const EDITOR: &str =
    "sh -c 'echo \"no editor here: give the text with a flag, for instance git commit -m\" >&2; exit 1' editor";

/// What keeps programs from waiting for a person, from paging and from colours.
const FIXED: &[(&str, &str)] = &[
    ("GIT_TERMINAL_PROMPT", "0"),
    ("GIT_SSH_COMMAND", "ssh -oBatchMode=yes"),
    ("SSH_ASKPASS_REQUIRE", "never"),
    ("PAGER", "cat"),
    ("GIT_PAGER", "cat"),
    ("MANPAGER", "cat"),
    ("SYSTEMD_PAGER", "cat"),
    ("NO_COLOR", "1"),
    ("EDITOR", EDITOR),
    ("VISUAL", EDITOR),
    ("GIT_EDITOR", EDITOR),
    ("DEBIAN_FRONTEND", "noninteractive"),
    // Python holds back what it prints to a pipe; a server in the background would look dead.
    ("PYTHONUNBUFFERED", "1"),
];

/// Where a search path is used when there is none: what POSIX systems have (`getconf PATH`), and `/usr/local`.
const PLAIN_PATH: &str = "/usr/local/bin:/usr/bin:/bin:/usr/sbin:/sbin";

/// Shortest secret that values are searched for: shorter ones lie in ordinary words.
const SECRET: usize = 8;

/// The environment that commands start from; made once for a session.
#[derive(Clone)]
pub struct ChildEnv {
    base: Vec<(OsString, OsString)>,
    proxies: Vec<(OsString, OsString)>,
    path: OsString,
}

/// Names only: values may be private.
impl std::fmt::Debug for ChildEnv {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_list().entries(self.base.iter().chain(&self.proxies).map(|(name, _)| name)).finish()
    }
}

impl ChildEnv {
    /// Of the variables `vars` those that may pass. No entry of the search path may lie in one of `folders`
    /// (what a repository planted there would be run by name). A variable that holds one of `secrets`
    /// is dropped whatever its name.
    #[must_use]
    pub fn new(vars: &BTreeMap<String, OsString>, folders: &[PathBuf], secrets: &[String]) -> Self {
        let of = |names: &dyn Fn(&str) -> bool| -> Vec<(OsString, OsString)> {
            vars.iter()
                .filter(|(name, value)| names(name) && !value.is_empty() && !holds(value, secrets))
                .map(|(name, value)| (OsString::from(name), value.clone()))
                .collect()
        };
        let path = vars.get("PATH").filter(|path| !holds(path, secrets)).map(|path| safe_path(path, folders));
        Self {
            base: of(&|name| PASSED.contains(&name) || name.starts_with("LC_")),
            proxies: of(&|name| PROXIES.contains(&name)),
            path: path.filter(|path| !path.is_empty()).unwrap_or_else(|| PLAIN_PATH.into()),
        }
    }

    /// The search path that commands get.
    #[must_use]
    pub fn path(&self) -> &OsStr {
        &self.path
    }

    /// The environment of one command, in a fixed order. `terminal`: it has one of its own. `tmp`: its
    /// folder for temporary files, if it has one.
    #[must_use]
    pub fn of_command(&self, network: Network, terminal: &str, tmp: Option<&Path>) -> Vec<(OsString, OsString)> {
        let mut all = self.base.clone();
        all.push(("PATH".into(), self.path.clone()));
        all.push(("TERM".into(), terminal.into()));
        all.extend(FIXED.iter().map(|(name, value)| (OsString::from(name), OsString::from(value))));
        if network == Network::On {
            all.extend(self.proxies.iter().cloned());
        }
        all.extend(tmp.map(|tmp| ("TMPDIR".into(), tmp.into())));
        all
    }

    /// Where a program lies on the search path: a regular file that somebody may execute.
    #[must_use]
    pub fn find(&self, program: &str) -> Option<PathBuf> {
        use std::os::unix::fs::PermissionsExt;
        entries(&self.path).map(|folder| folder.join(program)).find(|path| {
            fs::metadata(path).is_ok_and(|found| found.is_file() && found.permissions().mode() & 0o111 != 0)
        })
    }
}

/// Whether a command may use the network.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Network {
    /// It may.
    On,
    /// It may not.
    Off,
}

fn holds(value: &OsStr, secrets: &[String]) -> bool {
    let value = value.as_bytes();
    secrets
        .iter()
        .map(String::as_bytes)
        .any(|secret| secret.len() >= SECRET && value.windows(secret.len()).any(|window| window == secret))
}

fn entries(path: &OsStr) -> impl Iterator<Item = &Path> {
    path.as_bytes().split(|byte| *byte == b':').map(|entry| Path::new(OsStr::from_bytes(entry)))
}

/// The entries that are absolute and lie, as written and in truth, outside `folders`.
fn safe_path(path: &OsStr, folders: &[PathBuf]) -> OsString {
    let inside = |entry: &Path| folders.iter().any(|folder| entry.starts_with(folder));
    let kept: Vec<&[u8]> = entries(path)
        .filter(|entry| entry.is_absolute() && !inside(entry))
        .filter(|entry| !fs::canonicalize(entry).is_ok_and(|real| inside(&real)))
        .map(|entry| entry.as_os_str().as_bytes())
        .collect();
    OsStr::from_bytes(&kept.join(&b':')).to_owned()
}

#[cfg(test)]
mod tests {
    use std::{collections::BTreeMap, ffi::OsString, path::PathBuf};

    use super::{ChildEnv, Network};

    fn made(vars: &[(&str, &str)], folders: &[PathBuf], network: Network) -> BTreeMap<String, String> {
        let vars = vars.iter().map(|(name, value)| ((*name).to_owned(), OsString::from(value))).collect();
        let env = ChildEnv::new(&vars, folders, &["canary-0123456789".to_owned()]);
        let text = |text: OsString| text.into_string().unwrap();
        env.of_command(network, "dumb", None).into_iter().map(|(name, value)| (text(name), text(value))).collect()
    }

    #[test]
    fn only_what_is_listed_passes() {
        let vars = [
            ("HOME", "/home/me"),
            ("LC_ALL", "C.UTF-8"),
            ("CARGO_HOME", "/home/me/.cargo"),
            ("ZAI_API_KEY", "canary-0123456789"),
            ("AWS_SECRET_ACCESS_KEY", "another"),
            ("SSH_AUTH_SOCK", "/run/agent"),
            ("DBUS_SESSION_BUS_ADDRESS", "unix:path=/run/bus"),
            ("LD_PRELOAD", "/tmp/evil.so"),
            ("BASH_ENV", "/tmp/evil.sh"),
            ("BASH_FUNC_ls%%", "() { evil; }"),
            ("GIT_DIR", "/elsewhere"),
            ("https_proxy", "http://proxy.example:3128"),
            ("EDITOR", "vim"),
        ];
        let env = made(&vars, &[], Network::Off);
        let kept: Vec<&str> = vars.iter().map(|(name, _)| *name).filter(|name| env.contains_key(*name)).collect();
        assert_eq!(kept, ["HOME", "LC_ALL", "CARGO_HOME", "EDITOR"]);
        assert!(env["EDITOR"].contains("no editor here"));
        assert_eq!(env["GIT_TERMINAL_PROMPT"], "0");
        assert_eq!(made(&vars, &[], Network::On)["https_proxy"], "http://proxy.example:3128");
    }

    #[test]
    fn a_value_that_holds_a_secret_is_dropped_whatever_its_name() {
        let vars = [("LANG", "x-canary-0123456789-y"), ("HOME", "/home/me"), ("PATH", "/bin:/canary-0123456789")];
        let env = made(&vars, &[], Network::On);
        assert!(!env.values().any(|value| value.contains("canary")));
        assert_eq!(env["HOME"], "/home/me");
    }

    #[test]
    fn the_search_path_leads_nowhere_near_the_project() {
        let place = tempfile::tempdir().unwrap();
        let root = place.path().canonicalize().unwrap();
        let (work, other) = (root.join("work"), root.join("other"));
        std::fs::create_dir_all(work.join("bin")).unwrap();
        std::fs::create_dir_all(&other).unwrap();
        std::os::unix::fs::symlink(work.join("bin"), root.join("link")).unwrap();
        let show = |path: PathBuf| path.to_str().unwrap().to_owned();
        let path =
            ["", ".", "bin", "./x", &show(work.join("bin")), &show(root.join("link")), &show(other.clone()), "/bin"];
        let env = made(&[("PATH", &path.join(":"))], &[work], Network::Off);
        assert_eq!(env["PATH"], format!("{}:/bin", show(other)));
        assert_eq!(made(&[("PATH", ".:")], &[], Network::Off)["PATH"], super::PLAIN_PATH);
    }
}
