//! What the environment says of the terminal: whether there is one, and how it is used.

use std::io::IsTerminal;

use super::start::Start;
use crate::{
    chat::{Problem, ProblemKind},
    config::{Environment, MouseMode},
    term, ui,
};

/// Refuses what cannot show a screen, and says what can be used there.
pub(super) fn terminal_is_there(start: &Start) -> Result<(), Problem> {
    let why = if !std::io::stdin().is_terminal() || !std::io::stdout().is_terminal() {
        "standard input and output must be a terminal for the screen"
    } else if start.env.var("TERM").is_none_or(|t| t.is_empty() || t == "dumb") {
        "this terminal cannot show a screen (TERM is unset or dumb)"
    } else {
        return Ok(());
    };
    Err(Problem::new(ProblemKind::User, why).hint_with("ask without a screen", "glm-tui --print \"your question\""))
}

/// Words in the `TERM` of terminals with 256 colours: those that set a `TERM` of their own all have them.
const MANY: [&str; 6] = ["256color", "kitty", "alacritty", "ghostty", "wezterm", "foot"];

/// How many colours the terminal has. Over SSH only `TERM` travels reliably; `COLORTERM` there may be another terminal's.
pub(super) fn depth(env: &Environment) -> ui::Depth {
    let term = env.var("TERM").unwrap_or_default();
    let remote = env.var("SSH_TTY").is_some() || env.var("SSH_CONNECTION").is_some();
    let told = env.var("COLORTERM").is_some_and(|told| told == "truecolor" || told == "24bit");
    if (told && !remote) || term.ends_with("-direct") {
        ui::Depth::True
    } else if MANY.iter().any(|name| term.contains(name)) {
        ui::Depth::Ansi256
    } else {
        ui::Depth::Ansi16
    }
}

/// How the terminal is used, by what the environment says of it.
pub(super) fn options(env: &Environment, mouse: MouseMode) -> term::Options {
    term::Options {
        mouse,
        kitty: true,
        probe: true,
        around: term::Surroundings::read(|name| env.var(name).map(str::to_owned)),
        watchdog: term::watchdog::Start::own().ok(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn colours_by_what_the_environment_says() {
        let cases: [(&[(&str, &str)], ui::Depth); 6] = [
            (&[("TERM", "xterm-256color")], ui::Depth::Ansi256),
            (&[("TERM", "xterm-256color"), ("COLORTERM", "truecolor")], ui::Depth::True),
            (&[("TERM", "xterm-256color"), ("COLORTERM", "24bit"), ("SSH_TTY", "/dev/pts/1")], ui::Depth::Ansi256),
            (&[("TERM", "xterm-direct")], ui::Depth::True),
            (&[("TERM", "linux")], ui::Depth::Ansi16),
            (&[], ui::Depth::Ansi16),
        ];
        for (vars, want) in cases {
            let vars = vars.iter().map(|(name, value)| ((*name).to_owned(), (*value).into())).collect();
            let env = Environment { vars, ..Environment::default() };
            assert_eq!(depth(&env), want, "{:?}", env.vars);
        }
    }
}
