//! The few system calls that the crates of this program do not wrap, each behind a safe function.
//! Only for the helper, which has one thread.

use std::{
    io, mem,
    os::fd::{AsRawFd, BorrowedFd, FromRawFd, OwnedFd},
    path::Path,
};

use rustix::{ffi, path::Arg, process::Pid, thread::UnshareFlags};

/// Who returned from [`fork`].
pub(super) enum Side {
    /// The new process.
    Child,
    /// The old one, with the number of the new one.
    Parent(Pid),
}

/// Makes a copy of this process.
#[expect(unsafe_code, reason = "rustix has no fork")]
pub(super) fn fork() -> io::Result<Side> {
    // SAFETY: the helper has one thread, so no lock can be held by another and the child may do anything.
    match unsafe { libc::fork() } {
        0 => Ok(Side::Child),
        number => Pid::from_raw(number).filter(|_| number > 0).map(Side::Parent).ok_or_else(io::Error::last_os_error),
    }
}

/// Leaves the namespaces that are named.
#[expect(unsafe_code, reason = "unsafe only for shared file tables, which are never asked for")]
pub(super) fn unshare(flags: UnshareFlags) -> io::Result<()> {
    // SAFETY: one thread, and no caller passes `FILES`.
    Ok(unsafe { rustix::thread::unshare_unsafe(flags) }?)
}

/// Closes every descriptor but the three standard ones: what leaked into the helper must not reach a command.
#[expect(unsafe_code, reason = "rustix has no close_range")]
pub(super) fn close_all_but_standard() {
    // SAFETY: called before the helper opens anything; nothing that is owned here is closed.
    let _ = unsafe { libc::syscall(libc::SYS_close_range, 3_u32, u32::MAX, 0_u32) };
}

fn all_signals() -> libc::sigset_t {
    let mut set = empty_set();
    #[expect(unsafe_code, reason = "rustix has no signal sets")]
    // SAFETY: the set is ours and initialised.
    unsafe {
        libc::sigfillset(&raw mut set);
    }
    set
}

#[expect(unsafe_code, reason = "rustix has no signal sets")]
fn empty_set() -> libc::sigset_t {
    // SAFETY: a set of zeros is valid, and is then made empty in the system's own way.
    unsafe {
        let mut set: libc::sigset_t = mem::zeroed();
        libc::sigemptyset(&raw mut set);
        set
    }
}

/// A signal that arrived.
pub(super) struct Arrived {
    /// Its number.
    pub(super) signal: i32,
    /// Its sender has no number here: it is outside our process namespace, or it is the kernel.
    pub(super) from_outside: bool,
}

/// All signals, read instead of acted upon.
pub(super) struct Signals(OwnedFd);

impl Signals {
    /// Holds all signals back from now on.
    #[expect(unsafe_code, reason = "rustix has neither signal masks nor signalfd")]
    pub(super) fn hold() -> io::Result<Self> {
        let all = all_signals();
        // SAFETY: both calls only read the set.
        let number = unsafe {
            libc::sigprocmask(libc::SIG_SETMASK, &raw const all, std::ptr::null_mut());
            libc::signalfd(-1, &raw const all, libc::SFD_CLOEXEC | libc::SFD_NONBLOCK)
        };
        if number < 0 {
            return Err(io::Error::last_os_error());
        }
        // SAFETY: the call has just made this descriptor, and nobody else knows it.
        Ok(Self(unsafe { OwnedFd::from_raw_fd(number) }))
    }

    /// The next signal that has arrived, if any.
    #[expect(unsafe_code, reason = "the kernel writes a plain structure of its own layout")]
    pub(super) fn next(&self) -> Option<Arrived> {
        // SAFETY: zeros are a valid value of this plain structure.
        let mut info: libc::signalfd_siginfo = unsafe { mem::zeroed() };
        let size = mem::size_of_val(&info);
        // SAFETY: the buffer is as long as said.
        let n = unsafe { libc::read(self.0.as_raw_fd(), (&raw mut info).cast(), size) };
        (usize::try_from(n) == Ok(size))
            .then(|| Arrived { signal: info.ssi_signo.cast_signed(), from_outside: info.ssi_pid == 0 })
    }

    /// Readable when a signal has arrived.
    pub(super) fn fd(&self) -> &OwnedFd {
        &self.0
    }
}

/// Lets signals through again, for a program that is about to take this process over.
#[expect(unsafe_code, reason = "rustix has no signal masks")]
pub(super) fn release_signals() {
    let none = empty_set();
    // SAFETY: the call only reads the set.
    unsafe { libc::sigprocmask(libc::SIG_SETMASK, &raw const none, std::ptr::null_mut()) };
}

/// Sends a signal by its number; 0 only asks whether it could be. A negative target is a group.
#[expect(unsafe_code, reason = "rustix names signals, we pass on numbers")]
pub(super) fn send(target: i32, signal: i32) {
    // SAFETY: no memory is involved. A failure means that the target is gone.
    let _ = unsafe { libc::kill(target, signal) };
}

/// Ends this process by a signal, so that whoever waits for it sees that signal.
#[expect(unsafe_code, reason = "rustix has neither signal masks nor dispositions")]
pub(super) fn die_by(signal: i32) -> ! {
    // SAFETY: the default disposition runs no code of ours.
    unsafe { libc::signal(signal, libc::SIG_DFL) };
    release_signals();
    // SAFETY: no memory is involved.
    unsafe { libc::raise(signal) };
    std::process::exit(128 + signal)
}

/// Sets attributes of a mount (`MOUNT_ATTR_*`); below it too with `AT_RECURSIVE`.
#[expect(unsafe_code, reason = "rustix has no mount_setattr")]
pub(super) fn mount_setattr(at: BorrowedFd<'_>, path: &Path, flags: i32, set: u64) -> io::Result<()> {
    /// `struct mount_attr` of `linux/mount.h`.
    #[repr(C)]
    struct Attributes {
        set: u64,
        clear: u64,
        propagation: u64,
        user_namespace: u64,
    }
    let attributes = Attributes { set, clear: 0, propagation: 0, user_namespace: 0 };
    let done = path.into_with_c_str(|path| {
        // SAFETY: path and structure live across the call, and the size is the structure's.
        Ok(unsafe {
            libc::syscall(
                libc::SYS_mount_setattr,
                at.as_raw_fd(),
                path.as_ptr(),
                flags,
                &raw const attributes,
                mem::size_of::<Attributes>(),
            )
        })
    })?;
    if done == 0 { Ok(()) } else { Err(io::Error::last_os_error()) }
}

/// Switches the loopback device of our network namespace on.
#[expect(unsafe_code, reason = "there is no safe wrapper for this ioctl")]
pub(super) fn loopback_up() -> io::Result<()> {
    let socket = rustix::net::socket(rustix::net::AddressFamily::INET, rustix::net::SocketType::DGRAM, None)?;
    // SAFETY: zeros are a valid value of this plain structure; the name fits and stays terminated.
    let done = unsafe {
        let mut request: libc::ifreq = mem::zeroed();
        for (to, from) in request.ifr_name.iter_mut().zip(b"lo") {
            *to = from.cast_signed() as ffi::c_char;
        }
        request.ifr_ifru.ifru_flags = libc::IFF_UP as ffi::c_short;
        libc::ioctl(socket.as_raw_fd(), libc::SIOCSIFFLAGS, &raw const request)
    };
    if done == 0 { Ok(()) } else { Err(io::Error::last_os_error()) }
}
