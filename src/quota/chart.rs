//! The chart of one window: for each column how high the use stood, where it goes and where an even pace would
//! be. Heights in eighths of a cell; it draws nothing.

use std::time::Duration;

use jiff::Timestamp;

use super::{board::Board, forecast::Course, span, window::WindowKind};

/// The size of a chart's plot, without its axes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Size {
    /// Columns; each is one step of time.
    pub columns: u16,
    /// Rows of eight eighths each; the top is 100 %.
    pub rows: u16,
}

/// One column, at the end of its step of time. Heights are in eighths of a row, 0 to `8 × rows`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Column {
    /// The used share up to now; `None` in the future.
    pub used: Option<u16>,
    /// The share to come; `None` in the past and where there is no forecast.
    pub forecast: Option<u16>,
    /// An even pace: the share of the window's time that has passed.
    pub even: u16,
}

/// A moment worth a label under the chart.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Mark {
    /// Its column.
    pub column: u16,
    /// When.
    pub at: Timestamp,
    /// What it is.
    pub kind: MarkKind,
}

/// What a mark stands for, in the order of their weight: where two are too close, the weightier one stays.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum MarkKind {
    /// A round part of the window.
    Hour,
    /// The window began.
    Begin,
    /// The window resets.
    Reset,
    /// It will be used up.
    Empty,
    /// Now.
    Now,
}

/// The chart of one window.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Chart {
    /// From the window's beginning to its reset.
    pub columns: Vec<Column>,
    /// Moments under it, in order of time.
    pub marks: Vec<Mark>,
}

impl Board {
    /// The chart of a window at `now`; `None` while the window is idle, unknown or awaits its reset, or when the
    /// size has no cells.
    #[must_use]
    pub fn chart(&self, kind: &WindowKind, size: Size, now: Timestamp) -> Option<Chart> {
        if size.columns == 0 || size.rows == 0 {
            return None;
        }
        let course = Course::of(self, self.window(kind)?, now)?;
        let burn = course.burn();
        let top = f64::from(size.rows) * 8.0;
        let height = |percent: f64| (percent.clamp(0.0, 100.0) / 100.0 * top).round() as u16;
        let column = |i: u16| {
            let share = f64::from(i + 1) / f64::from(size.columns);
            let at = course.at_share(share);
            let past = course.at_share(f64::from(i) / f64::from(size.columns)) <= course.now;
            Column {
                used: past.then(|| height(course.percent_was(at))),
                forecast: burn.filter(|_| !past).map(|burn| height(course.percent_at(at, burn))),
                even: height(share * 100.0),
            }
        };
        let columns = (0..size.columns).map(column).collect();
        let empty = burn.and_then(|burn| course.empties_at(burn));
        Some(Chart { columns, marks: marks(&course, empty, size.columns) })
    }
}

/// The beginning, round parts, now, the end of the use and the reset, in order of time.
fn marks(course: &Course, empty: Option<Timestamp>, columns: u16) -> Vec<Mark> {
    let length = span::secs(course.begin, course.end);
    let mark = |at, kind| {
        let share = span::secs(course.begin, at) / length;
        Mark { column: ((share * f64::from(columns)) as u16).min(columns - 1), at, kind }
    };
    let mut marks =
        vec![mark(course.begin, MarkKind::Begin), mark(course.now, MarkKind::Now), mark(course.end, MarkKind::Reset)];
    marks.extend(empty.map(|at| mark(at, MarkKind::Empty)));
    let step = round_part(length);
    let parts = (1u32..16).map(|i| span::plus(course.begin, step * i));
    marks.extend(parts.take_while(|at| *at < course.end).map(|at| mark(at, MarkKind::Hour)));
    marks.sort_by_key(|mark| (mark.at, mark.kind));
    marks
}

/// An hour for windows of hours, a day for windows of days, a week above.
fn round_part(secs: f64) -> Duration {
    const HOUR: u64 = 3_600;
    const DAY: u64 = 24 * HOUR;
    Duration::from_secs(match secs {
        s if s <= (12 * HOUR) as f64 => HOUR,
        s if s <= (10 * DAY) as f64 => DAY,
        _ => 7 * DAY,
    })
}

impl Chart {
    /// The marks whose labels of `width` columns fit side by side with a column between them: weightier ones first.
    #[must_use]
    pub fn labels(&self, width: u16) -> Vec<Mark> {
        let mut by_weight = self.marks.clone();
        by_weight.sort_by_key(|mark| std::cmp::Reverse(mark.kind));
        let mut kept: Vec<Mark> = Vec::new();
        for mark in by_weight {
            if kept.iter().all(|other| other.column.abs_diff(mark.column) > width) {
                kept.push(mark);
            }
        }
        kept.sort_by_key(|mark| mark.column);
        kept
    }
}
