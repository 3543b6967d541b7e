//! Properties of Markdown that grows: however it arrives, the end is the same, and it always fits.

use glm_tui::text::{markdown::Flow, wrap::Row};
use proptest::prelude::*;

/// The number of cases, or what `PROPTEST_CASES` asks for.
fn cases(default: u32) -> u32 {
    let usual = ProptestConfig::default().cases;
    if usual == 256 { default } else { usual }
}

fn source() -> impl Strategy<Value = String> {
    let atom = prop_oneof![
        6 => "[a-z]{1,9} ?",
        3 => prop::sample::select(vec!["\n", "\n\n", "\n    ", "\n  ", " "]).prop_map(str::to_owned),
        5 => prop::sample::select(vec![
            "**", "*", "_", "__", "~~", "`", "``", "```", "~~~", "\n```rust\n", "\n```\n", "[", "]", "](", "](http://a.example)",
            "[x]: http://b.example\n", "!", "<", ">", "<br>", "<div>\n", "\n- ", "\n* ", "\n+ ", "\n1. ", "\n2) ", "\n  - ",
            "\n- [ ] ", "\n> ", "\n# ", "\n## ", "#", "\n---\n", "---", "===\n", "\n===", "|", "| a | b |\n", "|---|:-:|\n",
            "| x | y |\n", "\\", "&amp;", "&", "中文。", "👨\u{200d}👩\u{200d}👧", "e\u{301}", "- - - ", "> > ", "$", "http://c.example/d_e ",
        ]).prop_map(str::to_owned),
    ];
    prop::collection::vec(atom, 0..40).prop_map(|atoms| atoms.concat())
}

fn fresh(source: &str, width: u16) -> Flow {
    let mut flow = Flow::new(width);
    flow.update(source, true);
    flow
}

/// Feeds `source` in pieces of about the given sizes, checking what must hold at every step.
fn grown(source: &str, width: u16, cuts: &[usize]) -> Flow {
    let mut flow = Flow::new(width);
    let mut at = 0;
    let mut before: Vec<Row> = Vec::new();
    for cut in cuts.iter().cycle() {
        at = (at + cut).min(source.len());
        while !source.is_char_boundary(at) {
            at += 1;
        }
        let first = flow.update(&source[..at], false);
        assert!(first <= flow.rows().len());
        assert_eq!(
            before[..first.min(before.len())],
            flow.rows()[..first.min(before.len())],
            "rows changed above {first}"
        );
        check(&flow, width);
        if source.len() < 4_096 {
            let mut at_once = Flow::new(width);
            at_once.update(&source[..at], false);
            assert_eq!(flow.rows(), at_once.rows(), "{:?}", &source[..at]);
        }
        before = flow.rows().to_vec();
        if at == source.len() {
            break;
        }
    }
    flow.update(source, true);
    flow
}

fn check(flow: &Flow, width: u16) {
    let mut offset = 0;
    for row in flow.rows() {
        assert!(row.width() <= usize::from(width), "{row:?} in {width}");
        assert!(row.offset >= offset, "{row:?}");
        offset = row.offset;
        assert!(!row.text().contains(|c: char| c.is_control()), "{row:?}");
        if let Some(place) = row.code {
            let line = &flow.code()[place.block].lines[place.line];
            assert!(line.is_char_boundary(place.from), "{row:?}");
        }
    }
}

