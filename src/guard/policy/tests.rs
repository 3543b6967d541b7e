//! Tables of verdicts: need, mode, sandbox, rules.

use std::path::PathBuf;

use super::{Asking, Policy, Verdict};
use crate::{
    chat::PermissionMode::{self, Ask, Edits, Plan, Yolo},
    config::Permissions,
    guard::{Escape, Need, Places, Rung},
    text::Clean,
};

pub(super) fn places() -> Places {
    Places {
        workspace: "/w".into(),
        more: vec!["/more".into()],
        readable: vec!["/home/me/.local/state/glm-tui/session".into()],
        own: vec!["/home/me/.config/glm-tui".into(), "/home/me/.local/state/glm-tui".into()],
        secrets: vec!["/home/me/.config/glm-tui/credentials".into()],
        home: Some("/home/me".into()),
    }
}

fn policy(rung: Rung) -> Policy {
    Policy::new(Permissions::default(), rung, true).protect(places())
}

fn with(rung: Rung, edit: impl FnOnce(&mut Permissions)) -> Policy {
    let mut rules = Permissions::default();
    edit(&mut rules);
    Policy::new(rules, rung, true).protect(places())
}

fn run(line: &str) -> Need {
    Need::Command { line: line.into(), folder: "/w".into(), escape: Escape::No }
}

fn escape(line: &str) -> Need {
    Need::Command { line: line.into(), folder: "/w".into(), escape: Escape::Sandbox }
}

fn inside(path: &str) -> bool {
    path.starts_with("/w/") || path.starts_with("/more/")
}

fn read(path: &str) -> Need {
    Need::Read { path: PathBuf::from(path), inside: inside(path) }
}

fn write(path: &str) -> Need {
    Need::Write { path: PathBuf::from(path), inside: inside(path) }
}

fn delete(path: &str) -> Need {
    Need::Delete { path: PathBuf::from(path), inside: inside(path) }
}

fn letter(verdict: &Verdict) -> char {
    match verdict {
        Verdict::Allow => 'y',
        Verdict::Ask(_) => '?',
        Verdict::Deny(_) => 'n',
    }
}

/// One letter for each mode: ask, edits, plan, yolo.
fn letters(policy: &Policy, need: &Need) -> String {
    [Ask, Edits, Plan, Yolo].iter().map(|mode| letter(&policy.decide(need, *mode))).collect()
}

fn asking(policy: &Policy, need: &Need, mode: PermissionMode) -> Asking {
    match policy.decide(need, mode) {
        Verdict::Ask(asking) => asking,
        other => panic!("{need:?}: {other:?}"),
    }
}

fn notes(asking: &Asking) -> String {
    asking.notes.iter().map(Clean::as_str).collect::<Vec<_>>().join("; ")
}

