//! The table of actions: name, default keys, what each does. The keymap, the palette, the help
//! view and docs/KEYS.md all come from it. Knows nothing of how an action is done.

/// Where a movement goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Move {
    /// A row up in the focused pane.
    LineUp,
    /// A row down.
    LineDown,
    /// A page up.
    PageUp,
    /// A page down.
    PageDown,
    /// A page up in the reasoning pane.
    ReasoningUp,
    /// A page down in the reasoning pane.
    ReasoningDown,
    /// The beginning.
    Top,
    /// The live end.
    End,
    /// The turn before.
    PreviousTurn,
    /// The turn after.
    NextTurn,
    /// The step before.
    PreviousStep,
    /// The step after.
    NextStep,
    /// The tool call before.
    PreviousRun,
    /// The tool call after.
    NextRun,
}

/// What concerns the panes themselves.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum PaneAct {
    /// Focus the next pane, then the composer.
    Next,
    /// The focused pane takes the room of both, or gives it back.
    Zoom,
    /// More room for reasoning.
    Grow,
    /// Less room for reasoning.
    Shrink,
    /// Open or fold the step under the eye.
    Open,
    /// Pin that step: it stays open.
    Pin,
}

/// What concerns the conversation as a whole.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum SessionAct {
    /// A new one.
    New,
    /// Choose a saved one.
    Pick,
    /// Go on with a copy.
    Fork,
    /// Go back to an earlier prompt.
    Rewind,
    /// Undo what the last turn did to files.
    Undo,
    /// Take the undo back.
    Redo,
}

/// What a person can want of the screen by a key.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Action {
    /// Send the prompt, or steer the running turn.
    Send,
    /// A new line in the prompt.
    Newline,
    /// Send the prompt after the running turn.
    Queue,
    /// Back out of one thing: see [`super::EscMeaning`].
    Back,
    /// Stop what runs; idle: clear, then leave.
    Interrupt,
    /// Retry now.
    Retry,
    /// Leave.
    Quit,
    /// Stop the process until `fg`.
    Suspend,
    /// Draw everything anew.
    Redraw,
    /// The next model of the ring.
    NextModel,
    /// The model before in the ring.
    PreviousModel,
    /// Choose a model.
    PickModel,
    /// Thinking on or off.
    Thinking,
    /// Less effort.
    LessEffort,
    /// More effort.
    MoreEffort,
    /// Show or hide reasoning.
    Reasoning,
    /// Compact or detailed.
    Detail,
    /// A pane.
    Pane(PaneAct),
    /// A movement.
    Move(Move),
    /// Find in the panes.
    Find,
    /// The command palette.
    Palette,
    /// The keys.
    Help,
    /// The quota.
    Usage,
    /// The conversation as a whole.
    Session(SessionAct),
    /// The external editor.
    Editor,
    /// Search the prompt history.
    History,
    /// Copy the last answer.
    Copy,
    /// The mouse on or off.
    Mouse,
    /// Choose a theme.
    Theme,
    /// What the session changed.
    Diff,
    /// The next permission mode.
    Mode,
    /// The running command goes to the background.
    Background,
    /// The plan's list.
    Plan,
    /// The background commands.
    Tasks,
}

/// Where a key counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Scope {
    /// Wherever the focus is.
    Anywhere,
    /// In the composer.
    Composer,
    /// In the composer while it is empty.
    Empty,
    /// In a pane.
    Pane,
}

impl Scope {
    /// A key cannot mean two things where both of these hold.
    #[must_use]
    pub fn overlaps(self, other: Self) -> bool {
        self == other
            || self == Self::Anywhere
            || other == Self::Anywhere
            || matches!((self, other), (Self::Composer, Self::Empty) | (Self::Empty, Self::Composer))
    }

    /// The word for the help view.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Anywhere => "",
            Self::Composer => "in the composer",
            Self::Empty => "on an empty prompt",
            Self::Pane => "in a pane",
        }
    }
}

/// A row of the table.
#[derive(Clone, Copy, Debug)]
pub struct Row {
    /// The action.
    pub action: Action,
    /// Its name in the config file and the palette.
    pub name: &'static str,
    /// Default keys, the one that hints print first. A key after the leader is written `leader …`.
    pub keys: &'static [(Scope, &'static str)],
    /// One line for help and palette.
    pub doc: &'static str,
}

