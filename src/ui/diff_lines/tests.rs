//! Rows of changes: numbers, signs, columns, offsets.

use super::{DiffStyle, by_hunk, lines, preview};
use crate::{
    app::change_text,
    chat::{ChangeKind, DiffLine, FileChange, Hunk, Side},
    text::{Clean, wrap::Row},
};

const ONE: DiffStyle = DiffStyle { side_by_side: false, wrap: true };
const TWO: DiffStyle = DiffStyle { side_by_side: true, wrap: false };

fn line(text: &str) -> DiffLine {
    let side = match text.as_bytes()[0] {
        b'-' => Side::Removed,
        b'+' => Side::Added,
        _ => Side::Context,
    };
    DiffLine { side, text: Clean::strict(&text[1..]), emphasis: Vec::new() }
}

fn hunk(start: u32, text: &[&str]) -> Hunk {
    let lines = text.iter().map(|text| line(text)).collect();
    Hunk { old_start: start, new_start: start, lines, new: String::new() }
}

fn change(hunks: Vec<Hunk>) -> FileChange {
    FileChange {
        path: Clean::strict("src/quota/poll.rs"),
        kind: ChangeKind::Modified,
        hunks,
        added: 2,
        removed: 1,
        n_hidden: 0,
    }
}

fn sample() -> FileChange {
    change(vec![
        hunk(
            41,
            &[
                "   let body = resp.text().await?;",
                "-  return Err(Limited);",
                "+  let at = parse_reset(&body);",
                "+  return Err(Limited { at });",
                " }",
            ],
        ),
        hunk(98, &["-a", "+b", " "]),
    ])
}

fn shown(rows: &[Row]) -> Vec<String> {
    rows.iter().map(|row| row.text().trim_end().to_owned()).collect()
}

#[test]
fn one_column() {
    let want = [
        " 41    41      let body = resp.text().await?;",
        " 42        -   return Err(Limited);",
        "       42 +   let at = parse_reset(&body);",
    ];
    let rows = shown(&lines(&sample(), 70, ONE));
    let squeezed = |text: &str| text.split_whitespace().collect::<Vec<_>>().join(" ");
    for (row, want) in rows.iter().zip(want) {
        assert_eq!(squeezed(row), squeezed(want));
    }
    assert_eq!(rows[5], "…");
    assert!(rows[6].starts_with(" 98") && rows[6].contains('-'), "{}", rows[6]);
    assert_eq!(shown(&lines(&sample(), 40, ONE))[1], " 42 -   return Err(Limited);");
    assert_eq!(shown(&lines(&sample(), 26, DiffStyle { wrap: false, ..ONE }))[1], "-   return Err(Limited);");
}

#[test]
fn two_columns() {
    let rows = shown(&lines(&sample(), 100, TWO));
    assert_eq!(rows[1], format!("{:49}│  42 +   let at = parse_reset(&body);", " 42 -   return Err(Limited);"));
    assert_eq!(rows[2], format!("{:49}│  43 +   return Err(Limited {{ at }});", ""));
    assert_eq!(rows[3], format!("{:49}│  44   }}", " 43   }"));
    let created = FileChange { kind: ChangeKind::Created, ..sample() };
    assert_eq!(lines(&created, 100, TWO), lines(&created, 100, DiffStyle { wrap: false, ..ONE }));
}

#[test]
fn nothing_is_wider_than_asked() {
    let mut sample = sample();
    sample.hunks[0].lines.push(line(&format!("+{}", "wide 宽度 word ".repeat(20))));
    for width in 1..160 {
        for style in [ONE, TWO, DiffStyle { wrap: true, ..TWO }, DiffStyle { wrap: false, ..ONE }] {
            for row in lines(&sample, width, style) {
                let least = if style.side_by_side { 16 } else { 8 };
                assert!(row.width() <= usize::from(width.max(least)), "{width} {style:?} {:?}", row.text());
            }
        }
    }
}

#[test]
fn offsets_name_the_text() {
    let sample = sample();
    let text = change_text(&sample);
    let rows = lines(&sample, 70, ONE);
    for (row, want) in rows.iter().filter(|row| row.gutter > 0).zip(text.lines()) {
        assert!(text[row.offset..].starts_with(&want[1..]), "{want} {}", row.offset);
    }
    assert!(rows.windows(2).all(|two| two[0].offset <= two[1].offset));
    assert!(lines(&sample, 120, TWO).windows(2).all(|two| two[0].offset <= two[1].offset));
}

#[test]
fn a_copy_has_neither_numbers_nor_signs() {
    let rows = lines(&sample(), 30, ONE);
    let copy = crate::text::wrap::copy(&rows[..2]);
    assert!(copy.starts_with("  let body = resp.text().await?;"), "{copy}");
}

#[test]
fn a_preview_says_what_it_leaves_out() {
    for (most, rows, hidden) in [(1, 2, 6), (2, 3, 5), (3, 4, 4), (4, 6, 3), (5, 7, 0), (9, 7, 0)] {
        let (got, left) = preview(&sample(), most, 70, ONE);
        assert_eq!((got.len(), left), (rows, hidden), "{most}");
    }
    let hunks = by_hunk(&sample(), 70, ONE);
    assert_eq!(shown(&hunks[1]).len(), 3);
    let joined: Vec<String> = hunks.iter().flat_map(|rows| shown(rows)).collect();
    let whole: Vec<String> = shown(&lines(&sample(), 70, ONE)).into_iter().filter(|row| row != "…").collect();
    assert_eq!(joined, whole);
}

#[test]
fn changed_words_are_marked_without_colour() {
    let mut sample = sample();
    sample.hunks[0].lines[1].emphasis = vec![(9, 12), (4, 9_999), (3, 3)];
    let rows = lines(&sample, 70, ONE);
    let marked: Vec<&str> = rows[1].pieces.iter().filter(|p| p.ink.underline).map(|p| p.text.as_str()).collect();
    assert_eq!(marked, ["Err"]);
}
