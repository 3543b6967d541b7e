//! From a window of Markdown source to rows: walks the parser's events once.
//!
//! Knows nothing of streaming: what is half received was closed by `heal` before.

use std::ops::Range;

use pulldown_cmark::{CodeBlockKind, CowStr, Event, HeadingLevel, Parser, Tag, TagEnd};

use super::{
    block::Sheet,
    disguise::restore,
    fence::{Fence, Read},
    heal::Input,
    holder::Stack,
    link,
    probe::options,
    table::{COLUMNS, Table},
    tip::Tip,
};
use crate::text::{
    width::width,
    wrap::{Indent, Ink, Line, Role, styled},
};

/// Where a top-level block begins.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Start {
    /// The first byte of its first line, within the window.
    pub(super) at: usize,
    /// Rows before it.
    pub(super) rows: usize,
    /// Code blocks before it.
    pub(super) code: usize,
    /// It is a table.
    pub(super) table: bool,
}

/// What a window held.
#[derive(Debug, Default)]
pub(super) struct Laid {
    /// Where its top-level blocks begin.
    pub(super) starts: Vec<Start>,
    /// The last block is a fence that was not closed.
    pub(super) open_fence: bool,
    /// Where the items of top-level lists begin, each with its number.
    pub(super) items: Vec<(Start, u64)>,
    /// The end of the last paragraph, if nothing stands below it.
    pub(super) tip: Option<Tip>,
}

/// Lays out a window, appending to the sheet.
pub(super) fn lay(input: &Input<'_>, sheet: &mut Sheet<'_>) -> Laid {
    let stack = Stack::new(sheet.width, sheet.glyphs);
    let mut setter = Setter {
        input,
        sheet,
        stack,
        line: Line::default(),
        inks: vec![Ink::default()],
        links: Vec::new(),
        part: Part::Text,
        laid: Laid::default(),
        leaf: None,
    };
    for (event, range) in Parser::new_ext(&input.text, options()).into_offset_iter() {
        setter.event(event, range);
    }
    let rows = setter.sheet.rows.len();
    let mut laid = setter.laid;
    if let Some(leaf) = setter.leaf.filter(|leaf| leaf.rows == rows) {
        let tip = Tip::new(&leaf.line, leaf.indent, leaf.start, rows - 1 - leaf.first);
        laid.tip = Some(Tip { ink: leaf.ink, ..tip });
    }
    laid
}

/// What the text that comes belongs to.
enum Part {
    /// Running text.
    Text,
    /// A code block in a list or quote, or an indented one: its text and the source byte of each piece.
    Code(String, Vec<(usize, usize)>),
    /// A fence at the top, which was read already.
    Skipped,
    /// A table.
    Table(Table),
}

struct Setter<'a, 'b> {
    input: &'a Input<'a>,
    sheet: &'a mut Sheet<'b>,
    stack: Stack,
    line: Line,
    inks: Vec<Ink>,
    /// Open links: the address and where the text begins in the line.
    links: Vec<(String, usize)>,
    part: Part,
    laid: Laid,
    /// The last paragraph that was drawn.
    leaf: Option<Leaf>,
}

/// A paragraph that was drawn.
struct Leaf {
    line: Line,
    indent: Indent,
    /// The byte of the line at which its last row begins.
    start: usize,
    /// Its first row, and the rows there were behind its last.
    first: usize,
    rows: usize,
    ink: Ink,
}

impl Setter<'_, '_> {
    fn event(&mut self, event: Event<'_>, range: Range<usize>) {
        if matches!(self.part, Part::Skipped) {
            if matches!(event, Event::End(TagEnd::CodeBlock)) {
                self.part = Part::Text;
            }
            return;
        }
        match event {
            Event::Start(tag) => self.start(tag, range),
            Event::End(tag) => self.end(tag, &range),
            Event::Text(text) => self.text(&text, self.ink(), &range),
            Event::Code(text) => self.text(&text, Ink { role: Role::Code, ..self.ink() }, &range),
            Event::InlineHtml(html) if is_break(&html) => self.line_break(range.start),
            Event::Html(html) | Event::InlineHtml(html) => self.text(&html, self.ink(), &range),
            Event::SoftBreak | Event::HardBreak => self.line_break(range.start),
            Event::Rule => self.rule(range.start),
            Event::TaskListMarker(done) => self.stack.task(done),
            Event::InlineMath(text) | Event::DisplayMath(text) | Event::FootnoteReference(text) => {
                self.text(&text, self.ink(), &range);
            }
        }
    }

