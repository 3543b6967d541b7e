//! Properties of the wrapping: never too wide, never a grapheme lost, breaks can be undone.

use glm_tui::text::{
    truncate,
    width::{graphemes, width},
    wrap::{Indent, Ink, Piece, Row, copy, hard, pieces, plain},
};
use proptest::prelude::*;
use ratatui::{buffer::Buffer, layout::Rect, style::Style};

fn text() -> impl Strategy<Value = String> {
    let atom = prop_oneof![
        6 => "[a-z]{1,12}",
        4 => " {1,4}",
        1 => Just("\n".to_owned()),
        4 => prop::sample::select(vec![
            "中文", "，", "。", "（", "）", "한국어", "カﾞ", "ー", "👨\u{200d}👩\u{200d}👧", "❤\u{fe0f}", "🇰🇷", "🇰", "e\u{301}",
            "नी", "क्ष", "\u{301}", "-", "/", "https://a.example/b?c=d", "…", "لا", "\u{200c}", "☐", "⟨U+202E⟩", "1\u{fe0f}\u{20e3}",
        ]).prop_map(str::to_owned),
        1 => any::<char>().prop_filter("clean", |c| !c.is_control()).prop_map(String::from),
    ];
    prop::collection::vec(atom, 0..40).prop_map(|atoms| atoms.concat())
}

/// The widest grapheme of a text.
fn widest(text: &str) -> usize {
    graphemes(text).map(|g| g.width).max().unwrap_or(0)
}

fn styled(text: &str) -> Vec<Piece> {
    let words = text.split_inclusive(' ').enumerate();
    words.map(|(n, word)| Piece { text: word.to_owned(), ink: Ink { bold: n % 2 == 1, ..Ink::default() } }).collect()
}

fn drawn_width(row: &Row) -> usize {
    let mut buffer = Buffer::empty(Rect::new(0, 0, 200, 1));
    let mut x = 0;
    for piece in &row.pieces {
        (x, _) = buffer.set_stringn(x, 0, &piece.text, 200, Style::default());
    }
    usize::from(x)
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn rows_are_never_wider_than_asked(text in text(), cells in 1_u16..=40) {
        for row in plain(&text, cells) {
            prop_assert!(row.width() <= usize::from(cells), "{row:?}");
            prop_assert_eq!(row.width(), drawn_width(&row));
        }
    }

    #[test]
    fn a_copy_is_the_source(text in text(), cells in 1_u16..=40) {
        let rows = plain(&text, cells);
        if widest(&text) <= usize::from(cells) {
            prop_assert_eq!(copy(&rows), text);
        } else {
            let blanked: String = graphemes_and_newlines(&text, usize::from(cells));
            prop_assert_eq!(copy(&rows), blanked);
        }
    }

    #[test]
    fn offsets_lead_to_the_text(text in text(), cells in 2_u16..=40) {
        for row in plain(&text, cells) {
            let shown = row.text();
            if !shown.is_empty() && widest(&text) <= usize::from(cells) {
                prop_assert!(text[row.offset..].starts_with(&shown));
            }
        }
    }

    #[test]
    fn pieces_keep_their_text_and_width_behind_an_indent(text in text(), cells in 1_u16..=40) {
        let text = text.replace('\n', " ");
        let mark = |text: &str| vec![Piece { text: text.to_owned(), ink: Ink::default() }];
        let indent = Indent { first: mark("10. "), rest: mark("    "), gutter: 4 };
        let rows = pieces(&styled(&text), &indent, cells);
        for row in &rows {
            prop_assert!(row.width() <= usize::from(cells), "{row:?}");
        }
        if cells >= 14 && widest(&text) < 9 {
            prop_assert_eq!(copy(&rows), text);
        }
    }

    #[test]
    fn code_is_cut_but_whole(text in "[a-z 中e\u{301}👩]{0,60}", cells in 2_u16..=20) {
        let parts: Vec<&str> = hard(&text, cells).map(|range| &text[range]).collect();
        prop_assert_eq!(parts.concat(), &*text);
        for part in parts {
            prop_assert!(width(part) <= usize::from(cells));
        }
    }

    #[test]
    fn cut_text_fits(text in text(), cells in 0_usize..=40) {
        for cut in [truncate::ellipsis(&text, cells), truncate::middle(&text, cells)] {
            prop_assert!(width(&cut) <= cells, "{cut:?}");
        }
        prop_assert!(width(truncate::head(&text, cells)) <= cells);
        prop_assert!(width(truncate::tail(&text, cells)) <= cells);
        prop_assert_eq!(width(&truncate::fit(&text, cells)), cells);
    }
}

/// `text` with a space for each grapheme that no row of `cells` can hold.
fn graphemes_and_newlines(text: &str, cells: usize) -> String {
    let lines = text
        .split('\n')
        .map(|line| graphemes(line).map(|g| if g.width > cells { " " } else { g.text }).collect::<String>());
    lines.collect::<Vec<_>>().join("\n")
}
