//! OUT-05, PRC-05: how a command ends and what is left of it.

use std::{
    io::{BufRead, BufReader},
    os::unix::process::ExitStatusExt,
    process::{Command, Stdio},
};

use glm_tui::guard::sandbox::Kind;
use rustix::process::{Pid, Signal, kill_process};

use super::den::{BASE, Den, alive, shown, until};

/// The kinds, and no cage at all.
const ALL: [Option<Kind>; 4] = [Some(Kind::Namespaces), Some(Kind::Bubblewrap), Some(Kind::Landlock), None];

/// A number of seconds that no other process sleeps.
fn odd_seconds(index: usize) -> String {
    format!("3{:07}{index}", std::process::id())
}

#[test]
fn the_end_is_the_commands_end() {
    for kind in ALL {
        let Some(den) = Den::of(kind) else { continue };
        assert_eq!(den.run("exit 7").status.code(), Some(7), "{kind:?}");
        assert_eq!(den.run("echo out; echo err >&2").stdout, b"out\n", "{kind:?}");
        let killed = den.run("kill -SEGV $$").status;
        if kind == Some(Kind::Bubblewrap) {
            assert_eq!(killed.code(), Some(128 + libc::SIGSEGV));
        } else {
            assert_eq!(killed.signal(), Some(libc::SIGSEGV), "{kind:?}");
        }
        assert!(den.run("yes | head -1; exit ${PIPESTATUS[0]}").status.code() == Some(128 + libc::SIGPIPE), "{kind:?}");
        let mut order = den.order("");
        order.program = "/does/not/exist".into();
        let missing = den.run_order(&order);
        if kind != Some(Kind::Bubblewrap) {
            assert_eq!(missing.status.code(), Some(127), "{kind:?}: {}", shown(&missing));
        }
    }
}

#[test]
fn signals_reach_the_command() {
    for kind in ALL.into_iter().filter(|k| *k != Some(Kind::Bubblewrap)) {
        let Some(den) = Den::of(kind) else { continue };
        let mut command = den.cage.command(&den.order("trap 'exit 9' TERM; echo ready; sleep 100 & wait")).unwrap();
        let mut child = command.stdin(Stdio::null()).stdout(Stdio::piped()).spawn().unwrap();
        let mut line = String::new();
        BufReader::new(child.stdout.take().unwrap()).read_line(&mut line).unwrap();
        assert_eq!(line, "ready\n");
        kill_process(Pid::from_child(&child), Signal::TERM).unwrap();
        assert_eq!(child.wait().unwrap().code(), Some(9), "{kind:?}");
    }
}

#[test]
fn out_05_nothing_survives_its_command() {
    for (index, kind) in ALL.into_iter().enumerate() {
        let Some(den) = Den::of(kind) else { continue };
        let seconds = odd_seconds(index);
        let script = format!(
            "(setsid setsid sleep {seconds} &) ; (nohup sleep {seconds} > /dev/null 2>&1 &) ; \
             until [ $(cat /proc/[0-9]*/cmdline 2> /dev/null | tr '\\0' '\\n' | grep -cx {seconds}) -ge 2 ]; do :; done"
        );
        let output = den.run(&script);
        assert!(output.status.success(), "{kind:?}: {}", shown(&output));
        assert_eq!(alive(&seconds), 0, "{kind:?}");
    }
}

/// The agent of the next tests; passes at once when it is not one.
#[test]
fn plays_the_agent() {
    let (Ok(kind), Ok(seconds)) = (std::env::var("GLM_TUI_TEST_KIND"), std::env::var("GLM_TUI_TEST_SECONDS")) else {
        return;
    };
    let kind = ALL.into_iter().find(|k| format!("{k:?}") == kind).unwrap();
    let Some(den) = Den::of(kind) else {
        println!("skipped");
        return;
    };
    // A thread that ends before its command: the command must not end with it.
    let script = format!("(setsid setsid sleep {seconds} &) ; sleep {seconds}");
    let mut command = den.cage.command(&den.order(&script)).unwrap();
    let child = std::thread::spawn(move || command.stdin(Stdio::null()).spawn().unwrap()).join().unwrap();
    until("both run", || alive(&seconds) >= 2);
    println!("caged in {}", den.project.display());
    let _ = child.wait_with_output();
}

#[test]
fn prc_05_nothing_survives_a_killed_agent() {
    for (index, kind) in ALL.into_iter().enumerate() {
        let seconds = odd_seconds(10 + index);
        let mut agent = Command::new(std::env::current_exe().unwrap())
            .args(["--exact", "sandbox::ends::plays_the_agent", "--nocapture"])
            .env("GLM_TUI_TEST_KIND", format!("{kind:?}"))
            .env("GLM_TUI_TEST_SECONDS", &seconds)
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let lines = BufReader::new(agent.stdout.take().unwrap()).lines().map(Result::unwrap);
        let news = lines.skip_while(|l| !l.contains("caged in") && !l.contains("skipped")).take(1).collect::<String>();
        agent.kill().unwrap();
        agent.wait().unwrap();
        let Some((_, project)) = news.split_once("caged in ") else { continue };
        until("all dead", || alive(&seconds) == 0);
        until("placeholders are gone", || !std::path::Path::new(project).join(".mcp.json").exists());
        let base = std::path::Path::new(project).parent().unwrap();
        std::fs::remove_dir_all(base).unwrap();
    }
}

/// The same promises hold for an ordinary user, who has no rights to begin with.
#[test]
fn all_of_it_as_an_ordinary_user() {
    if !rustix::process::geteuid().is_root() {
        println!("skipped: this is one already");
        return;
    }
    let base = tempfile::tempdir_in(env!("CARGO_TARGET_TMPDIR")).unwrap();
    std::os::unix::fs::chown(base.path(), Some(65534), Some(65534)).unwrap();
    let test = std::env::current_exe().unwrap();
    let user = ["--reuid=65534", "--regid=65534", "--clear-groups"];
    let reach = Command::new("setpriv").args(user).arg("test").arg("-x").arg(&test).status();
    if !reach.is_ok_and(|status| status.success()) {
        println!("skipped: setpriv is missing, or another user cannot reach {}", test.display());
        return;
    }
    let output = Command::new("setpriv")
        .args(user)
        .arg(test)
        .args(["sandbox::", "--nocapture", "--test-threads=1"])
        .env(BASE, base.path())
        .env("HOME", base.path())
        .output()
        .unwrap();
    assert!(output.status.success(), "{}", shown(&output));
}
