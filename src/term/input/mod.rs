//! Bytes from the terminal to events. Owns the wire format of keys, mouse, focus, paste and of the
//! terminal's answers; refuses to know what any of them is for, and reads neither clock nor terminal.
//!
//! Why not crossterm's own reader: there the answer to a colour query becomes keystrokes, a paste
//! whose end marker was lost kills the keyboard, and a burst of identical arrows (a wheel that the
//! terminal turned into keys) cannot be told from three presses.
//!
//! Unix only: on other systems the console delivers events, not bytes.

mod decoder;
mod event;
mod key;
mod paste;
mod reply;
mod sequence;
#[cfg(test)]
#[expect(clippy::disallowed_methods, reason = "a test needs some moment to start from")]
mod tests;

pub use decoder::Decoder;
pub use event::Input;
pub use reply::Reply;
