//! The whole program in process: keys, the simulator, the screen.

mod calls;
mod edits;
mod keys;
mod replay;
mod tasks;
