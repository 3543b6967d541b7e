//! What the agent does with a prompt: a pure turn machine and the driver that carries out its effects.
//!
//! `turn` decides and touches nothing; `driver` opens streams, runs tool calls, keeps the one timer, polls
//! the quota, publishes and has the log written. Knows nothing of screens or terminals: a front end is two channels and two sinks.

mod clock;
mod conversation;
mod deed;
mod driver;
mod effect;
mod open_call;
mod past;
mod poller;
mod progress;
pub mod prompt;
pub mod record;
mod runs;
mod scribe;
mod settings;
pub mod turn;

pub use driver::{Agent, Sinks};
pub use effect::{Call, Effect, Input, PutBack, Scope};
pub use past::{Past, PastModel, taken_up};
pub use settings::{Caps, Settings};
pub use turn::Machine;
