//! Rows REP-11 and REP-12: names and trees that are made to break a search; MOD-06 and MOD-08 for its arguments.

use std::{
    ffi::{OsStr, OsString},
    fs,
    os::{
        fd::OwnedFd,
        unix::{ffi::OsStrExt, fs::symlink},
    },
    path::Path,
    process::Command,
};

use rustix::fs::{Mode, OFlags};
use serde_json::json;

use super::Desk;

#[tokio::test]
async fn rep_11_every_name_is_one_line_and_can_be_given_back() {
    let desk = Desk::new();
    let long = "n".repeat(255);
    let names: [&[u8]; 9] = [
        b"new\nline",
        b"esc\x1b]0;t\x07",
        "bidi\u{202e}txt".as_bytes(),
        b"latin\xe9",
        b"-rf",
        b"--pre=evil",
        b"back\\slash",
        b" blank ",
        long.as_bytes(),
    ];
    for name in names {
        desk.put(OsStr::from_bytes(name), "needle\n");
    }
    let listed = desk.call("glob", json!({"pattern": "*"})).await;
    let shown: Vec<&str> = listed.lines().collect();
    assert_eq!(shown.len(), names.len(), "{listed}");
    for name in &shown {
        assert!(!name.chars().any(|c| c.is_control() || c == '\u{202e}') && !name.starts_with('-'), "{name:?}");
        let found = desk.call("grep", json!({"pattern": "needle", "path": name})).await;
        assert_eq!(found, format!("{name}:1:needle"));
    }
    let found = desk.call("grep", json!({"pattern": "needle"})).await;
    assert_eq!(found.lines().count(), names.len(), "{found}");
}

/// Folders in each other: twice as deep as a path can be long.
const LEVELS: usize = 4_096;
/// Files beside each other; a million behave the same and take minutes to make.
const FILES: usize = 5_000;

/// Removes what is too deep for a recursion.
struct Deep<'a>(&'a Path);

impl Drop for Deep<'_> {
    fn drop(&mut self) {
        assert!(Command::new("rm").arg("-rf").arg(self.0).status().unwrap().success());
    }
}

fn dig(from: &Path, levels: usize) {
    let flags = OFlags::RDONLY | OFlags::DIRECTORY;
    let mut at: OwnedFd = rustix::fs::open(from, flags, Mode::empty()).unwrap();
    for _ in 0..levels {
        rustix::fs::mkdirat(&at, "d", Mode::RWXU).unwrap();
        at = rustix::fs::openat(&at, "d", flags, Mode::empty()).unwrap();
    }
    let flags = OFlags::WRONLY | OFlags::CREATE;
    let file = rustix::fs::openat(&at, "bottom.txt", flags, Mode::RUSR).unwrap();
    rustix::io::write(&file, b"needle\n").unwrap();
}

#[tokio::test]
async fn rep_12_deep_wide_and_looped_trees_are_searched_within_bounds() {
    let desk = Desk::new();
    desk.put("top.txt", "needle\n");
    let root = desk.root();
    let (pit, loops) = (root.join("pit"), root.join("loops"));
    fs::create_dir(&pit).unwrap();
    let _deep = Deep(&pit);
    dig(&pit, LEVELS);
    fs::create_dir(&loops).unwrap();
    symlink("..", loops.join("up")).unwrap();
    symlink("self", loops.join("self")).unwrap();
    symlink(&root, loops.join("root")).unwrap();
    for n in 0..FILES {
        let folder = root.join(format!("wide/{}", n % 10));
        if n < 10 {
            fs::create_dir_all(&folder).unwrap();
        }
        fs::File::create(folder.join(n.to_string())).unwrap();
    }
    let text = desk.call("grep", json!({"pattern": "needle"})).await;
    assert_eq!(text, "top.txt:1:needle\n[folders deeper than 128 levels were left out]");
    let text = desk.call("glob", json!({"pattern": "234?"})).await;
    assert_eq!(text.lines().count(), 11, "{text}");
    let why = desk.refusal("grep", json!({"pattern": "needle", "path": "loops/self"})).await;
    assert!(why.contains("too many links"), "{why}");
    let text = desk.call("grep", json!({"pattern": "needle", "path": "loops/up/top.txt"})).await;
    assert_eq!(text, "top.txt:1:needle");
}

