//! The ground of an overlay: its rectangle, its rules, what it reports back.

use ratatui::layout::{Position, Rect};

use crate::ui::{
    layout::Layout,
    paint::{Pen, Runs},
    theme::Part,
};

/// What an overlay reports.
#[derive(Clone, Copy, Debug, Default)]
pub(in crate::ui) struct Drawn {
    /// Where the caret stands now, if the overlay takes text.
    pub(in crate::ui) caret: Option<Position>,
    /// Visible rows of a list.
    pub(in crate::ui) list_rows: u16,
}

/// The rectangle of an overlay: over the panes and, where those are too low, over the composer too;
/// never over the status row.
pub(super) fn panel(layout: &Layout, rows: u16, columns: u16) -> Rect {
    let status = layout.foot.status;
    let most = if status.height > 0 { status.y } else { layout.space.height };
    let height = rows.min(most);
    let width = columns.min(layout.space.width);
    Rect { x: (layout.space.width - width) / 2, y: 0, width, height }
}

/// Clears the panel, draws its rules, and returns what is left between them.
pub(super) fn frame(pen: &mut Pen<'_>, area: Rect, title: &str, foot: &[(String, Part)]) -> Rect {
    pen.clear(area);
    if area.height < 3 {
        return area;
    }
    pen.rule(Rect { height: 1, ..area }, &[(title.to_owned(), Part::Title)], &[]);
    pen.rule(Rect { y: area.bottom() - 1, height: 1, ..area }, foot, &[]);
    let inset = u16::from(area.width >= 40);
    Rect { x: area.x + inset, y: area.y + 1, width: area.width - 2 * inset, height: area.height - 2 }
}

/// Keys and what they do, for the lower rule.
pub(super) fn keys(list: &[(&str, &str)]) -> Runs {
    let mut runs = Runs::new();
    for (key, what) in list {
        if !runs.is_empty() {
            runs.push((" · ".to_owned(), Part::Faint));
        }
        runs.push(((*key).to_owned(), Part::Accent));
        runs.push((format!(" {what}"), Part::Faint));
    }
    runs
}
