//! Ends processes by force. The rule: whoever waits for a command sweeps up behind it, so first its children
//! are killed and it is left to end by itself; only a waiter that hangs is killed too, and then what it would
//! have swept is found by its mark in the environment.
//!
//! Reads the process table of Linux; elsewhere only the process group is ended.

use std::{
    fs,
    path::{Path, PathBuf},
};

use rustix::process::{Pid, Signal, kill_process, kill_process_group};

/// The variable that marks the processes of a command.
pub(super) const MARK: &str = "GLM_TUI_COMMAND";

/// Rounds of looking and killing: a process may fork between the two.
const ROUNDS: usize = 4;

/// Sends a signal to a process group. Its leader must not be reaped yet, or its number may be another's by now.
pub(super) fn signal_group(leader: Pid, signal: Signal) {
    // Fails when nobody is left, which is as good.
    let _ = kill_process_group(leader, signal);
}

/// Kills the children of a process that is not reaped yet. There were some.
pub(super) fn kill_children(parent: Pid) -> bool {
    let number = parent.as_raw_nonzero();
    let list = fs::read_to_string(format!("/proc/{number}/task/{number}/children")).unwrap_or_default();
    let children: Vec<Pid> = list.split_whitespace().filter_map(|pid| Pid::from_raw(pid.parse().ok()?)).collect();
    for child in &children {
        kill(*child, || parent_of(*child) == Some(number.get()));
    }
    !children.is_empty()
}

/// Kills whatever carries this mark.
pub(super) fn kill_marked(mark: &str) {
    for _ in 0..ROUNDS {
        let found = marked(mark);
        if found.is_empty() {
            break;
        }
        for pid in found {
            kill(pid, || is_marked(pid, mark));
        }
    }
}

/// Kills a process if it still is the one that is meant: its number may have gone to another meanwhile.
#[cfg(target_os = "linux")]
fn kill(pid: Pid, is_meant: impl Fn() -> bool) {
    use rustix::process::{PidfdFlags, pidfd_open, pidfd_send_signal};
    match pidfd_open(pid, PidfdFlags::empty()) {
        Ok(fd) if is_meant() => {
            let _ = pidfd_send_signal(fd, Signal::KILL);
        }
        Ok(_) | Err(rustix::io::Errno::SRCH) => {}
        // No handle to be had (too many open files, an old kernel): by number then.
        Err(_) if is_meant() => {
            let _ = kill_process(pid, Signal::KILL);
        }
        Err(_) => {}
    }
}

#[cfg(not(target_os = "linux"))]
fn kill(pid: Pid, is_meant: impl Fn() -> bool) {
    if is_meant() {
        let _ = kill_process(pid, Signal::KILL);
    }
}

fn folder(pid: Pid) -> PathBuf {
    Path::new("/proc").join(pid.as_raw_nonzero().to_string())
}

/// The parent's number: the second word after the name, which may hold anything (`proc_pid_stat(5)`).
fn parent_of(pid: Pid) -> Option<i32> {
    let stat = fs::read(folder(pid).join("stat")).ok()?;
    String::from_utf8_lossy(&stat).rsplit_once(')')?.1.split_ascii_whitespace().nth(1)?.parse().ok()
}

fn marked(mark: &str) -> Vec<Pid> {
    let Ok(entries) = fs::read_dir("/proc") else { return Vec::new() };
    entries
        .flatten()
        .filter_map(|entry| entry.file_name().to_str()?.parse().ok().and_then(Pid::from_raw))
        .filter(|pid| is_marked(*pid, mark))
        .collect()
}

fn is_marked(pid: Pid, mark: &str) -> bool {
    let wanted = format!("{MARK}={mark}");
    // Another user's environment cannot be read, nor can it be a process of ours; a dead one's is empty.
    fs::read(folder(pid).join("environ"))
        .is_ok_and(|all| all.split(|byte| *byte == 0).any(|one| one == wanted.as_bytes()))
}
