//! The screen's state and how it changes: `App::on(incoming, now) -> effects`.
//!
//! Plain values and decisions: no I/O, no clock, no terminal. Knows keys and events, not cells: the
//! drawing side (`ui`) reads this state and reports back where it put things ([`View`]).

mod act;
pub mod action;
mod back;
mod chord;
pub mod composer;
mod effect;
mod find;
mod gesture;
pub mod keymap;
mod model;
mod mouse;
mod on_chat;
mod on_command;
mod on_key;
mod on_overlay;
mod overlay;
mod panes;
mod pick;
mod report;
mod scroll;
mod selection;
pub mod slash;
mod start;
mod state;
#[cfg(test)]
mod tests;
mod tick;
mod toast;
mod transcript;
mod update;
mod view;
pub mod welcome;

pub use action::Action;
pub use back::{EscMeaning, esc_meaning};
pub use chord::Chord;
pub use effect::{Effect, Incoming, Now};
pub use gesture::{Armed, DraftClock, Gesture, STRIP_AFTER, Selection};
pub use overlay::{Overlay, Picker, PickerKind, PickerRow, UsageTab};
pub use panes::{Anchor, Before, Find, Focus, Pane, Panes, ReasoningState, Scroll, reasoning_named};
pub use state::{App, Live, Look, Status, Toast};
pub use transcript::{Entry, EntryId, EntryKind, Step, Stream, Transcript, estimate_tokens};
pub use view::{PaneView, Rect, TextRow, View};
