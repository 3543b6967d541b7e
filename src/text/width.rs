//! How many terminal cells a text takes, the same count that the screen's own buffer makes.
//!
//! The buffer walks grapheme by grapheme, leaves out those that hold a control character, and adds a
//! cell for each halfwidth sound mark (ratatui-core 0.1, `Buffer::set_stringn` and `CellWidth`).
//! Summing over the whole string at once gives other numbers for some scripts, so nobody else counts.

use unicode_segmentation::UnicodeSegmentation;
use unicode_width::UnicodeWidthStr;

/// Cells that `text` takes on one line.
#[must_use]
pub fn width(text: &str) -> usize {
    if text.is_ascii() {
        return text.bytes().filter(|byte| !byte.is_ascii_control()).count();
    }
    graphemes(text).map(|grapheme| grapheme.width).sum()
}

/// A grapheme cluster with its place and its cells.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Grapheme<'a> {
    /// Its first byte within the text that was walked.
    pub at: usize,
    /// The cluster.
    pub text: &'a str,
    /// Its cells; 0 for what the screen leaves out.
    pub width: usize,
}

/// Walks the grapheme clusters of `text`.
pub fn graphemes(text: &str) -> impl Iterator<Item = Grapheme<'_>> {
    let mut at = 0;
    std::iter::from_fn(move || {
        let rest = text.get(at..).filter(|rest| !rest.is_empty())?;
        let (len, width) = match lone(rest) {
            Some(known) => known,
            None => rest.graphemes(true).next().map(|g| (g.len(), cluster_width(g)))?,
        };
        let found = Grapheme { at, text: &rest[..len], width };
        at += len;
        Some(found)
    })
}

/// Bytes and cells of the first character when it surely is a cluster of its own: it and what follows
/// are of the plain kinds that never combine. Saves the table look-ups for nearly all text.
fn lone(text: &str) -> Option<(usize, usize)> {
    let mut chars = text.chars();
    let first = chars.next()?;
    let width = plain_width(first)?;
    match chars.next() {
        Some(next) if next != '\n' && plain_width(next).is_none() => None,
        _ => Some((first.len_utf8(), width)),
    }
}

/// Cells of a character that neither joins the one before it nor the one behind it.
fn plain_width(c: char) -> Option<usize> {
    match c {
        ' '..='~' => Some(1),
        // Kana without sound marks, ideographs, CJK and fullwidth punctuation, Hangul syllables.
        '\u{3001}'..='\u{3002}'
        | '\u{3008}'..='\u{3011}'
        | '\u{3041}'..='\u{3096}'
        | '\u{30a1}'..='\u{30fa}'
        | '\u{4e00}'..='\u{9fff}'
        | '\u{ac00}'..='\u{d7a3}'
        | '\u{ff01}'..='\u{ff5e}' => Some(2),
        _ => None,
    }
}

/// Cells of one grapheme cluster.
fn cluster_width(cluster: &str) -> usize {
    if cluster.contains(char::is_control) {
        return 0;
    }
    let sound_marks = cluster.chars().filter(|c| matches!(c, '\u{ff9e}' | '\u{ff9f}')).count();
    cluster.width() + sound_marks
}

#[cfg(test)]
mod tests {
    use ratatui::{buffer::Buffer, layout::Rect, style::Style};

    use super::{graphemes, width};

    const TEXTS: [&str; 16] = [
        "",
        "plain ascii, 19 chr",
        "tab\there",
        "中文，标点。",
        "한국어",
        "日本語ｶﾞﾊﾟ",
        "e\u{301}x",
        "👨‍👩‍👧 family",
        "🇰🇷🇯🇵🇨",
        "❤ ❤\u{fe0f}",
        "नी क्षि",
        "لا إله",
        "a\u{200b}b",
        "\u{301}lead",
        "☐ ✓ … ⟨U+202E⟩",
        "1\u{fe0f}\u{20e3}",
    ];

    #[test]
    fn counts_what_the_buffer_counts() {
        for text in TEXTS {
            let mut buffer = Buffer::empty(Rect::new(0, 0, 60, 1));
            let (end, _) = buffer.set_stringn(0, 0, text, 60, Style::default());
            assert_eq!(width(text), usize::from(end), "{text:?}");
        }
    }

    #[test]
    fn walks_the_same_clusters_as_the_standard_does() {
        use unicode_segmentation::UnicodeSegmentation;
        for text in TEXTS {
            let ours: Vec<_> = graphemes(text).map(|g| (g.at, g.text)).collect();
            assert_eq!(ours, text.grapheme_indices(true).collect::<Vec<_>>());
        }
    }
}
