//! A store in a folder of its own: lists, names, drafts, copies, and what must stay where it is.
#![expect(clippy::disallowed_methods, reason = "the tests damage files on purpose")]

use std::{
    fs::{self, File},
    os::unix::fs::{PermissionsExt, symlink},
};

use super::*;
use crate::{
    chat::{Message, Role, StepId, TurnId},
    config::Sessions,
    journal::{Ended, Head, Journal, Record, Start, log::LOG},
};

/// A store in a folder of its own.
struct Shelf {
    root: tempfile::TempDir,
    store: Store,
    here: PathBuf,
}

impl Shelf {
    fn new() -> Self {
        let root = tempfile::tempdir().unwrap();
        let store = Store {
            root: Some(root.path().join("state/sessions")),
            home: Some(root.path().to_path_buf()),
            zone: TimeZone::UTC,
        };
        let here = root.path().join("work");
        fs::create_dir(&here).unwrap();
        Self { root, store, here }
    }

    fn head(id: &str, folder: &Path) -> Head {
        Head {
            v: VERSION,
            id: id.into(),
            app: "0.1.0".into(),
            folder: folder.to_string_lossy().into_owned(),
            branch: Some("main".into()),
            forked_from: None,
            imported_from: None,
        }
    }

    /// A session in this folder with these prompts, each answered; not closed.
    fn write(&self, id: &str, prompts: &[&str]) -> Journal {
        self.write_in(id, &self.here, prompts)
    }

    fn write_in(&self, id: &str, folder: &Path, prompts: &[&str]) -> Journal {
        let dir = self.store.dir(&id.into());
        let journal = Journal::create(Start { dir, head: Self::head(id, folder) });
        for (turn, prompt) in (1..).map(TurnId).zip(prompts) {
            journal.append(Record::Turn { turn, prompt: Clean::new(prompt) });
            journal.append(Record::Message(Box::new(Message::text(Role::User, *prompt))));
            journal.append(Record::Step { step: StepId { turn, step: 1 }, model: "glm-5.3".into() });
            journal.append(Record::Message(Box::new(Message::text(Role::Assistant, format!("answer to {prompt}")))));
            journal.append(Record::TurnEnd { turn, end: Ended::Done });
        }
        journal.barrier_blocking().unwrap();
        journal
    }

    fn closed(&self, id: &str, prompts: &[&str]) -> SessionId {
        self.write(id, prompts).close();
        id.into()
    }

    /// The session was written this many seconds after 1970.
    fn aged(&self, id: &SessionId, seconds: u64) {
        let file = File::open(self.store.dir(id).unwrap().join(LOG)).unwrap();
        file.set_modified(std::time::UNIX_EPOCH + std::time::Duration::from_secs(seconds)).unwrap();
    }

    fn ids(&self) -> Vec<String> {
        self.store.list(&self.here).iter().map(|s| s.card.id.to_string()).collect()
    }
}

fn now() -> Timestamp {
    Timestamp::from_second(1_795_250_000).unwrap()
}

#[test]
fn a_list_tells_what_a_person_asks() {
    let shelf = Shelf::new();
    let id = shelf.closed("a-1", &["\n  fix the \x1b[31mbug\r\nsecond line", "and again"]);
    let list = shelf.store.list(&shelf.here);
    let [one] = &list[..] else { panic!("{list:?}") };
    assert_eq!(one.card.id, id);
    assert_eq!((one.card.title.as_str(), one.card.turns), ("fix the bug", 2));
    assert_eq!((one.card.folder.as_str(), one.card.here, one.card.open), ("~/work", true, false));
    assert_eq!(one.branch.as_ref().unwrap().as_str(), "main");
    assert_eq!(one.model.as_ref().unwrap().as_str(), "glm-5.3");
    assert_eq!((one.version, one.drafted), (VERSION, false));
    assert!(one.card.bytes > 500 && one.created > 0 && one.card.updated > 0, "{one:?}");
}

