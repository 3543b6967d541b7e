//! Logs of other versions, and logs that were damaged.

use std::fs;

use super::shelf::{dir, log, write};
use crate::cli::Program;

/// A line of a log around this record.
fn line(n: u64, record: &str) -> String {
    let covered = format!("\"n\":{n},\"at\":1795250000000,\"r\":{record}}}");
    format!("{{\"c\":\"{:08x}\",{covered}\n", crc32fast::hash(covered.as_bytes()))
}

/// A session of this major version, with fields and kinds that this program does not know.
fn foreign(program: &Program, id: &str, version: u32) -> String {
    let head = format!(
        "{{\"head\":{{\"v\":{version},\"id\":\"{id}\",\"app\":\"9.9.9\",\"folder\":\"/srv/x\",\"mood\":\"new\"}}}}"
    );
    let records = [
        head.as_str(),
        "{\"turn\":{\"turn\":1,\"prompt\":\"hello from there\",\"colour\":\"blue\"}}",
        "{\"hologram\":{\"of\":\"a cat\"}}",
        "{\"turn_end\":{\"turn\":1,\"end\":\"done\"}}",
    ];
    let text: String = (1..).zip(records).map(|(n, record)| line(n, record)).collect();
    fs::create_dir_all(dir(program, id)).unwrap();
    fs::write(log(program, id), &text).unwrap();
    text
}

#[test]
fn sto_12_a_newer_log_is_shown_and_never_written() {
    let program = Program::new();
    let same = foreign(&program, "same", 1);
    let newer = foreign(&program, "newer", 2);
    for id in ["same", "newer"] {
        let shown = program.run(&["sessions", "show", "--json", id]).ends(0).json();
        assert_eq!((&shown["title"], &shown["unknown_records"]), (&"hello from there".into(), &1.into()));
        assert!(program.run(&["sessions", "export", id]).ends(0).out.contains("> hello from there"));
        assert!(program.run(&["sessions", "search", "from there"]).ends(0).out.contains(id));
    }
    program.run(&["sessions", "rename", "newer", "x"]).ends(42).says(&["newer version", "update glm-tui"]);
    assert_eq!(fs::read_to_string(log(&program, "newer")).unwrap(), newer);
    // Of the same major version what is not known stays.
    program.run(&["sessions", "rename", "same", "renamed"]).ends(0);
    assert!(fs::read_to_string(log(&program, "same")).unwrap().starts_with(&same));
    program.run(&["sessions", "rm", "--yes", "newer"]).ends(0);
}

#[test]
fn damaged_logs_are_listed_shown_and_deleted() {
    let program = Program::new();
    write(&program, "whole", "the whole one", "yes");
    let bytes = fs::read(log(&program, "whole")).unwrap();
    let first = bytes.iter().position(|b| *b == b'\n').unwrap();
    let cases: [(&str, Vec<u8>); 6] = [
        ("headless", bytes[first + 1..].to_vec()),
        ("zeros", vec![0; 5000]),
        ("noise", (0..5000_u32).map(|i| (i * 7919 % 251) as u8).collect()),
        ("none", Vec::new()),
        ("torn", bytes[..bytes.len() - 20].to_vec()),
        ("flipped", bytes.iter().enumerate().map(|(i, b)| if i == first + 60 { b ^ 4 } else { *b }).collect()),
    ];
    for (id, bytes) in &cases {
        fs::create_dir_all(dir(&program, id)).unwrap();
        fs::write(log(&program, id), bytes).unwrap();
    }
    let list = program.run(&["sessions", "list", "--json"]).ends(0).json();
    assert_eq!(list.as_array().unwrap().len(), cases.len() + 1, "{list}");
    for (id, bytes) in &cases {
        program.run(&["sessions", "show", id]).ends(0);
        let exported = program.run(&["sessions", "export", id, "--format", "json"]);
        assert!(matches!(exported.code, 0 | 42) && !exported.err.contains("panicked"), "{id}: {}", exported.err);
        if ["headless", "torn", "flipped"].contains(id) {
            assert!(exported.ends(0).out.contains("yes"), "{id}: {}", exported.out);
        }
        assert_eq!(&fs::read(log(&program, id)).unwrap(), bytes, "{id} was only read");
        program.run(&["sessions", "rm", "--yes", id]).ends(0);
    }
    assert_eq!(program.run(&["sessions", "list", "--json"]).ends(0).json().as_array().unwrap().len(), 1);
}
