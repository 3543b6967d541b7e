//! Dry runs: a command changes nothing, then exactly what it would have changed is changed, and taken back.

use std::{
    fs,
    os::unix::fs::{MetadataExt, PermissionsExt},
    path::Path,
    sync::Arc,
};

use glm_tui::{
    chat::{AskBody, Detail, HunkReply, PermissionMode, Reply, RunEnd},
    tools::Check,
};
use serde_json::json;

use super::place::Place;
use crate::support::alone::{As, alone};

/// A place where dry runs are possible; says so aloud where they are not.
fn place() -> Option<Place> {
    let place = Place::caged();
    let outcome = place.call("shell", &json!({ "command": "true", "dry_run": true }));
    if outcome.to_model.contains("no dry run here") {
        println!("skipped: {}", outcome.to_model);
        return None;
    }
    assert_eq!(outcome.end, RunEnd::Ok, "{}", outcome.to_model);
    Some(place)
}

fn try_out(place: &Place, line: &str) -> String {
    let outcome = place.call("shell", &json!({ "command": line, "dry_run": true }));
    assert!(outcome.to_model.contains("[dry run 1: "), "{}", outcome.to_model);
    outcome.to_model
}

fn fill(place: &Place) {
    place.put("src/a.txt", "one\ntwo\nthree\n");
    place.put("src/b.txt", "b\n");
    place.put("src/deep/er/c.txt", "c\n");
    place.put("src/deep/d.txt", "d\n");
    place.put("again/old.txt", "old\n");
    place.put("again/both.txt", "both\n");
    place.put("run.sh", "#!/bin/sh\n");
    place.put("was_file", "x\n");
    place.put("was_folder/in.txt", "x\n");
    place.put("binary", b"\0\x01\xff");
    std::os::unix::fs::symlink("src/a.txt", place.path("link")).unwrap();
    std::os::unix::fs::symlink("again", place.path("to_again")).unwrap();
}

const WORK: &str = "printf 'one\\nTWO\\nthree\\n' > src/a.txt; mv src/b.txt moved.txt; rm -r src/deep; \
    rm -r again; mkdir again; echo both > again/both.txt; echo new > again/new.txt; chmod 755 run.sh; \
    rm was_file; mkdir was_file; echo in > was_file/in; rm -r was_folder; echo file > was_folder; \
    ln -sfn src link; rm to_again; mkdir to_again; echo own > to_again/own; ln run.sh hard.sh; \
    printf 'a\\0b' > binary; mkdir -m 750 -p new/er; echo x > new/er/x; chmod 751 src; touch src; \
    printf 'odd' > $'line\\nend'; exec 3<>run.sh";

/// Everything that could tell that somebody was here.
fn traces(folder: &Path) -> Vec<(String, u64, i64, i64)> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder).unwrap().flatten() {
        let meta = entry.path().symlink_metadata().unwrap();
        found.push((entry.path().display().to_string(), meta.ino(), meta.ctime(), meta.ctime_nsec()));
        if meta.is_dir() {
            found.extend(traces(&entry.path()));
        }
    }
    found.sort();
    found
}

fn there_and_back() {
    let Some(place) = place() else { return };
    fill(&place);
    let (start, before) = (place.tree(), traces(&place.root()));
    let told = try_out(&place, WORK);
    assert_eq!(place.tree(), start);
    assert_eq!(traces(&place.root()), before, "not even a time changed");
    for line in
        ["M src/a.txt +1 −1", "-two\n+TWO", "D src/b.txt", "A moved.txt", "D src/deep/", "M run.sh (mode 644 → 755)"]
    {
        assert!(told.contains(line), "{line} in:\n{told}");
    }
    assert!(told.contains(r"A line\nend +1"), "{told}");

    let twin = Place::new();
    fill(&twin);
    twin.run(WORK);
    let applied = place.call("apply_changes", &json!({ "dry_run": 1 }));
    assert_eq!(applied.end, RunEnd::Ok, "{}", applied.to_model);
    assert_eq!(place.tree(), twin.tree(), "as if the command had run");
    let end = place.tree();
    assert!(place.call("apply_changes", &json!({ "dry_run": 1 })).to_model.contains("no dry run 1 any more"));

    place.undo();
    assert_eq!(place.tree(), start);
    place.redo();
    assert_eq!(place.tree(), end);
    let scratch = place.root().with_extension("scratch");
    let sessions = || fs::read_dir(&scratch).unwrap().flatten().filter(|entry| entry.path().is_dir());
    let layers = sessions().flat_map(|session| fs::read_dir(session.path()).unwrap().flatten());
    let left: Vec<_> = layers.filter(|entry| entry.file_name().to_string_lossy().starts_with("dry-")).collect();
    assert!(left.is_empty(), "{left:?}");
    drop(place.toolbox);
    let left: Vec<_> = fs::read_dir(&scratch).unwrap().flatten().filter(|entry| entry.path().is_dir()).collect();
    assert!(left.is_empty(), "{left:?}");
}

