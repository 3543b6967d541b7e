//! What the session changed: the list of changes by turn, and one change over both panes.

use ratatui::layout::Rect;

use super::panel::{Drawn, frame, keys};
use crate::{
    app::{App, DiffView, Edit, Sheet},
    chat::{FileChange, TurnId},
    text::truncate,
    ui::{
        diff_lines::DiffStyle,
        diff_sheet,
        paint::{Pen, cells},
        sheet,
        theme::Part,
    },
};

/// Draws the view; the report of an open change stands beside what overlays report.
pub(super) fn draw(pen: &mut Pen<'_>, area: Rect, app: &App, view: &DiffView) -> (Drawn, Sheet) {
    match (&view.open, &view.list) {
        (Some(change), list) => (Drawn::default(), draw_change(pen, area, app, (change, view.top), list.is_some())),
        (None, Some(list)) => (draw_list(pen, area, list, view.selected), Sheet::default()),
        (None, None) => (Drawn::default(), Sheet::default()),
    }
}

fn draw_change(pen: &mut Pen<'_>, area: Rect, app: &App, (change, top): (&FileChange, usize), listed: bool) -> Sheet {
    let look = app.look.diff;
    let side = if look.is_side_by_side(area.width) { "one column" } else { "side by side" };
    let close = if listed { "to the list" } else { "close" };
    let cut = if look.cut { "wrap" } else { "cut" };
    let all = [("↑↓ PgUp PgDn", "scroll"), ("]c [c", "hunk"), ("t", side), ("w", cut), ("esc", close)];
    let few = [("]c [c", "hunk"), ("t", "side"), ("esc", "back")];
    let foot = if area.width >= 70 { keys(&all) } else { keys(&few) };
    let inner = frame(pen, area, "Diff", &foot);
    let style = DiffStyle { side_by_side: look.is_side_by_side(area.width), wrap: !look.cut };
    let lines = diff_sheet::lines(change, None, inner.width, style);
    sheet::draw(pen, inner, &lines, top)
}

fn draw_list(pen: &mut Pen<'_>, area: Rect, list: &[(TurnId, Edit)], selected: usize) -> Drawn {
    let counts = list.iter().filter(|(_, edit)| !edit.undone).map(|(_, edit)| &edit.change);
    let (added, removed) = counts.fold((0_u64, 0_u64), |(a, r), c| (a + u64::from(c.added), r + u64::from(c.removed)));
    let title = format!("Changes of this session · +{added} −{removed}");
    let inner = frame(pen, area, &title, &keys(&[("↑↓", "choose"), ("Enter", "open"), ("esc", "close")]));
    if list.is_empty() {
        pen.chrome((inner.x, inner.y), inner.width, "Nothing was changed yet.", Part::Muted);
        return Drawn::default();
    }
    let rows = usize::from(inner.height);
    let top = selected.saturating_sub(rows / 2).min(list.len().saturating_sub(rows));
    for ((n, (turn, edit)), y) in list.iter().enumerate().skip(top).zip(inner.y..inner.bottom()) {
        let first = n == top || list.get(n.wrapping_sub(1)).is_none_or(|(before, _)| before != turn);
        let turn = if first { format!("turn {:<3}", turn.0) } else { " ".repeat(8) };
        draw_file(pen, Rect { y, height: 1, ..inner }, (&turn, edit), n == selected);
    }
    Drawn { list_rows: inner.height, ..Drawn::default() }
}

fn draw_file(pen: &mut Pen<'_>, at: Rect, (turn, edit): (&str, &Edit), chosen: bool) {
    let change = &edit.change;
    let part = |part| match (chosen, edit.undone) {
        (true, _) => Part::Selection,
        (false, true) => Part::Faint,
        (false, false) => part,
    };
    if chosen {
        pen.fill(at, ' ', Part::Selection);
        pen.chrome((at.x, at.y), 1, "▸", Part::Selection);
    }
    let wide = at.width >= 40;
    let lead = if wide { 2 + pen.chrome((at.x + 2, at.y), at.width, turn, part(Part::Faint)) } else { 2 };
    let kind = if edit.undone { "undone" } else { diff_sheet::kind(change.kind) };
    let kind = if wide || edit.undone { format!("  {kind:<8}") } else { String::new() };
    let counts = [
        (kind, part(Part::Muted)),
        (format!("  +{}", change.added), part(Part::Add)),
        (format!(" −{}", change.removed), part(Part::Del)),
    ];
    let tail: u16 = counts.iter().map(|(text, _)| cells(text)).sum();
    let room = at.width.saturating_sub(lead + tail);
    let path = truncate::middle(change.path.as_str(), usize::from(room));
    let style = pen.theme.style(part(Part::Text));
    pen.text((at.x + lead, at.y), room, &path, style);
    pen.runs_right(at, &counts);
}