#[test]
fn newest_first_and_only_of_this_folder_for_continue() {
    let shelf = Shelf::new();
    for (id, age) in [("old", 1000), ("new", 3000), ("mid", 2000)] {
        let id = shelf.closed(id, &["x"]);
        shelf.aged(&id, age);
    }
    let elsewhere = shelf.root.path().join("other");
    shelf.write_in("other", &elsewhere, &["y"]).close();
    assert_eq!(shelf.ids(), ["other", "new", "mid", "old"]);
    assert_eq!(shelf.store.newest(&shelf.here).unwrap().card.id.as_str(), "new");
    assert_eq!(shelf.store.newest(&elsewhere).unwrap().card.id.as_str(), "other");
    assert_eq!(shelf.store.newest(Path::new("/")), None);
    // A name is no use of it.
    shelf.store.rename(&"old".into(), "Old").unwrap();
    assert_eq!(shelf.ids(), ["other", "new", "mid", "old"]);
    assert_eq!(shelf.store.summary(&"old".into(), &shelf.here).unwrap().card.updated, 1000);
    // A session without turns and without a draft is none to go on with.
    shelf.write("empty", &[]).close();
    assert_eq!(shelf.store.newest(&shelf.here).unwrap().card.id.as_str(), "new");
}

#[test]
fn a_session_that_the_disk_does_not_give_back_is_not_passed_over() {
    let shelf = Shelf::new();
    let id = shelf.closed("one", &["x"]);
    let one = shelf.store.summary(&id, &shelf.here).unwrap();
    let of = |here, turns, unreadable| {
        let card = crate::chat::SessionCard { here, turns, ..one.card.clone() };
        is_to_go_on_with(&Summary { card, unreadable, ..one.clone() })
    };
    assert_eq!(
        [of(true, 1, false), of(true, 0, false), of(true, 0, true), of(false, 1, true)],
        [true, false, true, false]
    );
}

#[test]
fn a_folder_copied_by_hand_goes_by_its_own_name() {
    let shelf = Shelf::new();
    let dir = shelf.store.dir(&shelf.closed("a", &["x"])).unwrap();
    let copy = dir.with_file_name("b");
    fs::create_dir(&copy).unwrap();
    fs::copy(dir.join(LOG), copy.join(LOG)).unwrap();
    assert_eq!(shelf.store.story(&"b".into()).unwrap().head.id.as_str(), "b");
    let (journal, story) = Journal::reopen(&copy).unwrap();
    assert_eq!((journal.id().as_str(), story.head.id.as_str()), ("b", "b"));
    // A log of which nothing can be made is there all the same.
    fs::write(dir.join(LOG), "no records\n").unwrap();
    let refused = shelf.store.rename(&"a".into(), "name").unwrap_err();
    assert!(refused.what.contains("nothing can be made of the log"), "{}", refused.what);
}

#[test]
fn sto_07_an_open_session_is_seen_and_left_alone() {
    let shelf = Shelf::new();
    let journal = shelf.write("open", &["x"]);
    assert!(shelf.store.newest(&shelf.here).unwrap().card.open);
    let id = SessionId::from("open");
    for refused in [shelf.store.rename(&id, "name"), shelf.store.delete(&id)] {
        assert!(refused.unwrap_err().what.contains("open in another terminal"));
    }
    let copy = shelf.store.fork(&id, now()).unwrap();
    assert_eq!(shelf.store.story(&copy).unwrap().head.forked_from, Some(id.clone()));
    journal.append(Record::Name("still mine".into()));
    journal.barrier_blocking().unwrap();
    journal.close();
    assert!(!shelf.store.newest(&shelf.here).unwrap().card.open);
    assert_eq!(shelf.store.story(&id).unwrap().name.as_deref(), Some("still mine"));
    shelf.store.delete(&id).unwrap();
    assert_eq!(shelf.ids(), [copy.as_str()]);
}

