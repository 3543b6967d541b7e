//! The search in the activity row: what is looked for, where it was found.

use ratatui::layout::{Position, Rect};

use crate::{
    app::{App, Find},
    ui::{paint::Pen, theme::Part},
};

/// Draws the bar; returns the caret's cell while the query is typed.
pub(super) fn draw(pen: &mut Pen<'_>, row: Rect, app: &App, find: &Find) -> Option<Position> {
    if row.height == 0 || row.width == 0 {
        return None;
    }
    pen.clear(row);
    let mut x = row.x + pen.chrome((row.x, row.y), row.width, "find: ", Part::Accent);
    let style = pen.theme.style(Part::Text);
    x += pen.text((x, row.y), row.right().saturating_sub(x), &find.query, style);
    let caret = find.typing.then(|| Position::new(x.min(row.right() - 1), row.y));
    let [answer, reasoning] = app.hits_by_pane();
    let found = match (find.query.is_empty(), find.hits.len()) {
        (true, _) => String::new(),
        (false, 0) => "nothing found".to_owned(),
        (false, n) => format!("{} of {n} · answer {answer} · reasoning {reasoning}", find.current + 1),
    };
    let mut rest = vec![(format!("   {found}"), if find.hits.is_empty() { Part::Warn } else { Part::Muted })];
    let keys = if find.typing { "   Enter: keep · esc: end" } else { "   n N: next · Tab: other pane · esc: end" };
    rest.push((keys.to_owned(), Part::Faint));
    pen.runs((x, row.y), row.right().saturating_sub(x), &rest);
    caret
}
