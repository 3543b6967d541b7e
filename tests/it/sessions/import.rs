//! Conversations of Claude Code and Codex become sessions.

use std::fs;

use super::shelf::log;
use crate::cli::Program;

/// A conversation as Claude Code writes it, in this folder.
fn claude(id: &str, folder: &str, prompt: &str) -> String {
    format!(
        r#"{{"type":"user","uuid":"{id}1","parentUuid":null,"sessionId":"{id}","cwd":"{folder}","gitBranch":"main","timestamp":"2026-03-01T10:00:00.000Z","message":{{"role":"user","content":"{prompt}"}}}}
{{"type":"assistant","uuid":"{id}2","parentUuid":"{id}1","sessionId":"{id}","timestamp":"2026-03-01T10:00:05.000Z","message":{{"id":"m","role":"assistant","model":"opus-x","content":[{{"type":"thinking","thinking":"Hm."}},{{"type":"text","text":"The answer to {prompt}."}},{{"type":"tool_use","id":"t","name":"Bash","input":{{"command":"ls"}}}}]}}}}
{{"type":"user","uuid":"{id}3","parentUuid":"{id}2","sessionId":"{id}","message":{{"role":"user","content":[{{"type":"tool_result","tool_use_id":"t","content":"a b c"}}]}}}}
this line is damaged
"#
    )
}

fn codex(id: &str, folder: &str, prompt: &str) -> String {
    format!(
        r#"{{"timestamp":"2026-04-01T08:00:00.000Z","type":"session_meta","payload":{{"id":"{id}","cwd":"{folder}"}}}}
{{"timestamp":"2026-04-01T08:00:01.000Z","type":"event_msg","payload":{{"type":"user_message","message":"{prompt}"}}}}
{{"timestamp":"2026-04-01T08:00:02.000Z","type":"response_item","payload":{{"type":"message","role":"assistant","content":[{{"type":"output_text","text":"The answer to {prompt}."}}]}}}}
"#
    )
}

#[test]
fn conversations_of_both_programs_come_over_once() {
    let program = Program::new();
    let here = fs::canonicalize(program.home.path()).unwrap().to_string_lossy().into_owned();
    let program = program
        .env("CLAUDE_CONFIG_DIR", &format!("{here}/claude"))
        .env("CODEX_HOME", &format!("{here}/codex"))
        .file("claude/projects/-work/one.jsonl", &claude("one", &here, "question one"))
        .file("claude/projects/-work/agent-x.jsonl", &claude("agent", &here, "SUBAGENT"))
        .file("claude/projects/-else/two.jsonl", &claude("two", "/srv/else", "question two"))
        .file("claude/projects/-work/empty.jsonl", "{\"type\":\"summary\",\"summary\":\"x\"}\n")
        .file("codex/sessions/2026/04/01/rollout-1.jsonl", &codex("three", &here, "question three"))
        .file("codex/sessions/2026/04/01/notes.txt", "no conversation");
    let before = fs::read(program.home.path().join("claude/projects/-work/one.jsonl")).unwrap();

    let run = program.run(&["sessions", "import", "claude"]);
    let out = &run.ends(0).out;
    assert!(out.contains("1 turn, 1 lines could not be read\n"), "{out}");
    assert!(
        out.ends_with(
            "1 taken over from Claude Code; 1 of other folders (--all takes them too); 1 without a conversation\n"
        ),
        "{out}"
    );
    let again = program.run(&["sessions", "import", "claude", "--all", "--json"]).ends(0).json();
    assert_eq!((again["taken"].as_array().unwrap().len(), &again["known"]), (1, &1.into()));
    assert!(program.run(&["sessions", "import", "codex"]).ends(0).out.ends_with("1 taken over from Codex\n"));
    assert!(
        program
            .run(&["sessions", "import", "codex"])
            .ends(0)
            .out
            .contains("0 taken over from Codex; 1 taken over before")
    );
    let third = program.run(&["sessions", "import", "codex", "--again", "--json"]).ends(0).json();
    assert_eq!(third["taken"].as_array().unwrap().len(), 1);
    assert_eq!(fs::read(program.home.path().join("claude/projects/-work/one.jsonl")).unwrap(), before);

    let list = program.run(&["sessions", "list", "--json"]).ends(0).json();
    let mut rows: Vec<String> = list
        .as_array()
        .unwrap()
        .iter()
        .map(|one| {
            let text = |field: &str| one[field].as_str().unwrap_or("-").to_owned();
            format!("{} {} {} {}", text("updated"), text("imported_from"), text("title"), one["here"])
        })
        .collect();
    assert!(rows.is_sorted_by_key(|row| std::cmp::Reverse(row[..20].to_owned())), "{rows:?}");
    rows.sort();
    assert_eq!(
        rows,
        [
            "2026-03-01T10:00:05Z claude-code question one true",
            "2026-03-01T10:00:05Z claude-code question two false",
            "2026-04-01T08:00:02Z codex question three true",
            "2026-04-01T08:00:02Z codex question three true",
        ]
    );
    let exported = program.run(&["sessions", "export", "question one"]);
    for words in ["- imported from `claude-code`", "> Hm.", "The answer to question one.", "- Bash `ls` · 1 line"] {
        assert!(exported.ends(0).out.contains(words), "{words} in {}", exported.out);
    }
    let id = list[0]["id"].as_str().unwrap();
    program.run(&["sessions", "rename", id, "moved here"]).ends(0);
    assert!(fs::read_to_string(log(&program, id)).unwrap().contains("moved here"), "it is a session like any");
    assert!(!program.run(&["sessions", "search", "SUBAGENT"]).ends(0).out.contains("claude"));
}

#[test]
fn what_is_not_there_is_said() {
    let program = Program::new().env("HOME", "/nonexistent");
    program.run(&["sessions", "import", "claude"]).ends(42).says(&["there is nothing at", "→ name the file"]);
    program.run(&["sessions", "import", "codex", "nowhere.jsonl"]).ends(42).says(&["nowhere.jsonl"]);
    let program = program.file("odd.jsonl", "not json\n[1]\n{\"type\":\"session_meta\"}\n");
    let run = program.run(&["sessions", "import", "codex", "odd.jsonl"]);
    assert!(run.ends(0).out.contains("0 taken over from Codex; 1 without a conversation"), "{}", run.out);
    // A file that is named is taken whatever its folder.
    let program = program.file("one.jsonl", &claude("one", "/srv/else", "question"));
    assert!(program.run(&["sessions", "import", "claude", "one.jsonl"]).ends(0).out.contains("1 taken over"));
}