#[test]
fn a_dry_run_changes_nothing_and_is_then_made_and_taken_back() {
    there_and_back();
}

#[test]
fn a_dry_run_as_nobody() {
    if alone("undo::dry::a_dry_run_as_nobody", As::Nobody) {
        there_and_back();
    }
}

#[test]
fn what_a_person_changed_since_is_refused_and_the_rest_can_be_made() {
    let Some(place) = place() else { return };
    for (n, theirs) in ["edit", "remove", "mode", "folder"].into_iter().enumerate() {
        place.put("a.txt", format!("a {n}\n"));
        place.put("b.txt", format!("b {n}\n"));
        try_out(&place, "echo more >> a.txt; echo more >> b.txt; mkdir -p d/e; echo x > d/e/f");
        match theirs {
            "edit" => place.put("a.txt", "mine\n"),
            "remove" => fs::remove_file(place.path("a.txt")).unwrap(),
            "mode" => place.mode("a.txt", 0o600),
            _ => {
                fs::remove_file(place.path("a.txt")).unwrap();
                fs::create_dir(place.path("a.txt")).unwrap();
            }
        }
        let theirs_now = place.tree();
        let refused = place.call("apply_changes", &json!({ "dry_run": 1 }));
        assert_eq!(refused.end, RunEnd::Failed, "{theirs}");
        assert!(refused.to_model.contains("changed by someone else since the dry run began: a.txt;"), "{refused:?}");
        assert_eq!(place.tree(), theirs_now, "{theirs}");
        let rest = place.call("apply_changes", &json!({ "dry_run": 1, "files": ["b.txt", "d/e/f"] }));
        assert_eq!(rest.end, RunEnd::Ok, "{}", rest.to_model);
        assert_eq!(place.text("b.txt"), format!("b {n}\nmore\n"));
        assert_eq!(place.text("d/e/f"), "x\n");
        let unknown = place.call("apply_changes", &json!({ "dry_run": 1, "files": ["b.txt"] }));
        assert!(unknown.to_model.contains("does not change b.txt; it changes: a.txt"), "{}", unknown.to_model);
        let _ = fs::remove_file(place.path("a.txt")).or_else(|_| fs::remove_dir(place.path("a.txt")));
        fs::remove_dir_all(place.path("d")).unwrap();
    }
}

#[test]
fn what_a_person_changes_meanwhile_is_seen() {
    let Some(place) = place() else { return };
    place.put("a.txt", "a\n");
    place.put("gone.txt", "a\n");
    place.put("signal", "wait\n");
    let line = "echo more >> a.txt; rm gone.txt; echo ready; until grep -q go signal; do :; done";
    let root = place.root();
    let progress = Arc::new(move |_| {
        fs::write(root.join("a.txt"), "mine\n").unwrap();
        fs::write(root.join("gone.txt"), "mine\n").unwrap();
        fs::write(root.join("signal"), "go\n").unwrap();
    });
    let args = json!({ "command": line, "dry_run": true });
    let told = place.watched("shell", &args, &|_| Reply::Once, progress).to_model;
    assert!(told.contains("! M a.txt") && told.contains("! D gone.txt"), "{told}");
    let refused = place.call("apply_changes", &json!({ "dry_run": 1 })).to_model;
    assert!(refused.contains("changed by someone else since the dry run began: a.txt, gone.txt;"), "{refused}");
    assert_eq!((place.text("a.txt"), place.text("gone.txt")), ("mine\n".into(), "mine\n".into()));
}

