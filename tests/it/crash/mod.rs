//! What survives: the program killed, refused and crowded at every point where it writes. See docs/TESTING.md.

mod crowd;
mod ends;
mod full;
mod homeless;
mod house;
mod kernel;
mod killed;
mod refused;
mod shared;
mod undone;
