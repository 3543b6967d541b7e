//! What every tool is.

use std::sync::Arc;

use futures_util::future::BoxFuture;
use serde_json::Value;
use tokio_util::sync::CancellationToken;

use super::{Bench, Options, Outcome, Planned, Refusal, undo::Who};
use crate::{
    chat::{AskBody, Progress, Reply, RunId, ToolSpec, TurnId},
    guard::Need,
    text::Clean,
};

/// A tool. One value of each exists; what they share lies on the [`Bench`].
pub(crate) trait Tool: Send + Sync {
    /// What the model is told of it.
    fn spec(&self) -> ToolSpec;

    /// The model is told of it under these settings.
    fn offered(&self, _options: &Options) -> bool {
        true
    }

    /// Reads the arguments. Cheap; may look at the file system to find what a path really names.
    fn plan(&self, args: Value, bench: &Bench) -> Result<Planned, Refusal>;

    /// What it needs and what a person must see to decide. May read files; runs off the async threads.
    fn check(&self, planned: &Planned, bench: &Bench) -> Result<Proposal, Refusal>;

    /// Does it. Must end soon after its token is cancelled.
    fn run(&self, work: Work) -> BoxFuture<'static, Outcome>;
}

/// What a call needs and how a question about it reads.
pub(crate) struct Proposal {
    /// What it would touch.
    pub(crate) need: Need,
    /// What would be done, for instance `run a command`.
    pub(crate) title: Clean,
    /// What exactly.
    pub(crate) body: AskBody,
    /// The model's reason, if it gave one.
    pub(crate) reason: Option<Clean>,
}

/// A call that may be done now.
pub(crate) struct Work {
    /// What it is.
    pub(crate) planned: Planned,
    /// By whose leave.
    pub(crate) permit: Permit,
    /// What the tools share.
    pub(crate) bench: Arc<Bench>,
    /// Its ties to the outside.
    pub(crate) io: RunIo,
}

impl Work {
    /// Who changes something: a few words of what it is.
    pub(crate) fn who(&self, cause: &str) -> Who {
        Who { turn: self.io.turn, run: Some(self.io.run), cause: cause.to_owned() }
    }
}

/// By whose leave a call is done.
#[derive(Clone, Debug, PartialEq)]
pub enum Permit {
    /// The policy allowed it unasked.
    Unasked,
    /// A person said so, with this answer (never `No`).
    Given(Reply),
}

/// The ties of a running call to the outside.
#[derive(Clone)]
pub struct RunIo {
    /// The call's number.
    pub run: RunId,
    /// The turn that it belongs to.
    pub turn: TurnId,
    /// Takes live output; each report replaces the one before. Must not block.
    pub progress: Arc<dyn Fn(Progress) + Send + Sync>,
    /// Stop.
    pub cancel: CancellationToken,
    /// Go on in the background and end the call.
    pub background: CancellationToken,
}
