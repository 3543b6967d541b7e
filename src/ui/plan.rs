//! The plan as a list: what is done, what is in work, what is open.

use ratatui::layout::Rect;

use super::{layout::Area, paint::Pen, theme::Part, title::titled};
use crate::{
    app::App,
    chat::{PlanItem, PlanState},
    text::truncate,
};

/// `plan 2/5`; `None` without a plan.
pub(super) fn figure(app: &App) -> Option<String> {
    let (done, all) = app.live.work.plan_done();
    (all > 0).then(|| format!("plan {done}/{all}"))
}

/// Draws the list below its title.
pub(super) fn draw(pen: &mut Pen<'_>, area: Area, app: &App) {
    if area.text.height == 0 {
        return;
    }
    let (done, all) = app.live.work.plan_done();
    pen.rule(area.title, &titled(format!("Plan {done}/{all}"), false), &[]);
    draw_items(pen, area.text, &app.live.work.plan, 2);
}

/// Draws the items, the one in work always among them.
pub(super) fn draw_items(pen: &mut Pen<'_>, area: Rect, plan: &[PlanItem], inset: u16) {
    let rows = usize::from(area.height);
    let all_fit = plan.len() <= rows;
    // The last row says how many more there are.
    let shown = if all_fit { plan.len() } else { rows.saturating_sub(1) };
    let at = plan.iter().position(|item| item.state != PlanState::Done).unwrap_or(0);
    let from = at.saturating_sub(shown / 2).min(plan.len() - shown);
    let room = area.width.saturating_sub(inset + 3);
    let mut y = area.y;
    for item in plan.iter().skip(from).take(shown) {
        let (glyph, sign, part) = match item.state {
            PlanState::Done => ("✓", Part::Ok, Part::Muted),
            PlanState::Active => ("◐", Part::Accent, Part::Title),
            PlanState::Open => ("○", Part::Faint, Part::Text),
        };
        pen.chrome((area.x + inset, y), 1, glyph, sign);
        let text = truncate::ellipsis(&item.text.as_str().replace('\n', " "), usize::from(room));
        pen.text((area.x + inset + 2, y), room, &text, pen.theme.style(part));
        y += 1;
    }
    if !all_fit && y < area.bottom() {
        pen.chrome((area.x + inset, y), room, &format!("… {} more", plan.len() - shown), Part::Faint);
    }
}
