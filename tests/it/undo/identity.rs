//! Whatever tools and commands did: all undone is the tree as it was, all redone is the tree as it became.

use proptest::prelude::*;

use super::place::Place;

/// Something that a tool or a command does to one of a few names.
#[derive(Clone, Debug)]
enum Deed {
    Write(usize, String),
    Edit(usize, String),
    Delete(usize),
    Command(String),
    /// A new prompt.
    Turn,
    /// The program ends and starts anew.
    Reopen,
}

const NAMES: [&str; 6] = ["a.txt", "b.txt", "dir/c.txt", "dir/deep/d.txt", "new/e.txt", "link"];
const LINES: &str = "one\ntwo\nthree\nfour\nfive\n";

fn deed() -> impl Strategy<Value = Deed> {
    let name = 0..NAMES.len();
    let text = prop::sample::select(vec!["", "x", "x\ny\n", "one\ntwo\nthree\n", "\u{feff}é\r\n"]);
    let command = prop::sample::select(vec![
        "echo more >> a.txt",
        "rm -rf dir",
        "mkdir -p dir/deep && echo d > dir/deep/d.txt",
        "mv a.txt moved.txt || true",
        "mv moved.txt a.txt || true",
        "chmod 700 b.txt; chmod 750 dir; true",
        "ln -sfn a.txt link",
        "rm -rf link && mkdir link",
        "rm -rf b.txt; mkdir -p b.txt/in; echo in > b.txt/in/f",
        "printf '\\0\\1\\2' > bin",
        "rm -rf new bin; true",
        "sed -i s/two/zwei/ a.txt dir/c.txt 2>/dev/null; true",
        "mkdir -p empty/er; chmod 711 empty",
    ]);
    prop_oneof![
        3 => (name.clone(), text.clone()).prop_map(|(n, text)| Deed::Write(n, text.into())),
        3 => (name.clone(), text).prop_map(|(n, text)| Deed::Edit(n, text.into())),
        2 => name.prop_map(Deed::Delete),
        4 => command.prop_map(|line| Deed::Command(line.into())),
        2 => Just(Deed::Turn),
        1 => Just(Deed::Reopen),
    ]
}

proptest! {
    // Each case runs commands.
    #![proptest_config(ProptestConfig { failure_persistence: None, cases: 24, ..ProptestConfig::default() })]

    #[test]
    fn sto_11_all_undone_is_the_start_and_all_redone_the_end(deeds in prop::collection::vec(deed(), 1..9)) {
        let mut place = Place::new();
        place.put("a.txt", LINES);
        place.put("dir/c.txt", LINES);
        place.mode("dir/c.txt", 0o755);
        std::os::unix::fs::symlink("dir/c.txt", place.path("link")).unwrap();
        let start = place.tree();
        let mut n_turns = 1;
        for deed in &deeds {
            match deed {
                Deed::Write(n, text) if !place.path(NAMES[*n]).is_dir() => {
                    // What cannot be written (a file where a folder is needed) is refused, which is no change.
                    let args = serde_json::json!({ "path": NAMES[*n], "content": text });
                    place.try_call("read", &serde_json::json!({ "path": NAMES[*n] }));
                    place.try_call("write", &args);
                }
                Deed::Edit(n, text) => {
                    place.try_call("read", &serde_json::json!({ "path": NAMES[*n] }));
                    let edits = serde_json::json!([{ "old": "three", "new": text }]);
                    place.try_call("edit", &serde_json::json!({ "path": NAMES[*n], "edits": edits }));
                }
                Deed::Delete(n) => place.try_call("delete", &serde_json::json!({ "path": NAMES[*n] })),
                Deed::Command(line) => {
                    place.run(line);
                }
                Deed::Turn => {
                    n_turns += 1;
                    place.turn(n_turns);
                }
                Deed::Reopen => place.reopen(),
                Deed::Write(..) => {}
            }
        }
        let end = place.tree();
        let mut undone = 0;
        loop {
            let report = place.undo();
            if report.what.as_str().is_empty() {
                break;
            }
            undone += 1;
            prop_assert!(undone <= deeds.len(), "{:?}", report);
            for (name, what) in &report.files {
                prop_assert!(!matches!(what, glm_tui::chat::FileUndo::Kept(_)), "{}: {:?}", name, what);
            }
        }
        prop_assert_eq!(place.tree(), start.clone());
        while !place.redo().what.as_str().is_empty() {}
        prop_assert_eq!(place.tree(), end.clone());
        // In one go, as going back to the first prompt does it.
        let report = place.tool().rewind_files(glm_tui::chat::TurnId(1)).report;
        prop_assert_eq!(place.tree(), start, "{:?}", report);
        place.redo();
        prop_assert_eq!(place.tree(), end);
    }
}
