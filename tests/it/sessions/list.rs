//! Listing, showing, finding, naming, exporting.

use std::{fs, os::unix::fs::PermissionsExt, path::Path};

use super::shelf::{aged, dir, head, log, open, turn, write};
use crate::cli::{CANARY, Program};

#[test]
fn a_list_fits_eighty_columns_and_drives_no_terminal() {
    let program = Program::new();
    assert_eq!(program.run(&["sessions"]).ends(0).out, "no saved conversations\n");
    write(&program, "20261121-083000-aaaa", "\x1b]0;owned\x07\x1b[31mfix the \u{202e}parser\nand more", "Done.");
    write(&program, "20261121-083001-bbbb", &"wide 漢字 ".repeat(30), "Yes.");
    let elsewhere = Path::new("/srv/\x1b[2Ja very long folder/of another/project/that goes on");
    open(&program, head("20261120-120000-cccc", elsewhere), turn(1, "elsewhere", "ok")).close();
    for (i, id) in ["20261120-120000-cccc", "20261121-083000-aaaa", "20261121-083001-bbbb"].iter().enumerate() {
        aged(&program, id, 1_795_250_000 + i as u64 * 60);
    }
    fs::write(dir(&program, "20261121-083001-bbbb").join("name"), "n\x1b[5m").unwrap();
    // What lies around is no session.
    for name in ["UPPER", ".hidden", "with space", "x\u{1b}[31m"] {
        fs::create_dir(dir(&program, name)).unwrap();
    }
    fs::create_dir(dir(&program, "empty")).unwrap();
    fs::write(dir(&program, "file"), "").unwrap();

    let run = program.run(&["sessions", "list"]);
    let out = &run.ends(0).out;
    assert!(out.chars().all(|c| c == '\n' || !c.is_control()) && !out.contains('\u{202e}'), "{out:?}");
    let rows: Vec<&str> = out.lines().collect();
    assert!(rows.iter().all(|row| glm_tui::text::width::width(row) <= 80), "{out}");
    assert_eq!(rows.len(), 5, "{out}");
    assert!(rows[1].starts_with("* 20261121-083001 11-21 08:35     1 "), "{out}");
    assert!(rows[1].contains("[n⟨U+001B⟩[5m] wide 漢字") && rows[1].ends_with('…'), "{out}");
    assert!(rows[2].starts_with("* 20261121-083000 11-21 08:34") && rows[2].contains("fix the"), "{out}");
    assert!(rows[3].starts_with("  20261120-120000 11-21 08:33") && rows[3].ends_with("elsewhere"), "{out}");
    let here = program.run(&["sessions", "list", "--here", "--json"]).ends(0).json();
    assert_eq!(here.as_array().unwrap().len(), 2);
    assert_eq!((&here[0]["id"], &here[0]["turns"]), (&"20261121-083001-bbbb".into(), &1.into()));
    assert_eq!((&here[0]["open"], &here[0]["model"]), (&false.into(), &"glm-5.3".into()));
    assert_eq!(here[0]["updated"], "2026-11-21T08:35:20Z");
}

#[test]
fn search_finds_what_was_said_and_shows_where() {
    let program = Program::new();
    write(&program, "a-1", "fix the parser", "The tokeniser drops a \"quoted\" newline.");
    write(&program, "b-2", "write docs", "Here is the chapter on tokens.");
    let cases: [(&[&str], &[&str]); 8] = [
        (&["PARSER"], &["a-1"]),
        (&["drops", "a", "\"quoted\""], &["a-1"]),
        (&["token"], &["a-1", "b-2"]),
        (&["2026", "docs"], &["b-2"]),
        // Words of the log's own form are no text.
        (&["prompt"], &[]),
        (&["tool_calls"], &[]),
        (&["glm-5.3"], &["a-1", "b-2"]),
        (&["(?:.*"], &[]),
    ];
    for id in ["a-1", "b-2"] {
        aged(&program, id, 1_795_250_000);
    }
    for (words, ids) in cases {
        let args = [&["sessions", "search", "--json"], words].concat();
        let found = program.run(&args).ends(0).json();
        let mut got: Vec<&str> = found.as_array().unwrap().iter().map(|one| one["id"].as_str().unwrap()).collect();
        got.sort_unstable();
        assert_eq!(got, ids, "{words:?}");
    }
    let run = program.run(&["sessions", "search", "drops a"]);
    assert!(run.ends(0).out.contains("    The tokeniser drops a \"quoted\" newline."), "{}", run.out);
    assert_eq!(program.run(&["sessions", "search", "nothing of the sort"]).ends(0).out, "nothing found\n");
}

