//! Names and what they reach; files as they are after a write.

use std::{fs, os::unix::fs::symlink, path::Path};

use super::*;

fn tree() -> (tempfile::TempDir, Files) {
    let dir = tempfile::tempdir().unwrap();
    let w = dir.path().join("w");
    fs::create_dir_all(w.join("src/deep")).unwrap();
    fs::create_dir(dir.path().join("out")).unwrap();
    put(w.join("src/a.txt"), "a");
    put(dir.path().join("out/secret"), "s");
    symlink("src/a.txt", w.join("inner")).unwrap();
    symlink("../out", w.join("outer")).unwrap();
    symlink("../out/not-yet", w.join("dangling")).unwrap();
    symlink("loop", w.join("loop")).unwrap();
    let files = Files::open(&w, &[]).unwrap();
    (dir, files)
}

#[test]
fn a_name_is_what_it_really_reaches() {
    let (_dir, files) = tree();
    let cases = [
        ("src/a.txt", "src/a.txt", true, true),
        ("./src/../src/a.txt", "src/a.txt", true, true),
        ("inner", "src/a.txt", true, true),
        ("new/er/file", "new/er/file", true, false),
        (".", ".", true, true),
        ("a\nb", "a\\nb", true, false),
    ];
    for (named, shown, inside, exists) in cases {
        let place = files.locate(named).unwrap();
        assert_eq!((place.shown.as_str(), place.inside, place.exists), (shown, inside, exists), "{named}");
    }
    for named in
        ["../out/secret", "outer/secret", "outer/../out/secret", "dangling", "/etc/passwd", "src/../../out/secret"]
    {
        assert!(!files.locate(named).unwrap().inside, "{named}");
    }
    assert!(files.locate("inner").unwrap().linked);
    assert!(files.locate_itself("inner").unwrap().real.ends_with("inner"));
}

#[test]
fn what_is_no_path_is_refused_with_advice() {
    let (_dir, files) = tree();
    let long = "x/".repeat(2500);
    for named in ["", "a\0b", "~", "~/x", "~root/x", "loop", "nothing/../../x", "src/a.txt/x", &long] {
        let fault = files.locate(named).unwrap_err();
        assert!(fault.words.len() < 400 && !fault.words.is_empty(), "{named:?}: {fault}");
    }
}

#[test]
fn a_link_planted_after_the_verdict_is_refused() {
    let (dir, files) = tree();
    let place = files.locate("src/a.txt").unwrap();
    let (_, stamp) = files.read(&place, MAX_BYTES).unwrap();
    let fresh = files.locate("src/deep/new").unwrap();
    put(dir.path().join("out/a.txt"), "a");
    fs::rename(dir.path().join("w/src"), dir.path().join("w/gone")).unwrap();
    symlink("../out", dir.path().join("w/src")).unwrap();
    assert!(files.read(&place, MAX_BYTES).is_err());
    assert!(files.replace(&place, b"b", &stamp).is_err());
    assert!(files.create(&fresh, b"b").is_err());
    assert!(files.discard(&place, &dir.path().join("trash")).is_err());
    assert_eq!(fs::read(dir.path().join("out/a.txt")).unwrap(), b"a");
    assert!(!dir.path().join("out/deep").exists());
}

#[test]
fn walking_is_as_strict_as_the_kernel() {
    let (_dir, files) = tree();
    let root = &files.roots[0];
    let open = |path: &str| root.walk_to(Path::new(path), rustix::fs::OFlags::RDONLY, rustix::fs::Mode::empty());
    assert!(open("src/a.txt").is_ok() && open("src/deep").is_ok() && open(".").is_ok());
    for path in ["inner", "outer/secret", "../out/secret", "src/../src/a.txt", "/etc/passwd", "loop", "dangling"] {
        assert!(open(path).is_err(), "{path}");
    }
}

