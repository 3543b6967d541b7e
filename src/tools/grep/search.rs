//! The search: which lines of which files match. The same files give the same answer however the threads
//! run: of too many matches those of the first paths are kept. Knows nothing of how they are told.

use std::{
    collections::BTreeMap,
    fs::File,
    io::{self, Read},
    path::{Path, PathBuf},
    sync::{Mutex, PoisonError},
};

use grep_matcher::{LineTerminator, Matcher as _};
use grep_regex::{RegexMatcher, RegexMatcherBuilder};
use grep_searcher::{BinaryDetection, Searcher, SearcherBuilder, Sink, SinkContext, SinkMatch};

use crate::tools::{
    Refusal,
    start::Start,
    walk::{self, Names, Pace},
};

/// Bytes of a line that are kept, around its match.
const LINE: usize = 400;
/// Bytes of a line that are kept before its match when it must be cut.
const LEAD: usize = 120;
/// Bytes of one line that are held while it is searched; a file with a longer one is left out.
const HELD: usize = 8 << 20;
/// Bytes of a compiled expression: what a person would write needs a fraction.
const COMPILED: usize = 4 << 20;
/// Bytes of a pattern.
const PATTERN: usize = 16 << 10;

/// What is looked for.
pub(super) struct Query {
    pub(super) matcher: RegexMatcher,
    pub(super) names: Option<Names>,
    pub(super) context: usize,
    /// One match tells enough of a file.
    pub(super) first_only: bool,
    /// Matches that are kept.
    pub(super) limit: usize,
}

/// What was found.
#[derive(Debug, Default)]
pub(super) struct Found {
    /// The matches that are kept, by path.
    pub(super) files: BTreeMap<PathBuf, Vec<Line>>,
    /// Matches that are kept.
    n_kept: usize,
    /// All matching lines.
    pub(super) n_matches: u64,
    /// Files with a match.
    pub(super) n_files: u64,
    /// Files that a rule keeps back, matching or not: which of them match is not told, so not asked.
    pub(super) n_withheld: u64,
}

/// A line of a file.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Line {
    /// Its number, from 1.
    pub(super) number: u64,
    /// Its text, cut when it is long.
    pub(super) text: String,
    /// It matches; else it is context.
    pub(super) hit: bool,
    /// Lines were left out before it.
    pub(super) gap: bool,
}

/// Compiles a pattern.
///
/// # Errors
/// It is no regular expression; says where and what to do.
pub(super) fn matcher(pattern: &str, literal: bool, ignore_case: bool) -> Result<RegexMatcher, Refusal> {
    if pattern.is_empty() || pattern.len() > PATTERN {
        return Err(Refusal(format!("the pattern must have 1 to {PATTERN} bytes")));
    }
    RegexMatcherBuilder::new()
        .case_insensitive(ignore_case)
        .fixed_strings(literal)
        .crlf(true)
        .size_limit(COMPILED)
        .build(pattern)
        .map_err(|error| {
            // The searcher wraps the pattern: the bare one tells the place in what the model wrote.
            let words = regex::Regex::new(pattern).map_or_else(|bare| bare.to_string(), |_| error.to_string());
            Refusal(format!("{words}\nput the regex right, or use literal:true for plain text"))
        })
}

/// Searches from `start`. `may_show` is asked before a file is opened.
pub(super) fn run(query: &Query, start: &Start<'_>, pace: &Pace, may_show: &(dyn Fn(&Path) -> bool + Sync)) -> Found {
    let found: Mutex<Found> = Mutex::default();
    walk::files(start.real(), pace, || {
        let mut searcher = SearcherBuilder::new()
            .binary_detection(BinaryDetection::quit(0))
            .line_terminator(LineTerminator::crlf())
            .line_number(true)
            .before_context(query.context)
            .after_context(query.context)
            .heap_limit(Some(HELD))
            .build();
        let found = &found;
        move |entry: &ignore::DirEntry| {
            let path = entry.path();
            let is_file = entry.file_type().is_some_and(|kind| kind.is_file());
            if !is_file || query.names.as_ref().is_some_and(|names| !names.matches(path, start.roots())) {
                return;
            }
            if !may_show(path) {
                found.lock().unwrap_or_else(PoisonError::into_inner).n_withheld += 1;
                return;
            }
            let outcome = start.files.stream(path).and_then(|file| one(query, &mut searcher, file, pace));
            match outcome {
                Ok(hits) if hits.n_matches == 0 => {}
                Ok(hits) => found.lock().unwrap_or_else(PoisonError::into_inner).add(path, hits, query.limit),
                Err(_) => pace.unreadable(),
            }
        }
    });
    found.into_inner().unwrap_or_else(PoisonError::into_inner)
}

