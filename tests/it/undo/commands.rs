//! What commands change is taken back like any edit.

use std::{fs, path::Path};

use glm_tui::{chat::TurnId, tools::Limits};

use super::place::{Place, kept};
use crate::support::commands::detail;

#[test]
fn sto_11_what_a_command_did_is_taken_back_and_restored_again() {
    for git in [false, true] {
        let place = Place::new();
        place.put("src/a.txt", "a\n");
        place.put("src/b.txt", "b\n");
        place.put("src/deep/c.txt", "c\n");
        place.put("empty/.keep", "");
        std::os::unix::fs::symlink("src/a.txt", place.path("link")).unwrap();
        if git {
            place.put(".git/HEAD", "ref: refs/heads/main\n");
            place.put(".gitignore", "ignored\n");
        }
        place.put("ignored", "not ours\n");
        let start = place.tree();
        let told = place.run(
            "echo more >> src/a.txt; rm -r src/deep; mv src/b.txt moved.txt; chmod 700 moved.txt; mkdir -p new/er; \
             echo x > new/er/x; ln -sfn src link; rmdir nothing; rm -r empty; chmod 751 src; [ -d .git ] && echo 1 > .git/x; true",
        );
        assert!(told.contains("files changed:"), "{told}");
        let end = place.tree();
        assert_ne!(start, end);
        let without_git = |tree: &super::place::Tree| {
            let mut tree = tree.clone();
            tree.retain(|path, _| !path.starts_with(".git"));
            tree
        };
        place.undo();
        assert_eq!(without_git(&place.tree()), without_git(&start), "git: {git}");
        assert_eq!(place.path(".git/x").exists(), git, "git's own files are left alone");
        place.redo();
        assert_eq!(place.tree(), end, "git: {git}");
    }
}

#[test]
fn sto_11_what_a_person_did_between_two_commands_is_not_the_commands() {
    let mut place = Place::new();
    place.put("a.txt", "a\n");
    place.put("b.txt", "b\n");
    place.run("echo one >> a.txt");
    place.put("b.txt", "mine\n");
    place.put("c.txt", "mine too\n");
    fs::remove_file(place.path("a.txt")).unwrap();
    place.turn(2);
    let told = place.run("echo two > d.txt");
    assert!(told.contains("[1 file changed: d.txt]"), "{told}");
    let report = place.undo();
    assert_eq!(report.files.len(), 1, "{report:?}");
    assert_eq!(place.text("b.txt"), "mine\n");
    assert!(!place.path("d.txt").exists() && Path::new(&place.path("c.txt")).exists());
}

#[test]
fn sto_11_ignore_files_that_a_command_changes_create_and_delete_nothing() {
    let place = Place::new();
    place.put(".gitignore", "build\n");
    place.put("build/big", "not ours\n");
    place.put("log.txt", "kept\n");
    let start = place.tree();
    // Long before the command.
    let long_ago = std::time::SystemTime::now() - std::time::Duration::from_secs(3600);
    fs::File::options().write(true).open(place.path("log.txt")).unwrap().set_modified(long_ago).unwrap();
    let told = place.run("echo log.txt > .gitignore");
    assert!(told.contains(".gitignore") && !told.contains("log.txt"), "{told}");
    place.undo();
    assert_eq!(place.text(".gitignore"), "build\n");
    assert_eq!(place.text("log.txt"), "kept\n");
    assert_eq!(place.tree()[Path::new("log.txt")], start[Path::new("log.txt")]);
}

#[test]
fn sto_11_a_command_that_fails_or_is_stopped_can_be_undone_too() {
    let place = Place::new();
    place.put("a.txt", "a\n");
    let outcome = place.call("shell", &serde_json::json!({ "command": "echo b > a.txt; exit 3" }));
    assert_ne!(outcome.end, glm_tui::chat::RunEnd::Ok);
    place.undo();
    assert_eq!(place.text("a.txt"), "a\n");
    let args = serde_json::json!({ "command": "echo c > a.txt; read -r never < <(sleep 60)", "timeout_seconds": 1 });
    let told = place.call("shell", &args).to_model;
    assert!(told.contains("[1 file changed: a.txt]"), "{told}");
    place.undo();
    assert_eq!(place.text("a.txt"), "a\n");
}

#[test]
fn sto_11_what_a_command_in_the_background_did_is_its_turns() {
    let mut place = Place::new();
    place.put("a.txt", "a\n");
    let told = place.background("echo job > a.txt; echo more > b.txt; sleep 2; echo end > c.txt");
    assert!(told.contains("job 1"), "{told}");
    place.turn(2);
    place.write("mine.txt", "by a tool\n");
    place.wait_for("c.txt");
    place.end_job(1);
    place.undo();
    assert!(!place.path("mine.txt").exists() && place.text("a.txt") == "job\n");
    place.undo();
    assert_eq!((place.text("a.txt").as_str(), place.path("c.txt").exists()), ("a\n", false));
}

#[test]
fn sto_11_a_file_too_big_to_keep_goes_to_the_trash_and_comes_back() {
    let place = Place::limited(Limits { file_bytes: 1000, ..Limits::default() });
    place.put("big", "x".repeat(5000));
    let told = place.run("head -c 3000 /dev/zero > made; echo more >> big");
    assert!(told.contains("2 files changed") && told.contains("1 file cannot be undone"), "{told}");
    let report = place.undo();
    assert!(kept(&report, "big").contains("too big"));
    assert!(!place.path("made").exists());
    place.redo();
    assert_eq!(fs::metadata(place.path("made")).unwrap().len(), 3000);
}

