//! Where `HEAD` stands, and which pointers are believed.

use std::{fs, io::Write, os::unix::fs::symlink, path::Path};

use super::{Question, Repository, Shell};

/// Files of a git folder: names and texts.
type Put = &'static [(&'static str, &'static str)];

const HASH: &str = "0123456789abcdef0123456789abcdef01234567";

fn put(root: &Path, name: &str, text: &str) {
    let path = root.join(name);
    fs::create_dir_all(path.parent().unwrap()).unwrap();
    fs::File::create(path).unwrap().write_all(text.as_bytes()).unwrap();
}

fn found(folder: &Path) -> (Option<String>, Option<String>) {
    Repository::find(folder).map_or((None, None), |repository| (repository.branch(), repository.head()))
}

#[test]
fn head_is_read_and_nothing_else() {
    let cases: [(Put, Option<&str>, Option<&str>); 8] = [
        (&[("HEAD", "ref: refs/heads/main\n"), ("refs/heads/main", HASH)], Some("main"), Some(HASH)),
        (&[("HEAD", HASH)], Some("0123456"), Some(HASH)),
        (
            &[
                ("HEAD", "ref: refs/heads/a/b\n"),
                ("packed-refs", "# pack\n0123456789abcdef0123456789abcdef01234567 refs/heads/a/b\n"),
            ],
            Some("a/b"),
            Some(HASH),
        ),
        (&[("HEAD", "ref: refs/heads/none\n")], Some("none"), None),
        (&[("HEAD", "ref: refs/heads/../../../secret\n"), ("../secret", HASH)], Some("../../../secret"), None),
        (&[("HEAD", "ref: refs/heads/x\n"), ("refs/heads/x", "ref: refs/heads/x\n")], Some("x"), None),
        (&[("HEAD", "ref: refs/heads/\u{1b}[2Jm\n")], Some("[2Jm"), None),
        (&[("HEAD", "garbage")], None, None),
    ];
    for (files, branch, head) in cases {
        let dir = tempfile::tempdir().unwrap();
        for (name, text) in files {
            put(&dir.path().join(".git"), name, text);
        }
        fs::create_dir_all(dir.path().join("deep/er")).unwrap();
        assert_eq!(found(&dir.path().join("deep/er")), (branch.map(Into::into), head.map(Into::into)), "{files:?}");
    }
}

#[test]
fn rep_08_a_forged_pointer_is_no_repository() {
    let dir = tempfile::tempdir().unwrap();
    let root = dir.path().canonicalize().unwrap();
    put(&root, "real/.git/HEAD", HASH);
    put(&root, "real/.git/worktrees/w/HEAD", "ref: refs/heads/side\n");
    put(&root, "real/.git/worktrees/w/commondir", "../..\n");
    put(&root, "real/.git/refs/heads/side", HASH);
    put(&root, "real/.git/worktrees/w/gitdir", root.join("w/.git").to_str().unwrap());
    let pointer = format!("gitdir: {}\n", root.join("real/.git/worktrees/w").display());
    put(&root, "w/.git", &pointer);
    assert_eq!(found(&root.join("w")), (Some("side".into()), Some(HASH.into())));
    put(&root, "forged/.git", &pointer);
    put(&root, "bare/.git", &format!("gitdir: {}\n", root.join("real/.git").display()));
    fs::create_dir(root.join("link")).unwrap();
    symlink(root.join("real/.git"), root.join("link/.git")).unwrap();
    for name in ["forged", "bare", "link"] {
        assert_eq!(Repository::find(&root.join(name)), None, "{name}");
    }
    put(&root, "real/.git/modules/sub/HEAD", "ref: refs/heads/sub\n");
    put(&root, "real/sub/.git", "gitdir: ../.git/modules/sub\n");
    assert_eq!(found(&root.join("real/sub")).0.as_deref(), Some("sub"));
}

#[test]
fn git_is_given_settings_of_ours_only() {
    let dir = tempfile::tempdir().unwrap();
    let root = dir.path().canonicalize().unwrap();
    put(&root, "it's/.git/HEAD", HASH);
    put(&root, "it's/.git/config", "[core]\n\tfsmonitor = evil\n");
    let repository = Repository::find(&root.join("it's")).unwrap();
    let shell = Shell::make(&root.join("shell"), &repository).unwrap();
    let config = fs::read_to_string(root.join("shell/config")).unwrap();
    assert_eq!(config, "[core]\n\trepositoryformatversion = 0\n\tbare = false\n");
    let inquiry = shell.inquiry(Question::Diff);
    let line = inquiry.line(Path::new("/usr/bin/git")).unwrap();
    assert!(
        line.starts_with(&format!(
            "GIT_DIR='{}' GIT_WORK_TREE='{}/it'\\''s'",
            root.join("shell").display(),
            root.display()
        )),
        "{line}"
    );
    assert!(line.ends_with(&format!("'--no-textconv' '--no-color' '--ignore-submodules=all' '{HASH}' '--'")), "{line}");
    assert!(Shell::make(&root.join("shell"), &repository).is_err(), "an existing folder is never used");
}
