//! How many rows the prompt takes at a width, before it is drawn: the same breaks that the editor
//! widget makes (words, else graphemes).

use crate::text::{grapheme, width::width};

/// The byte ranges of the rows of one line.
pub(super) fn of_line(line: &str, cells: usize) -> Vec<(usize, usize)> {
    let cells = cells.max(1);
    let mut rows = Vec::new();
    let (mut start, mut end, mut used) = (0, 0, 0);
    for word in grapheme::words(line) {
        let cells_of_word = cells_of(word);
        if used + cells_of_word > cells && end > start {
            rows.push((start, end));
            (start, used) = (end, 0);
        }
        if cells_of_word > cells {
            split(word, start, cells, &mut rows);
            end = start + word.len();
            (start, used) = (end, 0);
        } else {
            end += word.len();
            used += cells_of_word;
        }
    }
    if end > start || rows.is_empty() {
        rows.push((start, end));
    }
    rows
}

/// The row and the cell of a caret that stands before byte `at` of `line`.
pub(super) fn spot(line: &str, at: usize, cells: usize) -> (usize, usize) {
    let rows = of_line(line, cells);
    let last = rows.len() - 1;
    let row = rows.iter().position(|(_, end)| at < *end).unwrap_or(last);
    (row, cells_of(&line[rows[row].0..at]))
}

/// The widget counts character by character, so a joined emoji is as wide as its parts.
fn cells_of(text: &str) -> usize {
    text.chars().map(|c| width(c.encode_utf8(&mut [0; 4]))).sum()
}

/// Breaks a word that is wider than a row.
fn split(word: &str, offset: usize, cells: usize, rows: &mut Vec<(usize, usize)>) {
    let (mut start, mut end, mut used) = (offset, offset, 0);
    for glyph in grapheme::all(word) {
        let wide = cells_of(glyph);
        if used + wide > cells && end > start {
            rows.push((start, end));
            (start, used) = (end, 0);
        }
        end += glyph.len();
        used += wide;
    }
    if end > start {
        rows.push((start, end));
    }
}
