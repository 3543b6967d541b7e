//! The terminal device: an own open file on it, raw mode, its size. Knows no sequence.
//!
//! The file is opened anew, because non-blocking mode belongs to the open file and not to the
//! descriptor: set on the inherited one it would reach the shell that started us.

use std::{io, os::fd::OwnedFd};

use ratatui::layout::Size;
use rustix::{
    fs::{Mode, OFlags},
    termios::{LocalModes, OptionalActions, Termios},
};
use tokio::io::unix::AsyncFd;

/// The terminal, open for reading and writing, never blocking.
#[derive(Debug)]
pub(super) struct Tty {
    fd: AsyncFd<OwnedFd>,
}

impl Tty {
    /// Opens the terminal of standard input, or the controlling one. Needs a running tokio runtime.
    pub(super) fn open() -> io::Result<Self> {
        #[expect(
            deprecated,
            reason = "its successor is unsafe for types that may swap their descriptor; OwnedFd cannot"
        )]
        let fd = AsyncFd::new(open()?)?;
        Ok(Self { fd })
    }

    /// A second descriptor of the same open file.
    pub(super) fn duplicate(&self) -> io::Result<OwnedFd> {
        self.fd.get_ref().try_clone()
    }

    /// Columns and rows; 0×0 when the terminal does not know.
    pub(super) fn size(&self) -> Size {
        let size = rustix::termios::tcgetwinsize(self.fd.get_ref());
        size.map_or(Size::ZERO, |size| Size { width: size.ws_col, height: size.ws_row })
    }

    /// Waits until there is something to read, then reads. 0 bytes: the terminal is gone.
    pub(super) async fn read(&self, buffer: &mut [u8]) -> io::Result<usize> {
        loop {
            let mut ready = self.fd.readable().await?;
            match ready.try_io(|fd| Ok(rustix::io::read(fd.get_ref(), &mut *buffer)?)) {
                Ok(Err(error)) if error.kind() == io::ErrorKind::Interrupted => {}
                Ok(done) => return done,
                Err(_would_block) => {}
            }
        }
    }

    /// Reads what is there now; `None` when nothing is.
    pub(super) fn read_now(&self, buffer: &mut [u8]) -> Option<io::Result<usize>> {
        match rustix::io::read(self.fd.get_ref(), buffer) {
            Err(rustix::io::Errno::AGAIN | rustix::io::Errno::INTR) => None,
            done => Some(done.map_err(Into::into)),
        }
    }

    /// Writes what the terminal takes now.
    pub(super) fn write(&self, bytes: &[u8]) -> io::Result<usize> {
        Ok(rustix::io::write(self.fd.get_ref(), bytes)?)
    }

    /// Waits until the terminal takes bytes again.
    pub(super) async fn writable(&self) -> io::Result<()> {
        let mut ready = self.fd.writable().await?;
        // Readiness is told at its edges: ask whether it still holds, else wait for the next edge.
        let poll = rustix::event::PollFd::new(self.fd.get_ref(), rustix::event::PollFlags::OUT);
        if rustix::event::poll(&mut [poll], Some(&rustix::event::Timespec { tv_sec: 0, tv_nsec: 0 }))? == 0 {
            ready.clear_ready();
        }
        Ok(())
    }
}

/// The modes as they are.
pub(super) fn modes(fd: &OwnedFd) -> io::Result<Termios> {
    Ok(rustix::termios::tcgetattr(fd)?)
}

/// Puts these modes in force. What was typed meanwhile stays.
pub(super) fn set_modes(fd: &OwnedFd, modes: &Termios) -> io::Result<()> {
    Ok(rustix::termios::tcsetattr(fd, OptionalActions::Now, modes)?)
}

/// Raw mode made of these modes: no echo, no lines, no signals from keys.
pub(super) fn raw(modes: &Termios) -> Termios {
    let mut raw = modes.clone();
    raw.make_raw();
    raw
}

/// These modes are as [`raw`] makes them, not those of a shell that edits its line.
pub(super) fn is_raw(modes: &Termios) -> bool {
    !modes.local_modes.intersects(LocalModes::ECHO | LocalModes::ICANON | LocalModes::ISIG)
}

fn open() -> io::Result<OwnedFd> {
    let flags = OFlags::RDWR | OFlags::NOCTTY | OFlags::NONBLOCK | OFlags::CLOEXEC;
    let by_name = rustix::termios::ttyname(rustix::stdio::stdin(), Vec::new())
        .and_then(|name| rustix::fs::open(name.as_c_str(), flags, Mode::empty()));
    Ok(by_name.or_else(|_| rustix::fs::open(c"/dev/tty", flags, Mode::empty()))?)
}
