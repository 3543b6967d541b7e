//! The whole program in process: keys, the simulator, the screen.

mod keys;
