//! What the hands did lately: presses that wait for a second one, drags, a scroll that settles.

use std::time::{Duration, Instant};

use super::Pane;

/// How long a first press of Esc or Ctrl-C waits for the second.
pub(super) const ARMED_FOR: Duration = Duration::from_secs(2);

/// How long a first press of Esc on an empty prompt waits for the second.
pub(super) const REWIND_FOR: Duration = Duration::from_secs(1);

/// After Esc has stopped or closed something it means nothing else for this long: a second press of the same
/// excitement must not fall through.
pub(super) const CALMS: Duration = Duration::from_millis(300);

/// A click this soon after the window got the focus only meant the window.
pub(super) const FOCUS_CLICK: Duration = Duration::from_millis(300);

/// A scroll counts as settled after this, then the other pane follows.
pub(super) const SETTLES: Duration = Duration::from_millis(80);

/// The which-key strip shows this long after the leader.
pub const STRIP_AFTER: Duration = Duration::from_millis(400);

/// What a first press has prepared.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Armed {
    /// Esc again clears the prompt.
    Clear,
    /// Ctrl-C again leaves.
    Exit,
    /// Esc again lists the prompts to go back to.
    Rewind,
}

/// What the hands did lately.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Gesture {
    /// A first press waits until then.
    pub armed: Option<(Armed, Instant)>,
    /// Esc did something just now; until then it does not begin another gesture.
    pub calm_until: Option<Instant>,
    /// When the window got the focus.
    pub focused_at: Option<Instant>,
    /// When the window lost the focus.
    pub away_at: Option<Instant>,
    /// The divider is being dragged.
    pub dragging: bool,
    /// The button went down there, in this pane.
    pub pressed: Option<(Pane, (u16, u16))>,
    /// What is selected.
    pub selection: Option<Selection>,
    /// This pane was moved and the other one has not followed yet.
    pub moved: Option<(Pane, Instant)>,
    /// When the draft changed and was saved.
    pub draft: DraftClock,
    /// Leaving has begun.
    pub leaving: bool,
}

/// Selected text of a pane, in screen cells (column, row).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Selection {
    /// The pane.
    pub pane: Pane,
    /// Where the button went down.
    pub from: (u16, u16),
    /// Where the pointer is, or went up.
    pub to: (u16, u16),
    /// The pane followed its end and stands still for the selection.
    pub froze: bool,
}

impl Selection {
    /// First and last cell in reading order.
    #[must_use]
    pub fn ends(self) -> ((u16, u16), (u16, u16)) {
        let later = |(x, y): (u16, u16)| (y, x);
        if later(self.from) <= later(self.to) { (self.from, self.to) } else { (self.to, self.from) }
    }
}

impl Gesture {
    /// What the next press would complete at `now`.
    #[must_use]
    pub fn armed(&self, now: Instant) -> Option<Armed> {
        self.armed.filter(|(_, until)| now < *until).map(|(what, _)| what)
    }
}

/// A draft is saved this long after a change …
const DRAFT_AFTER: Duration = Duration::from_millis(150);
/// … and at most this often: each save is a file.
const DRAFT_EVERY: Duration = Duration::from_secs(1);

/// When the draft changed and when it was saved last.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct DraftClock {
    /// It changed then and has not been saved since.
    pub changed_at: Option<Instant>,
    /// It was saved then.
    pub saved_at: Option<Instant>,
}

impl DraftClock {
    /// When it is to be saved.
    #[must_use]
    pub fn due(self) -> Option<Instant> {
        let soon = self.changed_at? + DRAFT_AFTER;
        Some(self.saved_at.map_or(soon, |saved| soon.max(saved + DRAFT_EVERY)))
    }
}
