//! The list of saved sessions: searching, choosing, deleting.

use super::{
    Rig,
    sessions::{idle, session},
};
use crate::{
    app::{Asked, Effect, Incoming, Overlay, SessionList, Switch},
    chat::{SessionCard, SessionId},
    text::Clean,
};

fn card(id: &str, title: &str) -> SessionCard {
    SessionCard {
        id: SessionId::from(id),
        name: None,
        title: Clean::new(title),
        folder: Clean::new("~/src/app"),
        here: true,
        updated: 0,
        turns: 3,
        bytes: 64_000,
        open: false,
        hit: None,
    }
}

fn list(rig: &Rig) -> &SessionList {
    match rig.overlay() {
        Some(Overlay::Sessions(list)) => list,
        other => panic!("no list: {other:?}"),
    }
}

fn answer(rig: &mut Rig, query: &str, ids: &[&str]) {
    let cards = ids.iter().map(|id| card(id, id)).collect();
    rig.on(Incoming::Sessions { query: query.into(), cards });
}

#[test]
fn saved_sessions_are_found_and_gone_on_with() {
    let mut rig = idle();
    assert_eq!(rig.keys("<c-x>s"), [Effect::ListSessions(String::new())]);
    answer(&mut rig, "", &["a", "b", "c"]);
    // The search waits until the hand rests.
    assert_eq!(rig.keys("ga"), []);
    assert_eq!(rig.keys("<enter>"), [], "what is listed is not yet what was typed");
    assert_eq!(rig.ms(121), [Effect::ListSessions("ga".into())]);
    answer(&mut rig, "g", &["late"]);
    assert_eq!(list(&rig).cards.len(), 3, "an answer to another question is none");
    answer(&mut rig, "ga", &["d", "e", "f"]);
    assert_eq!(rig.keys("<down><enter>"), [Effect::Switch(Switch::Resume("e".into()))]);
    assert!(rig.overlay().is_none());
    assert_eq!(rig.app.live.session.asked, Some(Asked::Switch(Switch::Resume("e".into()))));
    assert_eq!(rig.app.transcript.turns.len(), 3, "it stays until the other is there");
    // A running turn comes first.
    rig.start(4, "more");
    rig.keys("<c-x>s");
    answer(&mut rig, "", &["a"]);
    assert_eq!(rig.keys("<enter>"), []);
    assert!(rig.toast().contains("interrupt first"), "{}", rig.toast());
}

#[test]
fn the_list_opens_at_the_start_too() {
    let mut rig = Rig::new();
    assert_eq!(rig.on(Incoming::OpenSessions), [Effect::ListSessions(String::new())]);
    assert!(list(&rig).searches());
    answer(&mut rig, "", &[]);
    assert!(!list(&rig).searches());
    rig.on(Incoming::Paste("gauge\nx".into()));
    assert_eq!(list(&rig).query, "gauge");
}

#[test]
fn deleting_asks_twice_and_spares_what_is_open() {
    let mut rig = idle();
    rig.chat(session("here", true));
    rig.keys("<c-x>s");
    answer(&mut rig, "", &["a", "here", "c"]);
    assert_eq!(rig.keys("<c-d>"), []);
    assert_eq!(list(&rig).confirm, Some("a".into()));
    assert_eq!(rig.keys("<down><up><c-d>"), [], "the choice moved in between");
    assert_eq!(rig.keys("<del>"), [Effect::DeleteSession("a".into()), Effect::ListSessions(String::new())]);
    assert_eq!(rig.keys("<c-d><c-d>"), [], "the one on the screen");
    assert_eq!(list(&rig).card().unwrap().id, "here".into());
    assert_eq!(rig.keys("<enter>"), []);
    assert!(rig.overlay().is_none());
    rig.keys("<c-x>s");
    rig.on(Incoming::Sessions { query: String::new(), cards: vec![SessionCard { open: true, ..card("a", "x") }] });
    assert_eq!(rig.keys("<c-d><c-d>"), [], "one that another program has open");
}
