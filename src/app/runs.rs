//! A tool call as an entry of the transcript: what the row says, what it opens to, how it folds with its
//! neighbours. Pure values; knows neither cells nor keys.

use std::{
    collections::HashSet,
    time::{Duration, Instant},
};

use super::changes::change_text;
use crate::chat::{Detail, FileChange, Progress, RunCard, RunEnd, RunKind, RunReport, Side};

/// A tool call with all that is known of it.
#[derive(Clone, Debug, PartialEq)]
pub struct Run {
    /// What was taken from the model.
    pub card: RunCard,
    /// How far it is.
    pub state: RunState,
    /// How it folds with its neighbours.
    pub fold: Fold,
    /// The user opened (`Some(true)`) or folded (`Some(false)`) it by hand.
    pub open: Option<bool>,
    text: String,
    body_at: usize,
}

/// How far a call is.
#[derive(Clone, Debug, PartialEq)]
pub enum RunState {
    /// It waits for its turn, or for an answer.
    Queued,
    /// It runs.
    Running {
        /// Since when.
        since: Instant,
        /// What it has written.
        progress: Progress,
    },
    /// It ended.
    Ended(Box<RunReport>),
}

/// How a row folds with its neighbours.
#[derive(Clone, Debug, Default, PartialEq)]
pub enum Fold {
    /// It stands for itself.
    #[default]
    Alone,
    /// The first of several that fold to one row.
    Lead {
        /// What the one row says.
        explored: Explored,
        /// The rows show all the same, below that one.
        open: bool,
    },
    /// One of the others.
    Member {
        /// The rows show all the same.
        open: bool,
    },
}

/// What several reads and searches come to.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Explored {
    /// Files that were read.
    pub n_files: usize,
    /// Anything else: searches, lists.
    pub n_other: usize,
    /// How long they took together.
    pub took: Duration,
}

impl Run {
    /// A call that waits.
    #[must_use]
    pub fn new(card: RunCard) -> Self {
        let mut run =
            Self { card, state: RunState::Queued, fold: Fold::Alone, open: None, text: String::new(), body_at: 0 };
        run.write();
        run
    }

    /// It runs since `at`.
    pub fn start(&mut self, at: Instant) {
        if self.state == RunState::Queued {
            self.state = RunState::Running { since: at, progress: Progress::default() };
        }
    }

    /// It has written this by now.
    pub fn advance(&mut self, progress: Progress, at: Instant) {
        self.start(at);
        if let RunState::Running { progress: old, .. } = &mut self.state {
            *old = progress;
            self.write();
        }
    }

    /// It ended. What it had written by then stays when the report brings no text of its own.
    pub fn end(&mut self, mut report: RunReport) {
        if let (RunState::Running { progress, .. }, Detail::None) = (&self.state, &report.detail)
            && report.end != RunEnd::Ok
            && !progress.tail.is_empty()
        {
            let mut tail = crate::text::Clean::default();
            for (n, line) in progress.tail.iter().enumerate() {
                if n > 0 {
                    tail.append(&crate::text::Clean::trusted("\n"));
                }
                tail.append(line);
            }
            report.detail = Detail::Text(tail);
        }
        self.state = RunState::Ended(Box::new(report));
        self.write();
    }

    /// It will not end any more: the turn did.
    pub fn stop(&mut self, at: Instant) {
        let took = match &self.state {
            RunState::Ended(_) => return,
            RunState::Queued => Duration::ZERO,
            RunState::Running { since, .. } => at.saturating_duration_since(*since),
        };
        self.end(RunReport {
            end: RunEnd::Stopped,
            summary: crate::text::Clean::default(),
            detail: Detail::None,
            took,
        });
    }

    /// Its text, for search, copy and export: the row, and below it what the row opens to.
    #[must_use]
    pub fn text(&self) -> &str {
        &self.text
    }

    /// The byte of [`Self::text`] at which what the row opens to begins; its length when there is nothing.
    #[must_use]
    pub fn body_at(&self) -> usize {
        self.body_at.min(self.text.len())
    }

    /// What the row opens to.
    #[must_use]
    pub fn body(&self) -> &str {
        &self.text[self.body_at()..]
    }

    /// The row as text: its state, what it does, what came of it.
    #[must_use]
    pub fn line(&self) -> String {
        let row = self.text.get(..self.body_at().saturating_sub(1)).unwrap_or(&self.text);
        format!("{} {row}", self.glyph())
    }

    /// The sign of its state.
    #[must_use]
    pub fn glyph(&self) -> char {
        match &self.state {
            RunState::Queued => '○',
            RunState::Running { .. } => '◐',
            RunState::Ended(report) => match report.end {
                RunEnd::Ok => '✓',
                RunEnd::Failed => '✗',
                RunEnd::Denied | RunEnd::Stopped => '⊘',
            },
        }
    }

