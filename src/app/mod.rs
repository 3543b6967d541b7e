//! The screen's state and how it changes: `App::on(incoming, now) -> effects`.
//!
//! Plain values and decisions: no I/O, no clock, no terminal. Knows keys and events, not cells: the
//! drawing side (`ui`) reads this state and reports back where it put things ([`View`]).

mod act;
pub mod action;
mod ask;
mod back;
mod changes;
mod chord;
pub mod composer;
mod diff_view;
mod effect;
mod find;
mod gesture;
mod jobs;
pub mod keymap;
mod model;
mod mouse;
mod on_ask;
mod on_chat;
mod on_command;
mod on_diff;
mod on_key;
mod on_overlay;
mod on_rewind;
mod on_run;
mod on_session;
mod on_sessions;
mod open_run;
mod overlay;
mod panes;
mod pick;
mod report;
mod restore;
mod review;
mod rewind;
mod runs;
mod scroll;
mod selection;
mod session;
mod sessions;
pub mod slash;
mod start;
mod state;
#[cfg(test)]
mod tests;
mod tick;
mod toast;
mod transcript;
pub mod trust;
mod update;
mod view;
pub mod welcome;
mod work;

pub use action::Action;
pub use ask::{Asks, Lent, Offer, OfferRow, Page, Pending, Typing};
pub use back::{EscMeaning, esc_meaning};
pub use changes::{Changes, Edit, FileTotal, TurnChanges, change_text, sign};
pub use chord::Chord;
pub use diff_view::DiffView;
pub use effect::{Effect, Incoming, Now, Switch};
pub use gesture::{Armed, DraftClock, Gesture, STRIP_AFTER, Selection};
pub use overlay::{Overlay, Picker, PickerKind, PickerRow, UsageTab};
pub use panes::{Anchor, Before, Find, Focus, Opened, Pane, Panes, ReasoningState, Scroll, reasoning_named};
pub use review::{DiffLook, Review};
pub use rewind::{Rewind, ScopeChoice, ScopeRow};
pub use runs::{CHANGED_LINES, Explored, Fold, Run, RunState, TAIL_ROWS};
pub use session::{Asked, Session};
pub use sessions::SessionList;
pub use state::{App, Live, Look, Status, Toast, Work};
pub use transcript::{Entry, EntryId, EntryKind, Step, Stream, Transcript, TurnMark, estimate_tokens};
pub use view::{PaneView, Rect, Sheet, TextRow, View};