proptest! {
    // Each case compares two layouts at every step.
    #![proptest_config(ProptestConfig { failure_persistence: None, cases: cases(48), ..ProptestConfig::default() })]

    #[test]
    fn the_end_does_not_depend_on_the_way(
        source in source(),
        width in 1_u16..=60,
        cuts in prop::collection::vec(1_usize..12, 1..5),
    ) {
        let (fresh, grown) = (fresh(&source, width), grown(&source, width, &cuts));
        check(&fresh, width);
        prop_assert_eq!(grown.rows(), fresh.rows());
        prop_assert_eq!(grown.code(), fresh.code());
    }

    #[test]
    fn nor_does_it_by_single_characters(source in source(), width in 8_u16..=40) {
        let (fresh, grown) = (fresh(&source, width), grown(&source, width, &[1]));
        prop_assert_eq!(grown.rows(), fresh.rows());
        prop_assert_eq!(grown.code(), fresh.code());
    }

    #[test]
    fn nor_do_lists_depend_on_it(
        lines in prop::collection::vec(prop::sample::select(vec![
            "- a", "- b **c** d", "1. one", "1. again", "7. seven", "2) other", "* star", "   goes on", "  - sub", "     - deeper",
            "", "", "    code", "> quote", "- [ ] task", "text", "- ```", "  ```", "***", "- - x", "-", " - one blank", "| a | b |",
            "  para", "# head", "- # head",
        ]), 0..24),
        width in 8_u16..=40,
        cuts in prop::collection::vec(1_usize..9, 1..4),
    ) {
        let source = lines.join("\n");
        let (fresh, grown) = (fresh(&source, width), grown(&source, width, &cuts));
        prop_assert_eq!(grown.rows(), fresh.rows());
        prop_assert_eq!(grown.code(), fresh.code());
    }

    #[test]
    fn words_are_never_lost(words in prop::collection::vec("[a-z]{2,8}", 1..40), marks in prop::sample::select(vec![
        " ", "\n", "\n\n", "\n- ", "\n> ", " **", " `", "\n1. ", "\n# ", " *", "\n```\n", "\n\n    ", " ~~", " [", "\n| ",
    ])) {
        let source = words.join(marks);
        let shown = fresh(&source, 40).rows().iter().map(Row::text).collect::<Vec<_>>().join("\n");
        let mut rest = shown.as_str();
        for (n, word) in words.iter().enumerate() {
            // The word behind a fence is its language.
            if marks.contains("```") && n % 2 == 1 {
                continue;
            }
            let at = rest.find(word.as_str());
            prop_assert!(at.is_some(), "{word} is not in {rest:?} of {source:?}");
            rest = &rest[at.unwrap_or(0)..];
        }
    }
}

/// Sources longer than a window, of one kind each, must come out the same by pieces.
#[test]
fn long_blocks_are_cut_the_same_however_they_arrive() {
    let lines = |line: &dyn Fn(usize) -> String| (0..900).map(line).collect::<Vec<_>>().concat();
    let list = lines(&|n| format!("- item {n} with **some** words\n"));
    let table = "| n | what |\n|---|---|\n".to_owned() + &lines(&|n| format!("| {n} | a `cell` |\n"));
    let fences = "```rs\nlet x = 1;\n```\n".repeat(900);
    let code = "```\n".to_owned() + &"let line = \"of code\";\n".repeat(900) + &"x".repeat(20_000);
    let nested = "- ".repeat(20_000) + "deep";
    let quotes = "> ".repeat(9_000) + "deep";
    let mixed = format!("{}\n\n{}\n\n{fences}", "word ".repeat(4_000), "- a\n  - b\n".repeat(2_000));
    for (name, source) in [
        ("line", "word ".repeat(9_000)),
        ("no blank", "x".repeat(40_000)),
        ("cjk", "中文没有空格。".repeat(3_000)),
        ("lines", "a line of *text*\n".repeat(3_000)),
        ("list", list),
        ("table", table),
        ("fences", fences),
        ("code", code),
        ("nested", nested),
        ("quotes", quotes),
        ("open", "**".to_owned() + &"a `b` [c ".repeat(5_000)),
        ("pipes", "|".repeat(20_000) + "\n" + &"|-".repeat(9_000) + "\n" + &"|\n".repeat(2_000)),
        ("mixed", mixed),
    ] {
        let (fresh, grown) = (fresh(&source, 60), grown(&source, 60, &[3_001, 4_447]));
        check(&fresh, 60);
        assert!(grown.rows() == fresh.rows(), "{name}");
        assert!(grown.code() == fresh.code(), "{name}");
    }
}
