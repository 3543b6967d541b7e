//! Properties of the permission policy: doubts end on the stricter side, and nothing runs that was not seen.

use std::{
    collections::BTreeSet,
    process::{Command, Stdio},
};

use glm_tui::{
    chat::PermissionMode::{self, Ask, Edits, Plan, Yolo},
    config::Permissions,
    guard::{Escape, Need, Places, Policy, Rung, Verdict, command_line::CommandLine},
};
use proptest::prelude::*;

const RUNGS: [Rung; 3] = [Rung::Full, Rung::Partial, Rung::None];

fn policy(deny: &[String], rung: Rung) -> Policy {
    let rules = Permissions {
        deny: deny.to_vec(),
        allow: vec!["Bash(make *)".into(), "Edit(src/**)".into(), "Escape(make x)".into()],
        web: true,
        ..Permissions::default()
    };
    let places = Places { workspace: "/w".into(), ..Places::default() };
    Policy::new(rules, rung, true).protect(places)
}

fn rank(policy: &Policy, need: &Need, mode: PermissionMode) -> u8 {
    match policy.decide(need, mode) {
        Verdict::Allow => 0,
        Verdict::Ask(_) => 1,
        Verdict::Deny(_) => 2,
    }
}

fn run(line: &str) -> Need {
    Need::Command { line: line.into(), folder: "/w".into(), escape: Escape::No }
}

/// What lines are made of, sane and hostile.
fn line() -> impl Strategy<Value = String> {
    let atom = prop_oneof![
        6 => prop::sample::select(vec!["ls", "cat a", "make x", "make", "git status", "rm x", "curl x", "cd src", "echo hi", "find . -name x"])
            .prop_map(str::to_owned),
        6 => prop::sample::select(vec![" ", "; ", " && ", " || ", " | ", "\n"]).prop_map(str::to_owned),
        2 => prop::sample::select(vec![
            "$(", ")", "`", "'", "\"", "\\", "&", "(", "{", "}", "<<A", ">", "$x", "#", "=", "*", "~", "\r", "\t", "\u{202e}", "sudo ",
            "bash -c ", "timeout 5 ", "xargs ", "if ", "then ", "fi", "[[ ", "/etc/x", "..", "\\\n",
        ]).prop_map(str::to_owned),
        1 => any::<char>().prop_map(String::from),
    ];
    prop::collection::vec(atom, 0..12).prop_map(|atoms| atoms.concat())
}

fn need() -> impl Strategy<Value = Need> {
    let path = prop::sample::select(vec!["/w/src/a", "/w/a", "/w/.env", "/w/.git/x", "/etc/x"]);
    prop_oneof![
        4 => (line(), prop::sample::select(vec![Escape::No, Escape::Network, Escape::Sandbox])).prop_map(|(line, escape)| Need::Command { line, folder: "/w".into(), escape }),
        1 => path.clone().prop_map(|path| Need::Read { path: path.into(), inside: path.starts_with("/w") }),
        1 => path.clone().prop_map(|path| Need::Write { path: path.into(), inside: path.starts_with("/w") }),
        1 => path.prop_map(|path| Need::Delete { path: path.into(), inside: path.starts_with("/w") }),
        1 => prop::sample::select(vec!["https://a.b/x", "http://c/", "x"]).prop_map(|url| Need::Fetch { url: url.into() }),
    ]
}

fn rule() -> impl Strategy<Value = String> {
    let good = vec![
        "Bash",
        "Bash(ls)",
        "Bash(cat *)",
        "Bash(make *)",
        "Bash(git *)",
        "Bash(rm *)",
        "Read(.env)",
        "Edit(src/**)",
        "Read",
        "Edit",
        "Fetch(a.b)",
        "Escape",
        "Network(make *)",
        "Bash(",
        "nonsense",
    ];
    prop_oneof![4 => prop::sample::select(good).prop_map(str::to_owned), 1 => ".{0,12}"]
}

fn mode() -> impl Strategy<Value = PermissionMode> {
    prop::sample::select(vec![Ask, Edits, Plan, Yolo])
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn a_deny_rule_never_allows_more(need in need(), old in prop::collection::vec(rule(), 0..3), new in rule(), mode in mode()) {
        for rung in RUNGS {
            let before = rank(&policy(&old, rung), &need, mode);
            let mut more = old.clone();
            more.push(new.clone());
            let after = rank(&policy(&more, rung), &need, mode);
            prop_assert!(after >= before, "{need:?} {old:?} + {new:?}: {before} → {after}");
        }
    }

    #[test]
    fn what_is_not_plain_is_never_allowed_unasked(text in line()) {
        if CommandLine::parse(&text).plain() {
            return Ok(());
        }
        for rung in RUNGS {
            for mode in [Ask, Edits, Plan] {
                prop_assert!(rank(&policy(&[], rung), &run(&text), mode) > 0, "{text:?}");
            }
        }
    }

    #[test]
    fn a_stronger_sandbox_or_a_looser_mode_never_asks_more(need in need()) {
        for mode in [Ask, Edits, Plan, Yolo] {
            let ranks = [Rung::None, Rung::Partial, Rung::Full].map(|rung| rank(&policy(&[], rung), &need, mode));
            prop_assert!(ranks.is_sorted_by(|weak, strong| weak >= strong), "{need:?} {ranks:?}");
        }
        for rung in RUNGS {
            let ranks = [Plan, Ask, Edits, Yolo].map(|mode| rank(&policy(&[], rung), &need, mode));
            prop_assert!(ranks.is_sorted_by(|tight, loose| tight >= loose), "{need:?} {ranks:?}");
        }
    }

    #[test]
    fn two_commands_get_the_worse_of_both_verdicts(
        a in prop::sample::select(COMMANDS.to_vec()),
        b in prop::sample::select(COMMANDS.to_vec()),
        joint in prop::sample::select(vec!["; ", " && ", " || ", " | ", "\n"]),
        mode in mode(),
    ) {
        for rung in RUNGS {
            let policy = policy(&["Bash(curl *)".to_owned()], rung);
            let [one, two, both] = [a, b, &format!("{a}{joint}{b}")].map(|line| rank(&policy, &run(line), mode));
            prop_assert_eq!(both, one.max(two), "{}{}{} {:?} {:?}", a, joint, b, mode, rung);
        }
    }

    #[test]
    fn any_text_gets_a_verdict(text in any::<String>(), rule in any::<String>()) {
        let _ = rank(&policy(&[rule], Rung::Full), &run(&text), Yolo);
    }
}