#[test]
fn found_by_id_name_title_and_text() {
    let shelf = Shelf::new();
    let a = shelf.closed("20261121-0830-aa", &["fix the parser"]);
    let b = shelf.closed("20261121-0831-bb", &["write docs"]);
    shelf.store.rename(&a, "Weekend").unwrap();
    let cases: [(&str, Option<&SessionId>); 9] = [
        ("20261121-0830-aa", Some(&a)),
        ("20261121-0831", Some(&b)),
        ("20261121-083", None),
        ("weekEND", Some(&a)),
        ("PARSER", Some(&a)),
        ("answer to write", Some(&b)),
        ("answer to", None),
        ("nothing of this", None),
        ("../20261121-0830-aa", None),
    ];
    for (wanted, id) in cases {
        let found = shelf.store.find(wanted, &shelf.here).one(wanted);
        assert_eq!(found.as_ref().ok().map(|s| &s.card.id), id, "{wanted}: {found:?}");
    }
    assert!(matches!(shelf.store.find("answer to", &shelf.here), Found::Many(both) if both.len() == 2));
    // What cannot be taken back goes by names only.
    assert_eq!(shelf.store.named("parser", &shelf.here), Found::None);
    assert!(matches!(shelf.store.named("weekend", &shelf.here), Found::One(_)));
}

#[test]
fn a_name_is_known_however_much_was_said_since() {
    let shelf = Shelf::new();
    let id = shelf.closed("long", &["x"]);
    shelf.store.rename(&id, " two\nlines\x07 ").unwrap();
    let (journal, _) = Journal::reopen(&shelf.store.dir(&id).unwrap()).unwrap();
    for _ in 0..40 {
        let step = StepId { turn: TurnId(2), step: 1 };
        let text = Clean::new(&"word ".repeat(1000));
        journal.append(Record::Text { step, of: crate::journal::Stream::Answer, text });
    }
    journal.close();
    let one = shelf.store.summary(&id, &shelf.here).unwrap();
    assert_eq!(one.card.name.unwrap().as_str(), "two⟨U+000A⟩lines⟨U+0007⟩");
    assert_eq!((one.card.turns, one.card.title.as_str()), (2, "x"));
    shelf.store.rename(&id, "").unwrap();
    assert_eq!(shelf.store.summary(&id, &shelf.here).unwrap().card.name, None);
}

#[test]
fn a_first_prompt_of_megabytes_still_gives_a_title() {
    let shelf = Shelf::new();
    let id = shelf.closed("big", &[&format!("look at \"this\" ä\u{1f600}\n{}", "line\n".repeat(700_000))]);
    let one = shelf.store.summary(&id, &shelf.here).unwrap();
    assert_eq!(one.card.title.as_str(), "look at \"this\" ä\u{1f600}");
    assert_eq!(one.card.turns, 1);
}

#[test]
fn drafts_are_kept_taken_over_and_forgotten() {
    let shelf = Shelf::new();
    let (a, b) = (SessionId::from("draft-a"), shelf.closed("talk", &["x"]));
    assert_eq!(shelf.store.orphan_draft(&shelf.here), None);
    shelf.store.set_draft(&a, &shelf.here, "half a thought\nmore").unwrap();
    shelf.store.set_draft(&b, &shelf.here, "next").unwrap();
    let file = shelf.store.dir(&a).unwrap().join("draft");
    assert_eq!(fs::metadata(&file).unwrap().permissions().mode() & 0o777, 0o600);
    assert_eq!(fs::metadata(file.parent().unwrap()).unwrap().permissions().mode() & 0o777, 0o700);
    assert_eq!(shelf.store.draft(&b).as_deref(), Some("next"));
    let one = shelf.store.summary(&a, &shelf.here).unwrap();
    assert_eq!(
        (one.card.title.as_str(), one.card.turns, one.card.here, one.drafted),
        ("half a thought", 0, true, true)
    );
    assert_eq!(shelf.store.orphan_draft(&shelf.here).unwrap(), (a.clone(), "half a thought\nmore".into()));
    assert_eq!(shelf.store.orphan_draft(Path::new("/")), None);
    shelf.store.set_draft(&a, &shelf.here, "").unwrap();
    assert_eq!(shelf.store.orphan_draft(&shelf.here), None);
    assert_eq!(shelf.ids(), ["talk"], "a folder that held only a draft is gone");
    // Whatever stands in the file was typed by somebody.
    fs::create_dir_all(file.parent().unwrap()).unwrap();
    fs::write(&file, "not ours").unwrap();
    assert_eq!(shelf.store.draft(&a).as_deref(), Some("not ours"));
}

