//! Rows MOD-08, MOD-09, REP-05, REP-06, REP-07, REP-11, REP-14, STO-03, STO-09, STO-10: what the file tools reach and change.

use std::{
    ffi::OsStr,
    fs,
    os::unix::{ffi::OsStrExt, fs::MetadataExt, fs::PermissionsExt, fs::symlink, net::UnixListener},
    path::Path,
    sync::atomic::{AtomicBool, Ordering},
};

use glm_tui::{
    chat::{AskBody, ChangeKind, Detail, FileChange, HunkReply, PermissionMode, Reply, RunEnd},
    guard::{
        Files,
        files::{FaultKind, MAX_BYTES, Note},
    },
    tools::{Check, Permit},
};
use serde_json::{Value, json};

use crate::support::bench::Desk;

/// Every call of a file tool with this path.
fn calls(path: &str) -> [(&'static str, Value); 5] {
    [
        ("read", json!({ "path": path })),
        ("edit", json!({ "path": path, "edits": [{ "old": "secret", "new": "x" }] })),
        ("write", json!({ "path": path, "content": "x" })),
        ("list", json!({ "path": path })),
        ("delete", json!({ "path": path })),
    ]
}

/// The call is refused, or a person is asked about a path that does not lie in the workspace.
fn is_refused_or_asked(desk: &Desk, tool: &str, args: &Value) -> String {
    let planned = match desk.plan(tool, args) {
        Ok(planned) => planned,
        Err(refusal) => return refusal.0,
    };
    match desk.check(&planned) {
        Check::Go => panic!("{tool} {args} runs unasked"),
        Check::Refuse(outcome) => outcome.to_model,
        Check::Ask(ask) => match ask.body {
            AskBody::Plain(text) => text.into_string(),
            AskBody::Change(change) => change.path.into_string(),
            other => panic!("{other:?}"),
        },
    }
}

fn outside(desk: &Desk) -> String {
    fs::create_dir_all(desk.dir.path().join("out")).unwrap();
    let secret = desk.dir.path().join("out/secret.txt");
    fs::write(&secret, "secret\n").unwrap();
    secret.to_str().unwrap().to_owned()
}

#[test]
fn mod_08_no_path_leads_out_unasked() {
    let desk = Desk::new();
    let secret = outside(&desk);
    desk.put("in.txt", "secret\n");
    let long = "x".repeat(5_000);
    let (many, nul) = ("../".repeat(60) + "etc/passwd", "in.txt\0.png");
    let dots = format!("in.txt/../../out/{}", "secret.txt");
    let paths =
        ["../out/secret.txt", "./../out/secret.txt", &secret, "~", "~/x", "~root", &long, &many, nul, &dots, ""];
    for path in paths {
        for (tool, args) in calls(path) {
            if path.is_empty() && tool == "list" {
                continue;
            }
            let told = is_refused_or_asked(&desk, tool, &args);
            assert!(told.len() < 1_000 && !told.is_empty(), "{tool}: {told}");
        }
    }
    // A newline is a letter of a name like any other, and is drawn.
    let planned = desk.plan("write", &json!({ "path": "a\nb", "content": "x" })).unwrap();
    assert_eq!(planned.target.as_str(), "a\\nb");
    assert_eq!(fs::read(&secret).unwrap(), b"secret\n");
    assert_eq!(fs::read_dir(desk.dir.path().join("out")).unwrap().count(), 1);
}

#[test]
fn mod_09_bad_edits_are_refused_with_counts() {
    let desk = Desk::new();
    desk.put("f", "a\nb\na\n");
    desk.done("read", &json!({ "path": "f" }));
    let cases = [
        (json!([{ "old": "", "new": "x" }]), "empty `old`"),
        (json!([{ "old": "a", "new": "x" }]), "occurs 2 times"),
        (json!([{ "old": "zzz", "new": "x" }]), "0 matches"),
        (
            json!([{ "old": "a\nb", "new": "x" }, { "old": "b\na", "new": "y" }]),
            "edits 1 and 2 of 2 change the same text",
        ),
        (json!([]), "`edits` is empty"),
        (json!("no list"), "expected a list"),
        (json!([{ "old": "b" }]), "`new` is missing"),
    ];
    for (edits, words) in cases {
        let told = desk.refused("edit", &json!({ "path": "f", "edits": edits }));
        assert!(told.contains(words), "{words}: {told}");
    }
    assert_eq!(desk.bytes("f"), b"a\nb\na\n");
}

#[test]
fn rep_05_what_is_no_plain_file_is_refused_at_once() {
    let desk = Desk::new();
    let pipe = desk.path("AGENTS.md");
    rustix::fs::mknodat(rustix::fs::CWD, &pipe, rustix::fs::FileType::Fifo, rustix::fs::Mode::RWXU, 0).unwrap();
    let _socket = UnixListener::bind(desk.path("socket")).unwrap();
    let huge = fs::File::create(desk.path("huge")).unwrap();
    huge.set_len(50 << 30).unwrap();
    desk.put("binary", b"\x7fELF\0\0\0\x01");
    fs::create_dir(desk.path("folder")).unwrap();
    let cases = [
        ("AGENTS.md", "a pipe"),
        ("socket", "a socket"),
        ("huge", "larger than 64 MiB"),
        ("binary", "a program (8 bytes)"),
        ("folder", "use list"),
        ("/dev/zero", "a device"),
        ("missing", "no such file"),
    ];
    for (path, words) in cases {
        let told = desk.refused("read", &json!({ "path": path }));
        assert!(told.contains(words), "{path}: {told}");
        let told = desk.refused("edit", &json!({ "path": path, "edits": [{ "old": "a", "new": "b" }] }));
        assert!(!told.is_empty(), "{path}");
    }
}

#[test]
fn rep_06_a_link_to_the_outside_is_asked_for_by_its_real_target() {
    let desk = Desk::new();
    let secret = outside(&desk);
    symlink(&secret, desk.path("key")).unwrap();
    symlink("../out", desk.path("out")).unwrap();
    symlink("../out/not-yet", desk.path("dangling")).unwrap();
    let real = fs::canonicalize(&secret).unwrap().to_str().unwrap().to_owned();
    for path in ["key", "out/secret.txt"] {
        let told = is_refused_or_asked(&desk, "read", &json!({ "path": path }));
        assert_eq!(told, real);
        // Not read before, so nothing is asked.
        assert!(
            is_refused_or_asked(&desk, "write", &json!({ "path": path, "content": "x" })).contains("read it first")
        );
    }
    let told = is_refused_or_asked(&desk, "write", &json!({ "path": "dangling", "content": "x" }));
    assert!(told.ends_with("out/not-yet") && told.starts_with('/'), "{told}");
    // With a person's yes the target itself is changed, and the link stays.
    desk.done("read", &json!({ "path": "key" }));
    let (ask, outcome) = desk.answered("edit", &json!({ "path": "key", "old": "secret", "new": "open" }), Reply::Once);
    assert!(ask.is_some() && outcome.end == RunEnd::Ok, "{}", outcome.to_model);
    assert_eq!(fs::read(&secret).unwrap(), b"open\n");
    assert_eq!(fs::read_link(desk.path("key")).unwrap(), Path::new(&secret));
    // A link is deleted itself.
    desk.done("delete", &json!({ "path": "out" }));
    assert!(desk.path("out").symlink_metadata().is_err() && Path::new(&secret).exists());
}

/// Swaps `src` for a link to the outside and back, over and over, while files are written below it.
#[test]
fn rep_07_a_folder_swapped_for_a_link_leads_no_write_outside() {
    const ROUNDS: usize = 10_000;
    let dir = tempfile::tempdir().unwrap();
    let (w, out) = (dir.path().join("w"), dir.path().join("out"));
    fs::create_dir_all(w.join("src")).unwrap();
    fs::create_dir(&out).unwrap();
    fs::write(w.join("src/a"), "a").unwrap();
    fs::write(out.join("a"), "a").unwrap();
    symlink(&out, w.join("link")).unwrap();
    let files = Files::open(&w, &[]).unwrap();
    let place = files.locate("src/a").unwrap();
    let (_, stamp) = files.read(&place, MAX_BYTES).unwrap();
    let done = AtomicBool::new(false);
    let (mut n_swaps, mut n_wrote, mut n_refused) = (0_u64, 0, 0);
    std::thread::scope(|scope| {
        let racer = scope.spawn(|| {
            use rustix::fs::{CWD, RenameFlags, renameat_with};
            let mut n: u64 = 0;
            while !done.load(Ordering::Relaxed) {
                renameat_with(CWD, w.join("src"), CWD, w.join("link"), RenameFlags::EXCHANGE).unwrap();
                // Each state lasts for another number of turns, so that every step of a write meets a swap.
                for _ in 0..(n * 37) % 5_000 {
                    std::hint::spin_loop();
                }
                n += 1;
            }
            n
        });
        for round in 0..ROUNDS {
            let fresh = files.place(&place.real.with_file_name(format!("new{}", round % 50)));
            let gone = files.place(&place.real.with_file_name(format!("new{}", (round + 25) % 50)));
            let results = [
                files.replace(&place, b"a", &stamp).map(|_| ()),
                files.create(&fresh, b"evil").map(|_| ()),
                files.discard(&gone, &dir.path().join("trash")).map(|_| ()),
            ];
            for result in results {
                match result {
                    Ok(()) => n_wrote += 1,
                    Err(_) => n_refused += 1,
                }
            }
        }
        done.store(true, Ordering::Relaxed);
        n_swaps = racer.join().unwrap();
    });
    let outside: Vec<_> = fs::read_dir(&out).unwrap().map(|entry| entry.unwrap().file_name()).collect();
    assert_eq!(outside, ["a"], "written outside");
    assert_eq!(fs::metadata(out.join("a")).unwrap().len(), 1);
    assert!(n_swaps > 100 && n_wrote > 0 && n_refused > 0, "{n_swaps} swaps, {n_wrote} wrote, {n_refused} refused");
    for folder in ["src", "link"] {
        let names = fs::read_dir(w.join(folder)).unwrap().map(|entry| entry.unwrap().file_name());
        assert!(names.into_iter().all(|name| !name.to_string_lossy().contains(".tmp")), "litter in {folder}");
    }
}

#[test]
fn rep_11_odd_names_are_listed_escaped_and_can_be_edited() {
    let desk = Desk::new();
    let long = "n".repeat(255);
    let names: [&[u8]; 8] = [
        b"new\nline",
        b"esc\x1b[2Jape",
        "bidi\u{202e}txt".as_bytes(),
        b"broken\xff\xfe",
        b"-rf",
        b"back\\slash",
        long.as_bytes(),
        b"--help",
    ];
    for name in names {
        fs::write(desk.path("").join(OsStr::from_bytes(name)), "text\n").unwrap();
    }
    let listed = desk.done("list", &json!({}));
    assert!(!listed.chars().any(|c| (c.is_control() && c != '\n') || c == '\u{202e}'), "{listed:?}");
    assert_eq!(listed.lines().count(), names.len(), "{listed}");
    for row in listed.lines() {
        let name = row.strip_suffix("  5 B").expect(row);
        desk.done("read", &json!({ "path": name }));
        desk.done("edit", &json!({ "path": name, "old": "text", "new": "other" }));
    }
    for name in names {
        assert_eq!(fs::read(desk.path("").join(OsStr::from_bytes(name))).unwrap(), b"other\n", "{name:?}");
    }
    assert_eq!(fs::read_dir(desk.path("")).unwrap().count(), names.len());
}

#[test]
fn rep_14_what_steers_git_or_this_program_is_refused_in_every_mode() {
    let desk = Desk::new();
    desk.put(".git/hooks/pre-commit", "secret\n");
    desk.put(".glm-tui/settings.toml", "secret\n");
    fs::create_dir(desk.dir.path().join("own")).unwrap();
    fs::write(desk.dir.path().join("own/config.toml"), "secret\n").unwrap();
    symlink(".git/hooks", desk.path("innocent")).unwrap();
    let paths = [".git/hooks/pre-commit", "innocent/pre-commit", ".glm-tui/settings.toml", "../own/config.toml"];
    for path in paths {
        desk.done("read", &json!({ "path": path }));
        for (tool, args) in calls(path).into_iter().filter(|(tool, _)| !matches!(*tool, "read" | "list")) {
            for mode in PermissionMode::ALL {
                let planned = desk.plan(tool, &args).unwrap();
                let check = desk.check_in(mode, &planned);
                assert!(matches!(check, Check::Refuse(_)), "{tool} {path} in {mode:?}: {check:?}");
            }
        }
    }
    for path in [".git/hooks/new", "innocent/new"] {
        let planned = desk.plan("write", &json!({ "path": path, "content": "x" })).unwrap();
        assert!(matches!(desk.check_in(PermissionMode::Yolo, &planned), Check::Refuse(_)), "{path}");
    }
    // Another name of a protected file is not changed unasked.
    fs::hard_link(desk.path(".git/hooks/pre-commit"), desk.path("notes")).unwrap();
    desk.done("read", &json!({ "path": "notes" }));
    let planned = desk.plan("edit", &json!({ "path": "notes", "old": "secret", "new": "x" })).unwrap();
    let Check::Ask(ask) = desk.check_in(PermissionMode::Yolo, &planned) else { panic!("changed unasked") };
    assert!(ask.title.as_str().contains("several names"), "{}", ask.title);
    assert_eq!(desk.bytes(".git/hooks/pre-commit"), b"secret\n");
}

#[test]
fn sto_09_what_changed_meanwhile_is_not_overwritten() {
    let desk = Desk::new();
    let edit = json!({ "path": "f", "old": "a", "new": "b" });
    desk.put("f", "a\n");
    assert!(desk.refused("edit", &edit).contains("read it first"));
    desk.done("read", &json!({ "path": "f" }));
    // Between reading and asking.
    desk.put("f", "a\nmine\n");
    let told = desk.refused("edit", &edit);
    assert!(told.contains("changed since you read it; read it again"), "{told}");
    // Between asking and the answer.
    desk.done("read", &json!({ "path": "f" }));
    let planned = desk.plan("edit", &edit).unwrap();
    assert!(matches!(desk.check(&planned), Check::Ask(_)));
    desk.put("f", "a\nmine more\n");
    let outcome = desk.run(planned, Permit::Given(Reply::Once));
    assert_eq!(outcome.end, RunEnd::Failed);
    assert_eq!(desk.bytes("f"), b"a\nmine more\n");
    // The model read that too, but the person was shown something else.
    desk.done("read", &json!({ "path": "f" }));
    let planned = desk.plan("edit", &edit).unwrap();
    assert!(matches!(desk.check(&planned), Check::Ask(_)));
    desk.put("f", "a\nend\n");
    desk.done("read", &json!({ "path": "f" }));
    let outcome = desk.run(planned, Permit::Given(Reply::Once));
    assert!(outcome.to_model.contains("since the user was shown"), "{}", outcome.to_model);
    // The same bytes written again are no change, and our own edits follow each other unread.
    desk.put("f", "a\nend\n");
    desk.done("edit", &edit);
    desk.done("edit", &json!({ "path": "f", "old": "b", "new": "c" }));
    assert_eq!(desk.bytes("f"), b"c\nend\n");
    assert_eq!(fs::read_dir(desk.path("")).unwrap().count(), 1, "nothing is left beside it");
}

#[test]
fn sto_10_an_edit_keeps_all_that_it_does_not_name() {
    let desk = Desk::new();
    let before = b"\xef\xbb\xbfone\r\ntwo\nlone\rcr\xff\r\nlast";
    desk.put("f", before);
    let path = desk.path("f");
    fs::set_permissions(&path, fs::Permissions::from_mode(0o2751)).unwrap();
    let flags = rustix::fs::XattrFlags::empty();
    let attributes = rustix::fs::setxattr(&path, "user.note", b"kept", flags).is_ok();
    if !attributes {
        println!("skipped: this file system has no extended attributes");
    }
    desk.done("read", &json!({ "path": "f" }));
    desk.done("edit", &json!({ "path": "f", "edits": [{ "old": "two", "new": "2\n2b" }] }));
    assert_eq!(desk.bytes("f"), b"\xef\xbb\xbfone\r\n2\n2b\nlone\rcr\xff\r\nlast");
    assert_eq!(fs::metadata(&path).unwrap().mode() & 0o7777, 0o2751);
    if attributes {
        let mut value = [0; 16];
        let n = rustix::fs::getxattr(&path, "user.note", &mut value).unwrap();
        assert_eq!(&value[..n], b"kept");
    }
    // Several names: all show the change, and the model hears of it.
    fs::hard_link(&path, desk.path("g")).unwrap();
    desk.done("read", &json!({ "path": "g" }));
    let told = desk.done("edit", &json!({ "path": "g", "edits": [{ "old": "one\n", "new": "1\n" }] }));
    assert!(told.contains("2 names"), "{told}");
    assert_eq!(desk.bytes("f"), b"\xef\xbb\xbf1\r\n2\n2b\nlone\rcr\xff\r\nlast");
}

/// In a process of its own, with a disk of 64 KiB that nobody else sees.
#[test]
fn sto_03_a_full_disk_leaves_the_old_file_and_no_litter() {
    const DISK: &str = "GLM_TUI_TEST_FULL_DISK";
    let Some(disk) = std::env::var_os(DISK) else {
        let dir = tempfile::tempdir().unwrap();
        let mount = "mount -t tmpfs -o size=64k none \"$1\" && echo mounted && exec \"$2\" --exact \"$3\"";
        let this = "faults::files::sto_03_a_full_disk_leaves_the_old_file_and_no_litter";
        let mut command = std::process::Command::new("unshare");
        command.args(["--user", "--map-root-user", "--mount", "sh", "-c", mount, "sh"]).arg(dir.path());
        command.arg(std::env::current_exe().unwrap()).arg(this).env(DISK, dir.path());
        match command.output() {
            Ok(output) if output.stdout.starts_with(b"mounted") => {
                let said = String::from_utf8_lossy(&output.stdout);
                assert!(output.status.success() && said.contains("1 passed"), "{said}");
            }
            _ => println!("skipped: no disk can be mounted here"),
        }
        return;
    };
    let w = Path::new(&disk).join("w");
    fs::create_dir(&w).unwrap();
    let files = Files::open(&w, &[]).unwrap();
    let old = vec![b'a'; 30 << 10];
    let check = |name: &str| {
        let place = files.locate(name).unwrap();
        let (_, stamp) = files.read(&place, MAX_BYTES).unwrap();
        let fault = files.replace(&place, &vec![b'b'; 50 << 10], &stamp).unwrap_err();
        assert_eq!(fault.kind, FaultKind::NoRoom, "{fault}");
        assert_eq!(fs::read(&place.real).unwrap(), old);
    };
    fs::write(w.join("f"), &old).unwrap();
    check("f");
    let fault = files.create(&files.locate("new/er/g").unwrap(), &vec![b'c'; 60 << 10]).unwrap_err();
    assert_eq!(fault.kind, FaultKind::NoRoom, "{fault}");
    assert_eq!(fs::read_dir(&w).unwrap().count(), 1, "litter");
    // One that must be written in place, with less room than it needs.
    fs::hard_link(w.join("f"), w.join("g")).unwrap();
    fs::write(w.join("more"), vec![b'd'; 20 << 10]).unwrap();
    check("g");
    assert_eq!(fs::read_dir(&w).unwrap().count(), 3, "litter");
}

/// As a user who may write the file but not its folder.
#[test]
fn sto_10_a_file_in_a_closed_folder_is_written_in_place() {
    let dir = tempfile::tempdir().unwrap();
    let closed = dir.path().join("w");
    fs::create_dir(&closed).unwrap();
    fs::write(closed.join("f"), "old old").unwrap();
    for (path, mode) in [(dir.path(), 0o755), (&closed, 0o555), (&closed.join("f"), 0o666)] {
        fs::set_permissions(path, fs::Permissions::from_mode(mode)).unwrap();
    }
    let inode = fs::metadata(closed.join("f")).unwrap().ino();
    let files = Files::open(&closed, &[]).unwrap();
    let done = std::thread::spawn(move || {
        if rustix::process::geteuid().is_root() {
            let nobody = rustix::fs::Uid::from_raw(65534);
            if rustix::thread::set_thread_res_uid(nobody, nobody, nobody).is_err() {
                return None;
            }
        }
        let place = files.locate("f").unwrap();
        let (_, stamp) = files.read(&place, MAX_BYTES).unwrap();
        Some((files.replace(&place, b"new", &stamp), files.create(&files.locate("g").unwrap(), b"x")))
    });
    let Some((replaced, created)) = done.join().unwrap() else {
        println!("skipped: another user cannot be taken on here");
        return;
    };
    assert_eq!(replaced.unwrap().note, Some(Note::InPlace));
    assert_eq!(created.unwrap_err().kind, FaultKind::Denied);
    assert_eq!(fs::read(closed.join("f")).unwrap(), b"new");
    assert_eq!(fs::metadata(closed.join("f")).unwrap().ino(), inode);
    assert_eq!(fs::read_dir(&closed).unwrap().count(), 1);
}

fn change(ask: &AskBody) -> &FileChange {
    match ask {
        AskBody::Change(change) => change,
        other => panic!("{other:?}"),
    }
}

#[test]
fn a_person_takes_some_places_and_the_model_hears_which() {
    let desk = Desk::new();
    let old = (1..=30).map(|n| n.to_string()).collect::<Vec<_>>().join("\n") + "\n";
    desk.put("f", &old);
    desk.done("read", &json!({ "path": "f" }));
    let new = old.replace("\n3\n", "\nthree\n").replace("\n15\n", "\nfifteen\n").replace("\n28\n", "\n");
    let replies = vec![HunkReply::Reject, HunkReply::Edit("15 and a half\n".into()), HunkReply::Accept];
    let reply = Reply::Hunks { decisions: replies, why: Some("keep three".into()) };
    let (ask, outcome) = desk.answered("write", &json!({ "path": "f", "content": new }), reply);
    let ask = ask.unwrap();
    assert_eq!(change(&ask.body).hunks.len(), 3);
    assert_eq!((change(&ask.body).added, change(&ask.body).removed), (2, 3));
    assert_eq!(outcome.end, RunEnd::Ok, "{}", outcome.to_model);
    let want = old.replace("\n15\n", "\n15 and a half\n").replace("\n28\n", "\n");
    assert_eq!(desk.bytes("f"), want.as_bytes());
    for words in ["place 1 of 3 (old lines 3): rejected", "place 2 of 3", "15 and a half", "The user says: keep three"]
    {
        assert!(outcome.to_model.contains(words), "{words}: {}", outcome.to_model);
    }
    let Detail::Change(made) = &outcome.detail else { panic!("{:?}", outcome.detail) };
    assert_eq!((made.hunks.len(), made.added, made.removed, made.kind), (2, 1, 2, ChangeKind::Modified));
    // All of them rejected: nothing is done, and that is no failure of the tool.
    let reply = Reply::Hunks { decisions: vec![HunkReply::Reject], why: None };
    let (_, outcome) = desk.answered("edit", &json!({ "path": "f", "old": "\n3\n", "new": "\nx\n" }), reply.clone());
    assert_eq!(outcome.end, RunEnd::Denied);
    let (_, outcome) = desk.answered("write", &json!({ "path": "new", "content": "x" }), reply);
    assert_eq!(outcome.end, RunEnd::Denied);
    assert!(!desk.path("new").exists());
    assert_eq!(desk.bytes("f"), want.as_bytes());
}

#[test]
fn what_is_deleted_can_be_brought_back() {
    let desk = Desk::new();
    desk.put("f", "text\n");
    desk.put("d/e/g", "deep\n");
    let (ask, outcome) = desk.answered("delete", &json!({ "path": "f" }), Reply::Once);
    assert_eq!(change(&ask.unwrap().body).kind, ChangeKind::Deleted);
    assert_eq!(outcome.summary.as_str(), "+0 −1");
    desk.done("delete", &json!({ "path": "d" }));
    desk.put("f", "again\n");
    desk.done("delete", &json!({ "path": "f" }));
    let trash = desk.dir.path().join("session/trash");
    let kept = |name: &str| fs::read_to_string(trash.join(name)).unwrap();
    assert_eq!((kept("1-f"), kept("2-d/e/g"), kept("3-f")), ("text\n".into(), "deep\n".into(), "again\n".into()));
    assert_eq!(fs::metadata(&trash).unwrap().mode() & 0o777, 0o700);
    for path in [".", "..", "/", "gone"] {
        desk.refused("delete", &json!({ "path": path }));
    }
    assert!(desk.path("").is_dir());
    desk.put("f", "once more\n");
    let reply = Reply::Hunks { decisions: vec![HunkReply::Reject], why: Some("no".into()) };
    let (_, outcome) = desk.answered("delete", &json!({ "path": "f" }), reply);
    assert!(outcome.end == RunEnd::Denied && desk.path("f").exists());
}

#[test]
fn a_picture_goes_to_the_model_and_a_pdf_does_not() {
    let desk = Desk::new();
    desk.put("p.png", b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR");
    desk.put("p.pdf", b"%PDF-1.7\n\0");
    let outcome = desk.call("read", &json!({ "path": "p.png" }));
    assert_eq!((outcome.images.len(), outcome.images[0].mime.as_str()), (1, "image/png"));
    assert!(desk.refused("read", &json!({ "path": "p.pdf" })).contains("pdftotext"));
    let mut big = b"\xff\xd8\xff\xe0".to_vec();
    big.resize((5 << 20) + 1, 1);
    desk.put("big.jpg", big);
    assert!(desk.refused("read", &json!({ "path": "big.jpg" })).contains("at most 5242880"));
}
