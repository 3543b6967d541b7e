//! What lies over the panes: the usage view, help, pickers, a problem's cause, completions, the keys
//! that can follow a leader, the search. The status row stays visible below them.

mod completion;
mod diff;
mod find;
mod help;
mod panel;
mod picker;
mod problem;
mod rewind;
mod sessions;
mod strip;
mod tasks;
mod usage;
mod usage_chart;

use panel::{Drawn, panel};

use super::{gauge::Source, layout::Layout, paint::Pen};
use crate::app::{App, Now, Overlay, Sheet};

/// Draws what is open.
pub(super) fn draw(
    pen: &mut Pen<'_>,
    layout: &Layout,
    source: &Source<'_>,
    (app, now): (&App, Now),
    sheet: &mut Sheet,
) -> Drawn {
    let mut drawn = Drawn::default();
    if app.overlays.is_empty() {
        if let Some(find) = &app.find {
            drawn.caret = find::draw(pen, layout.foot.activity, app, find);
        }
        drawn.list_rows = completion::draw(pen, layout, app);
    }
    for overlay in &app.overlays {
        drawn = match overlay {
            Overlay::Help { top } => help::draw(pen, panel(layout, u16::MAX, 100), app, *top),
            Overlay::Picker(picker) => picker::draw(pen, layout, picker),
            Overlay::Usage(tab) => usage::draw(pen, panel(layout, 24, 100), source, *tab),
            Overlay::Tasks { selected } => tasks::draw(pen, layout, (app, now), *selected),
            Overlay::Rewind(view) => rewind::draw(pen, layout, view, now),
            Overlay::Sessions(list) => sessions::draw(pen, layout, (app, now), list),
            Overlay::Detail(problem) => problem::draw(pen, panel(layout, u16::MAX, 100), problem),
            Overlay::Diff(view) => {
                let (drawn, open) = diff::draw(pen, panel(layout, u16::MAX, u16::MAX), app, view);
                *sheet = open;
                drawn
            }
        };
    }
    strip::draw(pen, layout, app, now);
    drawn
}
