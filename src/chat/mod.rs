//! The vocabulary that every layer shares, and the protocol between a front end and the agent.
//!
//! Plain values, no I/O, no clock. A front end (the screen, headless, an editor, a test) sends
//! [`Command`]s down and receives [`Event`]s; nothing else crosses between the two sides.

mod ask;
mod change;
mod ids;
mod message;
mod mode;
mod problem;
mod protocol;
mod run;
mod session;
mod usage;

pub use ask::{Ask, AskBody, Choice, Reply};
pub use change::{ChangeKind, DiffLine, FileChange, Hunk, HunkReply, Side};
pub use ids::{CallId, JobId, ModelId, RunId, SessionId, StepId, TurnId};
pub use message::{Image, Message, Role, ToolCall, ToolSpec};
pub use mode::PermissionMode;
pub use problem::{Hint, Problem, ProblemKind};
pub use protocol::{Activity, Command, Effort, Event, Finish, ModelCard, Notice, Restored, Severity, TurnEnd};
pub use run::{Detail, JobCard, PlanItem, PlanState, Progress, RunCard, RunEnd, RunKind, RunReport, SandboxCard};
pub use session::{FileUndo, Point, RewindScope, Saving, SessionCard, SessionInfo, TurnCard, UndoReport};
pub use usage::Usage;
