//! Passages that are found, and such that are refused.

use super::*;

fn one<'a>(old: &'a str, new: &'a str) -> Wanted<'a> {
    Wanted { old, new, scope: Scope::One }
}

fn all<'a>(old: &'a str, new: &'a str) -> Wanted<'a> {
    Wanted { old, new, scope: Scope::All }
}

#[test]
fn passages_are_replaced_and_nothing_else() {
    let cases: &[(&str, &[Wanted<'_>], &str)] = &[
        ("a b c", &[one("b", "X")], "a X c"),
        ("a\r\nb\nc\r\n", &[one("b", "x\ny")], "a\r\nx\ny\nc\r\n"),
        ("a\r\nb\r\nc\n", &[one("b", "x\ny")], "a\r\nx\r\ny\r\nc\n"),
        ("a\r\nb\r\nc\r\n", &[one("a\nb\n", "a\nX\nb\n")], "a\r\nX\r\nb\r\nc\r\n"),
        ("a\nb\n", &[one("a\r\nb", "x\r\ny")], "x\ny\n"),
        ("a\r\nb", &[one("\nb", "")], "a"),
        ("a\r\nb", &[one("\nb", "\nc\nd")], "a\r\nc\r\nd"),
        ("x\rlone\na\r\nb\n", &[one("a\nb", "a\nB")], "x\rlone\na\r\nB\n"),
        ("one\r\ntwo\nthree\r\n", &[one("one\ntwo\nthree\n", "one\n2\nthree\n")], "one\r\n2\nthree\r\n"),
        ("one\r\ntwo\nthree\r\n", &[one("one\ntwo\nthree", "one\ntwo\n2b\nthree")], "one\r\ntwo\n2b\nthree\r\n"),
        ("\u{feff}a  \nb\n", &[one("a\nb\n", "a\nc\n")], "\u{feff}a  \nc\n"),
        (
            "fn f() {\n\tg();\n\th();\n}\n",
            &[one("    g();\n    h();\n", "    g();\n    if x {\n        h();\n    }\n")],
            "fn f() {\n\tg();\n\tif x {\n\t\th();\n\t}\n}\n",
        ),
        ("    a = 1\n    b = 2\n", &[one("a = 1\nb = 2", "a = 1\nb = 3")], "    a = 1\n    b = 3\n"),
        ("a\nb", &[one("a\nb\n", "a\nc\n")], "a\nc"),
        ("x x x", &[all("x", "yy")], "yy yy yy"),
        ("a\nb\r\n", &[all("a\n", "1\n"), one("b", "2")], "1\n2\r\n"),
        ("1 2 3", &[one("3", "c"), one("1", "a")], "a 2 c"),
        ("a\r\nb\r\n", &[one("a\r\n", "a\n")], "a\nb\r\n"),
    ];
    for (text, wanted, want) in cases {
        let found = spots(text.as_bytes(), wanted).unwrap_or_else(|fault| panic!("{text:?}: {fault:?}"));
        assert_eq!(String::from_utf8(apply(text.as_bytes(), &found)).unwrap(), *want, "{text:?} {wanted:?}");
    }
}

#[test]
fn bytes_that_are_no_text_stay() {
    let text = b"\xff\xfe a \x80\r b\n";
    let found = spots(text, &[one("b", "c")]).unwrap();
    assert_eq!(apply(text, &found), b"\xff\xfe a \x80\r c\n");
}

#[test]
fn refusals_say_what_and_where() {
    let cases: &[(&str, &[Wanted<'_>], usize, Trouble)] = &[
        ("a", &[one("", "x")], 0, Trouble::Empty),
        ("a", &[one("a", "b"), one("a", "a")], 1, Trouble::Same),
        ("a\na\n", &[one("a", "b")], 0, Trouble::Ambiguous(2, vec![0, 1])),
        ("aaa", &[one("aa", "b")], 0, Trouble::Ambiguous(2, vec![0, 0])),
        ("  a\n\ta\n", &[one("    a\n", "b\n")], 0, Trouble::Ambiguous(2, vec![0, 1])),
        ("abc", &[one("ab", "x"), one("bc", "y")], 1, Trouble::Overlap(0)),
        ("abc", &[one("ab", "x"), one("ab", "x")], 1, Trouble::Overlap(0)),
        ("a\nb\n", &[one("zzz", "y")], 0, Trouble::Missing(None)),
        ("", &[one("a", "b")], 0, Trouble::Missing(None)),
        (
            "fn a() {\n    one();\n    two();\n}\n",
            &[one("    one();\n    three();\n", "x")],
            0,
            Trouble::Missing(Some(1..3)),
        ),
        ("let total = sum;\nb\n", &[one("let totals = sum;", "y")], 0, Trouble::Missing(Some(0..1))),
        ("\tab\n    cd\n", &[one("  ab\n  cd\n", "  ab\n  x\n")], 0, Trouble::Indented(0..2)),
        ("a\n\n\nb", &[one("\n \n", "x")], 0, Trouble::Missing(None)),
    ];
    for (text, wanted, edit, trouble) in cases {
        let fault = spots(text.as_bytes(), wanted).unwrap_err();
        assert_eq!((fault.edit, &fault.trouble), (*edit, trouble), "{text:?} {wanted:?}");
    }
}