    /// How it ended, if it did.
    #[must_use]
    pub fn report(&self) -> Option<&RunReport> {
        match &self.state {
            RunState::Ended(report) => Some(report),
            _ => None,
        }
    }

    /// The change that it made, or would have made.
    #[must_use]
    pub fn change(&self) -> Option<&FileChange> {
        match self.report().map(|report| &report.detail) {
            Some(Detail::Change(change)) => Some(change),
            _ => None,
        }
    }

    /// It is over.
    #[must_use]
    pub fn is_over(&self) -> bool {
        matches!(self.state, RunState::Ended(_))
    }

    /// It runs now.
    #[must_use]
    pub fn is_running(&self) -> bool {
        matches!(self.state, RunState::Running { .. })
    }

    /// The row opens to something.
    #[must_use]
    pub fn can_open(&self) -> bool {
        !self.body().is_empty() || self.card.target.as_str().len() > SHORT || matches!(self.fold, Fold::Lead { .. })
    }

    /// Its row leaves something out and says so.
    #[must_use]
    pub fn leaves_out(&self) -> bool {
        match &self.state {
            RunState::Queued => false,
            RunState::Running { progress, .. } => progress.lines > TAIL_ROWS as u64,
            RunState::Ended(report) => match &report.detail {
                Detail::Change(change) => {
                    let lines = change.hunks.iter().flat_map(|hunk| &hunk.lines);
                    lines.filter(|line| line.side != Side::Context).count() > CHANGED_LINES
                }
                Detail::Text(_) if matches!(report.end, RunEnd::Failed | RunEnd::Stopped) => {
                    self.body().lines().nth(TAIL_ROWS).is_some()
                }
                Detail::Text(_) | Detail::None => false,
            },
        }
    }

    /// A call that keeps the plan has no row of its own unless it went wrong: the plan is shown.
    #[must_use]
    pub fn is_silent(&self) -> bool {
        self.card.kind == RunKind::Plan && self.report().is_none_or(|report| report.end == RunEnd::Ok)
    }

    /// How long it has run at `now`; `None` before it began.
    #[must_use]
    pub fn took(&self, now: Instant) -> Option<Duration> {
        match &self.state {
            RunState::Queued => None,
            RunState::Running { since, .. } => Some(now.saturating_duration_since(*since)),
            RunState::Ended(report) => Some(report.took),
        }
    }

    /// Writes the text anew.
    fn write(&mut self) {
        let mut text = format!("{} {}", self.card.verb, self.card.target);
        if let Some(report) = self.report()
            && !report.summary.is_empty()
        {
            text.push_str("  ");
            text.push_str(report.summary.as_str());
        }
        text.push('\n');
        self.body_at = text.len();
        match &self.state {
            RunState::Queued => {}
            RunState::Running { progress, .. } => {
                for line in &progress.tail {
                    text.push_str(line.as_str());
                    text.push('\n');
                }
            }
            RunState::Ended(report) => match &report.detail {
                Detail::None => {}
                Detail::Text(detail) => text.push_str(detail.as_str().trim_end_matches('\n')),
                Detail::Change(change) => text.push_str(&change_text(change)),
            },
        }
        self.text = text;
    }
}

/// Rows of output that show below a call while it runs or after it failed.
pub const TAIL_ROWS: usize = 3;

/// Changed lines that show of an edit.
pub const CHANGED_LINES: usize = 6;

/// A target that no pane cuts needs no opening.
const SHORT: usize = 24;

/// So many reads and searches in a row still stand for themselves: two rows are as good as one that must
/// be opened.
const FOLDS_FROM: usize = 3;

/// How the rows of consecutive calls fold: the new fold of each. `open` says how a group that begins at
/// a call was left.
#[must_use]
pub(super) fn folds(runs: &[&Run]) -> Vec<Fold> {
    let mut folds = vec![Fold::Alone; runs.len()];
    let mut from = 0;
    while from < runs.len() {
        let n = runs[from..].iter().take_while(|run| folds_away(run)).count();
        if n >= FOLDS_FROM {
            let group = &runs[from..from + n];
            let open = group.iter().any(|run| matches!(run.fold, Fold::Lead { open: true, .. }));
            folds[from] = Fold::Lead { explored: explored(group), open };
            folds[from + 1..from + n].fill(Fold::Member { open });
        }
        from += n.max(1);
    }
    folds
}

fn folds_away(run: &Run) -> bool {
    run.card.kind == RunKind::Explore && run.report().is_some_and(|report| report.end == RunEnd::Ok)
}

fn explored(group: &[&Run]) -> Explored {
    let (mut files, mut explored) = (HashSet::new(), Explored::default());
    for run in group {
        let target = run.card.target.as_str();
        if run.card.verb.as_str() == "Read" {
            files.insert(target);
        } else {
            explored.n_other += 1;
        }
        explored.took += run.report().map_or(Duration::ZERO, |report| report.took);
    }
    explored.n_files = files.len();
    explored
}
