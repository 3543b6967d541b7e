//! The growing text: which rows are settled, which are laid out again.

use super::{
    block::{CodeBlock, Glyphs, Sheet},
    fence::{Fence, Read},
    heal::{Input, ends_blank},
    layout::{self, Laid, Start},
    probe::probe,
    tip::Tip,
    window::{WINDOW, clip, cut, settled, two_lines},
};
use crate::text::wrap::Row;

/// The layout of one Markdown text at one width, kept up to date while the text grows.
#[derive(Clone, Debug, Default)]
pub struct Flow {
    width: u16,
    glyphs: Glyphs,
    rows: Vec<Row>,
    code: Vec<CodeBlock>,
    settled: Mark,
    /// How far the list that is open where `settled` ends need not be laid out again while it grows: up to
    /// its last item but a few. The end of the text is laid out from `settled`.
    soft: Option<Mark>,
    /// The fence that is open where `settled` ends.
    fence: Option<Fence>,
    /// The row that grows, if the text ends in plain words.
    tip: Option<Tip>,
    /// Bytes of the source at the last update, and whether it was complete.
    seen: (usize, bool),
}

/// How far the text is laid out for good.
#[derive(Clone, Debug, Default)]
struct Mark {
    /// Bytes of the source.
    at: usize,
    rows: usize,
    code: usize,
    /// What follows goes on within a block that was cut here.
    goes_on: bool,
    /// The number of the list's item that begins here.
    number: Option<u64>,
    /// Where in the source the head of the table is that was cut here.
    head: std::ops::Range<usize>,
}

impl Flow {
    /// An empty layout for rows of at most `width` cells.
    #[must_use]
    pub fn new(width: u16) -> Self {
        Self::with_glyphs(width, Glyphs::default())
    }

    /// The same, drawn with these signs.
    #[must_use]
    pub fn with_glyphs(width: u16, glyphs: Glyphs) -> Self {
        Self { width: width.max(1), glyphs, ..Self::default() }
    }

    /// The text is now `source`, which begins with all that earlier calls were given; `complete` says
    /// that no more will come. Returns the index of the first row that may have changed.
    ///
    /// Costs what the open block costs, at most one window of 16 KiB beside what is new. A source that
    /// is shorter than before is laid out from its start.
    pub fn update(&mut self, source: &str, complete: bool) -> usize {
        if self.seen == (source.len(), complete) {
            return self.rows.len();
        }
        if source.len() < self.seen.0 || !source.is_char_boundary(self.settled.at) {
            *self = Self::with_glyphs(self.width, self.glyphs);
        }
        self.seen = (source.len(), complete);
        if let Some(first) = self.grow_tip(source, complete) {
            return first;
        }
        self.soft.take_if(|_| complete || source.len() - self.settled.at > WINDOW);
        let first = self.mark().rows;
        let old = self.rows.split_off(first);
        self.code.truncate(self.mark().code);
        self.advance(source, complete);
        self.keep_offsets_ascending(first);
        first + old.iter().zip(&self.rows[first..]).take_while(|(old, new)| old == new).count()
    }

    /// The rows.
    #[must_use]
    pub fn rows(&self) -> &[Row] {
        &self.rows
    }

    /// The code blocks, in order; rows refer to them by index.
    #[must_use]
    pub fn code(&self) -> &[CodeBlock] {
        &self.code
    }

    /// The row that shows byte `offset` of the source: the last that begins at or before it.
    #[must_use]
    pub fn row_at(&self, offset: usize) -> usize {
        self.rows.partition_point(|row| row.offset <= offset).saturating_sub(1)
    }

    /// Adds plain words to the last row, if that is all there is to do. Returns the row's index.
    fn grow_tip(&mut self, source: &str, complete: bool) -> Option<usize> {
        let mut tip = self.tip.take().filter(|_| !complete)?;
        let first = self.rows.len().checked_sub(1)?;
        let settled = self.settled.at;
        let least = self.rows[first].offset;
        if !tip.grow(source, settled, &mut self.sheet()) {
            return None;
        }
        self.tip = Some(tip);
        for row in &mut self.rows[first..] {
            row.offset = row.offset.max(least);
        }
        Some(first)
    }

    /// Where the next layout begins.
    fn mark(&self) -> &Mark {
        self.soft.as_ref().unwrap_or(&self.settled)
    }

