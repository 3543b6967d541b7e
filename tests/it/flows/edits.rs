//! Many edits in one reply, and files whose line ends are odd: through the agent with real tools.

use std::{fs, path::Path};

use glm_tui::chat::{Command, PermissionMode, RunEnd, TurnEnd};
use serde_json::{Value, json};

use crate::support::{
    agent::{Talk, serve},
    script::{call, says, script},
};

fn read(path: &str) -> Value {
    call("read", &json!({"path": path}))
}

fn edit(path: &str, old: &str, new: &str) -> Value {
    call("edit", &json!({"path": path, "edits": [{"old": old, "new": new}]}))
}

/// What lies in a folder.
fn names(folder: &Path) -> Vec<String> {
    let entries = fs::read_dir(folder).unwrap().flatten();
    let mut names: Vec<String> = entries.map(|entry| entry.file_name().into_string().unwrap()).collect();
    names.sort();
    names
}

/// Asks for the script's work, unasked.
async fn work(talk: &mut Talk) {
    talk.send(Command::SetMode(PermissionMode::Yolo));
    assert_eq!(talk.ask("change them").await, TurnEnd::Done);
    assert!(talk.asks().is_empty());
}

#[tokio::test]
async fn seven_edits_of_two_files_in_one_reply_end_right_each_time() {
    let edits = [
        edit("a.txt", "a1", "a1 first"),
        edit("b.txt", "b1", "b1 first"),
        // Each needs what the one before it left in its file.
        edit("a.txt", "a1 first", "a1 second"),
        edit("a.txt", "a3\n", "a3\na4\n"),
        edit("b.txt", "b2\n", ""),
        edit("a.txt", "a1 second\na2", "a1 and a2"),
        edit("b.txt", "b1 first", "b1 last"),
    ];
    let replies = [says("", &[read("a.txt"), read("b.txt")]), says("", &edits), says("All told.", &[])];
    for run in 0..20 {
        let server = serve(&script(&replies));
        let mut talk = Talk::at(&server.base_url());
        fs::write(talk.workspace.join("a.txt"), "a1\na2\na3\n").unwrap();
        fs::write(talk.workspace.join("b.txt"), "b1\nb2\nb3\n").unwrap();
        let before = names(talk.workspace.parent().unwrap());
        work(&mut talk).await;
        assert_eq!(talk.runs(), [RunEnd::Ok; 9], "run {run}");
        let of = |name: &str| fs::read_to_string(talk.workspace.join(name)).unwrap();
        assert_eq!((of("a.txt"), of("b.txt")), ("a1 and a2\na3\na4\n".into(), "b1 last\nb3\n".into()), "run {run}");
        assert_eq!(names(&talk.workspace), ["a.txt", "b.txt"], "run {run}");
        assert_eq!(names(talk.workspace.parent().unwrap()), before, "run {run}");
    }
}

#[tokio::test]
async fn an_edit_leaves_every_other_byte_as_it_is() {
    // One lone CR among LFs; a mark, mixed ends and no last end; bytes that are no text.
    let files: [(&[u8], &str, &str, &[u8]); 4] = [
        (b"one\ntwo\rhalf\nthree\nfour\n", "three", "3", b"one\ntwo\rhalf\n3\nfour\n"),
        (b"one\ntwo\rhalf\nthree\nfour\n", "one\n", "1\n", b"1\ntwo\rhalf\nthree\nfour\n"),
        (b"\xef\xbb\xbfone\r\ntwo\nthree\r\nfour", "two", "2", b"\xef\xbb\xbfone\r\n2\nthree\r\nfour"),
        (b"one \xff\xfe\ntwo\nthree\n", "two", "2", b"one \xff\xfe\n2\nthree\n"),
    ];
    for (before, old, new, after) in files {
        let edits = [says("", &[read("n.txt")]), says("", &[edit("n.txt", old, new)]), says("All told.", &[])];
        let server = serve(&script(&edits));
        let mut talk = Talk::at(&server.base_url());
        fs::write(talk.workspace.join("n.txt"), before).unwrap();
        work(&mut talk).await;
        let found = fs::read(talk.workspace.join("n.txt")).unwrap();
        assert_eq!(found.escape_ascii().to_string(), after.escape_ascii().to_string(), "{old} to {new}");
        assert_eq!(names(&talk.workspace), ["n.txt"]);
    }
}
