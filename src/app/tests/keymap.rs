//! Bindings: the table is sound, the user's list wins, mistakes are told.

use std::collections::BTreeMap;

use super::{Rig, config};
use crate::app::{
    Action, Chord, Overlay,
    action::{Move, PaneAct, SessionAct, TABLE},
    keymap::Keys,
};

fn user(rows: &[(&str, &[&str])]) -> BTreeMap<String, Vec<String>> {
    rows.iter().map(|(name, keys)| ((*name).to_owned(), keys.iter().map(|key| (*key).to_owned()).collect())).collect()
}

#[test]
fn the_table_is_sound() {
    for (n, row) in TABLE.iter().enumerate() {
        assert!(!row.doc.is_empty() && !row.keys.is_empty(), "{}", row.name);
        for (scope, keys) in row.keys {
            for key in keys.split(' ').filter(|key| *key != "leader") {
                assert!(Chord::parse(key).is_some(), "{}: {key}", row.name);
            }
            for other in &TABLE[n + 1..] {
                assert_ne!(row.name, other.name);
                assert_ne!(row.action, other.action);
                assert!(!other.keys.contains(&(*scope, keys)), "{keys} is {} and {}", row.name, other.name);
            }
        }
    }
    assert!(Keys::new(&BTreeMap::new()).1.is_empty());
}

/// Every action can be reached without Alt and without function keys.
#[test]
fn every_action_has_a_plain_way() {
    for row in TABLE {
        let plain = row.keys.iter().any(|(_, keys)| {
            let hard =
                |key: &str| key.starts_with("alt-") || (key.starts_with('f') && key.len() > 1) || key.contains("-f");
            !keys.split(' ').any(hard)
        });
        assert!(plain, "{}", row.name);
    }
}

#[test]
fn chords_are_read_and_printed() {
    let rows = [
        ("ctrl-x", "^X"),
        ("Ctrl-X", "^X"),
        ("alt-p", "Alt-P"),
        ("alt-,", "Alt-,"),
        ("f2", "F2"),
        ("shift-f2", "Shift-F2"),
        ("shift-tab", "Shift-Tab"),
        ("pgup", "PgUp"),
        ("alt-pgup", "Alt-PgUp"),
        ("M", "M"),
        ("?", "?"),
        ("-", "-"),
        ("space", "Space"),
        ("ctrl-home", "Ctrl-Home"),
    ];
    for (text, wanted) in rows {
        assert_eq!(Chord::parse(text).unwrap().to_string(), wanted, "{text}");
    }
    for text in ["", "ctrl-", "hyper-x", "f99", "foo"] {
        assert_eq!(Chord::parse(text), None, "{text}");
    }
}

#[test]
fn hints_print_the_binding_in_force() {
    let (keys, problems) = Keys::new(&user(&[("next-model", &["f7"]), ("zoom", &["leader Z"]), ("usage", &[])]));
    assert!(problems.is_empty(), "{problems:?}");
    let rows = [
        (Action::NextModel, "F7"),
        (Action::PreviousModel, "Shift-F2"),
        (Action::Pane(PaneAct::Zoom), "^X Z"),
        (Action::Usage, ""),
        (Action::Help, "?"),
        (Action::Move(Move::End), "Ctrl-End"),
        (Action::Session(SessionAct::New), "^X n"),
    ];
    for (action, wanted) in rows {
        assert_eq!(keys.binding_of(action), wanted);
    }
}

#[test]
fn a_rebound_key_works_and_the_old_one_does_not() {
    let mut config = config();
    config.keys = user(&[("help", &["f9", "ctrl-x H"])]);
    let mut rig = Rig::with(&config);
    rig.keys("<f1>?");
    assert_eq!((rig.overlay(), rig.text().as_str()), (None, "?"));
    rig.keys("<f9>");
    assert_eq!(rig.overlay(), Some(&Overlay::Help { top: 0 }));
    rig.keys("<f9><c-x>H");
    assert_eq!(rig.app.overlays.len(), 1);
}

#[test]
fn mistakes_are_told() {
    type Bound = [(&'static str, &'static [&'static str])];
    let rows: [(&Bound, &[&str]); 6] = [
        (&[("find", &["f2"])], &["F2", "next-model", "find"]),
        (&[("find", &["f9"]), ("help", &["f9"])], &["F9", "help", "find"]),
        (&[("find", &["ctrl-x"])], &["^X", "find"]),
        (&[("fnid", &["f9"])], &["keys.fnid", "no such action"]),
        (&[("find", &["hyper-f"])], &["keys.find", "hyper-f"]),
        (&[("flavor", &["emacs"])], &["emacs"]),
    ];
    for (rows, words) in rows {
        let (_, problems) = Keys::new(&user(rows));
        let told: String = problems.iter().map(|problem| problem.what.clone() + "\n").collect();
        for word in words {
            assert!(told.contains(word), "{word:?} in {told:?}");
        }
    }
    let mut config = config();
    config.keys = user(&[("find", &["f2"])]);
    assert!(Rig::with(&config).kinds()[0].starts_with("trouble F2 is bound to both"));
}

#[test]
fn another_leader_and_the_readline_flavour() {
    let (keys, problems) = Keys::new(&user(&[("leader", &["ctrl-]"])]));
    assert!(problems.is_empty());
    assert_eq!(keys.binding_of(Action::Session(SessionAct::New)), "^] n");
    let mut config = config();
    config.keys = user(&[("flavor", &["readline"])]);
    let mut rig = Rig::with(&config);
    rig.app.restore(vec!["earlier".into()], None, None);
    rig.keys("<c-p>");
    assert_eq!((rig.overlay(), rig.text().as_str()), (None, "earlier"));
    rig.keys("<c-u>a b-c<c-w>");
    assert_eq!(rig.text(), "a ");
    for (script, wanted) in [("ab<c-t>", "ba"), ("x你y<left><c-t>", "xy你"), ("<c-t>", ""), ("a<c-t>", "a")] {
        rig.keys("<c-e><c-u>");
        rig.keys(script);
        assert_eq!(rig.text(), wanted, "{script}");
    }
    rig.keys("<c-x>p");
    assert!(rig.overlay().is_some());
}

#[test]
fn a_chord_that_means_nothing_is_told() {
    let mut rig = Rig::new();
    rig.keys("<c-x>w");
    assert_eq!(rig.toast(), "^X w does nothing");
    assert_eq!(rig.text(), "", "and types nothing");
}