#[test]
fn a_workspace_with_too_many_files_is_said_and_worked_in() {
    let place = Place::limited(Limits { files: 10, ..Limits::default() });
    for n in 0..20 {
        place.put(&format!("f{n}"), "x");
    }
    for _ in 0..3 {
        let outcome = place.call("shell", &serde_json::json!({ "command": "echo y > f1" }));
        assert!(!outcome.to_model.contains("undone"), "{}", outcome.to_model);
        assert!(detail(&outcome).contains("cannot be undone: there are more than 10 files"), "{outcome:?}");
    }
    assert!(place.undo().what.as_str().is_empty());
}

/// Waits until the times of files are later than those that the last command can have left.
fn later() {
    let began = std::time::Instant::now();
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let past = || (began.elapsed() > std::time::Duration::from_secs(1)).then_some(());
    runtime.block_on(crate::support::commands::until(past));
}

#[test]
fn sto_11_what_a_person_does_after_a_background_command_ended_is_not_the_commands() {
    let place = Place::new();
    for name in ["a.txt", "b.txt", "gone.txt", "src/old.txt"] {
        place.put(name, "start\n");
    }
    place.background("echo job > a.txt; rm -r src; sleep 1; mkdir made; echo job > made/c.txt");
    place.end_job(1);
    later();
    place.put("b.txt", "mine\n");
    place.put("d.txt", "mine\n");
    fs::create_dir(place.path("folder")).unwrap();
    fs::rename(place.path("made"), place.path("folder/moved")).unwrap();
    fs::remove_file(place.path("gone.txt")).unwrap();
    place.undo();
    assert_eq!(place.text("a.txt"), "start\n", "the job's");
    assert_eq!((place.text("b.txt").as_str(), place.text("d.txt").as_str()), ("mine\n", "mine\n"));
    assert!(!place.path("gone.txt").exists(), "a person deleted it");
    assert_eq!(place.text("folder/moved/c.txt"), "job\n", "a person moved it");
}

#[test]
fn sto_11_an_undo_books_nothing_to_a_command_that_still_runs() {
    let place = Place::new();
    place.put("a.txt", "start\n");
    place.put("b.txt", "start\n");
    place.background("echo job > a.txt; read -r never < <(sleep 60)");
    place.wait_for("a.txt");
    place.put("b.txt", "mine\n");
    assert!(place.undo().files.is_empty());
    assert_eq!(place.text("b.txt"), "mine\n");
    place.done("jobs", &serde_json::json!({ "action": "kill", "job": 1 }));
}

#[test]
fn sto_11_a_folder_that_a_command_renames_comes_back_whole() {
    let place = Place::new();
    place.put("src/a.txt", "a\n");
    place.put("src/deep/b.txt", "b\n");
    later();
    let start = place.tree();
    place.run("mv src lib");
    let end = place.tree();
    place.undo();
    assert_eq!(place.tree(), start);
    place.redo();
    assert_eq!(place.tree(), end);
}

#[test]
fn sto_11_a_folder_that_a_command_replaces_with_a_link_comes_back_whole() {
    // (the command, what it leads to holds the same names)
    for line in ["mv data store && ln -s store data", "rm -r data && mkdir empty && ln -s empty data"] {
        let place = Place::new();
        place.put("data/x", "x\n");
        place.put("data/deep/y", "y\n");
        let start = place.tree();
        place.run(line);
        let end = place.tree();
        let report = place.undo();
        assert_eq!(place.tree(), start, "{line}: {report:?}");
        place.redo();
        assert_eq!(place.tree(), end, "{line}");
    }
}

#[test]
fn a_command_that_was_stopped_before_its_start_does_not_start() {
    let place = Place::new();
    for background in [true, false] {
        let outcome = place.stopped("shell", &serde_json::json!({ "command": "echo x > a", "background": background }));
        assert_eq!(outcome.end, glm_tui::chat::RunEnd::Stopped, "{outcome:?}");
        assert!(!place.path("a").exists(), "in the background: {background}");
    }
}

#[test]
fn sto_11_a_file_of_two_commands_goes_back_to_what_it_was_before_both() {
    let mut place = Place::new();
    place.put("a.txt", "start\n");
    place.background("until [ -e go ]; do sleep 0.1; done; echo job > a.txt");
    place.turn(2);
    place.run("echo now > a.txt");
    place.put("go", "");
    place.end_job(1);
    let report = place.tool().rewind_files(TurnId(1)).report;
    assert_eq!(place.text("a.txt"), "start\n", "{report:?}");
}

#[test]
fn sto_11_what_a_command_in_the_background_did_is_written_down_at_the_end() {
    let mut place = Place::new();
    place.put("a.txt", "start\n");
    place.background("read -r line < <(sleep 1); echo job > a.txt; echo > done; read -r line < <(sleep 60)");
    place.wait_for("done");
    place.close();
    place.reopen();
    place.undo();
    assert_eq!((place.text("a.txt").as_str(), place.path("done").exists()), ("start\n", false));
}

#[test]
fn sto_11_folders_that_nobody_may_write_to_come_back_with_their_files() {
    let place = Place::new();
    place.put("d/in/x", "x\n");
    for name in ["d/in", "d"] {
        place.mode(name, 0o555);
    }
    let start = place.tree();
    place.run("chmod -R u+w d && rm -r d");
    assert!(!place.path("d").exists());
    let report = place.undo();
    assert_eq!(place.tree(), start, "{report:?}");
    for name in ["d", "d/in"] {
        place.mode(name, 0o755);
    }
}
