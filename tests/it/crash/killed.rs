//! STO-01: the program is killed at its n-th durable call, for n = 1, 2, 3 … until the turn passes untouched, and
//! the conversation is gone on with after each.

use std::{
    panic::{AssertUnwindSafe, catch_unwind},
    sync::{
        Mutex,
        atomic::{AtomicUsize, Ordering},
    },
};

use glm_tui::{
    journal::{Entry, Read, Record, Story, Stream},
    sim::Received,
};
use serde_json::Value;

use super::house::{ALL, FIRST, House, Run, SAID, Seen, told_of};

/// Houses that are tried at the same time: a run mostly waits for the disk.
const WIDE: usize = 2;

/// More points than any version of the turn has.
const MOST: usize = 500;

/// Tries `plan(n)` on the second turn for n = 1, 2, 3 … until a run passes untouched, and checks what each left. Fails
/// with all that did not survive.
pub(super) fn each(plan: impl Fn(usize) -> String + Sync, check: impl Fn(&House, &Run) + Sync) {
    each_of(House::second, plan, check);
}

/// The same on any turn.
fn each_of(
    turn: impl Fn(&House, &str) -> Run + Sync,
    plan: impl Fn(usize) -> String + Sync,
    check: impl Fn(&House, &Run) + Sync,
) {
    if no_faults() {
        return;
    }
    let (next, last) = (AtomicUsize::new(1), AtomicUsize::new(MOST));
    let fallen = Mutex::new(Vec::new());
    std::thread::scope(|scope| {
        for _ in 0..WIDE {
            scope.spawn(|| {
                let house = House::new();
                loop {
                    let n = next.fetch_add(1, Ordering::SeqCst);
                    if n > last.load(Ordering::SeqCst) {
                        return;
                    }
                    house.reset();
                    let plan = plan(n);
                    let run = turn(&house, &plan);
                    if house.untouched() {
                        last.fetch_min(n, Ordering::SeqCst);
                    }
                    let checked = catch_unwind(AssertUnwindSafe(|| check(&house, &run)));
                    if let Err(why) = checked {
                        let why = why.downcast_ref::<String>().cloned().unwrap_or_default();
                        let at = house.acted();
                        fallen.lock().unwrap().push(format!("{plan} ({at}): {why}\n{}", run.err));
                    }
                }
            });
        }
    });
    let (tried, fallen) = (last.into_inner() - 1, fallen.into_inner().unwrap());
    println!("{}: points tried {tried}, survived {}", plan(0).replace("@0", ""), tried.saturating_sub(fallen.len()));
    assert!(tried > 0 && tried < MOST - 1, "{tried} points");
    assert!(fallen.is_empty(), "{}", fallen.join("\n"));
}

/// What the log holds of the texts of the second turn, in order.
pub(super) fn said(log: &Read) -> String {
    let texts = log.entries.iter().filter_map(|entry| match &entry.record {
        Record::Text { of: Stream::Answer, text, .. } => Some(text.as_str()),
        _ => None,
    });
    texts.collect::<String>().replacen(FIRST, "", 1)
}

/// What was begun is known, and so is all that was said before it.
pub(super) fn nothing_is_forgotten(house: &House, log: &Read) -> Seen {
    let first = house.first_log();
    assert_eq!(log.entries[..first.len()], first[..], "the first turn is as it was");
    let (seen, told) = (house.seen(), told_of(&log.entries));
    assert!(seen.ran <= 1, "the command ran twice");
    assert!((told.a || !seen.a) && told.ran >= seen.ran && (told.b || !seen.b), "done {seen:?}, known {told:?}");
    let n_said = 2 * usize::from(seen.a) + seen.ran + usize::from(seen.b);
    let before: String = SAID[..n_said].concat();
    assert!(said(log).starts_with(&before), "{:?} lacks of {before:?}", said(log));
    seen
}

/// The request that goes on tells the model all that is known: every call has its answer, and one whose end is not
/// known is said to be so.
fn model_is_told(request: &Received, log: Read) {
    let messages = request.body["messages"].as_array().unwrap();
    let text = |message: &Value| message["content"].as_str().unwrap_or_default().to_owned();
    assert!(messages.iter().any(|message| text(message) == FIRST), "the first turn is told");
    let begun: Vec<_> = log.entries.iter().filter_map(begun).collect();
    let unfinished = Story::tell(log).unwrap().unfinished;
    for call in messages.iter().flat_map(|message| message["tool_calls"].as_array().into_iter().flatten()) {
        let mut answers = messages.iter().filter(|message| message["tool_call_id"] == call["id"]);
        let answer = answers.next().map(text);
        assert!(answer.is_some() && answers.next().is_none(), "{call} has one answer");
        let id = call["id"].as_str().unwrap();
        if unfinished.calls.iter().any(|call| call.call.0.as_str() == id) {
            let answer = answer.unwrap();
            assert!(begun.iter().any(|begun| begun == id) && answer.contains("unknown"), "{answer}");
        }
    }
}

