//! What the layout of Markdown writes to: the rows, the code blocks, and the signs it draws with.

use crate::text::{
    width::width,
    wrap::{CodeLine, Indent, Ink, Piece, Role, Row, hard},
};

/// A fenced or indented code block of the text.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct CodeBlock {
    /// The language word of the fence, empty if none.
    pub language: String,
    /// The lines, without their newline.
    pub lines: Vec<String>,
    /// The closing fence came, or the text is complete.
    pub closed: bool,
}

/// The signs for what Markdown only hints at. ASCII is for terminals that draw ambiguous signs wide.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Glyphs {
    /// `•`, `│`, `─`.
    #[default]
    Unicode,
    /// `-`, `|`, `-`.
    Ascii,
}

impl Glyphs {
    /// In front of an item of an unordered list.
    pub(super) fn bullet(self) -> &'static str {
        match self {
            Self::Unicode => "• ",
            Self::Ascii => "- ",
        }
    }

    /// In front of quoted text, and between the columns of a table.
    pub(super) fn bar(self) -> &'static str {
        match self {
            Self::Unicode => "│",
            Self::Ascii => "|",
        }
    }

    /// What rules are made of.
    pub(super) fn dash(self) -> &'static str {
        match self {
            Self::Unicode => "─",
            Self::Ascii => "-",
        }
    }

    /// Where a rule meets the bar between two columns.
    pub(super) fn cross(self) -> &'static str {
        match self {
            Self::Unicode => "┼",
            Self::Ascii => "+",
        }
    }
}

/// The output: rows and code blocks so far, and how to draw.
pub(super) struct Sheet<'a> {
    pub(super) rows: &'a mut Vec<Row>,
    pub(super) code: &'a mut Vec<CodeBlock>,
    pub(super) width: u16,
    pub(super) glyphs: Glyphs,
}

impl Sheet<'_> {
    /// A blank row that stands before source byte `at`.
    pub(super) fn blank(&mut self, pieces: Vec<Piece>, at: usize) {
        let gutter = pieces.iter().map(|piece| width(&piece.text)).sum::<usize>() as u16;
        self.rows.push(Row { pieces, gutter, offset: at, ..Row::default() });
    }

    /// Begins a code block.
    pub(super) fn open_code(&mut self, language: &str) {
        let language = language.to_owned();
        self.code.push(CodeBlock { language, ..CodeBlock::default() });
    }

    /// The rows of the newest code block's newest line from its byte `from` on, which is source byte `at`.
    /// Both parts of the indent are equally wide.
    pub(super) fn code_rows(&mut self, indent: &Indent, from: usize, at: usize) {
        let Some(block) = self.code.last() else { return };
        let Some(text) = block.lines.last().and_then(|line| line.get(from..)) else { return };
        let place = CodeLine { block: self.code.len() - 1, line: block.lines.len() - 1, from };
        let gutter: usize = indent.rest.iter().map(|piece| width(&piece.text)).sum();
        let room = (usize::from(self.width).saturating_sub(gutter)).max(1) as u16;
        let ink = Ink { role: Role::CodeBlock, ..Ink::default() };
        for range in hard(text, room) {
            let shown = &text[range.clone()];
            let fits = width(shown) <= usize::from(room);
            let mut pieces = if range.start == 0 { indent.first.clone() } else { indent.rest.clone() };
            pieces.push(Piece { text: if fits { shown } else { " " }.to_owned(), ink });
            self.rows.push(Row {
                pieces,
                joins: place.from + range.start > 0,
                gutter: gutter as u16,
                offset: at + range.start,
                code: Some(CodeLine { from: place.from + range.start, ..place }),
                ..Row::default()
            });
        }
    }
}
