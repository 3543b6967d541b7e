//! Breaking styled text into rows of at most a number of cells.
//!
//! Never loses a grapheme, never makes a row wider than asked (a glyph wider than the row stands
//! alone and is drawn as a space), and remembers which breaks were soft so that a copy can undo them.
//! Linear in the length of the text, whatever it holds.

use super::width::{graphemes, width};

pub use super::row::{CodeLine, Ink, Piece, Role, Row, copy};

/// What stands in front of the rows of one text: the first row's and the others'.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Indent {
    /// In front of the first row.
    pub first: Vec<Piece>,
    /// In front of the rows behind it; as wide as `first` for a hanging indent.
    pub rest: Vec<Piece>,
    /// Leading cells of `first` that are layout; a list marker behind them belongs to the text.
    pub gutter: u16,
}

/// Where a run of one ink begins within a [`Line`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Span {
    /// Its first byte in the text of the line.
    pub start: usize,
    /// Its ink.
    pub ink: Ink,
    /// The byte of the source that it begins with.
    pub at: usize,
}

/// Styled text that is to be wrapped. A newline in it is a hard break.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Line {
    /// The whole text.
    pub text: String,
    /// Its runs, ascending.
    pub spans: Vec<Span>,
}

impl Line {
    /// Appends a run that begins at byte `at` of the source.
    pub fn push(&mut self, text: &str, ink: Ink, at: usize) {
        if text.is_empty() {
            return;
        }
        let start = self.text.len();
        let goes_on = self.spans.last().is_some_and(|last| last.ink == ink && at == last.at + (start - last.start));
        if !goes_on {
            self.spans.push(Span { start, ink, at });
        }
        self.text.push_str(text);
    }

    /// The line from byte `start` on.
    #[must_use]
    pub fn from(&self, start: usize) -> Self {
        let n = self.spans.partition_point(|span| span.start <= start).saturating_sub(1);
        let spans = self.spans[n.min(self.spans.len())..].iter().map(|span| Span {
            start: span.start.saturating_sub(start),
            at: span.at + start.saturating_sub(span.start),
            ..*span
        });
        Self { text: self.text[start..].to_owned(), spans: spans.collect() }
    }

    /// Changes the ink of a byte range.
    pub fn restyle(&mut self, range: std::ops::Range<usize>, change: impl Fn(Ink) -> Ink) {
        for edge in [range.start, range.end] {
            let n = self.spans.partition_point(|span| span.start < edge);
            let inside = n > 0 && edge < self.text.len() && self.spans.get(n).is_none_or(|span| span.start > edge);
            if inside {
                let span = self.spans[n - 1];
                self.spans.insert(n, Span { start: edge, at: span.at + (edge - span.start), ..span });
            }
        }
        for span in self.spans.iter_mut().filter(|span| range.contains(&span.start)) {
            span.ink = change(span.ink);
        }
    }
}

/// Wraps plain text (newlines kept) to `cells`.
#[must_use]
pub fn plain(text: &str, cells: u16) -> Vec<Row> {
    let mut rows = Vec::new();
    let spans = [Span { start: 0, ink: Ink::default(), at: 0 }];
    wrap(Styled { text, spans: &spans }, &Indent::default(), cells, &mut rows);
    rows
}

/// Wraps pieces that stand in one line, behind an indent. Offsets count the bytes of the pieces.
#[must_use]
pub fn pieces(pieces: &[Piece], indent: &Indent, cells: u16) -> Vec<Row> {
    let mut line = Line::default();
    for piece in pieces {
        line.push(&piece.text, piece.ink, line.text.len());
    }
    let mut rows = Vec::new();
    styled(&line, indent, cells, &mut rows);
    rows
}

/// Wraps a styled line behind an indent, appending to `rows`. Returns the byte of the line at which the
/// last row begins: only from there on do rows change when the line grows.
pub fn styled(line: &Line, indent: &Indent, cells: u16, rows: &mut Vec<Row>) -> usize {
    wrap(Styled { text: &line.text, spans: &line.spans }, indent, cells, rows)
}

/// The byte ranges of `line` (no newline in it) when it is broken at every `cells`, words or not.
pub fn hard(line: &str, cells: u16) -> impl Iterator<Item = std::ops::Range<usize>> {
    let cells = usize::from(cells.max(1));
    let mut from = 0;
    let mut done = false;
    std::iter::from_fn(move || {
        if done {
            return None;
        }
        let begin = from;
        let end = filled(&line[begin..], cells).map_or(line.len(), |len| begin + len);
        from = end;
        done = end == line.len();
        Some(begin..end)
    })
}

/// Bytes of `text` that fill one row, at least one grapheme; `None` when all of it fits.
fn filled(text: &str, cells: usize) -> Option<usize> {
    let mut used = 0;
    for grapheme in graphemes(text) {
        used += grapheme.width;
        if used > cells {
            return Some(grapheme.at.max(if grapheme.at == 0 { grapheme.text.len() } else { 0 }))
                .filter(|end| *end < text.len());
        }
    }
    None
}

