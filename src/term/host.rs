//! What the loop is given and what it gives back: the contract with the composition root.

use std::time::Instant;

use tokio::sync::mpsc;

use super::{surroundings::Surroundings, watchdog};
use crate::{
    app::{Anchor, Effect, Incoming, Now, Pane, View},
    config::MouseMode,
};

pub use ratatui::Frame;

/// The state behind the screen, as the loop needs it.
pub trait Screen {
    /// Takes what came and says what is to be done.
    fn on(&mut self, incoming: Incoming, now: Now) -> Vec<Effect>;

    /// When the state changes by itself next; `None` while it does not.
    fn next_tick(&self, now: Now) -> Option<Instant>;

    /// Draws a frame and says where things are.
    fn draw(&mut self, frame: &mut Frame<'_>, now: Now) -> View;

    /// Where a pane stands after moving by rows (negative = up); `None` = the live end.
    fn scroll(&mut self, pane: Pane, rows: i32) -> Option<Anchor>;

    /// The terminal draws characters of ambiguous width two cells wide, or not.
    fn ambiguous_is_wide(&mut self, wide: bool);
}

/// What decides how the screen is used.
#[derive(Clone, Debug)]
pub struct Options {
    /// What the mouse does at the start.
    pub mouse: MouseMode,
    /// The kitty keyboard protocol may be used where it is there.
    pub kitty: bool,
    /// The terminal may be asked what it can do.
    pub probe: bool,
    /// What the environment says.
    pub around: Surroundings,
    /// How the watchdog is started, after the first frame; `None` for none.
    pub watchdog: Option<watchdog::Start>,
}

/// What the loop cannot do itself.
pub struct Shell {
    /// Does [`Effect::Send`], what is to be saved, and what concerns saved conversations; must not block.
    pub perform: Box<dyn FnMut(&Effect)>,
    /// Called once, when the first frame is written: the time for what may be slow to load.
    pub started: Option<Box<dyn FnOnce()>>,
}

impl std::fmt::Debug for Shell {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Shell").finish_non_exhaustive()
    }
}

/// How the loop ended, and what it was lent.
#[derive(Debug)]
pub struct Exit {
    /// Why.
    pub kind: ExitKind,
    /// The events, for another run.
    pub incoming: mpsc::UnboundedReceiver<Incoming>,
    /// The shell, for another run.
    pub shell: Shell,
}

/// Why the visit ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ExitKind {
    /// The user quit.
    Quit,
    /// The user wants the key dialog; afterwards the loop may run again.
    Login,
    /// A signal ended it (its number), or the terminal went away (1, as a hangup would say).
    Signal(i32),
}

impl ExitKind {
    /// The exit code of a process that ends for this: 128 and the signal's number, as shells count.
    #[must_use]
    pub fn code(self) -> u8 {
        match self {
            Self::Quit | Self::Login => 0,
            Self::Signal(number) => u8::try_from(128 + number).unwrap_or(u8::MAX),
        }
    }
}

/// The number of the hangup signal.
pub(super) const HANGUP: i32 = 1;
