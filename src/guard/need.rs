//! What a tool call would touch: the question that the policy answers.

use std::path::PathBuf;

/// How far a command wants to go.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Escape {
    /// It stays in the sandbox, without the network.
    #[default]
    No,
    /// It stays in the sandbox and has the network.
    Network,
    /// It runs outside the sandbox, with all that is there.
    Sandbox,
}

/// What a tool call would touch. Paths are real ones: links are followed before the question is asked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Need {
    /// Nothing outside this program.
    Nothing,
    /// Reads files.
    Read {
        /// The file or folder.
        path: PathBuf,
        /// It lies in the workspace.
        inside: bool,
    },
    /// Changes or creates a file.
    Write {
        /// The file.
        path: PathBuf,
        /// It lies in the workspace.
        inside: bool,
    },
    /// Moves a file to the session's trash.
    Delete {
        /// The file.
        path: PathBuf,
        /// It lies in the workspace.
        inside: bool,
    },
    /// Runs a command line in bash.
    Command {
        /// The line as the model wrote it.
        line: String,
        /// The folder that it would run in.
        folder: PathBuf,
        /// How far it wants to go.
        escape: Escape,
    },
    /// Fetches a page.
    Fetch {
        /// The address.
        url: String,
    },
    /// All of these at once.
    All(Vec<Need>),
    /// Only a person can answer: a question, a plan to approve.
    Person,
}
