//! Keys against a clock that the test moves.

use std::time::{Duration, Instant};

use crossterm::event::{KeyCode, KeyEvent, KeyEventKind, KeyModifiers};

use super::{Trust, TrustOutcome};
use crate::{app::Now, quota::Timestamp, text::Clean};

#[expect(clippy::disallowed_methods, reason = "an instant can only be had from the clock; tests move on from it")]
fn start() -> Now {
    Now { instant: Instant::now(), wall: Timestamp::UNIX_EPOCH }
}

fn later(now: Now, ms: u64) -> Now {
    Now { instant: now.instant + Duration::from_millis(ms), ..now }
}

fn key(code: KeyCode) -> KeyEvent {
    KeyEvent::new(code, KeyModifiers::NONE)
}

fn shown(now: Now) -> Trust {
    let mut trust = Trust::new(Clean::strict("/src/app"), Vec::new());
    trust.on_drawn(0, now);
    trust
}

#[test]
fn each_letter_decides_and_nothing_else_does() {
    let now = start();
    let rows = [
        (KeyCode::Char('t'), Some(TrustOutcome::Trust)),
        (KeyCode::Char('r'), Some(TrustOutcome::Restrict)),
        (KeyCode::Char('q'), Some(TrustOutcome::Leave)),
        (KeyCode::Esc, Some(TrustOutcome::Leave)),
        (KeyCode::Enter, None),
        (KeyCode::Char('y'), None),
        (KeyCode::Char(' '), None),
        (KeyCode::Char('T'), None),
        (KeyCode::Tab, None),
    ];
    for (code, want) in rows {
        let mut trust = shown(now);
        trust.on_key(key(code), 5, later(now, 600));
        assert_eq!(trust.outcome, want, "{code:?}");
    }
}

#[test]
fn keys_typed_before_it_could_be_read_do_not_count() {
    let now = start();
    let mut trust = Trust::new(Clean::strict("/src/app"), Vec::new());
    trust.on_key(key(KeyCode::Char('t')), 5, later(now, 10_000));
    assert_eq!(trust.outcome, None, "nothing was drawn yet");
    let mut trust = shown(now);
    trust.on_key(key(KeyCode::Char('t')), 5, later(now, 499));
    assert_eq!(trust.outcome, None);
    trust.on_key(key(KeyCode::Char('t')), 5, later(now, 1_100));
    assert_eq!(trust.outcome, None, "a key that keeps coming is not an answer");
    trust.on_key(key(KeyCode::Char('t')), 5, later(now, 1_900));
    assert_eq!(trust.outcome, Some(TrustOutcome::Trust));
}

#[test]
fn a_held_key_is_no_answer() {
    let now = start();
    let mut trust = shown(now);
    let held = KeyEvent { kind: KeyEventKind::Repeat, ..key(KeyCode::Char('t')) };
    for ms in (600..3_000).step_by(30) {
        trust.on_key(held, 5, later(now, ms));
    }
    assert_eq!(trust.outcome, None);
}

#[test]
fn ctrl_c_leaves_at_once() {
    let now = start();
    let mut trust = shown(now);
    trust.on_key(KeyEvent::new(KeyCode::Char('c'), KeyModifiers::CONTROL), 5, now);
    assert_eq!(trust.outcome, Some(TrustOutcome::Leave));
}
