//! A TOML text with the places of its parts, and problems that name them. Knows no setting.

use std::ops::Range;

use toml::de::DeTable;

use crate::{
    chat::{Problem, ProblemKind},
    text::Clean,
};

/// Foreign words are quoted up to this many characters.
const MAX_QUOTE: usize = 60;

/// The name of a file and where its lines begin.
#[derive(Clone, Debug)]
pub(super) struct Places {
    /// The file's name as shown.
    pub(super) file: String,
    starts: Vec<usize>,
}

impl Places {
    pub(super) fn new(file: &str, text: &str) -> Self {
        let breaks = text.bytes().enumerate().filter(|(_, byte)| *byte == b'\n').map(|(at, _)| at + 1);
        Self { file: file.to_owned(), starts: std::iter::once(0).chain(breaks).collect() }
    }

    /// `file:line`, both from 1.
    pub(super) fn line(&self, span: &Range<usize>) -> String {
        format!("{}:{}", self.file, self.index(span.start) + 1)
    }

    /// `file:line:column`, all from 1; the column counts characters.
    fn line_and_column(&self, text: &str, at: usize) -> String {
        let index = self.index(at);
        let start = self.starts.get(index).copied().unwrap_or(0);
        let column = text.get(start..at).map_or(0, |before| before.chars().count());
        format!("{}:{}:{}", self.file, index + 1, column + 1)
    }

    fn index(&self, at: usize) -> usize {
        self.starts.partition_point(|start| *start <= at).saturating_sub(1)
    }
}

/// Parses a text; a fault names line and column and never quotes the text, which may hold a key.
pub(super) fn parse<'t>(file: &str, text: &'t str) -> Result<(DeTable<'t>, Places), Problem> {
    let places = Places::new(file, text);
    match DeTable::parse(text) {
        Ok(table) => Ok((table.into_inner(), places)),
        Err(fault) => {
            let at = fault.span().map_or(0, |span| span.start.min(text.len()));
            let place = places.line_and_column(text, at);
            Err(problem(format!("{place}: {}", cleaned(fault.message()))))
        }
    }
}

/// A problem of the settings.
pub(super) fn problem(what: impl Into<String>) -> Problem {
    Problem::new(ProblemKind::Config, what)
}

/// Foreign text, cleaned, on one line, shortened.
pub(super) fn quoted(foreign: &str) -> String {
    let line = cleaned(foreign);
    if line.chars().count() <= MAX_QUOTE {
        return line;
    }
    let head: String = line.chars().take(MAX_QUOTE - 1).collect();
    format!("{head}…")
}

/// Foreign text, cleaned, on one line.
pub(super) fn cleaned(foreign: &str) -> String {
    Clean::new(foreign).as_str().split_whitespace().collect::<Vec<_>>().join(" ")
}
