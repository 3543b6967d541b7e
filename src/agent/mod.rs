//! What the agent does with a prompt: a pure turn machine and the driver that carries out its effects.
//!
//! `turn` decides and touches nothing; `driver` opens streams, runs tool calls, keeps the one timer, polls
//! the quota and publishes. Knows nothing of screens or terminals: a front end is two channels and two sinks.

mod clock;
mod conversation;
mod driver;
mod effect;
mod poller;
mod progress;
pub mod prompt;
pub mod record;
mod runs;
mod settings;
pub mod turn;

pub use driver::{Agent, Sinks};
pub use effect::{Call, Effect, Input, Scope};
pub use settings::{Caps, Settings};
pub use turn::Machine;
