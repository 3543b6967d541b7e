//! The full sandbox by the system's bubblewrap, for machines that allow namespaces to it and not to us.
//! Only builds its options; they go over a descriptor, not the list of arguments.

use std::{
    ffi::{OsStr, OsString},
    fs::File,
    io::{self, Seek, Write},
    os::{
        fd::{AsRawFd, OwnedFd},
        unix::{ffi::OsStrExt, fs::MetadataExt},
    },
    path::{Path, PathBuf},
};

use rustix::fs::MemfdFlags;

use super::{
    command, filter,
    letter::{Letter, Walls},
    mounts, names,
};

/// Where a system keeps it. Never from `PATH`, which may name folders of a project.
const PLACES: [&str; 4] = ["/usr/bin", "/bin", "/usr/local/bin", "/run/current-system/sw/bin"];

/// The system's bubblewrap: the superuser's alone to change, and outside the folders that commands may write.
pub(super) fn find(roots: &[&Path]) -> Option<PathBuf> {
    PLACES.iter().map(|place| Path::new(place).join("bwrap")).find_map(|path| {
        let real = path.canonicalize().ok()?;
        let found = real.metadata().ok()?;
        let safe = found.is_file() && found.uid() == 0 && found.mode() & 0o022 == 0;
        (safe && !roots.iter().any(|root| real.starts_with(root))).then_some(real)
    })
}

/// The same command as a command of bubblewrap. The descriptors stay open in what runs next.
pub(super) fn wrap(letter: &Letter, walls: &Walls) -> Result<Letter, String> {
    let mut options = Options(Vec::new());
    let mut held = Vec::new();
    for program in filter::programs(command::sockets(walls))? {
        let words: Vec<u8> = program.iter().flat_map(instruction).collect();
        let fd = hand_over(&words).map_err(|e| format!("no memory file: {e}"))?;
        options.add("--add-seccomp-fd", [OsStr::new(&fd.as_raw_fd().to_string())]);
        held.push(fd);
    }
    options.namespaces(letter, walls);
    options.places(walls);
    for (name, value) in &letter.env {
        options.add("--setenv", [name.as_os_str(), value.as_os_str()]);
    }
    options.add("--chdir", [letter.folder.as_os_str()]);
    let fd = hand_over(&options.0).map_err(|e| format!("no memory file: {e}"))?;
    let mut args: Vec<OsString> = vec!["--args".into(), fd.as_raw_fd().to_string().into(), "--".into()];
    held.push(fd);
    args.push(letter.program.clone());
    args.extend(letter.args.iter().cloned());
    // They live until this process becomes bubblewrap, which reads them.
    std::mem::forget(held);
    Ok(Letter {
        agent: letter.agent,
        program: walls.bubblewrap.clone(),
        args,
        folder: "/".into(),
        env: Vec::new(),
        terminal: letter.terminal,
        walls: None,
    })
}

/// `struct sock_filter`, as bubblewrap reads it.
fn instruction(step: &seccompiler::sock_filter) -> Vec<u8> {
    [step.code.to_ne_bytes().as_slice(), &[step.jt, step.jf], &step.k.to_ne_bytes()].concat()
}

/// A memory file that stays open over exec.
fn hand_over(bytes: &[u8]) -> io::Result<OwnedFd> {
    let mut file = File::from(rustix::fs::memfd_create("options", MemfdFlags::empty())?);
    file.write_all(bytes)?;
    file.rewind()?;
    Ok(file.into())
}

/// Options, each word ended by a zero byte.
struct Options(Vec<u8>);

impl Options {
    fn add<'a>(&mut self, name: &'a str, values: impl IntoIterator<Item = &'a OsStr>) {
        for word in std::iter::once(OsStr::new(name)).chain(values) {
            self.0.extend_from_slice(word.as_bytes());
            self.0.push(0);
        }
    }

    fn flags(&mut self, names: &[&str]) {
        for name in names {
            self.add(name, []);
        }
    }

    fn bind(&mut self, option: &str, from: &Path, to: &Path) {
        self.add(option, [from.as_os_str(), to.as_os_str()]);
    }

    fn namespaces(&mut self, letter: &Letter, walls: &Walls) {
        self.flags(&["--unshare-all", "--unshare-user", "--disable-userns", "--die-with-parent", "--clearenv"]);
        self.add("--cap-drop", [OsStr::new("ALL")]);
        if walls.network {
            self.flags(&["--share-net"]);
        }
        if !letter.terminal {
            self.flags(&["--new-session"]);
        }
    }

    fn places(&mut self, walls: &Walls) {
        let (root, run, null) = (Path::new("/"), Path::new("/run"), Path::new("/dev/null"));
        self.bind("--ro-bind", root, root);
        self.add("--dev", [OsStr::new("/dev")]);
        self.add("--proc", [OsStr::new("/proc")]);
        if run.is_dir() {
            self.add("--tmpfs", [run.as_os_str()]);
            for kept in mounts::RUN_KEPT.map(Path::new) {
                self.bind("--ro-bind-try", kept, kept);
            }
        }
        for place in ["/tmp", "/var/tmp"].map(Path::new) {
            if place.symlink_metadata().is_ok_and(|m| m.is_dir()) {
                self.bind("--bind", Path::new(&walls.tmp), place);
            }
        }
        let roots = walls.roots();
        for root in &roots {
            self.bind("--bind", root, root);
        }
        for place in names::existing(&roots) {
            self.bind("--ro-bind", &place, &place);
        }
        for socket in mounts::listening_sockets().iter().filter(|s| !roots.iter().any(|root| s.starts_with(root))) {
            self.bind("--ro-bind-try", null, socket);
        }
        for place in walls.masked() {
            if place.is_dir() {
                self.add("--perms", [OsStr::new("0000")]);
                self.add("--tmpfs", [place.as_os_str()]);
                self.add("--remount-ro", [place.as_os_str()]);
            } else {
                self.bind("--ro-bind", null, &place);
            }
        }
        if run.is_dir() {
            self.add("--remount-ro", [run.as_os_str()]);
        }
    }
}