/// For each sandbox the verdicts in the modes ask, edits, plan, yolo.
#[test]
fn commands_by_mode_and_sandbox() {
    let cases = [
        // line, full, partial, none
        ("ls -la", "yyyy", "yyyy", "???y"),
        ("ls && cat a | grep b", "yyyy", "yyyy", "???y"),
        ("cd src && ls", "yyyy", "yyyy", "???y"),
        ("timeout 5 ls", "yyyy", "yyyy", "???y"),
        ("bash -lc 'ls && pwd'", "yyyy", "yyyy", "???y"),
        ("cargo test", "yyny", "??ny", "??ny"),
        ("cargo test 2>&1 | tail -5", "yyny", "??ny", "??ny"),
        ("ls; cargo test", "yyny", "??ny", "??ny"),
        ("git status", "yyyy", "???y", "???y"),
        ("git fetch", "yyny", "??ny", "??ny"),
        ("echo $(date)", "??ny", "??ny", "??n?"),
        ("for f in *; do wc $f; done", "??ny", "??ny", "??n?"),
        ("cargo test > out.txt", "??n?", "??n?", "??n?"),
        ("cargo test >> out.txt", "??ny", "??ny", "??n?"),
        ("$CMD x", "??n?", "??n?", "??n?"),
        ("rm x", "??n?", "??n?", "??n?"),
        ("ls; rm x", "??n?", "??n?", "??n?"),
        ("git push --force", "??n?", "??n?", "??n?"),
        ("sudo ls", "??n?", "??n?", "??n?"),
        ("cat /etc/passwd", "????", "????", "????"),
        ("cat ../x", "????", "????", "????"),
        ("grep -rn /api/v1 src", "yyyy", "yyyy", "???y"),
        ("grep -rf ../../x y", "????", "????", "????"),
        ("grep x ../y", "????", "????", "????"),
        ("git -C /etc status", "??n?", "??n?", "??n?"),
        ("cat ~/.ssh/id_rsa", "????", "????", "????"),
        ("cd / && ls", "????", "????", "????"),
        ("cd .. && cargo test", "??n?", "??n?", "??n?"),
        ("cp x .git/hooks/pre-commit", "??n?", "??n?", "??n?"),
        ("cat .git/HEAD", "yyyy", "yyyy", "???y"),
        ("cat /home/me/.config/glm-tui/credentials", "nnnn", "nnnn", "nnnn"),
        ("cat ~/.config/glm-tui/credentials", "nnnn", "nnnn", "nnnn"),
        ("cat /more/x", "yyyy", "yyyy", "???y"),
        ("gcc -I/usr/include x.c", "yyny", "??ny", "??ny"),
        ("ls\u{200b}", "??n?", "??n?", "??n?"),
    ];
    for (line, full, partial, none) in cases {
        for (rung, want) in [(Rung::Full, full), (Rung::Partial, partial), (Rung::None, none)] {
            assert_eq!(letters(&policy(rung), &run(line)), want, "{line} on {rung:?}");
        }
    }
}

#[test]
fn files_by_mode() {
    let cases = [
        // need, verdicts in ask, edits, plan, yolo
        (Need::Nothing, "yyyy"),
        (Need::Person, "????"),
        (read("/w/src/a.rs"), "yyyy"),
        (read("/w/.git/HEAD"), "yyyy"),
        (read("/more/a"), "yyyy"),
        (read("/etc/passwd"), "????"),
        (read("/home/me/.ssh/id_rsa"), "????"),
        (read("/home/me/.config/glm-tui/config.toml"), "????"),
        (read("/home/me/.config/glm-tui/credentials"), "nnnn"),
        (read("/home/me/.local/state/glm-tui/session/out.txt"), "yyyy"),
        (write("/w/src/a.rs"), "?yny"),
        (write("/more/a"), "?yny"),
        (write("/w/.gitignore"), "?yny"),
        (write("/w/src/.github/workflows/ci.yml"), "?yny"),
        (write("/etc/x"), "??n?"),
        (write("/w/.envrc"), "??n?"),
        (write("/w/.vscode/tasks.json"), "??n?"),
        (write("/w/dots/.bashrc"), "??n?"),
        (write("/w/.git/config"), "nnnn"),
        (write("/w/.git"), "nnnn"),
        (write("/w/sub/.GIT/hooks/pre-commit"), "nnnn"),
        (write("/w/.glm-tui/config.toml"), "nnnn"),
        (write("/w/.mcp.json"), "nnnn"),
        (write("/w/.husky/pre-commit"), "nnnn"),
        (write("/home/me/.config/glm-tui/config.toml"), "nnnn"),
        (write("/home/me/.config/glm-tui/themes/x.toml"), "nnnn"),
        (write("/home/me/.local/state/glm-tui/session/out.txt"), "nnnn"),
        (write("/home/me/.bashrc"), "nnnn"),
        (write("/home/me/.ssh/authorized_keys"), "nnnn"),
        (write("/home/me/.config/autostart/x.desktop"), "nnnn"),
        (delete("/w/src/a.rs"), "??n?"),
        (delete("/etc/x"), "??n?"),
        (delete("/w/.git/index"), "nnnn"),
        (Need::Fetch { url: "https://docs.rs/x".into() }, "nnnn"),
        (Need::All(vec![]), "yyyy"),
        (Need::All(vec![write("/w/src/a.rs"), write("/w/b.rs")]), "?yny"),
        (Need::All(vec![write("/w/src/a.rs"), delete("/w/b.rs")]), "??n?"),
        (Need::All(vec![delete("/w/b.rs"), write("/w/.git/config"), write("/w/src/a.rs")]), "nnnn"),
    ];
    for (need, want) in cases {
        for rung in [Rung::Full, Rung::Partial, Rung::None] {
            assert_eq!(letters(&policy(rung), &need), want, "{need:?} on {rung:?}");
        }
    }
}

