//! What stands below and in the row of a tool call: its heads, the lines of a long command, live output,
//! what is kept of a failure, a change. Rows only; holds no colour and no time.

use super::{
    diff_lines::{self, DiffStyle},
    theme::Part,
};
use crate::{
    app::{CHANGED_LINES, Fold, Run, RunState, TAIL_ROWS},
    chat::{Detail, RunEnd, RunKind},
    text::{
        truncate,
        width::width,
        wrap::{self, Ink, Piece, Role, Row},
    },
};

/// How much of a call shows.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) enum Level {
    /// The row, and what nobody should miss.
    #[default]
    Compact,
    /// Everything is shown with its details.
    Detailed,
    /// It was opened by hand: all of it.
    Open,
}

/// A row that is drawn from the state, because it ticks or has an edge of its own.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Head {
    /// The call's own row.
    Run,
    /// The one row of several reads and searches.
    Explored,
}

/// What was left out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct More {
    /// Lines.
    pub(super) lines: u64,
    /// They are lines of a change.
    pub(super) of_change: bool,
    /// A key shows them.
    pub(super) opens: bool,
    /// Byte of the entry's text that the row counts as.
    pub(super) offset: usize,
}

/// Some rows with one tone and indent.
#[derive(Debug)]
pub(super) struct Stretch {
    /// The rows.
    pub(super) rows: Vec<Row>,
    /// How running text looks.
    pub(super) tone: Part,
    /// Cells left of them.
    pub(super) indent: u16,
}

/// The rows of a call.
#[derive(Debug, Default)]
pub(super) struct RunRows {
    /// Rows drawn from the state.
    pub(super) heads: Vec<Head>,
    /// Rows of text below them.
    pub(super) parts: Vec<Stretch>,
    /// The row that tells what was left out.
    pub(super) more: Option<More>,
}

/// Below this width an indent of two is a luxury.
pub(super) const NARROW: u16 = 44;

/// From this width of the pane on a change stands in two columns: each side has 40 characters then.
const TWO_COLUMNS_FROM: u16 = 92;

/// With details: rows of output under a call that runs; of one that ended.
const TAIL_DETAILED: usize = 8;
const TEXT_DETAILED: usize = 20;

/// With details: changed lines that show of an edit.
const CHANGED_DETAILED: usize = 60;

/// Lines of a command that show at most; a longer one must be opened.
const COMMAND: usize = 12;

/// The indent of a call's row.
pub(super) fn indent(width: u16) -> u16 {
    if width < NARROW { 1 } else { 2 }
}

/// The rows of a call at a width of the pane.
pub(super) fn rows(run: &Run, level: Level, width: u16) -> RunRows {
    let mut out = RunRows::default();
    let grouped = level == Level::Compact;
    match &run.fold {
        Fold::Member { open: false } if grouped => return out,
        Fold::Lead { open, .. } if grouped => {
            out.heads.push(Head::Explored);
            if !open {
                return out;
            }
        }
        _ if grouped && run.is_silent() => return out,
        _ => {}
    }
    out.heads.push(Head::Run);
    let sheet = Sheet { run, level, width };
    sheet.target(&mut out);
    sheet.body(&mut out);
    out
}

struct Sheet<'a> {
    run: &'a Run,
    level: Level,
    width: u16,
}

