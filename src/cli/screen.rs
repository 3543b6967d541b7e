//! The screen as the terminal's loop drives it.

use std::time::Duration;

use crate::{
    app::{Anchor, App, Effect, Incoming, Now, Pane, View},
    config::Glyphs,
    term, ui,
};

/// While code is being coloured on its own thread the screen looks again this often.
const LOOK_AGAIN: Duration = Duration::from_millis(80);

/// The screen as the terminal's loop drives it.
pub(super) struct Main {
    pub(super) app: App,
    pub(super) cache: ui::ViewCache,
    /// A wish of `GLM_TUI_PANIC`: the next key breaks the program.
    pub(super) breaks: bool,
}

impl term::Screen for Main {
    fn on(&mut self, incoming: Incoming, now: Now) -> Vec<Effect> {
        if self.breaks && matches!(incoming, Incoming::Key { .. }) {
            break_down();
        }
        self.app.on(incoming, now)
    }

    fn next_tick(&self, now: Now) -> Option<std::time::Instant> {
        let colours = self.cache.pending().then(|| now.instant + LOOK_AGAIN);
        [self.app.next_tick(now), colours].into_iter().flatten().min()
    }

    fn draw(&mut self, frame: &mut term::Frame<'_>, now: Now) -> View {
        ui::draw(&self.app, &mut self.cache, frame, now)
    }

    fn scroll(&mut self, pane: Pane, rows: i32) -> Option<Anchor> {
        ui::scroll(&self.app, &mut self.cache, pane, rows)
    }

    fn ambiguous_is_wide(&mut self, wide: bool) {
        if self.app.look.ui.glyphs == Glyphs::Auto {
            self.app.look.ascii = wide;
        }
    }
}

/// The way to see what a fault in the program does to the terminal; builds for release have none.
#[expect(clippy::panic, reason = "asked for by name, in debug builds only")]
fn break_down() {
    panic!("the screen broke, as GLM_TUI_PANIC asked for");
}
