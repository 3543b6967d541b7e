//! Deleting and pruning: only what is meant, only inside the session's folder, never unasked.

use std::{fs, os::unix::fs::symlink};

use super::shelf::{aged, dir, head, log, open, turn, write};
use crate::cli::Program;

#[test]
fn nothing_is_deleted_unasked_or_outside() {
    let program = Program::new();
    for id in ["a-1", "a-2", "b-1"] {
        write(&program, id, "same words", "yes");
    }
    let precious = program.home.path().join("precious");
    fs::create_dir(&precious).unwrap();
    fs::write(precious.join("file"), "stays").unwrap();
    symlink(&precious, dir(&program, "a-1").join("trash")).unwrap();
    symlink(&precious, dir(&program, "linked")).unwrap();
    // Without a terminal a yes must be written; what was said is no name; all names are looked up first.
    program.run(&["sessions", "rm", "a-1"]).ends(42).says(&["--yes"]);
    for names in [&["same words"][..], &["a-"], &["linked"], &["../../precious"], &["a-1", "nobody"], &[""]] {
        let args = [&["sessions", "rm", "--yes"], names].concat();
        program.run(&args).ends(42).says(&["→"]);
    }
    let ids = |program: &Program| {
        let list = program.run(&["sessions", "list", "--json"]).ends(0).json();
        let mut ids: Vec<String> = list.as_array().unwrap().iter().map(|s| s["id"].as_str().unwrap().into()).collect();
        ids.sort();
        ids
    };
    assert_eq!(ids(&program), ["a-1", "a-2", "b-1"]);
    let open = open(&program, head("c-1", &precious), turn(1, "busy", "ok"));
    program.run(&["sessions", "rm", "--yes", "c-1"]).ends(42).says(&["open in another terminal"]);
    open.close();
    assert_eq!(program.run(&["sessions", "rm", "--yes", "a-1", "b-1", "a-1"]).ends(0).out, "deleted 2 conversations\n");
    assert_eq!(ids(&program), ["a-2", "c-1"]);
    assert_eq!(fs::read_to_string(precious.join("file")).unwrap(), "stays");
}

#[test]
fn pruning_drops_copies_and_says_which() {
    let program = Program::new().file("config/config.toml", "[sessions]\nkeep_days = 30\nmax_bytes = 1000\n");
    for (id, days) in [("old", 40), ("mid", 20), ("new", 0)] {
        write(&program, id, "words that stay", "yes");
        for (folder, bytes) in [("blobs", 600), ("trash", 100), ("output", 50)] {
            fs::create_dir(dir(&program, id).join(folder)).unwrap();
            fs::write(dir(&program, id).join(folder).join("x"), vec![b'x'; bytes]).unwrap();
        }
        let now = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap().as_secs();
        aged(&program, id, now - days * 24 * 3600 - 60);
    }
    fs::write(dir(&program, "old").join("draft"), "half a thought").unwrap();
    let run = program.run(&["sessions", "prune"]);
    let out = &run.ends(0).out;
    assert_eq!(
        out.lines().collect::<Vec<_>>(),
        [
            "old  dropped undo copies, 600 bytes",
            "old  dropped deleted files, 100 bytes",
            "old  dropped long command output, 50 bytes",
            "mid  dropped undo copies, 600 bytes",
            "900 bytes of copies are kept",
        ]
    );
    for (id, kept) in [("old", &[][..]), ("mid", &["trash", "output"]), ("new", &["blobs", "trash", "output"])] {
        let there = |name: &&str| dir(&program, id).join(name).is_dir();
        let found: Vec<&str> = ["blobs", "trash", "output"].into_iter().filter(there).collect();
        assert_eq!(found, kept, "{id}");
        assert!(fs::read_to_string(log(&program, id)).unwrap().contains("words that stay"));
    }
    assert_eq!(fs::read_to_string(dir(&program, "old").join("draft")).unwrap(), "half a thought");
    assert!(program.run(&["sessions", "prune"]).ends(0).out.starts_with("nothing to drop; 900 bytes"));
    let json = program.run(&["sessions", "prune", "--json", "--max-bytes", "0"]).ends(0).json();
    assert_eq!((json["dropped"].as_array().unwrap().len(), &json["kept_bytes"]), (5, &0.into()));
}
