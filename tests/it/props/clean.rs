//! Properties of the sanitiser: nothing that drives a terminal comes out, nothing readable is lost.

use glm_tui::text::{Clean, Cleaner};
use proptest::prelude::*;

/// What hostile or careless streams are made of.
fn atom() -> impl Strategy<Value = String> {
    prop_oneof![
        4 => "[ -~]{0,12}",
        2 => prop::sample::select(vec![
            "\u{1b}", "\u{1b}[", "\u{1b}]", "\u{1b}P", "\u{1b}\\", "\u{1b}_", "\u{9b}", "\u{9d}", "\u{90}", "\u{9c}", "\u{7}",
            "\u{1b}]0;title\u{7}", "\u{1b}]52;c;QUJD\u{1b}\\", "\u{1b}[31m", "\u{1b}[?1049h", "\u{1b}(B", "\u{1b}c",
            "\n", "\r", "\r\n", "\t", "\u{0}", "\u{7f}", "\u{85}", "\u{2028}",
        ]).prop_map(str::to_owned),
        2 => prop::sample::select(vec![
            "\u{202e}", "\u{200b}", "\u{200d}", "\u{200c}", "\u{feff}", "\u{fe0f}", "\u{301}", "\u{e0041}", "👨", "👩\u{200d}👧",
            "❤", "中文", "क्ष", "می", "\u{1f3fd}", "🇰", "e\u{301}",
        ]).prop_map(str::to_owned),
        1 => any::<char>().prop_map(String::from),
    ]
}

fn stream() -> impl Strategy<Value = String> {
    prop::collection::vec(atom(), 0..40).prop_map(|atoms| atoms.concat())
}

/// Cleans `text` cut into pieces of the given numbers of characters, over and over.
fn in_pieces(text: &str, cuts: &[usize]) -> Clean {
    let chars: Vec<char> = text.chars().collect();
    let (mut cleaner, mut out, mut at) = (Cleaner::default(), Clean::default(), 0);
    for cut in cuts.iter().cycle() {
        if at >= chars.len() {
            break;
        }
        let end = (at + cut).min(chars.len());
        out.append(&cleaner.push(&chars[at..end].iter().collect::<String>()));
        at = end;
    }
    out.append(&cleaner.finish());
    out
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn only_newlines_are_left_of_all_controls(text in stream()) {
        let clean = Clean::new(&text);
        prop_assert!(clean.as_str().chars().all(|c| c == '\n' || !c.is_control()), "{clean:?}");
        prop_assert!(!clean.as_str().contains(['\t', '\u{202e}', '\u{200b}', '\u{e0041}', '\u{2028}']), "{clean:?}");
    }

    #[test]
    fn once_is_enough(text in stream()) {
        let clean = Clean::new(&text);
        prop_assert_eq!(Clean::new(clean.as_str()), clean);
    }

    #[test]
    fn the_cuts_do_not_matter(text in stream(), cuts in prop::collection::vec(1_usize..9, 1..6)) {
        prop_assert_eq!(in_pieces(&text, &cuts), Clean::new(&text));
        prop_assert_eq!(in_pieces(&text, &[1]), Clean::new(&text));
    }

    #[test]
    fn words_behind_a_sequence_are_shown(
        before in "[a-z]{1,8}",
        sequence in prop::sample::select(vec![
            "\u{1b}[31m", "\u{1b}[2J", "\u{1b}[6n", "\u{1b}[?1003h", "\u{1b}]0;t\u{7}", "\u{1b}]52;c;QUJDRA==\u{1b}\\",
            "\u{9b}2J", "\u{9d}0;t\u{9c}", "\u{1b}P$q m\u{1b}\\", "\u{1b}c", "\u{1b}]0;", "\u{1b}]52;c;", "\u{1b}P", "\u{9d}2;",
            "\u{90}", "\u{1b}_G", "\u{1b}X", "\u{1b}^",
        ]),
        words in prop::collection::vec("[a-z]{2,9}", 1..30),
        end in prop::sample::select(vec!["", "\n", "\nmore\n", "\u{1b}[0m", "\u{1b}]0;x\u{7}", "\r\n"]),
    ) {
        let clean = Clean::new(&format!("{before} {sequence} {} {end}", words.join(" ")));
        prop_assert!(clean.as_str().contains(&before));
        for word in &words {
            prop_assert!(clean.as_str().contains(word.as_str()), "{word} is not in {clean:?}");
        }
    }

    #[test]
    fn plain_text_is_left_alone(text in "[ -~\n中文，。한é]{0,200}") {
        let clean = Clean::new(&text);
        prop_assert_eq!(clean.as_str(), text);
    }

    #[test]
    fn labels_are_one_line_that_prints(text in stream()) {
        let label = Clean::strict(&text);
        prop_assert!(label.as_str().chars().all(|c| !c.is_control() && (c == ' ' || !c.is_whitespace())), "{label:?}");
        prop_assert_eq!(Clean::strict(label.as_str()), label);
    }
}