/// Text to wrap, borrowed.
#[derive(Clone, Copy)]
struct Styled<'a> {
    text: &'a str,
    spans: &'a [Span],
}

fn wrap(styled: Styled<'_>, indent: &Indent, cells: u16, rows: &mut Vec<Row>) -> usize {
    let mut setter = Setter::new(styled, indent, usize::from(cells.max(1)), rows);
    let mut from = 0;
    for line in styled.text.split('\n') {
        setter.line(from, line);
        from += line.len() + 1;
    }
    setter.last_start
}

/// How much of a text one row takes.
#[derive(Clone, Copy)]
struct Fill {
    /// The end of the row's text.
    end: usize,
    /// The start of the next row's, behind the spaces.
    next: usize,
    /// What the row takes is one glyph wider than itself.
    too_wide: bool,
}

/// How much of `text` (no newline in it) a row of `room` cells takes, at least one grapheme of it.
fn fill(text: &str, room: usize) -> Fill {
    let mut used = 0;
    let mut brk: Option<Fill> = None;
    let mut before = None;
    for g in graphemes(text) {
        if g.text == " " {
            used += 1;
            let end = brk.filter(|b| b.next == g.at).map_or(g.at, |b| b.end);
            brk = Some(Fill { end, next: g.at + 1, too_wide: false });
            before = None;
            continue;
        }
        if before.is_some_and(|before| may_break(before, g.text)) {
            brk = Some(Fill { end: g.at, next: g.at, too_wide: false });
        }
        if used + g.width > room {
            return match brk {
                Some(at) => at,
                None if g.at == 0 => Fill { end: g.text.len(), next: g.text.len(), too_wide: true },
                None => Fill { end: g.at, next: g.at, too_wide: false },
            };
        }
        used += g.width;
        before = Some(g.text);
    }
    let end = brk.filter(|b| b.next == text.len() && used > room).map_or(text.len(), |b| b.end);
    Fill { end, next: text.len(), too_wide: false }
}

/// Fills rows.
struct Setter<'a> {
    styled: Styled<'a>,
    indent: &'a Indent,
    /// Cells for text in the first row and in the others.
    room: [usize; 2],
    rows: &'a mut Vec<Row>,
    /// The span that holds the start of the row.
    span: usize,
    /// Rows set so far.
    n_set: usize,
    cells: usize,
    /// The byte at which the last row begins.
    last_start: usize,
}

impl<'a> Setter<'a> {
    fn new(styled: Styled<'a>, indent: &'a Indent, cells: usize, rows: &'a mut Vec<Row>) -> Self {
        let room = |pieces: &[Piece]| cells.saturating_sub(pieces.iter().map(|p| width(&p.text)).sum()).max(1);
        Self {
            styled,
            indent,
            room: [room(&indent.first), room(&indent.rest)],
            rows,
            span: 0,
            n_set: 0,
            cells,
            last_start: 0,
        }
    }

    fn room(&self) -> usize {
        self.room[self.n_set.min(1)]
    }

    /// Sets one line of the text; it begins at byte `base`.
    fn line(&mut self, base: usize, line: &str) {
        let mut start = 0;
        loop {
            let fill = fill(&line[start..], self.room());
            let from = base + start;
            if fill.too_wide {
                self.set_blank(from, start > 0);
            } else {
                self.set(from..from + fill.end, fill.next - fill.end, start > 0);
            }
            start += fill.next;
            if start == line.len() {
                return;
            }
        }
    }

    /// Ends a row that shows `range` of the text.
    fn set(&mut self, range: std::ops::Range<usize>, trail: usize, joins: bool) {
        let spans = self.styled.spans;
        let mut row = self.begin(range.start, joins);
        row.trail = trail;
        let mut from = range.start;
        for n in self.span..spans.len() {
            let to = spans.get(n + 1).map_or(range.end, |next| next.start.min(range.end));
            if from < to {
                row.pieces.push(Piece { text: self.styled.text[from..to].to_owned(), ink: spans[n].ink });
                from = to;
            }
            if from >= range.end {
                break;
            }
        }
        self.rows.push(row);
    }

    /// Ends a row that shows a space for the one glyph that no row can hold.
    fn set_blank(&mut self, at: usize, joins: bool) {
        let mut row = self.begin(at, joins);
        row.pieces.push(Piece { text: " ".to_owned(), ink: Ink::default() });
        self.rows.push(row);
    }

