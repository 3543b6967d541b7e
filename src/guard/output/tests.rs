//! Tables and properties of the buffer.

use proptest::prelude::*;

use super::{Collector, HEAD, Output, TAIL};

fn collect(pieces: &[&[u8]]) -> Collector {
    let mut collector = Collector::default();
    for piece in pieces {
        collector.push(piece);
    }
    collector
}

fn rows(pieces: &[&[u8]]) -> Vec<String> {
    collect(pieces).live().tail.into_iter().map(crate::text::Clean::into_string).collect()
}

fn lines(n: usize) -> String {
    use std::fmt::Write;
    (1..=n).fold(String::new(), |mut text, n| {
        let _ = writeln!(text, "line {n}");
        text
    })
}

#[test]
fn short_output_is_whole() {
    let output = collect(&[b"one\ntw", b"o\nthree"]).output();
    assert_eq!((output.lines, output.bytes), (3, 13));
    assert_eq!(output.for_model(), "one\ntwo\nthree\n");
    assert_eq!(collect(&[]).output().for_model(), "");
}

#[test]
fn long_output_keeps_both_ends_between_lines() {
    let text = lines(20_000);
    let output = collect(&[text.as_bytes()]).output();
    let shown = output.for_model();
    assert!(shown.starts_with("line 1\nline 2\n") && shown.ends_with("line 19999\nline 20000\n"));
    assert!(shown.len() < Output::SHOWN + 200, "{}", shown.len());
    let gap = shown.lines().find(|line| line.starts_with('…')).unwrap();
    let missing: usize = gap.split(' ').nth(1).unwrap().parse().unwrap();
    assert_eq!(missing + shown.lines().count() - 1, 20_000, "{gap}");
    assert!(shown.lines().all(|line| line.starts_with("line ") || line == gap), "lines are whole");
}

#[test]
fn a_flood_takes_no_more_than_its_room() {
    let block = vec![b'x'; 1 << 20];
    let mut collector = Collector::default();
    for _ in 0..64 {
        collector.push(&block);
        assert!(collector.head.capacity() + collector.tail.capacity() <= 2 * (HEAD + TAIL));
    }
    let output = collector.output();
    assert_eq!((output.bytes, output.lines), (64 << 20, 1));
    assert!(output.for_model().contains(" bytes left out"));
    assert!(output.held() <= 2 * (HEAD + TAIL));
    assert_eq!(collector.live().tail[0].as_str().len(), super::ROW);
}

#[test]
fn live_rows_show_the_last_state() {
    let cases: [(&[&[u8]], &[&str]); 6] = [
        (&[], &[]),
        (&[b"one\n", b"two"], &["one", "two"]),
        (&[b" 1%\r", b" 2%\r 3", b"%"], &[" 3%"]),
        (&[b"a\tb\x1b[31mred\x1b[0m\n"], &["a   bred"]),
        (&[b"1\n2\n3\n4\n5\n6\n7\n8\n9\n"], &["2", "3", "4", "5", "6", "7", "8", "9"]),
        (&[b"\0\x01\x02\xff\xfe"], &["binary output"]),
    ];
    for (pieces, want) in cases {
        assert_eq!(rows(pieces), want, "{pieces:?}");
    }
    let long = "y".repeat(40_000) + "\nshort\n";
    assert_eq!(rows(&[long.as_bytes()]), ["short"], "half a line is no row");
}

#[test]
fn what_came_since_is_told() {
    let output = collect(&[b"first\nsecond\n"]).output();
    assert_eq!(output.since(0), "first\nsecond\n");
    assert_eq!(output.since(6), "second\n");
    assert_eq!(output.since(13), "");
    let text = lines(100_000);
    let output = collect(&[text.as_bytes()]).output();
    let from = output.bytes - 23;
    assert_eq!(output.since(from), &text[text.len() - 23..]);
    let fresh = output.since(100);
    assert!(fresh.starts_with("… ") && fresh.ends_with("line 100000\n") && fresh.len() < 21_000);
}

#[test]
fn what_is_no_text_is_labelled() {
    let elf = collect(&[b"\x7fELF\x02\x01\x01\0\0\0\0\0\0\0\0\0"]).output().for_model();
    assert!(elf.contains("binary") && elf.contains("16 bytes") && elf.contains("7f 45 4c 46 02"), "{elf}");
    let latin = collect(&[b"caf\xe9 and more words in this line\n"]).output().for_model();
    assert_eq!(latin.lines().count(), 2);
    assert!(latin.contains("[1 bytes of this are no text"), "{latin}");
    let bar = collect(&[b"1%\r2%\r3%\n"]).output().for_model();
    assert!(bar.starts_with("3%\n[carriage returns overwrote 2 rows"), "{bar}");
}

#[test]
fn a_detail_is_bounded_whatever_cleaning_adds() {
    let output = collect(&["\t\u{202e}".repeat(7_000).as_bytes()]).output();
    assert!(output.for_person().as_str().len() <= 64 << 10);
}

proptest! {
    #[test]
    fn small_outputs_are_kept_byte_for_byte(bytes in prop::collection::vec(any::<u8>(), 0..50_000)) {
        let output = collect(&[&bytes]).output();
        prop_assert_eq!([&output.head[..], &output.tail].concat(), bytes.clone());
        prop_assert_eq!(output.bytes, bytes.len() as u64);
    }

    #[test]
    fn cuts_do_not_matter(
        bytes in prop::collection::vec(prop_oneof![Just(b'\n'), Just(b'\r'), Just(0x1b), any::<u8>()], 0..2_000),
        repeat in 1_usize..400,
        cut in 1_usize..5_000,
    ) {
        let all = bytes.repeat(repeat);
        let pieces: Vec<&[u8]> = all.chunks(cut).collect();
        let (whole, cut) = (collect(&[&all]), collect(&pieces));
        prop_assert_eq!(whole.output(), cut.output());
        prop_assert_eq!(whole.live(), cut.live());
        let output = cut.output();
        prop_assert_eq!(output.bytes, all.len() as u64);
        prop_assert!(all.starts_with(&output.head) && all.ends_with(&output.tail));
        prop_assert!(!output.for_model().contains(|c: char| c.is_control() && c != '\n' && c != '\t'));
    }
}
