//! The command line as typed: one table from which parser, help and docs/CLI.md come.

mod sessions;

use std::{ffi::OsString, path::PathBuf, time::Duration};

use clap::{
    Args, CommandFactory, FromArgMatches, Parser, Subcommand, ValueEnum, error::ErrorKind, parser::ValueSource,
};

pub(super) use self::sessions::{
    ExportArgs, FormatArg, ImportArgs, ListArgs, PruneArgs, RenameArgs, RmArgs, SearchArgs, SessionsCommand, ShowArgs,
};

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
    /// What `--print` takes and prints.
    #[command(flatten)]
    pub(super) headless: HeadlessArgs,
    /// Which conversation is gone on with.
    #[command(flatten)]
    pub(super) session: SessionArgs,
    /// Settings of this run.
    #[command(flatten)]
    pub(super) run: RunArgs,
}

/// Settings of a run without a screen.
#[derive(Clone, Debug, Default, Args)]
#[command(next_help_heading = "Without a screen (--print, exec)")]
pub(super) struct HeadlessArgs {
    /// Form of what is printed.
    #[arg(short, long, value_name = "FORM", default_value = "text")]
    pub(super) output_format: OutputFormat,
    /// Form of what is read from standard input.
    #[arg(long, value_name = "FORM", default_value = "text")]
    pub(super) input_format: InputFormat,
    /// With stream-json: print pieces of the answer as they come.
    #[arg(long)]
    pub(super) include_partial_messages: bool,
    /// The answer must be JSON of this schema: JSON text, or @FILE.
    #[arg(long, value_name = "JSON|@FILE", visible_alias = "output-schema")]
    pub(super) json_schema: Option<String>,
    /// End after this many model calls.
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..))]
    pub(super) max_turns: Option<u32>,
    /// End when the run has cost this many credits.
    #[arg(long, value_name = "N")]
    pub(super) max_credits: Option<f64>,
    /// End after this time, for instance 90s, 10m, 1h.
    #[arg(long, value_name = "DUR", value_parser = span)]
    pub(super) max_wall_time: Option<Duration>,
}

/// Which conversation a run goes on with, and whether it is kept.
#[derive(Clone, Debug, Default, Args)]
#[command(next_help_heading = "Conversations")]
pub(super) struct SessionArgs {
    /// Go on with the newest conversation of this folder.
    #[arg(short = 'c', long = "continue", group = "saved")]
    pub(super) newest: bool,
    /// Go on with a saved conversation: its id, its name, or words of it. Without one, choose from a list.
    #[arg(short, long, value_name = "ID|NAME|TEXT", num_args = 0..=1, default_missing_value = "", group = "saved")]
    pub(super) resume: Option<String>,
    /// With --continue or --resume: go on in a copy, and leave the saved conversation as it is.
    #[arg(long, requires = "saved")]
    pub(super) fork_session: bool,
    /// Keep nothing of this conversation on disk.
    #[arg(long, conflicts_with = "saved")]
    pub(super) ephemeral: bool,
}

/// The flags of a run without a screen, given without one, would do nothing.
const NO_SCREEN_ONLY: &str = "belongs to a run without a screen: add --print, or use `glm-tui exec`";

impl CommandLine {
    /// Reads the words of the command line, the program's name first.
    ///
    /// # Errors
    /// What is wrong with it (exit code 2); help and version too, which are no mistakes (0).
    pub(super) fn read(words: impl IntoIterator<Item = OsString>) -> Result<Self, clap::Error> {
        let mut table = Self::command();
        let matches = table.try_get_matches_from_mut(words)?;
        let line = Self::from_arg_matches(&matches).map_err(|error| error.format(&mut table))?;
        if line.command.is_some() || line.print {
            return Ok(line);
        }
        let known = HeadlessArgs::augment_args(clap::Command::new("headless"));
        let typed = |arg: &&clap::Arg| matches.value_source(arg.get_id().as_str()) == Some(ValueSource::CommandLine);
        match known.get_arguments().find(typed).and_then(clap::Arg::get_long) {
            None => Ok(line),
            Some(flag) => Err(table.error(ErrorKind::MissingRequiredArgument, format!("--{flag} {NO_SCREEN_ONLY}"))),
        }
    }
}

/// Reads `90`, `90s`, `10m`, `1h`.
fn span(text: &str) -> Result<Duration, String> {
    let unit = text.trim_start_matches(|c: char| c.is_ascii_digit());
    let seconds = match unit {
        "" | "s" => 1,
        "m" => 60,
        "h" => 3600,
        _ => return Err("write a number and s, m or h, for instance 10m".into()),
    };
    let count: u64 = text[..text.len() - unit.len()].parse().map_err(|_| "write a number first, for instance 10m")?;
    count.checked_mul(seconds).map(Duration::from_secs).ok_or_else(|| "that is too long".into())
}

