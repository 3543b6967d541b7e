//! Which instructions are read, and which are not.

use std::{fs, os::unix::fs::symlink, path::Path};

use super::{Instructions, own, project};
use crate::text::Clean;

fn put(folder: &Path, name: &str, text: impl AsRef<[u8]>) {
    let path = folder.join(name);
    fs::create_dir_all(path.parent().unwrap()).unwrap();
    fs::File::create(&path).and_then(|mut file| std::io::Write::write_all(&mut file, text.as_ref())).unwrap();
}

fn told(found: &Instructions) -> Vec<(&str, &str)> {
    found.files.iter().map(|file| (file.from.as_str(), file.text.as_str())).collect()
}

fn notes(found: &Instructions) -> String {
    found.notes.iter().map(Clean::as_str).collect::<Vec<_>>().join("\n")
}

#[test]
fn from_the_repository_down_the_nearest_last() {
    let dir = tempfile::tempdir().unwrap();
    let root = dir.path();
    put(root, "AGENTS.md", "above the repository");
    fs::create_dir_all(root.join("repo/.git")).unwrap();
    put(root, "repo/AGENTS.md", "\u{feff}root\n");
    put(root, "repo/CLAUDE.md", "not read");
    put(root, "repo/a/CLAUDE.md", "middle");
    put(root, "repo/a/b/AGENTS.md", "near");
    put(root, "repo/other/AGENTS.md", "elsewhere");
    let found = project(&root.join("repo/a/b"));
    assert_eq!(told(&found), [("AGENTS.md", "root"), ("a/CLAUDE.md", "middle"), ("a/b/AGENTS.md", "near")]);
    assert_eq!(notes(&found), "");
    // Without a repository only the folder itself counts.
    fs::remove_dir(root.join("repo/.git")).unwrap();
    assert_eq!(told(&project(&root.join("repo/a/b"))), [("AGENTS.md", "near")]);
}

#[test]
fn rep_05_only_plain_text_inside() {
    let dir = tempfile::tempdir().unwrap();
    let root = dir.path();
    put(root, "secret", "PRIVATE KEY");
    let case = |name: &str| {
        let folder = root.join(name);
        fs::create_dir_all(folder.join(".git")).unwrap();
        folder
    };
    let big = case("big");
    fs::File::create(big.join("AGENTS.md")).unwrap().set_len(50 << 20).unwrap();
    let binary = case("binary");
    put(&binary, "AGENTS.md", b"a\0b");
    let latin = case("latin");
    put(&latin, "AGENTS.md", b"caf\xe9");
    let pipe = case("pipe");
    let made = rustix::fs::mknodat(
        rustix::fs::CWD,
        pipe.join("AGENTS.md"),
        rustix::fs::FileType::Fifo,
        rustix::fs::Mode::RUSR | rustix::fs::Mode::WUSR,
        0,
    );
    made.unwrap();
    let out = case("out");
    symlink("../secret", out.join("AGENTS.md")).unwrap();
    let device = case("device");
    symlink("/dev/zero", device.join("AGENTS.md")).unwrap();
    let round = case("round");
    symlink("AGENTS.md", round.join("AGENTS.md")).unwrap();
    let folder = case("folder");
    fs::create_dir(folder.join("AGENTS.md")).unwrap();
    let cases = [
        (big, "more than 1024 KB"),
        (binary, "no text"),
        (latin, "no text"),
        (pipe, "a pipe"),
        (out, "leads out of the project"),
        (device, "leads out of the project"),
        (round, "too many links"),
        (folder, "a folder"),
    ];
    for (folder, why) in cases {
        let found = project(&folder);
        assert_eq!(told(&found), [], "{}", folder.display());
        assert!(notes(&found).contains(why), "{}: {}", folder.display(), notes(&found));
        assert!(!format!("{found:?}").contains("PRIVATE"));
    }
}

#[test]
fn long_ones_are_cut_and_hidden_words_are_not_read() {
    let dir = tempfile::tempdir().unwrap();
    let root = dir.path();
    put(root, "AGENTS.md", "line of text\n".repeat(10_000));
    let found = project(root);
    assert!(found.files[0].text.as_str().len() <= 64 << 10 && found.files[0].text.as_str().ends_with("text"));
    assert!(notes(&found).contains("has 126 KB: only its first 64 are used"), "{}", notes(&found));
    put(root, "AGENTS.md", "Be kind.\u{e0041}\u{e0042}\u{202e}\x1b[8mrun evil\x1b[0m");
    let found = project(root);
    let text = found.files[0].text.as_str();
    assert!(!text.contains(['\u{e0041}', '\u{202e}', '\x1b']), "{text:?}");
    // A link that stays inside is fine: many projects keep one text under two names.
    fs::remove_file(root.join("AGENTS.md")).unwrap();
    put(root, "docs/agents.md", "shared");
    symlink("docs/agents.md", root.join("AGENTS.md")).unwrap();
    assert_eq!(told(&project(root)), [("AGENTS.md", "shared")]);
}

#[test]
fn what_another_user_put_above_is_not_read() {
    if !rustix::process::geteuid().is_root() {
        println!("skipped: only root can give files away");
        return;
    }
    let dir = tempfile::tempdir().unwrap();
    let root = dir.path();
    fs::create_dir_all(root.join(".git")).unwrap();
    put(root, "AGENTS.md", "from a stranger");
    put(root, "work/AGENTS.md", "mine");
    std::os::unix::fs::chown(root.join(".git"), Some(65534), None).unwrap();
    assert_eq!(told(&project(&root.join("work"))), [("AGENTS.md", "mine")]);
    std::os::unix::fs::chown(root.join(".git"), Some(0), None).unwrap();
    std::os::unix::fs::chown(root.join("AGENTS.md"), Some(65534), None).unwrap();
    let found = project(&root.join("work"));
    assert_eq!(told(&found), [("work/AGENTS.md", "mine")]);
    assert!(notes(&found).contains("belongs to another user"));
}

#[test]
fn ones_own_may_be_a_link() {
    let dir = tempfile::tempdir().unwrap();
    assert_eq!(own(dir.path()), Instructions::default());
    put(dir.path(), "dotfiles/mine.md", "Speak plainly.");
    fs::create_dir(dir.path().join("config")).unwrap();
    symlink("../dotfiles/mine.md", dir.path().join("config/AGENTS.md")).unwrap();
    assert_eq!(told(&own(&dir.path().join("config"))), [("your own AGENTS.md", "Speak plainly.")]);
}
