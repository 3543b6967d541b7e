//! The embedded simulated Z.ai: chat, models, quota and errors on loopback in the recorded wire form,
//! with faults by script. Serves `--demo`, `simulate` and the tests.
//!
//! Never imports `glm`: a shared type would hide a shared mistake. Pure up to `body`, `door`, `server`
//! and `service`; the time comes from the caller's clock.

mod account;
mod ask;
mod bill;
mod body;
mod chunk;
mod door;
mod frame;
mod gzip;
mod http;
mod ids;
mod keys;
mod log;
mod monitor;
mod pick;
mod pieces;
mod refusal;
mod scenario;
mod script;
mod server;
mod service;
mod speech;
mod zone;

pub use log::{Ended, Log, Received};
pub use scenario::Scenario;
pub use server::{Handle, Server, serve, start_in_thread};
