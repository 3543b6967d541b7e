//! Tables of what goes in and what may come out.

use super::{Clean, Cleaner};

/// Cleans with a cut behind every character.
fn by_char(foreign: &str) -> String {
    let mut cleaner = Cleaner::default();
    let mut out = Clean::default();
    for c in foreign.chars() {
        out.append(&cleaner.push(c.encode_utf8(&mut [0; 4])));
    }
    out.append(&cleaner.finish());
    out.into_string()
}

fn check(table: &[(&str, &str)]) {
    for (foreign, want) in table {
        assert_eq!(Clean::new(foreign).as_str(), *want, "{foreign:?}");
        assert_eq!(by_char(foreign), *want, "{foreign:?} by character");
        assert_eq!(Clean::new(want).as_str(), *want, "{foreign:?} again");
    }
}

#[test]
fn drops_whole_sequences() {
    check(&[
        ("a\u{1b}[31mred\u{1b}[0m b", "ared b"),
        ("a\u{1b}[?1049h\u{1b}[2J\u{1b}[6n b", "a b"),
        ("\u{1b}[38;2;255;255;255;48;2;1;2;3;1;4mx", "x"),
        ("\u{1b}[2 qx", "x"),
        ("\u{9b}31mx", "x"),
        ("a\u{1b}]0;my title\u{7}b", "ab"),
        ("a\u{1b}]52;c;QUJD\u{1b}\\b", "ab"),
        ("\u{9d}52;c;QUJD\u{9c}b", "b"),
        ("\u{1b}P1$r0m\u{1b}\\b", "b"),
        ("\u{1b}_Gf=24;AAAA\u{1b}\\b", "b"),
        ("\u{1b}]8;;https://a.example\u{1b}\\text\u{1b}]8;;\u{1b}\\", "text"),
        ("\u{1b}(B\u{1b}#8\u{1b}%G\u{1b}c\u{1b}7\u{1b}8x", "x"),
        ("\u{7}\u{8}\u{0}\u{7f}\u{85}x", "x"),
    ]);
}

#[test]
fn hides_nothing_that_follows_a_broken_sequence() {
    check(&[
        ("\u{1b}]0;never ends\nnext line", "]0;never ends\nnext line"),
        ("\u{1b}]52;c;AAAA words \u{1b}]0;t\u{7}after", "]52;c;AAAA words after"),
        ("\u{9d}0;open\u{1b}[31mred", "0;openred"),
        ("\u{1b}Pone\u{1b}\u{1b}two", "Ponetwo"),
        ("\u{1b}]0;a b c d e f g h i j k\u{7}l", "]0;a b c d e f g h i j kl"),
        ("\u{1b}[12", "[12"),
        ("\u{1b}[ hello", "[ hello"),
        ("\u{1b}[31中", "[31中"),
        ("\u{1b}hello", "hello"),
        ("\u{1b} Foo", " Foo"),
        ("\u{1b}(hello)", "(hello)"),
        ("\u{1b}", ""),
        ("\u{1b}]0;tail\u{1b}", "]0;tail"),
    ]);
    let long = "x".repeat(9_000);
    assert_eq!(Clean::new(&format!("\u{1b}]52;c;{long}\u{7}end")).as_str(), format!("]52;c;{long}end"));
}

#[test]
fn keeps_lines_and_expands_tabs() {
    check(&[
        ("a\r\nb\r\r\nc", "a\nb\nc"),
        ("10%\r20%\rdone\r", "10%\n20%\ndone\n"),
        ("\ta\tbc\tabcd\t|", "    a   bc  abcd    |"),
        ("中\t|\n\t|", "中  |\n    |"),
        ("a\u{2028}b", "a\nb"),
    ]);
}

#[test]
fn shows_what_would_deceive() {
    check(&[
        ("a\u{202e}b\u{2066}c", "a⟨U+202E⟩b⟨U+2066⟩c"),
        ("a\u{200b}b\u{feff}", "a⟨U+200B⟩b⟨U+FEFF⟩"),
        ("\u{feff}start", "start"),
        ("x\u{e0041}\u{e0042}y", "xy"),
        ("👨\u{200d}👩\u{200d}👧 ok", "👨\u{200d}👩\u{200d}👧 ok"),
        ("❤\u{fe0f}\u{200d}🔥", "❤\u{fe0f}\u{200d}🔥"),
        ("a\u{200d}b", "a⟨U+200D⟩b"),
        ("👨\u{200d}b", "👨⟨U+200D⟩b"),
        ("👨\u{200d}", "👨⟨U+200D⟩"),
        ("می\u{200c}خواهم", "می\u{200c}خواهم"),
    ]);
    let piled = format!("e{}x", "\u{301}".repeat(40));
    assert_eq!(Clean::new(&piled).as_str(), format!("e{}x", "\u{301}".repeat(8)));
    let joined = "👩\u{200d}".repeat(40) + "👩";
    assert_eq!(Clean::new(&Clean::new(&joined).into_string()), Clean::new(&joined));
}

#[test]
fn labels_show_everything() {
    for (foreign, want) in [
        ("src/main.rs", "src/main.rs"),
        ("a\nb\t\u{1b}[31m", "a⟨U+000A⟩b⟨U+0009⟩⟨U+001B⟩[31m"),
        ("x\u{a0}y\u{3164}", "x⟨U+00A0⟩y⟨U+3164⟩"),
        ("\u{202e}txt.exe", "⟨U+202E⟩txt.exe"),
        ("\u{f8ff}\u{e0041}", "⟨U+F8FF⟩⟨U+E0041⟩"),
        ("中文 é", "中文 é"),
    ] {
        let label = Clean::strict(foreign);
        assert_eq!(label.as_str(), want);
        assert_eq!(Clean::strict(label.as_str()), label);
    }
}

#[test]
fn bytes_that_are_no_text_are_marked() {
    assert_eq!(Clean::lossy(b"a\xff\x1b[2Jb").as_str(), "a\u{fffd}b");
}

#[test]
fn counts_what_it_took_out() {
    let mut cleaner = Cleaner::default();
    assert_eq!(cleaner.push("ab\u{1b}[31mcd\u{7}\u{e0041}").as_str(), "abcd");
    assert_eq!(cleaner.n_removed(), 3);
}
