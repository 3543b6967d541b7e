//! The reasoning pane, scrolling, correspondence, focus.

use super::{Rig, id};
use crate::{
    app::{Anchor, Effect, EntryId, Focus, Incoming, Pane, ReasoningState, Scroll},
    chat::{Activity, Event, TurnEnd},
    config::ReasoningPane,
};

fn at(entry: u64) -> Scroll {
    Scroll::Reading(Anchor { entry: EntryId(entry), offset: 0 })
}

fn thinking() -> Rig {
    let mut rig = Rig::new();
    rig.start(1, "go");
    rig.step(1, 1);
    rig.chat(Event::Activity(Activity::Thinking));
    rig.reasoning(1, 1, "hm");
    rig
}

#[test]
fn reasoning_opens_and_folds_by_itself() {
    let mut rig = Rig::new();
    assert_eq!(rig.app.panes.state, ReasoningState::Rest);
    rig = thinking();
    assert_eq!(rig.app.panes.state, ReasoningState::Live);
    rig.answer(1, 1, "so");
    rig.ms(1400);
    assert_eq!(rig.app.panes.state, ReasoningState::Live);
    rig.ms(200);
    assert_eq!(rig.app.panes.state, ReasoningState::Rest);
}

#[test]
fn a_turn_that_ends_in_thought_folds_too() {
    let mut rig = thinking();
    rig.turn_ends(1, TurnEnd::Interrupted { untouched: None });
    rig.ms(1600);
    assert_eq!(rig.app.panes.state, ReasoningState::Rest);
}

#[test]
fn nobody_folds_what_is_read() {
    let mut rig = thinking();
    rig.keys("<f6><f6>");
    assert_eq!(rig.app.panes.focus, Focus::Reasoning);
    rig.answer(1, 1, "so");
    rig.ms(5000);
    assert_eq!(rig.app.panes.state, ReasoningState::Live);
    rig.keys("<f6>");
    rig.ms(1);
    assert_eq!(rig.app.panes.state, ReasoningState::Rest);
}

#[test]
fn the_toggle_remembers() {
    use ReasoningPane::{Auto, Closed, Open};
    let remembered = |effects: Vec<Effect>| match effects.as_slice() {
        [Effect::Remember { key: "reasoning.pane", value }] => value.clone(),
        other => format!("{other:?}"),
    };
    let mut rig = Rig::new();
    assert_eq!(remembered(rig.keys("<c-t>")), "open");
    assert_eq!((rig.app.panes.mode, rig.app.panes.state), (Open, ReasoningState::Pinned));
    assert_eq!(remembered(rig.keys("<c-t>")), "auto");
    assert_eq!((rig.app.panes.mode, rig.app.panes.state), (Auto, ReasoningState::Rest));
    let mut rig = thinking();
    assert_eq!(remembered(rig.keys("<c-x>t")), "closed");
    rig.reasoning(1, 1, "more");
    assert_eq!((rig.app.panes.mode, rig.app.panes.state), (Closed, ReasoningState::Rest));
    let mut rig = Rig::new();
    rig.app.restore(Vec::new(), None, crate::app::reasoning_named("off"));
    assert_eq!(rig.app.panes.state, ReasoningState::Off);
}

#[test]
fn at_tiny_sizes_the_toggle_swaps_the_panes() {
    let mut rig = Rig::new();
    rig.drawn(|view| view.screen.width = 50);
    assert!(rig.keys("<c-t>").is_empty());
    assert!(rig.app.panes.swapped);
    rig.keys("<c-t>");
    assert!(!rig.app.panes.swapped);
    assert_eq!(rig.app.panes.mode, ReasoningPane::Auto);
}

#[test]
fn enter_opens_the_resting_pane() {
    let mut rig = Rig::new();
    rig.keys("<f6><f6><enter>");
    assert_eq!((rig.app.panes.state, rig.app.panes.focus), (ReasoningState::Pinned, Focus::Reasoning));
}

#[test]
fn pinned_does_not_fold() {
    let mut rig = Rig::new();
    rig.keys("<c-t>");
    rig.start(1, "go");
    rig.step(1, 1);
    rig.reasoning(1, 1, "hm");
    rig.answer(1, 1, "so");
    rig.ms(5000);
    assert_eq!(rig.app.panes.state, ReasoningState::Pinned);
}

#[test]
fn keys_that_scroll() {
    let answer = |rows| vec![Effect::Scroll { pane: Pane::Answer, rows }];
    let reasoning = |rows| vec![Effect::Scroll { pane: Pane::Reasoning, rows }];
    let rows = [
        ("<pgup>", answer(-10)),
        ("<s-up>", answer(-1)),
        ("<a-pgup>", reasoning(-3)),
        ("<f6><up>", answer(-1)),
        ("<f6>k", answer(-1)),
        ("<f6><f6><pgup>", reasoning(-3)),
        ("<pgdn>", Vec::new()),
    ];
    for (script, wanted) in rows {
        let mut rig = Rig::new();
        rig.drawn(|_| {});
        assert_eq!(rig.keys(script), wanted, "{script}");
    }
}

#[test]
fn a_wheel_made_of_arrows_scrolls_and_touches_nothing_else() {
    let mut rig = Rig::new();
    rig.keys("one<enter>draft");
    assert_eq!(rig.burst("<up>", 3), [Effect::Scroll { pane: Pane::Answer, rows: -3 }]);
    assert_eq!(rig.text(), "draft");
    rig.keys("<f1>");
    let before = rig.app.overlays.clone();
    rig.burst("<down>", 3);
    assert_eq!(rig.app.overlays, before);
    rig.keys("<esc><up>");
    assert_eq!(rig.text(), "one", "a single arrow is a key");
}

