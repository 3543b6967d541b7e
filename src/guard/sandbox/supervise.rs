//! Waiting for a command: signals are passed on, the agent's death ends it, nothing of it is left over, and
//! its end becomes ours. Knows no sandbox.

use std::{fs, os::fd::OwnedFd};

use rustix::{
    event::{PollFd, PollFlags, Timespec, poll},
    io::Errno,
    process::{Pid, PidfdFlags, WaitOptions, WaitStatus, getppid, pidfd_open, wait},
};

use super::{
    command,
    sys::{self, Signals},
};

/// How a command ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum End {
    /// By itself, with this code.
    Code(i32),
    /// By this signal.
    Signal(i32),
}

impl End {
    pub(super) fn of(status: WaitStatus) -> Option<Self> {
        status.exit_status().map(Self::Code).or_else(|| status.terminating_signal().map(Self::Signal))
    }

    /// Two words for a pipe.
    pub(super) fn encode(self) -> [u8; 5] {
        let (tag, value) = match self {
            Self::Code(code) => (b'c', code),
            Self::Signal(signal) => (b's', signal),
        };
        let [a, b, c, d] = value.to_le_bytes();
        [tag, a, b, c, d]
    }

    /// What [`Self::encode`] wrote.
    pub(super) fn decode(bytes: [u8; 5]) -> Option<Self> {
        let [tag, a, b, c, d] = bytes;
        let value = i32::from_le_bytes([a, b, c, d]);
        match tag {
            b'c' => Some(Self::Code(value)),
            b's' => Some(Self::Signal(value)),
            _ => None,
        }
    }

    /// Ends this process the same way.
    pub(super) fn repeat(self) -> ! {
        match self {
            Self::Code(code) => std::process::exit(code),
            Self::Signal(signal) => sys::die_by(signal),
        }
    }
}

/// A way to see the agent die, whatever thread of it started us. `None` = it is dead already.
pub(super) fn agent(number: i32) -> Option<OwnedFd> {
    let agent = pidfd_open(Pid::from_raw(number)?, PidfdFlags::empty()).ok()?;
    // Only after the handle stands: a number may be given to another process, a parent may not.
    (getppid() == Pid::from_raw(number)).then_some(agent)
}

/// Should a signal reach the command? Not those that are about ourselves.
pub(super) fn passes(signal: i32) -> bool {
    [libc::SIGTERM, libc::SIGINT, libc::SIGHUP, libc::SIGQUIT, libc::SIGUSR1, libc::SIGUSR2, libc::SIGCONT]
        .contains(&signal)
}

/// Waits until the child ends. `target` gets the signals (negative: a group); `last` is killed when the agent dies.
pub(super) fn supervise(child: Pid, signals: &Signals, agent: &OwnedFd, target: i32) -> End {
    loop {
        let mut fds = [PollFd::new(signals.fd(), PollFlags::IN), PollFd::new(agent, PollFlags::IN)];
        match poll(&mut fds, None) {
            Ok(_) | Err(Errno::INTR) => {}
            Err(_) => sys::send(target, libc::SIGKILL),
        }
        if fds[1].revents().contains(PollFlags::IN) {
            sys::send(target, libc::SIGKILL);
            sys::send(child.as_raw_nonzero().get(), libc::SIGKILL);
            return End::Signal(libc::SIGKILL);
        }
        while let Some(arrived) = signals.next() {
            if passes(arrived.signal) {
                sys::send(target, arrived.signal);
            }
        }
        if let Some(end) = reap(child) {
            return end;
        }
    }
}

/// Takes note of every process that ended; the child's end is returned.
pub(super) fn reap(child: Pid) -> Option<End> {
    let mut end = None;
    while let Ok(Some((pid, status))) = wait(WaitOptions::NOHANG) {
        if pid == child {
            end = End::of(status);
        }
    }
    end
}

/// Gives what the command left behind a moment to end by itself, for instance a `tee` that still writes what
/// it printed; says what did not, since it is about to be killed. None of that for a command that was killed.
pub(super) fn let_the_rest_finish(end: End, signals: &Signals) {
    const STEPS: u32 = 20;
    let step = Timespec { tv_sec: 0, tv_nsec: 10_000_000 };
    if matches!(end, End::Signal(_)) {
        return;
    }
    for _ in 0..STEPS {
        while let Ok(Some(_)) = wait(WaitOptions::NOHANG) {}
        if children().is_empty() {
            return;
        }
        let _ = poll(&mut [PollFd::new(signals.fd(), PollFlags::IN)], Some(&step));
        while let Some(arrived) = signals.next() {
            if passes(arrived.signal) {
                return;
            }
        }
    }
    let names: Vec<String> = children().iter().filter_map(|child| name(*child)).collect();
    if !names.is_empty() {
        command::complain(&format!("still running after the command, so they were ended: {}", names.join(", ")));
    }
}

/// What a process is called; whoever it is chose that name.
fn name(number: i32) -> Option<String> {
    let name = fs::read(format!("/proc/{number}/comm")).ok()?;
    Some(String::from_utf8_lossy(&name).trim_end().to_owned())
}

/// Kills what the command left behind. Works because orphans become children of this process.
pub(super) fn end_the_rest(signals: &Signals) {
    /// A killed process ends at once unless the kernel itself hangs; then nothing here helps.
    const STEPS: u32 = 100;
    let step = Timespec { tv_sec: 0, tv_nsec: 20_000_000 };
    for _ in 0..STEPS {
        for child in children() {
            sys::send(child, libc::SIGKILL);
        }
        loop {
            match wait(WaitOptions::NOHANG) {
                Ok(Some(_)) => {}
                Ok(None) => break,
                Err(_) => return,
            }
        }
        let _ = poll(&mut [PollFd::new(signals.fd(), PollFlags::IN)], Some(&step));
        while signals.next().is_some() {}
    }
}

/// The numbers of our children.
fn children() -> Vec<i32> {
    let own = rustix::process::getpid();
    let list = format!("/proc/self/task/{own}/children");
    if let Ok(text) = fs::read_to_string(list) {
        return text.split_whitespace().filter_map(|word| word.parse().ok()).collect();
    }
    // Not every kernel has that list.
    let Ok(all) = fs::read_dir("/proc") else { return Vec::new() };
    all.filter_map(|entry| entry.ok()?.file_name().to_str()?.parse().ok())
        .filter(|number: &i32| parent(*number) == Some(own.as_raw_nonzero().get()))
        .collect()
}

/// The parent's number: the second word after the name, which ends with the last parenthesis.
fn parent(number: i32) -> Option<i32> {
    let stat = fs::read_to_string(format!("/proc/{number}/stat")).ok()?;
    stat.rsplit_once(')')?.1.split_whitespace().nth(1)?.parse().ok()
}
