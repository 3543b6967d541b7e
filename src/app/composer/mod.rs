//! The prompt box: editing by grapheme, newline keys, paste chips, history, completion.
//!
//! Wraps the editor widget, which knows lines, undo and soft wrap; what a person takes for one
//! character, chips, bash's keys and the history are here. Knows nothing of turns and commands.

mod chip;
mod history;
mod keys;
mod prompt;
mod rows;
mod sheet;

pub use keys::{Flavor, Outcome};
pub use prompt::{Completion, Composer};