#[test]
fn nothing_leads_out_of_the_project() {
    let Some(place) = place() else { return };
    let outside = place.dir.path().join("outside");
    fs::create_dir(&outside).unwrap();
    fs::write(outside.join("key"), "canary-41c\n").unwrap();
    place.put("d/in.txt", "in\n");
    place.put("f.txt", "f\n");
    let out = outside.display();
    let line = format!(
        "rm -r d f.txt; ln -s {out} d; ln -s {out}/key f.txt; mkfifo pipe; mknod dev c 1 3; mknod gone c 0 0; \
         cp /bin/true su; chmod 6755 su; mkdir sticky; chmod 1777 sticky; \
         perl -MSocket -e 'socket(S,AF_UNIX,SOCK_STREAM,0);bind(S,sockaddr_un(\"sock\"))'; echo x > {out}/key; true"
    );
    let told = try_out(&place, &line);
    assert!(!told.contains("canary-41c"), "{told}");
    assert!(told.contains("left out: pipe: a pipe, a socket or a device"), "{told}");
    let Check::Ask(ask) = place.asked("apply_changes", &json!({ "dry_run": 1 }), PermissionMode::Yolo) else {
        panic!("deleting is asked for");
    };
    let AskBody::Plain(body) = ask.body else { panic!("{:?}", ask.body) };
    assert!(body.as_str().contains("leads out of the project") && !body.as_str().contains("canary-41c"), "{body}");
    let applied = place.call("apply_changes", &json!({ "dry_run": 1 }));
    assert_eq!(applied.end, RunEnd::Ok, "{}", applied.to_model);
    assert_eq!(fs::read_to_string(outside.join("key")).unwrap(), "canary-41c\n");
    assert_eq!(fs::read_link(place.path("d")).unwrap(), outside);
    assert_eq!(fs::metadata(place.path("su")).unwrap().permissions().mode() & 0o7777, 0o755);
    for absent in ["pipe", "dev", "gone", "sock"] {
        assert!(place.path(absent).symlink_metadata().is_err(), "{absent}");
    }

    // The link that was made leads a later change nowhere.
    fs::remove_file(place.path("d")).unwrap();
    place.put("d/in.txt", "in\n");
    try_out(&place, "echo more >> d/in.txt");
    fs::rename(place.path("d"), place.path("moved")).unwrap();
    fs::write(outside.join("in.txt"), "in\n").unwrap();
    std::os::unix::fs::symlink(&outside, place.path("d")).unwrap();
    let refused = place.call("apply_changes", &json!({ "dry_run": 1 }));
    assert_eq!(refused.end, RunEnd::Failed, "{}", refused.to_model);
    assert_eq!(fs::read_to_string(outside.join("in.txt")).unwrap(), "in\n");
}

