//! A table: what is there, what was changed, what it becomes.

use std::path::Path;

use super::*;
use crate::{guard::Files, journal::PathText};

const OLD: &str = "1\n2\n3\n4\n5\n6\n";
const NEW: &str = "1\nB\n3\n4\n5\n6\n";

fn file(text: &str, mode: u32) -> FileState {
    FileState::File { hash: Hash::of(text.as_bytes()), bytes: text.len() as u64, mode }
}

/// A file as it would be read.
fn now(text: &str, mode: u32) -> Now {
    let dir = tempfile::tempdir().unwrap();
    let files = Files::open(dir.path(), &[]).unwrap();
    let place = files.place(&files.root().join("f"));
    let stamp = files.put_back(&place, (text.as_bytes(), mode), None).unwrap();
    Now::File(Held { bytes: text.into(), hash: Hash::of(text.as_bytes()), mode, stamp })
}

fn contents(hash: &Hash) -> io::Result<Vec<u8>> {
    let mine = NEW.replace('6', "mine");
    let known = [OLD, NEW, &mine, "x\n"].into_iter().find(|text| Hash::of(text.as_bytes()) == *hash);
    known.map(Vec::from).ok_or_else(|| io::ErrorKind::NotFound.into())
}

fn words(now: &Now, changes: &[(FileState, FileState)]) -> String {
    let path = PathText::new(Path::new("/w/f"));
    let chain: Vec<FileChange> = changes
        .iter()
        .map(|(before, after)| FileChange { path: path.clone(), before: before.clone(), after: after.clone() })
        .collect();
    match back(now, &chain.iter().collect::<Vec<_>>(), (&contents, &|at| at.ends_with("1-full"))) {
        Ok(None) => "as it is".into(),
        Ok(Some(Wish { goal: Goal::File(bytes, mode), merged })) => {
            format!(
                "{}{mode:o} {}",
                if merged { "merged " } else { "" },
                String::from_utf8(bytes).unwrap().replace('\n', "")
            )
        }
        Ok(Some(wish)) => format!("{:?}", wish.goal),
        Err(why) => format!("kept: {why}"),
    }
}

#[test]
fn what_a_path_becomes() {
    use FileState::Absent;
    let link = |target: &str| FileState::Link(PathText::new(Path::new(target)));
    let unkept = |text: &str| FileState::NotKept {
        bytes: text.len() as u64,
        why: "too big".into(),
        hash: Some(Hash::of(text.as_bytes())),
    };
    let trashed = |name: &str| FileState::Trashed { at: PathText::new(&Path::new("/t").join(name)), hash: None };
    let folder = || FileState::Folder { mode: 0o755 };
    let mine = NEW.replace('6', "mine");
    let gone = file("nobody kept this", 0o644);
    // (what is there, changes with the newest first, what it becomes)
    let cases = [
        (now(NEW, 0o644), vec![(file(OLD, 0o644), file(NEW, 0o644))], "644 123456"),
        (now(NEW, 0o600), vec![(file(OLD, 0o644), file(NEW, 0o644))], "600 123456"),
        (now(NEW, 0o755), vec![(file(OLD, 0o644), file(NEW, 0o755))], "644 123456"),
        (now(NEW, 0o700), vec![(file(OLD, 0o644), file(NEW, 0o755))], "700 123456"),
        (now(OLD, 0o755), vec![(file(OLD, 0o644), file(OLD, 0o755))], "644 123456"),
        (now(OLD, 0o644), vec![(file(OLD, 0o644), file(NEW, 0o644))], "as it is"),
        (now(&mine, 0o644), vec![(file(OLD, 0o644), file(NEW, 0o644))], "merged 644 12345mine"),
        (
            now("z\n", 0o644),
            vec![(file(OLD, 0o644), file(NEW, 0o644))],
            "kept: it was changed since, in the same lines",
        ),
        (now(NEW, 0o644), vec![(Absent, file(NEW, 0o644))], "Absent"),
        (now(&mine, 0o644), vec![(Absent, file(NEW, 0o644))], "kept: it was changed since"),
        (Now::Absent, vec![(Absent, file(NEW, 0o644))], "as it is"),
        (Now::Absent, vec![(file(OLD, 0o640), Absent)], "640 123456"),
        (Now::Absent, vec![(file(OLD, 0o640), file(NEW, 0o640))], "kept: it was deleted or renamed since"),
        (now(NEW, 0o644), vec![(file(OLD, 0o640), Absent)], "kept: something else of that name is there now"),
        (now(OLD, 0o644), vec![(file(OLD, 0o640), Absent)], "as it is"),
        (Now::Link("b".into()), vec![(link("a"), link("b"))], "Link(\"a\")"),
        (Now::Link("c".into()), vec![(link("a"), link("b"))], "kept: something of another kind is there now"),
        (Now::Folder(0o755, None), vec![(Absent, folder())], "Absent"),
        (Now::Folder(0o755, None), vec![(file(OLD, 0o644), folder())], "644 123456"),
        (Now::Other, vec![(Absent, file(NEW, 0o644))], "kept: something of another kind is there now"),
        (now("x\n", 0o644), vec![(Absent, unkept("x\n"))], "InTrash"),
        (
            now(&mine, 0o644),
            vec![(Absent, unkept("x\n"))],
            "kept: it cannot be told whether it was changed since: too big",
        ),
        (now("x\n", 0o644), vec![(unkept(OLD), file("x\n", 0o644))], "kept: its earlier content was not kept: too big"),
        (now(NEW, 0o644), vec![(gone, file(NEW, 0o644))], "kept: its earlier content is not kept any more"),
        // From change to change, with a person's edit in between.
        (
            now("x\n", 0o644),
            vec![(file(NEW, 0o644), file("x\n", 0o644)), (file(OLD, 0o644), file(NEW, 0o644))],
            "644 123456",
        ),
        (now("x\n", 0o644), vec![(unkept(NEW), file("x\n", 0o644)), (file(OLD, 0o644), unkept(NEW))], "644 123456"),
        (
            now("x\n", 0o644),
            vec![(file(&mine, 0o644), file("x\n", 0o644)), (file(OLD, 0o644), file(NEW, 0o644))],
            "merged 644 12345mine",
        ),
        // What was deleted lies in the trash, or was brought back.
        (
            Now::Folder(0o755, None),
            vec![(trashed("1-full"), Absent)],
            "kept: something else of that name is there now; the deleted one lies in the trash as 1-full",
        ),
        (Now::Folder(0o755, None), vec![(trashed("2-empty"), Absent)], "as it is"),
        (Now::Absent, vec![(file(NEW, 0o644), Absent), (Absent, file(NEW, 0o644))], "as it is"),
        (now("x\n", 0o644), vec![(Absent, file("x\n", 0o644)), (file(OLD, 0o644), Absent)], "644 123456"),
    ];
    for (n, (now, changes, want)) in cases.into_iter().enumerate() {
        assert_eq!(words(&now, &changes), want, "case {n}");
    }
}
