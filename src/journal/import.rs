//! Conversations of other programs, taken over as sessions of this one. Their files are only read.
//!
//! Tool calls become text. The tools of those programs do not exist here, so calls in the conversation would teach
//! the model to call what cannot be called, and a call without its result would be refused by the service. What a
//! tool said stands in messages of the user, never in those of the model, so that the model does not learn to write
//! calls as text. What another model thought is shown, and not sent: it is no reasoning of this one. Where the other
//! program had put a summary in the place of what was said before, the model gets that summary, and a person sees
//! both.
//!
//! Whatever a file holds, reading it ends in a conversation, in less of one, or in none: bad lines are counted.

mod block;
mod claude;
mod codex;
mod conversation;
mod files;
mod records;

use std::path::{Path, PathBuf};

pub(super) use self::records::records;
use self::{conversation::Conversation, files::Fault};
use crate::chat::{Problem, ProblemKind, SessionId};

/// A program whose conversations can be taken over.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Source {
    /// Claude Code: a line for each message, each with the one it follows.
    ClaudeCode,
    /// Codex: a line for each item, in order.
    Codex,
}

/// What is to be taken over.
#[derive(Clone, Debug)]
pub struct Wish<'a> {
    /// The program.
    pub source: Source,
    /// A file of it, or a folder that is looked through.
    pub path: &'a Path,
    /// Only conversations of this folder; `None` = of all.
    pub folder: Option<&'a Path>,
    /// Take over again, as new sessions, what was taken over before.
    pub again: bool,
}

/// What was taken over.
#[derive(Clone, Debug, Default)]
pub struct Imported {
    /// The new sessions: the file, the id, its turns, and lines of the file that could not be read.
    pub taken: Vec<Taken>,
    /// Conversations that were taken over before.
    pub n_known: usize,
    /// Conversations of other folders.
    pub n_elsewhere: usize,
    /// Files without a conversation.
    pub n_empty: usize,
    /// What could not be read or written.
    pub problems: Vec<Problem>,
}

/// A conversation that was taken over.
#[derive(Clone, Debug)]
pub struct Taken {
    /// Where it was.
    pub file: PathBuf,
    /// The new session.
    pub id: SessionId,
    /// Its turns.
    pub turns: usize,
    /// Lines of the file that could not be read.
    pub n_bad: u64,
}

impl Source {
    /// The word for it in a log's head.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::ClaudeCode => "claude-code",
            Self::Codex => "codex",
        }
    }

    /// What people call it.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::ClaudeCode => "Claude Code",
            Self::Codex => "Codex",
        }
    }

    /// Its conversations below its own folder.
    #[must_use]
    pub fn place(self) -> &'static str {
        match self {
            Self::ClaudeCode => "projects",
            Self::Codex => "sessions",
        }
    }

    /// Reads a conversation of it; `None` when the bytes hold none.
    fn read(self, bytes: &[u8]) -> Option<Conversation> {
        let conversation = match self {
            Self::ClaudeCode => claude::read(bytes),
            Self::Codex => codex::read(bytes),
        };
        conversation.settled()
    }
}

/// What a file turned out to be.
pub(super) enum Look {
    /// A conversation.
    Here(Box<Conversation>),
    /// One of another folder.
    Elsewhere,
    /// None.
    Empty,
    /// It cannot be read.
    Bad(Problem),
}

/// The files that a wish means, in the order of their names.
///
/// # Errors
/// When there is nothing at its path.
pub(super) fn files(wish: &Wish<'_>) -> Result<Vec<PathBuf>, Problem> {
    files::find(wish.path).map_err(|fault| in_words(&fault, wish.path))
}

/// Reads one of the files.
pub(super) fn look(wish: &Wish<'_>, file: &Path) -> Look {
    let bytes = match files::read(file) {
        Ok(bytes) => bytes,
        Err(fault) => return Look::Bad(in_words(&fault, file)),
    };
    let Some(mut conversation) = wish.source.read(&bytes) else { return Look::Empty };
    if wish.folder.is_some_and(|folder| Path::new(&conversation.folder) != folder) {
        return Look::Elsewhere;
    }
    if conversation.id.is_empty() {
        // Older files do not name themselves inside.
        conversation.id = file.file_stem().unwrap_or_default().to_string_lossy().into_owned();
    }
    Look::Here(Box::new(conversation))
}

fn in_words(fault: &Fault, path: &Path) -> Problem {
    let path = crate::text::Clean::strict(&path.to_string_lossy());
    let (what, hint) = match fault {
        Fault::Missing => (format!("there is nothing at {path}"), "name the file or folder of the conversations"),
        Fault::TooBig => (format!("{path} is too big to be read"), "import the others one by one, or cut it"),
        Fault::Io(error) => (format!("{path} cannot be read: {error}"), "make it readable"),
    };
    Problem::new(ProblemKind::User, what).hint(hint)
}

#[cfg(test)]
mod tests;
