//! The words that differ between two lines.

use std::ops::Range;

use similar::{Algorithm, DiffTag, capture_diff_slices};

/// Words of a line beyond which none is marked: nobody reads them, and the time grows with the square.
const MOST: usize = 400;

/// Byte ranges of a line, in order.
pub type Marks = Vec<(usize, usize)>;

/// Byte ranges of `old` and of `new` that the other has not. Both are empty when the two have less than a
/// third in common: then everything differs, and marking it would say nothing.
#[must_use]
pub fn words(old: &str, new: &str) -> (Marks, Marks) {
    let (a, b) = (split(old), split(new));
    let nothing = (Vec::new(), Vec::new());
    if a.is_empty() || b.is_empty() || a.len() > MOST || b.len() > MOST {
        return nothing;
    }
    let (texts_a, texts_b): (Vec<&str>, Vec<&str>) =
        (a.iter().map(|r| &old[r.clone()]).collect(), b.iter().map(|r| &new[r.clone()]).collect());
    let (mut in_old, mut in_new, mut common) = (Vec::new(), Vec::new(), 0);
    for op in capture_diff_slices(Algorithm::Myers, &texts_a, &texts_b) {
        if op.tag() == DiffTag::Equal {
            common += texts_a[op.old_range()].iter().map(|word| word.trim().len()).sum::<usize>();
        } else {
            mark(&mut in_old, &a[op.old_range()]);
            mark(&mut in_new, &b[op.new_range()]);
        }
    }
    let longer = old.trim().len().max(new.trim().len());
    if common * 3 < longer { nothing } else { (in_old, in_new) }
}

fn mark(marks: &mut Marks, words: &[Range<usize>]) {
    let (Some(first), Some(last)) = (words.first(), words.last()) else { return };
    match marks.last_mut() {
        Some(mark) if mark.1 == first.start => mark.1 = last.end,
        _ => marks.push((first.start, last.end)),
    }
}

/// Words, runs of blanks, and every other character for itself.
fn split(line: &str) -> Vec<Range<usize>> {
    let mut words: Vec<Range<usize>> = Vec::new();
    let mut last = Class::Other;
    for (at, c) in line.char_indices() {
        let class = match c {
            _ if c.is_alphanumeric() || c == '_' => Class::Word,
            _ if c.is_whitespace() => Class::Blank,
            _ => Class::Other,
        };
        let end = at + c.len_utf8();
        match words.last_mut() {
            Some(word) if class == last && class != Class::Other => word.end = end,
            _ => words.push(at..end),
        }
        last = class;
    }
    words
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Class {
    Word,
    Blank,
    Other,
}
