//! docs/CLI.md, written from the same table that parses the command line.

use std::fmt::Write;

use clap::{Command, CommandFactory};

use super::args::CommandLine;

/// Exit codes and what they mean; [`super::exit::Exit`] is their type.
const EXIT_CODES: [(&str, &str); 15] = [
    ("0", "all went well"),
    ("1", "it failed"),
    ("2", "the command line is wrong, or there is no terminal for the screen"),
    ("3", "the sandbox that is required is not there (`--sandbox require`)"),
    ("41", "the key is missing or was refused"),
    ("42", "the input cannot be used"),
    ("52", "the config cannot be used"),
    ("53", "the limit of model calls was reached (`--max-turns`)"),
    ("54", "a window of the plan is used up; the message names the reset"),
    ("55", "the limit of credits or of time was reached (`--max-credits`, `--max-wall-time`)"),
    ("75", "trying again later may help: 429, 5xx, the network"),
    ("129", "the terminal went away (SIGHUP)"),
    ("130", "interrupted (SIGINT)"),
    ("131", "SIGQUIT"),
    ("143", "SIGTERM"),
];

/// The page.
fn page() -> String {
    let mut page =
        String::from("# Command line\n\nWritten from the table in `src/cli/args.rs`; a test keeps it in step.\n");
    section(&mut page, CommandLine::command().term_width(100), "glm-tui");
    page.push_str("\n## Exit codes\n\n| code | meaning |\n|---|---|\n");
    for (code, meaning) in EXIT_CODES {
        let _ = writeln!(page, "| {code} | {meaning} |");
    }
    page
}

fn section(page: &mut String, mut command: Command, name: &str) {
    command = command.bin_name(name);
    let help = command.render_help().to_string();
    let help: Vec<&str> = help.lines().map(str::trim_end).collect();
    let _ = writeln!(page, "\n## {name}\n\n```\n{}\n```", help.join("\n").trim_end());
    let inner: Vec<Command> = command.get_subcommands().filter(|c| !c.is_hide_set()).cloned().collect();
    for sub in inner {
        let name = format!("{name} {}", sub.get_name());
        section(page, sub.term_width(100), &name);
    }
}

#[cfg(test)]
mod tests {
    #[test]
    fn the_page_is_in_step() {
        let file = concat!(env!("CARGO_MANIFEST_DIR"), "/docs/CLI.md");
        let page = super::page();
        #[expect(clippy::disallowed_methods, reason = "the test rewrites the page when asked to")]
        if std::env::var_os("UPDATE_CLI").is_some() {
            std::fs::write(file, &page).unwrap();
        }
        let kept = std::fs::read_to_string(file).unwrap_or_default();
        assert!(kept == page, "docs/CLI.md is out of step: UPDATE_CLI=1 cargo test reference");
    }
}