#[tokio::test]
async fn what_is_no_file_is_not_opened() {
    let desk = Desk::new();
    desk.put("a.txt", "needle\n");
    let pipe = desk.root().join("pipe");
    rustix::fs::mknodat(rustix::fs::CWD, &pipe, rustix::fs::FileType::Fifo, Mode::RUSR | Mode::WUSR, 0).unwrap();
    symlink("/dev/zero", desk.root().join("zero")).unwrap();
    let _socket = std::os::unix::net::UnixListener::bind(desk.root().join("socket")).unwrap();
    assert_eq!(desk.call("grep", json!({"pattern": "needle|^"})).await, "a.txt:1:needle");
    let text = desk.call("grep", json!({"pattern": "needle", "path": "pipe"})).await;
    assert_eq!(text, "no match");
}

#[tokio::test]
async fn rep_12_ignore_files_that_are_traps_stop_no_search() {
    let desk = Desk::new();
    desk.put("a.txt", "needle\n");
    desk.put("sub/b.txt", "needle\n");
    desk.put("wide/c.txt", "needle\n");
    let pipe = |name: &str| {
        let path = desk.root().join(name);
        rustix::fs::mknodat(rustix::fs::CWD, &path, rustix::fs::FileType::Fifo, Mode::RUSR | Mode::WUSR, 0).unwrap();
    };
    pipe("sub/.gitignore");
    symlink("/dev/zero", desk.root().join("wide/.ignore")).unwrap();
    let note = "[2 files or folders could not be read]";
    assert_eq!(desk.call("grep", json!({"pattern": "needle"})).await, format!("a.txt:1:needle\n{note}"));
    assert_eq!(desk.call("glob", json!({"pattern": "*.txt"})).await, format!("a.txt\n{note}"));
    // Above the start or in it, they count for nothing and the search goes on without them.
    let text = desk.call("grep", json!({"pattern": "needle", "path": "sub"})).await;
    assert_eq!(text, "sub/b.txt:1:needle\n[1 file or folder could not be read]");
    pipe(".ignore");
    fs::create_dir_all(desk.root().join(".git/info")).unwrap();
    pipe(".git/info/exclude");
    let text = desk.call("grep", json!({"pattern": "needle"})).await;
    assert!(["a.txt", "sub/b.txt", "wide/c.txt"].iter().all(|name| text.contains(name)), "{text}");
}

#[tokio::test]
async fn a_line_without_end_is_left_out_and_said() {
    let desk = Desk::new();
    desk.put("a.txt", "needle\n");
    desk.put("huge.txt", "x".repeat(20 << 20));
    let text = desk.call("grep", json!({"pattern": "needle"})).await;
    assert_eq!(text, "a.txt:1:needle\n[1 file or folder could not be read]");
}

#[tokio::test]
async fn mod_08_paths_that_are_none() {
    let desk = Desk::new();
    let long = "x/".repeat(2500);
    for path in ["~/x", "a\0b", "no\nsuch", "../code/../nowhere", long.as_str(), "\u{fffd}"] {
        for tool in ["grep", "glob"] {
            let why = desk.refusal(tool, json!({"pattern": "x", "path": path})).await;
            assert!(why.len() < 1000 && !why.chars().any(char::is_control), "{why:?}");
        }
    }
    for args in [json!([]), json!({"pattern": ["x"]}), json!({"pattern": "x", "case": true}), json!({})] {
        assert!(desk.refusal("grep", args).await.contains("call again"));
    }
    let deep = OsString::from("[".repeat(5000) + &"]".repeat(5000));
    let call = glm_tui::chat::ToolCall {
        id: glm_tui::chat::CallId("1".into()),
        name: "grep".into(),
        arguments: format!("{{\"pattern\": {}}}", deep.to_str().unwrap()),
    };
    assert!(desk.toolbox().plan(&call).unwrap_err().0.contains("no valid JSON"));
}
