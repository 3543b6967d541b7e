//! What the model can call: each tool with its schema, its words for the model, its work.
//!
//! A call passes three stages: [`Toolbox::plan`] reads its arguments and says what it would touch (so that
//! calls can be ordered), [`Toolbox::check`] asks the policy and prepares what a person must see,
//! [`Toolbox::run`] does it. Knows nothing of turns or screens.

mod ask_user;
mod background;
mod bench;
mod blocking;
mod change;
mod delete;
mod dry;
mod edit;
mod exit_plan;
mod glob;
mod grep;
mod jobs;
mod list;
mod outcome;
mod planned;
mod reached;
mod read;
mod schema;
mod seen;
mod shell;
mod start;
mod todo;
mod tool;
mod toolbox;
mod tried;
mod undo;
mod walk;
mod web_fetch;
mod write;

pub use background::Jobs;
pub use bench::{Bench, Options};
pub use outcome::{Outcome, Refusal};
pub use planned::{Access, Planned};
pub use seen::Seen;
pub use tool::{Permit, RunIo};
pub use toolbox::{Check, Toolbox};
pub use tried::DryRuns;
pub use undo::{Changes, Limits, Undone, Watch, Who};
