//! When the endpoint is asked.

use glm_tui::quota::{Activity, Board, Health, Timestamp, WindowKind, next_poll};

use super::fixture::{after, at, board, credits, noon, picture, saturday, snapshot};

/// A board polled at noon whose windows reset much later and stand well.
fn calm() -> Board {
    board(vec![credits(WindowKind::FiveHour, 500.0, 12_000.0, "2026-11-21T16:00:00Z")], noon())
}

fn active(last: i64) -> Activity {
    Activity { last_activity: Some(after(noon(), last)), ..Activity::default() }
}

fn turn_ended(end: i64) -> Activity {
    Activity { last_turn_end: Some(after(noon(), end)), ..active(end) }
}

/// Seconds after noon of the next poll.
fn due(board: &Board, activity: Activity, now: i64) -> Option<i64> {
    next_poll(board, activity, after(noon(), now)).map(|at| at.duration_since(noon()).as_secs())
}

#[test]
fn polls_of_a_working_endpoint() {
    let running = Activity { turn_running: true, ..Activity::default() };
    let warned = || board(picture(8_640.0), noon());
    let table = [
        ("at the start", Board::default(), active(0), 0, Some(0)),
        ("no endpoint", Board { health: Health::Off, ..Board::default() }, active(0), 0, None),
        ("someone works", calm(), active(0), 10, Some(300)),
        ("late already", calm(), active(400), 400, Some(400)),
        ("a turn runs for long", calm(), running, 290, Some(300)),
        ("a window is worth a warning", warned(), active(0), 10, Some(120)),
        ("idle at the due time", calm(), active(-601), 10, Some(15_485)),
        ("idle for long", calm(), active(-7_200), 10, Some(15_485)),
        ("nothing ever happened", calm(), Activity::default(), 10, Some(15_485)),
        ("a turn ended", calm(), turn_ended(60), 60, Some(63)),
        ("a turn ended just after the poll", calm(), turn_ended(4), 4, Some(20)),
        ("a turn ended before the poll", calm(), turn_ended(-10), 4, Some(300)),
        ("a turn ended, the machine slept", calm(), turn_ended(60), 9_000, Some(9_000)),
        ("the clock was set back", calm(), active(-500), -500, Some(-200)),
    ];
    for (name, board, activity, now, expected) in table {
        assert_eq!(due(&board, activity, now), expected, "{name}");
    }
}

#[test]
fn a_reset_is_looked_at_once() {
    let reset = at("2026-11-21T16:00:00Z");
    assert_eq!(next_poll(&calm(), Activity::default(), noon()), Some(after(reset, 5)), "also while idle");
    assert_eq!(next_poll(&calm(), Activity::default(), after(reset, 60)), Some(after(reset, 60)), "also late");
    // The service still names the old reset: no second look while idle, the regular one while someone works.
    let mut lagging = calm();
    let polled = after(reset, 6);
    lagging.absorb(snapshot(lagging.snapshot.clone().unwrap().windows, polled), polled);
    assert_eq!(next_poll(&lagging, Activity::default(), polled), None);
    let works = Activity { last_activity: Some(polled), ..Activity::default() };
    assert_eq!(next_poll(&lagging, works, polled), Some(after(polled, 300)));
}

#[test]
fn failures_wait_longer_and_never_while_idle() {
    let failed = |n: i64| {
        let mut board = calm();
        (0..n).for_each(|_| board.failed("timeout", noon()));
        board
    };
    for (n, wait) in [(1, 30), (2, 60), (3, 120), (4, 300), (5, 600), (6, 600)] {
        assert_eq!(due(&failed(n), active(0), 0), Some(wait), "{n} failures");
    }
    assert_eq!(due(&failed(1), active(-901), 0), None, "idle");
    assert_eq!(due(&failed(5), active(-400), 0), None, "idle before the next try");
    assert_eq!(due(&failed(5), active(0), 899), Some(899), "late");
    assert_eq!(due(&failed(5), active(0), 900), None, "idle by then");
    assert_eq!(due(&failed(5), turn_ended(100), 100), Some(103), "the network may be back");
    assert_eq!(due(&failed(5), turn_ended(5), 5), Some(30), "not at once");
    let mut refused = calm();
    refused.refused(noon());
    assert_eq!(due(&refused, turn_ended(100), 100), Some(600), "a refused key does not heal by a turn");
}

#[test]
fn no_schedule_ever_lies_in_the_past_or_stands_still() {
    let mut board = saturday();
    let mut now = noon();
    let mut n = 0;
    // An hour of work: ask, answer, ask again.
    let until = after(noon(), 3_600);
    while now < until {
        let activity = Activity { turn_running: true, last_activity: Some(now), last_turn_end: Some(now) };
        let due = next_poll(&board, activity, now).unwrap();
        assert!(due > now, "{due} at {now}");
        board.absorb(snapshot(picture(8_640.0), due), due);
        now = due;
        n += 1;
    }
    assert!((30..=181).contains(&n), "{n} polls in an hour of turns without a break");
    assert!(next_poll(&board, Activity::default(), Timestamp::MAX).is_some());
    assert!(next_poll(&board, Activity::default(), Timestamp::MIN).is_some());
}
