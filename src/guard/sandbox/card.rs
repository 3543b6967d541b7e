//! The words of each rung, for the status row and `doctor`. Probes nothing.

use super::{Kind, Rung};
use crate::{chat::SandboxCard, text::Clean};

/// How a helper that could not build its cage begins its last words.
pub(super) const BROKEN_LINE: &str = "glm-tui: the sandbox failed, the command did not run:";

/// The card of a rung; `why` says why nothing stronger was found and what would help.
pub(super) fn card(rung: Rung, why: &[String]) -> SandboxCard {
    let (label, about) = match rung {
        Rung::Full => (
            "sandbox: full",
            "Commands write only in the project and in a temporary folder of their own. Git's and the agent's \
             settings are read-only, the key is out of reach, the network is off, and nothing outlives its command.",
        ),
        Rung::Partial => (
            "sandbox: partial",
            "No user namespaces here (AppArmor or container). Files outside the project are protected and the \
             network is off; .git is only watched, and a change to its settings is undone and shown.",
        ),
        Rung::None => ("sandbox: OFF", "Nothing keeps commands in. Every command needs your yes."),
    };
    let mut lines = about.to_owned();
    for reason in why {
        lines.push('\n');
        lines.push_str(reason);
    }
    SandboxCard { label: Clean::strict(label), about: Clean::new(&lines), weak: rung != Rung::Full }
}

/// What a kind is called.
pub(super) fn kind(kind: Kind) -> &'static str {
    match kind {
        Kind::Namespaces => "Namespaces",
        Kind::Bubblewrap => "Bubblewrap",
        Kind::Landlock => "Landlock",
    }
}
