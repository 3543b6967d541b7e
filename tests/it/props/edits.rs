//! Properties of editing: nothing outside the named words changes, an edit undone is no edit, differences
//! rebuild both texts, and a path reaches what the system says it reaches.

use std::{fs, os::unix::fs::symlink, path::PathBuf};

use glm_tui::{
    guard::{Files, files::MAX_BYTES},
    text::{
        diff,
        splice::{self, Scope, Spot, Wanted},
    },
};
use proptest::prelude::*;

/// Any bytes that a file may hold, rich in what editors break.
fn bytes() -> impl Strategy<Value = Vec<u8>> {
    let atom = prop_oneof![
        6 => "[a-d \t]{0,6}".prop_map(String::into_bytes),
        4 => prop::sample::select(vec![&b"\n"[..], b"\r\n", b"\r", b"\xef\xbb\xbf", b"\xff", b"\0", "é日👩\u{200d}👧".as_bytes()])
            .prop_map(<[u8]>::to_vec),
    ];
    prop::collection::vec(atom, 0..30).prop_map(|atoms| atoms.concat())
}

fn one(text: &[u8], old: &str, new: &str) -> Option<Vec<u8>> {
    let spots = splice::spots(text, &[Wanted { old, new, scope: Scope::One }]).ok()?;
    Some(splice::apply(text, &spots))
}

/// Distinct lines with these ends.
fn lines(prefix: &str, n: usize, end: &str) -> String {
    (0..n).flat_map(|at| [prefix.to_owned(), at.to_string(), end.to_owned()]).collect()
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn nothing_outside_the_words_changes(head in bytes(), tail in bytes(), new in "([a-z]{0,3}\r?\n){0,4}[a-z]{0,3}") {
        let text = [&head[..], b"<<HERE>>", &tail[..]].concat();
        let got = one(&text, "<<HERE>>", &new).unwrap();
        prop_assert!(got.starts_with(&head) && got.ends_with(&tail));
        let middle = &got[head.len()..got.len() - tail.len()];
        let plain = |bytes: &[u8]| String::from_utf8_lossy(bytes).replace("\r\n", "\n");
        prop_assert_eq!(plain(middle), new.replace("\r\n", "\n"));
    }

    #[test]
    fn an_edit_undone_is_no_edit(n in 1_usize..20, from in 0_usize..20, len in 1_usize..5, fresh in 1_usize..4, crlf: bool, closed: bool) {
        let end = if crlf { "\r\n" } else { "\n" };
        let mut text = lines("line ", n, end);
        if !closed {
            text.truncate(text.len() - end.len());
        }
        let (from, to) = (from.min(n - 1), (from.min(n - 1) + len).min(n));
        let old: String = (from..to).map(|at| format!("line {at}")).collect::<Vec<_>>().join("\n");
        // With the last line end its kind is forgotten.
        prop_assume!(closed || to - from < n);
        // Without its end `line 1` would begin `line 10` too.
        let old = if to < n { old + "\n" } else { old };
        let new = lines("new ", fresh, "\n");
        let new = if to < n { new } else { new.trim_end().to_owned() };
        if let Some(edited) = one(text.as_bytes(), &old, &new) {
            prop_assert_ne!(&edited, text.as_bytes());
            prop_assert_eq!(one(&edited, &new, &old).unwrap(), text.as_bytes());
        }
    }

    #[test]
    fn spots_put_back_give_the_old_text(text in bytes(), olds in prop::collection::vec("[a-d\n]{1,4}", 1..4), new in "[x-z\n]{0,5}") {
        let wanted: Vec<Wanted<'_>> = olds.iter().map(|old| Wanted { old, new: &new, scope: Scope::All }).collect();
        let Ok(spots) = splice::spots(&text, &wanted) else { return Ok(()) };
        let edited = splice::apply(&text, &spots);
        let (mut back, mut shift) = (Vec::new(), 0_isize);
        for spot in &spots {
            let start = spot.range.start.checked_add_signed(shift).unwrap();
            back.push(Spot { range: start..start + spot.new.len(), new: text[spot.range.clone()].to_vec(), ..spot.clone() });
            shift += isize::try_from(spot.new.len()).unwrap() - isize::try_from(spot.range.len()).unwrap();
        }
        prop_assert_eq!(splice::apply(&edited, &back), text);
    }

    #[test]
    fn loosely_found_words_leave_the_lines_around_them(head in "([a-c]{1,3}\r?\n){0,5}", tail in "([a-c]{1,3}\r?\n){0,5}", blank in "[ \t]{0,3}", end in "\r?\n") {
        let place = format!("{blank}first{end}{blank}second{blank}{end}{blank}third{end}");
        let text = format!("{head}{place}{tail}");
        let got = one(text.as_bytes(), "first\nsecond\nthird\n", "first\nchanged\nthird\n").unwrap();
        let got = String::from_utf8(got).unwrap();
        let want = place.replace(&format!("second{blank}"), "changed");
        prop_assert_eq!(got.replace(&format!("changed{blank}"), "changed"), format!("{head}{want}{tail}"));
    }

    #[test]
    fn differences_rebuild_both_texts(old in bytes(), new in bytes()) {
        let (a, b) = (diff::lines(&old), diff::lines(&new));
        let runs = diff::runs(&a, &b);
        let (mut rebuilt, mut at) = (Vec::new(), 0);
        for run in &runs {
            prop_assert!(run.old.start >= at && !(run.old.is_empty() && run.new.is_empty()));
            rebuilt.extend(a[at..run.old.start].concat());
            rebuilt.extend(b[run.new.clone()].concat());
            at = run.old.end;
        }
        rebuilt.extend(a[at..].concat());
        prop_assert_eq!(rebuilt, new);
        let (mut shown_to, hunks) = (0, diff::hunks(&runs, a.len()));
        for hunk in &hunks {
            prop_assert!(hunk.old.start - hunk.before >= shown_to && hunk.old.end + hunk.after <= a.len());
            shown_to = hunk.old.end + hunk.after;
        }
        prop_assert_eq!(hunks.iter().map(|hunk| hunk.runs.len()).sum::<usize>(), runs.len());
    }

    #[test]
    fn marked_words_are_pieces_of_their_lines(old in "[a-c é,]{0,20}", new in "[a-c é,]{0,20}") {
        let (in_old, in_new) = diff::words(&old, &new);
        for (line, marks) in [(&old, in_old), (&new, in_new)] {
            let mut end = 0;
            for (from, to) in marks {
                prop_assert!(from >= end && from < to && line.get(from..to).is_some());
                end = to;
            }
        }
    }
}

