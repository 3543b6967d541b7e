//! An undo that is cut off at every file, contents that are gone, limits.

use std::{
    collections::BTreeMap,
    fs,
    os::unix::fs::{MetadataExt, PermissionsExt, symlink},
    path::{Path, PathBuf},
};

use super::{
    super::seen::Seen,
    act::{self, plan_all},
    changes::{Changes, Limits, Who},
    ground::Ground,
    steps::carry_out,
};
use crate::{
    chat::{FileUndo, RunId, SessionId, TurnId},
    guard::Files,
    journal::{ChangeKind, ChangeSet, FileChange, FileState, Head, Journal, PathText, Start, VERSION},
};

/// A folder with a session beside it.
struct Place {
    dir: tempfile::TempDir,
    files: Files,
    seen: Seen,
    changes: Changes,
    journal: Journal,
}

impl Place {
    fn new() -> Self {
        // In memory where that is possible: each case syncs a hundred times.
        let dir = tempfile::tempdir_in("/dev/shm").or_else(|_| tempfile::tempdir()).unwrap();
        fs::create_dir(dir.path().join("w")).unwrap();
        let files = Files::open(&dir.path().join("w"), &[]).unwrap();
        let session = dir.path().join("session");
        let head = Head {
            v: VERSION,
            id: SessionId::from("s"),
            app: String::new(),
            folder: String::new(),
            branch: None,
            forked_from: None,
            imported_from: None,
        };
        let journal = Journal::create(Start { dir: Some(session.clone()), head });
        let changes = Changes::new(Some(&session)).logged(journal.clone(), None);
        Self { dir, files, seen: Seen::default(), changes, journal }
    }

    /// Starts the program anew.
    fn reopen(self) -> Self {
        let Self { dir, files, journal, changes, .. } = self;
        drop(changes);
        journal.close();
        let session = dir.path().join("session");
        let (journal, story) = Journal::reopen(&session).unwrap();
        let changes = Changes::new(Some(&session)).logged(journal.clone(), Some(&story));
        Self { dir, files, seen: Seen::default(), changes, journal }
    }

    fn ground(&self) -> Ground<'_> {
        let trash = Some(self.dir.path().join("session/trash"));
        Ground { files: &self.files, seen: &self.seen, changes: &self.changes, trash }
    }

    fn path(&self, name: &str) -> PathBuf {
        self.files.root().join(name)
    }

    fn put(&self, name: &str, text: &str) {
        use std::io::Write;
        fs::File::create(self.path(name)).unwrap().write_all(text.as_bytes()).unwrap();
    }

    fn kept(&self, text: &str, mode: u32) -> FileState {
        self.changes.keep(&[(text.as_bytes(), mode)]).remove(0)
    }

    fn tree(&self) -> BTreeMap<PathBuf, String> {
        let mut tree = BTreeMap::new();
        add(self.files.root(), &mut tree);
        tree
    }

    /// Twenty paths, changed in each way there is.
    fn changed(&self) -> Vec<FileChange> {
        let mut files = Vec::new();
        let mut file = |name: &str, before: FileState, after: FileState| {
            files.push(FileChange { path: PathText::new(&self.path(name)), before, after });
        };
        for n in 0..8 {
            let (name, old, new) = (format!("edited{n}"), format!("old {n}\n"), format!("new {n}\n"));
            self.put(&name, &new);
            file(&name, self.kept(&old, 0o644), self.kept(&new, 0o644));
        }
        file("folder", FileState::Absent, FileState::Folder { mode: 0o755 });
        fs::create_dir(self.path("folder")).unwrap();
        for n in 0..4 {
            let (name, new) = (format!("folder/made{n}"), format!("made {n}\n"));
            self.put(&name, &new);
            file(&name, FileState::Absent, self.kept(&new, 0o644));
        }
        file("gone", FileState::Folder { mode: 0o750 }, FileState::Absent);
        for n in 0..3 {
            file(&format!("gone/file{n}"), self.kept(&format!("gone {n}\n"), 0o600), FileState::Absent);
        }
        symlink("new", self.path("link")).unwrap();
        let link = |target: &str| FileState::Link(PathText::new(Path::new(target)));
        file("link", link("old"), link("new"));
        self.put("mode", "same\n");
        fs::set_permissions(self.path("mode"), fs::Permissions::from_mode(0o755)).unwrap();
        file("mode", self.kept("same\n", 0o644), self.kept("same\n", 0o755));
        symlink("edited0", self.path("kind")).unwrap();
        file("kind", self.kept("a file\n", 0o644), link("edited0"));
        files
    }
}