#[test]
fn a_person_decides_on_what_is_shown() {
    let Some(place) = place() else { return };
    let text: String = (1..30).map(|n| format!("line {n}\n")).collect::<Vec<_>>().concat();
    place.put("a.txt", &text);
    place.put("b.txt", "b\n");
    try_out(&place, "sed -i 's/^line 3$/THREE/; s/^line 20$/TWENTY/' a.txt");
    let args = json!({ "dry_run": 1 });
    let Check::Ask(ask) = place.asked("apply_changes", &args, PermissionMode::Ask) else { panic!("it is asked") };
    assert!(matches!(&ask.body, AskBody::Change(change) if change.hunks.len() == 2), "{:?}", ask.body);
    let shop = |decisions: Vec<HunkReply>| {
        let planned = json!({ "dry_run": 1 });
        place.decided("apply_changes", &planned, Reply::Hunks { decisions, why: None })
    };
    let outcome = shop(vec![HunkReply::Reject, HunkReply::Accept]);
    assert!(outcome.to_model.contains("rejected by the user"), "{}", outcome.to_model);
    assert_eq!(place.text("a.txt"), text.replace("line 20\n", "TWENTY\n"));
    assert!(matches!(outcome.detail, Detail::Text(text) if text.as_str().contains("+TWENTY")));

    // Several files: all of it is shown, and a rule for one of them is not offered for all.
    try_out(&place, "echo x >> a.txt; echo x >> b.txt; echo x > sub.txt");
    let Check::Ask(ask) = place.asked("apply_changes", &args, PermissionMode::Ask) else { panic!("it is asked") };
    let AskBody::Plain(body) = &ask.body else { panic!("{:?}", ask.body) };
    for line in ["M a.txt +1 −0", "M b.txt +1 −0", "A sub.txt +1 −0", "+x"] {
        assert!(body.as_str().contains(line), "{line} in {body}");
    }
    assert!(matches!(place.asked("apply_changes", &args, PermissionMode::Edits), Check::Go));
    let Check::Refuse(refused) = place.asked("apply_changes", &args, PermissionMode::Plan) else { panic!("refused") };
    assert_eq!(refused.end, RunEnd::Denied);
    let thrown = place.call("apply_changes", &json!({ "dry_run": 1, "discard": true }));
    assert_eq!(thrown.end, RunEnd::Ok, "{}", thrown.to_model);
    assert_eq!(place.text("b.txt"), "b\n");
    assert!(place.call("apply_changes", &args).to_model.contains("none waits"));
}

#[test]
fn protected_names_and_ignored_files_stay_out() {
    let Some(place) = place() else { return };
    place.put(".gitignore", "target/\n");
    place.put("sub/.keep", "");
    let told = try_out(
        &place,
        "mkdir target; seq 1000 > target/out; seq 3 > kept; git --version > /dev/null; mkdir sub/.git; echo x > sub/.git/config",
    );
    assert!(told.contains("left out: 1 files that ignore files name (target)"), "{told}");
    assert!(told.contains("A kept +3"), "{told}");
    let denied = place.call("apply_changes", &json!({ "dry_run": 1 }));
    assert_eq!(denied.end, RunEnd::Denied, "{}", denied.to_model);
    let kept = place.call("apply_changes", &json!({ "dry_run": 1, "files": ["kept"] }));
    assert_eq!(kept.end, RunEnd::Ok, "{}", kept.to_model);
    assert!(!place.path("target").exists() && !place.path("sub/.git").exists() && place.path("kept").exists());
}

#[test]
fn what_is_too_much_is_refused_with_words() {
    let Some(place) = place() else { return };
    for (line, why) in [
        ("for n in $(seq 2001); do : > f$n; done", "more than 2000 files and folders"),
        ("truncate -s 600M big", "more than 512 MiB"),
    ] {
        let told = place.call("shell", &json!({ "command": line, "dry_run": true })).to_model;
        assert!(told.contains("nothing can be applied") && told.contains(why), "{told}");
        assert!(place.tree().is_empty());
    }
    for args in [
        json!({ "command": "true", "dry_run": true, "background": true }),
        json!({ "command": "true", "dry_run": true, "unsandboxed": true }),
    ] {
        assert!(place.refused("shell", &args).contains("leave one of the two out"));
    }
}

#[test]
fn what_is_told_stays_bounded() {
    let Some(place) = place() else { return };
    let told = try_out(&place, "for n in $(seq 1500); do seq 20 > some_file_number_$n.txt; done");
    assert!(told.contains("1500 paths would be") && told.contains(" more paths\n"), "{told}");
    assert!(told.contains("only the name is shown") && told.len() < 24 << 10, "{}", told.len());
    let applied = place.done("apply_changes", &json!({ "dry_run": 1 }));
    assert_eq!(applied, "made 1500 changes");
    assert_eq!(place.tree().len(), 1500);
}

#[test]
fn where_there_is_no_overlay_it_says_so() {
    let place = Place::new();
    place.put("a.txt", "a\n");
    let outcome = place.call("shell", &json!({ "command": "echo more >> a.txt", "dry_run": true }));
    assert_eq!(outcome.end, RunEnd::Failed);
    assert!(outcome.to_model.contains("no dry run here: there is no sandbox here"), "{}", outcome.to_model);
    assert_eq!(place.text("a.txt"), "a\n");
}
