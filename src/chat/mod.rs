//! The vocabulary that every layer shares, and the protocol between a front end and the agent.
//!
//! Plain values, no I/O, no clock. A front end (the screen, headless, an editor, a test) sends
//! [`Command`]s down and receives [`Event`]s; nothing else crosses between the two sides.

mod ids;
mod message;
mod problem;
mod protocol;
mod usage;

pub use ids::{CallId, ModelId, StepId, TurnId};
pub use message::{Message, Role, ToolCall};
pub use problem::{Hint, Problem, ProblemKind};
pub use protocol::{Activity, Command, Effort, Event, Finish, ModelCard, Notice, Severity, TurnEnd};
pub use usage::Usage;