#[test]
fn a_failed_creation_leaves_nothing() {
    let (dir, files) = tree();
    let place = files.locate("one/two/three.txt").unwrap();
    fs::create_dir_all(dir.path().join("w/one/two")).unwrap();
    put(dir.path().join("w/one/two/three.txt"), "mine");
    assert_eq!(files.create(&place, b"theirs").unwrap_err().kind, FaultKind::Changed);
    assert_eq!(fs::read(&place.real).unwrap(), b"mine");
    let other = files.locate(&format!("four/{}", "x".repeat(256)));
    if let Ok(other) = other {
        assert!(files.create(&other, b"x").is_err());
    }
    assert!(!dir.path().join("w/four").exists());
    assert_eq!(fs::read_dir(dir.path().join("w/one/two")).unwrap().count(), 1);
}

#[test]
fn a_tree_is_carried_whole_and_no_link_is_followed() {
    let (dir, files) = tree();
    let w = dir.path().join("w");
    put(w.join("src/deep/b"), "b");
    symlink("../../out", w.join("src/out")).unwrap();
    fs::create_dir(dir.path().join("bin")).unwrap();
    let folder = files.roots[0].folder(Path::new("")).unwrap();
    let bin = Root::open(&dir.path().join("bin")).unwrap().folder(Path::new("")).unwrap();
    let target = std::ffi::OsString::from("1-src");
    assert!(tree::carry((&folder, std::ffi::OsStr::new("src")), (&bin, &target)).is_ok());
    let there = dir.path().join("bin/1-src");
    assert_eq!(fs::read(there.join("deep/b")).unwrap(), b"b");
    assert_eq!(fs::read_link(there.join("out")).unwrap(), Path::new("../../out"));
    assert!(!w.join("src").exists() && dir.path().join("out/secret").exists());
    // What cannot be carried stays whole, and nothing of it is left on the other side.
    fs::create_dir(w.join("odd")).unwrap();
    put(w.join("odd/a"), "a");
    rustix::fs::mknodat(rustix::fs::CWD, w.join("odd/pipe"), rustix::fs::FileType::Fifo, rustix::fs::Mode::RWXU, 0)
        .unwrap();
    assert!(tree::carry((&folder, std::ffi::OsStr::new("odd")), (&bin, &target)).is_err());
    let target = std::ffi::OsString::from("2-odd");
    assert!(tree::carry((&folder, std::ffi::OsStr::new("odd")), (&bin, &target)).is_err());
    assert!(w.join("odd/a").exists() && !dir.path().join("bin/2-odd").exists());
    assert!(there.join("deep/b").exists(), "what was in the trash before stays");
}

fn put(path: impl AsRef<Path>, text: &str) {
    use std::io::Write;
    fs::File::create(path).unwrap().write_all(text.as_bytes()).unwrap();
}

#[test]
fn what_is_put_back_is_never_seen_by_more_than_it_was() {
    use std::os::unix::fs::PermissionsExt;
    // (in place because of a second name, mode now, mode it goes back to, mode when its bytes are there)
    let cases = [
        (false, 0o644, 0o600, 0o600),
        (false, 0o600, 0o644, 0o644),
        (true, 0o644, 0o600, 0o600),
        (true, 0o600, 0o644, 0o600),
    ];
    for (linked, now, goal, written) in cases {
        let (dir, files) = tree();
        let place = files.locate("src/a.txt").unwrap();
        let path = dir.path().join("w/src/a.txt");
        fs::set_permissions(&path, fs::Permissions::from_mode(now)).unwrap();
        if linked {
            fs::hard_link(&path, dir.path().join("w/second")).unwrap();
        }
        let (_, stamp) = files.read(&place, 10).unwrap();
        let stamp = files.put_back(&place, (b"key", goal), Some(&stamp)).unwrap();
        assert_eq!(stamp.mode, written, "linked: {linked}, from {now:o} to {goal:o}");
        assert_eq!(path.metadata().unwrap().permissions().mode() & 0o777, goal);
    }
}