    fn sheet(&mut self) -> Sheet<'_> {
        Sheet { rows: &mut self.rows, code: &mut self.code, width: self.width, glyphs: self.glyphs }
    }

    /// Lays out from the settled part to the end, settling what can be.
    fn advance(&mut self, source: &str, complete: bool) {
        while self.settled.at < source.len() || self.fence.is_some() {
            let goes_on = match self.fence.take() {
                Some(fence) => self.read_fence(fence, source, complete),
                None => self.lay_window(source, complete),
            };
            if !goes_on {
                return;
            }
        }
    }

    /// Reads on in an open fence. Returns whether it was closed.
    fn read_fence(&mut self, mut fence: Fence, source: &str, complete: bool) -> bool {
        let at = self.settled.at;
        match fence.read(source, at, complete, &mut self.sheet()) {
            Read::Closed(at) => {
                self.settled = Mark { at, rows: self.rows.len(), code: self.code.len(), ..Mark::default() };
                true
            }
            Read::Open { at, rows } => {
                self.settled = Mark { at, rows, code: self.code.len(), ..Mark::default() };
                self.fence = Some(fence);
                false
            }
        }
    }

    /// Lays out the next window. Returns whether something was settled with more to come.
    fn lay_window(&mut self, source: &str, complete: bool) -> bool {
        let rest = &source[self.mark().at..];
        let window = clip(rest, WINDOW);
        if window.len() < rest.len() {
            self.lay_full(source, window);
            return true;
        }
        let input = self.input(source, window);
        let input = if complete { input } else { input.heal() };
        let laid = layout::lay(&input, &mut self.sheet());
        let sure = |start: &&Start| input.begins(start.at);
        if laid.open_fence
            && let Some(start) = laid.starts.last().filter(sure)
            && self.enter_fence(source, *start, complete)
        {
            return true;
        }
        let new = |start: &&Start| start.at > 0 && settled(window, start.at);
        let soft = self.soft_mark(&laid, &input, window).filter(|_| !complete);
        if let Some(start) = laid.starts.iter().rev().filter(sure).find(new) {
            self.settle(*start);
        }
        self.soft = soft.or(self.soft.take());
        self.tip = laid.tip.filter(|_| input.plain_end).map(|tip| Tip { end: input.source(input.limit), ..tip });
        false
    }

    /// Where the last item of an open list begins that no later text changes.
    fn soft_mark(&self, laid: &Laid, input: &Input<'_>, window: &str) -> Option<Mark> {
        let block = laid.starts.last().filter(|block| input.head == 0 && input.begins(block.at))?;
        let fits =
            |(item, _): &&(Start, u64)| item.at > block.at && settled(window, item.at) && input.begins_item(item.at);
        let (item, number) = laid.items.iter().rev().find(fits)?;
        let at = self.mark().at + item.at;
        Some(Mark { at, rows: item.rows, code: item.code, number: Some(*number), ..Mark::default() })
    }

    /// Lays out for good what is sure of a window with more behind it: all but its last block, or a part
    /// of its only one.
    fn lay_full(&mut self, source: &str, window: &str) {
        let whole = self.input(source, window);
        let probe = probe(&whole.text);
        let start = |at: &usize| at.saturating_sub(whole.head);
        let last = probe.starts.iter().map(start).rev().find(|at| *at > 0 && settled(window, *at));
        let part = &window[..last.unwrap_or_else(|| cut(window))];
        let input = self.input(source, part);
        let laid = layout::lay(&input, &mut self.sheet());
        if laid.open_fence
            && let Some(start) = laid.starts.last()
            && self.enter_fence(source, *start, false)
        {
            return;
        }
        let head = match (last.is_none() && laid.starts.last().is_some_and(|start| start.table), &self.settled.head) {
            (false, _) => 0..0,
            (true, head) if !head.is_empty() => head.clone(),
            (true, _) => {
                let len = two_lines(part).filter(|len| *len < part.len() / 2).unwrap_or(0);
                self.settled.at..self.settled.at + len
            }
        };
        let at = self.settled.at + part.len();
        let (rows, code) = (self.rows.len(), self.code.len());
        self.settled = Mark { at, rows, code, goes_on: last.is_none(), number: None, head };
    }

    fn input<'a>(&self, source: &'a str, window: &'a str) -> Input<'a> {
        let Mark { at, goes_on, number, ref head, .. } = *self.mark();
        let mut input = Input::new(&source[head.clone()], window, at);
        (input.goes_on, input.number) = (goes_on, number);
        input.after_blank = ends_blank(source[..at].strip_suffix('\n').unwrap_or_default());
        input
    }

    /// What stands before `start` stays.
    fn settle(&mut self, start: Start) {
        let at = self.mark().at + start.at;
        self.settled = Mark { at, rows: start.rows, code: start.code, ..Mark::default() };
        self.soft = None;
    }

    fn forget_unsettled(&mut self) {
        self.rows.truncate(self.settled.rows);
        self.code.truncate(self.settled.code);
    }

    /// The last block is an open fence: goes over to reading it by lines.
    fn enter_fence(&mut self, source: &str, start: Start, complete: bool) -> bool {
        let from = self.mark().at + start.at;
        let end = source[from..].find('\n').map(|end| from + end);
        if end.is_none() && !complete {
            return false;
        }
        let Some((fence, language)) = Fence::open(&source[from..end.unwrap_or(source.len())]) else { return false };
        let goes_on = self.mark().goes_on && start.at == 0;
        self.settle(start);
        self.forget_unsettled();
        let mut sheet = self.sheet();
        if !sheet.rows.is_empty() && !goes_on {
            sheet.blank(Vec::new(), from);
        }
        sheet.open_code(language);
        let at = end.map_or(source.len(), |end| end + 1);
        self.settled = Mark { at, rows: self.rows.len(), code: self.code.len(), ..Mark::default() };
        self.fence = Some(fence);
        true
    }

    /// Rows are found by bisection, so no row may begin before the one above it.
    fn keep_offsets_ascending(&mut self, first: usize) {
        let mut least = first.checked_sub(1).map_or(0, |above| self.rows[above].offset);
        for row in &mut self.rows[first..] {
            row.offset = row.offset.max(least);
            least = row.offset;
        }
    }
}
