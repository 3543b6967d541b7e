//! The real binary in a real pseudo-terminal, read through a terminal emulator.

mod compose;
mod ends;
mod panes;
mod quota;
mod reach;
mod render;
mod sessions;
pub(crate) mod start;
pub(crate) mod term;
mod turns;
mod work;
