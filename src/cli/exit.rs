//! Exit codes (docs/CLI.md lists them) and the form of an error on the terminal.

use std::io::{self, Write};

use crate::{
    chat::{Hint, Problem, ProblemKind},
    term,
};

/// How the process ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Exit {
    /// All went well.
    Ok,
    /// It failed.
    Failure,
    /// The command line is wrong.
    Usage,
    /// The sandbox that is required is not there.
    Sandbox,
    /// The key is missing or refused.
    Auth,
    /// The input cannot be used.
    Input,
    /// The config cannot be used.
    Config,
    /// The limit of model calls was reached.
    TurnLimit,
    /// The limit of credits or of time was reached.
    Budget,
    /// A window of the plan is used up; can be resumed after its reset.
    UsedUp,
    /// Trying again later may help: 429, 5xx, a timeout.
    Retryable,
    /// A signal ended it: 128 + its number.
    Signal(u8),
}

impl Exit {
    /// The number that the shell sees.
    #[must_use]
    pub(super) fn code(self) -> u8 {
        match self {
            Self::Ok => 0,
            Self::Failure => 1,
            Self::Usage => 2,
            Self::Auth => 41,
            Self::Input => 42,
            Self::Config => 52,
            Self::Sandbox => 3,
            Self::TurnLimit => 53,
            Self::UsedUp => 54,
            Self::Budget => 55,
            Self::Retryable => 75,
            Self::Signal(number) => 128 + number,
        }
    }

    /// The exit of a screen that ended.
    #[must_use]
    pub(super) fn of_screen(kind: term::ExitKind) -> Self {
        match kind {
            term::ExitKind::Quit | term::ExitKind::Login => Self::Ok,
            term::ExitKind::Signal(number) => Self::Signal(u8::try_from(number).unwrap_or_default()),
        }
    }

    /// The exit for a problem that ended the run.
    #[must_use]
    pub(super) fn of(problem: &Problem) -> Self {
        match problem.code.as_deref() {
            Some("limit:turns") => return Self::TurnLimit,
            Some("limit:wall" | "limit:credits") => return Self::Budget,
            _ => {}
        }
        match problem.kind {
            ProblemKind::User => Self::Usage,
            ProblemKind::Config => Self::Config,
            ProblemKind::Auth => Self::Auth,
            ProblemKind::Quota => Self::UsedUp,
            ProblemKind::Network => Self::Retryable,
            ProblemKind::Provider => match problem.code.as_deref() {
                Some(code) if may_heal(code) => Self::Retryable,
                _ => Self::Failure,
            },
            ProblemKind::Tool | ProblemKind::Internal => Self::Failure,
        }
    }
}

/// A code of the service, or a status without one, that a later try may not meet again.
fn may_heal(code: &str) -> bool {
    let own = ["1120", "1200", "1230", "1231", "1234", "1302", "1303", "1305", "1312", "network_error"];
    let statuses = ["408", "425", "429", "500", "502", "503", "504", "529"];
    own.contains(&code) || statuses.contains(&code)
}

/// Writes text to standard output; a reader that went away is no error.
pub(super) fn print(text: &str) {
    let mut out = io::stdout().lock();
    let _ = out.write_all(text.as_bytes()).and_then(|()| out.flush());
}

/// Writes a line to standard error.
pub(super) fn tell(text: &str) {
    let mut err = io::stderr().lock();
    let _ = err.write_all(format!("glm-tui: {text}\n").as_bytes());
}

/// Writes a problem to standard error: what happened, then what to do.
pub(super) fn complain(problem: &Problem) {
    let mut lines = format!("glm-tui: {}\n", problem.what);
    for hint in &problem.hints {
        lines.push_str("  → ");
        lines.push_str(&next_step(hint));
        lines.push('\n');
    }
    let mut err = io::stderr().lock();
    let _ = err.write_all(lines.as_bytes());
}

/// A next step as a shell can take it: keys of the screen mean nothing here, its `/login` is a subcommand.
pub(super) fn next_step(hint: &Hint) -> String {
    match hint.with {
        Some("/login") => format!("{}: glm-tui login", hint.what),
        Some(with) if with.starts_with("glm-tui") => format!("{}: {with}", hint.what),
        _ => hint.what.clone(),
    }
}