    fn start(&mut self, tag: Tag<'_>, range: Range<usize>) {
        match tag {
            Tag::Paragraph | Tag::HtmlBlock => self.block(range.start, ""),
            Tag::Heading { level, .. } => {
                self.block(range.start, "");
                self.inks.push(heading(level));
            }
            Tag::BlockQuote(_) => {
                self.block(range.start, "");
                self.stack.push_quote();
                self.inks.push(Ink { role: Role::Quote, ..self.ink() });
            }
            Tag::List(first) => {
                self.block(range.start, "list");
                let goes_on = self.input.number.filter(|_| self.laid.starts.len() == 1 && self.stack.is_empty());
                self.stack.push_list(first.map(|first| goes_on.unwrap_or(first)));
            }
            Tag::Item => self.item(range.start),
            Tag::CodeBlock(kind) => self.code(&kind, range),
            Tag::Table(aligns) => {
                self.block(range.start, "table");
                let goes_on = range.start < self.input.head;
                self.part = Part::Table(Table { aligns, goes_on, ..Table::default() });
            }
            Tag::TableHead | Tag::TableRow => {
                let at = self.input.source(range.start);
                if let Part::Table(table) = &mut self.part {
                    table.rows.push((at, Vec::new()));
                }
                if matches!(tag, Tag::TableHead) {
                    self.inks.push(Ink { bold: true, ..self.ink() });
                }
            }
            Tag::Emphasis => self.inks.push(Ink { italic: true, ..self.ink() }),
            Tag::Strong => self.inks.push(Ink { bold: true, ..self.ink() }),
            Tag::Strikethrough => self.inks.push(Ink { strike: true, ..self.ink() }),
            Tag::Link { dest_url, .. } | Tag::Image { dest_url, .. } => {
                let address = restore(&dest_url).into_owned();
                let mut ink = self.ink();
                if link::is_web(&address) {
                    (ink.role, ink.underline) = (Role::Link, true);
                }
                self.inks.push(ink);
                self.links.push((address, self.line.text.len()));
            }
            _ => {}
        }
    }

    fn end(&mut self, tag: TagEnd, range: &Range<usize>) {
        match tag {
            TagEnd::Paragraph | TagEnd::HtmlBlock => self.flush(),
            TagEnd::Heading(_) => {
                self.flush();
                self.inks.pop();
            }
            TagEnd::BlockQuote(_) => {
                self.flush();
                self.inks.pop();
                self.stack.pop();
            }
            TagEnd::List(_) => {
                self.stack.pop();
            }
            TagEnd::Item => {
                self.flush();
                if self.stack.marker_waits() {
                    self.line.push(" ", self.ink(), self.input.source(range.start));
                    self.flush();
                }
                self.stack.pop();
            }
            TagEnd::CodeBlock => self.end_code(range),
            TagEnd::TableCell => {
                self.dress_links();
                let line = std::mem::take(&mut self.line);
                if let Part::Table(table) = &mut self.part
                    && let Some((_, cells)) = table.rows.last_mut()
                {
                    cells.push(line);
                }
            }
            TagEnd::Table => self.end_table(range),
            TagEnd::TableHead | TagEnd::Emphasis | TagEnd::Strong | TagEnd::Strikethrough => {
                self.inks.pop();
            }
            TagEnd::Link | TagEnd::Image => self.end_link(range),
            _ => {}
        }
    }

    fn ink(&self) -> Ink {
        self.inks.last().copied().unwrap_or_default()
    }

