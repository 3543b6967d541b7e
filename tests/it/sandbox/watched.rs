//! The partial rung: what a command did to the protected names is undone, and told.

use std::{fs, os::unix::fs::symlink, path::Path};

use glm_tui::guard::sandbox::Kind;

use super::den::Den;

/// What a command does, what is told of it, and a question whose answer must be yes afterwards.
type Case = (&'static str, &'static [&'static str], &'static str);

const CASES: &[Case] = &[
    ("echo x > other && git init -q sub 2> /dev/null; true", &[], "test -e other"),
    (
        "mkdir -p .git/objects/aa && echo x > .git/objects/aa/b && echo ref > .git/HEAD",
        &[],
        "test -e .git/objects/aa/b",
    ),
    ("echo evil >> .git/config", &[".git/config was changed"], "test \"$(cat .git/config)\" = '[core]'"),
    ("rm .git/config", &[".git/config was taken away"], "test \"$(cat .git/config)\" = '[core]'"),
    ("chmod 777 .git/config", &[".git/config was changed"], "test $(stat -c %a .git/config) = 644"),
    ("echo evil > .git/hooks/pre-commit", &[".git/hooks/pre-commit was made"], "test ! -e .git/hooks/pre-commit"),
    ("rm -r .git/hooks", &[".git/hooks was taken away", "hooks/kept was taken away"], "grep -q kept .git/hooks/kept"),
    (
        "rm -r .git/hooks && ln -s $OUT .git/hooks",
        &[".git/hooks was changed"],
        "test -d .git/hooks && test ! -L .git/hooks",
    ),
    ("mkdir -p .glm-tui/x && echo evil > .glm-tui/x/y", &[".glm-tui was made"], "test ! -e .glm-tui"),
    ("echo evil > .mcp.json", &[".mcp.json was made"], "test ! -e .mcp.json"),
    ("ln -s $OUT/file .mcp.json", &[".mcp.json was made"], "test ! -L .mcp.json && test -e $OUT/file"),
    ("mv .git gone", &[".git was renamed"], "grep -q core .git/config && test ! -e gone"),
    ("mv .git gone && mkdir .git && echo evil > .git/config", &[".git was renamed"], "grep -q core .git/config"),
];

#[test]
fn what_a_command_did_to_protected_names_is_undone() {
    for (script, told, after) in CASES {
        let Some(den) = Den::of(Some(Kind::Landlock)) else { return };
        fs::write(den.project.join(".git/hooks/kept"), "kept\n").unwrap();
        let watch = den.cage.watch();
        den.told(script);
        let notes = watch.settle();
        assert!(notes.len() >= told.len(), "{script}: {notes:?}");
        assert!(!told.is_empty() || notes.is_empty(), "{script}: {notes:?}");
        for word in *told {
            let fits = notes.iter().any(|note| note.contains(word) && note.ends_with("that was undone"));
            assert!(fits, "{script}: {word}: {notes:?}");
        }
        den.told(after);
        assert_eq!(fs::read_to_string(den.outside.join("file")).unwrap(), "old\n", "{script}");
    }
}

#[test]
fn putting_back_follows_no_link_out_of_the_project() {
    let Some(den) = Den::of(Some(Kind::Landlock)) else { return };
    fs::create_dir(den.project.join(".vscode")).unwrap();
    fs::write(den.project.join(".vscode/file"), "saved\n").unwrap();
    let watch = den.cage.watch();
    fs::remove_dir_all(den.project.join(".vscode")).unwrap();
    symlink(&den.outside, den.project.join(".vscode")).unwrap();
    let notes = watch.settle();
    assert!(notes.iter().any(|note| note.starts_with(".vscode was changed")), "{notes:?}");
    assert!(!Path::new(&den.project).join(".vscode").is_symlink());
    assert_eq!(fs::read_to_string(den.outside.join("file")).unwrap(), "old\n");
}

#[test]
fn the_full_rung_needs_no_watch() {
    for kind in [Kind::Namespaces, Kind::Bubblewrap] {
        let Some(den) = Den::of(Some(kind)) else { continue };
        let watch = den.cage.watch();
        fs::write(den.project.join(".git/config"), "by the person\n").unwrap();
        assert_eq!(watch.settle(), Vec::<String>::new());
    }
}
