//! The real binary in a real pseudo-terminal, read through a terminal emulator.

mod compose;
mod ends;
mod panes;
mod quota;
mod reach;
mod render;
mod start;
mod term;
mod turns;
mod work;
