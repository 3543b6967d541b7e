//! The rows of one entry in one pane: built from its text at a width, kept while it does not change,
//! grown while it streams. Holds no colour and no time: what ticks is drawn from the step.

use super::{
    grown::{Fingerprint, Grown},
    run_block::{self, Head, Level, More},
    theme::Part,
};
use crate::{
    app::{Entry, EntryKind, Pane},
    chat::{Problem, StepId},
    text::{
        markdown::Flow,
        wrap::{self, Row},
    },
};

/// All that the rows of an entry depend on beside its text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Key {
    /// The entry's revision.
    pub(super) revision: u64,
    /// Columns of the pane.
    pub(super) width: u16,
    /// The pane.
    pub(super) pane: Pane,
    /// An empty row stands above.
    pub(super) gap: bool,
    /// The body of reasoning shows.
    pub(super) open: bool,
    /// The step's own row (stub or section header) shows.
    pub(super) headed: bool,
    /// How much of a tool call shows.
    pub(super) level: Level,
}

/// Rows with one tone and indent.
#[derive(Debug)]
struct Section {
    body: Body,
    tone: Part,
    indent: u16,
    lead: &'static str,
}

#[derive(Debug)]
enum Body {
    Flow(Box<Flow>),
    Grown(Grown),
    Fixed(Vec<Row>),
}

impl Body {
    fn rows(&self) -> &[Row] {
        match self {
            Self::Flow(flow) => flow.rows(),
            Self::Grown(grown) => grown.rows(),
            Self::Fixed(rows) => rows,
        }
    }
}

/// One line of a block.
#[derive(Clone, Copy, Debug)]
pub(super) enum Line<'a> {
    /// An empty row.
    Gap,
    /// The step's own row.
    Head(StepId),
    /// A row of a tool call that is drawn from the state.
    Run(Head),
    /// What was left out of a tool call.
    More(More),
    /// A row of text.
    Text {
        /// The row.
        row: &'a Row,
        /// How running text looks.
        tone: Part,
        /// Cells left of it.
        indent: u16,
        /// What stands in the indent of the first row.
        lead: &'static str,
    },
}

/// The rows of one entry.
#[derive(Debug)]
pub(super) struct Block {
    key: Key,
    print: Fingerprint,
    head: Option<StepId>,
    heads: Vec<Head>,
    more: Option<More>,
    sections: Vec<Section>,
    height: usize,
    /// The last frame that used it.
    pub(super) stamp: u64,
}

impl Block {
    /// The rows of `entry`; an earlier block of the same entry is grown where that is possible.
    pub(super) fn of(entry: &Entry, key: Key, old: Option<Self>) -> Self {
        let grown = old.filter(|old| {
            Key { revision: key.revision, ..old.key } == key && old.print.continues(entry.text()) && old.can_grow()
        });
        let (mut heads, mut more) = (Vec::new(), None);
        let sections = match (&entry.kind, grown) {
            (EntryKind::Answer { text, complete, .. }, Some(mut old)) => {
                for section in &mut old.sections {
                    if let Body::Flow(flow) = &mut section.body {
                        flow.update(text, *complete);
                    }
                }
                old.sections
            }
            (EntryKind::Reasoning { text, .. }, Some(mut old)) => {
                for section in &mut old.sections {
                    if let Body::Grown(grown) = &mut section.body {
                        grown.update(text);
                    }
                }
                old.sections
            }
            (EntryKind::Run(run), _) => {
                let rows = run_block::rows(run, key.level, key.width);
                (heads, more) = (rows.heads, rows.more);
                rows.parts.into_iter().map(Section::from).collect()
            }
            _ => build(entry, key),
        };
        let head = match &entry.kind {
            EntryKind::Reasoning { step, text } if key.headed && !text.trim().is_empty() => Some(*step),
            _ => None,
        };
        let body: usize = sections.iter().map(|s| s.body.rows().len()).sum();
        let own = body + usize::from(head.is_some()) + heads.len() + usize::from(more.is_some());
        let height = if own == 0 { 0 } else { own + usize::from(key.gap) };
        Self { key, print: Fingerprint::of(entry.text()), head, heads, more, sections, height, stamp: 0 }
    }

    /// The block is what `key` asks for.
    pub(super) fn is(&self, key: &Key) -> bool {
        self.key == *key
    }

    /// The body of reasoning shows.
    pub(super) fn is_open(&self) -> bool {
        self.key.open
    }

    /// Number of lines.
    pub(super) fn height(&self) -> usize {
        self.height
    }

