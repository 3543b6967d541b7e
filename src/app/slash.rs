//! The table of `/` commands: names, arguments, what each is for. Knows nothing of how one is done.

use super::{Action, action::SessionAct};

/// What a command does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Does {
    /// The same as an action.
    Act(Action),
    /// Takes a model's id, or opens the picker.
    Model,
    /// Takes a grade.
    Effort,
    /// Takes on or off, or toggles.
    Think,
    /// Takes a theme, or opens the picker.
    Theme,
    /// Takes a mode, or toggles.
    Mouse,
    /// Takes a behaviour of the reasoning pane.
    Reasoning,
    /// Takes a permission mode, or tells the one in force.
    Permissions,
    /// Permission mode `plan`, or back from it.
    PlanMode,
    /// Tells model, place and quota.
    Status,
    /// Tells the settings in force.
    Config,
    /// Opens the key dialog.
    Login,
    /// Takes words to look for, or opens the list of saved sessions.
    Resume,
    /// Takes a name.
    Rename,
    /// Takes a format and a file.
    Export,
    /// Tells what to run in a shell.
    Shell(&'static str),
}

/// A command.
#[derive(Clone, Copy, Debug)]
pub struct Slash {
    /// Its name, without the slash.
    pub name: &'static str,
    /// Other names.
    pub aliases: &'static [&'static str],
    /// What may follow, for the completion's explanation; empty if nothing.
    pub args: &'static str,
    /// One line.
    pub doc: &'static str,
    /// What it does.
    pub does: Does,
}

impl Slash {
    /// The action that it is another way to.
    #[must_use]
    pub fn action(&self) -> Option<Action> {
        match self.does {
            Does::Act(action) => Some(action),
            _ => None,
        }
    }
}

const fn slash(
    name: &'static str,
    aliases: &'static [&'static str],
    args: &'static str,
    doc: &'static str,
    does: Does,
) -> Slash {
    Slash { name, aliases, args, doc, does }
}

/// All commands.
pub const COMMANDS: &[Slash] = &[
    slash("help", &["?", "keys", "keymap"], "", "the keys", Does::Act(Action::Help)),
    slash("model", &["models"], "[ID]", "choose a model", Does::Model),
    slash("effort", &[], "low|high|max", "how hard the model reasons", Does::Effort),
    slash("think", &["thinking"], "[on|off]", "thinking on or off", Does::Think),
    slash("usage", &["quota", "cost", "stats"], "", "quota and usage", Does::Act(Action::Usage)),
    slash("status", &[], "", "model, place, quota", Does::Status),
    slash("new", &["clear", "reset"], "", "new session", Does::Act(Action::Session(SessionAct::New))),
    slash("resume", &["sessions", "continue"], "[WORDS]", "go on with a saved session", Does::Resume),
    slash(
        "rewind",
        &["checkpoint"],
        "",
        "go back to an earlier prompt",
        Does::Act(Action::Session(SessionAct::Rewind)),
    ),
    slash("undo", &[], "", "undo what the last turn did to files", Does::Act(Action::Session(SessionAct::Undo))),
    slash("redo", &[], "", "take the last undo back", Does::Act(Action::Session(SessionAct::Redo))),
    slash("fork", &["branch"], "", "go on with a copy", Does::Act(Action::Session(SessionAct::Fork))),
    slash("rename", &["name"], "NAME", "name the session (- takes the name away)", Does::Rename),
    slash("export", &["save"], "[md|json|html] [FILE]", "write the conversation to a file", Does::Export),
    slash("copy", &[], "", "copy the last answer", Does::Act(Action::Copy)),
    slash("find", &["search"], "", "find in both panes", Does::Act(Action::Find)),
    slash("history", &[], "", "search earlier prompts", Does::Act(Action::History)),
    slash("editor", &["edit"], "", "write the prompt in your editor", Does::Act(Action::Editor)),
    slash("reasoning", &[], "auto|open|closed|off", "how the reasoning pane behaves", Does::Reasoning),
    slash("diff", &["changes"], "", "what the session changed", Does::Act(Action::Diff)),
    slash("theme", &[], "[NAME]", "choose a theme", Does::Theme),
    slash("mouse", &[], "[full|wheel|off]", "what the mouse does", Does::Mouse),
    slash(
        "permissions",
        &["mode", "approvals"],
        "[ask|edits|plan|yolo]",
        "what may be done unasked",
        Does::Permissions,
    ),
    slash("plan", &[], "", "read and propose only; again: back to asking", Does::PlanMode),
    slash("tasks", &["ps", "stop", "jobs"], "", "commands in the background", Does::Act(Action::Tasks)),
    slash("config", &["settings"], "", "the settings in force", Does::Config),
    slash("login", &[], "", "enter another key", Does::Login),
    slash("logout", &[], "", "forget the key", Does::Shell("glm-tui logout")),
    slash("doctor", &[], "", "check terminal, key and network", Does::Shell("glm-tui doctor")),
    slash("retry", &[], "", "retry now", Does::Act(Action::Retry)),
    slash("exit", &["quit", "q"], "", "quit", Does::Act(Action::Quit)),
];

/// The command of a name or alias.
#[must_use]
pub fn command(word: &str) -> Option<&'static Slash> {
    COMMANDS.iter().find(|command| command.name == word || command.aliases.contains(&word))
}
