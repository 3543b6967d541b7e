//! Row REP-04: git reads a hostile repository and runs nothing that it names.

use std::{
    fs,
    process::{Command, Stdio},
};

use glm_tui::guard::git::{Question, Repository, Shell};

use crate::support::trap::{Trap, git};

#[test]
fn rep_04_git_reads_a_hostile_repository_and_runs_nothing_of_it() {
    let trap = Trap::set();
    let repository = Repository::find(&trap.root()).unwrap();
    assert_eq!(repository.branch().as_deref(), Some("trunk"));
    let shell = Shell::make(&trap.outside("shell"), &repository).unwrap();
    let asked = |question| {
        let inquiry = shell.inquiry(question);
        let out = git(&inquiry.folder).args(&inquiry.args).envs(inquiry.env.clone()).output().unwrap();
        assert!(out.status.success(), "{}", String::from_utf8_lossy(&out.stderr));
        String::from_utf8(out.stdout).unwrap()
    };
    let status = asked(Question::Status);
    assert!(status.contains(" a.txt\0") && status.contains("? new.txt\0") && !status.contains("excluded"), "{status}");
    let diff = asked(Question::Diff);
    assert!(diff.contains("-one\n+two\n"), "{diff}");
    trap.nothing_ran();
    traced(&trap, &shell);
    // The trap is one: the same questions without the shell run what the repository names.
    for args in [["status", "--porcelain"], ["diff", "HEAD"]] {
        trap.git(&args);
    }
    assert!(trap.closed(), "the trap must be able to close");
}

/// The same under `strace`, where it is there: git starts no other program at all.
fn traced(trap: &Trap, shell: &Shell) {
    let log = trap.outside("trace");
    for question in [Question::Status, Question::Diff] {
        let inquiry = shell.inquiry(question);
        let mut strace = Command::new("strace");
        strace.args(["-f", "-qq", "-e", "trace=execve,execveat", "-o"]).arg(&log).arg("git").args(&inquiry.args);
        strace.current_dir(&inquiry.folder).env_clear().env("PATH", std::env::var_os("PATH").unwrap());
        let Ok(out) = strace.envs(inquiry.env).stdin(Stdio::null()).output() else {
            println!("skipped: no strace");
            return;
        };
        if !out.status.success() {
            println!("skipped: strace cannot trace here: {}", String::from_utf8_lossy(&out.stderr));
            return;
        }
        let trace = fs::read_to_string(&log).unwrap();
        let started: Vec<&str> = trace.lines().filter(|line| line.ends_with("= 0")).collect();
        assert_eq!(started.len(), 1, "{trace}");
    }
}
