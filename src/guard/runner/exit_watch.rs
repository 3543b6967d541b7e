//! Tells that a process has ended without reaping it, so that its number stays taken while its group is
//! being ended.

use std::os::fd::{AsFd, BorrowedFd, OwnedFd};

use rustix::process::{Pid, WaitId, WaitIdOptions, waitid};

/// Watches one child.
#[derive(Debug)]
pub(super) struct ExitWatch {
    pid: Pid,
    fd: Option<OwnedFd>,
}

impl ExitWatch {
    pub(super) fn new(pid: Pid) -> Self {
        Self { pid, fd: open(pid) }
    }

    /// Readable once the process has ended. Where there is none, ask [`ExitWatch::ended`] now and then.
    pub(super) fn fd(&self) -> Option<BorrowedFd<'_>> {
        self.fd.as_ref().map(AsFd::as_fd)
    }

    /// The process has ended and was not reaped yet.
    pub(super) fn ended(&self) -> bool {
        let options = WaitIdOptions::EXITED | WaitIdOptions::NOHANG | WaitIdOptions::NOWAIT;
        // An error says that there is no such child any more.
        waitid(WaitId::Pid(self.pid), options).map_or(true, |status| status.is_some())
    }
}

#[cfg(target_os = "linux")]
fn open(pid: Pid) -> Option<OwnedFd> {
    rustix::process::pidfd_open(pid, rustix::process::PidfdFlags::empty()).ok()
}

#[cfg(not(target_os = "linux"))]
fn open(_: Pid) -> Option<OwnedFd> {
    None
}