const COMMANDS: [&str; 12] = [
    "ls -la",
    "cat a",
    "make x",
    "cargo test",
    "git status",
    "rm x",
    "curl x",
    "echo $(x)",
    "cat /etc/x",
    "sudo ls",
    "git push -f",
    "foo > x",
];

/// What bash is given; every program it would run is reported instead, argument by argument. Each in one write,
/// since the ends of a pipe report at the same time: bash flushes at a line end, so none may be among the words.
const REPORTER: &str = "command_not_found_handle() { local said; printf -v said '%s\\037' \"$@\"; \
    printf '%s\\036' \"${said//$'\\n'/$'\\035'}\" >&3; }\n";

/// The commands that bash itself makes of a line, programs only. `None` where there is no bash.
fn by_bash(line: &str, folder: &std::path::Path) -> Option<BTreeSet<Vec<String>>> {
    let bash = ["/bin/bash", "/usr/bin/bash", "/usr/local/bin/bash"]
        .into_iter()
        .find(|path| std::path::Path::new(path).exists())?;
    let out = Command::new(bash)
        .args(["--norc", "--noprofile", "-c", &format!("exec 3>&1 >/dev/null\n{REPORTER}{line}")])
        .current_dir(folder)
        .env_clear()
        .envs([("PATH", "/nonexistent"), ("HOME", "~"), ("LC_ALL", "C.UTF-8")])
        .stdin(Stdio::null())
        .stderr(Stdio::null())
        .output()
        .ok()?;
    let text = String::from_utf8(out.stdout).ok()?;
    let commands = text.split('\u{1e}').filter(|command| !command.is_empty());
    Some(
        commands
            .map(|c| {
                c.strip_suffix('\u{1f}').unwrap_or(c).split('\u{1f}').map(|word| word.replace('\u{1d}', "\n")).collect()
            })
            .collect(),
    )
}

fn ours(line: &CommandLine) -> BTreeSet<Vec<String>> {
    let argv = |part: &glm_tui::guard::command_line::Part| part.argv.iter().map(|word| word.text.clone()).collect();
    line.parts.iter().map(argv).collect()
}

/// Lines of harmless words and of everything that could make two parsers disagree.
fn shell_text() -> impl Strategy<Value = String> {
    let atom = prop_oneof![
        8 => prop::sample::select(vec!["qa", "qb", "qc", " ", " ", " ", "-x", "1"]),
        3 => prop::sample::select(vec!["; ", " && ", " || ", " | ", "\n", " \\\n", "\\\n", "'", "\"", "'q d'", "\"q e\"", " 2>&1", " >/dev/null"]),
        1 => prop::sample::select(vec![
            "\\", "\\ ", "\\\n", "#", " #", "=", "*", "?", "[", "]", "{", "}", ",", "..", "~", "!", "^", "%", "@", "+", "$", "&", "|", ";", "é", ":",
            "\\*", "\\;", "\\\"", "\\'", "if", "do", "then", "in", "{}", "<", ">", "2", "2>", "((", "))", "--", "\u{a0}", "\u{3000}", "\u{2028}",
        ]),
    ];
    prop::collection::vec(atom, 1..14).prop_map(|atoms| atoms.concat())
}

/// The parser that judges and the shell that runs are two; on plain lines they must see the same words.
#[test]
fn bash_runs_nothing_that_was_not_seen() {
    let folder = tempfile::tempdir().unwrap();
    if by_bash("qa", folder.path()) != Some(BTreeSet::from([vec!["qa".to_owned()]])) {
        println!("skipped: no bash that reports what it would run");
        return;
    }
    let config = ProptestConfig { cases: 3000, failure_persistence: None, ..ProptestConfig::default() };
    let n_plain = std::cell::Cell::new(0_u32);
    proptest::test_runner::TestRunner::new(config)
        .run(&shell_text(), |text| {
            let line = CommandLine::parse(&text);
            if !line.plain() || n_plain.get() >= 400 {
                return Ok(());
            }
            n_plain.set(n_plain.get() + 1);
            let seen = ours(&line);
            for command in by_bash(&text, folder.path()).unwrap() {
                prop_assert!(seen.contains(&command), "{text:?}: bash runs {command:?}, seen {seen:?}");
            }
            Ok(())
        })
        .unwrap();
    assert!(n_plain.get() > 100, "only {} plain lines", n_plain.get());
}
