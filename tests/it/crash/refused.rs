//! STO-02, STO-04: the n-th durable call fails, once or from there on for ever. The turn goes on, what failed is
//! told, and nothing that was written before is touched.

use glm_tui::journal::{ChangeSet, FileState, Record};

use super::{
    house::{ALL, House, Run, SAID},
    killed::{each, goes_on, nothing_is_forgotten, said},
};

/// The program lived, said all of it, and named what went wrong.
fn lived(house: &House, run: &Run, causes: &[&str]) {
    assert_eq!((run.code, run.out.as_str()), (Some(0), format!("{}\n", SAID[SAID.len() - 1]).as_str()));
    for never in ["panicked", "Error {", "Os {", "a fault in the program"] {
        assert!(!run.err.contains(never), "{never} in: {}", run.err);
    }
    // What failed in a tool was told to the model, what failed in the log to the person.
    let told = run.chats.iter().any(|chat| causes.iter().any(|cause| chat.body.to_string().contains(cause)));
    assert!(
        told || lost_nothing(house) || causes.iter().any(|cause| run.err.contains(cause)),
        "nothing is told of it: {}",
        run.err
    );
}

/// A fault that the second try made good at once, or by which nothing went that was needed in the end, leaves nothing
/// to be told.
fn lost_nothing(house: &House) -> bool {
    let log = house.log();
    let not_kept =
        |change: &ChangeSet| change.files.iter().any(|file| matches!(file.before, FileState::NotKept { .. }));
    let changes = log.entries.iter().filter_map(|entry| match &entry.record {
        Record::Change(change) => Some(change),
        _ => None,
    });
    let acted = house.acted();
    !acted.contains(',')
        && !acted.contains("files")
        && is_told_whole(house)
        && changes.into_iter().all(|c| !not_kept(c))
}

/// The log holds the second turn to its end.
fn is_told_whole(house: &House) -> bool {
    said(&house.log()).ends_with(SAID[SAID.len() - 1])
}

fn refused(act: &str, again: &str, causes: &[&str]) {
    each(
        |n| format!("{act}@{n}{again}"),
        |house, run| {
            if house.untouched() {
                assert_eq!((run.code, house.seen(), run.err.as_str()), (Some(0), ALL, ""));
                return;
            }
            lived(house, run, causes);
            is_whole(house, run, again);
        },
    );
}

/// What is on the disk is true, and what had to be held in memory for a while is there in the end.
fn is_whole(house: &House, run: &Run, again: &str) {
    let log = house.log();
    // A line that was torn, or that may be lost, is there again, whole.
    assert!(log.damage.bad <= 1 && log.damage.missing == 0, "{:?}", log.damage);
    if again.is_empty() {
        nothing_is_forgotten(house, &log);
        assert!(is_told_whole(house), "the log is whole again: {}", run.err);
    } else {
        let first = house.first_log();
        assert_eq!(log.entries[..first.len()], first[..], "the first turn is as it was");
    }
    goes_on(house, log, house.seen());
}

#[test]
fn sto_02_no_room_once() {
    refused("enospc", "", &["no room", "cannot be saved"]);
}

#[test]
fn sto_02_no_room_in_the_middle_of_a_write() {
    refused("short", "", &["no room", "cannot be saved"]);
}

#[test]
fn sto_02_no_room_from_there_on() {
    refused("enospc", "+", &["no room", "cannot be saved"]);
}

#[test]
fn sto_04_a_broken_disk_once() {
    refused("eio", "", &["Input/output error", "cannot be saved"]);
}

#[test]
fn sto_04_a_broken_disk_from_there_on() {
    refused("eio", "+", &["Input/output error", "cannot be saved"]);
}

#[test]
fn sto_04_a_failed_fsync_is_never_taken_for_done() {
    refused("eio:sync", "", &["Input/output error", "cannot be saved"]);
}