const fn row(action: Action, name: &'static str, keys: &'static [(Scope, &'static str)], doc: &'static str) -> Row {
    Row { action, name, keys, doc }
}

use Scope::{Anywhere, Composer, Empty, Pane};

/// All actions, in the order of the help view.
pub const TABLE: &[Row] = &[
    row(Action::Send, "send", &[(Composer, "enter")], "send the prompt; while a turn runs, steer it"),
    row(
        Action::Newline,
        "newline",
        &[(Composer, "ctrl-j"), (Composer, "alt-enter"), (Composer, "shift-enter")],
        "new line in the prompt (also \\ and Enter)",
    ),
    row(
        Action::Queue,
        "queue",
        &[(Composer, "tab"), (Anywhere, "leader enter")],
        "send the prompt after the running turn",
    ),
    row(Action::Back, "back", &[(Anywhere, "esc")], "back out; interrupt what runs"),
    row(Action::Interrupt, "interrupt", &[(Anywhere, "ctrl-c")], "interrupt; idle: clear the prompt; twice: quit"),
    row(Action::Retry, "retry", &[(Empty, "r"), (Anywhere, "leader R")], "retry now, when that is offered"),
    row(Action::Quit, "quit", &[(Empty, "ctrl-d"), (Anywhere, "leader q")], "quit"),
    row(Action::Suspend, "suspend", &[(Anywhere, "ctrl-z"), (Anywhere, "leader ctrl-z")], "suspend until fg"),
    row(Action::Redraw, "redraw", &[(Anywhere, "ctrl-l"), (Anywhere, "leader ctrl-l")], "draw the screen anew"),
    row(Action::NextModel, "next-model", &[(Anywhere, "f2"), (Anywhere, "leader .")], "next model of the ring"),
    row(
        Action::PreviousModel,
        "previous-model",
        &[(Anywhere, "shift-f2"), (Anywhere, "leader ,")],
        "model before in the ring",
    ),
    row(Action::PickModel, "pick-model", &[(Anywhere, "alt-p"), (Anywhere, "leader m")], "choose a model"),
    row(Action::Thinking, "thinking", &[(Anywhere, "alt-t"), (Anywhere, "leader k")], "thinking on or off"),
    row(Action::LessEffort, "less-effort", &[(Anywhere, "alt-,"), (Anywhere, "leader -")], "less reasoning effort"),
    row(Action::MoreEffort, "more-effort", &[(Anywhere, "alt-."), (Anywhere, "leader +")], "more reasoning effort"),
    row(Action::Reasoning, "reasoning", &[(Anywhere, "ctrl-t"), (Anywhere, "leader t")], "show or hide reasoning"),
    row(Action::Detail, "detail", &[(Anywhere, "ctrl-o"), (Anywhere, "leader d")], "details, or a problem's raw cause"),
    row(
        Action::Pane(PaneAct::Next),
        "next-pane",
        &[(Anywhere, "f6"), (Empty, "tab"), (Pane, "tab"), (Anywhere, "leader o")],
        "focus the next pane or the composer",
    ),
    row(Action::Pane(PaneAct::Zoom), "zoom", &[(Pane, "z"), (Anywhere, "leader z")], "zoom the focused pane"),
    row(Action::Pane(PaneAct::Grow), "grow-reasoning", &[(Anywhere, "leader >")], "more room for reasoning"),
    row(Action::Pane(PaneAct::Shrink), "shrink-reasoning", &[(Anywhere, "leader <")], "less room for reasoning"),
    row(
        Action::Pane(PaneAct::Open),
        "open-step",
        &[(Pane, "enter"), (Pane, "space"), (Anywhere, "leader e")],
        "open or fold a tool call or a step's reasoning",
    ),
    row(Action::Pane(PaneAct::Pin), "pin-step", &[(Pane, "p")], "pin a step: it stays open"),
    row(Action::Move(Move::LineUp), "line-up", &[(Anywhere, "shift-up"), (Pane, "up"), (Pane, "k")], "a row up"),
    row(
        Action::Move(Move::LineDown),
        "line-down",
        &[(Anywhere, "shift-down"), (Pane, "down"), (Pane, "j")],
        "a row down",
    ),
    row(Action::Move(Move::PageUp), "page-up", &[(Anywhere, "pgup"), (Anywhere, "leader pgup")], "a page up"),
    row(Action::Move(Move::PageDown), "page-down", &[(Anywhere, "pgdn"), (Anywhere, "leader pgdn")], "a page down"),
    row(
        Action::Move(Move::ReasoningUp),
        "reasoning-up",
        &[(Anywhere, "alt-pgup"), (Anywhere, "leader up")],
        "a page up in reasoning",
    ),
    row(
        Action::Move(Move::ReasoningDown),
        "reasoning-down",
        &[(Anywhere, "alt-pgdn"), (Anywhere, "leader down")],
        "a page down in reasoning",
    ),
    row(
        Action::Move(Move::Top),
        "top",
        &[(Anywhere, "ctrl-home"), (Anywhere, "alt-<"), (Pane, "home"), (Anywhere, "leader home")],
        "to the beginning",
    ),
    row(
        Action::Move(Move::End),
        "live-end",
        &[(Anywhere, "ctrl-end"), (Anywhere, "alt->"), (Pane, "end"), (Anywhere, "leader end")],
        "to the live end",
    ),
    row(
        Action::Move(Move::PreviousTurn),
        "previous-turn",
        &[(Anywhere, "alt-up"), (Pane, "{"), (Anywhere, "leader {")],
        "to the turn before",
    ),
    row(
        Action::Move(Move::NextTurn),
        "next-turn",
        &[(Anywhere, "alt-down"), (Pane, "}"), (Anywhere, "leader }")],
        "to the turn after",
    ),
    row(
        Action::Move(Move::PreviousStep),
        "previous-step",
        &[(Pane, "["), (Anywhere, "leader [")],
        "to the step before, in both panes",
    ),
    row(
        Action::Move(Move::NextStep),
        "next-step",
        &[(Pane, "]"), (Anywhere, "leader ]")],
        "to the step after, in both panes",
    ),
    row(
        Action::Move(Move::PreviousRun),
        "previous-run",
        &[(Pane, "("), (Anywhere, "leader (")],
        "to the tool call before, to open it",
    ),
    row(Action::Move(Move::NextRun), "next-run", &[(Pane, ")"), (Anywhere, "leader )")], "to the tool call after"),
    row(Action::Find, "find", &[(Anywhere, "f3"), (Pane, "/"), (Anywhere, "leader /")], "find in both panes"),
    row(Action::Palette, "palette", &[(Anywhere, "ctrl-p"), (Anywhere, "leader p")], "all commands"),
    row(
        Action::Help,
        "help",
        &[(Empty, "?"), (Anywhere, "f1"), (Pane, "?"), (Anywhere, "leader ?")],
        "this list of keys",
    ),
    row(Action::Usage, "usage", &[(Anywhere, "f4"), (Anywhere, "leader u")], "quota and usage"),
    row(Action::Session(SessionAct::New), "new", &[(Anywhere, "leader n")], "new session"),
    row(Action::Session(SessionAct::Pick), "sessions", &[(Anywhere, "leader s")], "resume a saved session"),
    row(Action::Session(SessionAct::Fork), "fork", &[(Anywhere, "leader f")], "go on with a copy of the session"),
    row(
        Action::Session(SessionAct::Rewind),
        "rewind",
        &[(Anywhere, "leader r")],
        "go back to an earlier prompt (also Esc twice on an empty prompt)",
    ),
    row(Action::Session(SessionAct::Undo), "undo", &[(Anywhere, "leader U")], "undo what the last turn did to files"),
    row(Action::Session(SessionAct::Redo), "redo", &[(Anywhere, "leader ctrl-r")], "take the last undo back"),
    row(
        Action::Editor,
        "editor",
        &[(Anywhere, "ctrl-g"), (Anywhere, "leader ctrl-e")],
        "edit the prompt in your editor",
    ),
    row(Action::History, "history", &[(Anywhere, "ctrl-r"), (Anywhere, "leader h")], "search earlier prompts"),
    row(Action::Copy, "copy", &[(Anywhere, "leader y"), (Pane, "y")], "copy the last answer"),
    row(Action::Mouse, "mouse", &[(Anywhere, "leader M")], "mouse on or off"),
    row(Action::Theme, "theme", &[(Anywhere, "leader T")], "choose a theme"),
    row(Action::Diff, "diff", &[(Anywhere, "leader D")], "what the session changed"),
    row(
        Action::Mode,
        "mode",
        &[(Anywhere, "shift-tab"), (Anywhere, "leader a")],
        "next permission mode: ask, edits, plan",
    ),
    row(
        Action::Background,
        "background",
        &[(Anywhere, "ctrl-b"), (Anywhere, "leader b")],
        "send the running command to the background",
    ),
    row(Action::Plan, "plan", &[(Anywhere, "leader l")], "the plan's list"),
    row(Action::Tasks, "tasks", &[(Anywhere, "leader j")], "commands in the background"),
];

/// The row of an action.
#[must_use]
pub fn row_of(action: Action) -> Option<&'static Row> {
    TABLE.iter().find(|row| row.action == action)
}

/// The action of a name.
#[must_use]
pub fn named(name: &str) -> Option<Action> {
    TABLE.iter().find(|row| row.name == name).map(|row| row.action)
}