#[test]
fn deleting_never_leaves_the_folder() {
    let shelf = Shelf::new();
    let id = shelf.closed("gone", &["x"]);
    let outside = shelf.root.path().join("precious");
    fs::create_dir(&outside).unwrap();
    fs::write(outside.join("file"), "stays").unwrap();
    let dir = shelf.store.dir(&id).unwrap();
    symlink(&outside, dir.join("trash")).unwrap();
    symlink(outside.join("file"), dir.join("link")).unwrap();
    fs::create_dir(dir.join("blobs")).unwrap();
    symlink(&outside, dir.join("blobs/deep")).unwrap();
    // A link in the place of a session is none.
    symlink(&outside, dir.with_file_name("linked")).unwrap();
    assert_eq!(shelf.ids(), ["gone"]);
    for hostile in ["../precious", "..", ".", "", "/", "linked", "gone/blobs", "gone\0"] {
        assert!(shelf.store.delete(&hostile.into()).is_err(), "{hostile:?}");
    }
    let _ = shelf.store.prune(Sessions { keep_days: 0, max_bytes: 0 }, now());
    shelf.store.delete(&id).unwrap();
    assert_eq!(shelf.ids(), [""; 0]);
    assert!(!dir.exists() && fs::read_to_string(outside.join("file")).unwrap() == "stays");
    assert!(shelf.store.delete(&id).is_err(), "twice");
}

#[test]
fn a_fork_keeps_every_line_and_shares_contents() {
    let shelf = Shelf::new();
    let id = shelf.closed("from", &["x", "y"]);
    let dir = shelf.store.dir(&id).unwrap();
    let hash = super::super::Blobs::new(dir.join("blobs")).put(b"before").unwrap();
    let mut bytes = fs::read(dir.join(LOG)).unwrap();
    bytes.extend_from_slice(b"{\"c\":\"00000000\",\"n\":99,damaged}\n\0\0\0\n{\"c\":\"torn");
    fs::write(dir.join(LOG), &bytes).unwrap();
    let copy = shelf.store.fork(&id, now()).unwrap();
    let to = shelf.store.dir(&copy).unwrap();
    let rest = |bytes: &[u8]| bytes.splitn(2, |b| *b == b'\n').nth(1).unwrap().to_vec();
    let copied = fs::read(to.join(LOG)).unwrap();
    assert_eq!(rest(&copied), rest(&bytes).strip_suffix(b"{\"c\":\"torn").unwrap());
    let story = shelf.store.story(&copy).unwrap();
    assert_eq!((&story.head.id, &story.head.forked_from), (&copy, &Some(id.clone())));
    assert_eq!(story.messages(), shelf.store.story(&id).unwrap().messages());
    assert_eq!(super::super::Blobs::new(to.join("blobs")).get(&hash).unwrap(), b"before");
    assert_eq!(fs::metadata(to.join(LOG)).unwrap().permissions().mode() & 0o777, 0o600);
    // Deleting the one leaves the other whole.
    shelf.store.delete(&id).unwrap();
    assert_eq!(super::super::Blobs::new(to.join("blobs")).get(&hash).unwrap(), b"before");
}