    /// A block begins: ends the text before it and leaves a blank row where the source has one, or, at
    /// the top, always, but for a list that follows its introduction at once.
    fn block(&mut self, start: usize, kind: &str) {
        self.flush();
        if self.stack.is_empty() {
            let begins = self.start_at(start, kind == "table");
            self.laid.starts.push(begins);
            let line = begins.at + self.input.head;
            let rows = begins.rows;
            let goes_on = line <= self.input.head && self.input.goes_on;
            if rows > 0 && !goes_on && (kind != "list" || self.input.blank_before(start)) {
                self.sheet.blank(Vec::new(), self.input.source(line));
            }
        } else {
            self.blank_inside(start);
        }
    }

    /// What has been laid out where byte `start` stands.
    fn start_at(&self, start: usize, table: bool) -> Start {
        let line = self.input.text[..start].rfind('\n').map_or(0, |at| at + 1);
        let (rows, code) = (self.sheet.rows.len(), self.sheet.code.len());
        Start { at: line.saturating_sub(self.input.head), rows, code, table }
    }

    /// Leaves a blank row inside a list or quote where the source has one, but not at its start.
    fn blank_inside(&mut self, start: usize) {
        if !self.stack.is_fresh() && self.input.blank_before(start) {
            let indent = self.stack.indent();
            self.sheet.blank(indent.rest, self.input.source(start));
        }
    }

    fn item(&mut self, start: usize) {
        self.flush();
        if let Some(number) = self.stack.top_number() {
            let start = self.start_at(start, false);
            self.laid.items.push((start, number));
        }
        self.blank_inside(start);
        self.stack.push_item();
    }

    fn flush(&mut self) {
        if !matches!(self.part, Part::Text) || self.line.text.is_empty() {
            return;
        }
        self.dress_links();
        let mut line = std::mem::take(&mut self.line);
        let kept = line.text.trim_end_matches('\n').len();
        let whole = kept == line.text.len();
        line.text.truncate(kept);
        line.spans.retain(|span| span.start < kept);
        let indent = self.stack.indent();
        let n = self.sheet.rows.len();
        let start = styled(&line, &indent, self.sheet.width, self.sheet.rows);
        self.leaf = whole.then(|| Leaf { line, indent, start, first: n, rows: self.sheet.rows.len(), ink: self.ink() });
        self.stack.drawn();
    }

    /// Underlines the addresses that stand bare in the line.
    fn dress_links(&mut self) {
        for range in link::bare(&self.line.text) {
            self.line.restyle(range, |ink| match ink.role {
                Role::Code | Role::Link => ink,
                _ => Ink { role: Role::Link, underline: true, ..ink },
            });
        }
    }

    fn text(&mut self, text: &CowStr<'_>, ink: Ink, range: &Range<usize>) {
        let at = self.input.source(range.start);
        let drawn = self.input.drawn(range, text);
        if let Part::Code(code, places) = &mut self.part {
            places.push((code.len(), at));
            code.push_str(&restore(drawn));
        } else {
            self.line.push(&restore(drawn), ink, at);
        }
    }

    fn line_break(&mut self, start: usize) {
        let at = self.input.source(start);
        if start < self.input.limit {
            self.line.push("\n", self.ink(), at);
        }
    }

    fn rule(&mut self, start: usize) {
        self.block(start, "");
        let indent = self.stack.indent();
        let cells: usize = indent.rest.iter().map(|p| width(&p.text)).sum();
        let mut line = Line::default();
        let dashes = self.sheet.glyphs.dash().repeat(usize::from(self.sheet.width).saturating_sub(cells).max(1));
        line.push(&dashes, Ink { role: Role::Marker, ..Ink::default() }, self.input.source(start));
        styled(&line, &indent, self.sheet.width, self.sheet.rows);
        self.stack.drawn();
    }

    fn end_link(&mut self, range: &Range<usize>) {
        self.inks.pop();
        let Some((address, from)) = self.links.pop() else { return };
        let text = self.line.text.get(from..).unwrap_or_default();
        if let Some(shown) = link::beside(&address, text) {
            let role = if link::is_web(&address) { Role::Link } else { self.ink().role };
            let text = if text.is_empty() { shown } else { format!(" ({shown})") };
            self.line.push(&text, Ink { role, ..self.ink() }, self.input.source(range.end.saturating_sub(1)));
        }
    }

