//! Edits, writes and deletes are taken back, with what a person did since.

use std::{fs, os::unix::fs::symlink};

use glm_tui::chat::FileUndo;

use super::place::{Place, kept, of};

const LINES: &str = "one\ntwo\nthree\nfour\nfive\nsix\nseven\n";

#[test]
fn sto_11_each_turn_is_taken_back_and_restored_again() {
    let mut place = Place::new();
    place.put("a.txt", LINES);
    place.mode("a.txt", 0o640);
    place.put("old/b.txt", "bye\n");
    let start = place.tree();
    place.edit("a.txt", "two", "TWO");
    place.write("new/deep/c.txt", "hello\n");
    let first = place.tree();
    place.turn(2);
    place.edit("a.txt", "six", "SIX");
    place.delete("old");
    let second = place.tree();

    let report = place.undo();
    assert_eq!((report.what.as_str(), report.redo), ("turn 2 · 2 files", false));
    assert_eq!(place.tree(), first);
    let report = place.undo();
    assert_eq!(of(&report, "new/deep/c.txt"), &FileUndo::Removed);
    assert_eq!(place.tree(), start);
    assert!(place.undo().what.as_str().is_empty(), "nothing is left");
    place.reopen();
    assert!(place.redo().redo);
    assert_eq!(place.tree(), first);
    place.redo();
    assert_eq!(place.tree(), second);
    assert!(place.redo().what.as_str().is_empty());
    place.undo();
    place.undo();
    assert_eq!(place.tree(), start);
}

#[test]
fn sto_11_a_later_edit_by_the_person_survives() {
    let place = Place::new();
    let names = ["merge", "conflict", "binary", "deleted", "renamed", "mode", "made", "made-edited", "gone-again"];
    for name in names.iter().filter(|name| !name.starts_with("made")) {
        place.put(name, LINES);
        place.edit(name, "two", "TWO");
    }
    place.put("dead", LINES);
    place.delete("dead");
    place.write("made", "x\n");
    place.write("made-edited", "x\n");
    // What the person does.
    let edited = LINES.replace("two", "TWO");
    place.put("merge", edited.replace("six", "mine"));
    place.put("conflict", edited.replace("TWO", "mine"));
    place.put("binary", "\0mine");
    fs::remove_file(place.path("deleted")).unwrap();
    fs::rename(place.path("renamed"), place.path("other")).unwrap();
    place.mode("mode", 0o755);
    place.put("made-edited", "x\nmine\n");
    place.put("dead", "another\n");
    fs::remove_file(place.path("gone-again")).unwrap();
    symlink("merge", place.path("gone-again")).unwrap();

    let report = place.undo();
    assert_eq!(of(&report, "merge"), &FileUndo::Merged);
    assert_eq!(place.text("merge"), LINES.replace("six", "mine"));
    assert!(kept(&report, "conflict").contains("same lines"));
    assert_eq!(place.text("conflict"), edited.replace("TWO", "mine"));
    kept(&report, "binary");
    assert_eq!(place.text("binary"), "\0mine");
    assert!(kept(&report, "deleted").contains("deleted or renamed"));
    kept(&report, "renamed");
    assert_eq!(place.text("other"), edited);
    assert_eq!(of(&report, "mode"), &FileUndo::Restored);
    assert_eq!(place.tree()[std::path::Path::new("mode")], format!("f 755 {LINES}"));
    assert_eq!(of(&report, "made"), &FileUndo::Removed);
    assert!(!place.path("made").exists());
    kept(&report, "made-edited");
    assert_eq!(place.text("made-edited"), "x\nmine\n");
    assert!(kept(&report, "dead").contains("something else"));
    assert_eq!(place.text("dead"), "another\n");
    kept(&report, "gone-again");
    assert!(place.path("gone-again").is_symlink());

    // Redo is as careful, and symmetric with what undo really did.
    let report = place.redo();
    assert_eq!(place.text("merge"), edited.replace("six", "mine"));
    assert_eq!(place.text("made"), "x\n");
    assert_eq!(place.text("conflict"), edited.replace("TWO", "mine"));
    assert!(report.files.iter().all(|(_, what)| !matches!(what, FileUndo::Kept(_))), "{report:?}");
}

