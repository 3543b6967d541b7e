//! The file system as a caged command sees it, laid out in a mount namespace of its own: everything
//! read-only but the project, some folders and private places. Called by the first process of the namespace.

use std::{
    fs, io,
    os::{
        fd::{AsFd, AsRawFd, OwnedFd},
        unix::fs::{DirBuilderExt, symlink},
    },
    path::{Path, PathBuf},
};

use rustix::{
    fs::{CWD, Mode, OFlags},
    mount::{
        FsMountFlags, FsOpenFlags, MountAttrFlags, MountFlags, MountPropagationFlags, MoveMountFlags, OpenTreeFlags,
        fsconfig_create, fsconfig_set_flag, fsconfig_set_string, fsmount, fsopen,
    },
};

use super::{
    NO_OVERLAY,
    letter::Walls,
    names,
    overlay::{UPPER, WORK},
    sys,
};

/// `MOUNT_ATTR_RDONLY` and `MOUNT_ATTR_NOSUID` of `linux/mount.h`.
const READ_ONLY: u64 = 1;
const NO_SUID: u64 = 2;

/// Devices that every program may expect.
const DEVICES: [&str; 6] = ["null", "zero", "full", "random", "urandom", "tty"];

/// Parts of `/run` that hold no sockets of services and that programs need: who resolves names, where NixOS
/// keeps programs.
pub(super) const RUN_KEPT: [&str; 4] =
    ["/run/systemd/resolve", "/run/resolvconf", "/run/current-system", "/run/opengl-driver"];

/// What went wrong, and where.
type Fault = String;

fn at<T, E: std::fmt::Display>(what: &str, path: &Path, done: Result<T, E>) -> Result<T, Fault> {
    done.map_err(|error| format!("{what} {}: {error}", path.display()))
}

/// Lays everything out. `sockets` are places of UNIX sockets that services listen on.
pub(super) fn lay_out(walls: &Walls, sockets: &[PathBuf]) -> Result<(), Fault> {
    let root = Path::new("/");
    at(
        "cannot detach",
        root,
        rustix::mount::mount_change(root, MountPropagationFlags::PRIVATE | MountPropagationFlags::REC),
    )?;
    let kept = Kept::take(walls)?;
    at("cannot make read-only", root, sys::mount_setattr(CWD, root, libc::AT_RECURSIVE, READ_ONLY | NO_SUID))?;
    kept.attach_tmp()?;
    devices(&kept)?;
    processes()?;
    run(&kept)?;
    for (path, tree) in &kept.roots {
        at("cannot prepare", path, fs::create_dir_all(path))?;
        attach(tree, path)?;
    }
    seal_protected(walls)?;
    mask_sockets(walls, sockets, &kept);
    for path in walls.masked() {
        mask(&path, &kept)?;
    }
    for path in ["/dev", "/run"].map(Path::new) {
        if path.is_dir() {
            at("cannot seal", path, sys::mount_setattr(CWD, path, 0, READ_ONLY))?;
        }
    }
    Ok(())
}