    /// A row with its indent, whose text begins at byte `at`.
    fn begin(&mut self, at: usize, joins: bool) -> Row {
        let first = self.n_set == 0;
        self.n_set += 1;
        self.last_start = at;
        while self.styled.spans.get(self.span + 1).is_some_and(|next| next.start <= at) {
            self.span += 1;
        }
        let pieces = if first { &self.indent.first } else { &self.indent.rest };
        let indent: usize = pieces.iter().map(|p| width(&p.text)).sum();
        let fits = indent < self.cells;
        let gutter = if first { usize::from(self.indent.gutter) } else { indent };
        let offset = self.styled.spans.get(self.span).map_or(at, |span| span.at + at.saturating_sub(span.start));
        Row {
            pieces: if fits { pieces.clone() } else { Vec::new() },
            joins,
            gutter: if fits { gutter as u16 } else { 0 },
            offset,
            ..Row::default()
        }
    }
}

/// A line may be broken between these two neighbours, neither of which is a space.
fn may_break(before: &str, after: &str) -> bool {
    let (Some(a), Some(b)) = (before.chars().next(), after.chars().next()) else {
        return false;
    };
    if a.is_ascii() && b.is_ascii() {
        return a == '-' && b.is_ascii_alphabetic();
    }
    (ideographic(a) || ideographic(b)) && !opens(a) && !closes(b)
}

/// Scripts and signs that are set without spaces between words.
fn ideographic(c: char) -> bool {
    matches!(c, '\u{2e80}'..='\u{30ff}' | '\u{3130}'..='\u{9fff}' | '\u{ac00}'..='\u{d7a3}' | '\u{f900}'..='\u{faff}'
        | '\u{ff01}'..='\u{ff60}' | '\u{1f300}'..='\u{1faff}' | '\u{20000}'..='\u{3ffff}')
}

/// Never the last of a row.
fn opens(c: char) -> bool {
    "([{（「『【〔〈《〖〘〚［｛‘“＄￥$".contains(c)
}

/// Never the first of a row: closing punctuation, small kana, marks of length and repetition.
fn closes(c: char) -> bool {
    ",.!?:;)]}%、。，．！？；：）」』】〕〉》〗〙〛］｝’”…‥—～％ー々・ぁぃぅぇぉっゃゅょゎァィゥェォッャュョヮ"
        .contains(c)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn texts(rows: &[Row]) -> Vec<String> {
        rows.iter().map(Row::text).collect()
    }

    #[test]
    fn breaks_where_a_reader_would() {
        for (text, cells, want) in [
            ("", 5, &[""][..]),
            ("one two three", 7, &["one two", "three"]),
            ("one   two", 4, &["one", "two"]),
            ("a\nb", 4, &["a", "b"]),
            ("abcdefgh", 3, &["abc", "def", "gh"]),
            ("x abcdefgh", 3, &["x", "abc", "def", "gh"]),
            ("你好，世界", 5, &["你", "好，", "世界"]),
            ("（你好）", 5, &["（你", "好）"]),
            ("well-known", 6, &["well-", "known"]),
            ("中", 1, &[" "]),
            ("a中b", 1, &["a", " ", "b"]),
            ("tail   ", 4, &["tail"]),
            ("👨‍👩‍👧👨‍👩‍👧", 3, &["👨‍👩‍👧", "👨‍👩‍👧"]),
            ("  indented", 20, &["  indented"]),
        ] {
            assert_eq!(texts(&plain(text, cells)), want, "{text:?} in {cells}");
        }
    }

    #[test]
    fn a_copy_gives_the_source_back() {
        for text in
            ["one  two   three ", "你好，世界\n  and  more", "      deep", "https://a.example/very/long?path=1", ""]
        {
            for cells in 2..12 {
                assert_eq!(copy(&plain(text, cells)), text, "{cells}");
            }
        }
    }

    #[test]
    fn offsets_point_into_the_source() {
        let rows = plain("one two\nthree four", 6);
        assert_eq!(rows.iter().map(|r| r.offset).collect::<Vec<_>>(), [0, 4, 8, 14]);
    }

    #[test]
    fn hangs_the_indent_and_keeps_inks() {
        let bold = Ink { bold: true, ..Ink::default() };
        let marker = Piece { text: "• ".into(), ink: Ink { role: Role::Marker, ..Ink::default() } };
        let blank = Piece { text: "  ".into(), ink: Ink::default() };
        let indent = Indent { first: vec![marker], rest: vec![blank], gutter: 0 };
        let text = [Piece { text: "one ".into(), ink: Ink::default() }, Piece { text: "two six".into(), ink: bold }];
        let rows = pieces(&text, &indent, 9);
        assert_eq!(texts(&rows), ["• one two", "  six"]);
        assert_eq!(rows[1].pieces[1], Piece { text: "six".into(), ink: bold });
        assert_eq!((rows[0].gutter, rows[1].gutter), (0, 2));
        assert_eq!(copy(&rows), "• one two six");
    }

    #[test]
    fn code_is_broken_at_every_cell() {
        assert_eq!(hard("abcdefg", 3).collect::<Vec<_>>(), [0..3, 3..6, 6..7]);
        assert_eq!(hard("", 3).map(|range| range.len()).collect::<Vec<_>>(), [0]);
        assert_eq!(hard("中文", 1).collect::<Vec<_>>(), [0..3, 3..6]);
    }
}
