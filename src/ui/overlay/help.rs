//! The keys in force, from the table of actions.

use ratatui::layout::Rect;

use super::panel::{Drawn, frame, keys};
use crate::{
    app::{App, action::TABLE},
    text::truncate,
    ui::{
        keys::short,
        paint::{Pen, runs_width},
        theme::Part,
    },
};

/// Columns of the keys; the second key of an action goes first when they are too long.
const KEYS: u16 = 24;

pub(super) fn draw(pen: &mut Pen<'_>, area: Rect, app: &App, top: usize) -> Drawn {
    let foot = keys(&[("↑↓", "scroll"), ("[keys]", "in config.toml rebinds"), ("esc", "close")]);
    let inner = frame(pen, area, "Keys", &foot);
    let last = TABLE.len().saturating_sub(usize::from(inner.height));
    for (row, y) in TABLE.iter().skip(top.min(last)).zip(inner.y..inner.bottom()) {
        let bound: Vec<String> =
            app.keys
                .all_of(row.action)
                .into_iter()
                .map(|(scope, key)| {
                    if scope.as_str().starts_with("in a pane") {
                        format!("{} (pane)", short(&key))
                    } else {
                        short(&key)
                    }
                })
                .collect();
        let columns = KEYS.min(inner.width / 2);
        let shown = truncate::ellipsis(&bound.join("  "), usize::from(columns.saturating_sub(2)));
        let shown = if shown.is_empty() { "—".to_owned() } else { shown };
        pen.chrome((inner.x, y), columns, &shown, Part::Accent);
        let room = inner.width.saturating_sub(columns);
        let doc = truncate::ellipsis(row.doc, usize::from(room));
        let used = pen.chrome((inner.x + columns, y), room, &doc, Part::Text);
        let name = [(row.name.to_owned(), Part::Faint)];
        if runs_width(&name) + used + 2 <= room {
            pen.runs_right(Rect { y, height: 1, ..inner }, &name);
        }
    }
    Drawn { list_rows: inner.height, ..Drawn::default() }
}
