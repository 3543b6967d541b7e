//! A test in a process of its own: for what would disturb its neighbours (limits of the process) or be
//! disturbed by them (its memory).

use std::{os::unix::process::CommandExt, process::Command};

/// Set to the name of the test in the process that is its own.
const VARIABLE: &str = "GLM_TUI_TEST_ALONE";

/// As whom the other process runs.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum As {
    /// As this one.
    Same,
    /// As nobody, if this one is root: root is above most limits.
    Nobody,
}

/// True in the process that is the test's own; elsewhere it starts that process and waits for it to pass.
pub(crate) fn alone(name: &str, who: As) -> bool {
    if std::env::var_os(VARIABLE).is_some_and(|own| own == name) {
        return true;
    }
    let program = std::env::current_exe().unwrap();
    let mut command = Command::new(&program);
    command.args([name, "--exact", "--nocapture", "--test-threads=1"]).env(VARIABLE, name);
    if who == As::Nobody && rustix::process::geteuid().is_root() {
        command.uid(65534).gid(65534).current_dir("/");
        let probe = Command::new(&program).arg("--list").uid(65534).gid(65534).current_dir("/").output();
        if !probe.is_ok_and(|probe| probe.status.success()) {
            println!("skipped: nobody may not run {name} here");
            return false;
        }
    }
    let output = command.output().unwrap();
    let said = String::from_utf8_lossy(&output.stdout);
    assert!(output.status.success(), "{said}\n{}", String::from_utf8_lossy(&output.stderr));
    assert!(said.contains("1 passed"), "{name} was not found: {said}");
    if let Some(skipped) = said.lines().find(|line| line.contains("skipped: ")) {
        println!("{skipped}");
    }
    false
}