#[test]
fn rules_of_commands() {
    let all = [
        "Bash(cargo *)".to_owned(),
        "Bash(npm run build)".to_owned(),
        "Bash(rm *)".to_owned(),
        "Bash(find *)".to_owned(),
    ];
    let cases = [
        ("cargo test", "yyny"),
        ("cargo test && cargo build | tail -3", "yyny"),
        ("timeout 60 cargo test", "yyny"),
        ("bash -c 'cargo test'", "yyny"),
        ("cargo", "yyny"),
        ("npm run build", "yyny"),
        ("npm run build x", "??ny"),
        ("npm run", "??ny"),
        ("cargo test && make", "??ny"),
        ("./cargo test", "??ny"),
        ("/usr/bin/cargo test", "??ny"),
        ("cargo test $X", "??ny"),
        ("A=1 cargo test", "??ny"),
        ("cargo test &", "??ny"),
        // A broad rule does not cover what destroys, nor what another program runs.
        ("rm x", "??n?"),
        ("find . -exec sh x {} +", "??n?"),
        ("find . -exec cargo fmt {} +", "??n?"),
        ("cargo publish", "??n?"),
    ];
    let allowing = with(Rung::Partial, |rules| rules.allow = all.to_vec());
    for (line, want) in cases {
        assert_eq!(letters(&allowing, &run(line)), want, "{line}");
    }
    assert_eq!(letters(&allowing, &escape("cargo test")), "??n?");
    let without_sandbox = with(Rung::None, |rules| rules.allow = all.to_vec());
    assert_eq!(letters(&without_sandbox, &run("cargo test")), "??ny");
    let any = with(Rung::Partial, |rules| rules.allow = vec!["Bash".into()]);
    assert_eq!(letters(&any, &run("make && foo")), "yyny");
    assert_eq!(letters(&any, &run("make > x")), "??n?");
}

#[test]
fn rules_that_deny_and_ask_see_everywhere() {
    let denying = with(Rung::Full, |rules| {
        rules.deny = vec!["Bash(curl *)".into(), "Bash(git push)".into(), "Read(.env)".into(), "Edit(gen/**)".into()];
        rules.ask = vec!["Bash(make *)".into(), "Edit(*.lock)".into()];
        rules.allow = vec!["Bash".into(), "Edit".into()];
    });
    let refused = [
        "curl x",
        "/tmp/curl x",
        "ls && curl x",
        "ls | curl -d @- x",
        "sudo curl x",
        "env A=1 curl x",
        "bash -c 'curl x'",
        "echo $(curl x)",
        "echo \"`curl x`\"",
        "(curl x)",
        "for f in a; do curl $f; done",
        "xargs curl",
        "find . -exec curl {} +",
        "c''url x",
        "\"curl\" x",
        "c\\url x",
        "timeout 5 curl x",
        "bash <<< 'curl x'",
        "eval 'curl x'",
        "f() { curl x; }; f",
        "git push",
        "git -C sub push origin main",
        "git -c a=b push",
        "cat .env",
        "cat sub/.env",
        "grep x ./.env",
        "cd sub && cat .env",
        "ls; curl x #",
        "A=1 curl x",
        "curl x &",
        "if curl x; then ls; fi",
        "{ curl x; }",
        "! curl x",
        "nohup curl x",
    ];
    for line in refused {
        assert_eq!(letters(&denying, &run(line)), "nnnn", "{line}");
    }
    for line in ["make x", "ls; make x", "echo $(make)", "cp a gen/b", "mv a x.lock"] {
        assert_eq!(letters(&denying, &run(line)), "??n?", "{line}");
    }
    assert_eq!(letters(&denying, &run("echo curl")), "yyyy");
    assert_eq!(letters(&denying, &read("/w/sub/.env")), "nnnn");
    assert_eq!(letters(&denying, &write("/w/gen/a/b")), "nnnn");
    assert_eq!(letters(&denying, &delete("/w/gen/a")), "nnnn");
    assert_eq!(letters(&denying, &write("/w/Cargo.lock")), "??n?");
    assert_eq!(letters(&denying, &write("/w/a")), "yyny");
    assert!(denying.hides("/w/x/.env".as_ref()) && denying.hides("/home/me/.config/glm-tui/credentials".as_ref()));
    assert!(!denying.hides("/w/x/env".as_ref()));
}

