//! Trying a cage from inside: really writing, reading, connecting. What must not work and did is a hole.
//! Leaves what it could write in place: the agent looks whether it arrived outside.

use std::{
    ffi::{OsStr, OsString},
    fs::{self, File, OpenOptions},
    io::{Read, Write},
    net::UdpSocket,
    os::unix::ffi::OsStrExt,
    path::{Path, PathBuf},
};

use rustix::thread::UnshareFlags;
use serde::{Deserialize, Serialize};

use super::{Kind, sys};

/// What is tried.
#[derive(Debug, Serialize, Deserialize)]
pub(super) struct Trial {
    /// The sandbox.
    pub(super) kind: Kind,
    /// Files to create that must not come to be.
    pub(super) forbidden: Vec<OsString>,
    /// Files to open for writing that must not open.
    pub(super) sealed: Vec<OsString>,
    /// Folders that must be writable.
    pub(super) writable: Vec<OsString>,
    /// Places that must not be readable.
    pub(super) hidden: Vec<OsString>,
    /// The agent, whose environment must not be readable.
    pub(super) agent: i32,
    /// The agent's process namespace, as its link reads.
    pub(super) pid_namespace: OsString,
}

/// Tries, prints the holes as a JSON list, ends.
pub(super) fn main(task: &OsStr) -> ! {
    let holes = match serde_json::from_slice::<Trial>(task.as_bytes()) {
        Ok(trial) => trial.holes(),
        Err(error) => vec![format!("the trial is not readable: {error}")],
    };
    let text = serde_json::to_string(&holes).unwrap_or_default();
    let _ = std::io::stdout().write_all(text.as_bytes());
    std::process::exit(0)
}

impl Trial {
    fn holes(&self) -> Vec<String> {
        let mut holes = Vec::new();
        let mut must = |holds: bool, hole: String| {
            if !holds {
                holes.push(hole);
            }
        };
        for path in &self.forbidden {
            let _ = OpenOptions::new().write(true).create_new(true).open(path);
        }
        for path in &self.sealed {
            must(OpenOptions::new().append(true).open(path).is_err(), format!("{} is writable", path.display()));
        }
        for path in &self.writable {
            let access = rustix::fs::accessat(
                rustix::fs::CWD,
                Path::new(path),
                rustix::fs::Access::WRITE_OK,
                rustix::fs::AtFlags::EACCESS,
            );
            must(access.is_ok(), format!("{} cannot be written", path.display()));
        }
        for path in &self.hidden {
            must(!readable(Path::new(path)), format!("{} can be read", path.display()));
        }
        must(!readable(&PathBuf::from(format!("/proc/{}/environ", self.agent))), "the agent can be read".into());
        must(!online(), "the network is on".into());
        must(sys::unshare(UnshareFlags::NEWUSER).is_err(), "namespaces can be made".into());
        for (name, value) in [("CapEff:", "0000000000000000"), ("NoNewPrivs:", "1"), ("Seccomp:", "2")] {
            must(status(name).as_deref() == Some(value), format!("{name} is not {value}"));
        }
        if self.kind != Kind::Landlock {
            let own = fs::read_link("/proc/self/ns/pid").unwrap_or_default();
            must(own.as_os_str() != self.pid_namespace, "processes outside can be seen".into());
        }
        must(OpenOptions::new().write(true).open("/dev/null").is_ok(), "there is no null device".into());
        holes
    }
}

/// A file that shows something, or a folder with such a file. Links are not followed: they lead elsewhere.
fn readable(path: &Path) -> bool {
    /// A folder whose first entries show nothing is hidden; to look at all could take long.
    const MOST: usize = 64;
    match path.symlink_metadata() {
        Ok(found) if found.is_dir() => {
            fs::read_dir(path).is_ok_and(|entries| entries.flatten().take(MOST).any(|e| readable(&e.path())))
        }
        Ok(found) if !found.is_symlink() => {
            let mut byte = [0];
            File::open(path).and_then(|mut file| file.read(&mut byte)).is_ok_and(|n| n > 0)
        }
        _ => false,
    }
}

/// Is there a way to addresses outside? Connecting such a socket asks for the way and sends nothing.
fn online() -> bool {
    /// Addresses for documentation (RFC 5737, RFC 3849): nobody answers there.
    const NOWHERE: [(&str, &str); 2] = [("0.0.0.0:0", "192.0.2.1:53"), ("[::]:0", "[2001:db8::1]:53")];
    NOWHERE.iter().any(|(own, to)| UdpSocket::bind(own).and_then(|socket| socket.connect(to)).is_ok())
}

/// A line of our own status.
fn status(name: &str) -> Option<String> {
    let text = fs::read_to_string("/proc/self/status").ok()?;
    text.lines().find_map(|line| line.strip_prefix(name)).map(|value| value.trim().to_owned())
}
