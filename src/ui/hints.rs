//! The row of keys at the very bottom.

use ratatui::layout::Rect;

use super::{
    keys,
    paint::{Pen, cells},
    theme::Part,
};
use crate::app::{Action, App, action::PaneAct, esc_meaning};

/// Draws as many hints as fit; help is always among them.
pub(super) fn draw(pen: &mut Pen<'_>, row: Rect, app: &App) {
    if row.height == 0 {
        return;
    }
    let gap = if row.width >= 110 { 3 } else { 2 };
    if app.ask().is_some() {
        return draw_ask(pen, row, app, gap);
    }
    let help = hint(app, row.width, HINTS.len() - 1);
    let mut x = row.x + 1;
    let reserve = help.as_ref().map_or(0, |(key, what)| width(key, what) + gap);
    for n in 0..HINTS.len() - 1 {
        let Some((key, what)) = hint(app, row.width, n) else { continue };
        if x + width(&key, what) + reserve > row.right() {
            break;
        }
        x += draw_one(pen, (x, row.y), &key, what) + gap;
    }
    // While something runs the activity row says it.
    let back = esc_meaning(app).hint();
    let key = keys::short(&app.keys.binding_of(Action::Back));
    if app.live.turn_at.is_none() && !back.is_empty() && x + width(&key, back) + reserve <= row.right() {
        x += draw_one(pen, (x, row.y), &key, back) + gap;
    }
    if let Some((key, what)) = help.filter(|(key, what)| x + width(key, what) <= row.right()) {
        draw_one(pen, (x, row.y), &key, what);
    }
}

/// While a question waits: what the ways out do, and how to get at the evidence.
fn draw_ask(pen: &mut Pen<'_>, row: Rect, app: &App, gap: u16) {
    let stop = if app.overlays.is_empty() { "no, and stop the turn" } else { "close" };
    let hints = [
        (Action::Back, esc_meaning(app).hint()),
        (Action::Interrupt, stop),
        (Action::Pane(PaneAct::Next), "panes"),
        (Action::Detail, "detail"),
        (Action::Help, "keys"),
    ];
    let mut x = row.x + 1;
    for (action, what) in hints {
        let key = app.keys.binding_of(action);
        // `?` on an empty prompt means something else here.
        let key = if action == Action::Help {
            app.keys.all_of(action).into_iter().map(|(_, key)| key).find(|key| key.len() > 1).unwrap_or(key)
        } else {
            key
        };
        let key = keys::short(&key);
        if key.is_empty() || what.is_empty() || x + width(&key, what) > row.right() {
            continue;
        }
        x += draw_one(pen, (x, row.y), &key, what) + gap;
    }
}

fn width(key: &str, what: &str) -> u16 {
    cells(key) + 1 + cells(what)
}

fn draw_one(pen: &mut Pen<'_>, at: (u16, u16), key: &str, what: &str) -> u16 {
    let used = pen.chrome(at, u16::MAX, key, Part::Accent);
    used + 1 + pen.chrome((at.0 + used + 1, at.1), u16::MAX, what, Part::Faint)
}

/// A hint by its rank: key and what it does. An action without a key has none.
fn hint(app: &App, width: u16, rank: usize) -> Option<(String, &'static str)> {
    let wide = width >= 110;
    let (action, long, short) = *HINTS.get(rank)?;
    let key = keys::short(&app.keys.binding_of(action));
    (!key.is_empty()).then_some((key, if wide { long } else { short }))
}

const HINTS: [(Action, &str, &str); 8] = [
    (Action::Palette, "commands", "commands"),
    (Action::NextModel, "next model", "model"),
    (Action::PickModel, "pick model", "pick"),
    (Action::Reasoning, "reasoning", "reasoning"),
    (Action::Detail, "detail", "detail"),
    (Action::Pane(PaneAct::Next), "pane", "pane"),
    (Action::Find, "find", "find"),
    (Action::Help, "help", "help"),
];