#[test]
fn a_rule_that_cannot_be_read_asks_for_everything() {
    for rule in
        ["Bash(rm", "Bsh(rm *)", "Bash()", "Bash(a | b)", "Read(../x)", "Fetch(ftp://x)", "Bash(* x)", "Edit([)"]
    {
        let broken = with(Rung::Full, |rules| rules.deny = vec![rule.into()]);
        for need in [run("ls"), run("cargo test"), read("/w/a"), write("/w/a")] {
            assert_ne!(letter(&broken.decide(&need, Yolo)), 'y', "{rule} {need:?}");
        }
        assert_eq!(crate::guard::rule_problems(&broken.rules).len(), 1, "{rule}");
        let harmless = with(Rung::Full, |rules| rules.allow = vec![rule.into()]);
        assert_eq!(letters(&harmless, &run("ls")), "yyyy", "{rule}");
    }
}

#[test]
fn an_untrusted_folder_asks_for_every_command() {
    let rules = Permissions { allow: vec!["Bash".into()], ..Permissions::default() };
    let policy = Policy::new(rules, Rung::Full, false).protect(places());
    for line in ["ls", "cargo test", "git status"] {
        let asked = asking(&policy, &run(line), Yolo);
        assert!(notes(&asked).contains("not trusted"), "{line}");
        assert_eq!((asked.session, asked.always), (None, None), "{line}");
    }
    assert_eq!(letters(&policy, &run("ls")), "????");
    assert_eq!(letters(&policy, &run("make")), "??n?");
}

#[test]
fn what_a_standing_yes_would_hold() {
    let cases = [
        (run("cargo test --lib"), Some("Bash(cargo test *)")),
        (run("npm install left-pad"), Some("Bash(npm install *)")),
        (run("cargo test && npm run build | tail -5"), Some("Bash(cargo test *) + Bash(npm run build *)")),
        (run("ls; make all"), Some("Bash(make all *)")),
        (run("timeout 60 cargo test"), Some("Bash(cargo test *)")),
        (run("git stash pop"), Some("Bash(git stash pop *)")),
        (run("git -C sub log"), Some("Bash(git -C sub log)")),
        (run("python3 x.py"), Some("Bash(python3 x.py)")),
        (run("python3 -c 'print(1)'"), None),
        (run("./configure --prefix=x"), Some("Bash(./configure --prefix=x)")),
        (run("cargo test 'a b' *"), Some("Bash(cargo test *)")),
        (run("make 'a b'"), None),
        (run("cargo test $X"), None),
        (run("rm x"), None),
        (run("cargo test && rm x"), None),
        (run("cargo run /etc/x"), None),
        (run("xargs wc"), None),
        (write("/w/src/a.rs"), Some("Edit(/w/src/**)")),
        (write("/w/s[r]c/a.rs"), None),
        (write("/etc/x"), None),
        (delete("/w/a"), None),
        (Need::Person, None),
    ];
    let partial = policy(Rung::Partial);
    for (need, want) in cases {
        let asked = asking(&partial, &need, Ask);
        assert_eq!(asked.session.as_deref(), want, "{need:?}");
        let Some(rule) = &asked.session else { continue };
        let mut granted = policy(Rung::Partial);
        granted.grant(rule);
        granted.grant("nonsense + Bash(");
        assert_eq!(granted.decide(&need, Ask), Verdict::Allow, "{need:?}");
    }
    // Without a sandbox nothing stands.
    let none = asking(&policy(Rung::None), &run("cargo test"), Ask);
    assert_eq!((none.session, none.always), (None, None));
}

