//! The git folder of ours that git is given instead of the repository's own, and how it is asked.

use std::{
    ffi::OsString,
    fs::{self, OpenOptions},
    io::{self, Write},
    path::{Path, PathBuf},
};

use super::Repository;

/// The tree without entries: what a repository without commits is compared with. Git knows it by heart.
const EMPTY_SHA1: &str = "4b825dc642cb6eb9a060e54bf8d69288fbee4904";
/// The same where objects are named by SHA-256.
const EMPTY_SHA256: &str = "6ef19b41225c5369f1c104d45d8d85efa9b057b53b14b4b9b939dd74decc5321";

/// What git is told before the question. The settings repeat what [`Shell`] ensures.
const FIRST: [&str; 17] = [
    "-c",
    "core.fsmonitor=false",
    "-c",
    "core.hooksPath=/dev/null",
    "-c",
    "core.pager=cat",
    "-c",
    "core.attributesFile=/dev/null",
    "-c",
    "safe.bareRepository=explicit",
    "-c",
    "diff.ignoreSubmodules=all",
    "-c",
    "status.submoduleSummary=false",
    "--no-pager",
    "--no-optional-locks",
    "--literal-pathspecs",
];

/// The environment that keeps other settings, prompts and the network away from git.
const ENV: [(&str, &str); 13] = [
    ("GIT_CONFIG_NOSYSTEM", "1"),
    ("GIT_CONFIG_SYSTEM", "/dev/null"),
    ("GIT_CONFIG_GLOBAL", "/dev/null"),
    ("GIT_CONFIG_COUNT", "0"),
    ("GIT_OPTIONAL_LOCKS", "0"),
    ("GIT_TERMINAL_PROMPT", "0"),
    ("GIT_ASKPASS", "false"),
    ("GIT_SSH_COMMAND", "false"),
    ("GIT_ALLOW_PROTOCOL", "none"),
    ("GIT_NO_LAZY_FETCH", "1"),
    ("GIT_NO_REPLACE_OBJECTS", "1"),
    ("GIT_PAGER", "cat"),
    ("LC_ALL", "C"),
];

/// What can be asked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Question {
    /// Which files changed: `status --porcelain=v2 -z`.
    Status,
    /// How they differ from the last commit: a unified diff.
    Diff,
}

/// A git folder of ours that stands for a repository. Its `HEAD` is the commit at the time it was made.
#[derive(Clone, Debug)]
pub struct Shell {
    at: PathBuf,
    repository: Repository,
    base: String,
}

/// How git is to be started.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Inquiry {
    /// The arguments after `git`.
    pub args: Vec<OsString>,
    /// The environment beside `PATH`; nothing else of ours should reach git.
    pub env: Vec<(&'static str, OsString)>,
    /// The folder to start in.
    pub folder: PathBuf,
}

impl Shell {
    /// Makes the folder `at`, which must not exist yet, for `repository`.
    ///
    /// # Errors
    /// It cannot be made.
    pub fn make(at: &Path, repository: &Repository) -> io::Result<Self> {
        let head = repository.head();
        let sha256 = head.as_ref().is_some_and(|hash| hash.len() == EMPTY_SHA256.len());
        let format = if sha256 {
            "[core]\n\trepositoryformatversion = 1\n\tbare = false\n[extensions]\n\tobjectformat = sha256\n"
        } else {
            "[core]\n\trepositoryformatversion = 0\n\tbare = false\n"
        };
        fs::create_dir(at)?;
        fs::create_dir(at.join("objects"))?;
        fs::create_dir(at.join("refs"))?;
        put(&at.join("config"), format)?;
        let line = head.as_ref().map_or_else(|| "ref: refs/heads/none\n".to_owned(), |hash| format!("{hash}\n"));
        put(&at.join("HEAD"), &line)?;
        let base = head.unwrap_or_else(|| if sha256 { EMPTY_SHA256 } else { EMPTY_SHA1 }.to_owned());
        Ok(Self { at: at.to_owned(), repository: repository.clone(), base })
    }

    /// How git is asked.
    #[must_use]
    pub fn inquiry(&self, question: Question) -> Inquiry {
        let Repository { work_tree, git_dir, common_dir } = &self.repository;
        let mut args: Vec<OsString> = FIRST.into_iter().map(OsString::from).collect();
        let excluded = common_dir.join("info/exclude");
        if excluded.symlink_metadata().is_ok_and(|meta| meta.is_file()) {
            let mut setting = OsString::from("core.excludesFile=");
            setting.push(&excluded);
            args.extend(["-c".into(), setting]);
        }
        let rest: &[&str] = match question {
            Question::Status => {
                &["status", "--porcelain=v2", "-z", "--untracked-files=normal", "--ignore-submodules=all"]
            }
            Question::Diff => &[
                "diff",
                "--no-ext-diff",
                "--no-textconv",
                "--no-color",
                "--ignore-submodules=all",
                self.base.as_str(),
                "--",
            ],
        };
        args.extend(rest.iter().map(OsString::from));
        let mut env: Vec<(&'static str, OsString)> = vec![
            ("GIT_DIR", self.at.clone().into()),
            ("GIT_WORK_TREE", work_tree.clone().into()),
            ("GIT_INDEX_FILE", git_dir.join("index").into()),
            ("GIT_OBJECT_DIRECTORY", common_dir.join("objects").into()),
        ];
        env.extend(ENV.into_iter().map(|(name, value)| (name, value.into())));
        Inquiry { args, env, folder: work_tree.clone() }
    }
}

impl Inquiry {
    /// The same as a line for bash; `git` is the program's path. `None` when a path is no UTF-8.
    #[must_use]
    pub fn line(&self, git: &Path) -> Option<String> {
        let mut words = Vec::new();
        for (name, value) in &self.env {
            words.push(format!("{name}={}", quoted(value.to_str()?)));
        }
        words.push(quoted(git.to_str()?));
        for arg in &self.args {
            words.push(quoted(arg.to_str()?));
        }
        Some(words.join(" "))
    }
}

fn quoted(word: &str) -> String {
    format!("'{}'", word.replace('\'', r"'\''"))
}

fn put(file: &Path, text: &str) -> io::Result<()> {
    OpenOptions::new().write(true).create_new(true).open(file)?.write_all(text.as_bytes())
}
