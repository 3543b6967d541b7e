//! The full sandbox: namespaces of our own, with a first process that reaps, passes signals on, reports the
//! command's end, and takes every other process with it when it goes.

use std::{
    fs::OpenOptions,
    io::{self, Read, Write},
    os::fd::OwnedFd,
    path::PathBuf,
};

use rustix::{
    event::{PollFd, PollFlags, Timespec, poll},
    pipe::{PipeFlags, pipe_with},
    process::{DumpableBehavior, Pid, set_dumpable_behavior},
    thread::UnshareFlags,
};

use super::{
    command, confine, filter,
    letter::{Letter, Walls},
    mounts, privilege,
    supervise::{End, let_the_rest_finish, passes, reap},
    sys::{self, Side, Signals},
};

/// The sandbox as the helper sees it.
pub(super) struct Space {
    /// Its first process: when it ends, all of them have.
    pub(super) first: Pid,
    /// Where the first process says how the command ended.
    report: OwnedFd,
    /// Open as long as the helper lives.
    _alive: OwnedFd,
}

impl Space {
    /// How the command ended, once the first process has.
    pub(super) fn end(self) -> Option<End> {
        let mut bytes = [0; 5];
        std::fs::File::from(self.report).read_exact(&mut bytes).ok()?;
        End::decode(bytes)
    }
}

/// The two ends of a pipe.
struct Pipe {
    read: OwnedFd,
    write: OwnedFd,
}

impl Pipe {
    fn new() -> Result<Self, String> {
        let (read, write) = pipe_with(PipeFlags::CLOEXEC).map_err(|e| format!("no pipe: {e}"))?;
        Ok(Self { read, write })
    }
}

/// Starts the command in new namespaces.
pub(super) fn start(letter: &Letter, walls: &Walls, signals: &Signals) -> Result<Space, String> {
    // The list is of the network namespace, so it is read before we leave ours.
    let sockets = mounts::listening_sockets();
    let (report, alive) = (Pipe::new()?, Pipe::new()?);
    enter_user_namespace()?;
    match sys::fork().map_err(|e| format!("cannot start a process: {e}"))? {
        Side::Child => {
            drop((report.read, alive.write));
            match prepare(walls, &sockets, &alive.read) {
                Ok(()) => first_process(letter, signals, report.write),
                Err(what) => command::broken(&what),
            }
        }
        Side::Parent(first) => {
            let _ = set_dumpable_behavior(DumpableBehavior::NotDumpable);
            if let Err(what) = privilege::drop_all() {
                sys::send(first.as_raw_nonzero().get(), libc::SIGKILL);
                return Err(what);
            }
            Ok(Space { first, report: report.read, _alive: alive.write })
        }
    }
}

/// A user namespace in which we are who we are, and a process namespace for the next child.
fn enter_user_namespace() -> Result<(), String> {
    let (user, group) = (rustix::process::getuid(), rustix::process::getgid());
    // The files below belong to us only while we are dumpable.
    let _ = set_dumpable_behavior(DumpableBehavior::Dumpable);
    sys::unshare(UnshareFlags::NEWUSER | UnshareFlags::NEWPID).map_err(|e| format!("no user namespace: {e}"))?;
    let map = |id: u32| format!("{id} {id} 1\n");
    write("/proc/self/setgroups", "deny")?;
    write("/proc/self/gid_map", &map(group.as_raw()))?;
    write("/proc/self/uid_map", &map(user.as_raw()))
}

fn write(path: &str, text: &str) -> Result<(), String> {
    let written = OpenOptions::new().write(true).open(path).and_then(|mut file| file.write_all(text.as_bytes()));
    written.map_err(|e: io::Error| format!("no user namespace: {path}: {e}"))
}

/// Everything that takes privileges, then giving them up.
fn prepare(walls: &Walls, sockets: &[PathBuf], alive: &OwnedFd) -> Result<(), String> {
    let mut flags = UnshareFlags::NEWNS | UnshareFlags::NEWIPC | UnshareFlags::NEWUTS;
    if !walls.network {
        flags |= UnshareFlags::NEWNET;
    }
    sys::unshare(flags).map_err(|e| format!("no namespaces: {e}"))?;
    // An old kernel has none; the cgroup files are read-only anyway.
    let _ = sys::unshare(UnshareFlags::NEWCGROUP);
    if !walls.network {
        // Tests of servers need it, and it leads nowhere.
        let _ = sys::loopback_up();
    }
    mounts::lay_out(walls, sockets)?;
    confine::keep_signals_in();
    privilege::drop_all()?;
    filter::install(command::sockets(walls))?;
    privilege::tie_to_parent()?;
    // Dead before we were tied to it: then nobody waits for this.
    let mut fds = [PollFd::new(alive, PollFlags::IN)];
    match poll(&mut fds, Some(&Timespec::default())) {
        Ok(0) => Ok(()),
        _ => Err("the helper is gone".into()),
    }
}

/// Starts the command and waits. When this process ends the kernel ends all others of the namespace.
fn first_process(letter: &Letter, signals: &Signals, report: OwnedFd) -> ! {
    // Away from the helper's group: signals reach the command once, by way of us.
    let _ = rustix::process::setsid();
    let main = match sys::fork() {
        Ok(Side::Child) => {
            if let Err(what) = command::own_session(letter.terminal) {
                command::broken(&what);
            }
            command::run(letter)
        }
        Ok(Side::Parent(main)) => main,
        Err(error) => command::broken(&format!("cannot start a process: {error}")),
    };
    let group = -main.as_raw_nonzero().get();
    let end = loop {
        let _ = poll(&mut [PollFd::new(signals.fd(), PollFlags::IN)], None);
        while let Some(arrived) = signals.next() {
            if arrived.from_outside && passes(arrived.signal) {
                sys::send(group, arrived.signal);
            }
        }
        if let Some(end) = reap(main) {
            break end;
        }
    };
    let_the_rest_finish(end, signals);
    let_the_rest_finish(end, signals);
    let _ = std::fs::File::from(report).write_all(&end.encode());
    std::process::exit(0)
}
