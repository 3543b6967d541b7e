//! What reaches the screen's state, and what it wants done.

use crossterm::event::{KeyEvent, MouseEvent};

use super::{Anchor, Pane, View, welcome};
use crate::{chat, quota};

pub use crate::quota::Now;

/// What reaches the screen's state.
#[derive(Clone, Debug)]
pub enum Incoming {
    /// The agent says.
    Chat(chat::Event),
    /// The quota changed.
    Quota(Box<quota::Board>),
    /// A key. `burst` counts the identical keys that came in the same read, this one included: a
    /// wheel that a terminal turned into arrows arrives as a burst.
    Key {
        /// The key.
        key: KeyEvent,
        /// Identical keys in one read.
        burst: u16,
    },
    /// Text was pasted; not cleaned yet.
    Paste(String),
    /// The mouse did something.
    Mouse(MouseEvent),
    /// The window got or lost the focus.
    Focus(bool),
    /// The terminal's size changed.
    Resize {
        /// Columns.
        columns: u16,
        /// Rows.
        rows: u16,
    },
    /// Where the last frame put things.
    Drawn(Box<View>),
    /// The answer to [`Effect::Scroll`].
    Scrolled {
        /// The pane that was to scroll.
        pane: Pane,
        /// The new position; `None` = the live end.
        to: Option<Anchor>,
    },
    /// The external editor ended with this text; `None` when it failed, with one line why in the notice.
    Edited(Option<String>),
    /// A text was copied, or not: one line that says how.
    Copied(String),
    /// A key of the terminal's background answered: it is light.
    Background {
        /// The background is light.
        light: bool,
    },
    /// The minute or second that the last [`super::App::next_tick`] asked for has come.
    Tick,
    /// News of a key under test, for the key dialog.
    Check(welcome::News),
    /// Something of the shell to tell the user.
    Notice(chat::Notice),
    /// The answer to [`Effect::ListSessions`]: the saved conversations that match, newest first.
    Sessions {
        /// What was searched for.
        query: String,
        /// What was found.
        cards: Vec<chat::SessionCard>,
    },
    /// The list of saved sessions is wanted: the program was started to choose one.
    OpenSessions,
}

/// What the screen's state wants done.
#[derive(Clone, Debug, PartialEq)]
pub enum Effect {
    /// Send this to the agent.
    Send(chat::Command),
    /// Put this on the clipboard.
    Copy(String),
    /// Open the external editor on this text.
    Edit(String),
    /// Move a pane by rows (negative = up); answered by [`Incoming::Scrolled`].
    Scroll {
        /// The pane.
        pane: Pane,
        /// Rows.
        rows: i32,
    },
    /// Write one setting to the config file, comments kept: dotted key and TOML value.
    SaveSetting {
        /// For instance `ui.theme`.
        key: String,
        /// The value as TOML text, for instance `"dark"` with its quotes.
        value: String,
    },
    /// Remember a small fact of this project (not a setting): key and value.
    Remember {
        /// For instance `reasoning.pane`.
        key: &'static str,
        /// The value.
        value: String,
    },
    /// Append a line to the prompt history.
    RememberPrompt(String),
    /// Keep this draft safe (empty = forget it).
    SaveDraft(String),
    /// Switch the mouse capture.
    Mouse(crate::config::MouseMode),
    /// Set the window's title.
    Title(String),
    /// Ring.
    Bell,
    /// Draw everything from an empty screen.
    Repaint,
    /// Stop the process until `fg`.
    Suspend,
    /// Go on with another conversation; answered by [`chat::Event::Restored`] or a notice why not.
    Switch(Switch),
    /// Look for saved conversations whose title, name, folder, date or text matches; empty = all. Answered by
    /// [`Incoming::Sessions`].
    ListSessions(String),
    /// Delete a saved conversation with its copies of files.
    DeleteSession(chat::SessionId),
    /// Write the conversation to a file: format (`md`, `json`, `html`) and name; an empty name = a sensible one.
    Export {
        /// The format.
        format: String,
        /// The file.
        file: String,
    },
    /// Leave the screen for the key dialog (`/login`), then come back.
    Login,
    /// The key dialog wants this.
    Wish(welcome::Wish),
    /// Write the transcript of this session as text to the main screen and end.
    Quit,
}

/// Another conversation.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Switch {
    /// A new one.
    New,
    /// This saved one.
    Resume(chat::SessionId),
    /// A copy of the present one; the present one stays as it is.
    Fork,
}