impl Sheet<'_> {
    fn room(&self, indent: u16) -> u16 {
        // One column stays free: the space that a soft break swallows can be selected there.
        self.width.saturating_sub(indent + 1).max(1)
    }

    /// The lines of a command that the row itself has no place for. A command that hides behind a comment
    /// is shown with the line that does something.
    fn target(&self, out: &mut RunRows) {
        let target = self.run.card.target.as_str();
        let verb = self.run.card.verb.as_str();
        let base = verb.len() + 1;
        let indent = indent(self.width) + 2;
        let room = self.room(indent);
        let opened = self.level == Level::Open && width(target) + base > usize::from(room) / 2;
        if opened {
            out.parts.push(Stretch { rows: shifted(wrap::plain(target, room), base), tone: Part::Text, indent });
            return;
        }
        let n_lines = target.lines().count();
        if n_lines < 2 {
            return;
        }
        let acts = target.lines().position(|line| !line.trim().is_empty() && !line.trim_start().starts_with('#'));
        let most = if self.level == Level::Compact { COMMAND.max(acts.unwrap_or(0) + 1) } else { n_lines };
        let first = target.split_inclusive('\n').next().map_or(0, str::len);
        let end = target.split_inclusive('\n').take(most).map(str::len).sum::<usize>();
        let rest = target.get(first..end).unwrap_or("").trim_end_matches('\n');
        let mut rows = shifted(wrap::plain(rest, room), base + first);
        if n_lines > most {
            let offset = base + end;
            let text = format!("… {} more lines of the command", n_lines - most);
            rows.extend(wrap::plain(&text, room).into_iter().map(|row| Row { offset, ..row }));
        }
        out.parts.push(Stretch { rows, tone: Part::Text, indent });
    }

    fn body(&self, out: &mut RunRows) {
        match &self.run.state {
            RunState::Queued => {}
            RunState::Running { progress, .. } => {
                let most = if self.level == Level::Compact { TAIL_ROWS } else { TAIL_DETAILED };
                let n_lines = progress.lines.max(progress.tail.len() as u64);
                self.tail(out, self.run.body(), n_lines, most);
            }
            RunState::Ended(report) => match (&report.detail, self.level) {
                (Detail::None, _) => {}
                (Detail::Change(change), level) => self.change(out, change, level),
                (Detail::Text(_), Level::Open) => self.whole(out),
                (Detail::Text(_), level) => {
                    let kept = matches!(report.end, RunEnd::Failed | RunEnd::Stopped);
                    let most = match level {
                        Level::Compact if kept => TAIL_ROWS,
                        Level::Compact => return,
                        _ => TEXT_DETAILED,
                    };
                    let body = self.run.body();
                    self.tail(out, body, body.lines().count() as u64, most);
                }
            },
        }
    }

    /// The last rows of `text`, which are the last of `n_lines`; one line is one row.
    fn tail(&self, out: &mut RunRows, text: &str, n_lines: u64, most: usize) {
        let indent = indent(self.width) + 2;
        let room = self.room(indent);
        let narrow = self.width < NARROW && self.level == Level::Compact;
        let most = if narrow { 1 } else { most };
        let fits = n_lines <= most as u64;
        let wanted = if fits || narrow { most } else { most.saturating_sub(1) };
        let lines: Vec<&str> = text.split_inclusive('\n').collect();
        let from = lines.len().saturating_sub(wanted);
        let mut at = self.run.body_at() + lines[..from].iter().map(|line| line.len()).sum::<usize>();
        let mut rows = Vec::new();
        for line in &lines[from..] {
            rows.push(one_row(line.trim_end_matches('\n'), room, at));
            at += line.len();
        }
        let n_shown = rows.len() as u64;
        out.parts.push(Stretch { rows, tone: Part::Muted, indent });
        if !fits && !narrow {
            let opens = !self.run.is_running() || self.level == Level::Compact;
            out.more = Some(More { lines: n_lines.saturating_sub(n_shown), of_change: false, opens, offset: at });
        }
    }

    fn whole(&self, out: &mut RunRows) {
        let indent = indent(self.width) + 2;
        let rows = shifted(wrap::plain(self.run.body(), self.room(indent)), self.run.body_at());
        out.parts.push(Stretch { rows, tone: Part::Muted, indent });
    }

    fn change(&self, out: &mut RunRows, change: &crate::chat::FileChange, level: Level) {
        if self.width < NARROW && level == Level::Compact {
            return;
        }
        let indent = indent(self.width) + 2;
        let room = self.room(indent);
        let style = DiffStyle { side_by_side: self.width >= TWO_COLUMNS_FROM, wrap: level == Level::Open };
        let (rows, hidden) = match level {
            Level::Compact => diff_lines::preview(change, CHANGED_LINES, room, style),
            Level::Detailed => diff_lines::preview(change, CHANGED_DETAILED, room, style),
            Level::Open => (diff_lines::lines(change, room, style), 0),
        };
        let base = self.run.body_at();
        let offset = base + rows.last().map_or(0, |row| row.offset);
        out.parts.push(Stretch { rows: shifted(rows, base), tone: Part::Muted, indent });
        if hidden > 0 {
            out.more = Some(More { lines: hidden as u64, of_change: true, opens: true, offset });
        }
    }
}

/// A line in one row; the mark of a cut is ours and not the line's.
fn one_row(line: &str, room: u16, offset: usize) -> Row {
    let cut = width(line) > usize::from(room);
    let shown = if cut { truncate::head(line, usize::from(room).saturating_sub(1)) } else { line };
    let mut pieces = vec![Piece { text: shown.to_owned(), ink: Ink::default() }];
    if cut {
        pieces.push(Piece { text: "…".to_owned(), ink: Ink { role: Role::Marker, ..Ink::default() } });
    }
    Row { pieces, offset, ..Row::default() }
}

fn shifted(mut rows: Vec<Row>, by: usize) -> Vec<Row> {
    for row in &mut rows {
        row.offset += by;
    }
    rows
}

/// A target that is a path: its last name is what tells it apart.
pub(super) fn is_path(run: &Run) -> bool {
    matches!(run.card.kind, RunKind::Explore | RunKind::Edit)
}
