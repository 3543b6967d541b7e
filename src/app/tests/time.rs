//! When the screen wakes: never without cause.

use std::time::Duration;

use super::Rig;
use crate::{
    app::{Effect, Incoming},
    chat::{Notice, Severity, TurnEnd},
    config::Motion,
    quota::{Board, Snapshot, Timestamp},
};

fn due(rig: &Rig) -> Option<u128> {
    rig.app.next_tick(rig.now).map(|at| at.saturating_duration_since(rig.now.instant).as_millis())
}

#[test]
fn idle_sleeps() {
    assert_eq!(due(&Rig::new()), None);
    let mut rig = Rig::new();
    rig.turn(1, "go", "x", "y");
    rig.ms(2000);
    assert_eq!(due(&rig), None, "also after a turn");
}

#[test]
fn countdowns_wake_once_a_minute() {
    let mut rig = Rig::new();
    let snapshot = Snapshot { windows: Vec::new(), plan: None, taken_at: Timestamp::UNIX_EPOCH };
    rig.on(Incoming::Quota(Box::new(Board { snapshot: Some(snapshot), ..Board::default() })));
    assert_eq!(due(&rig), Some(60_000));
    rig.now.wall = Timestamp::from_second(45).unwrap();
    assert_eq!(due(&rig), Some(15_000));
}

#[test]
fn what_moves_wakes() {
    let mut rig = Rig::new();
    rig.start(1, "go");
    assert_eq!(due(&rig), Some(125), "the spinner");
    rig.on(Incoming::Focus(false));
    assert_eq!(due(&rig), Some(1000), "unfocused: the counter");
    rig.on(Incoming::Focus(true));
    rig.app.look.ui.motion = Motion::None;
    assert_eq!(due(&rig), Some(1000));
    rig.turn_ends(1, TurnEnd::Done);
    assert_eq!(due(&rig), None);
}

#[test]
fn the_leader_strip_comes_once() {
    let mut rig = Rig::new();
    rig.keys("<c-x>");
    assert_eq!(due(&rig), Some(400));
    rig.ms(400);
    assert_eq!(due(&rig), None, "it waits for a key, not for time");
    assert!(rig.app.keys.continuations().iter().any(|(key, name)| key == "m" && *name == "pick-model"));
}

#[test]
fn toasts_go_by_their_severity() {
    let rows = [(Severity::Info, 4), (Severity::Warn, 8), (Severity::Danger, 15)];
    for (severity, seconds) in rows {
        let mut rig = Rig::new();
        rig.on(Incoming::Notice(Notice { severity, text: "x".into() }));
        assert_eq!(due(&rig), Some(seconds * 1000));
        rig.wait(Duration::from_secs(15));
        assert!(rig.app.toasts.is_empty());
    }
    let mut rig = Rig::new();
    for n in 0..9 {
        rig.on(Incoming::Notice(Notice { severity: Severity::Info, text: n.to_string() }));
    }
    rig.on(Incoming::Notice(Notice { severity: Severity::Info, text: "8".into() }));
    let texts: Vec<&str> = rig.app.toasts.iter().map(|toast| toast.notice.text.as_str()).collect();
    assert_eq!(texts, ["5", "6", "7", "8"]);
}

#[test]
fn the_draft_is_saved_at_most_once_a_second() {
    let saved = |rig: &Rig| rig.effects.iter().filter(|effect| matches!(effect, Effect::SaveDraft(_))).count();
    let mut rig = Rig::new();
    rig.keys("hello");
    assert_eq!(saved(&rig), 0);
    assert_eq!(due(&rig), Some(150));
    assert_eq!(rig.ms(150), [Effect::SaveDraft("hello".into())]);
    for _ in 0..10 {
        rig.keys("x");
        rig.ms(100);
    }
    assert_eq!(saved(&rig), 2);
    rig.ms(1000);
    assert_eq!(rig.effects.last(), Some(&Effect::SaveDraft("helloxxxxxxxxxx".into())));
    rig.keys("<enter>");
    rig.ms(1200);
    assert_eq!(rig.effects.last(), Some(&Effect::SaveDraft(String::new())), "sent: nothing to keep");
    assert_eq!(due(&rig), None);
}

#[test]
fn a_bell_and_a_title_at_the_end() {
    let mut rig = Rig::new();
    rig.start(1, "go");
    assert_eq!(rig.effects, [Effect::Title("* glm-tui ~/src/app".into())]);
    rig.on(Incoming::Focus(false));
    let effects = rig.turn_ends(1, TurnEnd::Done);
    assert_eq!(effects, [Effect::Bell, Effect::Title("glm-tui ~/src/app".into())]);
}
