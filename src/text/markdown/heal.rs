//! What the parser is given instead of the source: the same bytes with half-received marks closed
//! behind them, so that they are drawn as what they will most likely be, never raw.

use std::{borrow::Cow, ops::Range};

use super::{disguise::disguise, probe::probe, scan, window::clip};

/// A window as the parser gets it.
#[derive(Clone, Debug)]
pub(super) struct Input<'a> {
    /// A table's head that was carried over, the window, what was put behind it.
    pub(super) text: Cow<'a, str>,
    /// Bytes of the head.
    pub(super) head: usize,
    /// Where that which was put behind begins.
    pub(super) limit: usize,
    /// The source byte at which the window begins.
    pub(super) at: usize,
    /// The window goes on within a block that was cut.
    pub(super) goes_on: bool,
    /// A blank line stands before the window.
    pub(super) after_blank: bool,
    /// All of the text is there.
    pub(super) complete: bool,
    /// The window ends in words with nothing open, in a line whose kind is known.
    pub(super) plain_end: bool,
    /// Where blocks begin without the marks that were put behind, if any were.
    starts: Option<Vec<usize>>,
    /// Where items of lists at the top begin, likewise.
    items: Vec<usize>,
    /// The number of the item with which the window begins, if it goes on with a list.
    pub(super) number: Option<u64>,
}

impl<'a> Input<'a> {
    /// A window that begins at byte `at` of the source, behind a table's `head` if it goes on with one.
    pub(super) fn new(head: &str, window: &'a str, at: usize) -> Self {
        let mut text = if head.is_empty() { Cow::Borrowed(window) } else { Cow::Owned(format!("{head}{window}")) };
        disguise(&mut text);
        let limit = text.len();
        Self {
            text,
            head: head.len(),
            limit,
            at,
            goes_on: false,
            after_blank: false,
            complete: true,
            plain_end: false,
            starts: None,
            items: Vec::new(),
            number: None,
        }
    }

    /// The window is the end of what has come so far: closes what is open in it.
    pub(super) fn heal(mut self) -> Self {
        self.complete = false;
        let text = self.text.to_mut();
        let whole = text.trim_end_matches(' ').len();
        hold_last_line(text);
        self.limit = text.len();
        let probe = probe(text);
        let last = probe.starts.last().copied();
        self.starts = Some(probe.starts);
        self.items = probe.items;
        if last.is_some_and(|start| complete_table_head(text, start, &mut self.limit)) {
            return self;
        }
        if let Some(start) = probe.leaf {
            let closing = scan::closing(&text[start..]);
            text.truncate(start + closing.keep);
            self.limit = text.len();
            text.push_str(&closing.marks);
            let line = text[..self.limit].rsplit('\n').next().unwrap_or_default();
            self.plain_end = closing.marks.is_empty()
                && self.limit >= whole
                && line.contains(char::is_alphabetic)
                && !line.contains(['|', '<']);
        }
        self
    }

    /// A block surely begins with the line at byte `start` of the window: not only because of the marks
    /// that were put behind it.
    pub(super) fn begins(&self, start: usize) -> bool {
        self.starts.as_ref().is_none_or(|starts| starts.binary_search(&(start + self.head)).is_ok())
    }

    /// The same for an item of a list at the top.
    pub(super) fn begins_item(&self, start: usize) -> bool {
        self.items.binary_search(&start).is_ok()
    }

    /// The source byte of a byte of the text.
    pub(super) fn source(&self, local: usize) -> usize {
        self.at + local.min(self.limit).saturating_sub(self.head)
    }

    /// The part of an event's text that is not from what was put behind.
    pub(super) fn drawn<'t>(&self, range: &Range<usize>, text: &'t str) -> &'t str {
        if range.start >= self.limit {
            ""
        } else if range.end > self.limit && text.len() == range.len() {
            clip(text, self.limit - range.start)
        } else {
            text
        }
    }

    /// A blank line (quote bars aside) stands before the line that holds byte `at`.
    pub(super) fn blank_before(&self, at: usize) -> bool {
        match self.text[..at].rfind('\n') {
            Some(end) => ends_blank(&self.text[..end]),
            None => self.after_blank,
        }
    }
}

/// The last line of `text` holds nothing but quote bars.
pub(super) fn ends_blank(text: &str) -> bool {
    text.rsplit('\n').next().unwrap_or_default().trim_matches([' ', '>']).is_empty()
}

/// Takes off a last line that holds nothing but marks: what they mean is not known yet (`-` may become
/// an item, a rule, or make a heading of the line above).
fn hold_last_line(text: &mut String) {
    let start = text.rfind('\n').map_or(0, |at| at + 1);
    let line = text[start..].trim();
    if line.is_empty() {
        return;
    }
    let only_marks = line.chars().all(|c| "-=*_#>+~`|: ".contains(c));
    let number = line.trim_start_matches(|c: char| c.is_ascii_digit());
    let only_number = number.len() < line.len() && line.len() <= 10 && matches!(number, "." | ")");
    let inner = line.trim_start_matches(|c: char| c.is_ascii_digit() || " >-*+.".contains(c));
    let fence = (inner.starts_with("```") && !inner.trim_start_matches('`').contains('`')) || inner.starts_with("~~~");
    let half_box = line.rfind('[').is_some_and(|at| is_half_box(&line[..at], &line[at..]));
    if only_marks || only_number || fence || half_box {
        text.truncate(start);
    }
}

/// `before` is a list marker and `half` the start of a task's box.
fn is_half_box(before: &str, half: &str) -> bool {
    let marker = before.trim_start_matches(|c: char| c.is_ascii_digit());
    ["- ", "* ", "+ ", ". ", ") "].contains(&marker) && ["[", "[ ", "[x", "[X", "[ ]", "[x]", "[X]"].contains(&half)
}

/// Makes a table of the block that begins at byte `block` if it is a head row whose second line has not
/// come, or not whole. Returns whether it did.
fn complete_table_head(text: &mut String, block: usize, limit: &mut usize) -> bool {
    let mut lines = text[block..].split('\n');
    let head = lines.next().unwrap_or_default();
    let second = lines.next().unwrap_or_default();
    let unfinished = second.chars().all(|c| "|:- ".contains(c)) && lines.next().is_none();
    if !head.starts_with('|') || head.len() < 2 || !unfinished {
        return false;
    }
    let end = block + head.len();
    let cells = head.trim_end().trim_end_matches('|').replace("\\|", "").matches('|').count().max(1);
    let open_cell = text[block..end].rfind('|').map_or(block, |at| block + at + 1);
    let closing = scan::closing(&text[open_cell..end]);
    text.truncate(open_cell + closing.keep);
    *limit = text.len();
    text.push_str(&closing.marks);
    text.push('\n');
    text.push_str(&"|-".repeat(cells));
    text.push_str("|\n");
    true
}