    fn code(&mut self, kind: &CodeBlockKind<'_>, range: Range<usize>) {
        self.block(range.start, "");
        let language = match kind {
            CodeBlockKind::Fenced(info) => info.split([' ', ',']).next().unwrap_or_default(),
            CodeBlockKind::Indented => "",
        };
        if self.stack.is_empty() && matches!(kind, CodeBlockKind::Fenced(_)) {
            self.top_fence(range);
        } else {
            self.sheet.open_code(&restore(language));
            self.part = Part::Code(String::new(), Vec::new());
        }
    }

    /// Reads a fence at the top by lines, as an open one is read while it grows.
    fn top_fence(&mut self, range: Range<usize>) {
        self.part = Part::Skipped;
        let Some(start) = self.laid.starts.last().map(|start| start.at + self.input.head) else { return };
        let text = &self.input.text[..range.end.min(self.input.limit)];
        let first = text[start..].find('\n').map_or(text.len(), |end| start + end + 1);
        let Some((mut fence, language)) = Fence::open(text[start..first].trim_end_matches('\n')) else { return };
        self.sheet.open_code(&restore(language));
        let rows = self.sheet.rows.len();
        let text = restore(text);
        let read = fence.read(&text, first, false, self.sheet);
        for row in &mut self.sheet.rows[rows..] {
            row.offset = self.input.source(row.offset);
        }
        self.laid.open_fence = matches!(read, Read::Open { .. }) && range.end >= self.input.limit;
    }

    fn end_code(&mut self, range: &Range<usize>) {
        let Part::Code(text, places) = std::mem::replace(&mut self.part, Part::Text) else { return };
        let raw = self.input.text[range.clone()].trim_end();
        let last = raw.rsplit('\n').next().unwrap_or_default();
        let marks = last.trim_start_matches([' ', '>']);
        let fenced = raw.contains('\n') && (marks.starts_with("```") || marks.starts_with("~~~"));
        if let Some(block) = self.sheet.code.last_mut() {
            block.closed = fenced || self.input.complete || range.end < self.input.text.len();
        }
        let mut indent = self.stack.indent();
        let mut from = 0;
        let text = text.strip_suffix('\n').unwrap_or(&text);
        for line in text.split('\n') {
            let place = places.partition_point(|(start, _)| *start <= from).saturating_sub(1);
            let at = places.get(place).map_or(self.input.source(range.start), |(start, at)| at + (from - start));
            if let Some(block) = self.sheet.code.last_mut() {
                block.lines.push(line.to_owned());
            }
            self.sheet.code_rows(&indent, 0, at);
            indent.first.clone_from(&indent.rest);
            from += line.len() + 1;
        }
        self.stack.drawn();
    }

    fn end_table(&mut self, range: &Range<usize>) {
        let Part::Table(table) = std::mem::replace(&mut self.part, Part::Text) else { return };
        if table.aligns.len() > COLUMNS {
            let at = self.input.source(range.start);
            self.line.push(&restore(&self.input.text[range.start..range.end.min(self.input.limit)]), self.ink(), at);
            return self.flush();
        }
        let mut indent = self.stack.indent();
        let cells: usize = indent.rest.iter().map(|p| width(&p.text)).sum();
        for mut row in table.lay(usize::from(self.sheet.width).saturating_sub(cells).max(1), self.sheet.glyphs) {
            row.pieces.splice(0..0, indent.first.iter().cloned());
            row.gutter = cells as u16;
            indent.first.clone_from(&indent.rest);
            self.sheet.rows.push(row);
        }
        self.stack.drawn();
    }
}

/// `<br>` in any spelling: what models write for a line break in a table cell.
fn is_break(html: &str) -> bool {
    matches!(html.to_ascii_lowercase().as_str(), "<br>" | "<br/>" | "<br />")
}

fn heading(level: HeadingLevel) -> Ink {
    let deep = level > HeadingLevel::H2;
    Ink { role: Role::Heading, bold: true, italic: deep, underline: level == HeadingLevel::H1, strike: false }
}
