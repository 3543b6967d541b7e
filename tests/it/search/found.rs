//! What `grep` and `glob` find, and how they say it.

use std::{
    fs::File,
    os::unix::fs::symlink,
    time::{Duration, SystemTime},
};

use glm_tui::{
    chat::{Reply, RunEnd},
    tools::Permit,
};
use serde_json::json;

use super::Desk;

fn project() -> Desk {
    let desk = Desk::new();
    desk.put("src/main.rs", "fn main() {\n    let Value = 1;\n    print(value);\n}\n");
    desk.put("src/deep/a.rs", "// value\r\n");
    desk.put(".hidden/b.rs", "value\n");
    desk.put(".git/config", "value\n");
    desk.put(".gitignore", "target/\n*.log\n");
    desk.put("target/c.rs", "value\n");
    desk.put("d.log", "value\n");
    desk.put("e.bin", b"value\n\0\n");
    desk.put("notes.md", "a (value\n\n\nb\n");
    desk
}

#[tokio::test]
async fn lines_with_their_places() {
    let desk = project();
    let cases = [
        (
            json!({"pattern": "value"}),
            ".hidden/b.rs:1:value\nnotes.md:1:a (value\nsrc/deep/a.rs:1:// value\nsrc/main.rs:3:    print(value);",
        ),
        (json!({"pattern": "^// value$"}), "src/deep/a.rs:1:// value"),
        (json!({"pattern": "VALUE =", "ignore_case": "true"}), "src/main.rs:2:    let Value = 1;"),
        (json!({"pattern": "(value", "literal": true}), "notes.md:1:a (value\nsrc/main.rs:3:    print(value);"),
        (
            json!({"pattern": "value", "glob": "*.rs", "path": "src"}),
            "src/deep/a.rs:1:// value\nsrc/main.rs:3:    print(value);",
        ),
        (json!({"pattern": "value", "glob": "!*.rs"}), "notes.md:1:a (value"),
        (json!({"pattern": "value", "path": "src/main.rs"}), "src/main.rs:3:    print(value);"),
        (json!({"pattern": "value", "path": "target"}), "target/c.rs:1:value"),
        (json!({"pattern": "value", "files_only": true}), ".hidden/b.rs\nnotes.md\nsrc/deep/a.rs\nsrc/main.rs"),
        (
            json!({"pattern": "let Value", "context": 1}),
            "src/main.rs-1-fn main() {\nsrc/main.rs:2:    let Value = 1;\nsrc/main.rs-3-    print(value);",
        ),
        (
            json!({"pattern": "^[ab]|main", "glob": "notes.md,main.rs", "context": 1}),
            "notes.md:1:a (value\nnotes.md-2-\nnotes.md-3-\nnotes.md:4:b\n--\nsrc/main.rs:1:fn main() {\nsrc/main.rs-2-    let Value = 1;",
        ),
        (json!({"pattern": "nowhere"}), "no match"),
    ];
    for (args, want) in cases {
        assert_eq!(desk.call("grep", args.clone()).await, want, "{args}");
    }
}

#[tokio::test]
async fn a_pattern_that_is_none_is_explained() {
    let desk = project();
    for (pattern, want) in [("a(b", "unclosed group"), ("[z-a]", "invalid"), ("", "1 to"), ("(a{1000}){1000}", "size")]
    {
        let why = desk.refusal("grep", json!({"pattern": pattern})).await;
        assert!(why.contains(want), "{pattern}: {why}");
    }
    let why = desk.refusal("grep", json!({"pattern": "a(b"})).await;
    assert!(why.contains("    a(b\n     ^") && why.ends_with("use literal:true for plain text"), "{why}");
    let why = desk.refusal("grep", json!({"pattern": "x", "glob": "a["})).await;
    assert!(why.contains("not a glob"), "{why}");
    let why = desk.refusal("grep", json!({"pattern": "x", "path": "nowhere"})).await;
    assert_eq!(why, "there is no nowhere; leave `path` out to search everything");
}

#[tokio::test]
async fn too_much_is_cut_the_same_way_each_time() {
    let desk = Desk::new();
    for n in 0..60 {
        desk.put(format!("f{n:02}.txt"), "hit\n".repeat(20));
    }
    let first = desk.call("grep", json!({"pattern": "hit", "limit": 30})).await;
    let lines: Vec<&str> = first.lines().collect();
    assert_eq!((lines[0], lines[29], lines.len()), ("f00.txt:1:hit", "f01.txt:10:hit", 31));
    assert!(lines[30].starts_with("[30 of 1200 matches in 60 files; narrow with"), "{}", lines[30]);
    for _ in 0..10 {
        assert_eq!(desk.call("grep", json!({"pattern": "hit", "limit": 30})).await, first);
    }
    let names = desk.call("grep", json!({"pattern": "hit", "limit": 5, "files_only": true})).await;
    assert!(names.starts_with("f00.txt\nf01.txt\n") && names.contains("[5 of 60 files"), "{names}");
}

#[tokio::test]
async fn long_lines_are_cut_around_the_match_and_answers_are_bounded() {
    let desk = Desk::new();
    desk.put("min.js", format!("{}ä needle ä{}\nshort\n", "x".repeat(100_000), "y".repeat(100_000)));
    desk.put("many.txt", format!("{}\n", "needle ".repeat(100)).repeat(2000));
    let text = desk.call("grep", json!({"pattern": "needle", "path": "min.js"})).await;
    assert!(text.len() < 600 && text.contains("xä needle äy") && text.ends_with("… (200012 bytes)"), "{text}");
    let text = desk.call("grep", json!({"pattern": "needle", "limit": 2000})).await;
    assert!(text.len() < 62 << 10 && text.contains(" of 2001 matches in 2 files; narrow with"), "{}", text.len());
}

