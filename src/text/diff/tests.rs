//! Where texts differ.

use super::*;

fn shown(old: &str, new: &str) -> Vec<(Range<usize>, Range<usize>, usize, usize)> {
    let (a, b) = (lines(old.as_bytes()), lines(new.as_bytes()));
    hunks(&runs(&a, &b), a.len()).into_iter().map(|h| (h.old, h.new, h.before, h.after)).collect()
}

#[test]
fn places_near_each_other_are_one_and_no_line_is_shown_twice() {
    let old = "1\n2\n3\n4\n5\n6\n7\n8\n9\n";
    assert_eq!(shown(old, old), []);
    assert_eq!(shown(old, "1\n2\n3\n4\nX\n6\n7\n8\n9\n"), [(4..5, 4..5, 3, 3)]);
    assert_eq!(shown(old, "X\n2\n3\nY\n5\n6\n7\n8\n9\n"), [(0..4, 0..4, 0, 3)]);
    assert_eq!(shown(old, "X\n2\n3\n4\n5\nY\n7\n8\n9\n"), [(0..1, 0..1, 0, 3), (5..6, 5..6, 1, 3)]);
    assert_eq!(shown("", "a\nb\n"), [(0..0, 0..2, 0, 0)]);
    assert_eq!(shown("a\nb\n", ""), [(0..2, 0..0, 0, 0)]);
    assert_eq!(shown("a\nb", "a\nb\n"), [(1..2, 1..2, 1, 0)]);
    assert_eq!(shown("a\r\nb\n", "a\nb\n"), [(0..1, 0..1, 0, 1)]);
}

#[test]
fn the_words_that_differ_are_marked() {
    let marked = |old: &'static str, new: &'static str| {
        let (a, b) = words(old, new);
        let cut = |text: &'static str, marks: Vec<(usize, usize)>| -> Vec<&str> {
            marks.into_iter().map(|(from, to)| &text[from..to]).collect()
        };
        (cut(old, a), cut(new, b))
    };
    assert_eq!(marked("let total = sum(a);", "let total = sum(a, b);"), (vec![], vec![", b"]));
    assert_eq!(marked("    if größe > 3 {", "    if größe >= 30 {"), (vec!["3"], vec!["=", "30"]));
    assert_eq!(marked("return None", "let x = 4;"), (vec![], vec![]));
    assert_eq!(marked("", "x"), (vec![], vec![]));
}
