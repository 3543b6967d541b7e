//! The command line as typed: one table from which parser, help and docs/CLI.md come.

use std::path::PathBuf;

use clap::{Args, Parser, Subcommand, ValueEnum};

/// A terminal coding agent for people who pay for a GLM Coding Plan.
#[derive(Clone, Debug, Parser)]
#[command(name = "glm-tui", version, about, max_term_width = 100)]
#[command(args_conflicts_with_subcommands = true, disable_help_subcommand = true)]
pub(super) struct CommandLine {
    /// A subcommand; without one the screen opens.
    #[command(subcommand)]
    pub(super) command: Option<Subcommands>,
    /// Starts the first turn with this prompt.
    #[arg(value_name = "PROMPT")]
    pub(super) prompt: Vec<String>,
    /// Print the answer and end, without a screen; `-` or a pipe is read as the prompt.
    #[arg(short, long)]
    pub(super) print: bool,
    /// Form of what `--print` prints.
    #[arg(long, value_name = "FORM", default_value = "text", requires = "print")]
    pub(super) output_format: OutputFormat,
    /// Settings of this run.
    #[command(flatten)]
    pub(super) run: RunArgs,
}

/// Settings of one run; each overrides the config file.
#[derive(Clone, Debug, Default, Args)]
pub(super) struct RunArgs {
    /// The model of the first call, for instance glm-4.7.
    #[arg(short, long, value_name = "ID", global = true)]
    pub(super) model: Option<String>,
    /// How hard a model with graded reasoning thinks.
    #[arg(long, value_name = "GRADE", global = true)]
    pub(super) effort: Option<EffortArg>,
    /// Ask the model to think.
    #[arg(long, value_name = "ON|OFF", global = true)]
    pub(super) thinking: Option<OnOff>,
    /// Work in this folder.
    #[arg(short = 'C', long = "cd", value_name = "DIR", global = true)]
    pub(super) folder: Option<PathBuf>,
    /// Talk to the simulated service inside the program; needs no key and no network.
    #[arg(long, global = true, conflicts_with_all = ["endpoint", "base_url"])]
    pub(super) demo: bool,
    /// Where requests go.
    #[arg(long, value_name = "NAME", global = true)]
    pub(super) endpoint: Option<EndpointArg>,
    /// The address of any OpenAI-compatible server; means `--endpoint custom`.
    #[arg(long, value_name = "URL", global = true)]
    pub(super) base_url: Option<String>,
    /// The host that answers for the quota, or `off`.
    #[arg(long, value_name = "URL|off", global = true)]
    pub(super) quota_url: Option<String>,
    /// The theme: auto, dark, light, ansi, mono, high-contrast, or a file of the themes folder.
    #[arg(long, value_name = "NAME", global = true)]
    pub(super) theme: Option<String>,
    /// Leave the mouse to the terminal.
    #[arg(long, global = true)]
    pub(super) no_mouse: bool,
    /// Set one key of the config for this run; may be repeated.
    #[arg(long = "config", value_name = "KEY=VALUE", global = true)]
    pub(super) overrides: Vec<String>,
    /// Use this profile of the config file.
    #[arg(long, value_name = "NAME", global = true)]
    pub(super) profile: Option<String>,
    /// Ignore the config files.
    #[arg(long, global = true)]
    pub(super) safe_mode: bool,
}

/// `--endpoint`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(super) enum EndpointArg {
    /// Coding Plan, api.z.ai.
    CodingIntl,
    /// Coding Plan, open.bigmodel.cn.
    CodingCn,
    /// Pay as you go, api.z.ai.
    MeteredIntl,
    /// Pay as you go, open.bigmodel.cn.
    MeteredCn,
    /// The server of `--base-url` or the config.
    Custom,
}

/// `--effort`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(super) enum EffortArg {
    /// Least.
    Low,
    /// Middle.
    High,
    /// Most.
    Max,
}

/// `on` or `off`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(super) enum OnOff {
    /// Yes.
    On,
    /// No.
    Off,
}

/// `--output-format`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub(super) enum OutputFormat {
    /// The answer as text.
    #[default]
    Text,
    /// One JSON object at the end.
    Json,
}

/// The subcommands.
#[derive(Clone, Debug, Subcommand)]
pub(super) enum Subcommands {
    /// Show both windows of the plan and what was used of them.
    Usage(JsonFlag),
    /// List the models that can be asked for.
    Models(JsonFlag),
    /// Enter a key, test it and keep it.
    Login(LoginArgs),
    /// Forget the kept keys.
    Logout,
    /// What is known of the key.
    Auth {
        /// What to do.
        #[command(subcommand)]
        what: AuthCommand,
    },
    /// Check key, address, models, quota and terminal.
    Doctor(JsonFlag),
    /// Show, check or print the config.
    Config {
        /// What to do; `path` if left out.
        #[command(subcommand)]
        what: Option<ConfigCommand>,
    },
    /// Run the simulated service alone, for any OpenAI-compatible client.
    Simulate {
        /// The port on 127.0.0.1; 0 takes any free one.
        #[arg(long, default_value_t = 0)]
        port: u16,
        /// A scenario file (TOML); the demo's if left out.
        #[arg(long, value_name = "FILE")]
        scenario: Option<PathBuf>,
    },
    /// Decode a recorded event stream into one JSON object.
    #[command(hide = true)]
    Decode {
        /// The recording.
        file: PathBuf,
    },
}

/// `--json`.
#[derive(Clone, Copy, Debug, Args)]
pub(super) struct JsonFlag {
    /// Print JSON.
    #[arg(long)]
    pub(super) json: bool,
}

/// `login`.
#[derive(Clone, Debug, Args)]
pub(super) struct LoginArgs {
    /// Read the key from standard input instead of asking on the screen; needs `--endpoint`.
    #[arg(long, requires = "endpoint")]
    pub(super) key_stdin: bool,
}

/// `auth`.
#[derive(Clone, Copy, Debug, Subcommand)]
pub(super) enum AuthCommand {
    /// Which key is used, where it came from and where it may go; the key itself is not shown.
    Status,
}

/// `config`.
#[derive(Clone, Copy, Debug, Subcommand)]
pub(super) enum ConfigCommand {
    /// Print where the config file is.
    Path,
    /// Report what is wrong in it.
    Check,
    /// Print what is in force, without secrets.
    Print,
}

#[cfg(test)]
mod tests {
    use clap::{CommandFactory, Parser};

    use super::CommandLine;

    #[test]
    fn the_table_is_consistent() {
        CommandLine::command().debug_assert();
    }

    #[test]
    fn words_and_subcommands_are_told_apart() {
        let cases: [(&[&str], &str); 8] = [
            (&["fix", "the", "bug"], "prompt fix the bug"),
            (&["--", "usage"], "prompt usage"),
            (&["usage", "--json"], "sub"),
            (&["-p", "hello"], "prompt hello"),
            (&["--demo"], "prompt "),
            (&["--demo", "--endpoint", "coding-cn"], "error"),
            (&["--nonsense"], "error"),
            (&["--effort", "huge"], "error"),
        ];
        for (words, want) in cases {
            let parsed = CommandLine::try_parse_from([&["glm-tui"], words].concat());
            let got = match parsed {
                Err(error) => {
                    assert_eq!(error.exit_code(), 2, "{words:?}");
                    "error".to_owned()
                }
                Ok(line) if line.command.is_some() => "sub".to_owned(),
                Ok(line) => format!("prompt {}", line.prompt.join(" ")),
            };
            assert_eq!(got, want, "{words:?}");
        }
    }
}
