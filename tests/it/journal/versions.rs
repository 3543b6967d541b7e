//! STO-12: logs of other versions. `v1.jsonl` is the format of the first release, written by hand, one record of
//! each kind; it must open for ever.

use std::{fs, path::PathBuf};

use glm_tui::{
    chat::{RunId, TurnId},
    journal::{Damage, Journal, OpenFault, Record, Unfinished, VERSION, read},
};

use super::is_sound;

fn fixture(name: &str) -> Vec<u8> {
    let path = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/it/fixtures/journal").join(name);
    fs::read(path).unwrap()
}

/// The folder of a session with this log.
fn folder(bytes: &[u8]) -> tempfile::TempDir {
    let home = tempfile::tempdir().unwrap();
    fs::write(home.path().join("log.jsonl"), bytes).unwrap();
    home
}

#[test]
fn sto_12_a_log_of_the_first_version_opens_whole() {
    let bytes = fixture("v1.jsonl");
    let read = read(&bytes);
    assert_eq!(read.damage, Damage::default());
    assert_eq!(read.entries.len(), bytes.split(|b| *b == b'\n').count() - 1);
    let home = folder(&bytes);
    let (_journal, story) = Journal::reopen(home.path()).unwrap();
    assert_eq!((story.head.v, story.head.folder.as_str()), (1, "/home/u/src/app"));
    assert_eq!(story.name.as_deref(), Some("the parser"));
    assert_eq!((story.counters.turn, story.counters.run, story.counters.change), (TurnId(3), RunId(2), 1));
    assert_eq!(story.turns().iter().map(|card| card.turn.0).collect::<Vec<_>>(), [1, 3]);
    assert_eq!(story.left.iter().map(|card| card.turn.0).collect::<Vec<_>>(), [2]);
    is_sound(&story.messages()).unwrap();
    assert_eq!(story.unfinished, Unfinished::default());
    assert_eq!(fs::read(home.path().join("log.jsonl")).unwrap(), bytes, "opening writes nothing");
}

#[test]
fn every_kind_of_record_is_in_the_fixture() {
    let bytes = fixture("v1.jsonl");
    let read = read(&bytes);
    let mut kinds: Vec<String> = read
        .entries
        .iter()
        .map(|entry| match serde_json::to_value(&entry.record).unwrap() {
            serde_json::Value::Object(map) => map.keys().next().unwrap().clone(),
            other => other.to_string(),
        })
        .collect();
    kinds.sort();
    kinds.dedup();
    let all = "begun change changed done head message mode model name plan reset rewound run run_end steered step \
               step_end text turn turn_end";
    assert_eq!(kinds.join(" "), all);
}

#[test]
fn sto_12_a_newer_log_is_shown_and_not_written() {
    let bytes = fixture("newer.jsonl");
    let home = folder(&bytes);
    let fault = Journal::reopen(home.path()).map(|_| ()).unwrap_err();
    assert!(matches!(fault, OpenFault::Newer(v) if v > VERSION), "{fault:?}");
    let story = Journal::story(home.path()).unwrap();
    assert_eq!((story.messages().len(), story.turns().len()), (2, 1));
    assert_eq!(fs::read(home.path().join("log.jsonl")).unwrap(), bytes, "not even its torn end is touched");
    assert!(!home.path().join("log.torn").exists());
}

#[test]
fn sto_12_kinds_and_fields_that_are_not_known_are_passed_over_and_kept() {
    let bytes = fixture("unknown.jsonl");
    let home = folder(&bytes);
    let (journal, story) = Journal::reopen(home.path()).unwrap();
    assert_eq!((story.damage.unknown, story.damage.bad, story.damage.missing), (2, 0, 0));
    assert_eq!((story.messages().len(), story.last), (2, 7));
    assert!(story.notes().iter().any(|note| note.as_str().contains("newer version")));
    journal.append(Record::Name("on".into()));
    journal.close();
    let after = fs::read(home.path().join("log.jsonl")).unwrap();
    assert!(after.starts_with(&bytes), "what is not known stays in the file");
    assert_eq!(read(&after).last, 8, "and its numbers are not used again");
}