#[test]
fn show_and_rename() {
    let program = Program::new();
    let here = fs::canonicalize(program.home.path()).unwrap();
    let records = [turn(1, "first\nline", "one"), turn(2, "second \x1b[31m", "two")].concat();
    open(&program, head("a-1", &here), records).close();
    let shown = program.run(&["sessions", "show", "a-1"]);
    for words in ["title      first\n", "turns      2\n", "branch     main\n", "   1  first\n", "   2  second\n"] {
        assert!(shown.ends(0).out.contains(words), "{words:?} in {}", shown.out);
    }
    assert!(shown.out.ends_with("go on with it: glm-tui --resume a-1\n"));
    let run = program.run(&["sessions", "rename", "a-1", "Night", "shift\x1b[5m"]);
    assert_eq!(run.ends(0).out, "a-1 is now called Night shift⟨U+001B⟩[5m\n");
    assert_eq!(program.run(&["sessions", "show", "--json", "night shift⟨U+001B⟩[5m"]).ends(0).json()["id"], "a-1");
    assert_eq!(program.run(&["sessions", "rename", "a-1"]).ends(0).out, "a-1 has no name now\n");
    for args in [["sessions", "show", "nobody"], ["sessions", "rename", "../a-1"], ["sessions", "export", "nobody"]] {
        program.run(&args).ends(42).says(&["no session matches", "glm-tui sessions list"]);
    }
    // What somebody has open is not written to.
    let journal = open(&program, head("b-2", &here), turn(1, "busy", "ok"));
    program.run(&["sessions", "rename", "b-2", "mine"]).ends(42).says(&["open in another terminal"]);
    assert!(program.run(&["sessions"]).ends(0).out.contains("\no b-2"));
    journal.close();
}

#[test]
fn export_writes_documents_without_the_key() {
    let program = Program::at("http://127.0.0.1:9/v1");
    write(&program, "a-1", &format!("my key is {CANARY}"), &format!("Never say {CANARY}. <script>x</script>"));
    let raw = fs::read_to_string(log(&program, "a-1")).unwrap();
    assert!(raw.contains(CANARY), "the log is the truth");
    let markdown = program.run(&["sessions", "export", "a-1"]);
    assert!(markdown.ends(0).out.starts_with("# my key is") && markdown.out.contains("Never say [removed]."));
    let json = program.run(&["sessions", "export", "a-1", "--format", "json"]).ends(0).json();
    assert_eq!(json["turns"][0]["steps"][0]["answer"], "Never say [removed]. <script>x</script>");
    let file = program.home.path().join("out.html");
    let run = program.run(&["sessions", "export", "a-1", "-o", file.to_str().unwrap()]);
    run.ends(0);
    let page = fs::read_to_string(&file).unwrap();
    assert!(page.starts_with("<!DOCTYPE html>") && page.contains("&lt;script&gt;") && !page.contains("<script"));
    assert!(!page.contains("Canary") && page.contains("Thinking about it."));
    assert_eq!(fs::metadata(&file).unwrap().permissions().mode() & 0o777, 0o600);
    // Nothing is written over.
    program.run(&["sessions", "export", "a-1", "-o", file.to_str().unwrap()]).ends(42).says(&["does not exist"]);
    assert_eq!(fs::read_to_string(&file).unwrap(), page);
}
