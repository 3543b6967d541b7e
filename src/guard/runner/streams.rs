//! What a command's standard streams are: nothing to read and a pipe, or a terminal of its own.

use std::{
    fs::File,
    io,
    os::fd::OwnedFd,
    process::{Command, Stdio},
};

use rustix::{
    fs::{Mode, OFlags},
    pty::OpenptFlags,
    termios::{LocalModes, OptionalActions, Winsize, tcgetattr, tcsetattr, tcsetwinsize},
};

use super::Terminal;

/// What a terminal sends for "no more input" (`VEOF`).
const END_OF_INPUT: &[u8] = &[4];

/// Gives the command its streams and returns where its output is read, without blocking.
pub(super) fn connect(command: &mut Command, terminal: Terminal) -> io::Result<OwnedFd> {
    let reader = match terminal {
        Terminal::None => {
            // One pipe for both: the order of what is printed is kept.
            let (reader, writer) = io::pipe()?;
            command.stdin(Stdio::null()).stdout(writer.try_clone()?).stderr(writer);
            OwnedFd::from(reader)
        }
        Terminal::Pty { columns, rows } => pty(command, columns, rows)?,
    };
    rustix::io::ioctl_fionbio(&reader, true)?;
    Ok(reader)
}

fn pty(command: &mut Command, columns: u16, rows: u16) -> io::Result<OwnedFd> {
    let master = rustix::pty::openpt(OpenptFlags::RDWR | OpenptFlags::NOCTTY | OpenptFlags::CLOEXEC)?;
    rustix::pty::grantpt(&master)?;
    rustix::pty::unlockpt(&master)?;
    let name = rustix::pty::ptsname(&master, Vec::new())?;
    let slave = rustix::fs::open(name, OFlags::RDWR | OFlags::NOCTTY | OFlags::CLOEXEC, Mode::empty())?;
    tcsetwinsize(&slave, Winsize { ws_row: rows, ws_col: columns, ws_xpixel: 0, ws_ypixel: 0 })?;
    // Nobody types: no echo, and whoever reads the first line is told that there is none.
    let mut modes = tcgetattr(&slave)?;
    modes.local_modes.remove(LocalModes::ECHO);
    tcsetattr(&slave, OptionalActions::Now, &modes)?;
    rustix::io::write(&master, END_OF_INPUT)?;
    let slave = File::from(slave);
    command.stdin(slave.try_clone()?).stdout(slave.try_clone()?).stderr(slave);
    Ok(master)
}