    /// A line; an empty one past the end.
    pub(super) fn line(&self, n: usize) -> Line<'_> {
        let mut n = n;
        if self.key.gap {
            if n == 0 {
                return Line::Gap;
            }
            n -= 1;
        }
        if let Some(step) = self.head {
            if n == 0 {
                return Line::Head(step);
            }
            n -= 1;
        }
        if let Some(head) = self.heads.get(n) {
            return Line::Run(*head);
        }
        n -= self.heads.len();
        for section in &self.sections {
            let rows = section.body.rows();
            if let Some(row) = rows.get(n) {
                let lead = if n == 0 { section.lead } else { "" };
                return Line::Text { row, tone: section.tone, indent: section.indent, lead };
            }
            n -= rows.len();
        }
        if let (Some(more), 0) = (self.more, n) {
            return Line::More(more);
        }
        Line::Gap
    }

    /// Byte offset in the entry's text of a line.
    pub(super) fn offset(&self, line: usize) -> usize {
        match self.line(line) {
            Line::Text { row, .. } => row.offset,
            Line::More(more) => more.offset,
            Line::Gap | Line::Head(_) | Line::Run(_) => 0,
        }
    }

    /// The first of the lines that show the text at `offset`.
    pub(super) fn line_at(&self, offset: usize) -> usize {
        let Some(last) = (0..self.height).rev().find(|&n| self.offset(n) <= offset) else { return 0 };
        let found = self.offset(last);
        (0..=last).rev().take_while(|&n| self.offset(n) == found).last().unwrap_or(last)
    }

    /// The layout with code blocks, for the highlighter.
    pub(super) fn flow(&self) -> Option<&Flow> {
        self.sections.iter().find_map(|section| match &section.body {
            Body::Flow(flow) => Some(flow.as_ref()),
            _ => None,
        })
    }

    /// The text of the entry was replaced, not continued.
    pub(super) fn is_replaced_by(&self, entry: &Entry) -> bool {
        !self.print.continues(entry.text())
    }

    fn can_grow(&self) -> bool {
        self.sections.iter().any(|s| !matches!(s.body, Body::Fixed(_)))
    }
}

impl From<run_block::Stretch> for Section {
    fn from(stretch: run_block::Stretch) -> Self {
        Self { body: Body::Fixed(stretch.rows), tone: stretch.tone, indent: stretch.indent, lead: "" }
    }
}

fn build(entry: &Entry, key: Key) -> Vec<Section> {
    let indent = run_block::indent(key.width);
    // One column stays free: the space that a soft break swallows can be selected there.
    let margin = 1;
    let room = key.width.saturating_sub(indent + margin).max(1);
    let fixed = |text: &str, tone, lead: &'static str| {
        // The prompt mark takes two cells at any width.
        let indent = if lead.is_empty() { indent } else { 2 };
        let room = key.width.saturating_sub(indent + margin).max(1);
        Section { body: Body::Fixed(wrap::plain(text.trim_end(), room)), tone, indent, lead }
    };
    let flow = |text: &str, complete| {
        let mut flow = Flow::new(room);
        flow.update(text, complete);
        Section { body: Body::Flow(Box::new(flow)), tone: Part::Text, indent, lead: "" }
    };
    match &entry.kind {
        EntryKind::Prompt { text, steered, .. } => {
            vec![fixed(text, Part::User, if *steered { "» " } else { "› " })]
        }
        EntryKind::Reasoning { text, .. } if key.open => {
            let mut grown = Grown::new(room);
            grown.update(text);
            vec![Section { body: Body::Grown(grown), tone: Part::Reasoning, indent, lead: "" }]
        }
        EntryKind::Reasoning { .. } | EntryKind::Run(_) => Vec::new(),
        EntryKind::Answer { text, complete, .. } => vec![flow(text, *complete)],
        EntryKind::Mark(text) => vec![fixed(&format!("— {text} —"), Part::Muted, "")],
        EntryKind::Output(text) => vec![flow(text, true)],
        EntryKind::Trouble(problem) => trouble(problem, fixed),
    }
}

fn trouble(problem: &Problem, fixed: impl Fn(&str, Part, &'static str) -> Section) -> Vec<Section> {
    let what = match &problem.code {
        Some(code) if !problem.what.contains(code.as_str()) => format!("{} ({code})", problem.what),
        _ => problem.what.clone(),
    };
    let mut sections = vec![fixed(&what, Part::Danger, "✗ ")];
    for hint in &problem.hints {
        let line = match hint.with {
            Some(with) => format!("{with}  {}", hint.what),
            None => hint.what.clone(),
        };
        sections.push(fixed(&line, Part::Text, "→ "));
    }
    // Offsets grow over the sections, so that each row keeps a position of its own.
    let mut base = 0;
    for section in &mut sections {
        if let Body::Fixed(rows) = &mut section.body {
            let end = rows.last().map_or(0, |row| row.offset + 1);
            for row in rows {
                row.offset += base;
            }
            base += end;
        }
    }
    sections
}