#[test]
fn reading_never_moves() {
    let mut rig = Rig::new();
    rig.turn(1, "one", "", "first");
    rig.on(Incoming::Scrolled { pane: Pane::Answer, to: Some(Anchor { entry: EntryId(1), offset: 0 }) });
    rig.drawn(|view| view.answer.at_end = false);
    rig.start(2, "two");
    rig.step(2, 1);
    rig.answer(2, 1, "more\n");
    rig.keys("typing");
    assert_eq!(rig.app.panes.answer, at(1));
    assert!(rig.app.panes.unseen);
    rig.keys("<esc>");
    assert_eq!(rig.app.panes.answer, Scroll::Latest);
    assert!(!rig.app.panes.unseen);
}

/// Two turns of two steps: entries 1 prompt, 2+3 step 1.1, 4+5 step 1.2, 6 prompt, 7+8 step 2.1.
fn long() -> Rig {
    let mut rig = Rig::new();
    rig.start(1, "one");
    for step in 1..=2 {
        rig.step(1, step);
        rig.reasoning(1, step, "think");
        rig.answer(1, step, "say");
    }
    rig.turn_ends(1, TurnEnd::Done);
    rig.turn(2, "two", "think", "say");
    rig.ms(2000);
    rig.keys("<c-t>");
    rig.drawn(|_| {});
    rig
}

#[test]
fn the_other_pane_follows_its_leader() {
    let mut rig = long();
    rig.on(Incoming::Scrolled { pane: Pane::Answer, to: Some(Anchor { entry: EntryId(5), offset: 2 }) });
    rig.drawn(|view| view.answer.top_step = Some(id(1, 2)));
    assert_eq!(rig.app.panes.reasoning, Scroll::Latest, "not before it settles");
    rig.ms(90);
    assert_eq!(rig.app.panes.reasoning, at(4));
    assert_eq!(rig.app.panes.marked, Some(id(1, 2)));

    rig.on(Incoming::Scrolled { pane: Pane::Reasoning, to: Some(Anchor { entry: EntryId(2), offset: 0 }) });
    rig.drawn(|view| view.reasoning.top_step = Some(id(1, 1)));
    rig.ms(90);
    assert_eq!(rig.app.panes.answer, at(2));
    assert_eq!(rig.app.panes.reasoning, at(2), "the leader stays");

    rig.on(Incoming::Scrolled { pane: Pane::Reasoning, to: None });
    rig.ms(90);
    assert_eq!(rig.app.panes.answer, Scroll::Latest);
}

#[test]
fn by_step_and_by_turn() {
    let mut rig = long();
    let rows = [
        ("<f6>[", at(7), Some((2, 1))),
        ("[", at(4), Some((1, 2))),
        ("[", at(2), Some((1, 1))),
        ("[", at(2), Some((1, 1))),
        ("]", at(4), Some((1, 2))),
        ("{", at(1), Some((1, 1))),
        ("}", at(6), Some((2, 1))),
        ("}", Scroll::Latest, None),
        ("<a-up>", at(6), Some((2, 1))),
        ("<c-end>", Scroll::Latest, None),
        ("<c-home>", at(1), None),
    ];
    for (script, answer, marked) in rows {
        rig.keys(script);
        assert_eq!(rig.app.panes.answer, answer, "{script}");
        assert_eq!(rig.app.panes.marked, marked.map(|(turn, step)| id(turn, step)), "{script}");
    }
}

#[test]
fn steps_open_fold_and_stay_pinned() {
    let mut rig = long();
    let open = |rig: &Rig, n: usize| rig.app.transcript.steps[n].open;
    rig.keys("<f6>[[<enter>");
    assert_eq!(open(&rig, 1), Some(false), "the marked section was open");
    rig.keys("<enter>");
    assert_eq!(open(&rig, 1), Some(true));
    rig.keys("p");
    assert!(rig.app.transcript.steps[1].pinned);
    rig.keys("]<enter><enter>");
    assert_eq!(open(&rig, 2), Some(true));
    rig.start(3, "three");
    rig.step(3, 1);
    assert_eq!((open(&rig, 1), open(&rig, 2)), (Some(true), None), "the step before folds, a pinned one does not");
}

#[test]
fn without_a_pane_of_its_own_a_stub_is_folded_first() {
    let mut rig = Rig::new();
    rig.turn(1, "one", "think", "say");
    rig.ms(2000);
    rig.drawn(|view| view.reasoning.area.height = 0);
    rig.keys("<f6><enter>");
    assert_eq!(rig.app.transcript.steps[0].open, Some(true));
    rig.keys("<enter>");
    assert_eq!(rig.app.transcript.steps[0].open, Some(false));
}

#[test]
fn typing_in_a_pane_goes_to_the_composer() {
    let mut rig = Rig::new();
    rig.keys("<f6>hello");
    assert_eq!((rig.text().as_str(), rig.app.panes.focus), ("hello", Focus::Composer));
    let mut rig = Rig::new();
    rig.keys("<f6>z");
    assert_eq!(rig.app.panes.zoomed, Some(Pane::Answer), "but for the pane's own letters");
    rig.keys("z");
    assert_eq!(rig.app.panes.zoomed, None);
}

#[test]
fn sizes() {
    let mut rig = Rig::new();
    let before = rig.app.panes.share;
    rig.keys("<c-x><gt><c-x><gt><c-x><lt>");
    assert_eq!(rig.app.panes.share, [before[0] + 5, before[1]]);
    for _ in 0..40 {
        rig.keys("<c-x><lt>");
    }
    assert_eq!(rig.app.panes.share[0], 15);
}
