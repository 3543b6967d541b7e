//! The words of `glm-tui sessions`.

use std::path::PathBuf;

use clap::{Args, Subcommand, ValueEnum};

use crate::journal::{Format, Source};

/// `sessions`. WANTED is an id, the beginning of one, a name, or words of what was said.
#[derive(Clone, Debug, Subcommand)]
pub(in crate::cli) enum SessionsCommand {
    /// List all, newest first; those of this folder are marked.
    List(ListArgs),
    /// Search titles, names, folders, dates (2026-11-2) and all that was said.
    Search(SearchArgs),
    /// Show what is known of one, with its prompts.
    Show(ShowArgs),
    /// Write one as a document, without the key.
    Export(ExportArgs),
    /// Give one a name.
    Rename(RenameArgs),
    /// Delete some, with their copies of files.
    Rm(RmArgs),
    /// Drop copies of files (for undo) that are too old or too many; conversations stay.
    Prune(PruneArgs),
    /// Take over conversations of another program; its files are only read.
    Import(ImportArgs),
}

impl Default for SessionsCommand {
    fn default() -> Self {
        Self::List(ListArgs::default())
    }
}

/// `sessions list`.
#[derive(Clone, Copy, Debug, Default, Args)]
pub(in crate::cli) struct ListArgs {
    /// Only those of this folder.
    #[arg(long)]
    pub(in crate::cli) here: bool,
    /// Print JSON.
    #[arg(long)]
    pub(in crate::cli) json: bool,
}

/// `sessions search`.
#[derive(Clone, Debug, Args)]
pub(in crate::cli) struct SearchArgs {
    /// What to look for.
    #[arg(value_name = "TEXT", required = true)]
    pub(in crate::cli) text: Vec<String>,
    /// Show at most this many.
    #[arg(long, value_name = "N", default_value_t = 50, value_parser = clap::value_parser!(u32).range(1..))]
    pub(in crate::cli) limit: u32,
    /// Print JSON.
    #[arg(long)]
    pub(in crate::cli) json: bool,
}

/// `sessions show`.
#[derive(Clone, Debug, Args)]
pub(in crate::cli) struct ShowArgs {
    /// Which one.
    pub(in crate::cli) wanted: String,
    /// Print JSON.
    #[arg(long)]
    pub(in crate::cli) json: bool,
}

/// `sessions export`.
#[derive(Clone, Debug, Args)]
pub(in crate::cli) struct ExportArgs {
    /// Which one.
    pub(in crate::cli) wanted: String,
    /// The form; by the end of the file's name if left out, else md.
    #[arg(short, long, value_name = "FORM")]
    pub(in crate::cli) format: Option<FormatArg>,
    /// Write to this file, which must not exist, instead of standard output.
    #[arg(short, long, value_name = "FILE")]
    pub(in crate::cli) output: Option<PathBuf>,
}

/// `--format`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(in crate::cli) enum FormatArg {
    /// Markdown.
    #[value(alias = "markdown")]
    Md,
    /// One JSON object (docs/SESSIONS.md).
    Json,
    /// One page with reasoning and answer side by side.
    Html,
}

impl FormatArg {
    pub(in crate::cli) fn format(self) -> Format {
        match self {
            Self::Md => Format::Markdown,
            Self::Json => Format::Json,
            Self::Html => Format::Html,
        }
    }
}

/// `sessions rename`.
#[derive(Clone, Debug, Args)]
pub(in crate::cli) struct RenameArgs {
    /// Its id, the beginning of one, or its name.
    pub(in crate::cli) wanted: String,
    /// The new name; none takes the old one away.
    #[arg(value_name = "NAME")]
    pub(in crate::cli) name: Vec<String>,
}

/// `sessions rm`.
#[derive(Clone, Debug, Args)]
pub(in crate::cli) struct RmArgs {
    /// Their ids, beginnings of ids, or names.
    #[arg(required = true)]
    pub(in crate::cli) wanted: Vec<String>,
    /// Do not ask.
    #[arg(short, long)]
    pub(in crate::cli) yes: bool,
}

/// `sessions prune`.
#[derive(Clone, Copy, Debug, Args)]
pub(in crate::cli) struct PruneArgs {
    /// Drop copies of sessions not used for this many days (`sessions.keep_days` of the config).
    #[arg(long, value_name = "N")]
    pub(in crate::cli) keep_days: Option<u32>,
    /// Keep at most this many bytes of copies (`sessions.max_bytes` of the config).
    #[arg(long, value_name = "N")]
    pub(in crate::cli) max_bytes: Option<u64>,
    /// Print JSON.
    #[arg(long)]
    pub(in crate::cli) json: bool,
}

/// `sessions import`.
#[derive(Clone, Debug, Args)]
pub(in crate::cli) struct ImportArgs {
    /// The program.
    pub(in crate::cli) source: SourceArg,
    /// A file or folder of it; its own place if left out.
    pub(in crate::cli) path: Option<PathBuf>,
    /// Those of all folders, not of this one only.
    #[arg(long)]
    pub(in crate::cli) all: bool,
    /// Those that were taken over before, too, as new ones.
    #[arg(long)]
    pub(in crate::cli) again: bool,
    /// Print JSON.
    #[arg(long)]
    pub(in crate::cli) json: bool,
}

/// `import SOURCE`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(in crate::cli) enum SourceArg {
    /// Claude Code (`~/.claude/projects`).
    Claude,
    /// Codex (`~/.codex/sessions`).
    Codex,
}

impl SourceArg {
    pub(in crate::cli) fn source(self) -> Source {
        match self {
            Self::Claude => Source::ClaudeCode,
            Self::Codex => Source::Codex,
        }
    }
}