#[tokio::test]
async fn files_by_name_newest_first() {
    let desk = project();
    let day = Duration::from_secs(86_400);
    for (days, name) in [(1, "src/main.rs"), (3, "src/deep/a.rs"), (2, ".hidden/b.rs")] {
        let file = File::options().write(true).open(desk.root().join(name)).unwrap();
        file.set_modified(SystemTime::UNIX_EPOCH + day * days).unwrap();
    }
    let cases = [
        (json!({"pattern": "*.rs"}), "src/deep/a.rs\n.hidden/b.rs\nsrc/main.rs"),
        (json!({"pattern": "src/*.rs"}), "src/main.rs"),
        (json!({"pattern": "**/*.rs", "path": "src"}), "src/deep/a.rs\nsrc/main.rs"),
        (json!({"pattern": "*.{md,toml}"}), "notes.md"),
        (json!({"pattern": "*.py"}), "no file matches (6 files looked at)"),
    ];
    for (args, want) in cases {
        assert_eq!(desk.call("glob", args.clone()).await, want, "{args}");
    }
    for n in 0..250 {
        desk.put(format!("many/{n}.txt"), "");
    }
    let text = desk.call("glob", json!({"pattern": "*.txt"})).await;
    assert_eq!(text.lines().count(), 201);
    assert!(text.ends_with("[the newest 200 of 250 files; narrow the pattern or `path` for the others]"), "{text}");
}

#[tokio::test]
async fn outside_is_asked_for_and_links_are_not_followed() {
    let desk = project();
    let outside = desk.root().parent().unwrap().join("other");
    std::fs::create_dir(&outside).unwrap();
    std::fs::write(outside.join("secret.txt"), "value of outside\n").unwrap();
    symlink(&outside, desk.root().join("link")).unwrap();
    symlink(outside.join("secret.txt"), desk.root().join("file-link")).unwrap();
    let text = desk.call("grep", json!({"pattern": "outside"})).await;
    assert_eq!(text, "no match");
    for path in ["link", "../other", outside.to_str().unwrap(), "file-link"] {
        let real = if path == "file-link" { outside.join("secret.txt") } else { outside.clone() };
        let args = json!({"pattern": "value", "path": path});
        let found = desk.try_call("grep", &args, |ask| {
            assert!(format!("{:?}", ask.body).contains(real.to_str().unwrap()), "{ask:?}");
            Permit::Given(Reply::Once)
        });
        let outcome = found.await.unwrap();
        let want = format!("{}:1:value of outside", outside.join("secret.txt").display());
        assert_eq!((outcome.end, outcome.to_model), (RunEnd::Ok, want));
    }
}

#[tokio::test]
async fn a_cancelled_search_ends() {
    let desk = project();
    desk.cancel.cancel();
    for tool in ["grep", "glob"] {
        let outcome = desk.try_call(tool, &json!({"pattern": "value"}), |_| Permit::Unasked).await.unwrap();
        assert_eq!((outcome.end, outcome.to_model.as_str()), (RunEnd::Stopped, "the search was stopped"));
    }
}

#[tokio::test]
async fn what_a_rule_keeps_back_is_not_told() {
    let mut desk = project();
    desk.put(".env", "value = hunter2\n");
    desk.put("vault/inner/key.txt", "value\n");
    desk.put("asked.txt", "value\n");
    desk.rules.deny = vec!["Read(.env)".into(), "Read(vault/**)".into()];
    desk.rules.ask = vec!["Read(asked.txt)".into()];
    let kept = "[3 files were not searched: kept back by a permission rule]";
    let text = desk.call("grep", json!({"pattern": "value"})).await;
    assert!(!["hunter2", ".env", "asked.txt", "key.txt"].iter().any(|word| text.contains(word)), "{text}");
    assert!(text.ends_with(kept), "{text}");
    // Whether a hidden file matches must not show, or a file could be read letter by letter.
    for pattern in ["hunter2", "hunter3"] {
        let text = desk.call("grep", json!({"pattern": pattern})).await;
        assert_eq!(text, format!("no match\n{kept}"));
    }
    for (pattern, want) in [(".env", 0), ("key*", 0), ("vault/**", 0), ("asked.txt", 1)] {
        let text = desk.call("glob", json!({"pattern": pattern})).await;
        let n = text.lines().filter(|line| !line.contains("looked at")).count();
        assert_eq!(n, want, "{pattern}: {text}");
    }
    let text = desk.call("list", json!({"depth": 9})).await;
    assert!(text.contains("asked.txt") && !text.contains(".env") && !text.contains("inner"), "{text}");
    for (tool, path) in [("grep", ".env"), ("glob", ".env"), ("list", "vault/inner"), ("grep", "vault/../.env")] {
        let mut args = json!({"path": path});
        if tool != "list" {
            args["pattern"] = "value".into();
        }
        let why = desk.refusal(tool, args).await;
        assert!(why.contains("the user's rule Read("), "{tool}: {why}");
    }
}

#[tokio::test]
async fn the_keys_of_this_program_are_never_found() {
    let mut desk = project();
    desk.put("state/credentials.toml", "value = hunter2\n");
    desk.secrets = vec![desk.root().join("state/credentials.toml")];
    let text = desk.call("grep", json!({"pattern": "value"})).await;
    assert!(!text.contains("hunter2") && !text.contains("credentials"), "{text}");
    assert!(!desk.call("glob", json!({"pattern": "cred*"})).await.contains("credentials"));
    assert!(!desk.call("list", json!({"depth": 3})).await.contains("credentials"));
}
