//! Runs the question whether the folder is trusted, on a screen of its own before the session's.

use std::time::Instant;

use tokio::sync::mpsc::unbounded_channel;

use super::{
    exit::{Exit, complain},
    start::{Start, place},
    terminal::options,
};
use crate::{
    app::{
        Anchor, App, Effect, Incoming, Look, Now, Pane, Sheet, View,
        trust::{Brought, Trust, TrustOutcome},
    },
    config::MouseMode,
    quota::TimeZone,
    term,
    text::Clean,
    ui,
};

/// The dialog as the terminal's loop drives it.
struct Page {
    trust: Trust,
    look: Look,
    sheet: Sheet,
}

impl term::Screen for Page {
    fn on(&mut self, incoming: Incoming, now: Now) -> Vec<Effect> {
        match incoming {
            Incoming::Key { key, .. } => {
                let page = usize::from(self.sheet.area.height);
                self.trust.on_key(key, page, now);
                // A row that is not there would have to be scrolled back over.
                self.trust.top = self.trust.top.min(self.sheet.last_top());
            }
            Incoming::Drawn(view) => {
                self.trust.on_drawn(view.sheet.top, now);
                self.sheet = view.sheet;
            }
            Incoming::Background { light } => self.look.light = Some(light),
            _ => {}
        }
        if self.trust.outcome.is_some() { vec![Effect::Quit] } else { Vec::new() }
    }

    fn next_tick(&self, now: Now) -> Option<Instant> {
        self.trust.opens_at().filter(|at| *at > now.instant)
    }

    fn draw(&mut self, frame: &mut term::Frame<'_>, now: Now) -> View {
        View { sheet: ui::draw_trust(&self.trust, &self.look, frame, now), ..View::default() }
    }

    fn scroll(&mut self, _: Pane, _: i32) -> Option<Anchor> {
        None
    }

    fn ambiguous_is_wide(&mut self, wide: bool) {
        self.look.ascii |= wide;
    }
}

/// Asks whether the folder at `path` is trusted, `found` being what it brings. True = trusted, false = work without.
///
/// # Errors
/// The exit of the program: the person left, the terminal failed, or a signal came.
pub(super) async fn ask(start: &Start, path: &std::path::Path, found: Vec<Brought>) -> Result<bool, Exit> {
    let look = App::new(&start.loaded.config, place(start), TimeZone::system(), term::clock()).look;
    let trust = Trust::new(Clean::strict(&path.to_string_lossy()), found);
    let mut page = Page { trust, look, sheet: Sheet::default() };
    let (_sender, inbox) = unbounded_channel();
    let shell = term::Shell { perform: Box::new(|_| {}), started: None };
    match term::run(&mut page, inbox, shell, options(&start.env, MouseMode::Off)).await {
        Err(problem) => {
            complain(&problem);
            Err(Exit::of(&problem))
        }
        Ok(exit) => match (exit.kind, page.trust.outcome) {
            (kind @ term::ExitKind::Signal(_), _) => Err(Exit::of_screen(kind)),
            (_, Some(TrustOutcome::Trust)) => Ok(true),
            (_, Some(TrustOutcome::Restrict)) => Ok(false),
            (_, Some(TrustOutcome::Leave) | None) => Err(Exit::Ok),
        },
    }
}
