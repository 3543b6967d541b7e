//! A thousand sessions, and starts at the same moment.

use std::{collections::HashSet, fs};

use glm_tui::{
    config::{Environment, Paths},
    journal::{Found, Store},
    quota::Timestamp,
};

use super::shelf::{dir, log, write};
use crate::cli::Program;

#[test]
fn a_thousand_sessions_are_listed_and_searched() {
    let program = Program::new();
    write(&program, "s-0", "the first prompt", "It is about needles in hay.");
    let bytes = fs::read_to_string(log(&program, "s-0")).unwrap();
    for n in 1..1000 {
        let id = format!("s-{n}");
        fs::create_dir(dir(&program, &id)).unwrap();
        fs::write(log(&program, &id), &bytes).unwrap();
    }
    write(&program, "the-one", "a prompt of its own", "Here lies the pin.");
    let list = program.run(&["sessions", "list", "--json"]).ends(0).json();
    assert_eq!(list.as_array().unwrap().len(), 1001);
    let found = program.run(&["sessions", "search", "--json", "lies the pin"]).ends(0).json();
    assert_eq!((found.as_array().unwrap().len(), &found[0]["id"]), (1, &"the-one".into()));
    let run = program.run(&["sessions", "search", "needles", "--limit", "10"]);
    assert!(run.ends(0).out.contains(" more were not looked into\n"), "{}", run.out);
    // Of many that fit the person is told, and of one that is clearly meant nothing else.
    program.run(&["sessions", "show", "the first"]).ends(42).says(&["1000 sessions match: s-", "…"]);
    assert!(
        program.run(&["sessions", "show", "s-1"]).ends(0).out.contains("id         s-1\n"),
        "an id, not a beginning"
    );
}

#[test]
fn ids_of_twenty_processes_never_meet() {
    let program = Program::new();
    let home = program.home.path().to_path_buf();
    let env = Environment { vars: [("GLM_TUI_HOME".into(), home.into())].into(), ..Environment::default() };
    let store = Store::new(&Paths::resolve(&env).0);
    let at = Timestamp::from_second(1_795_250_000).unwrap();
    let ids: HashSet<String> = std::thread::scope(|scope| {
        let twenty: Vec<_> = (0..20)
            .map(|_| scope.spawn(|| (0..100).map(|_| store.fresh_id(at).to_string()).collect::<Vec<_>>()))
            .collect();
        twenty.into_iter().flat_map(|thread| thread.join().unwrap()).collect()
    });
    assert_eq!(ids.len(), 2000);
    write(&program, "a-1", "x", "y");
    assert!(matches!(store.find("a-1", program.home.path()), Found::One(_)), "it is the store of that home");
}
