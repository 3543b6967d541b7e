//! What went wrong, in the words that a person reads: one line what happened, one line what to do.

use crate::text::Clean;

/// Whose matter it is; decides the exit code and the colour, never the words.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ProblemKind {
    /// The person asked for something impossible.
    User,
    /// A setting is wrong.
    Config,
    /// The key was refused or is missing.
    Auth,
    /// A window of the plan is used up, or the plan does not cover the request.
    Quota,
    /// The network or the machine between us and the service failed.
    Network,
    /// The service answered with an error of its own.
    Provider,
    /// A tool failed.
    Tool,
    /// A fault in this program.
    Internal,
}

/// A next step: what to do and, where one exists, the key or command that does it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Hint {
    /// The step in plain words, for instance `enter another key`.
    pub what: String,
    /// What does it, for instance `/login` or `r`.
    pub with: Option<&'static str>,
}

/// Something that went wrong, ready to be shown.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Problem {
    /// Whose matter it is.
    pub kind: ProblemKind,
    /// One line: what happened.
    pub what: String,
    /// What can be done, the best first.
    pub hints: Vec<Hint>,
    /// The provider's own code, for instance `1308`.
    pub code: Option<String>,
    /// The raw body or cause, one key away; cleaned and without secrets.
    pub detail: Option<Clean>,
}

impl Problem {
    /// A problem with its one line and nothing else yet.
    #[must_use]
    pub fn new(kind: ProblemKind, what: impl Into<String>) -> Self {
        Self { kind, what: what.into(), hints: Vec::new(), code: None, detail: None }
    }

    /// Adds a next step.
    #[must_use]
    pub fn hint(mut self, what: impl Into<String>) -> Self {
        self.hints.push(Hint { what: what.into(), with: None });
        self
    }

    /// Adds a next step with the key or command that does it.
    #[must_use]
    pub fn hint_with(mut self, what: impl Into<String>, with: &'static str) -> Self {
        self.hints.push(Hint { what: what.into(), with: Some(with) });
        self
    }

    /// Adds the provider's own code.
    #[must_use]
    pub fn code(mut self, code: impl Into<String>) -> Self {
        self.code = Some(code.into());
        self
    }

    /// Adds the raw cause.
    #[must_use]
    pub fn detail(mut self, detail: Clean) -> Self {
        self.detail = Some(detail);
        self
    }
}
