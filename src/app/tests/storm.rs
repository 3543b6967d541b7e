//! Whatever keys, events and clicks come in whatever order: no panic, and what must hold holds.

use crossterm::event::{KeyModifiers, MouseButton, MouseEvent, MouseEventKind};

use super::{Rig, id};
use crate::{
    app::{Anchor, EntryId, Incoming, Pane, PaneView, Rect},
    chat::{Activity, Detail, Event, ModelId, Progress, RunEnd, RunId, TurnEnd},
    text::Clean,
};

const KEYS: &[&str] = &[
    "a", "你", "/", "mo", "?", "r", " ", "\\", "[", "]", "{", "}", "z", "p", "y", "n", "N", "j", "k", "<enter>",
    "<esc>", "<tab>", "<s-tab>", "<bs>", "<del>", "<up>", "<down>", "<left>", "<right>", "<home>", "<end>", "<pgup>",
    "<pgdn>", "<c-a>", "<c-e>", "<c-k>", "<c-u>", "<c-w>", "<c-y>", "<c-7>", "<c-j>", "<c-t>", "<c-o>", "<c-p>",
    "<c-r>", "<c-g>", "<c-x>", "<c-n>", "<a-p>", "<a-t>", "<a-,>", "<a-.>", "<a-b>", "<a-f>", "<a-d>", "<a-up>",
    "<a-down>", "<a-pgup>", "(", ")", "<c-b>", "e", "l", "x", "<f1>", "<f2>", "<f3>", "<f4>", "<f6>", "<c-home>",
    "<c-end>", "<c-d>",
];

/// A small generator of numbers, the same in every run (Numerical Recipes' constants).
struct Dice(u32);

impl Dice {
    fn roll(&mut self, sides: u32) -> u32 {
        self.0 = self.0.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        (self.0 >> 8) % sides
    }
}

fn event(dice: &mut Dice) -> Event {
    let (turn, step) = (dice.roll(4) + 1, dice.roll(3) + 1);
    let text = Clean::new(["one ", "zwei\n", "三 ", "r"][dice.roll(4) as usize]);
    let run = RunId(u64::from(dice.roll(9)));
    match dice.roll(16) {
        10 | 11 => super::runs::card(run.0, step, super::runs::READ),
        12 => super::runs::card(run.0, step, super::runs::BASH),
        13 => Event::RunStarted { run },
        14 => Event::RunProgress { run, progress: Progress { tail: vec![text], lines: 9, bytes: 9 } },
        15 => {
            let end = [RunEnd::Ok, RunEnd::Ok, RunEnd::Failed, RunEnd::Denied][dice.roll(4) as usize];
            super::runs::ended(run.0, end, Detail::Text(text))
        }
        0 => Event::TurnStarted { turn: id(turn, 1).turn, prompt: text },
        1 => Event::StepStarted { step: id(turn, step), model: ModelId::from("glm-5") },
        2 | 3 => Event::Reasoning { step: id(turn, step), text },
        4 | 5 => Event::Answer { step: id(turn, step), text },
        6 => Event::StepReset { step: id(turn, step) },
        7 => Event::Model {
            id: ModelId::from(["glm-5", "glm-4.7"][dice.roll(2) as usize]),
            thinking: true,
            effort: None,
        },
        8 => Event::Activity([Activity::Idle, Activity::Thinking, Activity::Waiting][dice.roll(3) as usize].clone()),
        _ => Event::TurnEnded { turn: id(turn, 1).turn, end: TurnEnd::Interrupted { untouched: Some("again".into()) } },
    }
}

fn click(dice: &mut Dice) -> Incoming {
    let kind = [
        MouseEventKind::Down(MouseButton::Left),
        MouseEventKind::Drag(MouseButton::Left),
        MouseEventKind::Up(MouseButton::Left),
        MouseEventKind::ScrollUp,
        MouseEventKind::ScrollDown,
    ][dice.roll(5) as usize];
    let (column, row) = (dice.roll(90) as u16, dice.roll(30) as u16);
    Incoming::Mouse(MouseEvent { kind, column, row, modifiers: KeyModifiers::NONE })
}

fn holds(rig: &Rig) {
    let app = &rig.app;
    let entries = &app.transcript.entries;
    assert!(entries.windows(2).all(|pair| pair[0].id < pair[1].id), "ids grow");
    for scroll in [app.panes.answer, app.panes.reasoning] {
        if let crate::app::Scroll::Reading(at) = scroll {
            assert!(at.entry == EntryId(0) || app.transcript.entry(at.entry).is_some(), "{at:?} is lost");
        }
    }
    if let Some(list) = &app.composer.completion {
        assert!(list.selected < list.rows.len());
    }
    if let Some(crate::app::Overlay::Picker(picker)) = app.overlays.last() {
        assert!(picker.matches.iter().all(|at| *at < picker.rows.len()));
        assert!(picker.selected < picker.matches.len().max(1));
    }
    let next = app.next_tick(rig.now);
    assert!(next.is_none_or(|at| at >= rig.now.instant), "a tick that is over");
}

#[test]
fn a_storm_breaks_nothing() {
    for seed in 0..40 {
        let mut dice = Dice(seed);
        let mut rig = Rig::new();
        rig.drawn(|_| {});
        for _ in 0..400 {
            match dice.roll(20) {
                0..11 => drop(rig.keys(KEYS[dice.roll(KEYS.len() as u32) as usize])),
                11..15 => drop(rig.chat(event(&mut dice))),
                15 => drop(rig.on(click(&mut dice))),
                16 => drop(rig.ms(u64::from(dice.roll(3000)))),
                17 => {
                    let pane = [Pane::Answer, Pane::Reasoning][dice.roll(2) as usize];
                    let last = rig.app.transcript.entries.last().map(|entry| Anchor { entry: entry.id, offset: 0 });
                    rig.on(Incoming::Scrolled { pane, to: last });
                }
                18 => drop(rig.on(Incoming::Paste(["x", "a\nb", &"long\n".repeat(12)][dice.roll(3) as usize].into()))),
                _ => rig.drawn(|view| {
                    let top = rig_top(&mut dice);
                    view.screen = Rect { x: 0, y: 0, width: [40, 80, 160][dice.roll(3) as usize], height: 24 };
                    let entry = EntryId(u64::from(dice.roll(30)));
                    view.answer = PaneView { top_step: Some(top), runs: vec![(8, entry)], ..view.answer.clone() };
                }),
            }
            rig.on(Incoming::Tick);
            holds(&rig);
        }
    }
}

fn rig_top(dice: &mut Dice) -> crate::chat::StepId {
    id(dice.roll(4) + 1, dice.roll(3) + 1)
}