fn add(folder: &Path, tree: &mut BTreeMap<PathBuf, String>) {
    for entry in fs::read_dir(folder).unwrap().flatten() {
        let (path, meta) = (entry.path(), entry.path().symlink_metadata().unwrap());
        let what = match () {
            () if meta.is_dir() => {
                add(&path, tree);
                String::new()
            }
            () if meta.is_symlink() => path.read_link().unwrap().to_string_lossy().into_owned(),
            () => fs::read_to_string(&path).unwrap(),
        };
        let mode = if meta.is_symlink() { 0 } else { meta.mode() & 0o777 };
        tree.insert(path, format!("{mode:o} {what}"));
    }
}

fn who(turn: u32) -> Who {
    Who { turn: TurnId(turn), run: Some(RunId(1)), cause: "test".into() }
}

#[test]
fn sto_11_an_undo_of_20_files_cut_off_at_every_file_is_finished_and_said() {
    let want = {
        let place = Place::new();
        place.changes.found(&who(1), place.changed());
        let report = act::undo(&place.ground()).report;
        assert!(report.files.iter().all(|(_, what)| !matches!(what, FileUndo::Kept(_))), "{report:?}");
        assert!(!place.path("folder").exists());
        assert_eq!(fs::read_to_string(place.path("gone/file2")).unwrap(), "gone 2\n");
        relative(&place)
    };
    for k in 0..=20 {
        let place = Place::new();
        let files = place.changed();
        assert_eq!(files.len(), 20);
        place.changes.found(&who(1), files.clone());
        let set = ChangeSet { id: 1, turn: TurnId(1), run: None, cause: String::new(), kind: ChangeKind::Made, files };
        // As an undo begins, and is killed before file k.
        let (steps, told) = plan_all(&place.ground(), &act::chains(std::slice::from_ref(&set)));
        assert!(told.is_empty() && steps.len() == 20, "{told:?}");
        let changes = steps.iter().map(super::steps::Step::change).collect();
        place.changes.keep(&steps.iter().flat_map(super::steps::Step::contents).collect::<Vec<_>>());
        let undo = Who { run: None, ..who(1) };
        place.changes.write(&undo, ChangeKind::Undo(vec![1]), changes);
        carry_out(&place.files, &steps[..k]);
        let place = place.reopen();
        let done = act::finish_pending(&place.ground()).expect("it is told");
        assert!(done.report.files.iter().all(|(_, what)| !matches!(what, FileUndo::Kept(_))), "{k}: {done:?}");
        assert_eq!(relative(&place), want, "killed before file {k}");
        assert_eq!(done.told.is_some(), k < 20, "{k}: {done:?}");
        let place = place.reopen();
        assert_eq!(act::finish_pending(&place.ground()), None, "once is enough");
        assert!(act::undo(&place.ground()).report.what.as_str().is_empty(), "it is undone");
        let redone = act::redo(&place.ground()).report;
        assert!(redone.redo && place.path("folder/made3").exists(), "{redone:?}");
    }
    println!("20 files: 21 of 21 points survived");
}

fn relative(place: &Place) -> BTreeMap<PathBuf, String> {
    let root = place.files.root();
    place.tree().into_iter().map(|(path, what)| (path.strip_prefix(root).unwrap().to_path_buf(), what)).collect()
}

