//! A fenced code block outside of any list or quote, read line by line: however long it gets, a new
//! line costs what that line costs. `CommonMark` 0.31, section 4.5.

use super::block::Sheet;
use crate::text::wrap::Indent;

/// An unfinished line longer than this keeps the rows that it has filled.
const LONG_LINE: usize = 4 * 1024;

/// An open fence.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Fence {
    mark: char,
    len: usize,
    /// Blanks before the opening fence, taken off each line.
    indent: usize,
    /// Lines that are finished.
    n_lines: usize,
    /// Bytes of the unfinished line whose rows are kept.
    from: usize,
}

/// How far a fence was read.
pub(super) enum Read {
    /// It was closed; the text goes on at this byte.
    Closed(usize),
    /// All was read. What stands behind this byte must be given again with what follows, and of the
    /// rows only the first `rows` stay.
    Open {
        /// The byte.
        at: usize,
        /// The rows.
        rows: usize,
    },
}

impl Fence {
    /// Reads the opening line: the fence and the language word.
    pub(super) fn open(line: &str) -> Option<(Self, &str)> {
        let text = line.trim_start_matches(' ');
        let mark = text.chars().next().filter(|c| matches!(c, '`' | '~'))?;
        let info = text.trim_start_matches(mark);
        let len = text.len() - info.len();
        if len < 3 || (mark == '`' && info.contains('`')) {
            return None;
        }
        let language = info.trim().split([' ', ',']).next().unwrap_or_default();
        let language = language.trim_start_matches("{.").trim_end_matches('}');
        Some((Self { mark, len, indent: line.len() - text.len(), n_lines: 0, from: 0 }, language))
    }

    /// Reads on at byte `at` of `source`, to the closing fence or the end; `complete`: no more will come.
    /// The newest code block of the sheet is the fence's.
    pub(super) fn read(&mut self, source: &str, mut at: usize, complete: bool, sheet: &mut Sheet<'_>) -> Read {
        self.forget_unfinished(sheet);
        loop {
            let rest = &source[at..];
            let end = rest.find('\n');
            let line = &rest[..end.unwrap_or(rest.len())];
            if self.from == 0 && self.closes(line) && (end.is_some() || complete) {
                close(sheet);
                return Read::Closed(at + end.map_or(line.len(), |end| end + 1));
            }
            if end.is_none() && (rest.is_empty() || !complete) {
                if complete {
                    close(sheet);
                }
                return self.unfinished(line, at, sheet);
            }
            self.show(line, at, sheet);
            self.n_lines += 1;
            self.from = 0;
            at += line.len() + usize::from(end.is_some());
        }
    }

    /// Shows the end of the source, which may be half a line.
    fn unfinished(&mut self, line: &str, at: usize, sheet: &mut Sheet<'_>) -> Read {
        let rows = sheet.rows.len();
        let half_closed = self.from == 0 && !line.is_empty() && line.trim_matches([' ', self.mark]).is_empty();
        if line.is_empty() || half_closed {
            let closes = self.closes(line);
            if let Some(block) = sheet.code.last_mut() {
                block.closed |= closes;
            }
            return Read::Open { at, rows };
        }
        self.show(line, at, sheet);
        match sheet.rows.last().and_then(|row| Some((row.code?.from, row.offset))) {
            Some((from, offset)) if line.len() > LONG_LINE && from > self.from => {
                self.from = from;
                Read::Open { at: offset, rows: sheet.rows.len() - 1 }
            }
            _ => Read::Open { at, rows },
        }
    }

    /// Adds a line, or the rest of one, to the code block and draws it.
    fn show(&self, line: &str, at: usize, sheet: &mut Sheet<'_>) {
        let Some(block) = sheet.code.last_mut() else { return };
        if self.from == 0 {
            let strip = line.bytes().take(self.indent).take_while(|byte| *byte == b' ').count();
            block.lines.push(line[strip..].to_owned());
            sheet.code_rows(&Indent::default(), 0, at + strip);
        } else if let Some(last) = block.lines.last_mut() {
            last.push_str(line);
            sheet.code_rows(&Indent::default(), self.from, at);
        }
    }

    /// Takes what the last call showed of an unfinished line back out of the code block.
    fn forget_unfinished(&self, sheet: &mut Sheet<'_>) {
        if let Some(block) = sheet.code.last_mut() {
            block.closed = false;
            block.lines.truncate(self.n_lines + usize::from(self.from > 0));
            if self.from > 0
                && let Some(last) = block.lines.last_mut()
            {
                last.truncate(self.from);
            }
        }
    }

    fn closes(&self, line: &str) -> bool {
        let text = line.trim_start_matches(' ');
        let rest = text.trim_start_matches(self.mark);
        line.len() - text.len() <= 3 && text.len() - rest.len() >= self.len && rest.trim().is_empty()
    }
}

fn close(sheet: &mut Sheet<'_>) {
    if let Some(block) = sheet.code.last_mut() {
        block.closed = true;
    }
}
