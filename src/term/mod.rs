//! The terminal, the event loop and the clock: the shell around the screen's state.
//!
//! Keys, mouse and answers come in through [`input`]; bytes go out through [`egress`] only. The state is
//! behind [`Screen`]: the loop neither knows what is on the screen nor decides anything about it. Unix only.

mod clipboard;
mod clock;
mod editor;
pub mod egress;
mod face;
mod host;
pub mod input;
mod modes;
pub mod panic;
mod probe;
mod run;
pub mod scheduler;
pub mod screen;
mod session;
mod signals;
mod surface;
mod surroundings;
mod tty;
pub mod watchdog;
mod wheel;

pub use clock::clock;
pub use host::{Exit, ExitKind, Frame, Options, Screen, Shell};
pub use run::run;
pub use surroundings::Surroundings;
