//! What a command is told back as, and what it finds when it looks around.

use glm_tui::{
    chat::{Reply, RunEnd},
    guard::Rung,
    tools::{Access, Permit},
};
use serde_json::json;

use crate::support::commands::{CANARY, alive, shops};

#[tokio::test]
async fn the_end_of_a_command_is_told() {
    for shop in shops() {
        let cases = [
            ("echo hello", RunEnd::Ok, "exit code 0 after ", "hello\n", "1 line"),
            ("true", RunEnd::Ok, "exit code 0 after ", "; no output\n", "no output"),
            ("echo out; echo err >&2; exit 101", RunEnd::Failed, "exit code 101 after ", "out\nerr\n", "exit 101"),
            ("no-such-program-here", RunEnd::Failed, "exit code 127 after ", "command not found", "exit 127"),
            ("if", RunEnd::Failed, "exit code 2 after ", "syntax error", "exit 2"),
            ("kill -SEGV $$", RunEnd::Failed, "killed by signal 11 SIGSEGV after ", "", "signal 11"),
            ("cd /; pwd", RunEnd::Ok, "exit code 0", "/\n", "1 line"),
        ];
        for (line, end, head, told, summary) in cases {
            let outcome = shop.run(line).await;
            assert_eq!((outcome.end, outcome.summary.as_str()), (end, summary), "{line}: {}", outcome.to_model);
            assert!(outcome.to_model.starts_with(head), "{line}: {}", outcome.to_model);
            assert!(outcome.to_model.contains(told), "{line}: {}", outcome.to_model);
        }
    }
}

#[tokio::test]
async fn a_command_runs_where_it_is_told_and_nowhere_outside() {
    for shop in shops() {
        std::fs::create_dir(shop.work.join("sub")).unwrap();
        let outcome = shop.call("shell", json!({"command": "pwd", "folder": "sub"})).await;
        assert!(outcome.to_model.ends_with(&format!("{}/sub\n", shop.work.display())), "{}", outcome.to_model);
        for folder in ["/", "..", "nowhere"] {
            let planned = shop.plan("shell", &json!({"command": "pwd", "folder": folder}));
            assert!(planned.is_err_and(|why| why.0.contains("cannot run in `folder`")), "{folder}");
        }
    }
}

#[tokio::test]
async fn what_cannot_run_is_refused_before_it_is_asked_for() {
    let shop = &shops()[0];
    let long = "x".repeat(200_000);
    for (line, why) in [("  \n", "is empty"), ("echo \0", "NUL"), (long.as_str(), "at most")] {
        let planned = shop.plan("shell", &json!({ "command": line }));
        assert!(planned.is_err_and(|refusal| refusal.0.contains(why)), "{why}");
    }
}

#[tokio::test]
async fn a_target_shows_every_line_and_every_odd_character() {
    let shop = &shops()[0];
    let planned = shop.plan("shell", &json!({"command": "# harmless\nrm -rf x\u{202e}\r\n"}));
    assert_eq!(planned.unwrap().target.as_str(), "# harmless\nrm -rf x⟨U+202E⟩⟨U+000D⟩");
}

#[tokio::test]
async fn the_line_that_a_person_wrote_is_what_runs() {
    for shop in shops() {
        let reply = Permit::Given(Reply::Command("echo edited".into()));
        let outcome = shop.start("shell", &json!({"command": "echo original"}), reply).end().await;
        assert!(outcome.to_model.contains("the person changed the command"), "{}", outcome.to_model);
        assert!(outcome.to_model.ends_with("echo edited\n[its output:]\nedited\n"), "{}", outcome.to_model);
    }
}

#[tokio::test]
async fn what_only_reads_may_overtake_others_that_do() {
    for shop in shops() {
        let reads = |line: &str| shop.plan("shell", &json!({ "command": line })).unwrap().access == Access::ReadsAny;
        assert_eq!(reads("ls -l src"), shop.rung > Rung::None);
        assert!(!reads("ls > list") && !reads("make"));
        let job = shop.plan("shell", &json!({"command": "ls", "background": true}));
        assert_eq!(job.unwrap().access, Access::WritesAny);
    }
}

/// OUT-12.
#[tokio::test]
async fn no_secret_reaches_a_command() {
    for shop in shops() {
        let outcome = shop.run("printenv; cat /proc/*/cmdline /proc/*/environ 2>/dev/null | tr '\\0' '\\n'").await;
        assert!(outcome.to_model.contains("GIT_TERMINAL_PROMPT=0"), "{}", outcome.to_model);
        assert!(!outcome.to_model.contains(CANARY) && !outcome.to_model.contains("ZAI_API_KEY"));
        assert_eq!(alive(CANARY), [0_u32; 0]);
    }
}

/// OUT-02.
#[tokio::test]
async fn there_is_no_terminal_to_write_to() {
    for shop in shops() {
        let outcome = shop.run("echo gotcha > /dev/tty && echo written").await;
        assert_eq!(outcome.end, RunEnd::Failed, "{}", outcome.to_model);
        assert!(!outcome.to_model.contains("written"), "{}", outcome.to_model);
    }
}

/// OUT-08.
#[tokio::test]
async fn nothing_waits_for_a_person() {
    let repo = "git init -q . && git config user.name n && git config user.email e@example.org";
    let cases: [(&str, RunEnd, &str); 6] = [
        ("cat", RunEnd::Ok, "no output"),
        ("read -r answer && echo got", RunEnd::Failed, "exit code 1"),
        ("read -rsp 'Password: ' word < /dev/tty", RunEnd::Failed, "/dev/tty"),
        ("sh -c \"$EDITOR notes.txt\"", RunEnd::Failed, "no editor here"),
        (&format!("{repo}; git commit --allow-empty -q; exit $?"), RunEnd::Failed, "no editor here"),
        (
            &format!("{repo}; git commit --allow-empty -qm first; git log --oneline; git --paginate show --stat"),
            RunEnd::Ok,
            "first",
        ),
    ];
    // Without a cage: a project's .git is writable only there.
    let shop = &shops()[0];
    for (line, end, told) in cases {
        let outcome = shop.run(line).await;
        assert_eq!(outcome.end, end, "{line}: {}", outcome.to_model);
        assert!(outcome.to_model.contains(told), "{line}: {}", outcome.to_model);
    }
}

#[tokio::test]
async fn a_terminal_is_given_to_who_asks_for_one() {
    for shop in shops() {
        let line = "test -t 0 && test -t 1 && test -t 2 && stty size && echo $TERM; read -r x || echo end of input";
        let outcome = shop.call("shell", json!({"command": line, "pty": true})).await;
        assert_eq!(outcome.end, RunEnd::Ok, "{}", outcome.to_model);
        assert!(outcome.to_model.ends_with("40 120\nxterm-256color\nend of input\n"), "{}", outcome.to_model);
    }
}
