//! What is a rule and what is none.

use super::{Rule, proposed};
use crate::guard::command_line::CommandLine;

#[test]
fn rules_and_what_is_none() {
    let good = [
        "Bash",
        "Bash(*)",
        "Bash(git status)",
        "Bash(npm run *)",
        "Bash(npm run test:*)",
        "Bash(git commit -m \"a b\")",
        "Read(.env)",
        "Read(~/notes/**)",
        "Edit(src/**)",
        "Edit",
        "Write(src/*.rs)",
        "Edit(/abs/{a,b}/*)",
        "Fetch",
        "Fetch(https://docs.rs/*)",
        "Fetch(docs.rs)",
        "Fetch(*.rs)",
        "Escape(npm install x)",
        "Network(npm install x)",
        " Bash(ls) ",
    ];
    for text in good {
        let rule = Rule::parse(text).unwrap_or_else(|why| panic!("{text}: {why}"));
        assert_eq!(rule.text(), text.trim());
    }
    let bad = [
        "",
        "bash(ls)",
        "Bash(",
        "Bash()",
        "Bash(ls",
        "Bash(ls; pwd)",
        "Bash(ls && pwd)",
        "Bash($X)",
        "Bash(* x)",
        "Bash(ls > x)",
        "Bash(A=1 ls)",
        "Read(../x)",
        "Read(a/../b)",
        "Edit([)",
        "Fetch(ftp://x)",
        "Fetch(https://a b)",
        "Fetch(https://a@b/)",
        "Fetch(https://x/*/y)",
        "Fetch(https:///x)",
        "Bash(l\u{200b}s)",
        "Exec(ls)",
    ];
    for text in bad {
        assert!(Rule::parse(text).is_err(), "{text}");
    }
    assert!(Rule::parse(&format!("Bash({})", "x".repeat(2000))).is_err());
}

/// Whatever is proposed can be read again and allows what it was proposed for.
#[test]
fn a_proposed_rule_means_its_command() {
    let lines = [
        "cargo test",
        "cargo",
        "npm run build --x=y",
        "uv run pytest",
        "git remote add origin url",
        "gh pr list",
        "./x a",
        "make a=b",
        "docker compose up",
        "python3 -m pytest",
        "whoami",
        "foo-bar_1.2 %x @y ^z",
        "yarn workspace a build",
    ];
    for line in lines {
        let parsed = CommandLine::parse(line);
        let text = proposed(&parsed.parts[0]).unwrap_or_else(|| panic!("{line}"));
        let rule = Rule::parse(&text).unwrap_or_else(|why| panic!("{text}: {why}"));
        assert!(rule.allows(&parsed.parts[0]), "{text}: {line}");
    }
}
