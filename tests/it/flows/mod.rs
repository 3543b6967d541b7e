//! The whole program in process: keys, the simulator, the screen.

mod calls;
mod edits;
mod kept;
mod keys;
mod replay;
mod rewind;
mod sessions;
mod tasks;
