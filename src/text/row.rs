//! The row: what the wrapping makes and the screen draws. Knows nothing of how it came about.

use super::width::{graphemes, width};

/// What a piece of text is, for the theme to colour. Flags combine.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct Ink {
    /// The role of the text.
    pub role: Role,
    /// Heavy.
    pub bold: bool,
    /// Slanted.
    pub italic: bool,
    /// Crossed out.
    pub strike: bool,
    /// Underlined.
    pub underline: bool,
}

/// The part that a piece of text plays.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Role {
    /// Running text.
    #[default]
    Text,
    /// A heading.
    Heading,
    /// Code within a line.
    Code,
    /// A line of a code block; the highlighter may refine it.
    CodeBlock,
    /// The text of a link, or the address that is shown beside it.
    Link,
    /// Quoted text.
    Quote,
    /// A list marker, a table border, a quote bar, a rule: not part of a copy's meaning.
    Marker,
    /// A line that a change adds.
    Added,
    /// A line that a change removes.
    Removed,
}

/// A run of text with one ink.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Piece {
    /// The text; no newline.
    pub text: String,
    /// Its ink.
    pub ink: Ink,
}

/// One row of the screen.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Row {
    /// What stands in it, left to right.
    pub pieces: Vec<Piece>,
    /// The row goes on from the one above: a copy puts no newline between them.
    pub joins: bool,
    /// Leading cells that are layout (indents, bars), left out of a copy.
    pub gutter: u16,
    /// Byte offset in the source of the first character that the row shows.
    pub offset: usize,
    /// Spaces that follow in the source and are not drawn: those at a soft break and those beyond the edge.
    pub trail: usize,
    /// For a row of a code block: which block of the text and which of its lines.
    pub code: Option<CodeLine>,
}

/// The place of a row within a code block.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct CodeLine {
    /// The number of the code block within the text, from 0.
    pub block: usize,
    /// The line of that block, from 0.
    pub line: usize,
    /// The byte within that line where this row begins (soft wraps).
    pub from: usize,
}

impl Row {
    /// The text of the row, gutter and all.
    #[must_use]
    pub fn text(&self) -> String {
        self.pieces.iter().map(|piece| piece.text.as_str()).collect()
    }

    /// The cells that the row takes.
    #[must_use]
    pub fn width(&self) -> usize {
        self.pieces.iter().map(|piece| width(&piece.text)).sum()
    }
}

/// What a copy of whole `rows` gives: no gutter, soft breaks undone, the swallowed spaces back.
#[must_use]
pub fn copy(rows: &[Row]) -> String {
    let mut out = String::new();
    for (n, row) in rows.iter().enumerate() {
        if n > 0 && !row.joins {
            out.push('\n');
        }
        let mut gutter = usize::from(row.gutter);
        for piece in &row.pieces {
            out.push_str(behind(&piece.text, gutter));
            gutter = gutter.saturating_sub(width(&piece.text));
        }
        out.extend(std::iter::repeat_n(' ', row.trail));
    }
    out
}

/// The part of `text` behind its first `cells`.
fn behind(text: &str, cells: usize) -> &str {
    let mut used = 0;
    for grapheme in graphemes(text) {
        if used >= cells {
            return &text[grapheme.at..];
        }
        used += grapheme.width;
    }
    ""
}