/// Copies of mounts, taken before everything became read-only.
struct Kept {
    roots: Vec<(PathBuf, OwnedFd)>,
    tmp: OwnedFd,
    var_tmp: OwnedFd,
    devices: Vec<(&'static str, OwnedFd)>,
    run: Vec<(&'static str, OwnedFd)>,
}

impl Kept {
    fn take(walls: &Walls) -> Result<Self, Fault> {
        let tmp = Path::new(&walls.tmp);
        let roots: Result<Vec<_>, Fault> = match &walls.overlay {
            Some(folder) => {
                let project = Path::new(&walls.workspace);
                over(project, Path::new(folder)).map(|tree| vec![(project.to_owned(), tree)])
            }
            None => walls.roots().into_iter().map(|path| Ok((path.to_owned(), tree(path)?))).collect(),
        };
        let devices = DEVICES.iter().filter_map(|name| Some((*name, tree(&Path::new("/dev").join(name)).ok()?)));
        let run = RUN_KEPT.iter().filter_map(|path| Some((*path, tree(Path::new(path)).ok()?)));
        Ok(Self { roots: roots?, tmp: tree(tmp)?, var_tmp: tree(tmp)?, devices: devices.collect(), run: run.collect() })
    }

    /// The commands' own folder takes the place of the shared ones, where other programs keep sockets.
    fn attach_tmp(&self) -> Result<(), Fault> {
        for (place, tree) in [("/tmp", &self.tmp), ("/var/tmp", &self.var_tmp)] {
            // A link (`/var/tmp` to `/tmp`) leads to a place that is already taken care of.
            if Path::new(place).symlink_metadata().is_ok_and(|m| m.is_dir()) {
                attach(tree, Path::new(place))?;
            }
        }
        Ok(())
    }
}

/// A copy of the mounts at and below a path.
fn tree(path: &Path) -> Result<OwnedFd, Fault> {
    let flags = OpenTreeFlags::OPEN_TREE_CLONE
        | OpenTreeFlags::OPEN_TREE_CLOEXEC
        | OpenTreeFlags::AT_RECURSIVE
        | OpenTreeFlags::AT_SYMLINK_NOFOLLOW;
    at("cannot copy the mount of", path, rustix::mount::open_tree(CWD, path, flags))
}

/// The project below a layer of its own, which takes all changes. Must be made before the world is read-only.
fn over(project: &Path, folder: &Path) -> Result<OwnedFd, Fault> {
    let open = |path: &Path| {
        let flags = OFlags::PATH | OFlags::DIRECTORY | OFlags::NOFOLLOW | OFlags::CLOEXEC;
        at("cannot open", path, rustix::fs::open(path, flags, Mode::empty()))
    };
    let layers = [
        ("lowerdir", open(project)?),
        ("upperdir", open(&folder.join(UPPER))?),
        ("workdir", open(&folder.join(WORK))?),
    ];
    let mount = || {
        let made = fsopen("overlay", FsOpenFlags::FSOPEN_CLOEXEC)?;
        for (key, layer) in &layers {
            // By number: a path may hold the characters that part paths from each other.
            fsconfig_set_string(&made, *key, format!("/proc/self/fd/{}", layer.as_raw_fd()))?;
        }
        // Its marks are attributes that we may read and set without privileges (Linux 5.11).
        fsconfig_set_flag(&made, "userxattr")?;
        // What it takes is thrown away after a crash, so nothing waits for the disk (Linux 5.10).
        fsconfig_set_flag(&made, "volatile")?;
        fsconfig_create(&made)?;
        let attributes = MountAttrFlags::MOUNT_ATTR_NOSUID | MountAttrFlags::MOUNT_ATTR_NODEV;
        fsmount(&made, FsMountFlags::FSMOUNT_CLOEXEC, attributes)
    };
    at(NO_OVERLAY, project, mount())
}

fn attach(tree: &OwnedFd, path: &Path) -> Result<(), Fault> {
    let moved = rustix::mount::move_mount(tree.as_fd(), "", CWD, path, MoveMountFlags::MOVE_MOUNT_F_EMPTY_PATH);
    at("cannot mount on", path, moved)
}

fn tmpfs(path: &Path, options: &std::ffi::CStr) -> Result<(), Fault> {
    let flags = MountFlags::NOSUID | MountFlags::NODEV;
    at("cannot mount a memory file system on", path, rustix::mount::mount("tmpfs", path, "tmpfs", flags, options))
}

fn devices(kept: &Kept) -> Result<(), Fault> {
    let dev = Path::new("/dev");
    tmpfs(dev, c"mode=0755,size=64k")?;
    for (name, tree) in &kept.devices {
        let place = dev.join(name);
        at("cannot make", &place, fs::File::create(&place))?;
        attach(tree, &place)?;
    }
    let links = [("fd", "/proc/self/fd"), ("stdin", "/proc/self/fd/0"), ("stdout", "/proc/self/fd/1")];
    for (name, to) in links.into_iter().chain([("stderr", "/proc/self/fd/2"), ("ptmx", "pts/ptmx")]) {
        at("cannot make", &dev.join(name), symlink(to, dev.join(name)))?;
    }
    for name in ["pts", "shm"] {
        at("cannot make", &dev.join(name), fs::create_dir(dev.join(name)))?;
    }
    tmpfs(&dev.join("shm"), c"mode=1777,size=256m")?;
    let (pts, flags) = (dev.join("pts"), MountFlags::NOSUID | MountFlags::NOEXEC);
    let options = c"newinstance,ptmxmode=0666,mode=0620";
    at("cannot mount", &pts, rustix::mount::mount("devpts", &pts, "devpts", flags, options))
}

/// Only our own processes, and nothing of the kernel's to set.
fn processes() -> Result<(), Fault> {
    let flags = MountFlags::NOSUID | MountFlags::NODEV | MountFlags::NOEXEC | MountFlags::RDONLY;
    let proc = Path::new("/proc");
    at("cannot mount", proc, rustix::mount::mount("proc", proc, "proc", flags, None::<&std::ffi::CStr>))
}

/// Services keep their sockets in `/run`; a read-only mount does not keep anyone from connecting.
fn run(kept: &Kept) -> Result<(), Fault> {
    let run = Path::new("/run");
    if !run.is_dir() {
        return Ok(());
    }
    tmpfs(run, c"mode=0755,size=256k")?;
    for (place, tree) in &kept.run {
        let place = Path::new(place);
        at("cannot make", place, fs::DirBuilder::new().recursive(true).mode(0o755).create(place))?;
        attach(tree, place)?;
        at("cannot seal", place, sys::mount_setattr(CWD, place, libc::AT_RECURSIVE, READ_ONLY | NO_SUID))?;
    }
    Ok(())
}

/// The protected names; by now absent ones have placeholders.
fn seal_protected(walls: &Walls) -> Result<(), Fault> {
    for place in names::existing(&walls.roots()) {
        let copy = tree(&place)?;
        let here = libc::AT_EMPTY_PATH | libc::AT_RECURSIVE;
        at("cannot seal", &place, sys::mount_setattr(copy.as_fd(), Path::new(""), here, READ_ONLY | NO_SUID))?;
        attach(&copy, &place)?;
    }
    Ok(())
}

/// Something empty in front of a path.
fn mask(path: &Path, kept: &Kept) -> Result<(), Fault> {
    let Ok(found) = path.symlink_metadata() else { return Ok(()) };
    if found.is_dir() {
        tmpfs(path, c"mode=0000,size=4k")?;
        return at("cannot seal", path, sys::mount_setattr(CWD, path, 0, READ_ONLY));
    }
    nothing(path, kept)
}

/// The null device in front of something that is no folder.
fn nothing(path: &Path, kept: &Kept) -> Result<(), Fault> {
    let null = kept.devices.iter().find(|(name, _)| *name == "null");
    let null = null.ok_or_else(|| String::from("there is no null device"))?;
    let copy = at("cannot copy", path, again(&null.1))?;
    attach(&copy, path)
}

/// Another copy of a mount that is attached by now.
fn again(tree: &OwnedFd) -> io::Result<OwnedFd> {
    let flags = OpenTreeFlags::OPEN_TREE_CLONE | OpenTreeFlags::OPEN_TREE_CLOEXEC | OpenTreeFlags::AT_EMPTY_PATH;
    Ok(rustix::mount::open_tree(tree.as_fd(), "", flags)?)
}

/// Hides sockets outside the folders that commands may write. What cannot be reached needs no mask.
fn mask_sockets(walls: &Walls, sockets: &[PathBuf], kept: &Kept) {
    let roots = walls.roots();
    for socket in sockets.iter().filter(|s| !roots.iter().any(|root| s.starts_with(root))) {
        let _ = nothing(socket, kept);
    }
}

/// Places of UNIX sockets of this network namespace, from the kernel's own list.
pub(super) fn listening_sockets() -> Vec<PathBuf> {
    /// More are not on a machine that works; each costs a mount.
    const MOST: usize = 1024;
    let list = fs::read_to_string("/proc/net/unix").unwrap_or_default();
    let mut places: Vec<PathBuf> = list
        .lines()
        .filter_map(|line| line.find(" /").map(|at| PathBuf::from(&line[at + 1..])))
        .filter(|path| !["/run", "/var/run", "/tmp", "/dev", "/proc"].iter().any(|away| path.starts_with(away)))
        .collect();
    places.sort_unstable();
    places.dedup();
    places.truncate(MOST);
    places
}