fn begun(entry: &Entry) -> Option<String> {
    match &entry.record {
        Record::Begun(call) => Some(call.call.0.as_str().to_owned()),
        _ => None,
    }
}

/// The conversation is gone on with: nothing is done again, nothing is lost, nothing lies about.
pub(super) fn goes_on(house: &House, log: Read, seen: Seen) {
    let run = house.go_on();
    assert_eq!((run.code, run.out.as_str()), (Some(0), "As you like.\n"), "{}", run.err);
    assert_eq!(run.chats.len(), 1);
    model_is_told(&run.chats[0], log);
    assert_eq!(house.seen().ran, seen.ran, "the command is not run again");
    house.is_tidy();
    let log = house.log();
    assert_eq!((log.damage.missing, said(&log).ends_with("As you like.")), (0, true), "{:?}", log.damage);
}

fn killed(act: &str) {
    each(
        |n| format!("{act}@{n}"),
        |house, run| {
            let log = house.log();
            let seen = nothing_is_forgotten(house, &log);
            seen.is_in_order();
            if run.code.is_some() {
                assert_eq!((run.code, seen), (Some(0), ALL), "{}", run.err);
            }
            goes_on(house, log, seen);
        },
    );
}

#[test]
fn sto_01_killed_before_every_durable_call() {
    killed("kill");
}

#[test]
fn sto_01_killed_within_every_write() {
    killed("torn");
}

/// The same turn in a conversation that begins with it: what there was before stays, what begins is whole or not there.
#[test]
fn sto_01_killed_before_every_durable_call_of_a_new_conversation() {
    let turn = |house: &House, plan: &str| house.run(&["change them"], plan);
    each_of(
        turn,
        |n| format!("kill@{n}"),
        |house, run| {
            let logs = house.logs();
            let first = house.first_log();
            assert!(logs.iter().any(|log| log.entries == first), "the conversation before is as it was");
            let seen = house.seen();
            seen.is_in_order();
            let told = logs.iter().filter(|log| log.entries != first).map(|log| told_of(&log.entries)).next();
            let told = told.unwrap_or_default();
            assert!(
                (told.a || !seen.a) && told.ran >= seen.ran && (told.b || !seen.b),
                "done {seen:?}, known {told:?}"
            );
            if run.code.is_some() {
                assert_eq!((run.code, seen), (Some(0), ALL), "{}", run.err);
            }
            let run = house.go_on();
            assert_eq!((run.code, run.out.as_str()), (Some(0), "As you like.\n"), "{}", run.err);
            assert_eq!(house.seen().ran, seen.ran, "the command is not run again");
            house.is_tidy();
            for log in house.logs() {
                assert_eq!((log.damage.bad, log.damage.missing), (0, 0), "{:?}", log.damage);
            }
        },
    );
}

/// What a loss of power would take is what a kill cannot: here only the order counts. Whatever a file becomes was
/// written down, with what it was, and is on the disk before; and so is the end of the turn.
#[test]
fn sto_01_what_is_done_is_on_the_disk_before_it_is_done() {
    if no_faults() {
        return;
    }
    let house = House::new();
    let points = house.points();
    let mut unsynced = Vec::new();
    let mut n_files = 0;
    for point in &points {
        match point.split_once(' ').unwrap() {
            ("files", "make") => {
                n_files += 1;
                assert!(unsynced.is_empty(), "{unsynced:?} may be lost, a file is changed: {points:?}");
            }
            (place @ ("log" | "blobs"), "write" | "rename") => unsynced.push(place),
            (place @ ("log" | "blobs"), "sync") => unsynced.retain(|other| *other != place),
            _ => {}
        }
    }
    assert!(n_files >= 2, "two edits: {points:?}");
    assert!(unsynced.is_empty(), "{unsynced:?} may be lost at the end: {points:?}");
}

/// A build for release has none.
pub(super) fn no_faults() -> bool {
    if !cfg!(debug_assertions) {
        println!("skipped: a build for release has no fault points");
    }
    !cfg!(debug_assertions)
}