#[test]
fn leaving_the_sandbox_is_granted_for_that_very_command() {
    for mode in [Ask, Edits, Yolo] {
        let mut policy = policy(Rung::Full);
        let need = escape("npm install left-pad && ls");
        let asked = asking(&policy, &need, mode);
        assert_eq!(asked.session.as_deref(), Some("Escape(npm install left-pad)"));
        assert_eq!(asked.always, None);
        policy.grant("Escape(npm install left-pad)");
        assert_eq!(policy.decide(&need, mode), Verdict::Allow);
        for line in [
            "npm install evil",
            "npm install left-pad && make",
            "npm install left-pad > x",
            "npm install left-pad; rm x",
        ] {
            assert_eq!(letter(&policy.decide(&escape(line), mode)), '?', "{line}");
        }
    }
    let odd = asking(&policy(Rung::Full), &escape("npm install $X"), Ask);
    assert_eq!(odd.session, None);
}

#[test]
fn a_yes_to_the_network_is_none_to_leaving_the_sandbox() {
    let to = |escape| Need::Command { line: "npm install x".into(), folder: "/w".into(), escape };
    let (network, outside) = (to(Escape::Network), to(Escape::Sandbox));
    for mode in [Ask, Edits, Yolo] {
        let mut policy = policy(Rung::Full);
        let asked = asking(&policy, &network, mode);
        assert_eq!(
            (notes(&asked).as_str(), asked.session.as_deref()),
            ("has the network", Some("Network(npm install x)"))
        );
        policy.grant("Network(npm install x)");
        assert_eq!(policy.decide(&network, mode), Verdict::Allow);
        let asked = asking(&policy, &outside, mode);
        assert_eq!(
            (notes(&asked).as_str(), asked.session.as_deref()),
            ("leaves the sandbox", Some("Escape(npm install x)"))
        );
        policy.grant("Escape(npm install x)");
        assert_eq!(policy.decide(&outside, mode), Verdict::Allow);
    }
    // A no to either is a no to both: outside there is the network.
    for rule in ["Network", "Network(npm *)", "Escape", "Escape(npm *)"] {
        let policy = with(Rung::Full, |rules| rules.deny = vec![rule.into()]);
        for need in [&network, &outside] {
            assert_eq!(letter(&policy.decide(need, Yolo)), 'n', "{rule}");
        }
        assert_eq!(letter(&policy.decide(&to(Escape::No), Yolo)), 'y', "{rule}");
    }
}

#[test]
fn pages() {
    let rules = |list: &[&str]| list.iter().map(|rule| (*rule).to_owned()).collect::<Vec<_>>();
    let policy = with(Rung::Full, |permissions| {
        permissions.web = true;
        permissions.allow = rules(&["Fetch(https://docs.rs/*)", "Fetch(*.example.com)", "Fetch(https://a.b/x)"]);
        permissions.deny = rules(&["Fetch(evil.example.com)"]);
        permissions.ask = rules(&["Fetch(https://docs.rs/private/*)"]);
    });
    let cases = [
        ("https://docs.rs/serde", 'y'),
        ("https://DOCS.rs:443/serde?x#y", 'y'),
        ("https://docs.rs/private/x", '?'),
        ("https://docs.rs/x/../private/x", '?'),
        ("https://docs.rs/priv%61te/x", '?'),
        ("http://docs.rs/serde", '?'),
        ("https://docs.rs:8443/serde", '?'),
        ("https://docs.rs.evil.com/", '?'),
        ("https://docs.rs@evil.com/", 'n'),
        ("https://evil.com/https://docs.rs/", '?'),
        ("https://www.example.com/", 'y'),
        ("https://example.com/", '?'),
        ("https://evil.example.com/", 'n'),
        ("http://EVIL.example.com:1/", 'n'),
        ("https://a.b/x", 'y'),
        ("https://a.b/xy", '?'),
        ("https://docs.rs\\@evil.com/", 'n'),
        ("https://docs.rs\u{0}.evil.com/", 'n'),
        ("https://döcs.rs/", 'n'),
        ("file:///etc/passwd", 'n'),
        ("", 'n'),
    ];
    for (url, want) in cases {
        assert_eq!(letter(&policy.decide(&Need::Fetch { url: url.into() }, Yolo)), want, "{url}");
    }
    let asked = asking(&policy, &Need::Fetch { url: "https://crates.io/x?y".into() }, Ask);
    assert_eq!(asked.session.as_deref(), Some("Fetch(https://crates.io/*)"));
}