#[test]
fn a_change_that_was_cut_off_came_about_or_never_was() {
    for came_about in [true, false] {
        let place = Place::new();
        place.put("a", "old\n");
        let file = FileChange {
            path: PathText::new(&place.path("a")),
            before: place.kept("old\n", 0o644),
            after: place.kept("new\n", 0o644),
        };
        let _ticket = place.changes.about_to(&who(1), vec![file]);
        if came_about {
            place.put("a", "new\n");
        }
        let mut place = place.reopen();
        for _ in 0..2 {
            assert_eq!(act::finish_pending(&place.ground()), None);
            place = place.reopen();
        }
        let report = act::undo(&place.ground()).report;
        assert_eq!(report.files.len(), usize::from(came_about), "{report:?}");
        assert_eq!(fs::read_to_string(place.path("a")).unwrap(), "old\n");
    }
}

#[test]
fn contents_that_are_damaged_or_gone_are_said_and_the_others_go_on() {
    let place = Place::new();
    let mut files = Vec::new();
    for name in ["damaged", "missing", "well"] {
        let new = format!("new {name}\n");
        place.put(name, &new);
        let (before, after) = (place.kept(&format!("old {name}\n"), 0o644), place.kept(&new, 0o644));
        if let (FileState::File { hash, .. }, true) = (&before, name != "well") {
            let blob = place.dir.path().join("session/blobs").join(hash.as_str());
            assert_eq!(blob.metadata().unwrap().mode() & 0o777, 0o600);
            assert_eq!(blob.parent().unwrap().metadata().unwrap().mode() & 0o777, 0o700);
            if name == "missing" {
                fs::remove_file(&blob).unwrap();
            } else {
                fs::File::options().append(true).open(&blob).unwrap().set_len(2).unwrap();
            }
        }
        files.push(FileChange { path: PathText::new(&place.path(name)), before, after });
    }
    place.changes.found(&who(1), files);
    let report = act::undo(&place.ground()).report;
    let words: Vec<String> = report.files.iter().map(|file| format!("{file:?}")).collect();
    assert!(words[0].contains("damaged") && words[1].contains("not kept any more"), "{words:?}");
    assert_eq!(report.files[2].1, FileUndo::Restored);
    assert_eq!(fs::read_to_string(place.path("damaged")).unwrap(), "new damaged\n");
    assert_eq!(fs::read_to_string(place.path("well")).unwrap(), "old well\n");
}

#[test]
fn over_the_limit_the_oldest_changes_lose_their_contents() {
    let mut place = Place::new();
    place.changes.limit(Limits { bytes: 1000, ..Limits::default() });
    for turn in 1..=4 {
        let (old, new) = (format!("{turn}").repeat(200), format!("{turn}n").repeat(100));
        let name = format!("f{turn}");
        place.put(&name, &new);
        let (before, after) = (place.kept(&old, 0o644), place.kept(&new, 0o644));
        place.changes.found(&who(turn), vec![FileChange { path: PathText::new(&place.path(&name)), before, after }]);
    }
    let kept = place.changes.blobs().sizes();
    assert!(kept.values().sum::<u64>() <= 1000, "{kept:?}");
    let undone: Vec<String> = (0..4).map(|_| format!("{:?}", act::undo(&place.ground()).report.files[0].1)).collect();
    assert_eq!(undone[..2], ["Restored", "Restored"]);
    assert!(undone[3].contains("not kept any more"), "{undone:?}");
}

#[test]
fn without_a_folder_for_the_session_all_is_kept_in_memory() {
    let mut place = Place::new();
    place.changes = Changes::new(None);
    let files = place.changed();
    let changed = place.tree();
    place.changes.found(&who(1), files);
    let nowhere = Ground { trash: None, ..place.ground() };
    let report = act::undo(&nowhere).report;
    assert!(report.files.iter().all(|(_, what)| !matches!(what, FileUndo::Kept(_))), "{report:?}");
    assert!(!place.path("folder").exists());
    act::redo(&nowhere);
    assert_eq!(place.tree(), changed);
    assert!(!place.dir.path().join("session/trash").exists());
}
