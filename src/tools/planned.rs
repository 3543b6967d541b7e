//! A call whose arguments were understood: what it would touch and how its row reads.

use std::path::PathBuf;

use serde::{Deserialize, Serialize};

use serde_json::Value;

use crate::{chat::RunKind, text::Clean};

/// A call whose arguments were understood.
#[derive(Clone, Debug, PartialEq)]
pub struct Planned {
    /// The tool's name.
    pub tool: &'static str,
    /// What sort of work it is.
    pub kind: RunKind,
    /// The verb of its row, for instance `Read`.
    pub verb: &'static str,
    /// What it works on, escaped visibly.
    pub target: Clean,
    /// What it touches: decides what it may overtake.
    pub access: Access,
    /// Its arguments, as the tool's own type reads them.
    pub args: Value,
}

/// What a call touches. Two calls that touch the same thing, one of them writing, run in their order.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Access {
    /// No file: may run beside anything.
    Nothing,
    /// Reads these files (real paths).
    Reads(Vec<PathBuf>),
    /// Reads anywhere in the workspace.
    ReadsAny,
    /// Writes these files (real paths); may read them too.
    Writes(Vec<PathBuf>),
    /// May read and write anything, for instance a command.
    WritesAny,
}

impl Access {
    /// The two must run in their order.
    #[must_use]
    pub fn conflicts(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::Nothing, _) | (_, Self::Nothing) => false,
            (Self::Reads(a) | Self::Writes(a), Self::Reads(b) | Self::Writes(b)) => {
                // A folder that is read holds the files that are written in it.
                let meets = |one: &PathBuf, two: &PathBuf| one.starts_with(two) || two.starts_with(one);
                (self.writes() || other.writes()) && a.iter().any(|one| b.iter().any(|two| meets(one, two)))
            }
            _ => self.writes() || other.writes(),
        }
    }

    /// It may change something.
    #[must_use]
    pub fn writes(&self) -> bool {
        matches!(self, Self::Writes(_) | Self::WritesAny)
    }
}

#[cfg(test)]
mod tests {
    use super::Access::{Nothing, Reads, ReadsAny, Writes, WritesAny};

    #[test]
    fn writers_wait_for_their_file_and_commands_for_all() {
        let (a, b) = (vec!["/w/a".into()], vec!["/w/b".into()]);
        let cases = [
            (Nothing, WritesAny, false),
            (Reads(a.clone()), Reads(a.clone()), false),
            (Reads(a.clone()), ReadsAny, false),
            (Reads(a.clone()), Writes(a.clone()), true),
            (Reads(b.clone()), Writes(a.clone()), false),
            (Writes(a.clone()), Writes(a.clone()), true),
            (Writes(a.clone()), Writes(b), false),
            (Writes(a.clone()), ReadsAny, true),
            (Reads(vec!["/w".into()]), Writes(a.clone()), true),
            (Reads(vec!["/w/ab".into()]), Writes(a.clone()), false),
            (WritesAny, ReadsAny, true),
            (WritesAny, WritesAny, true),
        ];
        for (one, two, want) in cases {
            assert_eq!(one.conflicts(&two), want, "{one:?} {two:?}");
            assert_eq!(two.conflicts(&one), want, "{two:?} {one:?}");
        }
    }
}
