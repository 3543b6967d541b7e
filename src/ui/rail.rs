//! The rail of wide screens: the quota in words and bars, the work, and the models of the ring.

use ratatui::layout::Rect;

use super::{
    gauge::Source,
    layout::Area,
    paint::{Pen, Runs},
    rail_work,
    theme::Part,
    title::titled,
};
use crate::{
    app::Now,
    quota::{Trust, WindowKind, WindowReading, format},
    text::Clean,
};

/// Draws the rail.
pub(super) fn draw(pen: &mut Pen<'_>, area: Area, source: &Source<'_>, now: Now) {
    if area.text.height == 0 {
        return;
    }
    let reading = source.reading();
    let plan = reading.plan.as_deref().map(|p| format!(" · {}", Clean::new(p).as_str())).unwrap_or_default();
    let age = match (&reading.trust, reading.age()) {
        (Trust::Fresh | Trust::Estimated | Trust::Stale { .. }, Some(age)) => {
            format!(" · {} ago", format::duration(age))
        }
        _ => String::new(),
    };
    let demo = if reading.demo { "DEMO " } else { "" };
    pen.rule(area.title, &titled(format!("{demo}Quota{plan}{age}"), false), &[]);
    let mut lines: Vec<Runs> = Vec::new();
    for window in &reading.windows {
        lines.extend(window_lines(source, window));
    }
    let trust = format::trust(&reading.trust);
    if !trust.is_empty() {
        lines.push(vec![(trust, Part::Warn)]);
    }
    if let Some(rate) = &reading.rate {
        let change = rate.changes_at.map(|at| format!(" · until {}", source.clock(at))).unwrap_or_default();
        lines.push(vec![(format!("rate {}{change}", format::rate(rate)), Part::Muted)]);
    }
    if let Some(left) = reading.turns_left {
        lines.push(vec![(format!("left: about {:.0} turns", left.turns.floor()), Part::Muted)]);
    }
    for (runs, y) in lines.iter().zip(area.text.y..area.text.bottom()) {
        pen.runs((area.text.x + 1, y), area.text.width.saturating_sub(1), runs);
    }
    let used = u16::try_from(lines.len()).unwrap_or(u16::MAX).saturating_add(1);
    let rest = area.text.height.saturating_sub(used);
    let below = Rect { y: area.text.y + area.text.height - rest, height: rest, ..area.text };
    let rest = rail_work::draw(pen, below, (source.app(), now));
    draw_ring(pen, rest, source);
}

fn window_lines(source: &Source<'_>, window: &WindowReading) -> Vec<Runs> {
    let name = Clean::new(window.kind.name()).as_str().replace('\n', " ");
    let part = source.part(window);
    if !matches!(window.kind, WindowKind::FiveHour | WindowKind::Week) {
        let amount = format::amount(window).unwrap_or_else(|| format::used_share(window));
        return vec![vec![(format!("{name} {amount}"), Part::Muted)]];
    }
    let figure = source.figure(window, true);
    let gap = 36usize.saturating_sub(name.chars().count() + figure.chars().count()).max(1);
    let mut facts = format::amount(window).unwrap_or_default();
    if let Some(at) = window.reset.at {
        facts = format!("{facts} · resets {}", source.clock(at));
    }
    let mut pace = window.pace.points.map(format::pace).unwrap_or_default();
    if let Some(at) = window.pace.empties_at {
        pace = format!("{pace} · empty ~{} {}", source.clock(at), window.severity.mark());
    } else if window.pace.lasts {
        pace += " · lasts";
    }
    vec![
        vec![(name, Part::Text), (" ".repeat(gap), Part::Text), (figure, part)],
        source.bar(window, 36),
        vec![(facts.trim_start_matches(" · ").to_owned(), Part::Muted)],
        vec![(pace, if window.pace.empties_at.is_some() { part } else { Part::Muted })],
    ]
}

/// The models that the ring key cycles, the one in force marked.
fn draw_ring(pen: &mut Pen<'_>, area: Rect, source: &Source<'_>) {
    let status = &source.app().status;
    if area.height < 3 || status.ring.is_empty() {
        return;
    }
    pen.rule(Rect { height: 1, ..area }, &titled("Models".to_owned(), false), &[]);
    for (id, y) in status.ring.iter().zip(area.y + 1..area.bottom()) {
        let chosen = *id == status.model;
        let (sign, part) = if chosen { ("▸ ", Part::Accent) } else { ("  ", Part::Muted) };
        let used = pen.chrome((area.x + 1, y), area.width.saturating_sub(1), sign, part);
        let refused = status.models.iter().any(|card| card.id == *id && card.refused.is_some());
        let note = if refused { " (not in this plan)" } else { "" };
        pen.chrome((area.x + 1 + used, y), area.width.saturating_sub(1 + used), &format!("{id}{note}"), part);
    }
}