/// What a random tree is made of: a folder, a file, or a link to one of these.
const NAMES: [&str; 5] = ["a", "b", "a/c", "b/d", "a/c/e"];
const TARGETS: [&str; 9] = ["a", "../a", "..", "../../out", "/", "b/d", "../b", ".", "../out/secret"];

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, cases: 200, ..ProptestConfig::default() })]

    #[test]
    fn a_path_reaches_what_the_system_says(
        kinds in prop::collection::vec((0_u8..4, 0..TARGETS.len()), NAMES.len()),
        paths in prop::collection::vec(prop::collection::vec(prop::sample::select(vec!["a", "b", "c", "d", "e", "..", ".", "x"]), 1..6), 12),
    ) {
        let dir = tempfile::tempdir().unwrap();
        let base = dir.path().canonicalize().unwrap();
        let w = base.join("w");
        fs::create_dir_all(&w).unwrap();
        fs::create_dir(base.join("out")).unwrap();
        fs::write(base.join("out/secret"), "secret").unwrap();
        for (name, (kind, target)) in NAMES.iter().zip(kinds) {
            // A part of the path may be a file or a link to nowhere: then there is nothing below it.
            let _ = match kind {
                0 | 1 => fs::create_dir(w.join(name)),
                2 => fs::write(w.join(name), "text"),
                _ => symlink(TARGETS[target], w.join(name)),
            };
        }
        let files = Files::open(&w, &[]).unwrap();
        for path in paths {
            // Without the `.` that our own reading of a path leaves out.
            let path: PathBuf = path.iter().collect::<PathBuf>().components().collect();
            let Ok(place) = files.locate(path.to_str().unwrap()) else {
                prop_assert!(w.join(&path).canonicalize().is_err(), "{path:?} is there");
                continue;
            };
            prop_assert_eq!(place.inside, place.real.starts_with(&w), "{:?}", &path);
            match w.join(&path).canonicalize() {
                Ok(real) => {
                    prop_assert_eq!(&place.real, &real, "{:?}", &path);
                    prop_assert_eq!(files.read(&place, MAX_BYTES).is_ok(), real.is_file(), "{:?}", &path);
                }
                Err(_) => prop_assert!(!place.exists && place.real.symlink_metadata().is_err(), "{path:?}"),
            }
        }
    }
}
