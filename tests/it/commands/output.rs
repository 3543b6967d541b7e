//! What commands print, however much and however odd.

use glm_tui::chat::RunEnd;
use serde_json::json;

use crate::support::commands::{detail, shops};

/// What a screen must never get: a control other than the line end.
fn inert(text: &str) -> bool {
    !text.contains(|c: char| c.is_control() && c != '\n')
}

/// OUT-01.
#[tokio::test]
async fn escapes_are_inert_wherever_output_goes() {
    let script = r"printf 'before\033]52;c;QUJD\007\033]0;title\033\\\033[?1049h\033[?1000h\033[2J\033Pq\033\\mid\302\233\0331mdle\b\n'
printf 'after \033]never ends'; until [ -e go ]; do sleep 0.02; done";
    for shop in shops() {
        let call = shop.start("shell", &json!({ "command": script }), glm_tui::tools::Permit::Unasked);
        let live = call.reports(|live| live.tail.len() > 1).await;
        std::fs::write(shop.work.join("go"), "").unwrap();
        let outcome = call.end().await;
        let rows: Vec<&str> = live.tail.iter().map(glm_tui::text::Clean::as_str).collect();
        assert!(rows.iter().all(|row| inert(row) && !row.contains('\n')), "{rows:?}");
        assert!(inert(detail(&outcome)) && inert(outcome.summary.as_str()), "{outcome:?}");
        for told in [rows.join("\n").as_str(), detail(&outcome), &outcome.to_model] {
            assert!(inert(told), "{told:?}");
            for word in ["before", "mid", "dle", "after ", "never ends"] {
                assert!(told.contains(word), "{word} in {told:?}");
            }
            assert!(!told.contains("QUJD") && !told.contains("title"), "{told:?}");
        }
    }
}

/// OUT-03, a part of it.
#[tokio::test]
async fn long_output_keeps_both_ends_and_goes_to_a_file() {
    for shop in shops() {
        let outcome = shop.run("seq 1 200000").await;
        let told = &outcome.to_model;
        assert!(told.len() < 31_000, "{}", told.len());
        assert!(told.contains("\n1\n2\n3\n") && told.ends_with("\n199999\n200000\n"));
        assert_eq!(outcome.summary.as_str(), "200000 lines");
        let (_, rest) = told.split_once("the whole output is in ").expect(told);
        let file = rest.split_once(" …").unwrap().0;
        let whole = std::fs::read_to_string(file).unwrap();
        assert!(whole.lines().map(|line| line.parse::<u32>().unwrap()).eq(1..=200_000));
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt;
            assert_eq!(std::fs::metadata(file).unwrap().permissions().mode() & 0o777, 0o600);
        }
    }
}

/// OUT-04.
#[tokio::test]
async fn what_is_no_text_is_labelled() {
    let cases = [
        (r"printf '\177ELF\002\001\001\000\000\000\000\000'", "12 bytes", "7f 45 4c 46 02 01 01 00"),
        (r"printf 'words\000more words\n'", "words␀more words\n", "1 bytes of this are no text"),
        (r"printf 'caf\351 and more words\n'", "caf\u{fffd} and more words\n", "1 bytes of this are no text"),
        (r"printf 'h\000e\000l\000l\000o\000 \000\254\040\n\000'", "hello €\n", ""),
        (r"printf '\376\377\000h\000i'", "hi\n", ""),
        ("head -c 100000 /dev/urandom", "binary output", "100000 bytes"),
    ];
    for shop in shops() {
        for (line, told, note) in cases {
            let outcome = shop.run(line).await;
            assert_eq!(outcome.end, RunEnd::Ok, "{line}");
            assert!(outcome.to_model.contains(told) && outcome.to_model.contains(note), "{line}: {}", outcome.to_model);
            assert!(inert(&outcome.to_model) && outcome.to_model.len() < 2_000, "{line}: {}", outcome.to_model);
        }
    }
}

#[tokio::test]
async fn the_first_line_is_live_and_a_bar_shows_its_last_state() {
    for shop in shops() {
        let script = "echo first; until [ -e go ]; do sleep 0.02; done; printf ' 10%%\\r 20%%\\r\\t30%%'; \
                    until [ -e on ]; do sleep 0.02; done; printf '\\r\\n'";
        let call = shop.start("shell", &json!({ "command": script }), glm_tui::tools::Permit::Unasked);
        let live = call.reports(|live| live.lines == 1).await;
        assert_eq!(live.tail[0].as_str(), "first");
        std::fs::write(shop.work.join("go"), "").unwrap();
        let live = call.reports(|live| live.tail.len() == 2).await;
        assert_eq!(live.tail[1].as_str(), "    30%");
        std::fs::write(shop.work.join("on"), "").unwrap();
        assert_eq!(call.end().await.end, RunEnd::Ok);
    }
}
