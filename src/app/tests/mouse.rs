//! Wheel, clicks, the divider.

use crossterm::event::{KeyModifiers, MouseButton, MouseEvent, MouseEventKind};

use super::{Rig, id};
use crate::{
    app::{Anchor, Effect, EntryId, Focus, Incoming, Overlay, Pane, Scroll, TextRow},
    config::MouseMode,
};

fn mouse(rig: &mut Rig, kind: MouseEventKind, column: u16, row: u16) -> Vec<Effect> {
    rig.on(Incoming::Mouse(MouseEvent { kind, column, row, modifiers: KeyModifiers::NONE }))
}

const DOWN: MouseEventKind = MouseEventKind::Down(MouseButton::Left);
const DRAG: MouseEventKind = MouseEventKind::Drag(MouseButton::Left);
const UP: MouseEventKind = MouseEventKind::Up(MouseButton::Left);

fn rig() -> Rig {
    let mut rig = Rig::new();
    rig.drawn(|_| {});
    rig
}

#[test]
fn the_wheel_moves_what_is_under_the_pointer() {
    let mut rig = rig();
    let scroll = |pane| vec![Effect::Scroll { pane, rows: -3 }];
    assert_eq!(mouse(&mut rig, MouseEventKind::ScrollUp, 5, 2), scroll(Pane::Reasoning));
    assert_eq!(mouse(&mut rig, MouseEventKind::ScrollUp, 5, 8), scroll(Pane::Answer));
    assert_eq!(rig.app.panes.focus, Focus::Composer, "without the focus");
}

#[test]
fn clicks() {
    let mut rig = rig();
    mouse(&mut rig, DOWN, 5, 8);
    assert_eq!(rig.app.panes.focus, Focus::Answer);
    mouse(&mut rig, DOWN, 5, 2);
    assert_eq!(rig.app.panes.focus, Focus::Reasoning);
    mouse(&mut rig, DOWN, 5, 19);
    assert_eq!(rig.app.panes.focus, Focus::Composer);
    mouse(&mut rig, DOWN, 12, 22);
    assert!(matches!(rig.overlay(), Some(Overlay::Usage(_))));
    rig.keys("<esc>");
    mouse(&mut rig, DOWN, 2, 22);
    assert!(matches!(rig.overlay(), Some(Overlay::Picker(_))));
}

#[test]
fn a_click_that_only_meant_the_window_does_nothing() {
    let mut rig = rig();
    rig.on(Incoming::Focus(true));
    rig.ms(200);
    mouse(&mut rig, DOWN, 12, 22);
    assert!(rig.overlay().is_none());
    mouse(&mut rig, DOWN, 12, 22);
    assert!(rig.overlay().is_some(), "the second one does");
}

#[test]
fn a_click_opens_a_stub() {
    let mut rig = Rig::new();
    rig.turn(1, "go", "x", "y");
    rig.ms(2000);
    rig.drawn(|view| view.stubs = vec![(Pane::Answer, 7, id(1, 1))]);
    mouse(&mut rig, DOWN, 3, 7);
    assert_eq!(rig.app.transcript.steps[0].open, Some(true));
}

#[test]
fn the_divider_follows() {
    let mut rig = rig();
    mouse(&mut rig, DOWN, 5, 5);
    mouse(&mut rig, DRAG, 5, 9);
    // Reasoning from row 1 to 9 of the sixteen rows that both panes have.
    assert_eq!(rig.app.panes.share[0], 50);
    mouse(&mut rig, UP, 5, 9);
    mouse(&mut rig, DRAG, 5, 12);
    assert_eq!(rig.app.panes.share[0], 50, "the button is up");
}

/// Two paragraphs, the first over three rows; `›` marks a gutter that is not part of the text.
fn selectable() -> Rig {
    let mut rig = Rig::new();
    rig.turn(1, "go", "", "text");
    let row = |y, x, text: &str, joins| TextRow { pane: Pane::Answer, y, x, text: text.into(), joins };
    rig.drawn(|view| {
        view.answer.top = Some(Anchor { entry: EntryId(1), offset: 0 });
        view.rows = vec![
            row(6, 2, "see https://exam", false),
            row(7, 2, "ple.com/a/long/u", true),
            row(8, 2, "rl 中文 end", true),
            row(9, 0, "next", false),
        ];
    });
    rig
}

#[test]
fn a_drag_copies_the_text_and_no_more() {
    let rows = [
        ((6, 6), (79, 8), "https://example.com/a/long/url 中文 end"),
        ((79, 8), (6, 6), "https://example.com/a/long/url 中文 end"),
        ((0, 8), (3, 9), "rl 中文 end\nnext"),
        ((6, 8), (6, 8), ""),
        ((5, 8), (6, 8), "中"),
        ((4, 9), (9, 9), ""),
    ];
    for (from, to, wanted) in rows {
        let mut rig = selectable();
        mouse(&mut rig, DOWN, from.0, from.1);
        mouse(&mut rig, DRAG, to.0, to.1);
        let effects = mouse(&mut rig, UP, to.0, to.1);
        let copied = if wanted.is_empty() { Vec::new() } else { vec![Effect::Copy(wanted.into())] };
        assert_eq!(effects, copied, "{from:?} {to:?}");
    }
}

#[test]
fn a_selection_stands_still_and_ctrl_c_copies_it_again() {
    let mut rig = selectable();
    mouse(&mut rig, DOWN, 2, 6);
    mouse(&mut rig, DRAG, 4, 6);
    assert!(rig.app.panes.answer != Scroll::Latest, "what is read does not move");
    assert_eq!(rig.app.selected_columns(Pane::Answer, 6), Some(2..5));
    assert_eq!(rig.app.selected_columns(Pane::Answer, 7), None);
    mouse(&mut rig, UP, 4, 6);
    assert_eq!(rig.keys("<c-c>"), [Effect::Copy("see".into())]);
    assert_eq!(rig.app.panes.answer, Scroll::Latest, "and follows again");
    assert_eq!(rig.keys("<c-c>"), [], "the next one is about leaving");
    assert_eq!(rig.toast(), "^C again quits");
}

#[test]
fn modes() {
    let mut rig = rig();
    rig.app.look.mouse = MouseMode::Wheel;
    mouse(&mut rig, DOWN, 12, 22);
    assert!(rig.overlay().is_none());
    assert_eq!(mouse(&mut rig, MouseEventKind::ScrollUp, 5, 8).len(), 1);
    rig.app.look.mouse = MouseMode::Off;
    assert!(mouse(&mut rig, MouseEventKind::ScrollUp, 5, 8).is_empty());
}
