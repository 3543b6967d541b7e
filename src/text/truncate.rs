//! Cutting and padding text to a number of cells without splitting a grapheme.

use super::width::{graphemes, width};

/// What stands for the part that was cut. One cell.
const CUT: &str = "…";

/// The longest start of `text` that fits `cells`, whole graphemes only.
#[must_use]
pub fn head(text: &str, cells: usize) -> &str {
    let mut used = 0;
    for grapheme in graphemes(text) {
        used += grapheme.width;
        if used > cells {
            return &text[..grapheme.at];
        }
    }
    text
}

/// The longest end of `text` that fits `cells`, whole graphemes only.
#[must_use]
pub fn tail(text: &str, cells: usize) -> &str {
    let mut over = width(text);
    if over <= cells {
        return text;
    }
    for grapheme in graphemes(text) {
        over -= grapheme.width;
        if over <= cells {
            return &text[grapheme.at + grapheme.text.len()..];
        }
    }
    ""
}

/// `text` cut to `cells` with `…` as the last cell when something was cut.
#[must_use]
pub fn ellipsis(text: &str, cells: usize) -> String {
    if width(text) <= cells {
        return text.to_owned();
    }
    match cells {
        0 => String::new(),
        n => format!("{}{CUT}", head(text, n - 1)),
    }
}

/// `text` cut to `cells` with `…` in its middle when something was cut. Of a path the last name stays
/// whole where it fits, since that is what tells two paths apart.
#[must_use]
pub fn middle(text: &str, cells: usize) -> String {
    if width(text) <= cells {
        return text.to_owned();
    }
    let Some(room) = cells.checked_sub(1) else {
        return String::new();
    };
    let half = room.div_ceil(2);
    let name = text.trim_end_matches('/').rfind('/').map_or(half, |at| width(&text[at..]));
    let end = tail(text, if name > half && name < room { name } else { half });
    format!("{}{CUT}{end}", head(text, room - width(end)))
}

/// `text` with spaces behind it up to `cells`; unchanged when it is as wide already.
#[must_use]
pub fn pad(text: &str, cells: usize) -> String {
    let missing = cells.saturating_sub(width(text));
    format!("{text}{:missing$}", "")
}

/// `text` in exactly `cells`: cut with `…` or padded.
#[must_use]
pub fn fit(text: &str, cells: usize) -> String {
    pad(&ellipsis(text, cells), cells)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cuts_whole_graphemes() {
        for (text, cells, head_is, tail_is) in [
            ("hello", 3, "hel", "llo"),
            ("中文字", 3, "中", "字"),
            ("中文字", 0, "", ""),
            ("ae\u{301}o", 2, "ae\u{301}", "e\u{301}o"),
            ("👨‍👩‍👧x", 2, "👨‍👩‍👧", "x"),
        ] {
            assert_eq!(head(text, cells), head_is);
            assert_eq!(tail(text, cells), tail_is);
        }
    }

    #[test]
    fn marks_what_was_cut() {
        for (text, cells, end_cut, middle_cut) in [
            ("short", 5, "short", "short"),
            ("abcdefgh", 5, "abcd…", "ab…gh"),
            ("中文中文", 4, "中…", "中…"),
            ("src/text/markdown/flow.rs", 15, "src/text/markd…", "src/t…/flow.rs"),
            ("abc", 1, "…", "…"),
            ("abc", 0, "", ""),
        ] {
            assert_eq!(ellipsis(text, cells), end_cut);
            let cut = middle(text, cells);
            assert!(width(&cut) <= cells, "{cut}");
            if !text.contains('/') && text.is_ascii() {
                assert_eq!(cut, middle_cut);
            } else {
                assert!(cut.ends_with(text.rsplit('/').next().filter(|n| n.len() < cells).unwrap_or("")), "{cut}");
            }
        }
    }

    #[test]
    fn pads_by_cells() {
        assert_eq!(pad("中", 4), "中  ");
        assert_eq!(pad("long", 2), "long");
        assert_eq!(fit("longer", 4), "lon…");
        assert_eq!(fit("中文", 3), "中…");
    }
}
