//! When to ask the quota endpoint: soon after a turn, seldom while someone works, never while nobody does.

use std::time::Duration;

use jiff::Timestamp;

use super::{
    board::{Board, Health},
    reading::Severity,
    span,
};

/// After the end of a turn: the service counts a request a moment after it answered it.
const AFTER_TURN: Duration = Duration::from_secs(3);

/// Between two polls, however short the turns are.
const MIN_GAP: Duration = Duration::from_secs(20);

/// Between polls while someone works.
const WORKING: Duration = Duration::from_secs(300);

/// Between polls while someone works and a window is worth a warning.
const WARNED: Duration = Duration::from_secs(120);

/// Nobody works any more this long after the last sign of it.
const IDLE_AFTER: Duration = Duration::from_secs(15 * 60);

/// After a window's reset.
const AFTER_RESET: Duration = Duration::from_secs(5);

/// What the session does.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Activity {
    /// When the last turn ended.
    pub last_turn_end: Option<Timestamp>,
    /// A turn runs.
    pub turn_running: bool,
    /// When the user or the agent last did something; the start of the program counts.
    pub last_activity: Option<Timestamp>,
}

impl Activity {
    /// When the session counts as idle; `None` while a turn runs.
    fn idle_at(&self) -> Option<Timestamp> {
        if self.turn_running {
            return None;
        }
        let last = self.last_activity.max(self.last_turn_end).unwrap_or(Timestamp::MIN);
        Some(span::plus(last, IDLE_AFTER))
    }

    /// The session is still active at `at`, by what is known now.
    fn reaches(&self, at: Timestamp) -> bool {
        self.idle_at().is_none_or(|idle| at < idle)
    }
}

/// When to poll next, not before `now`; `None` = not until something happens.
#[must_use]
pub fn next_poll(board: &Board, activity: Activity, now: Timestamp) -> Option<Timestamp> {
    if board.health == Health::Off {
        return None;
    }
    let due = if board.n_failures > 0 {
        after_failure(board, activity, now)
    } else if let Some(snapshot) = &board.snapshot {
        // A clock that was set back must not postpone the next poll.
        after_answer(board, activity, snapshot.taken_at.min(now), now)
    } else {
        Some(now)
    };
    due.map(|due| due.max(now))
}

/// The back-off, never while idle. A turn that ended since the failure may mean that the network is back: it
/// allows the first step of the back-off instead of a later one.
fn after_failure(board: &Board, activity: Activity, now: Timestamp) -> Option<Timestamp> {
    let wait = board.back_off();
    let due = board.next_poll_at.unwrap_or(span::plus(now, wait));
    let failed_at = span::minus(due, wait);
    let hopeful = matches!(board.health, Health::Stale(_));
    let due = match activity.last_turn_end {
        Some(end) if hopeful && end > failed_at => {
            due.min(span::plus(end, AFTER_TURN).max(span::plus(failed_at, AFTER_FAILURE)))
        }
        _ => due,
    };
    activity.reaches(due.max(now)).then_some(due)
}

/// The least time after a failure, whatever happens.
const AFTER_FAILURE: Duration = Duration::from_secs(30);

fn after_answer(board: &Board, activity: Activity, taken_at: Timestamp, now: Timestamp) -> Option<Timestamp> {
    let after_turn = activity
        .last_turn_end
        .map(|end| span::plus(end, AFTER_TURN))
        .filter(|due| *due > taken_at)
        .map(|due| due.max(span::plus(taken_at, MIN_GAP)));
    let interval = if board.read(now).severity() >= Severity::Warn { WARNED } else { WORKING };
    let regular = Some(span::plus(taken_at, interval)).filter(|due| activity.reaches((*due).max(now)));
    // Once per reset and also while idle: whoever waits for it wants to see it. A service that still names the old
    // reset afterwards is asked in the regular way.
    let after_reset = board
        .snapshot
        .iter()
        .flat_map(|snapshot| &snapshot.windows)
        .filter_map(|window| window.resets_at)
        .map(|at| span::plus(at, AFTER_RESET))
        .filter(|due| *due > taken_at)
        .min();
    [after_turn, regular, after_reset].into_iter().flatten().min()
}
