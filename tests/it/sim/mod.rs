//! The simulated service speaks the recorded wire format.

mod chat;
mod client;
mod faults;
mod monitor;
mod server;
mod shape;