impl Found {
    fn add(&mut self, path: &Path, hits: Hits<'_>, limit: usize) {
        self.n_files += 1;
        self.n_matches += hits.n_matches;
        self.n_kept += hits.n_kept;
        self.files.insert(path.to_owned(), hits.lines);
        while let Some(last) = self.files.last_entry() {
            let n = last.get().iter().filter(|line| line.hit).count();
            if self.n_kept - n < limit {
                break;
            }
            self.n_kept -= n;
            last.remove();
        }
    }
}

fn one<'a>(query: &'a Query, searcher: &mut Searcher, file: File, pace: &'a Pace) -> io::Result<Hits<'a>> {
    let mut hits = Hits { query, pace, lines: Vec::new(), n_matches: 0, n_kept: 0, gap: false, binary: false };
    searcher.search_reader(&query.matcher, Watched { file, pace }, &mut hits)?;
    if hits.binary {
        hits.n_matches = 0;
    }
    Ok(hits)
}

/// A file that seems to end when the search is to stop: without it one huge file could not be left.
struct Watched<'a> {
    file: File,
    pace: &'a Pace,
}

impl Read for Watched<'_> {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        if self.pace.halt().is_some() { Ok(0) } else { self.file.read(into) }
    }
}

/// Takes the matches of one file.
struct Hits<'a> {
    query: &'a Query,
    pace: &'a Pace,
    lines: Vec<Line>,
    n_matches: u64,
    n_kept: usize,
    gap: bool,
    binary: bool,
}

impl Hits<'_> {
    fn keep(&mut self, number: Option<u64>, bytes: &[u8], hit: bool) {
        let gap = std::mem::take(&mut self.gap) && !self.lines.is_empty();
        let text = cut(bytes, if hit { Some(&self.query.matcher) } else { None });
        self.lines.push(Line { number: number.unwrap_or(0), text, hit, gap });
    }
}

impl Sink for Hits<'_> {
    type Error = io::Error;

    fn matched(&mut self, _searcher: &Searcher, found: &SinkMatch<'_>) -> io::Result<bool> {
        self.n_matches += 1;
        if self.n_kept < self.query.limit {
            self.n_kept += 1;
            self.keep(found.line_number(), found.bytes(), true);
        }
        Ok(!self.query.first_only && self.pace.halt().is_none())
    }

    fn context(&mut self, _searcher: &Searcher, context: &SinkContext<'_>) -> io::Result<bool> {
        if self.n_kept < self.query.limit {
            self.keep(context.line_number(), context.bytes(), false);
        }
        Ok(true)
    }

    fn context_break(&mut self, _searcher: &Searcher) -> io::Result<bool> {
        self.gap = true;
        Ok(true)
    }

    fn binary_data(&mut self, _searcher: &Searcher, _offset: u64) -> io::Result<bool> {
        self.binary = true;
        Ok(false)
    }
}

/// A line without its end; a long one is cut around its match.
fn cut(bytes: &[u8], matcher: Option<&RegexMatcher>) -> String {
    let line = bytes.strip_suffix(b"\n").unwrap_or(bytes);
    let line = line.strip_suffix(b"\r").unwrap_or(line);
    if line.len() <= LINE {
        return String::from_utf8_lossy(line).into_owned();
    }
    let at = matcher.and_then(|matcher| matcher.find(line).ok().flatten()).map_or(0, |found| found.start());
    let start = if at <= LEAD { 0 } else { (at - LEAD).min(line.len() - LINE) };
    let (start, end) = (whole(line, start), whole(line, start + LINE));
    let before = if start > 0 { "…" } else { "" };
    let after = if end < line.len() { format!("… ({} bytes)", line.len()) } else { String::new() };
    format!("{before}{}{after}", String::from_utf8_lossy(&line[start..end]))
}

/// The first byte of the character that `at` lies in.
fn whole(line: &[u8], at: usize) -> usize {
    let mut start = at.min(line.len());
    while start > 0 && at - start < 4 && line.get(start).is_some_and(|byte| byte & 0xc0 == 0x80) {
        start -= 1;
    }
    start
}
