//! Whole texts in, rows out.

use super::{Flow, Glyphs};
use crate::text::wrap::{Role, Row};

fn draw(source: &str, width: u16) -> Vec<String> {
    let mut flow = Flow::new(width);
    flow.update(source, true);
    flow.rows().iter().map(Row::text).collect()
}

/// What a growing text shows: each row as text, inks as marks.
fn half(source: &str) -> Vec<String> {
    let mut flow = Flow::new(40);
    flow.update(source, false);
    flow.rows().iter().map(marked).collect()
}

fn marked(row: &Row) -> String {
    let mut out = String::new();
    for piece in &row.pieces {
        let ink = piece.ink;
        let marks = [
            (ink.bold, "B"),
            (ink.italic, "I"),
            (ink.strike, "S"),
            (ink.role == Role::Code, "C"),
            (ink.role == Role::Link, "L"),
        ];
        let marks: String = marks.iter().filter(|(on, _)| *on).map(|(_, mark)| *mark).collect();
        let shown = if marks.is_empty() { piece.text.clone() } else { format!("{marks}<{}>", piece.text) };
        out.push_str(&shown);
    }
    out
}

#[test]
fn draws_each_kind_of_block() {
    for (source, want) in [
        ("# Head\ntext", &["Head", "", "text"][..]),
        ("one\ntwo\n\nthree", &["one", "two", "", "three"]),
        ("intro:\n- a\n- b\n  - c\n\n1. x\n2. y", &["intro:", "• a", "• b", "  • c", "", "1. x", "2. y"]),
        ("- a\n\n- b", &["• a", "", "• b"]),
        ("- [ ] todo\n- [x] done", &["[ ] todo", "[x] done"]),
        ("9. nine\n10. ten ten ten ten", &["9. nine", "10. ten ten ten", "    ten"]),
        ("> quote of many words\n> - item", &["│ quote of many", "│ words", "│ • item"]),
        ("a\n\n---\n\nb", &["a", "", "────────────────", "", "b"]),
        ("```rust\nfn main() {}\n\n  x\n```\nafter", &["fn main() {}", "", "  x", "", "after"]),
        ("- a\n  ```\n  code\n  ```\n  b", &["• a", "  code", "  b"]),
        ("    indented\n    code", &["indented", "code"]),
        ("<div>\n  hi\n</div>", &["<div>", "  hi", "</div>"]),
        ("| a | bb |\n|---|---:|\n| 1 | 2 |", &["a │ bb", "──┼───", "1 │  2"]),
        ("[docs](https://a.example/x)", &["docs (a.example)"]),
        ("a<br>b &amp; c \\*d\\*", &["a", "b & c *d*"]),
        ("[x]: http://a.example", &["[x]:", "http://a.example"]),
        ("-\n- b", &["•", "• b"]),
    ] {
        let rows: Vec<String> = draw(source, 16).iter().map(|row| row.trim_end().to_owned()).collect();
        assert_eq!(rows, want, "{source:?}");
    }
}

#[test]
fn half_received_marks_are_drawn_as_what_they_become() {
    for (source, want) in [
        ("some **bo", &["some B<bo>"][..]),
        ("some **", &["some"]),
        ("some *it", &["some I<it>"]),
        ("~~go", &["S<go>"]),
        ("`co", &["C<co>"]),
        ("**bold `co", &["B<bold >BC<co>"]),
        ("see [li", &["see L<li>"]),
        ("see [link](https://a.exa", &["see L<link>"]),
        ("text\n-", &["text"]),
        ("text\n--", &["text"]),
        ("- item\n- **bo", &["• item", "• B<bo>"]),
        ("- [", &[]),
        ("- [x] do", &["[x] do"]),
        ("```ru", &[]),
        ("```rust\nlet x\n``", &["let x"]),
        ("| a | **b", &["B<a> │ B<b>", "──┼──"]),
        ("| a | b |\n|--", &["B<a> │ B<b>", "──┼──"]),
        ("| a | b |\n|--|--|\n| **x", &["B<a> │ B<b>", "──┼──", "B<x> │ "]),
        ("# **he", &["B<he>"]),
        ("1", &["1"]),
        ("1.", &[]),
        ("done **x** and", &["done B<x> and"]),
        ("他说**“你好。”**然后", &["他说B<“你好。”>然后"]),
    ] {
        assert_eq!(half(source), want, "{source:?}");
    }
}

