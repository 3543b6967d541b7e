//! What the agent does with a prompt: a pure turn machine and the driver that carries out its effects.
//!
//! `turn` decides and touches nothing; `driver` opens streams, keeps the one timer, polls the quota and
//! publishes. Knows nothing of screens or terminals: a front end is two channels and two sinks.

mod clock;
mod conversation;
mod driver;
mod effect;
mod poller;
mod settings;
pub mod turn;

pub use driver::{Agent, Sinks};
pub use effect::{Call, Effect, Input};
pub use settings::Settings;
pub use turn::Machine;