/// Settings of one run; each overrides the config file.
#[derive(Clone, Debug, Default, Args)]
#[command(next_help_heading = "Settings of this run")]
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
    /// May also be worked in; may be repeated.
    #[arg(long = "add-dir", value_name = "DIR", global = true)]
    pub(super) more_folders: Vec<PathBuf>,
    /// How much may be done unasked.
    #[arg(long, value_name = "MODE", global = true, visible_alias = "approval-mode")]
    pub(super) permission_mode: Option<ModeArg>,
    /// What must keep commands in.
    #[arg(long, value_name = "WISH", global = true)]
    pub(super) sandbox: Option<SandboxArg>,
    /// Rules of what may be done unasked, for instance "Bash(git *)" (docs/PERMISSIONS.md).
    #[arg(long, value_name = "RULE", global = true, alias = "allowedTools", value_delimiter = ',')]
    pub(super) allowed_tools: Vec<String>,
    /// Rules of what is refused, whatever else allows it.
    #[arg(long, value_name = "RULE", global = true, alias = "disallowedTools", value_delimiter = ',')]
    pub(super) disallowed_tools: Vec<String>,
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

/// `--permission-mode`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(super) enum ModeArg {
    /// Edits and commands are asked for.
    #[value(alias = "default")]
    Ask,
    /// Edits in the workspace are made unasked.
    #[value(alias = "acceptEdits", alias = "auto_edit")]
    Edits,
    /// Nothing is changed.
    Plan,
    /// Edits and commands inside the sandbox run unasked.
    #[value(alias = "bypassPermissions")]
    Yolo,
}

/// `--sandbox`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(super) enum SandboxArg {
    /// The strongest that this machine offers.
    Auto,
    /// The full one, or the program does not start.
    Require,
    /// None.
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
    /// One JSON object a line, as things happen.
    StreamJson,
}

/// `--input-format`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub(super) enum InputFormat {
    /// The prompt as text.
    #[default]
    Text,
    /// One JSON object a line: `{"type":"user","message":{"role":"user","content":"…"}}`.
    StreamJson,
}

/// The subcommands.
#[derive(Clone, Debug, Subcommand)]
pub(super) enum Subcommands {
    /// Print the answer and end, without a screen: the same as `--print`.
    #[command(visible_alias = "run")]
    Exec {
        /// The prompt; `-` or a pipe is read.
        #[arg(value_name = "PROMPT")]
        prompt: Vec<String>,
        /// What is taken and printed.
        #[command(flatten)]
        headless: HeadlessArgs,
        /// Which conversation is gone on with.
        #[command(flatten)]
        session: SessionArgs,
    },
    /// Show both windows of the plan and what was used of them.
    Usage(JsonFlag),
    /// List the models that can be asked for.
    Models(JsonFlag),
    /// List, search, read and delete saved conversations; those of other programs can be taken over.
    Sessions {
        /// What to do; `list` if left out.
        #[command(subcommand)]
        what: Option<SessionsCommand>,
    },
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
    /// Check key, address, models, quota, terminal and sandbox.
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
    /// Run one tool call in this folder, as if every question were answered with yes.
    #[command(hide = true)]
    Tool {
        /// The tool's name.
        name: String,
        /// Its arguments.
        #[arg(long = "json", value_name = "ARGS", default_value = "{}")]
        args: String,
    },
    /// Decode a recorded event stream into one JSON object.
    #[command(hide = true)]
    Decode {
        /// The recording.
        file: PathBuf,
    },
    /// Replay a session that was recorded with `GLM_TUI_RECORD`, and say whether the same comes out.
    #[command(hide = true)]
    Replay {
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
    use clap::CommandFactory;

    use super::CommandLine;

    #[test]
    fn the_table_is_consistent() {
        CommandLine::command().debug_assert();
    }

    #[test]
    fn words_and_subcommands_are_told_apart() {
        let cases: [(&[&str], &str); 23] = [
            (&["fix", "the", "bug"], "prompt fix the bug"),
            (&["--", "usage"], "prompt usage"),
            (&["usage", "--json"], "sub"),
            (&["-p", "hello"], "prompt hello"),
            (&["--demo"], "prompt "),
            (&["--demo", "--endpoint", "coding-cn"], "error"),
            (&["--nonsense"], "error"),
            (&["--effort", "huge"], "error"),
            (&["run", "hello"], "sub"),
            (&["exec", "-o", "json", "--max-turns", "3"], "sub"),
            (&["-p", "--input-format", "stream-json", "-o", "stream-json"], "prompt "),
            (&["-o", "json", "hello"], "error"),
            (&["--max-wall-time", "10m"], "error"),
            (&["-p", "x", "--max-turns", "0"], "error"),
            (&["exec", "x", "--max-wall-time", "soon"], "error"),
            (&["exec", "-p", "x"], "error"),
            (&["-c", "go", "on"], "prompt go on"),
            (&["-r", "walrus", "go", "on"], "prompt go on"),
            (&["-c", "--fork-session"], "prompt "),
            (&["--fork-session"], "error"),
            (&["-c", "-r", "walrus"], "error"),
            (&["--ephemeral", "-c"], "error"),
            (&["exec", "-c", "go on"], "sub"),
        ];
        for (words, want) in cases {
            let parsed = CommandLine::read([&["glm-tui"], words].concat().into_iter().map(Into::into));
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