#[test]
fn notes_say_why() {
    let partial = policy(Rung::Partial);
    let cases = [
        ("rm -rf x", "rm deletes files"),
        ("echo $(x)", "has a substitution, so what it runs cannot be known"),
        ("cat /etc/passwd", "names a path outside the workspace: /etc/passwd"),
        ("cargo test", "more than reading, and the sandbox is partial"),
        ("ls \u{202e}\u{200b}", "has 2 characters that do not print"),
        ("l\u{455}", "mixes letters that look alike"),
        ("sort x > y", "overwrites y"),
        ("$X", "which program runs cannot be known"),
        ("cp a .git/hooks/x", "names a protected file: /w/.git/hooks/x"),
    ];
    for (line, want) in cases {
        let said = notes(&asking(&partial, &run(line), Ask));
        assert!(said.contains(want), "{line}: {said}");
    }
    let padded = format!("ls {}\n{} ; foo x", " ".repeat(2000), "\n".repeat(500));
    let said = notes(&asking(&partial, &run(&padded), Ask));
    assert!(said.contains("runs: ls, foo"), "{said}");
    let escaping = notes(&asking(&partial, &escape("make"), Ask));
    assert!(escaping.contains("leaves the sandbox"), "{escaping}");
}

#[test]
fn a_line_that_is_too_long_is_refused() {
    let line = "x".repeat(crate::guard::command_line::MAX_LINE + 1);
    assert_eq!(letters(&policy(Rung::Full), &run(&line)), "nnnn");
}

#[test]
fn a_workspace_that_holds_the_keys_asks_where_they_cannot_be_hidden() {
    let home = |rung| {
        let places = Places { workspace: "/home/me".into(), ..places() };
        Policy::new(Permissions::default(), rung, true).protect(places)
    };
    let need = Need::Command { line: "grep -r key .".into(), folder: "/home/me".into(), escape: Escape::No };
    assert_eq!(letters(&home(Rung::Partial), &need), "????");
    assert_eq!(letters(&home(Rung::Full), &need), "yyyy");
    let key = Need::Read { path: "/home/me/.ssh/id_rsa".into(), inside: true };
    assert_eq!(letters(&home(Rung::Full), &key), "????");
}

#[test]
fn several_needs_are_one_question_and_offer_a_rule_only_if_all_offer_it() {
    let policy = policy(Rung::Full);
    let same = asking(&policy, &Need::All(vec![write("/w/src/a.rs"), write("/w/src/b.rs")]), Ask);
    assert_eq!(same.session, asking(&policy, &write("/w/src/a.rs"), Ask).session);
    assert!(same.session.is_some());
    let two = asking(&policy, &Need::All(vec![write("/w/src/a.rs"), write("/w/doc/b.rs")]), Ask);
    assert_eq!((two.session, two.always), (None, None));
    let deleting = asking(&policy, &Need::All(vec![delete("/w/a"), delete("/w/b"), write("/etc/x")]), Ask);
    assert_eq!(notes(&deleting), "deletes a file; outside the workspace");
}
