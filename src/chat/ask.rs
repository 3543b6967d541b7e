//! What the agent asks a person, and the answers.

use serde::{Deserialize, Serialize};

use super::{FileChange, HunkReply, RunId, StepId};
use crate::text::Clean;

/// A question that holds up one tool call. All texts are escaped visibly.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Ask {
    /// The call that waits.
    pub run: RunId,
    /// The step that made it.
    pub step: StepId,
    /// What would be done, for instance `run a command`.
    pub title: Clean,
    /// Why it needs a yes or what is special, for instance `outside the sandbox (network)`.
    pub notes: Vec<Clean>,
    /// What exactly.
    pub body: AskBody,
    /// Where: the working folder as shown, and the sandbox.
    pub place: Clean,
    /// The model's reason in one line, if it gave one.
    pub reason: Option<Clean>,
    /// The exact rule that "this session" would hold; `None` = that answer is not offered.
    pub session: Option<Clean>,
    /// The exact rule that "always" would write to the user's config; `None` = not offered.
    pub always: Option<Clean>,
}

/// What exactly is asked.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum AskBody {
    /// A command line: as shown, and its own bytes for editing.
    Command {
        /// Every non-printing character escaped.
        shown: Clean,
        /// What would run.
        raw: String,
    },
    /// A change to a file; each hunk can be decided.
    Change(Box<FileChange>),
    /// Something else, in one or a few lines (an address to fetch, a file outside to read).
    Plain(Clean),
    /// A question with answers to choose from.
    Question {
        /// The question.
        question: Clean,
        /// The answers offered; empty = free text only.
        options: Vec<Choice>,
        /// Several may be chosen.
        many: bool,
    },
    /// A plan, as Markdown: yes leaves plan mode and starts the work.
    Plan(Clean),
}

/// An answer that is offered.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Choice {
    /// A few words.
    pub label: Clean,
    /// What it means, in one line; may be empty.
    pub about: Clean,
}

/// What a person answered.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum Reply {
    /// Yes, this once.
    Once,
    /// Yes, and the rule of [`Ask::session`] until the session ends.
    Session,
    /// Yes, and the rule of [`Ask::always`] from now on.
    Always,
    /// No; the model is told, with the reason if there is one.
    No {
        /// The person's own words.
        why: Option<String>,
    },
    /// Yes, but this command line instead.
    Command(String),
    /// A decision for each hunk of the change, in order; the reason goes to the model if any was rejected.
    Hunks {
        /// One for each hunk.
        decisions: Vec<HunkReply>,
        /// The person's own words.
        why: Option<String>,
    },
    /// Answers to a question: numbers of the chosen options from 0, and free text.
    Chosen {
        /// The options.
        picks: Vec<usize>,
        /// The person's own words.
        text: Option<String>,
    },
}