#[test]
fn sto_11_an_undo_that_could_do_nothing_can_be_tried_again() {
    // What a person makes of the file: another text in the same lines, or a folder.
    for is_folder in [false, true] {
        let mut place = Place::new();
        place.put("a", LINES);
        place.put("b", LINES);
        place.edit("a", "two", "TWO");
        place.turn(2);
        place.edit("b", "two", "TWO");
        let after = place.text("b");
        fs::remove_file(place.path("b")).unwrap();
        if is_folder {
            fs::create_dir(place.path("b")).unwrap();
        } else {
            place.put("b", LINES.replace("two", "mine"));
        }
        for _ in 0..2 {
            kept(&place.undo(), "b");
        }
        assert!(place.redo().files.is_empty(), "nothing was undone");
        let _ = fs::remove_dir(place.path("b"));
        place.put("b", &after);
        assert_eq!(of(&place.undo(), "b"), &FileUndo::Restored);
        assert_eq!(place.text("b"), LINES);
        place.undo();
        assert_eq!(place.text("a"), LINES);
        // Forth again likewise.
        place.put("a", LINES.replace("two", "mine"));
        kept(&place.redo(), "a");
        place.put("a", LINES);
        assert_eq!(of(&place.redo(), "a"), &FileUndo::Restored);
    }
}

#[test]
fn sto_11_a_link_swapped_in_between_is_not_written_through() {
    let place = Place::new();
    place.put("src/a.txt", "old\n");
    place.write("src/a.txt", "new\n");
    let outside = place.dir.path().join("outside");
    fs::create_dir(&outside).unwrap();
    fs::write(outside.join("a.txt"), "new\n").unwrap();
    fs::rename(place.path("src"), place.path("was")).unwrap();
    symlink(&outside, place.path("src")).unwrap();
    let report = place.undo();
    kept(&report, "src/a.txt");
    assert_eq!(fs::read_to_string(outside.join("a.txt")).unwrap(), "new\n");
    // The file itself as a link.
    let place = Place::new();
    place.put("a.txt", "old\n");
    place.write("a.txt", "new\n");
    let target = place.dir.path().join("target");
    fs::rename(place.path("a.txt"), &target).unwrap();
    symlink(&target, place.path("a.txt")).unwrap();
    let report = place.undo();
    kept(&report, "a.txt");
    assert_eq!(fs::read_to_string(target).unwrap(), "new\n");
}

#[test]
fn sto_11_a_folder_from_the_trash_brings_its_earlier_files() {
    let mut place = Place::new();
    place.put("src/a.txt", LINES);
    place.put("src/b.txt", LINES);
    let start = place.tree();
    place.edit("src/a.txt", "two", "TWO");
    place.write("src/new.txt", "new\n");
    place.turn(2);
    place.delete("src");
    assert!(!place.path("src").exists());
    let undone = place.tool().rewind_files(glm_tui::chat::TurnId(1));
    assert_eq!(place.tree(), start, "{:?}", undone.report);
    let told = undone.told.expect("the model is told");
    assert!(told.contains("src/a.txt") && told.contains("turns 1–2") && told.contains("Read a file again"), "{told}");
    place.redo();
    assert!(!place.path("src").exists());
}

#[test]
fn sto_11_what_cannot_be_kept_is_said_and_the_work_goes_on() {
    let place = Place::new();
    place.put("a.txt", "old\n");
    // Nothing can be put into a folder that is none: like a full disk, for every user.
    fs::create_dir_all(place.session()).unwrap();
    fs::write(place.session().join("blobs"), "").unwrap();
    let told = place.write("a.txt", "new\n");
    assert!(told.contains("cannot be undone"), "{told}");
    assert_eq!(place.text("a.txt"), "new\n");
    let told = place.run("echo more >> a.txt");
    assert!(told.contains("1 file changed") && told.contains("cannot be undone"), "{told}");
    kept(&place.undo(), "a.txt");
    assert_eq!(place.text("a.txt"), "new\nmore\n");
}

#[test]
fn sto_11_the_model_must_read_again_what_was_undone() {
    let place = Place::new();
    place.put("a.txt", LINES);
    place.edit("a.txt", "two", "TWO");
    place.undo();
    let args = serde_json::json!({ "path": "a.txt", "edits": [{ "old": "six", "new": "SIX" }] });
    let outcome = place.call("edit", &args);
    assert!(outcome.to_model.contains("read it first"), "{}", outcome.to_model);
}