#[test]
fn links_show_where_they_lead() {
    for (source, want) in [
        ("[bank](https://evil.example/x)", "L<bank>L< (evil.example)>"),
        ("<https://a.example/>", "L<https://a.example/>"),
        ("see https://a.example/b_c_d now", "see L<https://a.example/b_c_d> now"),
        ("[x](javascript:alert(1))", "x (javascript:alert(1))"),
        ("[x](file:///etc/passwd)", "x (file:///etc/passwd)"),
    ] {
        let mut flow = Flow::new(60);
        flow.update(source, true);
        assert_eq!(marked(&flow.rows()[0]), want, "{source:?}");
    }
}

#[test]
fn code_blocks_are_told_by_index_and_line() {
    let mut flow = Flow::new(8);
    let source = "a\n\n```rust\nlet long = 1;\nx\n```\n\n- b\n\n  ~~~\n  y\n  ~~~\n";
    flow.update(source, true);
    assert_eq!(flow.code().len(), 2);
    assert_eq!(flow.code()[0].language, "rust");
    assert_eq!(flow.code()[0].lines, ["let long = 1;", "x"]);
    assert!(flow.code().iter().all(|block| block.closed));
    let places: Vec<_> = flow.rows().iter().filter_map(|row| row.code.map(|c| (c.block, c.line, c.from))).collect();
    assert_eq!(places, [(0, 0, 0), (0, 0, 8), (0, 1, 0), (1, 0, 0)]);
    let row = &flow.rows()[flow.row_at(source.find("= 1").unwrap() + 1)];
    assert_eq!(row.text(), " = 1;");
}

#[test]
fn narrow_tables_become_records() {
    let source = "| name | what it is |\n|---|---|\n| alpha | the first letter |\n| beta | second |";
    assert_eq!(
        draw(source, 10),
        ["name:", "alpha", "what it", "is: the", "first", "letter", "────────", "name: beta", "what it", "is: second"]
    );
}

#[test]
fn ascii_signs_for_terminals_that_need_them() {
    let mut flow = Flow::with_glyphs(10, Glyphs::Ascii);
    flow.update("- a\n\n> b\n\n---", true);
    assert!(flow.rows().iter().all(|row| row.text().is_ascii()), "{:?}", flow.rows());
}

#[test]
fn settled_rows_are_not_touched_again() {
    let mut flow = Flow::new(40);
    let mut source = "para one\n\npara two\n\npara three is here\nand goes on\n".to_owned();
    flow.update(&source, false);
    source.push_str("more");
    assert_eq!(flow.update(&source, false), 6);
    assert_eq!(flow.update(&source, false), flow.rows().len());
}

#[test]
fn nothing_raw_is_seen_and_nothing_jumps_while_it_streams() {
    let source = "# Plan\n\nFirst, **read** the `poll()` code in [the docs](https://a.example/x), then *fix* it.\n\n\
        1. One **step** at a time\n2. Then `two`:\n   - sub *item* here\n   - ~~gone~~ other\n\n> A **quote** ends\n\n\
        ```rust\nlet x = 1;\n```\n\n- [ ] todo\n- [x] **done**\n\n---\n\n中文**“强调”**的文字，好。\n";
    let mut flow = Flow::new(30);
    let mut above: Vec<String> = Vec::new();
    for (at, c) in source.char_indices() {
        flow.update(&source[..at + c.len_utf8()], false);
        let rows: Vec<String> = flow.rows().iter().map(Row::text).collect();
        for row in &rows {
            let raw = ["**", "`", "~~", "](", "#", "]:", "> "].iter().find(|mark| row.contains(**mark));
            assert_eq!(raw, None, "{row:?} after {:?}", &source[..at]);
        }
        assert_eq!(above, rows[..above.len().min(rows.len())], "after {:?}", &source[..at]);
        above = rows[..rows.len().saturating_sub(2)].to_vec();
    }
}
