//! What can follow the leader, shown when the hand hesitates.

use ratatui::layout::Rect;

use super::panel::{frame, keys};
use crate::{
    app::{App, Now, STRIP_AFTER},
    ui::{
        keys::short,
        layout::Layout,
        paint::{Pen, cells},
        theme::Part,
    },
};

/// Columns of one key with its name.
const COLUMN: u16 = 24;

pub(super) fn draw(pen: &mut Pen<'_>, layout: &Layout, app: &App, now: Now) {
    let Some((_, since)) = &app.keys.pending else { return };
    let list = app.keys.continuations();
    if now.instant.saturating_duration_since(*since) < STRIP_AFTER || list.is_empty() {
        return;
    }
    let columns = (layout.space.width / COLUMN).max(1);
    let n_rows = u16::try_from(list.len()).unwrap_or(u16::MAX).div_ceil(columns);
    let height = (n_rows + 2).min(layout.space.height);
    let area = Rect { y: layout.space.bottom() - height, height, ..layout.space };
    let inner = frame(pen, area, "then", &keys(&[("esc", "cancel")]));
    for (n, (key, name)) in list.iter().enumerate() {
        let n = n as u16;
        let (column, row) = (n / n_rows, n % n_rows);
        if row >= inner.height {
            continue;
        }
        let (x, y) = (inner.x + column * COLUMN, inner.y + row);
        let room = COLUMN.min(inner.right().saturating_sub(x));
        let key = short(key);
        let used = pen.chrome((x, y), room, &key, Part::Accent);
        let indent = used.max(4) + 1;
        if cells(name) + indent <= room {
            pen.chrome((x + indent, y), room - indent, name, Part::Text);
        }
    }
}
