//! What the terminal sent, as events.

use crossterm::event::{KeyEvent, MouseEvent};

use super::reply::Reply;

/// What the terminal sent.
#[derive(Clone, Debug, PartialEq)]
pub enum Input {
    /// A key was pressed. `burst` is above 1 only for bare Up and Down: that many came in one read, as one event.
    Key {
        /// The key, in crossterm's conventions (a capital carries SHIFT).
        key: KeyEvent,
        /// Identical keys in the read, this one included.
        burst: u16,
    },
    /// Text was pasted; line ends are `\n`, nothing else is cleaned.
    Paste(String),
    /// The mouse did something.
    Mouse(MouseEvent),
    /// The window got or lost the focus.
    Focus(bool),
    /// The terminal answered a question.
    Reply(Reply),
}
